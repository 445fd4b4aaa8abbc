//! Recognises an input by its first lines, if no format fits any of them.
//!
//! One line that defines the rest, such as `#Fields:`, is enough. Otherwise most of the lines must have the shape of
//! the kind, because a few lines of an access log in an unknown format may contain anything.

use bumpalo::Bump;

use super::bytes::begins;
use super::workarounds::workaround;
use super::{Excerpt, Foreign, first_line, is_control, shapes, w3c};
use crate::envelope::{self, DetectedEnvelopes, is_error_log, is_of_start, syslog_message};
use crate::files::FileKind;
use crate::text::{FirstLines, is_blank, lines};

/// Maximum number of lines to look at.
const SAMPLE: usize = 200;
/// Percentage of lines that must have the shape of a kind.
const PERCENT: usize = 90;
/// Bytes that are examined to tell binary data from text.
const WEIGHED_BYTES: usize = 64 << 10;
/// Minimum percentage of control characters in binary data.
const CONTROL_PERCENT: usize = 3;
/// Minimum percentage of bytes in binary data that are control characters or not UTF-8.
const NO_TEXT_PERCENT: usize = 10;

/// A line, both raw and without its envelope or syslog header.
struct Sampled<'t> {
    number: u64,
    raw: &'t [u8],
    text: &'t [u8],
    /// True for a syslog message from a program other than nginx.
    is_syslog: bool,
    /// True for a syslog message from HAProxy.
    is_haproxys: bool,
}

/// True if a line has the shape of a kind.
type Shape = fn(&Sampled<'_>) -> bool;

/// THE TABLE of shapes. The first kind whose shape most lines have wins.
const SHAPES: &[(FileKind, Shape)] = &[
    (FileKind::NginxErrorLog, |line| is_error_log(line.text)),
    (FileKind::ApacheErrorLog, |line| shapes::is_apache_error(line.text)),
    (FileKind::HaproxyLog, |line| shapes::is_haproxy(line.text)),
    (FileKind::AlbLog, |line| shapes::is_alb(line.raw)),
    (FileKind::ElbLog, |line| shapes::is_elb(line.raw)),
    (FileKind::S3Log, |line| shapes::is_s3(line.raw)),
    (FileKind::SquidLog, |line| shapes::is_squid(line.text)),
    (FileKind::Syslog, |line| line.is_syslog),
    (FileKind::DpkgLog, |line| shapes::is_dpkg(line.raw)),
];

pub(super) fn recognize(first: FirstLines<'_>, detected: Option<&DetectedEnvelopes>) -> Option<Foreign> {
    let head = first.text;
    let found = |kind| first_line(head).map(|excerpt| (kind, excerpt));
    let (kind, excerpt) = document(head)
        .and_then(found)
        .or_else(|| w3c::recognize(head))
        .or_else(|| by_shape(first, detected))
        .or_else(|| configuration(head).and_then(found))
        .or_else(|| is_binary(head).then(|| (FileKind::Binary, begins(head))))?;
    Some(Foreign { is_certain: false, workaround: workaround(kind, head), ..Foreign::certain(kind, excerpt) })
}

/// The kind that most lines have the shape of, and the first of these lines.
fn by_shape(head: FirstLines<'_>, detected: Option<&DetectedEnvelopes>) -> Option<(FileKind, Excerpt)> {
    let bump = Bump::new();
    let sample: Vec<_> = sample(head, detected, &bump).into_iter().filter(|line| !is_continuation(line.text)).collect();
    SHAPES.iter().find_map(|(kind, has_shape)| {
        // HAProxy writes requests and other messages to the same log.
        let is_other = |line: &&Sampled<'_>| {
            *kind == FileKind::HaproxyLog && (line.is_haproxys || shapes::is_of_haproxy(line.text)) && !has_shape(line)
        };
        let others = sample.iter().filter(is_other).count();
        let mut of_kind = sample.iter().filter(|line| has_shape(line)).peekable();
        let first = *of_kind.peek()?;
        let excerpt = Excerpt::Line { number: first.number, text: first.raw.to_vec() };
        ((of_kind.count() + others) * 100 >= sample.len() * PERCENT).then_some((*kind, excerpt))
    })
}

