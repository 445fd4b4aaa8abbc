//! The shapes of other programs' lines. A shape uses only what the program always writes and a visitor cannot choose.

use crate::ip;
use crate::time::MONTHS;

/// True if `text` begins with bytes of this shape, where `0` means any digit and `A` any ASCII letter.
fn has_shape(text: &[u8], shape: &[u8]) -> bool {
    text.len() >= shape.len()
        && text.iter().zip(shape).all(|(byte, shape)| match shape {
            b'0' => byte.is_ascii_digit(),
            b'A' => byte.is_ascii_alphabetic(),
            _ => byte == shape,
        })
}

fn is_digits(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

/// True for a number with or without decimals, `-1` or `-`: a duration, or none.
fn is_duration(text: &[u8]) -> bool {
    matches!(text, b"-" | b"-1") || text.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.') && !text.is_empty()
}

fn is_address_with_port(text: &[u8]) -> bool {
    let Some(colon) = memchr::memrchr(b':', text) else { return false };
    is_digits(&text[colon + 1..]) && ip::is_address(&text[..colon])
}

/// True for an RFC 3339 time in UTC with microseconds, as Amazon's load balancers write it.
fn is_amazons_time(text: &[u8]) -> bool {
    has_shape(text, b"0000-00-00T00:00:00.000000Z") && text.len() == b"0000-00-00T00:00:00.000000Z".len()
}

/// The first `N` words of a line, separated by single spaces; missing words are empty.
fn words<const N: usize>(line: &[u8]) -> [&[u8]; N] {
    let mut words = [&b""[..]; N];
    words.iter_mut().zip(line.split(|byte| *byte == b' ')).for_each(|(word, found)| *word = found);
    words
}

/// True for `[Mon Jan 05 10:00:00.123456 2026] [core:error] [pid 7] …`, without the fraction up to Apache 2.2. Source:
/// Apache's documentation of `ErrorLogFormat`.
pub(super) fn is_apache_error(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"[").filter(|rest| has_shape(rest, b"AAA AAA 00 00:00:00")) else {
        return false;
    };
    let is_month = MONTHS.iter().any(|month| rest[4..].starts_with(&month[..]));
    let rest = &rest[b"AAA AAA 00 00:00:00".len()..];
    let rest = if has_shape(rest, b".000000") { &rest[7..] } else { rest };
    is_month && has_shape(rest, b" 0000] [")
}

/// True for `192.0.2.1:33317 [05/Jan/2026:10:00:01.655] http-in static/srv1 10/0/30/69/109 200 2750 …`. Source:
/// HAProxy's configuration manual, "HTTP log format".
pub(super) fn is_haproxy(line: &[u8]) -> bool {
    let [client, time, _, backend, timers, status] = words(line);
    let is_timer = |timer: &[u8]| is_duration(timer.strip_prefix(b"+").unwrap_or(timer));
    is_address_with_port(client)
        && has_shape(time, b"[00/AAA/0000:00:00:00.000]")
        && backend.contains(&b'/')
        && timers.split(|byte| *byte == b'/').count() == 5
        && timers.split(|byte| *byte == b'/').all(is_timer)
        && is_duration(status)
}

/// True for a line that HAProxy writes in addition to those of requests: about its proxies and servers, and about
/// connections without a request. Source: HAProxy's configuration manual, chapter 8.2, and the messages in its source.
pub(super) fn is_of_haproxy(line: &[u8]) -> bool {
    const BEGINNINGS: [&[u8]; 9] = [
        b"Proxy ",
        b"Stopping proxy ",
        b"Stopping frontend ",
        b"Stopping backend ",
        b"Server ",
        b"Backup Server ",
        b"Health check for ",
        b"Backend ",
        b"backend ",
    ];
    let is_connection = || {
        let [client, time] = words(line);
        is_address_with_port(client) && has_shape(time, b"[00/AAA/0000:00:00:00.000]")
    };
    let connects = || line.strip_prefix(b"Connect from ").is_some_and(|rest| is_address_with_port(words::<1>(rest)[0]));
    BEGINNINGS.iter().any(|beginning| line.starts_with(beginning)) || connects() || is_connection()
}

