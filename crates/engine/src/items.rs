//! Batches that create and read items.

pub(crate) mod availability;
pub(crate) mod create;
pub(crate) mod read;
