//! The same traffic in every log format: the reports must be equal, and equal to the client's own counts.

use std::path::Path;
use std::sync::Mutex;
use std::time::SystemTime;
use std::{fs, thread};

use chrono::{DateTime, TimeDelta, Utc};

use super::Findings;
use super::client::{Connection, Doors};
use super::conversations::{Conversation, conversations};
use super::expected::{self, Classes, Hit};
use super::report::{self, latency_of, report, same};
use super::server::{self, Nginx};
use super::upstream::{App, SLOW, Speaks};

const CONF: &str = include_str!("traffic.conf");

/// Minimum number of logged requests, and number of planned ones: nginx sometimes closes a connection early.
const REQUESTS: usize = 3000;
const PLANNED: usize = 4000;
/// Number of concurrent clients. Some wait for a second, most do not.
const CLIENTS: usize = 8;

/// Statuses that must occur; otherwise the traffic does not cover what it should.
const STATUSES: [u16; 26] = [
    101, 200, 201, 204, 206, 299, 301, 302, 304, 400, 401, 403, 404, 405, 408, 410, 413, 414, 416, 418, 444, 499, 500,
    502, 503, 504,
];

/// Rankings that all formats except `raw` support.
const RANKINGS: &str = "path,ip,status,method,protocol,referer,agent,user";

#[test]
fn every_format_reports_what_was_sent() {
    let Some(program) = server::installed() else { return };
    let app = App::start(Speaks::Http);
    let has_ipv6 = server::has_ipv6();
    let listen_v6 = if has_ipv6 { "listen [::1]:%PLAIN%;" } else { "" };
    let home = server::home();
    site(&home.path().join("site"));
    let values = [("APP", app.port.to_string()), ("LISTEN_V6", listen_v6.to_owned())];
    let mut nginx = Nginx::start(&program, home, CONF, &["PLAIN", "PROXIED", "HASTY"], &values);
    let doors = Doors {
        plain: nginx.ports[0],
        proxied: nginx.ports[1],
        hasty: nginx.ports[2],
        socket: nginx.home().join("nginx.sock"),
    };

    let began = DateTime::<Utc>::from(SystemTime::now());
    let hits = talk(&doors, conversations(PLANNED, has_ipv6), &app);
    nginx.stop();
    let ended = DateTime::<Utc>::from(SystemTime::now());
    assert!(hits.len() >= REQUESTS, "{} requests", hits.len());
    let missing: Vec<_> = STATUSES.iter().filter(|status| hits.iter().all(|hit| hit.status != **status)).collect();
    assert!(missing.is_empty(), "no response has a status of {missing:?}");

    let mut findings = Findings::default();
    let log = |name: &str| nginx.home().join("logs").join(name);
    let by_rules = ["--json", "--by", "second", "--slow", "0.3", "-n", "0", "--top", RANKINGS];
    let mut first = None;
    for name in ["combined.log", "main.log", "timed.log", "json.log", "combined.gz"] {
        let report = match report(&by_rules, Some(&log(name))) {
            Ok(report) => report,
            Err(error) => {
                findings.note(format!("{name}: {error}"));
                continue;
            }
        };
        let mut wrong = expected::differences(&report, &hits, RANKINGS, Classes::ByRules);
        wrong.extend(period_is_within(&report, began, ended));
        if matches!(name, "timed.log" | "json.log") {
            wrong.extend(latency_of(&log("timed.log")).differences(&report));
            let slow = hits.iter().filter(|hit| hit.logged.path.starts_with(b"/app/slow/")).count() as u64;
            let longest = SLOW.as_millis() as u64;
            if report["latency"]["slow"].as_u64() < Some(slow) || report["latency"]["max_ms"].as_u64() < Some(longest) {
                wrong.push(format!("{slow} requests took {longest} ms or more: {}", report["latency"]));
            }
        }
        // Other formats must give the same report as the first, except for times and input names.
        let report = report::without(report, &["inputs", "latency"]);
        match &first {
            None => first = Some(report),
            Some(first) => wrong.extend(same(first, &report)),
        }
        wrong.into_iter().for_each(|wrong| findings.note(format!("{name}: {wrong}")));
    }

    // Only the configuration shows that nothing is escaped, and that each request is in six logs.
    let conf = nginx.home().join("nginx.conf");
    let by_conf = ["--json", "--by", "second", "-n", "0", "--top", "path,ip,status,method,protocol", "--nginx-conf"];
    let by_conf = [by_conf.as_slice(), &[conf.to_str().unwrap()]].concat();
    for (name, file) in [("raw.log by --nginx-conf", Some(log("raw.log"))), ("--nginx-conf alone", None)] {
        let wrong = match report(&by_conf, file.as_deref()) {
            Ok(report) => expected::differences(&report, &hits, "path,ip,status,method,protocol", Classes::Otherwise),
            Err(error) => vec![error],
        };
        wrong.into_iter().for_each(|wrong| findings.note(format!("{name}: {wrong}")));
    }
    findings.assert_none("the reports of one traffic");
}

