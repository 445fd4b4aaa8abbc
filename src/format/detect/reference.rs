//! Slow reference for detection: trying every line must detect the same formats as trying one line of each kind.

use proptest::prelude::*;

use super::FormatsOfFile;
use super::candidate::Candidate;
use super::detector::Detector;
use super::sample::Sample;
use super::survey::{RejectReason, Survey};
use crate::format::{Finding, LogFormat};

/// The result of detection, except for the counts.
#[derive(Debug, PartialEq)]
struct Detected {
    main: Candidate,
    longer: Vec<Candidate>,
    others: Vec<Candidate>,
    drops_users: bool,
    unused_common: Option<Candidate>,
    /// The line, the format, and the byte where the format stopped.
    closest_format: Option<(u64, usize, usize)>,
    findings: Vec<Finding>,
}

/// Number of lines, and the survey of each format.
type Counts = (usize, Vec<(usize, Survey, Option<RejectReason>)>);

fn detected(of_file: &FormatsOfFile<'_>) -> Detected {
    Detected {
        main: of_file.main,
        longer: of_file.longer.clone(),
        others: of_file.others.clone(),
        drops_users: of_file.drops_users,
        unused_common: of_file.unused_common,
        closest_format: of_file
            .closest_format
            .as_ref()
            .map(|closest_format| (closest_format.line, closest_format.format, closest_format.mismatch.at)),
        findings: of_file.findings.clone(),
    }
}

fn counts(of_file: &FormatsOfFile<'_>) -> Counts {
    let considered = of_file.considered.iter().map(|c| (c.format, c.survey.clone(), c.rejected));
    (of_file.sampled, considered.collect())
}

/// Picks one of these values, usually the first.
fn mostly(values: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    let first = values[0];
    prop_oneof![8 => Just(first), 2 => prop::sample::select(values)]
}

