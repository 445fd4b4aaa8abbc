//! Derived dimensions: their keys are computed from logged texts, once per distinct text.
//!
//! A new one is a file here with its function, and a row in the table. A step (`steps/derived.rs`) fills a column with
//! the keys, so everything after it sees a text column.

mod ext;
mod row;
mod scheme;

use std::fmt;

pub(crate) use row::KeyOf;
use row::{DerivedRow, Source};

use crate::batch::Column;

/// A dimension whose keys are computed from texts in the log.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Derived {
    /// Index in the table.
    place: usize,
}

/// THE TABLE of derived dimensions.
const DERIVED: &[DerivedRow] = &[ext::ROW, scheme::ROW];

impl Derived {
    pub(super) fn all() -> impl Iterator<Item = Derived> {
        (0..DERIVED.len()).map(|place| Derived { place })
    }

    /// Name as a user types it: `ext`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    pub(super) fn row(self) -> &'static DerivedRow {
        &DERIVED[self.place]
    }

    /// Column of its keys.
    pub(crate) fn column(self) -> Column {
        Column::derived(self.place)
    }

    /// Source variables that need a column of their own, because batches have no fixed column for them.
    pub(super) fn variables(self) -> impl Iterator<Item = &'static str> {
        self.row().sources.iter().filter_map(|(source, _)| match source {
            Source::Text(_) => None,
            Source::Variable(name) => Some(*name),
        })
    }

    /// Source columns in order of precedence, each with its function; `of_variable` returns the column of a variable.
    pub(super) fn sources(self, of_variable: impl Fn(&'static str) -> Column) -> Vec<(Column, KeyOf)> {
        let column = |source: &Source| match source {
            Source::Text(field) => Column::from(*field),
            Source::Variable(name) => of_variable(name),
        };
        self.row().sources.iter().map(|(source, key_of)| (column(source), *key_of)).collect()
    }
}

impl fmt::Debug for Derived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A derived dimension of a question: its column and its source columns.
#[derive(Clone, Debug)]
pub(crate) struct DerivedColumn {
    pub(crate) column: Column,
    pub(crate) sources: Vec<(Column, KeyOf)>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::SOURCES;
    use crate::dimension::Dimension;

    #[test]
    fn every_row_has_a_unique_name_labels_and_sources() {
        for derived in Derived::all() {
            let row = derived.row();
            assert_eq!(Dimension::named(row.name), Ok(Dimension::Derived(derived)));
            assert!(!row.singular.is_empty() && !row.plural.is_empty() && !row.sources.is_empty(), "{}", row.name);
            assert!(row.variables.starts_with('$'), "{}", row.name);
        }
        let names: Vec<_> = Derived::all().map(Derived::name).collect();
        assert!(names.iter().enumerate().all(|(i, name)| !names[..i].contains(name)), "{names:?}");
    }

    #[test]
    fn batches_have_columns_for_all_rows() {
        assert!(DERIVED.len() <= crate::batch::DERIVED);
        let mut variables: Vec<_> = Derived::all().flat_map(Derived::variables).collect();
        variables.sort_unstable();
        variables.dedup();
        assert!(variables.len() <= SOURCES, "{variables:?}");
    }
}
