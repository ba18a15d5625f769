use super::stock::{ConfirmCart, ExtendCart, ReleaseCart};
use crate::{Context, Engine, Response, Result, Topic, WithKeys};
use domain::{
    BlockExtended, BlockReleased, Cart, CartId, CartPlaced, ChangeCart, HeldBlock, ItemKey, PlaceCart, Ttl,
    WarehouseKey,
};

impl Engine {
    /// Places blocks on units of several items: one per line, or none at all.
    ///
    /// # Errors
    /// The same as [`Engine::block_place`], with [`domain::Error::CartShort`] for too few units, and
    /// [`domain::Error::ReferenceBlocksLimit`], [`domain::Error::CartReferenceTaken`].
    pub async fn cart_place(
        &self,
        context: &Context,
        cart: impl Into<PlaceCart<ItemKey, WarehouseKey>>,
    ) -> Result<Response<WithKeys<CartPlaced>>> {
        self.run_stock_keyed(context, &cart.into()).await
    }

    /// Replaces the lines of an active cart, or none. Units that the cart holds are available for its new lines.
    ///
    /// # Errors
    /// The same as [`Engine::cart_place`] and [`Engine::cart_confirm`]; [`domain::Error::CartVersionMismatch`].
    pub async fn cart_change(
        &self,
        context: &Context,
        change: impl Into<ChangeCart<ItemKey, WarehouseKey>>,
    ) -> Result<Response<WithKeys<Cart>>> {
        let changed = self.run_stock_keyed(context, &change.into()).await;
        self.publish_on_success(Topic::Blocks, changed)
    }

    /// Makes every temporary block of a cart permanent, or none.
    ///
    /// # Errors
    /// [`domain::Error::CartNotFound`], [`domain::Error::CartConfirmed`], [`domain::Error::CartExpired`],
    /// [`domain::Error::CartReleased`].
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
