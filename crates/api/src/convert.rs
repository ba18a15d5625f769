//! Conversions between the wire types and the domain's and engine's types.

mod access;
mod blocks;
mod events;
mod items;
mod orders;
mod overview;
