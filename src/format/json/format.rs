//! The key-based part of a format: the keys that it defines, and the known keys. The look-up table is built when the
//! first such line is read, because most logs have none.

use std::sync::{Arc, OnceLock};

use super::key_lookup::{JsonKeys, Rule};
use crate::format::field_key::FieldKey;
use crate::format::ltsv::labels::LABELS;
use crate::format::variables::Destination;
use crate::message::{Message, Setting, message};
use crate::text::printable;

/// How lines name their values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::format) enum Syntax {
    /// A JSON object.
    Json,
    /// `LABEL:VALUE` fields separated by tabs.
    Ltsv,
}

/// The keys of a format.
#[derive(Clone, Debug)]
pub(in crate::format) struct JsonFormat {
    pub(in crate::format) syntax: Syntax,
    fields: Vec<FieldKey>,
    /// Number of fields that the user gave in addition to the format; they come first.
    given: usize,
    /// Variables that the question ranks by name.
    ranked: Vec<String>,
    /// Shared with the copies of the format.
    keys: Arc<OnceLock<JsonKeys>>,
}

impl JsonFormat {
    pub(in crate::format) fn new(syntax: Syntax, fields: Vec<FieldKey>) -> JsonFormat {
        JsonFormat { syntax, fields, given: 0, ranked: Vec::new(), keys: Arc::default() }
    }

    /// A copy with these fields before its own.
    pub(in crate::format) fn with_fields(&self, given: &[FieldKey]) -> JsonFormat {
        JsonFormat {
            fields: [given, &self.fields].concat(),
            given: self.given + given.len(),
            keys: Arc::default(),
            ..self.clone()
        }
    }

    pub(in crate::format) fn ranking(&self, ranked: &[&str]) -> JsonFormat {
        let ranked = ranked.iter().map(|name| (*name).to_owned()).collect();
        JsonFormat { ranked, keys: Arc::default(), ..self.clone() }
    }

    /// The field given by the user for this rule.
    pub(in crate::format) fn given(&self, rule: &Rule) -> Option<&FieldKey> {
        self.fields[..self.given].iter().find(|f| *f.key() == *rule.key && *f.variable() == *rule.variable)
    }

    /// True if the user specified which key holds this variable.
    pub(in crate::format) fn has_given(&self, variable: &str) -> bool {
        self.fields[..self.given].iter().any(|field| *field.variable() == *variable)
    }

    /// Describes the value that a rule expects: `a status for fields status=level`.
    pub(in crate::format) fn expectation(&self, rule: u16) -> Message {
        let rule = self.keys().rule(rule);
        let what = match self.keys().targets()[rule.target] {
            Destination::Time => "a time",
            Destination::Status => "a status",
            Destination::Bytes => "a number of bytes",
            Destination::RequestTime => "a duration",
            _ => "a value",
        };
        let key = printable(rule.key.as_bytes());
        match self.given(rule) {
            Some(field) => message![format!("{what} for "), Setting::Field, format!(" {}={key}", field.name())],
            None => format!("{what} under the key {key}").into(),
        }
    }

    /// Fields defined by the format or the user, in addition to the known ones.
    pub(in crate::format) fn fields(&self) -> &[FieldKey] {
        &self.fields
    }

    #[inline]
    pub(in crate::format) fn keys(&self) -> &JsonKeys {
        self.keys.get_or_init(|| {
            let ranked: Vec<&str> = self.ranked.iter().map(String::as_str).collect();
            match self.syntax {
                Syntax::Json => JsonKeys::new(&self.fields, &ranked),
                Syntax::Ltsv => JsonKeys::with_labels(LABELS, &self.fields, &ranked),
            }
        })
    }
}
