//! A database: opened, checked, and asked for addresses.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use maxminddb::{MaxMindDbError, PathElement, Reader};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::error::GeoError;
use super::field::GeoField;
use crate::keys::fixed_hash;
use crate::text::written;
use crate::time::{DAY_S, LAST_S, day_name};

/// A database of addresses in the MaxMind DB format, such as GeoLite2-Country.
#[derive(Clone)]
pub struct GeoDatabase(Arc<Contents>);

struct Contents {
    path: String,
    reader: Reader<Vec<u8>>,
    fields: Vec<GeoField>,
    /// True if records have one level, as those of IPinfo.
    is_flat: bool,
    fingerprint: u64,
}

/// First bytes of gzip, zip, xz, zstd and bzip2.
const PACKED: [&[u8]; 5] = [b"\x1f\x8b", b"PK\x03\x04", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"BZh"];

/// A value in a record: a text or a number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Value {
    Number(u64),
    Text(String),
}

impl GeoDatabase {
    /// Reads a database into memory.
    ///
    /// # Errors
    /// Fails if the file cannot be read, is not a database, is damaged, or has neither countries, cities nor autonomous
    /// systems.
    pub fn read(path: &Path) -> Result<GeoDatabase, GeoError> {
        let bytes = std::fs::read(path).map_err(GeoError::Io)?;
        let path = written(path.as_os_str().as_encoded_bytes());
        GeoDatabase::from_bytes(path, bytes)
    }

    fn from_bytes(path: String, bytes: Vec<u8>) -> Result<GeoDatabase, GeoError> {
        if PACKED.iter().any(|magic| bytes.starts_with(magic)) {
            return Err(GeoError::Packed);
        }
        /// Begins the metadata at the end of a database.
        const MARKER: &[u8] = b"\xab\xcd\xefMaxMind.com";
        if memchr::memmem::rfind(&bytes, MARKER).is_none() {
            return Err(GeoError::NotADatabase);
        }
        let fingerprint = fixed_hash(&bytes);
        let reader = Reader::from_source(bytes).map_err(|error| damaged(&error))?;
        let kind = reader.metadata().database_type.to_lowercase();
        let is_flat = kind.starts_with("ipinfo");
        let fields: Vec<_> = if is_flat {
            let keys = flat_keys(&reader).map_err(|error| damaged(&error))?;
            let has = |path: &&[&str]| path.first().is_some_and(|key| keys.contains_key(*key));
            GeoField::all().filter(|field| field.paths(true).iter().any(&has)).collect()
        } else {
            GeoField::all().filter(|field| field.is_in_type(&kind)).collect()
        };
        if fields.is_empty() {
            return Err(GeoError::WrongType(written(reader.metadata().database_type.as_bytes())));
        }
        Ok(GeoDatabase(Arc::new(Contents { path, reader, fields, is_flat, fingerprint })))
    }

    /// The path as it was given, safe to show.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// The type that the database has for itself: `GeoLite2-Country`.
    pub fn kind(&self) -> &str {
        &self.0.reader.metadata().database_type
    }

    /// The day on which it was built, in UTC: `2026-11-01`.
    pub fn built(&self) -> String {
        let epoch_s = i64::try_from(self.0.reader.metadata().build_epoch).unwrap_or(LAST_S);
        day_name(epoch_s.min(LAST_S) / DAY_S)
    }

    /// True if its records have this field.
    pub fn has(&self, field: GeoField) -> bool {
        self.0.fields.contains(&field)
    }

    /// The fields of its records.
    pub fn fields(&self) -> &[GeoField] {
        &self.0.fields
    }

    /// The type, safe to show.
    pub(crate) fn shown_kind(&self) -> String {
        written(self.kind().as_bytes())
    }

    /// Hash of the file.
    pub(crate) fn fingerprint(&self) -> u64 {
        self.0.fingerprint
    }

    /// Looks up an address.
    ///
    /// # Errors
    /// Fails if the record is damaged.
    pub(super) fn find(&self, field: GeoField, address: IpAddr) -> Result<Option<String>, MaxMindDbError> {
        let Contents { reader, is_flat, .. } = &*self.0;
        let is_without = address.is_ipv6() && reader.metadata().ip_version == 4;
        if is_without || !self.has(field) {
            return Ok(None);
        }
        let record = reader.lookup(address)?;
        for path in field.paths(*is_flat) {
            let path: Vec<_> = path.iter().map(|key| PathElement::Key(key)).collect();
            let text = match record.decode_path(&path)? {
                // IPinfo writes the number of an autonomous system as AS64500, others as a number.
                Some(Value::Number(number)) => format!("AS{number}"),
                Some(Value::Text(text)) => text,
                None => continue,
            };
            if !text.is_empty() {
                return Ok(Some(text));
            }
        }
        Ok(None)
    }
}

