//! The search, the totals of lists, actions on several rows, and saved views.

#[cfg(feature = "ssr")]
use super::ssr;
use crate::rpc_protocol::{ReadCall, WriteCall};
use crate::*;
use leptos::prelude::*;

/// Finds items, orders, blocks, carts, categories and warehouses. `limit`: the most results of each kind.
#[server(prefix = "/rpc", endpoint = "search", protocol = ReadCall)]
pub async fn search(q: String, limit: Option<i64>) -> Result<SearchResults, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::ReadStock)?;
    let query = domain::SearchQuery::new(&q, limit).map_err(ssr::rejection)?;
    ssr::respond(engine.search(&context, query).await)
}

/// Returns the id of the item with a barcode or, if no item has the barcode, with an SKU.
#[server(prefix = "/rpc", endpoint = "scan_item", protocol = ReadCall)]
pub async fn scan_item(code: String) -> Result<Option<i64>, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::ReadStock)?;
    let item = engine.item_by_code(&context, &code).await.map_err(problem_from)?;
    Ok(item.map(|item| item.0))
}

/// Returns the number of items of a list, and the sum of their units. The filters are those of `list_items`.
#[cfg(feature = "ssr")]
pub async fn count_items(
    category: Option<String>,
    q: Option<String>,
    warehouse: Option<i64>,
    low: Option<String>,
) -> Result<Total, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::ReadStock)?;
    let query = domain::ItemQuery::new(category, q, domain::ItemSort::Id, None, None)
        .and_then(|query| ssr::with_low(query, warehouse, low.as_deref(), engine.low_stock_default()))
        .map_err(ssr::rejection)?;
    ssr::respond(engine.item_total(&context, query).await)
}

/// Returns the number of orders that match the filter.
#[cfg(feature = "ssr")]
pub async fn count_orders(filter: OrderFilter) -> Result<Total, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::ReadStock)?;
    let filter = filter.resolve(&engine, &context).await.map_err(problem_from)?;
    ssr::respond(engine.order_total(&context, filter).await)
}

/// Lists a page of the active and permanent blocks that match the filter, newest first; those that expire soon, soonest first.
#[server(prefix = "/rpc", endpoint = "find_blocks", protocol = ReadCall)]
pub async fn find_blocks(
    #[server(default)] filter: BlockFilter,
    limit: Option<i64>,
    after: Option<String>,
) -> Result<Page<Block>, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::ReadStock)?;
    if filter.is_expiring() {
        let query = filter.expiring_query(limit, after).map_err(ssr::rejection)?;
        return ssr::respond(engine.blocks_expiring(&context, query).await);
    }
    let query = filter.query(limit, after).map_err(ssr::rejection)?;
    ssr::respond(engine.block_list(&context, query).await)
}

/// Returns the number of active and permanent blocks that match the filter, and the sum of their units.
#[cfg(feature = "ssr")]
pub async fn count_blocks(filter: BlockFilter) -> Result<Total, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::ReadStock)?;
    if filter.is_expiring() {
        let query = filter.expiring_query(None, None).map_err(ssr::rejection)?;
        return ssr::respond(engine.expiring_total(&context, query).await);
    }
    let query = filter.query(None, None).map_err(ssr::rejection)?;
    ssr::respond(engine.block_total(&context, query).await)
}

/// Changes the category or the threshold of several items, or archives them. Each item succeeds or fails independently.
#[server(prefix = "/rpc", endpoint = "act_on_items", protocol = WriteCall)]
pub async fn act_on_items(request: crate::ActOnItems) -> Result<Vec<BulkOutcome>, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::WriteItems)?;
    let request = request.try_into().map_err(ssr::rejection)?;
    ssr::respond_list(engine.items_act(&context, request).await)
}

/// Allocates the available units of several orders, or cancels them. Each order succeeds or fails independently.
#[server(prefix = "/rpc", endpoint = "act_on_orders", protocol = WriteCall)]
pub async fn act_on_orders(action: OrderAction, ids: Vec<i64>) -> Result<Vec<BulkOutcome>, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::WriteOrders)?;
    let ids = ids.into_iter().map(domain::OrderId).collect();
    let request = domain::BulkOrderAction::new(action.into(), ids).map_err(ssr::rejection)?;
    ssr::respond_list(engine.orders_act(&context, request).await)
}

/// Returns all saved views, by list and name.
#[server(prefix = "/rpc", endpoint = "list_views", protocol = ReadCall)]
pub async fn list_views() -> Result<Vec<SavedView>, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::ReadStock)?;
    ssr::respond_list(engine.view_list(&context).await)
}

/// Saves the query of a list under a name. A view of the same name in the list is replaced.
#[server(prefix = "/rpc", endpoint = "save_view", protocol = WriteCall)]
pub async fn save_view(list: String, name: String, query: String) -> Result<SavedView, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::ReadStock)?;
    let view = domain::NewView::new(&list, &name, &query).map_err(ssr::rejection)?;
    ssr::respond(engine.view_save(&context, view).await)
}

/// Renames a saved view: one's own, or any with the permission to change items.
#[server(prefix = "/rpc", endpoint = "rename_view", protocol = WriteCall)]
pub async fn rename_view(id: i64, name: String) -> Result<SavedView, Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::ReadStock)?;
    let name = domain::ViewName::new(&name).map_err(ssr::rejection)?;
    ssr::respond(engine.view_rename(&context, id, name).await)
}

/// Deletes a saved view: one's own, or any with the permission to change items.
#[server(prefix = "/rpc", endpoint = "delete_view", protocol = WriteCall)]
pub async fn delete_view(id: i64) -> Result<(), Problem> {
    let (engine, context) = ssr::authorize(domain::Permission::ReadStock)?;
    engine.view_delete(&context, id).await.map_err(problem_from)
}
