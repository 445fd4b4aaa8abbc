//! Slow reference for columns, orders and verdicts: sums over the list of all lines of each key.

use std::collections::{BTreeMap, BTreeSet};

use loggen::Traffic;
use logstat::{
    Dimension, Engine, FailIf, Figure, Input, Metric, Question, Ranking, Report, Section, Sort, Unit, count,
};

struct Line {
    addr: String,
    time: String,
    path: String,
    status: u16,
    bytes: u64,
    ms: u64,
    cache: &'static str,
    /// Times of upstream servers, in milliseconds; `None` for `-`.
    upstream_ms: Vec<Option<u64>>,
}

/// The format of the log: that of the generator, and two variables of upstream servers.
const FORMAT: &str = "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent \"$http_referer\" \
                      \"$http_user_agent\" $request_time $upstream_cache_status \"$upstream_response_time\"";

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
        cache: "-",
        upstream_ms: Vec::new(),
    })
}

/// Adds a cache status and times of upstream servers, which differ from line to line.
fn with_upstream(number: usize, line: Line) -> Line {
    const STATUSES: [&str; 9] = ["MISS", "HIT", "-", "EXPIRED", "STALE", "BYPASS", "UPDATING", "REVALIDATED", "MISS"];
    let part = |server: usize| Some((number * 37 + server * 11) as u64 % 900).filter(|_| (number + server) % 4 != 3);
    Line { cache: STATUSES[number % 9], upstream_ms: (0..number % 5 / 2 + 1).map(part).collect(), ..line }
}

/// The list as nginx writes it: `0.012, -`.
fn list(upstream_ms: &[Option<u64>]) -> String {
    let part = |ms: &Option<u64>| ms.map_or("-".to_owned(), |ms| format!("{}.{:03}", ms / 1000, ms % 1000));
    upstream_ms.iter().map(part).collect::<Vec<_>>().join(", ")
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
    let plain = plain.into_iter().enumerate().map(|(number, (line, text))| (with_upstream(number, line), text));
    let mut bytes = String::new();
    let lines = plain.map(|(line, text)| {
        bytes += &format!("{text} {} \"{}\"\n", line.cache, list(&line.upstream_ms));
        line
    });
    let lines = lines.collect();
    (lines, bytes.into_bytes())
}

/// The question about logs of this format.
fn asked(question: &Question) -> Question {
    question.clone().log_formats([FORMAT.parse().unwrap()])
}

fn report(log: &[u8], question: &Question) -> Report {
    let input = Input::reader("a.log", std::io::Cursor::new(log.to_vec()));
    count(&asked(question), vec![input], &Engine::new().threads(2).chunk_bytes(5000)).unwrap().report.unwrap()
}

