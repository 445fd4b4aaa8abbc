//! Laws: the scanner reads every line as its reference does, in time that is linear in the line's length.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::{Reference, UNMARKED_ENDS};
use crate::format::log_format::rule::values;
use crate::format::log_format::scan::scan;
use crate::format::row::Row;
use crate::format::{Line, LogFormat, NginxEscape, ScanCache};

fn agree(reference: &Reference, cache: &mut ScanCache, line: &[u8]) -> Result<(), TestCaseError> {
    reference.agree(cache, line).map_err(TestCaseError::fail)
}

/// Values that may appear in a field of a line; the last ones are hostile.
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

/// Several items, with valid and invalid separators.
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
    pub(in crate::format) fn line()(
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
    LogFormat::all_presets().into_iter().filter(|format| !format.has_keys()).chain([with_roles()]).chain(own).collect()
}

/// A format with unusual roles for some variables.
fn with_roles() -> LogFormat {
    let format: LogFormat = "combined_timed".parse().unwrap();
    let roles = ["request_time_ms=request_time", "ip=http_referer", "path=http_user_agent"];
    format.with_fields(&roles.map(|role| role.parse().unwrap()))
}

/// The formats with their references. Shared, because building references takes longer than using them.
static REFERENCES: LazyLock<Vec<Reference>> =
    LazyLock::new(|| formats().into_iter().map(|format| Reference::of(format).unwrap()).collect());

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12 * ProptestConfig::default().cases))]

    #[test]
    fn scanner_and_reference_read_the_same(lines in prop::collection::vec(line(), 1..4)) {
        let mut cache = ScanCache::default();
        for reference in REFERENCES.iter() {
            for line in &lines {
                agree(reference, &mut cache, line)?;
            }
        }
    }

    #[test]
    fn custom_formats_read_the_same_as_their_references(
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
        let mut cache = ScanCache::default();
        for (reference, line) in REFERENCES.iter().rev().take(lines.len()).rev().zip(&lines) {
            agree(reference, &mut cache, line.as_bytes())?;
        }
    }

    #[test]
    fn values_with_unmarked_ends_read_the_same_as_their_references(values in prop::collection::vec(loose(), 8)) {
        let mut cache = ScanCache::default();
        for (reference, template) in LOOSE.iter() {
            let mut line = String::new();
            for (part, value) in template.split("{}").zip(values.iter().map(String::as_str).chain([""])) {
                line += part;
                line += value;
            }
            agree(reference, &mut cache, line.as_bytes())?;
        }
    }
}

/// The shortcut for usual lines is tried on every line, and must decline lines that are only almost usual.
#[test]
fn almost_usual_lines_read_the_same_as_their_references() {
    const COMMON: &str = r#" - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 512"#;
    let rows = [("common", ""), ("combined", r#" "-" "curl""#), ("combined_timed", r#" "-" "curl" 0.106"#)];
    for (name, end) in rows {
        let reference = REFERENCES.iter().find(|reference| reference.format.name() == name).unwrap();
        let mut cache = ScanCache::default();
        for addr in ["1.2.3.4", "a"] {
            let usual = [addr, COMMON, end].concat().into_bytes();
            let mut agree = |parts: [&[u8]; 3]| reference.agree(&mut cache, &parts.concat()).unwrap();
            for at in 0..=usual.len() {
                let (before, after) = usual.split_at(at);
                for byte in br#" "-[]a0:"# {
                    agree([before, &[*byte], after]);
                    agree([before, &[*byte], after.get(1..).unwrap_or_default()]);
                }
                for len in 1..=2 {
                    agree([before, b"", after.get(len..).unwrap_or_default()]);
                }
            }
        }
    }
}

/// A few words, as a value that may look like the rest of the line.
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

/// Formats with values that end where the rest of the line matches, and their lines with gaps for values.
static LOOSE: LazyLock<Vec<(Reference, String)>> = LazyLock::new(|| {
    let with_reference = |text: &&str, escape| {
        let format = LogFormat::nginx("twin", text, escape).unwrap();
        let (mut template, mut is_in_name) = (String::new(), false);
        for c in text.chars() {
            is_in_name = c == '$' || is_in_name && (c.is_ascii_alphanumeric() || c == '_');
            match c {
                '$' => template += "{}",
                _ if is_in_name => {}
                _ => template.push(c),
            }
        }
        (Reference::of(format).unwrap(), template)
    };
    let escapes = [NginxEscape::Default, NginxEscape::Json, NginxEscape::None];
    escapes.into_iter().flat_map(|escape| UNMARKED_ENDS.iter().map(move |text| with_reference(text, escape))).collect()
});

#[test]
fn values_end_where_the_rest_of_the_line_matches() {
    let rows: [(&str, &str, &[&str]); 12] = [
        // Only values from nginx follow: the last possible end, after a protocol if there is one.
        ("$request $status", "GET /a 200 200 HTTP/1.1 404", &["GET /a 200 200 HTTP/1.1", "404"]),
        ("$request $status", "GET /a HTTP/1.1 200 404", &["GET /a HTTP/1.1 200", "404"]),
        ("$http_user_agent $status", "x 200 404", &["x 200", "404"]),
        // A value from the visitor follows: the first possible end.
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
        let found = values(&format.plan, format.tail, line.as_bytes());
        let values =
            found.map(|(values, _)| values.into_iter().map(|v| String::from_utf8_lossy(v).into_owned()).collect());
        assert_eq!(values, Some(expected.iter().map(|v| (*v).to_owned()).collect::<Vec<_>>()), "{text} on {line}");
        Reference::of(format).unwrap().agree(&mut ScanCache::default(), line.as_bytes()).unwrap();
    }
}

/// One MiB takes seconds even without optimization; quadratic time would take hours.
#[test]
fn time_is_linear_in_the_length_of_a_line() {
    let took = |text: &str, line: &str| {
        let format: LogFormat = text.parse().unwrap();
        let mut cache = ScanCache::default();
        let start = std::time::Instant::now();
        let _ = scan(&format.plan, format.tail, Line::unmarked(line.as_bytes()), &mut cache, &mut Row::EMPTY.clone());
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
