use crate::{Context, Engine, Result};
use domain::{
    BlockAction, BlockId, BulkBlockAction, EndedBlock, ExpiringQuery, ItemId, Page, PageQuery, Time,
};
use futures::future::join_all;

/// What became of one of several blocks: until when it holds, where it was extended.
pub type BlockOutcome = (BlockId, Result<Option<Time>>);

impl Engine {
    /// Does the same to several blocks, to each by itself, and tells what became of each. With an idempotency
    /// key each has one of its own, made from it.
    ///
    /// # Errors
    /// A key that is too long for that. What a block refuses is its own outcome: see
    /// [`Engine::block_confirm`].
    pub async fn blocks_act(&self, context: &Context, act: BulkBlockAction) -> Result<Vec<BlockOutcome>> {
        let contexts = act.blocks().iter().map(|id| context.part(id)).collect::<Result<Vec<_>>>()?;
        let acting = act.blocks().iter().zip(&contexts).map(async |(id, context)| {
            let done = match act.action {
                BlockAction::Confirm => self.block_confirm(context, *id, None).await.map(|_| None),
                BlockAction::Release => self.block_release(context, *id).await.map(|_| None),
                BlockAction::Extend(ttl) => {
                    self.block_extend(context, *id, ttl).await.map(|extended| Some(extended.expires_at))
                }
            };
            (*id, done)
        });
        Ok(join_all(acting).await)
    }

    /// A page of temporary blocks that expire soon, soonest first.
    pub async fn blocks_expiring(
        &self,
        _context: &Context,
        query: ExpiringQuery,
    ) -> Result<Page<domain::Block>> {
        Ok(self.store().blocks_expiring(&query).await?)
    }

    /// A page of how blocks have ended, latest first; it goes back as far as the ledger's last 200,000 lines.
    pub async fn blocks_ended(
        &self,
        _context: &Context,
        item: Option<ItemId>,
        slice: PageQuery,
    ) -> Result<Page<EndedBlock>> {
        Ok(self.store().blocks_ended_lately(item, slice).await?)
    }
}
