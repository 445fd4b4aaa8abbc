//! Keys of which there are few: status codes and the classes static and dynamic. A table by value finds the group.

use crate::batch::{Batch, Fields, MISSING, Status, TextField};
use crate::keys::{GroupId, Keys};

const UNKNOWN: u32 = u32::MAX;

/// The groups of a table of status codes.
#[derive(Clone, Debug)]
pub(crate) struct StatusIds {
    keys: Keys,
    by_code: Vec<u32>,
}

impl StatusIds {
    pub(crate) fn new(keys: Keys) -> StatusIds {
        StatusIds { keys, by_code: vec![UNKNOWN; Status::COUNT] }
    }

    /// Keeps the keys of these groups, which ascend and are then the first ones.
    pub(crate) fn keep(&mut self, groups: &[GroupId]) {
        self.keys.keep(groups);
        self.by_code.fill(UNKNOWN);
    }

    pub(crate) fn keys(&self) -> &Keys {
        &self.keys
    }

    pub(crate) fn keys_mut(&mut self) -> &mut Keys {
        &mut self.keys
    }

    pub(crate) fn ids(&mut self, status: &[Status], hits: &[u16], groups: &mut Vec<GroupId>) {
        groups.extend(hits.iter().map(|&row| {
            let status = status[row as usize];
            let known = &mut self.by_code[status.index()];
            if *known == UNKNOWN {
                *known = self.keys.id(status.key().as_bytes());
            }
            GroupId(*known)
        }));
    }
}

/// The groups for static, for dynamic, and for hits whose path is not logged.
#[derive(Clone, Debug)]
pub(crate) struct ClassIds {
    keys: Keys,
    by_class: [u32; CLASSES.len()],
}

const CLASSES: [&[u8]; 3] = [b"dynamic", b"static", MISSING];
/// The place of the hits without a path among the classes.
const NEITHER: usize = 2;

impl ClassIds {
    pub(crate) fn new(keys: Keys) -> ClassIds {
        ClassIds { keys, by_class: [UNKNOWN; CLASSES.len()] }
    }

    /// Keeps the keys of these groups, which ascend and are then the first ones.
    pub(crate) fn keep(&mut self, groups: &[GroupId]) {
        self.keys.keep(groups);
        self.by_class.fill(UNKNOWN);
    }

    pub(crate) fn keys(&self) -> &Keys {
        &self.keys
    }

    pub(crate) fn keys_mut(&mut self) -> &mut Keys {
        &mut self.keys
    }

    pub(crate) fn ids(&mut self, batch: &Batch<'_>, hits: &[u16], groups: &mut Vec<GroupId>) {
        let is_static = batch.is_static();
        let some_lack = batch.some_lack();
        groups.extend(hits.iter().map(|&row| {
            let row = usize::from(row);
            let has_no_path = some_lack && batch.lacks(row).meets(Fields::text(TextField::Path));
            let class = if has_no_path { NEITHER } else { usize::from(is_static[row]) };
            let known = &mut self.by_class[class];
            if *known == UNKNOWN {
                *known = self.keys.id(CLASSES[class]);
            }
            GroupId(*known)
        }));
    }
}
