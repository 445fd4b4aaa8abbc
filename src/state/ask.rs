//! Fits a question to a state: its settings, and defaults for what the question leaves open.

use std::path::PathBuf;
use std::sync::Arc;

use super::State;
use super::day::Layout;
use super::settings::{Misfit, Settings};
use crate::dimension::Dimension;
use crate::error::{Error, ErrorKind};
use crate::measure::MeasureKind;
use crate::message::{Message, Setting, message};
use crate::metric::Sort;
use crate::question::{Plan, Question, Section};
use crate::tally::{NotSaved, TablePlan, check_saved};

impl State {
    /// Puts the settings of the state into a question. What the question leaves open becomes what the state has: the
    /// unit of its timeline, its rankings, its split, the sections that it can make.
    ///
    /// ```
    /// use logstat::{Engine, Input, Question, Unit, count_to_state};
    /// let line = r#"10.0.0.7 - - [05/Apr/2022:03:45:05 +0000] "GET /a HTTP/1.1" 200 512 "-" "curl/8.5""#;
    /// let inputs = vec![Input::reader("a.log", line.as_bytes())];
    /// let saving = Question::new().by(Unit::Hour);
    /// let state = count_to_state(&saving, inputs, None, None, &Engine::default())?.state.expect("a line was counted");
    /// let mut question = Question::new();
    /// state.ask(&mut question)?;
    /// assert_eq!(question.counting.by, Some(Unit::Hour));
    /// # Ok::<(), logstat::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::StateSettings`] if the question has another value for a setting.
    pub fn ask(&self, question: &mut Question) -> Result<(), Error> {
        self.put_settings(question)?;
        let is_asked = asked_sections(question);
        question.counting.by.get_or_insert(self.shown.by);
        if question.counting.split.is_none() && self.shown.split.is_some() {
            let mut split = alone(question, Section::Timeline);
            split.counting.split = self.shown.split;
            question.counting.split = self.shown.split.filter(|_| self.can_answer(&split));
        }
        if question.counting.top.is_none() {
            let mut ranked = self.shown.top.clone();
            // A column or an order that no ranking has is refused later, so that it is not left out silently.
            let counts = alone(question, Section::Top).columns([]).sort(Sort::default());
            ranked.retain(|dimension| self.can_answer(&counts.clone().top([*dimension])));
            question.counting.top = Some(ranked);
            question.counting.is_top_of_state = true;
        }
        if question.showing.show.is_none() {
            let usual: Vec<Section> = Section::all().filter(|section| question.showing.shows(*section)).collect();
            let (mut shown, others): (Vec<_>, Vec<_>) = usual.iter().partition(|section| is_asked(**section));
            for section in others {
                // Two sections may need numbers of one table that no saved table has together.
                shown.push(section);
                if !self.can_answer(&only(question, &shown)) {
                    shown.pop();
                }
            }
            question.showing.show = (shown.len() < usual.len()).then_some(shown);
        }
        Ok(())
    }

    /// Puts the settings into a question.
    pub(super) fn put_settings(&self, question: &mut Question) -> Result<(), Error> {
        let detail = match self.settings.put(question) {
            Ok(()) => return Ok(()),
            Err(Misfit::Differs(difference)) => message![
                "the state was counted ",
                difference.ours(),
                ", but this run ",
                difference.of_this_run(),
                "; leave that out, or count the logs again"
            ],
            Err(Misfit::Invalid(name)) => Message::from(format!(
                "this version of logstat does not know how to count with the setting '{}'; use the version that wrote the \
                 state",
                crate::text::printable(name.as_bytes())
            )),
        };
        Err(ErrorKind::StateSettings { path: self.name.clone(), detail }.into())
    }

    /// Checks that further lines are counted like those of the state. Its settings must have been put into the question.
    pub(crate) fn check_counting(&self, question: &Question) -> Result<(), Error> {
        let Some(difference) = self.settings.difference(&Settings::of(question)) else { return Ok(()) };
        let detail = message![
            "the state was counted ",
            difference.ours(),
            ", but this run ",
            difference.of_this_run(),
            "; count further logs in the same way"
        ];
        Err(ErrorKind::StateSettings { path: self.name.clone(), detail }.into())
    }

    /// True if all tables of a question can be made from those of the state.
    fn can_answer(&self, question: &Question) -> bool {
        Plan::of(question).is_ok_and(|plan| check_saved(plan.kept(), &self.layout.tables).is_ok())
    }

