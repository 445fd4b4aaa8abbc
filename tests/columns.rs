//! Slow reference for columns, orders and verdicts: sums over the list of all lines of each key.

use std::collections::{BTreeMap, BTreeSet};

use loggen::Traffic;
use logstat::{Dimension, Engine, FailIf, Figure, Input, Metric, Question, Report, Section, Unit, count};

struct Line {
    addr: String,
    time: String,
    path: String,
    status: u16,
    bytes: u64,
    ms: u64,
}

/// Parses `addr - user [time] "GET /path?query HTTP/1.1" status bytes "referer" "agent" 0.012`, the usual line of the
/// generator.
fn line(text: &str) -> Option<Line> {
    let parts: Vec<&str> = text.split('"').collect();
    let [before, request, numbers, .., last] = &parts[..] else { return None };
    let mut request = request.split(' ');
    let (_, target, _) = (request.next()?, request.next()?, request.next()?);
    let mut numbers = numbers.split_whitespace();
    let seconds = last.trim();
    Some(Line {
        addr: before.split(' ').next()?.to_owned(),
        time: before.split(['[', ']']).nth(1)?.to_owned(),
        path: target.strip_prefix('/').map(|_| target.split('?').next().unwrap().to_owned())?,
        status: numbers.next()?.parse().ok()?,
        bytes: numbers.next()?.parse().ok()?,
        ms: (seconds.parse::<f64>().ok()? * 1000.0).round() as u64,
    })
}

/// A generated log, reduced to the lines that [`line`] can parse.
fn log() -> (Vec<Line>, Vec<u8>) {
    let lines = 4000 / super::ONE_IN.min(2);
    let traffic =
        Traffic { lines: lines as u64, addresses: 300, paths: 120, malformed: 0.0, times: true, ..Traffic::default() };
    let text = String::from_utf8(traffic.to_vec()).unwrap();
    let plain: Vec<_> =
        text.lines().filter(|text| !text.contains('\\')).filter_map(|text| Some((line(text)?, text))).collect();
    assert!(plain.len() > lines * 3 / 4, "{}", plain.len());
    let bytes = plain.iter().map(|(_, text)| format!("{text}\n")).collect::<String>().into_bytes();
    (plain.into_iter().map(|(line, _)| line).collect(), bytes)
}

fn report(log: &[u8], question: &Question) -> Report {
    let input = Input::reader("a.log", std::io::Cursor::new(log.to_vec()));
    count(question, vec![input], &Engine::new().threads(2).chunk_bytes(5000)).unwrap().report.unwrap()
}

