//! The slow twin of scan.rs: a regular expression made from the pieces of a format, and the test that the two agree.

use std::sync::LazyLock;

use proptest::prelude::*;
use regex::bytes::{Regex, RegexBuilder};

use super::damage::is_two_lines;
use super::plan::{Op, Slot, Tail};
use super::row::Row;
use super::scan::scan;
use super::shape::Shape;
use super::variables::Feeds;
use super::{Line, LogFormat, Piece, Quotes};
use crate::batch::{Status, TextField};
use crate::table::Reason;
use crate::time::{Clock, Stamp};

struct Twin {
    rule: Regex,
    /// What each value feeds, and the slot that it has for being ranked.
    feeds: Vec<(Feeds, Slot)>,
    /// How many units of a whole duration are a millisecond.
    per_ms: u64,
    /// Whether there is `$remote_user [$time_local] "`.
    is_user_before_time: bool,
}

/// What the formats tried here are ranked by.
const RANKED: [&str; 5] =
    ["upstream_addr", "unknown_two", "server_name", "http_x_forwarded_for", "upstream_response_time"];

impl Twin {
    fn of(format: &LogFormat) -> Twin {
        let (mut rule, mut feeds) = (String::from(r"(?s-u)\A"), Vec::new());
        let last = format.pieces.len() - 1;
        for (i, piece) in format.pieces.iter().enumerate() {
            match piece {
                Piece::Literal(text) => rule += &regex::escape(text),
                Piece::Variable { name, shape, feeds: feed } => {
                    let next = match format.pieces.get(i + 1) {
                        Some(Piece::Literal(text)) => text.as_str(),
                        Some(Piece::Variable { name, .. }) if name == "request_uri" => "/",
                        _ => "",
                    };
                    // A value ends where the next literal first stands; the formats tried here have literals of
                    // one byte wherever that takes looking ahead.
                    let but = regex::escape(&next.chars().take(1).collect::<String>());
                    let but = if but == " " { String::new() } else { but };
                    let (token, token_or_none) = (format!("([^ {but}]+)"), format!("([^ {but}]*)"));
                    // What stands right behind a host begins with the slash that ended it.
                    let is_behind =
                        i > 0 && matches!(&format.pieces[i - 1], Piece::Variable { name, .. } if name == "host");
                    let slash = if is_behind { "/" } else { "" };
                    let text = format!("({slash}[^{}]*)", regex::escape(next));
                    let list = |item: &str| {
                        let separators: Vec<_> = [", ", " : "].into_iter().filter(|s| !next.starts_with(s)).collect();
                        format!("({item}(?:(?:{}){item})*)", separators.join("|"))
                    };
                    let (words, numbers) = (list(&format!("[^ ,{but}]+")), list(r"(?:-|[0-9]+(?:\.[0-9]+)?)"));
                    let is_between = !but.is_empty() && *feed != Feeds::Text(TextField::Addr);
                    rule += match shape {
                        Shape::Token if name == "remote_addr" && i > 1 => "([^ -]|[^ ]{2,})",
                        Shape::Token if !is_between => &token,
                        Shape::Token | Shape::TokenOrNone => &token_or_none,
                        Shape::Words => &words,
                        Shape::Numbers => &numbers,
                        Shape::Msec => r"([0-9]+\.[0-9]{3})",
                        Shape::Text if next.starts_with('"') || name == "remote_user" => r#"((?:[^"\\]|\\.)*?)"#,
                        Shape::Text if i == last => "(.*)",
                        Shape::Text => &text,
                        Shape::TimeLocal => {
                            r"([0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4})"
                        }
                        Shape::TimeIso8601 => {
                            r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{2}:[0-9]{2})"
                        }
                        Shape::Status => "([0-9]{3})",
                        Shape::Number => "([0-9]+|-)",
                        Shape::Seconds => r"([0-9]+\.[0-9]{3}|-)",
                        Shape::Milliseconds | Shape::Microseconds => "([0-9]+|-)",
                    };
                    let ranked = RANKED.iter().position(|ranked| ranked == name);
                    feeds.push((*feed, ranked.map_or(Slot::NOWHERE, Slot::extra)));
                }
            }
        }
        rule += match format.tail {
            Tail::Nothing => r"\z",
            Tail::Fields | Tail::UnquotedFields => r"(?: .*)?\z",
        };
        let is_user_before_time = format.plan.steps.iter().any(|step| matches!(step.op, Op::UserAndTime { .. }));
        let per_ms = if format.logs("request_time_us") { 1000 } else { 1 };
        Twin { rule: RegexBuilder::new(&rule).build().unwrap(), feeds, per_ms, is_user_before_time }
    }

    /// The row as the regular expression reads it; text slots in the order of the fields, and the request.
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
        for ((feed, extra), value) in self.feeds.iter().zip(found.iter().skip(1).map(|m| m.unwrap().as_bytes())) {
            let text = String::from_utf8_lossy(value);
            match feed {
                Feeds::Nothing | Feeds::Ranked(_) => plain.texts[extra.index()] = value.to_vec(),
                Feeds::Uri => plain.texts[Slot::URI.index()] = value.to_vec(),
                Feeds::Args => plain.texts[Slot::ARGS.index()] = value.to_vec(),
                Feeds::UriAndArgs => plain.texts[Slot::URI_AND_ARGS.index()] = value.to_vec(),
                Feeds::Text(TextField::User) if self.is_user_before_time && is_two_lines(value) => {
                    return Err(Reason::NoMatch);
                }
                Feeds::Text(field) => plain.texts[Slot::of(*field).index()] = value.to_vec(),
                Feeds::Request => plain.texts[Slot::REQUEST.index()] = value.to_vec(),
                Feeds::Status => plain.status = Status::new(text.parse().unwrap()),
                Feeds::Time => match slow_time(&text) {
                    Some(stamp) => plain.stamp = stamp,
                    None => flaw = flaw.or(Some(Reason::BadTime)),
                },
                Feeds::Bytes | Feeds::RequestTime if value == b"-" => {}
                Feeds::Bytes => match text.parse() {
                    Ok(bytes) => plain.bytes = bytes,
                    Err(_) => flaw = flaw.or(Some(Reason::BadNumber)),
                },
                Feeds::RequestTime => match text.replace('.', "").parse::<u64>() {
                    Ok(time) => plain.time_ms = Some(time / self.per_ms),
                    Err(_) => flaw = flaw.or(Some(Reason::BadNumber)),
                },
            }
        }
        plain.texts[Slot::NOWHERE.index()] = b"-".to_vec();
        flaw.map_or(Ok(plain), Err)
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

