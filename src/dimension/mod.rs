//! What a table ranks or lists: a dimension gives each hit of a batch its key.
//!
//! A new dimension is a row in `DIMENSIONS` and, if it is no plain text column, a file here.

mod codes;
mod time;
mod variable;

use std::borrow::Cow;

use crate::batch::{Batch, Column, Fields, TextField};
use crate::table::{AddressKeys, GroupId, Keys, KeysOfTable, Seed, VisitorId};
use crate::time::Unit;

pub(crate) use variable::Extras;
pub use variable::{DimensionError, Variable};

/// What can be ranked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    /// Any other variable of nginx's, or of somebody's own.
    Variable(Variable),
}

/// A row of the table of dimensions.
struct DimensionRow {
    dimension: Dimension,
    name: &'static str,
    needs: Fields,
    /// What an error says is needed.
    variable: &'static str,
}

const fn row(dimension: Dimension, name: &'static str, needs: Fields, variable: &'static str) -> DimensionRow {
    DimensionRow { dimension, name, needs, variable }
}

/// THE TABLE of dimensions, but for time, whose rows are the units, and variables, whose table is the formats'.
const DIMENSIONS: [DimensionRow; 11] = [
    row(Dimension::All, "all", Fields::NONE, ""),
    row(Dimension::Path, "path", Fields::text(TextField::Path), "$request"),
    row(Dimension::Ip, "ip", Fields::text(TextField::Addr), "$remote_addr"),
    row(Dimension::Host, "host", Fields::text(TextField::Host), "$host"),
    row(Dimension::Method, "method", Fields::text(TextField::Method), "$request"),
    row(Dimension::Referer, "referer", Fields::text(TextField::Referer), "$http_referer"),
    row(Dimension::Agent, "agent", Fields::text(TextField::Agent), "$http_user_agent"),
    row(Dimension::User, "user", Fields::text(TextField::User), "$remote_user"),
    row(Dimension::Protocol, "protocol", Fields::text(TextField::Protocol), "$request"),
    row(Dimension::Status, "status", Fields::STATUS, "$status"),
    row(Dimension::Class, "class", Fields::text(TextField::Path), "$request"),
];

impl Dimension {
    /// Every dimension that has a name of its own; [`Dimension::named`] knows nginx's variables too.
    pub fn all() -> impl Iterator<Item = Dimension> {
        DIMENSIONS.iter().map(|r| r.dimension).filter(|d| *d != Dimension::All).chain(Unit::all().map(Dimension::Time))
    }

    /// What a user types, and what JSON has: `path`, `minute`.
    pub fn name(self) -> &'static str {
        match self {
            Dimension::Time(unit) => unit.name(),
            Dimension::Variable(variable) => variable.name(),
            _ => self.row().name,
        }
    }

    /// The dimension of that name, or of the variable of that name.
    ///
    /// ```
    /// use logstat::Dimension;
    /// assert_eq!(Dimension::named("path"), Ok(Dimension::Path));
    /// assert_eq!(Dimension::named("http_user_agent"), Ok(Dimension::Agent));
    /// assert_eq!(Dimension::named("upstream_addr")?.name(), "upstream_addr");
    /// assert!(Dimension::named("request_time").is_err());
    /// # Ok::<(), logstat::DimensionError>(())
    /// ```
    ///
    /// # Errors
    /// Where there is no such name, and where the variable's values are not worth a ranking.
    pub fn named(name: &str) -> Result<Dimension, DimensionError> {
        variable::named(name)
    }

    /// The dimension of a variable that nginx does not know by itself, such as one that a `map` makes; `None` where
    /// [`Dimension::named`] has something to say to the name, or it is none.
    pub fn of_ones_own(variable: &str) -> Option<Dimension> {
        variable::of_ones_own(variable)
    }

    /// What [`Dimension::named`] knows beside [`Dimension::all`]: `upstream_addr`, and where any name may follow,
    /// `cookie_NAME`.
    pub fn variables() -> impl Iterator<Item = String> {
        crate::format::ranked_names()
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
        match self {
            Dimension::Time(_) => Fields::TIME,
            Dimension::Variable(variable) => Fields::column(extras.column(variable)),
            _ => self.row().needs,
        }
    }

    /// The column that its keys are, where they are texts as they were logged; a variable is among `extras`.
    pub(crate) fn column(self, extras: &Extras) -> Option<Column> {
        let field = match self {
            Dimension::Path => TextField::Path,
            Dimension::Ip => TextField::Addr,
            Dimension::Host => TextField::Host,
            Dimension::Method => TextField::Method,
            Dimension::Referer => TextField::Referer,
            Dimension::Agent => TextField::Agent,
            Dimension::User => TextField::User,
            Dimension::Protocol => TextField::Protocol,
            Dimension::Variable(variable) => return Some(extras.column(variable)),
            Dimension::All | Dimension::Status | Dimension::Class | Dimension::Time(_) => return None,
        };
        Some(field.into())
    }

    /// The variable that logs them.
    pub(crate) fn variable(self) -> String {
        match self {
            Dimension::Time(_) => "$time_local".to_owned(),
            Dimension::Variable(variable) => format!("${}", variable.name()),
            _ => self.row().variable.to_owned(),
        }
    }

    /// Whether keys are texts from the log, in which nginx's escapes are still to be undone.
    pub(crate) fn is_text(self) -> bool {
        !matches!(self, Dimension::All | Dimension::Time(_) | Dimension::Status | Dimension::Class)
    }

    /// The bytes of a key as they count in rankings: for time, what is written.
    pub(crate) fn bytes_of(self, key: &[u8]) -> Cow<'_, [u8]> {
        match self {
            Dimension::Time(unit) => Cow::Owned(time::written(unit, key).into_bytes()),
            _ => Cow::Borrowed(key),
        }
    }
}