    /// The error for a table or a measure that the state does not have.
    pub(super) fn not_saved(&self, NotSaved { dimension, measure }: NotSaved) -> Error {
        let words = measure.map_or("numbers", measured);
        let asked = [(dimension, measure.into_iter().collect())];
        let lacks = |(_, layout): &&(PathBuf, Arc<Layout>)| check_saved(&asked, &layout.tables).is_err();
        let lacking: Vec<String> = self.merged.iter().filter(lacks).map(|(name, _)| Error::name_of(name)).collect();
        let (who, it_has) = match lacking.len() {
            _ if self.merged.is_empty() => ("the state has".to_owned(), "it has"),
            0 => ("the states together have".to_owned(), "all have"),
            all if all == self.merged.len() => ("the states have".to_owned(), "all have"),
            1 => (format!("{} has", lacking.concat()), "all have"),
            _ => (format!("{} have", lacking.join(" and ")), "all have"),
        };
        let has = |table: &&TablePlan| measure.is_none_or(|measure| table.1.iter().any(|other| measure.is_in(*other)));
        let tables = self.layout.tables.iter().filter(|table| table.0 != Dimension::All).filter(has);
        let names: Vec<_> = tables.map(|(dimension, _)| dimension.name()).collect();
        let has = if names.is_empty() { String::new() } else { format!("; {it_has} them by {}", names.join(", ")) };
        let of = match dimension {
            Dimension::All => "of all requests".to_owned(),
            _ => format!("by {}", dimension.name()),
        };
        let detail = message![
            format!("{who} no {words} {of}{has}\n  to have them, count the logs again, into a new state, with "),
            saved_by(dimension, measure)
        ];
        ErrorKind::NotInState { detail }.into()
    }
}

/// The setting, with its value, that makes a state save a table or a measure.
fn saved_by(dimension: Dimension, measure: Option<MeasureKind>) -> Message {
    let is_time = |dimension: &Dimension| matches!(dimension, Dimension::Time(_));
    let column = match measure {
        Some(MeasureKind::Latency | MeasureKind::Times | MeasureKind::Durations) => Some("p95"),
        Some(MeasureKind::Seconds) => Some("peak"),
        Some(MeasureKind::Cache) => Some("cache-hits"),
        Some(MeasureKind::FirstLast) => Some("last"),
        // A timeline has visitors without being asked for them.
        Some(MeasureKind::Uv) if !dimension.parts().any(|part| is_time(&part)) => Some("uv"),
        _ => None,
    };
    let time = dimension.parts().find(is_time);
    match (column, time, dimension.parts().find(|part| !is_time(part))) {
        _ if dimension == Dimension::All => message![Setting::Show, " summary"],
        (Some(column), ..) => message![Setting::Columns, format!(" {column}")],
        (None, Some(_), Some(split)) => message![Setting::Split, format!(" {}", split.name())],
        (None, Some(unit), None) => message![Setting::By, format!(" {}", unit.name())],
        (None, None, _) => message![Setting::Top, format!(" {}", dimension.name())],
    }
}

/// The numbers of a measure, in words.
pub(super) fn measured(measure: MeasureKind) -> &'static str {
    match measure {
        MeasureKind::Counts | MeasureKind::Hits => "requests",
        MeasureKind::Uv => "visitors",
        MeasureKind::Latency | MeasureKind::Times | MeasureKind::Durations => "request times",
        MeasureKind::Seconds => "requests by second",
        MeasureKind::Cache => "cache statuses",
        MeasureKind::FirstLast => "times of the first and the last request",
    }
}

/// Returns the sections that the options of a question name. If the state does not have what they need,
/// that is an error, while a default section is left out.
fn asked_sections(question: &Question) -> impl Fn(Section) -> bool + use<> {
    let Question { counting, showing, .. } = question;
    let (columns, bots) = (!showing.columns.is_empty(), showing.bots);
    let timeline = columns || counting.by.is_some() || counting.split.is_some();
    let rankings = columns || counting.top.is_some() || showing.sort != Sort::default();
    move |section| match section {
        Section::Summary => columns,
        Section::Bots => bots,
        Section::Timeline => timeline,
        Section::Top => rankings,
        _ => false,
    }
}

/// The question with only one section, and without what would need other tables.
fn alone(question: &Question, section: Section) -> Question {
    only(question, &[section])
}

/// The question with only these sections, and without what would need other tables.
fn only(question: &Question, sections: &[Section]) -> Question {
    let mut only = question.clone().show(sections.iter().copied()).max_keys(None).max_memory(None).highlights(false);
    only.counting.people = false;
    only.showing.fail_if = Vec::new();
    only
}
