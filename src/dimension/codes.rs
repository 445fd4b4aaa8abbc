//! Keys of which there are few: status codes and the classes static and dynamic. A table by value finds the group.

use crate::batch::Status;
use crate::table::{GroupId, Keys};

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

/// The groups of static and dynamic.
#[derive(Clone, Debug)]
pub(crate) struct ClassIds {
    keys: Keys,
    by_static: [u32; 2],
}

impl ClassIds {
    pub(crate) fn new(keys: Keys) -> ClassIds {
        ClassIds { keys, by_static: [UNKNOWN; 2] }
    }

    /// Keeps the keys of these groups, which ascend and are then the first ones.
    pub(crate) fn keep(&mut self, groups: &[GroupId]) {
        self.keys.keep(groups);
        self.by_static.fill(UNKNOWN);
    }

    pub(crate) fn keys(&self) -> &Keys {
        &self.keys
    }

    pub(crate) fn keys_mut(&mut self) -> &mut Keys {
        &mut self.keys
    }

    pub(crate) fn ids(&mut self, is_static: &[bool], hits: &[u16], groups: &mut Vec<GroupId>) {
        groups.extend(hits.iter().map(|&row| {
            let is_static = is_static[row as usize];
            let known = &mut self.by_static[usize::from(is_static)];
            if *known == UNKNOWN {
                *known = self.keys.id(if is_static { b"static" } else { b"dynamic" });
            }
            GroupId(*known)
        }));
    }
}
