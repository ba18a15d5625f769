//! The exact search: branch and bound over sets of warehouses.

use super::problem::Problem;
use super::{AllocationMode, SOURCING_STEPS_MAX, SourcingPolicy};
use std::cmp::Ordering;

/// The best sets of warehouses.
pub(super) struct Found {
    /// Ascending indexes, best first.
    pub(super) sets: Vec<Vec<usize>>,
    /// Whether all sets were covered.
    pub(super) is_complete: bool,
}

/// Returns the best sets of the warehouses in `pool`, at most `wanted`. `pool` has ascending indexes, at most 32. `seed` is a
/// good set, which is used if it is part of the pool.
pub(super) fn search(problem: &Problem, pool: &[usize], seed: &[usize], wanted: usize) -> Found {
    let mut search = Search::new(problem, pool, wanted);
    search.seed(seed);
    search.extend(0, 0, 0);
    let indexes = |set: u32| {
        let members = pool.iter().enumerate().filter(move |(position, _)| set & (1 << position) != 0);
        members.map(|(_, index)| *index).collect()
    };
    Found {
        sets: search.best.iter().map(|plan| indexes(plan.set)).collect(),
        is_complete: search.steps <= SOURCING_STEPS_MAX,
    }
}

/// A plan's place in the order of plans.
struct Ranked {
    /// A bit per position in the pool.
    set: u32,
    parcels: usize,
    filled: u64,
    ranks: Vec<u64>,
}

/// Sets are visited as a tree: a set's children add one warehouse after its last one. Tables by depth have the state of
/// the set on the path; the depth is the number of its warehouses.
struct Search<'a> {
    problem: &'a Problem,
    pool: &'a [usize],
    /// The rank of each warehouse of the pool; consecutive from 0.
    ranks: Vec<usize>,
    ranks_count: usize,
    /// The bits of the pool in ascending order of ids.
    id_bits: Vec<u32>,
    wanted: usize,
    /// Best first, at most `wanted`.
    best: Vec<Ranked>,
    steps: u64,
    /// By position and item: units of the warehouses from this position on.
    rest: Vec<u32>,
    /// By position: the sums of the 1, 2, … largest warehouses from this position on. The first is 0.
    largest: Vec<Vec<u64>>,
    /// By depth and item: units of the set.
    filled: Vec<u32>,
    /// By depth: the sum of `filled`.
    filled_sum: Vec<u64>,
    /// By depth and item: the position that the item is taken from, if lines are not split.
    owner: Vec<usize>,
    /// By depth and rank: units.
    rank_units: Vec<u64>,
}

impl<'a> Search<'a> {
    fn new(problem: &'a Problem, pool: &'a [usize], wanted: usize) -> Self {
        let (count, items) = (pool.len(), problem.items.len());
        let mut ranks = vec![0; count];
        for position in 1..count {
            let [before, here] = [position - 1, position].map(|at| problem.warehouses[pool[at]].rank);
            ranks[position] = ranks[position - 1] + usize::from(before != here);
        }
        let ranks_count = ranks.last().map_or(0, |last| last + 1);
        let mut by_id: Vec<_> = (0..count).collect();
        by_id.sort_unstable_by_key(|position| problem.warehouses[pool[*position]].id);
        let mut search = Self {
            problem,
            pool,
            ranks,
            ranks_count,
            id_bits: by_id.into_iter().map(|position| 1 << position).collect(),
            wanted,
            best: Vec::with_capacity(wanted.min(64)),
            steps: 0,
            rest: vec![0; (count + 1) * items],
            largest: vec![vec![0]; count + 1],
            filled: vec![0; (count + 1) * items],
            filled_sum: vec![0; count + 1],
            owner: vec![usize::MAX; if problem.rules.split_lines { 0 } else { (count + 1) * items }],
            rank_units: vec![0; (count + 1) * ranks_count],
        };
        search.fill_bounds();
        search
    }

