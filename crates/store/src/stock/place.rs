//! Blocks on stock levels that are known already: locked, compared and written in one statement, which is a
//! transaction of its own and a single round trip.

use super::{Cause, SYSTEM_ACTOR};
use crate::{Error, Result, Store};
use domain::{BlockId, Changes, LevelKey, NewBlock, Time};
use std::collections::BTreeMap;

/// Blocks that were placed.
#[derive(Debug, Clone)]
pub struct PlacedKnown {
    /// Their ids, in order.
    pub ids: Vec<BlockId>,
    /// The database's time, once their stock levels were locked: from then on they hold.
    pub now: Time,
    /// The categories of their items.
    pub categories: Vec<String>,
}

impl Store {
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
        changes: &Changes,
        planned_at: Time,
        causes: &[Cause<'_>],
    ) -> Result<Option<PlacedKnown>> {
        let placed = &changes.placed;
        let held_for = |new: &NewBlock| new.block.expires_at.map_or(0, |at| (at - planned_at).num_seconds());
        let cause = |request: Option<usize>| request.and_then(|index| causes.get(index));
        let actors =
            changes.ledger.iter().map(|line| cause(line.request).map_or(SYSTEM_ACTOR, |cause| cause.actor));
        let requests = changes.ledger.iter().map(|line| cause(line.request).map(|cause| cause.request_id));
        let (summed_items, sums) = super::write::sum_columns(changes);
        let mut connection = self.writes.acquire().await?;
        let row = sqlx::query!(
            r#"WITH locked AS MATERIALIZED (
                   SELECT item_id, warehouse_id, units
                     FROM stock_levels_lock(ARRAY (SELECT DISTINCT unnest($1::bigint[]) ORDER BY 1),
                                            array_fill(NULL::bigint, ARRAY [cardinality($1)]))
               ), judged AS MATERIALIZED (
                   SELECT coalesce(array_agg(item_id) = $1 AND array_agg(warehouse_id) = $2
                                   AND array_agg(units) = $3, false) AS as_known,
                          clock_timestamp() AS at
                     FROM locked
               ), new AS MATERIALIZED (
                   SELECT nextval('block_inventory_id_seq') AS id, judged.at, given.*
                     FROM judged
                    CROSS JOIN unnest($7::bigint[], $8::bigint[], $9::integer[], $10::bigint[], $11::text[],
                                      $12::text[])
                               WITH ORDINALITY AS given (item_id, warehouse_id, quantity, seconds, actor,
                                                         request_id, position)
                    WHERE judged.as_known
               ), changed_levels AS (
                   UPDATE inventory SET stock_quantity = stock_quantity + taken.units
                     FROM unnest($4::bigint[], $5::bigint[], $6::integer[])
                          AS taken (item_id, warehouse_id, units)
                    WHERE product_id = taken.item_id AND inventory.warehouse_id = taken.warehouse_id
                      AND product_id = ANY ($4) AND (SELECT as_known FROM judged)
               ), placed AS (
                   INSERT INTO block_inventory (id, item_id, warehouse_id, quantity, expires_at, created_at)
                   SELECT id, item_id, warehouse_id, quantity, at + seconds * interval '1 second', at FROM new
               ), ledger AS (
                   INSERT INTO stock_movements (item_id, warehouse_id, change, reason, block_id, actor,
                                                request_id, created_at)
                   SELECT item_id, warehouse_id, -quantity, 'blocked', id, actor, request_id, at FROM new
               ), changed_items AS (
                   UPDATE items SET quantity = items.quantity + sums.units,
                                    updated_at = (SELECT at FROM judged)
                     FROM unnest($13::bigint[], $14::bigint[]) AS sums (item_id, units)
                    WHERE items.id = sums.item_id AND items.id = ANY ($13) AND (SELECT as_known FROM judged)
                RETURNING items.category
               )
               SELECT as_known AS "as_known!", at AS "at!",
                      (SELECT array_agg(id ORDER BY position) FROM new) AS ids,
                      (SELECT array_agg(DISTINCT category) FROM changed_items
                        WHERE category IS NOT NULL) AS categories
                 FROM judged"#,
            &known.keys().map(|key| key.item.0).collect::<Vec<_>>(),
            &known.keys().map(|key| key.warehouse.0).collect::<Vec<_>>(),
            &known.values().copied().collect::<Vec<_>>(),
            &changes.levels.keys().map(|key| key.item.0).collect::<Vec<_>>(),
            &changes.levels.keys().map(|key| key.warehouse.0).collect::<Vec<_>>(),
            &changes.levels.values().copied().collect::<Vec<_>>(),
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
        Ok(row.as_known.then(|| PlacedKnown {
            ids: row.ids.unwrap_or_default().into_iter().map(BlockId).collect(),
            now: row.at,
            categories: row.categories.unwrap_or_default(),
        }))
    }
}
