//! Expressions of `--where` and `--fail-if`, and other texts of the command line: any text is understood or refused with a
//! message, and an expression and its opposite share the hits out.

use std::fmt::Display;
use std::str::FromStr;

use super::Header;
use super::counting::{Log, Strategy, answer};
use super::messages::assert_safe;
use crate::dimension::Dimension;
use crate::filter::{Condition, Networks, Pattern, StatusSet, Where};
use crate::format::FieldKey;
use crate::question::{FailIf, Question, Section};
use crate::report::Verdict;
use crate::static_rules::StaticRules;

/// Hits that differ in all that expressions ask for.
const LOG: &[u8] = br#"10.0.0.7 - - [14/Nov/2026:08:30:00 +0000] "GET /a?q=1 HTTP/1.1" 200 5 "-" "curl" 0.120
10.0.0.8 - bob [15/Nov/2026:09:30:00 +0100] "POST /b.css HTTP/2.0" 502 123456 "http://x/" "a \x22b\x22" -
2001:db8::1 - - [16/Nov/2026:10:30:00 -0330] "\x16\x03" 400 0 "-" "-" 1.500
10.0.0.7 - - [17/Nov/2026:23:59:59 +0000] "GET /a HTTP/1.1" 404 5 "-" "curl" 0.000
x
"#;

/// The first byte chooses the option.
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

/// The message of a text that a reader refuses.
type Reader = fn(&str) -> Option<String>;

fn refusal<T: FromStr<Err: Display>>(text: &str) -> Option<String> {
    text.parse::<T>().err().map(|error| error.to_string())
}

/// Readers of other texts that users write on the command line.
const READERS: [Reader; 6] = [
    refusal::<Pattern>,
    refusal::<StatusSet>,
    refusal::<Networks>,
    refusal::<FieldKey>,
    |text| Dimension::named(text).err().map(|error| error.to_string()),
    |text| StaticRules::default().add_extension(text).err().map(|error| error.to_string()),
];

/// Variables of the user's own.
fn is_own(name: &str) -> bool {
    name == "my_var"
}

/// Hits that fit an expression and those that fit its opposite are all hits.
fn of_where(text: &str) {
    let selected = match Where::parse(text, &is_own) {
        Ok(selected) => selected,
        Err(error) => return refused(&error.to_string()),
    };
    // The parser bounds how deep an expression is.
    let Ok(opposite) = Where::parse(&format!("!({text})"), &is_own) else { return };
    let log = Log::new(LOG);
    let hits = |selected: Where| {
        let filters = vec![Condition::Where(selected)];
        let question = Question::new().filters(filters).show([Section::Summary]);
        let report = answer(&question, &log, Strategy::PLAINEST).report?;
        report.summary.map(|summary| summary.row.pv)
    };
    // Without a report, a variable is not logged.
    if let Some(sum) = hits(selected).zip(hits(opposite)).map(|(fit, others)| fit + others) {
        assert_eq!(sum, 4, "{text}");
    }
}

/// Of a condition and its opposite at most one holds, and the opposite of the opposite is the condition.
fn of_fail_if(text: &str) {
    if let Err(error) = FailIf::parse(text, &is_own) {
        return refused(&error.to_string());
    }
    // `any path: 5xx > 1%`: a colon stands nowhere else.
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
    // Of some keys one may hold, and of others the other.
    let is_of_all = keys.is_empty();
    assert!(!(is_of_all && is.holds && opposite.holds), "{text}");
}
