//! Highlights: the rules at their limits, a slow reference, and the cases that are not examined.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use loggen::Traffic;
use logstat::{Dimension, Engine, Highlight, Input, MaxKeys, Precision, Question, Section, UvMethod, count};

/// A number of equal hits.
#[derive(Clone)]
struct Hits {
    times: usize,
    addr: String,
    hour: u32,
    path: &'static str,
    status: u16,
    ms: u32,
}

fn hits(times: usize) -> Hits {
    Hits { times, addr: "10.0.0.1".to_owned(), hour: 8, path: "/", status: 200, ms: 5 }
}

fn log(all: &[Hits]) -> Vec<u8> {
    let mut log = String::new();
    for Hits { times, addr, hour, path, status, ms } in all {
        for _ in 0..*times {
            let seconds = f64::from(*ms) / 1000.0;
            writeln!(
                log,
                "{addr} - - [14/Nov/2026:{hour:02}:00:00 +0000] \"GET {path} HTTP/1.1\" {status} 5 \"-\" \"curl\" {seconds:.3}"
            )
            .unwrap();
        }
    }
    log.into_bytes()
}

/// Visitors with one hit each.
fn crowd(visitors: usize) -> impl Iterator<Item = Hits> {
    (0..visitors).map(|n| Hits { addr: format!("192.0.{n}.7"), ..hits(1) })
}

fn asked() -> Question {
    Question::new().highlights(true)
}

fn found(log: &[u8], question: &Question) -> Option<Vec<Highlight>> {
    let input = Input::reader("a.log", std::io::Cursor::new(log.to_vec()));
    let engine = Engine::new().threads(3).chunk_bytes(2000);
    count(question, vec![input], &engine).unwrap().report.unwrap().highlights
}

/// Short form of highlights: `error_peak 2026-11-14T08`.
fn in_short(highlights: &[Highlight]) -> Vec<String> {
    let short = |highlight: &Highlight| match highlight {
        Highlight::ErrorPeak { key, .. } => format!("error_peak {key}"),
        Highlight::SlowestPath { key, .. } => format!("slowest_path {key}"),
        Highlight::FrequentAddress { key, .. } => format!("frequent_address {key}"),
        _ => unreachable!("there are only three kinds"),
    };
    highlights.iter().map(short).collect()
}

fn of(all: &[Hits]) -> Vec<String> {
    in_short(&found(&log(all), &asked()).unwrap())
}

#[test]
fn error_peak_thresholds() {
    // Errors and hits of two hours.
    let hours = |(errors, pv): (usize, usize), (others, other_pv): (usize, usize)| {
        let hour = |hour: u32, errors: usize, pv: usize| {
            [Hits { hour, status: 503, ..hits(errors) }, Hits { hour, ..hits(pv - errors) }]
        };
        of(&[hour(8, errors, pv), hour(9, others, other_pv)].concat())
    };
    let peak = ["error_peak 2026-11-14T08"];
    assert_eq!(hours((10, 100), (0, 100)), peak);
    assert_eq!(hours((9, 100), (0, 100)), [""; 0], "a handful");
    assert_eq!(hours((10, 1000), (0, 1000)), peak);
    assert_eq!(hours((10, 1001), (0, 2000)), [""; 0], "less than a hundredth");
    // 60 of 300 are 20%, and twice that are 40%.
    assert_eq!(hours((40, 100), (20, 200)), peak);
    assert_eq!(hours((39, 100), (21, 200)), [""; 0], "less than twice the share of all");
    assert_eq!(hours((49, 100), (0, 0)), [""; 0], "a single hour has the share of the whole log");
    assert_eq!(hours((50, 100), (0, 0)), peak, "half of the requests fail");
    assert_eq!(hours((50, 100), (100, 200)), peak, "the other hours fail equally often");
}

#[test]
fn highest_peak_wins_and_ties_go_to_the_first() {
    let hour = |hour: u32, errors: usize, pv: usize| {
        [Hits { hour, status: 500, ..hits(errors) }, Hits { hour, ..hits(pv - errors) }]
    };
    let many = |peaks: [[Hits; 2]; 2]| of(&[peaks.concat(), vec![Hits { hour: 20, ..hits(900) }]].concat());
    assert_eq!(many([hour(8, 30, 100), hour(9, 11, 20)]), ["error_peak 2026-11-14T09"]);
    assert_eq!(many([hour(9, 30, 60), hour(8, 15, 30)]), ["error_peak 2026-11-14T08"]);
    let log = log(&[hour(8, 30, 100).to_vec(), vec![Hits { hour: 20, ..hits(900) }]].concat());
    let peak = Highlight::ErrorPeak { key: "2026-11-14T08".to_owned(), pv: 100, status_5xx: 30, share: 0.3 };
    assert_eq!(found(&log, &asked()).unwrap(), [peak]);
}

