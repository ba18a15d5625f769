//! Sums over many rows, kept up to date from the ledger.

pub(crate) mod activity;
pub(crate) mod hours;
pub(crate) mod totals;
