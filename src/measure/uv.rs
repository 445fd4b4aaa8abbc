//! Distinct visitors (UV). The UV of a group is the size of its own set, never a sum of other numbers.

use super::rare::Rare;
use super::size::{self, SizeOf};
use super::sketch::Sketch;
use super::visitor_set::VisitorSet;
use super::{GroupMeasure, Grouped, SavedOrder, SavedSize, Visitors, VisitorsAs};
use crate::batch::{Batch, Fields};
use crate::encoding::{Damaged, Decoder, Encoder};
use crate::keys::{GroupId, IdMap, Seed};
use crate::measure::{Precision, UvMethod};

/// The visitors of every group.
#[derive(Clone, Debug)]
pub(crate) struct Uv {
    sets: Sets,
    /// Number of hits whose lines do not log their visitor. They are in no set.
    unknown: Rare<u64>,
}

/// The set of each group.
#[derive(Clone, Debug)]
enum Sets {
    Exact(Vec<VisitorSet>),
    Hll(Precision, Seed, Vec<Sketch>),
}

impl Uv {
    /// Number of distinct visitors known in a group.
    pub(crate) fn of(&self, group: GroupId) -> u64 {
        match &self.sets {
            Sets::Exact(sets) => sets[group.0 as usize].len(),
            Sets::Hll(.., sketches) => sketches[group.0 as usize].len(),
        }
    }

    /// Number of distinct visitors in the only group; 0 if there is no group yet.
    pub(crate) fn of_one(&self) -> u64 {
        match &self.sets {
            Sets::Exact(sets) => sets.first().map_or(0, VisitorSet::len),
            Sets::Hll(.., sketches) => sketches.first().map_or(0, Sketch::len),
        }
    }

    /// Number of groups.
    pub(crate) fn len(&self) -> usize {
        match &self.sets {
            Sets::Exact(sets) => sets.len(),
            Sets::Hll(.., sketches) => sketches.len(),
        }
    }

    /// Appends the visitors of the only group, if there are any.
    pub(crate) fn save_one(&self, visitors: &[u32], out: &mut Encoder) {
        let groups: &[GroupId] = if self.of_one() > 0 { &[GroupId(0)] } else { &[] };
        out.unsigned(groups.len() as u64);
        self.sets.save(SavedOrder { groups, visitors }, out);
    }

    /// Reads what [`save_one`](Uv::save_one) wrote.
    pub(crate) fn load_one(&mut self, visitors: usize, input: &mut Decoder<'_>) -> Result<(), Damaged> {
        let groups = usize::from(input.flag()?);
        self.sets.load(SavedSize { groups, visitors, hits: 0 }, input)?;
        if groups == 1 && self.of_one() == 0 { Err(Damaged) } else { Ok(()) }
    }

    /// Number of hits of a group whose visitor is unknown.
    pub(crate) fn unknown(&self, group: GroupId) -> u64 {
        self.unknown.of(group)
    }

    /// Returns the exact sets, for benchmarks.
    #[cfg(feature = "stages")]
    pub(crate) fn exact_sets(&self) -> Option<&Vec<VisitorSet>> {
        match &self.sets {
            Sets::Exact(sets) => Some(sets),
            Sets::Hll(..) => None,
        }
    }

    /// Adds hits of which some have no known visitor.
    #[cold]
    #[inline(never)]
    fn add_some(&mut self, groups: &[GroupId], visitors: VisitorsAs<'_>, are_logged: &[bool]) {
        for (at, (group, is_logged)) in groups.iter().zip(are_logged).enumerate() {
            match (&mut self.sets, visitors) {
                _ if !is_logged => self.unknown.add(*group, 1),
                (Sets::Exact(sets), VisitorsAs::Ids(ids)) => sets[group.0 as usize].insert(ids[at]),
                (Sets::Hll(.., sketches), VisitorsAs::Hashes(hashes)) => sketches[group.0 as usize].insert(hashes[at]),
                _ => unreachable!("visitors have the form that the method of counting needs"),
            }
        }
    }

    /// Returns the bytes by the formula of the exact sets, and of the sketches that could replace them.
    pub(crate) fn bytes_and_as_sketches(&self, size: SizeOf, precision: Precision) -> (u64, u64) {
        let Sets::Exact(sets) = &self.sets else { return (0, 0) };
        let sketch = |set: &VisitorSet| size_of::<Sketch>() as u64 + Sketch::bytes_of(set.len(), precision);
        (self.bytes(size) + self.sets.bytes(size), sets.iter().map(sketch).sum())
    }

