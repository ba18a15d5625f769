//! The server functions of the console. Any HTTP client can call them: `/rpc/<name>`, JSON requests and responses, GET
//! for reads. Each function states its permission and makes one call into the engine.

mod find;

pub use find::*;

#[cfg(feature = "ssr")]
use crate::page_request::seconds_ahead;
use crate::rpc_protocol::{ReadCall, WriteCall};
use crate::*;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
mod activity;

#[cfg(feature = "ssr")]
pub use activity::*;

#[cfg(feature = "ssr")]
mod ssr;

/// Returns totals over the whole stock, and recent activity.
#[server(prefix = "/rpc", endpoint = "overview", protocol = ReadCall)]
pub async fn overview() -> Result<crate::Overview, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::ReadStock)?;
    ssr::respond(engine.overview(&context).await).map(ssr::localized_overview)
}

/// Returns the first steps of a new shop as HTML; an empty text if all are done, if the person has dismissed them, or if the
/// caller may not do all of them.
#[server(prefix = "/rpc", endpoint = "first_steps", protocol = ReadCall)]
pub async fn first_steps() -> Result<String, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::ReadStock)?;
    let is_dismissed = crate::page_request::request_cookie(crate::page_request::STEPS_DISMISSED).is_some();
    if is_dismissed || !context.permissions.contains(domain::Permission::ManageAccess) {
        return Ok(String::new());
    }
    let steps = engine.first_steps(&context).await.map_err(ssr::problem_from)?;
    Ok(if steps.are_done() { String::new() } else { crate::page_request::rendered(steps.into()) })
}

/// Lists every category with its totals, by name.
#[server(prefix = "/rpc", endpoint = "list_categories", protocol = ReadCall)]
pub async fn list_categories() -> Result<Vec<Category>, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::ReadStock)?;
    ssr::respond_list(engine.category_list(&context).await)
}

/// Renames a category, or merges it with another. With `dryRun`, only returns the changes.
#[server(prefix = "/rpc", endpoint = "rename_category", protocol = WriteCall)]
pub async fn rename_category(
    category: String,
    rename: crate::RenameCategory,
    if_match: Option<String>,
) -> Result<CategoryRenamed, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::WriteItems)?;
    let (from, to) = rename.names(&category).map_err(ssr::rejection)?;
    let condition = ssr::condition(if_match);
    ssr::respond_to_command(engine.category_rename(&context, from, to, rename.dry_run, condition).await)
}

/// Returns the 100 items of a category with the highest quantity.
#[server(prefix = "/rpc", endpoint = "top_items", protocol = ReadCall)]
pub async fn top_items(category: String) -> Result<crate::TopItems, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::ReadStock)?;
    engine
        .category_top(&context, &category)
        .await
        .map(|list| crate::TopItems::from(&**list))
        .map_err(ssr::problem_from)
}

/// Lists a page of items. Optional filters: a category, the text `q` in the name, a stock level in a warehouse, and `low`: at
/// most this many available units (in that warehouse, if given), or `threshold` for the items that are low. With a warehouse,
/// the quantities are those of the warehouse.
#[server(prefix = "/rpc", endpoint = "list_items", protocol = ReadCall)]
pub async fn list_items(
    category: Option<String>,
    q: Option<String>,
    warehouse: Option<i64>,
    low: Option<String>,
    sort: Option<ItemSort>,
    limit: Option<i64>,
    after: Option<String>,
) -> Result<Page<Item>, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::ReadStock)?;
    let sort = sort.unwrap_or_default().into();
    let query = domain::ItemQuery::new(category, q, sort, limit, after)
        .and_then(|query| ssr::with_low(query, warehouse, low.as_deref(), engine.low_stock_default()))
        .map_err(ssr::rejection)?;
    ssr::respond(engine.item_list_here(&context, query).await)
}

/// Returns an item.
#[server(prefix = "/rpc", endpoint = "get_item", protocol = ReadCall)]
pub async fn get_item(id: i64) -> Result<Item, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::ReadStock)?;
    ssr::respond(engine.item_get(&context, domain::ItemId(id)).await.map(|item| domain::Item::clone(&item)))
}

/// Lists an item's units in each warehouse.
#[server(prefix = "/rpc", endpoint = "item_levels", protocol = ReadCall)]
pub async fn item_levels(id: i64) -> Result<Vec<StockLevel>, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::ReadStock)?;
    ssr::respond_list(engine.item_levels(&context, domain::ItemId(id)).await)
}

