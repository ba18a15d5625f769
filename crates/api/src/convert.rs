//! Between the wire and the domain.

use crate::*;
use domain::{Quantity, Ttl, Units};

impl From<domain::Item> for Item {
    fn from(item: domain::Item) -> Self {
        Self {
            id: item.id.0,
            name: item.name,
            description: item.description,
            quantity: item.quantity,
            price: item.price.to_string(),
            category: item.category,
            created_at: item.created_at,
            updated_at: item.updated_at,
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
            // An empty form field means "none".
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
        })
    }
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
        Self { name, price, description, category }.checked()
    }
}

impl AdjustStock {
    /// The adjustment of this item.
    ///
    /// # Errors
    /// A `delta` of 0 or out of range, an empty or over-long `reason`.
    pub fn for_item(self, item: i64) -> Result<domain::StockAdjustment, domain::Error> {
        let note = domain::Note::new(&self.reason)?;
        let warehouse = self.warehouse_id.map(domain::WarehouseId);
        domain::StockAdjustment::new(domain::ItemId(item), warehouse, self.delta, note)
    }
}

impl From<domain::StockAdjusted> for StockAdjusted {
    fn from(adjusted: domain::StockAdjusted) -> Self {
        Self {
            item_id: adjusted.item.0,
            warehouse_id: adjusted.warehouse.0,
            delta: adjusted.delta,
            stock_quantity: adjusted.available,
            quantity: adjusted.quantity,
        }
    }
}

impl From<domain::LevelTotals> for StockLevel {
    fn from(level: domain::LevelTotals) -> Self {
        Self {
            item_id: level.item.0,
            warehouse_id: level.warehouse.0,
            warehouse_code: level.warehouse_code,
            warehouse_name: level.warehouse_name,
            available: level.available,
            held: level.held,
            sold: level.sold,
        }
    }
}

impl From<domain::Movement> for Movement {
    fn from(movement: domain::Movement) -> Self {
        Self {
            id: movement.id,
            item_id: movement.item.0,
            warehouse_id: movement.warehouse.0,
            warehouse_code: movement.warehouse_code,
            change: movement.change,
            before: movement.after.map(|after| after - i64::from(movement.change)),
            after: movement.after,
            reason: movement.reason.to_string(),
            note: movement.note,
            block_id: movement.block.map(|block| block.0),
            order_id: movement.order.map(|order| order.0),
            actor: movement.actor,
            created_at: movement.created_at,
        }
    }
}

impl From<ItemSort> for domain::ItemSort {
    fn from(sort: ItemSort) -> Self {
        match sort {
            ItemSort::Id => Self::Id,
            ItemSort::Name => Self::Name,
            ItemSort::QuantityDesc => Self::QuantityDesc,
            ItemSort::QuantityAsc => Self::QuantityAsc,
        }
    }
}

impl<T, U: From<T>> From<domain::Page<T>> for Page<U> {
    fn from(page: domain::Page<T>) -> Self {
        Self { items: page.rows.into_iter().map(U::from).collect(), next: page.next }
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
        Self {
            id: warehouse.id.0,
            code: warehouse.code,
            name: warehouse.name,
            is_default: warehouse.is_default,
            units_available: warehouse.units_available,
        }
    }
}

impl TryFrom<CreateWarehouse> for domain::NewWarehouse {
    type Error = domain::Error;

    fn try_from(warehouse: CreateWarehouse) -> Result<Self, domain::Error> {
        Ok(Self {
            code: domain::WarehouseCode::new(&warehouse.code)?,
            name: domain::WarehouseName::new(&warehouse.name)?,
        })
    }
}

impl From<BlockState> for domain::BlockState {
    fn from(state: BlockState) -> Self {
        match state {
            BlockState::Temporary => Self::Temporary,
            BlockState::Permanent => Self::Permanent,
            BlockState::Expired => Self::Expired,
            BlockState::Released => Self::Released,
        }
    }
}

impl From<domain::BlockState> for BlockState {
    fn from(state: domain::BlockState) -> Self {
        match state {
            domain::BlockState::Temporary => Self::Temporary,
            domain::BlockState::Permanent => Self::Permanent,
            domain::BlockState::Expired => Self::Expired,
            domain::BlockState::Released => Self::Released,
        }
    }
}

