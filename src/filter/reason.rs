//! Why a line is filtered.

use serde::Serialize;

#[cfg(doc)]
use super::Condition;

/// Why a line is filtered: the first of these that it does not fit, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Filtered {
    /// It is not in the period that is asked for.
    Period,
    /// [`Condition::DayTimes`]
    Time,
    /// [`Condition::Status`]
    Status,
    /// [`Condition::Static`], [`Condition::Dynamic`]
    Class,
    /// [`Condition::Slower`]
    Slower,
    /// [`Condition::Larger`]
    Larger,
    /// [`Condition::Ip`]
    Ip,
    /// Of any of the following: [`Condition::Matches`] or [`Condition::Excludes`].
    Method,
    /// Its host.
    Host,
    /// Its path.
    Path,
    /// Its user.
    User,
    /// Its referer.
    Referer,
    /// Its agent.
    Agent,
    /// [`Condition::Where`], or the patterns of any other dimension.
    Where,
}

/// THE TABLE of reasons, in the order in which lines are asked, the quick questions first: how each is written.
const REASONS: [(Filtered, &str); 14] = [
    (Filtered::Period, "period"),
    (Filtered::Time, "time"),
    (Filtered::Status, "status"),
    (Filtered::Class, "class"),
    (Filtered::Slower, "slower"),
    (Filtered::Larger, "larger"),
    (Filtered::Ip, "ip"),
    (Filtered::Method, "method"),
    (Filtered::Host, "host"),
    (Filtered::Path, "path"),
    (Filtered::User, "user"),
    (Filtered::Referer, "referer"),
    (Filtered::Agent, "agent"),
    (Filtered::Where, "where"),
];

impl Filtered {
    /// How many there are.
    pub(crate) const COUNT: usize = REASONS.len();

    /// Every reason, in the order in which lines are asked.
    pub fn all() -> impl Iterator<Item = Filtered> {
        REASONS.iter().map(|(reason, _)| *reason)
    }

    /// As it is written: `status`.
    pub fn name(self) -> &'static str {
        REASONS[self as usize].1
    }
}

impl std::fmt::Display for Filtered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_written_one_way() {
        for reason in Filtered::all() {
            assert_eq!(REASONS[reason as usize].0, reason);
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.name());
        }
    }
}
