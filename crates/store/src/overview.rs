//! Totals over the whole stock, and recent activity by minute.

use crate::{Result, Store};
use domain::{EXPIRING_SECONDS, FirstSteps, ItemId, MovementReason, StockTotals, Time};

/// The maximum difference between the ledger's order by id and its order by time, in seconds. The movements of a
/// batch have the time of its locks, and get their ids later.
const DISORDER_SECONDS: i64 = 10;

/// The movements of one reason within a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActivityRow {
    /// The start of the minute.
    pub minute: Time,
    /// The reason.
    pub reason: MovementReason,
    /// The number of movements.
    pub lines: i64,
    /// The number of distinct orders of the movements. All movements without an order count as one.
    pub orders: i64,
    /// The sum of the changes of stock levels, in units.
    pub change: i64,
}

/// The units of an item that were blocked within a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HotRow {
    /// The start of the minute.
    pub minute: Time,
    /// The item.
    pub item: ItemId,
    /// Units.
    pub units: i64,
}

impl Store {
    /// Returns the totals without the categories. Reads every block.
    pub async fn stock_totals(&self) -> Result<StockTotals> {
        let totals = sqlx::query!(
            r#"SELECT now() AS "at!", blocks.*, orders.units AS "units_allocated!", orders.pending AS "pending!"
                 FROM (SELECT count(*) FILTER (WHERE active) AS "active!",
                              coalesce(sum(quantity) FILTER (WHERE active), 0)::bigint AS "held!",
                              coalesce(sum(quantity) FILTER (WHERE is_permanent), 0)::bigint AS "sold!",
                              count(*) FILTER (WHERE active AND soon) AS "expiring!",
                              coalesce(sum(quantity) FILTER (WHERE active AND soon), 0)::bigint AS "units_expiring!"
                         FROM (SELECT quantity, is_permanent, NOT is_permanent AND expires_at > now() AS active,
                                      expires_at <= now() + make_interval(secs => $1) AS soon
                                 FROM block_inventory) AS classified) AS blocks,
                      (SELECT (SELECT count(*) FROM orders WHERE status = 'pending') AS pending,
                              coalesce((SELECT sum(allocated + shipped - returned) FROM order_allocations), 0)::bigint AS units) AS orders"#,
            EXPIRING_SECONDS as f64
        )
        .fetch_one(self.lists().await)
        .await?;
        Ok(StockTotals {
            at: totals.at,
            categories: Vec::new(),
            blocks_active: totals.active,
            units_held: totals.held,
            blocks_expiring: totals.expiring,
            units_expiring: totals.units_expiring,
            units_confirmed: totals.sold,
            units_of_orders: totals.units_allocated,
            orders_pending: totals.pending,
        })
    }

    /// Returns which of the first steps of a new shop are done. Each is the first row of an index or a table.
    pub async fn first_steps(&self) -> Result<FirstSteps> {
        let steps = sqlx::query!(
            r#"SELECT EXISTS (SELECT FROM warehouses WHERE archived_at IS NULL) AS "warehouse!",
                      EXISTS (SELECT FROM items) AS "items!",
                      EXISTS (SELECT FROM block_inventory)
                      OR EXISTS (SELECT FROM stock_movements
                                  WHERE reason IN ('confirmed', 'released', 'expired') AND block_id IS NOT NULL)
                      OR EXISTS (SELECT FROM ledger_checkpoints) AS "holds!",
                      EXISTS (SELECT FROM clients WHERE disabled_at IS NULL) AS "clients!""#
        )
        .fetch_one(self.lists().await)
        .await?;
        Ok(FirstSteps {
            has_warehouse: steps.warehouse,
            has_items: steps.items,
            has_holds: steps.holds,
            has_clients: steps.clients,
        })
    }

    /// Returns a position in the ledger before all movements at `time` or later. Uses a binary search: an index by time
    /// would add a write to each movement.
    pub async fn ledger_place(&self, time: Time) -> Result<i64> {
        let time = time - std::time::Duration::from_secs(DISORDER_SECONDS.unsigned_abs());
        let (mut low, mut high) = (0, self.low_watermark().await?.last_id);
        while low < high {
            let middle = low + (high - low) / 2;
            let next = sqlx::query!(
                "SELECT id, created_at FROM stock_movements WHERE id > $1 ORDER BY id LIMIT 1",
                middle
            )
            .fetch_optional(&self.lookups)
            .await?;
            match next {
                Some(line) if line.created_at < time => low = line.id,
                _ => high = middle,
            }
        }
        Ok(low)
    }

    /// Returns the committed movements after the position `after`, up to the position `until` and not before the time
    /// `since`, summed by minute. Read from the primary.
    pub async fn activity(&self, after: i64, until: i64, since: Time) -> Result<Vec<ActivityRow>> {
        let rows = sqlx::query!(
            r#"SELECT minute AS "minute!", reason, sum(lines)::bigint AS "lines!", count(*) AS "orders!",
                      sum(change)::bigint AS "change!"
                 FROM (SELECT date_trunc('minute', created_at) AS minute, reason, order_id,
                              count(*) AS lines, sum(change) AS change
                         FROM stock_movements
                        WHERE id > $1 AND id <= $2 AND created_at >= $3
                          AND reason IN ('blocked', 'allocated', 'confirmed', 'released', 'expired')
                        GROUP BY 1, 2, 3) AS by_order
                GROUP BY minute, reason"#,
            after,
            until,
            since
        )
        .fetch_all(&self.lookups)
        .await?;
        let rows = rows.into_iter().filter_map(|row| {
            let reason = MovementReason::parse(&row.reason)?;
            let (minute, lines, orders, change) = (row.minute, row.lines, row.orders, row.change);
            Some(ActivityRow { minute, reason, lines, orders, change })
        });
        Ok(rows.collect())
    }

    /// Returns the items with the most blocked units per minute, at most `limit` per minute. The range is that of
    /// [`Store::activity`].
    pub async fn hot_items(&self, after: i64, until: i64, since: Time, limit: i64) -> Result<Vec<HotRow>> {
        let rows = sqlx::query!(
            r#"SELECT minute AS "minute!", item_id, units AS "units!"
                 FROM (SELECT minute, item_id, units,
                              row_number() OVER (PARTITION BY minute ORDER BY units DESC, item_id) AS place
                         FROM (SELECT date_trunc('minute', created_at) AS minute, item_id,
                                      -sum(change)::bigint AS units
                                 FROM stock_movements
                                WHERE id > $1 AND id <= $2 AND created_at >= $3 AND reason = 'blocked'
                                GROUP BY 1, 2) AS sums) AS placed
                WHERE place <= $4"#,
            after,
            until,
            since,
            limit
        )
        .fetch_all(&self.lookups)
        .await?;
        let rows = rows.into_iter().map(|row| HotRow {
            minute: row.minute,
            item: ItemId(row.item_id),
            units: row.units,
        });
        Ok(rows.collect())
    }
}
