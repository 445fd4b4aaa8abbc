//! The answer to a question about a log is the same, byte for byte, for all numbers of threads, chunk sizes, seeds,
//! ways of reading and orders of files.

use std::path::PathBuf;

use loggen::Traffic;
use logstat::{
    Condition, Dimension, Engine, Ipv6Prefix, MaxKeys, MaxMemory, Metric, Precision, Query, Question, RealIp, Report,
    Section, Unit, UvMethod, Visitor, count, write_json,
};
use tempfile::TempDir;

use super::ways::{self, PACKED, WAYS, Way};

const THREADS: [usize; 4] = [1, 2, 3, 8];
const CHUNKS: [usize; 6] = [64, 100, 1000, 4096, 65_536, 1 << 20];
const SEEDS: [Option<u64>; 3] = [Some(1), Some(0xdead_beef_0bad_cafe), None];

/// Everything that must not change an answer, except the order of files.
#[derive(Clone, Copy, Debug)]
struct Strategy {
    threads: usize,
    chunk_bytes: usize,
    way: Way,
    seed: Option<u64>,
}

/// The reference for all other strategies: one worker, one chunk.
const PLAINEST: Strategy = Strategy { threads: 1, chunk_bytes: 1 << 30, way: Way::Read, seed: Some(0) };

/// All combinations of threads, chunk sizes and ways of reading; the seeds alternate.
fn strategies() -> Vec<Strategy> {
    let mut all = Vec::new();
    for threads in THREADS {
        for chunk_bytes in CHUNKS {
            for way in WAYS {
                all.push(Strategy { threads, chunk_bytes, way, seed: SEEDS[(all.len() + all.len() / 15) % 3] });
            }
        }
    }
    all
}

/// Files of one log, read together.
struct Log {
    name: &'static str,
    files: Vec<PathBuf>,
    _folder: TempDir,
}

impl Log {
    fn new(name: &'static str, contents: &[&[u8]]) -> Log {
        let folder = tempfile::tempdir().unwrap();
        let write = |(number, content): (usize, &&[u8])| {
            let path = folder.path().join(format!("{number}.log"));
            ways::write(&path, content, name.len() + number);
            path
        };
        let files = contents.iter().enumerate().map(write).collect();
        Log { name, files, _folder: folder }
    }

    /// Everything that a run returns, as text: the report or the error, and the problems.
    fn answer(&self, question: &Question, strategy: Strategy) -> String {
        self.answer_in_order(question, strategy, &self.files)
    }

    fn answer_in_order(&self, question: &Question, strategy: Strategy, files: &[PathBuf]) -> String {
        let Strategy { threads, chunk_bytes, way, seed } = strategy;
        let engine = Engine::new().threads(threads).chunk_bytes(chunk_bytes).access(way.access()).seed(seed);
        let inputs = files.iter().map(|path| way.input(path)).collect();
        let outcome = match count(question, inputs, &engine) {
            Ok(outcome) => outcome,
            Err(error) => return format!("error: {error}").replace(PACKED, ".log"),
        };
        let mut said = Vec::new();
        if let Some(report) = outcome.report {
            write_json(&report, &mut said).unwrap();
            let read: Report = serde_json::from_slice(&said).unwrap();
            let mut again = Vec::new();
            write_json(&read, &mut again).unwrap();
            assert_eq!(String::from_utf8_lossy(&again), String::from_utf8_lossy(&said), "read back");
        }
        let problems: Vec<_> = outcome.problems.iter().map(ToString::to_string).collect();
        format!("{}{}", String::from_utf8(said).unwrap(), problems.join("\n")).replace(PACKED, ".log")
    }
}

/// Compares two answers and shows only the text around the first difference.
fn assert_same(expected: &str, found: &str, what: &str) {
    if expected != found {
        let at = expected.bytes().zip(found.bytes()).take_while(|(a, b)| a == b).count();
        let around = |text: &str| {
            let part = &text.as_bytes()[at.saturating_sub(100)..text.len().min(at + 200)];
            String::from_utf8_lossy(part).into_owned()
        };
        panic!("{what}: differs at byte {at}\nexpected … {}\n   found … {}", around(expected), around(found));
    }
}

