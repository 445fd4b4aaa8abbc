//! Distinct visitors: UV of a group is the size of that group's own set, never a sum of others.

use super::sketch::Sketch;
use super::visitor_set::VisitorSet;
use super::{Grouped, Visitors};
use crate::question::{Precision, UvMethod};
use crate::table::{GroupId, IdMap};

/// The visitors of every group.
#[derive(Clone, Debug)]
pub(crate) enum Uv {
    Exact(Vec<VisitorSet>),
    Hll(Precision, Vec<Sketch>),
}

impl Uv {
    pub(crate) fn new(method: UvMethod) -> Uv {
        match method {
            UvMethod::Exact => Uv::Exact(Vec::new()),
            UvMethod::Hll(precision) => Uv::Hll(precision, Vec::new()),
        }
    }

    pub(crate) fn of(&self, group: GroupId) -> u64 {
        match self {
            Uv::Exact(sets) => sets[group.0 as usize].len(),
            Uv::Hll(_, sketches) => sketches[group.0 as usize].len(),
        }
    }

    fn grow(&mut self, len: usize) {
        match self {
            Uv::Exact(sets) => sets.resize_with(len, VisitorSet::default),
            Uv::Hll(precision, sketches) => sketches.resize_with(len, || Sketch::new(*precision)),
        }
    }

    pub(crate) fn add(&mut self, Grouped { groups, len, only }: Grouped<'_>, visitors: &Visitors<'_>) {
        self.grow(len);
        match (self, visitors) {
            (Uv::Exact(sets), Visitors::Ids(ids)) => {
                if let Some(only) = only {
                    sets[only.0 as usize].insert_all(ids);
                    return;
                }
                for (group, visitor) in groups.iter().zip(*ids) {
                    sets[group.0 as usize].insert(*visitor);
                }
            }
            (Uv::Hll(_, sketches), Visitors::Hashes(hashes)) => {
                if let Some(only) = only {
                    sketches[only.0 as usize].insert_all(hashes);
                    return;
                }
                for (group, hash) in groups.iter().zip(*hashes) {
                    sketches[group.0 as usize].insert(*hash);
                }
            }
            _ => unreachable!("visitors come as the method of counting wants them"),
        }
    }

    pub(crate) fn keep(&mut self, groups: &[GroupId]) {
        fn keep<T>(all: &mut Vec<T>, groups: &[GroupId]) {
            groups.iter().enumerate().for_each(|(new, old)| all.swap(new, old.0 as usize));
            all.truncate(groups.len());
        }
        match self {
            Uv::Exact(sets) => keep(sets, groups),
            Uv::Hll(_, sketches) => keep(sketches, groups),
        }
    }

    pub(crate) fn merge(&mut self, other: &Uv, ids: &IdMap<'_>, len: usize) {
        self.grow(len);
        match (self, other) {
            (Uv::Exact(mine), Uv::Exact(theirs)) => {
                for (set, group) in theirs.iter().zip(ids.groups) {
                    let mine = &mut mine[group.0 as usize];
                    set.for_each(|visitor| mine.insert(ids.visitors[visitor.0 as usize]));
                }
            }
            (Uv::Hll(_, mine), Uv::Hll(_, theirs)) => {
                for (sketch, group) in theirs.iter().zip(ids.groups) {
                    mine[group.0 as usize].merge(sketch);
                }
            }
            _ => unreachable!("workers share one way of counting visitors"),
        }
    }
}
