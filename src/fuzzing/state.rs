//! State files: any bytes are refused, or they are a state that writes the same bytes again, and reports the same.

use super::Header;
use super::messages::assert_safe;
use crate::dimension::Dimension;
use crate::engine::Engine;
use crate::error::Error;
use crate::filter::Condition;
use crate::metric::Metric;
use crate::question::Question;
use crate::state::{State, packed};
use crate::time::Unit;

/// Number of bytes for options, before the state.
const HEADER: usize = 4;

/// Maximum number of bytes of a state.
const MOST: usize = 1 << 16;

/// Fuzzes states. The header chooses whether the text is a state file, or one without compression and checksums, and
/// what to report.
pub(super) fn run(data: &[u8]) {
    let (mut header, text) = Header::of(data, HEADER);
    let text = &text[..text.len().min(MOST)];
    let is_packed = header.one_of(&[false, true]);
    let file = if is_packed { text.to_vec() } else { packed(text) };
    let question = asked(&mut header);
    let Some(state) = checked(State::from_reader("a.state", &file[..])) else { return };
    checked(state.assert_days_encode_the_same());

    // A state with the settings of a newer version cannot be written.
    let Some(written) = checked(bytes(&state)) else { return };
    let again = State::from_reader("a.state", &written[..]).expect("a state can read what it wrote");
    assert_eq!(checked(bytes(&again)).as_ref(), Some(&written));
    let reports = [&state, &again].map(|state| report(state, &question));
    assert_eq!(reports[0], reports[1]);

    // Texts without names are never the same, so this may double all numbers.
    if let Some((both, _)) = checked(State::merge(vec![state, again], header.one_of(&[false, true]))) {
        _ = report(&both, &question);
        if let Some(file) = checked(bytes(&both)) {
            let again = State::from_reader("a.state", &file[..]).expect("a state can read what it wrote");
            assert_eq!(checked(bytes(&again)), Some(file));
        }
    }
}

/// A question about the state.
fn asked(header: &mut Header<'_>) -> Question {
    let question = Question::new();
    match header.byte() % 8 {
        0 => question,
        1 => question.by(Unit::Week).limit(0).columns(Metric::all()),
        2 => question.by(Unit::HourOfDay).fill(true).top([Dimension::Path, Dimension::Ip]).sort(Metric::Uv),
        3 => question.since("2026-11-15".parse().expect("a date")).until("2026-11-16".parse().expect("a date")),
        4 => question.split(Dimension::Status).top([Dimension::Time(Unit::Year), Dimension::Status]),
        5 => question.by(Unit::Minute).fill(true),
        6 => question.fail_if(["any path: pv > 3".parse().expect("a condition")]),
        _ => question.filters([Condition::Dynamic]),
    }
}

fn bytes(state: &State) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    state.write(&mut bytes).map(|()| bytes)
}

/// The report as JSON, or an error.
fn report(state: &State, question: &Question) -> Result<String, String> {
    let report = state.report(question, &Engine::new().threads(1)).map_err(|error| error.to_string());
    report.map(|report| serde_json::to_string(&report).expect("a report is serializable"))
}

/// The result, or `None` after an error whose message is safe.
fn checked<T>(result: Result<T, Error>) -> Option<T> {
    result.map_err(|error| assert_safe("an error", &error.to_string())).ok()
}
