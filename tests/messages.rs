//! Errors of the library quote user input. A program that prints them must not pass control, bidi or format characters
//! to its terminal, nor lines made up by a user.

use std::fmt::Display;
use std::path::Path;
use std::str::FromStr;

use logstat::{
    Date, DayTimes, Dimension, Engine, ErrorKind, FailIf, FieldKey, Input, LogFormat, Moment, Networks, NginxConf, Now,
    Pattern, Question, StaticRules, StatusSet, Unit, WhereExpression, Zone, count, find_logs, printable,
};

/// Characters that must not reach a terminal, and a forged message line.
const HOSTILE: [&str; 6] = ["\u{1b}[31m", "\u{202e}", "\u{200b}", "\u{85}", "\t", "\nlogstat: forged"];

/// The error message of a parser; `None` if the text is valid.
fn wrong<T: FromStr<Err: Display>>(text: &str) -> Option<String> {
    text.parse::<T>().err().map(|error| error.to_string())
}

type Parser = fn(&str) -> Option<String>;

/// THE TABLE of parsers, each with invalid texts.
const PARSERS: &[(&str, Parser, &[&str])] = &[
    (
        "where",
        wrong::<WhereExpression>,
        &["status >= 400 && path ~ \"^/a(\"", "ip in (10.0.0.0/8, x)", "host == 'a", "a.b ~ \"[\""],
    ),
    ("fail-if", wrong::<FailIf>, &["5xx > 1%", "any path: pv > 100", "any host/path/x: uv > 1", "p95 > x"]),
    ("pattern", wrong::<Pattern>, &["/a*[", "~(^/b", "!~*", "~[[:x:]]", "~(?P<a>"]),
    ("status", wrong::<StatusSet>, &["4xx,!404", "500-504,x", ">=500,<"]),
    ("networks", wrong::<Networks>, &["10.0.0.0/8,unix:", "!2001:db8::/129"]),
    ("times", wrong::<DayTimes>, &["8-9,22:00-06:00", "x-y"]),
    ("field", wrong::<FieldKey>, &["status=http.code", "nonsense=a"]),
    (
        "log format",
        wrong::<LogFormat>,
        &["$remote_addr [$time_local] \"$request\" $status", "%h %l %q{x}", "${a", "escape=x $status"],
    ),
    ("unit", wrong::<Unit>, &["15m", "day"]),
    ("zone", wrong::<Zone>, &["Europe/Berlin", "+08:00"]),
    ("moment", wrong::<Moment>, &["2026-11-14T08", "90m", "14/Nov/2026:08:30:00 +0100", "yesterday 10am", "last week"]),
    ("date", wrong::<Date>, &["2026-11-14"]),
    ("now", wrong::<Now>, &["last"]),
    (
        "dimension",
        |text| Dimension::named(text).err().map(|error| error.to_string()),
        &["host/path", "cookie_x/cookie_x"],
    ),
    ("prefix", |text| StaticRules::default().add_prefix(text).err().map(|error| error.to_string()), &["static/"]),
    (
        "extension",
        |text| StaticRules::default().add_extension(text).err().map(|error| error.to_string()),
        &["a/b", "."],
    ),
    (
        "configuration",
        configuration,
        &[
            "http { log_format a '$x'; server { listen 80; access_log /a b; location ~ \"(\" { } } }",
            "http { server { server_name ~(; location /a { return 200 ; } location = /a { } } }",
            "http { include a; } }",
            "server \"x {",
            "http { server { location /a { rewrite ( /b last; } } }",
        ],
    ),
];

fn configuration(text: &str) -> Option<String> {
    NginxConf::from_reader(Path::new("nginx\u{1b}.conf"), text.as_bytes()).err().map(|error| error.to_string())
}

fn assert_safe(what: &str, message: &str) {
    for line in message.split('\n') {
        assert_eq!(printable(line.as_bytes()), line, "{what}: {message:?}");
        assert!(!line.starts_with("logstat: forged"), "{what}: {message:?}");
    }
}

#[test]
fn errors_about_texts_are_safe_on_a_terminal() {
    for (what, parser, texts) in PARSERS {
        let mut errors = 0;
        for text in *texts {
            for (at, _) in text.char_indices().chain([(text.len(), ' ')]) {
                for hostile in HOSTILE {
                    let (before, behind) = text.split_at(at);
                    let Some(message) = parser(&format!("{before}{hostile}{behind}")) else { continue };
                    errors += 1;
                    assert_safe(what, &message);
                }
            }
        }
        assert!(errors > 5, "{what}: too few errors to test anything");
    }
}

#[test]
fn errors_about_inputs_are_safe_on_a_terminal() {
    let log = "10.0.0.7 - - [05/Apr/2022:03:45:05 +0000] \"GET / HTTP/1.1\" 200 512 \"-\" \"curl/8.5\"\n";
    for hostile in HOSTILE {
        let name = format!("a{hostile}.log");
        let failing = Failing(format!("cable {hostile}"));
        let inputs = vec![
            Input::path(&name),
            Input::reader(&name, std::io::Cursor::new(format!("{hostile} is no line\n{hostile}\n"))),
            Input::reader(&name, std::io::Cursor::new(format!("2026/01/05 10:00:00 [error] 7#7: *1 {hostile}\n"))),
            Input::reader(&name, failing),
            Input::reader("good.log", log.as_bytes()),
        ];
        let outcome = count(&Question::default(), inputs, &Engine::default()).unwrap();
        assert_eq!(outcome.problems.len(), 4);
        let found = find_logs([format!("no{hostile}*"), format!("[{hostile}")]);
        assert_eq!(found.problems.len(), 2);
        for error in outcome.problems.iter().chain(&found.problems) {
            assert_safe("input", &error.to_string());
        }
        let report = outcome.report.unwrap();
        assert_eq!(report.warnings.len(), 4);
        for warning in &report.warnings {
            assert_safe("warning", &warning.to_string());
            assert!(!warning.text.contains('\n'), "{}", warning.text);
        }
    }
    let formats = vec!["$remote_addr".parse().unwrap()];
    let question = Question::new().log_formats(formats).top([Dimension::Path]);
    let error = count(&question, vec![Input::reader("a.log", &b"10.0.0.7\n"[..])], &Engine::default()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotLogged { .. }));
    assert_safe("not logged", &error.to_string());
}

/// A reader that fails with this message.
struct Failing(String);

impl std::io::Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::Error::other(self.0.clone()))
    }
}
