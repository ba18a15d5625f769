//! Background tasks.

pub(crate) mod archive;
pub(crate) mod expiry;
pub(crate) mod failing_items;
pub(crate) mod pacer;
pub(crate) mod refusals;
pub(crate) mod signals;
pub(crate) mod waiting;
