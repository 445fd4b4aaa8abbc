//! Envelopes: what docker, Kubernetes, syslog and other programs wrap around nginx's lines. Detected and removed.
//!
//! An envelope is one file and its row in `table`. The file has a function that opens one line, or returns `None`
//! if the line is not in this envelope. `find` and `reading` detect the envelopes of an input from its first lines, up
//! to three nested ones. `open` removes them, and `first_lines` those of the first lines. `join` and `reassembly` join lines that an envelope has split into parts.
//! `programs` recognises lines that do not belong to an access log. Nothing here depends on threads or chunks.

mod address;
mod aws_logs;
mod cloudwatch;
mod colors;
mod compose;
mod cri;
mod detected;
mod docker_service;
mod find;
mod first_lines;
mod fluentd;
mod grep;
mod join;
mod json_file;
mod json_log;
mod kubectl;
mod line_numbers;
mod members;
mod open;
mod pods;
mod programs;
mod quotes;
mod reading;
mod reassembly;
mod sender;
mod stamp;
mod stern;
mod syslog;
mod syslog_5424;
mod table;
mod timestamps;

use address::is_address;
pub(crate) use detected::DetectedEnvelopes;
pub(crate) use find::find;
pub(crate) use first_lines::{each_line, unwrap_lines};
pub(crate) use join::{JoinedLine, LinePosition, StdStream, kept_of};
pub(crate) use open::Opened;
pub(crate) use programs::{is_error_log, is_of_start, is_other_program_line};
pub(crate) use reassembly::{CrossingLines, OpenLines};
pub(crate) use sender::Sender;
pub(crate) use table::Envelope;
pub use table::envelopes;
use table::{Certainty, ENVELOPES};

/// The content of an opened envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Unwrapped<'a> {
    text: Text<'a>,
    sender: Sender<'a>,
    /// True for a part of a line: the sender's next line continues it.
    is_partial: bool,
}

