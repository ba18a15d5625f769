//! Limits that errors and types share.

/// The maximum number of units of a quantity: the maximum of PostgreSQL's `integer`.
pub const UNITS_MAX: i32 = i32::MAX;
