//! The layer of environment variables: `LOGSTAT_BY` is `--by`.

use std::ffi::{OsStr, OsString};

use clap::Command;

use super::options::{ValueCount, is_alias, refusal, settable, shortened, value_count};
use super::setting::{Origin, Setting, Text, Value};
use crate::cli::closest_match::closest_match;

pub(super) const PREFIX: &str = "LOGSTAT_";

/// The variable that names the file.
pub(super) const CONFIG: &str = "LOGSTAT_CONFIG";

/// Reads the settings of variables in the order of options, and notes about variables that have no effect.
pub(super) fn read(
    command: &Command,
    variables: &[(OsString, OsString)],
) -> Result<(Vec<Setting>, Vec<String>), String> {
    let is_ours = |(name, value): &&(OsString, OsString)| {
        // An empty variable counts as not set.
        name.as_encoded_bytes().starts_with(PREFIX.as_bytes()) && name != CONFIG && !value.is_empty()
    };
    let mut ours: Vec<(String, &OsStr)> = variables
        .iter()
        .filter(is_ours)
        .map(|(name, value)| (name.to_string_lossy().into(), value.as_os_str()))
        .collect();
    if ours.is_empty() {
        return Ok(Default::default());
    }
    let mut settings = Vec::new();
    for (option, arg) in settable(command) {
        let variable = variable(option);
        let Some(at) = ours.iter().position(|(name, _)| *name == variable) else { continue };
        let (_, value) = ours.swap_remove(at);
        let origin = Origin::Variable(variable);
        let times = || times(value, value_count(arg)).map(Value::Times).map_err(|wrong| format!("{origin}: {wrong}"));
        let value = match value_count(arg) {
            ValueCount::Flag | ValueCount::Count => times()?,
            // clap splits a list as it does on the command line.
            ValueCount::One | ValueCount::Many => {
                Value::Texts(vec![Text { text: value.to_owned(), origin: origin.clone() }])
            }
        };
        settings.push(Setting { option: option.to_owned(), value, origin });
    }
    ours.sort_unstable();
    Ok((settings, ours.iter().filter_map(|(name, _)| note(command, name)).collect()))
}

/// Name of an option's variable: `LOGSTAT_LOG_FORMAT` for `log-format`.
fn variable(option: &str) -> String {
    format!("{PREFIX}{}", option.to_uppercase().replace('-', "_"))
}

/// Parses the value of a flag: how many times it is given.
fn times(value: &OsStr, takes: ValueCount) -> Result<u8, String> {
    let shown = value.to_string_lossy();
    match (value.to_str(), takes) {
        (Some("true" | "1"), _) => Ok(1),
        (Some("false" | "0"), _) => Ok(0),
        (Some(number), ValueCount::Count) => {
            number.parse().map_err(|_| format!("takes a number, true or false, not '{}'", shortened(&shown)))
        }
        _ => Err(format!("takes true or false, not '{}'", shortened(&shown))),
    }
}

/// A note about a variable that sets no option, if it resembles one. Most belong to other programs.
fn note(command: &Command, name: &str) -> Option<String> {
    let word = name.strip_prefix(PREFIX)?.to_lowercase().replace('_', "-");
    if let Some(reason) = refusal(&word) {
        return Some(format!("{name} has no effect: --{word} works only on the command line, because {reason}"));
    }
    if let Some((option, _)) = settable(command).find(|(_, option)| is_alias(option, &word)) {
        return Some(format!("{name} has no effect; did you mean {}?", variable(option)));
    }
    let known: Vec<&str> = settable(command).map(|(option, _)| option).chain(["config"]).collect();
    // Short words need a closer match: LOGSTAT_CI does not mean --ip.
    let meant = closest_match(&word, &known)
        .filter(|meant| meant.len() > 3 || word.len() == meant.len() && is_same(&word, meant))?;
    Some(format!("{} has no effect; did you mean {}?", shortened(name), variable(meant)))
}

