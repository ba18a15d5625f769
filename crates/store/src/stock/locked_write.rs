//! A batch's changes as one statement: a round trip, and PostgreSQL works on sets.
//!
//! Rows are found by their whole key, compared as from it to it. Only the primary key's index can serve that, one
//! row after the other. The other conditions are written so that no index can serve them (`IS NOT DISTINCT FROM`,
//! `IS FALSE`): with an index of expiry times each row of a batch was paired with all blocks of one expiry. Where keys are compared column by column the plan is made once, of tables that may be
//! nearly empty then; such a plan read every block of the item to find a hundred of them, or paired
//! each row of a batch with each of its changes.

use super::changed_meanwhile;
use super::columns::{LedgerColumns, PlacedColumns, level_columns, sum_columns};
use crate::idempotency::ResponseColumns;
use crate::pool::Transaction;
use crate::{ResponseRecord, Result};
use chrono::{DateTime, Utc};
use domain::{BlockId, HeldBlock, Snapshot, StockChanges};
use std::collections::HashMap;

/// Who asked for a change. The system's own changes have none.
#[derive(Debug, Clone, Copy)]
pub struct Cause<'a> {
    /// Who.
    pub actor: &'a str,
    /// With which request.
    pub request_id: &'a str,
}

/// Who gives expired units back.
pub(super) const SYSTEM_ACTOR: &str = "system";

/// In a statement of its own and before the rest: a new level may have to wait for another transaction's, and
/// stock levels come first in the order of locks. A level that exists by then was not there to decide on.
async fn write_new_levels(transaction: &mut Transaction, changes: &StockChanges) -> Result<()> {
    if changes.new_levels.is_empty() {
        return Ok(());
    }
    let levels = level_columns(&changes.new_levels);
    let inserted = sqlx::query!(
        "INSERT INTO inventory (product_id, warehouse_id, stock_quantity)
         SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::integer[])
             ON CONFLICT (product_id, warehouse_id) DO NOTHING",
        &levels.items,
        &levels.warehouses,
        &levels.units
    )
    .execute(&mut **transaction)
    .await?;
    check_count("a stock level", Some(as_count(inserted.rows_affected())), changes.new_levels.len())
}

/// A statement that found fewer rows than were decided on, or rows that differ, is rolled back with all others.
fn check_count(subject: &str, rows: Option<i64>, decided: usize) -> Result<()> {
    match rows.and_then(|rows| usize::try_from(rows).ok()) == Some(decided) {
        true => Ok(()),
        false => Err(changed_meanwhile(subject)),
    }
}

fn as_count(rows: u64) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

/// The columns of blocks that are updated or ended, with the values that were read.
#[derive(Default)]
struct ReadColumns {
    ids: Vec<i64>,
    items: Vec<i64>,
    warehouses: Vec<i64>,
    quantities: Vec<i32>,
    expire_at: Vec<Option<DateTime<Utc>>>,
}

impl ReadColumns {
    /// # Errors
    /// [`crate::Error::Conflict`] for a block that was not read.
    fn of<'a>(
        ids: impl Iterator<Item = &'a BlockId>,
        decided_on: &Snapshot,
        expired: &HashMap<BlockId, &HeldBlock>,
    ) -> Result<Self> {
        let mut columns = Self::default();
        for id in ids {
            let read = decided_on.blocks.get(id).or_else(|| expired.get(id).copied());
            let read = read.ok_or_else(|| changed_meanwhile("a block"))?;
            columns.ids.push(id.0);
            columns.items.push(read.key.item.0);
            columns.warehouses.push(read.key.warehouse.0);
            columns.quantities.push(read.quantity);
            columns.expire_at.push(read.expires_at);
        }
        Ok(columns)
    }
}