/// The first lines that are not blank.
fn sample<'t>(head: FirstLines<'t>, detected: Option<&DetectedEnvelopes>, bump: &'t Bump) -> Vec<Sampled<'t>> {
    let mut texts: Vec<Option<&[u8]>> = Vec::new();
    if let Some(detected) = detected {
        envelope::each_line(detected, head, bump, |line| texts.push(line.map(|line| line.text)));
    }
    let all = (1..).zip(lines(head.text, true)).filter(|(_, line)| !is_blank(line)).take(SAMPLE);
    let mut may_be_nginxs = false;
    let sampled = all.map(|(number, raw)| {
        let message = syslog_message(raw);
        may_be_nginxs |= message.is_some_and(|(program, text)| may_be_a_request(program, text));
        let in_envelope = texts.get(number as usize - 1).copied().flatten();
        let text = in_envelope.or(message.map(|(_, text)| text)).unwrap_or(raw);
        let is_haproxys = message.is_some_and(|(program, _)| program.starts_with(b"haproxy"));
        Sampled { number, raw, text, is_syslog: message.is_some(), is_haproxys }
    });
    let mut sampled: Vec<_> = sampled.collect();
    sampled.iter_mut().for_each(|line| line.is_syslog &= !may_be_nginxs);
    sampled
}

/// True for a syslog message that may be a request in an unknown format. A container's program name may be just its ID.
fn may_be_a_request(program: &[u8], text: &[u8]) -> bool {
    const REQUEST: [&str; 4] = ["HTTP/", "GET ", "POST ", "HEAD "];
    let holds = |text: &[u8], word: &str| memchr::memmem::find(text, word.as_bytes()).is_some();
    holds(&program.to_ascii_lowercase(), "nginx") || REQUEST.iter().any(|word| holds(text, word))
}

/// True for a line that continues a message, such as a PHP stack trace in an error log, and for the output of a
/// container before nginx starts.
fn is_continuation(line: &[u8]) -> bool {
    const BEGINNINGS: [&[u8]; 5] = [b" ", b"\t", b"Stack trace:", b"PHP ", b"#"];
    BEGINNINGS.iter().any(|beginning| line.starts_with(beginning)) || is_of_start(line)
}

/// Recognises a document by its beginning.
fn document(head: &[u8]) -> Option<FileKind> {
    const BEGINNINGS: [(&[u8], FileKind); 4] = [
        (b"<!doctype html", FileKind::Html),
        (b"<html", FileKind::Html),
        (b"<?xml ", FileKind::Xml),
        (b"active connections: ", FileKind::NginxStatus),
    ];
    let text = lines(head, true).find(|line| !is_blank(line))?.trim_ascii_start();
    let begins = |(beginning, _): &&(&[u8], FileKind)| {
        text.get(..beginning.len()).is_some_and(|start| start.eq_ignore_ascii_case(beginning))
    };
    BEGINNINGS.iter().find(begins).map(|(_, kind)| *kind).or_else(|| json_document(head))
}

/// Recognises a JSON document, on one line or several.
fn json_document(head: &[u8]) -> Option<FileKind> {
    let text = head.trim_ascii_start().strip_prefix(b"{")?.trim_ascii_start();
    if let Some(schema) = text.strip_prefix(b"\"schema\":") {
        let is_ours = [&b"\"logstat.report/"[..], b"\"logstat.explanation/"]
            .iter()
            .any(|s| schema.trim_ascii_start().starts_with(s));
        return is_ours.then_some(FileKind::LogstatReport);
    }
    // Source: the `nginx` object of the nginx Plus REST API.
    let has = |key: &str| memchr::memmem::find(text, key.as_bytes()).is_some();
    (has("\"load_timestamp\":") && has("\"generation\":")).then_some(FileKind::NginxStatus)
}

/// Directives and blocks that only nginx has, in the main file or in files that it includes.
const OF_NGINX: [&str; 30] = [
    "access_log",
    "add_header",
    "client_max_body_size",
    "events",
    "fastcgi_param",
    "fastcgi_pass",
    "grpc_pass",
    "gzip_types",
    "http",
    "limit_req",
    "limit_req_zone",
    "location",
    "log_format",
    "map",
    "proxy_pass",
    "proxy_set_header",
    "resolver",
    "scgi_param",
    "server",
    "server_name",
    "set_real_ip_from",
    "ssl_certificate",
    "ssl_ciphers",
    "ssl_protocols",
    "ssl_session_cache",
    "try_files",
    "types",
    "upstream",
    "uwsgi_param",
    "uwsgi_pass",
];

