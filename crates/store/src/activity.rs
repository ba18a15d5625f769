//! The activity within a span of time, read from the ledger, the audit log and the counts of refused units.

use crate::{Result, Store};
use chrono::{DateTime, Utc};
use domain::{
    ActivityHour, ActivitySpan, ActorEvents, ItemId, MissingUnits, Moved, MovementKind, MovementReason,
    OrderId, PACE_DAYS, ReconcileRun, Refused, RefusedItem, RunningOut, Time, WaitingOrder, WarehouseId,
};
use std::collections::BTreeMap;
use std::time::Duration;

/// The time after the end of a span within which its last movements get their ids. The ledger's order by id differs from its
/// order by time by at most 10 seconds; [`Store::ledger_place`] subtracts these.
const RANGE_MARGIN: Duration = Duration::from_secs(20);

/// The orders of the queue that are counted.
pub const WAITING_COUNTED_MAX: i64 = 1_000;

/// The counts of refused units that one statement of the retention deletes.
const REFUSED_EXPIRED_MAX: i64 = 10_000;

/// A range of ids of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LedgerRange {
    /// The range begins after this id.
    pub(crate) after: i64,
    /// The last id of the range.
    pub(crate) until: i64,
}

impl LedgerRange {
    /// The whole ledger.
    pub(crate) const ALL: Self = Self { after: i64::MIN, until: i64::MAX };
}

/// The refused units of an item within an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusedCount {
    /// The item.
    pub item: ItemId,
    /// The start of the hour in UTC.
    pub hour: Time,
    /// The requests and units.
    pub refused: Refused,
}

impl Store {
    /// Returns a range of ids that contains all movements of the span. It may contain others, so the time is compared too.
    pub(crate) async fn ledger_range(&self, span: ActivitySpan) -> Result<LedgerRange> {
        let end = async {
            match span.until.checked_add_signed(chrono::TimeDelta::from_std(RANGE_MARGIN).unwrap_or_default())
            {
                Some(end) if end < self.now().await? => self.ledger_place(end).await,
                _ => Ok(i64::MAX),
            }
        };
        let (after, until) = tokio::try_join!(self.ledger_place(span.from), end)?;
        Ok(LedgerRange { after, until })
    }

    /// Returns the movements within the span, in one warehouse or in all, by the start of the hour in UTC. Read from the primary,
    /// because callers cache hours.
    pub async fn hourly_activity(
        &self,
        span: ActivitySpan,
        warehouse: Option<WarehouseId>,
    ) -> Result<BTreeMap<Time, ActivityHour>> {
        let range = self.ledger_range(span).await?;
        let rows = sqlx::query!(
            r#"SELECT date_trunc('hour', created_at, 'UTC') AS "hour!", reason, actor,
                      count(*) AS "movements!", sum(coalesce(units, abs(change)))::bigint AS "units!"
                 FROM stock_movements
                WHERE id > $1 AND id <= $2 AND created_at >= $3 AND created_at < $4
                  AND ($5::bigint IS NULL OR warehouse_id = $5)
                GROUP BY 1, 2, 3"#,
            range.after,
            range.until,
            span.from,
            span.until,
            warehouse.map(|warehouse| warehouse.0)
        )
        .fetch_all(&self.reads)
        .await?;
        let mut hours = BTreeMap::<Time, ActivityHour>::new();
        for row in rows {
            let hour = hours.entry(row.hour).or_default();
            if let Some(reason) = MovementReason::parse(&row.reason) {
                hour.units.add(reason, row.units);
            }
            let moved = Moved { movements: row.movements, units: row.units };
            hour.actors.entry(row.actor).or_default().add(moved);
        }
        Ok(hours)
    }

