//! W3C's extended log file format, in which comments name the fields of the lines. IIS and CloudFront write dialects of
//! it.
//!
//! Sources: <https://www.w3.org/TR/WD-logfile.html>; Microsoft's documentation of IIS logging; Amazon's guide to
//! CloudFront, "Standard log file fields"; read in November 2026.

use super::Excerpt;
use super::conversion::Filter;
use crate::files::FileKind;
use crate::text::{is_blank, lines};

/// Maximum number of lines to search for the comments.
const COMMENTS: usize = 20;

/// Start of the comment that names the fields.
const FIELDS_ARE: &[u8] = b"#Fields:";

/// THE TABLE of fields that have an nginx variable. If a log has two fields for one variable, the first in the table is
/// read.
const FIELDS: [(&[u8], &str); 17] = [
    (b"c-ip", "remote_addr"),
    (b"cs-username", "remote_user"),
    (b"s-ip", "server_addr"),
    (b"s-port", "server_port"),
    (b"cs-method", "request_method"),
    (b"cs-uri-stem", "uri"),
    (b"cs-uri-query", "args"),
    (b"cs-uri", "request_uri"),
    (b"sc-status", "status"),
    (b"sc-bytes", "bytes_sent"),
    (b"cs-bytes", "request_length"),
    (b"x-host-header", "host"),
    (b"cs-host", "host"),
    (b"cs(Host)", "host"),
    (b"cs(User-Agent)", "http_user_agent"),
    (b"cs(Referer)", "http_referer"),
    (b"cs(Cookie)", "http_cookie"),
];

/// The kind of a log whose comments name its fields, and the line that names them.
pub(super) fn recognize(head: &[u8]) -> Option<(FileKind, Excerpt)> {
    let kind = kind(head)?;
    let (number, text) = (1..).zip(lines(head, true)).find(|(_, line)| line.starts_with(FIELDS_ARE))?;
    Some((kind, Excerpt::Line { number, text: text.to_vec() }))
}

fn kind(head: &[u8]) -> Option<FileKind> {
    let fields = fields(head)?;
    let is_iis = comments(head).any(|line| line.starts_with(b"#Software: Microsoft Internet Information Services"));
    Some(match fields.contains(&&b"x-edge-location"[..]) {
        true => FileKind::CloudFrontLog,
        false if is_iis => FileKind::IisLog,
        false => FileKind::W3cLog,
    })
}

/// The log format described by the comments. A date is read only directly before a time: together they are one
/// variable.
pub(super) fn log_format(head: &[u8]) -> Option<(Filter, String)> {
    let fields = fields(head)?;
    let first = lines(head, true).find(|line| !line.starts_with(b"#") && !is_blank(line))?;
    let has_tabs = first.contains(&b'\t');
    // CloudFront logs seconds, IIS milliseconds.
    let time_taken = if fields.contains(&&b"x-edge-location"[..]) { "request_time" } else { "request_time_ms" };
    let preferred = |variable: &str| FIELDS.iter().find(|(field, v)| *v == variable && fields.contains(field));
    let mut variables = Vec::new();
    let mut rest = &fields[..];
    while let [field, after @ ..] = rest {
        rest = after;
        let known = FIELDS.iter().find(|row| row.0 == *field).filter(|row| preferred(row.1) == Some(row));
        variables.push(match (*field, after) {
            (b"date", [b"time", after @ ..]) => {
                rest = after;
                "time_iso8601".to_owned()
            }
            (b"time-taken", _) => time_taken.to_owned(),
            (other, _) => known.map_or_else(|| name_of(other), |(_, variable)| (*variable).to_owned()),
        });
    }
    let text: Vec<_> = variables.iter().map(|variable| format!("${variable}")).collect();
    Some((if has_tabs { Filter::TabsToSpaces } else { Filter::NoComments }, text.join(" ")))
}

/// A variable name for a field that nginx does not have, such as `sc_substatus`.
fn name_of(field: &[u8]) -> String {
    let letter = |byte: &u8| if byte.is_ascii_alphanumeric() { char::from(byte.to_ascii_lowercase()) } else { '_' };
    field.iter().map(letter).collect::<String>().trim_end_matches('_').to_owned()
}

/// The comments before the first log line.
fn comments(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    lines(head, true).filter(|line| !is_blank(line)).take(COMMENTS).take_while(|line| line.starts_with(b"#"))
}

/// The names of the fields.
fn fields(head: &[u8]) -> Option<Vec<&[u8]>> {
    let line = comments(head).find_map(|line| line.strip_prefix(FIELDS_ARE))?;
    let fields: Vec<_> = line.split(u8::is_ascii_whitespace).filter(|field| !field.is_empty()).collect();
    (!fields.is_empty()).then_some(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_become_variables() {
        let log = |fields: &str, line: &str| format!("#Version: 1.0\r\n#Fields: {fields}\r\n{line}\r\n").into_bytes();
        let rows = [
            (
                log("date time c-ip cs(User-Agent) sc-substatus time-taken", "2026-01-05 10:00:00 192.0.2.1 x 0 1"),
                FileKind::W3cLog,
                (Filter::NoComments, "$time_iso8601 $remote_addr $http_user_agent $sc_substatus $request_time_ms"),
            ),
            (
                log(
                    "date\ttime\tx-edge-location cs(Host) x-host-header time-taken",
                    "2026-01-05\t10:00:00\tx\ta\tb\t0.1",
                ),
                FileKind::CloudFrontLog,
                (Filter::TabsToSpaces, "$time_iso8601 $x_edge_location $cs_host $host $request_time"),
            ),
            (
                log("time c-ip date", "10:00:00 192.0.2.1 2026-01-05"),
                FileKind::W3cLog,
                (Filter::NoComments, "$time $remote_addr $date"),
            ),
        ];
        for (head, expected, (filter, text)) in rows {
            assert_eq!(kind(&head), Some(expected));
            assert_eq!(log_format(&head), Some((filter, text.to_owned())));
        }
        assert_eq!(kind(b"#Software: x\n#Version: 1.0\nline\n"), None);
        assert_eq!(kind(b"line\n#Fields: date time\n"), None);
        assert_eq!(kind(b"#Fields:\n"), None);
    }
}
