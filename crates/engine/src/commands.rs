//! Commands: the public methods that change something.

mod blocks;
pub(crate) mod bulk;
mod carts;
pub(crate) mod categories;
mod history;
mod items;
mod keyed;
pub(crate) mod once;
mod orders;
mod saved_views;
pub(crate) mod stock;
mod stock_documents;
mod stock_drafts;
mod warehouses;
