//! Finds a ranking or a condition with a metric that its dimension cannot have.

use super::{Question, Section};
use crate::dimension::Dimension;
use crate::message::{Message, Setting, message};
use crate::metric::Metric;
use crate::text::printable;

/// The error message for the first metric that is asked for where it cannot be. The default ranking leaves out columns
/// that it cannot have; only rankings that the user names must have them all.
pub(super) fn misplaced_metric(Question { counting, showing, .. }: &Question) -> Option<Message> {
    let rankings = if showing.shows(Section::Top) { counting.rankings() } else { Vec::new() };
    let named: &[Dimension] = if counting.top.is_some() && !counting.is_top_of_state { &rankings } else { &[] };
    let refused = |setting: Message, metric: Metric, dimension: Dimension| {
        let why = metric.refuses(dimension)?;
        let cannot = format!(": a row by {} cannot have {}; {why}", dimension.name(), metric.name());
        Some(match metric {
            Metric::Peak => message![
                setting,
                cannot + "\n  for example:  ",
                Setting::By,
                " hour ",
                Setting::Columns,
                " peak ",
                Setting::Show,
                " timeline"
            ],
            _ => message![setting, cannot],
        })
    };
    let mut columns = named.iter().flat_map(|ranked| showing.columns.iter().map(|metric| (*metric, *ranked)));
    let column = columns.find_map(|(metric, ranked)| {
        refused(message![Setting::Columns, format!(" {}", metric.name())], metric, ranked)
    });
    let sort = showing.sort.metric().and_then(|metric| {
        let option = message![Setting::Sort, format!(" {}", metric.name())];
        rankings.iter().find_map(|ranked| refused(option.clone(), metric, *ranked))
    });
    let condition = || {
        showing.fail_if.iter().find_map(|fail_if| {
            let option = message![Setting::FailIf, format!(" '{}'", printable(fail_if.text().as_bytes()))];
            fail_if.metrics().find_map(|metric| refused(option.clone(), metric, fail_if.dimension()))
        })
    };
    column.or(sort).or_else(condition)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peak_is_refused_for_rankings_that_the_user_names() {
        let refused = |question: Question| misplaced_metric(&question).map(|message| message.to_string());
        let peak = || Question::new().columns([Metric::P95, Metric::Peak]);
        let [path, pair] = ["path", "hour/path"].map(|name| Dimension::named(name).unwrap());
        let hour = Dimension::named("hour-of-day").unwrap();
        assert_eq!((refused(peak()), refused(peak().top([hour]))), (None, None));
        assert_eq!(refused(peak().top([path]).show([Section::Timeline])), None);
        for (question, begin) in [
            (peak().top([hour, path]), "columns peak: a row by path cannot have peak; "),
            (peak().top([pair]), "columns peak: a row by hour/path cannot have peak; "),
            (Question::new().sort(Metric::Peak), "sort peak: a row by path cannot have peak; "),
            (
                Question::new().fail_if(["any path: peak > 5".parse().unwrap()]),
                "fail_if 'any path: peak > 5': a row by path cannot have peak; ",
            ),
        ] {
            let text = refused(question).unwrap();
            assert!(text.starts_with(begin), "{text}");
        }
        let conditions = ["peak > 5", "any hour: peak > 5"].map(|text| text.parse().unwrap());
        assert_eq!(refused(Question::new().fail_if(conditions)), None);
        let mut of_state = peak().top([path]);
        of_state.counting.is_top_of_state = true;
        assert_eq!(refused(of_state), None);
    }

    #[test]
    fn busy_is_refused_for_pairs_of_units() {
        let of = |name: &str| {
            let ranked = Dimension::named(name).unwrap();
            misplaced_metric(&Question::new().columns([Metric::Busy]).top([ranked])).is_some()
        };
        assert_eq!(["path", "hour/path", "hour", "weekday/hour-of-day"].map(of), [false, false, false, true]);
    }
}
