//! Laws of states. However logs are cut into runs, and states are merged, the result has the bytes of the state of one
//! run over all lines, and its report is that of a run without states.

#[cfg(feature = "cli")]
mod program;

use std::fs;
use std::path::PathBuf;

use logstat::{
    Condition, Dimension, Engine, ErrorKind, Input, Ipv6Prefix, LogFormat, Metric, Precision, Query, Question, Report,
    Section, State, Unit, UvMethod, Visitor, count, count_to_state,
};
use proptest::prelude::*;
use serde_json::Value;

use super::envelopes::{WRAPS, log};

/// A format with all fields, so that nothing that a question names is not logged.
const FORMAT: &str = "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent \
                      \"$http_referer\" \"$http_user_agent\" $request_time \"$host\" \"$upstream_addr\" \
                      $upstream_cache_status \"$upstream_response_time\"";

fn texts(all: &[&'static str]) -> prop::sample::Select<&'static str> {
    prop::sample::select(all.to_vec())
}

prop_compose! {
    /// A line of the format. Days are around the ends of a week, a month and a year.
    fn hit()(
        (addr, user) in (texts(&["10.0.0.1", "10.0.0.2", "10.0.7.9", "2001:db8::1", "::1", "-"]), texts(&["-", "anna"])),
        day in texts(&["30/Dec/2023", "31/Dec/2023", "01/Jan/2024", "07/Jan/2024", "08/Jan/2024"]),
        hour in 0..24_u8, second in 0..120_u8, zone in texts(&["+0000", "+0000", "+0000", "+0200", "-0330"]),
        request in texts(&[
            "GET / HTTP/1.1", "GET /a HTTP/1.1", "GET /a?x=1 HTTP/2.0", "GET /\\x41 HTTP/1.1", "POST /A HTTP/1.1",
            "GET /static/a.css HTTP/1.1", "GET /b.PNG HTTP/1.1", "-", "\\x16\\x03",
        ]),
        (status, bytes) in (texts(&["200", "200", "304", "404", "499", "500", "000"]), texts(&["0", "512", "-", "18446744073709551615"])),
        referer in texts(&["-", "https://a.example/", "\\x22"]), agent in texts(&["curl/8.5", "Mozilla/5.0", "-"]),
        time in texts(&["0.000", "0.312", "0.299", "12.001", "-"]), host in texts(&["a.example", "b.example"]),
        (upstream, cache) in (texts(&["-", "10.1.0.1:80", "10.1.0.1:80, 10.1.0.2:80"]), texts(&["-", "HIT", "MISS", "STALE"])),
        upstream_time in texts(&["-", "0.010", "0.250, 0.100", "-, 0.300", "- : -"]),
    ) -> String {
        let (minute, second) = (second / 60, second % 60);
        format!(
            "{addr} - {user} [{day}:{hour:02}:{minute:02}:{second:02} {zone}] \"{request}\" {status} {bytes} \
             \"{referer}\" \"{agent}\" {time} \"{host}\" \"{upstream}\" {cache} \"{upstream_time}\""
        )
    }
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof![12 => hit(), 1 => texts(&["garbage", "", "  ", "10.0.0.1 - - ["]).prop_map(str::to_owned)]
}

/// All dimensions with names, variables, and pairs.
fn dimensions() -> Vec<Dimension> {
    let others =
        ["upstream_addr", "request_uri", "path/ip", "upstream_addr/status", "day/kind", "kind/agent", "hour/host"];
    Dimension::all().chain(others.map(|name| Dimension::named(name).unwrap())).collect()
}

fn units() -> Vec<Unit> {
    Unit::all().chain(["5s", "15m", "6h"].map(|unit| unit.parse().unwrap())).collect()
}

/// Everything that there is: a ranking by each dimension, with each metric that all can have.
fn everything() -> Question {
    question().top(dimensions()).columns(of_all_rankings()).limit(0)
}

/// The metrics that every ranking can have.
fn of_all_rankings() -> impl Iterator<Item = Metric> {
    Metric::all().filter(|metric| *metric != Metric::Peak)
}

fn is_time(dimension: &Dimension) -> bool {
    matches!(dimension, Dimension::Time(_))
}

fn question() -> Question {
    super::databases::with_databases(Question::new().log_formats([FORMAT.parse::<LogFormat>().unwrap()]))
}

/// Settings that change what is counted.
fn with_settings(question: Question, settings: &[&str]) -> Question {
    settings.iter().fold(question, |mut question, setting| {
        let hll = |precision| UvMethod::Hll(Precision::new(precision).unwrap());
        let filter = match *setting {
            "zone" => return question.zone("+08:00".parse().unwrap()),
            "hll" => return question.uv(hll(14)),
            "small hll" => return question.uv(hll(4)),
            "agent" => return question.visitor(Visitor::IP_AND_AGENT),
            "user" => return question.visitor(Visitor::of(Dimension::User).unwrap()),
            "prefix" => return question.ipv6_prefix(Ipv6Prefix::new(64)),
            "query" => return question.query(Query::Keep),
            "anonymize" => return question.uv(hll(14)).anonymize(true),
            "status" => Condition::Status("2xx,404".parse().unwrap()),
            "path" => {
                let any = vec!["/a*".parse().unwrap(), "/static*".parse().unwrap()];
                Condition::Matches { dimension: Dimension::Path, any }
            }
            "times" => Condition::DayTimes("22-07".parse().unwrap()),
            "ip" => Condition::Ip("10.0.0.0/16".parse().unwrap()),
            "dynamic" => Condition::Dynamic,
            "durations" => {
                let durations = ["upstream_response_time", "request_time", "upstream_response_time:last"];
                return question.durations(durations.map(|name| name.parse().unwrap()));
            }
            other => unreachable!("{other}"),
        };
        question.counting.filters.push(filter);
        question
    })
}

const SETTINGS: [&str; 14] = [
    "zone",
    "hll",
    "small hll",
    "agent",
    "user",
    "prefix",
    "query",
    "anonymize",
    "status",
    "path",
    "times",
    "ip",
    "dynamic",
    "durations",
];

prop_compose! {
    /// A question whose answer is saved.
    fn saved_question()(
        settings in prop::sample::subsequence(SETTINGS.to_vec(), 0..4), is_everything in prop::bool::weighted(0.3),
        by in prop::option::of(prop::sample::select(units())), top in prop::sample::subsequence(dimensions(), 1..4),
        split in prop::option::of(prop::sample::select(vec![Dimension::Status, Dimension::Class, Dimension::Host])),
        columns in prop::sample::subsequence(of_all_rankings().collect::<Vec<_>>(), 0..3), has_peak: bool,
    ) -> Question {
        let question = if is_everything {
            everything()
        } else {
            let peak = (has_peak && top.iter().all(is_time)).then_some(Metric::Peak);
            question().top(top).columns(columns.into_iter().chain(peak))
        };
        with_settings(question.by(by).split(split), &settings)
    }
}

/// Another question about the same hits.
#[derive(Clone, Debug)]
struct Asked {
    by: Option<Unit>,
    period: (&'static str, &'static str),
    top: Vec<Dimension>,
    sort: Option<Metric>,
    limit: usize,
    fill: bool,
    fail_if: Option<&'static str>,
}

prop_compose! {
    fn asked()(
        by in prop::option::of(prop::sample::select(units())),
        period in prop::sample::select(vec![("", ""), ("", ""), ("2023-12-31", ""), ("2024", ""), ("2023-12-31", "2024-01-08"), ("", "2023-12-31")]),
        top in prop::sample::subsequence(dimensions(), 0..3), sort in prop::option::of(prop::sample::select(of_all_rankings().collect::<Vec<_>>())),
        limit in prop::sample::select(vec![0, 1, 3]), fill: bool,
        fail_if in prop::option::of(texts(&["pv > 3", "5xx >= 20%", "any path: uv > 1", "any day: pv > 2", "p95 > 0.3", "peak > 1 && busy > 0"])),
    ) -> Asked {
        Asked { by, period, top, sort, limit, fill, fail_if }
    }
}

impl Asked {
    fn of(&self, saved: &Question) -> Question {
        let mut question = saved.clone().limit(self.limit).show(Section::all());
        if self.by.is_some() {
            question = question.by(self.by);
        }
        if !self.top.is_empty() {
            if !self.top.iter().all(is_time) {
                question.showing.columns.retain(|metric| *metric != Metric::Peak);
            }
            question = question.top(self.top.clone());
        }
        let moment = |text: &str| (!text.is_empty()).then(|| text.parse().unwrap());
        (question.counting.since, question.counting.until) = (moment(self.period.0), moment(self.period.1));
        // Finer units have too many rows without hits.
        let is_short = !matches!(question.counting.unit().name(), "second" | "5s");
        question = question.fill(self.fill && is_short);
        question = question.fail_if(self.fail_if.map(|condition| condition.parse().unwrap()));
        match self.sort {
            Some(metric) => question.sort(metric),
            None => question,
        }
    }
}

fn engine(seed: u64, threads: usize) -> Engine {
    Engine::new().seed(seed).threads(threads).chunk_bytes(300)
}

/// The state of inputs.
fn saved(question: &Question, inputs: Vec<Input>, engine: &Engine) -> State {
    count_to_state(question, inputs, None, None, engine).unwrap().state.expect("there is an input")
}

fn bytes(state: &State) -> Vec<u8> {
    let mut bytes = Vec::new();
    state.write(&mut bytes).unwrap();
    bytes
}

/// Merges states until one is left: those at the first of these places, then those at the next. A state of which a
/// place is odd is written and read back before.
fn merged(mut states: Vec<State>, places: &[(usize, usize)]) -> State {
    for (first, second) in places.iter().cycle() {
        if states.len() == 1 {
            break;
        }
        let mut take = |place: usize| {
            let state = states.swap_remove(place % states.len());
            if place % 2 == 1 { State::from_reader("again.state", &bytes(&state)[..]).unwrap() } else { state }
        };
        let pair = vec![take(*first), take(*second)];
        states.push(State::merge(pair, false).unwrap().0);
    }
    states.pop().expect("one state is left")
}

/// A report as JSON, without what may differ between a log and a state, and its highlights.
fn comparable(report: &Report) -> (Value, String) {
    let mut json = serde_json::to_value(report).unwrap();
    for name in ["inputs", "notes", "warnings"] {
        json.as_object_mut().unwrap().remove(name);
    }
    // Sources have the name of the host before their path.
    for sample in json["malformed_samples"].as_array_mut().into_iter().flatten() {
        let path = sample["path"].as_str().unwrap();
        sample["path"] = path[path.find('/').unwrap()..].into();
    }
    (json, format!("{:?}", report.highlights))
}

/// The report of a run without states.
fn plain(question: &Question, paths: &[PathBuf]) -> Result<Report, String> {
    let inputs = paths.iter().map(Input::path).collect();
    let outcome = count(question, inputs, &engine(7, 1)).map_err(|error| error.to_string())?;
    assert!(outcome.problems.is_empty(), "{:?}", outcome.problems);
    Ok(outcome.report.unwrap())
}

/// Logs in a folder.
struct Logs {
    folder: tempfile::TempDir,
    texts: Vec<String>,
}

impl Logs {
    fn new(texts: Vec<String>) -> Logs {
        let logs = Logs { folder: tempfile::tempdir().unwrap(), texts };
        logs.paths().iter().zip(&logs.texts).for_each(|(path, text)| fs::write(path, text).unwrap());
        logs
    }

    fn paths(&self) -> Vec<PathBuf> {
        let folder = fs::canonicalize(self.folder.path()).unwrap();
        (0..self.texts.len()).map(|log| folder.join(format!("{log}.log"))).collect()
    }

    /// The ranges between cuts, each with its log.
    fn ranges(&self, cuts: &[(usize, prop::sample::Index)]) -> Vec<(usize, u64, u64)> {
        let mut ranges = Vec::new();
        for (log, text) in self.texts.iter().enumerate() {
            let of_log = cuts.iter().filter(|(of, _)| of % self.texts.len() == log);
            let mut ends: Vec<u64> = of_log.map(|(_, at)| at.index(text.len() + 1) as u64).collect();
            ends.push(u64::MAX);
            ends.sort_unstable();
            ends.dedup();
            let starts = [0].into_iter().chain(ends.iter().copied());
            ranges.extend(starts.zip(ends.clone()).map(|(from, to)| (log, from, to)));
        }
        ranges
    }
}

fn logs() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(prop::collection::vec(line(), 1..25), 1..4).prop_map(|logs| {
        let text = |(log, lines): (usize, Vec<String>)| {
            let first = format!(
                "10.0.0.{log} - - [31/Dec/2023:23:59:59 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"curl\" 0.100 \"a.example\" \"-\" - \"-\""
            );
            let end = if log == 1 { "" } else { "\n" };
            [first].into_iter().chain(lines).collect::<Vec<_>>().join("\n") + end
        };
        logs.into_iter().enumerate().map(text).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 2 / super::ONE_IN.min(8) as u32))]

    #[test]
    fn any_cut_order_and_grouping_gives_the_bytes_of_one_run(
        texts in logs(), saving in saved_question(), cuts in prop::collection::vec((0..3_usize, any::<prop::sample::Index>()), 0..5),
        runs in prop::collection::vec(0..4_usize, 8), places in prop::collection::vec((0..50_usize, 0..50_usize), 8), seed: u64,
    ) {
        let logs = Logs::new(texts);
        let paths = logs.paths();
        let one = saved(&saving, paths.iter().map(Input::path).collect(), &engine(seed, 1));
        // Each range is counted by one of several runs.
        let mut inputs: [Vec<Input>; 4] = Default::default();
        for (at, (log, from, to)) in logs.ranges(&cuts).into_iter().enumerate() {
            inputs[runs[at % runs.len()]].push(Input::path(&paths[log]).range(from..to));
        }
        let runs = inputs.into_iter().filter(|inputs| !inputs.is_empty()).enumerate();
        let states = runs.map(|(run, inputs)| saved(&saving, inputs, &engine(!seed, run + 1))).collect();
        let merged = merged(states, &places);
        prop_assert!(bytes(&merged) == bytes(&one), "{}", difference(&merged, &one));
    }

    #[test]
    fn report_of_a_state_is_that_of_its_logs(texts in logs(), saving in saved_question(), asked in asked(), seed: u64) {
        let logs = Logs::new(texts);
        let state = saved(&saving, logs.paths().iter().map(Input::path).collect(), &engine(seed, 2));
        let state = State::from_reader("a.state", &bytes(&state)[..]).unwrap();
        let has_highlights = saving.counting.uv == UvMethod::Exact;
        for (question, is_saved) in [(saving.clone(), true), (asked.of(&saving), false)] {
            let question = question.highlights(has_highlights);
            let found = state.report(&question, &engine(!seed, 2));
            let expected = plain(&question, &logs.paths());
            match (found, expected) {
                (Err(error), _) if !is_saved && matches!(error.kind(), ErrorKind::NotInState { .. }) => {}
                (Ok(found), Ok(expected)) => prop_assert_eq!(comparable(&found), comparable(&expected)),
                (found, expected) => {
                    let found = found.map(drop).map_err(|error| error.to_string());
                    prop_assert_eq!(found, expected.map(drop));
                }
            }
        }
    }
}

