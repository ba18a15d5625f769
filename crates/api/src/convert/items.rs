//! Conversions of items, stock levels, categories and warehouses.

use crate::*;
use domain::{Quantity, Units};
use engine::WithKeys;

impl From<domain::Item> for Item {
    fn from(item: domain::Item) -> Self {
        let version = item.version().to_string();
        Self {
            id: item.id.0,
            sku: item.sku,
            barcodes: item.barcodes,
            name: item.name,
            description: item.description,
            quantity: item.quantity,
            price: item.price.to_string(),
            category: item.category,
            created_at: item.created_at,
            updated_at: item.updated_at,
            archived_at: item.archived_at,
            low_stock: item.low_stock,
            version,
        }
    }
}

impl From<&domain::Item> for Item {
    fn from(item: &domain::Item) -> Self {
        item.clone().into()
    }
}

impl From<(domain::Item, i32)> for WarehouseItem {
    fn from((item, available): (domain::Item, i32)) -> Self {
        Self { item: item.into(), available }
    }
}

impl TryFrom<CreateItem> for domain::NewItem {
    type Error = domain::Error;

    fn try_from(item: CreateItem) -> Result<Self, domain::Error> {
        let filled = |text: &String| !text.trim().is_empty();
        Ok(Self {
            name: domain::ItemName::new(&item.name)?,
            quantity: Units::new(item.quantity)?,
            price: item.price.parse()?,
            // An empty form field counts as absent.
            description: item
                .description
                .filter(filled)
                .map(|text| domain::Description::new(&text))
                .transpose()?,
            category: item
                .category
                .filter(filled)
                .map(|name| domain::CategoryName::new(&name))
                .transpose()?,
            warehouse: item.warehouse_id.map(domain::WarehouseId),
            sku: item.sku.filter(filled).map(|sku| domain::Sku::new(&sku)).transpose()?,
            barcodes: domain::Barcodes::new(item.barcodes)?,
            low_stock: None,
        })
    }
}

/// Checks a threshold of low stock.
pub(crate) fn low_stock(units: i64) -> Result<Units, domain::Error> {
    Units::new(units).map_err(|error| match error {
        domain::Error::Invalid { reason, .. } => domain::Error::Invalid { field: "lowStock", reason },
        other => other,
    })
}

impl TryFrom<UpdateItem> for domain::ItemPatch {
    type Error = domain::Error;

    fn try_from(changes: UpdateItem) -> Result<Self, domain::Error> {
        let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let description = changes
            .description
            .map(|text| filled(text).map(|text| domain::Description::new(&text)).transpose())
            .transpose()?;
        let category = changes
            .category
            .map(|name| filled(name).map(|name| domain::CategoryName::new(&name)).transpose())
            .transpose()?;
        let name = changes.name.map(|name| domain::ItemName::new(&name)).transpose()?;
        let price = changes.price.map(|price| price.parse()).transpose()?;
        let sku =
            changes.sku.map(|sku| filled(sku).map(|sku| domain::Sku::new(&sku)).transpose()).transpose()?;
        let barcodes = changes.barcodes.map(domain::Barcodes::new).transpose()?;
        let low_stock = changes.low_stock.map(|units| units.map(low_stock).transpose()).transpose()?;
        Self { name, price, description, category, sku, barcodes, low_stock }.checked()
    }
}

impl AdjustStock {
    /// Converts the request into an adjustment of this item.
    ///
    /// # Errors
    /// [`domain::Error::Invalid`] for a `delta` of 0 or out of range, and for a `reason` that is empty or too long.
    pub fn for_item(self, item: i64) -> Result<domain::StockAdjustment, domain::Error> {
        let note = domain::Note::new(&self.reason)?;
        let warehouse = self.warehouse_id.map(domain::WarehouseId);
        domain::StockAdjustment::new(domain::ItemId(item), warehouse, self.delta, note)
    }
}

impl From<WithKeys<domain::StockAdjusted>> for StockAdjusted {
    fn from(adjusted: WithKeys<domain::StockAdjusted>) -> Self {
        Self {
            item_id: adjusted.item.0,
            sku: adjusted.sku(adjusted.item),
            warehouse_id: adjusted.warehouse.0,
            warehouse_code: adjusted.code(adjusted.warehouse),
            delta: adjusted.delta,
            stock_quantity: adjusted.available,
            quantity: adjusted.quantity,
        }
    }
}

