//! Blocks that are placed, confirmed, extended and released on what is known of levels and blocks already, and answered
//! before they are written: locked, compared and written in one statement, which is a transaction of its own.

use super::Cause;
use super::columns::{LedgerColumns, PlacedColumns, level_columns, sum_columns};
use crate::idempotency::ResponseColumns;
use crate::{Error, Generation, PinnedConnection, ResponseRecord, Result};
use chrono::{DateTime, Utc};
use domain::{BlockId, ItemId, Reference, Snapshot, StockChanges, Time};
use std::collections::{BTreeMap, BTreeSet};

/// What a batch was decided on.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The database's generation when the caches were read that it was decided on.
    pub generation: Generation,
    /// All stock levels of its items, and the temporary blocks that it is about, those at least that it changes; the
    /// database's time, to a quarter of a second: seconds are what blocks are held for.
    pub snapshot: &'a Snapshot,
    /// Items of which somebody is refused: no expired block of theirs has units that are due back.
    pub short: &'a BTreeSet<ItemId>,
    /// How many blocks are asked for each reference: none has more temporary ones with these than
    /// [`domain::BlockLimits`] allows.
    pub references: &'a BTreeMap<&'a Reference, i64>,
}

/// What became of changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WriteOutcome {
    /// They are committed; the categories of the items whose quantities changed.
    Committed(Vec<String>),
    /// Something is not as it was expected, and nothing has changed.
    Stale,
    /// A reference would have more temporary blocks than it may, and nothing has changed.
    ReferenceLimit,
}

impl PinnedConnection {
    /// Unused block ids, which are nobody else's from now on, and the database's time.
    pub async fn block_ids_reserve(&self, count: usize) -> Result<(Vec<BlockId>, Time)> {
        let mut connection = self.connection().await?;
        let reserved = super::block_ids_reserve(&mut connection, count).await?;
        self.release(connection);
        Ok(reserved)
    }

    /// Writes `changes`, which place, confirm, extend and release blocks, and do nothing else, and the answers that
    /// are kept under a key, if everything is as it is expected.
    ///
    /// # Errors
    /// [`Error::OutcomeUnknown`] where the connection broke before the answer came, [`Error::Conflict`] where a key
    /// has an answer already.
    pub async fn changes_write(
        &self,
        expected: Expected<'_>,
        changes: &StockChanges,
        causes: &[Cause<'_>],
        answers: &[ResponseRecord],
    ) -> Result<WriteOutcome> {
        let Expected { generation, snapshot, short, references } = expected;
        let levels = level_columns(&snapshot.levels);
        let level_changes: Vec<_> =
            snapshot.levels.keys().map(|key| changes.levels.get(key).copied().unwrap_or(0)).collect();
        let Some(blocks) = BlockColumns::of(snapshot, changes) else { return Ok(WriteOutcome::Stale) };
        let (placed, ledger) = (PlacedColumns::of(changes), LedgerColumns::of(changes, causes));
        let (summed_items, sums) = sum_columns(changes);
        let responses = ResponseColumns::of(answers);
        let mut connection = self.connection().await?;
        // Ids that were reserved in another history of the database may be others' by now.
        if self.history.generation() != generation {
            self.release(connection);
            return Ok(WriteOutcome::Stale);
        }
        let row = sqlx::query!(
            r#"WITH applied AS MATERIALIZED (
                   SELECT CASE WHEN cardinality($34::text[]) > 0
                                AND EXISTS (SELECT FROM references_lock($34) AS known
                                              JOIN unnest($34, $35::bigint[]) AS asked (name, blocks) USING (name)
                                             WHERE known.blocks + asked.blocks > $36)
                               THEN NULL
                               ELSE stock_apply_if_unchanged($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $33, $32, $11,
                                                       interval '0.25 seconds') END AS done
               ), placed AS (
                   INSERT INTO block_inventory (id, item_id, warehouse_id, quantity, expires_at, cart_id, reference,
                                                created_at)
                   SELECT new.*, $11
                     FROM applied
                    CROSS JOIN unnest($12::bigint[], $13::bigint[], $14::bigint[], $15::integer[],
                                      $16::timestamptz[], $17::bigint[], $37::text[]) AS new
                    WHERE applied.done
               ), ledger AS (
                   INSERT INTO stock_movements (item_id, warehouse_id, change, reason, block_id, actor,
                                                request_id, created_at)
                   SELECT lines.*, $11
                     FROM applied
                    CROSS JOIN unnest($18::bigint[], $19::bigint[], $20::integer[], $21::text[], $22::bigint[],
                                      $23::text[], $24::text[]) AS lines
                    WHERE applied.done
               ), stored_responses AS (
                   INSERT INTO idempotency_keys (actor, key, fingerprint, status, body)
                   SELECT answers.*
                     FROM applied
                    CROSS JOIN unnest($25::text[], $26::text[], $27::bytea[], $28::integer[], $29::bytea[])
                               AS answers
                    WHERE applied.done
               ), changed_items AS (
                   UPDATE items SET quantity = items.quantity + sums.units, updated_at = $11
                     FROM unnest($30::bigint[], $31::bigint[]) AS sums (item_id, units)
                    WHERE items.id BETWEEN sums.item_id AND sums.item_id AND (SELECT done FROM applied)
                RETURNING items.category
               )
               SELECT done,
                      (SELECT array_agg(DISTINCT category) FROM changed_items
                        WHERE category IS NOT NULL) AS categories
                 FROM applied"#,
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
            &ledger.actors as &[&str],
            &ledger.requests as &[Option<&str>],
            &responses.actors,
            &responses.keys,
            &responses.fingerprints,
            &responses.statuses,
            &responses.bodies,
            &summed_items,
            &sums,
            &short.iter().map(|item| item.0).collect::<Vec<_>>(),
            &blocks.until_left as &[Option<Time>],
            &references.keys().map(|reference| reference.to_string()).collect::<Vec<_>>(),
            &references.values().copied().collect::<Vec<_>>(),
            snapshot.limits.reference_blocks_max,
            &placed.references as &[Option<&str>],
        )
        .fetch_one(&mut *connection)
        .await
        .map_err(Error::from_commit)?;
        self.release(connection);
        Ok(match row.done {
            Some(true) => WriteOutcome::Committed(row.categories.unwrap_or_default()),
            Some(false) => WriteOutcome::Stale,
            None => WriteOutcome::ReferenceLimit,
        })
    }
}

/// The columns of blocks that are confirmed, extended or released, in order of their ids: what they are expected to be,
/// and, of those that are not over, how many units they keep and until when, if not for good.
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
    /// `None` where a block that changes is not among those expected to be temporary.
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
