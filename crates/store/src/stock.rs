//! Reads and writes of stock batches.
//!
//! A batch is a set of requests that one transaction answers. There are two ways to write it:
//!
//! * The *optimistic path* decides on cached rows. One statement locks the rows, compares them with the cached values
//!   and changes them ([`optimistic_write`], [`optimistic_place`]).
//! * The *locked path* locks and reads the rows first ([`locked_reads`]), decides, and writes in the same transaction
//!   ([`locked_write`]).
//!
//! All transactions lock in the same order, which prevents deadlocks: references by hash, then orders by id, stock
//! levels by (item, warehouse), blocks by id, and items by id.

mod backlog;
mod carts;
mod change_events;
mod columns;
mod ids;
mod locked_reads;
mod locked_write;
mod optimistic_place;
mod optimistic_write;
mod order_columns;
mod row_locks;
mod shipping;
mod sourcing;

pub use backlog::{LevelWithExpired, StockWithExpired};
pub use carts::CartRecord;
pub use locked_reads::{ExpiredBlocks, LevelSelection, LockedBlocks, LockedLevels};
pub use optimistic_place::{PlacedBlocks, Placement};
pub use optimistic_write::{Expected, WriteOutcome};
pub use row_locks::{LockHolder, RequestedRows, RowKey};
