//! Named values of options. The names that users type are those of the library.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Arg, Command, Error};
use logstat::{
    Dimension, FailIf, FieldKey, LogFormat, LoggedDuration, Metric, Query, ReportFormat, Section, SyntaxError, Unit,
    WhereExpression,
};

use super::argument_error::argument_error;
use super::closest_match::closest_match;
use super::generate::{GENERATED, Generated};
use super::messages::shown;
use super::terminal::Color;
use super::wrapped::wrapped;

/// The named values of an option.
#[derive(Clone)]
pub(crate) struct Names<T> {
    /// Noun for one value, used in messages: `unit`.
    kind: &'static str,
    all: Vec<(&'static str, T)>,
    /// Accepts alternative names, which are not listed.
    other: fn(&str) -> Option<T>,
    /// What to type instead of a word that is no name, if another option takes it.
    advice: fn(&str) -> Option<String>,
}

pub(crate) fn units() -> Names<Unit> {
    Names::new("unit", Unit::all().map(|unit| (unit.name(), unit)).collect())
}

pub(crate) fn dimensions() -> Names<Dimension> {
    Names::new("dimension", Dimension::all().map(|dimension| (dimension.name(), dimension)).collect())
}

pub(crate) fn sections() -> Names<Section> {
    Names {
        other: Section::named,
        advice: |word| {
            let is_ranked = Dimension::resolve(word, &|_| false).is_ok();
            is_ranked.then(|| format!("for this ranking:  --show top --top {word}"))
        },
        ..Names::new("section", Section::all().map(|section| (section.name(), section)).collect())
    }
}

pub(crate) fn log_formats() -> Names<&'static str> {
    Names::new("format", LogFormat::names().map(|name| (name, name)).collect())
}

pub(crate) fn fields() -> Names<&'static str> {
    Names::new("field", FieldKey::names().map(|name| (name, name)).collect())
}

pub(crate) fn report_formats() -> Names<ReportFormat> {
    let of_other = |word: &str| match word.to_ascii_lowercase().as_str() {
        "text" => Some(ReportFormat::Table),
        extension => ReportFormat::of_extension(extension),
    };
    Names {
        other: of_other,
        ..Names::new("format", ReportFormat::all().map(|format| (format.name(), format)).collect())
    }
}

pub(crate) fn metrics() -> Names<Metric> {
    Names {
        other: Metric::named,
        ..Names::new("column", Metric::all().map(|metric| (metric.name(), metric)).collect())
    }
}

/// What rankings can be sorted by.
pub(crate) fn orders() -> Vec<&'static str> {
    metrics().words().into_iter().chain(["key"]).collect()
}

/// The durations that nginx logs.
pub(crate) fn durations() -> Vec<&'static str> {
    LoggedDuration::names().collect()
}

/// Checks that a name which nginx does not know is not like one that it knows.
///
/// # Errors
/// The error message, with the known name.
pub(crate) fn check_duration(name: &str) -> Result<(), String> {
    let known = durations();
    let Some(like) = closest_match(name, &known).filter(|like| *like != name) else { return Ok(()) };
    let list = wrapped(&known, "  durations of nginx: ");
    Err(format!(
        "unknown duration '{name}' for --duration; did you mean '{like}'?\n{list}\n  \
         if the log has '{name}', add its unit: --duration {name}:s"
    ))
}

pub(crate) fn queries() -> Names<Query> {
    Names::new("value", vec![("strip", Query::Strip), ("keep", Query::Keep)])
}

pub(crate) fn generated() -> Names<Generated> {
    Names::new("name", GENERATED.to_vec())
}

pub(crate) fn colors() -> Names<Color> {
    Names::new("value", vec![("auto", Color::Auto), ("always", Color::Always), ("never", Color::Never)])
}

impl<T> Names<T> {
    fn new(kind: &'static str, all: Vec<(&'static str, T)>) -> Names<T> {
        Names { kind, all, other: |_| None, advice: |_| None }
    }

    pub(crate) fn words(&self) -> Vec<&'static str> {
        self.all.iter().map(|(name, _)| *name).collect()
    }

    /// The error message for a word that is not one of the names.
    pub(crate) fn unknown(&self, word: &str, option: &str) -> String {
        match (self.advice)(word) {
            Some(advice) => format!("unknown {} '{}' for {option}\n  {}", self.kind, shown(word), shown(&advice)),
            None => unknown(self.kind, word, option, &self.words()),
        }
    }
}

impl<T: Clone + Send + Sync + 'static> TypedValueParser for Names<T> {
    type Value = T;

    fn parse_ref(&self, _: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<T, Error> {
        let value = value.to_string_lossy();
        let value = value.trim();
        if let Some((_, found)) = self.all.iter().find(|(name, _)| *name == value) {
            return Ok(found.clone());
        }
        if let Some(found) = (self.other)(value) {
            return Ok(found);
        }
        let option = arg.and_then(Arg::get_long).unwrap_or_default();
        Err(argument_error(&self.unknown(value, &format!("--{option}"))))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.all.iter().map(|(name, _)| PossibleValue::new(*name))))
    }
}

/// The error message for an unknown word, with a suggestion and the list of known words.
pub(crate) fn unknown(kind: &str, word: &str, option: &str, known: &[&str]) -> String {
    let list = wrapped(known, &format!("  {kind}s: "));
    format!("unknown {kind} '{}' for {option}{}\n{list}", shown(word), suggestion(word, known))
}

const VARIABLES: &str = "  or a variable of nginx, such as upstream_addr or cookie_NAME, or one of your\n  own if \
                         --log-format has it";

