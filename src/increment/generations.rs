//! Decides for the files of one log which known text each has, which are new, and which known texts are lost.

use std::cmp::Reverse;
use std::io;
use std::path::Path;

use super::candidate::{Candidate, Relation};
use super::family::{Family, Member};
use super::{Change, Empty, Gap, Increment, KnownText, Read};
use crate::error::ErrorKind;

/// A text to read, and its place: the log under its own name is the last, others are ordered by their last writes.
type OrderedRead = ((bool, u64), Read);

/// The search for known texts in the files of one family.
pub(super) struct Search<'s> {
    family: Family,
    known: &'s [KnownText],
    name_of: &'s dyn Fn(&Path) -> String,
    /// Indices of the known texts that may be in these files.
    indices: Vec<usize>,
    candidates: Vec<Candidate>,
    /// Known texts with the candidate that goes on with each.
    matches: Vec<(usize, usize)>,
    /// True if a file vanished while it was examined.
    is_unsettled: bool,
}

impl<'s> Search<'s> {
    pub(super) fn new(family: Family, known: &'s [KnownText], name_of: &'s dyn Fn(&Path) -> String) -> Search<'s> {
        let names: Vec<String> = family.named.iter().map(|path| name_of(path)).collect();
        let is_here = |text: &KnownText| match &text.file {
            Some(file) if family.has(&file.path) => true,
            _ => names.contains(&text.name),
        };
        let indices = (0..known.len()).filter(|index| is_here(&known[*index])).collect();
        let (candidates, matches, is_unsettled) = (Vec::new(), Vec::new(), false);
        Search { family, known, name_of, indices, candidates, matches, is_unsettled }
    }

    /// Adds what is new in the family's files.
    pub(super) fn run(mut self, all: &mut Increment) {
        let newest = self.indices.iter().filter_map(|index| Some(self.known[*index].file.as_ref()?.modified_ns)).max();
        let is_newer = |member: &Member| newest.is_some_and(|newest| member.file.modified_ns > newest);
        let was_open = |member: &Member| {
            let files = self.indices.iter().filter(|index| self.is_open(**index));
            files.filter_map(|index| self.known[*index].file.as_ref()).any(|file| file.is_same_file(&member.file))
        };
        let is_likely =
            |member: &Member| member.is_named || member.is_generation && is_newer(member) || was_open(member);
        let (likely, others): (Vec<Member>, Vec<Member>) = self.family.members.clone().into_iter().partition(is_likely);
        self.examine(&likely);
        self.assign();
        // Old files matter only if a text that should have been found was not.
        if self.lost().next().is_some() {
            self.examine(&others);
            self.assign();
        }
        let mut reads: Vec<OrderedRead> = Vec::new();
        self.go_on(&mut reads, all);
        self.give_up(all);
        self.begin(newest, &mut reads);
        let has_found = !self.matches.is_empty() || !reads.is_empty();
        self.forget(has_found, all);
        self.report_failures(has_found, all);
        reads.sort_by_key(|(order, _)| *order);
        all.reads.extend(reads.into_iter().map(|(_, read)| read));
        all.is_unsettled |= self.is_unsettled;
    }

    /// True if more text is expected.
    fn is_open(&self, index: usize) -> bool {
        let text = &self.known[index];
        text.end > 0 && !text.closed
    }

    /// True if the text was counted from a file of this family, on this host. A state may have texts of other hosts,
    /// which are not missed here.
    fn is_ours(&self, index: usize) -> bool {
        let text = &self.known[index];
        let Some(file) = text.file.as_ref().filter(|file| self.family.has(&file.path)) else { return false };
        let paths = self.family.named.iter().chain([&file.path]).cloned();
        paths.chain(self.family.live_paths()).any(|path| (self.name_of)(&path) == text.name)
    }

    /// Open texts of this family that no file goes on with.
    fn lost(&self) -> impl Iterator<Item = usize> {
        let is_matched = |index| self.matches.iter().any(|(known, _)| *known == index);
        let is_lost = move |index: &usize| self.is_open(*index) && self.is_ours(*index) && !is_matched(*index);
        self.indices.iter().copied().filter(is_lost)
    }

    fn examine(&mut self, members: &[Member]) {
        for member in members {
            match Candidate::open(member, self.known, &self.indices) {
                Ok(candidate) => self.candidates.extend(candidate),
                Err(error) if error.kind() == io::ErrorKind::NotFound => self.is_unsettled = true,
                Err(error) => self.family.failures.push((member.path.clone(), error)),
            }
        }
    }

    /// Finds the candidate that goes on with each known text. There may be several while a file is copied or
    /// compressed: the best one is not compressed, and the longest.
    fn assign(&mut self) {
        self.matches.clear();
        let mut indices = self.indices.clone();
        indices.sort_by_key(|index| Reverse(self.known[*index].end));
        for index in indices {
            let is_free = |at: &usize| !self.matches.iter().any(|(_, taken)| taken == at);
            let is_same = |at: &usize| matches!(self.candidates[*at].relation(index), Relation::Same { .. });
            let order = |at: &usize| {
                let candidate = &self.candidates[*at];
                let is_same_file =
                    self.known[index].file.as_ref().is_some_and(|file| file.is_same_file(&candidate.file));
                (candidate.is_compressed, Reverse(candidate.file.size), !is_same_file, !candidate.member.is_named)
            };
            let best = (0..self.candidates.len()).filter(is_free).filter(is_same).min_by_key(order);
            self.matches.extend(best.map(|at| (index, at)));
        }
    }

    /// Reads on in the files that have known texts.
    fn go_on(&self, reads: &mut Vec<OrderedRead>, all: &mut Increment) {
        for (index, at) in &self.matches {
            let (text, candidate) = (&self.known[*index], &self.candidates[*at]);
            let has_more = candidate.relation(*index) == Relation::Same { has_more: true };
            if candidate.member.is_named {
                all.named.push((candidate.member.path.clone(), *index));
            }
            let is_unchanged = text.file.as_ref().is_some_and(|file| file.is_unchanged(&candidate.file));
            let closed = candidate.is_compressed
                || is_unchanged && self.has_successor(*index, candidate)
                || text.closed && !has_more;
            let file = Some(candidate.file.clone());
            if closed != text.closed || file != text.file {
                all.changes.push(Change { known: *index, file, closed, lost: false, cut_to: None });
            }
            if text.provisional && (has_more || closed && !text.closed) {
                reads.push(self.read(Some(*index), candidate, 0, closed));
            } else if has_more {
                reads.push(self.read(Some(*index), candidate, text.end, closed));
            }
        }
    }

    /// True if a file has newer lines than this one, which has a known text.
    fn has_successor(&self, index: usize, candidate: &Candidate) -> bool {
        let is_copy = |member: &Member| {
            let mut files = self.candidates.iter().filter(|other| other.member.path == member.path);
            files.any(|other| other.relation(index) != Relation::Other)
        };
        let is_newer = |member: &&Member| {
            !member.file.is_same_file(&candidate.file)
                && member.is_generation
                && (member.is_live || member.file.modified_ns > candidate.file.modified_ns)
        };
        !candidate.member.is_live && self.family.members.iter().filter(is_newer).any(|member| !is_copy(member))
    }

    /// Reports texts whose file vanished or became shorter.
    fn give_up(&self, all: &mut Increment) {
        // The text may be in a file that cannot be read now.
        if self.family.failures.iter().any(|(_, error)| error.kind() != io::ErrorKind::NotFound) {
            return;
        }
        for index in self.lost() {
            let text = &self.known[index];
            let Some(file) = &text.file else { continue };
            all.is_unsettled = true;
            let is_cut = |candidate: &&Candidate| {
                let is_same_file = candidate.member.is_live || candidate.file.is_same_file(file);
                is_same_file && !candidate.is_compressed && candidate.relation(index) == Relation::Shorter
            };
            let cut = self.candidates.iter().find(is_cut);
            let (now, cut_to) = (cut.map(|cut| cut.file.clone()), cut.map(|cut| cut.file.size));
            let path = now.as_ref().map_or(&file.path, |now| &now.path).clone();
            all.gaps.push(Gap { path, counted_bytes: text.end, now_bytes: cut_to });
            let file = now.or_else(|| Some(file.clone()));
            all.changes.push(Change { known: index, file, closed: cut.is_none(), lost: cut.is_none(), cut_to });
        }
    }

    /// Reads texts that are not known: named files, and files that were written after the state and rotated since.
    fn begin(&self, newest: Option<u64>, reads: &mut Vec<OrderedRead>) {
        let is_rotated_since = |candidate: &Candidate| {
            let is_newer = newest.is_some_and(|newest| candidate.file.modified_ns > newest);
            candidate.member.is_generation && is_newer && self.family.live().is_some()
        };
        let is_new = |candidate: &&Candidate| {
            candidate.has_text && candidate.is_unknown() && (candidate.member.is_named || is_rotated_since(candidate))
        };
        let mut new: Vec<&Candidate> = self.candidates.iter().filter(is_new).collect();
        new.sort_by_key(|new| (new.is_compressed, Reverse(new.file.size), !new.member.is_named));
        for (at, candidate) in new.iter().enumerate() {
            // A file that is being copied or compressed.
            if new[..at].iter().all(|other| other.head.agrees(&candidate.head) != Some(true)) {
                reads.push(self.read(None, candidate, 0, candidate.is_compressed));
            }
        }
    }

    fn read(&self, known: Option<usize>, candidate: &Candidate, from: u64, closed: bool) -> OrderedRead {
        let path = candidate.member.path.clone();
        let name = match known {
            Some(known) => self.known[known].name.clone(),
            None if candidate.member.is_named => (self.name_of)(&path),
            None => (self.name_of)(self.family.live().unwrap_or(&path)),
        };
        let order = (candidate.member.is_live, candidate.file.modified_ns);
        let provisional = from == 0 && !closed && !candidate.has_sample;
        let (file, is_compressed) = (candidate.file.clone(), candidate.is_compressed);
        (order, Read { known, name, path, file, from, closed, is_compressed, provisional })
    }

    /// Replaces the marks of files that were empty.
    fn forget(&self, has_found: bool, all: &mut Increment) {
        let is_empty =
            |candidate: &&Candidate| candidate.member.is_live && candidate.member.is_named && candidate.file.size == 0;
        let empty: Vec<&Candidate> = self.candidates.iter().filter(is_empty).collect();
        if has_found || !empty.is_empty() {
            let marks = self.indices.iter().filter(|index| self.known[**index].end == 0 && self.is_ours(**index));
            all.forgotten.extend(marks);
        }
        let mark = |candidate: &Candidate| Empty {
            name: (self.name_of)(&candidate.member.path),
            file: candidate.file.clone(),
        };
        all.empty.extend(empty.into_iter().map(mark));
    }

    /// Reports files that could not be examined. A missing file is normal while it is rotated, and a file that was not
    /// named matters only if it may have a known text.
    fn report_failures(&mut self, has_found: bool, all: &mut Increment) {
        let has_lost = self.lost().next().is_some();
        for (path, source) in std::mem::take(&mut self.family.failures) {
            let is_missing = source.kind() == io::ErrorKind::NotFound;
            let is_named = self.family.named.contains(&path);
            if if is_missing { is_named && !has_found } else { is_named || has_lost } {
                all.problems.push(ErrorKind::Io { path, source }.into());
            }
        }
    }
}
