//! Start and shutdown of the engine: its queues, caches and background tasks.

use crate::aggregates::activity::Activity;
use crate::aggregates::hours::HourlyActivity;
use crate::aggregates::totals::Totals;
use crate::background;
use crate::background::failing_items::FailingItems;
use crate::batching::batch::Batch;
use crate::batching::observer::BatchObserver;
use crate::batching::queue::{BatchQueue, QueueLimits};
use crate::cache::category_order::CategoryOrder;
use crate::cache::single_flight::SingleFlight;
use crate::engine::{Shared, Task};
use crate::events::feed::Feed;
use crate::events::reader;
use crate::ids::IdPool;
use crate::imports;
use crate::imports::tasks::ImportTasks;
use crate::items::availability::{AVAILABILITY_BATCH_MAX, AvailabilityBatch};
use crate::items::create::CreateBatch;
use crate::items::read::ReadBatch;
use crate::queries::item_levels::Levels;
use crate::stock::StockBatch;
use crate::stock::backlog::{BACKLOG_BATCH_MAX, BacklogBatch};
use crate::stock::document::DocumentWriter;
use crate::waiting_queue::WaitingQueue;
use crate::webhooks;
use crate::webhooks::state::Webhooks;
use crate::writer::Writer;
use crate::{Engine, Result, Settings};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::Store;
use supervision::{WorkerStatus, supervise};
use tokio::sync::watch;

/// Starts queues and collects their workers.
struct QueueStarter {
    limits: QueueLimits,
    observer: BatchObserver,
    stopped: watch::Receiver<bool>,
    tasks: Vec<Task>,
}

impl QueueStarter {
    fn start<B: Batch>(&mut self, batch: B, name: impl Into<String>) -> BatchQueue<B> {
        self.start_with(batch, name, self.limits)
    }

    fn start_with<B: Batch>(
        &mut self,
        batch: B,
        name: impl Into<String>,
        limits: QueueLimits,
    ) -> BatchQueue<B> {
        let (queue, task) =
            BatchQueue::start(batch, name, limits, self.observer.clone(), self.stopped.clone());
        self.tasks.push((queue.status().clone(), task));
        queue
    }
}

/// The names of the background tasks.
const BACKGROUND_TASKS: [&str; 11] = [
    "notifier",
    "listener",
    "event feed",
    "expiry",
    "signals",
    "waiting orders",
    "refused units",
    "import judgement",
    "import application",
    "webhooks",
    "archive",
];

