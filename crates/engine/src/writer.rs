//! The state that writing workers share.

use crate::cache::blocks::BlockCache;
use crate::cache::held_units::HeldUnitsCache;
use crate::cache::keys::KeyCache;
use crate::cache::levels::LevelCache;
use crate::cache::skus::SkuCache;
use crate::cache::top_lists::TopListCache;
use crate::cache::warehouses::WarehouseCache;
use crate::events::notifier::CommitNotifier;
use crate::failures::Failures;
use crate::keys_by_id::AnswerKeys;
use crate::metrics::Metrics;
use crate::refusals::Refusals;
use crate::response::ResponseSerializer;
use crate::stock::shortages::Shortages;
use crate::stock::{FallbackCounts, LockedRows};
use crate::{Result, Settings};
use std::sync::Arc;
use store::Store;

/// The parts of the engine that every writing worker uses.
#[derive(Clone)]
pub(crate) struct Writer {
    pub(crate) store: Store,
    pub(crate) top_lists: Arc<TopListCache>,
    pub(crate) notifier: Arc<CommitNotifier>,
    pub(crate) warehouses: Arc<WarehouseCache>,
    pub(crate) levels: Arc<LevelCache>,
    pub(crate) answer_keys: AnswerKeys,
    pub(crate) held_units: HeldUnitsCache,
    pub(crate) keys: Arc<KeyCache>,
    pub(crate) blocks: Arc<BlockCache>,
    pub(crate) failures: Arc<Failures>,
    pub(crate) refusals: Arc<Refusals>,
    pub(crate) shortages: Arc<Shortages>,
    pub(crate) fallbacks: Arc<FallbackCounts>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) locked_rows: Arc<LockedRows>,
    pub(crate) limits: domain::BlockLimits,
    pub(crate) serialize_response: ResponseSerializer,
}

impl Writer {
    /// Creates the caches.
    ///
    /// # Errors
    /// If the database does not answer.
    pub(crate) async fn new(store: Store, settings: &Settings) -> Result<Self> {
        let notifier = Arc::new(CommitNotifier::new());
        let warehouses = Arc::new(WarehouseCache::load(store.clone(), notifier.clone()).await?);
        let skus = SkuCache::new(store.clone(), notifier.clone());
        Ok(Self {
            top_lists: Arc::new(TopListCache::new(settings)),
            answer_keys: AnswerKeys::new(store.clone(), warehouses.clone(), skus),
            held_units: HeldUnitsCache::new(store.clone()),
            warehouses,
            keys: Arc::new(KeyCache::new(store.clone())),
            store,
            notifier,
            levels: Arc::default(),
            blocks: Arc::default(),
            failures: Arc::default(),
            refusals: Arc::default(),
            shortages: Arc::default(),
            fallbacks: Arc::default(),
            metrics: Arc::default(),
            locked_rows: Arc::default(),
            limits: settings.limits,
            serialize_response: settings.serialize_response,
        })
    }

    /// Invalidates the top lists of the categories that a commit touched, and notifies subscribers.
    pub(crate) fn committed<'a>(&self, categories: impl IntoIterator<Item = &'a String>) {
        categories.into_iter().for_each(|category| self.top_lists.invalidate(category));
        self.notifier.committed();
    }
}
