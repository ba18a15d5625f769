//! What one can ask of the stock, and how it is done fast and safely.
//!
//! Requests that change stock are *combined*: they queue in memory, and a worker takes whatever has queued,
//! decides it all in one transaction, commits once and answers everyone. See [`combine`].
//!
//! **Invariant:** no HTTP, no Leptos, no SQL. Rules are in `domain`, statements in `store`.

mod blocks;
mod categories;
pub mod combine;
mod create;
mod error;
mod expiry;
mod items;
mod orders;
mod settings;
mod stock;
mod warehouses;

pub use error::Error;
pub use expiry::CleanUp;
pub use settings::Settings;

use categories::TopCache;
use combine::Lane;
use create::CreateBatch;
use std::sync::Arc;
use stock::StockBatch;
use store::Store;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use warehouses::Warehouses;

/// The result of a call into the engine.
pub type Result<T> = std::result::Result<T, Error>;

/// Who asks, and with which request: it ends up in the ledger.
#[derive(Debug, Clone)]
pub struct Context {
    /// Who asks.
    pub actor: Arc<str>,
    /// The id by which the request is found in the logs.
    pub request_id: Arc<str>,
}

impl Context {
    /// A context.
    pub fn new(actor: &str, request_id: &str) -> Self {
        Self { actor: actor.into(), request_id: request_id.into() }
    }
}

/// The stock, as one asks it. Cheap to clone: clones share queues and caches.
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

struct Shared {
    store: Store,
    settings: Settings,
    stock: Lane<StockBatch>,
    creation: Lane<CreateBatch>,
    top: Arc<TopCache>,
    stopping: watch::Sender<bool>,
    tasks: std::sync::Mutex<Vec<JoinHandle<()>>>,
}

impl Engine {
    /// Starts the workers and the clean-up of expired blocks.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn start(store: Store, settings: Settings) -> Result<Self> {
        let (stopping, stopped) = watch::channel(false);
        let top = Arc::new(TopCache::new(&settings));
        let warehouses = Arc::new(Warehouses::load(store.clone()).await?);
        let stock = StockBatch::new(store.clone(), top.clone(), warehouses.clone());
        let (stock, stock_task) = Lane::start(stock, settings.queue_max, settings.batch_max, stopped.clone());
        let creation = CreateBatch::new(store.clone(), top.clone(), warehouses);
        let (creation, creation_task) =
            Lane::start(creation, settings.queue_max, settings.batch_max, stopped.clone());
        let tasks = std::sync::Mutex::new(vec![stock_task, creation_task]);
        let shared = Shared { store, settings, stock, creation, top, stopping, tasks };
        let engine = Self { shared: Arc::new(shared) };
        let clean_up = tokio::spawn(expiry::keep_clean(engine.clone(), stopped));
        engine.tasks().push(clean_up);
        Ok(engine)
    }

    /// Stops taking requests, finishes those that are queued, and closes the database's connections.
    pub async fn stop(&self) {
        self.shared.stopping.send_replace(true);
        let tasks = std::mem::take(&mut *self.tasks());
        for task in tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a worker ended badly");
            }
        }
        self.shared.store.close().await;
    }

    /// The database's time.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn health(&self) -> Result<domain::Time> {
        Ok(self.shared.store.now().await?)
    }

    fn store(&self) -> &Store {
        &self.shared.store
    }

    fn tasks(&self) -> std::sync::MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.shared.tasks.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
