//! Repairs: corrects the ledger and the quantities by the stock levels, the blocks and the orders.

use super::{Discrepancy, DiscrepancyKind, find};
use crate::{Error, Result};
use domain::ItemId;
use sqlx::{Connection as _, PgConnection, Postgres, Transaction};

/// The lock timeout of a repair.
const LOCK_TIMEOUT: &str = "10s";

/// Begins a writing transaction with the triggers for totals and ledger turned off.
async fn begin(connection: &mut PgConnection) -> Result<Transaction<'_, Postgres>> {
    let mut transaction = connection.begin_with("BEGIN READ WRITE").await?;
    sqlx::query!(
        "SELECT set_config('stockhold.maintains_totals', 'on', true) AS totals, set_config('lock_timeout', $1, true) AS timeout",
        LOCK_TIMEOUT
    )
    .fetch_one(&mut *transaction)
    .await?;
    Ok(transaction)
}

pub(super) async fn item(
    connection: &mut PgConnection,
    item: ItemId,
    actor: &str,
) -> Result<Vec<Discrepancy>> {
    let mut transaction = begin(connection).await?;
    sqlx::query!(
        "SELECT product_id FROM inventory WHERE product_id = $1 ORDER BY warehouse_id FOR NO KEY UPDATE",
        item.0
    )
    .fetch_all(&mut *transaction)
    .await?;
    let found = find::items(&mut transaction, item.0, item.0.saturating_add(1)).await?;
    for discrepancy in found.iter().filter(|discrepancy| discrepancy.is_repairable()) {
        repair(&mut transaction, discrepancy, item, actor).await?;
    }
    transaction.commit().await.map_err(Error::from_commit)?;
    Ok(found)
}

pub(super) async fn database(connection: &mut PgConnection) -> Result<Vec<Discrepancy>> {
    let found = find::database(connection).await?;
    // Each item in a transaction of its own. Missing keys are added with the other repairs of their items, so that no key of
    // another item is in their way.
    for discrepancy in &found {
        if let (DiscrepancyKind::Keys, Some(item)) = (discrepancy.kind, discrepancy.item) {
            let mut transaction = begin(connection).await?;
            remove_extra_keys(&mut transaction, item).await?;
            transaction.commit().await.map_err(Error::from_commit)?;
        }
    }
    let mut transaction = begin(connection).await?;
    for discrepancy in found.iter().filter(|discrepancy| discrepancy.kind == DiscrepancyKind::Sequence) {
        // The sequence may have advanced since the check; it is never set back.
        sqlx::query!(
            "SELECT setval(sequence, greatest($2, coalesce(pg_sequence_last_value(sequence), 0)))
               FROM (SELECT pg_get_serial_sequence($1, 'id')::regclass AS sequence) AS named",
            discrepancy.object.as_deref().unwrap_or_default(),
            discrepancy.expected
        )
        .fetch_one(&mut *transaction)
        .await?;
    }
    transaction.commit().await.map_err(Error::from_commit)?;
    Ok(found)
}

async fn repair(
    connection: &mut PgConnection,
    discrepancy: &Discrepancy,
    item: ItemId,
    actor: &str,
) -> Result<()> {
    let units = discrepancy.found - discrepancy.expected;
    match discrepancy.kind {
        DiscrepancyKind::Level => {
            add_movements(connection, discrepancy, &[("corrected", units)], actor).await
        }
        // Two movements: the first brings the ledger's units of the block or order to the actual number, and `corrected`
        // compensates it, so that the level's sum stays the same.
        DiscrepancyKind::Block => {
            let reason = if units > 0 { "blocked" } else { "released" };
            add_movements(connection, discrepancy, &[(reason, -units), ("corrected", units)], actor).await
        }
        DiscrepancyKind::Order => {
            let reason = if units > 0 { "allocated" } else { "cancelled" };
            remove_stale_allocations(connection, discrepancy).await?;
            add_movements(connection, discrepancy, &[(reason, -units), ("corrected", units)], actor).await
        }
        DiscrepancyKind::Sum => set_sum(connection, item, discrepancy.expected).await,
        DiscrepancyKind::BlockLevel => {
            sqlx::query!(
                "INSERT INTO inventory (product_id, warehouse_id, stock_quantity)
                 SELECT items.id, warehouses.id, 0 FROM items, warehouses WHERE items.id = $1 AND warehouses.id = $2
                     ON CONFLICT DO NOTHING",
                item.0,
                discrepancy.warehouse.map(|warehouse| warehouse.0)
            )
            .execute(&mut *connection)
            .await?;
            record_change(connection, item).await
        }
        DiscrepancyKind::Name => copy_name(connection, item).await,
        DiscrepancyKind::Keys => copy_keys(connection, item).await,
        _ => Ok(()),
    }
}

