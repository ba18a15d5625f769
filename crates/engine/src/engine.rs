//! The handle of the engine, and its shared state.

use crate::Settings;
use crate::aggregates::activity::Activity;
use crate::aggregates::hours::HourlyActivity;
use crate::aggregates::totals::Totals;
use crate::background::failing_items::FailingItems;
use crate::batching::queue::BatchQueue;
use crate::cache::blocks::BlockCache;
use crate::cache::category_order::CategoryOrder;
use crate::cache::held_units::HeldUnitsCache;
use crate::cache::keys::KeyCache;
use crate::cache::levels::LevelCache;
use crate::cache::single_flight::SingleFlight;
use crate::cache::top_lists::TopListCache;
use crate::events::feed::Feed;
use crate::events::notifier::CommitNotifier;
use crate::failures::Failures;
use crate::ids::IdPool;
use crate::imports::tasks::ImportTasks;
use crate::items::availability::AvailabilityBatch;
use crate::items::create::CreateBatch;
use crate::items::read::ReadBatch;
use crate::keys_by_id::AnswerKeys;
use crate::metrics::OperatingReport;
use crate::queries::item_levels::Levels;
use crate::stock::backlog::BacklogBatch;
use crate::stock::document::DocumentWriter;
use crate::stock::shortages::Shortages;
use crate::stock::{FallbackCounts, FallbackReason, StockBatch};
use crate::waiting_queue::WaitingQueue;
use crate::webhooks::state::Webhooks;
use crate::writer::Writer;
use std::sync::{Arc, Mutex};
use store::Store;
use supervision::WorkerStatus;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The commands and queries of the service. Cheap to clone: clones share queues and caches.
#[derive(Clone)]
pub struct Engine {
    pub(crate) shared: Arc<Shared>,
}

/// The state that all clones of an [`Engine`] share.
pub(crate) struct Shared {
    pub(crate) store: Store,
    pub(crate) settings: Settings,
    pub(crate) stock: Vec<BatchQueue<StockBatch>>,
    /// Decides requests that lack units of items with many expired blocks.
    pub(crate) backlog: BatchQueue<BacklogBatch>,
    pub(crate) documents: DocumentWriter,
    pub(crate) writer: Writer,
    /// Reserved ids of blocks for the work on imports.
    pub(crate) import_ids: IdPool,
    /// Notified when an import has to be worked on.
    pub(crate) imports: ImportTasks,
    pub(crate) shortages: Arc<Shortages>,
    pub(crate) fallbacks: Arc<FallbackCounts>,
    pub(crate) creation: Vec<BatchQueue<CreateBatch>>,
    pub(crate) reading: BatchQueue<ReadBatch>,
    pub(crate) availability: BatchQueue<AvailabilityBatch>,
    pub(crate) top_lists: Arc<TopListCache>,
    pub(crate) notifier: Arc<CommitNotifier>,
    pub(crate) feed: Arc<Feed>,
    pub(crate) failures: Arc<Failures>,
    pub(crate) levels: Arc<LevelCache>,
    pub(crate) keys: Arc<KeyCache>,
    pub(crate) blocks: Arc<BlockCache>,
    pub(crate) answer_keys: AnswerKeys,
    pub(crate) activity: Activity,
    pub(crate) hours: HourlyActivity,
    /// The totals without the categories.
    pub(crate) totals: SingleFlight<domain::StockTotals>,
    /// The items of all warehouses that run out first.
    pub(crate) running_out: SingleFlight<Vec<domain::RunningOut>>,
    /// The notifications of all principals.
    pub(crate) notifications: SingleFlight<Vec<domain::Notification>>,
    /// The counts for metrics.
    pub(crate) operating: SingleFlight<OperatingReport>,
    pub(crate) schema: SingleFlight<store::SchemaState>,
    pub(crate) sums: Totals,
    pub(crate) category_order: CategoryOrder,
    pub(crate) item_levels: Levels,
    pub(crate) held_units: HeldUnitsCache,
    pub(crate) waiting: WaitingQueue,
    pub(crate) webhooks: Webhooks,
    /// `true` after [`Engine::drain`] was called.
    pub(crate) stopping: watch::Sender<bool>,
    /// The state of every queue's worker and of every background task.
    pub(crate) workers: Vec<Arc<WorkerStatus>>,
    pub(crate) failing_items: FailingItems,
    pub(crate) tasks: Mutex<Vec<Task>>,
}

/// A worker or background task.
pub(crate) type Task = (Arc<WorkerStatus>, JoinHandle<()>);

impl Engine {
    /// Returns how often batches of stock requests fell back to a slower strategy since the engine started, by reason.
    pub fn fallback_counts(&self) -> [(FallbackReason, u64); FallbackReason::ALL.len()] {
        self.shared.fallbacks.get()
    }

    /// Returns the settings in force.
    pub fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    /// Returns the threshold of low stock, in units on hand, of items without one of their own.
    pub fn low_stock_default(&self) -> i32 {
        self.shared.settings.low_stock_units
    }

    /// Returns whether lists may be read from a replica.
    pub fn has_replica(&self) -> bool {
        self.store().has_replica()
    }

    /// Returns a position in the database's log after all acknowledged changes; `None` if the database does not answer.
    pub async fn log_position(&self) -> Option<domain::LogPosition> {
        self.store().log_position().await
    }

    /// Returns the counts of lists by the database that they were read from; `None` without a replica.
    pub fn replica_reads(&self) -> Option<store::ReplicaReads> {
        self.store().replica_reads()
    }

    /// Returns whether webhooks may have private addresses.
    pub fn webhooks_allow_private(&self) -> bool {
        self.shared.settings.webhooks.allows_private
    }

    /// Returns the most bytes of an imported file.
    pub fn import_bytes_max(&self) -> u64 {
        self.shared.settings.import_bytes_max
    }

    pub(crate) fn store(&self) -> &Store {
        &self.shared.store
    }
}
