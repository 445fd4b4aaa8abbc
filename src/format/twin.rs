//! The slow twin of scan.rs and walk.rs: the regular expression of a format and values read by plain code, and the tests that
//! they agree.

use std::sync::LazyLock;

use proptest::prelude::*;
use regex::bytes::{Regex, RegexBuilder};

use super::damage::is_two_lines;
use super::json_forms::TimeUnit;
use super::log_format::Value;
use super::plan::{Slot, Step};
use super::row::Row;
use super::rule::pattern;
use super::scan::scan;
use super::shape::Shape;
use super::variables::Feeds;
use super::{Line, LogFormat, Memory, NginxEscape, Piece, Quotes};
use crate::batch::Status;
use crate::format::Reason;
use crate::time::Stamp;

struct Twin {
    rule: Regex,
    /// The variables of the values, in order, with the slots that they have for being ranked.
    feeds: Vec<(Value, Slot)>,
}

/// What the formats tried here are ranked by.
const RANKED: [&str; 5] =
    ["upstream_addr", "unknown_two", "server_name", "http_x_forwarded_for", "upstream_response_time"];

impl Twin {
    fn of(format: &LogFormat) -> Twin {
        let rule = RegexBuilder::new(&pattern(&format.plan, format.tail)).build().unwrap();
        let value = |step: &Step| match &format.pieces[step.value_piece] {
            Piece::Variable(value) => {
                let ranked = RANKED.iter().position(|ranked| *ranked == value.name);
                (value.clone(), ranked.map_or(Slot::NOWHERE, Slot::extra))
            }
            Piece::Literal(text) => panic!("the value of a step is the literal {text}"),
        };
        Twin { rule, feeds: format.plan.steps.iter().map(value).collect() }
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
        // The last group is what the format does not read.
        for (i, (variable, extra)) in self.feeds.iter().enumerate() {
            let mut value = found.get(i + 1).unwrap().as_bytes();
            if variable.name == "remote_user" && value.ends_with(b"] \"") {
                let time = value.windows(2).rposition(|pair| pair == b" [").unwrap();
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
            match variable.feeds {
                Feeds::Nothing | Feeds::Ranked(_) => plain.texts[extra.index()] = value.to_vec(),
                Feeds::Uri => plain.texts[Slot::URI.index()] = value.to_vec(),
                Feeds::Args => plain.texts[Slot::ARGS.index()] = value.to_vec(),
                Feeds::UriAndArgs => plain.texts[Slot::URI_AND_ARGS.index()] = value.to_vec(),
                Feeds::Text(field) => plain.texts[Slot::of(field).index()] = value.to_vec(),
                Feeds::Request => plain.texts[Slot::REQUEST.index()] = value.to_vec(),
                Feeds::Status => plain.status = text.parse().map_or(Status::MISSING, Status::new),
                Feeds::Time => match slow_time(&text) {
                    Some(stamp) => plain.stamp = stamp,
                    None => flaw = flaw.or(Some(Reason::BadTime)),
                },
                Feeds::Bytes | Feeds::RequestTime | Feeds::RequestTimeIn(_) if is_missing => {}
                Feeds::Bytes => match text.parse() {
                    Ok(bytes) => plain.bytes = bytes,
                    Err(_) => flaw = flaw.or(Some(Reason::BadNumber)),
                },
                Feeds::RequestTime => match slow_ms(&text, variable.shape) {
                    Some(ms) => plain.time_ms = Some(ms),
                    None => flaw = flaw.or(Some(Reason::BadNumber)),
                },
                Feeds::RequestTimeIn(unit) => {
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
}

#[derive(Debug, PartialEq)]
struct Plain {
    texts: Vec<Vec<u8>>,
    stamp: Stamp,
    status: Status,
    bytes: u64,
    time_ms: Option<u64>,
}

/// A duration by text alone: seconds are moved by three digits.
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

/// A time by chrono's own parser, which knows nothing of minutes remembered.
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
    let local = text.as_bytes()[2] == b'/';
    let pattern = if local { "%d/%b/%Y:%H:%M:%S" } else { "%Y-%m-%dT%H:%M:%S" };
    let (clock, rest) = text.split_at(if local { 20 } else { 19 });
    let offset: String = rest.chars().skip_while(|c| matches!(c, '.' | ',') || c.is_ascii_digit()).collect();
    let offset = offset.replace([':', ' '], "");
    let offset = if matches!(offset.as_str(), "" | "Z") { "+0000".to_owned() } else { offset };
    // chrono takes months in any case.
    if local && !"JanFebMarAprMayJunJulAugSepOctNovDec".contains(&text[3..6]) {
        return None;
    }
    let clock = if local { clock.to_owned() } else { clock.replace(' ', "T") };
    let clock = chrono::NaiveDateTime::parse_from_str(&clock, pattern).ok()?;
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

fn agree(format: &LogFormat, twin: &Twin, memory: &mut Memory, line: &[u8]) -> Result<(), TestCaseError> {
    let quotes: Vec<u32> = (0..).zip(line).filter(|(_, b)| **b == b'"').map(|(at, _)| at).collect();
    let known = Quotes::At { places: &quotes, start: 0 };
    let marked = Line { text: line, quotes: if line.contains(&b'\\') { Quotes::Unknown } else { known } };
    let (mut row, mut other_row) = (Row::EMPTY, Row::EMPTY);
    let said = || format!("{} on {}", format.name(), String::from_utf8_lossy(line));
    let fast = scan(&format.plan, format.tail, marked, memory, &mut row);
    let unmarked = scan(&format.plan, format.tail, Line::unmarked(line), memory, &mut other_row);
    prop_assert_eq!(fast, unmarked, "{}", said());
    if fast.is_ok() {
        prop_assert_eq!(&row, &other_row, "{}", said());
    }
    // What reads a line that takes too many trials.
    let mut ruled_row = Row::EMPTY;
    let ruled = format.plan.rules.scan(&format.plan, format.tail, line, &mut memory.clock, &mut ruled_row);
    prop_assert_eq!(fast.map_err(|m| m.reason), ruled.map_err(|m| m.reason), "{}", said());
    if fast.is_ok() {
        prop_assert_eq!(&row, &ruled_row, "{}", said());
    }
    let fast = fast.map_err(|misfit| misfit.reason).map(|_| Plain {
        texts: Slot::all()
            .map(|slot| if slot == Slot::NOWHERE { b"-".to_vec() } else { row.text(slot).to_vec() })
            .collect(),
        stamp: row.stamp,
        status: row.status,
        bytes: row.bytes,
        time_ms: row.time_ms,
    });
    prop_assert_eq!(fast, twin.row(line), "{}", said());
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
    ];
    let own = own.iter().map(|text| text.parse().unwrap());
    LogFormat::all_presets()
        .into_iter()
        .filter(|format| !format.has_keys())
        .chain([with_roles()])
        .chain(own)
        .map(|format: LogFormat| format.ranking(&RANKED))
        .collect()
}

/// A format in which variables have other roles than usual.
fn with_roles() -> LogFormat {
    let format: LogFormat = "combined_timed".parse().unwrap();
    let roles = ["request_time_ms=request_time", "ip=http_referer", "path=http_user_agent"];
    format.with_fields(&roles.map(|role| role.parse().unwrap()))
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
    #![proptest_config(ProptestConfig::with_cases(12 * ProptestConfig::default().cases))]

    #[test]
    fn scanner_and_twin_read_the_same(lines in prop::collection::vec(line(), 1..4)) {
        let mut memory = Memory::default();
        for (format, twin) in TWINS.iter() {
            for line in &lines {
                agree(format, twin, &mut memory, line)?;
            }
        }
    }

    #[test]
    fn own_formats_read_as_their_twin_does(
        values in prop::collection::vec(value(), 7..8), time in time(), request in request(), status in 100..999_u16,
        numbers in prop::collection::vec(list(&["0.1", "0.004", "12", "-", "3.", "x", ""]), 3..4),
        words in prop::collection::vec(list(&["10.0.0.1:80", "unix:/tmp/s", "HIT", "-", "", "a,b"]), 3..4),
        msec in prop_oneof![3 => "16491303[0-9]{2}\\.[0-9]{3}", 1 => "[0-9]{1,24}\\.[0-9]{2,4}", 1 => value()],
    ) {
        let [a, b, c, d, e, ..] = &values[..] else { unreachable!("seven values") };
        let iso = if time.len() == 26 { "2022-04-05T03:45:05+00:00" } else { &time };
        let lines = [
            format!("{a}|{iso}|{request}|{status}|{b}|0.106|{c}"),
            format!("[{time}] \"{a}\" 1.2.3.4 \"{b}\" GET \"{c}\" {status} rt=1.500 {d}"),
            format!("{status}{time}1.2.3.4 {d}|{e}"),
            format!("{msec} 1.2.3.4 \"{}\" [{}] {} {status} {c}?{d}", words[0], numbers[0], words[1]),
            format!("{}|{}|{a}|{b}|{c}|{},{}", words[0], numbers[0], numbers[1], numbers[2]),
            format!("{a} {status}|{}, {} : {b}", numbers[0], words[1]),
            format!("https {a}/{b}|{status}"),
        ];
        let mut memory = Memory::default();
        for ((format, twin), line) in TWINS.iter().rev().take(lines.len()).rev().zip(&lines) {
            agree(format, twin, &mut memory, line.as_bytes())?;
        }
    }

    #[test]
    fn values_without_an_end_of_their_own_read_as_their_twin_does(values in prop::collection::vec(loose(), 8)) {
        let mut memory = Memory::default();
        for (format, twin, template) in LOOSE.iter() {
            let mut line = String::new();
            for (part, value) in template.split("{}").zip(values.iter().map(String::as_str).chain([""])) {
                line += part;
                line += value;
            }
            agree(format, twin, &mut memory, line.as_bytes())?;
        }
    }
}

/// A few words, as a value that may hold what looks like the rest of the line.
fn loose() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "200",
        "404",
        "GET",
        "/a",
        "/",
        "HTTP/1.1",
        "-",
        "1.2.3.4",
        "::1",
        ":",
        "80",
        ",",
        "a",
        "|",
        "\"",
        "\\\"",
        "0.106",
        "22ms",
        "3",
        "?q",
        "",
        " : ",
        ", ",
        "05/Apr/2022:03:45:05 +0000",
        "2022-04-05 03:45:05",
        "host",
    ]);
    let space = prop::sample::select(vec![" ", " ", " ", "", "  "]);
    prop_oneof![
        2 => word.clone().prop_map(str::to_owned),
        1 => prop::collection::vec((word, space), 0..5).prop_map(|words| words.iter().map(|(a, b)| format!("{a}{b}")).collect()),
    ]
}

/// Formats with values that end where the rest of the line fits, and lines of them with gaps for values.
static LOOSE: LazyLock<Vec<(LogFormat, Twin, String)>> = LazyLock::new(|| {
    let formats = [
        "$remote_addr [$time_local] $request $status $body_bytes_sent",
        "$http_x_forwarded_for, $remote_addr $request $status",
        "$remote_addr:$remote_port $host:$server_port-$status",
        "$upstream_addr $upstream_status $http_user_agent $request_time",
        "$http_referer $http_user_agent|$request_body$status",
        "$scheme://$host$request_uri|$status",
        "$remote_user [$time_iso8601]  \"$request\" $request_time",
        "$uri $args $upstream_response_time : $status",
        "$request_time_us $request_time|$gzip_ratio-$status",
        "$request_time_ms $gzip_ratio",
        "$msec$remote_addr $request_time$host $body_bytes_sent$status",
        "$time_local $http_user_agent",
        "$http_user_agent $http_referer \"$http_cookie\" $status $time_local",
    ];
    let with_twin = |text: &&str, escape| {
        let format = LogFormat::nginx("twin", text, escape).unwrap().ranking(&RANKED);
        let (mut template, mut is_in_name) = (String::new(), false);
        for c in text.chars() {
            is_in_name = c == '$' || is_in_name && (c.is_ascii_alphanumeric() || c == '_');
            match c {
                '$' => template += "{}",
                _ if is_in_name => {}
                _ => template.push(c),
            }
        }
        let twin = Twin::of(&format);
        (format, twin, template)
    };
    let escapes = [NginxEscape::Default, NginxEscape::Json, NginxEscape::None];
    escapes.into_iter().flat_map(|escape| formats.iter().map(move |text| with_twin(text, escape))).collect()
});

#[test]
fn the_end_of_a_value_is_where_the_rest_fits() {
    let rows: [(&str, &str, &[&str]); 12] = [
        // Only nginx's values follow: the last place, after a protocol if there is one.
        ("$request $status", "GET /a 200 200 HTTP/1.1 404", &["GET /a 200 200 HTTP/1.1", "404"]),
        ("$request $status", "GET /a HTTP/1.1 200 404", &["GET /a HTTP/1.1 200", "404"]),
        ("$http_user_agent $status", "x 200 404", &["x 200", "404"]),
        // A visitor's value follows: the first place.
        ("$http_referer $http_user_agent", "a b c", &["a", "b c"]),
        ("$http_x $remote_addr - $http_y", "1, 2 3.3.3.3 - 4.4.4.4 - z", &["1, 2", "3.3.3.3", "4.4.4.4 - z"]),
        ("$request $http_x", "GET /a b HTTP/1.1 x HTTP/1.0 y", &["GET /a b HTTP/1.1", "x HTTP/1.0 y"]),
        ("$remote_addr:$remote_port $status", "2001:db8::5:41000 200", &["2001:db8::5", "41000", "200"]),
        ("$scheme://$host$request_uri|$status", "http://-|400", &["http", "", "-", "400"]),
        ("$scheme://$host$request_uri|$status", "http://a-b/c?d|200", &["http", "a-b", "/c?d", "200"]),
        ("$request_body$status", "a=1200404", &["a=1200", "404"]),
        ("$upstream_status $host", "502, 200 :  shop", &["502, 200 : ", "shop"]),
        ("$time_local $status", "05/Apr/2022:03:45:05.123 200", &["05/Apr/2022:03:45:05.123", "200"]),
    ];
    for (text, line, expected) in rows {
        let format: LogFormat = text.parse().unwrap();
        let found = format.plan.rules.values(&format.plan, format.tail, line.as_bytes());
        let values =
            found.map(|(values, _)| values.into_iter().map(|v| String::from_utf8_lossy(v).into_owned()).collect());
        assert_eq!(values, Some(expected.iter().map(|v| (*v).to_owned()).collect::<Vec<_>>()), "{text} on {line}");
        let twin = Twin::of(&format);
        agree(&format, &twin, &mut Memory::default(), line.as_bytes()).unwrap();
    }
}

/// A MiB takes seconds, even without optimization; quadratic time would be hours.
#[test]
fn time_is_linear_in_the_length_of_a_line() {
    let took = |text: &str, line: &str| {
        let format: LogFormat = text.parse().unwrap();
        let mut memory = Memory::default();
        let start = std::time::Instant::now();
        let _ = scan(&format.plan, format.tail, Line::unmarked(line.as_bytes()), &mut memory, &mut Row::EMPTY.clone());
        start.elapsed()
    };
    for text in [
        "$http_user_agent $http_referer $request $status $body_bytes_sent",
        "$request $status $upstream_addr $upstream_status",
        "$http_x_forwarded_for, $remote_addr $http_user_agent $status",
        "$http_referer|$http_user_agent|$status",
    ] {
        for part in [" ", "200 ", "200 200 ", "a, a, ", " HTTP/1.1", "|", "1 : "] {
            let line = part.repeat((1 << 20) / part.len());
            let took = took(text, &line);
            assert!(took.as_secs() < 20, "{text} on a MiB of '{part}': {took:?}");
        }
    }
}
