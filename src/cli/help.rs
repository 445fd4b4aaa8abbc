//! What help says beyond the options, and to whom.

use std::io::{self, Write};

use clap::CommandFactory;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue};
use logstat::{LogFormat, ReportFormat, envelopes};

use super::End;
use super::args::Args;
use super::messages::shown;
use super::names::{self, Names};

pub(crate) const FILES: &str = "\
Access logs, compressed or not; directories, for the files in them whose names contain 'access' or end in .log, rotated ones \
too, but no error logs, backups or other endings; wildcards that the shell left alone. - is standard input, and so is no FILE in a pipe; @NAME is a \
site of the configuration file";

/// Behind the long help; a test runs each of them.
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

/// The end of the long help.
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

/// What `-o` takes.
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
Only hits from this time on, by the time as logged: 2026, 2026-11, 2026-W46, 2026-11-14, 2026-11-14T08 and so on to the \
second stand for their first moment, and with Z or +01:00 after the second for an instant; 90s, 45m, 1h, 7d, 2w mean that \
long ago; now, today, yesterday, and monday to sunday for the last such day";

/// The units of a timeline.
pub(crate) fn units() -> String {
    list("Unit of the timeline [default: day]", &names::units())
        + "; or a step that divides a minute, an hour or a day evenly: 10s, 5m, 15m, 6h"
}

/// A sentence, and the words to choose from.
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

/// Words in lines of at most 78 columns, the first after `start`, the others under it.
pub(crate) fn wrapped(words: &[&str], start: &str) -> String {
    let mut text = start.to_owned();
    let mut columns = start.len();
    for (i, word) in words.iter().enumerate() {
        if i > 0 && columns + 1 + word.len() > 78 {
            text.push('\n');
            text.extend(std::iter::repeat_n(' ', start.len()));
            columns = start.len();
        } else if i > 0 {
            text.push(' ');
            columns += 1;
        }
        text += word;
        columns += word.len();
    }
    text
}

/// Prints what clap has to say: help and version where they were asked for, otherwise what is wrong.
pub(crate) fn say(mut answer: clap::Error) -> End {
    let is_wrong = answer.use_stderr();
    quote_safely(&mut answer);
    match answer.print() {
        _ if is_wrong => End::Misused,
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => End::Failed,
        _ => End::Done,
    }
}

/// Escapes control and format characters, line ends too, of the arguments that a message quotes. An unknown option is also in
/// clap's tips, between their colours.
fn quote_safely(answer: &mut clap::Error) {
    let unknown = match answer.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(name)) => name.clone(),
        _ => String::new(),
    };
    let in_tip = |tip: &StyledStr| match unknown.is_empty() {
        true => tip.clone(),
        false => StyledStr::from(tip.ansi().to_string().replace(&unknown, &shown(&unknown))),
    };
    let quoted = |value: &ContextValue| match value {
        ContextValue::String(text) => Some(ContextValue::String(shown(text))),
        ContextValue::Strings(texts) => Some(ContextValue::Strings(texts.iter().map(|text| shown(text)).collect())),
        ContextValue::StyledStrs(tips) => Some(ContextValue::StyledStrs(tips.iter().map(in_tip).collect())),
        _ => None,
    };
    let all: Vec<_> = answer.context().filter_map(|(kind, value)| Some((kind, quoted(value)?))).collect();
    for (kind, value) in all {
        answer.insert(kind, value);
    }
}

/// The short help, where a terminal waits and nothing is asked.
pub(crate) fn say_short() -> End {
    // Nobody is left to be told where standard error is gone.
    let _ = write!(io::stderr(), "{}", Args::command().render_help());
    End::Misused
}

#[cfg(test)]
mod tests {
    use super::*;

    /// On a terminal nothing takes escape sequences out, because clap's own colours are among them.
    #[test]
    fn unknown_options_are_quoted_safely_between_the_colours() {
        for name in ["--a\u{1b}[31mb", "--a\u{202e}b", "--a\nb", "-\u{7}", "--js\u{200b}on"] {
            let mut answer = Args::command().try_get_matches_from(["logstat", name]).unwrap_err();
            quote_safely(&mut answer);
            let text = answer.render().ansi().to_string();
            assert!(!text.contains(name) && text.contains(&shown(name)), "{text:?}");
        }
    }

    #[test]
    fn words_are_wrapped_under_each_other() {
        assert_eq!(wrapped(&["a", "b"], "  units: "), "  units: a b");
        let long = "x".repeat(40);
        assert_eq!(wrapped(&[&long, "b", &long], "> "), format!("> {long} b\n  {long}"));
    }

    #[test]
    fn moments_in_words_are_in_the_help() {
        for word in logstat::Moment::words() {
            assert!(MOMENTS.contains(word) || word.ends_with("day") && MOMENTS.contains("monday to sunday"), "{word}");
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
            // What may be repeated has dots behind it.
            assert!(
                words.iter().any(|word| word.trim_start_matches('-').trim_end_matches("...") == arg),
                "--{arg} is not in the help"
            );
        }
    }
}
