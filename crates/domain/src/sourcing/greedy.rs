//! Greedy plans: the first bound of the search, and the choice of its warehouses if there are too many.

use super::problem::Problem;
use super::{SOURCING_EXACT_WAREHOUSES_MAX, SOURCING_STEPS_MAX};
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

/// Adds the warehouse with the most missing units again and again; of equal ones, the first by rank. Returns ascending
/// indexes.
///
/// The missing units of a warehouse only decrease, so an outdated number is an upper bound, and the warehouse on top of
/// the heap is compared with the next one only.
pub(super) fn by_gain(problem: &Problem) -> Vec<usize> {
    let candidates = problem.warehouses.iter().enumerate();
    let mut heap: BinaryHeap<_> =
        candidates.map(|(index, candidate)| (candidate.units_sum, Reverse(index))).collect();
    let mut filled = vec![0_u32; problem.items.len()];
    let mut chosen = Vec::new();
    let mut steps = 0;
    while chosen.len() < problem.parcels_max() && steps < SOURCING_STEPS_MAX {
        let Some((_, Reverse(index))) = heap.pop() else { break };
        steps += problem.items.len() as u64;
        let units = &problem.warehouses[index].units;
        let after = || {
            let items = filled.iter().zip(units).zip(&problem.demand);
            items.map(|((before, units), demand)| problem.combine(*before, *units, *demand))
        };
        let gain: u64 = after().zip(&filled).map(|(after, before)| u64::from(after - before)).sum();
        let entry = (gain, Reverse(index));
        if gain == 0 {
            continue;
        }
        if heap.peek().is_some_and(|next| *next > entry) {
            heap.push(entry);
            continue;
        }
        filled = after().collect();
        chosen.push(index);
    }
    chosen.sort_unstable();
    chosen
}

/// Returns the warehouses of the search, as ascending indexes: all of them, or the greedy ones and the first by rank up to
/// [`SOURCING_EXACT_WAREHOUSES_MAX`].
pub(super) fn pool(problem: &Problem, by_gain: &[usize]) -> Vec<usize> {
    let count = problem.warehouses.len();
    if count <= SOURCING_EXACT_WAREHOUSES_MAX {
        return (0..count).collect();
    }
    let mut pool: BTreeSet<_> = by_gain.iter().copied().take(SOURCING_EXACT_WAREHOUSES_MAX).collect();
    let by_rank = (0..count).filter(|index| by_gain.binary_search(index).is_err());
    pool.extend(by_rank.take(SOURCING_EXACT_WAREHOUSES_MAX - pool.len()));
    pool.into_iter().collect()
}
