//! What makes a format one of JSON lines: the keys that it says, and beside them those that are known by themselves. They
//! are put together when the first such line comes, as most logs have none.

use std::sync::OnceLock;

use super::json_field::JsonField;
use super::json_keys::JsonKeys;
use super::ltsv_table::LABELS;

/// How lines say which value is which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syntax {
    /// A JSON object.
    Json,
    /// `LABEL:VALUE` with tabs between.
    Ltsv,
}

/// The keys of a format.
#[derive(Clone, Debug)]
pub(super) struct JsonFormat {
    pub(super) syntax: Syntax,
    fields: Vec<JsonField>,
    /// The variables that the question ranks by name.
    ranked: Vec<String>,
    keys: OnceLock<JsonKeys>,
}

impl JsonFormat {
    pub(super) fn new(syntax: Syntax, fields: Vec<JsonField>) -> JsonFormat {
        JsonFormat { syntax, fields, ranked: Vec::new(), keys: OnceLock::new() }
    }

    /// The same with these before its own.
    pub(super) fn with_fields(&self, given: &[JsonField]) -> JsonFormat {
        JsonFormat { fields: [given, &self.fields].concat(), keys: OnceLock::new(), ..self.clone() }
    }

    pub(super) fn ranking(&self, ranked: &[&str]) -> JsonFormat {
        let ranked = ranked.iter().map(|name| (*name).to_owned()).collect();
        JsonFormat { ranked, keys: OnceLock::new(), ..self.clone() }
    }

    /// What the format, or a user, says beside what is known.
    pub(super) fn fields(&self) -> &[JsonField] {
        &self.fields
    }

    #[inline]
    pub(super) fn keys(&self) -> &JsonKeys {
        self.keys.get_or_init(|| {
            let ranked: Vec<&str> = self.ranked.iter().map(String::as_str).collect();
            match self.syntax {
                Syntax::Json => JsonKeys::new(&self.fields, &ranked),
                Syntax::Ltsv => JsonKeys::with_labels(LABELS, &self.fields, &ranked),
            }
        })
    }
}