/// Lists a page of an item's movements, newest first, each with the units before and after it.
#[cfg(feature = "ssr")]
pub async fn item_movements(
    id: i64,
    limit: Option<i64>,
    after: Option<String>,
) -> Result<crate::LedgerPage<Movement>, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::ReadStock)?;
    let query = domain::MovementQuery::new(limit, after).map_err(ssr::rejection)?;
    ssr::respond(engine.item_movements(&context, domain::ItemId(id), query).await)
}

/// Returns an item's quantity over the last `hours`: 1 to 2,160, default 24.
#[server(prefix = "/rpc", endpoint = "item_history", protocol = ReadCall)]
pub async fn item_history(id: i64, hours: Option<i64>) -> Result<crate::ItemHistory, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::ReadStock)?;
    ssr::respond(engine.item_history(&context, domain::ItemId(id), hours).await)
}

/// Creates an item. Its price is a plain number, or one in the person's number format.
#[server(prefix = "/rpc", endpoint = "create_item", protocol = WriteCall)]
pub async fn create_item(item: crate::CreateItem) -> Result<Item, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::WriteItems)?;
    let item = crate::CreateItem { price: ssr::plain_price(item.price), ..item };
    let item: domain::NewItem = item.try_into().map_err(ssr::rejection)?;
    ssr::respond_to_command(engine.item_create(&context, item).await)
}

/// Changes fields of an item, if it has the version `if_match`; without it, in any version. Its price is read as that of a new one.
#[server(prefix = "/rpc", endpoint = "update_item", protocol = WriteCall)]
pub async fn update_item(
    id: i64,
    changes: crate::UpdateItem,
    if_match: Option<String>,
) -> Result<Item, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::WriteItems)?;
    let changes = crate::UpdateItem { price: changes.price.map(ssr::plain_price), ..changes };
    let changes = changes.try_into().map_err(ssr::rejection)?;
    let condition = ssr::condition(if_match);
    ssr::respond_to_command(engine.item_update(&context, domain::ItemId(id), changes, condition).await)
}

/// Archives an item, if it has the version `if_match`; without it, in any version.
#[server(prefix = "/rpc", endpoint = "archive_item", protocol = WriteCall)]
pub async fn archive_item(id: i64, if_match: Option<String>) -> Result<Item, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::WriteItems)?;
    let condition = ssr::condition(if_match);
    ssr::respond_to_command(engine.item_set_archived(&context, domain::ItemId(id), true, condition).await)
}

/// Restores an archived item, if it has the version `if_match`; without it, in any version.
#[server(prefix = "/rpc", endpoint = "restore_item", protocol = WriteCall)]
pub async fn restore_item(id: i64, if_match: Option<String>) -> Result<Item, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::WriteItems)?;
    let condition = ssr::condition(if_match);
    ssr::respond_to_command(engine.item_set_archived(&context, domain::ItemId(id), false, condition).await)
}

/// Receives units into a stock level, or writes off units.
#[server(prefix = "/rpc", endpoint = "adjust_stock", protocol = WriteCall)]
pub async fn adjust_stock(id: i64, adjustment: crate::AdjustStock) -> Result<StockAdjusted, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::WriteStock)?;
    let adjustment = adjustment.for_item(id).map_err(ssr::rejection)?;
    ssr::respond_with_held_units(&engine, engine.stock_adjust(&context, adjustment).await).await
}

/// Moves units of an item from one warehouse to another.
#[server(prefix = "/rpc", endpoint = "move_stock", protocol = WriteCall)]
pub async fn move_stock(id: i64, movement: crate::MoveStock) -> Result<StockMoved, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::WriteStock)?;
    let movement = movement.for_item(id).map_err(ssr::rejection)?;
    ssr::respond_with_held_units(&engine, engine.stock_move(&context, movement).await).await
}

/// Lists every warehouse, by code.
#[server(prefix = "/rpc", endpoint = "list_warehouses", protocol = ReadCall)]
pub async fn list_warehouses() -> Result<Vec<Warehouse>, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::ReadStock)?;
    ssr::respond_list(engine.warehouse_list(&context).await)
}

/// Lists a page of the items in a warehouse. Optional filter: the text `q` in the name.
#[server(prefix = "/rpc", endpoint = "warehouse_items", protocol = ReadCall)]
pub async fn warehouse_items(
    warehouse: i64,
    q: Option<String>,
    sort: Option<ItemSort>,
    limit: Option<i64>,
    after: Option<String>,
) -> Result<Page<WarehouseItem>, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::ReadStock)?;
    let sort = sort.unwrap_or_default().into();
    let query = domain::ItemQuery::new(None, q, sort, limit, after).map_err(ssr::rejection)?;
    ssr::respond(engine.warehouse_items(&context, domain::WarehouseId(warehouse), query).await)
}

