use super::stock::{ConfirmCart, ExtendCart, ReleaseCart};
use crate::{Context, Engine, Response, Result, Topic, WithKeys};
use domain::{
    BlockExtended, BlockReleased, CartId, CartPlaced, HeldBlock, ItemKey, PlaceCart, Ttl, WarehouseKey,
};

impl Engine {
    /// Places blocks on units of several items: one per line, or none at all.
    ///
    /// # Errors
    /// The same as [`Engine::block_place`], and [`domain::Error::ReferenceBlocksLimit`].
    pub async fn cart_place(
        &self,
        context: &Context,
        cart: impl Into<PlaceCart<ItemKey, WarehouseKey>>,
    ) -> Result<Response<WithKeys<CartPlaced>>> {
        self.run_stock_keyed(context, &cart.into()).await
    }

    /// Makes every temporary block of a cart permanent, or none.
    ///
    /// # Errors
    /// [`domain::Error::CartNotFound`], [`domain::Error::BlockAlreadyPermanent`],
    /// [`domain::Error::BlockExpired`], [`domain::Error::BlockReleased`].
    pub async fn cart_confirm(
        &self,
        context: &Context,
        id: CartId,
    ) -> Result<Response<WithKeys<(CartId, Vec<HeldBlock>)>>> {
        self.run_stock(context, ConfirmCart(id)).await
    }

    /// Releases the temporary blocks of a cart.
    ///
    /// # Errors
    /// The same as [`Engine::cart_confirm`], and [`domain::Error::StockOverflow`].
    pub async fn cart_release(
        &self,
        context: &Context,
        id: CartId,
    ) -> Result<Response<WithKeys<(CartId, Vec<BlockReleased>)>>> {
        self.run_stock(context, ReleaseCart(id)).await
    }

    /// Extends every temporary block of a cart: it expires no earlier than `ttl` from now.
    ///
    /// # Errors
    /// The same as [`Engine::cart_confirm`].
    pub async fn cart_extend(
        &self,
        context: &Context,
        id: CartId,
        ttl: Ttl,
    ) -> Result<Response<WithKeys<(CartId, Vec<BlockExtended>)>>> {
        let extended = self.run_stock(context, ExtendCart(id, ttl)).await;
        self.publish_on_success(Topic::Blocks, extended)
    }
}
