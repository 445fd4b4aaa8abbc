//! Notes about parts of an nginx configuration that are ignored.

use super::{Note, NoteCode};
use crate::message::{Message, Setting, message};
use crate::nginx::NginxConf;

/// Largest number of directives that have a note of their own.
const NOTED: usize = 5;

/// Returns notes about directives that may decide what is static and are ignored.
pub(crate) fn not_followed(conf: &NginxConf) -> Vec<Note> {
    notes(conf.skipped())
}

fn notes(lines: Vec<String>) -> Vec<Note> {
    let mut lines: Vec<Message> = lines.into_iter().map(Message::from).collect();
    let mut seen = std::collections::HashSet::new();
    lines.retain(|line| seen.insert(line.clone()));
    let more = lines.len().saturating_sub(NOTED);
    lines.truncate(NOTED);
    if more > 0 {
        let what = if more == 1 { "nginx directive is" } else { "nginx directives are" };
        lines.push(message![format!("{more} more {what} ignored; "), Setting::Explain, " lists them"]);
    }
    lines.into_iter().map(|line| Note::new(NoteCode::NotFollowed, line)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_five_are_noted_and_the_others_counted() {
        let texts = |lines: &[&str]| -> Vec<String> {
            notes(lines.iter().map(|line| (*line).to_owned()).collect())
                .into_iter()
                .map(|note| note.text.to_string())
                .collect()
        };
        assert!(texts(&[]).is_empty());
        assert_eq!(texts(&["b", "a", "b"]), ["b", "a"]);
        assert_eq!(texts(&["1", "2", "3", "4", "5"]), ["1", "2", "3", "4", "5"]);
        let last = "1 more nginx directive is ignored; explain lists them";
        assert_eq!(texts(&["1", "2", "3", "4", "5", "6"])[4..], ["5", last]);
        let last = "2 more nginx directives are ignored; explain lists them";
        assert_eq!(texts(&["1", "2", "3", "4", "5", "6", "7"])[5..], [last]);
    }
}
