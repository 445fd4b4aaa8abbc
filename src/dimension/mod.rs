//! Dimensions: each gives a hit the key by which a table ranks or lists it.
//!
//! A new dimension is a row in `table.rs`, and a file here if its keys are not a text column. A derived dimension is a
//! file and a row in `derived/`.

mod alias;
mod codes;
mod derived;
mod grouping;
mod key;
mod key_ids;
mod near_pairs;
mod own_keys;
mod pair;
mod pair_keys;
mod part_keys;
mod saved_keys;
mod table;
mod time;
mod variable;
mod variable_columns;

use std::borrow::Cow;

use crate::batch::{Column, Fields};
use crate::by_name::Named;
use crate::time::Unit;

pub use derived::{Derived, KeyRules};
pub(crate) use derived::{DerivedColumn, KeyOf, OwnSiteColumns};
pub(crate) use grouping::Grouping;
pub(crate) use key::{Key, KeysOfTable};
use key_ids::{DerivedIds, KeyIds, TextIds};
pub use pair::Pair;
pub(crate) use pair_keys::PairKeys;
use part_keys::PartKeys;
pub(crate) use saved_keys::places_of;
use table::{DIMENSIONS, DimensionRow, KeysFrom};
use time::TimeIds;
pub use variable::{DimensionError, Variable};
pub(crate) use variable_columns::VariableColumns;

/// A property of hits by which they can be ranked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dimension {
    /// All hits as one group.
    All,
    /// The path of the request's target.
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
    /// The class of the status code: `2xx`, `other`.
    StatusClass,
    /// Static or dynamic. Users type `kind`, and JSON has `class`.
    Class,
    /// A unit of time, such as an hour or a weekday.
    Time(Unit),
    /// Computed from texts in the log, such as the extension of a path.
    Derived(Derived),
    /// Any other nginx variable, or one that the site defines.
    Variable(Variable),
    /// Two dimensions together.
    Pair(Pair),
}

impl Dimension {
    /// Every dimension with a fixed name; [`Dimension::named`] also knows nginx's variables.
    pub fn all() -> impl Iterator<Item = Dimension> {
        let of_table = DIMENSIONS.iter().map(|r| r.dimension).filter(|d| *d != Dimension::All);
        of_table.chain(Derived::all().map(Dimension::Derived)).chain(Unit::all().map(Dimension::Time))
    }