/// True for `https 2026-01-05T10:00:01.186641Z app/NAME/ID 192.0.2.1:2817 …`. Source: Amazon's guide to Application
/// Load Balancers, "Access log entries".
pub(super) fn is_alb(line: &[u8]) -> bool {
    const TYPES: [&[u8]; 6] = [b"http", b"https", b"h2", b"grpcs", b"ws", b"wss"];
    let [kind, time, balancer, client] = words(line);
    TYPES.contains(&kind) && is_amazons_time(time) && balancer.starts_with(b"app/") && is_address_with_port(client)
}

/// True for `2026-01-05T10:00:01.945958Z NAME 192.0.2.1:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 …`. Source:
/// Amazon's guide to Classic Load Balancers, "Access log entries".
pub(super) fn is_elb(line: &[u8]) -> bool {
    let [time, _, client, target, one, two, three] = words(line);
    is_amazons_time(time)
        && is_address_with_port(client)
        && (target == b"-" || is_address_with_port(target))
        && [one, two, three].into_iter().all(is_duration)
}

/// True for `OWNER BUCKET [05/Jan/2026:10:00:01 +0000] 192.0.2.1 REQUESTER ID REST.GET.OBJECT …`. Source: Amazon's
/// guide to S3, "Server access log format".
pub(super) fn is_s3(line: &[u8]) -> bool {
    const INTERFACES: [&[u8]; 5] = [b"REST.", b"WEBSITE.", b"S3.", b"SOAP.", b"BATCH."];
    let [owner, _, date, zone, address, _, _, operation] = words(line);
    owner.len() == 64
        && owner.iter().all(u8::is_ascii_hexdigit)
        && has_shape(date, b"[00/AAA/0000:00:00:00")
        && has_shape(zone, b"+0000]")
        && (address == b"-" || ip::is_address(address))
        && INTERFACES.iter().any(|interface| operation.starts_with(interface))
}

/// True for `1767607201.603    310 192.0.2.1 TCP_MISS/200 3531 GET …`. Source: Squid's documentation of
/// `logformat squid`.
pub(super) fn is_squid(line: &[u8]) -> bool {
    let Some(dot) = line.iter().position(|byte| *byte == b'.') else { return false };
    let is_time = is_digits(&line[..dot]) && has_shape(&line[dot..], b".000 ");
    let mut words = line.split(|byte| *byte == b' ').filter(|word| !word.is_empty()).skip(1);
    let mut word = || words.next().unwrap_or_default();
    let (elapsed, address, result, bytes) = (word(), word(), word(), word());
    let is_result = result.split(|byte| *byte == b'/').next().is_some_and(|cache| {
        (cache.starts_with(b"TCP_") || cache.starts_with(b"NONE") || cache.starts_with(b"UDP_"))
            && cache.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'_')
    });
    is_time && is_digits(elapsed) && ip::is_address_or_name(address) && is_result && is_digits(bytes)
}

