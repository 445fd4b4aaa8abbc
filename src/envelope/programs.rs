//! Recognises lines in an access log that do not belong to it: nginx's error log, the messages of its container, and
//! the messages of Caddy, Traefik, Envoy and uWSGI about themselves.

use super::stamp::{fraction, has_shape, rfc3339};

/// Levels of nginx's `error_log`.
const LEVELS: [&[u8]; 9] = [b"debug", b"info", b"notice", b"warn", b"error", b"crit", b"alert", b"emerg", b"stderr"];

/// True if a line that fits no format was written by something other than nginx's access log.
pub(crate) fn is_other_program_line(line: &[u8]) -> bool {
    is_error_log(line) || is_of_start(line) || is_message(line) || is_uwsgi_message(line) || is_from_a_tool(line)
}

/// True for lines that grep, stern and CSV exports add to the lines that they pass on. Sources: GNU grep's manual,
/// "Output Line Prefix Control"; stern's README; Amazon's guide to CloudWatch Logs.
fn is_from_a_tool(line: &[u8]) -> bool {
    const WHOLE: [&[u8]; 6] =
        [b"message", b"@message", b"--", b"timestamp,message", b"@timestamp,@message", b"\"@timestamp\",\"@message\""];
    const GREP: [&[u8]; 4] = [b"grep: ", b"zgrep: ", b"egrep: ", b"rg: "];
    WHOLE.contains(&line)
        || GREP.iter().any(|program| line.starts_with(program))
        || line.starts_with(b"Binary file ") && line.ends_with(b" matches")
        || line.starts_with(b"+ ") && line.windows(" › ".len()).any(|part| part == " › ".as_bytes())
}

/// True for `2026/11/21 10:00:00 [error] 7#7: *1 …`, or `nginx: [emerg] …`, written before the log is open.
pub(crate) fn is_error_log(line: &[u8]) -> bool {
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

/// True for output of the scripts that nginx's own container image runs before nginx: `/docker-entrypoint.sh: …`,
/// `10-listen-on-ipv6-by-default.sh: info: …`.
pub(crate) fn is_of_start(line: &[u8]) -> bool {
    if line.starts_with(b"/docker-entrypoint.") {
        return true;
    }
    has_shape(line, b"00-") && {
        let name = line.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')).count();
        line[..name].ends_with(b".sh") && line[name..].starts_with(b": ")
    }
}

/// True for a message of a server about itself, in a form used by Caddy (zap), Traefik (logrus, zerolog), Envoy or
/// Istio. Source: the programs' documentation of their logs.
fn is_message(line: &[u8]) -> bool {
    let plain;
    let line = if line.contains(&ESCAPE) {
        plain = without_colours(line);
        &plain[..]
    } else {
        line
    };
    is_json_message(line)
        || is_console_message(line)
        || is_logfmt_message(line)
        || is_envoy_message(line)
        || ENVIRONMENT.iter().any(|name| line.starts_with(name))
}

/// Beginnings of the lines that `caddy run --environ` prints first.
const ENVIRONMENT: [&[u8]; 8] = [
    b"caddy.HomeDir=",
    b"caddy.AppDataDir=",
    b"caddy.AppConfigDir=",
    b"caddy.ConfigAutosavePath=",
    b"caddy.Version=",
    b"runtime.GOOS=",
    b"runtime.GOARCH=",
    b"runtime.Version=",
];

/// Levels of zap, logrus and zerolog, and zerolog's short ones.
const MESSAGE_LEVELS: [&str; 9] = ["trace", "debug", "info", "warn", "warning", "error", "fatal", "panic", "dpanic"];
const SHORT_LEVELS: [&[u8]; 7] = [b"TRC", b"DBG", b"INF", b"WRN", b"ERR", b"FTL", b"PNC"];

fn is_level(word: &[u8]) -> bool {
    MESSAGE_LEVELS.iter().any(|level| word.eq_ignore_ascii_case(level.as_bytes()))
}

/// True for `{"level":"info","ts":1767607200.1,"msg":"serving initial configuration"}`: a level, a message and a time.
fn is_json_message(line: &[u8]) -> bool {
    let has = |key: &str| memchr::memmem::find(line, key.as_bytes()).map(|at| &line[at + key.len()..]);
    line.trim_ascii_start().starts_with(b"{")
        && has("\"level\":").is_some_and(|rest| {
            let word = rest.trim_ascii_start().strip_prefix(b"\"").unwrap_or_default();
            is_level(&word[..word.iter().position(|b| *b == b'"').unwrap_or(0)])
        })
        && (has("\"msg\":").is_some() || has("\"message\":").is_some())
        && (has("\"ts\":").is_some() || has("\"time\":").is_some())
}

/// True for a time and a level, separated by a space or a tab: `2026-01-05T10:00:01Z INF Traefik version 3.0.0`,
/// `2026/01/05 10:00:01.123\tINFO\tserving initial configuration`.
fn is_console_message(line: &[u8]) -> bool {
    let time = if has_shape(line, b"0000/00/00 00:00:00") {
        Some(b"0000/00/00 00:00:00".len() + fraction(&line[b"0000/00/00 00:00:00".len()..]))
    } else {
        rfc3339(line)
    };
    match time.map(|len| &line[len..]) {
        Some([b'\t', rest @ ..]) => is_level(rest.split(|b| *b == b'\t').next().unwrap_or_default()),
        Some([b' ', level @ ..]) => {
            SHORT_LEVELS.iter().any(|short| level.strip_prefix(*short).is_some_and(|rest| rest.starts_with(b" ")))
        }
        _ => false,
    }
}

/// True for `time="2026-01-05T10:00:01Z" level=info msg="Configuration loaded"`.
fn is_logfmt_message(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"time=\"") else { return false };
    let Some(rest) = rfc3339(rest).and_then(|len| rest[len..].strip_prefix(b"\" level=")) else { return false };
    let level = rest.split(|b| *b == b' ').next().unwrap_or_default();
    is_level(level) && rest[level.len()..].starts_with(b" msg=")
}