    /// Name as a user types it: `path`, `kind`, `minute`, `host/path`.
    pub fn name(self) -> &'static str {
        match self {
            Dimension::Pair(pair) => pair.name(),
            Dimension::Time(unit) => unit.name(),
            Dimension::Variable(variable) => variable.name(),
            Dimension::Derived(derived) => derived.name(),
            _ => self.row().name,
        }
    }

    /// Name in JSON: the one that a user types, except that `kind` is `class`.
    ///
    /// ```
    /// use logstat::Dimension;
    /// let kind = Dimension::named("kind")?;
    /// assert_eq!((kind.name(), kind.key()), ("kind", "class"));
    /// assert_eq!(Dimension::named("class")?, kind);
    /// # Ok::<(), logstat::DimensionError>(())
    /// ```
    pub fn key(self) -> &'static str {
        match self {
            Dimension::Pair(pair) => pair.key(),
            Dimension::Time(_) | Dimension::Variable(_) | Dimension::Derived(_) => self.name(),
            _ => self.row().key,
        }
    }

    /// Name of one key in a heading: `path`, `$upstream_addr`.
    pub fn singular(self) -> Cow<'static, str> {
        match self {
            Dimension::Time(unit) => Cow::Owned(unit.name().replace('-', " ")),
            Dimension::Variable(variable) => Cow::Owned(format!("${}", variable.name())),
            Dimension::Derived(derived) => Cow::Borrowed(derived.row().singular),
            _ => Cow::Owned(self.name().replace('-', " ")),
        }
    }

    /// Name of several keys in a heading. For time, variables and pairs it is the same as for one key.
    pub fn plural(self) -> Cow<'static, str> {
        match self {
            Dimension::Time(_) | Dimension::Variable(_) | Dimension::Pair(_) => self.singular(),
            Dimension::Derived(derived) => Cow::Borrowed(derived.row().plural),
            _ => Cow::Borrowed(self.row().plural),
        }
    }

    /// Looks up a dimension by its name or by that of a variable. Two names with a `/` between them are a pair.
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
    /// Fails if the name is unknown, or if the variable's values are not worth ranking.
    pub fn named(name: &str) -> Result<Dimension, DimensionError> {
        if name.contains('/') { pair::named(name) } else { variable::named(name) }
    }

    /// The class of bots of the client; people are a class of their own.
    pub(crate) fn bot_class() -> Dimension {
        Dimension::Derived(Derived::BOT_CLASS)
    }

    /// The name of a bot together with its class.
    pub(crate) fn bot_and_class() -> Dimension {
        let bot = Dimension::Derived(Derived::BOT);
        Dimension::pair(bot, Dimension::bot_class()).unwrap_or(bot)
    }

    /// Combines two dimensions into one whose keys are pairs.
    ///
    /// # Errors
    /// Fails if both are the same, or if one of them is a pair already.
    pub fn pair(first: Dimension, second: Dimension) -> Result<Dimension, DimensionError> {
        pair::of(first, second)
    }

    /// The dimension itself, or both dimensions of a pair.
    pub fn parts(self) -> impl Iterator<Item = Dimension> {
        let (first, second) = match self {
            Dimension::Pair(pair) => (pair.first(), Some(pair.second())),
            single => (single, None),
        };
        [Some(first), second].into_iter().flatten()
    }

    /// The dimension of a variable that nginx does not define, such as one of a `map`. `None` if the name is not a
    /// valid variable name, or if [`Dimension::named`] knows it or has a specific error for it.
    pub fn user_defined(variable: &str) -> Option<Dimension> {
        variable::user_defined(variable)
    }

    /// The names that [`Dimension::named`] knows in addition to [`Dimension::all`]: `upstream_addr`, or `cookie_NAME`
    /// if any name may follow.
    pub fn variables() -> impl Iterator<Item = String> {
        crate::format::ranked_names().filter(|name| Dimension::all().all(|known| known.name() != name))
    }

    /// The dimension of a variable that measures something. It is useless in a ranking, but a filter may read it.
    pub(crate) fn of_measure(variable: &str) -> Dimension {
        variable::of_measure(variable)
    }

    fn row(self) -> &'static DimensionRow {
        DIMENSIONS.iter().find(|r| r.dimension == self).expect("every dimension has a row in the table")
    }

    /// Fields from which a hit's key is computed. `variable_columns` must contain the variables.
    pub(crate) fn needs(self, variable_columns: &VariableColumns) -> Fields {
        match (self, self.column(variable_columns)) {
            (_, Some(column)) => Fields::column(column),
            (Dimension::Time(_), _) => Fields::TIME,
            (Dimension::Pair(pair), _) => {
                pair.first().needs(variable_columns).union(pair.second().needs(variable_columns))
            }
            _ => match self.row().keys {
                KeysFrom::Text(field) => Fields::text(field),
                KeysFrom::Other { needs, .. } => needs,
            },
        }
    }

    /// The column of its keys, if they are texts. `variable_columns` must contain the variables.
    pub(crate) fn column(self, variable_columns: &VariableColumns) -> Option<Column> {
        match self {
            Dimension::Variable(variable) => Some(variable_columns.column(variable)),
            Dimension::Derived(derived) => Some(derived.column()),
            Dimension::Time(_) | Dimension::Pair(_) => None,
            _ => match self.row().keys {
                KeysFrom::Text(field) => Some(field.into()),
                KeysFrom::Other { .. } => None,
            },
        }
    }

    /// Makes the look-up of keys for hits; not for pairs. `variable_columns` must contain the variables.
    fn key_ids(self, variable_columns: &VariableColumns) -> Box<dyn KeyIds> {
        match (self, self.column(variable_columns)) {
            (Dimension::Derived(_), Some(column)) => Box::new(DerivedIds::new(column)),
            (_, Some(column)) => Box::new(TextIds(column)),
            (Dimension::Time(unit), None) => Box::new(TimeIds::new(unit)),
            (_, None) => match self.row().keys {
                KeysFrom::Text(field) => Box::new(TextIds(field.into())),
                KeysFrom::Other { ids, .. } => ids(),
            },
        }
    }

    /// The dimension with the same keys as logged: itself if they are logged texts, the variable of the same name for a
    /// derived dimension, or `None`.
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

    /// True if parts of the keys are learned after the last merge; of a pair, see its [parts](Dimension::parts).
    pub(crate) fn is_learned(self) -> bool {
        matches!(self, Dimension::Derived(derived) if derived.is_learned())
    }

    /// All keys that a line can have besides `-`, if there are few.
    pub(crate) fn all_keys(self) -> Option<Vec<&'static str>> {
        match self {
            Dimension::Class => Some(vec!["static", "dynamic"]),
            Dimension::Derived(derived) => derived.all_keys(),
            _ => None,
        }
    }

    /// A built-in table that decides the keys, with its hash.
    pub(crate) fn built_in(self) -> Option<(&'static str, u64)> {
        if let Dimension::Derived(derived) = self { derived.built_in() } else { None }
    }

    /// The variable that logs the keys, for messages.
    pub(crate) fn variable(self) -> String {
        match self {
            Dimension::Time(_) => "$time_local".to_owned(),
            Dimension::Variable(variable) => format!("${}", variable.name()),
            Dimension::Pair(pair) => format!("{} and {}", pair.first().variable(), pair.second().variable()),
            Dimension::Derived(derived) => derived.row().variables.to_owned(),
            _ => self.row().variable.to_owned(),
        }
    }

    /// The bytes by which rankings compare a key: its written form for time.
    pub(crate) fn bytes_of(self, key: &[u8]) -> Cow<'_, [u8]> {
        match self {
            Dimension::Time(unit) => Cow::Owned(time::written(unit, key).into_bytes()),
            _ => Cow::Borrowed(key),
        }
    }
}

/// A key of a time table, its written form, and the number that it sorts by.
pub(crate) use time::{key as time_key, number as time_number, written as written_time};

impl Named for Dimension {
    const KIND: &'static str = "a dimension";

    fn name(self) -> &'static str {
        self.key()
    }

    /// Looks up a dimension that a report names. A variable that nginx does not define is taken as one of the site.
    fn named(name: &str) -> Option<Dimension> {
        let single = |name: &str| Dimension::named(name).ok().or_else(|| Dimension::user_defined(name));
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
    fn every_dimension_is_found_by_its_name() {
        let all: Vec<_> = Dimension::all().collect();
        for dimension in &all {
            assert_eq!(Dimension::named(dimension.name()), Ok(*dimension));
            assert_eq!(Dimension::named(dimension.key()), Ok(*dimension));
            assert!(dimension.variable().starts_with('$'));
            assert_ne!(dimension.needs(&VariableColumns::default()), Fields::NONE);
        }
        assert_eq!(all.len(), DIMENSIONS.len() - 1 + Derived::all().count() + Unit::all().count());
        assert_eq!(Dimension::named("all"), Err(DimensionError::Unknown));
        assert_eq!(Dimension::named("pth"), Err(DimensionError::Unknown));
    }
}
