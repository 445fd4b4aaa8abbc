//! Random command lines: whatever options are combined, the program ends with a documented exit code and never panics.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use logstat::{Dimension, Metric, ReportFormat, Section, Unit};

const COMMAND_LINES: usize = 5_000 / super::ONE_IN;

/// Names that rankings, filters and visitors accept: dimensions, logged variables, derived variables, and variables
/// that no log has.
const NAMES: &[&str] = &[
    "path",
    "ip",
    "host",
    "method",
    "referer",
    "agent",
    "user",
    "protocol",
    "status",
    "class",
    "kind",
    "status-class",
    "route",
    "dir",
    "dir2",
    "file",
    "ext",
    "scheme",
    "browser",
    "browser-version",
    "os",
    "device",
    "bot",
    "bot-class",
    "referer-site",
    "referer-kind",
    "utm-source",
    "utm-medium",
    "utm-campaign",
    "arg-names",
    "net",
    "ip-version",
    "country",
    "city",
    "asn",
    "org",
    "second",
    "minute",
    "hour",
    "day",
    "week",
    "month",
    "year",
    "hour-of-day",
    "weekday",
    "http_x_forwarded_for",
    "cookie_x",
    "cookie_y",
    "upstream_addr",
    "request_uri",
    "args",
    "arg_q",
    "uri",
    "15m",
    "host/path",
    "ext/scheme",
    "status/hour",
    "cookie_x/ip",
    "referer-site/net",
    "bot-class/browser-version",
    "url",
    "User-Agents",
    "daily",
    " status / client",
];
const TEXTS: &[&str] = &["ip", "http_x_forwarded_for", "cookie_x", "cookie_y", "user", "agent", "request_uri"];
const NO_NAMES: &[&str] = &["request_time", "nonsense", "", "a/b/c"];
const PATTERNS: &[&str] = &["/a*", "~^/s", "*", "-", "!", "Мир"];
const NO_PATTERNS: &[&str] = &["~(", "[", ""];
const TIMES: &[&str] = &[
    "2026",
    "2026-11-14",
    "2026-11-14T08:30:00Z",
    "1h",
    "yesterday",
    "now",
    "monday",
    "14/Nov/2026:08:30:00 +0100",
    "-1h",
    "1 day ago",
    "yesterday 10:00",
    "last week",
];
const NO_TIMES: &[&str] = &["14/Nov", "11/14/2026", "9999w", ""];