/// Tries every `step`-th strategy, starting at a different one for each question.
fn agrees(log: &Log, questions: &[(&str, Question)], step: usize) {
    let strategies = strategies();
    let step = step * super::ONE_IN;
    for (turn, (asked, question)) in questions.iter().enumerate() {
        let expected = log.answer(question, PLAINEST);
        for strategy in strategies.iter().skip(turn * 11 % step).step_by(step) {
            let found = log.answer(question, *strategy);
            assert_same(&expected, &found, &format!("{}, {asked}, {strategy:?}", log.name));
        }
    }
}

/// A question for all rankings in full.
fn everything(leaving_out: &[Dimension]) -> Question {
    let top = Dimension::all().filter(|d| !leaving_out.contains(d));
    super::databases::with_databases(Question::new().top(top).limit(0).by(Unit::Minute))
}

/// Rankings of pairs: with text, with visitors, with dimensions of few values, and with time.
fn pairs(limit: usize) -> Question {
    let top = ["path/ip", "ip/class", "hour/agent", "referer/status"].map(|name| Dimension::named(name).unwrap());
    Question::new().top(top).limit(limit).by(Unit::Hour)
}

fn of(section: Section) -> Question {
    Question::new().show([section])
}

fn hll(precision: u8) -> UvMethod {
    UvMethod::Hll(Precision::new(precision).unwrap())
}

/// A limit on keys, with rounds of `round_bytes`.
fn few_keys(keys: usize, round_bytes: u64) -> Option<MaxKeys> {
    MaxKeys::new(keys).map(|max_keys| max_keys.in_rounds_of(round_bytes))
}

/// A limit on memory, with rounds of `round_bytes`.
fn memory(bytes: u64, round_bytes: u64) -> Option<MaxMemory> {
    MaxMemory::new(bytes).map(|limit| limit.in_rounds_of(round_bytes))
}

/// Filters of each kind, including those that cache results.
fn filters() -> Vec<Condition> {
    let patterns = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
    vec![
        Condition::Where("!(class == \"static\" && bytes > 5000) && hour >= \"2026-11-14T02\"".parse().unwrap()),
        Condition::Excludes { dimension: Dimension::Path, any: patterns(&["~[0-9]{3}", "/media/*"]) },
        Condition::Matches { dimension: Dimension::Agent, any: patterns(&["~Linux|Windows", "*compatible*"]) },
        Condition::Ip("0.0.0.0/1,2000::/3,!10.0.0.7".parse().unwrap()),
        Condition::Status("!404".parse().unwrap()),
        Condition::DayTimes("22-20:30".parse().unwrap()),
    ]
}

/// Patterns without wildcards. No value equals them, except that some logs have the path `/1`.
fn literals() -> Vec<Condition> {
    let patterns = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
    vec![
        Condition::Matches { dimension: Dimension::Path, any: patterns(&["/1", "catalog", "/nothing"]) },
        Condition::Excludes { dimension: Dimension::Agent, any: patterns(&["Mozilla", "CURL"]) },
    ]
}

