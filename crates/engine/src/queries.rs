//! Queries: the public methods that only read.

mod blocks;
mod carts;
mod categories;
mod changes;
mod downloads;
pub(crate) mod events;
pub(crate) mod health;
pub(crate) mod item_levels;
mod items;
mod keys;
mod orders;
pub(crate) mod overview;
mod warehouses;
