use crate::cache::availability::CachedAvailability;
use crate::cache::keys::KeyVersion;
use crate::items::availability::AvailabilityRequest;
use crate::keys_by_id::NamedIds;
use crate::{CachedJson, Context, Engine, Error, Result, WithKeys};
use domain::{
    AVAILABILITY_ITEMS_MAX, Availability, CategorySums, Item, ItemHistory, ItemId, ItemQuery, Keys,
    LedgerPage, LevelTotals, Movement, MovementQuery, Page, Sku, Total,
};
use std::sync::Arc;

impl Engine {
    /// Returns an item.
    ///
    /// # Errors
    /// [`domain::Error::ItemNotFound`].
    pub async fn item_get(&self, _context: &Context, id: ItemId) -> Result<Arc<CachedJson<Item>>> {
        self.store().check_available()?;
        self.shared.reading.submit(id).await
    }

    /// Returns the units of items at one moment, with the ledger cursor of that moment. An item that is named twice is
    /// returned once. The items of SKUs follow those of ids.
    ///
    /// # Errors
    /// A validation error unless there are 1 to [`AVAILABILITY_ITEMS_MAX`] items.
    pub async fn availability(
        &self,
        _context: &Context,
        items: Vec<ItemId>,
        skus: Vec<Sku>,
    ) -> Result<Availability<Arc<CachedAvailability>>> {
        self.store().check_available()?;
        domain::check_availability_count(items.len() + skus.len(), AVAILABILITY_ITEMS_MAX)?;
        if skus.is_empty() {
            return self.read_availability(items, None).await;
        }
        let keys = Keys { skus: skus.iter().collect(), codes: Vec::new() };
        let found = self.shared.keys.find(&keys).await?;
        match self.availability_by_skus(&items, &skus, &found.items, Some(found.version)).await {
            Err(Error::KeysChanged) => {
                let found = self.shared.keys.find_current(&keys).await?;
                self.availability_by_skus(&items, &skus, &found.items, None).await
            }
            availability => availability,
        }
    }

    /// Reads the units of items by id and by SKU. `found` has the item of each SKU. With `keys` the version of the SKUs is
    /// compared.
    async fn availability_by_skus(
        &self,
        items: &[ItemId],
        skus: &[Sku],
        found: &[Option<ItemId>],
        keys: Option<KeyVersion>,
    ) -> Result<Availability<Arc<CachedAvailability>>> {
        let items = items.iter().copied().chain(found.iter().copied().flatten()).collect();
        let mut availability = self.read_availability(items, keys).await?;
        let unknown = skus.iter().zip(found).filter(|(_, item)| item.is_none());
        availability.unknown_skus = unknown.map(|(sku, _)| sku.to_string()).collect();
        Ok(availability)
    }

    async fn read_availability(
        &self,
        items: Vec<ItemId>,
        keys: Option<KeyVersion>,
    ) -> Result<Availability<Arc<CachedAvailability>>> {
        let items = domain::availability_items(items);
        self.shared.availability.submit(AvailabilityRequest { items, keys }).await
    }

    /// Returns the item that has this SKU.
    ///
    /// # Errors
    /// [`domain::Error::SkuNotFound`].
    pub async fn item_by_sku(&self, context: &Context, sku: &Sku) -> Result<Arc<CachedJson<Item>>> {
        let id = self.store().item_by_sku(sku).await?;
        let id = id.ok_or_else(|| domain::Error::SkuNotFound(sku.to_string()))?;
        self.item_get(context, id).await
    }

    /// Returns a page of items.
    pub async fn item_list(&self, context: &Context, query: ItemQuery) -> Result<Page<Item>> {
        context.read(self.store().item_list(&query)).await
    }

    /// Returns a page of items for a person. With a warehouse, each quantity is that of the warehouse.
    pub async fn item_list_here(&self, context: &Context, query: ItemQuery) -> Result<Page<Item>> {
        let Some(warehouse) = query.warehouse else { return self.item_list(context, query).await };
        let Page { rows, next } = self.warehouse_items(context, warehouse, query).await?;
        let here = |(item, quantity): (Item, i32)| Item { quantity, ..item };
        Ok(Page { rows: rows.into_iter().map(here).collect(), next })
    }

    /// Returns the number of items of a list, and the sum of their available units if it has no filter besides the category.
    pub async fn item_total(&self, context: &Context, query: ItemQuery) -> Result<Total> {
        let ItemQuery { category, name_part, warehouse, quantity_max, low, archived, .. } = &query;
        let is_filtered =
            name_part.is_some() || warehouse.is_some() || quantity_max.is_some() || low.is_some();
        if is_filtered || *archived {
            return context.read(self.store().item_total(&query)).await;
        }
        let sums = self.shared.sums.now().await?;
        let is_listed = |name: &Option<String>| {
            category.as_ref().is_none_or(|category| name.as_deref() == Some(category.as_str()))
        };
        let listed = || sums.categories.iter().filter(|(name, _)| is_listed(name)).map(|(_, sums)| sums);
        let sum = |of: fn(&CategorySums) -> i64| listed().map(of).sum::<i64>();
        Ok(Total::exact(sum(|sums| sums.items)).with_units(sum(|sums| sums.units_available)))
    }

    /// Returns an item's units in each warehouse, as committed when the call began, or later. If the item has very many
    /// blocks, a block that another application changes in SQL may be seen up to a minute late.
    ///
    /// # Errors
    /// [`domain::Error::ItemNotFound`].
    pub async fn item_levels(&self, context: &Context, id: ItemId) -> Result<Vec<WithKeys<LevelTotals>>> {
        let levels = self.shared.item_levels.now(id).await?;
        if levels.is_empty() {
            self.item_get(context, id).await?;
        }
        let keys = self.shared.answer_keys.fetch(NamedIds::of_item(id)).await?;
        Ok(WithKeys::each(levels, &keys).collect())
    }

    /// Returns a page of an item's movements, newest first, each with the stock level after it.
    ///
    /// # Errors
    /// [`domain::Error::ItemNotFound`].
    pub async fn item_movements(
        &self,
        context: &Context,
        id: ItemId,
        query: MovementQuery,
    ) -> Result<LedgerPage<WithKeys<Movement>>> {
        let movements = context.read(self.store().movement_list(id, &query)).await?;
        if movements.rows.is_empty() {
            self.item_get(context, id).await?;
        }
        let keys = self.shared.answer_keys.fetch(NamedIds::of_item(id)).await?;
        let Page { rows, next } = movements;
        let history_since = self.history_since(next.is_none()).await?;
        Ok(LedgerPage { rows: WithKeys::each(rows, &keys).collect(), next, history_since })
    }

    /// Returns an item's quantity over the last `hours`.
    ///
    /// # Errors
    /// [`domain::Error::ItemNotFound`]; hours that are not 1 to [`domain::HISTORY_HOURS_MAX`].
    pub async fn item_history(
        &self,
        context: &Context,
        id: ItemId,
        hours: Option<i64>,
    ) -> Result<WithKeys<ItemHistory>> {
        let hours = domain::history_hours(hours)?;
        let history = context.read(self.store().item_history(id, hours)).await?;
        let output = history.ok_or(domain::Error::ItemNotFound(id))?;
        let keys = self.shared.answer_keys.fetch(NamedIds::of_item(id)).await?;
        Ok(WithKeys { output, keys })
    }
}
