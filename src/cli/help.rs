//! Texts of the long help that are too long for the table of options.

use clap::{Arg, ArgAction};
use logstat::{LogFormat, ReportFormat, envelopes};

use super::names::{self, Names};

/// Headings of the long help. Options without one are about the report.
pub(crate) const VISITORS: &str = "Visitors";
pub(crate) const READING: &str = "Reading logs";
pub(crate) const OUTPUT: &str = "Output";
pub(crate) const STATES: &str = "States";
pub(crate) const LIMITS: &str = "Memory and speed";
pub(crate) const CONFIGURATION: &str = "Configuration";

pub(crate) const ABOUT: &str = "\
logstat turns nginx access logs into a report: requests, visitors, status codes, top pages and request times, by \
any unit of time from seconds to years";

pub(crate) const FILES: &str = "\
Access logs, which may be compressed (gzip, zstd, bzip2 or xz, detected from the content). A directory means every *access* \
or *.log file in it, including rotated ones, but not its subdirectories, error logs or backups. Wildcards that the shell did not \
expand are expanded. - means standard input, as does no FILE in a pipe; @NAME is a site of the configuration file";

/// Examples after the long help; a test runs each of them.
pub(crate) const EXAMPLES: &str = "  logstat access.log
  logstat access.log --by hour --since 2026-11-14
  logstat access.log --top path,ip,status -n 20
  logstat access.log --by 15m --fill --date 2026-11-14
  logstat access.log --show timeline --by minute --until 2026-11-14T09
  logstat access.log --status 5xx --path '/api/*' --top path
  logstat access.log --where 'request_time > 1 && bytes > 1000'
  logstat access.log --top path --columns p95 --sort p95
  logstat access.log --top route --bots exclude
  logstat access.log --each status-class --show summary
  logstat access.log --lines=5 --status 5xx
  logstat access.log --slowest 10 --path '/api/*'
  logstat access.log --top ip,path --max-memory 512M
  logstat access.log --since 1h --now last --fail-if '5xx > 10%'
  logstat access.log --json > report.json
  logstat access.log --state access.state
  logstat access.log --explain
  cat access.log | logstat --top agent --slow 1
  logstat own.log --log-format '$remote_addr|$msec|$request|$status|$bytes_sent'";

pub(crate) const EXIT_CODES: &str = "  0    success, also for an empty log or a closed pipe
  1    an input or an output failed, at least in part; the rest is reported
  2    wrong usage, or no input is an access log in a known format
  3    a condition of --fail-if is true
  130  interrupted by SIGINT; 143 by SIGTERM, 129 by SIGHUP; no partial file is left";

/// The end of the short help.
pub(crate) const MORE: &str = "--help lists all options, with examples";

/// `--help`, which the short help names at its end.
pub(crate) fn help_flag() -> Arg {
    Arg::new("help")
        .short('h')
        .long("help")
        .action(ArgAction::Help)
        .help("Print help (see a summary with '-h')")
        .hide_short_help(true)
        .help_heading(None::<&str>)
        .display_order(LAST)
}

pub(crate) fn version_flag() -> Arg {
    Arg::new("version")
        .short('V')
        .long("version")
        .action(ArgAction::Version)
        .help("Print version")
        .hide_short_help(true)
        .help_heading(None::<&str>)
        .display_order(LAST)
}

/// Position after all other options of a heading.
const LAST: usize = 998;

/// The sections after the options, each with its title: examples, exit codes, formats and envelopes.
pub(crate) fn sections() -> [(&'static str, String); 4] {
    [
        ("Examples", EXAMPLES.to_owned()),
        ("Exit codes", EXIT_CODES.to_owned()),
        ("Log formats, detected or chosen by --log-format", two_columns(LogFormat::detected())),
        ("Envelopes, removed from lines, up to three levels", two_columns(envelopes())),
    ]
}

/// The end of the long help.
pub(crate) fn after_options() -> String {
    sections().map(|(title, text)| format!("{title}:\n{text}")).join("\n\n")
}

fn two_columns<'t>(rows: impl Iterator<Item = (&'t str, &'t str)> + Clone) -> String {
    let width = rows.clone().map(|(left, _)| left.len()).max().unwrap_or(0);
    rows.map(|(left, right)| format!("  {left:width$}  {right}")).collect::<Vec<_>>().join("\n")
}

/// Help text of `-o`.
pub(crate) fn output() -> String {
    let endings: Vec<String> = ReportFormat::extensions().map(|extension| format!(".{extension}")).collect();
    format!(
        "Write the report to FILE, in the format of its extension ({}) or of --format; repeatable. With -o nothing goes to \
         standard output, unless -o - is given too. An existing file is replaced once the new report is complete",
        endings.join(" ")
    )
}

pub(crate) const EXPLAIN: &str = "\
Show how each input is read, and count nothing: its format and envelope, the format that came second and why it lost, and the \
first three lines field by field, with what each field is used for; --json is for programs. At most 1 MiB of each input is \
read. With --nginx-conf it also shows the format configured for each file, and the server and location of the three lines; \
with --nginx-conf and no FILE it shows how the configuration is understood";

pub(crate) const DURATIONS: &str = "\
Report on these durations instead of request_time: upstream_response_time, upstream_connect_time or any other variable or JSON \
key that logs seconds (took:ms for milliseconds). Columns, --slow and --fail-if use the first one; each has its own percentiles. \
A list with a part for each upstream server is added up; VAR:last takes its last part. Filters are not affected: \
--slower always compares request_time, and --where what it names";

