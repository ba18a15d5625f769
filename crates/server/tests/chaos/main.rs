//! Servers, PostgreSQL and the network between them fail under load. After each failure every acknowledged effect is
//! there, the ledger agrees with the stock exactly, and the recovery time is printed.

#[path = "../it/binary.rs"]
mod binary;
#[path = "../it/standby.rs"]
mod standby;

mod backlog;
mod checks;
mod client;
mod crashes;
mod failover;
mod frozen;
mod imports;
mod load;
mod locked;
mod panicking;
mod service;
mod test_bed;
