//! What a report says about one input.

use serde::{Deserialize, Serialize};

/// One input that was read.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct InputReport {
    /// The path as it was given, printable like keys; `-` for standard input.
    pub path: String,
    /// Name or text of the format that most lines are in; `-` if no line was parsed.
    pub format: String,
    /// All formats that lines are in, the most frequent first.
    pub formats: Vec<FormatReport>,
    /// Envelopes that were removed from lines, outermost first: `syslog`, `grep + grep -n`. `None` if there were none.
    pub envelope: Option<String>,
    /// Bytes read, after decompression; envelopes included.
    pub bytes: u64,
    /// The end of lines that is not read; `None` if all lines are read to their end.
    pub unread: Option<Unread>,
    /// Lines read. A line that an envelope has split into parts counts once.
    pub lines: u64,
    /// Bytes skipped because no line there can fall in the requested period. Not serialized: in JSON, `lines` has the
    /// sum of all inputs.
    #[serde(skip)]
    pub skipped_bytes: u64,
    /// For JSON and LTSV logs, the recognised keys, highest precedence first. Not serialized.
    #[serde(skip)]
    pub keys: Vec<KeyReport>,
}

/// A part of lines that no field of their format reads.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Unread {
    /// The last variable that is read; if formats differ, that of the format with the most such lines.
    pub after: String,
    /// Number of lines with such a part.
    pub lines: u64,
}

/// A key of JSON or LTSV lines, and the nginx variable that it is read as.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyReport {
    /// The key from the lines, printable; nested keys are joined with dots.
    pub key: String,
    /// The nginx variable that the key's value is read as.
    pub variable: String,
}

impl InputReport {
    /// One of its formats, with the envelope of the lines: `combined in docker compose`.
    #[must_use]
    pub fn format_label(&self, format: &str) -> String {
        match &self.envelope {
            Some(envelope) => format!("{format} in {envelope}"),
            None => format.to_owned(),
        }
    }
}

/// A format that lines of an input are in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct FormatReport {
    /// Name or text of the format.
    pub format: String,
    /// Number of lines in this format.
    pub lines: u64,
}
