//! Warnings about options that have no effect, printed before anything is read.

use logstat::{Condition, Date, Dimension, FieldKey, LogFormat, Moment, Question, Section};

use super::Args;
use crate::cli::messages::shown;
use crate::cli::wording;

impl Args {
    /// Returns notes on how formats in Apache's notation are read.
    pub(crate) fn notes(&self, question: &Question) -> Vec<String> {
        question.reading.log_formats.iter().filter_map(LogFormat::read_as).map(apache).collect()
    }

    /// Returns warnings about options that have no effect.
    pub(crate) fn warnings(&self, question: &Question) -> Vec<String> {
        let mut warnings = Vec::new();
        if let (Some(since), Some(until)) = (question.counting.since, question.counting.until)
            && since >= until
        {
            let message = match since == until {
                true => "--since and --until are the same time, so nothing can match; for a whole day, use --date",
                false => "--since is not earlier than --until, so nothing can match",
            };
            warnings.push(message.to_owned());
        }
        warnings.extend(self.output_args.idle_format());
        let moments = [question.counting.since, question.counting.until, question.counting.date.map(Date::begin)];
        if self.now.is_some() && !moments.into_iter().flatten().any(Moment::is_relative) {
            warnings.push("--now has no effect, because no --since, --until or --date is relative to it".to_owned());
        }
        warnings.extend(question.counting.contradictions().into_iter().map(wording::message));
        warnings.extend(self.visitors.warnings(question));
        warnings.extend(self.keys.warnings(question));
        let rankings = question.counting.rankings();
        let selections = || {
            let filters = question.counting.filters.iter();
            filters.filter_map(|one| if let Condition::Where(selection) = one { Some(selection) } else { None })
        };
        let is_idle = |field: &&FieldKey| {
            let is_of = |dimension: Dimension| dimension.parts().any(|part| part.name() == field.name());
            let is_ranked = question.showing.shows(Section::Top) && rankings.iter().any(|dimension| is_of(*dimension));
            let is_split = question.showing.shows(Section::Timeline) && question.counting.split.is_some_and(is_of);
            let is_each = question.counting.each.is_some_and(is_of);
            let is_filtered = selections().any(|selection| selection.variables().any(|name| name == field.name()));
            let real_ip = question.reading.real_ip.as_ref().map(|real_ip| real_ip.dimension().name());
            let is_visitor = question.counting.visitor.name() == field.name() || real_ip == Some(field.name());
            field.is_for_rankings() && ![is_ranked, is_split, is_each, is_filtered, is_visitor].contains(&true)
        };
        let prints_requests = self.lines.wanted().0.is_some();
        for field in question.reading.fields.iter().filter(is_idle).filter(|_| !prints_requests) {
            let name = field.name();
            warnings.push(format!("--field {name}={} has no effect without --top {name}", shown(field.key())));
        }
        let ranks_route = question.showing.shows(Section::Top) && rankings.iter().any(|dimension| is_route(*dimension));
        let splits_route = question.showing.shows(Section::Timeline) && question.counting.split.is_some_and(is_route);
        let selects_route = selections().any(|selection| selection.variables().any(|name| name == ROUTE));
        let checks_route = self.fail_if.iter().any(|condition| condition.contains(ROUTE));
        let each_route = question.counting.each.is_some_and(is_route);
        let uses_route = [ranks_route, splits_route, selects_route, checks_route, each_route].contains(&true);
        if !self.routes.is_empty() && !uses_route {
            warnings.push("--route has no effect without --top route".to_owned());
        }
        if let Some(unit) = self.by
            && !question.showing.shows(Section::Timeline)
        {
            warnings.push(format!("--by {} has no effect, because --show omits the timeline", unit.name()));
        }
        if let Some(split) = question.counting.split
            && !question.showing.shows(Section::Timeline)
        {
            warnings.push(format!("--split {} has no effect, because --show omits the timeline", split.name()));
        }
        if self.each.each_limit.is_some() && self.each.each.is_none() {
            warnings.push("--each-limit has no effect without --each".to_owned());
        }
        if question.counting.max_keys.is_some() && !question.showing.shows(Section::Top) {
            warnings.push("--max-keys has no effect, because --show omits the rankings".to_owned());
        }
        let has_rankings = question.showing.shows(Section::Top);
        let has_columns = has_rankings
            || question.showing.shows(Section::Timeline)
            || question.showing.shows(Section::Summary) && self.output_args.has_columns_in_summary(&self.columns);
        if !self.columns.is_empty() && !has_columns {
            warnings.push("--columns has no effect, because --show omits the timeline and the rankings".to_owned());
        }
        if self.sort.is_some() && !has_rankings {
            warnings.push("--sort has no effect, because --show omits the rankings".to_owned());
        }
        if self.fill && !question.showing.shows(Section::Timeline) {
            warnings.push("--fill has no effect, because --show omits the timeline".to_owned());
        }
        warnings
    }
}

/// Name of the dimension that `--route` is about.
const ROUTE: &str = "route";

fn is_route(dimension: Dimension) -> bool {
    dimension.parts().any(|part| part.name() == ROUTE)
}

/// The note on how a format in Apache's notation is read.
fn apache(read_as: &str) -> String {
    if LogFormat::names().any(|name| name == read_as) {
        return format!("this LogFormat of Apache is the preset {read_as}");
    }
    format!("this LogFormat of Apache is read as --log-format '{}'", shown(read_as))
}
