//! Shipments of permanent blocks.

use crate::{Error, Result, WriteTransaction};
use domain::StockChanges;

impl WriteTransaction {
    /// Marks permanent blocks as shipped, under the locks of their levels.
    ///
    /// # Errors
    /// [`Error::Conflict`] if a block is not permanent, or is shipped.
    pub(super) async fn blocks_ship(&mut self, changes: &StockChanges) -> Result<()> {
        if changes.shipped.is_empty() {
            return Ok(());
        }
        let shipped = sqlx::query!(
            "UPDATE block_inventory SET is_shipped = true
               FROM unnest($1::bigint[], $2::bigint[]) AS changes (id, item_id)
              WHERE (block_inventory.id, block_inventory.item_id) >= (changes.id, changes.item_id)
                AND (block_inventory.id, block_inventory.item_id) <= (changes.id, changes.item_id)
                AND block_inventory.is_permanent IS TRUE AND block_inventory.is_shipped IS FALSE",
            &changes.shipped.keys().map(|block| block.0).collect::<Vec<_>>(),
            &changes.shipped.values().map(|item| item.0).collect::<Vec<_>>()
        )
        .execute(&mut *self.transaction)
        .await?;
        match usize::try_from(shipped.rows_affected()) == Ok(changes.shipped.len()) {
            true => Ok(()),
            false => Err(Error::changed_meanwhile("a block")),
        }
    }
}