fn questions() -> Vec<(&'static str, Question)> {
    let usual = Question::default;
    let mut all = vec![
        ("default", usual()),
        ("every ranking", everything(&[Dimension::Host])),
        ("hosts too", everything(&[])),
        ("hll 4", usual().uv(hll(4)).by(Unit::Hour)),
        ("hll 14", usual().uv(hll(14)).by(Unit::Hour)),
        ("few keys", everything(&[Dimension::Host]).max_keys(few_keys(20, 3000))),
        ("fewer keys", everything(&[Dimension::Host]).max_keys(few_keys(3, 900)).uv(hll(4))),
        ("query keep", usual().query(Query::Keep).limit(50)),
        ("ties cut", usual().limit(3).top([Dimension::Ip, Dimension::Referer])),
        ("a period", usual().since("2026-11-15T06".parse().unwrap()).until("2026-11-18".parse().unwrap())),
        ("pairs", pairs(0).split(Dimension::Agent)),
        ("few pairs", pairs(3).max_keys(few_keys(20, 3000)).split(Dimension::Status)),
        ("filters", usual().filters(filters()).limit(0).by(Unit::Hour)),
        ("patterns that equal nothing", usual().filters(literals())),
        ("no line in the period", usual().since("2030".parse().unwrap()).filters(literals())),
        ("little memory", everything(&[Dimension::Host]).max_memory(memory(150_000, 2000))),
    ];
    all.extend(Unit::all().map(|unit| (unit.name(), usual().by(unit))));
    all.extend(Section::all().map(|section| (section.name(), of(section))));
    all
}

/// Rankings with every column in several orders, and verdicts, for logs with request times.
fn columns() -> Vec<(&'static str, Question)> {
    // These logs have no cache status, and paths have no peak.
    let not_here = [Metric::Peak, Metric::CacheHits, Metric::CacheBytes];
    let by = |sort| {
        Question::new()
            .top([Dimension::Path, Dimension::Ip, Dimension::Time(Unit::Hour)])
            .columns(Metric::all().filter(|metric| !not_here.contains(metric)))
            .sort(sort)
            .fail_if(["any path: p90 > 0.1 && 2xx > 50%", "avg > 0.01 || uv > 3"].map(|text| text.parse().unwrap()))
    };
    let hll = by(Metric::Uv).uv(hll(4)).limit(0);
    let peak = Question::new().top([Dimension::Time(Unit::Minute)]).columns([Metric::Peak, Metric::Busy]);
    let peak = peak.sort(Metric::Peak).by(Unit::HourOfDay).durations(["request_time".parse().unwrap()]);
    vec![
        ("by peak", peak),
        ("by p95", by(Metric::P95)),
        ("by first", by(Metric::First)),
        ("by avg", by(Metric::Avg)),
        ("by uv", hll),
    ]
}

#[test]
fn realistic_log() {
    let traffic = Traffic { lines: 3000, addresses: 1000, paths: 900, malformed: 0.02, ..Traffic::default() };
    agrees(&Log::new("combined", &[&traffic.to_vec()]), &[&questions()[1..4], &questions()[8..9]].concat(), 17);
}

#[test]
fn small_log_with_every_question() {
    let traffic = Traffic { lines: 400, addresses: 120, paths: 200, malformed: 0.02, ..Traffic::default() };
    agrees(&Log::new("combined", &[&traffic.to_vec()]), &questions(), 7);
}

#[test]
fn log_with_times_and_hosts() {
    let traffic = Traffic { lines: 400, malformed: 0.02, times: true, vhost: true, ..Traffic::default() };
    let questions: Vec<_> = questions().into_iter().step_by(super::ONE_IN.min(3)).chain(columns()).collect();
    agrees(&Log::new("vhost_timed", &[&traffic.to_vec()]), &questions, 7);
}

#[test]
fn log_of_unique_paths() {
    let traffic = Traffic { lines: 300, unique_paths: true, unique_queries: 0.5, days: 400, ..Traffic::default() };
    let questions: Vec<_> = questions().into_iter().step_by(super::ONE_IN.min(4)).collect();
    agrees(&Log::new("unique paths", &[&traffic.to_vec()]), &questions, 7);
}

#[test]
fn every_ranking_with_every_strategy() {
    let traffic = Traffic { lines: 250, malformed: 0.05, times: true, vhost: true, seed: 7, ..Traffic::default() };
    agrees(&Log::new("everything", &[&traffic.to_vec()]), &[("everything", everything(&[]))], 1);
}

fn line(second: u32, path: &str) -> String {
    format!("10.0.0.{second} - - [15/Nov/2026:08:30:{second:02} +0800] \"GET {path} HTTP/1.1\" 200 5 \"-\" \"curl\"")
}

