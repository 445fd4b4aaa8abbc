//! Readings of an input's first lines, and the choice between two of them.

use bumpalo::Bump;

use super::join::{Joined, LinePlace};
use super::open::Opened;
use super::seams::Runs;
use super::{Certainty, Envelope, Sender};
use crate::text::{clean, is_blank};

/// An envelope is removed only if it explains at least one line for this many lines outside of it.
const LETTERS_ARE_RARER_THAN: usize = 10;

/// A chain of envelopes, and how well the lines inside fit a format.
pub(super) struct Reading<'t> {
    /// Outermost first.
    pub(super) chain: Vec<&'static Envelope>,
    /// How each line fits.
    pub(super) fits: Vec<Fit>,
    /// Senders with at least one line that fits.
    pub(super) ours: Vec<Sender<'t>>,
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
pub(super) fn explained<'r>(fits: impl Iterator<Item = &'r Fit>) -> (usize, usize) {
    fits.fold((0, 0), |(well, at_all), fit| {
        (well + usize::from(*fit == Fit::Well), at_all + usize::from(*fit != Fit::Not))
    })
}

/// The lines that one envelope opens, and their texts.
pub(super) struct Letters<'t> {
    /// For each line, true if it is in the envelope.
    is_letter: Vec<bool>,
    /// The texts, with parts joined and without blank ones.
    pub(super) texts: Vec<Opened<'t>>,
    /// Index of the line in which each text ends.
    places: Vec<usize>,
}

impl<'t> Letters<'t> {
    pub(super) fn of(envelope: &Envelope, all: &[Opened<'t>], bump: &'t Bump) -> Letters<'t> {
        let mut letters = Letters { is_letter: vec![false; all.len()], texts: Vec::new(), places: Vec::new() };
        let mut runs = Runs::at(0);
        for (at, line) in all.iter().enumerate() {
            let Some(opened) = line.open(envelope, bump) else { continue };
            letters.is_letter[at] = true;
            if let Some(text) = joined(opened, &mut runs, bump).filter(|opened| !is_blank(opened.text)) {
                letters.texts.push(text);
                letters.places.push(at);
            }
        }
        letters
    }

    pub(super) fn opened(&self) -> usize {
        self.is_letter.iter().filter(|is_letter| **is_letter).count()
    }

    /// True if the envelope should be removed: `inside` explains more of the letters than `plain`, or equally many if
    /// most lines are letters.
    pub(super) fn are_taken_off(&self, envelope: &Envelope, inside: &Reading<'t>, plain: &Reading<'t>) -> bool {
        let of = |letters: bool| {
            let lines = self.is_letter.iter().zip(&plain.fits).filter(move |(is_letter, _)| **is_letter == letters);
            explained(lines.map(|(_, fit)| fit))
        };
        let (as_they_stand, outside) = (of(true), of(false));
        let inside = explained(inside.fits.iter());
        let (beats_plain, needs_readers) = match envelope.certainty {
            Certainty::Certain => (true, false),
            Certainty::CertainIfRead => (true, true),
            Certainty::Likely => (false, false),
            Certainty::LikelyIfRead => (false, true),
        };
        if inside.1 == 0 {
            return !needs_readers && as_they_stand.1 == 0 && outside.1 == 0 && self.are_most();
        }
        let are_enough = inside.0.max(1) * LETTERS_ARE_RARER_THAN >= outside.0;
        are_enough && (beats_plain || inside > as_they_stand || inside == as_they_stand && self.are_most())
    }

    fn are_most(&self) -> bool {
        self.opened() * 2 > self.is_letter.len()
    }

    /// The reading of all lines: `inside` for the letters, `plain` for the other lines.
    pub(super) fn reading(&self, envelope: &'static Envelope, inside: Reading<'t>, plain: &Reading<'t>) -> Reading<'t> {
        let lines = self.is_letter.iter().zip(&plain.fits);
        let mut fits: Vec<_> = lines.map(|(is_letter, fit)| if *is_letter { Fit::Not } else { *fit }).collect();
        for (at, fit) in self.places.iter().zip(inside.fits) {
            fits[*at] = fit;
        }
        let chain = [envelope].into_iter().chain(inside.chain).collect();
        Reading { chain, fits, ours: inside.ours }
    }
}

/// The text of a letter, joined with the parts before it; `None` if more parts follow.
pub(super) fn joined<'t>(opened: Opened<'t>, runs: &mut Runs, bump: &'t Bump) -> Option<Opened<'t>> {
    let Some((pipe, goes_on)) = opened.part.filter(|(pipe, goes_on)| *goes_on || !runs.of(*pipe).is_between_lines())
    else {
        return Some(opened);
    };
    let part = Joined { text: opened.text.to_vec(), ..Joined::part(LinePlace::default(), b"") };
    let line = runs.of(pipe).push(part, goes_on)?;
    Some(Opened { text: clean(bump.alloc_slice_copy(&line.text), false), is_end_of_line: false, ..opened })
}
