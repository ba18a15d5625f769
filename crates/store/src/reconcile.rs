//! Checks the ledger against what it tells of, set by set, and mends it.

use crate::{Error, Result, Store};
use domain::{ItemId, WarehouseId};
use sqlx::PgConnection;
use std::fmt;

/// The reference table and the ledger disagree, or a sum is off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discrepancy {
    /// The item.
    pub item: ItemId,
    /// The warehouse; `None` where it is about the item's sum.
    pub warehouse: Option<WarehouseId>,
    /// What disagrees.
    pub kind: DiscrepancyKind,
    /// Units that are there.
    pub found: i64,
    /// Units that there should be.
    pub expected: i64,
}

/// What disagrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiscrepancyKind {
    /// A stock level and the sum of its movements.
    Level,
    /// Units in blocks and what the ledger says went into blocks and has not come back.
    Blocks,
    /// Units in allocated orders and what the ledger says went to orders and has not come back.
    Orders,
    /// An item's quantity and the sum of its stock levels.
    Sum,
}

impl DiscrepancyKind {
    fn parse(name: &str) -> Self {
        match name {
            "level" => Self::Level,
            "blocks" => Self::Blocks,
            "orders" => Self::Orders,
            _ => Self::Sum,
        }
    }
}

impl fmt::Display for Discrepancy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { item, found, expected, .. } = self;
        match self.warehouse {
            Some(warehouse) => write!(f, "item {item}, warehouse {warehouse}: ")?,
            None => write!(f, "item {item}: ")?,
        }
        match self.kind {
            DiscrepancyKind::Level => write!(f, "{found} available, {expected} by the ledger"),
            DiscrepancyKind::Blocks => write!(f, "{found} in blocks, {expected} by the ledger"),
            DiscrepancyKind::Orders => write!(f, "{found} in allocated orders, {expected} by the ledger"),
            DiscrepancyKind::Sum => write!(f, "quantity {found}, {expected} in its stock levels"),
        }
    }
}

impl Store {
    /// The lowest and the highest item id; `None` where there are no items.
    pub async fn item_id_range(&self) -> Result<Option<(i64, i64)>> {
        let row =
            sqlx::query!("SELECT min(id) AS low, max(id) AS high FROM items").fetch_one(&self.writes).await?;
        Ok(row.low.zip(row.high))
    }

    /// What disagrees about items of id `from` up to, not including, `to`; all at one moment.
    pub async fn discrepancies(&self, from: i64, to: i64) -> Result<Vec<Discrepancy>> {
        let mut connection = self.writes.acquire().await?;
        find(&mut connection, from, to).await
    }

    /// Makes everything about one item agree again, by `corrected` movements; the stock levels, the blocks
    /// and the orders are believed. Answers what it mended.
    pub async fn discrepancies_mend(&self, item: ItemId, actor: &str) -> Result<Vec<Discrepancy>> {
        let mut transaction = self.writes.begin().await?;
        sqlx::query!(
            "SELECT product_id FROM inventory WHERE product_id = $1 ORDER BY warehouse_id FOR NO KEY UPDATE",
            item.0
        )
        .fetch_all(&mut *transaction)
        .await?;
        let to = item.0.saturating_add(1);
        let found = find(&mut transaction, item.0, to).await?;
        for discrepancy in &found {
            mend(&mut transaction, discrepancy, actor).await?;
        }
        transaction.commit().await.map_err(Error::from_commit)?;
        Ok(found)
    }
}

