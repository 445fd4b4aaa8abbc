//! Information from the first lines of an input: its envelope, its formats, and whether it is an access log at all.

use std::sync::Arc;
use std::time::Duration;

use bumpalo::Bump;

use crate::batch::Fields;
use crate::envelope::{self, DetectedEnvelopes};
use crate::format::{Detector, FormatsOfFile, Line, LogFormat, Row, ScanCache, ScanContext};
use crate::input::{Beginning, Head};
use crate::phases::Stopwatch;
use crate::recognize::{Foreign, fitting_preset, recognize};
use crate::text::{FirstLines, is_blank, lines};

/// Information from the first lines of an input.
#[derive(Clone)]
pub(crate) struct Sniffed<'f> {
    /// The envelope that its lines are in.
    pub(crate) envelope: Option<DetectedEnvelopes>,
    pub(crate) formats: Arc<FormatsOfFile<'f>>,
    /// What kind of file the input is, if it is not an access log.
    pub(crate) foreign: Option<Foreign>,
    /// The preset that would fit, if the formats in use do not.
    pub(crate) fitting_preset: Option<String>,
    /// True if a part of the text is counted, and a format fits one of the first lines of the whole text.
    pub(crate) fits_whole_text: bool,
    pub(crate) beginning: Beginning,
    /// Hashes of the beginning, if a state needs them.
    pub(crate) head: Head,
    /// Time that the detection took.
    pub(crate) took: Duration,
}

impl<'f> Sniffed<'f> {
    pub(crate) fn from_head(
        head: FirstLines<'_>,
        is_device: bool,
        detector: &Detector<'f>,
        own: &[usize],
    ) -> Sniffed<'f> {
        let mut watch = Stopwatch::start();
        let beginning = Beginning::of(head.text);
        let (envelope, of_file) = envelope::find(detector, own, head.whole());
        let foreign = recognize(head, is_device, envelope.as_ref(), &of_file);
        let fits_nothing = foreign.is_none() && of_file.closest_format().is_some();
        let may_fit = fits_nothing && !detector.formats().iter().all(LogFormat::is_preset_alone);
        let fitting_preset = if may_fit { fitting_preset(head) } else { None };
        Sniffed {
            envelope,
            formats: of_file,
            foreign,
            fitting_preset,
            fits_whole_text: false,
            beginning,
            head: Head::default(),
            took: watch.lap(),
        }
    }

    /// True if one of the first lines is counted if the whole text is.
    pub(super) fn fits_a_line(&self, head: FirstLines<'_>, max_line: usize) -> bool {
        let (bump, mut cache, mut row) = (Bump::new(), ScanCache::default(), Row::EMPTY);
        let context = ScanContext { bump: &bump, needs: Fields::NONE };
        let mut fits = |text: &[u8]| {
            let text = &text[text.iter().take_while(|byte| **byte == 0).count()..];
            let is_read = !is_blank(text) && text.len() <= max_line;
            let text = || Line::unmarked(bump.alloc_slice_copy(text));
            is_read && self.formats.parse(text(), context, &mut cache, &mut row).is_ok()
        };
        let Some(detected) = &self.envelope else { return lines(head.whole().text, true).any(fits) };
        let mut fits_any = false;
        envelope::each_line(detected, head.whole(), &bump, |line| {
            let line = line.filter(|line| !fits_any && !detected.is_excluded(line.sender));
            fits_any |= line.is_some_and(|line| fits(line.text));
        });
        fits_any
    }

    /// True if no line of the input is counted.
    pub(crate) fn is_refused(&self) -> bool {
        self.foreign.as_ref().is_some_and(|foreign| foreign.is_certain)
    }
}
