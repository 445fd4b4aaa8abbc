//! What people type: each spelling has the same report as the canonical one, byte for byte.

use std::process::{Command, Output};

/// THE TABLE of arguments, the canonical spelling first.
const SPELLINGS: &[&[&[&str]]] = &[
    &[&["--by", "day"], &["--by", "daily"], &["--by", "Day"], &["--by", "1d"], &["--by", "24 hours"]],
    &[&["--by", "hour"], &["--by", "hourly"], &["--by", "60min"]],
    &[&["--by", "week"], &["--by", "weekly"]],
    &[&["--by", "weekday"], &["--by", "dow"]],
    &[&["--by", "month"], &["--by", "monthly"]],
    &[&["--by", "year"], &["--by", "yearly"]],
    &[&["--by", "minute"], &["--by", "minutely"]],
    &[&["--by", "15m"], &["--by", "15min"], &["--by", "15 minutes"]],
    &[
        &["--top", "path,ip", "--top", "referer,agent"],
        &["--top", "path, ip", "--top", " referer , agent "],
        &["--top", "url,address", "--top", "referrer,useragent"],
        &["--top", "URL,client", "--top", "referrers,user-agent"],
        &["--top", "page,IPs", "--top", "Referer,ua"],
    ],
    &[&["--top", "status,path/ip"], &["--top", "code,url/client"], &["--top", "status, url / address"]],
    &[&["--split", "status"], &["--split", "code"], &["--split", "Status"]],
    &[&["--columns", "uv,p95", "--sort", "pv"], &["--columns", "visitors, p95", "--sort", "requests"]],
    &[&["--sort", "p95:asc"], &["--sort", "-p95"], &["--sort=-p95"], &["--sort", "p95 ascending"]],
    &[&["--sort", "pv"], &["--sort", "count"]],
    &[&["--sort", "key"], &["--sort", "name"], &["--sort", "key:asc"]],
    &[&["--show", "top,ledger"], &["--show", "top, ledger"]],
    &[
        &["--since", "2026-11-14T09:14:03"],
        &["--since", "14/Nov/2026:09:14:03"],
        &["--since", "14/Nov/2026:09:14:03 +0100"],
        &["--since", "[14/Nov/2026:09:14:03 +0100]"],
        &["--since", "2026/11/14 09:14:03"],
        &["--since", "14.11.2026 9:14:03"],
    ],
    &[
        &["--until", "2026-11-15"],
        &["--until", "2026/11/15"],
        &["--until", "15.11.2026"],
        &["--until", "15/Nov/2026"],
        &["--until", "today", "--now", "2026-11-15T10:00"],
        &["--until", "today", "--now", "15/Nov/2026:10:00"],
        &["--until", "yesterday 12am", "--now", "2026-11-16"],
    ],
    &[
        &["--since", "2h", "--now", "last"],
        &["--since", "-2h", "--now", "last"],
        &["--since=-120m", "--now", "last"],
        &["--since", "2 hours ago", "--now", "last"],
        &["--since", "2hours", "--now", "last"],
        &["--since", "1h60min", "--now", "last"],
        &["--since", "last 2 hours", "--now", "last"],
    ],
    &[
        &["--date", "2026-W46"],
        &["--since", "2026-11-09", "--until", "2026-11-16"],
        &["--date", "last week", "--now", "2026-11-16"],
        &["--date", "last week", "--now", "2026-11-22T23:59:59"],
        &["--date", "this week", "--now", "2026-11-15"],
    ],
    &[
        &["--date", "2026-11"],
        &["--date", "last month", "--now", "2026-12-31"],
        &["--date", "this year", "--now", "2026-01-01"],
    ],
    &[&["--slow", "0.05"], &["--slow", "50ms"], &["--slow", "0.05s"], &["--slow", "50 ms"]],
    &[
        &["--duration", "request_time"],
        &["--duration", "$request_time"],
        &["--duration", "request_time,request_time"],
        &["--duration", "request_time", "--duration", " request_time "],
    ],
    &[&["--slower", "0.3"], &["--slower", "300ms"]],
    &[
        &["--status", "5xx"],
        &["--status", ">=500"],
        &["--status", ">499"],
        &["--status", "5**"],
        &["--status", "5XX"],
        &["--status", "!<500"],
    ],
    &[&["--status", "2xx,3xx"], &["--status", "<400"], &["--status", "<=399"]],
    &[
        &["--method", "POST"],
        &["--method", "post"],
        &["--method", "Post"],
        &["--method", "p*"],
        &["--method", "~^post$"],
    ],
    &[&["--exclude-method", "GET,HEAD"], &["--exclude-method", "get, head"]],
    &[&["--where", "method == \"POST\""], &["--where", "method == \"post\""], &["--where", "method ~ \"^po\""]],
    &[
        &["--where", "ip == \"203.0.113.24\" && status == 200"],
        &["--where", "ip == 203.0.113.24 and status = 200"],
        &["--where", "ip = 203.0.113.24/32 AND status == 200"],
        &["--where", "client == ::ffff:203.0.113.24 && not status != '200'"],
    ],
    &[&["--where", "bytes > 10240"], &["--where", "bytes > 10k"], &["--where", "size > 10 KiB"]],
    &[&["--where", "request_time > 0.05"], &["--where", "request_time > 50ms"], &["--where", "duration>50 ms"]],
    &[&["--where", "status in (5xx, 404)"], &["--where", "code == 5xx or code = 404"]],
    &[&["--where", "method == 'POST' && path != '/'"], &["--where", "method = post and not path = /"]],
    &[&["--fail-if", "5xx > 1% || p95 > 0.5"], &["--fail-if", "5XX > 1 % or p95 > 500ms"]],
    &[&["--bots", "exclude"], &["--no-bots"], &["--bots", "none"], &["--bots", " exclude "]],
    &[&["--bots", "only"], &["--bots", "!none"]],
    &[&["--bots", "search,seo"], &["--bots", "seo", "--bots", "search"], &["--bots", "seo, search"]],
    &[&["--where", "path ~ \"^/p\""], &["--where", "url ~ \"^/p\""]],
    &[&["--log-format", "combined"], &["--log-format", "COMBINED"], &["--log-format", "apache"]],
    &[&["--fail-if", "any path: pv > 5"], &["--fail-if", "any url: requests > 5"]],
];

fn run(arguments: &[&str]) -> Output {
    let log = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/shop.log");
    Command::new(env!("CARGO_BIN_EXE_logstat")).args(["--json", log]).args(arguments).output().unwrap()
}

/// The report without the verdicts, which repeat the spelling of the condition.
fn report(output: &Output) -> serde_json::Value {
    let mut report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    report["verdicts"].take();
    report
}

#[test]
fn spellings_have_the_same_report_as_the_canonical_one() {
    for spellings in SPELLINGS {
        let canonical = run(spellings[0]);
        assert!(matches!(canonical.status.code(), Some(0 | 3)), "{:?}: {canonical:?}", spellings[0]);
        for spelling in &spellings[1..] {
            let output = run(spelling);
            assert_eq!(output.status.code(), canonical.status.code(), "{spelling:?}: {output:?}");
            assert_eq!(report(&output), report(&canonical), "{spelling:?}");
        }
    }
}
