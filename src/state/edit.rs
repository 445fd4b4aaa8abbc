//! Changes to a state that are not merges: sources are replaced.

use std::collections::BTreeSet;

use super::{Days, Source, SourcePart, State};
use crate::error::Error;

impl State {
    /// The source with this index, to change facts that are not numbers.
    pub(crate) fn source_mut(&mut self, index: usize) -> Option<&mut Source> {
        self.parts.get_mut(index).map(|part| &mut part.source)
    }

    /// Adds a source of which nothing is counted yet.
    pub(crate) fn add_empty_source(&mut self, source: Source) {
        self.parts.push(SourcePart { source, days: None });
    }

    /// Keeps everything that was counted apart from other lines, so that it can be removed. The state must have one
    /// source.
    pub(crate) fn make_provisional(&mut self) {
        let days = std::mem::take(&mut self.days);
        if let [part] = &mut self.parts[..] {
            part.source.provisional = true;
            part.days = Some(days);
        } else {
            self.days = days;
        }
    }

    /// Adds lines that are known to be new, even if their text is too short to be told from others by its name and
    /// beginning.
    pub(crate) fn add_new_lines(&mut self, lines: State) -> Result<(), Error> {
        self.check_settings(&lines)?;
        self.add(lines);
        Ok(())
    }

    /// Keeps the lines of a provisional source for good.
    pub(crate) fn make_final(&mut self, index: usize) {
        let Some(part) = self.parts.get_mut(index) else { return };
        part.source.provisional = false;
        for (day, lines) in part.days.take().into_iter().flatten() {
            self.days.entry(day).or_default().extend(lines);
        }
    }

    /// Removes sources with everything that was counted from them: provisional ones, or ones without lines that fit a
    /// format. Others stay, because their lines cannot be told from those of other sources.
    pub(crate) fn remove_sources(&mut self, indices: &BTreeSet<usize>) {
        for (index, part) in std::mem::take(&mut self.parts).into_iter().enumerate() {
            let parsed = part.source.parsed();
            if !indices.contains(&index) || part.days.is_none() && parsed > 0 {
                self.parts.push(part);
                continue;
            }
            // The lines that its days do not have were of days that were dropped.
            let lines = part.days.iter().flat_map(Days::values).flatten();
            let kept: u64 = lines.map(|lines| lines.facts().parsed).sum();
            self.dropped = self.dropped.saturating_sub(parsed.saturating_sub(kept));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Engine, count_to_state};
    use crate::input::Input;
    use crate::question::Question;

    /// A state of one source with a line on each of these days of November.
    fn state(name: &str, days: &[u32]) -> State {
        let line = |day| {
            format!("10.0.0.1 - - [{day:02}/Nov/2026:03:45:05 +0000] \"GET /a HTTP/1.1\" 200 1 \"-\" \"{name}\"\n")
        };
        let log: String = days.iter().map(line).collect();
        let input = Input::reader("a.log", std::io::Cursor::new(log.into_bytes())).source_name(name);
        count_to_state(&Question::new(), vec![input], None, None, &Engine::default()).unwrap().state.unwrap()
    }

    /// Hits and filtered lines.
    fn numbers(state: &State) -> (u64, u64) {
        let lines = state.report(&Question::new(), &Engine::default()).unwrap().lines;
        (lines.parsed - lines.filtered, lines.filtered)
    }

    fn bytes(state: &State) -> Vec<u8> {
        let mut bytes = Vec::new();
        state.write(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn dropped_days_stay_dropped_in_any_order_of_merges() {
        let keep = |mut state: State| {
            state.keep_days(3);
            state
        };
        let (old, new, late) = (state("a", &[1, 2, 3, 4, 5]), state("b", &[4, 6, 7]), state("c", &[1, 6]));
        let first = State::merge(vec![keep(old.clone()), new.clone()], false).unwrap().0;
        assert_eq!(numbers(&keep(old.clone())), (3, 2));
        assert_eq!(numbers(&first), (6, 2));
        let (first, all) = (keep(first), State::merge(vec![late.clone(), new, old], false).unwrap().0);
        assert_eq!(numbers(&first), (3, 5));
        let forth = State::merge(vec![first.clone(), late.clone()], false).unwrap().0;
        let back = State::merge(vec![late, first], false).unwrap().0;
        assert_eq!(numbers(&forth), (4, 6));
        assert!(bytes(&forth) == bytes(&back) && bytes(&forth) == bytes(&keep(all)));
    }

    #[test]
    fn provisional_sources_are_kept_apart_and_can_be_replaced() {
        let mut short = state("b", &[1, 2]);
        short.make_provisional();
        let merged = State::merge(vec![short, state("a", &[2, 3])], false).unwrap().0;
        let mut merged = State::from_reader("m.state", &bytes(&merged)[..]).unwrap();
        assert_eq!(numbers(&merged), (4, 0));
        assert_eq!(merged.sources().map(|source| source.provisional).collect::<Vec<_>>(), [false, true]);
        // A source whose lines are mixed with others is not removed.
        merged.remove_sources(&BTreeSet::from([0]));
        assert_eq!(numbers(&merged), (4, 0));
        merged.remove_sources(&BTreeSet::from([1]));
        assert_eq!(numbers(&merged), (2, 0));
        let mut short = state("c", &[1, 3]);
        short.make_provisional();
        let mut dropped = State::merge(vec![short, state("a", &[2, 3])], false).unwrap().0;
        dropped.keep_days(2);
        assert_eq!(numbers(&dropped), (3, 1));
        dropped.remove_sources(&BTreeSet::from([1]));
        assert_eq!(numbers(&dropped), (2, 0));
        let again = State::merge(vec![merged, state("b", &[1, 2, 2, 3])], false).unwrap().0;
        let once = State::merge(vec![state("b", &[1, 2, 2, 3]), state("a", &[2, 3])], false).unwrap().0;
        assert!(bytes(&again) == bytes(&once));
    }
}
