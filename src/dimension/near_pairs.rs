//! A cache of the groups of pairs of few keys: a square, in which a pair is found without hashing.

use crate::keys::GroupId;

/// The groups of pairs whose halves are early keys. May be emptied at any time.
#[derive(Clone, Debug, Default)]
pub(super) struct NearPairs {
    /// By first half, then by second half; [`UNKNOWN`] if the group is not known. Empty at first.
    groups: Vec<GroupId>,
}

const UNKNOWN: GroupId = GroupId(u32::MAX);

/// Number of keys of each half that have a place. Tests have keys without one.
pub(super) const SIDE: usize = if cfg!(test) { 2 } else { 128 };

impl NearPairs {
    pub(super) fn forget(&mut self) {
        self.groups.clear();
    }

    fn place([first, second]: [GroupId; 2]) -> Option<usize> {
        let [first, second] = [first.0 as usize, second.0 as usize];
        (first < SIDE && second < SIDE).then_some(first * SIDE + second)
    }

    /// Appends the groups of these pairs to `groups` if it knows all of them. Otherwise appends none, and returns false.
    pub(super) fn find(&self, firsts: &[GroupId], seconds: &[GroupId], groups: &mut Vec<GroupId>) -> bool {
        let len = groups.len();
        let found = firsts.iter().zip(seconds).map_while(|(first, second)| {
            let group = self.groups.get(Self::place([*first, *second])?)?;
            (*group != UNKNOWN).then_some(*group)
        });
        groups.extend(found);
        let are_all = groups.len() - len == firsts.len();
        if !are_all {
            groups.truncate(len);
        }
        are_all
    }

    /// Remembers the groups of these pairs, if they have a place.
    pub(super) fn remember(&mut self, firsts: &[GroupId], seconds: &[GroupId], groups: &[GroupId]) {
        for ((first, second), group) in firsts.iter().zip(seconds).zip(groups) {
            if let Some(place) = Self::place([*first, *second]) {
                self.groups.resize(SIDE * SIDE, UNKNOWN);
                self.groups[place] = *group;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_pairs_are_found_or_none() {
        let mut near = NearPairs::default();
        let find = |near: &NearPairs, firsts: [u32; 2], seconds: [u32; 2]| {
            let mut groups = vec![GroupId(9)];
            let are_all = near.find(&firsts.map(GroupId), &seconds.map(GroupId), &mut groups);
            (are_all, groups.into_iter().map(|group| group.0).collect::<Vec<_>>())
        };
        assert_eq!(find(&near, [0, 1], [1, 1]), (false, vec![9]));
        // The last key of the second half has no place.
        near.remember(&[0, 1, 1].map(GroupId), &[1, 1, SIDE as u32].map(GroupId), &[5, 6, 7].map(GroupId));
        assert_eq!(find(&near, [0, 1], [1, 1]), (true, vec![9, 5, 6]));
        assert_eq!(find(&near, [1, 0], [1, 1]), (true, vec![9, 6, 5]));
        assert_eq!(find(&near, [0, 0], [1, 0]), (false, vec![9]));
        assert_eq!(find(&near, [1, 1], [1, SIDE as u32]), (false, vec![9]));
        near.forget();
        assert_eq!(find(&near, [0, 1], [1, 1]), (false, vec![9]));
    }
}