/// Recognises the main file of an nginx configuration or a file that it includes: most lines must be directives or
/// blocks, and one of them must be in [`OF_NGINX`].
fn configuration(head: &[u8]) -> Option<FileKind> {
    let directives =
        || lines(head, true).map(<[u8]>::trim_ascii).filter(|line| !line.is_empty() && !line.starts_with(b"#"));
    let (mut all, mut closed, mut is_ours) = (0, 0, false);
    for line in directives().take(SAMPLE) {
        all += 1;
        let line = line.split(|byte| *byte == b'#').next().unwrap_or_default().trim_ascii_end();
        closed += usize::from(matches!(line.last(), Some(b';' | b'{' | b'}')));
        is_ours |= OF_NGINX.iter().any(|name| first_word(line) == name.as_bytes());
    }
    // A `log_format` can span several lines, which then have no semicolon at their end.
    if !is_ours || closed * 100 < all * 70 {
        return None;
    }
    let is_main = directives().any(|line| matches!(first_word(line), b"http" | b"events"));
    Some(if is_main { FileKind::NginxConf } else { FileKind::NginxConfPart })
}

fn first_word(line: &[u8]) -> &[u8] {
    line.split(|byte| byte.is_ascii_whitespace() || *byte == b'{').next().unwrap_or_default()
}

/// True for data that is not text: enough bytes are control characters, and even more are control characters or not
/// UTF-8. Text in another encoding is not UTF-8 but has no control characters. NULs before a line are skipped, because
/// truncating a log leaves them.
fn is_binary(head: &[u8]) -> bool {
    let (mut all, mut controls, mut others) = (0, 0, 0);
    for line in lines(&head[..head.len().min(WEIGHED_BYTES)], true) {
        all += line.len();
        controls += line.iter().filter(|byte| is_control(**byte)).count();
        others += line.utf8_chunks().map(|chunk| chunk.invalid().len()).sum::<usize>();
    }
    controls > 0 && controls * 100 >= all * CONTROL_PERCENT && (controls + others) * 100 >= all * NO_TEXT_PERCENT
}

