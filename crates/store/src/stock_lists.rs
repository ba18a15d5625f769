//! Lists of all stock levels and of all movements, for downloads.

use crate::activity::LedgerRange;
use crate::movements::MovementRow;
use crate::{Result, Store};
use chrono::{DateTime, Utc};
use domain::{
    ItemId, LedgerQuery, LevelAvailability, LevelKey, LevelQuery, MovementKind, NamedLevel, NamedMovement,
    Page, StockUnits, Time, WarehouseId,
};

/// The most movements of the ledger that one page of filtered movements reads. No index has the movements of a warehouse, of a
/// reason or of a time: it would get an entry with each movement. The statement reads this many in some ten milliseconds.
const SCANNED_MAX: i64 = 50_000;

/// Selects the latest movements that match a condition, as [`LedgerRow`]s. The condition is the first argument, the first
/// parameters are the position and the limit.
macro_rules! select_movements {
    ($condition:literal, $($parameter:expr),+) => {
        sqlx::query_as!(
            LedgerRow,
            r#"SELECT movements.id, movements.item_id, items.sku AS "sku?", items.name AS "name?", movements.warehouse_id,
                      coalesce(warehouses.code, '#' || movements.warehouse_id) AS "code!", movements.change,
                      movements.units, movements.reason, movements.condition, movements.note, movements.block_id, movements.order_id, movements.actor,
                      movements.created_at
                 FROM (SELECT * FROM stock_movements WHERE "# + $condition + r#" ORDER BY id DESC LIMIT $2) AS movements
                 LEFT JOIN items ON items.id = movements.item_id
                 LEFT JOIN warehouses ON warehouses.id = movements.warehouse_id
                ORDER BY movements.id DESC"#,
            $($parameter),+
        )
    };
}

impl Store {
    /// Returns a part of the list of stock levels, in ascending order of item and warehouse. Held units are those of
    /// temporary blocks, also of expired ones until these are reclaimed.
    pub async fn level_list(&self, query: LevelQuery) -> Result<Vec<NamedLevel>> {
        let after = query.after.unwrap_or(LevelKey { item: ItemId(i64::MIN), warehouse: WarehouseId(0) });
        let rows = sqlx::query!(
            r#"SELECT levels.product_id, items.sku, items.name, levels.warehouse_id, warehouses.code, levels.stock_quantity,
                      shelf.held AS "held!", shelf.committed AS "committed!", shelf.damaged AS "damaged!",
                      shelf.quarantined AS "quarantined!"
                 FROM (SELECT * FROM inventory
                        WHERE (product_id, warehouse_id) > ($1, $2)
                          AND ($3::bigint IS NULL OR warehouse_id = $3)
                        ORDER BY product_id, warehouse_id LIMIT $4) AS levels
                 JOIN items ON items.id = levels.product_id
                 JOIN warehouses ON warehouses.id = levels.warehouse_id
                CROSS JOIN LATERAL stock_shelf_units(levels.product_id, levels.warehouse_id) AS shelf
                ORDER BY levels.product_id, levels.warehouse_id"#,
            after.item.0,
            after.warehouse.0,
            query.warehouse.map(|warehouse| warehouse.0),
            query.limit
        )
        .fetch_all(self.lists().await)
        .await?;
        let levels = rows.into_iter().map(|row| NamedLevel {
            key: LevelKey { item: ItemId(row.product_id), warehouse: WarehouseId(row.warehouse_id) },
            sku: row.sku,
            item_name: row.name,
            level: LevelAvailability {
                warehouse: WarehouseId(row.warehouse_id),
                warehouse_code: row.code,
                units: StockUnits {
                    available: i64::from(row.stock_quantity),
                    held: row.held,
                    committed: row.committed,
                    damaged: row.damaged,
                    quarantined: row.quarantined,
                },
            },
        });
        Ok(levels.collect())
    }

    /// Returns a page of the movements, latest first. With a filter besides the item, a page ends after [`SCANNED_MAX`]
    /// movements of the ledger, or of the item. Such a page may have fewer rows than the limit, or none, while more pages
    /// follow. A warehouse that was deleted has its id as code, as in `#7`; no code has that form.
    pub async fn ledger_list(&self, query: &LedgerQuery) -> Result<Page<NamedMovement>> {
        let limit = query.limit + 1;
        let (rows, scanned_to) = match LedgerFilter::of(query) {
            None => {
                let (after, database) = (query.after.unwrap_or(i64::MAX), self.lists().await);
                let rows = match query.item {
                    Some(item) => {
                        let rows = select_movements!("id < $1 AND item_id = $3", after, limit, item.0);
                        rows.fetch_all(database).await?
                    }
                    None => select_movements!("id < $1", after, limit).fetch_all(database).await?,
                };
                (rows, None)
            }
            Some(filter) => self.filtered_movements(query, &filter, limit).await?,
        };
        let page = Page::cut(rows, query.limit, |row: &LedgerRow| row.id.to_string());
        let rows = page.rows.into_iter().map(LedgerRow::named).collect::<Result<_>>()?;
        Ok(Page { rows, next: page.next.or_else(|| scanned_to.map(|id| id.to_string())) })
    }

