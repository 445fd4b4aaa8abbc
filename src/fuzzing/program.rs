//! The whole program in-process: the fuzz input chooses a log, a question and strategies.

use super::Header;
use super::counting::{Answer, Log, Strategy, agreed};
use super::messages::{assert_safe, assert_safe_but};
use crate::dimension::Dimension;
use crate::explain::explain;
use crate::files::Compression;
use crate::filter::{Condition, Pattern};
use crate::format::Query;
use crate::measure::{Precision, UvMethod};
use crate::metric::Metric;
use crate::question::{MaxKeys, Question, Section};
use crate::render::{Charset, ReportFormat, Style, TerminalStyle, write_explanation_json};
use crate::report::Report;
use crate::steps::{Ipv6Prefix, RealIp, Visitor};
use crate::time::{Now, Unit};

/// Number of bytes for options, before the log.
const HEADER: usize = 40;

const DIMENSIONS: [&str; 28] = [
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
    "hour",
    "day",
    "weekday",
    "hour-of-day",
    "http_x_forwarded_for",
    "cookie_x",
    "upstream_addr",
    "request_uri",
    "args",
    "arg_q",
    "uri",
    "15m",
    "host/path",
    "status/hour",
    "cookie_x/ip",
    "path/ip",
    "kind",
    "status-class",
];

const FORMATS: [&str; 7] = [
    "combined",
    "main_timed",
    "json",
    "ltsv",
    "$remote_addr [$time_local] \"$request\" $status",
    "$http_user_agent $http_referer|$status",
    "[$time_iso8601] $request_time $status",
];

const EXPRESSIONS: [&str; 6] = [
    "status >= 400",
    "path ~ \"^/a\" || bytes > 100",
    "cookie_x == \"1\"",
    "arg_q != \"\"",
    "request_time > 0.5",
    "hour == \"2026-11-14T08\"",
];

const CONDITIONS: [&str; 6] =
    ["5xx > 1%", "any path: pv > 1", "any ip: uv > 0", "p95 > 0.5 || pv < 2", "malformed > 0", "!(4xx > 0)"];

/// Absolute moments only: a relative one would change from run to run.
const MOMENTS: [&str; 5] = ["2026", "2026-11-14", "2026-11-14T08:30:00Z", "2026-W46", "2026-11-14 08:30"];

/// Fuzzes the program. The header chooses the question and the strategies; the rest is the log.
pub(super) fn run(data: &[u8]) {
    let (mut header, bytes) = Header::of(data, HEADER);
    let question = question(&mut header);
    let strategies = [Strategy::of(&mut header), Strategy::of(&mut header)];
    let log = Log::new(bytes);
    let Answer { report, .. } = agreed(&question, &log, &strategies);
    if let Some(report) = &report {
        if Compression::of(bytes).is_none() {
            let ends = bytes.iter().filter(|byte| **byte == b'\n').count();
            let is_open = bytes.last().is_some_and(|byte| *byte != b'\n');
            assert_eq!(report.lines.read, ends as u64 + u64::from(is_open), "lines");
        }
        written(report, &mut header);
    }
    explained(&question, &log, strategies[0]);
}

