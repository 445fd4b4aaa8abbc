//! What is said on standard error. That nobody listens there is no reason to fail.

use std::fmt::Display;
use std::io::{Write, stderr};
use std::time::Duration;

use logstat::{FormatReport, Report};

/// Says what is to be said at this loudness: errors always, as they make the exit code; notes unless quiet; details
/// if asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Messages {
    loudness: Loudness,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Loudness {
    Quiet,
    Normal,
    Verbose,
}

impl Messages {
    pub(crate) fn new(quiet: bool, verbose: bool) -> Messages {
        let loudness = match (quiet, verbose) {
            (true, _) => Loudness::Quiet,
            (false, false) => Loudness::Normal,
            (false, true) => Loudness::Verbose,
        };
        Messages { loudness }
    }

    pub(crate) fn error(self, what: impl Display) {
        say(what);
    }

    pub(crate) fn note(self, what: &str) {
        if self.loudness >= Loudness::Normal {
            say(format_args!("note: {what}"));
        }
    }

    /// What each input was, and how long it took; 0 threads are as many as there are.
    pub(crate) fn details(self, report: &Report, threads: usize, elapsed: Duration) {
        if self.loudness < Loudness::Verbose {
            return;
        }
        for input in &report.inputs {
            let formats = match &input.formats[..] {
                [] | [_] => shown(&input.wearing(&input.format)),
                several => {
                    let with_lines =
                        |took: &FormatReport| format!("{} ({} lines)", shown(&input.wearing(&took.format)), took.lines);
                    several.iter().map(with_lines).collect::<Vec<_>>().join(", ")
                }
            };
            say(format_args!("{}: {formats}, {} lines, {} bytes", input.path, input.lines, input.bytes));
            if !input.keys.is_empty() {
                // A variable under its own name needs no explanation.
                let keys = input.keys.iter().map(|key| match &key.key {
                    own if *own == key.variable => own.clone(),
                    other => format!("{other} as ${}", key.variable),
                });
                say(format_args!("{}: JSON keys {}", input.path, keys.collect::<Vec<_>>().join(", ")));
            }
        }
        let threads = if threads > 0 { threads } else { std::thread::available_parallelism().map_or(1, usize::from) };
        let plural = if threads == 1 { "" } else { "s" };
        say(format_args!("{threads} thread{plural}, {:.3} s", elapsed.as_secs_f64()));
    }
}

/// A format, which may be a user's own text with whatever is in it.
fn shown(format: &str) -> String {
    format.escape_debug().to_string().replace("\\\"", "\"").replace("\\'", "'")
}

fn say(what: impl Display) {
    let _ = writeln!(stderr(), "logstat: {what}");
}
