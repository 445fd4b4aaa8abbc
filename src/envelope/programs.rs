//! Lines that stand in an access log and are none of it: nginx's error log, and the chatter of its container.

use super::stamp::has_shape;

/// The levels of nginx's `error_log`.
const LEVELS: [&[u8]; 9] = [b"debug", b"info", b"notice", b"warn", b"error", b"crit", b"alert", b"emerg", b"stderr"];

/// Whether another program than nginx's access log wrote a line that fits no format.
pub(crate) fn is_another_programs(line: &[u8]) -> bool {
    is_error_log(line) || is_entrypoint(line) || is_from_a_tool(line)
}

/// Lines that grep, stern and exports to CSV add to those they hand on. Sources: GNU grep's manual, "Output Line Prefix
/// Control"; stern's README; Amazon's guide to CloudWatch Logs.
fn is_from_a_tool(line: &[u8]) -> bool {
    const WHOLE: [&[u8]; 6] =
        [b"message", b"@message", b"--", b"timestamp,message", b"@timestamp,@message", b"\"@timestamp\",\"@message\""];
    const GREP: [&[u8]; 4] = [b"grep: ", b"zgrep: ", b"egrep: ", b"rg: "];
    WHOLE.contains(&line)
        || GREP.iter().any(|program| line.starts_with(program))
        || line.starts_with(b"Binary file ") && line.ends_with(b" matches")
        || line.starts_with(b"+ ") && line.windows(" › ".len()).any(|part| part == " › ".as_bytes())
}

/// `2026/11/21 10:00:00 [error] 7#7: *1 …`, or `nginx: [emerg] …` where there is no log yet.
fn is_error_log(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"nginx: ").or_else(|| {
        let time = b"0000/00/00 00:00:00 ";
        has_shape(line, time).then(|| &line[time.len()..])
    }) else {
        return false;
    };
    rest.strip_prefix(b"[").is_some_and(|rest| {
        LEVELS.iter().any(|level| rest.strip_prefix(*level).is_some_and(|rest| rest.starts_with(b"] ")))
    })
}

/// The scripts that nginx's own container image runs before nginx: `/docker-entrypoint.sh: …`,
/// `10-listen-on-ipv6-by-default.sh: info: …`.
fn is_entrypoint(line: &[u8]) -> bool {
    if line.starts_with(b"/docker-entrypoint.") {
        return true;
    }
    has_shape(line, b"00-") && {
        let name = line.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')).count();
        line[..name].ends_with(b".sh") && line[name..].starts_with(b": ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_other_programs() {
        let rows = [
            ("2026/11/21 10:00:00 [error] 7#7: *1 open() \"/x\" failed (2: No such file or directory)", true),
            ("2026/11/21 10:00:00 [notice] 1#1: start worker processes", true),
            ("nginx: [emerg] host not found in upstream \"web\"", true),
            ("/docker-entrypoint.sh: Configuration complete; ready for start up", true),
            ("/docker-entrypoint.d/30-tune-worker-processes.sh: x", true),
            ("10-listen-on-ipv6-by-default.sh: info: IPv6 listen already enabled", true),
            ("--", true),
            ("grep: /var/log/nginx: Is a directory", true),
            ("Binary file access.log matches", true),
            ("+ nginx-7c5d-2xk0q › nginx", true),
            ("timestamp,message", true),
            ("message", true),
            ("timestamp,message,x", false),
            ("+ nginx", false),
            ("-- x", false),
            ("2026/11/21 10:00:00 [eror] 7#7: x", false),
            ("2026/11/21 10:00:00 GET /", false),
            ("10-0-0-1 - - [21/Nov/2026:10:00:00 +0000] \"GET /a.sh: HTTP/1.1\" 200", false),
            ("nginx: ", false),
            ("", false),
        ];
        for (line, expected) in rows {
            assert_eq!(is_another_programs(line.as_bytes()), expected, "{line}");
        }
    }
}