impl From<WithKeys<domain::LevelTotals>> for StockLevel {
    fn from(WithKeys { output: level, keys }: WithKeys<domain::LevelTotals>) -> Self {
        Self {
            item_id: level.item.0,
            sku: keys.sku(level.item),
            warehouse_id: level.warehouse.0,
            warehouse_code: level.warehouse_code,
            warehouse_name: level.warehouse_name,
            available: level.available,
            held: level.held,
            sold: level.sold,
            committed: level.committed,
            damaged: level.damaged,
            quarantined: level.quarantined,
            on_hand: level.on_hand,
        }
    }
}

impl From<WithKeys<domain::Movement>> for Movement {
    fn from(WithKeys { output: movement, keys }: WithKeys<domain::Movement>) -> Self {
        let sku = keys.sku(movement.item);
        movement_with_sku(movement, sku)
    }
}

impl From<domain::NamedMovement> for NamedMovement {
    fn from(named: domain::NamedMovement) -> Self {
        let domain::NamedMovement { sku, item_name, movement } = named;
        Self { item_name, movement: movement_with_sku(movement, sku) }
    }
}

fn movement_with_sku(movement: domain::Movement, sku: Option<String>) -> Movement {
    Movement {
        id: movement.id,
        item_id: movement.item.0,
        sku,
        warehouse_id: movement.warehouse.0,
        warehouse_code: movement.warehouse_code,
        change: movement.change,
        units: movement.units,
        before: movement.after.map(|after| after - i64::from(movement.change)),
        after: movement.after,
        reason: movement.reason.to_string(),
        condition: movement.condition.map(|condition| condition.as_str().to_owned()),
        note: movement.note,
        block_id: movement.block.map(|block| block.0),
        order_id: movement.order.map(|order| order.0),
        actor: movement.actor,
        created_at: movement.created_at,
    }
}

impl From<ItemSort> for domain::ItemSort {
    fn from(sort: ItemSort) -> Self {
        match sort {
            ItemSort::Id => Self::Id,
            ItemSort::Name => Self::Name,
            ItemSort::QuantityDesc => Self::QuantityDesc,
            ItemSort::QuantityAsc => Self::QuantityAsc,
            ItemSort::IdDesc => Self::IdDesc,
            ItemSort::NameDesc => Self::NameDesc,
        }
    }
}

impl<T, U: From<T>> From<domain::Page<T>> for Page<U> {
    fn from(page: domain::Page<T>) -> Self {
        Self { items: page.rows.into_iter().map(U::from).collect(), next: page.next }
    }
}

impl<T, U: From<T>> From<domain::LedgerPage<T>> for LedgerPage<U> {
    fn from(page: domain::LedgerPage<T>) -> Self {
        let domain::LedgerPage { rows, next, history_since } = page;
        Self { items: rows.into_iter().map(U::from).collect(), next, history_since }
    }
}

impl From<domain::Category> for Category {
    fn from(category: domain::Category) -> Self {
        Self {
            category: category.name,
            items: category.items,
            units_available: category.units_available,
            units_blocked: category.units_blocked,
            value: format!("{:.2}", category.value),
        }
    }
}

impl From<&domain::TopItems> for TopItems {
    fn from(top: &domain::TopItems) -> Self {
        Self {
            category: top.category.clone(),
            count: i64::try_from(top.items.len()).unwrap_or(i64::MAX),
            items: top.items.iter().map(Item::from).collect(),
            total_items_in_category: top.total,
        }
    }
}

impl From<domain::Warehouse> for Warehouse {
    fn from(warehouse: domain::Warehouse) -> Self {
        let version = warehouse.version().to_string();
        Self {
            id: warehouse.id.0,
            code: warehouse.code,
            name: warehouse.name,
            is_default: warehouse.is_default,
            units_available: warehouse.units_available,
            archived_at: warehouse.archived_at,
            priority: warehouse.priority.get(),
            latitude: warehouse.coordinates.map(domain::Coordinates::latitude),
            longitude: warehouse.coordinates.map(domain::Coordinates::longitude),
            version,
        }
    }
}

impl TryFrom<CreateWarehouse> for domain::NewWarehouse {
    type Error = domain::Error;

    fn try_from(warehouse: CreateWarehouse) -> Result<Self, domain::Error> {
        Ok(Self {
            code: domain::WarehouseCode::new(&warehouse.code)?,
            name: domain::WarehouseName::new(&warehouse.name)?,
            priority: domain::Priority::new(warehouse.priority.unwrap_or_default())?,
            coordinates: domain::Coordinates::optional(warehouse.latitude, warehouse.longitude)?,
        })
    }
}