/// Every option with valid values (none for a flag) and invalid values.
const OPTIONS: &[(&str, &[&str], &[&str])] = &[
    (
        "--by",
        &[
            "second",
            "minute",
            "hour",
            "day",
            "week",
            "month",
            "year",
            "hour-of-day",
            "weekday",
            "15m",
            "daily",
            "15 min",
        ],
        &["7m", "path"],
    ),
    ("--split", NAMES, NO_NAMES),
    ("--fill", &[], &[]),
    ("--top", NAMES, NO_NAMES),
    ("--each", NAMES, NO_NAMES),
    ("--each-limit", &["0", "1", "3"], &["-1", "x"]),
    ("--limit", &["0", "1", "3", "18446744073709551615"], &["-1"]),
    (
        "--columns",
        &[
            "uv",
            "p95,avg",
            "bytes,first,last",
            "static,5xx,share",
            "max,total_time",
            "busy",
            "peak",
            "cache-hits,cache-bytes",
            "pv,dynamic,1xx,2xx,3xx,4xx,status_other",
            "p50,p90,p99",
        ],
        &["nonsense"],
    ),
    ("--sort", &["pv", "uv", "p99", "first", "bytes", "5xx", "key", "-pv", "p95:asc", "-key"], &["nonsense"]),
    ("--max-keys", &["1", "2", "1000"], &["0"]),
    ("--max-memory", &["1", "1K", "100K", "2G"], &["0"]),
    (
        "--show",
        &[
            "summary",
            "timeline",
            "status",
            "class",
            "kind",
            "top",
            "latency",
            "ledger",
            "top,ledger",
            "bots",
            "summary,bots",
        ],
        &["nonsense"],
    ),
    ("--tz", &["Europe/Berlin", "+08:00", "utc", "local"], &["Mars/Base"]),
    (
        "--fail-if",
        &["5xx > 1%", "any path: pv > 1", "any cookie_x: uv > 0", "p95 > 50ms or requests < 2", "malformed > 0"],
        &["pv >"],
    ),
    (
        "--log-format",
        &["combined", "main_timed", "json", "ltsv", "$remote_addr [$time_local] \"$request\" $status", "%h %l"],
        &["x"],
    ),
    ("--field", &["ip=client", "status=code", "path=http_x_forwarded_for", "request_time_ms=ms"], &["nonsense=1"]),
    ("--slow", &["0", "0.3", "300", "300ms"], &["x"]),
    (
        "--duration",
        &["request_time", "upstream_response_time,request_time", "upstream_connect_time:last", "took:ms"],
        &["status", "took:first", "a b"],
    ),
    ("--max-line", &["1", "64", "1M"], &["x"]),
    ("--query", &["strip", "keep"], &["x"]),
    ("--static-prefix", &["/", "/assets/"], &[""]),
    ("--route", &["/shop/:id", "user/<int:pk>/", "/{x}/<path:rest>", "/"], &["", "/a/<b", "/*"]),
    ("--bots", &["include", "exclude", "only", "search,ai-training", "!library", "none,!none"], &["x", "", "only,seo"]),
    ("--no-bots", &[], &[]),
    ("--static-ext", &["html", ".x"], &[""]),
    ("--nginx-conf", &["nginx.conf"], &["missing.conf"]),
    ("--own-host", &["shop.example", "a.example,*.b.example", "https://x/", "::1"], &["a b", ""]),
    ("--net", &["16,48", "0,0", "32,128", "20"], &["33,64", "x", "24,129"]),
    ("--geo", &["city.mmdb", "asn.mmdb"], &["missing.mmdb", "combined.log"]),
    ("--explain", &[], &[]),
    ("--rejects", &["rejects.NUMBER", "-"], &["/"]),
    ("--list-static", &[], &[]),
    ("--save", &["saved.NUMBER.state", "-"], &["/", "combined.log"]),
    ("--state", &["own.NUMBER.state"], &["/", "-", "@shop"]),
    ("--keep", &["90d", "1d", "52 weeks"], &["90", "0d"]),
    ("--source", &["web1", "-"], &[""]),
    ("--dedupe", &[], &[]),
    ("--wait", &[], &[]),
    ("--inspect", &["combined.log", "missing.state"], &[""]),
    ("--range", &["0:1K", "1000:", "5:0", "1M:1G"], &["x", "5", ":5", "-1:5"]),
    ("--list-splits", &["1K", "1G"], &["0", "x"]),
    ("--lines", &[], &[]),
    ("--slowest", &["1", "3", "1000"], &["0", "x"]),
    ("--largest", &["1", "3"], &["0", "-1"]),
    ("--uv", &["exact", "hll", "hll=4"], &["hll=99"]),
    ("--hll", &[], &[]),
    ("--format", &["table", "text", "json", "ndjson", "csv", "tsv", "markdown", "md", "html", "prometheus"], &["x"]),
    (
        "--output",
        &["out.NUMBER.json", "out.NUMBER.html", "out.NUMBER.csv", "out.NUMBER.txt", "each.NUMBER-{}.html", "-"],
        &["/", "out.NUMBER", "{}/x.html", "{}{}.json"],
    ),
    ("--json", &[], &[]),
    ("--ascii", &[], &[]),
    ("--pretty", &[], &[]),
    ("--csv-safe", &[], &[]),
    ("--prom-label", NAMES, NO_NAMES),
    ("--color", &["auto", "always", "never"], &["x"]),
    ("--generate", &["man", "reference", "complete-bash"], &["x"]),
    ("--schema", &[], &[]),
    ("--no-seek", &[], &[]),
    ("--no-mmap", &[], &[]),
    ("--threads", &["0", "1", "2"], &["x"]),
    ("--config", &["config.toml"], &["missing.toml"]),
    ("--no-config", &[], &[]),
    ("--print-config", &[], &[]),
    ("--quiet", &[], &[]),
    ("--verbose", &[], &[]),
    ("--help", &[], &[]),
    ("--version", &[], &[]),
    ("--since", TIMES, NO_TIMES),
    ("--until", TIMES, NO_TIMES),
    ("--date", &["2026", "2026-11-14", "2026-11-14T08", "yesterday", "last month"], NO_TIMES),
    ("--now", &["last", "2026-11-14T12:00:00Z"], &["x"]),
    ("--time", &["8-9", "22:00-06:00", "!12-13"], &["x"]),
    ("--status", &["200", "4xx,!404", "500-504", ">=500", "!5**"], &["x"]),
    ("--path", PATTERNS, NO_PATTERNS),
    ("--exclude-path", PATTERNS, NO_PATTERNS),
    ("--exclude-status", &["304", "5xx,404"], &["x", "!404"]),
    ("--ip", &["10.0.0.0/8", "!2001:db8::/32"], &["x"]),
    ("--exclude-ip", &["10.0.0.0/8,::1", "unix:"], &["x", "!::1"]),
    ("--host", PATTERNS, NO_PATTERNS),
    ("--exclude-host", PATTERNS, NO_PATTERNS),
    ("--method", PATTERNS, NO_PATTERNS),
    ("--exclude-method", PATTERNS, NO_PATTERNS),
    ("--user", PATTERNS, NO_PATTERNS),
    ("--exclude-user", PATTERNS, NO_PATTERNS),
    ("--referer", PATTERNS, NO_PATTERNS),
    ("--exclude-referer", PATTERNS, NO_PATTERNS),
    ("--agent", PATTERNS, NO_PATTERNS),
    ("--exclude-agent", PATTERNS, NO_PATTERNS),
    ("--static", &[], &[]),
    ("--dynamic", &[], &[]),
    ("--slower", &["0", "0.5", "50ms"], &["x"]),
    ("--larger", &["0", "10k"], &["x"]),
    (
        "--where",
        &[
            "status >= 400",
            "cookie_x == \"1\"",
            "arg_q ~ \"a\"",
            "request_time > 1",
            "hour == \"2026-11-14T08\"",
            "ip = 10.0.0.0/8 and not bytes > 1k",
            "path == /a or request_time > 5 ms",
        ],
        &["x =", "status = 1 and", "ip > 10.0.0.7"],
    ),
    ("--visitor", &["ip", "ip+agent", "cookie_x", "cookie_y", "http_x_forwarded_for", "user"], &["status"]),
    ("--ipv6-prefix", &["64", "1"], &["0"]),
    ("--real-ip", TEXTS, &["remote_addr", "status"]),
    ("--trust", &["10.0.0.0/8", "unix:,::1"], &["x"]),
    ("--anonymize", &[], &[]),
];

