//! Stock levels that are read without a lock, for the choice of an order's warehouses.

use super::columns::level_key;
use crate::{Result, WriteTransaction};
use domain::{ItemId, LevelKey, SeenLevel};
use std::collections::{BTreeMap, BTreeSet};

impl WriteTransaction {
    /// Returns all stock levels of items, without a lock: the available units, and those of expired blocks.
    pub async fn levels_seen(&mut self, items: &BTreeSet<ItemId>) -> Result<BTreeMap<LevelKey, SeenLevel>> {
        let items: Vec<_> = items.iter().map(|item| item.0).collect();
        let rows = sqlx::query!(
            r#"SELECT inventory.product_id, inventory.warehouse_id, inventory.stock_quantity,
                      least(coalesce(expired.units, 0), 2147483647)::integer AS "expired!"
                 FROM inventory
                 LEFT JOIN (SELECT item_id, warehouse_id, sum(quantity)::bigint AS units FROM block_inventory
                             WHERE item_id = ANY ($1) AND NOT is_permanent AND expires_at <= now()
                             GROUP BY item_id, warehouse_id) AS expired
                        ON expired.item_id = inventory.product_id AND expired.warehouse_id = inventory.warehouse_id
                WHERE inventory.product_id = ANY ($1)"#,
            &items
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        let levels = rows.into_iter().map(|row| {
            let level = SeenLevel { available: row.stock_quantity, expired: row.expired };
            (level_key(row.product_id, row.warehouse_id), level)
        });
        Ok(levels.collect())
    }
}
