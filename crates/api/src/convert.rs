//! Conversions between the wire types and the domain's and engine's types.

mod access;
mod activity;
mod blocks;
mod events;
mod items;
pub(crate) use items::low_stock;
mod lists;
mod order_parts;
mod orders;
mod overview;
mod search;
mod sourcing;
pub(crate) mod webhooks;