/// The time in RFC 3339, which sorts as text: `2026-11-14T00:00:05+00:00`.
fn written(time: &str) -> String {
    chrono::DateTime::parse_from_str(time, "%d/%b/%Y:%H:%M:%S %z").unwrap().format("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// The wall clock in seconds.
fn wall_s(time: &str) -> i64 {
    chrono::DateTime::parse_from_str(time, "%d/%b/%Y:%H:%M:%S %z").unwrap().naive_local().and_utc().timestamp()
}

/// The number of all hits, and the length in seconds of a row's time.
#[derive(Clone, Copy)]
struct Whole {
    hits: usize,
    length_s: i64,
}

impl Whole {
    /// All lines, from the first to the last.
    fn of(lines: &[Line]) -> Whole {
        let seconds = || lines.iter().map(|line| wall_s(&line.time));
        Whole { hits: lines.len(), length_s: seconds().max().unwrap() - seconds().min().unwrap() + 1 }
    }

    /// A row of a unit. Recurring ones are as often in the log as it has hours or days of them.
    fn of_row(lines: &[Line], unit: Unit, key: &str) -> Whole {
        let all = Whole::of(lines);
        let first = lines.iter().map(|line| wall_s(&line.time)).min().unwrap();
        let size_s = if matches!(unit, Unit::Hour | Unit::HourOfDay) { 3600 } else { 86_400 };
        let times = (first / size_s..=(first + all.length_s - 1) / size_s).map(|piece| piece * size_s);
        let written = |epoch_s| chrono::DateTime::from_timestamp(epoch_s, 0).unwrap().format("%d/%b/%Y:%H:%M:%S +0000");
        let count = times.filter(|epoch_s| bucket(unit, &written(*epoch_s).to_string()) == key).count() as i64;
        Whole { length_s: count * size_s, ..all }
    }
}

/// The metrics that a ranking of paths can have.
fn of_paths() -> impl Iterator<Item = Metric> {
    Metric::all().filter(|metric| *metric != Metric::Peak)
}

fn percentile(ms: &[u64], percent: usize) -> u64 {
    ms[(percent * ms.len()).div_ceil(100).max(1) - 1]
}

/// The expected value of a metric over some lines, with the request times.
fn expected(metric: Metric, lines: &[&Line], whole: Whole) -> Figure {
    expected_of(metric, lines, whole, lines.iter().map(|line| line.ms).collect())
}

/// The expected value of a metric over some lines that took these times.
fn expected_of(metric: Metric, lines: &[&Line], Whole { hits: all, length_s }: Whole, mut ms: Vec<u64>) -> Figure {
    let number =
        |wanted: &dyn Fn(&Line) -> bool| Figure::Count(lines.iter().filter(|line| wanted(line)).count() as u64);
    let class = |class: u16| number(&|line| line.status / 100 == class);
    ms.sort_unstable();
    let from_cache = |line: &&&Line| ["HIT", "STALE", "UPDATING", "REVALIDATED"].contains(&line.cache);
    let with_status = || lines.iter().filter(|line| line.cache != "-");
    let share =
        |part: u64, whole: u64| if whole > 0 { Figure::Share(part as f64 / whole as f64) } else { Figure::Unknown };
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
        Metric::Busy => Figure::Mean(ms.iter().sum::<u64>() as f64 / (length_s * 1000) as f64),
        Metric::Peak => {
            let mut seconds: BTreeMap<&str, u64> = BTreeMap::new();
            lines.iter().for_each(|line| *seconds.entry(&line.time).or_default() += 1);
            Figure::Count(seconds.into_values().max().unwrap())
        }
        Metric::CacheHits => share(with_status().filter(from_cache).count() as u64, with_status().count() as u64),
        Metric::CacheBytes => {
            let bytes = |line: &&Line| line.bytes;
            share(with_status().filter(from_cache).map(bytes).sum(), with_status().map(bytes).sum())
        }
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
        Figure::Share(number) | Figure::MeanMs(number) | Figure::Mean(number) => *number,
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
    let whole = Whole::of(&lines);
    let numbers_of = |of_it: &Vec<&Line>| of_paths().map(|metric| expected(metric, of_it, whole)).collect::<Vec<_>>();
    let numbers_of: BTreeMap<&str, Vec<Figure>> =
        by_path.iter().map(|(path, of_it)| (*path, numbers_of(of_it))).collect();
    for (at, sort) in of_paths().enumerate() {
        for limit in [0, 7].into_iter().skip(at % super::ONE_IN.min(2)).step_by(super::ONE_IN) {
            let question = Question::new().columns(of_paths()).show([Section::Top]).sort(sort).limit(limit);
            let report = report(&log, &question);
            let ranking = &report.top.as_ref().unwrap()[0];
            for row in &ranking.rows {
                for (metric, expected) in of_paths().zip(&numbers_of[row.key.as_deref().unwrap()]) {
                    assert_eq!(row.figure(metric).as_ref(), Some(expected), "{} of {row:?}", metric.name());
                }
            }
            let mut paths: Vec<_> = numbers_of
                .iter()
                .map(|(path, numbers_of)| (order(&numbers_of[at]), by_path[path].len(), *path))
                .collect();
            paths.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)).then(a.2.cmp(b.2)));
            paths.truncate(if limit > 0 { limit } else { usize::MAX });
            let expected: Vec<_> = paths.iter().map(|(_, _, path)| *path).collect();
            assert_eq!(keys(ranking), expected, "by {}", sort.name());
        }
    }
}

