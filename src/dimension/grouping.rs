//! How the hits of a batch get their groups: the keys of a dimension, and what it remembers.

use std::borrow::Cow;

use super::{Dimension, Extras, PairIds, codes, time};
use crate::batch::{Batch, Column, TextField};
use crate::dimension::KeysOfTable;
use crate::keys::{AddressKeys, GroupId, Keys, Seed, VisitorId};

/// The groups of a table.
#[derive(Clone, Debug)]
pub(crate) enum Grouping {
    All(Keys),
    /// Texts from the log, in which nginx's escapes are still to be undone.
    Text(Column, Keys),
    /// Addresses are the visitors' keys, which are stored once.
    Visitors,
    Time(time::TimeIds),
    Status(codes::StatusIds),
    Class(codes::ClassIds),
    Pair(Box<PairIds>),
}

impl Grouping {
    /// `by_visitor`: addresses are interned as visitors anyway; a variable is among `extras`.
    pub(crate) fn new(dimension: Dimension, extras: &Extras, seed: Seed, by_visitor: bool) -> Grouping {
        let keys = Keys::new(seed);
        match dimension {
            Dimension::All => Grouping::All(keys),
            Dimension::Ip if by_visitor => Grouping::Visitors,
            Dimension::Status => Grouping::Status(codes::StatusIds::new(keys)),
            Dimension::Class => Grouping::Class(codes::ClassIds::new(keys)),
            Dimension::Time(unit) => Grouping::Time(time::TimeIds::new(unit, keys)),
            Dimension::Pair(pair) => {
                let halves = [pair.first(), pair.second()].map(|half| Grouping::new(half, extras, seed, false));
                Grouping::Pair(Box::new(PairIds::new(halves, seed)))
            }
            text => Grouping::Text(text.column(extras).expect("every other dimension has texts for keys"), keys),
        }
    }

    /// Keeps the keys of these groups, which ascend and are then the first ones, and the memory of the others.
    pub(crate) fn keep(&mut self, groups: &[GroupId]) {
        match self {
            Grouping::All(keys) | Grouping::Text(_, keys) => keys.keep(groups),
            Grouping::Visitors => {}
            Grouping::Time(time) => time.keep(groups),
            Grouping::Status(status) => status.keep(groups),
            Grouping::Class(class) => class.keep(groups),
            Grouping::Pair(pairs) => pairs.keep(groups),
        }
    }

    /// The groups of the selected hits, appended to `groups`; `visitors` are theirs.
    pub(crate) fn ids(
        &mut self,
        batch: &Batch<'_>,
        hits: &[u16],
        visitors: &[VisitorId],
        scratch: &mut Vec<u32>,
        groups: &mut Vec<GroupId>,
    ) {
        match self {
            Grouping::All(keys) => {
                let all = GroupId(keys.id(b"all"));
                groups.resize(groups.len() + hits.len(), all);
            }
            Grouping::Text(column, keys) => {
                scratch.clear();
                keys.ids(batch.text(*column), hits, scratch);
                groups.extend(scratch.iter().map(|id| GroupId(*id)));
            }
            Grouping::Visitors => groups.extend(visitors.iter().map(|visitor| GroupId(visitor.0))),
            Grouping::Time(time) => time.ids(batch.wall_s(), hits, groups),
            Grouping::Status(status) => status.ids(batch.status(), hits, groups),
            Grouping::Class(class) => class.ids(batch, hits, groups),
            Grouping::Pair(pairs) => pairs.ids(batch, hits, scratch, groups),
        }
    }

    /// Takes the keys of another in, texts as `written` writes them, and returns the groups that they have here; `None` where
    /// groups are the visitors.
    pub(crate) fn merge<'k>(
        &mut self,
        other: &'k Grouping,
        written: impl Fn(&'k [u8]) -> Cow<'k, [u8]> + Copy,
    ) -> Option<Vec<GroupId>> {
        if let (Grouping::Pair(mine), Grouping::Pair(theirs)) = (&mut *self, other) {
            return Some(mine.merge(theirs, written));
        }
        let is_text = matches!(self, Grouping::Text(..));
        let (mine, theirs) = self.own_keys_mut().zip(other.own_keys())?;
        let ids = if is_text { mine.merge(theirs, written) } else { mine.merge(theirs, Cow::Borrowed) };
        Some(ids.into_iter().map(GroupId).collect())
    }

    /// Gives every text the form in which `written` writes it. Where no two keys become one the groups stay who they are;
    /// otherwise there are new ones, and where the old ones went is returned.
    pub(crate) fn settle(&mut self, seed: Seed, written: fn(&[u8]) -> Cow<'_, [u8]>) -> Option<Vec<GroupId>> {
        match self {
            Grouping::Text(_, keys) => {
                if keys.rewrite(written) {
                    return None;
                }
                let mut settled = Keys::new(seed);
                let ids = settled.merge(keys, written);
                *keys = settled;
                Some(ids.into_iter().map(GroupId).collect())
            }
            Grouping::Pair(pairs) => pairs.settle(seed, written),
            Grouping::All(_) | Grouping::Visitors | Grouping::Time(_) | Grouping::Status(_) | Grouping::Class(_) => {
                None
            }
        }
    }

    /// The keys of the groups; `visitors` are those of the tally.
    pub(crate) fn keys<'k>(&'k self, visitors: &'k AddressKeys) -> KeysOfTable<'k> {
        match (self, self.own_keys()) {
            (Grouping::Pair(pairs), _) => KeysOfTable::Pairs(pairs),
            (_, Some(keys)) => KeysOfTable::Own(keys),
            (_, None) => KeysOfTable::Visitors(visitors),
        }
    }

    /// Bytes of the keys by the formula; those of visitors are not counted here.
    pub(crate) fn bytes(&self) -> u64 {
        match self {
            Grouping::Pair(pairs) => pairs.bytes(),
            _ => self.own_keys().map_or(0, Keys::bytes),
        }
    }

    /// Gives groups that are the visitors keys of their own.
    pub(crate) fn part_from(&mut self, visitors: &AddressKeys) {
        if matches!(self, Grouping::Visitors) {
            let mut keys = Keys::new(visitors.seed());
            (0..visitors.len() as u32).for_each(|id| _ = keys.id(&visitors.key(id)));
            *self = Grouping::Text(TextField::Addr.into(), keys);
        }
    }

    /// The keys of the groups; `None` where they are the visitors', or pairs.
    pub(super) fn own_keys(&self) -> Option<&Keys> {
        match self {
            Grouping::All(keys) | Grouping::Text(_, keys) => Some(keys),
            Grouping::Visitors | Grouping::Pair(_) => None,
            Grouping::Time(time) => Some(time.keys()),
            Grouping::Status(status) => Some(status.keys()),
            Grouping::Class(class) => Some(class.keys()),
        }
    }

    /// The same, to add others' to.
    fn own_keys_mut(&mut self) -> Option<&mut Keys> {
        match self {
            Grouping::All(keys) | Grouping::Text(_, keys) => Some(keys),
            Grouping::Visitors | Grouping::Pair(_) => None,
            Grouping::Time(time) => Some(time.keys_mut()),
            Grouping::Status(status) => Some(status.keys_mut()),
            Grouping::Class(class) => Some(class.keys_mut()),
        }
    }
}