/// Recognises a device that has nothing but NULs in the bytes read.
pub(super) fn nothing_but_nuls(head: &[u8], is_device: bool) -> Option<Foreign> {
    let is_empty = is_device && !head.is_empty() && head.iter().all(|byte| *byte == 0);
    is_empty.then(|| Foreign::certain(FileKind::Binary, begins(head)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(head: &str) -> Option<FileKind> {
        recognize(FirstLines::all(head.as_bytes()), None).map(|foreign| foreign.kind)
    }

    #[test]
    fn documents_are_recognized_by_their_beginning() {
        let rows = [
            ("<!DOCTYPE html>\n<html lang=\"en\">\n", Some(FileKind::Html)),
            ("\u{feff}<HTML><head>", Some(FileKind::Html)),
            ("<?xml version=\"1.0\"?>\n<a/>", Some(FileKind::Xml)),
            ("Active connections: 2 \nserver accepts handled requests\n 1 1 3 \n", Some(FileKind::NginxStatus)),
            (
                "{\n  \"version\": \"1.29.0\",\n  \"generation\": 1,\n  \"load_timestamp\": \"2026-01-05T10:00:00.000Z\"\n}\n",
                Some(FileKind::NginxStatus),
            ),
            ("{\"schema\":\"logstat.report/2\",\"generator\":{}}\n", Some(FileKind::LogstatReport)),
            ("{\n  \"schema\": \"logstat.explanation/1\"\n}\n", Some(FileKind::LogstatReport)),
            ("{\"schema\":\"other\"}\n", None),
            ("{\"nginx_version\":\"1.29.0\",\"took\":1}\n", None),
            ("<34>Jan 5 hello\n", None),
            ("html\n", None),
        ];
        for (head, expected) in rows {
            assert_eq!(kind(head), expected, "{head}");
        }
    }

    #[test]
    fn most_lines_must_have_the_shape() {
        let error = "2026/01/05 10:00:00 [error] 7#7: *1 open() \"/x\" failed (2: No such file or directory)\n";
        let trace = "PHP message: PHP Fatal error:  Uncaught Error in /x.php:3\nStack trace:\n#0 {main}\n  thrown in /x.php on line 3\n";
        assert_eq!(kind(error), Some(FileKind::NginxErrorLog));
        assert_eq!(kind(&[error, trace].concat()), Some(FileKind::NginxErrorLog));
        let other = "192.0.2.1|2026-01-05|GET /|200\n";
        assert_eq!(kind(&[&error.repeat(9), other].concat()), Some(FileKind::NginxErrorLog));
        assert_eq!(kind(&[&error.repeat(8), other].concat()), None);
        assert_eq!(kind(&format!("192.0.2.1|{error}")), None);
    }

    #[test]
    fn haproxy_log_may_contain_other_messages() {
        let request = "192.0.2.1:33317 [05/Jan/2026:10:00:01.655] in app/s1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 \"GET / HTTP/1.1\"\n";
        let others = "Proxy http-in started.\nServer app/s1 is DOWN, reason: Layer4 timeout, check duration: 2001ms.\n\
                      192.0.2.1:33317 [05/Jan/2026:10:00:01.655] in/1: SSL handshake failure\n\
                      Connect from 192.0.2.1:33317 to 198.51.100.1:80 (in/HTTP)\n";
        assert_eq!(kind(&[others, request].concat()), Some(FileKind::HaproxyLog));
        assert_eq!(kind(others), None);
        let in_syslog = |text: &str| -> String {
            text.lines().map(|line| format!("Jan  5 10:00:00 lb haproxy[7]: {line}\n")).collect()
        };
        let any = "[NOTICE] (1) : New worker (7) forked\n";
        assert_eq!(kind(&in_syslog(&[any, others, request].concat())), Some(FileKind::HaproxyLog));
        assert_eq!(kind(&in_syslog(&[any, others].concat())), Some(FileKind::Syslog));
    }

    #[test]
    fn syslog_with_possible_requests_is_not_recognized() {
        let others =
            "Jan  5 10:00:00 web sshd[7]: Accepted publickey\nJan  5 10:00:01 web CRON[8]: (root) CMD (true)\n";
        assert_eq!(kind(others), Some(FileKind::Syslog));
        assert_eq!(kind(&others.replace(" 5 1", "05 1")), Some(FileKind::Syslog));
        for line in ["Jan  5 10:00:02 web nginx: x|y|z\n", "Jan  5 10:00:02 web 0a1b2c3d4e5f[9]: 192.0.2.1|GET /|200\n"]
        {
            assert_eq!(kind(&[&others.repeat(20), line].concat()), None);
        }
    }

    #[test]
    fn configurations_and_binaries_are_recognized() {
        let conf = "user nginx;\nevents {\n}\nhttp {\n  log_format main '$remote_addr '\n    '$status';\n  access_log /a.log main; # x\n}\n";
        assert_eq!(kind(conf), Some(FileKind::NginxConf));
        for (text, expected) in [
            ("upstream a {\n  server a:1;\n}\nserver {\n  root /srv;\n}\n", FileKind::NginxConfPart),
            ("types {\n    text/html  html htm;\n    application/x\n        y;\n}\n", FileKind::NginxConfPart),
            ("\nuwsgi_param  QUERY_STRING  $query_string;\n", FileKind::NginxConfPart),
            ("fastcgi_param  QUERY_STRING  $query_string;\n", FileKind::NginxConfPart),
            ("ssl_protocols TLSv1.3;\nssl_prefer_server_ciphers on;\n", FileKind::NginxConfPart),
            ("include a;\nhttp{\n  server {\n  }\n}\n", FileKind::NginxConf),
            ("http\n{\n  server {\n  }\n}\n", FileKind::NginxConf),
        ] {
            assert_eq!(kind(text), Some(expected), "{text}");
        }
        assert_eq!(kind("int main() {\n  return 0;\n}\n"), None);
        assert_eq!(kind("\x01\x02\x03abc\x04\n\x05\x06def\n"), Some(FileKind::Binary));
        assert_eq!(kind("\x01\x02abc\nplain text of forty characters in a line\n"), None);
        let latin_1 = b"gr\xf6\xdfe;\xfc\xe4\xf6\xfc;\xe4\n".repeat(9);
        assert!(!is_binary(&latin_1));
        // A linear congruential generator. Any length from 64 bytes on must be recognised, wherever its lines end.
        let mut state = 1_u64;
        for length in 64..2000 {
            let random: Vec<u8> = std::iter::repeat_with(|| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 56) as u8
            })
            .take(length)
            .collect();
            assert!(is_binary(&random), "{length}");
        }
        assert!(nothing_but_nuls(&[0; 9], true).is_some_and(|foreign| foreign.is_certain));
        assert_eq!(nothing_but_nuls(&[0; 9], false), None);
        assert_eq!(kind("\0\0\0\0one|two\n\0\0three|four\n"), None);
        assert_eq!(kind("hello\nworld\n"), None);
        assert_eq!(kind(""), None);
    }
}
