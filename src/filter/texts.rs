//! A check on a text column. It sees keys as reports show them: nginx's escapes undone, `-` for an empty text.

use super::check::Check;
use super::rows::Rows;
use crate::batch::{Batch, Column, MISSING};
use crate::keys::{Memo, Seed};
use crate::text::find_near;
use crate::text::undo_escapes;

/// A check on the texts of a column, with its cached answers.
#[derive(Clone, Debug)]
pub(super) struct Texts {
    column: Column,
    check: Check,
    known: Option<Known>,
}

/// Answers for texts that were checked before; kept only for slow checks.
#[derive(Clone, Debug)]
struct Known {
    answers: Memo<bool>,
    /// Reused between batches.
    hits: Vec<u16>,
}

impl Texts {
    pub(super) fn new(column: Column, check: Check, seed: Seed) -> Texts {
        let known = check.is_slow().then(|| Known { answers: Memo::new(seed), hits: Vec::new() });
        Texts { column, check, known }
    }

    pub(super) fn select(&mut self, batch: &Batch<'_>, rows: Rows) -> Rows {
        let column = batch.text(self.column);
        let Some(Known { answers, hits }) = &mut self.known else {
            return rows.filter(|row| matches(&self.check, column[row]));
        };
        hits.clear();
        rows.append_to(hits);
        answers.ask(column, hits, |text| matches(&self.check, text));
        let mut answers = answers.answers();
        rows.filter(|_| answers.next().is_some_and(|answer| *answer))
    }
}

/// True if the check holds for the key of a text from a batch.
#[inline]
fn matches(check: &Check, text: &[u8]) -> bool {
    if text.is_empty() {
        check.matches(MISSING)
    } else if find_near(b'\\', text).is_none() {
        check.matches(text)
    } else {
        holds_undone(check, text)
    }
}

#[cold]
fn holds_undone(check: &Check, text: &[u8]) -> bool {
    check.matches(&undo_escapes(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{Fields, Numbers, ROWS, Status, TextField};
    use crate::time::Stamp;

    fn selected(texts: &mut Texts, values: &[Vec<u8>]) -> Vec<bool> {
        let mut all = Vec::new();
        for values in values.chunks(ROWS) {
            let mut batch = Batch::new(Fields::text(TextField::Path));
            for value in values {
                batch.set_text(TextField::Path, value);
                let (stamp, status) = (Stamp::NONE, Status::MISSING);
                batch.add(Numbers { stamp, status, bytes: 0, time_ms: None, is_static: false });
            }
            let rows = texts.select(&batch, Rows::first(values.len()));
            let mut hits = Vec::new();
            rows.append_to(&mut hits);
            all.extend((0..values.len() as u16).map(|row| hits.contains(&row)));
        }
        all
    }

    #[test]
    fn keys_are_checked_as_reports_show_them() {
        let values = ["/a", r"/\x61", "", "-", r"/\\x61", "/b"].map(|value| value.as_bytes().to_vec());
        let rows = [
            ("/a", [true, true, false, false, false, false]),
            ("~^/a$", [true, true, false, false, false, false]),
            ("-", [false, false, true, true, false, false]),
            ("~^-$", [false, false, true, true, false, false]),
            (r"/\\x61", [false, false, false, false, true, false]),
            (r"/\x5Cx61", [false, false, false, false, true, false]),
        ];
        for (pattern, expected) in rows {
            let mut texts =
                Texts::new(TextField::Path.into(), Check::Matches(pattern.parse().unwrap()), Seed::fixed(1));
            assert_eq!(selected(&mut texts, &values), expected, "{pattern}");
        }
    }

    #[test]
    fn cached_answers_stay_correct_after_many_texts() {
        const MANY: usize = 1 << 16;
        let check = Check::Matches("~7$".parse().unwrap());
        let mut texts = Texts::new(TextField::Path.into(), check.clone(), Seed::fixed(1));
        let values: Vec<_> = (0..2 * MANY).map(|i| format!("/{}", i % (MANY + 999)).into_bytes()).collect();
        let expected: Vec<_> = values.iter().map(|value| matches(&check, value)).collect();
        // Two more answers, so that their number is not a multiple of the rows of a batch.
        assert_eq!(selected(&mut texts, &[b"7".to_vec(), b"8".to_vec()]), [true, false]);
        assert_eq!(selected(&mut texts, &values), expected);
    }
}