/// Options that print something else than a report. Drawn rarely, because they hide or refuse most others.
const RARE: &[&str] = &[
    "--inspect",
    "--generate",
    "--schema",
    "--help",
    "--version",
    "--list-static",
    "--print-config",
    "--lines",
    "--slowest",
    "--largest",
];

/// Options that name variables or decide which are used. Drawn more often, because they have many combinations.
const NAMING: &[&str] = &["--top", "--split", "--show", "--visitor", "--real-ip", "--where", "--fail-if", "--explain"];

/// Pairs of options: the first is refused without the second.
const TOGETHER: &[(&str, &str)] = &[
    ("--real-ip", "--trust"),
    ("--prom-label", "--top"),
    ("--fill", "--date"),
    ("--keep", "--save"),
    ("--wait", "--state"),
];

/// Small logs of different formats; each line has its line end.
const LOGS: &[(&str, &str)] = &[
    (
        "combined.log",
        "10.0.0.7 - bob [14/Nov/2026:08:30:00 +0000] \"GET /a?q=1 HTTP/1.1\" 200 5 \"-\" \"curl\"\n\
                      2001:db8::1 - - [14/Nov/2026:08:30:01 +0100] \"GET /s.css HTTP/1.1\" 404 5 \"http://x/\" \"a \\x22b\\x22\"\n\
                      garbage\n",
    ),
    (
        "timed.log",
        "10.0.0.7 - - [14/Nov/2026:08:30:00 +0000] \"POST /a HTTP/1.1\" 502 5 \"-\" \"curl\" 0.120\n\
                   10.0.0.8 - - [14/Nov/2026:09:30:00 +0000] \"\\x16\\x03\" 400 0 \"-\" \"-\" -\n",
    ),
    (
        "main.log",
        "10.0.0.7 - - [14/Nov/2026:08:30:00 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"curl\" \"192.0.2.1, 10.0.0.1\"\n\
                  10.0.0.7 - - [14/Nov/2026:08:31:00 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"curl\" \"-\"\n",
    ),
    ("list.log", "192.0.2.1, 10.0.0.1 - - [14/Nov/2026:08:30:00 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"curl\"\n"),
    (
        "json.log",
        "{\"remote_addr\":\"192.0.2.1\",\"time_iso8601\":\"2026-11-14T08:30:00+00:00\",\"request\":\"GET /j HTTP/1.1\",\
                  \"status\":200,\"cookie_x\":\"1\",\"http_x_forwarded_for\":\"192.0.2.9\",\"request_time\":0.1}\n\
                  {\"status\":500,\"uri\":\"/k\"}\n",
    ),
    ("ltsv.log", "time:14/Nov/2026:08:30:00 +0000\thost:192.0.2.1\treq:GET / HTTP/1.1\tstatus:200\tsize:5\n"),
    (
        "docker.log",
        "{\"log\":\"10.0.0.7 - - [14/Nov/2026:08:30:00 +0000] \\\"GET / HTTP/1.1\\\" 200 5 \\\"-\\\" \\\"curl\\\"\\n\",\
                    \"stream\":\"stdout\",\"time\":\"2026-11-14T08:30:00.1Z\"}\n",
    ),
    ("garbage.log", "\u{0}\u{1}{[\"\n\n\\x\n"),
    ("empty.log", ""),
];

