//! What a table ranks or lists: a dimension gives each hit of a batch its key.
//!
//! A new dimension is a row in `table.rs` and, if it is not a text column, a file here; a derived one is a file and a row in
//! `derived.rs`.

mod codes;
mod derived;
mod extras;
mod grouping;
mod key;
mod key_ids;
mod own_keys;
mod pair;
mod pair_ids;
mod table;
mod time;
mod variable;

use std::borrow::Cow;

use crate::batch::{Column, Fields};
use crate::by_name::Named;
use crate::time::Unit;

pub use derived::Derived;
pub(crate) use derived::{DerivedColumn, KeyOf};
pub(crate) use extras::Extras;
pub(crate) use grouping::Grouping;
pub(crate) use key::{Key, KeysOfTable};
use key_ids::{KeyIds, TextIds};
pub use pair::Pair;
pub(crate) use pair_ids::PairIds;
use table::{DIMENSIONS, DimensionRow, KeysFrom};
use time::TimeIds;
pub use variable::{DimensionError, Variable};

/// What can be ranked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dimension {
    /// Everything, as one group.
    All,
    /// The target's path.
    Path,
    /// `$remote_addr`.
    Ip,
    /// `$host`.
    Host,
    /// The request's method.
    Method,
    /// `$http_referer`.
    Referer,
    /// `$http_user_agent`.
    Agent,
    /// `$remote_user`.
    User,
    /// The request's protocol.
    Protocol,
    /// The status code.
    Status,
    /// Static or dynamic.
    Class,
    /// A stretch of time.
    Time(Unit),
    /// Computed from texts in the log: the extension of a path.
    Derived(Derived),
    /// Any other variable of nginx's, or of somebody's own.
    Variable(Variable),
    /// Two of these together.
    Pair(Pair),
}

impl Dimension {
    /// Every dimension that has a name of its own; [`Dimension::named`] knows nginx's variables too.
    pub fn all() -> impl Iterator<Item = Dimension> {
        let of_table = DIMENSIONS.iter().map(|r| r.dimension).filter(|d| *d != Dimension::All);
        of_table.chain(Derived::all().map(Dimension::Derived)).chain(Unit::all().map(Dimension::Time))
    }

