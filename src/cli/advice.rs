//! Advice for options that logstat does not have, but other programs do: GoAccess, rhit, alp, angle-grinder, awk, grep,
//! tail. A guess by spelling would name an unrelated option.

/// Options with the same advice.
struct Row {
    options: &'static [&'static str],
    advice: &'static str,
}

const fn row(options: &'static [&'static str], advice: &'static str) -> Row {
    Row { options, advice }
}

const BOTS: &str = "leave out declared bots:  logstat access.log --no-bots";
const FILTER: &str =
    "filter with --path, --status, --agent …, or:  logstat access.log --where 'status >= 500 && path ~ \"^/api/\"'";
const FORMAT: &str = "log formats are detected; to describe one, use --log-format with the log_format of nginx.conf";
const PERIOD: &str = "choose a period with --since and --until, or one day with --date";
const SERVER: &str = "logstat is not a server; let cron write the page:  logstat access.log -o report.html";
const STATE: &str =
    "count only what is new since the last run, and report everything:  logstat access.log --state access.state";

/// THE TABLE of options that other programs have.
const ROWS: &[Row] = &[
    // How often, and where from.
    row(
        &["--follow", "--watch", "--tail", "-F", "--refresh", "--interval", "--live"],
        "logstat reads the logs once and exits; to repeat it:  watch -n 60 logstat access.log --since 15m",
    ),
    row(&["-f", "--file", "--log-file", "--input"], "name files without an option:  logstat access.log"),
    row(&["--stdin"], "standard input is read without an option:  cat access.log | logstat"),
    row(&["-z", "--gzip", "--zcat", "--decompress"], "compressed files are detected:  logstat access.log.*.gz"),
    row(&["-R", "--recursive"], "name subdirectories with a wildcard:  logstat logs/*/"),
    row(
        &["--real-time-html", "--html-refresh", "--daemonize", "--addr", "--port", "--ws-url", "--fifo-in", "--serve"],
        SERVER,
    ),
    row(
        &[
            "--persist",
            "--restore",
            "--db-path",
            "--pos",
            "--process-and-exit",
            "--append",
            "--incremental",
            "--history",
            "--state-file",
        ],
        STATE,
    ),
    row(&["--dump"], "save what was counted:  logstat access.log --save access.state"),
    row(&["--load"], "states are inputs, like logs:  logstat access.state"),
    row(&["--merge"], "states are merged if several are named:  logstat web1.state web2.state"),
    row(
        &["--keep-last", "--retention"],
        "keep 30 days in a state:  logstat access.log --state access.state --keep 30d",
    ),
    // Settings.
    row(&["--no-global-config"], "use --no-config"),
    row(&["--config-file", "--conf", "--dcf"], "use --config FILE"),
    row(&["-p"], "use --path PATTERN to filter paths, or --config FILE for a configuration file"),
    row(&["--config-dialog"], FORMAT),
    row(&["--date-format", "--time-format", "--datetime-format", "--format-string", "--pattern"], FORMAT),
    row(&["--delimiter", "--field-separator", "--separator"], FORMAT),
    row(&["--timezone", "--time-zone", "--location"], "use --tz Europe/Berlin"),
    row(&["--jobs", "--parallel", "--chunk-size"], "use --threads N"),
    row(&["--silent", "--silent-load", "--no-progress", "--no-parsing-spinner"], "use --quiet"),
    row(
        &["--debug", "--debug-file", "--dry-run", "--num-tests", "--test"],
        "use --explain to see how a file is read, and -v for details",
    ),
    // What is written.
    row(
        &["--html", "--html-report-title", "--chart", "--graph", "--plot"],
        "write a page with charts to a file:  logstat access.log -o report.html",
    ),
    row(
        &["--csv", "--tsv", "--markdown", "--prometheus", "--ndjson"],
        "use --format NAME, or -o with a file name:  logstat access.log -o report.csv",
    ),
    row(
        &["--output-format", "--out-format", "--type"],
        "use --format json, or -o with a file name:  logstat access.log -o report.json",
    ),
    row(&["--json-pretty-print", "--pretty-print"], "use --json --pretty"),
    row(&["--color-scheme", "--no-color", "--no-colors", "--colour"], "use --color auto, always or never"),
    row(&["--invalid-requests", "--unknowns-log"], "use --rejects FILE to write lines that could not be parsed"),
    row(
        &["--changes", "--compare", "--diff"],
        "logstat does not compare periods; run it once for each:  logstat access.log --date yesterday",
    ),
    row(&["-c"], "requests are always counted; for a configuration file, use --config FILE"),
    row(
        &["--count", "--unique", "--visitors"],
        "requests and visitors are always counted; for totals only:  logstat access.log --show summary",
    ),
    row(&["--width"], "the report is as wide as the terminal; to set its width:  COLUMNS=120 logstat access.log"),
    row(&["--mail", "--email"], "pipe the report to a mail program:  logstat access.log | mail admin@example.org"),
    // Tables, rows and columns.
    row(
        &["--fields", "--group-by", "--groupby", "--group", "--keys"],
        "choose tables with --top path,ip and columns with --columns uv,p95",
    ),
    row(&["-k", "--key", "--sort-panel", "--order-by", "--order"], "use --sort bytes to order the tables of --top"),
    row(&["-r", "--reverse", "--asc", "--desc"], "reverse an order with --sort pv:asc or --sort key:desc"),
    row(
        &["-m", "--matching-groups", "--normalize"],
        "logstat does not group paths; count one group with a filter:  logstat access.log --path '/product/*'",
    ),
    row(&["--percentiles", "--percentile"], "use --columns p50,p95,p99"),
    row(&["--slow-requests"], "the slowest requests:  logstat access.log --slowest 10"),
    row(&["--bandwidth", "--traffic"], "the paths with the most bytes:  logstat access.log --top path --sort bytes"),
    row(&["-l", "--length", "--max-items", "--head", "--rows"], "use -n 20 to set the number of rows, or -n 0 for all"),
    row(
        &["--date-spec", "--hour-spec", "--bucket", "--granularity", "--resolution", "--step", "--unit"],
        "use --by hour, --by 15m …",
    ),
    row(
        &["--enable-panel", "--ignore-panel", "--panels", "--sections"],
        "use --show summary,timeline,top … to choose the parts of the report",
    ),
    row(&["--hourly"], "use --by hour"),
    row(&["--daily"], "use --by day"),
    row(&["--weekly"], "use --by week"),
    row(&["--monthly"], "use --by month"),
    // Filters.
    row(&["--start", "--begin", "--after", "--end", "--before", "--between", "--period", "--last"], PERIOD),
    row(&["--today"], "use --date today"),
    row(&["--yesterday"], "use --date yesterday"),
    row(&["--day"], "use --date 2026-11-14 for one day, or --by day for the timeline"),
    row(&["--month"], "use --date 2026-11 for one month, or --by month for the timeline"),
    row(&["-d"], "use --date 2026-11-14"),
    row(&["-t"], "use --time 9-17 for hours of the day, or --date for a day"),
    row(
        &["-e", "-E", "--filter", "--filters", "--grep", "--regexp", "--include", "--exclude", "--invert-match"],
        FILTER,
    ),
    row(&["-i", "--ignore-case"], "begin a regular expression with (?i):  logstat access.log --path '~(?i)login'"),
    row(&["-s", "--code", "--http-status", "--status-code", "--errors"], "use --status 4xx,5xx"),
    row(&["--ignore-status"], "use --exclude-status 404"),
    row(&["--ignore-ip"], "use --exclude-ip 10.0.0.0/8"),
    row(&["--address", "--remote-addr", "--client", "--ip-address"], "use --ip 10.0.0.0/8 to filter, or --top ip"),
    row(&["--ignore-referer", "--ignore-referrer", "--hide-referrer"], "use --exclude-referer PATTERN"),
    row(&["--url", "--uri", "--page", "--pages"], "use --path '/api/*' to filter, or --top path"),
    row(
        &["--vhost", "--virtual-host", "--server-name", "--domain", "--site"],
        "use --host example.org to filter, or --top host",
    ),
    row(
        &["-H", "-M", "--http-method", "--http-protocol", "--verb"],
        "use --method GET to filter, or --top method,protocol",
    ),
    row(&["--query-string"], "use --query keep"),
    row(&["--no-query-string"], "query strings are left out by default; --query keep keeps them"),
    row(&["-a", "--all", "--all-static-files"], "static files are counted by default; --dynamic leaves them out"),
    row(&["--ignore-statics", "--exclude-static", "--no-static"], "use --dynamic"),
    row(&["--static-file", "--static-files"], "use --static-ext EXT, or --static to filter"),
    row(
        &["--ignore-crawlers", "--exclude-bots", "--exclude-crawlers", "--no-crawlers", "--unknowns-as-crawlers"],
        BOTS,
    ),
    row(&["--crawlers-only", "--crawlers"], "count only declared bots:  logstat access.log --bots only"),
    // Visitors.
    row(
        &["--browser", "--browsers", "--browsers-file", "--os", "--device", "--real-os", "--agent-list"],
        "list browsers, systems or devices:  logstat access.log --top browser,os,device",
    ),
    row(
        &["--geoip", "--geoip-database", "--std-geoip", "--country", "--city", "--asn"],
        "logstat does not locate addresses; list them with --top ip",
    ),
    row(
        &["--with-output-resolver", "--no-term-resolver", "--resolve", "--dns"],
        "logstat does not look up names of addresses; list addresses with --top ip",
    ),
    row(&["--anonymize-ip", "--anonymize-level"], "use --anonymize"),
    row(&["--user-agent", "--ua"], "use --agent '*Firefox*' to filter, or --top agent"),
];

