//! Mistakes that only the words as typed show: a value with spaces and no quotes, an option that is given twice, a
//! number in place of an option.

use std::ffi::OsString;
use std::path::Path;

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use logstat::{Date, FailIf, Moment, Now, Unit, WhereExpression};

use super::messages::shown;
use super::times::is;

/// An option whose value may have spaces.
struct Spaced {
    option: &'static str,
    /// Noun for the value, used in messages.
    kind: &'static str,
    is_value: fn(&str) -> bool,
}

const fn spaced(option: &'static str, kind: &'static str, is_value: fn(&str) -> bool) -> Spaced {
    Spaced { option, kind, is_value }
}

/// THE TABLE of options whose values may have spaces.
const SPACED: [Spaced; 9] = [
    spaced("--since", "time", is::<Moment>),
    spaced("--from", "time", is::<Moment>),
    spaced("--until", "time", is::<Moment>),
    spaced("--to", "time", is::<Moment>),
    spaced("--date", "time", is::<Date>),
    spaced("--now", "time", is::<Now>),
    spaced("--by", "unit", is::<Unit>),
    spaced("--where", "expression", |text| WhereExpression::parse(text, &|_| true).is_ok()),
    spaced("--fail-if", "expression", |text| FailIf::parse(text, &|_| true).is_ok()),
];

/// THE TABLE of options that cannot be repeated, each with what to do instead.
const ONCE: [(&str, &str); 8] = [
    ("--date", "for a longer period, use --since and --until"),
    ("--save", "save one state, and copy the file"),
    ("--state", "a run has one state; to merge states, name them as inputs"),
    ("--inspect", "inspect one state at a time"),
    ("--keep", "a state has one limit of days"),
    ("--list-splits", "all files are divided by one size"),
    ("--range", "count each range in a run of its own, and merge the states"),
    ("--source", "save each log in a state of its own, and merge the states"),
];

/// Limit on the words after a value that are tried as its continuation.
const MOST_WORDS: usize = 16;

/// The message about the words of a command line, program first. `error` is what the parser says of them.
pub(crate) fn refusal(given: &[OsString], error: Option<&Error>) -> Option<String> {
    let words: Vec<_> = given.iter().skip(1).map(|word| word.to_string_lossy()).collect();
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).take_while(|word| *word != "--").collect();
    let unquoted = (0..words.len()).find_map(|at| unquoted(words[at], &words[at + 1..]));
    unquoted.or_else(|| repeated(&words)).or_else(|| number(&words, error?)).or_else(|| inspected(&words, error?))
}

/// The message if the words after an option are its value together.
fn unquoted(word: &str, after: &[&str]) -> Option<String> {
    let (option, value, after) = match word.split_once('=') {
        Some((option, value)) => (option, value, after),
        None => (word, *after.first()?, &after[1..]),
    };
    let spaced = SPACED.iter().find(|spaced| spaced.option == option)?;
    let most = after.iter().take(MOST_WORDS).take_while(|word| !Path::new(word).exists()).count();
    let joined = |words: usize| format!("{value} {}", after[..words].join(" "));
    let text = (1..=most).rev().map(joined).find(|text| (spaced.is_value)(text))?;
    let (kind, text) = (spaced.kind, shown(&text));
    let mark = if text.contains('\'') { '"' } else { '\'' };
    Some(format!("the {kind} for {option} has spaces\n  quote the {kind}:  {option} {mark}{text}{mark}"))
}

/// The message if an option is repeated of which only the last value would count.
fn repeated(words: &[&str]) -> Option<String> {
    let is_of = |word: &str, option: &str| {
        word.strip_prefix(option).is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
    };
    let is_repeated = |option: &str| words.iter().filter(|word| is_of(word, option)).count() > 1;
    let (option, advice) = ONCE.iter().find(|(option, _)| is_repeated(option))?;
    Some(format!("{option} is given twice; {advice}"))
}

/// The message for `--inspect` after the state.
fn inspected(words: &[&str], error: &Error) -> Option<String> {
    let (last, before) = words.split_last()?;
    let state = before.iter().find(|word| !word.starts_with('-'))?;
    let is_it = *last == "--inspect" && error.kind() == ErrorKind::InvalidValue;
    is_it.then(|| {
        format!("--inspect needs the state after it\n  to show what it contains:  logstat --inspect {}", shown(state))
    })
}

