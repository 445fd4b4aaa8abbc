//! What others put around nginx's lines on their way into a file, found by itself and taken off.
//!
//! An envelope is one file and its row in [`ENVELOPES`]: a function that opens one line, or says that this is none of
//! its own. `find` chooses the envelope of an input from its first lines; `join` and `seams` put together the lines that
//! an envelope has cut into parts; `programs` knows the lines that are no access log's. Nothing here depends on threads or chunks.

mod compose;
mod cri;
mod find;
mod join;
mod json_file;
mod programs;
mod seams;
mod stamp;
mod syslog;
mod syslog_5424;

use std::fmt;

pub(crate) use find::{Worn, find};
pub(crate) use join::{Joined, LinePlace, Pipe, kept_of};
pub(crate) use programs::is_another_programs;
pub(crate) use seams::Runs;

/// What was in an envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Letter<'a> {
    pub(crate) text: Text<'a>,
    pub(crate) sender: Sender<'a>,
    /// Whether this is a part, and the sender's next letter goes on with the line.
    pub(crate) goes_on: bool,
}

/// The text of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Text<'a> {
    /// As it stands: the end of the line that was opened.
    Plain(&'a [u8]),
    /// As JSON escapes it.
    Json(&'a [u8]),
}

/// Who wrote a line, as far as the envelope tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sender<'a> {
    Unknown,
    /// A service of docker compose, the tag of syslog.
    Program(&'a [u8]),
    /// A container's standard output or error.
    Pipe(Pipe),
}

/// A way of wrapping lines.
#[derive(Clone, Copy)]
pub(crate) struct Envelope {
    pub(crate) name: &'static str,
    /// Opens a line.
    pub(crate) open: fn(&[u8]) -> Option<Letter<'_>>,
    kind: Kind,
}

/// How sure it is that a line that can be opened is a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Nothing else looks like it: it is opened even if the line as it stands fits a format too.
    Certain,
    /// A `log_format` may look like it.
    Likely,
}

impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Envelope").field(&self.name).finish()
    }
}

const fn row(name: &'static str, kind: Kind, open: fn(&[u8]) -> Option<Letter<'_>>) -> Envelope {
    Envelope { name, open, kind }
}

/// THE TABLE. Of two that fit a file's first lines alike, the one that stands first is taken.
pub(crate) const ENVELOPES: &[Envelope] = &[
    row("docker compose", Kind::Likely, compose::open),
    row("docker json-file", Kind::Certain, json_file::open),
    row("Kubernetes CRI", Kind::Certain, cri::open),
    row("syslog RFC 5424", Kind::Likely, syslog_5424::open),
    row("syslog", Kind::Likely, syslog::open),
];

/// What is behind the space that ends a word, and the word.
fn word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(b' ', text)?;
    (end > 0).then(|| (&text[..end], &text[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::undo_json;
    use proptest::prelude::*;

    const TIMES: [&str; 3] = ["2026-11-21T10:00:00.123456789Z", "2026-11-21T10:00:00+00:00", "2026-11-21T10:00:00Z"];
    const CLOCKS: [&str; 4] = ["Nov 21 10:00:00", "Nov  1 10:00:00.123456", TIMES[0], "2026-11-21T10:00:00+0800"];

    /// Every way in which the envelope of a name is written around a line that is whole.
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
            for pipe in ["stdout F ", "stderr F ", "stdout F:tag "] {
                push("Kubernetes CRI", &format!("{time} {pipe}"));
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
        all
    }

    fn envelope(name: &str) -> &'static Envelope {
        ENVELOPES.iter().find(|e| e.name == name).unwrap()
    }

    /// A line as docker's own log driver writes it.
    fn json_of(text: &str) -> Vec<u8> {
        let log = serde_json::to_string(&format!("{text}\n")).unwrap();
        let log = log.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
        format!(r#"{{"log":{log},"stream":"stdout","time":"2026-11-21T10:00:00.1Z"}}"#).into_bytes()
    }

    proptest! {
        #[test]
        fn what_is_put_in_is_taken_out(text in prop_oneof![
            prop::collection::vec(any::<u8>().prop_filter("no line end", |b| *b != b'\n'), 0..60),
            Just(br#"1.2.3.4 - - [21/Nov/2026:10:00:00 +0000] "GET /\x22 | HTTP/1.1" 200 5 "-" "a: b[1]: ""#.to_vec()),
            Just(b" a  | b".to_vec()),
            Just(b"\x1b[32mINFO\x1b[0m".to_vec()),
        ]) {
            // A time that looks like docker's own is taken for it, and a byte order mark for that of RFC 5424.
            prop_assume!(!text.starts_with(b"\xef\xbb\xbf"));
            for (name, line) in put_in(&text) {
                let letter = (envelope(name).open)(&line);
                prop_assert_eq!(letter.map(|l| l.text), Some(Text::Plain(&text)), "{}", String::from_utf8_lossy(&line));
                prop_assert!(!letter.unwrap().goes_on);
            }
        }

        #[test]
        fn what_docker_writes_is_read(text: String) {
            let line = json_of(&text);
            let Some(Letter { text: Text::Json(raw), goes_on: false, .. }) = json_file::open(&line) else {
                return Err(TestCaseError::fail("no letter"));
            };
            let bump = bumpalo::Bump::new();
            prop_assert_eq!(undo_json(raw, &bump), text.as_bytes());
        }

        #[test]
        fn nothing_panics(
            head in prop::sample::select(vec!["", "nginx | ", "{\"log\":\"", "2026-11-21T10:00:00Z stdout ", "<190>", "<1>1 - a b c d [", "Nov 21 10:00:00 "]),
            parts in prop::collection::vec(prop::sample::select(vec![
                "\\", "\"", "{", "}", "[", "]", ":", ",", " ", "|", "\x1b[", "m", "0", "\\u", "d8", "3d", "<", ">", "é", "log", "stream", "stdout", "time",
            ]), 0..40),
            bytes: Vec<u8>,
        ) {
            let text = format!("{head}{}", parts.concat());
            for line in [text.as_bytes(), &bytes] {
                for envelope in ENVELOPES {
                    if let Some(letter) = (envelope.open)(line) {
                        let (Text::Plain(text) | Text::Json(text)) = letter.text;
                        prop_assert!(text.len() <= line.len());
                        prop_assert!(matches!(letter.text, Text::Json(_)) || line.ends_with(text));
                    }
                }
            }
        }
    }

    #[test]
    fn an_envelope_opens_its_own_lines_alone() {
        let text = br#"1.2.3.4 - - [21/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl""#;
        let mut lines = put_in(text);
        lines.push(("docker json-file", json_of("1.2.3.4 - - [21/Nov/2026:10:00:00 +0000]")));
        lines.push(("none", text.to_vec()));
        lines.push(("none", b"{\"remote_addr\":\"1.2.3.4\",\"time\":\"2026-11-21T10:00:00+00:00\"}".to_vec()));
        for (name, line) in lines {
            let opens: Vec<_> = ENVELOPES.iter().filter(|e| (e.open)(&line).is_some()).map(|e| e.name).collect();
            let expected = if name == "none" { vec![] } else { vec![name] };
            assert_eq!(opens, expected, "{}", String::from_utf8_lossy(&line));
        }
    }

    #[test]
    fn names_are_unique() {
        for (i, envelope) in ENVELOPES.iter().enumerate() {
            assert!(ENVELOPES[..i].iter().all(|e| e.name != envelope.name), "{}", envelope.name);
        }
    }
}
