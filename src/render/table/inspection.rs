//! The contents of a state, as text for people.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::ascii::Ascii;
use super::fit::{cut_end, width};
use super::ink::Ink;
use super::line::Line;
use super::{NARROWEST, TableWriter, TerminalStyle, labels, layout};
use crate::by_name::Named;
use crate::dimension::Dimension;
use crate::render::Charset;
use crate::render::numbers::{Bytes, Grouped};
use crate::state::{InspectedDay, InspectedSource, Inspection};

/// Spaces between columns.
const GAP: usize = 3;
/// Largest number of ranges of a source that are listed.
const RANGES: usize = 10;

/// Writes the contents of a state as text for people. On pages of at least 40 columns no line is wider than the page.
///
/// # Errors
/// Returns the errors of `out`.
pub fn write_inspection(inspection: &Inspection, terminal: TerminalStyle, out: &mut dyn Write) -> io::Result<()> {
    let terminal = TerminalStyle { columns: terminal.columns.clamp(NARROWEST, layout::WIDEST), ..terminal };
    match terminal.charset {
        Charset::Unicode => write_state(inspection, TableWriter::new(out, terminal)),
        Charset::Ascii => write_state(inspection, TableWriter::new(&mut Ascii { out }, terminal)),
    }
}

fn write_state(state: &Inspection, mut writer: TableWriter<'_>) -> io::Result<()> {
    writer.begin()?;
    let size = format!("state of version {}, by logstat {}, {}", state.version, state.generator, Bytes(state.bytes));
    writer.titled(labels::input(&state.path), &size)?;
    writer.labelled("requests", &Grouped(state.pv()).to_string())?;
    let dates: Vec<&str> = state.days.iter().filter_map(|day| day.day.as_deref()).collect();
    let days = match (dates.iter().min(), dates.iter().max()) {
        (Some(first), Some(last)) if first == last => (*first).to_owned(),
        (Some(first), Some(last)) => format!("{first} to {last}"),
        _ => "none".to_owned(),
    };
    writer.labelled("days", &days)?;
    if let Some(kept_from) = &state.kept_from {
        let dropped = labels::counted(state.dropped, "line");
        writer.labelled("kept", &format!("from {kept_from}; {dropped} of earlier days dropped"))?;
    }
    // A list without items is not set.
    let set = state.settings.iter().filter(|(_, values)| values.iter().any(|value| value != "-"));
    let settings = set.map(|(name, values)| format!("{name} {}", values.join(" ")));
    let settings = settings.collect::<Vec<_>>().join(", ");
    writer.labelled("settings", if settings.is_empty() { "default" } else { &settings })?;
    if let Some(visitors) = visitors(state) {
        writer.labelled("visitors", visitors)?;
    }
    let tables =
        state.tables.iter().map(|table| format!("{} ({})", name_of(&table.dimension), table.measures.join(" ")));
    let tables = tables.collect::<Vec<_>>().join(", ");
    writer.labelled("tables", if tables.is_empty() { "none" } else { &tables })?;
    if !state.not_in_all.is_empty() {
        writer.labelled(
            "left out",
            &format!("{}: not all of the merged states have them", state.not_in_all.join(", ")),
        )?;
    }
    write_days(&state.days, &mut writer)?;
    for (at, source) in state.sources.iter().enumerate() {
        let is_same = |other: &&InspectedSource| other.name == source.name;
        let (before, all) =
            (state.sources[..at].iter().filter(is_same).count(), state.sources.iter().filter(is_same).count());
        let name = labels::input(&source.name);
        // Files of one name, because the log was rotated.
        let numbered = if all > 1 { format!("{name} ({} of {all})", before + 1) } else { name.to_owned() };
        write_source(source, &numbered, &mut writer)?;
    }
    Ok(())
}

/// The name of a dimension for people: `kind` for `class`.
fn name_of(dimension: &str) -> &str {
    <Dimension as Named>::named(dimension).map_or(dimension, |known| known.name())
}

