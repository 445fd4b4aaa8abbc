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
                    n % 3,
                    n % 40,
                    n % 17,
                    [200, 200, 304, 404, 500][n as usize % 5],
                    n * 10,
                    n % 4,
                    n % 2,
                    n
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
    named("a.log", text)
}

fn named(name: &str, text: &str) -> Input {
    Input::reader(name, std::io::Cursor::new(text.as_bytes().to_vec())).source_name(name)
}

fn state(question: &Question, input: Input) -> State {
    let outcome = count_to_state(question, vec![input], None, None, &engine()).unwrap();
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
fn notes_tell_what_a_state_covers_and_what_a_run_found() {
    let text = log(2, 9);
    let filter = crate::filter::Condition::Matches { dimension: Dimension::Path, any: vec!["/p".parse().unwrap()] };
    let asked = question().filters([filter]);
    let outcome = count_to_state(&asked, vec![input(&text)], None, None, &engine()).unwrap();
    assert_eq!(outcome.notes.iter().map(|note| note.code.name()).collect::<Vec<_>>(), ["nothing-equal"]);
    let saved = outcome.state.unwrap();
    let report = saved.report(&Question::new().since("2027".parse().unwrap()), &engine()).unwrap();
    let notes: Vec<_> = report.notes.iter().map(ToString::to_string).collect();
    assert_eq!(notes, ["no line is in the period; the state covers 2026-11-01 to 2026-11-02"]);
    for (since, expected) in [
        ("2026-11-01T10", "since is 2026-11-01T10:00:00, within a day, "),
        ("2026-11-02T00:00:00+01:00", ""),
        ("2026-11-02T00:00:00+02:00", "since is 2026-11-01T23:00:00, within a day, "),
    ] {
        let report = saved.report(&Question::new().since(since.parse().unwrap()), &engine());
        let message = report.map_or_else(|error| error.to_string(), |_| String::new());
        assert!(message.starts_with(expected), "{message}");
        assert_eq!(message.is_empty(), expected.is_empty(), "{since}");
    }
}

#[test]
fn merged_ranges_are_the_bytes_of_one_count() {
    let text = log(3, 2);
    let whole = state(&question(), input(&text));
    for cut in [0, 1, 777, text.len() / 2, text.len() - 1, text.len() + 5] {
        let cut = cut as u64;
        let parts =
            [input(&text).range(..cut), input(&text).range(cut..)].map(|input| reread(&state(&question(), input)));
        let (forth, _) = State::merge(parts.to_vec(), false).unwrap();
        let (back, _) = State::merge(parts.into_iter().rev().collect(), false).unwrap();
        assert_eq!(json(&forth.report(&question(), &engine()).unwrap()), plain(&question(), &text));
        assert!(bytes(&forth) == bytes(&whole) && bytes(&back) == bytes(&whole), "{cut}");
    }
}

#[test]
fn states_with_different_tables_keep_what_all_have() {
    let (first, second) = (log(2, 3), log(3, 4));
    let other = Question::new()
        .by(Unit::Minute)
        .top([Dimension::Path, Dimension::Status])
        .log_formats(question().reading.log_formats);
    let states =
        || [state(&question(), input(&first)), state(&other, named("b.log", &second))].map(|state| reread(&state));
    let (merged, _) = State::merge(states().to_vec(), false).unwrap();
    let (back, _) = State::merge(states().into_iter().rev().collect(), false).unwrap();
    assert!(bytes(&merged) == bytes(&back));
    let merged = reread(&merged);
    let asked = Question::new().by(Unit::Day).log_formats(question().reading.log_formats);
    let report = merged.report(&Question::new(), &engine()).unwrap();
    let inputs = vec![input(&first), named("b.log", &second)];
    assert!(json(&report) == json(&count(&asked, inputs, &engine()).unwrap().report.unwrap()));
    let notes: Vec<_> = report.notes.iter().map(|note| note.code.name()).collect();
    assert!(notes.contains(&"not-in-all-states"), "{notes:?}");
    let error = merged.report(&Question::new().by(Unit::Hour), &engine()).unwrap_err().to_string();
    assert!(
        error.starts_with("the state has no visitors by hour; it has them by kind, day\n  to have them, "),
        "{error}"
    );
    // Writing a state that is settled gives the same bytes.
    let mut settled = State::merge(states().to_vec(), false).unwrap().0;
    settled.settle(&engine()).unwrap();
    assert!(bytes(&settled) == bytes(&merged));
}

#[test]
fn states_with_different_settings_are_not_merged() {
    let text = log(1, 5);
    let filtered = question().filters([crate::filter::Condition::Status("2xx".parse().unwrap())]);
    let (all, some) = (state(&question(), input(&text)), state(&filtered, named("b.log", &text)));
    let error = State::merge(vec![all.clone(), some.clone()], false).unwrap_err().to_string();
    assert_eq!(
        error,
        "b.log: the state was counted with status 2xx, but a.log without status; states can be merged only if their settings are the same"
    );
    // A report takes the settings of the state.
    let expected = json(&count(&filtered, vec![named("b.log", &text)], &engine()).unwrap().report.unwrap());
    assert!(json(&some.report(&question(), &engine()).unwrap()) == expected);
    let error = all.report(&filtered, &engine()).unwrap_err().to_string();
    assert!(error.starts_with("a.log: the state was counted without status, but this run has status 2xx; "), "{error}");
}

#[test]
fn lines_are_counted_once() {
    let text = log(2, 6);
    let len = text.len() as u64;
    let part = |from, to| state(&question(), input(&text).range(from..to));
    let (whole, first, middle) = (part(0, len), part(0, len / 2), part(len / 4, 3 * len / 4));
    for (states, is_left_out) in [
        (vec![whole.clone(), first.clone()], true),
        (vec![first.clone(), middle.clone(), whole.clone()], true),
        (vec![first.clone(), first.clone()], true),
        (vec![first.clone(), middle], false),
    ] {
        let error = State::merge(states.clone(), false).unwrap_err();
        assert!(matches!(error.kind(), crate::error::ErrorKind::StateOverlap { .. }), "{error}");
        let merged = State::merge(states.clone(), true);
        assert_eq!(merged.is_ok(), is_left_out);
        if let Ok((merged, notes)) = merged {
            let largest = if states.iter().any(|state| bytes(state) == bytes(&whole)) { &whole } else { &first };
            assert!(bytes(&merged) == bytes(largest));
            assert_eq!(notes.len(), states.len() - 1);
        }
    }
    let twice = |names: [&str; 2]| {
        let inputs = names.map(|name| Input::reader(name, std::io::Cursor::new(text.clone().into_bytes())));
        let error = count_to_state(&question(), inputs.into(), Some("web"), None, &engine()).unwrap_err().to_string();
        let bytes = error.find(" of web ").map(|at| error[at..].to_owned());
        (error.split(':').next().unwrap().to_owned(), bytes.unwrap_or(error))
    };
    let expected =
        ("a.log".to_owned(), " of web are given twice, but each line must count once; leave one out".to_owned());
    assert_eq!(twice(["a.log", "a.log"]), expected);
    let expected = (
        "b.log".to_owned(),
        " of web are in a.log, too, and each line must count once; leave one of the two out".to_owned(),
    );
    assert_eq!(twice(["a.log", "b.log"]), expected);
    // Texts without a name are always new.
    let unnamed = || state(&question(), Input::reader("a.log", std::io::Cursor::new(text.clone().into_bytes())));
    assert!(State::merge(vec![unnamed(), unnamed()], true).unwrap().1.is_empty());
}

/// All orders of some states.
fn orders(states: &[State]) -> Vec<Vec<State>> {
    let Some((first, others)) = states.split_first() else { return vec![Vec::new()] };
    let with_first = |order: Vec<State>| {
        (0..=order.len()).map(move |at| [&order[..at], std::slice::from_ref(first), &order[at..]].concat())
    };
    orders(others).into_iter().flat_map(with_first).collect()
}

#[test]
fn states_that_others_contain_are_the_same_ones_in_any_order() {
    let text = log(3, 5);
    let len = text.len() as u64;
    let part = |from: u64, to: u64, name: &str| state(&question(), input(&text).range(from..to)).named(name);
    let few = |name: &str| state(&question().top([Dimension::Path]).columns([]), input(&text)).named(name);
    let kept = |mut state: State, name: &str| {
        state.keep_days(1);
        assert!(state.report(&question(), &engine()).unwrap().lines.filtered > 0);
        state.named(name)
    };
    let whole = |name: &str| part(0, len, name);
    let (first, middle, last) =
        (part(0, len / 2, "first"), part(len / 4, 3 * len / 4, "middle"), part(len / 2, len, "last"));
    for (states, left_out) in [
        (vec![first.clone(), middle.clone(), last.clone()], Some(vec!["middle"])),
        (vec![first.clone(), middle.clone(), whole("whole")], Some(vec!["first", "middle"])),
        (vec![first.clone(), middle], None),
        // Of the same lines, those in fewer tables, and those of which some are dropped.
        (vec![whole("whole"), few("few")], Some(vec!["few"])),
        (vec![whole("whole"), kept(whole(""), "kept")], Some(vec!["kept"])),
        (vec![whole("whole"), few("few"), kept(whole(""), "kept")], Some(vec!["few", "kept"])),
        (vec![few("few"), kept(whole(""), "kept")], Some(vec!["kept"])),
        (vec![kept(whole(""), "a"), kept(whole(""), "b")], Some(vec!["a"])),
        // The days that the largest state has dropped are kept elsewhere.
        (vec![first, kept(whole(""), "kept")], None),
        (vec![kept(part(0, len / 2, ""), "a"), last, whole("b")], Some(vec!["a", "last"])),
    ] {
        let mut all = Vec::new();
        for order in orders(&states) {
            let Ok((merged, notes)) = State::merge(order, true) else {
                assert_eq!(left_out, None);
                continue;
            };
            let mut names: Vec<_> = notes.into_iter().filter_map(|note| note.input).collect();
            names.sort();
            assert_eq!(Some(names), left_out.as_ref().map(|names| names.iter().map(ToString::to_string).collect()));
            all.push(bytes(&merged));
        }
        assert!(all.windows(2).all(|pair| pair[0] == pair[1]));
    }
    // Settings are compared first.
    let filtered = question().filters([crate::filter::Condition::Status("2xx".parse().unwrap())]);
    let other = state(&filtered, input(&text)).named("filtered");
    for order in orders(&[whole("whole"), other]) {
        let refused = State::merge(order.clone(), false).unwrap_err().to_string();
        assert!(refused.contains("status 2xx"), "{refused}");
        assert_eq!(State::merge(order, true).unwrap_err().to_string(), refused);
    }
}

#[test]
fn anonymized_states_have_no_hashes_of_visitors() {
    let text = log(1, 7);
    let hll = question().uv(crate::measure::UvMethod::Hll(crate::measure::Precision::new(8).unwrap())).anonymize(true);
    let saved = state(&hll, input(&text));
    let report = json(&saved.report(&Question::new(), &engine()).unwrap());
    assert_eq!(report, json(&reread(&saved).report(&Question::new(), &engine()).unwrap()));
    assert!(report["summary"]["uv"].as_u64().unwrap() > 50, "{}", report["summary"]);
    // Merging registers with registers of the same visitors does not change the number.
    let again = state(&hll, named("b.log", &text));
    let merged = State::merge(vec![saved, again], false).unwrap().0;
    assert_eq!(json(&merged.report(&Question::new(), &engine()).unwrap())["summary"]["uv"], report["summary"]["uv"]);
}

/// A changed bit is detected, or changes nothing.
#[test]
fn damaged_states_never_give_other_numbers() {
    let whole = bytes(&state(&question(), input(&log(2, 8))));
    let expected = json(&State::from_reader("a", &whole[..]).unwrap().report(&Question::new(), &engine()).unwrap());
    let step = if crate::thorough::is_thorough() { 1 } else { whole.len() * 8 / 300 };
    for bit in (0..whole.len() * 8).step_by(step) {
        let mut damaged = whole.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        let report = State::from_reader("a", &damaged[..]).and_then(|state| state.report(&Question::new(), &engine()));
        assert!(report.is_err() || report.is_ok_and(|report| json(&report) == expected), "bit {bit}");
    }
    for len in (0..whole.len()).step_by(step.div_ceil(8)) {
        assert!(State::from_reader("a", &whole[..len]).is_err(), "{len} bytes");
    }
    let mut longer = whole.clone();
    longer.push(0);
    assert!(State::from_reader("a", &longer[..]).is_err());
    let later = [b"logstat state 2\n", &whole[16..]].concat();
    let error = State::from_reader("a.state", &later[..]).unwrap_err().to_string();
    assert!(error.starts_with("a.state: ") && error.contains(" version 2 "), "{error}");
}
