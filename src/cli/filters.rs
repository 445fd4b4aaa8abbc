//! The options for filtering hits, one condition each.

use std::ffi::OsStr;
use std::marker::PhantomData;
use std::str::FromStr;

use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, Command, Error};
use logstat::{
    BotSet, Condition, DayTimes, Dimension, Networks, Pattern, RoutePattern, StatusSet, SyntaxError, WhereExpression,
};

use super::argument_error::argument_error;
use super::names;
use super::values::{self, FnParser, Slow, WithCompletions};

/// THE TABLE of filters. Each is asked of every hit; what one option is given several times is one list.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Filters")]
pub(crate) struct FilterArgs {
    /// Only these times of day: 19:30-23:00, 22-06
    #[arg(long, value_name = "FROM-TO,…", value_parser = from_str_parser::<DayTimes>(), action = ArgAction::Append, hide_short_help = true)]
    #[arg(
        long_help = "Only these times of day, by the time in the log: 19:30-23:00, 9-17, or across midnight 22:00-06:00; the \
                       end is not included; !12-13 excludes that hour"
    )]
    time: Vec<DayTimes>,

    /// Only these status codes: 404, 5xx, 500-504, !404
    #[arg(long, value_name = "CODE,…", value_parser = from_str_parser::<StatusSet>(), action = ArgAction::Append)]
    #[arg(long_help = "Only these status codes: 404, 4xx, 500-504, '>=500'; !404 excludes 404")]
    status: Vec<StatusSet>,

    /// Exclude these status codes: 404, 3xx, 500-504
    #[arg(long, value_name = "CODE,…", value_parser = from_str_parser::<StatusSet>(), action = ArgAction::Append, hide_short_help = true)]
    exclude_status: Vec<StatusSet>,

    /// Only matching paths: '/api/*', '~\.php$'
    #[arg(long, value_name = "PATTERN", value_parser = from_str_parser::<Pattern>(), action = ArgAction::Append)]
    #[arg(
        long_help = "Only matching paths: a glob for the whole path, in which * matches anything including /, ? one byte, and \
                     [a-z] one byte of a range; or ~ and a regular expression that matches anywhere: '~\\.php$'; repeatable \
                     (any may match)"
    )]
    path: Vec<Pattern>,

    /// Exclude matching paths; repeatable (none may match)
    #[arg(long, value_name = "PATTERN", value_parser = from_str_parser::<Pattern>(), action = ArgAction::Append, hide_short_help = true)]
    exclude_path: Vec<Pattern>,

    /// Only these addresses: 10.0.0.7, 10.0.0.0/8, 2001:db8::/32; !10.0.0.7 excludes one
    #[arg(long, value_name = "CIDR,…", value_parser = from_str_parser::<Networks>(), action = ArgAction::Append, hide_short_help = true)]
    ip: Vec<Networks>,

    /// Exclude these addresses: 10.0.0.7, 10.0.0.0/8, 2001:db8::/32
    #[arg(long, value_name = "CIDR,…", value_parser = from_str_parser::<Networks>(), action = ArgAction::Append, hide_short_help = true)]
    exclude_ip: Vec<Networks>,

    /// Only matching hosts: comma-separated names, or patterns as for --path
    #[arg(long, value_name = "PATTERN,…", value_parser = from_str_parser::<PatternList>(), action = ArgAction::Append, hide_short_help = true)]
    host: Vec<PatternList>,

    /// Exclude matching hosts
    #[arg(long, value_name = "PATTERN,…", value_parser = from_str_parser::<PatternList>(), action = ArgAction::Append, hide_short_help = true)]
    exclude_host: Vec<PatternList>,

    /// Only these methods, comma-separated: GET,HEAD
    #[arg(long, value_name = "PATTERN,…", value_parser = from_str_parser::<PatternList>(), action = ArgAction::Append, hide_short_help = true)]
    method: Vec<PatternList>,

    /// Exclude these methods
    #[arg(long, value_name = "PATTERN,…", value_parser = from_str_parser::<PatternList>(), action = ArgAction::Append, hide_short_help = true)]
    exclude_method: Vec<PatternList>,

    /// Only matching users, patterns as for --path; repeatable
    #[arg(long, value_name = "PATTERN", value_parser = from_str_parser::<Pattern>(), action = ArgAction::Append, hide_short_help = true)]
    user: Vec<Pattern>,

    /// Exclude matching users
    #[arg(long, value_name = "PATTERN", value_parser = from_str_parser::<Pattern>(), action = ArgAction::Append, hide_short_help = true)]
    exclude_user: Vec<Pattern>,

    /// Only matching referers, patterns as for --path; repeatable
    #[arg(long, value_name = "PATTERN", value_parser = from_str_parser::<Pattern>(), action = ArgAction::Append, hide_short_help = true)]
    referer: Vec<Pattern>,

    /// Exclude matching referers
    #[arg(long, value_name = "PATTERN", value_parser = from_str_parser::<Pattern>(), action = ArgAction::Append, hide_short_help = true)]
    exclude_referer: Vec<Pattern>,

    /// Only matching user agents, patterns as for --path: '*Firefox/*', '~(?i)bot|spider'; repeatable
    #[arg(long, value_name = "PATTERN", value_parser = from_str_parser::<Pattern>(), action = ArgAction::Append, hide_short_help = true)]
    agent: Vec<Pattern>,

    /// Exclude matching user agents
    #[arg(long, value_name = "PATTERN", value_parser = from_str_parser::<Pattern>(), action = ArgAction::Append, hide_short_help = true)]
    exclude_agent: Vec<Pattern>,

    /// include, exclude or only bots; or classes: search,!seo
    #[arg(long, value_name = "WHICH", action = ArgAction::Append, hide_possible_values = true)]
    #[arg(value_parser = WithCompletions(from_str_parser::<BotSet>(), BotSet::words().collect()))]
    #[arg(
        long_help = "Which clients: include, exclude or only declared bots; or classes of bots: search, ai-training, ai-search, \
                     ai-user, seo, social-preview, monitor, feed, archive, scanner, library, unknown-bot, and none for people; \
                     !search excludes a class"
    )]
    bots: Vec<BotSet>,

    /// Exclude declared bots; the same as --bots exclude
    #[arg(long, conflicts_with = "bots", hide_short_help = true)]
    no_bots: bool,

    /// Only static files
    #[arg(long = "static", hide_short_help = true)]
    statics: bool,

    /// Only requests that the application answers
    #[arg(long, hide_short_help = true)]
    dynamic: bool,

    /// Only requests that took longer: 0.3, 300ms
    #[arg(long, value_name = "TIME", value_parser = FnParser(values::slower), allow_negative_numbers = true, hide_short_help = true)]
    slower: Option<Slow>,

    /// Only responses with more bytes: 4096, 10k, 1M
    #[arg(long, value_name = "SIZE", value_parser = FnParser(values::larger), allow_negative_numbers = true, hide_short_help = true)]
    larger: Option<u64>,

    /// Only requests for which this is true: 'status >= 500'
    #[arg(long = "where", value_name = "EXPR", action = ArgAction::Append)]
    #[arg(
        long_help = "Only requests for which an expression is true: 'status in (4xx, 500) && request_time > 1.5'. Names are those \
                     of rankings and of nginx's variables, bytes and request_time. Compare them with numbers and \"texts\" by == \
                     != < <= > >= and in (…), with a \"regular expression\" by ~ and !~, and join comparisons by && || ! and \
                     parentheses; repeatable (all must be true)"
    )]
    selections: Vec<String>,
}

