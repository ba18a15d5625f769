//! The queue of orders that wait for missing units.

use crate::pool::Connection;
use crate::{Result, Store, WriteTransaction};
use domain::{ItemId, OrderId, StockChanges, Time};

/// The orders before an order that are counted for its place in the queue.
pub const QUEUE_COUNTED_MAX: i64 = 1_000;

/// A place in the queue. Places are ordered: higher priorities first, then those that wait longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueuePlace {
    /// The negative priority.
    rank: i32,
    since: Time,
    /// The order.
    pub order: OrderId,
}

/// An order of the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingOrder {
    /// Its place.
    pub place: QueuePlace,
    /// The items of which it misses units, ascending.
    pub missing: Vec<ItemId>,
    /// Whether a missing item has available units, or units of expired blocks.
    pub has_units: bool,
}

impl Store {
    /// Returns the next orders of the queue, at most `limit`.
    pub async fn orders_waiting(&self, after: Option<QueuePlace>, limit: i64) -> Result<Vec<WaitingOrder>> {
        let rows = sqlx::query!(
            r#"SELECT queue.id AS "id!", queue.rank AS "rank!", queue.waiting_since AS "since!",
                      coalesce(missing.items, '{}') AS "missing!", coalesce(missing.have_units, false) AS "has_units!"
                 FROM (SELECT id, -priority AS rank, waiting_since FROM orders
                        WHERE waiting_since IS NOT NULL AND status IN ('pending', 'partial')
                          AND (-priority, waiting_since, id)
                              > (coalesce($1::integer, -2147483647), coalesce($2::timestamptz, '-infinity'), coalesce($3::bigint, 0))
                        ORDER BY -priority, waiting_since, id LIMIT $4) AS queue
                CROSS JOIN LATERAL (
                    SELECT array_agg(lines.item ORDER BY lines.item) AS items,
                           bool_or(EXISTS (SELECT FROM inventory
                                            WHERE product_id = lines.item AND stock_quantity > 0 AND archived IS FALSE)
                                OR EXISTS (SELECT FROM block_inventory
                                            WHERE item_id = lines.item AND expires_at <= now())) AS have_units
                      FROM (SELECT product_id AS item, sum(quantity) AS units FROM order_items
                             WHERE order_id = queue.id GROUP BY product_id) AS lines
                     WHERE lines.units > coalesce((SELECT sum(allocated + shipped) FROM order_allocations
                                                    WHERE order_id = queue.id AND item_id = lines.item), 0)) AS missing
                ORDER BY queue.rank, queue.waiting_since, queue.id"#,
            after.map(|after| after.rank),
            after.map(|after| after.since),
            after.map(|after| after.order.0),
            limit
        )
        .fetch_all(&self.lookups)
        .await?;
        let waiting = rows.into_iter().map(|row| {
            let place = QueuePlace { rank: row.rank, since: row.since, order: OrderId(row.id) };
            let missing = row.missing.into_iter().map(ItemId).collect();
            WaitingOrder { place, missing, has_units: row.has_units }
        });
        Ok(waiting.collect())
    }
}

/// Returns the place of an order in the queue, from 1; `None` if it does not wait, or after more than
/// [`QUEUE_COUNTED_MAX`] others.
pub(crate) async fn queue_place(connection: &mut Connection, id: OrderId) -> Result<Option<i64>> {
    let before = sqlx::query_scalar!(
        r#"SELECT (SELECT count(*) FROM (
                      SELECT FROM orders
                       WHERE waiting_since IS NOT NULL AND status IN ('pending', 'partial')
                         AND (-priority, waiting_since, id) < (-own.priority, own.waiting_since, own.id)
                       LIMIT $2::bigint + 1) AS before) AS "before!"
             FROM orders AS own
            WHERE id = $1 AND waiting_since IS NOT NULL AND status IN ('pending', 'partial')"#,
        id.0,
        QUEUE_COUNTED_MAX
    )
    .fetch_optional(connection)
    .await?;
    Ok(before.filter(|before| *before <= QUEUE_COUNTED_MAX).map(|before| before + 1))
}

impl WriteTransaction {
    /// Adds orders to the queue at the time `now`. An order that waits keeps its time.
    pub(crate) async fn orders_wait(&mut self, changes: &StockChanges, now: Time) -> Result<()> {
        let waits = changes.orders.iter().filter_map(|(id, change)| Some((id.0, change.wait?)));
        let (ids, priorities): (Vec<_>, Vec<_>) =
            waits.map(|(id, wait)| (id, wait.priority.map(|priority| priority.get()))).unzip();
        if ids.is_empty() {
            return Ok(());
        }
        sqlx::query!(
            "UPDATE orders SET waiting_since = coalesce(waiting_since, $3),
                               priority = coalesce(waits.priority, orders.priority)
               FROM unnest($1::bigint[], $2::integer[]) AS waits (id, priority)
              WHERE orders.id = waits.id AND status IN ('pending', 'partial')",
            &ids,
            &priorities as &[Option<i32>],
            now
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }
}
