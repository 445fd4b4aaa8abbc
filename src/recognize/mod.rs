//! Recognises inputs that are not access logs, so that the refusal can name them and show a command that helps.
//!
//! There are two stages. `bytes` looks at the beginning of every input before its lines are counted, because an archive
//! would otherwise be read with its headers glued to lines. `lines` looks only at inputs that no format fits. Neither
//! names a kind on weak evidence: an input that is not recognised is read, or refused because no format fits it.
//! `files/kind.rs` has THE TABLE of kinds. Only the first lines of an input are examined.

mod bytes;
mod conversion;
mod lines;
mod members;
mod shapes;
mod tar;
mod unicode;
mod w3c;
mod workarounds;
mod zip;

use bumpalo::Bump;

use crate::batch::Fields;
use crate::envelope::{self, DetectedEnvelopes};
use crate::files::{Compression, FileKind};
use crate::format::{Detector, FormatsOfFile, Line, LogFormat, Row, ScanCache, ScanContext};
use crate::text::{self, FirstLines, is_blank};

pub(crate) use members::{Member, Members};
pub(crate) use workarounds::is_known_workaround;

/// Number of lines examined to tell a log that only begins with junk from something else.
const ORDINARY_SAMPLE: usize = 1000;
/// An input counts as a log if at least one line in this many is an ordinary line of its format.
const ORDINARY_IN: usize = 10;

/// An input that is not an access log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Foreign {
    pub(crate) kind: FileKind,
    pub(crate) excerpt: Excerpt,
    /// True if it is refused without reading its lines; false if it is refused only when no line fits a format.
    pub(crate) is_certain: bool,
    /// The files in it, if it is an archive.
    pub(crate) members: Members,
    /// How to read it anyway.
    pub(crate) workaround: Option<Workaround>,
}

/// A part of the input that shows why it was recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Excerpt {
    /// A line, counted from 1.
    Line { number: u64, text: Vec<u8> },
    /// The name of the first regular file in an archive.
    Member(Vec<u8>),
    /// The first bytes.
    Bytes(Vec<u8>),
}

/// A log format that reads the input, and the command to filter the input through first, if one is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Workaround {
    pub(crate) filter: Option<&'static str>,
    pub(crate) log_format: String,
}

/// Recognises an input by its first bytes, given its detected envelope and formats. A log may begin with any number of
/// NULs, but a device that writes only NULs never ends.
pub(crate) fn recognize(
    head: FirstLines<'_>,
    is_device: bool,
    detected: Option<&DetectedEnvelopes>,
    of_file: &FormatsOfFile<'_>,
) -> Option<Foreign> {
    if let Some(foreign) = bytes::recognize(head.text) {
        let is_certain = foreign.is_certain || !has_ordinary_lines(head, detected, of_file);
        return is_certain.then_some(Foreign { is_certain, ..foreign });
    }
    if of_file.fits() {
        return None;
    }
    let foreign = lines::recognize(head, detected).or_else(|| lines::nothing_but_nuls(head.text, is_device))?;
    // Binary data may be endless, so it is refused without reading more.
    let is_certain = foreign.kind == FileKind::Binary && !has_ordinary_lines(head.whole(), detected, of_file);
    Some(Foreign { is_certain, ..foreign })
}

/// The name of a file that should be an nginx configuration, if it is something else: `an access log`, `gzip data`.
pub(crate) fn name_unless_conf(head: &[u8]) -> Option<String> {
    if let Some(compression) = Compression::of(head) {
        return Some(format!("{} data", compression.name()));
    }
    if let Some(foreign) = bytes::recognize(head) {
        return Some(foreign.kind.name().to_owned());
    }
    if fitting_preset(FirstLines::all(head)).is_some() {
        return Some("an access log".to_owned());
    }
    let kind = lines::recognize(FirstLines::all(head), None)?.kind;
    (!matches!(kind, FileKind::NginxConf | FileKind::NginxConfPart)).then(|| kind.name().to_owned())
}

/// The name of the preset that fits the first lines, if any: for inputs that no given format fits.
pub(crate) fn fitting_preset(head: FirstLines<'_>) -> Option<String> {
    let presets = LogFormat::all_presets();
    let (_, of_file) = envelope::find(&Detector::new(&presets), &[], head);
    of_file.fits().then(|| presets[of_file.main()].name().to_owned())
}

/// True if enough of the first lines are text that a format reads. Attackers can choose the first bytes of a log if its
/// format begins with a value that they control and nginx does not escape it.
fn has_ordinary_lines(head: FirstLines<'_>, detected: Option<&DetectedEnvelopes>, of_file: &FormatsOfFile<'_>) -> bool {
    let bump = Bump::new();
    let (mut cache, mut row) = (ScanCache::default(), Row::EMPTY);
    let (mut all, mut ordinary) = (0, 0);
    let mut look = |text: &[u8]| {
        if !is_blank(text) && all < ORDINARY_SAMPLE {
            all += 1;
            let text: &[u8] = bump.alloc_slice_copy(text);
            let context = ScanContext { bump: &bump, needs: Fields::NONE };
            let is_text = !text.iter().any(|byte| is_control(*byte));
            ordinary +=
                usize::from(is_text && of_file.parse(Line::unmarked(text), context, &mut cache, &mut row).is_ok());
        }
    };
    match detected {
        None => text::lines(head.text, true).for_each(look),
        Some(detected) => text::lines(&envelope::unwrap_lines(detected, head, &Bump::new()), true).for_each(&mut look),
    }
    ordinary * ORDINARY_IN >= all.max(1)
}

/// True for control characters that text does not use. Tabs separate fields, and an escape character begins a colour.
fn is_control(byte: u8) -> bool {
    matches!(byte, 0..=8 | 11 | 14..=26 | 28..=31 | 127)
}

/// The first line that is not blank.
fn first_line(head: &[u8]) -> Option<Excerpt> {
    let (number, text) = (1..).zip(text::lines(head, true)).find(|(_, line)| !is_blank(line))?;
    Some(Excerpt::Line { number, text: text.to_vec() })
}
