//! A report to open in a browser or to send by mail. It is one self-contained file that makes no network requests.
//!
//! All charts are drawn here as SVG, so the page needs no script. The template escapes all values except style and
//! script, which are part of logstat. The page's policy permits only these two.

mod axes;
mod chart;
mod each;
mod grid;
mod head;
mod histogram;
mod latency;
mod ledger;
mod need;
mod policy;
mod shares;
mod tiles;

use std::io::{self, Write};

use askama::Template;

use super::highlights::{Finding, finding};
use super::no_times::{directive, sentence};
use super::status_names::status_name;
use super::terms::key_heading;
use super::tone::Tone;
use super::warnings::listed;
use super::{Style, labels};
use crate::metric::{Metric, Sort};
use crate::render::numbers::Grouped;
use crate::render::part_rows::PartRows;
use crate::report::{NoTimes, Note, NoteCode, Ranking, Report, Verdict, Warning};
use chart::Chart;
use each::{Parts, link_to_all};
use grid::Grid;
use head::Head;
use latency::Latency;
use ledger::Ledger;
use shares::Shares;
use tiles::Tile;

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'r> {
    style: &'static str,
    style_hash: &'static str,
    script: &'static str,
    script_hash: &'static str,
    head: Head<'r>,
    warnings: &'r [Warning],
    /// A sentence about warnings that are not listed; may be empty.
    more_warnings: String,
    verdicts: &'r [Verdict],
    tiles: Vec<Tile>,
    parts: Option<Parts<'r>>,
    /// True if the report is about all hits, and not about a part of them.
    is_whole: bool,
    /// The page of all hits, and the text of the link to it.
    all: Option<(&'r str, String)>,
    highlights: Vec<Finding<'r>>,
    notes: Vec<&'r Note>,
    timeline: Option<(Option<Chart>, Grid<'r>)>,
    /// Status codes and classes.
    shares: Vec<(Shares, Grid<'r>)>,
    latencies: Vec<Latency>,
    /// True if the tiles have request times.
    has_times: bool,
    /// Advice if no request times are logged: a sentence, and the lines of a directive.
    no_times: Option<(&'static str, String)>,
    rankings: Vec<Grid<'r>>,
    ledger: Ledger<'r>,
    /// True if the tiles have numbers without bots.
    has_people: bool,
    unit: &'static str,
}

pub(super) fn write<'r>(report: &'r Report, style: &'r Style, out: &mut dyn Write) -> io::Result<()> {
    let unit = report.period.unit;
    let timeline = report.timeline.as_deref().filter(|rows| !rows.is_empty());
    let is_empty = report.described_as_empty().is_some();
    let (warnings, more_warnings) = listed(report);
    // If all logs are empty, the page's head says so.
    let is_shown = |note: &&Note| !(note.code == NoteCode::Empty && report.is_empty());
    let part_rows = PartRows::of(report);
    let hinted = |grid: Grid<'r>| grid.with_csv_hint(style.terminal.csv_hint);
    let page = Page {
        style: policy::STYLE,
        style_hash: policy::STYLE_HASH,
        script: policy::SCRIPT,
        script_hash: policy::SCRIPT_HASH,
        head: Head::of(report),
        warnings,
        more_warnings,
        verdicts: &report.verdicts,
        tiles: if is_empty { Vec::new() } else { tiles::tiles(report) },
        parts: part_rows.as_ref().map(|parts| Parts::of(parts, report, &style.links)),
        is_whole: report.part().is_none(),
        all: link_to_all(report, &style.links),
        highlights: report.highlights.iter().flatten().map(|highlight| finding(highlight, hits(report))).collect(),
        notes: report.notes.iter().filter(is_shown).collect(),
        timeline: timeline.map(|rows| {
            let grid = Grid::new(
                "timeline",
                labels::timeline(unit, report.period.split),
                key_heading(unit.name()),
                rows,
                report,
            );
            (Chart::of(rows, unit), hinted(grid))
        }),
        shares: shares(report).into_iter().map(|(shares, grid)| (shares, hinted(grid))).collect(),
        latencies: if is_empty { Vec::new() } else { Latency::all(report, hits(report)) },
        has_times: !is_empty && report.latency.is_some(),
        no_times: report.no_times.as_ref().filter(|_| hits(report) > 0).map(advice),
        rankings: of_bots(report)
            .chain(report.top.iter().flatten().map(|ranking| of_ranking(ranking, report)))
            .filter(|_| !is_empty)
            .map(hinted)
            .collect(),
        ledger: Ledger::of(report),
        has_people: report.people.is_some(),
        unit: unit.name(),
    };
    let mut out = out;
    page.write_into(&mut out)
}

fn shares(report: &Report) -> Vec<(Shares, Grid<'_>)> {
    let listed =
        [("status", "Status codes", "Code", &report.status), ("class", "Static and dynamic", "Kind", &report.class)];
    let shown = listed.into_iter().filter_map(|(section, title, key, rows)| {
        let rows = rows.as_deref().filter(|rows| !rows.is_empty())?;
        let grid = Grid::new(section, title.to_owned(), key.to_owned(), rows, report).bars(Metric::Pv);
        Some((Shares::of(section, rows), grid))
    });
    shown.collect()
}

/// Width of the lines of a directive, in characters.
const DIRECTIVE_COLUMNS: usize = 100;

fn advice(no_times: &NoTimes) -> (&'static str, String) {
    let lines = no_times.log_format.iter().flat_map(|format| directive(format, DIRECTIVE_COLUMNS));
    (sentence(no_times), lines.collect::<Vec<_>>().join("\n"))
}

/// The tables of the section of bots.
fn of_bots(report: &Report) -> impl Iterator<Item = Grid<'_>> {
    report.bots.iter().flat_map(|bots| {
        let listed = [
            ("bots", "People and bots", "Class of bots", &bots.classes),
            ("bots.top", "Bots with the most requests", "Bot", &bots.top),
        ];
        let shown = listed.into_iter().filter(|(.., rows)| !rows.is_empty());
        shown.map(|(section, title, key, rows)| {
            Grid::new(section, title.to_owned(), key.to_owned(), rows, report).bars(Metric::Pv)
        })
    })
}

fn of_ranking<'r>(ranking: &'r Ranking, report: &'r Report) -> Grid<'r> {
    let section = format!("top.{}", ranking.dimension.key());
    let shown = Grouped(ranking.rows.len() as u64);
    let key = key_heading(ranking.dimension.name());
    let mut grid = Grid::new(section, labels::ranking(ranking.dimension), key, &ranking.rows, report)
        .bars(ranking.sort.metric().unwrap_or(Metric::Pv));
    let approximate = report.approximate.iter().find(|approximate| approximate.dimension == ranking.dimension);
    if let Some(approximate) = approximate {
        let error = labels::counted(approximate.max_error, "request");
        grid.notes.push(format!(
            "{shown} of more than {}; approximate: each row may lack up to {error}.",
            Grouped(approximate.max_keys)
        ));
    } else if (ranking.rows.len() as u64) < ranking.groups {
        grid.notes.push(format!("{shown} of {} rows.", Grouped(ranking.groups)));
    }
    if ranking.sort != Sort::default() {
        grid.notes.push(format!("Sorted {}.", labels::order(ranking.sort)));
    }
    grid
}

/// Number of all hits of a report. It is taken from the ledger, because sections may be missing.
fn hits(report: &Report) -> u64 {
    report.lines.parsed - report.lines.filtered
}

/// Share in percent of a width, as SVG takes it. Hundredths are finer than any screen.
fn percent(part: u64, whole: u64) -> String {
    format!("{:.2}", part as f64 * 100.0 / whole.max(1) as f64)
}

/// CSS class of an element for a number of this tone.
fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "",
        Tone::Odd => "odd",
        Tone::Bad => "bad",
    }
}
