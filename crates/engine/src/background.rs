//! Background tasks.

pub(crate) mod expiry;
pub(crate) mod failing_items;
pub(crate) mod pacer;
pub(crate) mod signals;