/// How visitors are counted, and whether the state contains addresses; `None` if it has no visitors.
fn visitors(state: &Inspection) -> Option<&'static str> {
    let is_counted = state.tables.iter().any(|table| table.measures.iter().any(|measure| measure == "uv"));
    let lists_addresses = state.tables.iter().any(|table| table.dimension.split('/').any(|part| part == "ip"));
    let text = match (state.settings.contains_key("uv"), lists_addresses) {
        (false, _) => "exact: the state contains their addresses",
        (true, true) => "estimated, but the ranking of addresses contains them",
        (true, false) => "estimated: the state does not contain their addresses",
    };
    is_counted.then_some(text)
}

fn write_days(days: &[InspectedDay], writer: &mut TableWriter<'_>) -> io::Result<()> {
    if days.is_empty() {
        return Ok(());
    }
    let row = |day: &InspectedDay| {
        let name = day.day.as_deref().unwrap_or("no time");
        let mark = if day.provisional.is_some() { " *" } else { "" };
        let name = format!("{name}{mark}");
        [name, Grouped(day.pv).to_string(), Grouped(day.parsed).to_string(), Bytes(day.bytes).to_string()]
    };
    let head = ["Day", "Requests", "Lines", "Size"].map(str::to_owned);
    let rows: Vec<[String; 4]> = [head].into_iter().chain(days.iter().map(row)).collect();
    let widths: [usize; 4] = std::array::from_fn(|at| rows.iter().map(|row| width(&row[at])).max().unwrap_or_default());
    let numbers: usize = widths[1..].iter().map(|width| width + GAP).sum();
    let room = widths[0].min(writer.terminal.columns.saturating_sub(numbers));
    writer.begin()?;
    for (at, row) in rows.iter().enumerate() {
        let ink = if at == 0 { Ink::Faint } else { Ink::Plain };
        let name = writer.text(&row[0]);
        let mut line = Line::of(writer.terminal.colors, ink, &cut_end(&name, room));
        let mut end = room;
        for (cell, width_of_column) in row[1..].iter().zip(&widths[1..]) {
            end += GAP + width_of_column;
            line.gap(end.saturating_sub(line.columns() + width(cell)));
            line.push(ink, cell);
        }
        writer.line(&line)?;
    }
    let sources: BTreeSet<&str> = days.iter().filter_map(|day| day.provisional.as_deref()).collect();
    if sources.is_empty() {
        return Ok(());
    }
    let sources = sources.into_iter().map(labels::input).collect::<Vec<_>>().join(", ");
    writer.labelled("*", &format!("provisional, the next run counts these lines again: {sources}"))
}

