//! Reasons for which lines are filtered.

#[cfg(doc)]
use super::Condition;
use crate::by_name::serde_by_name;

/// Defines the enum of reasons and the table of their names.
macro_rules! reasons {
    ($($(#[$doc:meta])* $reason:ident: $name:literal $(as $label:literal)?,)+) => {
        /// Why a line is filtered: the first of these conditions, in this order, that it does not meet.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum FilterReason {
            $($(#[$doc])* $reason,)+
        }

        /// THE TABLE of reasons, in the order of the enum.
        const REASONS: [ReasonRow; [$($name),+].len()] = [$(ReasonRow {
            reason: FilterReason::$reason,
            name: $name,
            label: label($name, &[$($label)?]),
        }),+];
    };
}

/// A row of the table.
struct ReasonRow {
    reason: FilterReason,
    /// Name in JSON.
    name: &'static str,
    /// Name for people: the one in JSON, unless the row has another.
    label: &'static str,
}

const fn label(name: &'static str, other: &[&'static str]) -> &'static str {
    if let [label] = other { label } else { name }
}

// In the order in which lines are checked: fast checks first.
reasons! {
    /// The line is of a day that was dropped from a state.
    Dropped: "dropped" as "age",
    /// The line is outside the requested period.
    Period: "period",
    /// [`Condition::DayTimes`]
    Time: "time",
    /// [`Condition::Status`]
    Status: "status",
    /// [`Condition::Static`], [`Condition::Dynamic`]
    Class: "class" as "kind",
    /// [`Condition::Slower`]
    Slower: "slower",
    /// [`Condition::Larger`]
    Larger: "larger",
    /// [`Condition::Ip`]
    Ip: "ip",
    /// The method does not meet a [`Condition::Matches`] or [`Condition::Excludes`]. The same applies to the reasons
    /// that follow.
    Method: "method",
    /// The host.
    Host: "host",
    /// The path.
    Path: "path",
    /// The user.
    User: "user",
    /// The referer.
    Referer: "referer",
    /// The user agent.
    Agent: "agent",
    /// [`Condition::Bots`]
    Bots: "bots",
    /// [`Condition::Where`], or patterns on any other dimension.
    Where: "where",
}

impl FilterReason {
    /// Number of reasons.
    pub(crate) const COUNT: usize = REASONS.len();

    /// Every reason, in the order in which lines are checked.
    pub fn all() -> impl Iterator<Item = FilterReason> {
        REASONS.iter().map(|row| row.reason)
    }

    /// Name in JSON, such as `status`.
    pub fn name(self) -> &'static str {
        REASONS[self as usize].name
    }

    /// Name for people: the option or dimension that a line did not meet. It differs from the name in JSON for `kind`,
    /// which is `class` there, and for `age`, which is `dropped`.
    pub fn label(self) -> &'static str {
        REASONS[self as usize].label
    }
}

impl std::fmt::Display for FilterReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.label())
    }
}

serde_by_name!(FilterReason, "a reason why a line is filtered", |name| FilterReason::all()
    .find(|reason| reason.name() == name));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_in_enum_order_and_serialise_by_name() {
        for reason in FilterReason::all() {
            assert_eq!(REASONS[reason as usize].reason, reason);
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.name());
            let has_label = matches!(reason, FilterReason::Class | FilterReason::Dropped);
            assert_eq!(reason.label() != reason.name(), has_label);
        }
    }
}
