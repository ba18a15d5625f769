//! Stock including the units of expired blocks, read in one snapshot without locks.

use super::columns::level_key;
use crate::orders::order_status;
use crate::{Result, Store};
use domain::{ItemId, LevelKey, OrderId, OrderSummary, Time, WarehouseId};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A stock level with its expired blocks that are not reclaimed yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LevelWithExpired {
    /// Available units.
    pub available: i32,
    /// Units in expired blocks.
    pub expired_units: i64,
    /// Expired blocks.
    pub expired_blocks: i64,
}

impl LevelWithExpired {
    /// Returns the units that the level has once every expired block is reclaimed.
    pub fn units_max(&self) -> i32 {
        i32::try_from(self.expired_units.saturating_add(self.available.into())).unwrap_or(i32::MAX)
    }
}

/// Items, their stock levels and orders in one snapshot.
#[derive(Debug, Clone, Default)]
pub struct StockWithExpired {
    /// The database's time of the snapshot.
    pub now: Time,
    /// All stock levels of the items.
    pub levels: BTreeMap<LevelKey, LevelWithExpired>,
    /// The requested items that exist.
    pub items: HashSet<ItemId>,
    /// The requested orders that exist.
    pub orders: HashMap<OrderId, OrderSummary>,
}

impl Store {
    /// Reads these items and orders, and the items of the orders' lines. The time is proportional to the number of
    /// expired blocks of the items.
    pub async fn stock_with_expired(&self, items: &[ItemId], orders: &[OrderId]) -> Result<StockWithExpired> {
        let mut transaction = self.begin_reading().await?;
        let order_ids: Vec<_> = orders.iter().map(|order| order.0).collect();
        let mut stock = StockWithExpired::default();
        let rows =
            sqlx::query!("SELECT id, status, warehouse_id FROM orders WHERE id = ANY ($1)", &order_ids)
                .fetch_all(&mut *transaction)
                .await?;
        for row in rows {
            let (id, warehouse) = (OrderId(row.id), row.warehouse_id.map(WarehouseId));
            let stub = OrderSummary { id, status: order_status(&row.status)?, warehouse, lines: Vec::new() };
            stock.orders.insert(id, stub);
        }
        let lines = sqlx::query!(
            "SELECT order_id, product_id, quantity FROM order_items
              WHERE order_id = ANY ($1) ORDER BY order_id, product_id",
            &order_ids
        )
        .fetch_all(&mut *transaction)
        .await?;
        let mut item_ids: Vec<_> = items.iter().map(|item| item.0).collect();
        for line in lines {
            item_ids.push(line.product_id);
            if let Some(stub) = stock.orders.get_mut(&OrderId(line.order_id)) {
                stub.lines.push((ItemId(line.product_id), line.quantity));
            }
        }
        item_ids.sort_unstable();
        item_ids.dedup();
        let existing =
            sqlx::query!(r#"SELECT id, now() AS "now!" FROM items WHERE id = ANY ($1)"#, &item_ids)
                .fetch_all(&mut *transaction)
                .await?;
        for item in existing {
            stock.now = item.now;
            stock.items.insert(ItemId(item.id));
        }
        let levels = sqlx::query!(
            r#"WITH expired AS MATERIALIZED (
                   SELECT item_id, warehouse_id, sum(quantity)::bigint AS units, count(*) AS blocks
                     FROM block_inventory
                    WHERE item_id = ANY ($1) AND NOT is_permanent AND expires_at <= now()
                    GROUP BY item_id, warehouse_id
               )
               SELECT inventory.product_id, inventory.warehouse_id, stock_quantity,
                      coalesce(expired.units, 0) AS "expired_units!",
                      coalesce(expired.blocks, 0) AS "expired_blocks!"
                 FROM inventory
                 LEFT JOIN expired ON expired.item_id = inventory.product_id
                                  AND expired.warehouse_id = inventory.warehouse_id
                WHERE inventory.product_id = ANY ($1)"#,
            &item_ids
        )
        .fetch_all(&mut *transaction)
        .await?;
        for level in levels {
            let key = level_key(level.product_id, level.warehouse_id);
            let level = LevelWithExpired {
                available: level.stock_quantity,
                expired_units: level.expired_units,
                expired_blocks: level.expired_blocks,
            };
            stock.levels.insert(key, level);
        }
        transaction.rollback().await?;
        Ok(stock)
    }
}
