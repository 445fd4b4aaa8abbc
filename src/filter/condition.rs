//! What a question asks of hits: THE TABLE of conditions.

use super::day_times::DayTimes;
use super::networks::Networks;
use super::pattern::Pattern;
use super::reason::Filtered;
use super::selection::Where;
use super::status::StatusSet;
use super::subject::Subject;
use crate::batch::Fields;
use crate::dimension::{Dimension, Extras};

/// What a hit has to be. A line is one that fits all of a question's conditions.
///
/// ```
/// use logstat::{Condition, Dimension, Question};
/// let errors_of_the_api = vec![
///     Condition::Status("5xx".parse()?),
///     Condition::Matches { dimension: Dimension::Path, any: vec!["/api/*".parse()?] },
/// ];
/// let question = Question::new().filters(errors_of_the_api);
/// # Ok::<(), logstat::SyntaxError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Condition {
    /// At one of these times of the day, by the wall clock.
    DayTimes(DayTimes),
    /// Answered with one of these.
    Status(StatusSet),
    /// Served from a file.
    Static,
    /// Answered by the application.
    Dynamic,
    /// Took longer; where no time was logged, it did not.
    Slower {
        /// Than this.
        ms: u64,
    },
    /// Sent more.
    Larger {
        /// Than this.
        bytes: u64,
    },
    /// From an address in these.
    Ip(Networks),
    /// Has a key that looks like one of these.
    Matches {
        /// In this dimension.
        dimension: Dimension,
        /// One of them is enough.
        any: Vec<Pattern>,
    },
    /// Has a key that looks like none of these.
    Excludes {
        /// In this dimension.
        dimension: Dimension,
        /// One of them is too much.
        any: Vec<Pattern>,
    },
    /// Fits an expression.
    Where(Where),
}

impl Condition {
    /// The reason of lines that do not fit it.
    pub fn reason(&self) -> Filtered {
        match self {
            Condition::DayTimes(_) => Filtered::Time,
            Condition::Status(_) => Filtered::Status,
            Condition::Static | Condition::Dynamic => Filtered::Class,
            Condition::Slower { .. } => Filtered::Slower,
            Condition::Larger { .. } => Filtered::Larger,
            Condition::Ip(_) => Filtered::Ip,
            Condition::Where(_) => Filtered::Where,
            Condition::Matches { dimension, .. } | Condition::Excludes { dimension, .. } => match dimension {
                Dimension::Method => Filtered::Method,
                Dimension::Host => Filtered::Host,
                Dimension::Path => Filtered::Path,
                Dimension::User => Filtered::User,
                Dimension::Referer => Filtered::Referer,
                Dimension::Agent => Filtered::Agent,
                _ => Filtered::Where,
            },
        }
    }

    /// What a hit is asked for.
    fn subjects(&self) -> Vec<Subject> {
        let one = match self {
            Condition::DayTimes(_) => Dimension::Time(crate::time::Unit::Second),
            Condition::Status(_) => Dimension::Status,
            Condition::Static | Condition::Dynamic => Dimension::Class,
            Condition::Ip(_) => Dimension::Ip,
            Condition::Matches { dimension, .. } | Condition::Excludes { dimension, .. } => *dimension,
            Condition::Slower { .. } => return vec![Subject::RequestTime],
            Condition::Larger { .. } => return vec![Subject::Bytes],
            Condition::Where(selection) => return selection.subjects().collect(),
        };
        vec![Subject::Of(one)]
    }

    /// The option that asks for it.
    fn option(&self) -> String {
        match self {
            Condition::Static => "--static".to_owned(),
            Condition::Dynamic => "--dynamic".to_owned(),
            Condition::Matches { dimension, .. } => format!("--{}", dimension.name()),
            Condition::Excludes { dimension, .. } => format!("--exclude-{}", dimension.name()),
            other => format!("--{}", other.reason()),
        }
    }

    /// The dimensions that it asks for.
    pub(crate) fn dimensions(&self) -> impl Iterator<Item = Dimension> {
        let subjects = self.subjects().into_iter();
        subjects.filter_map(|subject| if let Subject::Of(dimension) = subject { Some(dimension) } else { None })
    }

    /// Everything that it asks for: how, what fields that takes, and which variable logs them.
    pub(crate) fn asked(&self, extras: &Extras) -> Vec<(String, Fields, String)> {
        let subjects = self.subjects().into_iter();
        subjects.map(|subject| (self.option(), subject.needs(extras), subject.variable())).collect()
    }
}