/// A time by chrono's own parser, which knows nothing of minutes remembered.
fn slow_time(text: &str) -> Option<Stamp> {
    if !text.contains(':') {
        let moment = chrono::DateTime::from_timestamp(text.split_once('.')?.0.parse().ok()?, 0)?;
        return (chrono::Datelike::year(&moment) <= 9999).then(|| Stamp { wall_s: moment.timestamp(), offset_min: 0 });
    }
    let local = text.as_bytes()[2] == b'/';
    let pattern = if local { "%d/%b/%Y:%H:%M:%S" } else { "%Y-%m-%dT%H:%M:%S" };
    let (clock, offset) = if local { (&text[..20], &text[21..]) } else { (&text[..19], &text[19..]) };
    let offset = offset.replace(':', "");
    // chrono takes months in any case.
    if local && !"JanFebMarAprMayJunJulAugSepOctNovDec".contains(&text[3..6]) {
        return None;
    }
    let clock = chrono::NaiveDateTime::parse_from_str(clock, pattern).ok()?;
    if !(1..=9999).contains(&chrono::Datelike::year(&clock)) {
        return None;
    }
    let (hours, minutes): (i16, i16) = (offset[1..3].parse().ok()?, offset[3..5].parse().ok()?);
    let offset_min = hours * 60 + minutes;
    // chrono keeps second 60 as the 59th with a nanosecond count: the second it counts in here too.
    let wall_s = clock.and_utc().timestamp();
    (hours < 24 && minutes < 60)
        .then_some(Stamp { wall_s, offset_min: if offset.starts_with('-') { -offset_min } else { offset_min } })
}

