//! The write of the locked path: all changes of a batch in one statement, which costs one round trip.
//!
//! **Checks.** Each part of the statement repeats the values that the decision used, and its rows are counted. If a
//! count is too low, another transaction changed a row, and the batch is rolled back.
//!
//! **Plans.** The statement finds rows by `(key) >= (values) AND (key) <= (values)` over the whole primary key. Only the
//! primary key's index can serve such a condition, row by row. The other conditions are written so that no index can
//! serve them: `IS NOT DISTINCT FROM` for `=`, `IS FALSE` for `NOT`. The statement is planned once, maybe while the
//! tables are nearly empty. With simple conditions, such a plan read all blocks of an item to find a hundred of them, or
//! paired each row of the batch with all blocks of the same expiry time.

use super::carts::NewCartColumns;
use super::change_events::EventColumns;
use super::columns::{LedgerColumns, PlacedColumns, level_columns, sum_columns};
use super::order_columns::OrderColumns;
use crate::cause::Cause;
use crate::idempotency::ResponseColumns;
use crate::{Error, ResponseRecord, Result, WriteTransaction};
use chrono::{DateTime, Utc};
use domain::{BlockId, HeldBlock, ItemId, Snapshot, StockChanges, UNITS_MAX};
use std::collections::{HashMap, HashSet};
use std::net::IpAddr;

