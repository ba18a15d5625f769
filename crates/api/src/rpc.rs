//! The server functions: what the console asks and does, callable by any HTTP client under
//! `/rpc/<name>`, JSON in and out, GET for reads. Each body is one call into the engine.

use crate::wire::{Ask, Tell};
use crate::*;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
mod host {
    use crate::{Problem, problem_from};
    use engine::{Context, Engine};
    use leptos::prelude::use_context;
    use serde::de::DeserializeOwned;

    /// The engine and the context of this request, which the server provides.
    pub(super) fn engine() -> Result<(Engine, Context), Problem> {
        match (use_context::<Engine>(), use_context::<Context>()) {
            (Some(engine), Some(context)) => Ok((engine, context)),
            _ => Err(Problem::new(500, "internal", "Something went wrong", "The engine is not at hand.")),
        }
    }

    /// The engine's answer on the wire; one that is kept under an idempotency key is read back.
    pub(super) fn answer<T, U: From<T> + DeserializeOwned>(
        result: Result<T, engine::Error>,
    ) -> Result<U, Problem> {
        match result {
            Err(engine::Error::Answered(reply)) if reply.status < 400 => serde_json::from_slice(&reply.body)
                .map_err(|_| {
                    let detail = "This key was used before, with another function.";
                    Problem::new(
                        422,
                        "idempotency_key_reused",
                        "The idempotency key belongs to another request",
                        detail,
                    )
                }),
            other => other.map(U::from).map_err(problem_from),
        }
    }

    /// The same of what may find too few units: a refusal tells the way out of it.
    pub(super) async fn answer_explained<T, U: From<T> + DeserializeOwned>(
        engine: &Engine,
        result: Result<T, engine::Error>,
    ) -> Result<U, Problem> {
        match result {
            Err(error) if !matches!(error, engine::Error::Answered(_)) => {
                Err(crate::explained(engine, error).await)
            }
            other => answer(other),
        }
    }

    /// The same for a list.
    pub(super) fn answer_all<T, U: From<T>>(
        result: Result<Vec<T>, engine::Error>,
    ) -> Result<Vec<U>, Problem> {
        result.map(|all| all.into_iter().map(U::from).collect()).map_err(problem_from)
    }

    /// A refusal of the rules on the wire.
    pub(super) fn refuse(error: domain::Error) -> Problem {
        problem_from(error.into())
    }
}

/// How the stock stands, and what happened of late.
#[server(prefix = "/rpc", endpoint = "overview", protocol = Ask)]
pub async fn overview() -> Result<crate::Overview, Problem> {
    let (engine, context) = host::engine()?;
    host::answer(engine.overview(&context).await)
}

/// Every category with its totals, by name.
#[server(prefix = "/rpc", endpoint = "list_categories", protocol = Ask)]
pub async fn list_categories() -> Result<Vec<Category>, Problem> {
    let (engine, context) = host::engine()?;
    host::answer_all(engine.category_list(&context).await)
}

/// Renames a category, or makes it one with another; with `dryRun` tells what would change.
#[server(prefix = "/rpc", endpoint = "rename_category", protocol = Tell)]
pub async fn rename_category(
    category: String,
    rename: crate::RenameCategory,
) -> Result<CategoryRenamed, Problem> {
    let (engine, context) = host::engine()?;
    let (from, to) = rename.of_category(&category).map_err(host::refuse)?;
    host::answer(engine.category_rename(&context, from, to, rename.dry_run).await)
}

/// The 100 items of highest quantity in a category.
#[server(prefix = "/rpc", endpoint = "top_items", protocol = Ask)]
pub async fn top_items(category: String) -> Result<crate::TopItems, Problem> {
    let (engine, context) = host::engine()?;
    engine
        .category_top(&context, &category)
        .await
        .map(|list| crate::TopItems::from(&**list))
        .map_err(problem_from)
}

/// A page of items: of a category, with `q` in their names, with a stock level in a warehouse, and of at most
/// `max_quantity` units (in that warehouse), where given.
#[server(prefix = "/rpc", endpoint = "list_items", protocol = Ask)]
pub async fn list_items(
    category: Option<String>,
    q: Option<String>,
    warehouse: Option<i64>,
    max_quantity: Option<i64>,
    sort: Option<ItemSort>,
    limit: Option<i64>,
    after: Option<String>,
) -> Result<Page<Item>, Problem> {
    let (engine, context) = host::engine()?;
    let sort = sort.unwrap_or_default().into();
    let query = domain::ItemQuery::new(category, q, sort, limit, after)
        .and_then(|query| query.with_stock_filter(warehouse, max_quantity))
        .map_err(host::refuse)?;
    host::answer(engine.item_list(&context, query).await)
}

