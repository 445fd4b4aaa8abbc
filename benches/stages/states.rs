//! States: from a file to a report. The figures of issue 19 are for two cores: 50 ms for one state of a week, and 2 s for
//! a hundred of them.

use std::io::{Cursor, Write};
use std::net::Ipv4Addr;

use criterion::Criterion;
use logstat::{Engine, Input, Question, State, count_to_state};

const DAYS: u64 = 7;
const VISITORS: u64 = 200_000;
const PATHS: u64 = 30_000;
/// Maximum bytes of the state.
const MOST_BYTES: usize = 5_000_000;
/// Number of states that are merged.
const MANY: usize = 100;

/// Merges states and reports: one, and a hundred of the same size.
pub(crate) fn states(criterion: &mut Criterion) {
    let (log, lines) = week();
    let engine = Engine::new();
    // Readers without a name are never the same text, so their states can be merged with each other.
    let inputs = vec![Input::reader("-", Cursor::new(log))];
    let counted =
        count_to_state(&Question::default(), inputs, None, None, &engine).expect("the log has a known format");
    let mut file = Vec::new();
    counted.state.expect("the log was read").write(&mut file).expect("memory can be written");
    assert!(file.len() < MOST_BYTES, "{} bytes", file.len());
    let mut group = criterion.benchmark_group("states");
    group.sample_size(10);
    for number in [1, MANY] {
        group.bench_function(format!("report of {number}"), |bencher| {
            bencher.iter(|| {
                let readers = (0..number).map(|_| ("a.state".into(), &file[..])).collect();
                let states = State::read_all(readers, &engine).expect("the state was just written");
                let (all, _) = State::merge(states, false).expect("the settings are the same");
                let report = all.report(&Question::default(), &engine).expect("the state has the default tables");
                let summary = report.summary.expect("the report has all sections");
                assert_eq!((summary.row.pv, summary.row.uv.known()), (lines * number as u64, Some(VISITORS)));
                assert_eq!(report.top.expect("there is a ranking").first().map(|top| top.groups), Some(PATHS));
            });
        });
    }
    group.finish();
}

/// A log of a week, and its number of lines. Each visitor comes on one day or on two, and sends one to four requests on
/// each.
fn week() -> (Vec<u8>, u64) {
    let (mut log, mut lines) = (Vec::new(), 0);
    for day in 0..DAYS {
        for visitor in 0..VISITORS {
            let random = mix(visitor);
            let first = random % DAYS;
            let second = (first + random / DAYS % 2) % DAYS;
            if day != first && day != second {
                continue;
            }
            for number in 0..1 + random / 64 % 4 {
                // At first, each path is requested once.
                let request = mix(visitor << 8 | number << 4 | day);
                let path = if lines < PATHS { lines } else { request % PATHS };
                let (hour, time_ms) = (request / PATHS % 24, request >> 52);
                lines += 1;
                writeln!(
                    log,
                    "{} - - [{:02}/Nov/2026:{hour:02}:00:00 +0000] \"GET /shop/{}/item-{} HTTP/1.1\" 200 {} \"-\" \"-\" \
                     {}.{:03}",
                    Ipv4Addr::from_bits((random >> 32) as u32 & !0x3_FFFF | visitor as u32),
                    14 + day,
                    path % 97,
                    mix(path) >> 24,
                    request >> 40 & 0xFFFF,
                    time_ms / 1000,
                    time_ms % 1000,
                )
                .expect("memory can be written");
            }
        }
    }
    (log, lines)
}

/// Mixes the bits of a number, so that neighbours are far apart.
fn mix(number: u64) -> u64 {
    let product = (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (product ^ product >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 1
}
