//! Why a line is filtered.

#[cfg(doc)]
use super::Condition;
use crate::by_name::serde_by_name;

/// Writes the enum of reasons and the table of their names.
macro_rules! reasons {
    ($($(#[$doc:meta])* $reason:ident: $name:literal,)+) => {
        /// Why a line is filtered: the first of these that it does not fit, in this order.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Filtered {
            $($(#[$doc])* $reason,)+
        }

        /// THE TABLE of reasons and the name of each, in the order of the enum.
        const REASONS: [(Filtered, &str); [$($name),+].len()] = [$((Filtered::$reason, $name)),+];
    };
}

// In the order in which lines are asked: quick questions first.
reasons! {
    /// It is not in the period that is asked for.
    Period: "period",
    /// [`Condition::DayTimes`]
    Time: "time",
    /// [`Condition::Status`]
    Status: "status",
    /// [`Condition::Static`], [`Condition::Dynamic`]
    Class: "class",
    /// [`Condition::Slower`]
    Slower: "slower",
    /// [`Condition::Larger`]
    Larger: "larger",
    /// [`Condition::Ip`]
    Ip: "ip",
    /// Of any of the following: [`Condition::Matches`] or [`Condition::Excludes`].
    Method: "method",
    /// Its host.
    Host: "host",
    /// Its path.
    Path: "path",
    /// Its user.
    User: "user",
    /// Its referer.
    Referer: "referer",
    /// Its agent.
    Agent: "agent",
    /// [`Condition::Where`], or the patterns of any other dimension.
    Where: "where",
}

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

serde_by_name!(Filtered, "a reason why a line is filtered", |name| Filtered::all()
    .find(|reason| reason.name() == name));

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
