//! Fits a question to a state: its settings, and defaults for what the question leaves open.

use super::State;
use super::settings::Misfit;
use crate::error::{Error, ErrorKind};
use crate::message::{Message, message};
use crate::question::{Plan, Question, Section};
use crate::tally::{TablePlan, saved_table};

impl State {
    /// Puts the settings of the state into a question, and what the state shows by default: the unit of its timeline, its
    /// rankings, its split.
    ///
    /// # Errors
    /// [`ErrorKind::StateSettings`] if the question has another value for a setting.
    pub fn ask(&self, question: &mut Question) -> Result<(), Error> {
        self.put_settings(question)?;
        let counting = &mut question.counting;
        counting.by.get_or_insert(self.shown.by);
        if counting.split.is_none() {
            counting.split = self.shown.split;
            let is_saved = question.counting.timeline_pair().is_some_and(|pair| self.has(&only(question, Section::Timeline), pair));
            question.counting.split = question.counting.split.filter(|_| is_saved);
        }
        if question.counting.top.is_none() {
            let is_saved = |dimension: &_| {
                let mut alone = only(question, Section::Top);
                alone.counting.top = Some(vec![*dimension]);
                self.has(&alone, *dimension)
            };
            question.counting.top = Some(self.shown.top.iter().copied().filter(is_saved).collect());
        }
        if question.showing.show.is_none() {
            let is_saved = |section: &Section| self.missing(&only(question, *section)).is_ok_and(|missing| missing.is_none());
            let shown: Vec<Section> = Section::all().filter(is_saved).collect();
            question.showing.show = (shown.len() < Section::all().count()).then_some(shown);
        }
        Ok(())
    }
}
