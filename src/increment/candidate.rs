//! A file that may have the text of a known source, compared with each of them by content.

use std::io;

use super::KnownText;
use super::family::Member;
use crate::input::{Before, FileStamp, Head, HeadComparison, Probe};

/// A file that was opened and compared with the known texts.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) member: Member,
    /// The file as it was when it was opened.
    pub(super) file: FileStamp,
    pub(super) is_compressed: bool,
    pub(super) has_text: bool,
    pub(super) head: Head,
    /// True if it has enough text for the detection of formats. Examined only for texts that may be read from their
    /// start.
    pub(super) has_sample: bool,
    /// Known texts that it has, wholly or in part: index, and how.
    relations: Vec<(usize, Relation)>,
}

/// How a file's text is related to a known one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    /// It begins with everything that was counted.
    Same {
        has_more: bool,
    },
    /// It begins like what was counted, but is shorter.
    Shorter,
    Other,
}

impl Candidate {
    /// Opens a file and compares it with the known texts of these indices; `None` if it is no regular file any more.
    pub(super) fn open(member: &Member, known: &[KnownText], indices: &[usize]) -> io::Result<Option<Candidate>> {
        let Some(probe) = Probe::open(&member.path)? else { return Ok(None) };
        let mut relations = Vec::new();
        for index in indices {
            match relation(&probe, &known[*index])? {
                Relation::Other => {}
                related => relations.push((*index, related)),
            }
        }
        let starts_over = |related: &(usize, Relation)| known[related.0].provisional;
        let may_start = relations.is_empty() || relations.iter().any(starts_over);
        Ok(Some(Candidate {
            has_sample: may_start && probe.has_sample()?,
            member: member.clone(),
            is_compressed: probe.compression.is_some(),
            has_text: !probe.first.is_empty(),
            head: Head::of(&probe.first),
            file: probe.stamp,
            relations,
        }))
    }

    pub(super) fn relation(&self, known: usize) -> Relation {
        self.relations.iter().find(|(index, _)| *index == known).map_or(Relation::Other, |(_, relation)| *relation)
    }

    /// True if it has none of the known texts.
    pub(super) fn is_unknown(&self) -> bool {
        self.relations.is_empty()
    }
}

fn relation(probe: &Probe, known: &KnownText) -> io::Result<Relation> {
    if known.end == 0 {
        return Ok(Relation::Other);
    }
    match known.head.compare(&probe.first) {
        HeadComparison::Different => return Ok(Relation::Other),
        HeadComparison::Shorter => return Ok(Relation::Shorter),
        HeadComparison::Equal => {}
    }
    // A closed file that was not touched is not read again.
    let is_as_recorded = |file: &FileStamp| file.is_same_file(&probe.stamp) && file.is_unchanged(&probe.stamp);
    if known.closed && known.file.as_ref().is_some_and(is_as_recorded) {
        return Ok(Relation::Same { has_more: false });
    }
    Ok(match probe.before(known.end)? {
        Before::Shorter => Relation::Shorter,
        Before::Tail { hash, has_more } if known.tail.is_none_or(|tail| tail == hash) => Relation::Same { has_more },
        Before::Tail { .. } => Relation::Other,
    })
}
