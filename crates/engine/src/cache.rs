//! Caches of committed rows and of serialized responses.

pub(crate) mod availability;
pub(crate) mod blocks;
pub(crate) mod category_order;
pub(crate) mod generational;
pub(crate) mod held_units;
pub(crate) mod items;
pub(crate) mod json;
pub(crate) mod keys;
pub(crate) mod levels;
pub(crate) mod single_flight;
pub(crate) mod skus;
pub(crate) mod top_lists;
pub(crate) mod warehouses;
