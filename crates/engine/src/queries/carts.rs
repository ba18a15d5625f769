use crate::keys_by_id::NamedIds;
use crate::{Context, Engine, Result, WithKeys};
use domain::{Cart, CartId, CartQuery, Page};

impl Engine {
    /// Returns a cart, also after its end.
    ///
    /// # Errors
    /// [`domain::Error::CartNotFound`].
    pub async fn cart_get(&self, _context: &Context, id: CartId) -> Result<WithKeys<Cart>> {
        let cart = self.store().cart_get(id).await?.ok_or(domain::Error::CartNotFound(id))?;
        let mut ids = NamedIds::default();
        ids.add_cart(&cart);
        Ok(WithKeys { output: cart, keys: self.shared.answer_keys.fetch(ids).await? })
    }

    /// Returns a page of the carts with a reference, newest first.
    pub async fn cart_list(&self, _context: &Context, query: CartQuery) -> Result<Page<WithKeys<Cart>>> {
        let Page { rows, next } = self.store().cart_list(&query).await?;
        let mut ids = NamedIds::default();
        rows.iter().for_each(|cart| ids.add_cart(cart));
        let keys = self.shared.answer_keys.fetch(ids).await?;
        Ok(Page { rows: WithKeys::each(rows, &keys).collect(), next })
    }
}