impl WriteTransaction {
    /// Writes the changes of a batch, and the responses to store under idempotency keys. `decided_on` is the snapshot
    /// of the decision, `causes` has one entry per request. Returns the categories of the items whose quantities
    /// changed.
    ///
    /// # Errors
    /// * [`Error::Conflict`] if a row differs from the snapshot.
    /// * [`domain::Error::StockOverflow`] if an item's quantity would exceed [`UNITS_MAX`]. The planner prevents that
    ///   unless levels or blocks were written in SQL: an allocation locks the levels of one warehouse only, and does
    ///   not know the item's other units.
    pub async fn write(
        &mut self,
        changes: &StockChanges,
        decided_on: &Snapshot,
        causes: &[Cause<'_>],
        responses: &[ResponseRecord],
    ) -> Result<Vec<String>> {
        self.write_new_levels(changes).await?;
        self.orders_insert(changes, decided_on.now, causes).await?;
        let responses = ResponseColumns::of(responses);
        let levels = level_columns(&changes.levels);
        let (summed_items, sums) = sum_columns(changes);
        let (placed, carts) = (PlacedColumns::of(changes), NewCartColumns::of(changes));
        let now = decided_on.now;
        let updated: Vec<_> = changes.updated.values().collect();
        let expired: HashMap<_, _> = decided_on.expired.iter().map(|block| (block.id, block)).collect();
        let before = BlocksBefore::of(changes.updated.keys(), decided_on, &expired)?;
        let ended = BlocksBefore::of(changes.ended.keys(), decided_on, &expired)?;
        let levels_before: Vec<_> = (changes.levels.keys())
            .map(|key| decided_on.levels.get(key).copied().unwrap_or_default())
            .collect();
        let ledger = LedgerColumns::of(changes, causes);
        let orders = OrderColumns::of(changes, decided_on, causes);
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
                                                note, created_at, is_permanent)
                   SELECT new.*, $4, new.expires_at IS NULL
                     FROM unnest($5::bigint[], $6::bigint[], $7::bigint[], $8::integer[], $9::timestamptz[],
                                 $10::bigint[], $11::text[], $65::text[])
                          AS new (id, item_id, warehouse_id, quantity, expires_at, cart_id, reference, note)
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
                      AND CASE WHEN is_permanent THEN NULL ELSE block_inventory.expires_at END
                          IS NOT DISTINCT FROM over.expires_at
                      AND is_shipped IS FALSE
                RETURNING 1
               ), changed_orders AS (
                   UPDATE orders
                      SET status = changes.status, warehouse_id = changes.warehouse_id, updated_at = $4,
                          allocated_at = CASE WHEN changes.allocated_by IS NULL THEN allocated_at ELSE $4 END,
                          allocated_by = coalesce(changes.allocated_by, orders.allocated_by),
                          cancelled_by = changes.cancelled_by,
                          waiting_since = CASE WHEN changes.status IN ('pending', 'partial') AND changes.left_queue IS FALSE
                                               THEN waiting_since END
                     FROM unnest($18::bigint[], $19::text[], $20::bigint[], $37::text[], $38::text[], $46::text[],
                                 $64::boolean[])
                          AS changes (id, status, warehouse_id, allocated_by, cancelled_by, status_before, left_queue)
                    WHERE orders.id = changes.id AND orders.id = ANY ($18)
                      AND orders.status IS NOT DISTINCT FROM changes.status_before
                RETURNING 1
               ), ledger AS (
                   INSERT INTO stock_movements (item_id, warehouse_id, change, reason, block_id, order_id, actor,
                                                request_id, note, token_id, session_id, address, units, condition,
                                                activity_units, created_at)
                   SELECT *, $4
                     FROM unnest($21::bigint[], $22::bigint[], $23::integer[], $24::text[], $25::bigint[],
                                 $26::bigint[], $27::text[], $28::text[], $29::text[], $47::bigint[], $48::bigint[],
                                 $49::inet[], $53::integer[], $63::text[], $67::integer[])
               ), allocations AS (
                   INSERT INTO order_allocations (order_id, item_id, warehouse_id, allocated, shipped, returned)
                   SELECT * FROM unnest($54::bigint[], $55::bigint[], $56::bigint[], $57::integer[], $58::integer[],
                                        $59::integer[])
                       ON CONFLICT (order_id, item_id, warehouse_id)
                       DO UPDATE SET allocated = excluded.allocated, shipped = excluded.shipped,
                                     returned = excluded.returned
               ), ended_allocations AS (
                   DELETE FROM order_allocations
                    USING unnest($60::bigint[], $61::bigint[], $62::bigint[]) AS over (order_id, item_id, warehouse_id)
                    WHERE (order_allocations.order_id, order_allocations.item_id, order_allocations.warehouse_id)
                          >= (over.order_id, over.item_id, over.warehouse_id)
                      AND (order_allocations.order_id, order_allocations.item_id, order_allocations.warehouse_id)
                          <= (over.order_id, over.item_id, over.warehouse_id)
                RETURNING 1
               ), stored_responses AS (
                   INSERT INTO idempotency_keys (actor, key, fingerprint, status, body)
                   SELECT * FROM unnest($30::text[], $31::text[], $32::bytea[], $33::integer[], $34::bytea[])
               ), changed_items AS (
                   UPDATE items SET quantity = items.quantity + sums.units, updated_at = $4
                     FROM unnest($35::bigint[], $36::bigint[]) AS sums (item_id, units)
                    WHERE items.id BETWEEN sums.item_id AND sums.item_id
                      AND items.quantity + sums.units <= 2147483647
                RETURNING items.id, items.category
               )
               SELECT (SELECT array_agg(DISTINCT category) FROM changed_items WHERE category IS NOT NULL) AS categories,
                      (SELECT array_agg(id) FROM changed_items) AS items, (SELECT count(*) FROM changed_levels) AS levels,
                      (SELECT count(*) FROM updated) AS updated, (SELECT count(*) FROM ended) AS ended,
                      (SELECT count(*) FROM changed_orders) AS orders,
                      (SELECT count(*) FROM ended_allocations) AS ended_allocations,
                      (SELECT carts_insert($50, $51, $52, $66, $4) WHERE cardinality($50::bigint[]) > 0) AS carts"#,
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
            &orders.ids,
            &orders.statuses as &[&str],
            &orders.warehouses as &[Option<i64>],
            &ledger.items,
            &ledger.warehouses,
            &ledger.changes,
            &ledger.reasons as &[&str],
            &ledger.blocks as &[Option<i64>],
            &ledger.orders as &[Option<i64>],
            &ledger.causes.actors as &[&str],
            &ledger.causes.requests as &[Option<&str>],
            &ledger.notes as &[Option<&str>],
            &responses.actors,
            &responses.keys,
            &responses.fingerprints,
            &responses.statuses,
            &responses.bodies,
            &summed_items,
            &sums,
            &orders.allocated_by as &[Option<&str>],
            &orders.cancelled_by as &[Option<&str>],
            &levels_before,
            &before.warehouses,
            &before.quantities,
            &before.expire_at as &[Option<DateTime<Utc>>],
            &ended.warehouses,
            &ended.quantities,
            &ended.expire_at as &[Option<DateTime<Utc>>],
            &orders.statuses_before as &[&str],
            &ledger.causes.tokens as &[Option<i64>],
            &ledger.causes.sessions as &[Option<i64>],
            &ledger.causes.addresses as &[Option<IpAddr>],
            &carts.blocks,
            &carts.carts,
            &carts.references as &[Option<&str>],
            &ledger.units as &[Option<i32>],
            &orders.kept.orders,
            &orders.kept.items,
            &orders.kept.warehouses,
            &orders.allocated,
            &orders.shipped,
            &orders.returned,
            &orders.removed.orders,
            &orders.removed.items,
            &orders.removed.warehouses,
            &ledger.conditions as &[Option<&str>],
            &orders.left_queue,
            &placed.notes as &[Option<&str>],
            &carts.notes as &[Option<&str>],
            &ledger.activity_units as &[Option<i32>],
        )
        .fetch_one(&mut *self.transaction)
        .await?;
        self.check_items(&summed_items, &sums, &row.items.unwrap_or_default()).await?;
        check_count("a stock level", row.levels, changes.levels.len())?;
        check_count("a block", row.updated, changes.updated.len())?;
        check_count("a block", row.ended, changes.ended.len())?;
        check_count("an order", row.orders, changes.orders.len())?;
        check_count("an order", row.ended_allocations, orders.removed.orders.len())?;
        self.carts_change(changes).await?;
        self.order_lines_write(changes, decided_on).await?;
        self.orders_wait(changes, now).await?;
        self.unsellable_change(changes).await?;
        self.blocks_ship(changes).await?;
        self.change_events_insert(EventColumns::of(changes, decided_on, causes)).await?;
        Ok(row.categories.unwrap_or_default())
    }

    /// Inserts new levels. This is a statement of its own, before the others: it may have to wait for the insert of
    /// another transaction, and stock levels come first in the lock order.
    ///
    /// # Errors
    /// [`Error::Conflict`] if a level exists: the decision did not know it.
    async fn write_new_levels(&mut self, changes: &StockChanges) -> Result<()> {
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
        .execute(&mut *self.transaction)
        .await?;
        let inserted = i64::try_from(inserted.rows_affected()).unwrap_or(i64::MAX);
        check_count("a stock level", Some(inserted), changes.new_levels.len())
    }

    /// Checks that each item's quantity was changed. An item is left out if it is gone, or if its quantity would
    /// exceed [`UNITS_MAX`].
    async fn check_items(&mut self, items: &[i64], units: &[i64], changed: &[i64]) -> Result<()> {
        let changed: HashSet<_> = changed.iter().collect();
        let Some((id, units)) = items.iter().zip(units).find(|(id, _)| !changed.contains(id)) else {
            return Ok(());
        };
        let quantity = sqlx::query_scalar!("SELECT quantity FROM items WHERE id = $1", id)
            .fetch_optional(&mut *self.transaction)
            .await?;
        match quantity {
            Some(available) if i64::from(available) + units > i64::from(UNITS_MAX) => {
                let delta = i32::try_from(*units).unwrap_or(UNITS_MAX);
                Err(Error::Rejected(domain::Error::StockOverflow { item: ItemId(*id), available, delta }))
            }
            _ => Err(Error::changed_meanwhile("an item")),
        }
    }
}

