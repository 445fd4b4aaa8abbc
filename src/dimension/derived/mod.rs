//! Derived dimensions: their keys are computed from logged texts, once per distinct text.
//!
//! A new one is a file here with its function, and a row in the table. A step (`steps/derived.rs`) fills a column with
//! the keys, so everything after it sees a text column. Functions that need settings get them from [`KeyRules`].

mod address;
mod agent;
mod arguments;
mod ext;
mod referer;
mod route;
mod row;
mod rules;
mod scheme;

use std::fmt;

use row::{DerivedRow, OwnSite, Source};
pub(crate) use row::{KeyOf, MakeKey};
pub use rules::KeyRules;

use crate::batch::{Column, Fields};
use crate::geo::GeoField;

/// A dimension whose keys are computed from texts in the log.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Derived {
    /// Index in the table.
    place: usize,
}

/// THE TABLE of derived dimensions.
const DERIVED: &[DerivedRow] = &[
    ext::ROW,
    scheme::ROW,
    agent::BROWSER,
    agent::BROWSER_VERSION,
    agent::OS,
    agent::DEVICE,
    agent::BOT,
    agent::BOT_CLASS,
    referer::SITE,
    referer::KIND,
    arguments::UTM_SOURCE,
    arguments::UTM_MEDIUM,
    arguments::UTM_CAMPAIGN,
    arguments::NAMES,
    address::NET,
    address::VERSION,
    address::COUNTRY,
    address::CITY,
    address::ASN,
    address::ORG,
    route::ROUTE,
    route::DIR,
    route::DIR2,
    route::FILE,
];

impl Derived {
    /// The names of bots.
    pub(super) const BOT: Derived = Derived { place: 6 };

    /// The class of bots.
    pub(super) const BOT_CLASS: Derived = Derived { place: 7 };

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

    /// All sources: those of the key, and those that tell whether a line comes from the site itself.
    fn all_sources(self) -> impl Iterator<Item = Source> {
        let row = self.row();
        let of_site = row.own_site.iter().flat_map(|own_site| [own_site.from.0, own_site.own.0]);
        row.sources.iter().map(|(source, _)| *source).chain(of_site)
    }

    /// Source variables that need a column of their own, because batches have no fixed column for them.
    pub(super) fn variables(self) -> impl Iterator<Item = &'static str> {
        self.all_sources().filter_map(|source| match source {
            Source::Text(_) => None,
            Source::Variable(name) => Some(name),
        })
    }

    /// Its column and its source columns; `of_variable` returns the column of a variable.
    pub(super) fn columns(self, of_variable: impl Fn(&'static str) -> Column) -> DerivedColumn {
        let column = |(source, make): (Source, MakeKey)| match source {
            Source::Text(field) => (Column::from(field), make),
            Source::Variable(name) => (of_variable(name), make),
        };
        let DerivedRow { sources, otherwise, own_site, .. } = self.row();
        DerivedColumn {
            column: self.column(),
            sources: sources.iter().copied().map(column).collect(),
            otherwise: *otherwise,
            own_site: own_site.map(|OwnSite { from, own, key }| OwnSiteColumns { texts: [from, own].map(column), key }),
        }
    }

    /// The field of a database of addresses that gives its keys.
    pub(crate) fn place(self) -> Option<GeoField> {
        self.row().place
    }

    /// True if rules that recognize bots change its keys.
    pub(crate) fn is_of_agent(self) -> bool {
        self.row().built_in.is_some_and(|(name, _)| name == agent::TABLES.0)
    }

    /// True if the site's own hosts change its keys.
    pub(crate) fn has_own_site(self) -> bool {
        self.row().own_site.is_some()
    }

    /// True if parts of its keys are learned after the last merge.
    pub(super) fn is_learned(self) -> bool {
        self.row().is_learned
    }

    /// All keys that a line can have, if there are few.
    pub(super) fn all_keys(self) -> Option<Vec<&'static str>> {
        self.row().all_keys.map(|all| all())
    }

    /// The built-in table that decides its keys, with its hash.
    pub(super) fn built_in(self) -> Option<(&'static str, u64)> {
        self.row().built_in.map(|(name, hash)| (name, hash()))
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
    /// In order of precedence.
    pub(crate) sources: Vec<(Column, MakeKey)>,
    pub(crate) otherwise: Option<&'static str>,
    pub(crate) own_site: Option<OwnSiteColumns>,
}

impl DerivedColumn {
    /// The fields that its key is computed from.
    pub(crate) fn fields(&self) -> Fields {
        self.sources.iter().fold(Fields::NONE, |fields, (source, _)| fields.union(Fields::column(*source)))
    }
}

/// How a line is recognized that comes from the site itself.
#[derive(Clone, Debug)]
pub(crate) struct OwnSiteColumns {
    /// If both texts name the same site, it does.
    pub(crate) texts: [(Column, MakeKey); 2],
    /// The key of such a line.
    pub(crate) key: Option<&'static str>,
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
    fn bots_and_their_class_are_at_their_places() {
        assert_eq!(Derived::BOT.name(), "bot");
        assert_eq!(Derived::BOT_CLASS.name(), "bot-class");
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
