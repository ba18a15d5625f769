//! What one can ask of the stock, and how it is done fast and safely.
//!
//! Requests that change stock are *combined*: they queue in memory, and a worker takes whatever has queued,
//! decides it all in one transaction, commits once and answers everyone. See [`batching`].
//!
//! **Invariant:** no HTTP, no Leptos, no SQL. Rules are in `domain`, statements in `store`.

mod aggregates;
mod background;
pub mod batching;
mod cache;
mod clock;
mod commands;
mod error;
mod events;
mod failures;
mod idempotency;
mod ids;
mod items;
mod queries;
mod settings;
mod stock;

pub use background::expiry::CleanUp;
pub use cache::json::{Rendered, Rendering};
pub use commands::bulk::BlockOutcome;
pub use commands::categories::CategoryRenamed;
pub use commands::import::{Done, ImportLine, Imported};
pub use error::Error;
pub use events::notifier::{EVENTS_MAX, EventPage, Kind};
pub use events::subscription::{ChangePage, FeedLag, Subscription};
pub use failures::{Failure, Told};
pub use idempotency::{Idempotency, Outcome, Renderer, StoredResponse};
pub use queries::health::{FailingItem, HealthReport, WorkerHealth, WorkerState};
pub use queries::overview::{Overview, WayOut};
pub use settings::Settings;
pub use store::{DatabaseHealth, Impairment, OpenTransaction, Standing};

use aggregates::activity::Activity;
use aggregates::totals::Totals;
use background::failing_items::FailingItems;
use background::supervise::{WorkerStatus, supervise};
use batching::queue::{BatchQueue, QueueLimits};
use cache::blocks::BlockCache;
use cache::levels::LevelCache;
use cache::refreshing::RefreshingCache;
use commands::categories::TopCache;
use commands::warehouses::Warehouses;
use events::notifier::CommitNotifier;
use events::subscription::Feed;
use failures::Failures;
use items::create::CreateBatch;
use items::read::ReadBatch;
use queries::item_levels::Levels;
use queries::overview::WaysOut;
use std::borrow::Cow;
use std::sync::Arc;
use stock::backlog::{BACKLOG_BATCH_MAX, BacklogBatch, Refusals};
use stock::{LockedRows, StockBatch};
use store::Store;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The result of a call into the engine.
pub type Result<T> = std::result::Result<T, Error>;

/// Who asks, and with which request: it ends up in the ledger.
#[derive(Debug, Clone)]
pub struct Context {
    /// Who asks. Those that every request names are not counted by reference: all cores would write that count.
    pub actor: Cow<'static, str>,
    /// The id by which the request is found in the logs.
    pub request_id: Arc<str>,
    /// The key under which the request is done once, where it came with one.
    pub idempotency: Option<Idempotency>,
}

impl Context {
    /// A context.
    pub fn new(actor: impl Into<Cow<'static, str>>, request_id: impl Into<Arc<str>>) -> Self {
        Self { actor: actor.into(), request_id: request_id.into(), idempotency: None }
    }

    /// The same, to be done once under this key.
    pub fn with_idempotency(self, idempotency: Idempotency) -> Self {
        Self { idempotency: Some(idempotency), ..self }
    }
}

/// The stock, as one asks it. Cheap to clone: clones share queues and caches.
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

/// What every worker that writes needs.
#[derive(Clone)]
struct Writer {
    store: Store,
    top: Arc<TopCache>,
    notifier: Arc<CommitNotifier>,
    warehouses: Arc<Warehouses>,
    levels: Arc<LevelCache>,
    blocks: Arc<BlockCache>,
    failures: Arc<Failures>,
    refusals: Arc<Refusals>,
    locked_rows: Arc<LockedRows>,
    limits: domain::BlockLimits,
    render: Renderer,
}

impl Writer {
    /// Tells caches and watchers that items of these categories changed.
    fn committed<'a>(&self, categories: impl IntoIterator<Item = &'a String>) {
        categories.into_iter().for_each(|category| self.top.changed(category));
        self.notifier.committed();
    }
}

struct Shared {
    store: Store,
    settings: Settings,
    stock: Vec<BatchQueue<StockBatch>>,
    /// Decides requests that are short of items with many expired blocks.
    backlog: BatchQueue<BacklogBatch>,
    refusals: Arc<Refusals>,
    creation: Vec<BatchQueue<CreateBatch>>,
    reading: BatchQueue<ReadBatch>,
    top: Arc<TopCache>,
    notifier: Arc<CommitNotifier>,
    feed: Arc<Feed>,
    failures: Arc<Failures>,
    levels: Arc<LevelCache>,
    blocks: Arc<BlockCache>,
    activity: Activity,
    /// Without the categories.
    totals: RefreshingCache<domain::StockTotals>,
    sums: Totals,
    item_levels: Levels,
    ways_out: WaysOut,
    stopping: watch::Sender<bool>,
    /// Every queue's worker and background task.
    workers: Vec<Arc<WorkerStatus>>,
    failing_items: FailingItems,
    tasks: std::sync::Mutex<Vec<(Arc<WorkerStatus>, JoinHandle<()>)>>,
}

/// The background tasks: expiry, search names, announcements to other servers, and theirs.
const BACKGROUND_TASKS: [&str; 5] = ["notifier", "listener", "event feed", "expiry", "names"];

