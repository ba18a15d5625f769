//! What one can ask of the stock, and how it is done fast and safely.
//!
//! Requests that change stock are *combined*: they queue in memory, and a worker takes whatever has queued,
//! decides it all in one transaction, commits once and answers everyone. See [`combine`].
//!
//! **Invariant:** no HTTP, no Leptos, no SQL. Rules are in `domain`, statements in `store`.

mod activity;
mod at_hand;
mod backlog;
mod blocks;
mod bulk;
mod categories;
pub mod combine;
mod create;
mod error;
mod events;
mod expiry;
mod failing_items;
mod failures;
mod feed;
mod health;
mod idempotency;
mod import;
mod items;
mod kept;
mod known;
mod known_blocks;
mod known_items;
mod levels;
mod names;
mod orders;
mod overview;
mod read;
mod rendering;
mod repeated_failure;
mod rest;
mod settings;
mod stock;
mod supervise;
mod totals;
mod warehouses;

pub use bulk::BlockOutcome;
pub use categories::CategoryRenamed;
pub use error::Error;
pub use events::{EVENTS_MAX, EventPage, Kind};
pub use expiry::CleanUp;
pub use failures::{Failure, Told};
pub use feed::{ChangePage, FeedLag, Subscription};
pub use health::{FailingItem, HealthReport, WorkerHealth, WorkerState};
pub use idempotency::{Idempotency, Outcome, Renderer, Reply};
pub use import::{Done, ImportLine, Imported};
pub use overview::{Overview, WayOut};
pub use rendering::{Rendered, Rendering};
pub use settings::Settings;
pub use store::{DatabaseHealth, Impairment, OpenTransaction, Standing};

use activity::Activity;
use backlog::{BACKLOG_BATCH_MAX, BacklogBatch, Refusals};
use categories::TopCache;
use combine::{Lane, LaneLimits};
use create::CreateBatch;
use events::Announcer;
use failing_items::FailingItems;
use failures::Failures;
use feed::Feed;
use kept::Kept;
use known::KnownLevels;
use known_blocks::KnownBlocks;
use levels::Levels;
use overview::WaysOut;
use read::ReadBatch;
use std::borrow::Cow;
use std::sync::Arc;
use stock::{LockedRows, StockBatch};
use store::Store;
use supervise::{WorkerStatus, supervise};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use totals::Totals;
use warehouses::Warehouses;

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
    announcer: Arc<Announcer>,
    warehouses: Arc<Warehouses>,
    levels: Arc<KnownLevels>,
    blocks: Arc<KnownBlocks>,
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
        self.announcer.committed();
    }
}

struct Shared {
    store: Store,
    settings: Settings,
    stock: Vec<Lane<StockBatch>>,
    /// Decides requests that are short of items with many expired blocks.
    backlog: Lane<BacklogBatch>,
    refusals: Arc<Refusals>,
    creation: Vec<Lane<CreateBatch>>,
    reading: Lane<ReadBatch>,
    top: Arc<TopCache>,
    announcer: Arc<Announcer>,
    feed: Arc<Feed>,
    failures: Arc<Failures>,
    levels: Arc<KnownLevels>,
    blocks: Arc<KnownBlocks>,
    activity: Activity,
    /// Without the categories.
    totals: Kept<domain::StockTotals>,
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
const BACKGROUND_TASKS: [&str; 5] = ["announcer", "listener", "event feed", "expiry", "names"];

impl Engine {
    /// Starts the workers and the clean-up of expired blocks.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn start(store: Store, settings: Settings) -> Result<Self> {
        let (stopping, stopped) = watch::channel(false);
        let announcer = Arc::new(Announcer::new());
        let writer = Writer {
            store: store.clone(),
            top: Arc::new(TopCache::new(&settings)),
            announcer: announcer.clone(),
            warehouses: Arc::new(Warehouses::load(store.clone(), announcer.clone()).await?),
            levels: Arc::default(),
            blocks: Arc::default(),
            failures: Arc::default(),
            refusals: Arc::default(),
            locked_rows: Arc::default(),
            limits: settings.limits,
            render: settings.render,
        };
        let Settings { queue_max, batch_max, batch_timeout, .. } = settings;
        let limits = LaneLimits { queue_max, batch_max, batch_timeout };
        let (top, failures) = (writer.top.clone(), writer.failures.clone());
        let (levels, blocks) = (writer.levels.clone(), writer.blocks.clone());
        let creation_lane = |index| {
            let name = format!("creation {index}");
            Lane::start(CreateBatch::new(writer.clone()), name, limits, stopped.clone())
        };
        let (creation, creation_tasks): (Vec<_>, Vec<_>) =
            (0..settings.creation_lanes.max(1)).map(creation_lane).unzip();
        let stock_lane = |index| {
            let name = format!("stock {index}");
            Lane::start(StockBatch::new(writer.clone()), name, limits, stopped.clone())
        };
        let (stock, stock_tasks): (Vec<_>, Vec<_>) = (0..settings.stock_lanes.max(1)).map(stock_lane).unzip();
        let (reading, reading_task) =
            Lane::start(ReadBatch::new(store.clone()), "reading", limits, stopped.clone());
        let limits = LaneLimits { batch_max: batch_max.min(BACKLOG_BATCH_MAX), ..limits };
        let (backlog, backlog_task) =
            Lane::start(BacklogBatch::new(writer.clone()), "backlog", limits, stopped.clone());
        let refusals = writer.refusals.clone();
        let of_lanes = stock.iter().map(Lane::status).chain(creation.iter().map(Lane::status));
        let mut workers: Vec<_> = of_lanes.chain([reading.status(), backlog.status()]).cloned().collect();
        let lane_tasks = stock_tasks.into_iter().chain(creation_tasks).chain([reading_task, backlog_task]);
        let tasks = std::sync::Mutex::new(workers.iter().cloned().zip(lane_tasks).collect());
        workers.extend(BACKGROUND_TASKS.map(|name| Arc::new(WorkerStatus::new(name, None))));
        let feed = Feed::new(store.clone(), announcer.clone(), &settings);
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
            announcer,
            feed,
            failures,
            levels,
            blocks,
            activity: Activity::default(),
            totals: Kept::new(),
            sums,
            item_levels,
            ways_out: overview::ways_out(),
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
        self.settle().await;
        let timeout = self.shared.settings.drain_timeout;
        if tokio::time::timeout(timeout, self.shared.store.close()).await.is_err() {
            tracing::warn!(
                timeout_seconds = timeout.as_secs_f64(),
                "database connections are still in use and are abandoned"
            );
        }
    }

    /// The same, leaving the connections open to others that use the store.
    pub async fn settle(&self) {
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
        let (store, announcer) = (self.store().clone(), &self.shared.announcer);
        match name {
            "announcer" => announcer.announce(store, stopped).await,
            "listener" => announcer.listen(store, stopped).await,
            "event feed" => self.shared.feed.run(stopped).await,
            "expiry" => expiry::keep_clean(self.clone(), stopped).await,
            "names" => names::keep_taken_apart(self.clone(), stopped).await,
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