/// A random number generator with the same sequence in every run (Marsaglia's xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

/// Characters that would control a terminal, change text direction, or start a new line.
const HOSTILE: &str = "\u{1b}[31m\u{7}\u{202e}\u{200b}\u{2028}x\nforged";

/// Option names that do not exist.
const NO_OPTIONS: &[&str] = &[
    "--a\u{1b}[31m\u{202e}b\u{200b}c\nforged\u{7}",
    "--js\u{202e}on\nforged",
    "--by\u{200b}=\nforged",
    "-\u{1b}",
    "-\nforged",
];

/// The arguments of command line `number`. One in thirty values is wrong.
fn arguments(number: usize) -> Vec<String> {
    let mut random = Random((number as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let mut arguments = Vec::new();
    let mut add = |random: &mut Random, (option, right, wrong): (&str, &[&str], &[&str])| {
        arguments.push(option.to_owned());
        if !right.is_empty() {
            let values = if random.below(30) == 0 { wrong } else { right };
            let value = if random.below(60) == 0 { HOSTILE } else { random.one_of(values) };
            arguments.push(value.replace("NUMBER", &number.to_string()));
        }
    };
    for _ in 0..=random.below(6) {
        let naming = random.one_of(NAMING);
        let is_wanted = |option: &&(&str, _, _)| option.0 == naming;
        let naming = OPTIONS.iter().find(is_wanted).filter(|_| random.below(3) == 0);
        let option = naming.copied().unwrap_or_else(|| random.one_of(OPTIONS));
        if RARE.contains(&option.0) && random.below(20) > 0 {
            continue;
        }
        add(&mut random, option);
        if let Some((_, other)) = TOGETHER.iter().find(|(one, _)| *one == option.0) {
            let other = OPTIONS.iter().find(|(name, ..)| name == other).unwrap();
            add(&mut random, *other);
        }
    }
    for _ in 0..=random.below(3) {
        arguments.push(random.one_of(LOGS).0.to_owned());
    }
    if random.below(30) == 0 {
        let others = ["-", ".", "missing.log", "*.log", HOSTILE];
        arguments.push(random.one_of(&[&others, NO_OPTIONS].concat()).to_owned());
    }
    arguments
}

fn logstat(folder: &Path) -> Command {
    let mut command = Command::new(super::program());
    command.env_clear().stdin(Stdio::null()).current_dir(folder);
    command
}

/// True for control characters, and for those of [`HOSTILE`] and [`NO_OPTIONS`] that are not ASCII.
fn is_hostile(c: char) -> bool {
    c != '\n' && c.is_control() || HOSTILE.contains(c) && !c.is_ascii()
}

/// Runs a command line. Returns its exit code, or a description of what went wrong.
fn run(folder: &Path, arguments: &[String]) -> Result<i32, String> {
    let output = logstat(folder).args(arguments).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    match output.status.code() {
        _ if stderr.contains(is_hostile) || stderr.lines().any(|line| line.starts_with("forged")) => {
            Err(format!("hostile characters: {arguments:?}\n{stderr:?}"))
        }
        Some(code @ 0..=3) if !stderr.contains("panicked") && (code == 0 || !stderr.is_empty()) => Ok(code),
        _ => Err(format!("{}: {arguments:?}\n{stderr}", output.status)),
    }
}

#[test]
fn random_command_lines_end_with_documented_exit_codes() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in LOGS {
        fs::write(folder.path().join(name), text).unwrap();
    }
    fs::write(folder.path().join("config.toml"), "top = \"ip\"\n[log-formats]\nown = '$remote_addr $status'\n")
        .unwrap();
    let conf = "events {} http { access_log main.log; server { location /s { root /srv; } location / { proxy_pass http://a; } } }";
    fs::write(folder.path().join("nginx.conf"), conf).unwrap();
    for name in ["city.mmdb", "asn.mmdb"] {
        fs::copy(Path::new(super::REPOSITORY).join("testdata/geo").join(name), folder.path().join(name)).unwrap();
    }

    let next = AtomicUsize::new(0);
    let work = || {
        let mut ends = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= COMMAND_LINES {
                return ends;
            }
            ends.push(run(folder.path(), &arguments(number)));
        }
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let ends: Vec<_> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    let faults: Vec<_> = ends.iter().filter_map(|end| end.as_ref().err().map(String::as_str)).collect();
    assert!(faults.is_empty(), "{} of {COMMAND_LINES}:\n{}", faults.len(), faults.join("\n"));
    // If most command lines were refused, the test would check little.
    let counted = ends.iter().filter(|end| matches!(end, Ok(0 | 3))).count();
    assert!(counted * 3 > COMMAND_LINES, "only {counted} of {COMMAND_LINES} counted");
}

#[test]
fn every_option_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let help = String::from_utf8(logstat(folder.path()).arg("--help").output().unwrap().stdout).unwrap();
    let is_option = |line: &&str| line.starts_with("      --") || line.starts_with("  -");
    let in_help =
        help.lines().filter(is_option).filter_map(|line| line.split_whitespace().find(|word| word.starts_with("--")));
    let in_help: BTreeSet<_> =
        in_help.map(|word| word.split('[').next().unwrap_or(word).trim_end_matches(['.', ','])).collect();
    let drawn: BTreeSet<_> = OPTIONS.iter().map(|(option, ..)| *option).collect();
    assert_eq!(drawn, in_help);
}

#[test]
fn every_name_of_the_library_is_drawn() {
    let lists: [(&str, Vec<&str>); 5] = [
        ("--show", Section::all().map(|section| section.name()).collect()),
        ("--by", Unit::all().map(|unit| unit.name()).collect()),
        ("--format", ReportFormat::all().map(|format| format.name()).collect()),
        ("--top", Dimension::all().map(|dimension| dimension.name()).collect()),
        ("--columns", Metric::all().map(|metric| metric.name()).collect()),
    ];
    for (option, names) in lists {
        let (_, values, _) = OPTIONS.iter().find(|(name, ..)| *name == option).unwrap();
        let drawn: BTreeSet<_> = values.iter().flat_map(|value| value.split(',')).collect();
        let missing: Vec<_> = names.into_iter().filter(|name| !drawn.contains(name)).collect();
        assert!(missing.is_empty(), "{option}: {missing:?}");
    }
}

#[test]
fn unknown_options_are_quoted_safely() {
    let folder = tempfile::tempdir().unwrap();
    for name in NO_OPTIONS {
        assert_eq!(run(folder.path(), &[(*name).to_owned()]), Ok(2));
    }
}
