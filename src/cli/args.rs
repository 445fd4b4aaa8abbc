//! The arguments: THE TABLE of options.

mod notes;
mod question;
mod states;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use clap::{ArgAction, Parser};
use logstat::{
    BotRules, Date, FieldKey, LogFormat, LoggedDuration, MaxKeys, MaxMemory, Metric, Moment, Now, Query, RoutePattern,
    Section, Sort, Unit, UvMethod, Zone,
};

use super::each_args::EachArgs;
use super::filters::{FilterArgs, from_str_parser};
use super::generate::Generated;
use super::help;
use super::key_args::KeyArgs;
use super::line_args::LineArgs;
use super::names;
use super::output_args::OutputArgs;
use super::split_args::SplitArgs;
use super::states::StateArgs;
use super::values::{self, FnParser, GivenFormat, Item, Slow, WithCompletions};
use super::visitors::VisitorArgs;

/// Turns nginx access logs into a report: requests, visitors, status codes, pages
#[derive(Debug, Parser)]
#[command(
    name = "logstat",
    version,
    args_override_self = true,
    max_term_width = 100,
    disable_help_flag = true,
    disable_version_flag = true,
    arg = help::help_flag(),
    arg = help::version_flag(),
    after_help = help::MORE,
    long_about = help::ABOUT,
    after_long_help = help::after_options(),
)]
pub(crate) struct Args {
    /// Access logs, or directories of them; - is standard input
    #[arg(value_name = "FILE|DIR", hide_short_help = true)]
    #[arg(long_help = help::FILES)]
    pub(crate) files: Vec<PathBuf>,

    /// Timeline by hour, day, week … [default: day]
    #[arg(long, value_name = "UNIT", value_parser = WithCompletions(FnParser(values::unit), names::units().words()))]
    #[arg(hide_possible_values = true)]
    #[arg(long_help = help::units())]
    by: Option<Unit>,