    /// Returns the rows of a filtered page, and the id of the last movement that was read if more follow.
    async fn filtered_movements(
        &self,
        query: &LedgerQuery,
        filter: &LedgerFilter,
        limit: i64,
    ) -> Result<(Vec<LedgerRow>, Option<i64>)> {
        let range = match query.span {
            Some(span) => self.ledger_range(span).await?,
            None => LedgerRange::ALL,
        };
        let after = query.after.unwrap_or(i64::MAX).min(range.until.saturating_add(1));
        let database = self.lists().await;
        let item = query.item.map(|item| item.0);
        let scanned_to = match item {
            Some(item) => {
                sqlx::query_scalar!(
                    "SELECT id FROM stock_movements WHERE item_id = $3 AND id < $1 ORDER BY id DESC OFFSET $2 LIMIT 1",
                    after,
                    SCANNED_MAX,
                    item
                )
                .fetch_optional(database)
                .await?
            }
            None => {
                sqlx::query_scalar!(
                    "SELECT id FROM stock_movements WHERE id < $1 ORDER BY id DESC OFFSET $2 LIMIT 1",
                    after,
                    SCANNED_MAX
                )
                .fetch_optional(database)
                .await?
            }
        };
        let scanned_to = scanned_to.filter(|id| *id > range.after);
        let first = scanned_to.unwrap_or(range.after.saturating_add(1));
        let LedgerFilter { warehouse, reasons, actor, from, until } = filter;
        let reasons = reasons.as_deref();
        let rows = match item {
            Some(item) => {
                let rows = select_movements!(
                    "id < $1 AND id >= $3 AND ($4::bigint IS NULL OR warehouse_id = $4)
                        AND ($5::text[] IS NULL OR reason = ANY ($5))
                        AND ($6::timestamptz IS NULL OR created_at >= $6)
                        AND ($7::timestamptz IS NULL OR created_at < $7)
                        AND ($8::text IS NULL OR actor = $8) AND item_id = $9",
                    after,
                    limit,
                    first,
                    *warehouse,
                    reasons as Option<&[String]>,
                    *from,
                    *until,
                    actor.as_deref(),
                    item
                );
                rows.fetch_all(database).await?
            }
            None => {
                let rows = select_movements!(
                    "id < $1 AND id >= $3 AND ($4::bigint IS NULL OR warehouse_id = $4)
                        AND ($5::text[] IS NULL OR reason = ANY ($5))
                        AND ($6::timestamptz IS NULL OR created_at >= $6)
                        AND ($7::timestamptz IS NULL OR created_at < $7)
                        AND ($8::text IS NULL OR actor = $8)",
                    after,
                    limit,
                    first,
                    *warehouse,
                    reasons as Option<&[String]>,
                    *from,
                    *until,
                    actor.as_deref()
                );
                rows.fetch_all(database).await?
            }
        };
        Ok((rows, scanned_to))
    }

    /// Returns the number of the movements of a filter and the sum of their units, over all pages.
    pub async fn ledger_sum(&self, query: &LedgerQuery) -> Result<(i64, i64)> {
        let range = match query.span {
            Some(span) => self.ledger_range(span).await?,
            None => LedgerRange::ALL,
        };
        let filter = LedgerFilter::of(query).unwrap_or_default();
        let sum = sqlx::query!(
            r#"SELECT count(*) AS "movements!", coalesce(sum(coalesce(units, abs(change))), 0)::bigint AS "units!"
                 FROM stock_movements
                WHERE id > $1 AND id <= $2 AND ($3::bigint IS NULL OR item_id = $3)
                  AND ($4::bigint IS NULL OR warehouse_id = $4) AND ($5::text[] IS NULL OR reason = ANY ($5))
                  AND ($6::timestamptz IS NULL OR created_at >= $6)
                  AND ($7::timestamptz IS NULL OR created_at < $7) AND ($8::text IS NULL OR actor = $8)"#,
            range.after,
            range.until,
            query.item.map(|item| item.0),
            filter.warehouse,
            filter.reasons.as_deref() as Option<&[String]>,
            filter.from,
            filter.until,
            filter.actor
        )
        .fetch_one(self.lists().await)
        .await?;
        Ok((sum.movements, sum.units))
    }
}

/// The filters of a list of movements besides the item, as parameters of statements.
#[derive(Default)]
struct LedgerFilter {
    warehouse: Option<i64>,
    reasons: Option<Vec<String>>,
    actor: Option<String>,
    from: Option<Time>,
    until: Option<Time>,
}

impl LedgerFilter {
    /// Returns the filters, or `None` if the query has none.
    fn of(query: &LedgerQuery) -> Option<Self> {
        let LedgerQuery { item: _, warehouse, kind, actor, span, limit: _, after: _ } = query;
        if warehouse.is_none() && kind.is_none() && actor.is_none() && span.is_none() {
            return None;
        }
        let names =
            |kind: MovementKind| kind.reasons().iter().map(|reason| reason.as_str().to_owned()).collect();
        Some(Self {
            warehouse: warehouse.map(|warehouse| warehouse.0),
            reasons: kind.map(names),
            actor: actor.clone(),
            from: span.map(|span| span.from),
            until: span.map(|span| span.until),
        })
    }
}

/// A movement with the name and the SKU of its item.
struct LedgerRow {
    id: i64,
    item_id: i64,
    sku: Option<String>,
    name: Option<String>,
    warehouse_id: i64,
    code: String,
    change: i32,
    units: Option<i32>,
    reason: String,
    condition: Option<String>,
    note: Option<String>,
    block_id: Option<i64>,
    order_id: Option<i64>,
    actor: String,
    created_at: DateTime<Utc>,
}

impl LedgerRow {
    fn named(self) -> Result<NamedMovement> {
        let movement = MovementRow {
            id: self.id,
            item_id: self.item_id,
            warehouse_id: self.warehouse_id,
            code: self.code,
            change: self.change,
            units: self.units,
            reason: self.reason,
            condition: self.condition,
            note: self.note,
            block_id: self.block_id,
            order_id: self.order_id,
            actor: self.actor,
            created_at: self.created_at,
        };
        Ok(NamedMovement { sku: self.sku, item_name: self.name, movement: movement.movement()? })
    }
}