/// True for `2026-01-05 10:00:01 status installed libc6:amd64 2.41` and
/// `update-alternatives 2026-01-05 10:00:01: run with …`. Source: dpkg(1), "FILES", of dpkg 1.22 (2024);
/// update-alternatives(1) of the same.
pub(super) fn is_dpkg(line: &[u8]) -> bool {
    const ACTIONS: [&[u8]; 10] = [
        b"startup",
        b"status",
        b"conffile",
        b"install",
        b"upgrade",
        b"configure",
        b"trigproc",
        b"disappear",
        b"remove",
        b"purge",
    ];
    if let Some(rest) = line.strip_prefix(b"update-alternatives ") {
        return has_shape(rest, b"0000-00-00 00:00:00: ");
    }
    let [_, _, action, object] = words(line);
    has_shape(line, b"0000-00-00 00:00:00 ") && !object.is_empty() && ACTIONS.contains(&action)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMBINED: &str = r#"192.0.2.1 - - [05/Jan/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8.5.0""#;

    type Shape = fn(&[u8]) -> bool;

    #[test]
    fn each_programs_lines_match_only_its_shape() {
        let rows: &[(Shape, &[&str])] = &[
            (
                is_apache_error,
                &[
                    "[Mon Jan 05 10:00:00.123456 2026] [core:error] [pid 7:tid 8] [client 192.0.2.1:5000] AH00126: Invalid URI",
                    "[Mon Jan 05 10:00:00 2026] [error] [client 192.0.2.1] File does not exist: /var/www/x",
                ],
            ),
            (
                is_haproxy,
                &[
                    r#"192.0.2.1:33317 [05/Jan/2026:10:00:01.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {a} {} "GET / HTTP/1.1""#,
                    r#"2001:db8::1:33317 [05/Jan/2026:10:00:01.655] in~ in/<NOSRV> -1/-1/-1/-1/+0 400 187 - - PR-- 1/1/0/0/0 0/0 "<BADREQ>""#,
                ],
            ),
            (
                is_alb,
                &[
                    r#"h2 2026-01-05T10:00:01.186641Z app/lb/50dc6c495c0c9188 192.0.2.1:2817 10.0.0.66:9010 0.000 0.001 0.000 200 200 34 366 "GET https://a:443/ HTTP/2.0" "curl""#,
                ],
            ),
            (
                is_elb,
                &[
                    r#"2026-01-05T10:00:01.945958Z lb 192.0.2.1:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 29 "GET http://a:80/ HTTP/1.1" "curl" - -"#,
                    r#"2026-01-05T10:00:01.945958Z lb 192.0.2.1:2817 - -1 -1 -1 503 0 0 0 "GET http://a:80/ HTTP/1.1" "curl" - -"#,
                ],
            ),
            (
                is_s3,
                &[
                    r#"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be b [05/Jan/2026:10:00:01 +0000] 192.0.2.1 - 3E57427F3EXAMPLE REST.GET.OBJECT a "GET /a HTTP/1.1" 200 -"#,
                ],
            ),
            (
                is_squid,
                &[
                    "1767607201.603    310 192.0.2.1 TCP_MISS/200 3531 GET http://a/ - HIER_DIRECT/203.0.113.5 text/html",
                    "1767607203.500 120034 192.0.2.1 TCP_TUNNEL/200 39 CONNECT a:443 - HIER_DIRECT/203.0.113.5 -",
                    "1767607203.500      0 192.0.2.1 NONE_NONE/400 39 GET error:invalid-request - HIER_NONE/- -",
                ],
            ),
            (
                is_dpkg,
                &[
                    "2026-01-05 10:00:01 status half-configured libc6:amd64 2.41-12",
                    "2026-01-05 10:00:01 startup archives unpack",
                    "update-alternatives 2026-01-05 10:00:01: link group editor updated to point to /bin/nano",
                ],
            ),
        ];
        for (i, (_, lines)) in rows.iter().enumerate() {
            for line in *lines {
                for (j, (shape, _)) in rows.iter().enumerate() {
                    assert_eq!(shape(line.as_bytes()), i == j, "{j}: {line}");
                }
                for end in 0..25 {
                    assert!(!rows[i].0(&line.as_bytes()[..end]), "{}", &line[..end]);
                }
                // Shapes ignore the parts of a line that a visitor sends.
                let sent = COMBINED.replace("curl/8.5.0", line).replace("GET /", &format!("GET /{line}"));
                assert!(!rows[i].0(sent.as_bytes()), "{sent}");
            }
        }
        assert!(rows.iter().all(|(shape, _)| !shape(COMBINED.as_bytes())));
    }
}
