//! What is said on standard error. That nobody listens there is no reason to fail.

use std::fmt::Display;
use std::io::{Write, stderr};
use std::path::Path;
use std::time::Duration;

use logstat::{FewThreads, FindNote, FormatReport, Report, printable};

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
    VeryVerbose,
}

impl Messages {
    pub(crate) fn new(quiet: bool, verbose: u8) -> Messages {
        let loudness = match (quiet, verbose) {
            (true, _) => Loudness::Quiet,
            (false, 0) => Loudness::Normal,
            (false, 1) => Loudness::Verbose,
            (false, _) => Loudness::VeryVerbose,
        };
        Messages { loudness }
    }

    pub(crate) fn error(self, what: impl Display) {
        say(what);
    }

    /// A condition that holds, and why: like errors it makes the exit code.
    pub(crate) fn verdict(self, condition: &str, reason: &str) {
        say(format_args!("--fail-if '{condition}': {reason}"));
    }

    pub(crate) fn note(self, what: &str) {
        if self.loudness >= Loudness::Normal {
            say(format_args!("note: {what}"));
        }
    }

    /// A count that took longer. The report is what it would have been, so it says nothing about this.
    pub(crate) fn few_threads(self, few: &FewThreads) {
        let FewThreads { wanted, used, source, .. } = few;
        let how = match used {
            1 => "counted on the main thread".to_owned(),
            _ => format!("counted with {used} threads"),
        };
        let why = source.to_string();
        let why = why.split(" (os error").next().unwrap_or(&why).to_lowercase();
        self.note(&format!("could not start {wanted} threads ({why}); {how}, with the same result"));
    }

    /// A note about files that are not read: names all of them if details are asked for, and leaves out what every user
    /// expects if they are not.
    pub(crate) fn not_read(self, note: &FindNote) {
        if self.loudness >= Loudness::Verbose {
            say(format_args!("note: {}", note.in_full()));
        } else if !note.is_routine() {
            self.note(&note.to_string());
        }
    }

    /// The configuration file in use.
    pub(crate) fn configuration(self, file: &str) {
        if self.loudness >= Loudness::Verbose {
            say(format_args!("configuration: {file}"));
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
                    let with_lines = |took: &FormatReport| {
                        format!("{} ({})", shown(&input.wearing(&took.format)), counted(took.lines, "line"))
                    };
                    several.iter().map(with_lines).collect::<Vec<_>>().join(", ")
                }
            };
            let (lines, bytes) = (counted(input.lines, "line"), counted(input.bytes, "byte"));
            say(format_args!("{}: {formats}, {lines}, {bytes}", input.path));
            if !input.keys.is_empty() {
                // A variable under its own name needs no explanation.
                let keys = input.keys.iter().map(|key| match &key.key {
                    own if *own == key.variable => own.clone(),
                    other => format!("{other} as ${}", key.variable),
                });
                say(format_args!("{}: keys {}", input.path, keys.collect::<Vec<_>>().join(", ")));
            }
        }
        let threads = if threads > 0 { threads } else { std::thread::available_parallelism().map_or(1, usize::from) };
        // A small input is counted by fewer.
        say(format_args!("{:.3} s with at most {}", elapsed.as_secs_f64(), counted(threads as u64, "thread")));
    }

    /// Lines for `-vv`.
    pub(crate) fn more_details(self, lines: &[String]) {
        if self.loudness >= Loudness::VeryVerbose {
            lines.iter().for_each(say);
        }
    }
}

/// `1 line`, `2 lines`.
pub(super) fn counted(number: u64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// A user's text, safe on a terminal.
pub(crate) fn shown(text: &str) -> String {
    printable(text.as_bytes())
}

/// A path, safe on a terminal.
pub(crate) fn shown_path(path: &Path) -> String {
    printable(path.as_os_str().as_encoded_bytes())
}

fn say(what: impl Display) {
    let _ = writeln!(stderr(), "logstat: {}", safe(&what.to_string()));
}

/// A message of one or more lines without control and format characters, whoever wrote the text that it quotes.
pub(super) fn safe(message: &str) -> String {
    let lines: Vec<_> = message.split('\n').map(|line| printable(line.as_bytes())).collect();
    lines.join("\n")
}
