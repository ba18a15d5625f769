use super::stock::{ConfirmBlock, ExtendBlock, ReleaseBlock};
use crate::{Context, Engine, Response, Result, Topic, WithKeys};
use domain::{
    BlockExtended, BlockId, BlockPlaced, BlockReleased, HeldBlock, ItemKey, PlaceBlock, Quantity, Ttl,
    WarehouseKey,
};

impl Engine {
    /// Places a temporary block on units of an item.
    ///
    /// # Errors
    /// [`domain::Error::ItemNotFound`], [`domain::Error::SkuNotFound`], [`domain::Error::WarehouseNotFound`],
    /// [`domain::Error::WarehouseCodeNotFound`], [`domain::Error::InsufficientStock`],
    /// [`domain::Error::BlockUnitsLimit`].
    pub async fn block_place(
        &self,
        context: &Context,
        block: impl Into<PlaceBlock<ItemKey, WarehouseKey>>,
    ) -> Result<Response<WithKeys<BlockPlaced>>> {
        self.run_stock_keyed(context, &block.into()).await
    }

    /// Makes a temporary block permanent. With a `quantity`, the block keeps that many units and releases the others.
    ///
    /// # Errors
    /// [`domain::Error::BlockNotFound`], [`domain::Error::BlockAlreadyPermanent`],
    /// [`domain::Error::BlockExpired`], [`domain::Error::BlockReleased`],
    /// [`domain::Error::QuantityOverBlock`]. [`domain::Error::StockOverflow`] if the released units don't fit into the stock
    /// level.
    pub async fn block_confirm(
        &self,
        context: &Context,
        id: BlockId,
        quantity: Option<Quantity>,
    ) -> Result<Response<WithKeys<HeldBlock>>> {
        self.run_stock(context, ConfirmBlock(id, quantity)).await
    }

    /// Releases a temporary block: its units return to stock.
    ///
    /// # Errors
    /// [`domain::Error::BlockNotFound`], [`domain::Error::BlockAlreadyPermanent`],
    /// [`domain::Error::BlockExpired`], [`domain::Error::BlockReleased`], [`domain::Error::StockOverflow`].
    pub async fn block_release(
        &self,
        context: &Context,
        id: BlockId,
    ) -> Result<Response<WithKeys<BlockReleased>>> {
        self.run_stock(context, ReleaseBlock(id)).await
    }

    /// Extends a temporary block: it expires no earlier than `ttl` from now.
    ///
    /// # Errors
    /// [`domain::Error::BlockNotFound`], [`domain::Error::BlockAlreadyPermanent`],
    /// [`domain::Error::BlockExpired`], [`domain::Error::BlockReleased`].
    pub async fn block_extend(
        &self,
        context: &Context,
        id: BlockId,
        ttl: Ttl,
    ) -> Result<Response<WithKeys<BlockExtended>>> {
        let extended = self.run_stock(context, ExtendBlock(id, ttl)).await;
        self.publish_on_success(Topic::Blocks, extended)
    }
}
