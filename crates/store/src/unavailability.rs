//! The blocks and orders that have the units of an item.

use crate::blocks::{block_from, select_blocks};
use crate::{Result, Store};
use domain::{AllocatedOrder, Block, ItemId, OrderId, Time};

/// The active blocks of an item that are read for the largest ones.
const HELD_READ_MAX: i64 = 10_000;

/// The allocations of an item that are read for the orders with the most units.
const ALLOCATIONS_READ_MAX: i64 = 10_000;

impl Store {
    /// Returns the largest active blocks of an item, at most `limit`, among the [`HELD_READ_MAX`] that expire first, and the time
    /// at which the next one expires.
    pub async fn holds_largest(&self, item: ItemId, limit: i64) -> Result<(Vec<Block>, Option<Time>)> {
        let rows = select_blocks!(
            "blocks.item_id = $1 AND blocks.id = ANY (ARRAY(
                 SELECT id FROM block_inventory
                  WHERE item_id = $1 AND expires_at > now() AND NOT is_permanent ORDER BY expires_at LIMIT $3))
             ORDER BY blocks.quantity DESC, blocks.expires_at, blocks.id LIMIT $2",
            item.0,
            limit,
            HELD_READ_MAX
        );
        let next = sqlx::query_scalar!(
            "SELECT expires_at FROM block_inventory
              WHERE item_id = $1 AND expires_at > now() AND NOT is_permanent ORDER BY expires_at LIMIT 1",
            item.0
        );
        let database = self.lists().await;
        let (rows, next) = tokio::try_join!(rows.fetch_all(database), next.fetch_optional(database))?;
        Ok((rows.into_iter().map(block_from).collect(), next.flatten()))
    }

    /// Returns the orders with the most allocated units of an item that are not shipped, at most `limit`, among
    /// [`ALLOCATIONS_READ_MAX`] allocations.
    pub async fn orders_allocated(&self, item: ItemId, limit: i64) -> Result<Vec<AllocatedOrder>> {
        let rows = sqlx::query!(
            r#"SELECT orders.id, orders.reference, allocated.units AS "units!"
                 FROM (SELECT order_id, sum(allocated)::bigint AS units
                         FROM (SELECT order_id, allocated FROM order_allocations
                                WHERE item_id = $1 AND allocated > 0 LIMIT $3) AS read
                        GROUP BY order_id ORDER BY sum(allocated) DESC, order_id LIMIT $2) AS allocated
                 JOIN orders ON orders.id = allocated.order_id
                ORDER BY allocated.units DESC, orders.id"#,
            item.0,
            limit,
            ALLOCATIONS_READ_MAX
        )
        .fetch_all(self.lists().await)
        .await?;
        let orders = rows.into_iter().map(|row| AllocatedOrder {
            order: OrderId(row.id),
            reference: row.reference,
            units: row.units,
        });
        Ok(orders.collect())
    }
}
