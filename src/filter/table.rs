//! THE TABLE of filters: a row has everything about a condition. A new filter is a variant of [`Condition`], a reason
//! and a row.

use super::condition::Condition;
use super::pattern::Pattern;
use super::predicate::{Predicate, PredicateBuilder};
use super::ranges;
use super::reason::FilterReason;
use super::subject::Subject;
use crate::batch::Fields;
use crate::dimension::{Dimension, VariableColumns};
use crate::message::{Message, Setting, message};
use crate::time::Unit;

/// A row of the table of filters.
struct FilterRow<'c> {
    /// Reason for which lines are filtered.
    reason: FilterReason,
    /// Option that sets the condition, without its `--`.
    option: Setting,
    /// Values of a hit that the condition reads.
    subjects: Vec<Subject>,
    /// Builds the predicate that runs on batches.
    build: Box<dyn Fn(PredicateBuilder<'_>) -> Predicate + 'c>,
    /// Why no hit can meet the condition, if none can.
    contradiction: Option<&'static str>,
}

/// Makes the row of a condition on one subject, whose option is named like its reason.
fn row<'c>(
    reason: FilterReason,
    subject: Subject,
    build: impl Fn(PredicateBuilder<'_>) -> Predicate + 'c,
) -> FilterRow<'c> {
    let option = Setting::Filter(reason.name());
    FilterRow { reason, option, subjects: vec![subject], build: Box::new(build), contradiction: None }
}

/// Makes the row of a condition on the keys of a dimension.
fn keys<'c>(
    dimension: Dimension,
    option: Setting,
    build: impl Fn(PredicateBuilder<'_>) -> Predicate + 'c,
) -> FilterRow<'c> {
    FilterRow { option, ..row(reason_of(dimension), Subject::Of(dimension), build) }
}

/// Reason for which a condition on this dimension filters lines.
fn reason_of(dimension: Dimension) -> FilterReason {
    match dimension {
        Dimension::Method => FilterReason::Method,
        Dimension::Host => FilterReason::Host,
        Dimension::Path => FilterReason::Path,
        Dimension::User => FilterReason::User,
        Dimension::Referer => FilterReason::Referer,
        Dimension::Agent => FilterReason::Agent,
        _ => FilterReason::Where,
    }
}

impl Condition {
    /// THE TABLE.
    fn row(&self) -> FilterRow<'_> {
        use Subject::{Bytes, Of, RequestTime};
        match self {
            Condition::DayTimes(times) => FilterRow {
                contradiction: times.is_empty().then_some("every time of day is excluded"),
                ..row(FilterReason::Time, Of(Dimension::Time(Unit::Second)), |_| Predicate::DayTimes(times.clone()))
            },
            Condition::Status(set) => FilterRow {
                contradiction: set.is_empty().then_some("every status is excluded"),
                ..row(FilterReason::Status, Of(Dimension::Status), |_| Predicate::Status(set.table().into()))
            },
            Condition::Static => FilterRow {
                option: Setting::Filter("static"),
                ..row(FilterReason::Class, Of(Dimension::Class), |_| Predicate::Class { statics: true, dynamic: false })
            },
            Condition::Dynamic => FilterRow {
                option: Setting::Filter("dynamic"),
                ..row(FilterReason::Class, Of(Dimension::Class), |_| Predicate::Class { statics: false, dynamic: true })
            },
            Condition::Slower { ms } => {
                row(FilterReason::Slower, RequestTime, |_| Predicate::RequestTime(ranges::above(*ms)))
            }
            Condition::Larger { bytes } => {
                row(FilterReason::Larger, Bytes, |_| Predicate::Bytes(ranges::above(*bytes)))
            }
            Condition::Bots(set) => FilterRow {
                contradiction: set.is_empty().then_some("every class is excluded"),
                ..row(FilterReason::Bots, Of(Dimension::bot_class()), |making| making.bots(set))
            },
            Condition::Ip(networks) => FilterRow {
                contradiction: networks.is_empty().then_some("every address is excluded"),
                ..row(FilterReason::Ip, Of(Dimension::Ip), |_| Predicate::Ip(networks.clone()))
            },
            Condition::Matches { dimension, any } => {
                keys(*dimension, Setting::Filter(dimension.name()), |making| making.patterns(*dimension, any))
            }
            Condition::Excludes { dimension, any } => {
                let option = Setting::Exclude(dimension.name());
                keys(*dimension, option, |making| Predicate::Not(Box::new(making.patterns(*dimension, any))))
            }
            Condition::Where(selection) => FilterRow {
                reason: FilterReason::Where,
                option: Setting::Filter(FilterReason::Where.name()),
                subjects: selection.subjects().collect(),
                build: Box::new(|making| making.expression(&selection.root)),
                contradiction: None,
            },
        }
    }

    /// Reason for which lines are filtered by this condition.
    pub fn reason(&self) -> FilterReason {
        self.row().reason
    }

    /// Option that sets the condition.
    fn option(&self) -> Setting {
        self.row().option
    }

    /// Builds the predicate that runs on batches.
    pub(super) fn predicate(&self, making: PredicateBuilder<'_>) -> Predicate {
        (self.row().build)(making)
    }

    /// Dimensions that the condition reads.
    pub(crate) fn dimensions(&self) -> impl Iterator<Item = Dimension> {
        let subjects = self.row().subjects.into_iter();
        subjects.filter_map(|subject| if let Subject::Of(dimension) = subject { Some(dimension) } else { None })
    }

    /// Everything that the condition reads: its option, the fields needed, and the variable that logs them.
    pub(crate) fn asked(&self, variable_columns: &VariableColumns) -> Vec<(Message, Fields, String)> {
        let subjects = self.row().subjects.into_iter();
        subjects.map(|subject| (self.option().into(), subject.needs(variable_columns), subject.variable())).collect()
    }
}