impl Engine {
    /// Starts the workers and the clean-up of expired blocks.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn start(store: Store, settings: Settings) -> Result<Self> {
        let (stopping, stopped) = watch::channel(false);
        let notifier = Arc::new(CommitNotifier::new());
        let writer = Writer {
            store: store.clone(),
            top: Arc::new(TopCache::new(&settings)),
            notifier: notifier.clone(),
            warehouses: Arc::new(Warehouses::load(store.clone(), notifier.clone()).await?),
            levels: Arc::default(),
            blocks: Arc::default(),
            failures: Arc::default(),
            refusals: Arc::default(),
            locked_rows: Arc::default(),
            limits: settings.limits,
            render: settings.render,
        };
        let Settings { queue_max, batch_max, batch_timeout, .. } = settings;
        let limits = QueueLimits { queue_max, batch_max, batch_timeout };
        let (top, failures) = (writer.top.clone(), writer.failures.clone());
        let (levels, blocks) = (writer.levels.clone(), writer.blocks.clone());
        let creation_queue = |index| {
            let name = format!("creation {index}");
            BatchQueue::start(CreateBatch::new(writer.clone()), name, limits, stopped.clone())
        };
        let (creation, creation_tasks): (Vec<_>, Vec<_>) =
            (0..settings.creation_queues.max(1)).map(creation_queue).unzip();
        let stock_queue = |index| {
            let name = format!("stock {index}");
            BatchQueue::start(StockBatch::new(writer.clone()), name, limits, stopped.clone())
        };
        let (stock, stock_tasks): (Vec<_>, Vec<_>) =
            (0..settings.stock_queues.max(1)).map(stock_queue).unzip();
        let (reading, reading_task) =
            BatchQueue::start(ReadBatch::new(store.clone()), "reading", limits, stopped.clone());
        let limits = QueueLimits { batch_max: batch_max.min(BACKLOG_BATCH_MAX), ..limits };
        let (backlog, backlog_task) =
            BatchQueue::start(BacklogBatch::new(writer.clone()), "backlog", limits, stopped.clone());
        let refusals = writer.refusals.clone();
        let of_queues = stock.iter().map(BatchQueue::status).chain(creation.iter().map(BatchQueue::status));
        let mut workers: Vec<_> = of_queues.chain([reading.status(), backlog.status()]).cloned().collect();
        let queue_tasks = stock_tasks.into_iter().chain(creation_tasks).chain([reading_task, backlog_task]);
        let tasks = std::sync::Mutex::new(workers.iter().cloned().zip(queue_tasks).collect());
        workers.extend(BACKGROUND_TASKS.map(|name| Arc::new(WorkerStatus::new(name, None))));
        let feed = Feed::new(store.clone(), notifier.clone(), &settings);
        let sums = Totals::new(store.clone(), settings.totals_followed_from);
        let item_levels = Levels::new(store.clone(), &settings);
        let shared = Shared {
            store,
            settings,
            stock,
            backlog,
            refusals,
            creation,
            reading,
            top,
            notifier,
            feed,
            failures,
            levels,
            blocks,
            activity: Activity::default(),
            totals: RefreshingCache::new(),
            sums,
            item_levels,
            ways_out: queries::overview::ways_out(),
            stopping,
            workers,
            failing_items: FailingItems::default(),
            tasks,
        };
        let engine = Self { shared: Arc::new(shared) };
        engine.watch(stopped);
        Ok(engine)
    }

    /// Stops taking requests, finishes those that are queued, and closes the database's connections. Takes at most
    /// twice [`Settings::drain_timeout`].
    pub async fn stop(&self) {
        self.drain().await;
        let timeout = self.shared.settings.drain_timeout;
        if tokio::time::timeout(timeout, self.shared.store.close()).await.is_err() {
            tracing::warn!(
                timeout_seconds = timeout.as_secs_f64(),
                "database connections are still in use and are abandoned"
            );
        }
    }

    /// The same, leaving the connections open to others that use the store.
    pub async fn drain(&self) {
        self.shared.stopping.send_replace(true);
        let tasks = std::mem::take(&mut *self.tasks());
        let deadline = tokio::time::Instant::now() + self.shared.settings.drain_timeout;
        for (worker, mut task) in tasks {
            match tokio::time::timeout_at(deadline, &mut task).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::error!(worker = worker.name(), %error, "a worker ended badly"),
                Err(_) => {
                    tracing::warn!(
                        worker = worker.name(),
                        "a worker was broken off at the shutdown deadline"
                    );
                    task.abort();
                }
            }
        }
    }

    /// Starts the background tasks, each supervised.
    fn watch(&self, stopped: watch::Receiver<bool>) {
        let shared = &self.shared;
        let background = &shared.workers[shared.workers.len() - BACKGROUND_TASKS.len()..];
        let tasks = BACKGROUND_TASKS.iter().zip(background).map(|(name, status)| {
            let (engine, name, worker) = (self.clone(), *name, status.clone());
            let stopped = stopped.clone();
            let task = tokio::spawn(async move {
                supervise(&worker, stopped.clone(), || engine.background_task(name, stopped.clone())).await;
            });
            (status.clone(), task)
        });
        self.tasks().extend(tasks);
    }

    async fn background_task(&self, name: &str, stopped: watch::Receiver<bool>) {
        let (store, notifier) = (self.store().clone(), &self.shared.notifier);
        match name {
            "notifier" => notifier.announce(store, stopped).await,
            "listener" => notifier.listen(store, stopped).await,
            "event feed" => self.shared.feed.run(stopped).await,
            "expiry" => background::expiry::keep_clean(self.clone(), stopped).await,
            "names" => background::name_index::keep_indexed(self.clone(), stopped).await,
            _ => {}
        }
    }

    fn store(&self) -> &Store {
        &self.shared.store
    }

    fn tasks(&self) -> std::sync::MutexGuard<'_, Vec<(Arc<WorkerStatus>, JoinHandle<()>)>> {
        self.shared.tasks.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
