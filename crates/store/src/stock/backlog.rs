//! Stock including the units of expired blocks, read in one snapshot without locks.

use super::carts;
use super::columns::level_key;
use crate::order_summaries::{OrderHead, order_summaries};
use crate::pool::Connection;
use crate::{CartRecord, Result, Store};
use domain::{BlockId, CartId, HeldBlock, ItemId, LevelKey, OrderId, OrderSummary, Time};
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

/// Items, their stock levels, orders and carts in one snapshot.
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
    /// The requested carts that exist.
    pub carts: Vec<CartRecord>,
    /// The blocks of these carts, without those that were reclaimed or released.
    pub blocks: HashMap<BlockId, HeldBlock>,
}

impl Store {
    /// Reads these items, orders and carts, and the items of the orders' lines. The time is proportional to the number of
    /// expired blocks of the items.
    pub async fn stock_with_expired(
        &self,
        items: &[ItemId],
        orders: &[OrderId],
        carts: &[CartId],
    ) -> Result<StockWithExpired> {
        let mut transaction = self.begin_reading().await?;
        let order_ids: Vec<_> = orders.iter().map(|order| order.0).collect();
        let heads = sqlx::query_as!(
            OrderHead,
            "SELECT id, status, warehouse_id FROM orders WHERE id = ANY ($1)",
            &order_ids
        )
        .fetch_all(&mut *transaction)
        .await?;
        let orders = order_summaries(&mut transaction, heads).await?;
        let mut item_ids: Vec<_> = items.iter().map(|item| item.0).collect();
        item_ids.extend(orders.values().flat_map(|order| order.lines.iter().map(|(item, _)| item.0)));
        let mut stock = StockWithExpired { orders, ..StockWithExpired::default() };
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
        if !carts.is_empty() {
            let ids: Vec<_> = carts.iter().map(|cart| cart.0).collect();
            stock.carts = carts::records(&mut transaction, &ids).await?;
            stock.blocks = blocks_of(&mut transaction, &stock.carts).await?;
        }
        transaction.rollback().await?;
        Ok(stock)
    }
}

/// Reads the blocks of these carts that exist.
async fn blocks_of(connection: &mut Connection, carts: &[CartRecord]) -> Result<HashMap<BlockId, HeldBlock>> {
    let ids: Vec<_> = carts.iter().flat_map(|cart| cart.blocks.iter().map(|id| id.0)).collect();
    let rows = sqlx::query!(
        "SELECT id, item_id, warehouse_id, quantity, is_permanent, expires_at, cart_id
           FROM block_inventory WHERE id = ANY ($1)",
        &ids
    )
    .fetch_all(connection)
    .await?;
    let mut blocks = HashMap::new();
    for row in rows {
        let (id, key) = (BlockId(row.id), level_key(row.item_id, row.warehouse_id));
        let expires_at = row.expires_at.filter(|_| !row.is_permanent);
        let cart = row.cart_id.map(CartId);
        blocks.insert(id, HeldBlock { id, key, quantity: row.quantity, expires_at, cart });
    }
    Ok(blocks)
}
