//! Numbers by key: a table is a dimension with measures, a tally is all tables of a worker.
//!
//! One law holds for everything here: a table depends only on the multiset of hits. Cut the log anywhere, give the
//! parts to any worker, merge in any order: the same table. laws.rs checks it for every dimension with every measure.

mod addresses;
#[cfg(test)]
mod bad_sets;
mod bounded;
mod hash;
mod key;
mod keys;
#[cfg(test)]
mod laws;
mod ledger;
mod listed;
mod one;
mod quad;
#[cfg(test)]
mod size_laws;
mod tally;
mod tally_size;
mod unknown;

pub(crate) use addresses::AddressKeys;
pub(crate) use bounded::Bounded;
pub(crate) use hash::{Seed, fixed_hash};
pub(crate) use key::{Key, KeysOfTable};
pub(crate) use keys::Keys;
pub use ledger::Reason;
pub(crate) use ledger::{InputLedger, Ledger, SAMPLE_BYTES, SAMPLES, Sample};
pub(crate) use one::Table;
pub(crate) use quad::{are_quads, quad_of};
use tally::rankings_of;
pub(crate) use tally::{TablePlan, Tally, VisitorKey, extras_of};
pub(crate) use tally_size::{Bytes, Degraded};
pub(crate) use unknown::Unknown;

/// A group of a table, in the count of one worker: 0, 1, 2 … in the order of arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct GroupId(pub(crate) u32);

/// A visitor, in the count of one worker. Not a group: a merge that mixes them up would not compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct VisitorId(pub(crate) u32);

/// Where the ids of one worker are in another's count.
pub(crate) struct IdMap<'m> {
    pub(crate) groups: &'m [GroupId],
    pub(crate) visitors: &'m [VisitorId],
}
