//! Turns the arguments into a question to the library.

use logstat::{
    Condition, Dimension, DimensionError, FailIf, LogFormat, LoggedDuration, NginxConf, Precision, Question, Section,
    UvMethod,
};

use super::Args;
use crate::cli::argument_error::argument_error;
use crate::cli::messages::shown;
use crate::cli::names;
use crate::cli::values::{GivenFormat, Slow};

impl Args {
    /// Returns the question, or an error for a wrong combination of arguments.
    pub(crate) fn question(&self, conf: Option<&NginxConf>) -> Result<Question, clap::Error> {
        let mut question = Question::new()
            .by(self.by)
            .split(self.split.as_deref().map(|word| self.dimension(word, "--split", conf)).transpose()?)
            .each(self.each.each.as_deref().map(|word| self.dimension(word, "--each", conf)).transpose()?)
            .columns(self.columns.clone())
            .sort(self.sort.unwrap_or_default())
            .max_keys(self.max_keys)
            .max_memory(self.max_memory)
            .fill(self.fill)
            .now(self.now.unwrap_or_default())
            .filters(self.conditions(conf)?)
            .fail_if(self.verdicts(conf)?)
            .query(self.query.unwrap_or_default())
            .uv(self.uv_method()?)
            .log_formats(self.log_format.iter().map(|given| self.format(given)).collect::<Result<Vec<_>, _>>()?)
            .fields(self.fields.clone())
            .durations(self.durations(conf)?)
            .routes(self.routes.iter().cloned())
            .highlights(self.output_args.is_for_people())
            .people(self.output_args.is_for_people())
            .bots(self.filters.selects_bots())
            .keep_rejects(self.rejects.is_some());
        (question.counting.since, question.counting.until, question.counting.date) =
            (self.since, self.until, self.date);
        question.reading.zone = self.tz;
        question.counting.top = self.rankings(conf)?;
        question.showing.show = self.sections();
        self.visitors.ask(&mut question, &|variable| self.logs(variable, conf))?;
        if let Some(limit) = self.limit {
            question.showing.limit = limit;
        }
        if let Some(each_limit) = self.each.each_limit {
            question.showing.each_limit = each_limit;
        }
        if let Some(Slow { ms }) = self.slow {
            question.showing.slow_ms = ms;
        }
        if let Some(max_line) = self.max_line {
            question.reading.max_line = max_line;
        }
        let rules = &mut question.reading.static_rules;
        let wrong = |error: logstat::RuleError| argument_error(&error.to_string());
        self.static_prefix.iter().try_for_each(|prefix| rules.add_prefix(prefix)).map_err(wrong)?;
        self.static_ext.iter().try_for_each(|extension| rules.add_extension(extension)).map_err(wrong)?;
        self.keys.ask(&mut question);
        question.reading.key_rules.bots = self.bot_rules.clone();
        self.output_args.check()?;
        Ok(question)
    }

    /// The requested sections, including the rankings if `--top` is given.
    fn sections(&self) -> Option<Vec<Section>> {
        let mut sections = self.show.clone();
        if !sections.is_empty() && !self.top.is_empty() && !self.show_overrides_top && !sections.contains(&Section::Top)
        {
            sections.push(Section::Top);
        }
        (!sections.is_empty()).then_some(sections)
    }

    /// The durations. A name that is nearly one of nginx's is probably misspelt; with a unit it is taken as it is.
    fn durations(&self, conf: Option<&NginxConf>) -> Result<Vec<LoggedDuration>, clap::Error> {
        for duration in &self.durations {
            let name = duration.name();
            let is_own = name.ends_with("_ms") || name.ends_with("_us") || name.ends_with("_ns") || name.contains(':');
            if !is_own && Dimension::resolve(&name, &|_| false).is_err() && !self.logs(&name, conf) {
                names::check_duration(&name).map_err(|message| argument_error(&message))?;
            }
        }
        Ok(self.durations.clone())
    }

    fn rankings(&self, conf: Option<&NginxConf>) -> Result<Option<Vec<Dimension>>, clap::Error> {
        let rankings: Vec<_> =
            self.top.iter().map(|word| self.dimension(word, "--top", conf)).collect::<Result<_, _>>()?;
        Ok((!rankings.is_empty()).then_some(rankings))
    }

    /// The dimension of a word, or of a pair separated by `/`. A variable of the user's own must be logged by one of
    /// the formats.
    fn dimension(&self, word: &str, option: &str, conf: Option<&NginxConf>) -> Result<Dimension, clap::Error> {
        let single = |name: &str| {
            let found = Dimension::resolve(name, &|variable| self.logs(variable, conf));
            found.map_err(|error| match error {
                DimensionError::Unknown => argument_error(&names::unknown_dimension(name.trim(), option)),
                DimensionError::Measure { name } if name != "request_time" && names::durations().contains(&name) => {
                    let error = format!("{option} {}: {error}\n  for its percentiles:  --duration {name}", shown(word));
                    argument_error(&error)
                }
                _ => argument_error(&format!("{option} {}: {error}", shown(word))),
            })
        };
        match word.split_once('/') {
            Some((first, second)) if !second.contains('/') => {
                let pair = Dimension::pair(single(first)?, single(second)?);
                pair.map_err(|error| argument_error(&format!("{option} {}: {error}", shown(word))))
            }
            _ => single(word),
        }
    }

    /// Resolves a format, or a name that the configuration file defines.
    fn format(&self, given: &GivenFormat) -> Result<LogFormat, clap::Error> {
        let name = match given {
            GivenFormat::Known(format) => return Ok((**format).clone()),
            GivenFormat::Named(name) => name,
        };
        let own = self.named_formats.iter().find(|(own, _)| own == name).map(|(_, format)| format.clone());
        own.or_else(|| name.parse().ok()).ok_or_else(|| {
            let mut known: Vec<&str> = LogFormat::names().collect();
            known.extend(self.named_formats.iter().map(|(own, _)| own.as_str()));
            argument_error(&names::unknown("format", name, "--log-format", &known))
        })
    }

    /// True if one of the given or configured formats logs this variable.
    fn logs(&self, variable: &str, conf: Option<&NginxConf>) -> bool {
        let of_conf = conf.into_iter().flat_map(NginxConf::log_formats).filter_map(|(_, format)| format.ok());
        let given = self.log_format.iter().filter_map(|given| self.format(given).ok());
        given.chain(of_conf).any(|format| format.logs(variable))
    }

    fn conditions(&self, conf: Option<&NginxConf>) -> Result<Vec<Condition>, clap::Error> {
        let conditions = self.filters.conditions(&|variable| self.logs(variable, conf), &self.routes);
        conditions.map_err(|message| argument_error(&message))
    }

    fn verdicts(&self, conf: Option<&NginxConf>) -> Result<Vec<FailIf>, clap::Error> {
        let read = |text: &String| {
            let fail_if = FailIf::parse(text, &|variable| self.logs(variable, conf));
            fail_if.map_err(|error| argument_error(&names::fail_if_error(&error)))
        };
        self.fail_if.iter().map(read).collect()
    }

    pub(super) fn uv_method(&self) -> Result<UvMethod, clap::Error> {
        match (self.uv, self.hll) {
            (Some(UvMethod::Exact), true) => Err(argument_error("--hll and --uv exact contradict each other")),
            (Some(method), _) => Ok(method),
            (None, true) => Ok(UvMethod::Hll(Precision::default())),
            (None, false) => Ok(UvMethod::default()),
        }
    }
}
