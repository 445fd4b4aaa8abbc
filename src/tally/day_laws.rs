//! Tests the laws of counting by day. However hits are distributed to tallies, and these are merged, the tables made
//! from the days are those of one tally of all hits. So are tables of coarser units, or they are refused.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::day::{Day, days_of};
use super::laws::{Hit, Parts, Plain, all_dimensions, count, counted, for_each_batch, found, hit};
use super::{NotSaved, OfDays, TablePlan, Tally, Unescaped};
use crate::batch::{Fields, TextField};
use crate::dimension::Dimension;
use crate::filter::FilterReason;
use crate::keys::Seed;
use crate::measure::{MeasureKind, Precision, UvMethod};
use crate::time::{DAY_S, Stamp, Step, Unit};

/// A hit, or a line that is filtered.
#[derive(Clone, Debug)]
struct ParsedLine {
    hit: Hit,
    is_filtered: bool,
}

prop_compose! {
    fn line()(mut hit in hit(), has_time in prop::bool::weighted(0.9), is_filtered in prop::bool::weighted(0.2)) -> ParsedLine {
        let has_time = has_time && !hit.lacks.intersects(Fields::TIME);
        if !has_time {
            (hit.wall_s, hit.offset_min) = (Stamp::NONE.wall_s, Stamp::NONE.offset_min);
        }
        ParsedLine { hit, is_filtered }
    }
}

fn day_of(hit: &Hit) -> Day {
    (hit.wall_s != Stamp::NONE.wall_s).then(|| hit.wall_s.div_euclid(DAY_S))
}

fn empty(plan: &[TablePlan], uv: UvMethod, visitor: TextField, seed: u64) -> Tally {
    Tally::new(plan, uv, visitor.into(), Seed::fixed(seed))
}

/// Counts lines by day, as a worker does.
fn count_by_day(tally: &mut Tally, lines: &[&ParsedLine]) {
    let by_day = tally.by_day.as_mut().unwrap();
    for some in lines.chunks(7) {
        let all: Vec<&Hit> = some.iter().map(|line| &line.hit).collect();
        for_each_batch(&all, |batch, _| {
            for (day, rows) in days_of(batch) {
                let part = by_day.part(day);
                part.count_lines(batch, rows);
                let hits = rows.filter(|row| !some[row].is_filtered);
                part.filtered_by[FilterReason::Path as usize] += rows.count() - hits.count();
                let mut selected = Vec::new();
                hits.append_to(&mut selected);
                if !selected.is_empty() {
                    part.tally.add(batch, &selected);
                }
            }
        });
    }
}

/// Returns the tally of a report on the days that `is_in` selects, or why there is none.
fn reported(
    all: &Tally<Unescaped>,
    asked: &Tally,
    (asked_plan, saved): (&[TablePlan], &[TablePlan]),
    is_in: impl Fn(Day) -> bool,
) -> Result<Tally<Unescaped>, NotSaved> {
    let mut of_days = OfDays::new(asked.clone().unescape(), asked_plan, saved)?;
    for (day, part) in all.by_day.as_ref().unwrap().iter() {
        if is_in(day) {
            of_days.add(day, part)?;
        }
    }
    Ok(of_days.finish())
}

/// Returns all tables of a tally, its period, the hits that lack a field, and the visitors without a time.
fn everything<F>(tally: &Tally<F>) -> impl PartialEq + std::fmt::Debug + use<F> {
    let tables: Vec<(Dimension, BTreeMap<Parts, Plain>)> =
        tally.tables.iter().map(|table| (table.dimension, found(tally, table.dimension))).collect();
    (tables, tally.period, tally.unknown, tally.undated.of_one())
}

/// Ways to count visitors, and the fields that identify them.
fn ways() -> [(UvMethod, TextField); 3] {
    let hll = UvMethod::Hll(Precision::default());
    [(UvMethod::Exact, TextField::Addr), (UvMethod::Exact, TextField::Agent), (hll, TextField::Addr)]
}

/// Dimensions that a report may be made by: all units, and pairs with them.
fn dimensions() -> Vec<Dimension> {
    let units = Unit::all().chain(Step::all().map(Unit::Step)).map(Dimension::Time);
    let pairs = [
        "minute/path",
        "hour/path",
        "month/path",
        "path/weekday",
        "day/kind",
        "status/6h",
        "week/status",
        "status/year",
        "hour/hour-of-day",
        "weekday/hour-of-day",
        "month/week",
        "host/path",
        "path/ip",
        "day/ip",
        "hour-of-day/ip",
    ];
    let of_texts = [Dimension::All, Dimension::Path, Dimension::Ip, Dimension::Host, Dimension::Status];
    let others = [Dimension::Class, Dimension::StatusClass];
    units.chain(of_texts).chain(others).chain(pairs.map(|name| Dimension::named(name).unwrap())).collect()
}

