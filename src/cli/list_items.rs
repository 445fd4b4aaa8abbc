//! Finds values of a list among the files, as in `--top path ip`, before anything is read.

use std::path::Path;

use clap::ArgMatches;
use logstat::{Dimension, Metric, Networks, Section, Sort, StatusSet, Unit};

use super::messages::shown;

/// An option whose values a user may separate by spaces instead of commas.
struct List {
    option: &'static str,
    /// True if a word is a value of the option.
    is_value: fn(&str) -> bool,
    /// False if the option takes only one value.
    takes_several: bool,
}

const fn several(option: &'static str, is_value: fn(&str) -> bool) -> List {
    List { option, is_value, takes_several: true }
}

const fn one(option: &'static str, is_value: fn(&str) -> bool) -> List {
    List { option, is_value, takes_several: false }
}

/// THE TABLE of these options. Options that take any text are not among them: a word after them may be a missing file.
const LISTS: [List; 13] = [
    several("top", is_dimension),
    several("prom_label", is_dimension),
    several("columns", is_metric),
    several("show", |word| Section::all().any(|section| section.name() == word)),
    several("status", is_status),
    several("exclude_status", is_status),
    several("ip", is_network),
    several("exclude_ip", is_network),
    several("trust", is_network),
    several("method", |word| word.len() > 2 && word.bytes().all(|b| b.is_ascii_uppercase())),
    one("by", |word| word.parse::<Unit>().is_ok()),
    one("split", is_dimension),
    one("sort", |word| word.parse::<Sort>().is_ok()),
];

fn is_dimension(word: &str) -> bool {
    Dimension::resolve(word, &|_| false).is_ok()
}

fn is_metric(word: &str) -> bool {
    Metric::named(word).is_some()
}

fn is_status(word: &str) -> bool {
    word.parse::<StatusSet>().is_ok()
}

fn is_network(word: &str) -> bool {
    word.parse::<Networks>().is_ok()
}

/// Words of the command line, each with its position.
type Words<'m> = Vec<(usize, &'m str)>;

fn words<'m>(matches: &'m ArgMatches, id: &str) -> Words<'m> {
    let (Some(places), Some(words)) = (matches.indices_of(id), matches.get_raw(id)) else { return Vec::new() };
    places.zip(words).filter_map(|(place, word)| Some((place, word.to_str()?))).collect()
}

/// The message if a file that does not exist follows an option whose value it could be.
pub(crate) fn refusal(matches: &ArgMatches) -> Option<String> {
    of_lines(matches).or_else(|| of_lists(matches))
}

/// The message for `--lines 5`: an option that works without a value has one only after `=`.
fn of_lines(matches: &ArgMatches) -> Option<String> {
    let is_value = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit()) && !Path::new(word).exists();
    let lines = words(matches, "lines");
    let (_, word) = words(matches, "files").into_iter().find(|(place, word)| {
        is_value(word) && lines.iter().any(|(value, _)| (1..=2).contains(&(place - value.min(place))))
    })?;
    Some(format!("{word}: no such file\n  --lines takes a number after an equals sign:  --lines={word}"))
}

fn of_lists(matches: &ArgMatches) -> Option<String> {
    let files = words(matches, "files");
    let is_stray = |list: &List, word: &str| word != "-" && (list.is_value)(word) && !Path::new(word).exists();
    for list in &LISTS {
        let values = words(matches, list.option);
        let after = files
            .iter()
            .position(|(place, word)| values.iter().any(|(value, _)| value + 1 == *place) && is_stray(list, word));
        let Some(first) = after else { continue };
        let (start, word) = files[first];
        let strays =
            files[first..].iter().zip(start..).take_while(|((at, word), place)| at == place && is_stray(list, word));
        let strays = strays.map(|((_, word), _)| *word);
        // The values directly before, in the order of the command line.
        let mut before: Vec<&str> = values
            .iter()
            .rev()
            .zip(1..)
            .map_while(|((at, value), back)| (at + back == start).then_some(*value))
            .collect();
        before.reverse();
        let all: Vec<&str> = before.into_iter().chain(strays).collect();
        let option = format!("--{}", list.option.replace('_', "-"));
        let advice = match list.takes_several {
            true => format!("separate values of {option} with commas:  {option} {}", all.join(",")),
            false => format!("{option} takes one value:  {option} {}", all.join(&format!("  or  {option} "))),
        };
        return Some(format!("{}: no such file\n  {}", shown(word), shown(&advice)));
    }
    None
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::args::Args;

    fn said(line: &str) -> Option<String> {
        refusal(&Args::command().try_get_matches_from(["logstat"].into_iter().chain(line.split(' '))).unwrap())
    }

    #[test]
    fn values_separated_by_spaces_are_refused() {
        let rows = [
            ("a.log --top path ip", "ip: no such file\n  separate values of --top with commas:  --top path,ip"),
            (
                "--top path,host ip agent a.log",
                "ip: no such file\n  separate values of --top with commas:  --top path,host,ip,agent",
            ),
            ("--top=path --top ip host", "host: no such file\n  separate values of --top with commas:  --top ip,host"),
            (
                "--status 404 5xx -n 3",
                "5xx: no such file\n  separate values of --status with commas:  --status 404,5xx",
            ),
            (
                "--exclude-ip ::1 10.0.0.0/8",
                "10.0.0.0/8: no such file\n  separate values of --exclude-ip with commas:  --exclude-ip ::1,10.0.0.0/8",
            ),
            ("--method GET POST", "POST: no such file\n  separate values of --method with commas:  --method GET,POST"),
            ("--lines 5 a.log", "5: no such file\n  --lines takes a number after an equals sign:  --lines=5"),
            ("a.log --lines 5", "5: no such file\n  --lines takes a number after an equals sign:  --lines=5"),
            ("--by hour day", "day: no such file\n  --by takes one value:  --by hour  or  --by day"),
        ];
        for (line, expected) in rows {
            assert_eq!(said(line).as_deref(), Some(expected), "{line}");
        }
        for line in [
            "--top path a.log",
            "ip --top path",
            "--top path --json ip",
            "--path /a b",
            "--top path -",
            "--lines a.log b.log 5",
            "--lines=5 a.log",
        ] {
            assert_eq!(said(line), None, "{line}");
        }
    }

    #[test]
    fn every_list_is_an_option() {
        let command = Args::command();
        for list in &LISTS {
            let option = command.get_arguments().find(|arg| arg.get_id() == list.option);
            let is_list = option.is_some_and(|arg| matches!(arg.get_action(), clap::ArgAction::Append));
            assert!(option.is_some() && is_list == list.takes_several, "{}", list.option);
        }
    }
}