/// True for `[2026-01-05 10:00:01.123][1][info][main] [source/server/server.cc:412] initializing epoch 0`.
fn is_envoy_message(line: &[u8]) -> bool {
    let time = b"[0000-00-00 00:00:00.000][";
    has_shape(line, time) && {
        let mut words = line[time.len()..].split(|b| *b == b']');
        let thread = words.next().unwrap_or_default();
        let level = words.next().unwrap_or_default().strip_prefix(b"[").unwrap_or_default();
        !thread.is_empty() && thread.iter().all(u8::is_ascii_digit) && (is_level(level) || level == b"critical")
    }
}

/// Beginnings of uWSGI messages that are not enclosed in asterisks.
const UWSGI: [&[u8]; 27] = [
    b"[uWSGI] ",
    b"uWSGI ",
    b"uwsgi socket ",
    b"spawned uWSGI ",
    b"Respawned uWSGI ",
    b"WSGI app ",
    b"goodbye to uWSGI",
    b"compiled with version: ",
    b"os: ",
    b"nodename: ",
    b"machine: ",
    b"clock source: ",
    b"detected number of CPU cores: ",
    b"detected binary path: ",
    b"detected max file descriptor number: ",
    b"current working directory: ",
    b"your processes number limit is ",
    b"your memory page size is ",
    b"your server socket listen backlog is limited to ",
    b"your mercy for graceful operations on workers is ",
    b"lock engine: ",
    b"thunder lock: ",
    b"Python version: ",
    b"Python main interpreter initialized at ",
    b"...gracefully killing workers...",
    b"SIGINT/SIGQUIT received...killing workers...",
    b"SIGINT/SIGTERM received...killing workers...",
];

/// True for messages that uWSGI writes to its request log: `*** Operational MODE: preforking ***`,
/// `spawned uWSGI worker 1 (pid: 7, cores: 1)`, `worker 1 killed successfully …`. Source: uWSGI's documentation, which
/// shows its output at start.
fn is_uwsgi_message(line: &[u8]) -> bool {
    let is_starred = line.len() > 8 && line.starts_with(b"*** ") && line.ends_with(b" ***");
    let is_of_a_worker = || {
        line.strip_prefix(b"worker ").is_some_and(|rest| {
            let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
            let rest = &rest[digits..];
            digits > 0 && (rest.starts_with(b" killed successfully") || rest.starts_with(b" buried after "))
        })
    };
    is_starred || UWSGI.iter().any(|beginning| line.starts_with(beginning)) || is_of_a_worker()
}

