//! The arguments: THE TABLE of options.

mod notes;
mod question;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use clap::{ArgAction, Parser};
use logstat::{
    Date, FieldKey, LogFormat, MaxKeys, MaxMemory, Metric, Moment, Now, Query, Section, Unit, UvMethod, Zone,
};

use super::filters::FilterArgs;
use super::generate::Generated;
use super::help;
use super::names;
use super::output_args::OutputArgs;
use super::values::{self, FnParser, GivenFormat, Item, Slow, WithCompletions};
use super::visitors::VisitorArgs;

/// What happened on a site, from nginx's access logs: PV, UV, status codes, paths
#[derive(Debug, Parser)]
#[command(
    name = "logstat",
    version,
    args_override_self = true,
    max_term_width = 100,
    after_long_help = help::after_options(),
)]
pub(crate) struct Args {
    /// Access logs, or directories of them; - is standard input
    #[arg(value_name = "FILE|DIR")]
    #[arg(long_help = help::FILES)]
    pub(crate) files: Vec<PathBuf>,

    /// Timeline by hour, day, week … [default: day]
    #[arg(long, value_name = "UNIT", value_parser = WithCompletions(FnParser(values::unit), names::units().words()))]
    #[arg(hide_possible_values = true)]
    #[arg(long_help = help::units())]
    by: Option<Unit>,