impl From<domain::Block> for Block {
    fn from(block: domain::Block) -> Self {
        Self {
            id: block.id.0,
            item_id: block.item.0,
            item_name: block.item_name,
            warehouse_id: block.warehouse.0,
            warehouse_code: block.warehouse_code,
            quantity: block.quantity,
            state: block.state.into(),
            is_permanent: block.state == domain::BlockState::Permanent,
            created_at: block.created_at,
            expires_at: block.expires_at,
        }
    }
}

impl TryFrom<PlaceBlock> for domain::PlaceBlock {
    type Error = domain::Error;

    fn try_from(block: PlaceBlock) -> Result<Self, domain::Error> {
        Ok(Self {
            item: domain::ItemId(block.item_id),
            quantity: Quantity::new(block.quantity)?,
            warehouse: block.warehouse_id.map(domain::WarehouseId),
            ttl: block.ttl_seconds.map(Ttl::new).transpose()?.unwrap_or_default(),
        })
    }
}

impl TryFrom<ExtendBlock> for Ttl {
    type Error = domain::Error;

    fn try_from(extension: ExtendBlock) -> Result<Self, domain::Error> {
        Self::new(extension.ttl_seconds)
    }
}

impl From<domain::BlockPlaced> for BlockPlaced {
    fn from(placed: domain::BlockPlaced) -> Self {
        Self {
            block_id: placed.id.0,
            item_id: placed.key.item.0,
            warehouse_id: placed.key.warehouse.0,
            quantity_blocked: placed.quantity,
            remaining_quantity: placed.remaining,
            expires_at: placed.expires_at,
        }
    }
}

impl From<domain::HeldBlock> for BlockConfirmed {
    fn from(block: domain::HeldBlock) -> Self {
        Self {
            message: "The block is permanent: its units are sold.".to_owned(),
            block_id: block.id.0,
            quantity: block.quantity,
            item_id: block.key.item.0,
        }
    }
}

impl From<domain::BlockReleased> for BlockReleased {
    fn from(released: domain::BlockReleased) -> Self {
        Self {
            message: "The block was released: its units are available again.".to_owned(),
            block_id: released.id.0,
            item_id: released.key.item.0,
            warehouse_id: released.key.warehouse.0,
            quantity: released.quantity,
            remaining_quantity: released.remaining,
        }
    }
}

impl From<domain::BlockExtended> for BlockExtended {
    fn from(extended: domain::BlockExtended) -> Self {
        Self { block_id: extended.id.0, item_id: extended.item.0, expires_at: extended.expires_at }
    }
}

impl From<engine::CleanUp> for ExpiredBlocksRemoved {
    fn from(done: engine::CleanUp) -> Self {
        let removed = i64::try_from(done.blocks).unwrap_or(i64::MAX);
        let message = match removed {
            0 => "No block had expired.".to_owned(),
            1 => "1 expired block was removed.".to_owned(),
            more => format!("{more} expired blocks were removed."),
        };
        Self { message, expired_blocks_removed: removed, timestamp: done.at }
    }
}

impl From<OrderStatus> for domain::OrderStatus {
    fn from(status: OrderStatus) -> Self {
        match status {
            OrderStatus::Pending => Self::Pending,
            OrderStatus::Allocated => Self::Allocated,
            OrderStatus::Cancelled => Self::Cancelled,
        }
    }
}

impl From<domain::Order> for Order {
    fn from(order: domain::Order) -> Self {
        let status = match order.status {
            domain::OrderStatus::Pending => OrderStatus::Pending,
            domain::OrderStatus::Allocated => OrderStatus::Allocated,
            domain::OrderStatus::Cancelled => OrderStatus::Cancelled,
        };
        Self {
            id: order.id.0,
            reference: order.reference,
            status,
            warehouse_id: order.warehouse.map(|warehouse| warehouse.0),
            lines: order.lines.into_iter().map(OrderLine::from).collect(),
            created_at: order.created_at,
            updated_at: order.updated_at,
            allocated_at: order.allocated_at,
            allocated_by: order.allocated_by,
            cancelled_by: order.cancelled_by,
        }
    }
}

