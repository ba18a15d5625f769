use super::stock::{ConfirmBlock, ConfirmPart, ExtendBlock, ReleaseBlock, ShipBlock};
use crate::{Context, Engine, Response, Result, Topic, WithKeys};
use domain::{
    BlockExtended, BlockId, BlockPlaced, BlockReleased, HeldBlock, ItemKey, PartConfirmed, PlaceHold,
    Quantity, Ttl, WarehouseKey,
};

impl Engine {
    /// Places a temporary block on units of an item, with the details of its buyer if there are any.
    ///
    /// # Errors
    /// [`domain::Error::ItemNotFound`], [`domain::Error::SkuNotFound`], [`domain::Error::WarehouseNotFound`],
    /// [`domain::Error::WarehouseCodeNotFound`], [`domain::Error::InsufficientStock`],
    /// [`domain::Error::BlockUnitsLimit`], [`domain::Error::ReferenceBlocksLimit`].
    pub async fn block_place(
        &self,
        context: &Context,
        block: impl Into<PlaceHold<ItemKey, WarehouseKey>>,
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

    /// Makes units of a temporary block permanent. The others stay held until the same time, in a new block with the same
    /// reference and note.
    ///
    /// # Errors
    /// The same as [`Engine::block_confirm`].
    pub async fn block_confirm_part(
        &self,
        context: &Context,
        id: BlockId,
        quantity: Quantity,
    ) -> Result<Response<WithKeys<PartConfirmed>>> {
        self.run_stock(context, ConfirmPart(id, quantity)).await
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
    /// Ships a permanent block: its units leave the shelf.
    ///
    /// # Errors
    /// [`domain::Error::BlockNotFound`], [`domain::Error::BlockInCart`], [`domain::Error::BlockNotPermanent`],
    /// [`domain::Error::BlockAlreadyShipped`], [`domain::Error::BlockExpired`], [`domain::Error::BlockReleased`].
    pub async fn block_ship(&self, context: &Context, id: BlockId) -> Result<Response<WithKeys<HeldBlock>>> {
        let shipped = self.run_stock(context, ShipBlock(id)).await;
        self.publish_on_success(Topic::Blocks, shipped)
    }
}