/// Creates a warehouse.
#[server(prefix = "/rpc", endpoint = "create_warehouse", protocol = WriteCall)]
pub async fn create_warehouse(warehouse: crate::WarehouseForm) -> Result<Warehouse, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::WriteItems)?;
    let warehouse = warehouse.try_into().map_err(ssr::rejection)?;
    ssr::respond_to_command(engine.warehouse_create(&context, warehouse).await)
}

/// Changes the code or the name of a warehouse, or makes it the default one, if it has the version `if_match`; without it,
/// in any version.
#[server(prefix = "/rpc", endpoint = "update_warehouse", protocol = WriteCall)]
pub async fn update_warehouse(
    id: i64,
    changes: crate::UpdateWarehouse,
    if_match: Option<String>,
) -> Result<Warehouse, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::WriteItems)?;
    let changes = changes.try_into().map_err(ssr::rejection)?;
    let (id, condition) = (domain::WarehouseId(id), ssr::condition(if_match));
    ssr::respond_to_command(engine.warehouse_update(&context, id, changes, condition).await)
}

/// Archives a warehouse, if it has the version `if_match`; without it, in any version.
#[server(prefix = "/rpc", endpoint = "archive_warehouse", protocol = WriteCall)]
pub async fn archive_warehouse(id: i64, if_match: Option<String>) -> Result<Warehouse, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::WriteItems)?;
    let (id, condition) = (domain::WarehouseId(id), ssr::condition(if_match));
    ssr::respond_to_command(engine.warehouse_set_archived(&context, id, true, condition).await)
}

/// Restores an archived warehouse, if it has the version `if_match`; without it, in any version.
#[server(prefix = "/rpc", endpoint = "restore_warehouse", protocol = WriteCall)]
pub async fn restore_warehouse(id: i64, if_match: Option<String>) -> Result<Warehouse, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::WriteItems)?;
    let (id, condition) = (domain::WarehouseId(id), ssr::condition(if_match));
    ssr::respond_to_command(engine.warehouse_set_archived(&context, id, false, condition).await)
}

/// Lists a page of blocks, newest first.
#[server(prefix = "/rpc", endpoint = "list_blocks", protocol = ReadCall)]
pub async fn list_blocks(
    state: Option<BlockState>,
    item: Option<i64>,
    limit: Option<i64>,
    after: Option<String>,
) -> Result<Page<Block>, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::ReadStock)?;
    let query = domain::BlockQuery::new(state.map(Into::into), item, limit, after).map_err(ssr::rejection)?;
    ssr::respond(engine.block_list(&context, query).await)
}

/// Lists a page of ended blocks, latest first. The filter applies by item and by warehouse only.
#[cfg(feature = "ssr")]
pub async fn ended_blocks(
    filter: BlockFilter,
    limit: Option<i64>,
    after: Option<String>,
) -> Result<Page<EndedBlock>, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::ReadStock)?;
    let query = domain::PageQuery::by_id(limit, after).map_err(ssr::rejection)?;
    let (item, warehouse) = (filter.item.map(domain::ItemId), filter.warehouse.map(domain::WarehouseId));
    ssr::respond(engine.blocks_ended(&context, item, warehouse, query).await)
}

/// Confirms, releases or extends several blocks. Each block succeeds or fails independently.
#[server(prefix = "/rpc", endpoint = "act_on_blocks", protocol = WriteCall)]
pub async fn act_on_blocks(request: crate::ActOnBlocks) -> Result<Vec<BlockOutcome>, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::WriteHolds)?;
    let request = request.try_into().map_err(ssr::rejection)?;
    ssr::respond_list(engine.blocks_act(&context, request).await).map(ssr::localized_outcomes)
}

/// Returns a block.
#[server(prefix = "/rpc", endpoint = "get_block", protocol = ReadCall)]
pub async fn get_block(id: i64) -> Result<Block, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::ReadStock)?;
    ssr::respond(engine.block_get(&context, domain::BlockId(id)).await)
}

/// Places a temporary block.
#[server(prefix = "/rpc", endpoint = "place_block", protocol = WriteCall)]
pub async fn place_block(block: crate::PlaceBlock) -> Result<BlockPlaced, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::WriteHolds)?;
    let now = std::time::SystemTime::now().into();
    let request = block.for_person(now, seconds_ahead).map_err(ssr::rejection)?;
    ssr::respond_with_held_units(&engine, engine.block_place(&context, request).await).await
}

