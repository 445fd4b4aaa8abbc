//! Fills the columns of derived dimensions. Each distinct text of a column is computed once.

use bumpalo::Bump;

use super::{BatchStep, Lines, StepInput};
use crate::batch::{Batch, Column, Fields, MISSING};
use crate::dimension::{DerivedColumn, KeyOf, VariableColumns};
use crate::keys::{Memo, Seed};
use crate::text::{escape_backslashes, undo_escapes};

/// The columns to fill, with caches of computed keys. Each worker has its own.
struct Derive {
    columns: Vec<Derivation>,
}

struct Derivation {
    column: Column,
    sources: Vec<Source>,
}

/// A column that keys are computed from. Cached keys are escaped, like logged texts.
struct Source {
    column: Column,
    key_of: KeyOf,
    keys: Memo<Option<Box<[u8]>>>,
}

impl Derive {
    /// Selects the derived dimensions in `variable_columns` whose columns are needed.
    fn new(variable_columns: &VariableColumns, needs: Fields, seed: Seed) -> Derive {
        let needed = variable_columns.derived().filter(|derived| needs.intersects(Fields::column(derived.column)));
        let columns = needed.map(|DerivedColumn { column, sources }| Derivation {
            column,
            sources: sources
                .into_iter()
                .map(|(column, key_of)| Source { column, key_of, keys: Memo::new(seed) })
                .collect(),
        });
        Derive { columns: columns.collect() }
    }
}

/// The step, if a derived dimension is read.
pub(super) fn step<'q>(asked: &StepInput<'q, '_>) -> Option<Box<dyn BatchStep + 'q>> {
    Some(Box::new(Derive::new(asked.variable_columns, asked.read, asked.seed)))
}

impl BatchStep for Derive {
    fn needs(&self) -> Fields {
        let sources = self.columns.iter().flat_map(|derivation| &derivation.sources);
        sources.fold(Fields::NONE, |needs, source| needs.union(Fields::column(source.column)))
    }

    fn writes(&self) -> Fields {
        self.columns.iter().fold(Fields::NONE, |writes, derivation| writes.union(Fields::column(derivation.column)))
    }

    fn run<'a>(&mut self, batch: &mut Batch<'a>, rows: &[u16], lines: Lines<'a>) {
        for derivation in &mut self.columns {
            derivation.run(batch, rows, lines.bump);
        }
    }
}

impl Derivation {
    fn run<'a>(&mut self, batch: &mut Batch<'a>, rows: &[u16], bump: &'a Bump) {
        let mut without = rows.to_vec();
        for source in &mut self.sources {
            let mut rest = Vec::new();
            source.keys.ask(batch.text(source.column), &without, |text| key(source.key_of, text));
            for (row, key) in without.into_iter().zip(source.keys.answers()) {
                match key {
                    Some(key) => batch.replace_text(row.into(), self.column, bump.alloc_slice_copy(key)),
                    None => rest.push(row),
                }
            }
            without = rest;
        }
        without.into_iter().for_each(|row| batch.replace_text(row.into(), self.column, MISSING));
    }
}

