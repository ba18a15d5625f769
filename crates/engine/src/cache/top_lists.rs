//! Cache of the top list of each category, with single-flight reads and bounded staleness.

use crate::{CachedJson, Error, Result, Settings};
use domain::TopItems;
use moka::future::Cache;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::Generation;

/// The most categories in the cache.
const CATEGORIES_MAX: u64 = 10_000;

/// The version counters, which categories share by hash. A shared counter costs an unneeded read at worst.
const VERSIONS: usize = 1_024;

/// The top list of a category, with its JSON once it is serialized.
pub(crate) type TopList = Arc<CachedJson<TopItems>>;

/// A cache of top lists. An entry lives for [`Settings::top_staleness`]. Concurrent reads of one list share one query.
///
/// The key of an entry is the category, the category's version and the database's generation. A write increments the
/// version, so a query that began before the write never answers a read that began after it.
pub(crate) struct TopListCache {
    /// `None` if the setting turns the cache off.
    lists: Option<Cache<(String, u64, Generation), TopList>>,
    versions: Box<[AtomicU64]>,
    hasher: RandomState,
}

impl TopListCache {
    /// Returns an empty cache.
    pub(crate) fn new(settings: &Settings) -> Self {
        let lists = (!settings.top_staleness.is_zero()).then(|| {
            Cache::builder().max_capacity(CATEGORIES_MAX).time_to_live(settings.top_staleness).build()
        });
        let versions = (0..VERSIONS).map(|_| AtomicU64::new(0)).collect();
        Self { lists, versions, hasher: RandomState::new() }
    }

    /// Returns the list of a category. Runs `query` if no valid entry exists.
    pub(crate) async fn fetch(
        &self,
        category: &str,
        generation: Generation,
        query: impl Future<Output = Result<TopList>>,
    ) -> Result<TopList> {
        let Some(lists) = &self.lists else { return query.await };
        let version = self.version(category).load(Ordering::Acquire);
        let list = lists.try_get_with((category.to_owned(), version, generation), query).await;
        list.map_err(|error| Error::clone(&error))
    }

    /// Invalidates the list of a category.
    pub(crate) fn invalidate(&self, category: &str) {
        self.version(category).fetch_add(1, Ordering::Release);
    }

    /// Invalidates all lists.
    pub(crate) fn invalidate_all(&self) {
        for version in &self.versions {
            version.fetch_add(1, Ordering::Release);
        }
    }

    fn version(&self, category: &str) -> &AtomicU64 {
        let hash = self.hasher.hash_one(category);
        &self.versions[usize::try_from(hash % VERSIONS as u64).unwrap_or(0)]
    }
}
