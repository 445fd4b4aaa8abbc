//! Finds fields that a question names and no input logs. Such a question is an error and has no report.

use crate::batch::{Fields, TextField};
use crate::dimension::{Dimension, VariableColumns};
use crate::format::{FieldKey, LogFormat, is_name};
use crate::message::{Message, Setting, message};
use crate::metric::Metric;
use crate::question::{Question, Section};
use crate::requests::{RequestList, RequestOrder};
use crate::steps::{Visitor, VisitorOptions, cache_status};
use crate::tally::InputLedger;
use crate::text::printable;

/// A setting that names a field which no input logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NotLogged {
    asked: Message,
    needs: String,
}

impl NotLogged {
    pub(super) fn message(self) -> Message {
        self.asked + format!(" needs {}, which is not in the log", self.needs)
    }

    /// The variable of nginx that it needs; `None` if it needs a key or several variables.
    pub(super) fn variable(&self) -> Option<&str> {
        let name = self.needs.strip_prefix('$')?;
        is_name(name).then_some(&*self.needs)
    }

    /// True if it is a duration that the question names.
    pub(super) fn is_duration(&self) -> bool {
        self.asked.settings().any(|(_, setting)| setting == Setting::Duration)
    }

    /// True if it needs request times.
    pub(super) fn needs_times(&self) -> bool {
        self.needs.contains("$request_time")
    }
}

/// Returns the first setting that needs a field which no input logs.
pub(super) fn not_logged(question: &Question, variable_columns: &VariableColumns, logged: Fields) -> Option<NotLogged> {
    let mut asked: Vec<(Message, Fields, String)> = Vec::new();
    let of_metric = |option: Message, metric: Metric| match metric {
        Metric::Uv => {
            let visitor = question.counting.visitor.dimensions();
            visitor.map(|dimension| (option.clone(), dimension.needs(variable_columns), dimension.variable())).collect()
        }
        _ => {
            let (needs, variable) = metric.requirement();
            let of_variable =
                |variable: Dimension| (option.clone(), variable.needs(variable_columns), variable.variable());
            let duration = question.counting.durations.first().filter(|_| needs == Fields::REQUEST_TIME);
            let read = duration.and_then(|duration| duration.dimension());
            let read = read.or_else(|| (needs == Fields::CACHE).then(cache_status));
            vec![read.map_or((option.clone(), needs, variable.to_owned()), of_variable)]
        }
    };
    for duration in &question.counting.durations {
        let needs = duration.dimension().map_or(Fields::REQUEST_TIME, |variable| variable.needs(variable_columns));
        asked.push((message![Setting::Duration, format!(" {}", duration.name())], needs, duration.variable()));
    }
    let of = |option: Message, dimension: Dimension| {
        dimension.parts().map(move |part| (option.clone(), part.needs(variable_columns), part.variable()))
    };
    for dimension in question.counting.top.iter().flatten().filter(|_| question.showing.shows(Section::Top)) {
        asked.extend(of(message![Setting::Top, format!(" {}", dimension.name())], *dimension));
    }
    if let Some(dimension) = question.counting.each {
        asked.extend(of(format!("a report for each {}", dimension.name()).into(), dimension));
    }
    if let Some((split, pair)) = question
        .counting
        .split
        .zip(question.counting.timeline_pair())
        .filter(|_| question.showing.shows(Section::Timeline))
    {
        asked.extend(of(message![Setting::Split, format!(" {}", split.name())], pair));
    }
    let has_rankings = question.showing.shows(Section::Top);
    let has_columns = has_rankings || question.showing.shows(Section::Timeline);
    let columns = question.showing.columns.iter().filter(|_| has_columns).map(|metric| (Setting::Columns, *metric));
    let sort = question.showing.sort.metric().map(|metric| (Setting::Sort, metric)).filter(|_| has_rankings);
    asked.extend(
        columns
            .chain(sort)
            .flat_map(|(option, metric)| of_metric(message![option, format!(" {}", metric.name())], metric)),
    );
    for fail_if in &question.showing.fail_if {
        let option = message![Setting::FailIf, format!(" '{}'", printable(fail_if.text().as_bytes()))];
        asked.extend(of(option.clone(), fail_if.dimension()));
        asked.extend(fail_if.metrics().flat_map(|metric| of_metric(option.clone(), metric)));
    }
    let durations = &question.counting.durations;
    let is_asked_above = |list: &RequestList| list.order == RequestOrder::Slowest && !durations.is_empty();
    if let Some(list) = question.counting.requests.filter(|list| !is_asked_above(list)) {
        asked.push(match list.order {
            RequestOrder::Slowest => (Setting::Slowest.into(), Fields::REQUEST_TIME, "$request_time".to_owned()),
            RequestOrder::Largest => (Setting::Largest.into(), Fields::BYTES, "$body_bytes_sent".to_owned()),
        });
    }
    if let Some(unit) = question.counting.by {
        asked.push((message![Setting::By, format!(" {}", unit.name())], Fields::TIME, "$time_local".to_owned()));
    }
    let periods = [
        (Setting::Since, question.counting.since.is_some()),
        (Setting::Until, question.counting.until.is_some()),
        (Setting::Date, question.counting.date.is_some()),
    ];
    if let Some((option, _)) = periods.into_iter().find(|(_, is_asked)| *is_asked) {
        asked.push((option.into(), Fields::TIME, "$time_local".to_owned()));
    }
    asked.extend(asked_of_visitors(&question.visitor_options(), variable_columns));
    asked.extend(question.counting.filters.iter().flat_map(|condition| condition.asked(variable_columns)));
    for section in question.showing.show.iter().flatten() {
        let (needs, variable) = match section {
            Section::Timeline => (Fields::TIME, "$time_local"),
            Section::Status => (Fields::STATUS, "$status"),
            Section::Class => (Fields::text(TextField::Path), "$request"),
            // The durations themselves have been asked for above.
            Section::Latency if !question.counting.durations.is_empty() => continue,
            Section::Latency => (Fields::REQUEST_TIME, "$request_time"),
            Section::Bots => (Fields::text(TextField::Agent), "$http_user_agent"),
            Section::Summary | Section::Top | Section::Ledger => continue,
        };
        asked.push((message![Setting::Show, format!(" {}", section.name())], needs, variable.to_owned()));
    }
    if question.showing.bots && question.showing.show.is_none() {
        asked.push((Setting::Filter("bots").into(), Fields::text(TextField::Agent), "$http_user_agent".to_owned()));
    }
    let missing = asked.into_iter().find(|(_, needs, _)| !logged.contains(*needs));
    missing.map(|(asked, _, variable)| NotLogged { asked, needs: variable })
}

