//! Messages on standard error. A closed standard error is not an error.

use std::fmt::Display;
use std::io::{Write, stderr};
use std::path::Path;
use std::time::Duration;

use logstat::{FewThreads, FormatReport, InputNote, Note, Report, printable};

use super::severity::Severity;

/// Prints messages by verbosity: errors always, because they determine the exit code; warnings and notes unless quiet;
/// details on request.
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
        print_line(Severity::Error, what);
    }

    /// Reports a `--fail-if` condition that is true, and why. An error, because it determines the exit code.
    pub(crate) fn verdict(self, condition: &str, reason: &str) {
        self.error(format_args!("--fail-if '{condition}' is true: {reason}"));
    }

    pub(crate) fn warning(self, what: impl Display) {
        self.say_unless_quiet(Severity::Warning, what);
    }

    pub(crate) fn note(self, what: impl Display) {
        self.say_unless_quiet(Severity::Note, what);
    }

    /// Prints a note of the report, as a warning if the numbers may be incomplete or unexpected.
    pub(crate) fn note_of_report(self, note: &Note) {
        self.say_unless_quiet(Severity::of(note.code), note);
    }

    /// Prints notes that no report has.
    pub(crate) fn notes_of_report(self, notes: &[Note]) {
        notes.iter().for_each(|note| self.note_of_report(note));
    }

    fn say_unless_quiet(self, severity: Severity, what: impl Display) {
        if self.verbosity >= Verbosity::Normal {
            print_line(severity, what);
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
        self.note(format_args!("could not start {wanted} threads ({why}); {how}, with the same result"));
    }

    /// Notes which files are not read. With `-v` all files are listed; without it, routine notes are omitted.
    pub(crate) fn not_read(self, note: &InputNote) {
        let severity = Severity::of_unread(note);
        if self.verbosity >= Verbosity::Verbose {
            self.say_unless_quiet(severity, note.in_full());
        } else if !note.is_routine() {
            self.say_unless_quiet(severity, note);
        }
    }

    /// The configuration file in use.
    pub(crate) fn configuration(self, file: &str) {
        if self.verbosity >= Verbosity::Verbose {
            self.note(format_args!("configuration: {file}"));
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
            if input.lines == 0 && input.bytes == 0 {
                let name = if input.path == "-" { "standard input" } else { &input.path };
                self.note(format_args!("{} is empty", shown(name)));
                continue;
            }
            let (lines, bytes) = (counted(input.lines, "line"), counted(input.bytes, "byte"));
            self.note(format_args!("{}: {formats}, {lines}, {bytes}", input.path));
            if !input.keys.is_empty() {
                // No explanation if the key equals the variable's name.
                let keys = input.keys.iter().map(|key| match &key.key {
                    own if *own == key.variable => own.clone(),
                    other => format!("{other} as ${}", key.variable),
                });
                self.note(format_args!("{}: keys {}", input.path, keys.collect::<Vec<_>>().join(", ")));
            }
        }
        let threads = if threads > 0 { threads } else { std::thread::available_parallelism().map_or(1, usize::from) };
        // "At most", because a small input uses fewer threads.
        self.note(format_args!("{:.3} s with at most {}", elapsed.as_secs_f64(), counted(threads as u64, "thread")));
    }

    /// Prints lines for `-vv`.
    pub(crate) fn more_details(self, lines: &[String]) {
        if self.verbosity >= Verbosity::VeryVerbose {
            lines.iter().for_each(|line| self.note(line));
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

/// Prints a message. Its later lines are indented, so that each message can be recognised by its first line.
pub(super) fn print_line(severity: Severity, what: impl Display) {
    let _ = writeln!(stderr(), "logstat: {severity}: {}", safe(&what.to_string()));
}

/// Escapes control and format characters in a message; line ends remain.
pub(super) fn safe(message: &str) -> String {
    let lines: Vec<_> = message.split('\n').map(|line| printable(line.as_bytes())).collect();
    lines.join("\n")
}