    /// Returns the items with available units that run out first at the pace of the last [`PACE_DAYS`] days before `now`, at
    /// most `limit`.
    pub async fn running_out(
        &self,
        now: Time,
        warehouse: Option<WarehouseId>,
        limit: i64,
    ) -> Result<Vec<RunningOut>> {
        let from = now - chrono::TimeDelta::days(PACE_DAYS);
        let after = self.ledger_place(from).await?;
        let reasons: Vec<_> =
            MovementKind::Sold.reasons().iter().map(|reason| reason.as_str().to_owned()).collect();
        let rows = sqlx::query!(
            r#"SELECT items.id, items.sku, items.name, stock.units AS "available!", sold.units AS "sold!"
                 FROM (SELECT item_id, sum(coalesce(units, abs(change)))::bigint AS units FROM stock_movements
                        WHERE id > $1 AND created_at >= $2 AND reason = ANY ($3)
                          AND ($4::bigint IS NULL OR warehouse_id = $4)
                        GROUP BY item_id) AS sold
                 JOIN items ON items.id = sold.item_id AND items.archived_at IS NULL
                CROSS JOIN LATERAL (SELECT sum(stock_quantity)::bigint AS units FROM inventory
                                     WHERE product_id = sold.item_id
                                       AND ($4::bigint IS NULL OR warehouse_id = $4)) AS stock
                WHERE stock.units > 0 AND sold.units > 0
                ORDER BY stock.units::double precision / sold.units, items.id LIMIT $5"#,
            after,
            from,
            &reasons,
            warehouse.map(|warehouse| warehouse.0),
            limit
        )
        .fetch_all(self.lists().await)
        .await?;
        let items = rows.into_iter().map(|row| RunningOut {
            item: ItemId(row.id),
            sku: row.sku,
            name: row.name,
            available: row.available,
            sold: row.sold,
        });
        Ok(items.collect())
    }

