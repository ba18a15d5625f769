//! Conversions between the wire types and the domain's and engine's types.

mod access;
mod blocks;
mod events;
mod items;
pub(crate) use items::low_stock;
mod orders;
mod overview;
