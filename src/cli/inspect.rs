//! `--inspect`: prints the contents of a state.

use std::fs::File;
use std::io::{Cursor, Read, stdin};
use std::path::Path;

use logstat::{
    Engine, Error, ErrorKind, FileKind, Input, Inspection, Question, ReportFormat, State, Style, explain,
    write_inspection, write_inspection_json,
};

use super::args::Args;
use super::config::ResolvedArgs;
use super::inputs::is_standard;
use super::messages::{Messages, shown_path};
use super::{ExitStatus, exit_status, stdout, wording};

/// THE TABLE of options that have an effect with `--inspect`.
const USED: [&str; 10] =
    ["inspect", "json", "format", "pretty", "ascii", "color", "quiet", "verbose", "config", "no-config"];

/// The reason why other options cannot be combined with `--inspect`. Options that are configured as defaults are ignored.
pub(crate) fn refusal(resolved: &ResolvedArgs) -> Option<String> {
    let args = &resolved.args;
    let format = args.output_args.format();
    if !args.files.is_empty() {
        return Some("--inspect reads one file only: omit the others".to_owned());
    }
    if !matches!(format, ReportFormat::Table | ReportFormat::Json) && resolved.origin("--format").is_none() {
        let name = format.name();
        return Some(format!("--inspect writes a table or JSON, not {name}: omit --format {name}"));
    }
    let option = resolved.typed_other_than(&USED)?;
    let what = match option.as_str() {
        "--output" | "--rejects" | "--explain" | "--save" | "--state" => {
            "shows a state on standard output, and does nothing else"
        }
        _ => "shows the whole state, and makes no report",
    };
    Some(format!("--inspect {what}: omit {option}"))
}

/// The message for a file that is not a state. A state that was compressed again is named as what it is.
fn not_a_state(path: &Path, bytes: Vec<u8>) -> String {
    let name = shown_path(path);
    let inputs = vec![Input::reader(path, Cursor::new(bytes))];
    let explained = explain(&Question::new(), inputs, &Engine::new()).ok();
    let problem = explained.and_then(|explained| explained.problems.into_iter().next());
    match problem.as_ref().map(Error::kind) {
        Some(ErrorKind::NotAccessLog { kind: FileKind::State, remedy, .. }) => {
            let remedy =
                remedy.to_string().replace("to read it", "to inspect it").replace("logstat -", "logstat --inspect -");
            format!("{name}: this state is compressed again\n  {remedy}")
        }
        _ => format!("{name}: this is not a state\n  to show how a log is read:  logstat {name} --explain"),
    }
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
        messages.error(not_a_state(path, bytes));
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