/// Advice for an option that another program has: `--follow`, `-f`.
pub(crate) fn advice(option: &str) -> Option<&'static str> {
    ROWS.iter().find(|row| row.options.contains(&option)).map(|row| row.advice)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::{Arg, CommandFactory};

    use super::*;
    use crate::cli::args::Args;

    /// All options of logstat: `--top`, `-n`.
    fn own() -> BTreeSet<String> {
        let mut command = Args::command();
        command.build();
        let long = command.get_arguments().flat_map(|arg: &Arg| {
            let aliases = arg.get_all_aliases().unwrap_or_default();
            arg.get_long().into_iter().chain(aliases).map(|name| format!("--{name}")).collect::<Vec<_>>()
        });
        let short = command.get_arguments().filter_map(Arg::get_short).map(|name| format!("-{name}"));
        long.chain(short).collect()
    }

    #[test]
    fn advice_names_existing_options_only() {
        let own = own();
        for Row { options, advice } in ROWS {
            // `-n` of watch is the interval in seconds.
            let ours = advice.rsplit("watch -n 60 ").next().unwrap_or_default();
            let words = ours.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
            for word in words.filter(|word| word.len() > 1 && word.starts_with('-')) {
                assert!(own.contains(word), "{word} in the advice for {options:?}");
            }
        }
    }

    #[test]
    fn options_with_advice_are_unknown_and_listed_once() {
        let (own, mut seen) = (own(), BTreeSet::new());
        for option in ROWS.iter().flat_map(|row| row.options) {
            assert!(!own.contains(*option) && seen.insert(option), "{option}");
        }
        assert_eq!(advice("--follow").map(|text| text.contains("watch")), Some(true));
        assert_eq!(advice("--frobnicate"), None);
    }
}
