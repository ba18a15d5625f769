//! A batch's changes as one statement: a round trip, and PostgreSQL works on sets.
//!
//! Rows are found by their whole key, compared as from it to it. Only the primary key's index can serve that, one
//! row after the other. Where keys are compared column by column the plan is made once, of tables that may be
//! nearly empty then; such a plan read every block of the item to find a hundred of them, or paired
//! each row of a batch with each of its changes.

use super::columns::{LedgerColumns, PlacedColumns, level_columns, sum_columns};
use crate::idempotency::AnswerColumns;
use crate::pool::Transaction;
use crate::{KeyedAnswer, Result};
use chrono::{DateTime, Utc};
use domain::{Changes, Time};

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
/// stock levels come first in the order of locks.
async fn write_new_levels(transaction: &mut Transaction, changes: &Changes) -> Result<()> {
    if changes.new_levels.is_empty() {
        return Ok(());
    }
    let levels = level_columns(&changes.new_levels);
    sqlx::query!(
        "INSERT INTO inventory (product_id, warehouse_id, stock_quantity)
         SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::integer[])
             ON CONFLICT (product_id, warehouse_id)
             DO UPDATE SET stock_quantity = inventory.stock_quantity + excluded.stock_quantity",
        &levels.items,
        &levels.warehouses,
        &levels.units
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

pub(super) async fn write(
    transaction: &mut Transaction,
    changes: &Changes,
    now: Time,
    causes: &[Cause<'_>],
    answers: &[KeyedAnswer],
) -> Result<Vec<String>> {
    write_new_levels(transaction, changes).await?;
    let kept = AnswerColumns::of(answers);
    let levels = level_columns(&changes.levels);
    let (summed_items, sums) = sum_columns(changes);
    let placed = PlacedColumns::of(changes);
    let updated: Vec<_> = changes.updated.values().collect();
    let ledger = LedgerColumns::of(changes, causes);
    let orders: Vec<_> = changes.orders.values().collect();
    let cause = |request: Option<usize>| request.and_then(|index| causes.get(index));
    let actor = |request| cause(request).map(|cause| cause.actor);
    let categories = sqlx::query_scalar!(
        r#"WITH changed_levels AS (
               UPDATE inventory SET stock_quantity = stock_quantity + changes.units
                 FROM unnest($1::bigint[], $2::bigint[], $3::integer[]) AS changes (item_id, warehouse_id, units)
                WHERE (product_id, inventory.warehouse_id) >= (changes.item_id, changes.warehouse_id)
                  AND (product_id, inventory.warehouse_id) <= (changes.item_id, changes.warehouse_id)
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
                 FROM unnest($12::bigint[], $13::bigint[], $14::timestamptz[], $15::integer[])
                      AS changes (id, item_id, expires_at, quantity)
                WHERE (block_inventory.id, block_inventory.item_id) >= (changes.id, changes.item_id)
                  AND (block_inventory.id, block_inventory.item_id) <= (changes.id, changes.item_id)
           ), ended AS (
               DELETE FROM block_inventory USING unnest($16::bigint[], $17::bigint[]) AS over (id, item_id)
                WHERE (block_inventory.id, block_inventory.item_id) >= (over.id, over.item_id)
                  AND (block_inventory.id, block_inventory.item_id) <= (over.id, over.item_id)
           ), changed_orders AS (
               UPDATE orders
                  SET status = changes.status, warehouse_id = changes.warehouse_id, updated_at = $4,
                      allocated_at = CASE WHEN changes.allocated_by IS NULL THEN allocated_at ELSE $4 END,
                      allocated_by = coalesce(changes.allocated_by, orders.allocated_by),
                      cancelled_by = changes.cancelled_by
                 FROM unnest($18::bigint[], $19::text[], $20::bigint[], $37::text[], $38::text[])
                      AS changes (id, status, warehouse_id, allocated_by, cancelled_by)
                WHERE orders.id = changes.id AND orders.id = ANY ($18)
           ), ledger AS (
               INSERT INTO stock_movements (item_id, warehouse_id, change, reason, block_id, order_id, actor,
                                            request_id, note, created_at)
               SELECT *, $4
                 FROM unnest($21::bigint[], $22::bigint[], $23::integer[], $24::text[], $25::bigint[],
                             $26::bigint[], $27::text[], $28::text[], $29::text[])
           ), kept_answers AS (
               INSERT INTO idempotency_keys (actor, key, fingerprint, status, answer)
               SELECT * FROM unnest($30::text[], $31::text[], $32::bytea[], $33::integer[], $34::bytea[])
           ), changed_items AS (
               UPDATE items SET quantity = items.quantity + sums.units, updated_at = $4
                 FROM unnest($35::bigint[], $36::bigint[]) AS sums (item_id, units)
                WHERE items.id BETWEEN sums.item_id AND sums.item_id
            RETURNING items.category
           )
           SELECT DISTINCT category AS "category!" FROM changed_items WHERE category IS NOT NULL"#,
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
        &updated.iter().map(|block| block.id.0).collect::<Vec<_>>(),
        &updated.iter().map(|block| block.key.item.0).collect::<Vec<_>>(),
        &updated.iter().map(|block| block.expires_at).collect::<Vec<_>>() as &[Option<DateTime<Utc>>],
        &updated.iter().map(|block| block.quantity).collect::<Vec<_>>(),
        &changes.ended.keys().map(|id| id.0).collect::<Vec<_>>(),
        &changes.ended.values().map(|item| item.0).collect::<Vec<_>>(),
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
        &kept.actors,
        &kept.keys,
        &kept.fingerprints,
        &kept.statuses,
        &kept.answers,
        &summed_items,
        &sums,
        &orders.iter().map(|order| actor(order.allocated)).collect::<Vec<_>>() as &[Option<&str>],
        &orders.iter().map(|order| actor(order.cancelled)).collect::<Vec<_>>() as &[Option<&str>],
    )
    .fetch_all(&mut **transaction)
    .await?;
    Ok(categories)
}
