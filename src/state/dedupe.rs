//! Leaves out states whose lines are all in other states.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;

use super::layout::NamedTable;
use super::{Source, State, ranges};
use crate::note::{Note, NoteCode};
use crate::text::written;

/// Leaves out each state whose lines are all in the others, with a note. The order of the states does not matter: of two
/// with the same lines, the one with fewer tables is left out, else the one that has dropped lines.
pub(super) fn without_contained(states: Vec<State>) -> (Vec<State>, Vec<Note>) {
    let mut order: Vec<usize> = (0..states.len()).collect();
    order.sort_by(|a, b| in_order_of_leaving(&states[*a], &states[*b]));
    let mut by_name: BTreeMap<&str, Vec<(usize, &Source)>> = BTreeMap::new();
    for (at, state) in states.iter().enumerate() {
        state.sources().for_each(|source| by_name.entry(&source.name).or_default().push((at, source)));
    }
    let (mut is_left_out, mut notes) = (vec![false; states.len()], Vec::new());
    for at in order {
        let state = &states[at];
        let is_elsewhere = |source: &Source| {
            let same_name = by_name.get(&*source.name).into_iter().flatten();
            let others = same_name.filter(|(other, ours)| {
                *other != at && !is_left_out[*other] && states[*other].keeps_days_of(state) && ours.has_text_of(source)
            });
            ranges::are_within(&source.ranges, others.flat_map(|(_, ours)| ours.ranges.iter().copied()).collect())
        };
        if state.covered() > 0 && state.sources().all(is_elsewhere) {
            is_left_out[at] = true;
            notes.push(already_counted(state));
        }
    }
    let mut is_left_out = is_left_out.into_iter();
    let kept = states.into_iter().filter(|_| !is_left_out.next().unwrap_or_default()).collect();
    (kept, notes)
}

/// The order in which states are examined. Those that are equal in it have the same lines in the same tables.
fn in_order_of_leaving(a: &State, b: &State) -> Ordering {
    let measures = |state: &State| state.layout.tables.iter().map(|(_, measures)| measures.len()).sum::<usize>();
    let tables = |state: &State| state.layout.tables.iter().map(NamedTable::of).collect::<Vec<_>>();
    let key = |state: &State| (state.covered(), measures(state), Reverse(state.dropped), state.kept_from);
    let contents = || tables(a).cmp(&tables(b)).then_with(|| a.sources().cmp(b.sources()));
    key(a).cmp(&key(b)).then_with(contents).then_with(|| a.name.cmp(&b.name))
}

impl State {
    /// Number of bytes of all sources.
    fn covered(&self) -> u64 {
        self.sources().flat_map(|source| &source.ranges).map(|range| range.to - range.from).sum()
    }

    /// True if this state cannot have dropped a day that the other one has.
    fn keeps_days_of(&self, other: &State) -> bool {
        self.dropped == 0 || self.kept_from.is_none_or(|day| !other.has_days_before(day))
    }
}

fn already_counted(state: &State) -> Note {
    let name = written(state.name.as_os_str().as_encoded_bytes());
    Note::about(NoteCode::AlreadyCounted, &name, "left out, because other states have all its lines")
}
