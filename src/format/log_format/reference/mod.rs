//! Slow reference for scan.rs and walk.rs: the regular expression of a format, with values parsed by plain code.

#[cfg(test)]
pub(in crate::format) mod laws;

use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};

use super::piece::Value;
use super::plan::Step;
use super::rule::{self, pattern};
use super::scan::scan;
use crate::batch::Status;
use crate::format::Reason;
use crate::format::corruption::is_two_lines;
use crate::format::row::Row;
use crate::format::shape::Shape;
use crate::format::slot::Slot;
use crate::format::time_unit::TimeUnit;
use crate::format::timestamp;
use crate::format::variables::Destination;
use crate::format::{Line, LogFormat, Piece, Quotes, ScanCache};
use crate::time::{Clock, Rfc3339, Stamp};

/// A format with its reference.
pub(crate) struct Reference {
    format: LogFormat,
    rule: Regex,
    /// The variables of the values, in order, each with its slot for rankings.
    destination: Vec<(Value, Slot)>,
}

/// The variables that the tested formats are ranked by.
const RANKED: [&str; 5] =
    ["upstream_addr", "unknown_two", "server_name", "http_x_forwarded_for", "upstream_response_time"];

/// Formats unlike any preset: the end of a value depends on the rest of the line.
pub(crate) const UNMARKED_ENDS: [&str; 14] = [
    "$remote_addr [$time_local] $request $status $body_bytes_sent",
    "$http_x_forwarded_for, $remote_addr $request $status",
    "$remote_addr:$remote_port $host:$server_port-$status",
    "$upstream_addr $upstream_status $http_user_agent $request_time",
    "$http_referer $http_user_agent|$request_body$status",
    "$scheme://$host$request_uri|$status",
    "$remote_user [$time_iso8601]  \"$request\" $request_time",
    "$uri $args $upstream_response_time : $status",
    "$request_time_us $request_time|$gzip_ratio-$status",
    "$msec$remote_addr $request_time$host $body_bytes_sent$status",
    "$status$time_local$remote_addr $unknown_one|$unknown_two",
    "$http_user_agent $http_referer \"$http_cookie\" $status $time_local",
    "$request_time_ms $gzip_ratio",
    "$time_local $http_user_agent",
];

impl Reference {
    /// The reference of a text format; `None` if its expression would be larger than the regex crate allows.
    pub(crate) fn of(format: LogFormat) -> Option<Reference> {
        let format = format.ranking(&RANKED);
        let rule = RegexBuilder::new(&pattern(&format.plan, format.tail)).build().ok()?;
        let value = |step: &Step| match &format.pieces[step.value_piece] {
            Piece::Variable(value) => {
                let ranked = RANKED.iter().position(|ranked| *ranked == value.name);
                (value.clone(), ranked.map_or(Slot::NOWHERE, Slot::variable))
            }
            Piece::Literal(text) => panic!("the value of a step is the literal {text}"),
        };
        let destination = format.plan.steps.iter().map(value).collect();
        Some(Reference { format, rule, destination })
    }

