//! Moving units between warehouses.

use super::decide::{Cause, Draft};
use super::*;

impl Draft<'_> {
    pub(super) fn move_units(&mut self, index: usize, movement: &StockMove) -> Decision {
        let StockMove { item, from, to, quantity, .. } = *movement;
        let [source, target] = [from, to].map(|warehouse| LevelKey { item, warehouse });
        let (available, quantity) = (self.available(source), quantity.get());
        if available < quantity {
            return Err(self.too_few(item, Some(from), quantity, available));
        }
        if !self.before.warehouses.contains(&to) {
            return Err(Error::WarehouseNotFound(to));
        }
        // The item's sum stays the same, and no level is above it unless levels were written by hand.
        let target_available = self.available(target);
        if target_available.checked_add(quantity).is_none() {
            return Err(Error::StockOverflow { item, available: target_available, delta: quantity });
        }
        let cause = || Cause { note: Some(movement.note.to_string()), ..Cause::request(index) };
        self.shift(source, -quantity, MovementReason::Moved, cause())?;
        self.shift(target, quantity, MovementReason::Moved, cause())?;
        let (from_available, to_available) = (self.available(source), self.available(target));
        Ok(Granted::Moved(StockMoved { item, from, to, quantity, from_available, to_available }))
    }
}