    /// What a user types, and what JSON has: `path`, `minute`, `host/path`.
    pub fn name(self) -> &'static str {
        match self {
            Dimension::Pair(pair) => pair.name(),
            Dimension::Time(unit) => unit.name(),
            Dimension::Variable(variable) => variable.name(),
            Dimension::Derived(derived) => derived.name(),
            _ => self.row().name,
        }
    }

    /// The name of one key in a heading: `path`, `$upstream_addr`.
    pub fn singular(self) -> Cow<'static, str> {
        match self {
            Dimension::Time(unit) => Cow::Owned(unit.name().replace('-', " ")),
            Dimension::Variable(variable) => Cow::Owned(format!("${}", variable.name())),
            Dimension::Derived(derived) => Cow::Borrowed(derived.row().singular),
            _ => Cow::Borrowed(self.name()),
        }
    }

    /// The name of several keys in a heading; of time and of pairs, which are called otherwise there, the same as of one.
    pub fn plural(self) -> Cow<'static, str> {
        match self {
            Dimension::Time(_) | Dimension::Variable(_) | Dimension::Pair(_) => self.singular(),
            Dimension::Derived(derived) => Cow::Borrowed(derived.row().plural),
            _ => Cow::Borrowed(self.row().plural),
        }
    }

    /// The dimension of that name, or of the variable of that name; with a `/` between two names, their pair.
    ///
    /// ```
    /// use logstat::Dimension;
    /// assert_eq!(Dimension::named("path"), Ok(Dimension::Path));
    /// assert_eq!(Dimension::named("http_user_agent"), Ok(Dimension::Agent));
    /// assert_eq!(Dimension::named("upstream_addr")?.name(), "upstream_addr");
    /// assert_eq!(Dimension::named("host/path"), Dimension::pair(Dimension::Host, Dimension::Path));
    /// assert!(Dimension::named("request_time").is_err());
    /// # Ok::<(), logstat::DimensionError>(())
    /// ```
    ///
    /// # Errors
    /// Where there is no such name, and where the variable's values are not worth a ranking.
    pub fn named(name: &str) -> Result<Dimension, DimensionError> {
        if name.contains('/') { pair::named(name) } else { variable::named(name) }
    }

    /// Two dimensions as one, whose keys are pairs of theirs.
    ///
    /// # Errors
    /// Where they are the same, and where one of them is a pair already.
    pub fn pair(first: Dimension, second: Dimension) -> Result<Dimension, DimensionError> {
        pair::of(first, second)
    }

    /// The dimension itself; of a pair both.
    pub fn parts(self) -> impl Iterator<Item = Dimension> {
        let (first, second) = match self {
            Dimension::Pair(pair) => (pair.first(), Some(pair.second())),
            single => (single, None),
        };
        [Some(first), second].into_iter().flatten()
    }

    /// The dimension of a variable that nginx does not know by itself, such as one that a `map` makes; `None` where
    /// [`Dimension::named`] has something to say to the name, or it is none.
    pub fn of_ones_own(variable: &str) -> Option<Dimension> {
        variable::of_ones_own(variable)
    }

    /// What [`Dimension::named`] knows beside [`Dimension::all`]: `upstream_addr`, and where any name may follow,
    /// `cookie_NAME`.
    pub fn variables() -> impl Iterator<Item = String> {
        crate::format::ranked_names().filter(|name| Dimension::all().all(|known| known.name() != name))
    }

    /// A variable that measures something: of no use in a ranking, but a filter may ask for it.
    pub(crate) fn of_measure(variable: &str) -> Dimension {
        variable::of_measure(variable)
    }

    fn row(self) -> &'static DimensionRow {
        DIMENSIONS.iter().find(|r| r.dimension == self).expect("every dimension of the table has its row")
    }

    /// The fields that tell a hit's key; a variable is among `extras`.
    pub(crate) fn needs(self, extras: &Extras) -> Fields {
        match (self, self.column(extras)) {
            (_, Some(column)) => Fields::column(column),
            (Dimension::Time(_), _) => Fields::TIME,
            (Dimension::Pair(pair), _) => pair.first().needs(extras).and(pair.second().needs(extras)),
            _ => match self.row().keys {
                KeysFrom::Text(field) => Fields::text(field),
                KeysFrom::Other { needs, .. } => needs,
            },
        }
    }

    /// The column that its keys are, where they are texts; a variable is among `extras`.
    pub(crate) fn column(self, extras: &Extras) -> Option<Column> {
        match self {
            Dimension::Variable(variable) => Some(extras.column(variable)),
            Dimension::Derived(derived) => Some(derived.column()),
            Dimension::Time(_) | Dimension::Pair(_) => None,
            _ => match self.row().keys {
                KeysFrom::Text(field) => Some(field.into()),
                KeysFrom::Other { .. } => None,
            },
        }
    }

    /// How hits find their keys, where the dimension is not a pair; a variable is among `extras`.
    fn key_ids(self, extras: &Extras) -> Box<dyn KeyIds> {
        match (self, self.column(extras)) {
            (_, Some(column)) => Box::new(TextIds(column)),
            (Dimension::Time(unit), None) => Box::new(TimeIds::new(unit)),
            (_, None) => match self.row().keys {
                KeysFrom::Text(field) => Box::new(TextIds(field.into())),
                KeysFrom::Other { ids, .. } => ids(),
            },
        }
    }

    /// The dimension whose keys are these texts as they were logged: itself, the variable of its own name, or none.
    pub(crate) fn as_logged(self) -> Option<Dimension> {
        match self {
            Dimension::Derived(derived) => {
                let own = derived.variables().find(|name| *name == derived.name());
                own.map(|name| Dimension::Variable(Variable::of(name)))
            }
            Dimension::Variable(_) => Some(self),
            Dimension::Time(_) | Dimension::Pair(_) => None,
            _ => matches!(self.row().keys, KeysFrom::Text(_)).then_some(self),
        }
    }

    /// The variable that logs them.
    pub(crate) fn variable(self) -> String {
        match self {
            Dimension::Time(_) => "$time_local".to_owned(),
            Dimension::Variable(variable) => format!("${}", variable.name()),
            Dimension::Pair(pair) => format!("{} and {}", pair.first().variable(), pair.second().variable()),
            Dimension::Derived(derived) => derived.row().variables.to_owned(),
            _ => self.row().variable.to_owned(),
        }
    }

    /// The bytes of a key as they count in rankings: for time, what is written.
    pub(crate) fn bytes_of(self, key: &[u8]) -> Cow<'_, [u8]> {
        match self {
            Dimension::Time(unit) => Cow::Owned(time::written(unit, key).into_bytes()),
            _ => Cow::Borrowed(key),
        }
    }
}

/// The written form of a time key, and the number it sorts by; the key is one of a table of time.
pub(crate) use time::{number as time_number, written as written_time};

impl Named for Dimension {
    const KIND: &'static str = "a dimension";

    fn name(self) -> &'static str {
        self.name()
    }

    /// The dimension that a report names: a variable that nginx does not know is one of the site's own.
    fn named(name: &str) -> Option<Dimension> {
        let single = |name: &str| Dimension::named(name).ok().or_else(|| Dimension::of_ones_own(name));
        match name.split_once('/') {
            Some((first, second)) => Dimension::pair(single(first)?, single(second)?).ok(),
            None => single(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dimension_has_one_row_and_one_name() {
        let all: Vec<_> = Dimension::all().collect();
        for dimension in &all {
            assert_eq!(Dimension::named(dimension.name()), Ok(*dimension));
            assert!(dimension.variable().starts_with('$'));
            assert_ne!(dimension.needs(&Extras::default()), Fields::NONE);
        }
        assert_eq!(all.len(), DIMENSIONS.len() - 1 + Derived::all().count() + Unit::all().count());
        assert_eq!(Dimension::named("all"), Err(DimensionError::Unknown));
        assert_eq!(Dimension::named("pth"), Err(DimensionError::Unknown));
    }
}
