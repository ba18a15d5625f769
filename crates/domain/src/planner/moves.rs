//! Moving units between warehouses.

use super::draft::{Cause, Draft};
use super::granted::{Decision, Granted};
use crate::{Error, LevelKey, MovementReason, StockMove, StockMoved};

impl Draft<'_> {
    pub(super) fn move_units(&mut self, index: usize, stock_move: &StockMove) -> Decision {
        let StockMove { item, from, to, quantity, .. } = *stock_move;
        [from, to].into_iter().try_for_each(|warehouse| self.check_warehouse(warehouse))?;
        let [source, target] = [from, to].map(|warehouse| LevelKey { item, warehouse });
        let (available, quantity) = (self.available(source), quantity.get());
        if available < quantity {
            return Err(self.insufficient_stock(item, Some(from), quantity, available));
        }
        if !self.before.warehouses.contains(&to) {
            return Err(Error::WarehouseNotFound(to));
        }
        self.check_receives(to)?;
        // The item's total stays the same. A level can exceed it only after a direct change in the database.
        let target_available = self.available(target);
        if target_available.checked_add(quantity).is_none() {
            return Err(Error::StockOverflow { item, available: target_available, delta: quantity });
        }
        let cause = || Cause { note: Some(stock_move.note.to_string()), ..Cause::request(index) };
        self.change_level(source, -quantity, MovementReason::Moved, cause())?;
        self.change_level(target, quantity, MovementReason::Moved, cause())?;
        let (from_available, to_available) = (self.available(source), self.available(target));
        Ok(Granted::Moved(StockMoved { item, from, to, quantity, from_available, to_available }))
    }
}
