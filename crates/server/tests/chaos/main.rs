//! Servers, PostgreSQL and the network between them fail under load. After each failure everything that was
//! acknowledged is there, the books add up exactly, and the time until the service works again is printed.

#[path = "../it/program.rs"]
mod program;
#[path = "../it/standby.rs"]
mod standby;

mod backlog;
mod checks;
mod client;
mod crashes;
mod failover;
mod frozen;
mod locked;
mod panicking;
mod sale;
mod shop;
mod world;