/// Makes a temporary block permanent, or `quantity` of its units. With `keep_rest` the others stay held, otherwise they return to
/// stock.
#[server(prefix = "/rpc", endpoint = "confirm_block", protocol = WriteCall)]
pub async fn confirm_block(
    id: i64,
    quantity: Option<i64>,
    #[server(default)] keep_rest: bool,
) -> Result<BlockConfirmed, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::WriteHolds)?;
    let (id, quantity) = (domain::BlockId(id), quantity.map(domain::Quantity::new).transpose());
    match quantity.map_err(ssr::rejection)? {
        Some(quantity) if keep_rest => {
            ssr::respond_to_command(engine.block_confirm_part(&context, id, quantity).await)
        }
        quantity => ssr::respond_to_command(engine.block_confirm(&context, id, quantity).await),
    }
}

/// Releases a block.
#[server(prefix = "/rpc", endpoint = "release_block", protocol = WriteCall)]
pub async fn release_block(id: i64) -> Result<BlockReleased, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::WriteHolds)?;
    ssr::respond_to_command(engine.block_release(&context, domain::BlockId(id)).await)
}

/// Extends a block.
#[server(prefix = "/rpc", endpoint = "extend_block", protocol = WriteCall)]
pub async fn extend_block(id: i64, extension: crate::ExtendBlock) -> Result<BlockExtended, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::WriteHolds)?;
    let ttl = extension.try_into().map_err(ssr::rejection)?;
    ssr::respond_to_command(engine.block_extend(&context, domain::BlockId(id), ttl).await)
}

/// Reclaims the units of every expired block.
#[server(prefix = "/rpc", endpoint = "cleanup_expired_blocks", protocol = WriteCall)]
pub async fn cleanup_expired_blocks() -> Result<ExpiredBlocksRemoved, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::WriteHolds)?;
    ssr::respond(engine.blocks_expire(&context).await)
}

/// Lists a page of the orders that match the filter, newest or oldest first.
#[server(prefix = "/rpc", endpoint = "list_orders", protocol = ReadCall)]
pub async fn list_orders(
    #[server(default)] filter: OrderFilter,
    #[server(default)] oldest_first: bool,
    limit: Option<i64>,
    after: Option<String>,
) -> Result<Page<Order>, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::ReadStock)?;
    let filter = filter.resolve(&engine, &context, seconds_ahead).await.map_err(ssr::problem_from)?;
    let query = domain::OrderQuery::new(filter, limit, after).map_err(ssr::rejection)?;
    let query = query.with_oldest_first(oldest_first);
    ssr::respond(engine.order_list(&context, query).await)
}

/// Returns an order.
#[server(prefix = "/rpc", endpoint = "get_order", protocol = ReadCall)]
pub async fn get_order(id: i64) -> Result<Order, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::ReadStock)?;
    ssr::respond(engine.order_get(&context, domain::OrderId(id)).await)
}

/// Creates an order. It allocates no units yet.
#[server(prefix = "/rpc", endpoint = "create_order", protocol = WriteCall)]
pub async fn create_order(order: crate::CreateOrder) -> Result<Order, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::WriteOrders)?;
    let order: domain::NewOrder = order.try_into().map_err(ssr::rejection)?;
    ssr::respond_to_command(engine.order_create(&context, order).await)
}

/// Allocates every line of an order from one warehouse, or none.
#[server(prefix = "/rpc", endpoint = "allocate_order", protocol = WriteCall)]
pub async fn allocate_order(id: i64, allocation: crate::AllocateOrder) -> Result<OrderAllocation, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::WriteOrders)?;
    let warehouse = domain::WarehouseId(allocation.warehouse_id);
    ssr::respond_to_command(engine.order_allocate(&context, domain::OrderId(id), warehouse).await)
}

/// Previews an order's allocation from each warehouse. Returns null if the order is not pending.
#[server(prefix = "/rpc", endpoint = "preview_order", protocol = ReadCall)]
pub async fn preview_order(id: i64) -> Result<Option<OrderPreview>, Problem> {
    use domain::Error::{OrderAlreadyAllocated, OrderCancelled, OrderShipped};
    let (engine, context) = ssr::authorize(domain::Permission::ReadStock)?;
    let choice = crate::policy_choice(crate::SourcingPolicy::FewestParcels, None, None, None);
    let choice = choice.map_err(ssr::rejection)?;
    match engine.order_preview(&context, domain::OrderId(id), choice).await {
        // The order may be allocated or cancelled while the page is open: this is not an error of the caller.
        Err(engine::Error::Rejected(OrderAlreadyAllocated { .. } | OrderShipped(_) | OrderCancelled(_))) => {
            Ok(None)
        }
        preview => ssr::respond(preview).map(Some),
    }
}

/// Cancels an order. Its allocated units return to stock.
#[server(prefix = "/rpc", endpoint = "cancel_order", protocol = WriteCall)]
pub async fn cancel_order(id: i64) -> Result<OrderCancelled, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::WriteOrders)?;
    ssr::respond_to_command(engine.order_cancel(&context, domain::OrderId(id)).await)
}
