use super::stock::{ConfirmCart, EndPayment, ExtendCart, ReleaseCart, ShipCart};
use crate::{Context, Engine, Response, Result, Topic, WithKeys};
use domain::{
    BlockExtended, BlockReleased, Cart, CartConfirmed, CartId, CartPlaced, CartShipped, ChangeCart, ItemKey,
    PlaceCart, RetakeCart, StartPayment, Ttl, WarehouseKey,
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
    /// The same as [`Engine::cart_place`] and [`Engine::cart_release`]; [`domain::Error::CartVersionMismatch`].
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
    ) -> Result<Response<WithKeys<CartConfirmed>>> {
        self.run_stock(context, ConfirmCart(id)).await
    }

    /// Same as [`Engine::cart_confirm`] for an active cart. If the cart has expired, takes its units again from the same
    /// stock levels and makes them permanent, or none. Units are taken again once per payment reference.
    ///
    /// # Errors
    /// The same as [`Engine::cart_confirm`]; [`domain::Error::CartExpired`] has the shortages.
    /// [`domain::Error::PaymentReferenceUsed`], [`domain::Error::ItemArchived`].
    pub async fn cart_confirm_late(
        &self,
        context: &Context,
        retake: RetakeCart,
    ) -> Result<Response<WithKeys<CartConfirmed>>> {
        self.run_stock(context, retake).await
    }

    /// Keeps an active cart until the end of a payment. Meanwhile it can only be confirmed.
    ///
    /// # Errors
    /// The same as [`Engine::cart_confirm`]; [`domain::Error::PaymentRunning`], [`domain::Error::CartLifeLimit`].
    pub async fn payment_start(
        &self,
        context: &Context,
        start: StartPayment,
    ) -> Result<Response<WithKeys<Cart>>> {
        let started = self.run_stock(context, start).await;
        self.publish_on_success(Topic::Blocks, started)
    }

    /// Ends the running payment of a cart. The cart gets the expiry time from before the payment. If that has passed, the cart
    /// has expired.
    ///
    /// # Errors
    /// The same as [`Engine::cart_confirm`], and [`domain::Error::PaymentNotRunning`].
    pub async fn payment_end(&self, context: &Context, cart: CartId) -> Result<Response<WithKeys<Cart>>> {
        let ended = self.run_stock(context, EndPayment(cart)).await;
        self.publish_on_success(Topic::Blocks, ended)
    }

    /// Releases the temporary blocks of a cart.
    ///
    /// # Errors
    /// The same as [`Engine::cart_confirm`]; [`domain::Error::PaymentRunning`], [`domain::Error::StockOverflow`].
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
    /// The same as [`Engine::cart_confirm`], and [`domain::Error::PaymentRunning`].
    pub async fn cart_extend(
        &self,
        context: &Context,
        id: CartId,
        ttl: Ttl,
    ) -> Result<Response<WithKeys<(CartId, Vec<BlockExtended>)>>> {
        let extended = self.run_stock(context, ExtendCart(id, ttl)).await;
        self.publish_on_success(Topic::Blocks, extended)
    }
    /// Ships every block of a confirmed cart: their units leave the shelf.
    ///
    /// # Errors
    /// [`domain::Error::CartNotFound`], [`domain::Error::CartNotConfirmed`], [`domain::Error::CartExpired`],
    /// [`domain::Error::CartReleased`], [`domain::Error::BlockAlreadyShipped`].
    pub async fn cart_ship(&self, context: &Context, id: CartId) -> Result<Response<WithKeys<CartShipped>>> {
        let shipped = self.run_stock(context, ShipCart(id)).await;
        self.publish_on_success(Topic::Blocks, shipped)
    }
}
