//! Progress bar on standard error.

use std::io::{IsTerminal, stderr};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use indicatif::{BinaryBytes, HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};
use logstat::Progress;

const REDRAWN: Duration = Duration::from_millis(100);
/// Delay before the bar appears; a shorter run needs none.
const PATIENCE: Duration = Duration::from_millis(500);

/// A progress bar, removed when dropped.
#[derive(Debug)]
pub(crate) struct Bar {
    /// Dropping it ends the drawing thread.
    end: Option<Sender<()>>,
    drawer: Option<JoinHandle<()>>,
}

impl Bar {
    /// Starts the bar; `None` unless standard error is a terminal that can draw it.
    pub(crate) fn start(progress: Arc<Progress>) -> Option<Bar> {
        let can_draw = stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        if !can_draw {
            return None;
        }
        let (end, ended) = channel();
        let draw = move || {
            let start = Instant::now();
            let bar = ProgressBar::hidden();
            while ended.recv_timeout(REDRAWN) == Err(RecvTimeoutError::Timeout) {
                let (read, all) = (progress.read_bytes(), progress.all_bytes());
                bar.set_position(read);
                bar.set_message(rate(read, all, start.elapsed()));
                if bar.is_hidden() && start.elapsed() >= PATIENCE {
                    show(&bar, all);
                }
            }
            bar.finish_and_clear();
        };
        // If no thread can be started, run without a bar.
        let drawer = thread::Builder::new().name("progress".to_owned()).spawn(draw).ok()?;
        Some(Bar { end: Some(end), drawer: Some(drawer) })
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(drawer) = self.drawer.take() {
            // A panic of the drawing thread does not matter.
            let _ = drawer.join();
        }
    }
}

const OF_ALL: &str = "{percent:>3}% {bar:30} {binary_bytes} of {binary_total_bytes}, {msg}";
const OF_UNKNOWN: &str = "{binary_bytes} read, {msg}";

/// `1.2 GiB/s, 3 seconds left`, from the average rate since the start.
fn rate(read: u64, all: Option<u64>, elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64().max(1e-3);
    let rate = read as f64 / seconds;
    let rated = format!("{}/s", BinaryBytes(rate as u64));
    let left = all.map(|all| all.saturating_sub(read) as f64 / rate.max(1.0));
    // No estimate if the time left is too long for a `Duration`.
    match left.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()) {
        Some(left) => format!("{rated}, {} left", HumanDuration(left)),
        None => rated,
    }
}

fn show(bar: &ProgressBar, all_bytes: Option<u64>) {
    let template = match all_bytes {
        Some(bytes) => {
            bar.set_length(bytes);
            OF_ALL
        }
        None => {
            bar.unset_length();
            OF_UNKNOWN
        }
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_draw_target(ProgressDrawTarget::stderr());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rate_is_the_average_since_the_start() {
        let second = Duration::from_secs(1);
        assert_eq!(rate(1 << 30, Some(3 << 30), second), "1.00 GiB/s, 2 seconds left");
        assert_eq!((rate(1 << 20, None, second), rate(0, None, Duration::ZERO)), ("1.00 MiB/s".into(), "0 B/s".into()));
    }

    #[test]
    fn both_bars_can_be_drawn() {
        for (all, template) in [(Some(1 << 30), OF_ALL), (None, OF_UNKNOWN)] {
            assert!(ProgressStyle::with_template(template).is_ok());
            let bar = ProgressBar::hidden();
            bar.set_position(1 << 29);
            show(&bar, all);
            bar.set_draw_target(ProgressDrawTarget::hidden());
            assert_eq!((bar.position(), bar.length()), (1 << 29, all));
        }
    }
}