fn write_source(source: &InspectedSource, name: &str, writer: &mut TableWriter<'_>) -> io::Result<()> {
    writer.begin()?;
    let lines = format!("{}, {}", labels::counted(source.lines, "line"), Bytes(source.bytes));
    writer.titled(name, &lines)?;
    let formats = if source.formats.is_empty() { "none".to_owned() } else { source.formats.join(", ") };
    let format = match &source.envelope {
        Some(envelope) => format!("{formats} in {envelope}"),
        None => formats,
    };
    writer.labelled("format", &format)?;
    if source.malformed > 0 {
        writer.labelled("malformed", &labels::counted(source.malformed, "line"))?;
    }
    let ranges = source.ranges.iter().take(RANGES).map(|range| {
        let lines = range.lines.map_or("number of lines unknown".to_owned(), |lines| labels::counted(lines, "line"));
        format!("{} to {} ({lines})", Grouped(range.from), Grouped(range.to))
    });
    let mut ranges = ranges.collect::<Vec<_>>().join(", ");
    if source.ranges.len() > RANGES {
        ranges += &format!(", and {} more", source.ranges.len() - RANGES);
    }
    writer.labelled("bytes", if ranges.is_empty() { "none" } else { &ranges })?;
    let what_next = match source {
        InspectedSource { lost: true, .. } => "closed: its file vanished before it was known to be complete",
        InspectedSource { provisional: true, .. } => "provisional: the next run counts it again from its start",
        InspectedSource { closed: true, .. } => "closed: it was read to its end",
        _ => return Ok(()),
    };
    writer.labelled("state", what_next)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::state::{CountedRange, InspectedTable};

    fn state() -> Inspection {
        let day = |day: Option<&str>, provisional: Option<&str>, pv| InspectedDay {
            day: day.map(str::to_owned),
            provisional: provisional.map(str::to_owned),
            parsed: pv + 2,
            pv,
            bytes: 1500 * pv,
        };
        let range = |from, to, lines| CountedRange { from, to, lines: Some(lines) };
        let source = |name: &str, ranges| InspectedSource {
            name: name.to_owned(),
            formats: vec!["combined".to_owned()],
            envelope: None,
            bytes: 2048,
            lines: 12,
            malformed: 0,
            ranges,
            closed: false,
            lost: false,
            provisional: false,
        };
        Inspection {
            schema: "logstat.state/1",
            path: "a.state".to_owned(),
            bytes: 12_345,
            version: 1,
            generator: "0.1.0".to_owned(),
            settings: BTreeMap::from([("status".to_owned(), vec!["2xx".to_owned()])]),
            static_rules: "0123456789abcdef".to_owned(),
            tables: vec![InspectedTable {
                dimension: "all".to_owned(),
                measures: vec!["counts".to_owned(), "uv".to_owned()],
            }],
            not_in_all: vec!["ip".to_owned()],
            kept_from: Some("2026-11-10".to_owned()),
            dropped: 1,
            days: vec![
                day(Some("2026-11-10"), None, 1234),
                day(Some("2026-11-12"), Some("web1:/var/log/nginx/access.log"), 5),
                day(None, None, 1),
            ],
            sources: vec![
                source("web1:/var/log/nginx/access.log", vec![range(0, 1000, 5), range(2000, 3048, 7)]),
                InspectedSource { closed: true, malformed: 1, ..source("web2", vec![range(0, 2048, 12)]) },
                InspectedSource { closed: true, lost: true, ..source("web3", vec![range(0, 2048, 12)]) },
            ],
        }
    }

    fn written(state: &Inspection, columns: usize) -> String {
        let mut out = Vec::new();
        write_inspection(state, TerminalStyle::default().with_columns(columns), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn state_is_described() {
        let expected = "\
a.state · state of version 1, by logstat 0.1.0, 12.1 KiB
  requests    1,240
  days        2026-11-10 to 2026-11-12
  kept        from 2026-11-10; 1 line of earlier days dropped
  settings    status 2xx
  visitors    exact: the state contains their addresses
  tables      all (counts uv)
  left out    ip: not all of the merged states have them

Day            Requests   Lines      Size
2026-11-10        1,234   1,236   1.8 MiB
2026-11-12 *          5       7   7.3 KiB
no time               1       3   1.5 KiB
  *           provisional, the next run counts these lines again: web1:/var/log/nginx/access.log

web1:/var/log/nginx/access.log · 12 lines, 2.0 KiB
  format      combined
  bytes       0 to 1,000 (5 lines), 2,000 to 3,048 (7 lines)

web2 · 12 lines, 2.0 KiB
  format      combined
  malformed   1 line
  bytes       0 to 2,048 (12 lines)
  state       closed: it was read to its end

web3 · 12 lines, 2.0 KiB
  format      combined
  bytes       0 to 2,048 (12 lines)
  state       closed: its file vanished before it was known to be complete
";
        assert_eq!(written(&state(), 100), expected);
    }

    #[test]
    fn no_line_is_wider_than_the_page() {
        for columns in [40, 60, 80, 120] {
            let text = written(&state(), columns);
            assert!(text.lines().all(|line| width(line) <= columns), "{columns}\n{text}");
        }
    }
}
