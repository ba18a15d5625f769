//! Conversions of search results.

use crate::*;

/// Returns the name of a state, as JSON has it.
fn state_name(state: &impl serde::Serialize) -> Option<String> {
    serde_json::to_value(state).ok()?.as_str().map(str::to_owned)
}

fn numbered(kind: SearchKind, id: i64, href: String) -> SearchResult {
    SearchResult {
        kind,
        id: Some(id),
        title: format!("#{id}"),
        subtitle: None,
        state: None,
        quantity: 0,
        href,
    }
}

impl From<domain::Item> for SearchResult {
    fn from(item: domain::Item) -> Self {
        Self {
            title: item.name,
            subtitle: item.sku,
            state: item.archived_at.map(|_| "archived".to_owned()),
            quantity: item.quantity.into(),
            ..numbered(SearchKind::Item, item.id.0, links::item(item.id.0))
        }
    }
}

impl From<domain::FoundOrder> for SearchResult {
    fn from(order: domain::FoundOrder) -> Self {
        Self {
            subtitle: order.reference,
            state: state_name(&OrderStatus::from(order.status)),
            quantity: order.units,
            ..numbered(SearchKind::Order, order.id.0, links::order(order.id.0))
        }
    }
}

impl From<domain::Block> for SearchResult {
    fn from(block: domain::Block) -> Self {
        Self {
            subtitle: Some(block.item_name),
            state: state_name(&BlockState::from(block.state)),
            quantity: block.quantity.into(),
            ..numbered(SearchKind::Block, block.id.0, links::block(block.id.0))
        }
    }
}

impl From<domain::Cart> for SearchResult {
    fn from(cart: domain::Cart) -> Self {
        Self {
            quantity: cart.lines.iter().map(|line| i64::from(line.quantity)).sum(),
            state: state_name(&CartState::from(cart.state)),
            subtitle: cart.reference.map(|reference| reference.to_string()),
            ..numbered(SearchKind::Cart, cart.id.0, links::cart(cart.id.0))
        }
    }
}

impl From<domain::Category> for SearchResult {
    fn from(category: domain::Category) -> Self {
        Self {
            kind: SearchKind::Category,
            id: None,
            href: links::category(&category.name),
            title: category.name,
            subtitle: None,
            state: None,
            quantity: category.units_available,
        }
    }
}

impl From<domain::Warehouse> for SearchResult {
    fn from(warehouse: domain::Warehouse) -> Self {
        Self {
            title: warehouse.name,
            subtitle: Some(warehouse.code),
            quantity: warehouse.units_available,
            ..numbered(SearchKind::Warehouse, warehouse.id.0, links::warehouse(warehouse.id.0))
        }
    }
}

impl From<domain::SearchResults> for SearchResults {
    fn from(found: domain::SearchResults) -> Self {
        let domain::SearchResults { items, orders, blocks, carts, categories, warehouses } = found;
        let results = items.into_iter().map(SearchResult::from);
        let results = results.chain(orders.into_iter().map(SearchResult::from));
        let results = results.chain(blocks.into_iter().map(SearchResult::from));
        let results = results.chain(carts.into_iter().map(SearchResult::from));
        let results = results.chain(categories.into_iter().map(SearchResult::from));
        let results = results.chain(warehouses.into_iter().map(SearchResult::from));
        Self { results: results.collect() }
    }
}
