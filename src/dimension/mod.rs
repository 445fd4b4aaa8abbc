//! What a table ranks or lists: a dimension gives each hit of a batch its key.
//!
//! A new dimension is a row in `DIMENSIONS` and, if it is no plain text column, a file here.

mod codes;
mod grouping;
mod key;
mod pair;
mod pair_ids;
mod time;
mod variable;

use std::borrow::Cow;

use crate::batch::{Column, Fields, TextField};
use crate::time::Unit;

pub(crate) use grouping::Grouping;
pub(crate) use key::{Key, KeysOfTable};
pub use pair::Pair;
pub(crate) use pair_ids::PairIds;
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
    /// Two of these together.
    Pair(Pair),
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

/// THE TABLE of dimensions, but for time, whose rows are the units, variables, whose table is the formats', and pairs of all
/// these.
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

    /// What a user types, and what JSON has: `path`, `minute`, `host/path`.
    pub fn name(self) -> &'static str {
        match self {
            Dimension::Pair(pair) => pair.name(),
            Dimension::Time(unit) => unit.name(),
            Dimension::Variable(variable) => variable.name(),
            _ => self.row().name,
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
            Dimension::Pair(pair) => pair.first().needs(extras).and(pair.second().needs(extras)),
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
            Dimension::All | Dimension::Status | Dimension::Class | Dimension::Time(_) | Dimension::Pair(_) => {
                return None;
            }
        };
        Some(field.into())
    }

    /// The variable that logs them.
    pub(crate) fn variable(self) -> String {
        match self {
            Dimension::Time(_) => "$time_local".to_owned(),
            Dimension::Variable(variable) => format!("${}", variable.name()),
            Dimension::Pair(pair) => format!("{} and {}", pair.first().variable(), pair.second().variable()),
            _ => self.row().variable.to_owned(),
        }
    }

    /// Whether keys are texts from the log, each by itself.
    pub(crate) fn is_text(self) -> bool {
        !matches!(self, Dimension::All | Dimension::Time(_) | Dimension::Status | Dimension::Class | Dimension::Pair(_))
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
