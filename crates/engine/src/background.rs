//! Background tasks and their supervision.

pub(crate) mod expiry;
pub(crate) mod failing_items;
pub(crate) mod pacer;
pub(crate) mod repeated_failure;
pub(crate) mod supervise;