/// Removes the allocated units of an order that has none by its status, or that does not exist.
async fn remove_stale_allocations(connection: &mut PgConnection, discrepancy: &Discrepancy) -> Result<()> {
    sqlx::query!(
        "WITH stale AS (
             SELECT order_id, item_id, warehouse_id FROM order_allocations
              WHERE order_id = $1 AND item_id = $2 AND warehouse_id = $3
                AND NOT EXISTS (SELECT FROM orders WHERE id = $1 AND status IN ('partial', 'allocated'))
         ), kept AS (
             UPDATE order_allocations AS kept SET allocated = 0 FROM stale
              WHERE kept.order_id = stale.order_id AND kept.item_id = stale.item_id
                AND kept.warehouse_id = stale.warehouse_id AND kept.shipped > 0
         )
         DELETE FROM order_allocations AS removed USING stale
          WHERE removed.order_id = stale.order_id AND removed.item_id = stale.item_id
            AND removed.warehouse_id = stale.warehouse_id AND removed.shipped = 0",
        discrepancy.order.map(|order| order.0),
        discrepancy.item.map(|item| item.0),
        discrepancy.warehouse.map(|warehouse| warehouse.0)
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn add_movements(
    connection: &mut PgConnection,
    discrepancy: &Discrepancy,
    movements: &[(&str, i64)],
    actor: &str,
) -> Result<()> {
    for (reason, change) in movements {
        // The correction concerns the level only, so it does not name the block or the order.
        let holder = *reason != "corrected";
        let mut remaining = *change;
        while remaining != 0 {
            // A movement's change is a 32-bit number.
            let part = remaining.clamp(-i64::from(i32::MAX), i64::from(i32::MAX));
            remaining -= part;
            sqlx::query!(
                "INSERT INTO stock_movements (item_id, warehouse_id, block_id, order_id, change, reason, actor, note)
                 VALUES ($1, $2, $3, $4, $5::bigint, $6, $7, 'reconciled')",
                discrepancy.item.map(|item| item.0),
                discrepancy.warehouse.map(|warehouse| warehouse.0),
                discrepancy.block.filter(|_| holder).map(|block| block.0),
                discrepancy.order.filter(|_| holder).map(|order| order.0),
                part,
                *reason,
                actor
            )
            .execute(&mut *connection)
            .await?;
        }
    }
    Ok(())
}

async fn set_sum(connection: &mut PgConnection, item: ItemId, sum: i64) -> Result<()> {
    sqlx::query!("UPDATE items SET quantity = $2::bigint, updated_at = now() WHERE id = $1", item.0, sum)
        .execute(&mut *connection)
        .await?;
    record_change(connection, item).await
}

/// Announces a change of the item to servers that have cached it.
async fn record_change(connection: &mut PgConnection, item: ItemId) -> Result<()> {
    sqlx::query!(
        "INSERT INTO item_changes (item_id, created_at, price, category)
         SELECT id, created_at, CASE WHEN archived_at IS NULL THEN price END, category FROM items WHERE id = $1",
        item.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Copies the keys of an item into the directories. The item is locked first, so no other transaction changes its keys
/// meanwhile.
async fn copy_keys(connection: &mut PgConnection, item: ItemId) -> Result<()> {
    remove_extra_keys(connection, item).await?;
    sqlx::query!(
        "INSERT INTO item_skus (item_id, folded) SELECT id, fold_key(sku) FROM items WHERE id = $1 AND sku IS NOT NULL
             ON CONFLICT DO NOTHING",
        item.0
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "INSERT INTO item_barcodes (item_id, barcode)
         SELECT id, barcode FROM items CROSS JOIN unnest(barcodes) AS barcode WHERE id = $1 ON CONFLICT DO NOTHING",
        item.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Locks an item, and removes the keys from the directories that it does not have.
async fn remove_extra_keys(connection: &mut PgConnection, item: ItemId) -> Result<()> {
    sqlx::query!("SELECT id FROM items WHERE id = $1 FOR NO KEY UPDATE", item.0)
        .fetch_optional(&mut *connection)
        .await?;
    sqlx::query!(
        "DELETE FROM item_skus WHERE item_id = $1
            AND folded IS DISTINCT FROM (SELECT fold_key(sku) FROM items WHERE id = $1)",
        item.0
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "DELETE FROM item_barcodes WHERE item_id = $1
            AND NOT EXISTS (SELECT FROM items WHERE id = $1 AND item_barcodes.barcode = ANY (barcodes))",
        item.0
    )
    .execute(&mut *connection)
    .await?;
    // Servers cache the items of keys.
    sqlx::query!("UPDATE key_version SET version = version + 1").execute(connection).await?;
    Ok(())
}

async fn copy_name(connection: &mut PgConnection, item: ItemId) -> Result<()> {
    sqlx::query!(
        "DELETE FROM item_names WHERE item_id = $1 AND NOT EXISTS (SELECT FROM items WHERE id = $1)",
        item.0
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "INSERT INTO item_names (item_id, name) SELECT id, name FROM items WHERE id = $1
             ON CONFLICT (item_id) DO UPDATE SET name = excluded.name",
        item.0
    )
    .execute(connection)
    .await?;
    Ok(())
}
