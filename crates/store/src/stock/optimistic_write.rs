//! The write of the optimistic path: places, confirms, extends and releases blocks that were decided on cached rows.
//!
//! One statement is the whole transaction, so a batch costs one round trip. In this order it
//!
//! 1. locks references and counts their blocks (`references_lock`),
//! 2. locks the stock levels and the blocks, compares them with the expected values, and changes them
//!    (`stock_apply_if_unchanged`),
//! 3. inserts new blocks, movements, audit events and responses, and changes `items.quantity`.
//!
//! If a comparison in step 1 or 2 fails, steps 2 and 3 change nothing. The caller then uses the locked path.

use super::carts::NewCartColumns;
use super::change_events::EventColumns;
use super::columns::{LedgerColumns, PlacedColumns, level_columns, sum_columns};
use crate::idempotency::ResponseColumns;
use crate::{Cause, Error, Generation, PinnedConnection, ResponseRecord, Result};
use chrono::{DateTime, Utc};
use domain::{ItemId, Reference, Snapshot, StockChanges, Time};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// The cached values that a batch was decided on. They are compared with the locked rows.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The generation of the caches when they were read.
    pub generation: Generation,
    /// Must contain all stock levels of the items, and each temporary block that is changed. Its time must be within
    /// 0.25 s of the database's time.
    pub snapshot: &'a Snapshot,
    /// The items for which the batch rejects a request. None of them may have an expired block, because its units must be
    /// reclaimed before the rejection.
    pub short_items: &'a BTreeSet<ItemId>,
    /// The number of new blocks per reference. Together with its active blocks, a reference may have at most as many as
    /// [`domain::BlockLimits`] allows.
    pub references: &'a BTreeMap<&'a Reference, i64>,
    /// The ids of the carts that are confirmed, extended or released. All their blocks must be among the changes.
    pub carts: &'a [i64],
    /// The version of the keys; `None` if all requests of the batch name ids.
    pub key_version: Option<i64>,
}

/// The outcome of an optimistic write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WriteOutcome {
    /// The changes are committed. Contains the categories of the items whose quantities changed.
    Committed(Vec<String>),
    /// A row or the time differs from the expected value. Nothing has changed.
    Stale,
    /// A reference would have too many active blocks. Nothing has changed.
    ReferenceLimit,
    /// SKUs or warehouse codes have changed. Nothing has changed otherwise.
    KeysChanged,
}

