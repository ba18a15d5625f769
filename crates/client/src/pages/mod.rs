//! The pages: one module per route.

pub mod blocks;
pub mod categories;
pub mod category;
pub mod item;
pub mod items;
pub mod order;
pub mod order_new;
pub mod orders;
pub mod overview;
pub mod warehouse;
pub mod warehouses;
