//! PostgreSQL: the schema and every statement, one file per noun.
//!
//! **Invariant:** no HTTP, no Leptos, and no decisions. The rules are in `domain`; this crate reads rows, locks them, and
//! writes the decided changes. Statements are checked at compile time against the committed `.sqlx` data.

mod advisory_locks;
mod archive;
mod audit;
mod availability;
mod block_lists;
mod blocks;
mod categories;
mod cause;
mod clients;
mod connect;
mod error;
mod events;
mod expiry;
mod health;
mod idempotency;
mod identity;
mod impairment;
mod imports;
mod item_levels;
mod item_lists;
mod items;
mod keys;
mod ledger;
mod list_routing;
mod listener;
mod monitor;
mod movements;
mod name_search;
mod openid;
mod orders;
mod overview;
mod people;
mod pinned_connection;
mod pool;
mod reconcile;
mod replica;
mod schema;
mod schema_state;
mod seed;
mod session;
mod sessions;
mod signals;
mod stock;
mod stock_availability;
mod stock_lists;
#[cfg(feature = "testing")]
pub mod testing;
mod totals;
mod transaction;
mod warehouses;

pub use categories::{MovedItems, RenameBegun};
pub use cause::Cause;
pub use clients::VerifiedToken;
pub use connect::{Settings, Store, create_database};
pub use error::{Error, Result};
pub use events::{EVENTS_CHANNEL, EventPage};
pub use expiry::{ItemWithExpired, ReclaimedBatch};
pub use health::DatabaseHealth;
pub use idempotency::ResponseRecord;
pub use identity::{DatabaseIdentity, Generation};
pub use impairment::Impairment;
pub use imports::{
    Import, ImportApplication, ImportClaim, ImportRow, ImportRowFilter, RememberedChoices, import_event,
};
pub use item_levels::{ItemSums, ScannedLevels, UnitSums};
pub use keys::{KeyReader, ResolvedKeys, SkuReader, TakenKey};
pub use ledger::{LowWatermark, OpenTransaction};
pub use listener::Listener;
pub use openid::OpenIdAttempt;
pub use overview::{ActivityRow, HotRow};
pub use people::SignInRecord;
pub use pinned_connection::PinnedConnection;
pub use reconcile::{Audit, Discrepancy, DiscrepancyKind};
pub use replica::ReplicaState;
pub use schema_state::SchemaState;
pub use seed::{LoadProgress, SeedItem};
pub use sessions::VerifiedSession;
pub use signals::SignalPage;
pub use stock::{
    CartRecord, Expected, ExpiredBlocks, LevelSelection, LevelWithExpired, LockHolder, LockedBlocks,
    LockedLevels, PlacedBlocks, Placement, RequestedRows, RowKey, StockWithExpired, WriteOutcome,
};
pub use stock_availability::AvailabilityRead;
pub use totals::{SumsDelta, SumsSnapshot};
pub use transaction::WriteTransaction;
pub use warehouses::WarehouseIds;
