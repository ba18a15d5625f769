//! Queries: the public methods that only read.

pub(crate) mod events;
pub(crate) mod health;
pub(crate) mod item_levels;
pub(crate) mod overview;