impl FilterArgs {
    /// True if an option about bots is given.
    pub(crate) fn selects_bots(&self) -> bool {
        self.no_bots || !self.bots.is_empty()
    }

    /// Returns the conditions. `is_own` returns true for variables that the user's formats log and nginx does not
    /// define; `routes` are the user's patterns.
    pub(crate) fn conditions(
        &self,
        is_own: &dyn Fn(&str) -> bool,
        routes: &[RoutePattern],
    ) -> Result<Vec<Condition>, String> {
        let mut all = Vec::new();
        all.extend(self.time.iter().cloned().reduce(DayTimes::with).map(Condition::DayTimes));
        let no_status = self.exclude_status.iter().map(|set| set.clone().excluded().ok_or("--exclude-status"));
        let no_ip = self.exclude_ip.iter().map(|networks| networks.clone().excluded().ok_or("--exclude-ip"));
        let twice = |option: &str| format!("{option} excludes already: leave the ! out");
        let status =
            self.status.iter().cloned().map(Ok).chain(no_status).collect::<Result<Vec<_>, _>>().map_err(twice)?;
        let ip = self.ip.iter().cloned().map(Ok).chain(no_ip).collect::<Result<Vec<_>, _>>().map_err(twice)?;
        all.extend(status.into_iter().reduce(StatusSet::with).map(Condition::Status));
        all.extend(self.statics.then_some(Condition::Static));
        all.extend(self.dynamic.then_some(Condition::Dynamic));
        all.extend(self.slower.map(|Slow { ms }| Condition::Slower { ms }));
        all.extend(self.larger.map(|bytes| Condition::Larger { bytes }));
        all.extend(ip.into_iter().reduce(Networks::with).map(Condition::Ip));
        let bots = self.bots.iter().cloned().reduce(BotSet::with).filter(|set| !set.is_all());
        all.extend(bots.or_else(|| self.no_bots.then(BotSet::without_bots)).map(Condition::Bots));
        let all_of = |several: &[PatternList]| several.iter().flat_map(|one| one.0.iter().cloned()).collect::<Vec<_>>();
        let (hosts, methods) = (all_of(&self.host), all_of(&self.method));
        let (no_hosts, no_methods) = (all_of(&self.exclude_host), all_of(&self.exclude_method));
        let rows: [(Dimension, &[Pattern], &[Pattern]); 6] = [
            (Dimension::Method, &methods, &no_methods),
            (Dimension::Host, &hosts, &no_hosts),
            (Dimension::Path, &self.path, &self.exclude_path),
            (Dimension::User, &self.user, &self.exclude_user),
            (Dimension::Referer, &self.referer, &self.exclude_referer),
            (Dimension::Agent, &self.agent, &self.exclude_agent),
        ];
        for (dimension, any, none) in rows {
            if !any.is_empty() {
                all.push(Condition::Matches { dimension, any: any.to_vec() });
            }
            if !none.is_empty() {
                all.push(Condition::Excludes { dimension, any: none.to_vec() });
            }
        }
        for text in &self.selections {
            let expression = WhereExpression::parse(text, is_own).map_err(|error| where_error(&error))?;
            let is_own_name = || routes.iter().any(|pattern| LEARNED.iter().any(|name| pattern.route().contains(name)));
            if let Some(error) = expression.learned().filter(|_| !is_own_name()) {
                return Err(where_error(error));
            }
            all.push(Condition::Where(expression));
        }
        Ok(all)
    }
}

