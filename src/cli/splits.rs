//! `--range` and `--list-splits`: counts a part of a log, and lists the parts.

use std::io::Write;
use std::num::NonZeroU64;
use std::ops::Range;

use logstat::{Input, ReportFormat, splits};
use serde::Serialize;

use super::args::Args;
use super::config::ResolvedArgs;
use super::inputs::is_standard;
use super::messages::{Messages, shown_path};
use super::state_inputs::{StateInput, is_state};
use super::{ExitStatus, exit_status, stdout, wording};

/// The reason why `--range` cannot be combined with these inputs or other options.
pub(crate) fn range_refusal(args: &Args, inputs: &[Input]) -> Option<String> {
    args.splits.range.as_ref()?;
    if args.states.state.is_some() {
        return Some(
            "--state continues where its last run ended, so it cannot be combined with --range: use --save FILE"
                .to_owned(),
        );
    }
    if args.explain {
        return Some("--explain shows the beginning of a log: omit --range".to_owned());
    }
    if let Some(directory) = args.files.iter().find(|path| path.is_dir()) {
        let name = shown_path(directory);
        return Some(format!(
            "--range needs a file, but {name} is a directory\n  for the ranges of its files:  logstat {name} --list-splits \
             128M"
        ));
    }
    if inputs.len() > 1 {
        let number = inputs.len();
        return Some(format!("--range is a part of one file, but {number} are read: name one of them"));
    }
    let is_detected_on_stdin = args.log_format.is_empty() && inputs.iter().any(|input| is_standard(input.name()));
    is_detected_on_stdin.then(|| {
        "--range on standard input needs --log-format, because the beginning of the log may be elsewhere".to_owned()
    })
}

/// The reason why `--range` cannot be combined with these states.
pub(crate) fn state_refusal(args: &Args, states: &[StateInput]) -> Option<String> {
    let state = states.first().filter(|_| args.splits.range.is_some())?;
    Some(format!("--range is a part of a log, but {} is a state: omit one of them", shown_path(&state.name)))
}

/// THE TABLE of options that have an effect with `--list-splits`.
const USED_BY_LIST: [&str; 7] = ["list-splits", "json", "format", "quiet", "verbose", "config", "no-config"];

/// The reason why `--list-splits` cannot be combined with these inputs or other options. Options that are configured
/// as defaults are ignored.
pub(crate) fn list_refusal(resolved: &ResolvedArgs, inputs: &[Input]) -> Option<String> {
    let args = &resolved.args;
    args.splits.list_splits?;
    if inputs.iter().any(|input| is_standard(input.name())) {
        return Some("--list-splits needs files: standard input can only be read from its start".to_owned());
    }
    let format = args.output_args.format();
    let is_other_format = !matches!(format, ReportFormat::Table | ReportFormat::Json | ReportFormat::Ndjson)
        && resolved.origin("--format").is_none();
    let option = resolved.typed_other_than(&USED_BY_LIST).or_else(|| is_other_format.then(|| "--format".to_owned()))?;
    Some(format!("--list-splits prints ranges as JSON lines, and counts nothing: omit {option}"))
}

/// A line of the list.
#[derive(Serialize)]
struct Split<'p> {
    path: &'p str,
    offset: u64,
    length: u64,
}

/// Length of a range with an open end: the largest number that every reader of JSON reads exactly.
const ANY_LENGTH: u64 = (1 << 53) - 1;

/// Prints the ranges of the inputs.
pub(crate) fn list(bytes: NonZeroU64, inputs: &[Input], messages: &Messages) -> ExitStatus {
    let mut end = ExitStatus::Success;
    let printed = stdout::write(messages, |out| {
        for input in inputs {
            let path = input.name();
            let name = shown_path(path);
            if is_state(path) {
                messages.error(format_args!("{name} is a state, which has no ranges: omit it"));
                end = end.max(ExitStatus::UsageError);
                continue;
            }
            let Some(path_text) = path.to_str() else {
                messages.error(format_args!("{name}: this path cannot be written as JSON, because it is not UTF-8"));
                end = end.max(ExitStatus::Failed);
                continue;
            };
            match splits(path, bytes) {
                Ok(ranges) => {
                    for range in ranges {
                        write_split(out, path_text, &range)?;
                    }
                }
                Err(error) => {
                    messages.error(wording::error(&error));
                    end = end.max(exit_status(error.kind(), false));
                }
            }
        }
        Ok(())
    });
    end.max(printed)
}

fn write_split(out: &mut dyn Write, path: &str, range: &Range<u64>) -> std::io::Result<()> {
    let length = if range.end == u64::MAX { ANY_LENGTH } else { range.end - range.start };
    serde_json::to_writer(&mut *out, &Split { path, offset: range.start, length })?;
    out.write_all(b"\n")
}
