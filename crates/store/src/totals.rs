//! The sums over each category, and what they change by: with very many items reading them all takes too long
//! to be done for each look.

use crate::{Result, Store};
use domain::{CategorySums, LOW_UNITS};
use sqlx::PgConnection;

impl Store {
    /// The sums over each category as of a place in the ledger, and that place. It reads every item and every
    /// block.
    ///
    /// What a snapshot has beyond the place is taken back within the same snapshot: so the lines behind the place
    /// can be counted later, each once. From the primary, which alone can tell a place up to which all is
    /// committed.
    pub async fn category_sums(&self) -> Result<(i64, Vec<CategorySums>)> {
        let place = self.events_after(None, 1).await?.cursor;
        let mut transaction = self.begin_reading().await?;
        plan_anew(&mut transaction, true).await?;
        let mut sums = sqlx::query_as!(
            CategorySums,
            r#"SELECT sums.category AS name, sums.items AS "items!", sums.sold_out AS "items_sold_out!",
                      sums.low AS "items_low!", sums.units AS "units_available!",
                      coalesce(blocks.units, 0) AS "units_blocked!", sums.value AS "value!"
                 FROM (SELECT category, count(*) AS items, count(*) FILTER (WHERE quantity = 0) AS sold_out,
                              count(*) FILTER (WHERE quantity <= $1) AS low, sum(quantity)::bigint AS units,
                              sum(quantity * price) AS value
                         FROM items GROUP BY category) AS sums
                 LEFT JOIN (SELECT items.category, sum(held.units)::bigint AS units
                              FROM (SELECT item_id, sum(quantity) AS units FROM block_inventory GROUP BY item_id)
                                       AS held
                              JOIN items ON items.id = held.item_id
                             GROUP BY items.category) AS blocks
                        ON blocks.category IS NOT DISTINCT FROM sums.category"#,
            LOW_UNITS
        )
        .fetch_all(&mut *transaction)
        .await?;
        for beyond in changes(&mut transaction, place, i64::MAX).await? {
            if let Some(sums) = sums.iter_mut().find(|sums| sums.name == beyond.name) {
                sums.take(&beyond);
            }
        }
        transaction.commit().await?;
        Ok((place, sums))
    }

    /// By what the ledger's lines behind `after`, up to `until`, change the sums of the categories that they are
    /// about; the number of items they leave as it is.
    pub async fn category_sums_changed(&self, after: i64, until: i64) -> Result<Vec<CategorySums>> {
        let mut transaction = self.begin_reading().await?;
        let changes = changes(&mut transaction, after, until).await?;
        transaction.commit().await?;
        Ok(changes)
    }
}

/// Lets PostgreSQL plan by the values at hand, until the transaction's end: for reading whole tables, or for looking
/// up one row after the other.
async fn plan_anew(connection: &mut PgConnection, whole: bool) -> Result<()> {
    sqlx::query!(
        "SELECT set_config('plan_cache_mode', 'force_custom_plan', true) AS plans,
                set_config('enable_seqscan', $1, true) AS scans,
                set_config('enable_hashjoin', $1, true) AS hashes,
                set_config('enable_mergejoin', $1, true) AS merges",
        if whole { "on" } else { "off" }
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// An item's quantity as of a place is what it has now without the lines beyond that place.
async fn changes(connection: &mut PgConnection, after: i64, until: i64) -> Result<Vec<CategorySums>> {
    plan_anew(connection, false).await?;
    let changes = sqlx::query_as!(
        CategorySums,
        r#"SELECT category AS name, 0::bigint AS "items!",
                  count(*) FILTER (WHERE quantity = 0) - count(*) FILTER (WHERE quantity = units)
                      AS "items_sold_out!",
                  count(*) FILTER (WHERE quantity <= $3::int) - count(*) FILTER (WHERE quantity - units <= $3::int)
                      AS "items_low!",
                  sum(units)::bigint AS "units_available!", sum(blocked)::bigint AS "units_blocked!",
                  sum(units * price) AS "value!"
             FROM (SELECT items.category, items.price, items.quantity - lines.beyond AS quantity, lines.units,
                          lines.blocked
                     FROM (SELECT item_id,
                                  coalesce(sum(change) FILTER (WHERE id <= $2), 0) AS units,
                                  coalesce(sum(change) FILTER (WHERE id > $2), 0) AS beyond,
                                  coalesce(-sum(change) FILTER
                                           (WHERE id <= $2 AND reason IN ('blocked', 'released', 'expired')), 0)
                                      AS blocked
                             FROM stock_movements WHERE id > $1 GROUP BY item_id) AS lines
                     JOIN items ON items.id = lines.item_id) AS moved
            GROUP BY category"#,
        after,
        until,
        LOW_UNITS
    )
    .fetch_all(connection)
    .await?;
    Ok(changes)
}