    /// Replaces the hashes of visitors in sketches by registers, from which no visitor can be recognised.
    pub(crate) fn use_registers(&mut self) {
        if let Sets::Hll(.., sketches) = &mut self.sets {
            sketches.iter_mut().for_each(Sketch::use_registers);
        }
    }

    /// Converts exact sets to sketches; `hashes` are those of the visitors, by visitor id.
    pub(crate) fn use_sketches(&mut self, precision: Precision, seed: Seed, hashes: &[u64]) {
        let Sets::Exact(sets) = &mut self.sets else { return };
        let sketch = |set: VisitorSet| {
            let mut sketch = Sketch::new(precision, seed);
            set.for_each(|visitor| sketch.insert(hashes[visitor.0 as usize]));
            sketch
        };
        let sketches = std::mem::take(sets).into_iter().map(sketch).collect();
        self.sets = Sets::Hll(precision, seed, sketches);
    }
}

impl GroupMeasure for Uv {
    /// The tally adds the fields that identify visitors.
    const NEEDS: Fields = Fields::NONE;

    fn new(method: UvMethod, seed: Seed) -> Uv {
        let sets = match method {
            UvMethod::Exact => Sets::Exact(Vec::new()),
            UvMethod::Hll(precision) => Sets::Hll(precision, seed, Vec::new()),
        };
        Uv { sets, unknown: Rare::default() }
    }

    fn add(&mut self, _: &Batch<'_>, _: &[u16], Grouped { groups, len, only }: Grouped<'_>, visitors: &Visitors<'_>) {
        self.sets.grow(len);
        if let Some(are_logged) = visitors.are_logged {
            self.add_some(groups, visitors.as_counted, are_logged);
            return;
        }
        match (&mut self.sets, visitors.as_counted) {
            (Sets::Exact(sets), VisitorsAs::Ids(ids)) => {
                if let Some(only) = only {
                    sets[only.0 as usize].insert_all(ids);
                    return;
                }
                for (group, visitor) in groups.iter().zip(ids) {
                    sets[group.0 as usize].insert(*visitor);
                }
            }
            (Sets::Hll(.., sketches), VisitorsAs::Hashes(hashes)) => {
                if let Some(only) = only {
                    sketches[only.0 as usize].insert_all(hashes);
                    return;
                }
                for (group, hash) in groups.iter().zip(hashes) {
                    sketches[group.0 as usize].insert(*hash);
                }
            }
            _ => unreachable!("visitors have the form that the method of counting needs"),
        }
    }

    fn bytes(&self, size: SizeOf) -> u64 {
        let (groups, bytes) = match &self.sets {
            Sets::Exact(sets) => (sets.len(), size_of::<VisitorSet>()),
            Sets::Hll(.., sketches) => (sketches.len(), size_of::<Sketch>()),
        };
        (groups * bytes) as u64 + size.rare(self.unknown.is_empty(), groups, size_of::<u64>())
    }

    fn set_bytes(&mut self, size: SizeOf) -> u64 {
        self.sets.bytes(size)
    }

    fn set_bytes_of_hit(&self) -> u64 {
        match &self.sets {
            Sets::Exact(_) => size::VISITOR,
            Sets::Hll(..) => size::HASH,
        }
    }

    fn keep(&mut self, groups: &[GroupId]) {
        fn keep<T>(all: &mut Vec<T>, groups: &[GroupId]) {
            groups.iter().enumerate().for_each(|(new, old)| all.swap(new, old.0 as usize));
            all.truncate(groups.len());
        }
        match &mut self.sets {
            Sets::Exact(sets) => keep(sets, groups),
            Sets::Hll(.., sketches) => keep(sketches, groups),
        }
        self.unknown.keep(groups);
    }

    fn take(&mut self, groups: &[GroupId]) -> Uv {
        let sets = match &mut self.sets {
            Sets::Exact(sets) => {
                let take = |group: &GroupId| sets.get_mut(group.0 as usize).map(std::mem::take).unwrap_or_default();
                Sets::Exact(groups.iter().map(take).collect())
            }
            Sets::Hll(precision, seed, sketches) => {
                let empty = || Sketch::new(*precision, *seed);
                let take = |group: &GroupId| {
                    sketches.get_mut(group.0 as usize).map_or_else(empty, |sketch| std::mem::replace(sketch, empty()))
                };
                Sets::Hll(*precision, *seed, groups.iter().map(take).collect())
            }
        };
        Uv { sets, unknown: self.unknown.take(groups) }
    }