/// The error message for an unknown dimension; nginx variables are suggested too.
pub(crate) fn unknown_dimension(word: &str, option: &str) -> String {
    if let Some(answer) = unsupported(word) {
        return format!("{option} {}: {answer}", shown(word));
    }
    if option == "--top" && !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit()) {
        return format!("--top {word}: expected a dimension\n  for {word} rows in each ranking:  -n {word}");
    }
    let aliases = aliases();
    let aliases: Vec<&str> = aliases.iter().map(String::as_str).collect();
    let list = wrapped(&aliases, "  other names: ");
    unknown_variable("dimension", word, option, &dimensions().words()) + "\n" + &list
}

/// The other names of dimensions, as a message lists them: `path=url,page`.
fn aliases() -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for (alias, name) in Dimension::aliases() {
        match all.iter_mut().find(|known| known.split('=').next() == Some(name)) {
            Some(known) => *known = format!("{known},{alias}"),
            None => all.push(format!("{name}={alias}")),
        }
    }
    all
}

/// THE TABLE of dimensions that logstat does not have, each with what to use instead.
const UNSUPPORTED: [(&[&str], &str); 3] = [
    (
        &["robot", "robots", "crawler", "crawlers", "spider", "spiders"],
        "bots are ranked by name with --top bot, and by what they do with --top bot-class;\n  \
         --bots only counts nothing else, and --no-bots leaves them out",
    ),
    (
        &["region", "continent", "geo", "geolocation"],
        "addresses are located with a database: --geo GeoLite2-City.mmdb --top country,city",
    ),
    (
        &["bytes", "size", "sizes", "bandwidth", "traffic", "sent", "latency", "duration", "time"],
        "this is a number; to rank paths by it: --top path --sort bytes, or\n  \
         --sort p95 for request times",
    ),
];

/// What to use instead of a dimension that logstat does not have.
fn unsupported(word: &str) -> Option<&'static str> {
    let word = word.to_ascii_lowercase();
    UNSUPPORTED.iter().find(|(words, _)| words.contains(&&*word)).map(|(_, answer)| *answer)
}

/// The error message for an unknown word where any variable is accepted besides the `named` words.
pub(crate) fn unknown_variable(kind: &str, word: &str, option: &str, named: &[&str]) -> String {
    let (suggestion, list) = suggestion_and_list(kind, word, named);
    format!("unknown {kind} '{}' for {option}{suggestion}\n{list}", shown(word))
}

/// The suggestion for an unknown name in an expression, and the list of names.
pub(crate) fn suggestion_for_name(name: &str) -> (String, String) {
    suggestion_and_list("name", name, &WhereExpression::names().collect::<Vec<_>>())
}

/// The suggestion for a word among names and variables, and the list of names.
fn suggestion_and_list(kind: &str, word: &str, named: &[&str]) -> (String, String) {
    let variables: Vec<String> = Dimension::variables().collect();
    let aliases = Dimension::aliases().map(|(alias, _)| alias);
    let known: Vec<&str> = named.iter().copied().chain(variables.iter().map(String::as_str)).chain(aliases).collect();
    let list = wrapped(named, &format!("  {kind}s: "));
    (suggestion(word, &known), format!("{list}\n{VARIABLES}"))
}

/// The message of a mistake in a text, with a suggestion for a mistyped word.
pub(crate) fn syntax_error(error: &SyntaxError) -> String {
    let suggestion = error.mistyped().map(|(word, words)| suggestion(word, words)).unwrap_or_default();
    format!("{}{suggestion}\n{}", error.what(), error.shown())
}

/// The error message for a `--fail-if` condition; for an unknown name, with a suggestion and the list of names.
pub(crate) fn fail_if_error(error: &SyntaxError) -> String {
    let Some(name) = error.unknown() else { return format!("--fail-if: {error}") };
    let known: Vec<&str> = FailIf::names().collect();
    let list = wrapped(&known, "  names: ");
    format!("--fail-if: {}{}\n{}\n{list}", error.what(), suggestion(name, &known), error.shown())
}

pub(crate) fn suggestion(word: &str, known: &[&str]) -> String {
    closest_match(word, known).map(|name| format!("; did you mean '{name}'?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use logstat::DimensionError;

    #[test]
    fn names_are_unique() {
        let lists = [
            units().words(),
            dimensions().words(),
            sections().words(),
            log_formats().words(),
            fields().words(),
            report_formats().words(),
            metrics().words(),
            queries().words(),
            colors().words(),
            generated().words(),
        ];
        for words in lists {
            assert!(words.iter().enumerate().all(|(i, word)| !words[..i].contains(word)), "{words:?}");
        }
    }

    #[test]
    fn unsupported_dimensions_get_an_answer_of_their_own() {
        for (words, answer) in UNSUPPORTED {
            for word in words {
                assert_eq!(Dimension::resolve(word, &|_| false), Err(DimensionError::Unknown), "{word}");
                assert_eq!(unknown_dimension(&word.to_uppercase(), "--top").split_once(": ").unwrap().1, answer);
            }
        }
        assert!(unknown_dimension("pth", "--top").contains("\n  other names: path=url,page ip=address,"));
    }

    #[test]
    fn unknown_words_get_suggestions() {
        assert_eq!(
            units().unknown("dya", "--by"),
            "unknown unit 'dya' for --by; did you mean 'day'?\n  \
             units: second minute hour day week month year hour-of-day weekday"
        );
        assert!(units().unknown("\u{1b}[31m", "--by").starts_with("unknown unit '\\x1B[31m' for --by\n"));
    }
}
