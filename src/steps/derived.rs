//! Fills the columns of derived dimensions. Each distinct text of a source column is looked up once, for all dimensions
//! that are computed from it.

#[cfg(test)]
mod laws;
mod numbered_keys;
mod source;

use super::{BatchStep, Lines, StepInput};
use crate::batch::{Batch, Column, Fields, KeyId, MISSING};
use crate::dimension::{DerivedColumn, KeyOf, KeyRules, OwnSiteColumns, VariableColumns};
use crate::keys::Seed;
use numbered_keys::NumberedKeys;
use source::Source;

/// The columns to fill, and their sources with caches of computed keys. Each worker has its own.
struct Derive {
    seed: Seed,
    sources: Vec<Source>,
    columns: Vec<Derivation>,
    keys: NumberedKeys,
    /// The id of [`MISSING`].
    missing: KeyId,
}

/// A column to fill.
struct Derivation {
    column: Column,
    /// True if something reads its texts. Tables read ids.
    has_texts: bool,
    /// Places of the keys, in order of precedence.
    keys: Vec<Place>,
    /// The fields of the sources, and the key if at least one is logged, but none gives a key.
    otherwise: Option<(Fields, KeyId)>,
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
    key: KeyId,
}

impl Derive {
    /// Selects the derived dimensions in `variable_columns` whose columns are needed. Columns without `texts` get only
    /// ids.
    fn new(variable_columns: &VariableColumns, rules: &KeyRules, needs: Fields, texts: Fields, seed: Seed) -> Derive {
        let mut keys = NumberedKeys::new(seed);
        let missing = keys.fixed(MISSING);
        let mut derive = Derive { seed, sources: Vec::new(), columns: Vec::new(), keys, missing };
        let needed = variable_columns.derived().filter(|derived| needs.intersects(Fields::column(derived.column)));
        for derived in needed {
            let fields = derived.fields();
            let DerivedColumn { column, sources, otherwise, own_site } = derived;
            let keys = sources.iter().map(|(column, make)| derive.place(*column, make(rules))).collect();
            let own_site = own_site.map(|OwnSiteColumns { texts, key }| OwnSitePlaces {
                sites: texts.map(|(column, make)| derive.place(column, make(rules))),
                key: derive.keys.fixed(key.map_or(MISSING, str::as_bytes)),
            });
            let otherwise = otherwise.map(|key| (fields, derive.keys.fixed(key.as_bytes())));
            let has_texts = texts.intersects(Fields::column(column));
            derive.columns.push(Derivation { column, has_texts, keys, otherwise, own_site });
        }
        derive
    }

    /// Adds a function to compute a key from a column.
    fn place(&mut self, column: Column, function: KeyOf) -> Place {
        let source = self.sources.iter().position(|source| source.column() == column).unwrap_or_else(|| {
            self.sources.push(Source::new(column, self.seed));
            self.sources.len() - 1
        });
        Place { source, function: self.sources[source].add(function) }
    }

    /// Empties all caches.
    fn forget(&mut self) {
        self.keys.forget();
        self.sources.iter_mut().for_each(Source::forget);
    }

    /// Writes the ids of the keys of a derivation for these rows.
    fn fill(&self, derivation: &Derivation, batch: &mut Batch<'_>, rows: &[u16]) {
        let Derivation { column, keys, otherwise, own_site, .. } = derivation;
        let own_site = own_site.as_ref().filter(|own_site| {
            let Place { source, function } = own_site.sites[1];
            !self.sources[source].has_no_key(function)
        });
        let default = otherwise.map_or(self.missing, |(_, key)| key);
        match keys[..] {
            // Nearly always: the key depends on one text only.
            [Place { source, function }] if own_site.is_none() && !(batch.some_lack() && otherwise.is_some()) => {
                let ids = batch.key_ids_mut(*column);
                for (row, key) in rows.iter().zip(self.sources[source].keys(function)) {
                    ids[usize::from(*row)] = if key == KeyId::NONE { default } else { key };
                }
            }
            _ => {
                for (index, row) in rows.iter().map(|row| usize::from(*row)).enumerate() {
                    let lacks = if batch.some_lack() { batch.lacks(row) } else { Fields::NONE };
                    let key = self.key_of(derivation, index, lacks);
                    batch.key_ids_mut(*column)[row] = key;
                }
            }
        }
    }

    /// The key of a line. `lacks` are the fields that its format does not log.
    fn key_of(&self, derivation: &Derivation, index: usize, lacks: Fields) -> KeyId {
        let key = |Place { source, function }: Place| self.sources[source].key(function, index);
        if let Some(OwnSitePlaces { sites, key: own_key }) = &derivation.own_site {
            let [from, own] = sites.map(key);
            if from != KeyId::NONE && from == own {
                return *own_key;
            }
        }
        let found = derivation.keys.iter().map(|place| key(*place)).find(|key| *key != KeyId::NONE);
        found.unwrap_or(match derivation.otherwise {
            Some((fields, key)) if !lacks.contains(fields) => key,
            _ => self.missing,
        })
    }
}

/// The step, if a derived dimension is read.
pub(super) fn step<'q>(asked: &StepInput<'q, '_>) -> Option<Box<dyn BatchStep + 'q>> {
    let StepInput { options, variable_columns, read, texts, seed } = *asked;
    let mut rules = KeyRules { anonymize: options.visitor.anonymize, ..options.key_rules.clone() };
    if variable_columns.derived().any(|derived| derived.own_site.is_some()) {
        rules.own_hosts = rules.own_hosts.and_those_of(options.nginx_conf);
    }
    Some(Box::new(Derive::new(variable_columns, &rules, read, texts, seed)))
}

impl BatchStep for Derive {
    fn needs(&self) -> Fields {
        self.sources.iter().fold(Fields::NONE, |needs, source| needs.union(Fields::column(source.column())))
    }

    fn writes(&self) -> Fields {
        self.columns.iter().fold(Fields::NONE, |writes, derivation| writes.union(Fields::column(derivation.column)))
    }

    fn run<'a>(&mut self, batch: &mut Batch<'a>, rows: &[u16], lines: Lines<'a>) {
        if self.keys.are_many() {
            self.forget();
        }
        for source in &mut self.sources {
            source.ask(batch, rows, &mut self.keys);
        }
        for derivation in &self.columns {
            self.fill(derivation, batch, rows);
            if derivation.has_texts {
                for row in rows.iter().map(|row| usize::from(*row)) {
                    let key = batch.key_ids_mut(derivation.column)[row];
                    let text = lines.bump.alloc_slice_copy(self.keys.key(key));
                    batch.replace_text(row, derivation.column, text);
                }
            }
        }
        batch.set_keyring(self.keys.keyring());
    }
}