/// Fails if a part of the statement changed fewer rows than the decision names.
fn check_count(subject: &str, rows: Option<i64>, decided: usize) -> Result<()> {
    match rows.and_then(|rows| usize::try_from(rows).ok()) == Some(decided) {
        true => Ok(()),
        false => Err(Error::changed_meanwhile(subject)),
    }
}

/// The columns of blocks that are updated or ended, with the values that the decision used.
#[derive(Default)]
struct BlocksBefore {
    ids: Vec<i64>,
    items: Vec<i64>,
    warehouses: Vec<i64>,
    quantities: Vec<i32>,
    expire_at: Vec<Option<DateTime<Utc>>>,
}

impl BlocksBefore {
    /// # Errors
    /// [`Error::Conflict`] for a block that is neither in the snapshot nor among the expired blocks.
    fn of<'a>(
        ids: impl Iterator<Item = &'a BlockId>,
        decided_on: &Snapshot,
        expired: &HashMap<BlockId, &HeldBlock>,
    ) -> Result<Self> {
        let mut columns = Self::default();
        for id in ids {
            let block = decided_on.blocks.get(id).or_else(|| expired.get(id).copied());
            let block = block.ok_or_else(|| Error::changed_meanwhile("a block"))?;
            columns.ids.push(id.0);
            columns.items.push(block.key.item.0);
            columns.warehouses.push(block.key.warehouse.0);
            columns.quantities.push(block.quantity);
            columns.expire_at.push(block.expires_at);
        }
        Ok(columns)
    }
}