/// Computes the key of a text from a batch.
fn key(key_of: KeyOf, text: &[u8]) -> Option<Box<[u8]>> {
    let text = undo_escapes(text);
    let is_there = !text.is_empty() && *text != *MISSING;
    let key = if is_there { key_of(&text) } else { None };
    key.map(|key| escape_backslashes(&key).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{Numbers, ROWS, Status, TextField};
    use crate::dimension::Dimension;
    use crate::time::Stamp;
    use proptest::prelude::*;

    /// Returns the keys of `ext` and `scheme` for lines of a path, `$scheme` and `$request`, all escaped.
    fn derived(derive: &mut Derive, variable_columns: &VariableColumns, lines: &[[Vec<u8>; 3]]) -> Vec<[Vec<u8>; 2]> {
        let own = dimensions().map(|dimension| dimension.column(variable_columns).unwrap());
        let columns = [TextField::Path.into(), Column::variable(0), Column::variable(1)];
        let needs = own.iter().chain(&columns).fold(Fields::NONE, |needs, column| needs.union(Fields::column(*column)));
        let bump = Bump::new();
        let mut batch = Batch::new(needs);
        for line in lines {
            columns.iter().zip(line).for_each(|(column, text)| batch.set_text(*column, text));
            let (stamp, status) = (Stamp::NONE, Status::MISSING);
            batch.add(Numbers { stamp, status, bytes: 0, time_ms: None, is_static: false });
        }
        let rows: Vec<_> = (0..lines.len() as u16).collect();
        derive.run(&mut batch, &rows, Lines { server: None, bump: &bump });
        (0..lines.len()).map(|row| own.map(|column| batch.text(column)[row].to_vec())).collect()
    }

    fn dimensions() -> [Dimension; 2] {
        ["ext", "scheme"].map(|name| Dimension::named(name).unwrap())
    }

    fn new() -> (Derive, VariableColumns) {
        let variable_columns = VariableColumns::of(dimensions().into_iter());
        let all = Derive::new(
            &variable_columns,
            variable_columns.derived().fold(Fields::NONE, |all, d| all.union(Fields::column(d.column))),
            Seed::fixed(1),
        );
        (all, variable_columns)
    }

    #[test]
    fn first_source_with_a_key_wins() {
        let (mut derive, variable_columns) = new();
        let rows = [
            (["/a.css", "https", "GET http://x/ HTTP/1.1"], ["css", "https"]),
            (["/a", "-", "GET http://x/ HTTP/1.1"], ["-", "http"]),
            (["/a.\\x43SS", "", "GET \\x68ttp://x/ HTTP/1.1"], ["css", "http"]),
            (["-", "-", "GET / HTTP/1.1"], ["-", "-"]),
            (["", "\\x5Cx41", "-"], ["-", "\\\\x41"]),
        ];
        let lines = rows.map(|(line, _)| line.map(|text| text.as_bytes().to_vec()));
        let expected: Vec<_> = rows.iter().map(|(_, keys)| keys.map(|key| key.as_bytes().to_vec())).collect();
        for _ in 0..2 {
            assert_eq!(derived(&mut derive, &variable_columns, &lines), expected);
        }
    }

    #[test]
    fn only_needed_columns_are_filled() {
        let (_, variable_columns) = new();
        let [ext, scheme] = dimensions().map(|dimension| dimension.needs(&variable_columns));
        let path = Fields::text(TextField::Path);
        let of = |read| Derive::new(&variable_columns, read, Seed::fixed(1));
        assert_eq!((of(ext).writes(), of(ext).needs()), (ext, path));
        assert!(of(scheme).writes() == scheme && !of(scheme).needs().intersects(path));
        assert_eq!(of(Fields::TIME).writes(), Fields::NONE);
    }

    proptest! {
        /// The key of a line does not depend on earlier lines, so the caches are invisible.
        #[test]
        fn keys_depend_only_on_their_line(lines in prop::collection::vec(
            prop::array::uniform3(prop::sample::select(vec![
                "/a.css", "/a.CSS", "/b", "-", "", "\\x2Fa.js", "https", "GET http://x/ HTTP/1.1", "GET /a HTTP/1.1",
            ])), 0..ROWS))
        {
            let lines: Vec<_> = lines.iter().map(|line| line.map(|text| text.as_bytes().to_vec())).collect();
            let (mut derive, variable_columns) = new();
            let together = derived(&mut derive, &variable_columns, &lines);
            for (line, keys) in lines.iter().zip(together) {
                let (mut alone, variable_columns) = new();
                prop_assert_eq!(derived(&mut alone, &variable_columns, std::slice::from_ref(line)), [keys]);
            }
        }
    }
}