fn plan() -> impl Strategy<Value = Vec<TablePlan>> {
    let measures = MeasureKind::all().collect::<Vec<_>>();
    let of_table =
        (prop::sample::select(dimensions()), prop::sample::subsequence(measures.clone(), 1..=measures.len()));
    prop::collection::vec(of_table, 1..6).prop_map(|mut plan| {
        let mut known = Vec::new();
        plan.retain(|(dimension, _)| {
            !known.contains(dimension) && {
                known.push(*dimension);
                true
            }
        });
        plan
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 8))]

    #[test]
    fn tables_of_days_equal_tables_counted_at_once(
        lines in prop::collection::vec((line(), 0..3_usize), 0..60), seeds in prop::array::uniform3(any::<u64>()),
        first in -1..3_i64, days in 0..4_i64, has_period: bool,
    ) {
        let is_in = |day: Day| !has_period || day.is_some_and(|day| first <= day && day < first + days);
        let plan: Vec<TablePlan> = all_dimensions().into_iter().map(|d| (d, MeasureKind::all().collect())).collect();
        for (uv, visitor) in ways() {
            let mut workers = (0..3).map(|worker| {
                let mut tally = empty(&plan, uv, visitor, seeds[worker]).for_each_day();
                let mine = lines.iter().filter(|(_, of)| *of == worker).map(|(line, _)| line);
                count_by_day(&mut tally, &mine.collect::<Vec<_>>());
                tally
            });
            let (mut merged, second, third) = (workers.next().unwrap(), workers.next().unwrap(), workers.next().unwrap());
            merged.merge(&second);
            merged.absorb(third);
            let merged = if has_period { merged.unescape() } else { merged.snapshot() };
            let asked = empty(&plan, uv, visitor, 7);
            let report = reported(&merged, &asked, (&plan, &plan), is_in).unwrap();

            let selected = lines.iter().filter(|(line, _)| !line.is_filtered && is_in(day_of(&line.hit)));
            let selected: Vec<&Hit> = selected.map(|(line, _)| &line.hit).collect();
            prop_assert_eq!(everything(&report), everything(&counted(&selected, uv, visitor, 9).unescape()));
            let filtered = lines.iter().filter(|(line, _)| line.is_filtered && is_in(day_of(&line.hit))).count() as u64;
            prop_assert_eq!(report.ledger.filtered_for(FilterReason::Path), filtered);
            for (day, part) in merged.by_day.as_ref().unwrap().iter() {
                let of_day = || lines.iter().map(|(line, _)| &line.hit).filter(|hit| day_of(hit) == day);
                prop_assert_eq!(part.parsed, of_day().count() as u64);
                let offsets = of_day().filter(|_| day.is_some()).map(|hit| hit.offset_min);
                prop_assert_eq!(&part.offsets, &offsets.collect());
            }
        }
    }

    /// Saves any tables, and asks for any others.
    #[test]
    fn asked_table_is_made_from_saved_ones_or_refused(
        lines in prop::collection::vec(line(), 0..40), saved in plan(), asked in plan(), way in 0..3_usize,
    ) {
        let (uv, visitor) = ways()[way];
        let hits: Vec<&Hit> = lines.iter().map(|line| &line.hit).collect();
        let mut days = empty(&saved, uv, visitor, 1).for_each_day();
        let lines: Vec<ParsedLine> = lines.iter().map(|line| ParsedLine { is_filtered: false, ..line.clone() }).collect();
        count_by_day(&mut days, &lines.iter().collect::<Vec<_>>());
        let days = days.unescape();
        for asked in asked {
            let asked = [asked];
            let mut at_once = empty(&asked, uv, visitor, 2);
            match reported(&days, &at_once.clone(), (&asked, &saved), |_| true) {
                Ok(report) => {
                    count(&mut at_once, &hits);
                    let dimension = asked[0].0;
                    prop_assert_eq!(found(&report, dimension), found(&at_once.unescape(), dimension));
                }
                Err(refused) => {
                    prop_assert_eq!(refused.dimension, asked[0].0);
                    prop_assert!(saved.iter().all(|saved| *saved != asked[0]));
                }
            }
        }
    }
}
