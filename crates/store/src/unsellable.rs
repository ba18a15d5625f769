//! Units that can't be sold because of their condition.

use crate::{Result, WriteTransaction};
use domain::{ItemId, LevelKey, StockChanges, UnsellableUnits, WarehouseId};
use std::collections::HashMap;

impl WriteTransaction {
    /// Returns the unsellable units of these items by level. A level without an entry has none. The caller has locked all
    /// stock levels of the items, so the units are stable.
    pub async fn unsellable_units(&mut self, items: &[ItemId]) -> Result<HashMap<LevelKey, UnsellableUnits>> {
        let ids: Vec<_> = items.iter().map(|item| item.0).collect();
        let rows = sqlx::query!(
            "SELECT item_id, warehouse_id, damaged, quarantined FROM unsellable_stock WHERE item_id = ANY ($1)",
            &ids
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        let units = rows.into_iter().map(|row| {
            let key = LevelKey { item: ItemId(row.item_id), warehouse: WarehouseId(row.warehouse_id) };
            (key, UnsellableUnits { damaged: row.damaged, quarantined: row.quarantined })
        });
        Ok(units.collect())
    }

    /// Writes the unsellable units of levels, under the locks of these levels.
    pub(crate) async fn unsellable_change(&mut self, changes: &StockChanges) -> Result<()> {
        if changes.unsellable.is_empty() {
            return Ok(());
        }
        let units = || changes.unsellable.values();
        sqlx::query!(
            "INSERT INTO unsellable_stock (item_id, warehouse_id, damaged, quarantined)
             SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::integer[])
                 ON CONFLICT (item_id, warehouse_id)
                    DO UPDATE SET damaged = excluded.damaged, quarantined = excluded.quarantined",
            &changes.unsellable.keys().map(|key| key.item.0).collect::<Vec<_>>(),
            &changes.unsellable.keys().map(|key| key.warehouse.0).collect::<Vec<_>>(),
            &units().map(|units| units.damaged).collect::<Vec<_>>(),
            &units().map(|units| units.quarantined).collect::<Vec<_>>()
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }
}
