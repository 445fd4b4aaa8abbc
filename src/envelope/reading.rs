//! Readings of an input's first lines, and the choice between two of them.

use bumpalo::Bump;

use super::first_lines::{OpenEnds, joined};
use super::open::Opened;
use super::reassembly::OpenLines;
use super::{Certainty, Envelope, Sender};
use crate::text::is_blank;

/// An envelope is removed only if it explains at least one line for this many lines outside of it.
const MAX_OUTSIDE_PER_WRAPPED: usize = 10;

/// A chain of envelopes, and how well the lines inside fit a format.
pub(super) struct Reading<'t> {
    /// Outermost first.
    pub(super) chain: Vec<&'static Envelope>,
    /// How each line fits.
    pub(super) fits: Vec<Fit>,
    /// Senders with at least one line that fits.
    pub(super) nginx_senders: Vec<Sender<'t>>,
}

/// How well a line fits a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    Not,
    /// It fits, but the address field holds something else.
    Oddly,
    Well,
}

/// Number of lines that fit well, and number of lines that fit at all.
pub(super) fn count_fits<'r>(fits: impl Iterator<Item = &'r Fit>) -> (usize, usize) {
    fits.fold((0, 0), |(well, at_all), fit| {
        (well + usize::from(*fit == Fit::Well), at_all + usize::from(*fit != Fit::Not))
    })
}

/// The lines that one envelope opens, and their texts.
pub(super) struct UnwrappedLines<'t> {
    /// For each line, true if it is in the envelope.
    is_wrapped: Vec<bool>,
    /// The texts, with parts joined and without blank ones.
    pub(super) texts: Vec<Opened<'t>>,
    /// Index of the line in which each text ends.
    places: Vec<usize>,
}

impl<'t> UnwrappedLines<'t> {
    /// Opens lines. If they `are_all` of a text, the parts at their end are a line.
    pub(super) fn of(envelope: &Envelope, lines: &[Opened<'t>], are_all: bool, bump: &'t Bump) -> UnwrappedLines<'t> {
        let all: Vec<_> = lines.iter().map(|line| line.open(envelope, bump)).collect();
        let parts = all.iter().map(|opened| opened.as_ref().and_then(|opened| opened.part));
        let open_ends = if are_all { OpenEnds::of(parts) } else { OpenEnds::default() };
        let is_wrapped = all.iter().map(Option::is_some).collect();
        let mut unwrapped = UnwrappedLines { is_wrapped, texts: Vec::new(), places: Vec::new() };
        let mut open_lines = OpenLines::at(0);
        for (at, opened) in all.into_iter().enumerate() {
            let Some(opened) = opened.map(|opened| open_ends.ended(at, opened)) else { continue };
            if let Some(text) = joined(opened, &mut open_lines, bump).filter(|opened| !is_blank(opened.text)) {
                unwrapped.texts.push(text);
                unwrapped.places.push(at);
            }
        }
        unwrapped
    }

    pub(super) fn opened(&self) -> usize {
        self.is_wrapped.iter().filter(|is_wrapped| **is_wrapped).count()
    }

    /// True if the envelope should be removed: `inside` explains more of the letters than `plain`, or equally many if
    /// most lines are letters.
    pub(super) fn should_be_removed(&self, envelope: &Envelope, inside: &Reading<'t>, plain: &Reading<'t>) -> bool {
        let of = |unwrapped: bool| {
            let lines =
                self.is_wrapped.iter().zip(&plain.fits).filter(move |(is_wrapped, _)| **is_wrapped == unwrapped);
            count_fits(lines.map(|(_, fit)| fit))
        };
        let (read_without, outside) = (of(true), of(false));
        let inside = count_fits(inside.fits.iter());
        let (beats_plain, needs_readers) = match envelope.certainty {
            Certainty::Certain => (true, false),
            Certainty::CertainIfRead => (true, true),
            Certainty::Likely => (false, false),
            Certainty::LikelyIfRead => (false, true),
        };
        if inside.1 == 0 {
            return !needs_readers && read_without.1 == 0 && outside.1 == 0 && self.are_most();
        }
        let are_enough = inside.0.max(1) * MAX_OUTSIDE_PER_WRAPPED >= outside.0;
        are_enough && (beats_plain || inside > read_without || inside == read_without && self.are_most())
    }

    fn are_most(&self) -> bool {
        self.opened() * 2 > self.is_wrapped.len()
    }

    /// The reading of all lines: `inside` for the letters, `plain` for the other lines.
    pub(super) fn reading(&self, envelope: &'static Envelope, inside: Reading<'t>, plain: &Reading<'t>) -> Reading<'t> {
        let lines = self.is_wrapped.iter().zip(&plain.fits);
        let mut fits: Vec<_> = lines.map(|(is_wrapped, fit)| if *is_wrapped { Fit::Not } else { *fit }).collect();
        for (at, fit) in self.places.iter().zip(inside.fits) {
            fits[*at] = fit;
        }
        let chain = [envelope].into_iter().chain(inside.chain).collect();
        Reading { chain, fits, nginx_senders: inside.nginx_senders }
    }
}