/// One item.
#[server(prefix = "/rpc", endpoint = "get_item", protocol = Ask)]
pub async fn get_item(id: i64) -> Result<Item, Problem> {
    let (engine, context) = host::engine()?;
    host::answer(engine.item_get(&context, domain::ItemId(id)).await.map(|item| domain::Item::clone(&item)))
}

/// One item's units in each warehouse.
#[server(prefix = "/rpc", endpoint = "item_levels", protocol = Ask)]
pub async fn item_levels(id: i64) -> Result<Vec<StockLevel>, Problem> {
    let (engine, context) = host::engine()?;
    host::answer_all(engine.item_levels(&context, domain::ItemId(id)).await)
}

/// One item's history, newest first, each line with the units before and after it.
#[server(prefix = "/rpc", endpoint = "item_movements", protocol = Ask)]
pub async fn item_movements(
    id: i64,
    limit: Option<i64>,
    after: Option<String>,
) -> Result<Page<Movement>, Problem> {
    let (engine, context) = host::engine()?;
    let slice = domain::MovementQuery::new(limit, after).map_err(host::refuse)?;
    host::answer(engine.item_movements(&context, domain::ItemId(id), slice).await)
}

/// How one item's quantity went in the last hours: 1 to 2,160; 24 where absent.
#[server(prefix = "/rpc", endpoint = "item_history", protocol = Ask)]
pub async fn item_history(id: i64, hours: Option<i64>) -> Result<crate::ItemHistory, Problem> {
    let (engine, context) = host::engine()?;
    host::answer(engine.item_history(&context, domain::ItemId(id), hours).await)
}

/// Creates an item.
#[server(prefix = "/rpc", endpoint = "create_item", protocol = Tell)]
pub async fn create_item(item: crate::CreateItem) -> Result<Item, Problem> {
    let (engine, context) = host::engine()?;
    let item = item.try_into().map_err(host::refuse)?;
    host::answer(engine.item_create(&context, item).await)
}

/// Changes what describes an item.
#[server(prefix = "/rpc", endpoint = "update_item", protocol = Tell)]
pub async fn update_item(id: i64, changes: crate::UpdateItem) -> Result<Item, Problem> {
    let (engine, context) = host::engine()?;
    let changes = changes.try_into().map_err(host::refuse)?;
    host::answer(engine.item_update(&context, domain::ItemId(id), changes).await)
}

/// Imports items and stock out of a CSV file of at most 5,000 lines, each by itself; a dry run tells what would
/// change and which lines are wrong. A longer file comes in parts, each with the header; `first_line` is then
/// the number of the line behind it (2 where absent).
#[server(prefix = "/rpc", endpoint = "import_items", protocol = Tell)]
pub async fn import_items(
    csv: String,
    dry_run: bool,
    first_line: Option<i64>,
    /// So that a file that is sent again does nothing twice; the server takes it before this is called.
    idempotency_key: Option<String>,
) -> Result<ImportReport, Problem> {
    drop(idempotency_key);
    let (engine, context) = host::engine()?;
    let lines = table::read_items(&csv, first_line.unwrap_or(2)).map_err(host::refuse)?;
    let imported = engine.import(&context, lines, dry_run).await.map_err(problem_from)?;
    Ok(table::report(imported, dry_run))
}

/// Receives units into a stock level, or writes them off.
#[server(prefix = "/rpc", endpoint = "adjust_stock", protocol = Tell)]
pub async fn adjust_stock(id: i64, adjustment: crate::AdjustStock) -> Result<StockAdjusted, Problem> {
    let (engine, context) = host::engine()?;
    let adjustment = adjustment.for_item(id).map_err(host::refuse)?;
    host::answer_explained(&engine, engine.stock_adjust(&context, adjustment).await).await
}

/// Moves units of an item from one warehouse to another.
#[server(prefix = "/rpc", endpoint = "move_stock", protocol = Tell)]
pub async fn move_stock(id: i64, movement: crate::MoveStock) -> Result<StockMoved, Problem> {
    let (engine, context) = host::engine()?;
    let movement = movement.for_item(id).map_err(host::refuse)?;
    host::answer_explained(&engine, engine.stock_move(&context, movement).await).await
}