fn lines(end: &str) -> String {
    (0..40).map(|i| line(i, &format!("/{}", i % 7)) + end).collect()
}

/// Logs with the damage that crashes, concatenation and editing cause.
fn nasty() -> Vec<(&'static str, Vec<u8>)> {
    let with = |before: &[u8], after: &[u8]| [before, lines("\n").as_bytes(), after].concat();
    let long = |length: usize| line(3, &format!("/{}", "long".repeat(length / 4)));
    let often_malformed = |i: u32| if i.is_multiple_of(3) { line(i % 60, "/\n") } else { format!("no {i}\n") };
    vec![
        ("no last line feed", with(b"", line(59, "/last").as_bytes())),
        ("no last line feed, malformed", with(b"", b"10.0.0.1 - - [15/Nov/2026:08")),
        ("carriage returns", lines("\r\n").into_bytes()),
        ("carriage returns alone at the end", with(b"", b"\r\n\r\r\n\r")),
        ("blank lines", lines("\n\n \t\n\x0b\x0c\n").into_bytes()),
        ("a byte order mark", with(b"\xef\xbb\xbf", b"\xef\xbb\xbf\n")),
        ("a byte order mark and NULs", with(b"\xef\xbb\xbf\0\0\0", b"\0\0\0\0")),
        ("runs of NULs", lines(&format!("\n{}", "\0".repeat(300))).into_bytes()),
        ("NULs within", lines(&format!("{}\n", "\0".repeat(70))).into_bytes()),
        ("a long line", with(b"", format!("{}\n{}", long(50_000), lines("\n")).as_bytes())),
        ("a long line of nothing", with(b"", format!("{}\n{}", "x".repeat(20_000), lines("\n")).as_bytes())),
        ("a long last line", with(b"", long(10_000).as_bytes())),
        ("NULs in plenty", with(&[0; 30_000], &[&[0; 9000][..], line(59, "/last").as_bytes()].concat())),
        ("a mark and NULs in plenty", with(&[&b"\xef\xbb\xbf"[..], &[0; 70_000]].concat(), &[0; 5000])),
        ("white space in plenty", with(&[b' '; 20_000], b"")),
        ("carriage returns in plenty", with(&[b'\r'; 20_000], b"")),
        ("many malformed", (0..200).map(often_malformed).collect::<String>().into_bytes()),
        ("nothing", Vec::new()),
        ("one line feed", b"\n".to_vec()),
        ("one byte", b"x".to_vec()),
    ]
}

#[test]
fn damaged_logs() {
    let questions = [
        ("default", Question::default()),
        ("every ranking", everything(&[Dimension::Host])),
        ("hll 4", Question::new().uv(hll(4)).by(Unit::Second)),
        ("few keys", everything(&[Dimension::Host]).max_keys(few_keys(2, 500))),
        ("lines of 80", Question::new().max_line(80)),
        ("lines of 2000", Question::new().max_line(2000)),
    ];
    for (name, content) in nasty() {
        agrees(&Log::new(name, &[&content]), &questions, 7);
    }
}

#[test]
fn line_of_several_megabytes() {
    let long = line(3, &format!("/{}", "long".repeat(750_000)));
    let log = Log::new("3 MB", &[format!("{}{long}\n{}", lines("\n"), lines("\n")).as_bytes()]);
    for (max_line, malformed) in [(1 << 20, 1), (long.len() - 1, 1), (long.len(), 0), (usize::MAX, 0)] {
        let question = everything(&[Dimension::Host]).max_line(max_line);
        let expected = log.answer(&question, PLAINEST);
        assert!(expected.contains(&format!("\"malformed\":{malformed},")), "{max_line}");
        for strategy in strategies().iter().filter(|s| s.chunk_bytes >= 4096).step_by(7 * super::ONE_IN) {
            assert_same(&expected, &log.answer(&question, *strategy), &format!("{max_line}, {strategy:?}"));
        }
    }
}

