//! The rules for changes of the condition of units.

use super::*;
use domain::{ChangeCondition, Condition, Decision, Granted, UnsellableUnits};
use sqlx::PgConnection;

impl Ledger {
    /// Changes the condition of units. Returns whether the response matches.
    pub(super) fn change_condition(&mut self, request: &ChangeCondition, answer: &Decision) -> bool {
        let (item, units, change) = (request.item, request.quantity.get(), request.change);
        let Some(warehouse) = request.warehouse else { return false };
        let key = LevelKey { item, warehouse };
        let present = change.from().map_or(self.units(key), |condition| self.in_condition(key, condition));
        if present < units {
            return match change.from() {
                None => {
                    let short = Rejection::InsufficientStock {
                        item,
                        warehouse: Some(warehouse),
                        requested: units,
                        available: present,
                    };
                    *answer == Err(short) && !self.is_due(item, None)
                }
                Some(condition) => {
                    let requested = units;
                    let few = Rejection::TooFewInCondition { item, warehouse, condition, requested, present };
                    *answer == Err(few)
                }
            };
        }
        let disposed = matches!(change, domain::ConditionChange::Dispose(_));
        self.shift(key, change.from(), -units);
        if !disposed {
            self.shift(key, change.to(), units);
        }
        let unsellable = UnsellableUnits {
            damaged: self.in_condition(key, Condition::Damaged),
            quarantined: self.in_condition(key, Condition::Quarantine),
        };
        matches!(answer, Ok(Granted::ConditionChanged(reported))
            if (reported.item, reported.warehouse, reported.quantity) == (item, warehouse, units)
                && (reported.available, reported.unsellable) == (self.units(key), unsellable))
    }

    fn in_condition(&self, key: LevelKey, condition: Condition) -> i32 {
        self.unsellable.get(&(key, condition)).copied().unwrap_or(0)
    }

    /// Adds units to a condition of a level; to the available ones without a condition.
    pub(super) fn shift(&mut self, key: LevelKey, condition: Option<Condition>, units: i32) {
        let Some(condition) = condition else { return self.add(key, units) };
        let present = self.unsellable.entry((key, condition)).or_insert(0);
        *present += units;
        if *present == 0 {
            self.unsellable.remove(&(key, condition));
        }
    }

    /// Reads the unsellable units of these items from the tables. Conditions without units are left out.
    pub(super) async fn read_unsellable(
        connection: &mut PgConnection,
        ids: &[i64],
    ) -> BTreeMap<(LevelKey, Condition), i32> {
        let rows: Vec<(i64, i64, i32, i32)> = sqlx::query_as(
            "SELECT item_id, warehouse_id, damaged, quarantined FROM unsellable_stock WHERE item_id = ANY ($1)",
        )
        .bind(ids)
        .fetch_all(connection)
        .await
        .expect("unsellable units");
        let units = rows.into_iter().flat_map(|(item, warehouse, damaged, quarantined)| {
            let key = LevelKey { item: ItemId(item), warehouse: WarehouseId(warehouse) };
            [((key, Condition::Damaged), damaged), ((key, Condition::Quarantine), quarantined)]
        });
        units.filter(|(_, units)| *units != 0).collect()
    }
}