fn agree(format: &LogFormat, twin: &Twin, clock: &mut Clock, line: &[u8]) -> Result<(), TestCaseError> {
    let quotes: Vec<u32> = (0..).zip(line).filter(|(_, b)| **b == b'"').map(|(at, _)| at).collect();
    let known = Quotes::At { places: &quotes, start: 0 };
    let marked = Line { text: line, quotes: if line.contains(&b'\\') { Quotes::Unknown } else { known } };
    let (mut row, mut other_row) = (Row::EMPTY, Row::EMPTY);
    let fast = scan(&format.plan, format.tail, marked, clock, &mut row);
    let unmarked = scan(&format.plan, format.tail, Line::unmarked(line), clock, &mut other_row);
    prop_assert_eq!(fast, unmarked, "{} on {}", format.name(), String::from_utf8_lossy(line));
    prop_assert_eq!(&row, &other_row, "{} on {}", format.name(), String::from_utf8_lossy(line));
    let fast = fast.map_err(|misfit| misfit.reason).map(|_| Plain {
        texts: Slot::all()
            .map(|slot| if slot == Slot::NOWHERE { b"-".to_vec() } else { row.text(slot).to_vec() })
            .collect(),
        stamp: row.stamp,
        status: row.status,
        bytes: row.bytes,
        time_ms: row.time_ms,
    });
    prop_assert_eq!(fast, twin.row(line), "{} on {}", format.name(), String::from_utf8_lossy(line));
    Ok(())
}

/// Values that a line may hold where a field is, the last ones hostile.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "-",
            "",
            "1.2.3.4",
            "::1",
            "bob",
            "bob smith",
            "a\\\"b",
            "a\\",
            "\\\\",
            "\\x22",
            " - ",
            "[",
            "] ",
            "\"",
            "'",
            "é",
            "\u{0}",
            "- bob [01/Jan/2000",
            "- [05/Apr/201.2.3.5 - -",
            "1.2.3.5 - bob",
            "[05/Apr/2022:03:45:05 +0000]",
            "[05/Apr/2022:03:45:05 +0000] \"",
            "0.106",
            "200",
            "12",
            "18446744073709551615",
            "18446744073709551616",
            "18446744073709551.616",
            "0.1",
            "1.2345",
        ])
        .prop_map(str::to_owned),
        "[ -~]{0,12}",
        r#"[\\" \[\]-]{0,6}"#,
    ]
}

/// Several of them, with what may stand between.
fn list(items: &'static [&'static str]) -> impl Strategy<Value = String> {
    let item = prop::sample::select(items);
    let separator = prop::sample::select(vec![", ", " : ", ", ", " : ", ",", " "]);
    prop::collection::vec((separator, item), 1..4).prop_map(|items| {
        items.iter().enumerate().fold(
            String::new(),
            |list, (i, (separator, item))| {
                if i == 0 { (*item).to_owned() } else { list + separator + item }
            },
        )
    })
}

fn request() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec!["GET / HTTP/1.1", "POST /a?b=c HTTP/2.0", "-", "", "\\x16\\x03\\x01", "GET /\\\"x HTTP/1.0"])
            .prop_map(str::to_owned),
        1 => value(),
    ]
}

fn time() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => (0..33_u32, 0..12_usize, prop::sample::select(vec![0, 1, 1900, 2000, 2022, 2024, 9999]), 0..25_u32, 0..61_u32, 0..62_u32,
            prop::sample::select(vec!["+0000", "-0330", "+2359", "+2400", "+0060", "00000"]))
            .prop_map(|(d, m, y, h, min, s, zone)| {
                let month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Apx"][m];
                format!("{d:02}/{month}/{y:04}:{h:02}:{min:02}:{s:02} {zone}")
            }),
        1 => Just("05/Apr/2022:03:45:05 +0000".to_owned()),
        1 => Just("2022-04-05T03:45:05+00:00".to_owned()),
        1 => value(),
    ]
}

prop_compose! {
    pub(super) fn line()(
        host in prop::option::weighted(0.3, value()), addr in prop_oneof![3 => Just("1.2.3.4".to_owned()), 1 => value()],
        user in prop_oneof![2 => Just("-".to_owned()), 1 => value()], time in time(), request in request(),
        status in prop_oneof![4 => Just("200".to_owned()), 1 => value()],
        bytes in prop_oneof![4 => Just("512".to_owned()), 1 => value()],
        referer in value(), agent in value(), tail in prop::collection::vec(value(), 0..3), quoted in any::<bool>(),
        cut in prop::option::weighted(0.2, 0.0..1.0_f64), flip in prop::option::weighted(0.2, (0.0..1.0_f64, any::<u8>())),
    ) -> Vec<u8> {
        let mut line = host.map_or(String::new(), |h| h + " ");
        line += &format!("{addr} - {user} [{time}] \"{request}\" {status} {bytes} \"{referer}\" \"{agent}\"");
        for value in tail {
            line += &if quoted { format!(" \"{value}\"") } else { format!(" {value}") };
        }
        let mut line = line.into_bytes();
        if let Some((place, byte)) = flip {
            let place = (place * line.len() as f64) as usize;
            line[place] = byte;
        }
        if let Some(cut) = cut {
            line.truncate((cut * line.len() as f64) as usize);
        }
        line
    }
}

