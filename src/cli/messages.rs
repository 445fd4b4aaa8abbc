//! Messages on standard error. A closed standard error is not an error.

use std::fmt::Display;
use std::io::{Write, stderr};
use std::path::Path;
use std::time::Duration;

use logstat::{FewThreads, FormatReport, InputNote, Report, printable};

/// Prints messages by verbosity: errors always, because they determine the exit code; notes unless quiet; details on
/// request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Messages {
    verbosity: Verbosity,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Verbosity {
    Quiet,
    Normal,
    Verbose,
    VeryVerbose,
}

impl Messages {
    pub(crate) fn new(quiet: bool, verbose: u8) -> Messages {
        let verbosity = match (quiet, verbose) {
            (true, _) => Verbosity::Quiet,
            (false, 0) => Verbosity::Normal,
            (false, 1) => Verbosity::Verbose,
            (false, _) => Verbosity::VeryVerbose,
        };
        Messages { verbosity }
    }

    pub(crate) fn error(self, what: impl Display) {
        print_line(what);
    }

    /// Reports a `--fail-if` condition that is true, and why. Always printed, because it determines the exit code.
    pub(crate) fn verdict(self, condition: &str, reason: &str) {
        print_line(format_args!("--fail-if '{condition}': {reason}"));
    }

    pub(crate) fn note(self, what: &str) {
        if self.verbosity >= Verbosity::Normal {
            print_line(format_args!("note: {what}"));
        }
    }

    /// Notes that fewer threads than wanted were used. Not part of the report, because the numbers do not depend on it.
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

    /// Notes which files are not read. With `-v` all files are listed; without it, routine notes are omitted.
    pub(crate) fn not_read(self, note: &InputNote) {
        if self.verbosity >= Verbosity::Verbose {
            print_line(format_args!("note: {}", note.in_full()));
        } else if !note.is_routine() {
            self.note(&note.to_string());
        }
    }

    /// The configuration file in use.
    pub(crate) fn configuration(self, file: &str) {
        if self.verbosity >= Verbosity::Verbose {
            print_line(format_args!("configuration: {file}"));
        }
    }

    /// Prints how each input was read and the time taken, for `-v`; `threads` is 0 for one per core.
    pub(crate) fn details(self, report: &Report, threads: usize, elapsed: Duration) {
        if self.verbosity < Verbosity::Verbose {
            return;
        }
        for input in &report.inputs {
            let formats = match &input.formats[..] {
                [] | [_] => shown(&input.format_label(&input.format)),
                several => {
                    let with_lines = |took: &FormatReport| {
                        format!("{} ({})", shown(&input.format_label(&took.format)), counted(took.lines, "line"))
                    };
                    several.iter().map(with_lines).collect::<Vec<_>>().join(", ")
                }
            };
            let (lines, bytes) = (counted(input.lines, "line"), counted(input.bytes, "byte"));
            print_line(format_args!("{}: {formats}, {lines}, {bytes}", input.path));
            if !input.keys.is_empty() {
                // No explanation if the key equals the variable's name.
                let keys = input.keys.iter().map(|key| match &key.key {
                    own if *own == key.variable => own.clone(),
                    other => format!("{other} as ${}", key.variable),
                });
                print_line(format_args!("{}: keys {}", input.path, keys.collect::<Vec<_>>().join(", ")));
            }
        }
        let threads = if threads > 0 { threads } else { std::thread::available_parallelism().map_or(1, usize::from) };
        // "At most", because a small input uses fewer threads.
        print_line(format_args!("{:.3} s with at most {}", elapsed.as_secs_f64(), counted(threads as u64, "thread")));
    }

    /// Prints lines for `-vv`.
    pub(crate) fn more_details(self, lines: &[String]) {
        if self.verbosity >= Verbosity::VeryVerbose {
            lines.iter().for_each(print_line);
        }
    }
}

/// `1 line`, `2 lines`.
pub(super) fn counted(number: u64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// Escapes a text for a terminal.
pub(crate) fn shown(text: &str) -> String {
    printable(text.as_bytes())
}

/// Escapes a path for a terminal.
pub(crate) fn shown_path(path: &Path) -> String {
    printable(path.as_os_str().as_encoded_bytes())
}

fn print_line(what: impl Display) {
    let _ = writeln!(stderr(), "logstat: {}", safe(&what.to_string()));
}

/// Escapes control and format characters in a message; line ends remain.
pub(super) fn safe(message: &str) -> String {
    let lines: Vec<_> = message.split('\n').map(|line| printable(line.as_bytes())).collect();
    lines.join("\n")
}
