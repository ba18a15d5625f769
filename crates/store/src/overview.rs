//! How the stock stands as a whole, and what happened of late.

use crate::{Result, Store};
use domain::{EXPIRING_SECONDS, ItemId, MovementReason, StockTotals, Time};

/// How far the ledger's order by id may be from its order by time, in seconds: a batch's lines bear the time
/// of its locks.
const DISORDER_SECONDS: i64 = 10;

/// How often something happened within a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActivityRow {
    /// When the minute began.
    pub minute: Time,
    /// What happened.
    pub reason: MovementReason,
    /// Lines of the ledger.
    pub lines: i64,
    /// Orders that the lines are for; 1 for all lines without one.
    pub orders: i64,
    /// Units that the lines add to stock levels.
    pub change: i64,
}

/// Units of an item that were blocked within a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HotRow {
    /// When the minute began.
    pub minute: Time,
    /// The item.
    pub item: ItemId,
    /// Units.
    pub units: i64,
}

impl Store {
    /// How the stock stands beyond its categories, which are left out. It reads every block.
    pub async fn stock_totals(&self) -> Result<StockTotals> {
        let rest = sqlx::query!(
            r#"SELECT now() AS "at!", blocks.*, orders.units AS "units_allocated!", orders.pending AS "pending!"
                 FROM (SELECT count(*) FILTER (WHERE NOT is_permanent) AS "active!",
                              coalesce(sum(quantity) FILTER (WHERE NOT is_permanent), 0)::bigint AS "held!",
                              coalesce(sum(quantity) FILTER (WHERE is_permanent), 0)::bigint AS "sold!",
                              count(*) FILTER (WHERE soon) AS "expiring!",
                              coalesce(sum(quantity) FILTER (WHERE soon), 0)::bigint AS "units_expiring!"
                         FROM (SELECT quantity, is_permanent,
                                      NOT is_permanent AND expires_at <= now() + make_interval(secs => $1) AS soon
                                 FROM block_inventory) AS judged) AS blocks,
                      (SELECT (SELECT count(*) FROM orders WHERE status = 'pending') AS pending,
                              coalesce((SELECT sum(order_items.quantity) FROM orders
                                          JOIN order_items ON order_items.order_id = orders.id
                                         WHERE orders.status = 'allocated'), 0)::bigint AS units) AS orders"#,
            EXPIRING_SECONDS as f64
        )
        .fetch_one(self.lists().await)
        .await?;
        Ok(StockTotals {
            at: rest.at,
            categories: Vec::new(),
            blocks_active: rest.active,
            units_held: rest.held,
            blocks_expiring: rest.expiring,
            units_expiring: rest.units_expiring,
            units_sold: rest.sold + rest.units_allocated,
            orders_pending: rest.pending,
        })
    }

    /// A place in the ledger before everything that happened at `time` or later. Found by halving, for the
    /// ledger has no index by time: it would cost every writer.
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

    /// The committed lines after `after`, up to `until` and not before `since`, summed by minute. Read from the
    /// primary.
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

    /// The items of which most units were blocked, behind `after`, up to `until` and not before `since`: at most
    /// `limit` of each minute.
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