    /// Returns the first orders of the queue with their missing units, at most `limit`, and the number of orders in the queue,
    /// of which at most [`WAITING_COUNTED_MAX`] are counted. With an item, only the orders that miss it count.
    pub async fn waiting_orders(&self, item: Option<ItemId>, limit: i64) -> Result<(Vec<WaitingOrder>, i64)> {
        let rows = sqlx::query!(
            r#"WITH queue AS (
                   SELECT id, reference, waiting_since, row_number() OVER (ORDER BY -priority, waiting_since, id) AS place
                     FROM orders
                    WHERE waiting_since IS NOT NULL AND status IN ('pending', 'partial')
                    ORDER BY -priority, waiting_since, id LIMIT $1
               ), missing AS (
                   SELECT queue.id, lines.item, lines.units - coalesce(taken.units, 0) AS units
                     FROM queue
                    CROSS JOIN LATERAL (SELECT product_id AS item, sum(quantity)::bigint AS units FROM order_items
                                         WHERE order_id = queue.id GROUP BY product_id) AS lines
                    CROSS JOIN LATERAL (SELECT sum(allocated + shipped)::bigint AS units FROM order_allocations
                                         WHERE order_id = queue.id AND item_id = lines.item) AS taken
                    WHERE lines.units > coalesce(taken.units, 0)
               ), listed AS (
                   SELECT queue.* FROM queue
                    WHERE $2::bigint IS NULL
                       OR EXISTS (SELECT FROM missing WHERE missing.id = queue.id AND missing.item = $2)
               )
               SELECT listed.id AS "id!", listed.reference, listed.waiting_since AS "since!", listed.place AS "place!",
                      missing.item AS "item!", items.sku, items.name AS "name!", missing.units AS "units!",
                      (SELECT count(*) FROM listed) AS "count!"
                 FROM (SELECT * FROM listed ORDER BY place LIMIT $3) AS listed
                 JOIN missing ON missing.id = listed.id
                 JOIN items ON items.id = missing.item
                ORDER BY listed.place, missing.item"#,
            WAITING_COUNTED_MAX,
            item.map(|item| item.0),
            limit
        )
        .fetch_all(self.lists().await)
        .await?;
        let count = rows.first().map_or(0, |row| row.count);
        let mut orders = Vec::<WaitingOrder>::new();
        for row in rows {
            let missing =
                MissingUnits { item: ItemId(row.item), sku: row.sku, name: row.name, units: row.units };
            match orders.last_mut().filter(|order| order.order.0 == row.id) {
                Some(order) => order.missing.push(missing),
                None => orders.push(WaitingOrder {
                    order: OrderId(row.id),
                    reference: row.reference,
                    place: row.place,
                    since: row.since,
                    missing: vec![missing],
                }),
            }
        }
        Ok((orders, count))
    }

    /// Returns the principals with the most events of the audit log within the span, at most `limit`, most events first.
    pub async fn actor_events(&self, span: ActivitySpan, limit: i64) -> Result<Vec<ActorEvents>> {
        let rows = sqlx::query_as!(
            ActorEvents,
            r#"SELECT actor, count(*) AS "events!", max(created_at) AS "last_at!" FROM audit_events
                WHERE created_at >= $1 AND created_at < $2
                GROUP BY actor ORDER BY count(*) DESC, actor LIMIT $3"#,
            span.from,
            span.until,
            limit
        )
        .fetch_all(self.lists().await)
        .await?;
        Ok(rows)
    }

    /// Adds counts of refused units, in one statement.
    pub async fn refused_add(&self, counts: &[RefusedCount]) -> Result<()> {
        let items: Vec<_> = counts.iter().map(|count| count.item.0).collect();
        let hours: Vec<_> = counts.iter().map(|count| count.hour).collect();
        let requests: Vec<_> = counts.iter().map(|count| count.refused.requests).collect();
        let units: Vec<_> = counts.iter().map(|count| count.refused.units).collect();
        sqlx::query!(
            "INSERT INTO refused_units (item_id, hour, requests, units)
             SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::bigint[], $4::bigint[])
                        AS counts (item_id, hour, requests, units)
              ORDER BY item_id, hour
                 ON CONFLICT (item_id, hour) DO UPDATE
                SET requests = refused_units.requests + EXCLUDED.requests,
                    units = refused_units.units + EXCLUDED.units",
            &items,
            &hours as &[DateTime<Utc>],
            &requests,
            &units
        )
        .execute(&self.writes)
        .await?;
        Ok(())
    }

    /// Returns the refused requests of all items in the hours from that of the span's start, and the items with the most
    /// refused units, at most `limit`.
    pub async fn refused_list(&self, span: ActivitySpan, limit: i64) -> Result<(Refused, Vec<RefusedItem>)> {
        let rows = sqlx::query!(
            r#"SELECT sums.item_id AS "item!", items.sku AS "sku?", items.name AS "name?", sums.requests AS "requests!",
                      sums.units AS "units!", sums.all_requests AS "all_requests!", sums.all_units AS "all_units!"
                 FROM (SELECT item_id, sum(requests)::bigint AS requests, sum(units)::bigint AS units,
                              (sum(sum(requests)) OVER ())::bigint AS all_requests,
                              (sum(sum(units)) OVER ())::bigint AS all_units
                         FROM refused_units
                        WHERE hour >= date_trunc('hour', $1::timestamptz, 'UTC') AND hour < $2
                        GROUP BY item_id ORDER BY sum(units) DESC, item_id LIMIT $3) AS sums
                 LEFT JOIN items ON items.id = sums.item_id
                ORDER BY sums.units DESC, sums.item_id"#,
            span.from,
            span.until,
            limit
        )
        .fetch_all(self.lists().await)
        .await?;
        let all = rows.first().map_or_else(Refused::default, |row| Refused {
            requests: row.all_requests,
            units: row.all_units,
        });
        let items = rows.into_iter().map(|row| RefusedItem {
            item: ItemId(row.item),
            sku: row.sku,
            name: row.name,
            refused: Refused { requests: row.requests, units: row.units },
        });
        Ok((all, items.collect()))
    }

    /// Deletes the counts of refused units from before `before`, at most some thousands. Returns their number.
    pub async fn refused_expire(&self, before: Time) -> Result<u64> {
        let deleted = sqlx::query!(
            "DELETE FROM refused_units
              WHERE (item_id, hour) IN (SELECT item_id, hour FROM refused_units WHERE hour < $1
                                         ORDER BY hour, item_id LIMIT $2)",
            before,
            REFUSED_EXPIRED_MAX
        )
        .execute(&self.writes)
        .await?;
        Ok(deleted.rows_affected())
    }

    /// Returns the result of the last run of reconcile.
    pub async fn reconcile_last(&self) -> Result<Option<ReconcileRun>> {
        let run = sqlx::query_as!(
            ReconcileRun,
            "SELECT finished_at, seconds, is_repair, repairable, others FROM reconcile_runs ORDER BY id DESC LIMIT 1"
        )
        .fetch_optional(self.lists().await)
        .await?;
        Ok(run)
    }
}