/// The time in RFC 3339, which sorts as text: `2026-11-14T00:00:05+00:00`.
fn written(time: &str) -> String {
    chrono::DateTime::parse_from_str(time, "%d/%b/%Y:%H:%M:%S %z").unwrap().format("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

fn percentile(ms: &[u64], percent: usize) -> u64 {
    ms[(percent * ms.len()).div_ceil(100).max(1) - 1]
}

/// The expected value of a metric over some lines.
fn expected(metric: Metric, lines: &[&Line], all: usize) -> Figure {
    let number =
        |wanted: &dyn Fn(&Line) -> bool| Figure::Count(lines.iter().filter(|line| wanted(line)).count() as u64);
    let class = |class: u16| number(&|line| line.status / 100 == class);
    let mut ms: Vec<u64> = lines.iter().map(|line| line.ms).collect();
    ms.sort_unstable();
    let times = || lines.iter().map(|line| written(&line.time));
    match metric {
        Metric::Pv => number(&|_| true),
        Metric::Uv => Figure::Count(lines.iter().map(|line| &line.addr).collect::<BTreeSet<_>>().len() as u64),
        Metric::Share => Figure::Share(lines.len() as f64 / all as f64),
        Metric::Bytes => Figure::Count(lines.iter().map(|line| line.bytes).sum()),
        Metric::Static => number(&|line| is_static(&line.path)),
        Metric::Dynamic => number(&|line| !is_static(&line.path)),
        Metric::Status1xx => class(1),
        Metric::Status2xx => class(2),
        Metric::Status3xx => class(3),
        Metric::Status4xx => class(4),
        Metric::Status5xx => class(5),
        Metric::StatusOther => number(&|line| !(100..600).contains(&line.status)),
        Metric::Avg => Figure::MeanMs(ms.iter().sum::<u64>() as f64 / ms.len() as f64),
        Metric::P50 => Figure::Ms(percentile(&ms, 50)),
        Metric::P90 => Figure::Ms(percentile(&ms, 90)),
        Metric::P95 => Figure::Ms(percentile(&ms, 95)),
        Metric::P99 => Figure::Ms(percentile(&ms, 99)),
        Metric::Max => Figure::Ms(*ms.last().unwrap()),
        Metric::TotalTime => Figure::Ms(ms.iter().sum()),
        Metric::First => Figure::Moment(times().min().unwrap()),
        Metric::Last => Figure::Moment(times().max().unwrap()),
        _ => panic!("the reference does not count {metric:?}"),
    }
}

fn is_static(path: &str) -> bool {
    let rules = logstat::StaticRules::default();
    rules.is_static(path.as_bytes())
}

/// A number that sorts like the figure.
fn order(figure: &Figure) -> f64 {
    match figure {
        Figure::Count(number) | Figure::Ms(number) => *number as f64,
        Figure::Share(number) | Figure::MeanMs(number) => *number,
        Figure::Moment(moment) => {
            // Moments sort by wall clock, but all have the same offset here.
            chrono::DateTime::parse_from_rfc3339(moment).unwrap().timestamp() as f64
        }
        _ => f64::NEG_INFINITY,
    }
}

#[test]
fn columns_and_orders_match_the_reference() {
    let (lines, log) = log();
    let mut by_path: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
    lines.iter().for_each(|line| by_path.entry(&line.path).or_default().push(line));
    let numbers_of =
        |of_it: &Vec<&Line>| Metric::all().map(|metric| expected(metric, of_it, lines.len())).collect::<Vec<_>>();
    let numbers_of: BTreeMap<&str, Vec<Figure>> =
        by_path.iter().map(|(path, of_it)| (*path, numbers_of(of_it))).collect();
    for (at, sort) in Metric::all().enumerate() {
        for limit in [0, 7].into_iter().skip(at % super::ONE_IN.min(2)).step_by(super::ONE_IN) {
            let question = Question::new().columns(Metric::all()).show([Section::Top]).sort(sort).limit(limit);
            let report = report(&log, &question);
            let ranking = &report.top.as_ref().unwrap()[0];
            for row in &ranking.rows {
                for (metric, expected) in Metric::all().zip(&numbers_of[row.key.as_deref().unwrap()]) {
                    assert_eq!(row.figure(metric).as_ref(), Some(expected), "{} of {row:?}", metric.name());
                }
            }
            let mut paths: Vec<_> = numbers_of
                .iter()
                .map(|(path, numbers_of)| (order(&numbers_of[at]), by_path[path].len(), *path))
                .collect();
            paths.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)).then(a.2.cmp(b.2)));
            paths.truncate(if limit > 0 { limit } else { usize::MAX });
            let ranked: Vec<_> = ranking.rows.iter().map(|row| row.key.as_deref().unwrap()).collect();
            assert_eq!(ranked, paths.iter().map(|(_, _, path)| *path).collect::<Vec<_>>(), "by {}", sort.name());
        }
    }
}

/// The key of a time such as `14/Nov/2026:00:00:05 +0000` in a timeline.
fn bucket(unit: Unit, time: &str) -> String {
    let time = chrono::DateTime::parse_from_str(time, "%d/%b/%Y:%H:%M:%S %z").unwrap();
    let form = match unit {
        Unit::Hour => "%Y-%m-%dT%H",
        Unit::Day => "%Y-%m-%d",
        Unit::HourOfDay => "%H",
        Unit::Weekday => "%a",
        _ => panic!("{unit:?} has no reference"),
    };
    time.format(form).to_string()
}