    fn fill_bounds(&mut self) {
        let items = self.problem.items.len();
        let mut sums: Vec<u64> = Vec::with_capacity(self.pool.len());
        for position in (0..self.pool.len()).rev() {
            let candidate = &self.problem.warehouses[self.pool[position]];
            let (here, after) = self.rest[position * items..].split_at_mut(items);
            for (((here, after), units), demand) in
                here.iter_mut().zip(after.iter()).zip(&candidate.units).zip(&self.problem.demand)
            {
                *here = self.problem.combine(*after, *units, *demand);
            }
            let place = sums.partition_point(|sum| *sum > candidate.units_sum);
            sums.insert(place, candidate.units_sum);
            let mut total = 0;
            self.largest[position].extend(sums.iter().map(|sum| {
                total += sum;
                total
            }));
        }
    }

    /// Records a set, if it is part of the pool, as the first bound.
    fn seed(&mut self, seed: &[usize]) {
        let (mut depth, mut set) = (0, 0);
        for index in seed {
            let Ok(position) = self.pool.binary_search(index) else { return };
            if self.add(depth, position) {
                depth += 1;
                set |= 1 << position;
            }
        }
        if depth > 0 {
            self.record(depth, set);
        }
    }

    /// Visits the sets that add warehouses from position `from` on.
    fn extend(&mut self, depth: usize, set: u32, from: usize) {
        if depth == self.problem.parcels_max() || self.filled_sum[depth] == self.problem.total {
            return;
        }
        for position in from..self.pool.len() {
            self.steps += self.problem.items.len() as u64;
            // The bounds of later positions are not better.
            if self.steps > SOURCING_STEPS_MAX || !self.can_improve(depth, position) {
                return;
            }
            if self.add(depth, position) {
                let set = set | 1 << position;
                self.record(depth + 1, set);
                self.extend(depth + 1, set, position + 1);
            }
        }
    }

    /// Writes the state of the set with one more warehouse to the next depth. Returns false if it adds no units: then the
    /// same plan exists without it.
    fn add(&mut self, depth: usize, position: usize) -> bool {
        let items = self.problem.items.len();
        let units = &self.problem.warehouses[self.pool[position]].units;
        let rank = self.ranks[position];
        let (before, after) = self.filled[depth * items..].split_at_mut(items);
        let after = &mut after[..items];
        let (ranks_before, ranks_after) =
            self.rank_units[depth * self.ranks_count..].split_at_mut(self.ranks_count);
        let ranks_after = &mut ranks_after[..self.ranks_count];
        ranks_after.copy_from_slice(ranks_before);
        let mut gain = 0_u64;
        if self.problem.rules.split_lines {
            let units = units.iter().zip(&self.problem.demand);
            for ((before, after), (units, demand)) in before.iter().zip(after).zip(units) {
                *after = (*before + units).min(*demand);
                gain += u64::from(*after - before);
            }
            ranks_after[rank] += gain;
        } else {
            let (owner_before, owner_after) = self.owner[depth * items..].split_at_mut(items);
            for item in 0..items {
                let (had, has) = (before[item], units[item]);
                let (owner, filled) = match has > had {
                    true => (position, has),
                    false => (owner_before[item], had),
                };
                if has > had {
                    if let Some(rank) = self.ranks.get(owner_before[item]) {
                        ranks_after[*rank] -= u64::from(had);
                    }
                    ranks_after[rank] += u64::from(has);
                    gain += u64::from(has - had);
                }
                owner_after[item] = owner;
                after[item] = filled;
            }
        }
        self.filled_sum[depth + 1] = self.filled_sum[depth] + gain;
        gain > 0
    }

    /// Records the set on the path if it is one of the best.
    fn record(&mut self, depth: usize, set: u32) {
        if !self.problem.accepts(self.filled_sum[depth], depth) || !self.uses_all(depth, set) {
            return;
        }
        let place = self.best.partition_point(|other| self.compare(depth, set, other) == Ordering::Greater);
        let is_known = self.best.get(place).is_some_and(|other| other.set == set);
        if place == self.wanted || is_known {
            return;
        }
        let ranks = self.rank_units[depth * self.ranks_count..][..self.ranks_count].to_vec();
        self.best.truncate(self.wanted - 1);
        self.best.insert(place, Ranked { set, parcels: depth, filled: self.filled_sum[depth], ranks });
    }