/// Every warehouse, by code.
#[server(prefix = "/rpc", endpoint = "list_warehouses", protocol = Ask)]
pub async fn list_warehouses() -> Result<Vec<Warehouse>, Problem> {
    let (engine, context) = host::engine()?;
    host::answer_all(engine.warehouse_list(&context).await)
}

/// A page of the items that lie in a warehouse, with `q` in their names where given.
#[server(prefix = "/rpc", endpoint = "warehouse_items", protocol = Ask)]
pub async fn warehouse_items(
    warehouse: i64,
    q: Option<String>,
    sort: Option<ItemSort>,
    limit: Option<i64>,
    after: Option<String>,
) -> Result<Page<WarehouseItem>, Problem> {
    let (engine, context) = host::engine()?;
    let sort = sort.unwrap_or_default().into();
    let query = domain::ItemQuery::new(None, q, sort, limit, after).map_err(host::refuse)?;
    host::answer(engine.warehouse_items(&context, domain::WarehouseId(warehouse), query).await)
}

/// Adds a warehouse.
#[server(prefix = "/rpc", endpoint = "create_warehouse", protocol = Tell)]
pub async fn create_warehouse(warehouse: crate::CreateWarehouse) -> Result<Warehouse, Problem> {
    let (engine, context) = host::engine()?;
    let warehouse = warehouse.try_into().map_err(host::refuse)?;
    host::answer(engine.warehouse_create(&context, warehouse).await)
}

/// A page of blocks, newest first.
#[server(prefix = "/rpc", endpoint = "list_blocks", protocol = Ask)]
pub async fn list_blocks(
    state: Option<BlockState>,
    item: Option<i64>,
    limit: Option<i64>,
    after: Option<String>,
) -> Result<Page<Block>, Problem> {
    let (engine, context) = host::engine()?;
    let query = domain::BlockQuery::new(state.map(Into::into), item, limit, after).map_err(host::refuse)?;
    host::answer(engine.block_list(&context, query).await)
}

/// A page of temporary blocks that expire within so many seconds (600 where absent), soonest first.
#[server(prefix = "/rpc", endpoint = "expiring_blocks", protocol = Ask)]
pub async fn expiring_blocks(
    within_seconds: Option<i64>,
    item: Option<i64>,
    limit: Option<i64>,
    after: Option<String>,
) -> Result<Page<Block>, Problem> {
    let (engine, context) = host::engine()?;
    let query = domain::ExpiringQuery::new(within_seconds, item, limit, after).map_err(host::refuse)?;
    host::answer(engine.blocks_expiring(&context, query).await)
}

/// A page of how blocks have ended, latest first.
#[server(prefix = "/rpc", endpoint = "ended_blocks", protocol = Ask)]
pub async fn ended_blocks(
    item: Option<i64>,
    limit: Option<i64>,
    after: Option<String>,
) -> Result<Page<EndedBlock>, Problem> {
    let (engine, context) = host::engine()?;
    let slice = domain::PageQuery::by_id(limit, after).map_err(host::refuse)?;
    host::answer(engine.blocks_ended(&context, item.map(domain::ItemId), slice).await)
}

/// Confirms, releases or extends several blocks, each by itself, and tells what became of each.
#[server(prefix = "/rpc", endpoint = "act_on_blocks", protocol = Tell)]
pub async fn act_on_blocks(request: crate::ActOnBlocks) -> Result<Vec<BlockOutcome>, Problem> {
    let (engine, context) = host::engine()?;
    let act = request.try_into().map_err(host::refuse)?;
    host::answer_all(engine.blocks_act(&context, act).await)
}

/// One block.
#[server(prefix = "/rpc", endpoint = "get_block", protocol = Ask)]
pub async fn get_block(id: i64) -> Result<Block, Problem> {
    let (engine, context) = host::engine()?;
    host::answer(engine.block_get(&context, domain::BlockId(id)).await)
}

/// Holds units of an item for a while.
#[server(prefix = "/rpc", endpoint = "place_block", protocol = Tell)]
pub async fn place_block(block: crate::PlaceBlock) -> Result<BlockPlaced, Problem> {
    let (engine, context) = host::engine()?;
    let request = block.try_into().map_err(host::refuse)?;
    host::answer_explained(&engine, engine.block_place(&context, request).await).await
}