#[test]
fn timelines_have_every_column() {
    let (lines, log) = log();
    let numbers_of =
        |of_it: &Vec<&Line>| Metric::all().map(|metric| expected(metric, of_it, lines.len())).collect::<Vec<_>>();
    let of_all = numbers_of(&lines.iter().collect());
    for (turn, unit) in [Unit::Hour, Unit::Day, Unit::HourOfDay, Unit::Weekday].into_iter().enumerate() {
        let mut by_time: BTreeMap<String, Vec<&Line>> = BTreeMap::new();
        lines.iter().for_each(|line| by_time.entry(bucket(unit, &line.time)).or_default().push(line));
        let by_time: BTreeMap<String, Vec<Figure>> =
            by_time.iter().map(|(key, of_it)| (key.clone(), numbers_of(of_it))).collect();
        let splits = [None, Some(Dimension::Status)].into_iter();
        for split in splits.skip(turn % super::ONE_IN.min(2)).step_by(super::ONE_IN) {
            let question = Question::new().by(unit).split(split).columns(Metric::all());
            let report = report(&log, &question.show([Section::Summary, Section::Timeline]));
            let timeline = report.timeline.as_ref().unwrap();
            assert_eq!(timeline.len(), by_time.len());
            for row in timeline {
                for (metric, expected) in Metric::all().zip(&by_time[row.key.as_deref().unwrap()]) {
                    assert_eq!(row.figure(metric).as_ref(), Some(expected), "{} of {row:?}", metric.name());
                }
            }
            let total = &report.summary.as_ref().unwrap().row;
            for (metric, expected) in Metric::all().zip(&of_all).filter(|(metric, _)| *metric != Metric::Share) {
                assert_eq!(total.figure(metric).as_ref(), Some(expected), "{}", metric.name());
            }
        }
    }
}

#[test]
fn timeline_rows_have_only_requested_columns() {
    let (_, log) = log();
    let row = |question: Question| report(&log, &question.by(Unit::Day)).timeline.unwrap()[0].clone();
    let usual = row(Question::new().sort(Metric::P95));
    assert!(usual.columns.is_empty() && usual.share.is_none(), "{usual:?}");
    let asked = row(Question::new().columns([Metric::P95, Metric::P95, Metric::Status4xx]));
    assert_eq!(asked.columns.iter().map(|(metric, _)| *metric).collect::<Vec<_>>(), [Metric::P95]);
}

/// Splits by hours of the day, weekdays and status classes are in that order, and have all values at any limit.
#[test]
fn calendar_splits_are_complete_and_in_order() {
    let (lines, log) = log();
    let split = Dimension::named("status-class").ok();
    let by_class = Question::new().split(split).limit(1).show([Section::Timeline]);
    let split = report(&log, &by_class).timeline.unwrap()[0].split.clone().unwrap();
    let classes: BTreeSet<String> = lines.iter().map(|line| format!("{}xx", line.status / 100)).collect();
    assert!(split.iter().map(|(value, _)| value).eq(&classes), "{split:?}");
    for (name, unit) in [("weekday", Unit::Weekday), ("hour-of-day", Unit::HourOfDay)] {
        let split = Dimension::named(name).unwrap();
        let question = Question::new().by(Unit::Day).split(Some(split)).limit(1).show([Section::Timeline]);
        let mut pvs: BTreeMap<(String, String), u64> = BTreeMap::new();
        let mut values: Vec<String> = lines.iter().map(|line| bucket(unit, &line.time)).collect();
        for (line, value) in lines.iter().zip(&values) {
            *pvs.entry((bucket(Unit::Day, &line.time), value.clone())).or_default() += 1;
        }
        values.sort_by_key(|value| WEEKDAYS.find(value.as_str()).unwrap_or(0));
        if unit == Unit::HourOfDay {
            values.sort();
        }
        values.dedup();
        assert!(values.len() > 2, "{values:?}");
        for row in report(&log, &question).timeline.unwrap() {
            let split = row.split.unwrap();
            assert_eq!(split.iter().map(|(value, _)| value).collect::<Vec<_>>(), values);
            for (value, pv) in split.iter() {
                let expected = pvs.get(&(row.key.clone().unwrap(), value.to_owned())).copied().unwrap_or(0);
                assert_eq!(pv, expected, "{value} of {:?}", row.key);
            }
        }
    }
}