fn formats() -> Vec<LogFormat> {
    let own = [
        r#"$remote_addr|$time_iso8601|$request|$status|$bytes_sent|$request_time|$http_user_agent"#,
        r#"[$time_local] "$host" $remote_addr "$remote_user" $request_method "$request_uri" $status rt=$request_time $http_referer"#,
        r#"$status$time_local$remote_addr $unknown_one|$unknown_two"#,
        r#"$msec $remote_addr "$upstream_addr" [$upstream_response_time] $upstream_cache_status $status $uri?$args"#,
        r#"$upstream_status|$gzip_ratio|$server_name|$https|$http_x_forwarded_for|$upstream_bytes_sent,$request_length"#,
        r#"$server_name $status|$upstream_connect_time, $upstream_addr : $scheme"#,
        r#"$scheme $host$request_uri|$status"#,
        "$request_time_us $request_time|$status",
        "%{ms}T",
    ];
    let own = own.iter().map(|text| text.parse().unwrap());
    LogFormat::all_presets()
        .into_iter()
        .filter(|format| !format.has_keys())
        .chain(own)
        .map(|format: LogFormat| format.ranking(&RANKED))
        .collect()
}

/// The formats with their twins, which take longer to make than to try.
static TWINS: LazyLock<Vec<(LogFormat, Twin)>> = LazyLock::new(|| {
    let with_twin = |format| {
        let twin = Twin::of(&format);
        (format, twin)
    };
    formats().into_iter().map(with_twin).collect()
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn scanner_and_twin_read_the_same(lines in prop::collection::vec(line(), 1..4)) {
        let mut clock = Clock::default();
        for (format, twin) in TWINS.iter() {
            for line in &lines {
                agree(format, twin, &mut clock, line)?;
            }
        }
    }

    #[test]
    fn own_formats_read_as_their_twin_does(
        values in prop::collection::vec(value(), 7..8), time in time(), request in request(), status in 100..999_u16,
        numbers in prop::collection::vec(list(&["0.1", "0.004", "12", "1999", "-", "3.", "x", "", "18446744073709551616"]), 3..4),
        words in prop::collection::vec(list(&["10.0.0.1:80", "unix:/tmp/s", "HIT", "-", "", "a,b"]), 3..4),
        msec in prop_oneof![3 => "16491303[0-9]{2}\\.[0-9]{3}", 1 => "[0-9]{1,24}\\.[0-9]{2,4}", 1 => value()],
    ) {
        let [a, b, c, d, e, ..] = &values[..] else { unreachable!("seven values") };
        let iso = if time.len() == 26 { "2022-04-05T03:45:05+00:00" } else { &time };
        let took = &numbers[0];
        let lines = [
            format!("{a}|{iso}|{request}|{status}|{b}|0.106|{c}"),
            format!("[{time}] \"{a}\" 1.2.3.4 \"{b}\" GET \"{c}\" {status} rt=1.500 {d}"),
            format!("{status}{time}1.2.3.4 {d}|{e}"),
            format!("{msec} 1.2.3.4 \"{}\" [{}] {} {status} {c}?{d}", words[0], numbers[0], words[1]),
            format!("{}|{}|{a}|{b}|{c}|{},{}", words[0], numbers[0], numbers[1], numbers[2]),
            format!("{a} {status}|{}, {} : {b}", numbers[0], words[1]),
            format!("https {a}/{b}|{status}"),
            format!("{took} 0.106|{status}"),
            took.clone(),
        ];
        let mut clock = Clock::default();
        for ((format, twin), line) in TWINS.iter().rev().take(lines.len()).rev().zip(&lines) {
            agree(format, twin, &mut clock, line.as_bytes())?;
        }
    }
}