    fn merge(&mut self, other: &Uv, ids: &IdMap<'_>, len: usize) {
        self.sets.grow(len);
        match (&mut self.sets, &other.sets) {
            (Sets::Exact(mine), Sets::Exact(theirs)) => {
                for (set, group) in theirs.iter().zip(ids.groups) {
                    mine[group.0 as usize].merge(set, ids.visitors);
                }
            }
            (Sets::Hll(.., mine), Sets::Hll(.., theirs)) => {
                for (sketch, group) in theirs.iter().zip(ids.groups) {
                    mine[group.0 as usize].merge(sketch);
                }
            }
            _ => unreachable!("workers share one way of counting visitors"),
        }
        self.unknown.merge(&other.unknown, ids);
    }

    fn save(&self, order: SavedOrder<'_>, out: &mut Encoder) {
        self.sets.save(order, out);
        self.unknown.save(order, out, |sums, out| out.column(sums.iter().copied()));
    }

    fn load(&mut self, size: SavedSize, input: &mut Decoder<'_>) -> Result<(), Damaged> {
        self.sets.load(size, input)?;
        self.unknown = Rare::load(size, input, |len, input| input.counts(len, &mut { size.hits }))?;
        Ok(())
    }

    fn skip((uv, seed): (UvMethod, Seed), size: SavedSize, input: &mut Decoder<'_>) -> Result<(), Damaged> {
        match uv {
            UvMethod::Exact => {
                let (all, mut places) = (size.visitors as u64, 0);
                input.column(size.groups, |_, len| {
                    places += if len < all { len as usize } else { 0 };
                    Ok(())
                })?;
                input.skip(places)?;
            }
            UvMethod::Hll(_) => Uv::new(uv, seed).sets.load(size, input)?,
        }
        let unknown = input.len(1)?;
        input.skip(unknown.saturating_mul(2))
    }
}

impl Sets {
    fn save(&self, order: SavedOrder<'_>, out: &mut Encoder) {
        match self {
            Sets::Exact(sets) => {
                let sets = || order.groups.iter().map(|group| &sets[group.0 as usize]);
                out.column(sets().map(VisitorSet::len));
                let mut places = Vec::new();
                for set in sets().filter(|set| set.len() < order.visitors.len() as u64) {
                    places.clear();
                    set.for_each(|visitor| places.push(order.visitors[visitor.0 as usize]));
                    places.sort_unstable();
                    out.ascending(places.iter().map(|place| u64::from(*place)));
                }
            }
            Sets::Hll(.., sketches) => {
                order.groups.iter().for_each(|group| sketches[group.0 as usize].save(out));
            }
        }
    }

    fn load(&mut self, size: SavedSize, input: &mut Decoder<'_>) -> Result<(), Damaged> {
        match self {
            Sets::Exact(sets) => {
                let all = size.visitors;
                let lens = (0..size.groups).map(|_| Ok(input.at_most(all as u64)? as usize));
                let lens: Vec<usize> = lens.collect::<Result<_, Damaged>>()?;
                let mut places = Vec::new();
                let set = |len| {
                    if len == all {
                        return Ok(VisitorSet::of_all(len as u32));
                    }
                    places.clear();
                    input.ascending(len, all as u64, |place| places.push(place as u32))?;
                    Ok(VisitorSet::of_ascending(&places))
                };
                *sets = lens.into_iter().map(set).collect::<Result<_, Damaged>>()?;
            }
            Sets::Hll(precision, seed, sketches) => {
                let sketch = |_| Sketch::load(*precision, *seed, input);
                *sketches = (0..size.groups).map(sketch).collect::<Result<_, Damaged>>()?;
            }
        }
        Ok(())
    }

    /// Bytes by the formula of the contents of the sets.
    fn bytes(&self, size: SizeOf) -> u64 {
        match self {
            Sets::Exact(sets) => sets.iter().map(|set| size.visitors(set.len())).sum(),
            Sets::Hll(.., sketches) => sketches.iter().map(Sketch::set_bytes).sum(),
        }
    }

    fn grow(&mut self, len: usize) {
        match self {
            Sets::Exact(sets) => sets.resize_with(len, VisitorSet::default),
            Sets::Hll(precision, seed, sketches) => sketches.resize_with(len, || Sketch::new(*precision, *seed)),
        }
    }
}
