//! A batch's changes as one statement: a round trip, and PostgreSQL works on sets.

use crate::idempotency::AnswerColumns;
use crate::{KeyedAnswer, Result};
use chrono::{DateTime, Utc};
use domain::{Changes, LevelKey, OrderStatus, Time};
use sqlx::{Postgres, Transaction};
use std::collections::BTreeMap;

/// Who asked for a change. The system's own changes have none.
#[derive(Debug, Clone, Copy)]
pub struct Cause<'a> {
    /// Who.
    pub actor: &'a str,
    /// With which request.
    pub request_id: &'a str,
}

/// Who gives expired units back.
const SYSTEM_ACTOR: &str = "system";

/// The columns of stock levels, in order of their keys.
struct LevelColumns {
    items: Vec<i64>,
    warehouses: Vec<i64>,
    units: Vec<i32>,
}

fn level_columns(levels: &BTreeMap<LevelKey, i32>) -> LevelColumns {
    LevelColumns {
        items: levels.keys().map(|key| key.item.0).collect(),
        warehouses: levels.keys().map(|key| key.warehouse.0).collect(),
        units: levels.values().copied().collect(),
    }
}

pub(super) async fn write(
    transaction: &mut Transaction<'static, Postgres>,
    changes: &Changes,
    now: Time,
    causes: &[Cause<'_>],
    answers: &[KeyedAnswer],
) -> Result<()> {
    let kept = AnswerColumns::of(answers);
    let levels = level_columns(&changes.levels);
    let new_levels = level_columns(&changes.new_levels);
    let placed = &changes.placed;
    let updated: Vec<_> = changes.updated.values().collect();
    let ledger = &changes.ledger;
    let cause = |request: Option<usize>| request.and_then(|index| causes.get(index));
    sqlx::query!(
        r#"WITH changed_levels AS (
               UPDATE inventory SET stock_quantity = stock_quantity + changes.units
                 FROM unnest($1::bigint[], $2::bigint[], $3::integer[]) AS changes (item_id, warehouse_id, units)
                WHERE product_id = changes.item_id AND inventory.warehouse_id = changes.warehouse_id
                  AND product_id = ANY ($1)
           ), new_levels AS (
               INSERT INTO inventory (product_id, warehouse_id, stock_quantity)
               SELECT * FROM unnest($4::bigint[], $5::bigint[], $6::integer[])
                   ON CONFLICT (product_id, warehouse_id)
                   DO UPDATE SET stock_quantity = inventory.stock_quantity + excluded.stock_quantity
           ), placed AS (
               INSERT INTO block_inventory (id, item_id, warehouse_id, quantity, expires_at, cart_id, reference,
                                            created_at)
               SELECT *, $25
                 FROM unnest($7::bigint[], $8::bigint[], $9::bigint[], $10::integer[], $11::timestamptz[],
                             $30::bigint[], $31::text[])
           ), updated AS (
               UPDATE block_inventory
                  SET is_permanent = changes.expires_at IS NULL, expires_at = changes.expires_at,
                      quantity = changes.quantity
                 FROM unnest($12::bigint[], $13::bigint[], $14::timestamptz[], $32::integer[])
                      AS changes (id, item_id, expires_at, quantity)
                WHERE block_inventory.id = changes.id AND block_inventory.item_id = changes.item_id
                  AND block_inventory.id = ANY ($12) AND block_inventory.item_id = ANY ($13)
           ), ended AS (
               DELETE FROM block_inventory WHERE id = ANY ($15) AND item_id = ANY ($16)
           ), changed_orders AS (
               UPDATE orders SET status = changes.status, warehouse_id = changes.warehouse_id, updated_at = $25
                 FROM unnest($17::bigint[], $18::text[], $19::bigint[]) AS changes (id, status, warehouse_id)
                WHERE orders.id = changes.id AND orders.id = ANY ($17)
           ), kept_answers AS (
               INSERT INTO idempotency_keys (actor, key, fingerprint, status, answer)
               SELECT * FROM unnest($33::text[], $34::text[], $35::bytea[], $36::integer[], $37::bytea[])
           )
           INSERT INTO stock_movements (item_id, warehouse_id, change, reason, block_id, order_id, actor,
                                        request_id, note, created_at)
           SELECT *, $25
             FROM unnest($20::bigint[], $21::bigint[], $22::integer[], $23::text[], $24::bigint[],
                         $26::bigint[], $27::text[], $28::text[], $29::text[])"#,
        &levels.items,
        &levels.warehouses,
        &levels.units,
        &new_levels.items,
        &new_levels.warehouses,
        &new_levels.units,
        &placed.iter().map(|new| new.block.id.0).collect::<Vec<_>>(),
        &placed.iter().map(|new| new.block.key.item.0).collect::<Vec<_>>(),
        &placed.iter().map(|new| new.block.key.warehouse.0).collect::<Vec<_>>(),
        &placed.iter().map(|new| new.block.quantity).collect::<Vec<_>>(),
        &placed.iter().map(|new| new.block.expires_at).collect::<Vec<_>>() as &[Option<DateTime<Utc>>],
        &updated.iter().map(|block| block.id.0).collect::<Vec<_>>(),
        &updated.iter().map(|block| block.key.item.0).collect::<Vec<_>>(),
        &updated.iter().map(|block| block.expires_at).collect::<Vec<_>>() as &[Option<DateTime<Utc>>],
        &changes.ended.keys().map(|id| id.0).collect::<Vec<_>>(),
        &changes.ended.values().map(|item| item.0).collect::<Vec<_>>(),
        &changes.orders.keys().map(|id| id.0).collect::<Vec<_>>(),
        &changes.orders.values().map(|(status, _)| status_name(*status)).collect::<Vec<_>>(),
        &changes.orders.values().map(|(_, warehouse)| warehouse.map(|id| id.0)).collect::<Vec<_>>()
            as &[Option<i64>],
        &ledger.iter().map(|line| line.key.item.0).collect::<Vec<_>>(),
        &ledger.iter().map(|line| line.key.warehouse.0).collect::<Vec<_>>(),
        &ledger.iter().map(|line| line.change).collect::<Vec<_>>(),
        &ledger.iter().map(|line| line.reason.as_str().to_owned()).collect::<Vec<_>>(),
        &ledger.iter().map(|line| line.block.map(|id| id.0)).collect::<Vec<_>>() as &[Option<i64>],
        now,
        &ledger.iter().map(|line| line.order.map(|id| id.0)).collect::<Vec<_>>() as &[Option<i64>],
        &ledger
            .iter()
            .map(|line| cause(line.request).map_or(SYSTEM_ACTOR, |cause| cause.actor).to_owned())
            .collect::<Vec<_>>(),
        &ledger
            .iter()
            .map(|line| cause(line.request).map(|cause| cause.request_id.to_owned()))
            .collect::<Vec<_>>() as &[Option<String>],
        &ledger.iter().map(|line| line.note.clone()).collect::<Vec<_>>() as &[Option<String>],
        &placed.iter().map(|new| new.cart.map(|cart| cart.0)).collect::<Vec<_>>() as &[Option<i64>],
        &placed.iter().map(|new| new.reference.as_ref().map(ToString::to_string)).collect::<Vec<_>>()
            as &[Option<String>],
        &updated.iter().map(|block| block.quantity).collect::<Vec<_>>(),
        &kept.actors,
        &kept.keys,
        &kept.fingerprints,
        &kept.statuses,
        &kept.answers,
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

fn status_name(status: OrderStatus) -> String {
    status.as_str().to_owned()
}