/// The visitor settings of a question, with the fields that each needs and the variable that logs them.
fn asked_of_visitors(
    options: &VisitorOptions<'_>,
    variable_columns: &VariableColumns,
) -> Vec<(Message, Fields, String)> {
    let of = |option: Message, dimension: Dimension| (option, dimension.needs(variable_columns), dimension.variable());
    let mut asked = Vec::new();
    if options.visitor != Visitor::IP {
        let option = message![Setting::Visitor, format!(" {}", options.visitor.name())];
        asked.extend(options.visitor.dimensions().map(|dimension| of(option.clone(), dimension)));
    }
    if let Some(prefix) = options.ipv6_prefix
        && options.visitor.has_address()
    {
        asked.push(of(message![Setting::Ipv6Prefix, format!(" {}", prefix.bits())], Dimension::Ip));
    }
    if let Some(real_ip) = options.real_ip.filter(|real_ip| !real_ip.is_in_place()) {
        asked.push(of(message![Setting::RealIp, format!(" {}", real_ip.dimension().name())], real_ip.dimension()));
    }
    asked
}

/// Returns the first given field whose key or variable no line has.
pub(super) fn key_not_logged(fields: &[FieldKey], formats: &[LogFormat], read: &[&InputLedger]) -> Option<NotLogged> {
    let took =
        |at: usize| read.iter().filter(move |ledger| ledger.format_lines.get(at).is_some_and(|lines| *lines > 0));
    let is_there = |field: &FieldKey| {
        let mut all = formats.iter().enumerate();
        all.any(|(at, format)| took(at).any(|ledger| format.has_given(field, &ledger.keys[at])))
    };
    let field = fields.iter().find(|field| !is_there(field))?;
    let (name, key) = (field.name(), printable(field.key().as_bytes()));
    let mut are_json = formats.iter().enumerate().filter(|(at, _)| took(*at).next().is_some());
    let is_variable = is_name(&key) && are_json.all(|(_, format)| !format.is_json());
    let needs = if is_variable { format!("${key}") } else { format!("the key {key}") };
    Some(NotLogged { asked: message![Setting::Field, format!(" {name}={key}")], needs })
}
