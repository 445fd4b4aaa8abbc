//! The inputs that are part of a report, and what is said about them.

use std::cmp::Reverse;

use super::format_notes::{ReadFormats, format_notes, unread};
use super::no_times::with_variable;
use super::not_logged::NotLogged;
use super::sample_text::{sample_text, sample_text_cut};
use super::{FormatReport, InputReport, KeyReport, MalformedSample, NoteCode};
use crate::batch::Fields;
use crate::format::{FormatsOfFile, LogFormat, Reason, is_known};
use crate::message::{Message, Setting, message};
use crate::steps::RealIp;
use crate::tally::{InputLedger, Sample};
use crate::text::printable;

/// An input that is part of the report.
pub(super) struct ReadInput<'t> {
    pub(super) path: String,
    pub(super) envelope: Option<String>,
    pub(super) of_file: &'t FormatsOfFile<'t>,
    pub(super) ledger: &'t InputLedger,
    /// Bytes before the part that was read, and after it.
    pub(super) skipped_bytes: (u64, u64),
    /// Bytes that could not be read, and the rest of their lines.
    pub(super) lost_bytes: u64,
    /// True if all lines before its malformed ones were read.
    pub(super) has_line_numbers: bool,
    /// True if it was read to its end and has no lines, or only blank ones.
    pub(super) is_empty: bool,
}

impl ReadInput<'_> {
    pub(super) fn report(&self, formats: &[LogFormat]) -> InputReport {
        let ReadInput { path, envelope, ledger, skipped_bytes, .. } = self;
        let took = formats_of(formats, ledger);
        InputReport {
            path: path.clone(),
            format: took.first().map_or_else(|| "-".to_owned(), |first| first.format.clone()),
            formats: took,
            envelope: envelope.clone(),
            bytes: ledger.bytes,
            unread: unread(formats, ledger),
            lines: ledger.read,
            skipped_bytes: skipped_bytes.0 + skipped_bytes.1,
            keys: keys_of(formats, ledger),
        }
    }
}

/// Returns why a field is missing: the note about the end of lines that is not read, or how to log a variable.
pub(super) fn why_not_logged(
    missing: &NotLogged,
    real_ip: Option<&RealIp>,
    anonymize: bool,
    formats: &[LogFormat],
    read: &[ReadInput<'_>],
) -> Message {
    let Some(variable) = missing.variable() else { return Message::default() };
    let notes = read.iter().flat_map(|ReadInput { path, of_file, ledger, .. }| {
        format_notes(real_ip, anonymize, formats, &ReadFormats { path, of_file, ledger })
    });
    let explains = |code| code == NoteCode::Unread || code == NoteCode::TimeNotRead && missing.needs_times();
    if let Some(note) = notes.filter(|note| explains(note.code)).min_by_key(|note| note.code) {
        return message!["\n  ", note.text];
    }
    let main = main_format(formats, read);
    let has_keys = main.is_some_and(LogFormat::has_keys);
    if main.is_some_and(LogFormat::is_json) && missing.is_duration() && is_known(variable.trim_start_matches('$')) {
        let key = variable.trim_start_matches('$');
        return format!("\n  to log it, add \"{key}\":\"{variable}\" to the log_format in nginx.conf").into();
    }
    if has_keys && !missing.needs_times() {
        return Message::default();
    }
    if let Some(format) = main.filter(|_| missing.is_duration()).and_then(|main| with_variable(main, variable)) {
        // The name of a format that nginx and logstat know must not be defined again.
        let line = format!("\n    log_format my_{} '{}';", format.name, format.quoted());
        let how = "\n  to log it, let nginx's access_log use this format, and read the log with ";
        return message![how, Setting::NginxConf, " or ", Setting::LogFormat, ":", line];
    }
    format!("\n  to log it, add {variable} to the log_format in nginx.conf").into()
}

/// True if a format of some lines has a list of addresses in the place of `$remote_addr`.
pub(super) fn has_lists(formats: &[LogFormat], read: &[ReadInput<'_>]) -> bool {
    let took = |(format, lines): (&LogFormat, &u64)| *lines > 0 && format.has_address_list();
    read.iter().any(|input| formats.iter().zip(&input.ledger.format_lines).any(took))
}

/// The fields that lines of an input log.
pub(super) fn fields_of(formats: &[LogFormat], ledger: &InputLedger) -> Fields {
    let took = formats.iter().zip(&ledger.format_lines).zip(&ledger.keys).filter(|((_, lines), _)| **lines > 0);
    took.fold(Fields::NONE, |fields, ((format, _), keys)| fields.union(format.fields(keys)))
}

/// The formats that lines of an input are in, the most frequent first. Equally frequent formats are sorted by their
/// number of variables, the most first.
pub(crate) fn formats_of(formats: &[LogFormat], ledger: &InputLedger) -> Vec<FormatReport> {
    let mut took: Vec<_> = formats.iter().zip(&ledger.format_lines).filter(|(_, lines)| **lines > 0).collect();
    took.sort_by_key(|(format, lines)| Reverse((**lines, format.variables())));
    took.iter().map(|(format, lines)| FormatReport { format: format.name().to_owned(), lines: **lines }).collect()
}

/// The format that most lines of all inputs are in.
pub(super) fn main_format<'f>(formats: &'f [LogFormat], read: &[ReadInput<'_>]) -> Option<&'f LogFormat> {
    let lines = |at: usize| read.iter().filter_map(|input| input.ledger.format_lines.get(at)).sum::<u64>();
    let used = (0..formats.len()).map(|at| (lines(at), at)).filter(|(lines, _)| *lines > 0);
    used.max_by_key(|(lines, at)| (*lines, Reverse(*at))).map(|(_, at)| &formats[at])
}

/// Number of malformed lines by reason, without zeros.
pub(super) fn reasons(read: &[ReadInput<'_>]) -> Vec<(Reason, u64)> {
    let lines = |reason| read.iter().map(|input| input.ledger.malformed_by(reason)).sum();
    Reason::all().map(|reason| (reason, lines(reason))).filter(|(_, lines)| *lines > 0).collect()
}

/// The recognised keys in the lines of an input.
fn keys_of(formats: &[LogFormat], ledger: &InputLedger) -> Vec<KeyReport> {
    let keys = formats.iter().zip(&ledger.keys).flat_map(|(format, seen)| format.keys(seen));
    keys.map(|(key, variable)| KeyReport { key: printable(key.as_bytes()), variable: variable.to_owned() }).collect()
}

/// The first malformed lines of each input.
pub(super) fn samples(read: &[ReadInput<'_>], anonymize: bool) -> Vec<MalformedSample> {
    let text = if anonymize { sample_text_cut } else { sample_text };
    let samples = |ReadInput { path, ledger, has_line_numbers, .. }: &ReadInput<'_>| {
        let sample = |sample: &Sample| MalformedSample {
            path: path.clone(),
            line: has_line_numbers.then(|| ledger.line_of(sample)),
            byte: sample.offset,
            reason: sample.reason,
            text: text(&sample.text),
        };
        ledger.samples.iter().map(sample).collect::<Vec<_>>()
    };
    read.iter().flat_map(samples).collect()
}