/// The message for a number with a sign where an option is expected: `-20`. The parser names only its first digit.
fn number(words: &[&str], error: &Error) -> Option<String> {
    let Some(ContextValue::String(option)) = error.get(ContextKind::InvalidArg) else { return None };
    let is_digit = option.strip_prefix('-').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if error.kind() != ErrorKind::UnknownArgument || !is_digit {
        return None;
    }
    let word = words.iter().find(|word| word.starts_with(option.as_str()))?;
    let digits = &word[1..];
    let advice = match digits.bytes().all(|b| b.is_ascii_digit()) {
        true => format!("for {digits} rows in each ranking:  -n {digits}"),
        false if is::<Moment>(word) => format!("for the period since then:  --since {digits}"),
        false => "all options:  logstat --help".to_owned(),
    };
    Some(format!("unknown option '{}'\n  {}", shown(word), shown(&advice)))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::args::Args;

    fn said(line: &str) -> Option<String> {
        let words: Vec<OsString> = ["logstat"].into_iter().chain(line.split(' ')).map(OsString::from).collect();
        refusal(&words, Args::command().try_get_matches_from(&words).err().as_ref())
    }

    #[test]
    fn values_with_spaces_need_quotes() {
        let rows = [
            ("a.log --since 2026-11-14 08:00", "time", "--since '2026-11-14 08:00'"),
            ("--from=2026-11-14 08:00 --json", "time", "--from '2026-11-14 08:00'"),
            ("--until 14/Nov/2026:09:14:03 +0100 a.log", "time", "--until '14/Nov/2026:09:14:03 +0100'"),
            ("--to 14/Nov/2026:09:14:03 -0500", "time", "--to '14/Nov/2026:09:14:03 -0500'"),
            ("--since 2 days ago a.log", "time", "--since '2 days ago'"),
            ("--date last week", "time", "--date 'last week'"),
            ("--since yesterday 10:00", "time", "--since 'yesterday 10:00'"),
            ("--by 15 minutes", "unit", "--by '15 minutes'"),
            ("--where status == 404 a.log", "expression", "--where 'status == 404'"),
            ("--where path == '/a' and ip == ::1", "expression", "--where \"path == '/a' and ip == ::1\""),
            ("--fail-if 5xx >= 1%", "expression", "--fail-if '5xx >= 1%'"),
        ];
        for (line, kind, quoted) in rows {
            let option = quoted.split(' ').next().unwrap();
            let expected = format!("the {kind} for {option} has spaces\n  quote the {kind}:  {quoted}");
            assert_eq!(said(line), Some(expected), "{line}");
        }
        for line in ["--since 2026-11-14 a.log", "--now last a.log", "--path 2 days ago", "-- --since 2 days ago"] {
            assert_eq!(said(line), None, "{line}");
        }
    }

    #[test]
    fn repeated_options_and_numbers_are_refused() {
        assert!(said("--date today a.log --date=yesterday").unwrap().starts_with("--date is given twice; "));
        assert_eq!(said("--date today a.log -- --date"), None);
        for (option, advice) in ONCE {
            let line = format!("a.log {option}=a {option} b");
            assert_eq!(said(&line), Some(format!("{option} is given twice; {advice}")));
        }
        assert_eq!(said("a.log --save a.state --state b.state"), None);
        assert_eq!(
            said("a.state --json --inspect").as_deref(),
            Some("--inspect needs the state after it\n  to show what it contains:  logstat --inspect a.state")
        );
        assert_eq!((said("--inspect"), said("a.log --state")), (None, None));
        let rows = [
            ("a.log -20", "unknown option '-20'\n  for 20 rows in each ranking:  -n 20"),
            ("a.log -2d", "unknown option '-2d'\n  for the period since then:  --since 2d"),
            ("a.log -3x", "unknown option '-3x'\n  all options:  logstat --help"),
        ];
        for (line, expected) in rows {
            assert_eq!(said(line).as_deref(), Some(expected), "{line}");
        }
        assert_eq!((said("-n 20"), said("--since -2d"), said("-x")), (None, None, None));
    }

    #[test]
    fn every_option_exists() {
        let command = Args::command();
        for Spaced { option, .. } in &SPACED {
            let is_it = |arg: &clap::Arg| {
                let aliases = arg.get_all_aliases().unwrap_or_default();
                arg.get_long().into_iter().chain(aliases).any(|name| *option == format!("--{name}"))
            };
            assert!(command.get_arguments().any(is_it), "{option}");
        }
    }
}