fn keys(ranking: &Ranking) -> Vec<&str> {
    ranking.rows.iter().map(|row| row.key.as_deref().unwrap()).collect()
}

#[test]
fn ascending_order_lists_the_smallest_first_and_unknown_values_last() {
    let (lines, log) = log();
    let mut by_path: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
    lines.iter().for_each(|line| by_path.entry(&line.path).or_default().push(line));
    let whole = Whole::of(&lines);
    for metric in of_paths() {
        let value = |of_it: &Vec<&Line>| match order(&expected(metric, of_it, whole)) {
            f64::NEG_INFINITY => f64::INFINITY,
            known => known,
        };
        let mut paths: Vec<_> = by_path.iter().map(|(path, of_it)| (value(of_it), of_it.len(), *path)).collect();
        paths.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)).then(a.2.cmp(b.2)));
        for limit in [0, 7] {
            let question = Question::new().show([Section::Top]).sort(Sort::from(metric).ascending()).limit(limit);
            let expected = paths.iter().map(|(_, _, path)| *path).take(if limit > 0 { limit } else { usize::MAX });
            let report = report(&log, &question);
            assert_eq!(keys(&report.top.as_ref().unwrap()[0]), expected.collect::<Vec<_>>(), "by {}", metric.name());
        }
    }
}