impl PinnedConnection {
    /// Writes `changes` and stores `responses` under their idempotency keys, if all rows are as expected. The changes may
    /// only place, confirm, extend and release blocks; they are empty if the batch only rejects requests. `causes` has one
    /// entry per request.
    ///
    /// # Errors
    /// [`Error::OutcomeUnknown`] if the connection broke before the result arrived, [`Error::Conflict`] if a key already
    /// has a response.
    pub async fn changes_write(
        &self,
        expected: Expected<'_>,
        changes: &StockChanges,
        causes: &[Cause<'_>],
        responses: &[ResponseRecord],
    ) -> Result<WriteOutcome> {
        let Expected { generation, snapshot, short_items, references, key_version, .. } = expected;
        let levels = level_columns(&snapshot.levels);
        let level_changes: Vec<_> =
            snapshot.levels.keys().map(|key| changes.levels.get(key).copied().unwrap_or(0)).collect();
        let Some(blocks) = BlockColumns::of(snapshot, changes) else { return Ok(WriteOutcome::Stale) };
        let new_carts = NewCartColumns::of(changes);
        let (placed, ledger) = (PlacedColumns::of(changes), LedgerColumns::of(changes, causes));
        let events = EventColumns::of(changes, snapshot, causes);
        let (summed_items, sums) = sum_columns(changes);
        let responses = ResponseColumns::of(responses);
        let mut connection = self.connection().await?;
        // Block ids that were reserved in an earlier generation may be used by others.
        if self.history.generation() != generation {
            self.release(connection);
            return Ok(WriteOutcome::Stale);
        }
        let row = sqlx::query!(
            r#"WITH compared AS MATERIALIZED (
                   SELECT CASE WHEN $49::bigint IS NOT NULL
                                AND NOT EXISTS (SELECT FROM key_version WHERE version = $49)
                               THEN false
                               WHEN cardinality($34::text[]) > 0
                                AND EXISTS (SELECT FROM references_lock($34) AS known
                                              JOIN unnest($34, $35::bigint[]) AS asked (name, blocks) USING (name)
                                             WHERE known.blocks + asked.blocks > $36)
                               THEN NULL
                               WHEN cardinality($50::bigint[]) > 0
                               THEN stock_apply_carts_if_unchanged($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $33, $32,
                                                                   $11, interval '0.25 seconds', $50)
                               ELSE stock_apply_if_unchanged($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $33, $32, $11,
                                                       interval '0.25 seconds') END AS done
               ), placed AS (
                   INSERT INTO block_inventory (id, item_id, warehouse_id, quantity, expires_at, cart_id, reference,
                                                created_at)
                   SELECT new.*, $11
                     FROM compared
                    CROSS JOIN unnest($12::bigint[], $13::bigint[], $14::bigint[], $15::integer[],
                                      $16::timestamptz[], $17::bigint[], $37::text[]) AS new
                    WHERE compared.done
               ), ledger AS (
                   INSERT INTO stock_movements (item_id, warehouse_id, change, reason, block_id, actor,
                                                request_id, token_id, session_id, address, units, created_at)
                   SELECT lines.*, $11
                     FROM compared
                    CROSS JOIN unnest($18::bigint[], $19::bigint[], $20::integer[], $21::text[], $22::bigint[],
                                      $23::text[], $24::text[], $38::bigint[], $39::bigint[], $40::inet[],
                                      $54::integer[])
                               AS lines
                    WHERE compared.done
               ), events AS (
                   INSERT INTO audit_events (actor, credential, address, request_id, kind, subject, before, after)
                   SELECT actor, credential, address, request_id, kind, subject, before::jsonb, after::jsonb
                     FROM compared
                    CROSS JOIN unnest($41::text[], $42::text[], $43::inet[], $44::text[], $45::text[], $46::text[],
                                      $47::text[], $48::text[])
                               AS events (actor, credential, address, request_id, kind, subject, before, after)
                    WHERE compared.done
               ), stored_responses AS (
                   INSERT INTO idempotency_keys (actor, key, fingerprint, status, body)
                   SELECT answers.*
                     FROM compared
                    CROSS JOIN unnest($25::text[], $26::text[], $27::bytea[], $28::integer[], $29::bytea[])
                               AS answers
                    WHERE compared.done
               ), changed_items AS (
                   UPDATE items SET quantity = items.quantity + sums.units, updated_at = $11
                     FROM unnest($30::bigint[], $31::bigint[]) AS sums (item_id, units)
                    WHERE items.id BETWEEN sums.item_id AND sums.item_id AND (SELECT done FROM compared)
                RETURNING items.category
               )
               SELECT done,
                      (SELECT array_agg(DISTINCT category) FROM changed_items
                        WHERE category IS NOT NULL) AS categories,
                      ($49::bigint IS NOT NULL
                       AND NOT EXISTS (SELECT FROM key_version WHERE version = $49)) AS "keys_changed!",
                      (SELECT carts_insert($51, $52, $53, $11)
                        WHERE done AND cardinality($51::bigint[]) > 0) AS carts
                 FROM compared"#,
            &levels.items,
            &levels.warehouses,
            &levels.units,
            &level_changes,
            &blocks.ids,
            &blocks.items,
            &blocks.warehouses,
            &blocks.holding,
            &blocks.until,
            &blocks.left as &[Option<i32>],
            snapshot.now,
            &placed.ids,
            &placed.items,
            &placed.warehouses,
            &placed.quantities,
            &placed.expire_at as &[Option<DateTime<Utc>>],
            &placed.carts as &[Option<i64>],
            &ledger.items,
            &ledger.warehouses,
            &ledger.changes,
            &ledger.reasons as &[&str],
            &ledger.blocks as &[Option<i64>],
            &ledger.causes.actors as &[&str],
            &ledger.causes.requests as &[Option<&str>],
            &responses.actors,
            &responses.keys,
            &responses.fingerprints,
            &responses.statuses,
            &responses.bodies,
            &summed_items,
            &sums,
            &short_items.iter().map(|item| item.0).collect::<Vec<_>>(),
            &blocks.until_left as &[Option<Time>],
            &references.keys().map(|reference| reference.to_string()).collect::<Vec<_>>(),
            &references.values().copied().collect::<Vec<_>>(),
            snapshot.limits.reference_blocks_max,
            &placed.references as &[Option<&str>],
            &ledger.causes.tokens as &[Option<i64>],
            &ledger.causes.sessions as &[Option<i64>],
            &ledger.causes.addresses as &[Option<IpAddr>],
            &events.actors as &[&str],
            &events.credentials as &[Option<String>],
            &events.addresses as &[Option<IpAddr>],
            &events.requests as &[Option<&str>],
            &events.kinds as &[&str],
            &events.subjects,
            &events.before,
            &events.after,
            key_version,
            expected.carts,
            &new_carts.blocks,
            &new_carts.carts,
            &new_carts.references as &[Option<&str>],
            &ledger.units as &[Option<i32>],
        )
        .fetch_one(&mut *connection)
        .await
        .map_err(Error::from_commit)?;
        self.release(connection);
        Ok(match row.done {
            Some(true) => WriteOutcome::Committed(row.categories.unwrap_or_default()),
            Some(false) if row.keys_changed => WriteOutcome::KeysChanged,
            Some(false) => WriteOutcome::Stale,
            None => WriteOutcome::ReferenceLimit,
        })
    }
}

/// The columns of blocks that are confirmed, extended or released, ordered by id: the expected values, and the new ones.
/// `left` is `None` for a released block, `until_left` for a released or a confirmed one.
#[derive(Default)]
struct BlockColumns {
    ids: Vec<i64>,
    items: Vec<i64>,
    warehouses: Vec<i64>,
    holding: Vec<i32>,
    until: Vec<Time>,
    left: Vec<Option<i32>>,
    until_left: Vec<Option<Time>>,
}

impl BlockColumns {
    /// Returns `None` if a changed block is not in the snapshot, or is permanent there.
    fn of(expected: &Snapshot, changes: &StockChanges) -> Option<Self> {
        let updated = changes.updated.values().map(|block| (block.id, Some(block)));
        let named: BTreeMap<_, _> = updated.chain(changes.ended.keys().map(|id| (*id, None))).collect();
        let mut columns = Self::default();
        for (id, left) in named {
            let before = expected.blocks.get(&id)?;
            columns.ids.push(id.0);
            columns.items.push(before.key.item.0);
            columns.warehouses.push(before.key.warehouse.0);
            columns.holding.push(before.quantity);
            columns.until.push(before.expires_at?);
            columns.left.push(left.map(|block| block.quantity));
            columns.until_left.push(left.and_then(|block| block.expires_at));
        }
        Some(columns)
    }
}
