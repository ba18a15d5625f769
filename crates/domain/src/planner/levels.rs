//! The decision about a change of one stock level: a count, or units added or written off.

use super::draft::{Cause, Draft};
use super::granted::{Decision, Granted};
use super::model::NewMovement;
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
        let units = self.shelf_units(key);
        let delta = match change.target {
            LevelTarget::Change(delta) | LevelTarget::Move(delta) => delta.into(),
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
                LevelTarget::Change(_) | LevelTarget::Move(_) => {
                    let requested = i32::try_from(-delta).unwrap_or(UNITS_MAX);
                    self.insufficient_stock(item, Some(warehouse), requested, available)
                }
                LevelTarget::Set { units: counted, .. } => {
                    // Expired blocks are held too: the caller reclaims them, and plans again.
                    self.short_items.insert(item);
                    let (counted, held, unavailable) = (counted.get(), units.held, units.unavailable());
                    Error::CountBelowHeld { item, warehouse, counted, held, unavailable }
                }
            });
        }
        let is_move = matches!(change.target, LevelTarget::Move(_));
        let write_off_units_max = change.write_off_units_max.filter(|_| !is_move);
        if let Some(max) = write_off_units_max.filter(|max| -delta > i64::from(*max)) {
            return Err(Error::WriteOffForbidden { item, units: -delta, max });
        }
        // More units than a level can have are rejected below, so the change fits.
        let delta = i32::try_from(delta).unwrap_or(if delta > 0 { UNITS_MAX } else { -UNITS_MAX });
        self.check_receivable(item, delta)?;
        self.check_bounds(key, delta.into(), delta.into())?;
        self.record_received(item, delta);
        let reason = match change.target {
            LevelTarget::Move(_) => MovementReason::Moved,
            _ if delta > 0 => MovementReason::Received,
            _ => MovementReason::WrittenOff,
        };
        let note = Some(change.note.clone());
        self.change_level(key, delta, reason, Cause { note, ..Cause::request(index) })?;
        let units = StockUnits { available: self.available(key).into(), ..units };
        Ok(Granted::LevelChanged(LevelChanged { item, warehouse, delta, units }))
    }

    /// Returns the units of a counted level, after the requests that are decided so far. Few batches have both counts and other
    /// changes of these levels, so the other changes are searched here instead of being counted for every request.
    fn shelf_units(&self, key: LevelKey) -> StockUnits {
        let before = self.before.shelf.get(&key).copied().unwrap_or_default();
        // A late confirmation places permanent blocks, whose units are committed.
        let placed = self.placed.iter().filter(|new| new.block.key == key && new.block.expires_at.is_some());
        let placed: i64 = placed.map(|new| i64::from(new.block.quantity)).sum();
        let held = before.held + placed - self.ended_units.get(&key).copied().unwrap_or(0);
        let available = i64::from(self.available(key));
        let (damaged, quarantined) = match self.unsellable.get(&key) {
            Some(units) => (units.damaged.into(), units.quarantined.into()),
            None => (before.damaged, before.quarantined),
        };
        let units = StockUnits { available, held, committed: 0, damaged, quarantined };
        // Units on hand are changed by few movements, and all that remain are committed.
        let arrived = self.movements.iter().filter(|movement| movement.key == key);
        let arrived: i64 = arrived.map(NewMovement::on_hand_change).sum();
        let available_before = self.before.levels.get(&key).copied().unwrap_or(0);
        let on_hand = i64::from(available_before) + before.unavailable() + arrived;
        StockUnits { committed: on_hand - units.on_hand(), ..units }
    }
}
