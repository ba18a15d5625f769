//! Blocks on stock levels that are known already: locked, compared and written in one statement, which is a
//! transaction of its own and a single round trip.

use super::{Cause, SYSTEM_ACTOR};
use crate::{Error, PinnedConnection, Result};
use domain::{BlockId, LevelKey, NewBlock, StockChanges, Time};
use std::collections::BTreeMap;

/// Blocks that were placed.
#[derive(Debug, Clone)]
pub struct PlacedBlocks {
    /// Their ids, in order.
    pub ids: Vec<BlockId>,
    /// The database's time, once their stock levels were locked: from then on they hold.
    pub placed_at: Time,
    /// The categories of their items.
    pub categories: Vec<String>,
}

impl PinnedConnection {
    /// Places the blocks of `changes`, which are all that it holds, if the stock levels of their items are
    /// what `known` says: all of them, with their units. Else nothing is changed, and the answer is `None`.
    /// The blocks' ids are given here, and they hold from now on, for as long as they were planned to from
    /// `planned_at` on.
    ///
    /// # Errors
    /// [`Error::OutcomeUnknown`] where the connection broke before the answer came.
    pub async fn blocks_place(
        &self,
        known: &BTreeMap<LevelKey, i32>,
        changes: &StockChanges,
        planned_at: Time,
        causes: &[Cause<'_>],
    ) -> Result<Option<PlacedBlocks>> {
        let placed = &changes.placed;
        let held_for = |new: &NewBlock| new.block.expires_at.map_or(0, |at| (at - planned_at).num_seconds());
        let cause = |request: Option<usize>| request.and_then(|index| causes.get(index));
        let actors = changes
            .movements
            .iter()
            .map(|line| cause(line.request).map_or(SYSTEM_ACTOR, |cause| cause.actor));
        let requests = changes.movements.iter().map(|line| cause(line.request).map(|cause| cause.request_id));
        let (summed_items, sums) = super::columns::sum_columns(changes);
        let mut connection = self.connection().await?;
        let row = sqlx::query!(
            r#"WITH compared AS MATERIALIZED (
                   SELECT stock_levels_compare_and_add($1, $2, $3, $4) AS at
               ), new AS MATERIALIZED (
                   SELECT nextval('block_inventory_id_seq') AS id, compared.at, given.*
                     FROM compared
                    CROSS JOIN unnest($5::bigint[], $6::bigint[], $7::integer[], $8::bigint[], $9::text[],
                                      $10::text[])
                               WITH ORDINALITY AS given (item_id, warehouse_id, quantity, seconds, actor,
                                                         request_id, position)
                    WHERE compared.at IS NOT NULL
               ), placed AS (
                   INSERT INTO block_inventory (id, item_id, warehouse_id, quantity, expires_at, created_at)
                   SELECT id, item_id, warehouse_id, quantity, at + seconds * interval '1 second', at FROM new
               ), ledger AS (
                   INSERT INTO stock_movements (item_id, warehouse_id, change, reason, block_id, actor,
                                                request_id, created_at)
                   SELECT item_id, warehouse_id, -quantity, 'blocked', id, actor, request_id, at FROM new
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
                        WHERE category IS NOT NULL) AS categories
                 FROM compared"#,
            &known.keys().map(|key| key.item.0).collect::<Vec<_>>(),
            &known.keys().map(|key| key.warehouse.0).collect::<Vec<_>>(),
            &known.values().copied().collect::<Vec<_>>(),
            &known.keys().map(|key| changes.levels.get(key).copied().unwrap_or(0)).collect::<Vec<_>>(),
            &placed.iter().map(|new| new.block.key.item.0).collect::<Vec<_>>(),
            &placed.iter().map(|new| new.block.key.warehouse.0).collect::<Vec<_>>(),
            &placed.iter().map(|new| new.block.quantity).collect::<Vec<_>>(),
            &placed.iter().map(held_for).collect::<Vec<_>>(),
            &actors.collect::<Vec<_>>() as &[&str],
            &requests.collect::<Vec<_>>() as &[Option<&str>],
            &summed_items,
            &sums,
        )
        .fetch_one(&mut *connection)
        .await
        .map_err(Error::from_commit)?;
        self.release(connection);
        Ok(row.at.map(|placed_at| PlacedBlocks {
            ids: row.ids.unwrap_or_default().into_iter().map(BlockId).collect(),
            placed_at,
            categories: row.categories.unwrap_or_default(),
        }))
    }
}
