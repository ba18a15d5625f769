use crate::{Context, Engine, Result};
use domain::{Block, BlockId, Cart, CartId, CartQuery, ItemId, SearchQuery, SearchResults, Sku};

impl Engine {
    /// Finds items, orders, blocks, carts, categories and warehouses. Each lookup reads a bounded part of an index, or a cache.
    pub async fn search(&self, context: &Context, query: SearchQuery) -> Result<SearchResults> {
        let store = self.store();
        let (items, orders, blocks, carts, categories, warehouses) = tokio::try_join!(
            context.read(store.items_search(&query)),
            async { Ok(store.orders_search(&query).await?) },
            self.blocks_search(context, &query),
            self.carts_search(&query),
            self.category_list(context),
            self.warehouse_list(context),
        )?;
        let categories = query.select(categories, |category| vec![&category.name]);
        let warehouses = query.select(warehouses, |warehouse| vec![&warehouse.code, &warehouse.name]);
        Ok(SearchResults { items, orders, blocks, carts, categories, warehouses })
    }

    /// Returns the item with a barcode or, if no item has the barcode, with an SKU. A text that is neither has no item.
    pub async fn item_by_code(&self, _context: &Context, code: &str) -> Result<Option<ItemId>> {
        // The rules of an SKU allow every barcode.
        match Sku::new(code) {
            Ok(code) => Ok(self.store().item_by_code(&code).await?),
            Err(_) => Ok(None),
        }
    }

    async fn blocks_search(&self, context: &Context, query: &SearchQuery) -> Result<Vec<Block>> {
        let mut blocks = Vec::new();
        if let Some(id) = query.id() {
            blocks.extend(self.store().block_get(BlockId(id)).await?);
        }
        if let Some(reference) = query.reference() {
            let named = context.read(self.store().blocks_of_reference(&reference, query.limit)).await?;
            let id = query.id();
            blocks.extend(named.into_iter().filter(|block| Some(block.id.0) != id));
        }
        blocks.truncate(usize::try_from(query.limit).unwrap_or(0));
        Ok(blocks)
    }

    async fn carts_search(&self, query: &SearchQuery) -> Result<Vec<Cart>> {
        let mut carts = Vec::new();
        if let Some(id) = query.id() {
            carts.extend(self.store().cart_get(CartId(id)).await?);
        }
        if let Some(reference) = query.reference() {
            let query = CartQuery { reference, limit: query.limit, after: None };
            let found = self.store().cart_list(&query).await?.rows;
            carts.extend(
                found
                    .into_iter()
                    .filter(|cart| carts.iter().all(|known: &Cart| known.id != cart.id))
                    .collect::<Vec<_>>(),
            );
        }
        carts.truncate(usize::try_from(query.limit).unwrap_or(0));
        Ok(carts)
    }
}