#[test]
fn slowest_path_thresholds() {
    let path = |path, ms, times| Hits { path, ms, ..hits(times) };
    assert_eq!(of(&[path("/a", 301, 10), path("/b", 9000, 9)]), ["slowest_path /a"]);
    assert_eq!(of(&[path("/a", 300, 10)]), [""; 0], "not slower than --slow");
    assert_eq!(of(&[path("/a", 299, 9), path("/a", 310, 1)]), ["slowest_path /a"], "300.1 ms");
    assert_eq!(of(&[path("/b", 500, 10), path("/a", 500, 10)]), ["slowest_path /a"]);
    assert_eq!(of(&[path("/b", 500, 11), path("/a", 500, 10)]), ["slowest_path /b"]);
    let slowest = Highlight::SlowestPath { key: "/a".to_owned(), count: 20, avg_ms: 400.5 };
    assert_eq!(found(&log(&[path("/a", 400, 10), path("/a", 401, 10)]), &asked()).unwrap(), [slowest]);
    let patient = asked().slow_ms(1000);
    assert_eq!(found(&log(&[path("/a", 1000, 10)]), &patient).unwrap(), []);
}

#[test]
fn frequent_address_thresholds() {
    let with = |times: usize, others: usize| {
        let crowd: Vec<_> = crowd(others).collect();
        of(&[vec![hits(times)], crowd].concat())
    };
    let one = ["frequent_address 10.0.0.1"];
    assert_eq!(with(10, 90), one);
    assert_eq!(with(9, 91), [""; 0], "less than a tenth");
    // One of ten addresses has 20 of 101 hits, slightly less than twice the mean.
    let several = |hits: usize| crowd(9).map(move |one| Hits { times: hits, ..one });
    assert_eq!(of(&[vec![hits(20)], several(8).collect()].concat()), one);
    assert_eq!(of(&[vec![hits(20)], several(9).collect()].concat()), [""; 0], "less than twice the mean");
    assert_eq!(with(50, 0), [""; 0], "the only address");
    assert_eq!(with(9, 20), [""; 0], "a handful");
    let two = [Hits { addr: "::1".to_owned(), ..hits(20) }, hits(30)];
    let two = [two.to_vec(), crowd(50).collect()].concat();
    assert_eq!(of(&two), ["frequent_address 10.0.0.1", "frequent_address ::1"]);
    let first = &found(&log(&two), &asked()).unwrap()[0];
    assert_eq!(*first, Highlight::FrequentAddress { key: "10.0.0.1".to_owned(), pv: 30, share: 0.3 });
}

#[test]
fn highlights_use_only_data_already_counted() {
    let slow = Hits { path: "/slow", ms: 900, ..hits(20) };
    let failed = Hits { hour: 9, status: 502, ..hits(20) };
    let log = log(&[vec![slow, failed, hits(20)], crowd(60).collect()].concat());
    let kinds = |question: Question| found(&log, &question).map(|found| in_short(&found));
    let some = |kinds: &[&str]| Some(kinds.iter().map(ToString::to_string).collect::<Vec<_>>());
    let (peak, slow, address) = ("error_peak 2026-11-14T09", "slowest_path /slow", "frequent_address 10.0.0.1");

    assert_eq!(kinds(Question::default()), None);
    assert_eq!(kinds(asked()), some(&[peak, slow, address]));
    assert_eq!(kinds(asked().show([Section::Timeline])), None);
    assert_eq!(kinds(asked().show([Section::Summary])), some(&[peak, address]));
    assert_eq!(kinds(asked().top([Dimension::Agent])), some(&[peak, address]));
    let hll = UvMethod::Hll(Precision::default());
    assert_eq!(kinds(asked().uv(hll)), some(&[peak, slow]));
    assert_eq!(kinds(asked().uv(hll).top([Dimension::Ip])), some(&[peak, address]));
    assert_eq!(kinds(asked().max_keys(MaxKeys::new(1000))), some(&[peak, address]));
    assert_eq!(kinds(asked().anonymize(true)), some(&[peak, slow]));
    let shown = asked().anonymize(true).top([Dimension::Ip]);
    let cut = kinds(shown).unwrap();
    assert!(cut.contains(&"frequent_address 10.0.0.0".to_owned()), "{cut:?}");
}

