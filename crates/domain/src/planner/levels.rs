//! The decision about a change of one stock level: a count, or units added or written off.

use super::draft::{Cause, Draft};
use super::model::{Decision, Granted};
use crate::{Error, LevelChange, LevelChanged, LevelKey, LevelTarget, MovementReason, StockUnits, UNITS_MAX};

impl Draft<'_> {
    /// Changes a stock level. A level that already has the counted units gets no movement.
    pub(super) fn change_level_to(&mut self, index: usize, change: &LevelChange) -> Decision {
        let item = change.item;
        let warehouse = change.warehouse.or(self.before.default_warehouse);
        let warehouse = warehouse
            .ok_or_else(|| Error::invalid("warehouseId", "is missing, and there is no default warehouse"))?;
        self.check_warehouse(warehouse)?;
        let key = LevelKey { item, warehouse };
        if !self.levels.contains_key(&key) {
            self.check_exists(item, Some(warehouse))?;
        }
        let units = StockUnits { available: self.available(key).into(), held: self.held(key) };
        let delta = match change.target {
            LevelTarget::Change(delta) => delta.into(),
            LevelTarget::Set { units: counted, expected, basis } => {
                let present = basis.of(units);
                if let Some(expected) = expected.filter(|expected| i64::from(expected.get()) != present) {
                    return Err(Error::StockMismatch { item, warehouse, expected: expected.get(), present });
                }
                i64::from(counted.get()) - present
            }
        };
        if delta == 0 {
            return Ok(Granted::LevelChanged(LevelChanged { item, warehouse, delta: 0, units }));
        }
        let available = self.available(key);
        if delta > 0 {
            self.check_receives(warehouse)?;
        }
        if units.available + delta < 0 {
            return Err(match change.target {
                LevelTarget::Change(_) => {
                    let requested = i32::try_from(-delta).unwrap_or(UNITS_MAX);
                    self.insufficient_stock(item, Some(warehouse), requested, available)
                }
                LevelTarget::Set { units: counted, .. } => {
                    // Expired blocks are held too: the caller reclaims them, and plans again.
                    self.short_items.insert(item);
                    Error::CountBelowHeld { item, warehouse, counted: counted.get(), held: units.held }
                }
            });
        }
        if let Some(max) = change.write_off_units_max.filter(|max| -delta > i64::from(*max)) {
            return Err(Error::WriteOffForbidden { item, units: -delta, max });
        }
        // More units than a level can have are rejected below, so the change fits.
        let delta = i32::try_from(delta).unwrap_or(if delta > 0 { UNITS_MAX } else { -UNITS_MAX });
        self.check_receivable(item, delta)?;
        self.check_bounds(key, delta.into(), delta.into())?;
        *self.received.entry(item).or_default() += i64::from(delta);
        let reason = if delta > 0 { MovementReason::Received } else { MovementReason::WrittenOff };
        let note = Some(change.note.clone());
        self.change_level(key, delta, reason, Cause { note, ..Cause::request(index) })?;
        let units = StockUnits { available: self.available(key).into(), ..units };
        Ok(Granted::LevelChanged(LevelChanged { item, warehouse, delta, units }))
    }

    /// Returns the units of a level in temporary blocks, after the requests that are decided so far. Few batches have both
    /// counts and new blocks, so new blocks are searched here instead of being counted for every request.
    fn held(&self, key: LevelKey) -> i64 {
        let before = self.before.held.get(&key).copied().unwrap_or(0);
        let placed = self.placed.iter().filter(|new| new.block.key == key);
        let placed: i64 = placed.map(|new| i64::from(new.block.quantity)).sum();
        before + placed - self.ended_units.get(&key).copied().unwrap_or(0)
    }
}