impl From<domain::OrderLine> for OrderLine {
    fn from(line: domain::OrderLine) -> Self {
        Self { item_id: line.item.0, item_name: line.item_name, quantity: line.quantity }
    }
}

impl TryFrom<CreateOrder> for domain::NewOrder {
    type Error = domain::Error;

    fn try_from(order: CreateOrder) -> Result<Self, domain::Error> {
        let reference = order.reference.filter(|text| !text.trim().is_empty());
        let reference = reference.map(|text| domain::Reference::new(&text)).transpose()?;
        let line = |line: CreateOrderLine| Ok((domain::ItemId(line.item_id), Quantity::new(line.quantity)?));
        let lines = order.lines.into_iter().map(line).collect::<Result<Vec<_>, domain::Error>>()?;
        Self::new(reference, lines)
    }
}

impl From<domain::OrderAllocation> for OrderAllocation {
    fn from(allocation: domain::OrderAllocation) -> Self {
        let shortage = |short: domain::Shortage| Shortage {
            item_id: short.item.0,
            requested: short.requested,
            available: short.available,
        };
        Self {
            allocated: allocation.shortages.is_empty(),
            order_id: allocation.order.0,
            warehouse_id: allocation.warehouse.0,
            shortages: allocation.shortages.into_iter().map(shortage).collect(),
        }
    }
}

impl From<domain::OrderId> for OrderCancelled {
    fn from(order: domain::OrderId) -> Self {
        let message = "The order is cancelled: what it had taken is available again.".to_owned();
        Self { message, order_id: order.0, status: OrderStatus::Cancelled }
    }
}

impl TryFrom<PlaceCart> for domain::PlaceCart {
    type Error = domain::Error;

    fn try_from(cart: PlaceCart) -> Result<Self, domain::Error> {
        let line = |line: CartLine| {
            Ok(domain::CartLine {
                item: domain::ItemId(line.item_id),
                quantity: Quantity::new(line.quantity)?,
                warehouse: line.warehouse_id.map(domain::WarehouseId),
            })
        };
        let lines = cart.lines.into_iter().map(line).collect::<Result<_, domain::Error>>()?;
        let reference = cart.reference.filter(|text| !text.trim().is_empty());
        let reference = reference.map(|text| domain::Reference::new(&text)).transpose()?;
        let ttl = cart.ttl_seconds.map(Ttl::new).transpose()?.unwrap_or_default();
        Self::new(lines, ttl, reference)
    }
}

impl From<domain::CartPlaced> for CartPlaced {
    fn from(placed: domain::CartPlaced) -> Self {
        let blocks = placed.blocks.into_iter().map(BlockPlaced::from).collect();
        Self { cart_id: placed.id.0, blocks, expires_at: placed.expires_at }
    }
}

impl From<(domain::CartId, Vec<domain::HeldBlock>)> for CartConfirmed {
    fn from((cart, blocks): (domain::CartId, Vec<domain::HeldBlock>)) -> Self {
        Self { cart_id: cart.0, blocks: blocks.into_iter().map(BlockConfirmed::from).collect() }
    }
}

impl From<(domain::CartId, Vec<domain::BlockReleased>)> for CartReleased {
    fn from((cart, blocks): (domain::CartId, Vec<domain::BlockReleased>)) -> Self {
        Self { cart_id: cart.0, blocks: blocks.into_iter().map(BlockReleased::from).collect() }
    }
}

impl From<(domain::CartId, Vec<domain::BlockExtended>)> for CartExtended {
    fn from((cart, blocks): (domain::CartId, Vec<domain::BlockExtended>)) -> Self {
        Self { cart_id: cart.0, blocks: blocks.into_iter().map(BlockExtended::from).collect() }
    }
}

impl From<engine::EventPage> for EventPage {
    fn from(page: engine::EventPage) -> Self {
        Self {
            events: page.events.into_iter().map(Movement::from).collect(),
            cursor: page.cursor.to_string(),
            lag_seconds: page.lag_seconds,
        }
    }
}
