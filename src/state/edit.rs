//! Changes to a state that are not merges: sources are replaced.

use std::collections::BTreeSet;

use super::{Days, Source, SourcePart, State};
use crate::error::Error;

impl State {
    /// The source with this index, to change facts that are not numbers.
    pub(crate) fn source_mut(&mut self, index: usize) -> Option<&mut Source> {
        self.parts.get_mut(index).map(|part| &mut part.source)
    }

    /// Adds a source without counted lines.
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

    /// Adds lines that are known to be new, even if their text is too short to be recognised by its name and beginning.
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
    /// format. Others stay, because their lines are mixed with those of other sources.
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
    use crate::state::CountedRange;
    use crate::time::day_named;

    /// A state of one source with a line on each of these days of November.
    fn state(name: &str, days: &[u32]) -> State {
        lines(name, days, None)
    }

    /// Like [`state`], with lines that are added to another state.
    fn lines(name: &str, days: &[u32], added_to: Option<&State>) -> State {
        let line = |day| {
            format!("10.0.0.1 - - [{day:02}/Nov/2026:03:45:05 +0000] \"GET /a HTTP/1.1\" 200 1 \"-\" \"{name}\"\n")
        };
        let log: String = days.iter().map(line).collect();
        let input = Input::reader("a.log", std::io::Cursor::new(log.into_bytes())).source_name(name);
        count_to_state(&Question::new(), vec![input], None, added_to, &Engine::default()).unwrap().state.unwrap()
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

    fn keep(mut state: State) -> State {
        state.keep_days(3);
        state
    }

    fn merged(states: &[&State]) -> State {
        State::merge(states.iter().copied().cloned().collect(), false).unwrap().0
    }

    fn days(state: &State) -> Vec<i64> {
        let days: BTreeSet<i64> = state.all_days().filter_map(|(day, _)| day).collect();
        days.into_iter().collect()
    }

    fn notes(state: &State) -> Vec<String> {
        let incomplete =
            state.all_notes().into_iter().filter(|note| note.code == crate::note::NoteCode::DaysIncomplete);
        incomplete.map(|note| note.text.to_string()).collect()
    }

    #[test]
    fn merges_drop_no_day_and_do_not_depend_on_order_or_grouping() {
        let (old, new, late) = (keep(state("a", &[1, 2, 3, 4, 5])), keep(state("b", &[4, 6, 7])), state("c", &[1, 6]));
        assert_eq!((numbers(&old), numbers(&new), numbers(&late)), ((3, 2), (2, 1), (2, 0)));
        let all = merged(&[&old, &new, &late]);
        assert_eq!(numbers(&all), (7, 3));
        let first = day_named("2026-11-01").unwrap();
        assert_eq!(days(&all), [0, 2, 3, 4, 5, 6].map(|day| first + day));
        assert_eq!((all.kept_from, all.dropped), (Some(first + 4), 3));
        assert_eq!(notes(&all), ["days before 2026-11-05 may be incomplete: 3 lines were dropped by keep"]);
        assert!(notes(&old).is_empty() && notes(&late).is_empty());
        for [a, b, c] in [
            [&old, &new, &late],
            [&old, &late, &new],
            [&new, &old, &late],
            [&new, &late, &old],
            [&late, &old, &new],
            [&late, &new, &old],
        ] {
            for merged in [merged(&[a, b, c]), merged(&[&merged(&[a, b]), c]), merged(&[a, &merged(&[b, c])])] {
                assert!(bytes(&merged) == bytes(&all));
            }
        }
        // Days are dropped only by keeping a number of days.
        assert_eq!(numbers(&keep(all)), (4, 6));
    }

    #[test]
    fn lines_that_are_added_to_a_state_are_not_counted_in_its_dropped_days() {
        let old = keep(state("a", &[1, 2, 3, 4, 5]));
        let added = lines("b", &[1, 2, 3, 7], Some(&old));
        assert_eq!((numbers(&added), numbers(&merged(&[&added, &old]))), ((2, 2), (5, 4)));
        assert!(notes(&merged(&[&added, &old])).is_empty());
        let history = state("c", &[1, 2]);
        assert_eq!(numbers(&merged(&[&history, &added, &old])), (7, 4));
    }

    #[test]
    fn line_numbers_are_unknown_after_a_text_was_cut_off() {
        let hit = "10.0.0.1 - - [01/Nov/2026:03:45:05 +0000] \"GET /a HTTP/1.1\" 200 1 \"-\" \"-\"\n";
        let text = hit.repeat(5) + "bad 6\nbad 7\n";
        let longer = format!("{text}bad 8\n{hit}");
        let (sixth, seventh, eighth) = (5 * hit.len() as u64, 5 * hit.len() as u64 + 6, text.len() as u64);
        let count = |text: &str, from: u64| {
            let input = Input::reader("a.log", std::io::Cursor::new(text.to_owned())).source_name("a").range(from..);
            count_to_state(&Question::new(), vec![input], None, None, &Engine::default()).unwrap().state.unwrap()
        };
        let lines_of = |state: &State| {
            let source = state.sources().next().unwrap();
            source.samples.iter().map(|sample| (sample.offset, source.line_of(sample))).collect::<Vec<_>>()
        };
        let mut cut = count(&text, 0);
        assert_eq!(lines_of(&cut), [(sixth, Some(6)), (seventh, Some(7))]);
        cut.source_mut(0).unwrap().cut_to(seventh);
        assert_eq!(lines_of(&cut), [(sixth, Some(6)), (seventh, None)]);
        cut.add_new_lines(count(&longer, seventh)).unwrap();
        assert_eq!(lines_of(&cut), [(sixth, Some(6)), (seventh, None), (seventh, None), (eighth, None)]);
        let again = State::from_reader("again.state", &bytes(&cut)[..]).unwrap();
        let source = again.sources().next().unwrap();
        assert_eq!(
            (lines_of(&again), &source.ranges),
            (lines_of(&cut), &vec![CountedRange { from: 0, to: longer.len() as u64, lines: None }])
        );
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
