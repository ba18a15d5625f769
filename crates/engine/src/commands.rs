//! Commands: the public methods that change something.

pub(crate) mod blocks;
pub(crate) mod bulk;
pub(crate) mod categories;
pub(crate) mod import;
pub(crate) mod items;
pub(crate) mod orders;
pub(crate) mod warehouses;
