//! Routes of real counts: however the log is cut, ordered and counted, the rows are those of plain maps.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::Value;

use super::{Engine, count, count_to_state};
use crate::dimension::Dimension;
use crate::input::Input;
use crate::metric::Metric;
use crate::question::{Question, Section};
use crate::report::Report;
use crate::route::{Answers, RoutePattern, Routes, learned};
use crate::state::State;

#[derive(Clone, Debug)]
struct Line {
    path: String,
    status: u16,
    client: u8,
    day: u8,
    time_ms: u64,
}

impl Line {
    fn text(&self) -> String {
        let Line { path, status, client, day, time_ms } = self;
        let (s, ms) = (time_ms / 1000, time_ms % 1000);
        format!(
            "10.0.0.{client} - - [{day:02}/Nov/2026:10:00:00 +0000] \"GET {path} HTTP/1.1\" {status} 5 \"-\" \"-\" {s}.{ms:03}\n"
        )
    }
}

prop_compose! {
    /// Lines of a site in which some parents have enough values, and some do not.
    fn line()(
        parent in prop::sample::select(vec!["", "/blog", "/blog", "/blog", "/shop/17", "/p"]),
        value in prop_oneof![4 => 0..60_u8, 1 => Just(0)],
        end in prop::sample::select(vec!["", "", "", "/", "/edit", ".jpg", "/2026-11-30"]),
        status in prop::sample::select(vec![200_u16, 200, 200, 200, 301, 404, 500]),
        client in 1..9_u8, day in 1..4_u8, time_ms in 0..3000_u64,
    ) -> Line {
        Line { path: format!("{parent}/v{value}{end}"), status, client, day, time_ms }
    }
}

const PATTERN: &str = "/p/:id";

fn question() -> Question {
    let names = ["route", "status/route", "route/day", "path"];
    Question::new()
        .log_formats(["combined_timed".parse().unwrap()])
        .show([Section::Timeline, Section::Top])
        .top(names.map(|name| Dimension::named(name).unwrap()))
        .split(Dimension::named("route").unwrap())
        .columns([Metric::Uv, Metric::P50, Metric::P99, Metric::Max])
        .limit(0)
        .routes([PATTERN.parse::<RoutePattern>().unwrap()])
}

fn input(at: usize, lines: &[Line]) -> Input {
    let text: String = lines.iter().map(Line::text).collect();
    Input::reader(format!("{at}.log"), std::io::Cursor::new(text)).source_name(format!("{at}"))
}

/// The rankings and the timeline as JSON.
fn rows(report: &Report) -> [Value; 2] {
    let report = serde_json::to_value(report).unwrap();
    ["top", "timeline"].map(|section| report[section].clone())
}

/// Numbers of a group: requests, visitors, median and longest request time in milliseconds.
type Numbers = (u64, u64, u64, u64);

/// The rows of a ranking by key, counted by plain maps.
fn counted(lines: &[Line], key: impl Fn(&Line) -> String) -> BTreeMap<String, Numbers> {
    let mut groups: BTreeMap<String, Vec<&Line>> = BTreeMap::new();
    lines.iter().for_each(|line| groups.entry(key(line)).or_default().push(line));
    let numbers = |lines: Vec<&Line>| {
        let mut times: Vec<u64> = lines.iter().map(|line| line.time_ms).collect();
        times.sort_unstable();
        let clients: BTreeSet<u8> = lines.iter().map(|line| line.client).collect();
        (lines.len() as u64, clients.len() as u64, times[times.len().div_ceil(2) - 1], times[times.len() - 1])
    };
    groups.into_iter().map(|(key, lines)| (key, numbers(lines))).collect()
}

fn found(report: &Report, dimension: &str) -> BTreeMap<String, Numbers> {
    let [rankings, _] = rows(report);
    let rows = rankings[dimension].as_array().unwrap().iter().map(|row| {
        let number = |name: &str| row[name].as_u64().unwrap();
        let key = row["key"].as_str().unwrap().to_owned();
        (key, (number("pv"), number("uv"), number("p50_ms"), number("max_ms")))
    });
    rows.collect()
}