/// Names of learned parts of routes, which a pattern may have, too.
const LEARNED: [&str; 2] = ["{slug}", "{unserved}"];

/// The error message for an expression; for an unknown name, with a suggestion and the list of names.
fn where_error(error: &SyntaxError) -> String {
    let Some(name) = error.unknown() else { return format!("--where: {}", names::syntax_error(error)) };
    let (suggestion, list) = names::suggestion_for_name(name);
    format!("--where: {}{suggestion}\n{}\n{list}", error.what(), error.shown())
}

/// Patterns separated by commas. A regular expression may contain commas of its own.
#[derive(Clone, Debug)]
struct PatternList(Vec<Pattern>);

impl FromStr for PatternList {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<PatternList, SyntaxError> {
        if text.starts_with('~') {
            return Ok(PatternList(vec![text.parse()?]));
        }
        text.split(',').map(|part| part.trim().parse()).collect::<Result<_, _>>().map(PatternList)
    }
}

/// A value parser for types that implement `FromStr`; a caret in the error message marks the place.
#[derive(Clone)]
pub(crate) struct FromStrParser<T>(PhantomData<fn() -> T>);

pub(crate) fn from_str_parser<T>() -> FromStrParser<T> {
    FromStrParser(PhantomData)
}

impl<T: FromStr<Err = SyntaxError> + Clone + Send + Sync + 'static> TypedValueParser for FromStrParser<T> {
    type Value = T;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<T, Error> {
        let text = value.to_str().ok_or_else(|| Error::new(ErrorKind::InvalidUtf8).with_cmd(command))?;
        let option = arg.and_then(Arg::get_long).unwrap_or_default();
        text.parse()
            .map_err(|error: SyntaxError| argument_error(&format!("--{option}: {}", names::syntax_error(&error))))
    }
}
