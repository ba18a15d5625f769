//! Exchanges: a request that returns units of a stock level and takes units of it again moves only the difference.

use super::model::NewMovement;
use crate::{LevelKey, MovementReason};
use std::collections::BTreeSet;

/// The reasons of the movements that return units, each with the reason of those that take them again: blocks of a changed cart
/// are replaced, and units pass from one order to another.
const EXCHANGES: [(MovementReason, MovementReason); 2] = [
    (MovementReason::Released, MovementReason::Blocked),
    (MovementReason::Cancelled, MovementReason::Allocated),
];

/// Sets the units by which the movements of exchanges count as activity. The movements of a request follow one another.
pub(super) fn set_activity_units(movements: &mut [NewMovement]) {
    for of_request in movements.chunk_by_mut(|one, other| one.request == other.request) {
        if of_request.iter().all(|movement| movement.request.is_some()) {
            EXCHANGES.iter().for_each(|(returned, taken)| set_differences(of_request, *returned, *taken));
        }
    }
}

fn set_differences(movements: &mut [NewMovement], returned: MovementReason, taken: MovementReason) {
    if !movements.iter().any(|movement| movement.reason == taken) {
        return;
    }
    let of_returned = movements.iter().filter(|movement| movement.reason == returned);
    let levels: BTreeSet<LevelKey> = of_returned.map(|movement| movement.key).collect();
    for key in levels {
        let sum = |reason| {
            let same = movements.iter().filter(|movement| (movement.key, movement.reason) == (key, reason));
            same.map(|movement| i64::from(movement.change).abs()).sum::<i64>()
        };
        let exchanged = sum(returned).min(sum(taken));
        for reason in [returned, taken] {
            let mut left = exchanged;
            for movement in
                movements.iter_mut().filter(|movement| (movement.key, movement.reason) == (key, reason))
            {
                let units = i64::from(movement.change).abs();
                let part = left.min(units);
                if part > 0 {
                    movement.activity_units = i32::try_from(units - part).ok();
                    left -= part;
                }
            }
        }
    }
}