/// The route of each path of the lines, learned from all of them.
fn routes(lines: &[Line]) -> BTreeMap<String, String> {
    let routes: Routes = [PATTERN.parse::<RoutePattern>().unwrap()].into_iter().collect();
    let mut answers: BTreeMap<Vec<u8>, Answers> = BTreeMap::new();
    for line in lines {
        let is_served = (200..400).contains(&line.status);
        let answer = Answers { served: u64::from(is_served), is_known: line.status / 100 != 4 };
        answers.entry(routes.route(line.path.as_bytes()).into_owned()).or_default().add(answer);
    }
    let seen: Vec<(&[u8], Answers)> = answers.iter().map(|(route, answers)| (&route[..], *answers)).collect();
    let learned = learned(&seen, |route| routes.has(route));
    let learned: BTreeMap<_, _> = answers.keys().zip(learned).collect();
    let route = |line: &Line| {
        let route = routes.route(line.path.as_bytes()).into_owned();
        (line.path.clone(), String::from_utf8(learned[&route].to_vec()).unwrap())
    };
    lines.iter().map(route).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 16))]

    #[test]
    fn routes_do_not_depend_on_how_the_log_is_counted(
        lines in prop::collection::vec(line(), 1..400), cuts in prop::array::uniform2(0..400_usize), rotate in 0..400_usize,
    ) {
        let all = |lines: &[Line], engine: &Engine| {
            count(&question(), vec![input(0, lines)], engine).unwrap().report.unwrap()
        };
        let report = all(&lines, &Engine::new().threads(1));
        let routes = routes(&lines);
        prop_assert_eq!(found(&report, "route"), counted(&lines, |line| routes[&line.path].clone()));
        let with_status = |line: &Line| format!("{} {}", line.status, routes[&line.path]);
        prop_assert_eq!(found(&report, "status/route"), counted(&lines, with_status));
        let expected = rows(&report);
        let threads = Engine::new().threads(3).chunk_bytes(500);
        prop_assert_eq!(&rows(&all(&lines, &threads)), &expected);
        let mut others = lines.clone();
        others.rotate_left(rotate % lines.len());
        others.reverse();
        prop_assert_eq!(&rows(&all(&others, &threads)), &expected);
        let mut cuts = cuts.map(|cut| cut % lines.len());
        cuts.sort_unstable();
        let parts = [&lines[..cuts[0]], &lines[cuts[0]..cuts[1]], &lines[cuts[1]..]];
        let inputs = parts.iter().enumerate().map(|(at, part)| input(at, part)).collect();
        prop_assert_eq!(&rows(&count(&question(), inputs, &threads).unwrap().report.unwrap()), &expected);
        let state = |at: usize| {
            let outcome = count_to_state(&question(), vec![input(at, parts[at])], None, None, &threads).unwrap();
            let mut bytes = Vec::new();
            outcome.state.unwrap().write(&mut bytes).unwrap();
            State::from_reader("a.state", &bytes[..]).unwrap()
        };
        let states = [2, 0, 1].into_iter().filter(|at| !parts[*at].is_empty()).map(state).collect();
        let (merged, _) = State::merge(states, false).unwrap();
        prop_assert_eq!(rows(&merged.report(&Question::new(), &threads).unwrap())[0].clone(), rows_of_state(&lines));
        prop_assert_eq!(&rows(&merged.report(&question(), &threads).unwrap()), &expected);
    }
}

/// The rankings of a report that leaves everything but the tables to the state.
fn rows_of_state(lines: &[Line]) -> Value {
    let question = Question { showing: Question::new().showing, ..question() };
    let report = count(&question.highlights(false), vec![input(0, lines)], &Engine::new()).unwrap().report.unwrap();
    rows(&report)[0].clone()
}