/// Returns a sentence for each condition, or pair of conditions, that no hit can meet.
pub(crate) fn contradictions(conditions: &[Condition]) -> Vec<Message> {
    let mut found = Vec::new();
    let has = |wanted: fn(&Condition) -> bool| conditions.iter().any(wanted);
    if has(|one| matches!(one, Condition::Static)) && has(|one| matches!(one, Condition::Dynamic)) {
        found.push(message![Condition::Static.option(), " and ", Condition::Dynamic.option(), ": no request is both"]);
    }
    for condition in conditions {
        found.extend(condition.row().contradiction.map(|said| message![condition.option(), format!(": {said}")]));
        if let Condition::Matches { dimension, any } = condition
            && are_excluded(*dimension, any, conditions)
        {
            let name = dimension.name();
            let (matches, excludes) = (Setting::Filter(name), Setting::Exclude(name));
            found.push(message![matches, " and ", excludes, " have the same pattern, so no request matches"]);
        }
    }
    found
}

/// True if each wanted pattern is excluded, too, or if `*` is.
fn are_excluded(of: Dimension, wanted: &[Pattern], conditions: &[Condition]) -> bool {
    let excluded: Vec<&str> = conditions
        .iter()
        .filter_map(|one| match one {
            Condition::Excludes { dimension, any } if *dimension == of => Some(any),
            _ => None,
        })
        .flat_map(|any| any.iter().map(Pattern::text))
        .collect();
    wanted.iter().all(|pattern| excluded.contains(&pattern.text()) || excluded.contains(&"*"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_paths(any: &[&str]) -> Vec<Pattern> {
        any.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn conditions_have_a_reason_an_option_and_fields() {
        use crate::batch::TextField;
        let text = Fields::text;
        let rows = [
            (Condition::DayTimes("8-9".parse().unwrap()), FilterReason::Time, "time", Fields::TIME),
            (Condition::Status("404".parse().unwrap()), FilterReason::Status, "status", Fields::STATUS),
            (Condition::Static, FilterReason::Class, "static", text(TextField::Path)),
            (Condition::Dynamic, FilterReason::Class, "dynamic", text(TextField::Path)),
            (Condition::Slower { ms: 1 }, FilterReason::Slower, "slower", Fields::REQUEST_TIME),
            (Condition::Larger { bytes: 1 }, FilterReason::Larger, "larger", Fields::BYTES),
            (Condition::Ip("::1".parse().unwrap()), FilterReason::Ip, "ip", text(TextField::Addr)),
        ];
        let dimensions = [
            (Dimension::Method, FilterReason::Method, "method", text(TextField::Method)),
            (Dimension::Host, FilterReason::Host, "host", text(TextField::Host)),
            (Dimension::Path, FilterReason::Path, "path", text(TextField::Path)),
            (Dimension::User, FilterReason::User, "user", text(TextField::User)),
            (Dimension::Referer, FilterReason::Referer, "referer", text(TextField::Referer)),
            (Dimension::Agent, FilterReason::Agent, "agent", text(TextField::Agent)),
            (Dimension::Protocol, FilterReason::Where, "protocol", text(TextField::Protocol)),
        ];
        let patterns = dimensions.into_iter().flat_map(|(dimension, reason, name, needs)| {
            let any = on_paths(&["a"]);
            let excludes = Condition::Excludes { dimension, any: any.clone() };
            [
                (Condition::Matches { dimension, any }, reason, name.to_owned(), needs),
                (excludes, reason, format!("exclude {name}"), needs),
            ]
        });
        let rows = rows.map(|(condition, reason, option, needs)| (condition, reason, option.to_owned(), needs));
        for (condition, reason, option, needs) in rows.into_iter().chain(patterns) {
            assert_eq!(condition.reason(), reason, "{condition:?}");
            let asked = condition.asked(&VariableColumns::default());
            assert!(asked.iter().all(|(.., variable)| variable.starts_with('$')), "{condition:?}");
            let asked: Vec<_> = asked.into_iter().map(|(option, needs, _)| (option.to_string(), needs)).collect();
            assert_eq!(asked, [(option, needs)], "{condition:?}");
        }
    }

    #[test]
    fn contradictions_are_reported() {
        let dimension = Dimension::Path;
        let matches = |any: &[&str]| Condition::Matches { dimension, any: on_paths(any) };
        let excludes = |any: &[&str]| Condition::Excludes { dimension, any: on_paths(any) };
        let rows = [
            (vec![Condition::Static, Condition::Dynamic], "static and dynamic: no request is both"),
            (vec![Condition::Status("200,!2xx".parse().unwrap())], "status: every status is excluded"),
            (vec![Condition::Ip("10.0.0.7,!10.0.0.0/8".parse().unwrap())], "ip: every address is excluded"),
            (vec![Condition::Bots("search,!search".parse().unwrap())], "bots: every class is excluded"),
            (vec![Condition::DayTimes("8-9,!7-10".parse().unwrap())], "time: every time of day is excluded"),
            (
                vec![matches(&["/a"]), excludes(&["/b", "/a"])],
                "path and exclude path have the same pattern, so no \
                 request matches",
            ),
            (
                vec![matches(&["/a"]), excludes(&["*"])],
                "path and exclude path have the same pattern, so no request \
                 matches",
            ),
        ];
        for (conditions, said) in rows {
            let found: Vec<_> = contradictions(&conditions).iter().map(ToString::to_string).collect();
            assert_eq!(found, [said]);
        }
        let fine = [matches(&["/a", "/b"]), excludes(&["/a"]), Condition::Static, Condition::Slower { ms: 5 }];
        assert!(contradictions(&fine).is_empty());
    }
}
