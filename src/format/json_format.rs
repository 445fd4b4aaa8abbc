//! What makes a format one of JSON lines: the keys that it says, and beside them those that are known by themselves. They
//! are put together when the first such line comes, as most logs have none.

use std::sync::OnceLock;

use super::json_field::JsonField;
use super::json_keys::JsonKeys;

/// The keys of a format.
#[derive(Clone, Debug)]
pub(super) struct JsonFormat {
    fields: Vec<JsonField>,
    /// The variables that the question ranks by name.
    ranked: Vec<String>,
    keys: OnceLock<JsonKeys>,
}

impl JsonFormat {
    pub(super) fn new(fields: Vec<JsonField>) -> JsonFormat {
        JsonFormat { fields, ranked: Vec::new(), keys: OnceLock::new() }
    }

    /// The same with these before its own.
    pub(super) fn with_fields(&self, given: &[JsonField]) -> JsonFormat {
        JsonFormat { fields: [given, &self.fields].concat(), ranked: self.ranked.clone(), keys: OnceLock::new() }
    }

    pub(super) fn ranking(&self, ranked: &[&str]) -> JsonFormat {
        let ranked = ranked.iter().map(|name| (*name).to_owned()).collect();
        JsonFormat { fields: self.fields.clone(), ranked, keys: OnceLock::new() }
    }

    /// What the format, or a user, says beside what is known.
    pub(super) fn fields(&self) -> &[JsonField] {
        &self.fields
    }

    #[inline]
    pub(super) fn keys(&self) -> &JsonKeys {
        self.keys.get_or_init(|| {
            let ranked: Vec<&str> = self.ranked.iter().map(String::as_str).collect();
            JsonKeys::new(&self.fields, &ranked)
        })
    }
}