    /// Timeline with a column for each status, kind, host …
    #[arg(long, value_name = "DIM", hide_short_help = true, hide_possible_values = true)]
    #[arg(value_parser = WithCompletions(Item, names::dimensions().words()))]
    #[arg(
        long_help = "Timeline with one column for each value of a dimension, such as status, kind, method or host: \
                       the top -n values, plus one column for the rest. Hours of the day, weekdays and status classes are \
                       all listed, in their own order"
    )]
    split: Option<String>,

    /// Timeline with the rows that have no hit
    #[arg(long, hide_short_help = true)]
    #[arg(
        long_help = "Rows of the timeline without a hit are listed too, from --since to --until or from the first hit to \
                       the last; a million at most"
    )]
    fill: bool,

    /// Rankings of path, ip, agent … [default: path]
    #[arg(long, value_name = "DIM,…", value_delimiter = ',', action = ArgAction::Append, hide_possible_values = true)]
    #[arg(value_parser = WithCompletions(Item, names::dimensions().words()))]
    #[arg(long_help = help::rankings())]
    top: Vec<String>,

    /// Rows of a ranking, 0 for all [default: 10]
    #[arg(short = 'n', long, value_name = "N", value_parser = FnParser(values::limit), allow_negative_numbers = true)]
    limit: Option<usize>,

    /// More columns: uv, p95, max, last …
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',', action = ArgAction::Append, hide_short_help = true)]
    #[arg(value_parser = names::metrics(), hide_possible_values = true)]
    #[arg(long_help = help::list("More columns in rankings and timelines; p50 to p99 are percentiles of request times, \
                                  first and last the times of the first and last hit", &names::metrics()))]
    columns: Vec<Metric>,

    /// Order of rankings: 5xx, uv, p95, total_time [default: pv]
    #[arg(long, value_name = "COLUMN", value_parser = names::metrics(), hide_possible_values = true, hide_short_help = true)]
    #[arg(
        long_help = "Sort rankings by a column, any that --columns knows, the largest or latest first; the column is \
                       then shown, too [default: pv]"
    )]
    sort: Option<Metric>,

    /// Rankings keep no more keys than this [default: all]
    #[arg(long, value_name = "N", value_parser = FnParser(values::max_keys), allow_negative_numbers = true, hide_short_help = true)]
    #[arg(
        long_help = "Rankings keep no more than so many keys, those with the most hits, so that a log of ever new paths does \
                       not fill the memory; where keys had to go, the report says how many hits may be missing. Visitors \
                       are remembered all the same, but for --uv hll [default: all]"
    )]
    max_keys: Option<MaxKeys>,

    /// Tables take no more memory than this: 512M, 2G
    #[arg(long, value_name = "SIZE", value_parser = FnParser(values::max_memory), allow_negative_numbers = true, hide_short_help = true)]
    #[arg(
        long_help = "Tables take no more memory than this, such as 512M or 2G. If they need more, rankings keep fewer keys, then \
                       visitors are estimated by HyperLogLog, and the report says so; if that is not enough, the run fails with \
                       exit code 1 and no report. Between two checks, each thread may hold more. Without this option nothing \
                       becomes approximate, and a run that would need more than three quarters of the memory of the machine \
                       or its control group, or a third of the address space (ulimit -v), stops"
    )]
    max_memory: Option<MaxMemory>,

    /// Only these parts: summary, timeline, top …
    #[arg(long, value_name = "SECTION,…", value_delimiter = ',', action = ArgAction::Append)]
    #[arg(value_parser = names::sections(), hide_possible_values = true)]
    #[arg(long_help = help::list("Only these parts of the report; --top adds its own [default: all]", &names::sections()))]
    show: Vec<Section>,

    /// Start: 2026-11-14T08, 90m, today
    #[arg(long, visible_alias = "from", value_name = "TIME", value_parser = FnParser(values::since), allow_hyphen_values = true, help_heading = "Filters")]
    #[arg(long_help = help::MOMENTS)]
    since: Option<Moment>,

    /// End, not included
    #[arg(long, visible_alias = "to", value_name = "TIME", value_parser = FnParser(values::until), allow_hyphen_values = true, help_heading = "Filters", hide_short_help = true)]
    #[arg(long_help = "Only hits before then; the moment itself is not included")]
    until: Option<Moment>,

    /// Only hits of this day, hour, month …
    #[arg(long, value_name = "DATE", value_parser = FnParser(values::date), help_heading = "Filters", hide_short_help = true)]
    #[arg(
        long_help = "Only hits of this year, month, week, day, hour, minute or second: 2026-11, 2026-W46, 2026-11-14, \
                       2026-11-14T08, today, yesterday, monday"
    )]
    date: Option<Date>,

    /// What 90m and today count from: last or a time
    #[arg(long, value_name = "TIME", value_parser = FnParser(values::now), help_heading = "Filters", hide_short_help = true)]
    #[arg(
        long_help = "The time that 90m, today and the like are relative to: a time, or last for the last line of the files, \
                       which are then read twice [default: the system's clock]"
    )]
    now: Option<Now>,

    /// Times by the clock of a zone: Europe/Berlin, local
    #[arg(long, value_name = "ZONE", value_parser = FnParser(values::zone), hide_short_help = true)]
    #[arg(allow_hyphen_values = true)]
    #[arg(
        long_help = "Times, in buckets, periods and the report, by the clock of a zone: a name of the IANA database such as \
                       Europe/Berlin, an offset such as +08:00, utc, or local for the zone of this system [default: as \
                       logged, each line by its own clock]"
    )]
    tz: Option<Zone>,

    /// Exit 3 if this holds: '5xx > 1%', 'p95 > 0.5'
    #[arg(long, value_name = "EXPR", action = ArgAction::Append)]
    #[arg(
        long_help = "Exit 3, with a line on standard error that says why, if this holds of all hits together: names of columns, and \
                       malformed, compared with numbers, shares as 1% or, for request times, seconds: '5xx > 1%', 'p95 > 0.5 || \
                       pv < 1000'; or of any one key: 'any path: 5xx > 5% && pv > 100'; repeatable"
    )]
    fail_if: Vec<String>,

    /// combined … or nginx's own; by default detected
    #[arg(long, value_name = "FORMAT", action = ArgAction::Append, hide_short_help = true, hide_possible_values = true)]
    #[arg(value_parser = WithCompletions(FnParser(values::log_format), names::log_formats().words()))]
    #[arg(long_help = help::log_formats())]
    log_format: Vec<GivenFormat>,

    /// Formats of the configuration file, by their names.
    #[arg(skip)]
    pub(crate) named_formats: Vec<(String, LogFormat)>,

    /// True if `top` comes from a lower layer than `show`. It then selects the rankings, but does not add them to
    /// `show`.
    #[arg(skip)]
    pub(crate) show_overrides_top: bool,

    /// Where a field stands: status=http.code in JSON, ip=http_cf_connecting_ip in text; repeatable
    #[arg(long = "field", value_name = "NAME=KEY", value_parser = FnParser(values::field_key), action = ArgAction::Append)]
    #[arg(long_help = help::fields(), hide_short_help = true)]
    fields: Vec<FieldKey>,

    /// A request that took longer is slow [default: 0.3]
    #[arg(long, value_name = "TIME", value_parser = FnParser(values::slow), allow_negative_numbers = true, hide_short_help = true)]
    #[arg(long_help = "A request that took longer is slow: 0.3 or 300ms [default: 0.3]")]
    slow: Option<Slow>,

    /// Longer lines are malformed [default: 1M]
    #[arg(long, value_name = "SIZE", value_parser = FnParser(values::size), allow_negative_numbers = true, hide_short_help = true)]
    #[arg(long_help = "A line with more bytes is malformed and not kept: 4096, 64K, 1M, 1G [default: 1M]")]
    max_line: Option<usize>,

    /// strip or keep what follows the ? of a path
    #[arg(long, value_name = "HOW", value_parser = names::queries(), hide_possible_values = true, hide_short_help = true)]
    #[arg(long_help = "strip or keep the query string: whether /a?x and /a?y are one path or two [default: strip]")]
    query: Option<Query>,

    /// Paths that begin with this are static too; repeatable
    #[arg(long, value_name = "PREFIX", action = ArgAction::Append, hide_short_help = true)]
    static_prefix: Vec<String>,

    /// Files with this extension are static too; repeatable
    #[arg(long, value_name = "EXT", action = ArgAction::Append, hide_short_help = true)]
    static_ext: Vec<String>,

    /// nginx's own configuration: its logs, formats and locations
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    #[arg(
        long_help = "nginx's own configuration, or the output of nginx -T, or - for standard input: without FILE the logs that it names are read, each in \
                       its format, and its locations decide what is static"
    )]
    pub(crate) nginx_conf: Option<PathBuf>,

    /// Shows how each input is read: its format, envelope, fields
    #[arg(long, hide_short_help = true)]
    #[arg(long_help = help::EXPLAIN)]
    pub(crate) explain: bool,

    /// Malformed lines go to this file, all of them as they are
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub(crate) rejects: Option<PathBuf>,

    /// Prints what counts as static, and reads nothing
    #[arg(long, hide_short_help = true)]
    pub(crate) list_static: bool,

    /// How visitors are counted: exact, hll, hll=P
    #[arg(long, value_name = "METHOD", hide_short_help = true, hide_possible_values = true)]
    #[arg(value_parser = WithCompletions(FnParser(values::uv), vec!["exact", "hll"]))]
    #[arg(
        long_help = "How visitors are counted: exact, or hll, HyperLogLog++ with bounded memory and a standard error \
                       that the report names; hll=P takes 2 to the power of P registers, P from 4 to 18 \
                       [default: exact; P: 14]"
    )]
    uv: Option<UvMethod>,

    /// Short for --uv hll
    #[arg(long, hide_short_help = true)]
    hll: bool,

    #[command(flatten)]
    pub(crate) output_args: OutputArgs,

    /// Print the manual page or completions for a shell
    #[arg(long, value_name = "WHAT", value_parser = names::generated(), hide_possible_values = true, hide_short_help = true)]
    #[arg(long_help = help::list("Prints the manual page, or completions for a shell, and reads nothing", &names::generated()))]
    pub(crate) generate: Option<Generated>,

    /// Print the JSON Schema of reports
    #[arg(long, hide_short_help = true)]
    #[arg(long_help = "Prints the JSON Schema of JSON reports, and reads no log")]
    pub(crate) schema: bool,

    /// Reads files in full, whatever --since says
    #[arg(long, hide_short_help = true)]
    #[arg(
        long_help = "Reads files in full. Otherwise, in large files whose times ascend, lines outside --since, --until \
                       and --date are skipped and not in the account of lines"
    )]
    pub(crate) no_seek: bool,

    /// Reads files without mapping them into memory
    #[arg(long, hide_short_help = true)]
    #[arg(
        long_help = "Reads files without mapping them into memory, for example on a network file system whose server may stop \
                       answering. Large files are then read in full, as with --no-seek"
    )]
    pub(crate) no_mmap: bool,

    /// Threads to count with, 0 for as many as there are [default: 0]
    #[arg(short = 'j', long, value_name = "N", value_parser = FnParser(values::threads), allow_negative_numbers = true)]
    #[arg(default_value = "0", hide_default_value = true, hide_short_help = true)]
    pub(crate) threads: usize,

    /// Defaults from this file [default: ~/.config/logstat/config.toml]
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    #[arg(long_help = help::CONFIG)]
    pub(crate) config: Option<PathBuf>,

    /// Ignore the configuration file
    #[arg(long, conflicts_with = "config", hide_short_help = true)]
    pub(crate) no_config: bool,

    /// Print the options in force, each with its origin
    #[arg(long, hide_short_help = true)]
    #[arg(
        long_help = "Prints the options in force, each with its origin, in a form that --config takes, and reads no log"
    )]
    pub(crate) print_config: bool,

    /// No notes on standard error, errors only
    #[arg(short, long)]
    pub(crate) quiet: bool,

    /// Show what was detected and the time taken; -vv by phase
    #[arg(short, long, action = clap::ArgAction::Count, conflicts_with = "quiet", hide_short_help = true)]
    pub(crate) verbose: u8,

    // The last, for their headings would stand above all that follow.
    #[command(flatten)]
    visitors: VisitorArgs,

    #[command(flatten)]
    filters: FilterArgs,
}