async fn find(connection: &mut PgConnection, from: i64, to: i64) -> Result<Vec<Discrepancy>> {
    let rows = sqlx::query!(
        r#"WITH levels AS MATERIALIZED (
               SELECT product_id AS item_id, warehouse_id, stock_quantity::bigint AS units
                 FROM inventory WHERE product_id >= $1 AND product_id < $2
           ), ledger AS MATERIALIZED (
               SELECT item_id, warehouse_id, sum(change) AS units,
                      -coalesce(sum(change) FILTER (WHERE reason IN ('blocked', 'released', 'expired')), 0)
                          AS blocked,
                      -coalesce(sum(change) FILTER (WHERE reason IN ('allocated', 'cancelled')), 0) AS allocated
                 FROM stock_movements WHERE item_id >= $1 AND item_id < $2
                GROUP BY item_id, warehouse_id
           ), blocks AS (
               SELECT item_id, warehouse_id, sum(quantity) AS units
                 FROM block_inventory WHERE item_id >= $1 AND item_id < $2
                GROUP BY item_id, warehouse_id
           ), allocated AS (
               SELECT order_items.product_id AS item_id, orders.warehouse_id, sum(order_items.quantity) AS units
                 FROM order_items JOIN orders ON orders.id = order_items.order_id
                WHERE order_items.product_id >= $1 AND order_items.product_id < $2
                  AND orders.status = 'allocated'
                GROUP BY order_items.product_id, orders.warehouse_id
           ), sums AS (
               SELECT item_id, sum(units)::bigint AS units FROM levels GROUP BY item_id
           ), judged AS (
               SELECT item_id, warehouse_id, 'level' AS kind, coalesce(levels.units, 0) AS found,
                      coalesce(ledger.units, 0) AS expected
                 FROM levels FULL JOIN ledger USING (item_id, warehouse_id)
               UNION ALL
               SELECT item_id, warehouse_id, 'blocks', coalesce(blocks.units, 0), coalesce(ledger.blocked, 0)
                 FROM blocks FULL JOIN ledger USING (item_id, warehouse_id)
               UNION ALL
               SELECT item_id, warehouse_id, 'orders', coalesce(allocated.units, 0),
                      coalesce(ledger.allocated, 0)
                 FROM allocated FULL JOIN ledger USING (item_id, warehouse_id)
               UNION ALL
               SELECT items.id, NULL, 'sum', items.quantity, coalesce(sums.units, 0)
                 FROM items LEFT JOIN sums ON sums.item_id = items.id
                WHERE items.id >= $1 AND items.id < $2
           )
           SELECT item_id AS "item_id!", warehouse_id, kind AS "kind!", found AS "found!", expected AS "expected!"
             FROM judged WHERE found <> expected ORDER BY item_id, warehouse_id NULLS LAST, kind"#,
        from,
        to
    )
    .fetch_all(connection)
    .await?;
    let discrepancies = rows.into_iter().map(|row| Discrepancy {
        item: ItemId(row.item_id),
        warehouse: row.warehouse_id.map(WarehouseId),
        kind: DiscrepancyKind::parse(&row.kind),
        found: row.found,
        expected: row.expected,
    });
    Ok(discrepancies.collect())
}

async fn mend(connection: &mut PgConnection, discrepancy: &Discrepancy, actor: &str) -> Result<()> {
    let Discrepancy { item, warehouse, kind, found, expected } = discrepancy;
    let Some(warehouse) = warehouse else {
        // Whoever remembers the item learns of it: naming `created_at` sets the mark of those that write such lines.
        sqlx::query!(
            "UPDATE items SET quantity = $2::bigint, updated_at = now(), created_at = created_at WHERE id = $1",
            item.0,
            *expected
        )
        .execute(&mut *connection)
        .await?;
        sqlx::query!(
            "INSERT INTO item_changes (item_id, created_at, price, category)
             SELECT id, created_at, price, category FROM items WHERE id = $1",
            item.0
        )
        .execute(connection)
        .await?;
        return Ok(());
    };
    // Units that blocks or orders lost, or have too many of, go back in the ledger's eyes, and are corrected
    // away: the two lines leave the level's own sum as it is.
    let units = expected - found;
    let lines = match kind {
        DiscrepancyKind::Blocks => vec![("released", units), ("corrected", -units)],
        DiscrepancyKind::Orders => vec![("cancelled", units), ("corrected", -units)],
        DiscrepancyKind::Level | DiscrepancyKind::Sum => vec![("corrected", -units)],
    };
    for (reason, change) in lines {
        sqlx::query!(
            "INSERT INTO stock_movements (item_id, warehouse_id, change, reason, actor, note)
             VALUES ($1, $2, $3::bigint, $4, $5, 'reconciled')",
            item.0,
            warehouse.0,
            change,
            reason,
            actor
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}
