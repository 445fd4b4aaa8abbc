//! Information from the first lines of an input: its envelope, its formats, and whether it is an access log at all.

use std::sync::Arc;
use std::time::Duration;

use crate::envelope::{self, DetectedEnvelopes};
use crate::format::{Detector, FormatsOfFile, LogFormat};
use crate::input::{Beginning, Head};
use crate::phases::Stopwatch;
use crate::recognize::{Foreign, fitting_preset, recognize};
use crate::text::lines_of_head;

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
    pub(crate) beginning: Beginning,
    /// Hashes of the beginning, if a state needs them.
    pub(crate) head: Head,
    /// Time that the detection took.
    pub(crate) took: Duration,
}

impl<'f> Sniffed<'f> {
    pub(crate) fn from_head(head: &[u8], is_device: bool, detector: &Detector<'f>, own: &[usize]) -> Sniffed<'f> {
        let mut watch = Stopwatch::start();
        let beginning = Beginning::of(head);
        let (envelope, of_file) = envelope::find(detector, own, lines_of_head(head));
        let foreign = recognize(head, is_device, envelope.as_ref(), &of_file);
        let fits_nothing = foreign.is_none() && of_file.closest_format().is_some();
        let may_fit = fits_nothing && !detector.formats().iter().all(LogFormat::is_preset_alone);
        let fitting_preset = if may_fit { fitting_preset(head) } else { None };
        Sniffed {
            envelope,
            formats: of_file,
            foreign,
            fitting_preset,
            beginning,
            head: Head::default(),
            took: watch.lap(),
        }
    }

    /// True if no line of the input is counted.
    pub(crate) fn is_refused(&self) -> bool {
        self.foreign.as_ref().is_some_and(|foreign| foreign.is_certain)
    }
}
