//! Limits that errors and types share.

/// The maximum number of units of a quantity: the maximum of PostgreSQL's `integer`.
pub const UNITS_MAX: i32 = i32::MAX;

/// The units of an item after a receipt, up to which the receipt is granted without the sum of the units that may return
/// to stock: half of [`UNITS_MAX`]. A return can overflow only if more units than this are in blocks and orders.
pub const UNITS_RECEIVED_UNCHECKED_MAX: i64 = 1 << 30;

/// The maximum number of valid tokens of a client. A rotation needs two.
pub const CLIENT_TOKENS_MAX: usize = 2;