/// Lines of combined and its variants, ordinary and unusual.
fn relative() -> impl Strategy<Value = String> {
    let parts = (
        mostly(&[
            "",
            "shop.example ",
            "shop.example:443 ",
            "5.6.7.8, ",
            "2001:db8::5, ",
            "- ",
            "web 1 ",
            "access.log:",
        ]),
        mostly(&[
            "10.0.0.7",
            "2001:db8::7",
            "fe80::1",
            "::1",
            "64:ff9b::1",
            "10.0.0.7:80",
            "[::1]:80",
            "unix:",
            "a.example",
            "-",
            "x",
            "999.1.1.1",
        ]),
        mostly(&[
            "-",
            "bob",
            "a b",
            "- [1.2.3.4]",
            "1.2.3.4 - -",
            "shop.example - -",
            "[05/Apr/2022:03:45:05 +0000] \"x",
        ]),
        mostly(&["05/Apr/2022:03:45:05 +0000", "31/Apr/2022:03:45:05 +0000", "05/Apr/2022:03:45:05", "1649130305.123"]),
        mostly(&[
            "GET / HTTP/1.1",
            "",
            "-",
            "GET /[pid: 1|app: 0|req: 1/1] 1.2.3.4 () {1 vars in 2 bytes} [Tue Apr  5 03:45:05 2022] GET / => generated 5 bytes in 3 msecs (HTTP/1.1 200) 3 headers in 100 bytes (1 switches",
            "GET /a - - [05/Apr/2022:03:45:05 +0000] ",
            "\\x16\\x03",
            "GET /\\x22",
        ]),
        mostly(&["200", "499", "000", "20", "-", "200 1"]),
        mostly(&["512", "0", "-", "", "12345678901234567890", "1 2"]),
        mostly(&["\"-\"", "\"https://a.example/\"", "\"\"", "\"1.5\"", "\"0.250\"", "\"7\"", "\"-", "-"]),
        mostly(&[
            "curl/8.5",
            "",
            "-",
            "a\thost:1.2.3.4\tstatus:200",
            "a => generated 5 bytes",
            "x\" \"y",
            "a\\x22b",
            "1.5",
        ]),
        prop::sample::select(vec![
            "",
            "",
            "",
            " 0.123",
            " 0.123",
            " 12.345",
            " -",
            " 12",
            " 0.12",
            " 1234.567",
            " 1.200, 0.004",
            " \"-\"",
            " \"-\"",
            " \"10.0.0.1\"",
            " \"10.0.0.1, 10.0.0.2\"",
            " \"0.250\"",
            " \"12ms\"",
            " \"-\" 0.001",
            " \"10.0.0.1\" 0.001",
            " \"a\" x",
            " \"-\" \"b\"",
            " \"-\"0.001",
            " x \"-\"",
            " ",
            " gz 1.2",
            " 2.31",
            " 300 0.005 [default-shop-80] [] 10.0.0.9:8080 512 0.004 200 0123456789abcdef",
            " 17 \"shop@docker\" \"http://10.0.0.9:80\" 12ms",
        ]),
    );
    parts.prop_map(|(before, addr, user, time, request, status, bytes, referer, agent, after)| {
        format!(r#"{before}{addr} - {user} [{time}] "{request}" {status} {bytes} {referer} "{agent}"{after}"#)
    })
}

/// Lines of the other presets, and of no preset.
const OTHERS: [&str; 12] = [
    r#"10.0.0.7 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 512"#,
    r#"10.0.0.7 - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 512 "cut"#,
    r#"10.0.0.7 - [10.0.0.8] - - [05/Apr/2022:03:45:05 +0000] "GET / HTTP/1.1" 200 5 "-" "curl" 300 0.005 [a] 10.0.0.9:80 5 0.004 200 0123"#,
    r#"[05/Apr/2022:03:45:05 +0000] - 200 200 - GET https shop.example "/a" [Client 10.0.0.7] [Length 5] [Gzip -] [Sent-to web] "curl" "-""#,
    r#"[05/Apr/2022:03:45:05 +0000] 200 - GET https shop.example "/a" [Client 10.0.0.7] [Length 5] [Gzip -] "curl" "-""#,
    r#"[05/Apr/2022:03:45:05 +0000] shop.example 10.0.0.7 0.004 "GET / HTTP/2.0" 200 5 300 - curl"#,
    r#"10.0.0.7 - - [05/Apr/2022:03:45:05 +0000] shop.example "GET / HTTP/1.1" 200 5 0.004 "-" "curl" 10.0.0.9:80 200 0.003 "http://shop""#,
    "[pid: 7|app: 0|req: 1/2] 10.0.0.7 () {30 vars in 400 bytes} [Tue Apr  5 03:45:05 2022] GET /a => generated 5 bytes in 3 msecs (HTTP/1.1 200) 3 headers in 100 bytes (1 switches on core 0)",
    r#"{"remote_addr":"10.0.0.7","status":200,"request":"GET / HTTP/1.1"}"#,
    "host:10.0.0.7\treq:GET / HTTP/1.1\tstatus:200",
    "garbage",
    "",
];

fn line() -> impl Strategy<Value = String> {
    prop_oneof![3 => relative(), 1 => prop::sample::select(&OTHERS[..]).prop_map(str::to_owned)]
}

/// Several lines, each repeated a number of times.
fn head() -> impl Strategy<Value = String> {
    let block = (line(), prop::sample::select(vec![1, 1, 3, 30]), prop::sample::select(vec!["\n", "\r\n"]));
    let head = prop::collection::vec(block, 0..6);
    (head, prop::sample::select(vec!["", "\u{feff}", "\0"]), any::<bool>()).prop_map(|(blocks, before, ends)| {
        let lines: String = blocks.iter().map(|(line, times, end)| format!("{line}{end}").repeat(*times)).collect();
        let lines = if ends { &lines } else { lines.trim_end() };
        format!("{before}{lines}")
    })
}

/// Only ordinary lines, so that the result for another file is reused.
fn ordinary() -> impl Strategy<Value = String> {
    let values = (
        prop::sample::select(vec!["10.0.0.7", "2001:db8::7", "fe80::1", "64:ff9b::1"]),
        prop::sample::select(vec!["GET / HTTP/1.1", "", "[x]", "1.2.3.4 - - [05/Apr/2022:03:45:05 +0000] "]),
        prop::sample::select(vec!["-", "https://a.example/", ""]),
        prop::sample::select(vec!["-", "10.0.0.1", "a, b", ""]),
    );
    let lines = prop::collection::vec(values, 1..20);
    (lines, 0..4).prop_map(|(lines, ending)| {
        let line = |(addr, request, referer, value): &(&str, &str, &str, &str)| {
            let after = match ending {
                0 => String::new(),
                1 => " 0.123".to_owned(),
                2 => format!(" \"{value}\""),
                _ => format!(" \"{value}\" 12.345"),
            };
            format!("{addr} - - [05/Apr/2022:03:45:05 +0000] \"{request}\" 200 5 \"{referer}\" \"curl\"{after}\n")
        };
        lines.iter().map(line).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 2))]

    #[test]
    fn trying_one_line_per_kind_detects_the_same_formats(heads in prop::collection::vec(prop_oneof![head(), ordinary()], 1..6)) {
        let formats = LogFormat::all_presets();
        // One detector for all files, as when several files are counted.
        let detector = Detector::new(&formats);
        for head in &heads {
            let thorough = FormatsOfFile::of_sample(&formats, &[], &Sample::for_any(head.as_bytes()));
            let quick = FormatsOfFile::detect(&formats, &[], head.as_bytes());
            prop_assert_eq!(detected(&quick), detected(&thorough), "{}", head);
            prop_assert_eq!(counts(&quick), counts(&thorough), "{}", head);
            let after_others = detector.detect(&[], &detector.sample(head.as_bytes()));
            prop_assert_eq!(detected(&after_others), detected(&thorough), "{}", head);
        }
    }
}