/// Creates a question from any bytes.
fn question(header: &mut Header<'_>) -> Question {
    let units: Vec<Unit> = Unit::all().chain(["15m", "6h"].iter().filter_map(|step| step.parse().ok())).collect();
    let dimension = |name: &str| Dimension::named(name).expect("the name is in the list");
    let dimensions = DIMENSIONS.map(dimension);
    let metrics: Vec<Metric> = Metric::all().collect();
    let mut question = Question::new()
        .by(header.maybe_one_of(&units))
        .split(header.maybe_one_of(&dimensions).filter(|_| header.byte() > 127))
        .limit(header.one_of(&[10, 0, 1, 3, usize::MAX]))
        .sort(header.one_of(&metrics))
        .query(header.one_of(&[Query::Strip, Query::Keep]))
        .visitor(header.one_of(&[Visitor::IP, Visitor::IP_AND_AGENT]))
        .ipv6_prefix(header.maybe_one_of(&[64, 1, 128]).and_then(Ipv6Prefix::new))
        .max_line(header.one_of(&[1 << 20, 64, 1, 200]));
    if let Some(top) = header.maybe_one_of(&dimensions) {
        question.counting.top = Some(vec![top, header.one_of(&dimensions)]);
    }
    if let Some(dimension) = header.maybe_one_of(&dimensions) {
        question.counting.visitor = Visitor::of(dimension).unwrap_or(question.counting.visitor);
        question.reading.real_ip =
            RealIp::new(dimension, "10.0.0.0/8".parse().expect("a network")).filter(|_| header.byte() > 127);
    }
    question.counting.uv =
        header.maybe_one_of(&[14, 4, 18]).and_then(Precision::new).map_or(UvMethod::Exact, UvMethod::Hll);
    question.showing.columns = header.maybe_one_of(&metrics).into_iter().collect();
    let flags = header.byte();
    let is_set = |bit: u8| flags & 1 << bit != 0;
    question.showing.fill = is_set(0);
    question.counting.highlights = is_set(1);
    question.counting.anonymize = is_set(2);
    question.reading.keep_rejects = is_set(3);
    if is_set(4) {
        question.showing.show = Some(vec![Section::Summary, header.one_of(&Section::all().collect::<Vec<_>>())]);
    }
    if let Some(keys) = header.maybe_one_of(&[1, 2, 1000]) {
        question.counting.max_keys = MaxKeys::new(keys).map(|keys| keys.in_rounds_of(u64::from(header.byte())));
    }
    question.reading.zone = header.maybe_one_of(&["Europe/Berlin", "+08:00", "utc"]).and_then(|zone| zone.parse().ok());
    question.reading.log_formats =
        header.maybe_one_of(&FORMATS).iter().filter_map(|format| format.parse().ok()).collect();
    let moment = |header: &mut Header<'_>| header.maybe_one_of(&MOMENTS).and_then(|moment| moment.parse().ok());
    (question.counting.since, question.counting.until) = (moment(header), moment(header));
    question.counting.now = Now::At("2026-11-14T12".parse().expect("a moment"));
    question.showing.fail_if = header.maybe_one_of(&CONDITIONS).iter().filter_map(|text| text.parse().ok()).collect();
    question.counting.filters = filters(header, &dimensions);
    question
}

fn filters(header: &mut Header<'_>, dimensions: &[Dimension]) -> Vec<Condition> {
    let pattern = |header: &mut Header<'_>| header.one_of(&["/a*", "~^/s", "*", "!", "-"]).parse::<Pattern>().ok();
    let mut filters = Vec::new();
    match header.byte() % 8 {
        1 => filters.extend(header.one_of(&EXPRESSIONS).parse().ok().map(Condition::Where)),
        2 => filters.extend(header.one_of(&["4xx", "!200", "100-399"]).parse().ok().map(Condition::Status)),
        3 => filters.extend(header.one_of(&["10.0.0.0/8", "!2001:db8::/32"]).parse().ok().map(Condition::Ip)),
        4 => filters.push(header.one_of(&[Condition::Static, Condition::Dynamic])),
        5 => filters.push(header.one_of(&[Condition::Slower { ms: 100 }, Condition::Larger { bytes: 10 }])),
        6 => filters.extend(header.one_of(&["8-9", "22:00-06:00"]).parse().ok().map(Condition::DayTimes)),
        7 => {
            let any = pattern(header).into_iter().collect();
            filters.push(Condition::Matches { dimension: header.one_of(dimensions), any });
        }
        _ => {}
    }
    filters
}

/// Writes a report, and checks the output.
fn written(report: &Report, header: &mut Header<'_>) {
    let columns = header.one_of(&[80, 1, 20, 40, 200]);
    let charset = header.one_of(&[Charset::Unicode, Charset::Ascii]);
    let format = header.one_of(&ReportFormat::all().collect::<Vec<_>>());
    let style = Style {
        terminal: TerminalStyle { columns, charset, ..TerminalStyle::default() },
        csv_safe: true,
        ..Style::default()
    };
    let mut text = Vec::new();
    format.write(report, &style, &mut text).expect("writing to memory cannot fail");
    let text = String::from_utf8(text).expect("reports are UTF-8");
    assert_safe_but(format.name(), &text, "\n\r\t");
}

/// Explains how the log is read, and checks the output.
fn explained(question: &Question, log: &Log<'_>, strategy: Strategy) {
    match explain(question, vec![log.input(strategy.way)], &strategy.engine()) {
        Ok(explained) => {
            let mut json = Vec::new();
            write_explanation_json(&explained.explanation, false, &mut json).expect("writing to memory cannot fail");
            assert_safe("an explanation", &String::from_utf8(json).expect("explanations are UTF-8"));
            explained.problems.iter().for_each(|problem| assert_safe("a problem", &problem.to_string()));
        }
        Err(error) => assert_safe("an error", &error.to_string()),
    }
}
