use crate::{Context, Engine, Result};
use domain::{
    Block, BlockId, BlockQuery, EndedBlock, ExpiringQuery, ItemId, Page, PageQuery, Total, WarehouseId,
};

impl Engine {
    /// Returns a block, active or ended.
    ///
    /// # Errors
    /// [`domain::Error::BlockNotFound`].
    pub async fn block_get(&self, _context: &Context, id: BlockId) -> Result<Block> {
        let block = self.store().block_get(id).await?;
        Ok(block.ok_or(domain::Error::BlockNotFound(id))?)
    }

    /// Returns a page of blocks, newest first.
    pub async fn block_list(&self, context: &Context, query: BlockQuery) -> Result<Page<Block>> {
        context.read(self.store().block_list(&query)).await
    }

    /// Returns the number of active or permanent blocks of a list, and the sum of their units.
    pub async fn block_total(&self, context: &Context, query: BlockQuery) -> Result<Total> {
        context.read(self.store().block_total(&query)).await
    }

    /// Returns a page of temporary blocks that expire soon, soonest first.
    pub async fn blocks_expiring(&self, context: &Context, query: ExpiringQuery) -> Result<Page<Block>> {
        context.read(self.store().blocks_expiring(&query)).await
    }

    /// Returns the number of temporary blocks that expire soon, and the sum of their units.
    pub async fn expiring_total(&self, context: &Context, query: ExpiringQuery) -> Result<Total> {
        context.read(self.store().expiring_total(&query)).await
    }

    /// Returns a page of ended blocks, latest end first. It covers the last 200,000 rows of the ledger.
    pub async fn blocks_ended(
        &self,
        context: &Context,
        item: Option<ItemId>,
        warehouse: Option<WarehouseId>,
        query: PageQuery,
    ) -> Result<Page<EndedBlock>> {
        context.read(self.store().blocks_ended_lately(item, warehouse, query)).await
    }
}
