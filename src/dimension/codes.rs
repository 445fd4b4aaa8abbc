//! Groups by a few known values: status codes, their classes, and the kinds static and dynamic. An array indexed by
//! value holds the group.

use super::key_ids::KeyIds;
use crate::batch::{Batch, Fields, MISSING, Status, TextField};
use crate::keys::{GroupId, Keys};

const UNKNOWN: u32 = u32::MAX;

/// Groups by status code.
#[derive(Clone, Debug)]
pub(super) struct StatusIds {
    by_code: Vec<u32>,
}

impl StatusIds {
    pub(super) fn empty() -> Box<dyn KeyIds> {
        Box::new(StatusIds { by_code: vec![UNKNOWN; Status::COUNT] })
    }
}

impl KeyIds for StatusIds {
    fn ids(&mut self, keys: &mut Keys, batch: &Batch<'_>, hits: &[u16], _: &mut Vec<u32>, groups: &mut Vec<GroupId>) {
        let status = batch.status();
        groups.extend(hits.iter().map(|&row| {
            let status = status[row as usize];
            let known = &mut self.by_code[status.index()];
            if *known == UNKNOWN {
                *known = keys.id(status.key().as_bytes());
            }
            GroupId(*known)
        }));
    }

    fn forget(&mut self) {
        self.by_code.fill(UNKNOWN);
    }

    fn boxed(&self) -> Box<dyn KeyIds> {
        Box::new(self.clone())
    }
}

/// Groups by class of the status code.
#[derive(Clone, Debug)]
pub(super) struct StatusClassIds {
    by_class: [u32; Status::CLASS_KEYS.len()],
}

impl StatusClassIds {
    pub(super) fn empty() -> Box<dyn KeyIds> {
        Box::new(StatusClassIds { by_class: [UNKNOWN; Status::CLASS_KEYS.len()] })
    }
}

impl KeyIds for StatusClassIds {
    fn ids(&mut self, keys: &mut Keys, batch: &Batch<'_>, hits: &[u16], _: &mut Vec<u32>, groups: &mut Vec<GroupId>) {
        let status = batch.status();
        groups.extend(hits.iter().map(|&row| {
            let class = status[usize::from(row)].class_index();
            let known = &mut self.by_class[class];
            if *known == UNKNOWN {
                *known = keys.id(Status::CLASS_KEYS[class]);
            }
            GroupId(*known)
        }));
    }

    fn forget(&mut self) {
        self.by_class.fill(UNKNOWN);
    }

    fn boxed(&self) -> Box<dyn KeyIds> {
        Box::new(self.clone())
    }
}

/// Groups by kind: dynamic, static, or neither if the path is not logged.
#[derive(Clone, Debug)]
pub(super) struct ClassIds {
    by_class: [u32; CLASSES.len()],
}

pub(super) const CLASSES: [&[u8]; 3] = [b"dynamic", b"static", MISSING];
/// Index of hits without a path in `CLASSES`.
const NEITHER: usize = 2;

impl ClassIds {
    pub(super) fn empty() -> Box<dyn KeyIds> {
        Box::new(ClassIds { by_class: [UNKNOWN; CLASSES.len()] })
    }
}

impl KeyIds for ClassIds {
    fn ids(&mut self, keys: &mut Keys, batch: &Batch<'_>, hits: &[u16], _: &mut Vec<u32>, groups: &mut Vec<GroupId>) {
        let is_static = batch.is_static();
        let some_lack = batch.some_lack();
        groups.extend(hits.iter().map(|&row| {
            let row = usize::from(row);
            let has_no_path = some_lack && batch.lacks(row).intersects(Fields::text(TextField::Path));
            let class = if has_no_path { NEITHER } else { usize::from(is_static[row]) };
            let known = &mut self.by_class[class];
            if *known == UNKNOWN {
                *known = keys.id(CLASSES[class]);
            }
            GroupId(*known)
        }));
    }

    fn forget(&mut self) {
        self.by_class.fill(UNKNOWN);
    }

    fn boxed(&self) -> Box<dyn KeyIds> {
        Box::new(self.clone())
    }
}
