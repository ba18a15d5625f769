//! The decision about a change of the condition of units on the shelf.

use super::draft::{Cause, Draft};
use super::granted::{Decision, Granted};
use crate::{
    ChangeCondition, Condition, ConditionChange, ConditionChanged, Error, LevelKey, MovementReason,
    UnsellableUnits,
};

impl Draft<'_> {
    pub(super) fn change_condition(&mut self, index: usize, request: &ChangeCondition) -> Decision {
        let ChangeCondition { item, change, .. } = *request;
        let quantity = request.quantity.get();
        let warehouse = request.warehouse.or(self.before.default_warehouse);
        let warehouse = warehouse
            .ok_or_else(|| Error::invalid("warehouseId", "is missing, and there is no default warehouse"))?;
        self.check_warehouse(warehouse)?;
        if matches!(change, ConditionChange::Restore(_)) {
            self.check_receives(warehouse)?;
        }
        let key = LevelKey { item, warehouse };
        if !self.levels.contains_key(&key) {
            self.check_exists(item, Some(warehouse))?;
        }
        let unsellable = self.unsellable(key);
        let without = match change.from() {
            None if self.available(key) < quantity => {
                return Err(self.insufficient_stock(item, Some(warehouse), quantity, self.available(key)));
            }
            None => unsellable,
            Some(condition) => {
                let present = unsellable.of(condition);
                let too_few =
                    Error::TooFewInCondition { item, warehouse, condition, requested: quantity, present };
                unsellable.with(condition, -quantity).ok_or(too_few)?
            }
        };
        let unsellable = match change.to() {
            None => without,
            Some(condition) => self.with_units(key, without, condition, quantity)?,
        };
        let (reason, available, condition) = match change {
            ConditionChange::SetAside(condition) => (MovementReason::SetAside, -quantity, condition),
            ConditionChange::Restore(condition) => (MovementReason::Restored, quantity, condition),
            ConditionChange::Reclassify(condition) => (MovementReason::Reclassified, 0, condition),
            ConditionChange::Dispose(condition) => (MovementReason::Disposed, 0, condition),
        };
        self.check_receivable(item, available)?;
        self.check_bounds(key, available.into(), available.into())?;
        self.record_received(item, available);
        let note = Some(request.note.to_string());
        let (units, condition) = (Some(quantity), Some(condition));
        self.change_level(key, available, reason, Cause { note, units, condition, ..Cause::request(index) })?;
        self.unsellable.insert(key, unsellable);
        let available = self.available(key);
        Ok(Granted::ConditionChanged(ConditionChanged { item, warehouse, quantity, available, unsellable }))
    }

    /// Returns the unsellable units of a level.
    pub(super) fn unsellable(&self, key: LevelKey) -> UnsellableUnits {
        let before = self.before.unsellable.get(&key);
        self.unsellable.get(&key).or(before).copied().unwrap_or_default()
    }

    /// Returns `present` with more units in a condition.
    ///
    /// # Errors
    /// [`Error::StockOverflow`].
    pub(super) fn with_units(
        &self,
        key: LevelKey,
        present: UnsellableUnits,
        condition: Condition,
        units: i32,
    ) -> Result<UnsellableUnits, Error> {
        let overflow =
            Error::StockOverflow { item: key.item, available: self.available_units(key.item), delta: units };
        present.with(condition, units).ok_or(overflow)
    }
}