/// Makes a temporary block permanent.
#[server(prefix = "/rpc", endpoint = "confirm_block", protocol = Tell)]
pub async fn confirm_block(id: i64) -> Result<BlockConfirmed, Problem> {
    let (engine, context) = host::engine()?;
    host::answer(engine.block_confirm(&context, domain::BlockId(id), None).await)
}

/// Gives a block's units back.
#[server(prefix = "/rpc", endpoint = "release_block", protocol = Tell)]
pub async fn release_block(id: i64) -> Result<BlockReleased, Problem> {
    let (engine, context) = host::engine()?;
    host::answer(engine.block_release(&context, domain::BlockId(id)).await)
}

/// Lets a block hold its units for longer.
#[server(prefix = "/rpc", endpoint = "extend_block", protocol = Tell)]
pub async fn extend_block(id: i64, extension: crate::ExtendBlock) -> Result<BlockExtended, Problem> {
    let (engine, context) = host::engine()?;
    let ttl = extension.try_into().map_err(host::refuse)?;
    host::answer(engine.block_extend(&context, domain::BlockId(id), ttl).await)
}

/// Gives back the units of every expired block.
#[server(prefix = "/rpc", endpoint = "cleanup_expired_blocks", protocol = Tell)]
pub async fn cleanup_expired_blocks() -> Result<ExpiredBlocksRemoved, Problem> {
    let (engine, context) = host::engine()?;
    host::answer(engine.blocks_expire(&context).await)
}

/// A page of orders, newest first.
#[server(prefix = "/rpc", endpoint = "list_orders", protocol = Ask)]
pub async fn list_orders(
    status: Option<OrderStatus>,
    limit: Option<i64>,
    after: Option<String>,
) -> Result<Page<Order>, Problem> {
    let (engine, context) = host::engine()?;
    let query = domain::OrderQuery::new(status.map(Into::into), limit, after).map_err(host::refuse)?;
    host::answer(engine.order_list(&context, query).await)
}

/// One order.
#[server(prefix = "/rpc", endpoint = "get_order", protocol = Ask)]
pub async fn get_order(id: i64) -> Result<Order, Problem> {
    let (engine, context) = host::engine()?;
    host::answer(engine.order_get(&context, domain::OrderId(id)).await)
}

/// Creates an order. It takes no stock yet.
#[server(prefix = "/rpc", endpoint = "create_order", protocol = Tell)]
pub async fn create_order(order: crate::CreateOrder) -> Result<Order, Problem> {
    let (engine, context) = host::engine()?;
    let order = order.try_into().map_err(host::refuse)?;
    host::answer(engine.order_create(&context, order).await)
}

/// Takes every line of an order out of one warehouse, or nothing.
#[server(prefix = "/rpc", endpoint = "allocate_order", protocol = Tell)]
pub async fn allocate_order(id: i64, allocation: crate::AllocateOrder) -> Result<OrderAllocation, Problem> {
    let (engine, context) = host::engine()?;
    let warehouse = domain::WarehouseId(allocation.warehouse_id);
    host::answer(engine.order_allocate(&context, domain::OrderId(id), warehouse).await)
}

/// What would become of an order in each warehouse if it were allocated now; nothing where it is not pending.
#[server(prefix = "/rpc", endpoint = "preview_order", protocol = Ask)]
pub async fn preview_order(id: i64) -> Result<Option<OrderPreview>, Problem> {
    use domain::Error::{OrderAlreadyAllocated, OrderCancelled};
    let (engine, context) = host::engine()?;
    match engine.order_preview(&context, domain::OrderId(id)).await {
        // Whoever looks at the order while somebody else allocates it has asked nothing wrong.
        Err(engine::Error::Refused(OrderAlreadyAllocated { .. } | OrderCancelled(_))) => Ok(None),
        preview => host::answer(preview).map(Some),
    }
}

/// Cancels an order; what it had taken goes back.
#[server(prefix = "/rpc", endpoint = "cancel_order", protocol = Tell)]
pub async fn cancel_order(id: i64) -> Result<OrderCancelled, Problem> {
    let (engine, context) = host::engine()?;
    host::answer(engine.order_cancel(&context, domain::OrderId(id)).await)
}
