//! Texts of the long help that are too long for the table of options.

use logstat::{LogFormat, ReportFormat, envelopes};

use super::names::{self, Names};

pub(crate) const FILES: &str = "\
Access logs, compressed or not; directories, for the files in them whose names contain 'access' or end in .log, rotated ones \
too, but no error logs, backups or other endings; wildcards that the shell left alone. - is standard input, and so is no FILE in a pipe; @NAME is a \
site of the configuration file";

/// Examples after the long help; a test runs each of them.
pub(crate) const EXAMPLES: &str = "\
Examples:
  logstat access.log
  logstat access.log --by hour --since 2026-11-14
  logstat access.log --top path,ip,status -n 20
  logstat access.log --by 15m --fill --date 2026-11-14
  logstat access.log --show timeline --by minute --until 2026-11-14T09
  logstat access.log --status 5xx --path '/api/*' --top path
  logstat access.log --where 'request_time > 1 && bytes > 1000'
  logstat access.log --top path --columns p95 --sort p95
  logstat access.log --top ip,path --max-memory 512M
  logstat access.log --since 1h --now last --fail-if '5xx > 10%'
  logstat access.log --json > report.json
  logstat access.log --explain
  cat access.log | logstat --top agent --slow 1
  logstat own.log --log-format '$remote_addr|$msec|$request|$status|$bytes_sent'

Exit codes:
  0    done; an empty log is fine, and so is a closed pipe
  1    an input or the output failed, or one of several inputs fits no format;
       the rest is reported
  2    wrong usage, or no input fits any log format
  3    a condition of --fail-if holds
  130  ended by SIGINT; 143 by SIGTERM, 129 by SIGHUP: no file is half written";

/// The end of the long help: examples, formats and envelopes.
pub(crate) fn after_options() -> String {
    format!(
        "{EXAMPLES}\n\nFormats that are detected, and that --log-format takes:{}\n\nTaken off around lines, up to three within \
         one another:{}",
        two_columns(LogFormat::detected()),
        two_columns(envelopes())
    )
}

fn two_columns<'t>(rows: impl Iterator<Item = (&'t str, &'t str)> + Clone) -> String {
    let width = rows.clone().map(|(left, _)| left.len()).max().unwrap_or(0);
    rows.map(|(left, right)| format!("\n  {left:width$}  {right}")).collect()
}

/// Help text of `-o`.
pub(crate) fn output() -> String {
    let endings: Vec<String> = ReportFormat::extensions().map(|extension| format!(".{extension}")).collect();
    format!(
        "Writes the report to a file, in the format that its name ends in ({}), else in that of --format; repeatable, - is \
         standard output, to which nothing is written otherwise. An existing file is replaced once the new one is complete",
        endings.join(" ")
    )
}

pub(crate) const EXPLAIN: &str = "\
Shows how each input is read, and counts nothing: its format and envelope, the format that came second and why it lost, and \
the first three lines field by field with what each feeds; --json has the same for programs. Only the first 1 MiB of each is \
read. With --nginx-conf it also names the configured format of each file, and the server and location of the three lines; \
with --nginx-conf and no FILE it prints what is understood of the configuration";

pub(crate) const CONFIG: &str = "\
Read defaults for options, names of log formats, and sites (@NAME on the command line) from this file. By default it is the \
one that LOGSTAT_CONFIG names, or $XDG_CONFIG_HOME/logstat/config.toml (~/.config/logstat/config.toml) if it exists. \
Precedence, highest first: option, environment variable (LOGSTAT_LOG_FORMAT for --log-format), site, rest of the file. An \
option is a key, by = \"hour\"; a site is a table, [sites.NAME], with its files = [\"FILE\"] and its own options; formats \
are in [log-formats], NAME = 'TEXT', and are chosen by --log-format NAME";

pub(crate) const MOMENTS: &str = "\
Only hits at or after this time. By the time as logged: 2026, 2026-11, 2026-W46, 2026-11-14, 2026-11-14T08, \
'2026/11/14 08:30:00', '14.11.2026 08:30', or as in logs, '14/Nov/2026:08:30:00 +0000'. Relative to now: 90m, 1h, 7d, 1d12h, \
'2 days ago', -1h, 'last 24 hours'; now, today, yesterday, monday to sunday (the last such day), 'yesterday 10:00', 10am; \
'this week', 'last week', 'last month', and so on for minute, hour, day and year: the start of that period";

/// Help text of `--by`.
pub(crate) fn units() -> String {
    list("Unit of the timeline [default: day]", &names::units())
        + "; or a step that divides a minute, an hour or a day evenly: 10s, 5m, 15m, 6h"
}

/// A sentence followed by the possible values.
pub(crate) fn list<T>(sentence: &str, names: &Names<T>) -> String {
    format!("{sentence}: {}", names.words().join(", "))
}

pub(crate) fn rankings() -> String {
    list("Rankings, each by hits [default: path]", &names::dimensions())
        + "; and nginx's variables that are logged or part of the request, by their own names: upstream_addr, cookie_NAME, arg_NAME …; \
           with a / between two, of their pairs: host/path"
}

pub(crate) fn log_formats() -> String {
    list(
        "How lines are read: the text of an nginx log_format with its $variables, a whole pasted log_format directive, an \
         Apache LogFormat (%h %l %u %t \"%r\" %>s %b), or the name of a format; repeatable, for lines of several formats; by default each file's is detected from its first lines. Names",
        &names::log_formats(),
    )
}

pub(crate) fn fields() -> String {
    list(
        "A field that stands elsewhere than usual; repeatable. In JSON and LTSV logs the key that holds it: status=http.code is the key \
         code in the object http (nginx's own names and those of ECS, Caddy, Traefik, Envoy, Cloudflare and others are known; -v \
         shows which were found). In text the variable of the format: ip=http_cf_connecting_ip, path=filtered_request_uri. \
         Names",
        &names::fields(),
    )
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
        assert!(help.lines().count() <= 24, "{help}");
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
                words.iter().any(|word| word.trim_start_matches('-').trim_end_matches("...") == arg),
                "--{arg} is not in the help"
            );
        }
    }
}
