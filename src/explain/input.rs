//! Explains one input: its format, its envelope, and its first lines.

use bumpalo::Bump;

use super::head::{each_line, text_of};
use super::malformed::malformed;
use super::runner_up::Formats;
use super::sample::{Read, Reader};
use super::shown::Shown;
use super::{ChosenFormat, FormatOrigin, InputExplanation, RunnerUp};
use crate::engine::sniff::Sniffed;
use crate::envelope::DetectedEnvelopes;
use crate::error::{Error, ErrorKind};
use crate::files::FileKind;
use crate::format::Reason;
use crate::format::{Considered, Detector, FormatsOfFile, Line, LogFormat, Row, ScanCache, ScanContext};
use crate::input::{Blocking, Source};
use crate::question::Question;
use crate::report::{ReadFormats, assumed_utc, format_notes, formats_of, refusal};
use crate::tally::InputLedger;
use crate::text::{FirstLines, printable, written};

/// Maximum number of lines shown field by field.
const SAMPLES: usize = 3;

/// Explains how an input is read. Also returns an error if no format fits.
pub(super) fn explain(
    reader: &Reader<'_>,
    formats: &[LogFormat],
    own: &[usize],
    source: &Source,
) -> (InputExplanation, Option<Error>) {
    let mut buffer = Vec::new();
    let explained =
        source.with_head(Blocking::Lock, &mut buffer, |head| explain_head(reader, formats, own, source, head));
    explained.expect("the caller waits until the head is read")
}

fn explain_head(
    reader: &Reader<'_>,
    formats: &[LogFormat],
    own: &[usize],
    source: &Source,
    head: FirstLines<'_>,
) -> (InputExplanation, Option<Error>) {
    let Question { reading, counting, .. } = reader.question;
    let anonymize = counting.anonymize;
    let sniffed = Sniffed::from_head(head, source.is_device, &Detector::new(formats), own);
    let head = head.whole();
    if let Some(foreign) = sniffed.foreign.as_ref().filter(|foreign| foreign.is_certain) {
        let input = InputExplanation::unread(written(source.path.as_os_str().as_encoded_bytes()), foreign.kind);
        return (input, Some(refusal(foreign, &source.path, source.compression, anonymize)));
    }
    let of_file = &sniffed.formats;
    let (bump, ranked) = (Bump::new(), reader.variable_columns().names());
    let real_ip = reading.real_ip.as_ref().map(|real_ip| real_ip.dimension().name());
    let shown = Shown { real_ip, anonymize, ranked: &ranked, drops_users: of_file.drops_users() };
    let lines = read(reader, formats, &sniffed, head, &bump);
    let ledger = &lines.ledger;
    let path = written(source.path.as_os_str().as_encoded_bytes());
    let all = Formats { all: formats, own };
    let all_formats = FormatsOfFile::of_all(formats, own, &text_of(&sniffed, head));
    let (sampled, considered) = (all_formats.sampled(), all_formats.considered());
    let is_chosen = |c: &&Considered| c.format == of_file.main() && c.rejected.is_none();
    let chosen = considered.iter().find(is_chosen);
    // A format of the configuration may also be a preset.
    let is_other = |c: &&Considered| {
        let text = |c: &Considered| formats[c.format].text();
        chosen.is_none_or(|chosen| c.format != chosen.format && (text(c).is_none() || text(c) != text(chosen)))
    };
    let runner_up = considered.iter().find(is_other);
    let described = |considered: &Considered| ChosenFormat {
        name: printable(formats[considered.format].name().as_bytes()),
        text: formats[considered.format].text().map(|text| printable(text.as_bytes())),
        origin: match (formats[considered.format].is_given(), reading.log_formats.is_empty()) {
            (false, _) => FormatOrigin::Preset,
            (true, true) => FormatOrigin::NginxConf,
            (true, false) => FormatOrigin::Given,
        },
        takes: considered.survey.fits,
        whole: considered.survey.whole,
    };
    let conf = reading.nginx_conf.as_ref();
    let of_log = conf.and_then(|conf| conf.conf.server_of_file(&source.path));
    let mut notes =
        format_notes(reading.real_ip.as_ref(), anonymize, formats, &ReadFormats { path: &path, of_file, ledger });
    notes.extend(assumed_utc([ledger].into_iter()));
    let foreign = sniffed.foreign.as_ref().filter(|_| ledger.fits_nothing());
    let problem = foreign.map(|foreign| refusal(foreign, &source.path, source.compression, anonymize));
    let problem = problem.or_else(|| {
        ledger.fits_nothing().then(|| {
            let lines = match ledger.malformed() {
                1 => "its only line".to_owned(),
                lines => format!("0 of {lines} lines"),
            };
            let detail = format!("no log format fits ({lines})");
            ErrorKind::NoFormat { path: source.path.clone(), detail: detail.into() }.into()
        })
    });
    let input = InputExplanation {
        path,
        envelope: sniffed.envelope.as_ref().map(DetectedEnvelopes::name),
        kind: foreign.map(|foreign| foreign.kind),
        sampled,
        parsed: ledger.parsed(),
        malformed: ledger.malformed(),
        formats: formats_of(formats, ledger),
        format: chosen.map(described),
        runner_up: runner_up.map(|other| RunnerUp {
            format: described(other),
            lost: all.lost(&shown, chosen.unwrap_or(other), other, sampled),
        }),
        configured: conf.map(|conf| conf.configured_log(&source.path)),
        samples: reader.samples(&shown, formats, of_log, &lines.samples),
        first_malformed: lines.malformed.map(|(line, text, reason)| malformed(&shown, formats, line, text, reason)),
        notes,
    };
    (input, problem)
}

