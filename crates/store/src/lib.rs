//! PostgreSQL: the schema and every statement, one file per noun.
//!
//! **Invariant:** no HTTP, no Leptos, and no decisions. The rules are in `domain`; this crate reads rows, locks them, and
//! writes the decided changes. Statements are checked at compile time against the committed `.sqlx` data.

mod activity;
mod advisory_locks;
mod archive;
mod audit;
mod availability;
mod block_lists;
mod block_sorts;
mod blocks;
mod categories;
mod cause;
mod clients;
mod connect;
mod copy;
mod error;
mod events;
mod expiry;
mod health;
mod history;
mod idempotency;
mod identity;
mod impairment;
mod imports;
mod item_levels;
mod item_lists;
mod items;
mod keys;
mod ledger;
mod ledger_archive;
mod list_routing;
mod listener;
mod lists;
mod monitor;
mod movements;
mod name_search;
mod node;
mod notifications;
mod openid;
mod operating;
mod order_lines;
mod order_lists;
mod order_queue;
mod order_summaries;
mod orders;
mod overview;
mod people;
mod pinned_connection;
mod pool;
mod pool_metrics;
mod pool_states;
mod pooler;
mod pooler_problem;
mod reconcile;
mod replica;
mod saved_views;
mod schema;
mod schema_state;
mod search;
mod seed;
mod session;
mod sessions;
mod settings;
mod shared_read;
mod shop_error;
mod shop_nodes;
mod shops;
mod signals;
mod statement_migrator;
mod stock;
mod stock_availability;
mod stock_drafts;
mod stock_lists;
#[cfg(feature = "testing")]
pub mod testing;
mod totals;
mod transaction;
mod unavailability;
mod unsellable;
mod url_check;
mod waiting;
mod warehouses;
mod webhooks;

pub use activity::{RefusedCount, WAITING_COUNTED_MAX};
pub use audit::AuditExpiry;
pub use categories::{MovedItems, RenameBegun};
pub use cause::Cause;
pub use clients::VerifiedToken;
pub use connect::{Store, create_database};
pub use error::{Error, Result};
pub use events::{EVENTS_CHANNEL, EventPage};
pub use expiry::{ItemWithExpired, ReclaimedBatch};
pub use health::DatabaseHealth;
pub use history::{
    History, HistoryBlock, HistoryCart, HistoryItem, HistoryLevel, HistoryMovement, HistoryOrder,
    HistorySignal, HistoryWarehouse,
};
pub use idempotency::ResponseRecord;
pub use identity::{DatabaseIdentity, Generation};
pub use impairment::Impairment;
pub use imports::{
    Import, ImportApplication, ImportClaim, ImportRow, ImportRowFilter, RememberedChoices, import_event,
};
pub use item_levels::{ItemSums, ScannedLevels, UnitSums};
pub use keys::{KeyReader, ResolvedKeys, SkuReader, TakenKey};
pub use ledger::{LowWatermark, OpenTransaction};
pub use ledger_archive::{ArchivePart, ArchivePosition, ArchivedRow, NextArchivePart};
pub use list_routing::with_freshness;
pub use listener::Listener;
pub use node::Node;
pub use openid::OpenIdAttempt;
pub use operating::{COUNTED_MAX, ImportCounts, OperatingCounts, WalArchive};
pub use overview::{ActivityRow, HotRow};
pub use people::SignInRecord;
pub use pinned_connection::PinnedConnection;
pub use pool_states::PoolState;
pub use pooler_problem::PoolerProblem;
pub use reconcile::{ArchivedSums, Audit, Discrepancy, DiscrepancyKind};
pub use replica::{ReplicaReads, ReplicaState};
pub use schema_state::SchemaState;
pub use seed::{LoadProgress, SeedItem};
pub use sessions::VerifiedSession;
pub use settings::{SessionSettings, Settings};
pub use shop_error::ShopError;
pub use shops::{Shop, Shops, shop_schema};
pub use signals::SignalPage;
pub use stock::{
    CartRecord, Expected, ExpiredBlocks, LevelSelection, LevelWithExpired, LockHolder, LockedBlocks,
    LockedLevels, PlacedBlocks, Placement, RequestedRows, RowKey, StockWithExpired, WriteOutcome,
};
pub use stock_availability::AvailabilityRead;
pub use totals::{SumsDelta, SumsSnapshot};
pub use transaction::WriteTransaction;
pub use url_check::{InvalidUrl, check_url};
pub use warehouses::WarehouseIds;
pub use webhooks::{
    NewDelivery, ParkedEvent, ParkedRow, WebhookCounts, WebhookLease, WebhookProgress, webhook_event,
};
