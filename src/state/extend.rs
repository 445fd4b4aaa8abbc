//! Carries a state on: replaces facts about its sources, removes those that are read again, and adds new lines.

use super::{Days, Source, SourcePart, State};
use crate::error::Error;

impl State {
    /// The sources, which can be changed as long as they are not moved.
    pub(crate) fn sources_mut(&mut self) -> impl Iterator<Item = &mut Source> {
        self.parts.iter_mut().map(|part| &mut part.source)
    }

    /// Removes sources by their index. They must be provisional, or have no lines.
    pub(crate) fn remove_sources(&mut self, indices: &[usize]) {
        let parts = std::mem::take(&mut self.parts);
        for (index, part) in parts.into_iter().enumerate() {
            if !indices.contains(&index) {
                self.parts.push(part);
                continue;
            }
            // The rest of its lines are of days that were dropped.
            let days = part.days.iter().flat_map(Days::values).flatten();
            let kept: u64 = days.map(|lines| lines.facts().parsed).sum();
            self.dropped = self.dropped.saturating_sub(part.source.parsed().saturating_sub(kept));
        }
    }

    /// Keeps the lines of the only source apart, so that they can be replaced.
    pub(crate) fn make_provisional(&mut self) {
        if let [part] = &mut self.parts[..] {
            part.source.provisional = true;
            part.days = Some(std::mem::take(&mut self.days));
        }
    }

    /// Adds a source that has no lines yet.
    pub(crate) fn add_empty_source(&mut self, source: Source) {
        self.parts.push(SourcePart { source, days: None });
        self.sort_sources();
    }

    /// Adds lines that are known to be new, counted with the same settings.
    pub(crate) fn add_new_lines(&mut self, lines: State) -> Result<(), Error> {
        self.check_settings(&lines)?;
        self.add(lines);
        self.sort_sources();
        Ok(())
    }

    pub(super) fn sort_sources(&mut self) {
        self.parts.sort_by(|a, b| a.source.cmp(&b.source));
    }
}