/// Lines of eight formats, and malformed ones, in an order that `first` and `step` select.
fn mixed(first: usize, step: usize) -> Vec<u8> {
    let lines = [
        line(1, "/combined"),
        line(2, "/main") + " \"-\"",
        line(3, "/timed") + " 0.250",
        line(4, "/main_timed") + " \"10.9.9.9\" 1.000",
        format!("shop.example {}", line(5, "/vhost")),
        format!("shop.example {} 0.001", line(6, "/vhost_timed")),
        line(7, "/combined and more") + " gz 12",
        "10.0.0.8 - - [15/Nov/2026:08:30:00 +0800] \"GET /common HTTP/1.1\" 200 5".to_owned(),
        "nothing of the kind".to_owned(),
    ];
    (0..90).map(|i| lines[(first + i * step) % 9].clone() + "\n").collect::<String>().into_bytes()
}

/// The formats of a file are detected from its first lines, whatever the chunk size.
#[test]
fn detected_formats() {
    let logs = [
        ("mixed formats", mixed(0, 1)),
        ("mixed formats, common first", mixed(7, 2)),
        ("mixed formats, vhost first", mixed(5, 4)),
        ("another format later", format!("{}{}", lines("\n"), lines(" 0.010\n")).into_bytes()),
        ("blanks first", format!("{}{}", "\n".repeat(5000), lines("\n")).into_bytes()),
        ("malformed first", format!("who am I\n\n[error] 12\n{}\n\n?", lines("\n")).into_bytes()),
        ("nothing fits", "nothing fits\n".repeat(50).into_bytes()),
    ];
    for (name, content) in logs {
        agrees(&Log::new(name, &[&content]), &[("default", Question::default())], 7);
    }
}

/// Lines logged behind proxies: IPv4 and IPv6 addresses, escapes, forged headers, and some truncated lines.
fn proxied() -> Vec<u8> {
    let line = |i: u32| {
        let client = match i % 5 {
            0 => format!("2001:db8:{:x}::{i:x}", i % 7),
            1 => format!("[2001:DB8:{:x}::{i:x}]:{i}", i % 3),
            2 => format!("\\x3{}0.0.113.{}", i % 3 + 1, i % 9),
            _ => format!("203.0.{}.{}", i % 4, i % 50),
        };
        let list = match i % 11 {
            0 => "-".to_owned(),
            1 => format!("{client}, unknown"),
            2 => format!("198.51.100.1, {client} ,10.1.{}.9:80", i % 256),
            _ => client,
        };
        let (proxy, agent) = if i.is_multiple_of(13) { ("192.0.2.1", "curl") } else { ("10.0.0.1", "A \\x22B\\x22") };
        let end = if i.is_multiple_of(17) { "" } else { "\"" };
        format!(
            "{proxy} - - [15/Nov/2026:08:{:02}:00 +0800] \"GET /{} HTTP/1.1\" 200 5 \"-\" \"{agent}\" \"{list}{end}\n",
            i % 60,
            i % 4
        )
    };
    (0..400).map(line).collect::<String>().into_bytes()
}

