//! Reads the durations that a question names. The first takes the place of the request time, after the filter has used
//! that.

use super::logged_duration::LoggedDuration;
use super::{BatchStep, Lines, StepInput};
use crate::batch::{Batch, Column, Fields};

/// The durations of a question, each with the column of its texts; `None` for the request time.
struct Durations {
    durations: Vec<(LoggedDuration, Option<Column>)>,
}

/// The step, if a question names durations other than the request time alone.
pub(super) fn step<'q>(asked: &StepInput<'q, '_>) -> Option<Box<dyn BatchStep + 'q>> {
    let durations = asked.options.durations;
    let column = |duration: &LoggedDuration| duration.dimension()?.column(asked.variable_columns);
    let is_needed = durations.len() > 1 || durations.iter().any(|duration| duration.dimension().is_some());
    is_needed.then(|| {
        let durations = durations.iter().map(|duration| (*duration, column(duration))).collect();
        Box::new(Durations { durations }) as Box<dyn BatchStep>
    })
}

impl BatchStep for Durations {
    fn needs(&self) -> Fields {
        let columns = self.durations.iter().filter_map(|(_, column)| *column);
        columns.fold(Fields::NONE, |needs, column| needs.union(Fields::column(column)))
    }

    fn writes(&self) -> Fields {
        Fields::REQUEST_TIME
    }

    fn run<'a>(&mut self, batch: &mut Batch<'a>, rows: &[u16], _: Lines<'a>) {
        for &row in rows {
            let row = usize::from(row);
            let request_ms = batch.time_ms()[row];
            for (at, (duration, column)) in self.durations.iter().enumerate() {
                let time_ms = column.map_or(request_ms, |column| duration.read(batch.text(column)[row]));
                match at.checked_sub(1) {
                    None if column.is_none() => {}
                    None => batch.replace_time_ms(row, time_ms),
                    Some(at) => batch.set_further_ms(at, row, time_ms),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{StepOptions, VisitorOptions, batch_of};
    use super::*;
    use crate::dimension::{KeyRules, VariableColumns};
    use crate::keys::Seed;
    use crate::static_rules::StaticRules;
    use crate::steps::Visitor;
    use bumpalo::Bump;

    #[test]
    fn first_duration_takes_the_place_of_the_request_time() {
        let (rules, key_rules) = (StaticRules::default(), KeyRules::default());
        let visitor = VisitorOptions { visitor: Visitor::IP, ipv6_prefix: None, real_ip: None, anonymize: false };
        let durations = ["upstream_response_time", "request_time", "upstream_connect_time:last"];
        let durations = durations.map(|name| name.parse::<LoggedDuration>().unwrap());
        let variable_columns = VariableColumns::of(durations.iter().filter_map(|duration| duration.dimension()));
        let step_of = |durations: &[LoggedDuration]| {
            let options = StepOptions {
                nginx_conf: None,
                static_rules: &rules,
                key_rules: &key_rules,
                zone: None,
                durations,
                visitor,
            };
            let (read, seed) = (Fields::REQUEST_TIME, Seed::fixed(1));
            let (options, variable_columns) = (&options, &variable_columns);
            let asked = StepInput { options, variable_columns, read, texts: read, seed };
            step(&asked).map(|mut step| {
                let columns = [0, 1].map(Column::variable);
                let mut batch =
                    batch_of(&[(columns[0], &["0.1, 0.2", "-", "0.5"]), (columns[1], &["0.3, 0.4", "0.5", "-"])]);
                [7, 8, 9].into_iter().enumerate().for_each(|(row, ms)| batch.replace_time_ms(row, Some(ms)));
                let bump = Bump::new();
                step.run(&mut batch, &[0, 1], Lines { server: None, bump: &bump });
                assert_eq!([0, 1].map(|row| batch.request_ms(row)), [Some(7), Some(8)]);
                let further: Vec<_> = batch.further_ms().map(<[_]>::to_vec).collect();
                (batch.time_ms().to_vec(), further)
            })
        };
        let (first, further) = step_of(&durations).unwrap();
        assert_eq!(first, [Some(300), None, Some(9)], "the third line is not a hit");
        assert_eq!(further, [[Some(7), Some(8), None], [Some(400), Some(500), None]]);
        let (first, further) = step_of(&durations[..1]).unwrap();
        assert_eq!((first, further.len()), (vec![Some(300), None, Some(9)], 0));
        assert_eq!((step_of(&[]), step_of(&durations[1..2])), (None, None));
    }
}