/// Which of these no hit can fit together, and why, each in a sentence.
pub(crate) fn contradictions(conditions: &[Condition]) -> Vec<String> {
    let mut found = Vec::new();
    let has = |wanted: fn(&Condition) -> bool| conditions.iter().any(wanted);
    if has(|one| matches!(one, Condition::Static)) && has(|one| matches!(one, Condition::Dynamic)) {
        found.push("--static and --dynamic: no hit is both".to_owned());
    }
    for condition in conditions {
        let said = match condition {
            Condition::DayTimes(times) if times.is_empty() => "no time of the day is left",
            Condition::Status(set) if set.is_empty() => "no status is left",
            Condition::Ip(networks) if networks.is_empty() => "no address is left",
            Condition::Matches { dimension, any } if are_excluded(*dimension, any, conditions) => {
                let name = dimension.name();
                found.push(format!("--{name} and --exclude-{name} say the same: no hit is left"));
                continue;
            }
            _ => continue,
        };
        found.push(format!("{}: {said}", condition.option()));
    }
    found
}

/// Whether each of these patterns is one that is excluded too, or all are.
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
    fn a_condition_has_its_reason_its_option_and_the_fields_it_asks_for() {
        use crate::batch::TextField;
        let text = Fields::text;
        let rows = [
            (Condition::DayTimes("8-9".parse().unwrap()), Filtered::Time, "--time", Fields::TIME),
            (Condition::Status("404".parse().unwrap()), Filtered::Status, "--status", Fields::STATUS),
            (Condition::Static, Filtered::Class, "--static", text(TextField::Path)),
            (Condition::Dynamic, Filtered::Class, "--dynamic", text(TextField::Path)),
            (Condition::Slower { ms: 1 }, Filtered::Slower, "--slower", Fields::REQUEST_TIME),
            (Condition::Larger { bytes: 1 }, Filtered::Larger, "--larger", Fields::BYTES),
            (Condition::Ip("::1".parse().unwrap()), Filtered::Ip, "--ip", text(TextField::Addr)),
        ];
        let dimensions = [
            (Dimension::Method, Filtered::Method, "method", text(TextField::Method)),
            (Dimension::Host, Filtered::Host, "host", text(TextField::Host)),
            (Dimension::Path, Filtered::Path, "path", text(TextField::Path)),
            (Dimension::User, Filtered::User, "user", text(TextField::User)),
            (Dimension::Referer, Filtered::Referer, "referer", text(TextField::Referer)),
            (Dimension::Agent, Filtered::Agent, "agent", text(TextField::Agent)),
            (Dimension::Protocol, Filtered::Where, "protocol", text(TextField::Protocol)),
        ];
        let patterns = dimensions.into_iter().flat_map(|(dimension, reason, name, needs)| {
            let any = on_paths(&["a"]);
            let excludes = Condition::Excludes { dimension, any: any.clone() };
            [
                (Condition::Matches { dimension, any }, reason, format!("--{name}"), needs),
                (excludes, reason, format!("--exclude-{name}"), needs),
            ]
        });
        let rows = rows.map(|(condition, reason, option, needs)| (condition, reason, option.to_owned(), needs));
        for (condition, reason, option, needs) in rows.into_iter().chain(patterns) {
            assert_eq!(condition.reason(), reason, "{condition:?}");
            let asked = condition.asked(&Extras::default());
            assert!(asked.iter().all(|(.., variable)| variable.starts_with('$')), "{condition:?}");
            let asked: Vec<_> = asked.into_iter().map(|(option, needs, _)| (option, needs)).collect();
            assert_eq!(asked, [(option, needs)], "{condition:?}");
        }
    }

    #[test]
    fn what_no_hit_can_fit_is_said() {
        let dimension = Dimension::Path;
        let matches = |any: &[&str]| Condition::Matches { dimension, any: on_paths(any) };
        let excludes = |any: &[&str]| Condition::Excludes { dimension, any: on_paths(any) };
        let rows = [
            (vec![Condition::Static, Condition::Dynamic], "--static and --dynamic: no hit is both"),
            (vec![Condition::Status("200,!2xx".parse().unwrap())], "--status: no status is left"),
            (vec![Condition::Ip("10.0.0.7,!10.0.0.0/8".parse().unwrap())], "--ip: no address is left"),
            (vec![Condition::DayTimes("8-9,!7-10".parse().unwrap())], "--time: no time of the day is left"),
            (vec![matches(&["/a"]), excludes(&["/b", "/a"])], "--path and --exclude-path say the same: no hit is left"),
            (vec![matches(&["/a"]), excludes(&["*"])], "--path and --exclude-path say the same: no hit is left"),
        ];
        for (conditions, said) in rows {
            assert_eq!(contradictions(&conditions), [said]);
        }
        let fine = [matches(&["/a", "/b"]), excludes(&["/a"]), Condition::Static, Condition::Slower { ms: 5 }];
        assert!(contradictions(&fine).is_empty());
    }
}