const WEEKDAYS: &str = "MonTueWedThuFriSatSun";

#[test]
fn verdicts_match_the_reference() {
    let (lines, log) = log();
    let count_of = |class: u16| lines.iter().filter(|line| line.status / 100 == class).count();
    let share = count_of(4) as f64 * 100.0 / lines.len() as f64;
    let all: Vec<&Line> = lines.iter().collect();
    let Figure::Ms(p95) = expected(Metric::P95, &all, all.len()) else { panic!("percentiles are times") };
    let mut by_path: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
    lines.iter().for_each(|line| by_path.entry(&line.path).or_default().push(line));
    let slow_paths = by_path.values().filter(|of_it| {
        let Figure::Ms(p90) = expected(Metric::P90, of_it, 1) else { panic!("percentiles are times") };
        p90 > 500 && of_it.len() >= 5
    });
    let slow_paths = slow_paths.count() as u64;
    assert!(slow_paths > 1, "{slow_paths}");
    let rows = [
        (format!("4xx > {:.4}%", share - 0.001), u64::from(true)),
        (format!("4xx > {:.4}%", share + 0.001), 0),
        (format!("4xx == {}", count_of(4)), 1),
        (format!("4xx != {}", count_of(4)), 0),
        (format!("p95 >= {}.{:03}", p95 / 1000, p95 % 1000), 1),
        (format!("p95 > {}.{:03}", p95 / 1000, p95 % 1000), 0),
        (format!("pv < {} || uv < 1", lines.len() + 1), 1),
        ("malformed > 0% || !(5xx > 0)".to_owned(), u64::from(count_of(5) == 0)),
        ("any path: p90 > 0.5 && pv >= 5".to_owned(), slow_paths),
        ("any path: pv > 99%".to_owned(), 0),
        ("any host: pv > 99%".to_owned(), 1),
    ];
    for (text, keys) in rows {
        let fail_if: FailIf = text.parse().unwrap();
        let top = [Dimension::Status];
        let question = Question::new().fail_if([fail_if]).top(top);
        if text.contains("host") {
            // This log has no hosts, so the question is an error.
            let input = Input::reader("a.log", std::io::Cursor::new(log.clone()));
            assert!(count(&question, vec![input], &Engine::default()).is_err());
            continue;
        }
        let report = report(&log, &question);
        let [verdict] = &report.verdicts[..] else { panic!("every condition has one verdict") };
        assert_eq!((verdict.keys, verdict.holds), (keys, keys > 0), "{text}: {verdict:?}");
        assert_eq!(verdict.reason.is_some(), verdict.holds, "{text}: {verdict:?}");
    }
}

#[test]
fn limited_ranking_refuses_metrics_that_need_all_keys() {
    let (_, log) = log();
    let max_keys = logstat::MaxKeys::new(5);
    let refused = |question: Question| {
        let input = Input::reader("a.log", std::io::Cursor::new(log.clone()));
        count(&question.max_keys(max_keys), vec![input], &Engine::default()).unwrap_err().to_string()
    };
    let usual = Question::default;
    assert!(refused(usual().sort(Metric::Status5xx)).starts_with("sort 5xx needs all hits"));
    assert!(refused(usual().columns([Metric::Bytes, Metric::P95])).starts_with("columns p95 needs"));
    let fail_if = vec!["any ip: pv > 5".parse().unwrap()];
    assert!(refused(usual().fail_if(fail_if)).starts_with("fail_if 'any ip: …' needs"));
    let fine = usual().columns([Metric::Bytes]).fail_if(["pv > 5".parse().unwrap()]).max_keys(max_keys);
    assert!(report(&log, &fine).verdicts[0].holds);
}