/// True if two words consist of the same letters.
fn is_same(one: &str, other: &str) -> bool {
    let sorted = |word: &str| {
        let mut bytes = word.as_bytes().to_vec();
        bytes.sort_unstable();
        bytes
    };
    sorted(one) == sorted(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::Args;
    use clap::CommandFactory;

    fn said(line: &str) -> Result<(String, Vec<String>), String> {
        let pairs = line.split_whitespace().filter_map(|word| word.split_once('='));
        let variables: Vec<_> = pairs.map(|(name, value)| (name.into(), value.into())).collect();
        let (settings, notes) = read(&Args::command(), &variables)?;
        let arguments = settings.iter().flat_map(Setting::arguments).map(|argument| argument.into_string().unwrap());
        Ok((arguments.collect::<Vec<_>>().join(" "), notes))
    }

    #[test]
    fn every_option_has_its_variable() {
        let command = Args::command();
        for (option, arg) in settable(&command) {
            let line = format!(
                "{}={}",
                variable(option),
                if matches!(value_count(arg), ValueCount::Flag) { "true" } else { "1" }
            );
            let expected = match value_count(arg) {
                ValueCount::Flag | ValueCount::Count => format!("--{option}"),
                ValueCount::One | ValueCount::Many => format!("--{option}=1"),
            };
            assert_eq!(said(&line), Ok((expected, Vec::new())), "{line}");
        }
    }

    #[test]
    fn flags_parse_true_false_and_numbers() {
        let rows = [
            ("LOGSTAT_FILL=1 LOGSTAT_LOG_FORMAT=main LOGSTAT_TOP=path,ip", "--top=path,ip --fill --log-format=main"),
            ("LOGSTAT_FILL=false LOGSTAT_JSON=0 LOGSTAT_ASCII=true", "--ascii"),
            ("LOGSTAT_VERBOSE=2 LOGSTAT_BY= PATH=/bin LOGSTAT_CONFIG=x", "--verbose --verbose"),
        ];
        for (line, expected) in rows {
            let words = |text: &str| {
                let mut words: Vec<_> = text.split(' ').map(str::to_owned).collect();
                words.sort_unstable();
                words
            };
            let (arguments, notes) = said(line).unwrap();
            assert_eq!((words(&arguments), notes), (words(expected), Vec::new()), "{line}");
        }
        assert_eq!(said("LOGSTAT_FILL=yes").unwrap_err(), "LOGSTAT_FILL: takes true or false, not 'yes'");
        assert_eq!(
            said("LOGSTAT_VERBOSE=a\u{1b}").unwrap_err(),
            "LOGSTAT_VERBOSE: takes a number, true or false, not 'a\\x1B'"
        );
    }

    #[test]
    fn variables_similar_to_options_are_noted() {
        let noted = |line| said(line).unwrap().1.join("|");
        assert_eq!(noted("LOGSTAT_TPO=path"), "LOGSTAT_TPO has no effect; did you mean LOGSTAT_TOP?");
        assert_eq!(
            noted("LOGSTAT_LOGFORMAT=main"),
            "LOGSTAT_LOGFORMAT has no effect; did you mean LOGSTAT_LOG_FORMAT?"
        );
        assert_eq!(noted("LOGSTAT_FROM=1h"), "LOGSTAT_FROM has no effect; did you mean LOGSTAT_SINCE?");
        assert!(
            noted("LOGSTAT_SCHEMA=1")
                .starts_with("LOGSTAT_SCHEMA has no effect: --schema works only on the command line")
        );
        for line in [
            "LOGSTAT_CI=1 LOGSTAT_BLESS=1 LOGSTAT_PYTHON=/usr/bin/python3",
            "LOGSTAT_DATASETS=/x LOGSTAT_=1 LOGSTATS_BY=1",
        ] {
            assert_eq!(noted(line), "", "{line}");
        }
    }
}
