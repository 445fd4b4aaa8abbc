//! Notes about values in JSON logs that could not be read as the field that their key should hold.

use super::sample_text::{sample_text, sample_text_cut};
use super::{Note, NoteCode};
use crate::format::{BadValue, LogFormat};
use crate::message::message;
use crate::tally::InputLedger;

/// Returns a note for each key of an input whose value made one of the first malformed lines malformed. A key with the
/// name of its nginx variable is left out unless the user gave it: its meaning is certain, so the line is damaged, and
/// its sample shows that.
pub(super) fn bad_values(formats: &[LogFormat], path: &str, ledger: &InputLedger, anonymize: bool) -> Vec<Note> {
    let mut noted = Vec::new();
    let mut notes = Vec::new();
    let of_samples = ledger.samples.iter().filter_map(|sample| Some((sample, sample.bad_value.as_ref()?)));
    for (sample, BadValue { format, rule, text }) in of_samples {
        let Some(expected) = formats[*format].guessed_value(*rule).filter(|_| !noted.contains(&(format, rule))) else {
            continue;
        };
        noted.push((format, rule));
        let found = if anonymize { sample_text_cut(text) } else { sample_text(text) };
        let line = ledger.line_of(sample);
        let found = format!(", found \"{found}\" in line {line}; such lines are malformed");
        let text = message!["expected ", expected, found];
        notes.push(Note::about(NoteCode::BadValue, path, text));
    }
    notes
}
