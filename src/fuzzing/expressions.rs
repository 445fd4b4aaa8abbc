//! Expressions of `--where` and `--fail-if`, and other texts of the command line: any text must parse or be refused
//! with a message, and each hit must match either an expression or its opposite.

use std::fmt::Display;
use std::str::FromStr;

use super::Header;
use super::counting::{Log, Strategy, answer};
use super::messages::assert_safe;
use crate::dimension::Dimension;
use crate::filter::{BotSet, Condition, Networks, Pattern, StatusSet, WhereExpression};
use crate::format::FieldKey;
use crate::question::{FailIf, Question, Section};
use crate::report::Verdict;
use crate::static_rules::StaticRules;

/// Hits that differ in every value that expressions can test.
const LOG: &[u8] = br#"10.0.0.7 - - [14/Nov/2026:08:30:00 +0000] "GET /a?q=1 HTTP/1.1" 200 5 "-" "curl" 0.120
10.0.0.8 - bob [15/Nov/2026:09:30:00 +0100] "POST /b.css HTTP/2.0" 502 123456 "http://x/" "a \x22b\x22" -
2001:db8::1 - - [16/Nov/2026:10:30:00 -0330] "\x16\x03" 400 0 "-" "-" 1.500
10.0.0.7 - - [17/Nov/2026:23:59:59 +0000] "GET /a HTTP/1.1" 404 5 "-" "curl" 0.000
x
"#;

/// Fuzzes the option that the first byte chooses.
pub(super) fn run(data: &[u8]) {
    let (mut header, text) = Header::of(data, 1);
    let Ok(text) = str::from_utf8(text) else { return };
    match header.byte() {
        0 => of_where(text),
        1 => of_fail_if(text),
        _ => READERS.iter().filter_map(|read| read(text)).for_each(|message| assert_safe("a refused text", &message)),
    }
}

fn refused(message: &str) {
    assert_safe("a refused text", message);
}

/// Function that returns the message if it refuses a text.
type Reader = fn(&str) -> Option<String>;

fn refusal<T: FromStr<Err: Display>>(text: &str) -> Option<String> {
    text.parse::<T>().err().map(|error| error.to_string())
}

/// Parsers of other texts that users write on the command line.
const READERS: [Reader; 7] = [
    refusal::<Pattern>,
    refusal::<StatusSet>,
    refusal::<BotSet>,
    refusal::<Networks>,
    refusal::<FieldKey>,
    |text| Dimension::named(text).err().map(|error| error.to_string()),
    |text| StaticRules::default().add_extension(text).err().map(|error| error.to_string()),
];

/// True for the name of a variable that the user defined.
fn is_own(name: &str) -> bool {
    name == "my_var"
}

/// Checks that the hits of an expression and those of its opposite add up to all hits.
fn of_where(text: &str) {
    let selected = match WhereExpression::parse(text, &is_own) {
        Ok(selected) => selected,
        Err(error) => return refused(&error.to_string()),
    };
    // The opposite may be refused, because the parser limits the nesting of an expression.
    let Ok(opposite) = WhereExpression::parse(&format!("!({text})"), &is_own) else { return };
    let log = Log::new(LOG);
    let hits = |selected: WhereExpression| {
        let filters = vec![Condition::Where(selected)];
        let question = Question::new().filters(filters).show([Section::Summary]);
        let report = answer(&question, &log, Strategy::PLAINEST).report?;
        report.summary.map(|summary| summary.row.pv)
    };
    // There is no report if a variable is not logged.
    if let Some(sum) = hits(selected).zip(hits(opposite)).map(|(fit, others)| fit + others) {
        assert_eq!(sum, 4, "{text}");
    }
}

/// Checks that a condition and its opposite do not both hold, and that a double negation is the condition itself.
fn of_fail_if(text: &str) {
    if let Err(error) = FailIf::parse(text, &is_own) {
        return refused(&error.to_string());
    }
    // In `any path: 5xx > 1%`, the colon separates the keys. A condition has no other colon.
    let (keys, condition) = text.split_once(':').map_or(("", text), |(any, condition)| (any, condition));
    let colon = if keys.is_empty() { "" } else { ":" };
    let texts = [text.to_owned(), format!("{keys}{colon} !({condition})"), format!("{keys}{colon} !(!({condition}))")];
    let conditions: Result<Vec<_>, _> = texts.iter().map(|text| FailIf::parse(text, &is_own)).collect();
    let Ok(fail_if) = conditions else { return };
    let question = Question::new().fail_if(fail_if);
    let Some(report) = answer(&question, &Log::new(LOG), Strategy::PLAINEST).report else { return };
    let [is, opposite, again] = &report.verdicts[..] else { panic!("three conditions: {:?}", report.verdicts) };
    let found = |verdict: &Verdict| (verdict.holds, verdict.keys);
    assert_eq!(found(is), found(again), "{text}");
    // For a condition on keys, both may hold: the condition for some keys, its opposite for others.
    let is_of_all = keys.is_empty();
    assert!(!(is_of_all && is.holds && opposite.holds), "{text}");
}