    /// Split the timeline by status, kind, host …
    #[arg(long, value_name = "DIM", hide_short_help = true, hide_possible_values = true)]
    #[arg(value_parser = WithCompletions(Item, names::dimensions().words()))]
    #[arg(
        long_help = "Split the timeline: one column for each value of a dimension, such as status, kind, method or host: the \
                     top -n values, plus one column for the rest. Hours of the day, weekdays and status classes are in \
                     their own order, and -n does not limit them"
    )]
    split: Option<String>,

    /// Also list empty intervals of the timeline
    #[arg(long, hide_short_help = true)]
    #[arg(
        long_help = "Also list empty intervals of the timeline, from --since to --until, or from the first request to the \
                     last; at most a million rows"
    )]
    fill: bool,

    #[command(flatten)]
    pub(crate) each: EachArgs,

    /// Rankings of path, ip, agent … [default: path]
    #[arg(long, value_name = "DIM,…", value_delimiter = ',', action = ArgAction::Append, hide_possible_values = true)]
    #[arg(value_parser = WithCompletions(Item, names::dimensions().words()))]
    #[arg(long_help = help::rankings())]
    top: Vec<String>,

    /// Rows of each ranking, 0 for all [default: 10]
    #[arg(short = 'n', long, value_name = "N", value_parser = FnParser(values::limit), allow_negative_numbers = true)]
    limit: Option<usize>,

    /// Additional columns: uv, p95, max, last …
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',', action = ArgAction::Append)]
    #[arg(value_parser = names::metrics(), hide_possible_values = true)]
    #[arg(long_help = help::columns())]
    columns: Vec<Metric>,

    /// Order of rankings: 5xx, uv, p95, key, -p95 … [default: pv]
    #[arg(long, value_name = "COLUMN", value_parser = WithCompletions(FnParser(values::sort), names::orders()), hide_possible_values = true)]
    #[arg(allow_hyphen_values = true, hide_short_help = true)]
    #[arg(
        long_help = "Sort rankings by a column of --columns, the largest or latest first, or by key. A - reverses the order: -p95 or \
                       p95:asc. The column is added if missing [default: pv]"
    )]
    sort: Option<Sort>,

    /// Only these parts: summary, timeline, top …
    #[arg(long, value_name = "SECTION,…", value_delimiter = ',', action = ArgAction::Append)]
    #[arg(value_parser = names::sections(), hide_possible_values = true, hide_short_help = true)]
    #[arg(long_help = help::list("Only these parts of the report; --top adds its rankings [default: all]", &names::sections()))]
    show: Vec<Section>,

    /// Start: 2026-11-14T08, 90m, today
    #[arg(long, visible_alias = "from", value_name = "TIME", value_parser = FnParser(values::since), allow_hyphen_values = true, help_heading = "Filters")]
    #[arg(long_help = help::MOMENTS)]
    since: Option<Moment>,

    /// End, not included
    #[arg(long, visible_alias = "to", value_name = "TIME", value_parser = FnParser(values::until), allow_hyphen_values = true, help_heading = "Filters")]
    #[arg(long_help = "End of the period, not included; times as for --since")]
    until: Option<Moment>,

    /// Only this day, hour, month …
    #[arg(long, value_name = "DATE", value_parser = FnParser(values::date), allow_hyphen_values = true, help_heading = "Filters")]
    #[arg(long_help = "Only this year, month, week, day, hour, minute or second: 2026-11, 2026-W46, 2026-11-14, \
                     2026-11-14T08, today, yesterday, monday")]
    date: Option<Date>,

    /// Reference time for 90m, today …: last or a time
    #[arg(long, value_name = "TIME", value_parser = FnParser(values::now), allow_hyphen_values = true, help_heading = "Filters", hide_short_help = true)]
    #[arg(
        long_help = "Reference time for 90m, today and the like: a time, or last for the time of the last log line; the \
                     files are then read twice [default: the system's clock]"
    )]
    now: Option<Now>,

    /// Time zone: Europe/Berlin, +08:00, utc, local
    #[arg(long, value_name = "ZONE", value_parser = FnParser(values::zone), hide_short_help = true)]
    #[arg(allow_hyphen_values = true)]
    #[arg(
        long_help = "Time zone of the report and of filters by time: a name of the IANA database such as Europe/Berlin, an \
                     offset such as +08:00, utc, or local for the zone of this system [default: as logged, each line in its \
                     own zone]"
    )]
    tz: Option<Zone>,

    /// Exit with code 3 if true: '5xx > 1%', 'p95 > 0.5'
    #[arg(long, value_name = "EXPR", action = ArgAction::Append, hide_short_help = true)]
    #[arg(
        long_help = "Exit with code 3, and say why on standard error, if a condition is true. It compares columns, or \
                     malformed, with numbers, percentages, or seconds for request times: '5xx > 1%', 'p95 > 0.5 || pv < \
                     1000'. It is about all requests together, or about any single key: 'any path: 5xx > 5% && pv > 100'; \
                     repeatable"
    )]
    fail_if: Vec<String>,

    /// Format name, or nginx log_format [default: detected]
    #[arg(long, value_name = "FORMAT", action = ArgAction::Append, hide_short_help = true, hide_possible_values = true)]
    #[arg(value_parser = WithCompletions(FnParser(values::log_format), names::log_formats().words()), help_heading = help::READING)]
    #[arg(long_help = help::log_formats())]
    pub(crate) log_format: Vec<GivenFormat>,

    /// Formats of the configuration file, by their names.
    #[arg(skip)]
    pub(crate) named_formats: Vec<(String, LogFormat)>,

    /// Agents of the configuration file.
    #[arg(skip)]
    pub(crate) bot_rules: BotRules,

    /// True if `top` comes from a lower layer than `show`. It then selects the rankings, but does not add them to
    /// `show`.
    #[arg(skip)]
    pub(crate) show_overrides_top: bool,

    /// Key or variable that holds a field: status=http.code
    #[arg(long = "field", value_name = "NAME=KEY", value_parser = FnParser(values::field_key), action = ArgAction::Append)]
    #[arg(long_help = help::fields(), hide_short_help = true, help_heading = help::READING)]
    fields: Vec<FieldKey>,

    /// Requests that took longer are slow [default: 0.3]
    #[arg(long, value_name = "TIME", value_parser = FnParser(values::slow), allow_negative_numbers = true, hide_short_help = true)]
    #[arg(long_help = "Requests that took longer are slow: 0.3 (seconds) or 300ms [default: 0.3]")]
    slow: Option<Slow>,

    /// Report on these durations instead of request_time
    #[arg(long = "duration", value_name = "VAR,…", value_delimiter = ',', action = ArgAction::Append)]
    #[arg(value_parser = WithCompletions(FnParser(values::duration), names::durations()))]
    #[arg(hide_short_help = true, hide_possible_values = true)]
    #[arg(long_help = help::DURATIONS)]
    durations: Vec<LoggedDuration>,

    /// strip or keep the query string of paths [default: strip]
    #[arg(long, value_name = "HOW", value_parser = names::queries(), hide_possible_values = true, hide_short_help = true)]
    #[arg(help_heading = help::READING)]
    #[arg(
        long_help = "strip or keep the query string of paths: whether /a?x and /a?y are one path or two [default: strip]"
    )]
    query: Option<Query>,

    /// Treat paths that start with this as static files too; repeatable
    #[arg(long, value_name = "PREFIX", action = ArgAction::Append, hide_short_help = true, help_heading = help::READING)]
    static_prefix: Vec<String>,

    /// Treat paths with this extension as static files too; repeatable
    #[arg(long, value_name = "EXT", action = ArgAction::Append, hide_short_help = true, help_heading = help::READING)]
    static_ext: Vec<String>,

    /// Pattern of paths for --top route: '/shop/:id'; repeatable
    #[arg(long = "route", value_name = "PATTERN", action = ArgAction::Append, hide_short_help = true)]
    #[arg(value_parser = from_str_parser::<RoutePattern>(), help_heading = help::READING)]
    #[arg(long_help = help::ROUTE)]
    routes: Vec<RoutePattern>,

    /// Take logs, formats and locations from nginx.conf
    #[arg(long, value_name = "FILE", hide_short_help = true, help_heading = help::READING)]
    #[arg(
        long_help = "Read nginx.conf, or the output of nginx -T, or - for standard input. Its log_format directives are used, \
                     its locations decide what is static, and without FILE the logs that it names are read"
    )]
    pub(crate) nginx_conf: Option<PathBuf>,

    /// Show how each input is read: its format, envelope, fields
    #[arg(long, hide_short_help = true, help_heading = help::READING)]
    #[arg(long_help = help::EXPLAIN)]
    pub(crate) explain: bool,

    /// Write lines that could not be parsed to FILE (over-long ones are truncated)
    #[arg(long, value_name = "FILE", hide_short_help = true, help_heading = help::READING)]
    pub(crate) rejects: Option<PathBuf>,

    /// Print the rules for static files, and read no log
    #[arg(long, hide_short_help = true, help_heading = help::READING)]
    pub(crate) list_static: bool,

    /// Count visitors exactly, or estimate them: exact, hll
    #[arg(long, value_name = "METHOD", hide_short_help = true, hide_possible_values = true, help_heading = help::VISITORS)]
    #[arg(value_parser = WithCompletions(FnParser(values::uv), vec!["exact", "hll"]))]
    #[arg(
        long_help = "Count visitors exactly, or estimate them by HyperLogLog++ (hll) in limited memory; the report states the \
                     standard error. hll=P uses 2 to the power of P registers, P from 4 to 18 [default: exact; P: 14]"
    )]
    uv: Option<UvMethod>,

    /// Short for --uv hll
    #[arg(long, hide_short_help = true, help_heading = help::VISITORS)]
    hll: bool,

    /// Print the manual page, or completions for a shell
    #[arg(long, value_name = "WHAT", value_parser = names::generated(), hide_possible_values = true, hide_short_help = true)]
    #[arg(long_help = help::list("Print the manual page, or completions for a shell", &names::generated()))]
    pub(crate) generate: Option<Generated>,

    /// Print the JSON Schema of JSON reports
    #[arg(long, hide_short_help = true)]
    pub(crate) schema: bool,

    /// Show errors only, no warnings or notes
    #[arg(short, long, hide_short_help = true)]
    pub(crate) quiet: bool,

    /// Show what was detected, and the time taken; -vv by phase
    #[arg(short, long, action = clap::ArgAction::Count, conflicts_with = "quiet", hide_short_help = true)]
    pub(crate) verbose: u8,

    #[command(flatten)]
    pub(crate) output_args: OutputArgs,

    #[command(flatten)]
    pub(crate) lines: LineArgs,

    #[command(flatten)]
    pub(crate) states: StateArgs,

    #[command(flatten)]
    pub(crate) splits: SplitArgs,

    #[command(flatten)]
    pub(crate) keys: KeyArgs,

    /// Keep at most N keys in each ranking [default: all]
    #[arg(long, value_name = "N", value_parser = FnParser(values::max_keys), allow_negative_numbers = true, hide_short_help = true)]
    #[arg(help_heading = help::LIMITS)]
    #[arg(
        long_help = "Keep at most N keys in each ranking, those with the most requests. This limits memory for logs with \
                     endless distinct paths. If keys are dropped, the report says how many requests may be missing. Visitors \
                     still need memory, unless --uv hll is given [default: all]"
    )]
    max_keys: Option<MaxKeys>,

    /// Limit the memory of the tables: 512M, 2G
    #[arg(long, value_name = "SIZE", value_parser = FnParser(values::max_memory), allow_negative_numbers = true, hide_short_help = true)]
    #[arg(help_heading = help::LIMITS)]
    #[arg(
        long_help = "Limit the memory of the tables, for example to 512M or 2G. If they need more, rankings keep fewer keys, \
                     then visitors are estimated by HyperLogLog; the report says so. If that is not enough, logstat exits with \
                     code 1 and writes no report. Between two checks, each thread may use more. Without this option no number \
                     is approximate, and logstat stops if it needs more than three quarters of the memory of the machine or \
                     its control group, or a third of the address space (ulimit -v)"
    )]
    max_memory: Option<MaxMemory>,

    /// Longer lines are rejected [default: 1M]
    #[arg(long, value_name = "SIZE", value_parser = FnParser(values::size), allow_negative_numbers = true, hide_short_help = true)]
    #[arg(help_heading = help::LIMITS)]
    #[arg(long_help = "Lines with more bytes are counted as malformed, and not kept: 4096, 64K, 1M, 1G [default: 1M]")]
    max_line: Option<usize>,

    /// Read files in full
    #[arg(long, hide_short_help = true, help_heading = help::LIMITS)]
    #[arg(
        long_help = "Read files in full. By default, if the times in a large file ascend, the parts outside --since, --until \
                     and --date are skipped, and their lines are not counted"
    )]
    pub(crate) no_seek: bool,

    /// Read files without mapping them into memory
    #[arg(long, hide_short_help = true, help_heading = help::LIMITS)]
    #[arg(
        long_help = "Read files without mapping them into memory, for example on a network file system whose server may stop \
                     answering. Large files are then read in full, as with --no-seek"
    )]
    pub(crate) no_mmap: bool,

    /// Number of threads, 0 for one per CPU [default: 0]
    #[arg(short = 'j', long, value_name = "N", value_parser = FnParser(values::threads), allow_negative_numbers = true)]
    #[arg(default_value = "0", hide_default_value = true, hide_short_help = true, help_heading = help::LIMITS)]
    pub(crate) threads: usize,

    /// Read defaults from FILE [default: ~/.config/logstat/config.toml]
    #[arg(long, value_name = "FILE", hide_short_help = true, help_heading = help::CONFIGURATION)]
    #[arg(long_help = help::CONFIG)]
    pub(crate) config: Option<PathBuf>,

    /// Ignore the configuration file
    #[arg(long, conflicts_with = "config", hide_short_help = true, help_heading = help::CONFIGURATION)]
    pub(crate) no_config: bool,

    /// Print the options in force, each with its origin
    #[arg(long, hide_short_help = true, help_heading = help::CONFIGURATION)]
    #[arg(long_help = "Print the options in force, each with its origin, as a file for --config, and read no log")]
    pub(crate) print_config: bool,

    // The last, for their headings would stand above all that follow.
    #[command(flatten)]
    visitors: VisitorArgs,

    #[command(flatten)]
    filters: FilterArgs,
}