impl TryFrom<WarehouseForm> for domain::NewWarehouse {
    type Error = domain::Error;

    fn try_from(form: WarehouseForm) -> Result<Self, domain::Error> {
        let latitude = degrees("latitude", form.latitude)?;
        let longitude = degrees("longitude", form.longitude)?;
        CreateWarehouse { code: form.code, name: form.name, priority: form.priority, latitude, longitude }
            .try_into()
    }
}

/// Returns the number of a text, or nothing for an empty one.
fn degrees(field: &'static str, text: Option<String>) -> Result<Option<f64>, domain::Error> {
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok(None) };
    let number = domain::decimal_number(&text).ok_or_else(|| {
        domain::Error::invalid(field, format!("must be a number, not {}", domain::quoted(&text)))
    })?;
    Ok(Some(number))
}

impl TryFrom<UpdateWarehouse> for domain::WarehousePatch {
    type Error = domain::Error;

    fn try_from(changes: UpdateWarehouse) -> Result<Self, domain::Error> {
        if changes.is_default == Some(false) {
            let reason = "must not be false: make another warehouse the default one";
            return Err(domain::Error::invalid("isDefault", reason));
        }
        let code = changes.code.map(|code| domain::WarehouseCode::new(&code)).transpose()?;
        let name = changes.name.map(|name| domain::WarehouseName::new(&name)).transpose()?;
        let priority = changes.priority.map(domain::Priority::new).transpose()?;
        let coordinates = match (changes.latitude, changes.longitude) {
            (None, None) => None,
            (latitude, longitude) => {
                Some(domain::Coordinates::optional(latitude.flatten(), longitude.flatten())?)
            }
        };
        Self { code, name, make_default: changes.is_default.is_some(), priority, coordinates }.checked()
    }
}

impl MoveStock {
    /// Converts the request into a move of this item.
    ///
    /// # Errors
    /// [`domain::Error::Invalid`] for a `quantity` out of range, for a `reason` that is empty or too long, and if both
    /// warehouses are the same.
    pub fn for_item(self, item: i64) -> Result<domain::StockMove, domain::Error> {
        let [from, to] = [self.from_warehouse_id, self.to_warehouse_id].map(domain::WarehouseId);
        let (quantity, note) = (Quantity::new(self.quantity)?, domain::Note::new(&self.reason)?);
        domain::StockMove::new(domain::ItemId(item), from, to, quantity, note)
    }
}

impl From<WithKeys<domain::StockMoved>> for StockMoved {
    fn from(moved: WithKeys<domain::StockMoved>) -> Self {
        Self {
            item_id: moved.item.0,
            sku: moved.sku(moved.item),
            from_warehouse_id: moved.from.0,
            from_warehouse_code: moved.code(moved.from),
            to_warehouse_id: moved.to.0,
            to_warehouse_code: moved.code(moved.to),
            quantity: moved.quantity,
            from_available: moved.from_available,
            to_available: moved.to_available,
        }
    }
}

impl From<WithKeys<domain::ItemHistory>> for ItemHistory {
    fn from(WithKeys { output: history, keys }: WithKeys<domain::ItemHistory>) -> Self {
        let point = |(at, quantity)| HistoryPoint { at, quantity };
        Self {
            item_id: history.item.0,
            sku: keys.sku(history.item),
            since: history.since,
            until: history.until,
            points: history.points.into_iter().map(point).collect(),
        }
    }
}

impl RenameCategory {
    /// Returns the current and the new name of the category.
    ///
    /// # Errors
    /// [`domain::Error::Invalid`] for a name that is empty or too long.
    pub fn names(
        &self,
        category: &str,
    ) -> Result<(domain::CategoryName, domain::CategoryName), domain::Error> {
        let to = domain::CategoryName::new(&self.to).map_err(|error| match error {
            domain::Error::Invalid { reason, .. } => domain::Error::Invalid { field: "to", reason },
            other => other,
        })?;
        Ok((domain::CategoryName::for_lookup(category)?, to))
    }
}

impl From<engine::CategoryRenamed> for CategoryRenamed {
    fn from(renamed: engine::CategoryRenamed) -> Self {
        Self {
            from: renamed.from.to_string(),
            to: renamed.to.to_string(),
            dry_run: renamed.dry_run,
            items: renamed.items,
            items_already: renamed.items_already,
            version: renamed.version.map(|version| version.to_string()),
        }
    }
}
