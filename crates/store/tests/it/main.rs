//! Statements on a real PostgreSQL: one binary, so that they link once.

mod active_blocks;
mod allocate_inventory;
mod allowed_warehouses;
mod audit;
mod damage;
mod distribution;
mod ended_blocks;
mod keys;
mod ledger;
mod locked_reads;
mod migrations;
mod names;
mod optimistic_place;
mod optimistic_write;
mod order_lists;
mod outages;
mod plans;
mod pooler;
mod reconcile;
mod references;
mod sessions;
mod settings;
mod signals;
mod webhook_leases;