pub(super) async fn write(
    transaction: &mut Transaction,
    changes: &StockChanges,
    decided_on: &Snapshot,
    causes: &[Cause<'_>],
    answers: &[ResponseRecord],
) -> Result<Vec<String>> {
    write_new_levels(transaction, changes).await?;
    let responses = ResponseColumns::of(answers);
    let levels = level_columns(&changes.levels);
    let (summed_items, sums) = sum_columns(changes);
    let placed = PlacedColumns::of(changes);
    let now = decided_on.now;
    let updated: Vec<_> = changes.updated.values().collect();
    let expired: HashMap<_, _> = decided_on.expired.iter().map(|block| (block.id, block)).collect();
    let before = ReadColumns::of(changes.updated.keys(), decided_on, &expired)?;
    let ended = ReadColumns::of(changes.ended.keys(), decided_on, &expired)?;
    let levels_before: Vec<_> =
        changes.levels.keys().map(|key| decided_on.levels.get(key).copied().unwrap_or_default()).collect();
    let statuses_before: Vec<_> = (changes.orders.keys())
        .map(|id| decided_on.orders.get(id).map_or("", |order| order.status.as_str()))
        .collect();
    let ledger = LedgerColumns::of(changes, causes);
    let orders: Vec<_> = changes.orders.values().collect();
    let cause = |request: Option<usize>| request.and_then(|index| causes.get(index));
    let actor = |request| cause(request).map(|cause| cause.actor);
    let row = sqlx::query!(
        r#"WITH changed_levels AS (
               UPDATE inventory SET stock_quantity = stock_quantity + changes.units
                 FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $39::integer[])
                      AS changes (item_id, warehouse_id, units, before)
                WHERE (product_id, inventory.warehouse_id) >= (changes.item_id, changes.warehouse_id)
                  AND (product_id, inventory.warehouse_id) <= (changes.item_id, changes.warehouse_id)
                  AND stock_quantity = changes.before
            RETURNING 1
           ), placed AS (
               INSERT INTO block_inventory (id, item_id, warehouse_id, quantity, expires_at, cart_id, reference,
                                            created_at)
               SELECT *, $4
                 FROM unnest($5::bigint[], $6::bigint[], $7::bigint[], $8::integer[], $9::timestamptz[],
                             $10::bigint[], $11::text[])
           ), updated AS (
               UPDATE block_inventory
                  SET is_permanent = changes.expires_at IS NULL, expires_at = changes.expires_at,
                      quantity = changes.quantity
                 FROM unnest($12::bigint[], $13::bigint[], $14::timestamptz[], $15::integer[], $40::bigint[],
                             $41::integer[], $42::timestamptz[])
                      AS changes (id, item_id, expires_at, quantity, warehouse_id, quantity_before,
                                  expires_at_before)
                WHERE (block_inventory.id, block_inventory.item_id) >= (changes.id, changes.item_id)
                  AND (block_inventory.id, block_inventory.item_id) <= (changes.id, changes.item_id)
                  AND block_inventory.warehouse_id = changes.warehouse_id
                  AND block_inventory.quantity = changes.quantity_before
                  AND block_inventory.expires_at IS NOT DISTINCT FROM changes.expires_at_before
                  AND is_permanent IS FALSE
            RETURNING 1
           ), ended AS (
               DELETE FROM block_inventory
                USING unnest($16::bigint[], $17::bigint[], $43::bigint[], $44::integer[], $45::timestamptz[])
                      AS over (id, item_id, warehouse_id, quantity, expires_at)
                WHERE (block_inventory.id, block_inventory.item_id) >= (over.id, over.item_id)
                  AND (block_inventory.id, block_inventory.item_id) <= (over.id, over.item_id)
                  AND block_inventory.warehouse_id = over.warehouse_id
                  AND block_inventory.quantity = over.quantity
                  AND block_inventory.expires_at IS NOT DISTINCT FROM over.expires_at AND is_permanent IS FALSE
            RETURNING 1
           ), changed_orders AS (
               UPDATE orders
                  SET status = changes.status, warehouse_id = changes.warehouse_id, updated_at = $4,
                      allocated_at = CASE WHEN changes.allocated_by IS NULL THEN allocated_at ELSE $4 END,
                      allocated_by = coalesce(changes.allocated_by, orders.allocated_by),
                      cancelled_by = changes.cancelled_by
                 FROM unnest($18::bigint[], $19::text[], $20::bigint[], $37::text[], $38::text[], $46::text[])
                      AS changes (id, status, warehouse_id, allocated_by, cancelled_by, status_before)
                WHERE orders.id = changes.id AND orders.id = ANY ($18)
                  AND orders.status IS NOT DISTINCT FROM changes.status_before
            RETURNING 1
           ), ledger AS (
               INSERT INTO stock_movements (item_id, warehouse_id, change, reason, block_id, order_id, actor,
                                            request_id, note, created_at)
               SELECT *, $4
                 FROM unnest($21::bigint[], $22::bigint[], $23::integer[], $24::text[], $25::bigint[],
                             $26::bigint[], $27::text[], $28::text[], $29::text[])
           ), stored_responses AS (
               INSERT INTO idempotency_keys (actor, key, fingerprint, status, body)
               SELECT * FROM unnest($30::text[], $31::text[], $32::bytea[], $33::integer[], $34::bytea[])
           ), changed_items AS (
               UPDATE items SET quantity = items.quantity + sums.units, updated_at = $4
                 FROM unnest($35::bigint[], $36::bigint[]) AS sums (item_id, units)
                WHERE items.id BETWEEN sums.item_id AND sums.item_id
            RETURNING items.category
           )
           SELECT (SELECT array_agg(DISTINCT category) FROM changed_items WHERE category IS NOT NULL) AS categories,
                  (SELECT count(*) FROM changed_items) AS items, (SELECT count(*) FROM changed_levels) AS levels,
                  (SELECT count(*) FROM updated) AS updated, (SELECT count(*) FROM ended) AS ended,
                  (SELECT count(*) FROM changed_orders) AS orders"#,
        &levels.items,
        &levels.warehouses,
        &levels.units,
        now,
        &placed.ids,
        &placed.items,
        &placed.warehouses,
        &placed.quantities,
        &placed.expire_at as &[Option<DateTime<Utc>>],
        &placed.carts as &[Option<i64>],
        &placed.references as &[Option<&str>],
        &before.ids,
        &before.items,
        &updated.iter().map(|block| block.expires_at).collect::<Vec<_>>() as &[Option<DateTime<Utc>>],
        &updated.iter().map(|block| block.quantity).collect::<Vec<_>>(),
        &ended.ids,
        &ended.items,
        &changes.orders.keys().map(|id| id.0).collect::<Vec<_>>(),
        &orders.iter().map(|order| order.status.as_str()).collect::<Vec<_>>() as &[&str],
        &orders.iter().map(|order| order.warehouse.map(|id| id.0)).collect::<Vec<_>>() as &[Option<i64>],
        &ledger.items,
        &ledger.warehouses,
        &ledger.changes,
        &ledger.reasons as &[&str],
        &ledger.blocks as &[Option<i64>],
        &ledger.orders as &[Option<i64>],
        &ledger.actors as &[&str],
        &ledger.requests as &[Option<&str>],
        &ledger.notes as &[Option<&str>],
        &responses.actors,
        &responses.keys,
        &responses.fingerprints,
        &responses.statuses,
        &responses.bodies,
        &summed_items,
        &sums,
        &orders.iter().map(|order| actor(order.allocated)).collect::<Vec<_>>() as &[Option<&str>],
        &orders.iter().map(|order| actor(order.cancelled)).collect::<Vec<_>>() as &[Option<&str>],
        &levels_before,
        &before.warehouses,
        &before.quantities,
        &before.expire_at as &[Option<DateTime<Utc>>],
        &ended.warehouses,
        &ended.quantities,
        &ended.expire_at as &[Option<DateTime<Utc>>],
        &statuses_before as &[&str],
    )
    .fetch_one(&mut **transaction)
    .await?;
    check_count("an item", row.items, summed_items.len())?;
    check_count("a stock level", row.levels, changes.levels.len())?;
    check_count("a block", row.updated, changes.updated.len())?;
    check_count("a block", row.ended, changes.ended.len())?;
    check_count("an order", row.orders, changes.orders.len())?;
    Ok(row.categories.unwrap_or_default())
}
