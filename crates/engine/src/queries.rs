//! Queries: the public methods that only read.

pub(crate) mod activity;
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
pub(crate) mod notifications;
mod operating;
mod orders;
pub(crate) mod overview;
mod search;
mod unavailability;
mod warehouses;
