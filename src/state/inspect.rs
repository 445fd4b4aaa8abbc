//! Describes a state.

use super::day::DayLines;
use super::inspection::{InspectedDay, InspectedRange, InspectedSource, InspectedTable, Inspection, SCHEMA};
use super::meta::VERSION;
use super::{SourcePart, State};
use crate::dimension::Dimension;
use crate::report::Generator;
use crate::tally::Day;
use crate::text::written;
use crate::time::day_name;

impl State {
    /// Describes the days, sources, settings and sizes of a state. Sizes are known if the state was read from a file; they
    /// are 0 for days that were counted or merged since.
    ///
    /// ```
    /// use logstat::{Engine, Input, Question, State, count_to_state};
    /// let inputs = vec![Input::path("testdata/shop.log")];
    /// let state = count_to_state(&Question::new(), inputs, Some("shop"), None, &Engine::default())?.state;
    /// let mut file = Vec::new();
    /// state.expect("the file was read").write(&mut file)?;
    /// let inspection = State::from_reader("shop.state", &file[..])?.inspect();
    /// assert_eq!((inspection.pv(), inspection.bytes, &*inspection.sources[0].name), (60, file.len() as u64, "shop"));
    /// # Ok::<(), logstat::Error>(())
    /// ```
    pub fn inspect(&self) -> Inspection {
        let table = |(dimension, measures): &crate::tally::TablePlan| InspectedTable {
            dimension: if *dimension == Dimension::All { "all".to_owned() } else { dimension.key().to_owned() },
            measures: measures.iter().map(|measure| measure.name().to_owned()).collect(),
        };
        let file = self.file.as_ref();
        let mut days: Vec<InspectedDay> =
            self.days.iter().map(|(day, lines)| inspected_day(*day, lines, None)).collect();
        for SourcePart { source, days: own } in &self.parts {
            let own = own.iter().flatten();
            days.extend(own.map(|(day, lines)| inspected_day(*day, lines, Some(source.name.clone()))));
        }
        days.sort_by(|a, b| {
            let key = |day: &InspectedDay| (day.day.is_none(), day.day.clone(), day.provisional.clone());
            key(a).cmp(&key(b))
        });
        Inspection {
            schema: SCHEMA,
            path: written(self.name.as_os_str().as_encoded_bytes()),
            bytes: file.map_or(0, |file| file.bytes),
            version: VERSION,
            generator: file.map_or_else(|| Generator::this().version, |file| file.generator.clone()),
            settings: self.settings.values().clone(),
            tables: self.layout.tables.iter().map(table).collect(),
            not_in_all: self.not_in_all.iter().cloned().collect(),
            kept_from: self.kept_from.map(day_name),
            dropped: self.dropped,
            days,
            sources: self.sources().map(inspected_source).collect(),
        }
    }
}

fn inspected_day(day: Day, lines: &[DayLines], provisional: Option<String>) -> InspectedDay {
    let bytes = |lines: &DayLines| match lines {
        DayLines::Stored(stored) => stored.compressed().len() as u64,
        DayLines::Counted(_) => 0,
    };
    InspectedDay {
        day: day.map(day_name),
        provisional,
        parsed: lines.iter().map(|lines| lines.facts().parsed).sum(),
        pv: lines.iter().map(|lines| lines.facts().pv).sum(),
        bytes: lines.iter().map(bytes).sum(),
    }
}

fn inspected_source(source: &super::Source) -> InspectedSource {
    let mut formats: Vec<_> = source.formats.iter().collect();
    formats.sort_by_key(|(_, lines)| std::cmp::Reverse(**lines));
    InspectedSource {
        name: source.name.clone(),
        formats: formats.into_iter().map(|(name, _)| name.clone()).collect(),
        envelope: source.envelope.clone(),
        bytes: source.bytes,
        lines: source.read,
        malformed: source.malformed_lines(),
        ranges: source
            .ranges
            .iter()
            .map(|range| InspectedRange { from: range.from, to: range.to, lines: range.lines })
            .collect(),
        closed: source.closed,
        provisional: source.provisional,
    }
}