#[test]
fn key_order_is_that_of_times_or_bytes() {
    let (lines, log) = log();
    let mut paths: Vec<&str> = lines.iter().map(|line| &*line.path).collect();
    paths.sort_unstable();
    paths.dedup();
    let top = [Dimension::Path, Dimension::Time(Unit::Weekday)];
    for limit in [0, 2] {
        let ranked = |sort: Sort| report(&log, &Question::new().show([Section::Top]).top(top).sort(sort).limit(limit));
        let first = |keys: Vec<&str>| {
            keys.into_iter().take(if limit > 0 { limit } else { usize::MAX }).map(str::to_owned).collect::<Vec<_>>()
        };
        let (up, down) = (ranked(Sort::KEY), ranked(Sort::KEY.descending()));
        let [up, down] = [&up, &down].map(|report| report.top.as_ref().unwrap());
        assert_eq!(keys(&up[0]), first(paths.clone()));
        assert_eq!(keys(&down[0]), first(paths.iter().rev().copied().collect()));
        let place =
            |day: &&str| ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].iter().position(|known| known == day);
        assert!(keys(&up[1]).is_sorted_by_key(place), "{:?}", keys(&up[1]));
        assert!(keys(&down[1]).is_sorted_by(|a, b| place(a) > place(b)), "{:?}", keys(&down[1]));
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
    let numbers_of = |of_it: &Vec<&Line>, whole: Whole| {
        Metric::all().map(|metric| expected(metric, of_it, whole)).collect::<Vec<_>>()
    };
    let of_all = numbers_of(&lines.iter().collect(), Whole::of(&lines));
    let units = [Unit::Hour, Unit::Day, Unit::HourOfDay, Unit::Weekday];
    for (turn, unit) in units.into_iter().step_by(super::ONE_IN.min(2)).enumerate() {
        let mut by_time: BTreeMap<String, Vec<&Line>> = BTreeMap::new();
        lines.iter().for_each(|line| by_time.entry(bucket(unit, &line.time)).or_default().push(line));
        let by_time: BTreeMap<String, Vec<Figure>> = by_time
            .iter()
            .map(|(key, of_it)| (key.clone(), numbers_of(of_it, Whole::of_row(&lines, unit, key))))
            .collect();
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

/// Lists are added up, or their last part is taken; values that were not measured are unknown.
#[test]
fn durations_take_the_place_of_request_times() {
    let (lines, log) = log();
    let whole = Whole::of(&lines);
    let last = |line: &Line| line.upstream_ms.last().copied().flatten();
    let sum = |line: &Line| {
        let measured = || line.upstream_ms.iter().flatten();
        measured().next().map(|_| measured().sum())
    };
    let request = |line: &Line| Some(line.ms);
    type Read<'r> = &'r dyn Fn(&Line) -> Option<u64>;
    let rows: [(&str, Read<'_>); 3] =
        [("upstream_response_time", &sum), ("upstream_response_time:last", &last), ("request_time", &request)];
    let times = [Metric::Avg, Metric::P50, Metric::P95, Metric::Max, Metric::TotalTime, Metric::Busy];
    for turn in 0..3 {
        let mut rows = rows;
        rows.rotate_left(turn);
        let durations = rows.iter().map(|(name, _)| name.parse().unwrap());
        let question = Question::new().durations(durations).columns(times).fail_if(["p95 > 0".parse().unwrap()]);
        let report = report(&log, &question.slow_ms(400).by(Unit::Hour));
        let all: Vec<&Line> = lines.iter().collect();
        let measured = |of_it: &[&Line], read: Read<'_>| of_it.iter().filter_map(|line| read(line)).collect::<Vec<_>>();
        let (_, first) = rows[0];
        let summary = &report.summary.as_ref().unwrap().row;
        for metric in times {
            let figure = expected_of(metric, &all, whole, measured(&all, first));
            assert_eq!(summary.figure(metric), Some(figure), "{}", metric.name());
        }
        for row in report.timeline.as_ref().unwrap() {
            let key = row.key.as_deref().unwrap();
            let of_it: Vec<&Line> = lines.iter().filter(|line| bucket(Unit::Hour, &line.time) == key).collect();
            let whole = Whole::of_row(&lines, Unit::Hour, key);
            for metric in times {
                let ms = measured(&of_it, first);
                let figure = if ms.is_empty() { Figure::Unknown } else { expected_of(metric, &of_it, whole, ms) };
                assert_eq!(row.figure(metric), Some(figure), "{} of {key}", metric.name());
            }
        }
        assert_eq!(report.latency, report.durations[0].latency);
        for (duration, (name, read)) in report.durations.iter().zip(rows) {
            let mut ms = measured(&all, read);
            ms.sort_unstable();
            let latency = duration.latency.as_ref().unwrap();
            assert_eq!((&*duration.name, latency.count), (name, ms.len() as u64));
            assert_eq!((latency.sum_ms, latency.max_ms), (ms.iter().sum(), *ms.last().unwrap()));
            assert_eq!((latency.p50_ms, latency.p99_ms), (percentile(&ms, 50), percentile(&ms, 99)));
            assert_eq!(latency.slow, ms.iter().filter(|ms| **ms > 400).count() as u64);
        }
        assert!(report.verdicts[0].holds);
    }
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
    let Figure::Ms(p95) = expected(Metric::P95, &all, Whole::of(&lines)) else { panic!("percentiles are times") };
    let mut by_path: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
    lines.iter().for_each(|line| by_path.entry(&line.path).or_default().push(line));
    let slow_paths = by_path.values().filter(|of_it| {
        let Figure::Ms(p90) = expected(Metric::P90, of_it, Whole::of(&lines)) else { panic!("percentiles are times") };
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
            assert!(count(&asked(&question), vec![input], &Engine::default()).is_err());
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
        count(&asked(&question.max_keys(max_keys)), vec![input], &Engine::default()).unwrap_err().to_string()
    };
    let usual = Question::default;
    assert!(refused(usual().sort(Metric::Status5xx)).starts_with("sort 5xx needs all requests"));
    assert!(refused(usual().columns([Metric::Bytes, Metric::P95])).starts_with("columns p95 needs"));
    let fail_if = vec!["any ip: pv > 5".parse().unwrap()];
    assert!(refused(usual().fail_if(fail_if)).starts_with("fail_if 'any ip: …' needs"));
    let fine = usual().columns([Metric::Bytes]).fail_if(["pv > 5".parse().unwrap()]).max_keys(max_keys);
    assert!(report(&log, &fine).verdicts[0].holds);
}
