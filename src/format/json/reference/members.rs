//! A JSON object parsed by serde_json that keeps all members in order, including repeated keys.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// The members of an object.
pub(super) struct Members(pub(super) Vec<(String, Member)>);

/// The value of a member.
pub(super) enum Member {
    Object(Members),
    Other(Value),
}

impl Members {
    /// Collects the paths of lists that do not hold exactly one value. serde_json would write their text differently.
    pub(super) fn lists(&self, before: &str, out: &mut Vec<String>) {
        for (key, member) in &self.0 {
            let path = format!("{before}{key}");
            match member {
                Member::Object(members) => members.lists(&format!("{path}."), out),
                Member::Other(Value::Array(list)) => match &list[..] {
                    [] => {}
                    [one] if !one.is_array() && !one.is_object() => {}
                    _ => out.push(path),
                },
                Member::Other(_) => {}
            }
        }
    }
}

/// True if every number of a line is written as serde_json writes it, so that its text can be compared.
pub(super) fn has_exact_numbers(line: &[u8]) -> bool {
    let mut rest = line;
    while let Some((first, after)) = rest.split_first() {
        match first {
            b'"' => rest = after_text(after),
            b'0'..=b'9' | b'-' => {
                let len = rest.iter().take_while(|b| b.is_ascii_digit() || b"+-.eE".contains(b)).count();
                let written = serde_json::from_slice(&rest[..len]).map(|number: Value| number.to_string());
                if written.ok().as_ref().map(String::as_bytes) != Some(&rest[..len]) {
                    return false;
                }
                rest = &rest[len..];
            }
            _ => rest = after,
        }
    }
    true
}

/// The rest after a JSON string whose opening quote is already removed.
fn after_text(mut rest: &[u8]) -> &[u8] {
    while let Some((first, after)) = rest.split_first() {
        rest = match first {
            b'"' => return after,
            b'\\' => after.get(1..).unwrap_or_default(),
            _ => after,
        };
    }
    rest
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Object)
    }
}

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

struct Object;

impl<'de> Visitor<'de> for Object {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Member;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Member, A::Error> {
        Object.visit_map(map).map(Member::Object)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Member, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = seq.next_element()? {
            list.push(value);
        }
        Ok(Member::Other(Value::Array(list)))
    }

    fn visit_unit<E>(self) -> Result<Member, E> {
        Ok(Member::Other(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Member, E> {
        Ok(Member::Other(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Member, E> {
        Ok(Member::Other(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Member, E> {
        Ok(Member::Other(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Member, E> {
        Ok(Member::Other(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Member, E> {
        Ok(Member::Other(value.into()))
    }
}
