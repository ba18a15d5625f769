//! The measurements of the scenario, their items, and their figures.

use std::collections::BTreeMap;

/// A measurement. The figures are rates per second, except for latencies (in seconds) and memory (in megabytes).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, clap::ValueEnum)]
pub enum Stage {
    /// The transaction that locks one row per block: 128 clients on one row, in PostgreSQL without the server.
    Pgbench,
    /// A handler that parses the same request and responds without accessing stock.
    Nothing,
    /// Blocks on one hot item.
    Hot,
    /// Blocks on one hot item, which each request names by its SKU.
    Sku,
    /// Blocks on one hot item, each request with the token of a client.
    Token,
    /// Blocks on one hot item, each with its own idempotency key.
    Keyed,
    /// Blocks on one hot item, without keys: of ten blocks, seven are confirmed and three released.
    Sale,
    /// Blocks over 10,000 items.
    Spread,
    /// Reads of one item by id, random over 50,000 items.
    Read,
    /// Reads of a category's top 100.
    Top,
    /// Reads of a static file of the same size.
    Static,
    /// Creating items.
    Create,
    /// The same rows written by PostgreSQL without the server.
    CreatePgbench,
    /// A single block on an idle server: the median latency.
    Lone,
    /// A single block by one statement in PostgreSQL without the server: the median latency.
    LonePgbench,
    /// Memory of the server with 1,000 connections under load.
    Memory,
    /// allocate_inventory in proportion to the loop.
    Allocate,
}

/// The items of the stages.
pub struct Stock {
    pub hot: i64,
    /// The SKU of `hot`.
    pub sku: String,
    pub spread: Vec<i64>,
    pub read: Vec<i64>,
    /// A category with one fifteenth of the items in `read`.
    pub category: &'static str,
    /// The token of a client that may place blocks.
    pub token: String,
}

/// The figures of each stage, one per round.
pub type Figures = BTreeMap<Stage, Vec<f64>>;
