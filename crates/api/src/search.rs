use serde::{Deserialize, Serialize};

/// The kind of a search result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum SearchKind {
    Item,
    Order,
    Block,
    Cart,
    Category,
    Warehouse,
}

/// A search result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SearchResult {
    pub kind: SearchKind,
    /// Null for a category.
    pub id: Option<i64>,
    /// The name of an item, a category or a warehouse; `#` and the id of the others.
    pub title: String,
    /// The SKU of an item, the reference of an order or a cart, the name of a block's item, or the code of a warehouse.
    pub subtitle: Option<String>,
    /// The status of an order, or the state of a block or a cart. `archived` for an archived item.
    pub state: Option<String>,
    /// The available units of an item, a category or a warehouse; the units of the others.
    pub quantity: i64,
    /// The path of its page in the console.
    pub href: String,
}

/// The results of a search.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SearchResults {
    /// Items, then orders, blocks, carts, categories and warehouses; the best of each kind first.
    pub results: Vec<SearchResult>,
}
