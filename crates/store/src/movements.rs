use crate::{Result, Store};
use chrono::{DateTime, Utc};
use domain::{
    BlockId, Condition, ItemHistory, ItemId, Movement, MovementCursor, MovementQuery, MovementReason,
    OrderId, Page, Time, WarehouseId,
};
use std::collections::BTreeMap;

/// A row of `stock_movements` with the code of its warehouse.
pub(crate) struct MovementRow {
    pub(crate) id: i64,
    pub(crate) item_id: i64,
    pub(crate) warehouse_id: i64,
    pub(crate) code: String,
    pub(crate) change: i32,
    pub(crate) units: Option<i32>,
    pub(crate) reason: String,
    pub(crate) condition: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) block_id: Option<i64>,
    pub(crate) order_id: Option<i64>,
    pub(crate) actor: String,
    pub(crate) created_at: DateTime<Utc>,
}

impl MovementRow {
    pub(crate) fn movement(self) -> Result<Movement> {
        let reason = MovementReason::parse(&self.reason);
        let reason = reason.ok_or_else(|| sqlx::Error::Decode("an unknown reason of a movement".into()))?;
        Ok(Movement {
            id: self.id,
            item: ItemId(self.item_id),
            warehouse: WarehouseId(self.warehouse_id),
            warehouse_code: self.code,
            change: self.change,
            units: self.units,
            after: None,
            reason,
            condition: self.condition.as_deref().and_then(Condition::parse),
            note: self.note,
            block: self.block_id.map(BlockId),
            order: self.order_id.map(OrderId),
            actor: self.actor,
            created_at: self.created_at,
        })
    }
}

/// The maximum number of movements in an item's history.
const HISTORY_LINES_MAX: i64 = 20_000;

/// The maximum number of steps in an item's history.
const HISTORY_STEPS: i32 = 240;

impl Store {
    /// Returns a page of an item's movements, newest first, each with the stock level after it. A warehouse that was deleted
    /// has its id as code, as in `#7`; no code has that form.
    ///
    /// The levels after the movements are computed backwards from the current levels, which the statement of the first
    /// page reads. The cursor contains the levels before the page, for the next one.
    pub async fn movement_list(&self, item: ItemId, slice: &MovementQuery) -> Result<Page<Movement>> {
        let rows = sqlx::query!(
            r#"SELECT movements.id, movements.item_id, movements.warehouse_id,
                      coalesce(warehouses.code, '#' || movements.warehouse_id) AS "code!", movements.change,
                      movements.units, movements.reason, movements.condition, movements.note, movements.block_id, movements.order_id, movements.actor,
                      movements.created_at,
                      (SELECT array_agg(warehouse_id ORDER BY warehouse_id)
                         FROM inventory WHERE product_id = $1) AS level_warehouses,
                      (SELECT array_agg(stock_quantity ORDER BY warehouse_id)
                         FROM inventory WHERE product_id = $1) AS level_units
                 FROM stock_movements AS movements
                 LEFT JOIN warehouses ON warehouses.id = movements.warehouse_id
                WHERE movements.item_id = $1 AND ($2::bigint IS NULL OR movements.id < $2)
                ORDER BY movements.id DESC LIMIT $3"#,
            item.0,
            slice.after.as_ref().map(|after| after.id),
            slice.limit + 1
        )
        .fetch_all(self.lists().await)
        .await?;
        let mut levels = match (&slice.after, rows.first()) {
            (Some(after), _) => after.levels.clone(),
            (None, None) => None,
            (None, Some(row)) => {
                let places = row.level_warehouses.iter().flatten().map(|id| WarehouseId(*id));
                let units = row.level_units.iter().flatten().map(|units| i64::from(*units));
                Some(places.zip(units).collect::<BTreeMap<_, _>>())
            }
        };
        let limit = usize::try_from(slice.limit).unwrap_or(0);
        let more = rows.len() > limit;
        let mut movements = Vec::with_capacity(rows.len().min(limit));
        for row in rows.into_iter().take(limit) {
            let level =
                levels.as_mut().map(|levels| levels.entry(WarehouseId(row.warehouse_id)).or_insert(0));
            let after = level.map(|level| {
                let after = *level;
                *level -= i64::from(row.change);
                after
            });
            let row = MovementRow {
                id: row.id,
                item_id: row.item_id,
                warehouse_id: row.warehouse_id,
                code: row.code,
                change: row.change,
                units: row.units,
                reason: row.reason,
                condition: row.condition,
                note: row.note,
                block_id: row.block_id,
                order_id: row.order_id,
                actor: row.actor,
                created_at: row.created_at,
            };
            movements.push(Movement { after, ..row.movement()? });
        }
        let last = movements.last().filter(|_| more).map(|last| last.id);
        Ok(Page { next: last.map(|id| MovementCursor { id, levels }.text()), rows: movements })
    }

    /// Returns an item's quantity over the last `hours`, in at most [`HISTORY_STEPS`] steps. With more than
    /// [`HISTORY_LINES_MAX`] movements, or if movements are archived, the history begins later. `None` if the item does not
    /// exist.
    pub async fn item_history(&self, item: ItemId, hours: i64) -> Result<Option<ItemHistory>> {
        let rows = sqlx::query!(
            r#"WITH lately AS (
                   SELECT change, created_at FROM stock_movements
                    WHERE item_id = $1 ORDER BY id DESC LIMIT $3
               ), span AS (
                   SELECT since, greatest(extract(epoch FROM now() - since) / $4::integer, 0.001) AS step_seconds
                     FROM (SELECT greatest(now() - make_interval(hours => $2),
                                           CASE WHEN count(*) = $3 THEN min(created_at) END,
                                           (SELECT until FROM archive_positions WHERE kind = 'movements')) AS since
                             FROM lately) AS begun
               )
               SELECT items.quantity, now() AS "until!", span.since AS "since!",
                      span.step_seconds::double precision AS "step_seconds!", steps.step AS "step?",
                      steps.change AS "change?"
                 FROM items CROSS JOIN span
                 LEFT JOIN (SELECT least(floor(extract(epoch FROM created_at - since) / step_seconds), $4::integer - 1)::integer
                                   AS step, sum(change)::bigint AS change
                              FROM lately, span WHERE created_at > since GROUP BY 1) AS steps ON true
                WHERE items.id = $1
                ORDER BY steps.step"#,
            item.0,
            i32::try_from(hours).unwrap_or(i32::MAX),
            HISTORY_LINES_MAX,
            HISTORY_STEPS
        )
        .fetch_all(self.lists().await)
        .await?;
        let Some(first) = rows.first() else { return Ok(None) };
        let (since, until, now) = (first.since, first.until, i64::from(first.quantity));
        let mut quantity = now - rows.iter().filter_map(|row| row.change).sum::<i64>();
        let mut points = vec![(since, quantity)];
        for row in &rows {
            let (Some(step), Some(change)) = (row.step, row.change) else { continue };
            quantity += change;
            // The point is at the end of the step, when all its movements have happened.
            points.push((later(since, f64::from(step + 1) * row.step_seconds).min(until), quantity));
        }
        if points.last().is_none_or(|(at, _)| *at < until) {
            points.push((until, now));
        }
        Ok(Some(ItemHistory { item, since, until, points }))
    }
}

fn later(time: Time, seconds: f64) -> Time {
    std::time::Duration::try_from_secs_f64(seconds).map_or(time, |span| time + span)
}
