//! The optimistic path for a batch that only places blocks, without references and idempotency keys. Block ids and times
//! are assigned in the statement, so the batch needs no reserved ids and no estimate of the database's time.

use crate::cause::{Cause, CauseColumns, cause_of};
use crate::{Error, PinnedConnection, Result};
use domain::{BlockId, LevelKey, NewBlock, StockChanges, Time};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Blocks that were placed optimistically.
#[derive(Debug, Clone)]
pub struct PlacedBlocks {
    /// The ids of the blocks, in the order of the plan.
    pub ids: Vec<BlockId>,
    /// The database's time after the stock levels were locked. The blocks are held from this time on.
    pub placed_at: Time,
    /// The categories of the items.
    pub categories: Vec<String>,
}

/// The outcome of placing blocks optimistically.
#[derive(Debug, Clone)]
pub enum Placement {
    /// The blocks are committed.
    Committed(PlacedBlocks),
    /// A stock level differs from the expected value. Nothing has changed.
    Stale,
    /// SKUs or warehouse codes have changed. Nothing has changed otherwise.
    KeysChanged,
}

impl PinnedConnection {
    /// Places the blocks of `changes`, which must contain nothing else, if `expected` are all stock levels of their
    /// items, with their current units, and the keys have the version `key_version`, if given. Otherwise changes nothing.
    ///
    /// The statement assigns the ids. The blocks last as long as planned, counted from the time of the locks instead of
    /// `planned_at`.
    ///
    /// # Errors
    /// [`Error::OutcomeUnknown`] if the connection broke before the result arrived.
    pub async fn blocks_place(
        &self,
        expected: &BTreeMap<LevelKey, i32>,
        changes: &StockChanges,
        planned_at: Time,
        causes: &[Cause<'_>],
        key_version: Option<i64>,
    ) -> Result<Placement> {
        let placed = &changes.placed;
        let held_seconds =
            |new: &NewBlock| new.block.expires_at.map_or(0, |at| (at - planned_at).num_seconds());
        let causes = CauseColumns::of(changes.movements.iter().map(|line| cause_of(causes, line.request)));
        let (summed_items, sums) = super::columns::sum_columns(changes);
        let mut connection = self.connection().await?;
        let row = sqlx::query!(
            r#"WITH compared AS MATERIALIZED (
                   SELECT CASE WHEN $16::bigint IS NULL OR EXISTS (SELECT FROM key_version WHERE version = $16)
                               THEN stock_levels_compare_and_add($1, $2, $3, $4) END AS at
               ), new AS MATERIALIZED (
                   SELECT nextval('block_inventory_id_seq') AS id, compared.at, given.*
                     FROM compared
                    CROSS JOIN unnest($5::bigint[], $6::bigint[], $7::integer[], $8::bigint[], $9::text[],
                                      $10::text[], $13::bigint[], $14::bigint[], $15::inet[])
                               WITH ORDINALITY AS given (item_id, warehouse_id, quantity, seconds, actor,
                                                         request_id, token_id, session_id, address, position)
                    WHERE compared.at IS NOT NULL
               ), placed AS (
                   INSERT INTO block_inventory (id, item_id, warehouse_id, quantity, expires_at, created_at)
                   SELECT id, item_id, warehouse_id, quantity, at + seconds * interval '1 second', at FROM new
               ), ledger AS (
                   INSERT INTO stock_movements (item_id, warehouse_id, change, reason, block_id, actor,
                                                request_id, created_at, token_id, session_id, address)
                   SELECT item_id, warehouse_id, -quantity, 'blocked', id, actor, request_id, at, token_id,
                          session_id, address
                     FROM new
               ), changed_items AS (
                   UPDATE items SET quantity = items.quantity + sums.units,
                                    updated_at = (SELECT at FROM compared)
                     FROM unnest($11::bigint[], $12::bigint[]) AS sums (item_id, units)
                    WHERE items.id BETWEEN sums.item_id AND sums.item_id
                      AND (SELECT at FROM compared) IS NOT NULL
                RETURNING items.category
               )
               SELECT at,
                      (SELECT array_agg(id ORDER BY position) FROM new) AS ids,
                      (SELECT array_agg(DISTINCT category) FROM changed_items
                        WHERE category IS NOT NULL) AS categories,
                      ($16::bigint IS NOT NULL
                       AND NOT EXISTS (SELECT FROM key_version WHERE version = $16)) AS "keys_changed!"
                 FROM compared"#,
            &expected.keys().map(|key| key.item.0).collect::<Vec<_>>(),
            &expected.keys().map(|key| key.warehouse.0).collect::<Vec<_>>(),
            &expected.values().copied().collect::<Vec<_>>(),
            &expected.keys().map(|key| changes.levels.get(key).copied().unwrap_or(0)).collect::<Vec<_>>(),
            &placed.iter().map(|new| new.block.key.item.0).collect::<Vec<_>>(),
            &placed.iter().map(|new| new.block.key.warehouse.0).collect::<Vec<_>>(),
            &placed.iter().map(|new| new.block.quantity).collect::<Vec<_>>(),
            &placed.iter().map(held_seconds).collect::<Vec<_>>(),
            &causes.actors as &[&str],
            &causes.requests as &[Option<&str>],
            &summed_items,
            &sums,
            &causes.tokens as &[Option<i64>],
            &causes.sessions as &[Option<i64>],
            &causes.addresses as &[Option<IpAddr>],
            key_version,
        )
        .fetch_one(&mut *connection)
        .await
        .map_err(Error::from_commit)?;
        self.release(connection);
        Ok(match row.at {
            Some(placed_at) => Placement::Committed(PlacedBlocks {
                ids: row.ids.unwrap_or_default().into_iter().map(BlockId).collect(),
                placed_at,
                categories: row.categories.unwrap_or_default(),
            }),
            None if row.keys_changed => Placement::KeysChanged,
            None => Placement::Stale,
        })
    }
}