pub(crate) const CONFIG: &str = "\
Read defaults for options, log formats and sites from FILE. By default it is the file named by LOGSTAT_CONFIG, or \
$XDG_CONFIG_HOME/logstat/config.toml (~/.config/logstat/config.toml) if it exists. Keys are option names: by = \"hour\". A site \
is a table [sites.NAME] with files = [\"FILE\"] and options of its own; @NAME among the files selects it. [log-formats] has \
NAME = 'TEXT' for --log-format NAME. Precedence, highest first: command line, environment (LOGSTAT_LOG_FORMAT for \
--log-format), site, top of the file";

pub(crate) const ROUTE: &str = "\
A pattern of paths that have the same route in --top route: '/shop/:id', '/shop/{id}', or as in Django, 'user/<int:pk>/', with \
the types str, int, slug, uuid and path. The first pattern that matches the whole path wins. In other paths, parts that look \
variable are replaced by names: {int}, {uuid}, {date}, {hex}, and {slug} for the names of pages; below these, {unserved} is what was \
only answered with 4xx; repeatable";

pub(crate) const SAVE: &str = "\
Save what was counted to FILE, a state. States and logs can be inputs of a later run, which merges them: logstat web1.state \
web2.state reports what one run over the logs of both would. - is standard output. No report is written, unless --json, --format or \
-o is given. Unless --uv hll is given, a state contains the addresses of visitors";

pub(crate) const STATE: &str = "\
Count what is new since the last run with this state, add it to the state, and report all that is in it. Every line counts once, \
also if logs are rotated or compressed between runs. FILE is created if it does not exist. Without FILE, as the last option, it is \
the state of the site that @NAME selects: $XDG_STATE_HOME/logstat/NAME.state (~/.local/state/logstat/NAME.state)";

pub(crate) const MOMENTS: &str = "\
Start of the period. By the time in the log: 2026, 2026-11, 2026-W46, 2026-11-14, 2026-11-14T08, '2026/11/14 08:30:00', \
'14.11.2026 08:30', or as in logs, '14/Nov/2026:08:30:00 +0000'. Relative to now: 90m, 1h, 7d, 1d12h, '2 days ago', -1h, \
'last 24 hours'; now, today, yesterday, monday to sunday (the last such day), 'yesterday 10:00', 10am; 'this week', 'last \
week', 'last month', and so on for minute, hour, day and year: the start of that period";

/// Help text of `--by`.
pub(crate) fn units() -> String {
    list("Unit of the timeline [default: day]", &names::units())
        + "; or a step that divides a minute, an hour or a day evenly: 10s, 5m, 15m, 6h"
}

/// A sentence followed by the possible values.
pub(crate) fn list<T>(sentence: &str, names: &Names<T>) -> String {
    format!("{sentence}: {}", names.words().join(", "))
}

/// Help text of `--columns`.
pub(crate) fn columns() -> String {
    let sentence = "Additional columns. p50 to p99 are percentiles of request times; busy is the mean number of requests in \
                    flight, and peak the most requests in one second (not for rankings such as path); cache-hits and \
                    cache-bytes are shares by $upstream_cache_status; first and last are the times of the first and last \
                    request";
    list(sentence, &names::metrics())
}

pub(crate) fn rankings() -> String {
    list("Rankings by number of requests [default: path]", &names::dimensions())
        + "; variables of nginx that are logged or part of the request: upstream_addr, cookie_NAME, arg_NAME …; and pairs of \
           two: host/path"
}

pub(crate) fn log_formats() -> String {
    let sentence = "Format of the lines: an nginx log_format with its $variables, a whole log_format directive, an Apache \
                    LogFormat (%h %l %u %t \"%r\" %>s %b), or a name; repeatable if lines have several formats [default: \
                    detected from the first lines of each file]. Names";
    list(sentence, &names::log_formats())
}

pub(crate) fn fields() -> String {
    let sentence = "The key that holds a field in a JSON or LTSV log, if it is not a usual one: status=http.code is the key code \
                    in the object http. Keys of nginx, ECS, Caddy, Traefik, Envoy, Cloudflare and others are known; -v shows \
                    which were found. In a text format, the variable that holds the field: ip=http_cf_connecting_ip, \
                    path=filtered_request_uri; repeatable. Names";
    list(sentence, &names::fields())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::args::Args;

    #[test]
    fn help_has_an_example_of_every_form_of_time() {
        for example in logstat::Moment::examples() {
            assert!(MOMENTS.contains(example), "{example}");
        }
    }

    #[test]
    fn short_help_fits_one_screen() {
        let help = Args::command().term_width(80).render_help().to_string();
        assert!(help.lines().count() <= 24 && help.trim_end().ends_with(MORE), "{help}");
        assert!(help.lines().all(|line| line.chars().count() <= 80), "{help}");
    }

    #[test]
    fn long_help_names_every_option_and_value() {
        let help = Args::command().term_width(100).render_long_help().to_string();
        let words = help.replace(['\n', ',', ';'], " ");
        let words: Vec<_> = words.split_whitespace().collect();
        let all = [
            names::units().words(),
            names::dimensions().words(),
            names::sections().words(),
            names::log_formats().words(),
            names::fields().words(),
        ];
        for ending in ReportFormat::extensions() {
            let is_it = |word: &&str| word.trim_matches(['(', ')']).strip_prefix('.') == Some(ending);
            assert!(words.iter().any(is_it), ".{ending} is not in the help");
        }
        for word in all.into_iter().flatten() {
            assert!(words.contains(&word), "{word} is not in the help");
        }
        for arg in Args::command().get_arguments().filter_map(clap::Arg::get_long) {
            // clap shows dots after an option that may be repeated.
            assert!(
                words.iter().any(|word| {
                    let option = word.trim_start_matches('-').trim_end_matches("...");
                    // An option with an optional value: `lines[=<N>]`.
                    option.split_once('[').map_or(option, |(option, _)| option) == arg
                }),
                "--{arg} is not in the help"
            );
        }
    }
}
