//! Formats the time of each phase of a run, for `-vv`.

use std::time::Duration;

use logstat::Phases;

use super::messages::counted;

/// One line per phase, and one per worker.
pub(crate) fn lines(phases: &Phases, writing: Duration) -> Vec<String> {
    let line = |name: &str, took: Duration| format!("{name}: {}", in_ms(took));
    let workers = counted(phases.workers.len() as u64, "worker");
    let counting = format!(
        "counting: {} by {workers}, finding formats {} of it",
        in_ms(phases.counting),
        in_ms(phases.finding_formats)
    );
    let of_workers = phases.workers.iter().zip(1..).map(|(share, number)| {
        format!(
            "worker {number}: {}, {}, {} counting, {} fetching",
            counted(share.lines, "line"),
            counted(share.bytes, "byte"),
            in_ms(share.counting),
            in_ms(share.fetching),
        )
    });
    let after = [
        ("merging", phases.merging),
        ("settling", phases.settling),
        ("assembling", phases.assembling),
        ("releasing", phases.releasing),
        ("writing", writing),
    ];
    let before = [line("opening", phases.opening), counting].into_iter();
    before.chain(of_workers).chain(after.map(|(name, took)| line(name, took))).collect()
}

/// `12.3 ms`
fn in_ms(took: Duration) -> String {
    format!("{:.1} ms", took.as_secs_f64() * 1e3)
}