#[test]
fn logs_without_times_have_no_peak_hour() {
    let log = "10.0.0.1 503\n".repeat(40).into_bytes();
    let question = asked().log_formats(["$remote_addr $status".parse().unwrap()]);
    assert_eq!(found(&log, &question), Some(Vec::new()));
    let timed = "10.0.0.1 14/Nov/2026:08:00:00 +0000 200\n";
    let log_formats =
        ["$remote_addr $time_local $status", "$remote_addr $status"].map(|format| format.parse().unwrap());
    let mixed = [log, timed.repeat(40).into_bytes()].concat();
    assert_eq!(found(&mixed, &asked().log_formats(log_formats)), Some(Vec::new()));
}

/// Splits a line in the simplest way.
fn parts(line: &str) -> (String, String, String, u64, u64) {
    let quoted: Vec<&str> = line.split('"').collect();
    let addr = line.split(' ').next().unwrap().to_owned();
    let time = line.split(['[', ']']).nth(1).unwrap();
    let hour = format!("2026-11-{}T{}", &time[..2], &time[12..14]);
    let path = quoted[1].split(' ').nth(1).unwrap().split('?').next().unwrap().to_owned();
    let status = quoted[2].split_whitespace().next().unwrap().parse().unwrap();
    let ms = (quoted.last().unwrap().trim().parse::<f64>().unwrap() * 1000.0).round() as u64;
    (addr, hour, path, status, ms)
}

#[test]
fn highlights_match_the_reference() {
    let traffic = Traffic { lines: 6000, addresses: 60, paths: 40, malformed: 0.0, times: true, ..Traffic::default() };
    let text = String::from_utf8(traffic.to_vec()).unwrap();
    let plain = |line: &&str| !line.contains('\\') && line.contains("\"GET /") && line.contains("/Nov/2026");
    let lines: Vec<&str> = text.lines().filter(plain).collect();
    assert!(lines.len() > 4000, "{}", lines.len());
    let (mut hours, mut paths, mut addresses) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let mut errors = 0.0;
    for (addr, hour, path, status, ms) in lines.iter().map(|line| parts(line)) {
        let failed = f64::from(u8::from((500..600).contains(&status)));
        errors += failed;
        let hour: &mut (f64, f64) = hours.entry(hour).or_default();
        *hour = (hour.0 + 1.0, hour.1 + failed);
        let path: &mut (f64, f64) = paths.entry(path).or_default();
        *path = (path.0 + 1.0, path.1 + ms as f64);
        *addresses.entry(addr).or_insert(0.0) += 1.0;
    }
    let all = lines.len() as f64;
    let mut expected: Vec<String> = Vec::new();
    let peaks = hours.iter().filter(|(_, (pv, failed))| {
        *failed >= 10.0 && failed / pv >= 0.01 && (failed / pv >= 0.5 || failed / pv >= 2.0 * errors / all)
    });
    let peak = peaks.max_by(|a, b| (a.1.1 / a.1.0).total_cmp(&(b.1.1 / b.1.0)).then(b.0.cmp(a.0)));
    expected.extend(peak.map(|(hour, _)| format!("error_peak {hour}")));
    let slow_ms = 20_u32;
    let slow = paths.iter().filter(|(_, (count, sum))| *count >= 10.0 && sum / count > f64::from(slow_ms));
    let slowest = slow.max_by(|a, b| (a.1.1 / a.1.0).total_cmp(&(b.1.1 / b.1.0)));
    expected.extend(slowest.map(|(path, _)| format!("slowest_path {path}")));
    let mean = all / addresses.len() as f64;
    let mut frequent: Vec<_> =
        addresses.iter().filter(|(_, pv)| **pv >= 10.0 && **pv >= all / 10.0 && **pv >= 2.0 * mean).collect();
    frequent.sort_by(|a, b| b.1.total_cmp(a.1).then(a.0.cmp(b.0)));
    expected.extend(frequent.iter().map(|(addr, _)| format!("frequent_address {addr}")));
    assert!(expected.len() > 1, "{expected:?}");

    let log: Vec<u8> = lines.iter().flat_map(|line| [line.as_bytes(), b"\n"].concat()).collect();
    let question = asked().slow_ms(slow_ms.into());
    assert_eq!(in_short(&found(&log, &question).unwrap()), expected);
}