/// Writes the files to be served.
fn site(dir: &Path) {
    for folder in ["static", "media", "docs"] {
        fs::create_dir_all(dir.join(folder)).unwrap();
    }
    fs::write(dir.join("index.html"), "<h1>site</h1>\n").unwrap();
    fs::write(dir.join("docs/index.html"), "<h1>docs</h1>\n").unwrap();
    fs::write(dir.join("static/a.css"), "a{}\n").unwrap();
    fs::write(dir.join("static/empty.js"), "").unwrap();
    fs::write(dir.join("media/photo.png"), [0xAB; 20_000]).unwrap();
    fs::write(dir.join("robots.txt"), "User-agent: *\n").unwrap();
}

/// Runs all conversations, several at a time, and returns the logged requests.
fn talk(doors: &Doors, conversations: Vec<Conversation>, app: &App) -> Vec<Hit> {
    let left = Mutex::new(conversations.into_iter());
    let work = || {
        let mut hits = Vec::new();
        loop {
            // Not in the head of the loop, where the lock would be held during the conversation.
            let next = left.lock().unwrap().next();
            match next {
                Some(conversation) => hits.extend(have(doors, &conversation, app)),
                None => return hits,
            }
        }
    };
    thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(work)).collect();
        clients.into_iter().flat_map(|client| client.join().expect("no client panics")).collect()
    })
}

fn have(doors: &Doors, conversation: &Conversation, app: &App) -> Vec<Hit> {
    let mut connection = Connection::open(doors, &conversation.origin);
    if conversation.is_pipelined {
        let all: Vec<u8> = conversation.exchanges.iter().flat_map(|exchange| exchange.sent.iter().copied()).collect();
        connection.send(&all);
    }
    let mut hits = Vec::new();
    for exchange in &conversation.exchanges {
        // After some errors nginx reads no further, and does not log the rest.
        if connection.is_over() {
            break;
        }
        if !conversation.is_pipelined {
            connection.send(&exchange.sent);
        }
        let seen = connection.answer(exchange, app);
        hits.push(Hit {
            address: conversation.origin.logged(),
            logged: exchange.logged.clone(),
            status: seen.status,
            bytes: seen.bytes,
        });
    }
    hits
}

/// Checks that the first and last hit lie in the time of the traffic. nginx logs whole seconds, from a cached clock
/// that may lag for a moment.
fn period_is_within(report: &serde_json::Value, began: DateTime<Utc>, ended: DateTime<Utc>) -> Option<String> {
    let period = &report["period"];
    let moment = |key: &str| DateTime::parse_from_rfc3339(period[key].as_str()?).ok();
    let (Some(first), Some(last)) = (moment("first"), moment("last")) else { return Some(format!("period {period}")) };
    let is_zone = first.offset().local_minus_utc() == -(3 * 60 + 30) * 60;
    let is_within = first >= began - TimeDelta::seconds(2) && first <= last && last <= ended;
    (!is_zone || !is_within).then(|| format!("period {period} is not from {began} to {ended}"))
}
