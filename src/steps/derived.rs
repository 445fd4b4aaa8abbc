//! Fills the columns of derived dimensions. Each distinct text of a source column is looked up once, for all dimensions
//! that are computed from it.

use super::{BatchStep, Lines, StepInput};
use crate::batch::{Batch, Column, Fields, MISSING};
use crate::dimension::{DerivedColumn, KeyOf, KeyRules, OwnSiteColumns, VariableColumns};
use crate::keys::{Memo, Seed};
use crate::text::{escape_backslashes, undo_escapes};

/// The columns to fill, and their sources with caches of computed keys. Each worker has its own.
struct Derive {
    sources: Vec<Source>,
    columns: Vec<Derivation>,
}

/// A column that keys are computed from. Cached keys are escaped, like logged texts.
struct Source {
    column: Column,
    functions: Vec<KeyOf>,
    keys: Memo<KeysOfText>,
}

/// The keys of a text, one for each function; `None` where a function gives none.
type KeysOfText = Box<[Option<Box<[u8]>>]>;

/// A column to fill.
struct Derivation {
    column: Column,
    /// Places of the keys, in order of precedence.
    keys: Vec<Place>,
    /// The fields of the sources, and the key if at least one is logged, but none gives a key.
    otherwise: Option<(Fields, &'static [u8])>,
    own_site: Option<OwnSitePlaces>,
}

/// Where a computed key is: the index of a source, and that of one of its functions.
#[derive(Clone, Copy)]
struct Place {
    source: usize,
    function: usize,
}

struct OwnSitePlaces {
    sites: [Place; 2],
    /// The key of a line whose two sites are the same.
    key: &'static [u8],
}

impl Derive {
    /// Selects the derived dimensions in `variable_columns` whose columns are needed.
    fn new(variable_columns: &VariableColumns, rules: &KeyRules, needs: Fields, seed: Seed) -> Derive {
        let mut derive = Derive { sources: Vec::new(), columns: Vec::new() };
        let needed = variable_columns.derived().filter(|derived| needs.intersects(Fields::column(derived.column)));
        for derived in needed {
            let fields = derived.fields();
            let DerivedColumn { column, sources, otherwise, own_site } = derived;
            let mut place = |column, function| derive.place(column, function, seed);
            let keys = sources.iter().map(|(column, make)| place(*column, make(rules))).collect();
            let own_site = own_site.map(|OwnSiteColumns { texts, key }| OwnSitePlaces {
                sites: texts.map(|(column, make)| place(column, make(rules))),
                key: key.map_or(MISSING, str::as_bytes),
            });
            let otherwise = otherwise.map(|key| (fields, key.as_bytes()));
            derive.columns.push(Derivation { column, keys, otherwise, own_site });
        }
        derive
    }

    /// Adds a function to compute a key from a column.
    fn place(&mut self, column: Column, function: KeyOf, seed: Seed) -> Place {
        let source = self.sources.iter().position(|source| source.column == column).unwrap_or_else(|| {
            self.sources.push(Source { column, functions: Vec::new(), keys: Memo::new(seed) });
            self.sources.len() - 1
        });
        let functions = &mut self.sources[source].functions;
        functions.push(function);
        Place { source, function: functions.len() - 1 }
    }

    /// The key at a place, for the row at this index of those that were looked up.
    fn key(&self, Place { source, function }: Place, index: usize) -> Option<&[u8]> {
        self.sources[source].keys.answer(index)[function].as_deref()
    }

    /// The key of a line. `lacks` are the fields that its format does not log.
    fn key_of(&self, derivation: &Derivation, index: usize, lacks: Fields) -> &[u8] {
        if let Some(OwnSitePlaces { sites, key }) = &derivation.own_site {
            let [from, own] = sites.map(|place| self.key(place, index));
            if from.is_some() && from == own {
                return key;
            }
        }
        let key = derivation.keys.iter().find_map(|place| self.key(*place, index));
        key.unwrap_or(match derivation.otherwise {
            Some((fields, key)) if !lacks.contains(fields) => key,
            _ => MISSING,
        })
    }
}

/// The step, if a derived dimension is read.
pub(super) fn step<'q>(asked: &StepInput<'q, '_>) -> Option<Box<dyn BatchStep + 'q>> {
    let StepInput { options, variable_columns, read, seed } = *asked;
    let mut rules = KeyRules { anonymize: options.visitor.anonymize, ..options.key_rules.clone() };
    if variable_columns.derived().any(|derived| derived.own_site.is_some()) {
        rules.own_hosts = rules.own_hosts.and_those_of(options.nginx_conf);
    }
    Some(Box::new(Derive::new(variable_columns, &rules, read, seed)))
}

impl BatchStep for Derive {
    fn needs(&self) -> Fields {
        self.sources.iter().fold(Fields::NONE, |needs, source| needs.union(Fields::column(source.column)))
    }

    fn writes(&self) -> Fields {
        self.columns.iter().fold(Fields::NONE, |writes, derivation| writes.union(Fields::column(derivation.column)))
    }

    fn run<'a>(&mut self, batch: &mut Batch<'a>, rows: &[u16], lines: Lines<'a>) {
        for Source { column, functions, keys } in &mut self.sources {
            keys.ask(batch.text(*column), rows, |text| computed(functions, text));
        }
        for derivation in &self.columns {
            for (index, row) in rows.iter().map(|row| usize::from(*row)).enumerate() {
                let lacks = if batch.some_lack() { batch.lacks(row) } else { Fields::NONE };
                let key = self.key_of(derivation, index, lacks);
                batch.replace_text(row, derivation.column, lines.bump.alloc_slice_copy(key));
            }
        }
    }
}

/// Computes the keys of a text from a batch.
fn computed(functions: &[KeyOf], text: &[u8]) -> KeysOfText {
    let text = undo_escapes(text);
    let is_there = !text.is_empty() && *text != *MISSING;
    let key = |function: &KeyOf| {
        let key = if is_there { function.key(&text) } else { None };
        key.map(|key| escape_backslashes(&key).into())
    };
    functions.iter().map(key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{Numbers, ROWS, Status, TextField};
    use crate::dimension::Dimension;
    use crate::time::Stamp;
    use bumpalo::Bump;
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
            &KeyRules::default(),
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
        let of = |read| Derive::new(&variable_columns, &KeyRules::default(), read, Seed::fixed(1));
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