    /// The row as the regular expression reads it. Its texts have the same order as the slots of a [`Row`].
    fn row(&self, line: &[u8]) -> Result<Plain, Reason> {
        let found = self.rule.captures(line).ok_or(Reason::NoMatch)?;
        let mut plain = Plain {
            texts: vec![b"-".to_vec(); Slot::COUNT],
            stamp: Stamp::NONE,
            status: Status::MISSING,
            bytes: 0,
            time_ms: None,
        };
        let mut flaw = None;
        // The last group is the text after the format's last field.
        for (i, (variable, ranked_variable)) in self.destination.iter().enumerate() {
            let mut value = found.get(i + 1).expect("no group is optional").as_bytes();
            if variable.name == "remote_user" && value.ends_with(b"] \"") {
                let time = value.windows(2).rposition(|pair| pair == b" [").expect("the expression requires it");
                match slow_time(&String::from_utf8_lossy(&value[time + 2..value.len() - 3])) {
                    Some(stamp) => plain.stamp = stamp,
                    None => flaw = flaw.or(Some(Reason::BadTime)),
                }
                value = &value[..time];
                if is_two_lines(value) || value.iter().rev().take_while(|b| **b == b'\\').count() % 2 == 1 {
                    return Err(Reason::NoMatch);
                }
            }
            let text = String::from_utf8_lossy(value);
            let is_missing = matches!(value, b"" | b"-");
            match variable.destination {
                Destination::Nothing | Destination::Ranked(_) => plain.texts[ranked_variable.index()] = value.to_vec(),
                Destination::Uri => plain.texts[Slot::URI.index()] = value.to_vec(),
                Destination::Args => plain.texts[Slot::ARGS.index()] = value.to_vec(),
                Destination::UriAndArgs => plain.texts[Slot::URI_AND_ARGS.index()] = value.to_vec(),
                Destination::Text(field) => plain.texts[Slot::of(field).index()] = value.to_vec(),
                Destination::Request => plain.texts[Slot::REQUEST.index()] = value.to_vec(),
                Destination::Status => plain.status = text.parse().map_or(Status::MISSING, Status::new),
                Destination::Time => match slow_time(&text) {
                    Some(stamp) => plain.stamp = stamp,
                    None => flaw = flaw.or(Some(Reason::BadTime)),
                },
                Destination::Bytes | Destination::RequestTime | Destination::RequestTimeIn(_) if is_missing => {}
                Destination::Bytes => match text.parse() {
                    Ok(bytes) => plain.bytes = bytes,
                    Err(_) => flaw = flaw.or(Some(Reason::BadNumber)),
                },
                Destination::RequestTime => match slow_ms(&text, variable.shape) {
                    Some(ms) => plain.time_ms = Some(ms),
                    None => flaw = flaw.or(Some(Reason::BadNumber)),
                },
                Destination::RequestTimeIn(unit) => {
                    assert_eq!(unit, TimeUnit::Milliseconds);
                    let said = if text.ends_with('s') { text.to_string() } else { format!("{text}ms") };
                    match slow_ms(&said, variable.shape) {
                        Some(ms) => plain.time_ms = Some(ms),
                        None => flaw = flaw.or(Some(Reason::BadNumber)),
                    }
                }
            }
        }
        plain.texts[Slot::NOWHERE.index()] = b"-".to_vec();
        flaw.map_or(Ok(plain), Err)
    }

    /// Reads a line in four ways: the scanner with marks, the scanner without marks, the regular expression used after
    /// too many trials, and this reference. The error names a difference between two of them.
    pub(crate) fn agree(&self, cache: &mut ScanCache, line: &[u8]) -> Result<(), String> {
        let format = &self.format;
        let quotes: Vec<u32> = (0..).zip(line).filter(|(_, b)| **b == b'"').map(|(at, _)| at).collect();
        let known = Quotes::At { places: &quotes, start: 0 };
        let marked = Line { text: line, quotes: if line.contains(&b'\\') { Quotes::Unknown } else { known } };
        let (mut row, mut other_row) = (Row::EMPTY, Row::EMPTY);
        let fast = scan(&format.plan, format.tail, marked, cache, &mut row);
        let unmarked = scan(&format.plan, format.tail, Line::unmarked(line), cache, &mut other_row);
        let same = |what: &str, is_same: bool, found: &dyn std::fmt::Debug, expected: &dyn std::fmt::Debug| {
            let line = String::from_utf8_lossy(line);
            let said = || format!("{what}: {found:?}, not {expected:?}, by {} of {line:?}", format.name());
            if is_same { Ok(()) } else { Err(said()) }
        };
        same("with marks", fast == unmarked, &fast, &unmarked)?;
        if fast.is_ok() {
            same("with marks", row == other_row, &row, &other_row)?;
        }
        let mut ruled_row = Row::EMPTY;
        let ruled = rule::scan(&format.plan, format.tail, line, &mut cache.clock, &mut ruled_row);
        let (fast, ruled) = (fast.map_err(|mismatch| mismatch.reason), ruled.map_err(|mismatch| mismatch.reason));
        same("without the rule", fast == ruled, &fast, &ruled)?;
        if fast.is_ok() {
            same("without the rule", row == ruled_row, &row, &ruled_row)?;
        }
        let fast = fast.map(|_| Plain {
            texts: Slot::all()
                .map(|slot| if slot == Slot::NOWHERE { b"-".to_vec() } else { row.text(slot).to_vec() })
                .collect(),
            stamp: row.stamp,
            status: row.status,
            bytes: row.bytes,
            time_ms: row.time_ms,
        });
        let slow = self.row(line);
        same("the scanner", fast == slow, &fast, &slow)
    }
}

#[derive(Debug, PartialEq)]
struct Plain {
    texts: Vec<Vec<u8>>,
    stamp: Stamp,
    status: Status,
    bytes: u64,
    time_ms: Option<u64>,
}

