use crate::{Context, Engine, Error, Result};
use domain::{
    Answer, Block, BlockExtended, BlockId, BlockPlaced, BlockQuery, BlockReleased, HeldBlock, Page,
    PlaceBlock, Request, Ttl,
};

impl Engine {
    /// Holds units of an item for a while.
    ///
    /// # Errors
    /// [`domain::Error::ItemNotFound`], [`domain::Error::WarehouseNotFound`],
    /// [`domain::Error::InsufficientStock`].
    pub async fn block_place(&self, context: &Context, block: PlaceBlock) -> Result<BlockPlaced> {
        match self.stock_ask(context, Request::Place(block)).await? {
            Answer::Placed(placed) => Ok(placed),
            _ => Err(Error::Internal),
        }
    }

    /// Makes a temporary block permanent.
    ///
    /// # Errors
    /// [`domain::Error::BlockNotFound`], [`domain::Error::BlockAlreadyPermanent`],
    /// [`domain::Error::BlockExpired`], [`domain::Error::BlockReleased`].
    pub async fn block_confirm(&self, context: &Context, id: BlockId) -> Result<HeldBlock> {
        match self.stock_ask(context, Request::Confirm(id)).await? {
            Answer::Confirmed(block) => Ok(block),
            _ => Err(Error::Internal),
        }
    }

    /// Gives a temporary block's units back.
    ///
    /// # Errors
    /// As [`Engine::block_confirm`].
    pub async fn block_release(&self, context: &Context, id: BlockId) -> Result<BlockReleased> {
        match self.stock_ask(context, Request::Release(id)).await? {
            Answer::Released(released) => Ok(released),
            _ => Err(Error::Internal),
        }
    }

    /// Lets a temporary block hold at least until `ttl` from now.
    ///
    /// # Errors
    /// As [`Engine::block_confirm`].
    pub async fn block_extend(&self, context: &Context, id: BlockId, ttl: Ttl) -> Result<BlockExtended> {
        match self.stock_ask(context, Request::Extend(id, ttl)).await? {
            Answer::Extended(extended) => Ok(extended),
            _ => Err(Error::Internal),
        }
    }

    /// One block, be it over by now.
    ///
    /// # Errors
    /// [`domain::Error::BlockNotFound`].
    pub async fn block_get(&self, _context: &Context, id: BlockId) -> Result<Block> {
        let block = self.store().block_get(id).await?;
        Ok(block.ok_or(domain::Error::BlockNotFound(id))?)
    }

    /// A page of blocks, newest first.
    pub async fn block_list(&self, _context: &Context, query: BlockQuery) -> Result<Page<Block>> {
        Ok(self.store().block_list(&query).await?)
    }
}
