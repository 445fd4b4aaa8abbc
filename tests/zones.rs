//! A log with any offsets, reported in a zone, gives the report of a log that a server in that zone would have written.

use chrono::{DateTime, FixedOffset, TimeZone};
use chrono_tz::Tz;
use logstat::{Dimension, Engine, Input, Now, Question, Unit, count};
use proptest::prelude::*;
use serde_json::Value;

/// Zones with clock changes: northern, southern, by half an hour, on unusual days, across the date line.
const ZONES: [&str; 7] = [
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Pacific/Apia",
];

/// Instants near clock changes in some of them: the ends of March and October 2022, and of 2011.
const NEAR_S: [i64; 4] = [1_648_342_800, 1_667_091_600, 1_325_239_200, 1_680_307_200];

fn log<Z: TimeZone>(hits: &[(DateTime<FixedOffset>, u8)], to: impl Fn(DateTime<FixedOffset>) -> DateTime<Z>) -> String
where
    Z::Offset: std::fmt::Display,
{
    let line = |(time, addr): &(DateTime<FixedOffset>, u8)| {
        let time = to(*time).format("%d/%b/%Y:%H:%M:%S %z").to_string();
        format!("192.0.2.{addr} - - [{time}] \"GET /{addr} HTTP/1.1\" 200 5 \"-\" \"curl\"\n")
    };
    hits.iter().map(line).collect()
}

fn report(log: String, question: &Question) -> Value {
    let inputs = vec![Input::reader("a.log", std::io::Cursor::new(log))];
    let outcome = count(question, inputs, &Engine::new().chunk_bytes(300)).unwrap();
    let mut report = serde_json::to_value(outcome.report.unwrap()).unwrap();
    report["period"].as_object_mut().unwrap().remove("zone");
    report
}

proptest! {
    #[test]
    fn report_in_a_zone_equals_log_written_there(
        zone in prop::sample::select(ZONES.to_vec()),
        near in prop::sample::select(NEAR_S.to_vec()),
        hits in prop::collection::vec((-200_000_i64..200_000, prop::sample::select(vec![0, 3600, -18_000, 19_800, 50_400]), 1_u8..5), 1..30),
        by in prop::sample::select(vec!["minute", "15m", "hour", "6h", "day", "week", "month", "hour-of-day", "weekday"]),
        since in prop::sample::select(vec!["", "1h", "2d", "today", "yesterday", "2022-03-27T02:30", "2022-10-30T02"]),
        date in prop::sample::select(vec!["", "2022-03-27", "2022-10-30T02", "2022-W12", "2011-12-30"]),
    ) {
        let tz: Tz = zone.parse().unwrap();
        let hits: Vec<_> = hits.into_iter().map(|(s, offset, addr)| {
            (FixedOffset::east_opt(offset).unwrap().timestamp_opt(near + s, 0).unwrap(), addr)
        }).collect();
        // "Now" has the zone's offset, so that its days are the zone's.
        let now = tz.timestamp_opt(near, 0).unwrap().to_rfc3339_opts(chrono::SecondsFormat::Secs, false);
        let mut question = Question::new().by(by.parse::<Unit>().unwrap()).top([Dimension::Time(Unit::Second), Dimension::Path]).now(Now::At(now.parse().unwrap())).zone(zone.parse().unwrap());
        question.counting.since = (!since.is_empty()).then(|| since.parse().unwrap());
        question.counting.date = (!date.is_empty()).then(|| date.parse().unwrap());
        let reported = report(log(&hits, |time| time), &question);
        let there = log(&hits, |time| time.with_timezone(&tz));
        // Without a zone, midnight depends on the offset of each line, so a log with two offsets has two. Name the day
        // by its date instead.
        let day = |days: u64| (tz.timestamp_opt(near, 0).unwrap().date_naive() - chrono::Days::new(days)).to_string();
        let since = match since { "today" => day(0), "yesterday" => day(1), other => other.to_owned() };
        question.reading.zone = None;
        question.counting.since = (!since.is_empty()).then(|| since.parse().unwrap());
        let mut as_written = report(there, &question);
        // All offsets have the same length, so the number of bytes is the same.
        as_written["inputs"] = reported["inputs"].clone();
        // With a zone, first and last are by instant, otherwise by wall clock. The two differ if the clock was set
        // back.
        let mut by_instant = hits;
        by_instant.sort_by_key(|(time, _)| *time);
        let on_the_wall = by_instant.iter().map(|(time, _)| time.with_timezone(&tz).naive_local());
        if !on_the_wall.is_sorted() {
            for end in ["first", "last"] {
                as_written["period"][end] = reported["period"][end].clone();
            }
        }
        prop_assert_eq!(reported, as_written);
    }
}
