use crate::{Context, Engine, Error, Result, Topic};
use domain::{
    Block, BlockExtended, BlockId, BlockPlaced, BlockQuery, BlockReleased, CartId, CartPlaced, Granted,
    HeldBlock, Page, PlaceBlock, PlaceCart, Quantity, Request, Ttl,
};

impl Engine {
    /// Holds units of an item for a while.
    ///
    /// # Errors
    /// [`domain::Error::ItemNotFound`], [`domain::Error::WarehouseNotFound`],
    /// [`domain::Error::InsufficientStock`].
    pub async fn block_place(&self, context: &Context, block: PlaceBlock) -> Result<BlockPlaced> {
        match self.stock_ask(context, Request::Place(block)).await? {
            Granted::Placed(placed) => Ok(placed),
            _ => Err(Error::Internal),
        }
    }

    /// Makes a temporary block permanent; of `quantity` units where given, and the rest goes back.
    ///
    /// # Errors
    /// [`domain::Error::BlockNotFound`], [`domain::Error::BlockAlreadyPermanent`],
    /// [`domain::Error::BlockExpired`], [`domain::Error::BlockReleased`],
    /// [`domain::Error::QuantityOverBlock`].
    pub async fn block_confirm(
        &self,
        context: &Context,
        id: BlockId,
        quantity: Option<Quantity>,
    ) -> Result<HeldBlock> {
        match self.stock_ask(context, Request::Confirm(id, quantity)).await? {
            Granted::Confirmed(block) => Ok(block),
            _ => Err(Error::Internal),
        }
    }

    /// Gives a temporary block's units back.
    ///
    /// # Errors
    /// As [`Engine::block_confirm`].
    pub async fn block_release(&self, context: &Context, id: BlockId) -> Result<BlockReleased> {
        match self.stock_ask(context, Request::Release(id)).await? {
            Granted::Released(released) => Ok(released),
            _ => Err(Error::Internal),
        }
    }

    /// Lets a temporary block hold at least until `ttl` from now.
    ///
    /// # Errors
    /// As [`Engine::block_confirm`].
    pub async fn block_extend(&self, context: &Context, id: BlockId, ttl: Ttl) -> Result<BlockExtended> {
        let extended = self.stock_ask(context, Request::Extend(id, ttl)).await;
        match self.publish_on_success(Topic::Blocks, extended)? {
            Granted::Extended(extended) => Ok(extended),
            _ => Err(Error::Internal),
        }
    }

    /// Holds units of several items: every line, or none.
    ///
    /// # Errors
    /// As [`Engine::block_place`], and [`domain::Error::ReferenceBlocksLimit`].
    pub async fn cart_place(&self, context: &Context, cart: PlaceCart) -> Result<CartPlaced> {
        match self.stock_ask(context, Request::PlaceCart(cart)).await? {
            Granted::CartPlaced(placed) => Ok(placed),
            _ => Err(Error::Internal),
        }
    }

    /// Makes every temporary block of a cart permanent, or none.
    ///
    /// # Errors
    /// [`domain::Error::CartNotFound`], and as [`Engine::block_confirm`].
    pub async fn cart_confirm(&self, context: &Context, id: CartId) -> Result<(CartId, Vec<HeldBlock>)> {
        match self.stock_ask(context, Request::ConfirmCart(id)).await? {
            Granted::CartConfirmed(id, blocks) => Ok((id, blocks)),
            _ => Err(Error::Internal),
        }
    }

    /// Gives the units of a cart's temporary blocks back.
    ///
    /// # Errors
    /// As [`Engine::cart_confirm`].
    pub async fn cart_release(&self, context: &Context, id: CartId) -> Result<(CartId, Vec<BlockReleased>)> {
        match self.stock_ask(context, Request::ReleaseCart(id)).await? {
            Granted::CartReleased(id, blocks) => Ok((id, blocks)),
            _ => Err(Error::Internal),
        }
    }

    /// Lets every temporary block of a cart hold at least until `ttl` from now.
    ///
    /// # Errors
    /// As [`Engine::cart_confirm`].
    pub async fn cart_extend(
        &self,
        context: &Context,
        id: CartId,
        ttl: Ttl,
    ) -> Result<(CartId, Vec<BlockExtended>)> {
        let extended = self.stock_ask(context, Request::ExtendCart(id, ttl)).await;
        match self.publish_on_success(Topic::Blocks, extended)? {
            Granted::CartExtended(id, blocks) => Ok((id, blocks)),
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
