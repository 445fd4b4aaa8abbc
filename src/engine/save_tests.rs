//! States of real counts: reports of merged states equal those of all lines.

use serde_json::Value;

use super::{Engine, count, count_to_state};
use crate::dimension::Dimension;
use crate::input::Input;
use crate::metric::Metric;
use crate::question::Question;
use crate::state::State;
use crate::time::Unit;

/// Lines of `days` days, some without a path, some malformed.
fn log(days: u32, seed: u32) -> String {
    let mut log = String::new();
    for day in 1..=days {
        for i in 0..200_u32 {
            let n = i.wrapping_mul(2_654_435_761).wrapping_add(seed).rotate_left(7) % 1009;
            let (hour, minute) = (i / 9 % 24, n % 60);
            log += &match n % 50 {
                0 => format!("malformed {n}\n"),
                1 => "\n".to_owned(),
                _ => format!(
                    "10.0.{}.{} - - [{day:02}/Nov/2026:{hour:02}:{minute:02}:00 +0100] \"GET /p{} HTTP/1.1\" {} {} \"-\" \"a{}\" {}.{:03}\n",
                    n % 3, n % 40, n % 17, [200, 200, 304, 404, 500][n as usize % 5], n * 10, n % 4, n % 2, n
                ),
            };
        }
    }
    log
}

fn question() -> Question {
    Question::new()
        .by(Unit::Hour)
        .top([Dimension::Path, Dimension::Ip, Dimension::named("path/status").unwrap()])
        .columns([Metric::P95, Metric::Uv, Metric::First])
        .log_formats(["combined_timed".parse().unwrap()])
}

fn engine() -> Engine {
    Engine::new().threads(2).chunk_bytes(1000)
}

fn input(text: &str) -> Input {
    Input::reader("a.log", std::io::Cursor::new(text.as_bytes().to_vec())).source_name("a.log")
}

fn state(question: &Question, input: Input) -> State {
    let outcome = count_to_state(question, vec![input], None, &engine()).unwrap();
    assert!(outcome.problems.is_empty());
    outcome.state.unwrap()
}

fn bytes(state: &State) -> Vec<u8> {
    let mut bytes = Vec::new();
    state.write(&mut bytes).unwrap();
    bytes
}

fn reread(state: &State) -> State {
    State::from_reader("a.state", &bytes(state)[..]).unwrap()
}

/// The JSON of a report without what may differ.
fn json(report: &crate::report::Report) -> Value {
    let mut value = serde_json::to_value(report).unwrap();
    ["inputs", "notes", "warnings"].iter().for_each(|name| drop(value.as_object_mut().unwrap().remove(*name)));
    value
}

fn plain(question: &Question, text: &str) -> Value {
    json(&count(question, vec![input(text)], &engine()).unwrap().report.unwrap())
}

#[test]
fn report_of_a_state_is_that_of_its_lines() {
    let text = log(3, 1);
    let saved = reread(&state(&question(), input(&text)));
    assert_eq!(json(&saved.report(&question(), &engine()).unwrap()), plain(&question(), &text));
    for by in [Unit::Day, Unit::Month, Unit::Week, Unit::HourOfDay, Unit::Weekday] {
        let asked = question().by(by);
        assert_eq!(json(&saved.report(&asked, &engine()).unwrap()), plain(&asked, &text), "{by:?}");
    }
    for (since, until) in [("2026-11-02", ""), ("", "2026-11-03"), ("2026-11-02", "2026-11-03"), ("2027", "")] {
        let mut asked = question();
        asked.counting.since = (!since.is_empty()).then(|| since.parse().unwrap());
        asked.counting.until = (!until.is_empty()).then(|| until.parse().unwrap());
        assert_eq!(json(&saved.report(&asked, &engine()).unwrap()), plain(&asked, &text), "{since} {until}");
    }
}

#[test]
fn merged_ranges_are_the_bytes_of_one_count() {
    let text = log(3, 2);
    let whole = state(&question(), input(&text));
    for cut in [0, 1, 777, text.len() / 2, text.len() - 1, text.len() + 5] {
        let cut = cut as u64;
        let parts = [input(&text).range(..cut), input(&text).range(cut..)].map(|input| reread(&state(&question(), input)));
        let (forth, _) = State::merge(parts.to_vec(), false).unwrap();
        let (back, _) = State::merge(parts.into_iter().rev().collect(), false).unwrap();
        assert_eq!(json(&forth.report(&question(), &engine()).unwrap()), plain(&question(), &text));
        assert!(bytes(&forth) == bytes(&whole) && bytes(&back) == bytes(&whole), "{cut}");
    }
}
