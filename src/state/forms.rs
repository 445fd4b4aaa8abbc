//! Forms in which the JSON of a state file has hashes and maps.

/// A hash as 16 hexadecimal digits.
pub(super) mod hex {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "serde passes a reference")]
    pub(in crate::state) fn serialize<S: Serializer>(hash: &Option<u64>, serializer: S) -> Result<S::Ok, S::Error> {
        hash.map(written).serialize(serializer)
    }

    pub(in crate::state) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| read(&text).ok_or_else(|| D::Error::custom("a hash has 16 hexadecimal digits"))).transpose()
    }

    pub(in crate::state) fn written(hash: u64) -> String {
        format!("{hash:016x}")
    }

    pub(in crate::state) fn read(text: &str) -> Option<u64> {
        let is_hex = text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        u64::from_str_radix(text, 16).ok().filter(|_| is_hex)
    }
}

/// The hashes of a head as `[[256, "0123456789abcdef"], …]`.
pub(super) mod hashes {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use super::hex;
    use crate::input::Head;

    pub(in crate::state) fn serialize<S: Serializer>(head: &Head, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(head.hashes().iter().map(|(len, hash)| (len, hex::written(*hash))))
    }

    pub(in crate::state) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Head, D::Error> {
        let hashes = Vec::<(u64, String)>::deserialize(deserializer)?.into_iter();
        let hashes = hashes.map(|(len, hash)| Some((len, hex::read(&hash)?))).collect::<Option<_>>();
        hashes
            .and_then(Head::from_hashes)
            .ok_or_else(|| D::Error::custom("the hashes of a head have ascending lengths"))
    }
}

/// A map as `[["combined", 123], …]`.
pub(super) mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(in crate::state) fn serialize<S: Serializer>(
        map: &BTreeMap<String, u64>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(map)
    }

    pub(in crate::state) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<String, u64>, D::Error> {
        Ok(Vec::<(String, u64)>::deserialize(deserializer)?.into_iter().collect())
    }
}