    /// Returns whether every warehouse of the set has units. Without splitting, a later warehouse can replace an earlier one;
    /// then the same plan exists without that one.
    fn uses_all(&self, depth: usize, set: u32) -> bool {
        if self.problem.rules.split_lines {
            return true;
        }
        let items = self.problem.items.len();
        let owners = self.owner[depth * items..][..items].iter().filter(|owner| **owner != usize::MAX);
        owners.fold(0, |used, owner| used | 1 << owner) == set
    }

    /// Compares the set on the path with a plan. `Less` is better.
    fn compare(&self, depth: usize, set: u32, other: &Ranked) -> Ordering {
        let parcels = depth.cmp(&other.parcels);
        let parcels_first = if self.is_parcels_first() { parcels } else { Ordering::Equal };
        let ranks = &self.rank_units[depth * self.ranks_count..][..self.ranks_count];
        let filled = other.filled.cmp(&self.filled_sum[depth]);
        filled
            .then(parcels_first)
            .then_with(|| other.ranks.as_slice().cmp(ranks))
            .then(parcels)
            .then_with(|| self.compare_ids(set, other.set))
    }

    /// Compares the ascending lists of ids of two sets of the same size.
    fn compare_ids(&self, set: u32, other: u32) -> Ordering {
        let differing = self.id_bits.iter().find(|bit| (set ^ other) & **bit != 0);
        differing.map_or(Ordering::Equal, |bit| match set & bit != 0 {
            true => Ordering::Less,
            false => Ordering::Greater,
        })
    }

    fn is_parcels_first(&self) -> bool {
        self.problem.rules.policy == SourcingPolicy::FewestParcels
    }

    /// Returns false if no set that adds warehouses from `position` on to the set on the path is better than the worst of the
    /// best plans.
    fn can_improve(&self, depth: usize, position: usize) -> bool {
        let items = self.problem.items.len();
        let filled = &self.filled[depth * items..][..items];
        let rest = self.rest[position * items..][..items].iter().zip(&self.problem.demand);
        let reachable = filled.iter().zip(rest);
        let reachable: u64 = reachable
            .map(|(filled, (rest, demand))| u64::from(self.problem.combine(*filled, *rest, *demand)))
            .sum();
        let largest = &self.largest[position];
        let parcels_left = (self.problem.parcels_max() - depth).min(largest.len() - 1);
        let reachable = reachable.min(self.filled_sum[depth] + largest[parcels_left]);
        if self.problem.rules.mode == AllocationMode::Whole && reachable < self.problem.total {
            return false;
        }
        let Some(worst) = self.best.get(self.wanted - 1) else { return true };
        match reachable.cmp(&worst.filled) {
            Ordering::Less => false,
            Ordering::Greater => true,
            Ordering::Equal => self.can_improve_on_equal_units(depth, position, worst),
        }
    }

    /// The second part of [`Search::can_improve`], for sets that have at most the units of `worst`.
    fn can_improve_on_equal_units(&self, depth: usize, position: usize, worst: &Ranked) -> bool {
        let missing = worst.filled.saturating_sub(self.filled_sum[depth]);
        let more = self.largest[position].partition_point(|sum| *sum < missing).max(1);
        let parcels = (depth + more).cmp(&worst.parcels);
        if self.is_parcels_first() && parcels != Ordering::Equal {
            return parcels == Ordering::Less;
        }
        // The ranks before that of the position get no more units.
        let rank = self.ranks[position];
        let ranks = &self.rank_units[depth * self.ranks_count..][..rank];
        match ranks.cmp(&worst.ranks[..rank]) {
            Ordering::Less => false,
            Ordering::Greater => true,
            // The last rank gets the remaining units, so that the parcels decide.
            Ordering::Equal => rank + 1 < self.ranks_count || parcels != Ordering::Greater,
        }
    }
}