/// Lines in envelopes, some of which split lines into parts; and cuts within them.
#[test]
fn ranges_of_a_log_in_an_envelope_give_the_bytes_of_one_run() {
    let mut lines = log(60);
    lines.insert(7, b"rubbish".to_vec());
    let saving = Question::new().top([Dimension::Path, Dimension::Ip]).columns([Metric::Uv, Metric::First]).limit(0);
    for (number, (name, wrap)) in WRAPS.into_iter().enumerate().step_by(super::ONE_IN.min(4)) {
        let text = wrap(&lines);
        let folder = tempfile::tempdir().unwrap();
        let path = fs::canonicalize(folder.path()).unwrap().join("0.log");
        fs::write(&path, &text).unwrap();
        let Some(one) = count_to_state(&saving, vec![Input::path(&path)], None, None, &engine(1, 1)).unwrap().state
        else {
            continue;
        };
        let mut cuts: Vec<u64> =
            (1..4).map(|i: u64| i.wrapping_mul(2_654_435_761 + 97 * number as u64) % text.len() as u64).collect();
        cuts.sort_unstable();
        let ranges = [0].into_iter().chain(cuts.iter().copied()).zip(cuts.iter().copied().chain([u64::MAX]));
        let states =
            ranges.map(|(from, to)| saved(&saving, vec![Input::path(&path).range(from..to)], &engine(from, 2)));
        let merged = merged(states.collect(), &[(number, number + 3)]);
        assert!(bytes(&merged) == bytes(&one), "{name} cut at {cuts:?}\n{}", difference(&merged, &one));
        let expected = plain(&saving, &[path]).unwrap();
        assert_eq!(comparable(&merged.report(&saving, &engine(2, 1)).unwrap()), comparable(&expected), "{name}");
    }
}

/// The first difference of two states, as `--inspect` shows them.
fn difference(found: &State, expected: &State) -> String {
    let json = |state: &State| {
        let bytes = bytes(state);
        let start = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1 + 24;
        let len = u64::from_le_bytes(bytes[start - 24..start - 16].try_into().unwrap()) as usize;
        String::from_utf8(zstd::decode_all(&bytes[start..start + len]).unwrap()).unwrap()
    };
    let (found, expected) = (json(found), json(expected));
    let at = found.bytes().zip(expected.bytes()).take_while(|(a, b)| a == b).count().saturating_sub(100);
    let around = |text: &str| {
        String::from_utf8_lossy(&text.as_bytes()[at.min(text.len())..text.len().min(at + 300)]).into_owned()
    };
    format!("found:    {}\nexpected: {}", around(&found), around(&expected))
}