impl fmt::Debug for GeoDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GeoDatabase({}, {})", self.path(), self.kind())
    }
}

fn damaged(error: &MaxMindDbError) -> GeoError {
    GeoError::Damaged(written(error.to_string().as_bytes()))
}

/// The keys of the first record. All records of IPinfo have the same.
fn flat_keys(reader: &Reader<Vec<u8>>) -> Result<BTreeMap<String, IgnoredAny>, MaxMindDbError> {
    let mut networks = reader.networks(maxminddb::WithinOptions::default())?;
    match networks.next() {
        Some(record) => Ok(record?.decode()?.unwrap_or_default()),
        None => Ok(BTreeMap::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bytes(name: &str) -> Vec<u8> {
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/geo").join(name)).unwrap()
    }

    fn error(bytes: Vec<u8>) -> String {
        GeoDatabase::from_bytes("x.mmdb".to_owned(), bytes)
            .map(|database| database.fields().len())
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn fields_are_those_of_the_type() {
        for (name, kind, fields) in [
            ("country.mmdb", "GeoLite2-Country", &[GeoField::Country][..]),
            ("city.mmdb", "GeoLite2-City", &[GeoField::Country, GeoField::City]),
            ("asn.mmdb", "GeoLite2-ASN", &[GeoField::Asn, GeoField::Org]),
            ("ipinfo.mmdb", "ipinfo lite", &[GeoField::Country, GeoField::Asn, GeoField::Org]),
        ] {
            let database = GeoDatabase::from_bytes(name.to_owned(), bytes(name)).unwrap();
            assert_eq!((database.kind(), database.fields(), &*database.built()), (kind, fields, "2026-11-01"));
            assert_eq!(database.path(), name);
        }
    }

    #[test]
    fn flat_records_are_read() {
        let database = GeoDatabase::from_bytes("ipinfo.mmdb".to_owned(), bytes("ipinfo.mmdb")).unwrap();
        let found = |field| database.find(field, "203.0.113.7".parse().unwrap()).unwrap();
        assert_eq!(found(GeoField::Country).as_deref(), Some("DE"));
        assert_eq!(found(GeoField::Asn).as_deref(), Some("AS64500"));
        assert_eq!(found(GeoField::Org).as_deref(), Some("Example Net"));
        // The database has only IPv4.
        assert_eq!(database.find(GeoField::Country, "2001:db8::1".parse().unwrap()).unwrap(), None);
    }

    #[test]
    fn unusable_files_have_clear_errors() {
        let whole = bytes("country.mmdb");
        for (bytes, expected) in [
            (Vec::new(), "this is not a MaxMind database, or its end is missing"),
            (b"<html>Please log in</html>".to_vec(), "this is not a MaxMind database"),
            (whole[..whole.len() / 2].to_vec(), "this is not a MaxMind database, or its end is missing"),
            (whole[whole.len() / 2..].to_vec(), "the database is damaged ("),
            (whole[..whole.len() - 20].to_vec(), "the database is damaged ("),
            (b"\x1f\x8b\x08".to_vec(), "this is compressed; unpack it"),
            (bytes("domain.mmdb"), "a database of type \"GeoIP2-Domain\" has none of country, city, asn and org"),
        ] {
            assert!(error(bytes.clone()).starts_with(expected), "{}", error(bytes));
        }
        assert!(matches!(GeoDatabase::read(Path::new("/nonexistent.mmdb")), Err(GeoError::Io(_))));
    }

    proptest! {
        /// Damage anywhere gives an error or an answer, and never a panic.
        #[test]
        fn damaged_database_does_not_crash(
            name in prop::sample::select(vec!["country.mmdb", "city.mmdb", "asn.mmdb", "ipinfo.mmdb"]),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        ) {
            let mut bytes = bytes(name);
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if let Ok(database) = GeoDatabase::from_bytes(name.to_owned(), bytes) {
                _ = database.built();
                for field in GeoField::all() {
                    for address in ["203.0.113.7", "198.51.100.9", "2001:db8:4a::7", "10.0.0.1"] {
                        _ = database.find(field, address.parse().unwrap());
                    }
                }
            }
        }
    }
}