/// How the hits of a batch get their groups: the keys of a dimension, and what it remembers.
#[derive(Clone, Debug)]
pub(crate) enum Grouping {
    All(Keys),
    Text(Column, Keys),
    /// Addresses are the visitors' keys, which are stored once.
    Visitors,
    Time(time::TimeIds),
    Status(codes::StatusIds),
    Class(codes::ClassIds),
}

impl Grouping {
    /// `by_visitor`: addresses are interned as visitors anyway; a variable is among `extras`.
    pub(crate) fn new(dimension: Dimension, extras: &Extras, seed: Seed, by_visitor: bool) -> Grouping {
        let keys = Keys::new(seed);
        match dimension {
            Dimension::All => Grouping::All(keys),
            Dimension::Ip if by_visitor => Grouping::Visitors,
            Dimension::Status => Grouping::Status(codes::StatusIds::new(keys)),
            Dimension::Class => Grouping::Class(codes::ClassIds::new(keys)),
            Dimension::Time(unit) => Grouping::Time(time::TimeIds::new(unit, keys)),
            text => Grouping::Text(text.column(extras).expect("every other dimension has texts for keys"), keys),
        }
    }

    /// The same before it met any key.
    pub(crate) fn anew(&self, seed: Seed) -> Grouping {
        let keys = Keys::new(seed);
        match self {
            Grouping::All(_) => Grouping::All(keys),
            Grouping::Text(column, _) => Grouping::Text(*column, keys),
            Grouping::Visitors => Grouping::Visitors,
            Grouping::Time(time) => Grouping::Time(time::TimeIds::new(time.unit(), keys)),
            Grouping::Status(_) => Grouping::Status(codes::StatusIds::new(keys)),
            Grouping::Class(_) => Grouping::Class(codes::ClassIds::new(keys)),
        }
    }

    /// Keeps the keys of these groups, which ascend and are then the first ones, and the memory of the others.
    pub(crate) fn keep(&mut self, groups: &[GroupId]) {
        match self {
            Grouping::All(keys) | Grouping::Text(_, keys) => keys.keep(groups),
            Grouping::Visitors => {}
            Grouping::Time(time) => time.keep(groups),
            Grouping::Status(status) => status.keep(groups),
            Grouping::Class(class) => class.keep(groups),
        }
    }

    /// The groups of the selected hits, appended to `groups`; `visitors` are theirs.
    pub(crate) fn ids(
        &mut self,
        batch: &Batch<'_>,
        hits: &[u16],
        visitors: &[VisitorId],
        scratch: &mut Vec<u32>,
        groups: &mut Vec<GroupId>,
    ) {
        match self {
            Grouping::All(keys) => {
                let all = GroupId(keys.id(b"all"));
                groups.resize(groups.len() + hits.len(), all);
            }
            Grouping::Text(column, keys) => {
                scratch.clear();
                keys.ids(batch.text(*column), hits, scratch);
                groups.extend(scratch.iter().map(|id| GroupId(*id)));
            }
            Grouping::Visitors => groups.extend(visitors.iter().map(|visitor| GroupId(visitor.0))),
            Grouping::Time(time) => time.ids(batch.wall_s(), hits, groups),
            Grouping::Status(status) => status.ids(batch.status(), hits, groups),
            Grouping::Class(class) => class.ids(batch.is_static(), hits, groups),
        }
    }

    /// The keys of the groups; `visitors` are those of the tally.
    pub(crate) fn keys<'k>(&'k self, visitors: &'k AddressKeys) -> KeysOfTable<'k> {
        match self.own_keys() {
            Some(keys) => KeysOfTable::Own(keys),
            None => KeysOfTable::Visitors(visitors),
        }
    }

    /// The keys of the groups; `None` where they are the visitors'.
    pub(crate) fn own_keys(&self) -> Option<&Keys> {
        match self {
            Grouping::All(keys) | Grouping::Text(_, keys) => Some(keys),
            Grouping::Visitors => None,
            Grouping::Time(time) => Some(time.keys()),
            Grouping::Status(status) => Some(status.keys()),
            Grouping::Class(class) => Some(class.keys()),
        }
    }

    /// The keys of the groups, to add others' to; `None` where they are the visitors'.
    pub(crate) fn keys_mut(&mut self) -> Option<&mut Keys> {
        match self {
            Grouping::All(keys) | Grouping::Text(_, keys) => Some(keys),
            Grouping::Visitors => None,
            Grouping::Time(time) => Some(time.keys_mut()),
            Grouping::Status(status) => Some(status.keys_mut()),
            Grouping::Class(class) => Some(class.keys_mut()),
        }
    }
}

/// The written form of a time key, and the number it sorts by; the key is one of a table of time.
pub(crate) use time::{number as time_number, written as written_time};

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
        assert_eq!(all.len(), 19);
        assert_eq!(Dimension::named("all"), Err(DimensionError::Unknown));
        assert_eq!(Dimension::named("pth"), Err(DimensionError::Unknown));
    }
}
