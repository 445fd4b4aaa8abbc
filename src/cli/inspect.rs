//! `--inspect`: prints the contents of a state.

use std::fs::File;
use std::io::{Read, stdin};
use std::path::Path;

use logstat::{ErrorKind, Inspection, ReportFormat, State, Style, write_inspection, write_inspection_json};

use super::args::Args;
use super::config::ResolvedArgs;
use super::inputs::is_standard;
use super::messages::{Messages, shown_path};
use super::{ExitStatus, exit_status, stdout, wording};

/// The reason why other options cannot be combined with `--inspect`.
pub(crate) fn refusal(resolved: &ResolvedArgs) -> Option<String> {
    let args = &resolved.args;
    let format = args.output_args.format();
    if !args.files.is_empty() {
        return Some("--inspect reads one file only: omit the others".to_owned());
    }
    if !matches!(format, ReportFormat::Table | ReportFormat::Json) {
        let name = format.name();
        return Some(format!("--inspect writes a table or JSON, not {name}: omit --format {name}"));
    }
    let others = [
        ("--output", !args.output_args.outputs().is_empty()),
        ("--rejects", args.rejects.is_some()),
        ("--explain", args.explain),
        ("--save", args.states.save.is_some()),
        ("--state", args.states.state.is_some()),
    ];
    if let Some((option, _)) = others.into_iter().find(|(_, is_given)| *is_given) {
        return Some(format!("--inspect shows a state on standard output, and does nothing else: omit {option}"));
    }
    // As defaults, options about reports are ignored.
    let option = args.report_options().find(|option| resolved.origin(option).is_none())?;
    Some(format!("--inspect shows the whole state, and makes no report: omit {option}"))
}

/// Prints the contents of the state at `path`.
pub(crate) fn run(args: &Args, path: &Path, style: &Style, messages: &Messages) -> ExitStatus {
    let mut bytes = Vec::new();
    let read = if is_standard(path) {
        stdin().read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|mut file| file.read_to_end(&mut bytes))
    };
    if read.is_ok() && !State::is_state(&bytes) {
        let name = shown_path(path);
        messages
            .error(format_args!("{name}: this is not a state\n  to show how a log is read:  logstat {name} --explain"));
        return ExitStatus::UsageError;
    }
    let read = read.map_err(|source| ErrorKind::Io { path: path.to_owned(), source }.into());
    let inspection = match read.and_then(|_| Inspection::from_reader(path, &bytes[..])) {
        Ok(inspection) => inspection,
        Err(error) => {
            messages.error(wording::error(&error));
            return exit_status(error.kind(), false);
        }
    };
    stdout::write(messages, |out| match args.output_args.format() {
        ReportFormat::Json => write_inspection_json(&inspection, style.pretty, out),
        _ => write_inspection(&inspection, style.terminal, out),
    })
}