/// The text in an envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Text<'a> {
    /// Needs no change, and ends where the opened line ends.
    Plain(&'a [u8]),
    /// Needs no change, but the opened line continues after it.
    Inner(&'a [u8]),
    /// With each quote doubled, as in CSV.
    Doubled(&'a [u8]),
    /// With JSON's escapes.
    Json(&'a [u8]),
}

/// One line of a sample.
#[derive(Clone, Copy, Debug, Default)]
struct Sampled<'a> {
    text: &'a [u8],
    /// The sender named by the envelopes around it.
    sender: Sender<'a>,
    /// True if the envelope can open it.
    is_wrapped: bool,
}

/// Program and message of a syslog line, in either RFC's form.
pub(crate) fn syslog_message(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let unwrapped = syslog::open(line).or_else(|| syslog_5424::open(line))?;
    match (unwrapped.sender, unwrapped.text) {
        (Sender::Program(program), Text::Plain(text) | Text::Inner(text)) => Some((program, text)),
        _ => None,
    }
}

fn first_word(text: &[u8]) -> &[u8] {
    &text[..memchr::memchr(b' ', text).unwrap_or(text.len())]
}

/// Splits off the first word; the second value is the text after its space. `None` without a space or with an empty
/// word.
fn word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(b' ', text)?;
    (end > 0).then(|| (&text[..end], &text[end + 1..]))
}

/// Panics if an opened text is longer than its line, or is said to be the end of the line but is not.
#[cfg(any(test, fuzzing))]
pub(crate) fn assert_opens(line: &[u8]) {
    let bump = bumpalo::Bump::new();
    for envelope in ENVELOPES {
        let Some(opened) = Opened::whole(line).open(envelope, &bump) else { continue };
        assert!(opened.text.len() <= line.len(), "{}: {line:?}", envelope.name);
        assert!(!opened.is_end_of_line || line.ends_with(opened.text), "{}: {line:?}", envelope.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::undo_json;
    use proptest::prelude::*;

    const TIMES: [&str; 3] = ["2026-11-21T10:00:00.123456789Z", "2026-11-21T10:00:00+00:00", "2026-11-21T10:00:00Z"];
    const CLOCKS: [&str; 4] = ["Nov 21 10:00:00", "Nov  1 10:00:00.123456", TIMES[0], "2026-11-21T10:00:00+0800"];

    /// Wraps a complete line in each envelope, in every way it is written, and names the envelope.
    fn put_in(text: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
        let mut all = Vec::new();
        let mut push = |name, before: &str| all.push((name, [before.as_bytes(), text].concat()));
        for service in ["nginx_1  | ", "nginx-1  | ", "n | ", "my.shop-nginx-12 | "] {
            push("docker compose", service);
        }
        push("docker compose", "\x1b[36mnginx_1  |\x1b[0m ");
        push("docker compose", "\x1b[36;1mnginx-1  | \x1b[0m");
        push("docker compose", "nginx-1  | 2026-11-21T10:00:00.123456789Z ");
        push("docker compose", "\x1b[33mnginx-1  | \x1b[0m2026-11-21T10:00:00Z ");
        for time in TIMES {
            for std_stream in ["stdout F ", "stderr F ", "stdout F:tag "] {
                push("Kubernetes CRI", &format!("{time} {std_stream}"));
            }
            for data in ["-", r#"[a@1 b="c"]"#, r#"[a b="]\]\"\\"][d]"#] {
                push("syslog RFC 5424", &format!("<190>1 {time} web nginx 123 - {data} "));
            }
        }
        push("syslog RFC 5424", "<13>1 - - - - - - ");
        for clock in CLOCKS {
            for tag in ["web nginx: ", "web nginx[123]: ", "nginx: "] {
                push("syslog", &format!("{clock} {tag}"));
                push("syslog", &format!("<190>{clock} {tag}"));
            }
        }
        push("syslog", "Sat 2026-11-21 10:00:00 CET web nginx[1]: ");
        for task in ["web.1.abc123def456@node1    | ", "shop_web.10@n      | "] {
            push("docker service logs", task);
        }
        push("kubectl logs --prefix", "[pod/nginx-7c5d-2xk0q/nginx] ");
        for time in [TIMES[0], TIMES[2], "2026-11-21T10:00:00.123456789+08:00"] {
            push("timestamps", &format!("{time} "));
        }
        push("aws logs tail", "2026-11-21T10:00:00.123000+00:00 ecs/nginx/0a1b ");
        push("aws logs tail", "2026-11-21T10:00:00 ");
        push("stern", "nginx-7c5d-2xk0q nginx ");
        push("grep", "/var/log/nginx/access.log.1:");
        push("grep", "access.log:");
        push("grep -n", "12:");
        all
    }

    fn envelope(name: &str) -> &'static Envelope {
        ENVELOPES.iter().find(|e| e.name == name).unwrap()
    }

    /// A line as docker's json-file log driver writes it.
    fn json_of(text: &str) -> Vec<u8> {
        let log = serde_json::to_string(&format!("{text}\n")).unwrap();
        let log = log.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
        format!(r#"{{"log":{log},"stream":"stdout","time":"2026-11-21T10:00:00.1Z"}}"#).into_bytes()
    }

    proptest! {
        #[test]
        fn wrapped_lines_are_unwrapped(text in prop_oneof![
            prop::collection::vec(any::<u8>().prop_filter("no line end", |b| *b != b'\n'), 0..60),
            Just(br#"1.2.3.4 - - [21/Nov/2026:10:00:00 +0000] "GET /\x22 | HTTP/1.1" 200 5 "-" "a: b[1]: ""#.to_vec()),
            Just(b"a  | b".to_vec()),
            Just(b"\x1b[32mINFO\x1b[0m".to_vec()),
        ]) {
            // Openers would take a byte order mark for that of RFC 5424, and a space for padding after a name.
            prop_assume!(!text.starts_with(b"\xef\xbb\xbf") && !text.starts_with(b" ") && !text.ends_with(b"\r"));
            for (name, line) in put_in(&text) {
                let unwrapped = (envelope(name).open)(&line);
                prop_assert_eq!(unwrapped.map(|l| l.text), Some(Text::Plain(&text)), "{}", String::from_utf8_lossy(&line));
                prop_assert!(!unwrapped.unwrap().is_partial);
            }
        }

        #[test]
        fn docker_json_records_are_opened(text: String) {
            let line = json_of(&text);
            let Some(Unwrapped { text: Text::Json(raw), is_partial: false, .. }) = json_file::open(&line) else {
                return Err(TestCaseError::fail("no letter"));
            };
            let bump = bumpalo::Bump::new();
            prop_assert_eq!(undo_json(raw, &bump), text.as_bytes());
        }

        #[test]
        fn arbitrary_lines_do_not_panic(
            head in prop::sample::select(vec![
                "", "nginx | ", "{\"log\":\"", "2026-11-21T10:00:00Z stdout ", "<190>", "<1>1 - a b c d [", "Nov 21 10:00:00 ", "a.1@b    ",
                "[pod/a/", "2026-11-21T10:00:00", "1767607201000,\"", "2026-11-21T10:00:00Z\t", "a.log", "a b ", "\"", "12:",
            ]),
            parts in prop::collection::vec(prop::sample::select(vec![
                "\\", "\"", "{", "}", "[", "]", ":", ",", " ", "|", "\x1b[", "m", "K", "0", "\\u", "d8", "3d", "<", ">", "é", "log", "stream",
                "stdout", "time", "message", ".123456", "Z", "+00:00", "\t", "a", "/", "@",
            ]), 0..40),
            bytes: Vec<u8>,
        ) {
            let text = format!("{head}{}", parts.concat());
            assert_opens(text.as_bytes());
            assert_opens(&bytes);
        }
    }

    #[test]
    fn envelopes_open_only_their_own_lines() {
        let text = br#"1.2.3.4 - - [21/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl""#;
        let json = br#"{"remote_addr":"1.2.3.4","time":"2026-11-21T10:00:00+00:00","status":200}"#;
        let mut lines = put_in(text);
        let docker = json_of("1.2.3.4 - - [21/Nov/2026:10:00:00 +0000]");
        lines.push(("docker json-file", docker.clone()));
        lines.push(("JSON", br#"{"message":"1.2.3.4 - -"}"#.to_vec()));
        lines.push(("Fluentd", [b"2026-11-21T10:00:00Z\tnginx\t", &docker[..]].concat()));
        lines.push(("quotes", [b"\"", &text[..], b"\""].concat()));
        lines.push(("CloudWatch CSV", [b"1767607201000,\"", &text[..], b"\""].concat()));
        for plain in [&text[..], json, b"::1 - - [x]", b"2001:db8::1 - - [x]", b"unix: - - [x]", b"1.2.3.4:80 - - [x]"]
        {
            for site in
                ["", "shop.example.com ", "shop.example.com:443 ", "1767607201.123 ", "2026-11-21T10:00:00+00:00 "]
            {
                // `grep -n` may put a line number before any text, so `2001:` is ambiguous. The numbers of a file's
                // first lines decide.
                if !plain.starts_with(b"2001:") || !site.is_empty() {
                    lines.push(("none", [site.as_bytes(), plain].concat()));
                }
            }
        }
        for (name, line) in lines {
            let opens: Vec<_> = ENVELOPES.iter().filter(|e| (e.open)(&line).is_some()).map(|e| e.name).collect();
            // The inner lines and the order of the table decide between these.
            let others: &[&str] = match name {
                "docker json-file" => &["JSON"],
                "Kubernetes CRI" | "syslog" => &["timestamps"],
                _ => &[],
            };
            let is_expected = |opened: &&str| *opened == name || others.contains(opened);
            assert!(opens.iter().all(is_expected), "{name} {opens:?} {}", String::from_utf8_lossy(&line));
            assert!(name == "none" || opens.first() == Some(&name), "{name} {opens:?}");
        }
    }

    #[test]
    fn names_are_unique_and_match_the_schema() {
        for (i, envelope) in ENVELOPES.iter().enumerate() {
            assert!(ENVELOPES[..i].iter().all(|e| e.name != envelope.name), "{}", envelope.name);
            assert!(envelope.name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'-')));
        }
    }

    #[test]
    fn examples_are_opened_by_their_envelope() {
        for envelope in ENVELOPES {
            let example = envelope.example.replace("<TAB>", "\t").replace("{…}", "{\"log\":\"LINE\"}");
            let example = example.replace("{…,", "{\"a\":1,").replace(",…}", ",\"b\":2}");
            let bump = bumpalo::Bump::new();
            let opened = Opened::whole(example.as_bytes()).open(envelope, &bump);
            let text = opened.map(|opened| String::from_utf8_lossy(opened.text).into_owned());
            let expected = if envelope.name == "Fluentd" { "{\"log\":\"LINE\"}" } else { "LINE" };
            assert_eq!(text.as_deref(), Some(expected), "{}", envelope.name);
        }
    }
}