#[test]
fn visitors_behind_proxies() {
    let list = Dimension::named("http_x_forwarded_for").unwrap();
    let asked = |visitor| {
        Question::new()
            .visitor(visitor)
            .ipv6_prefix(Ipv6Prefix::new(48))
            .real_ip(RealIp::new(list, "10.0.0.0/8".parse().unwrap()))
            .top([Dimension::Ip, list, Dimension::Path])
            .limit(0)
    };
    let session = Visitor::of(list).unwrap();
    let few = few_keys(5, 2000);
    let questions = [
        ("by ip", asked(Visitor::IP)),
        ("by ip and agent", asked(Visitor::IP_AND_AGENT)),
        ("by ip and agent, hll 4", asked(Visitor::IP_AND_AGENT).uv(hll(4))),
        ("by a variable", asked(session).ipv6_prefix(None)),
        ("cut", asked(Visitor::IP_AND_AGENT).anonymize(true)),
        ("cut, by a variable, hll 14", asked(session).anonymize(true).uv(hll(14))),
        ("cut, few keys", asked(Visitor::IP).anonymize(true).max_keys(few)),
        ("filtered", asked(Visitor::IP).filters([Condition::Ip("2001:db8::/32".parse().unwrap())])),
    ];
    let log = Log::new("proxied", &[&proxied()]);
    agrees(&log, &questions, 7);
    let uv = |question: &Question| {
        let answer = log.answer(question, PLAINEST);
        let uv = answer.split_once("\"uv\":{").and_then(|(_, rest)| rest.split_once("\"uv\":")).unwrap().1;
        uv.split(',').next().unwrap().parse::<u64>().unwrap()
    };
    // Visitors are counted by whole addresses, even if addresses are anonymized.
    assert_eq!(uv(&questions[1].1), uv(&questions[4].1));
    let (by_ip, by_both) = (uv(&questions[0].1), uv(&questions[1].1));
    assert!(by_ip > 20 && by_both >= by_ip, "{by_ip} {by_both}");
}

/// A given format is used whatever the first lines are.
#[test]
fn given_format() {
    let given = |format: &str| Question::new().log_formats([format.parse().unwrap()]);
    let questions = [("combined", given("combined")), ("vhost_timed", given("vhost_timed"))];
    for first in 0..9 {
        agrees(&Log::new("mixed formats", &[&mixed(first, 2)]), &questions, 7);
    }
}

/// The answer without the details of each input, and with sorted problems.
fn without_inputs(answer: &str) -> String {
    let (report, problems) = answer.split_once('\n').unwrap();
    let mut report: serde_json::Value = serde_json::from_str(report).unwrap();
    assert!(report.as_object_mut().unwrap().remove("inputs").is_some());
    let mut problems: Vec<_> = problems.lines().collect();
    problems.sort_unstable();
    format!("{report}\n{}", problems.join("\n"))
}

#[test]
fn files_in_another_order() {
    let made = |seed, times| Traffic { lines: 120, malformed: 0.05, times, seed, ..Traffic::default() }.to_vec();
    let nasty = nasty().into_iter().filter(|(_, content)| content.len() > 1);
    let nasty: Vec<_> = nasty.map(|(_, content)| content).collect();
    let (a, b, c) = (made(1, false), made(2, true), made(3, false));
    let mut contents: Vec<&[u8]> = vec![&a, &b, &c, b""];
    contents.extend(nasty.iter().map(Vec::as_slice));
    let log = Log::new("files", &contents);
    for (turn, (asked, question)) in questions().iter().enumerate().step_by(super::ONE_IN.min(8)) {
        // The tables of these logs exceed that limit, so there is no report; tests/max_memory.rs tests the order of
        // files.
        if ["hosts too", "little memory"].contains(asked) {
            continue;
        }
        let expected = log.answer(question, PLAINEST);
        let strategy = strategies()[turn * 7 % strategies().len()];
        assert_same(&expected, &log.answer(question, strategy), &format!("files, {asked}, {strategy:?}"));
        let mut files = log.files.clone();
        files.reverse();
        for rotation in [0, 5] {
            files.rotate_left(rotation);
            let strategy = strategies()[(turn * 11 + rotation) % strategies().len()];
            let found = log.answer_in_order(question, strategy, &files);
            let what = format!("{rotation}, {asked}, {strategy:?}");
            assert_same(&without_inputs(&expected), &without_inputs(&found), &what);
        }
    }
}

#[test]
fn strategies_cover_all_combinations() {
    let all = strategies();
    assert_eq!(all.len(), 120);
    for way in 0..WAYS.len() {
        let seeds: Vec<_> = all.iter().skip(way).step_by(WAYS.len()).map(|s| s.seed).collect();
        assert!(SEEDS.iter().all(|seed| seeds.contains(seed)), "every strategy is tested with every seed");
    }
}