const ESCAPE: u8 = 0x1B;

/// Removes terminal colours: `ESC [ 34 m`.
fn without_colours(line: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = memchr::memchr(ESCAPE, rest) {
        plain.extend_from_slice(&rest[..at]);
        let code = rest[at + 1..].strip_prefix(b"[").unwrap_or_default();
        let digits = code.iter().take_while(|b| b.is_ascii_digit() || **b == b';').count();
        let is_colour = code.get(digits) == Some(&b'm');
        if !is_colour {
            plain.push(ESCAPE);
        }
        rest = if is_colour { &code[digits + 1..] } else { &rest[at + 1..] };
    }
    plain.extend_from_slice(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_other_programs_are_recognized() {
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
            (r#"{"level":"info","ts":1767607200.1,"msg":"serving initial configuration"}"#, true),
            (r#"{"level":"info","ts":"2026-01-05T10:00:01Z","logger":"http.log.error","msg":"x","status":502}"#, true),
            (
                r#"{"level":"info","version":"3.0.0","time":"2026-01-05T10:00:01Z","message":"Traefik version 3.0.0"}"#,
                true,
            ),
            (r#"{"level": "error", "time": 1, "msg": ""}"#, true),
            (r#"{"level":"access","ts":1,"msg":"x"}"#, false),
            (r#"{"level":30,"time":1531171074631,"msg":"request completed"}"#, false),
            (r#"{"level":"info","msg":"x"}"#, false),
            (r#"{"level":"info","ts":1}"#, false),
            (r#""level":"info","ts":1,"msg":"x""#, false),
            (r#"time="2026-01-05T10:00:01Z" level=info msg="Configuration loaded from file: /t.yml""#, true),
            (r#"time="2026-01-05T10:00:01+01:00" level=warning msg="x""#, true),
            (r#"time="2026-01-05T10:00:01Z" level=info"#, false),
            (r#"time="now" level=info msg="x""#, false),
            ("2026-01-05T10:00:01Z INF Traefik version 3.0.0 built on 2024 version=3.0.0", true),
            ("2026-01-05T10:00:01Z INFO x", false),
            ("2026-01-05T10:00:01Z 192.0.2.1 GET /", false),
            ("\u{1b}[90m2026-01-05T10:00:01Z\u{1b}[0m \u{1b}[32mINF\u{1b}[0m Starting provider", true),
            ("2026/01/05 10:00:01.123\tINFO\tserving initial configuration", true),
            ("2026/01/05 10:00:01.123\t\u{1b}[34mINFO\u{1b}[0m\tserving", true),
            ("2026-01-05T10:00:01.123456Z\tinfo\tEnvoy proxy is ready", true),
            ("2026/01/05 10:00:01\tGET\t/", false),
            ("[2026-01-05 10:00:01.123][1][info][main] [source/server/server.cc:412] initializing epoch 0", true),
            ("[2026-01-05 10:00:01.123][1] GET", false),
            ("[2026-01-05T10:00:01.123Z] \"GET / HTTP/1.1\" 200", false),
            ("caddy.HomeDir=/var/lib/caddy", true),
            ("caddy: stopped", false),
            ("*** Starting uWSGI 2.0.21 (64bit) on [Mon Jan  5 10:00:01 2026] ***", true),
            ("*** uWSGI is running in multiple interpreter mode ***", true),
            ("spawned uWSGI worker 1 (pid: 7, cores: 1)", true),
            ("WSGI app 0 (mountpoint='') ready in 1 seconds on interpreter 0x55d0c0 pid: 7 (default app)", true),
            ("[uWSGI] getting INI configuration from app.ini", true),
            ("worker 12 killed successfully (pid: 17)", true),
            ("worker killed successfully", false),
            ("worker 1 is slow", false),
            ("*** ***", false),
            ("*** x", false),
            ("[pid: 7|app: 0|req: 1/1] 192.0.2.1 () {40 vars in 600 bytes} [Mon Jan  5", false),
            ("\u{1b}\u{1b}[", false),
            ("", false),
        ];
        for (line, expected) in rows {
            assert_eq!(is_other_program_line(line.as_bytes()), expected, "{line}");
        }
    }
}
