//! Makes the source of a state from an input that was counted.

use std::collections::BTreeMap;

use super::conclude::EndedInput;
use crate::error::{Error, ErrorKind};
use crate::format::{LogFormat, Reason};
use crate::input::{FileStamp, Head, HeadComparison, Probe, name_of_file};
use crate::question::Question;
use crate::report::{CountedInput, sample_text, sample_text_cut};
use crate::state::{CountedRange, NO_NAME, SavedSample, Source, StampOfFile};
use crate::tally::InputLedger;

/// Facts about an input that its state has, besides what was counted.
pub(super) struct Facts {
    name: String,
    head: Head,
    /// Hash of the bytes before the end of the range.
    tail: Option<u64>,
    range: (u64, u64),
    /// True if the text ends there.
    reaches_end: bool,
    file: Option<FileStamp>,
}

impl Facts {
    pub(super) fn of(input: &EndedInput, head: Head, host: &str) -> Facts {
        let EndedInput { path, is_file, covered, reaches_end, .. } = input;
        // The path may lead to another file by now.
        let is_same = |probe: &Probe| head.compare(&probe.first) == HeadComparison::Equal;
        let probe = if *is_file { Probe::open(path).ok().flatten().filter(is_same) } else { None };
        let plain = probe.as_ref().filter(|probe| probe.compression.is_none());
        let tail = plain.and_then(|probe| probe.tail(covered.end).ok().flatten());
        let default_name = || if *is_file { name_of_file(host, path) } else { NO_NAME.to_owned() };
        let name = input.source_name.clone().unwrap_or_else(default_name);
        let head = if name == NO_NAME { Head::default() } else { head };
        let file = probe.map(|probe| probe.stamp);
        Facts { name, head, tail, range: (covered.start, covered.end), reaches_end: *reaches_end, file }
    }

    pub(super) fn source(
        self,
        question: &Question,
        formats: &[LogFormat],
        input: &CountedInput<'_>,
        ledger: &InputLedger,
    ) -> Source {
        let Facts { name, head, tail, range: (from, to), reaches_end, file } = self;
        let lines = ledger.chunk_lines.iter().map(|(_, lines)| lines).sum();
        let text = if question.counting.anonymize { sample_text_cut } else { sample_text };
        let samples = ledger.samples.iter().map(|sample| SavedSample {
            offset: sample.offset,
            line: Some(ledger.line_of(sample)),
            reason: sample.reason,
            text: text(&sample.text),
        });
        let took = formats.iter().zip(&ledger.format_lines).filter(|(_, lines)| **lines > 0);
        let lost_bytes = match input.failure.as_ref().map(Error::kind) {
            Some(ErrorKind::Unreadable { lost_bytes, .. }) => *lost_bytes,
            _ => 0,
        };
        let mut by_format: BTreeMap<String, u64> = BTreeMap::new();
        took.clone().for_each(|(format, lines)| *by_format.entry(format.name().to_owned()).or_default() += lines);
        let by_reason = Reason::all().map(|reason| (reason, ledger.malformed_by(reason)));
        Source {
            name,
            head,
            tail,
            ranges: if from < to { vec![CountedRange { from, to, lines: Some(lines) }] } else { Vec::new() },
            envelope: input.envelope.clone(),
            formats: by_format,
            bytes: ledger.bytes,
            read: ledger.read,
            blank: ledger.blank,
            malformed: by_reason.filter(|(_, lines)| *lines > 0).collect(),
            samples: samples.collect(),
            lost_bytes,
            address_list: took.clone().any(|(format, _)| format.has_address_list()),
            file: file.map(StampOfFile::from),
            // Compressed files do not grow.
            closed: input.compression.is_some() && reaches_end && input.failure.is_none(),
            lost: false,
            provisional: false,
        }
    }
}