impl Engine {
    /// Starts the queues and the background tasks.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn start(store: Store, settings: Settings) -> Result<Self> {
        let (stopping, stopped) = watch::channel(false);
        let writer = Writer::new(store.clone(), &settings).await?;
        let Settings { queue_max, batch_max, batch_timeout, .. } = settings;
        let limits = QueueLimits { queue_max, batch_max, batch_timeout };
        let backlog_limits = QueueLimits { batch_max: batch_max.min(BACKLOG_BATCH_MAX), ..limits };
        let observer = BatchObserver { slow: settings.slow_batch, spans: settings.span_sink.clone() };
        let mut queues = QueueStarter { limits, observer, stopped: stopped.clone(), tasks: Vec::new() };
        let stock = (0..settings.stock_queues.max(1))
            .map(|index| queues.start(StockBatch::new(writer.clone()), format!("stock {index}")))
            .collect();
        let creation = (0..settings.creation_queues.max(1))
            .map(|index| queues.start(CreateBatch::new(writer.clone()), format!("creation {index}")))
            .collect();
        let reading = queues.start(ReadBatch::new(store.clone()), "reading");
        let availability_limits = QueueLimits { batch_max: batch_max.min(AVAILABILITY_BATCH_MAX), ..limits };
        let availability =
            queues.start_with(AvailabilityBatch::new(store.clone()), "availability", availability_limits);
        let backlog = queues.start_with(BacklogBatch::new(writer.clone()), "backlog", backlog_limits);
        let background = BACKGROUND_TASKS.map(|name| Arc::new(WorkerStatus::new(name, None)));
        let queue_workers = queues.tasks.iter().map(|(worker, _)| worker.clone());
        let shared = Shared {
            feed: Feed::new(store.clone(), writer.notifier.clone(), writer.answer_keys.clone(), &settings),
            sums: Totals::new(store.clone(), settings.totals_followed_from, settings.low_stock_units),
            category_order: CategoryOrder::default(),
            item_levels: Levels::new(store.clone(), &settings),
            store,
            settings,
            stock,
            backlog,
            documents: DocumentWriter::new(writer.clone()),
            writer: writer.clone(),
            import_ids: IdPool::default(),
            imports: ImportTasks::default(),
            shortages: writer.shortages,
            fallbacks: writer.fallbacks,
            creation,
            reading,
            availability,
            top_lists: writer.top_lists,
            notifier: writer.notifier,
            failures: writer.failures,
            levels: writer.levels,
            blocks: writer.blocks,
            answer_keys: writer.answer_keys,
            keys: writer.keys,
            activity: Activity::default(),
            hours: HourlyActivity::default(),
            totals: SingleFlight::new(),
            running_out: SingleFlight::new(),
            notifications: SingleFlight::new(),
            operating: SingleFlight::new(),
            schema: SingleFlight::new(),
            held_units: writer.held_units,
            waiting: WaitingQueue::default(),
            webhooks: Webhooks::new(),
            stopping,
            workers: queue_workers.chain(background.iter().cloned()).collect(),
            failing_items: FailingItems::default(),
            tasks: Mutex::new(queues.tasks),
        };
        let engine = Self { shared: Arc::new(shared) };
        engine.start_background_tasks(background, stopped);
        Ok(engine)
    }

    /// Stops: takes no more requests, finishes the queued ones, and closes the database's connections. Takes at most
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

    /// Takes no more requests and finishes the queued ones. The store's connections stay open. Workers and background
    /// tasks that are not finished after [`Settings::drain_timeout`] are aborted.
    pub async fn drain(&self) {
        self.shared.stopping.send_replace(true);
        let tasks = std::mem::take(&mut *self.tasks());
        let deadline = tokio::time::Instant::now() + self.shared.settings.drain_timeout;
        for (worker, mut task) in tasks {
            let worker = worker.name();
            match tokio::time::timeout_at(deadline, &mut task).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::error!(worker, %error, "a worker failed"),
                Err(_) => {
                    tracing::warn!(worker, "a worker was aborted at the shutdown deadline");
                    task.abort();
                }
            }
        }
        // The queues have decided their last requests after the task that writes these counts has ended.
        if let Err(error) = self.refusals_flush().await {
            tracing::warn!(%error, "the last counts of refused units are lost");
        }
    }

    /// Starts the background tasks, each supervised.
    fn start_background_tasks<const N: usize>(
        &self,
        workers: [Arc<WorkerStatus>; N],
        stopped: watch::Receiver<bool>,
    ) {
        let start = |worker: Arc<WorkerStatus>| {
            let (engine, status, stopped) = (self.clone(), worker.clone(), stopped.clone());
            let task = tokio::spawn(async move {
                let run = || engine.background_task(&status, stopped.clone());
                supervise(&status, stopped.clone(), run).await;
            });
            (worker, task)
        };
        self.tasks().extend(workers.map(start));
    }

    /// Runs the background task with the name of the worker. The task records the failures of its work in `status`.
    async fn background_task(&self, status: &Arc<WorkerStatus>, stopped: watch::Receiver<bool>) {
        let (store, notifier) = (self.store().clone(), &self.shared.notifier);
        match status.name() {
            "notifier" => notifier.announce(store, stopped, status).await,
            "listener" => notifier.listen(store, stopped, status).await,
            "event feed" => reader::run(&self.shared.feed, stopped, status).await,
            "expiry" => background::expiry::run(self.clone(), stopped, status).await,
            "import judgement" => imports::worker::judge(self.clone(), stopped, status).await,
            "import application" => imports::worker::apply(self.clone(), stopped, status).await,
            "waiting orders" => background::waiting::run(self.clone(), stopped, status).await,
            "refused units" => background::refusals::run(self.clone(), stopped, status).await,
            "webhooks" => webhooks::manager::run(self.clone(), stopped, status).await,
            "archive" => background::archive::run(self.clone(), stopped, status).await,
            "signals" => background::signals::run(self.clone(), stopped, status).await,
            _ => {}
        }
    }

    fn tasks(&self) -> MutexGuard<'_, Vec<Task>> {
        self.shared.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