/// Parses a duration on its text: for seconds, the decimal point is moved by three digits.
fn slow_ms(text: &str, shape: Shape) -> Option<u64> {
    match shape {
        Shape::Milliseconds => return text.parse().ok(),
        Shape::Microseconds => return text.parse().ok().map(|us: u64| us / 1000),
        _ => {}
    }
    let (number, moved) = match (text.strip_suffix("ms"), text.strip_suffix("us"), text.strip_suffix('s')) {
        (Some(ms), ..) => (ms, 0),
        (_, Some(us), _) => return us.split('.').next()?.parse().ok().map(|us: u64| us / 1000),
        (.., Some(s)) => (s, 3),
        _ => (text, 3),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    format!("{whole}{fraction:0<3.3}")[..whole.len() + moved].parse().ok()
}

/// Parses a time with chrono's own parser, which does not cache minutes.
fn slow_time(text: &str) -> Option<Stamp> {
    if text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        let number: u64 = text.split('.').next()?.parse().ok()?;
        let seconds = [1, 1_000, 1_000_000, 1_000_000_000].map(|unit| number / unit);
        let is_before_year_10000 = |s: &&u64| **s < 253_402_300_800;
        if text.contains('.') && number >= 253_402_300_800 {
            return None;
        }
        let wall_s = *seconds.iter().find(is_before_year_10000).unwrap_or(&seconds[3]) as i64;
        return Some(Stamp { wall_s, offset_min: 0 });
    }
    if let [b'A'..=b'Z', .., b' ', b'0'..=b'9', _, _, _] = text.as_bytes() {
        // As C's `ctime` writes it. The day of the week is ignored.
        let (month, rest) = text[4..].split_at(3);
        let clock = chrono::NaiveDateTime::parse_from_str(&format!("{month}{rest}"), "%b %e %H:%M:%S %Y").ok()?;
        let is_month = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".contains(month);
        let wall_s = clock.and_utc().timestamp();
        return (is_month && is_a_year(&clock)).then_some(Stamp { wall_s, offset_min: 0 });
    }
    let local = text.as_bytes()[2] == b'/';
    let pattern = if local { "%d/%b/%Y:%H:%M:%S" } else { "%Y-%m-%dT%H:%M:%S" };
    let (clock, rest) = text.split_at(if local { 20 } else { 19 });
    let offset: String = rest.chars().skip_while(|c| matches!(c, '.' | ',') || c.is_ascii_digit()).collect();
    let offset = offset.replace([':', ' '], "");
    let offset = if matches!(offset.as_str(), "" | "Z") { "+0000".to_owned() } else { offset };
    // chrono accepts months in upper and lower case.
    if local && !"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".contains(&text[3..6]) {
        return None;
    }
    let clock = if local { clock.to_owned() } else { clock.replace(' ', "T") };
    let clock = chrono::NaiveDateTime::parse_from_str(&clock, pattern).ok()?;
    if !is_a_year(&clock) {
        return None;
    }
    let (hours, minutes): (i16, i16) = (offset[1..3].parse().ok()?, offset[3..5].parse().ok()?);
    let offset_min = hours * 60 + minutes;
    // chrono stores second 60 as second 59 with more nanoseconds, so here it counts as second 59, too.
    let wall_s = clock.and_utc().timestamp();
    (hours < 24 && minutes < 60)
        .then_some(Stamp { wall_s, offset_min: if offset.starts_with('-') { -offset_min } else { offset_min } })
}

/// Time parsers that cache earlier times.
#[derive(Default)]
pub(crate) struct Times {
    clock: Clock,
    times: Rfc3339,
}

impl Times {
    /// Parses a text as a time with the cached parsers, with new ones, and with the reference. The error names a
    /// difference.
    pub(crate) fn agree(&mut self, text: &[u8]) -> Result<(), String> {
        static SPELLINGS: LazyLock<Regex> = LazyLock::new(|| {
            let pattern = format!(r"(?s-u)\A{}\z", timestamp::PATTERN);
            Regex::new(&pattern).expect("an expression")
        });
        let found = timestamp::read(text, &mut self.times, &mut self.clock);
        let alone = timestamp::read(text, &mut Rfc3339::default(), &mut Clock::default());
        let is_time = SPELLINGS.is_match(text);
        let expected = if is_time { slow_time(&String::from_utf8_lossy(text)) } else { None };
        if found == alone && found.ok().map(|time| time.stamp) == expected {
            return Ok(());
        }
        Err(format!("{found:?}, {alone:?}, {expected:?} of {:?}", String::from_utf8_lossy(text)))
    }
}

/// True if reports can write the year: 1 to 9999.
fn is_a_year(clock: &chrono::NaiveDateTime) -> bool {
    (1..=9999).contains(&chrono::Datelike::year(clock))
}
