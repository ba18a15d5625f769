//! Commands and queries on stock, items and orders.
//!
//! Concurrent commands that change stock are *batched*. They queue in memory; a worker decides all queued commands,
//! commits one transaction and answers every caller after the commit. See [`batching`].
//!
//! **Invariant:** no HTTP, no Leptos, no SQL. Rules are in `domain`, statements in `store`.

mod aggregates;
mod archive_settings;
mod background;
pub mod batching;
mod cache;
mod clock;
mod commands;
mod context;
mod engine;
mod error;
mod events;
mod failures;
mod idempotency;
mod ids;
mod imports;
mod items;
mod keys_by_id;
mod lifecycle;
mod metrics;
mod queries;
mod refusals;
mod response;
mod settings;
mod stock;
mod trace;
mod waiting_queue;
mod webhooks;
mod writer;

pub use archive_settings::{ARCHIVE_INTERVAL, ARCHIVE_ROWS_MAX, ArchiveRows, ArchiveSettings, ArchiveWriter};
pub use background::archive::{ArchiveError, Archived};
pub use background::expiry::CleanUp;
pub use background::failing_items::FailingItem;
pub use cache::availability::CachedAvailability;
pub use cache::held_units::HeldUnits;
pub use cache::json::{CachedJson, JsonBytes};
pub use commands::bulk::{BlockOutcome, BulkOutcome};
pub use context::{Context, Idempotency};
pub use engine::Engine;
pub use error::{Error, Result};
pub use events::feed::FeedLag;
pub use events::notifier::Topic;
pub use events::page::{ChangePage, EVENTS_MAX};
pub use events::subscription::Subscription;
pub use failures::{Failure, FailureCause};
pub use imports::{IMPORT_PAGE_MAX, ImportUpload};
pub use keys_by_id::{KeysById, WithKeys};
pub use metrics::{OperatingReport, QueueMetrics, QueueState, StockPath};
pub use queries::activity::ActivityReport;
pub use queries::events::EventPage;
pub use queries::health::HealthReport;
pub use queries::notifications::Notifications;
pub use queries::overview::Overview;
pub use response::{
    CategoryRenamed, CommandResult, DocumentLine, DocumentOutcome, LineState, Response, ResponseSerializer,
    StoredResponse,
};
pub use settings::Settings;
pub use stock::FallbackReason;
pub use store::{
    COUNTED_MAX, DatabaseHealth, Impairment, Import, ImportCounts, ImportRow, ImportRowFilter,
    OpenTransaction, OperatingCounts, PoolState, ReplicaReads, ReplicaState, SchemaState, WebhookCounts,
};
pub use supervision::{WorkerHealth, WorkerState};
pub use trace::{BatchSpan, LogScope, SpanId, SpanSink, TraceContext, TraceId};
pub use webhooks::{FeedEvent, SetAsideEvent, WebhookSettings, WebhookTransport};