impl InputExplanation {
    /// Creates the explanation of an input whose lines are not read: it is not text, or it is an archive.
    fn unread(path: String, kind: FileKind) -> InputExplanation {
        InputExplanation {
            path,
            envelope: None,
            kind: Some(kind),
            sampled: 0,
            parsed: 0,
            malformed: 0,
            formats: Vec::new(),
            format: None,
            runner_up: None,
            configured: None,
            samples: Vec::new(),
            first_malformed: None,
            notes: Vec::new(),
        }
    }
}

/// Results for the lines of a head.
struct Lines<'a> {
    ledger: InputLedger,
    samples: Vec<Read<'a>>,
    malformed: Option<(u64, &'a [u8], Reason)>,
}

/// Reads the lines of a head in the same way as a worker.
fn read<'a>(
    reader: &Reader<'_>,
    formats: &[LogFormat],
    sniffed: &Sniffed<'_>,
    head: FirstLines<'_>,
    bump: &'a Bump,
) -> Lines<'a> {
    let context = ScanContext { bump, needs: reader.steps.needs() };
    let (mut cache, mut row) = (ScanCache::default(), Row::EMPTY);
    let mut lines = Lines { ledger: InputLedger::new(formats.len()), samples: Vec::new(), malformed: None };
    each_line(sniffed, head, |line| {
        let text: &'a [u8] = bump.alloc_slice_copy(line.text);
        let format_id = if text.len() > reader.question.reading.max_line {
            Err(Reason::TooLong)
        } else if line.is_excluded {
            Err(Reason::OtherProgram)
        } else {
            sniffed.formats.parse(Line::unmarked(text), context, &mut cache, &mut row)
        };
        lines.ledger.read += 1;
        match format_id {
            Ok(format_id) => {
                lines.ledger.count_line(format_id.0, &row);
                if lines.samples.len() < SAMPLES {
                    lines.samples.push(Read { number: line.number, text, format_id, row: row.clone() });
                }
            }
            Err(reason) => {
                let is_no_match = reason == Reason::NoMatch;
                lines.ledger.like_common += u64::from(is_no_match && sniffed.formats.looks_like_common(text));
                let reason = if is_no_match && line.is_foreign { Reason::OtherProgram } else { reason };
                lines.ledger.reject(reason);
                let is_better = |(_, _, other): (u64, &[u8], Reason)| {
                    other == Reason::OtherProgram && reason != Reason::OtherProgram
                };
                if lines.malformed.is_none_or(is_better) {
                    lines.malformed = Some((line.number, text, reason));
                }
            }
        }
    });
    cache.move_keys_to(&mut lines.ledger.keys);
    lines
}
