use crate::{Context, Engine, Error, Result, Settings};
use domain::{Category, TopItems};
use moka::future::Cache;
use std::hash::{BuildHasher, DefaultHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// Categories whose top list is kept.
const TOP_CACHE_CATEGORIES_MAX: u64 = 10_000;

/// Counters that categories share by their hash. A shared one costs a needless reading at worst.
const VERSIONS: usize = 1_024;

/// A category's top list, and what it looks like on the wire once somebody wrote it.
#[derive(Debug)]
pub struct TopList {
    /// The list.
    pub top: TopItems,
    rendered: OnceLock<Rendered>,
}

/// A list as it is sent, with a tag that is equal for equal bytes.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// The bytes.
    pub body: Arc<[u8]>,
    /// Changes whenever the bytes do, for all that one can tell from 64 bits.
    pub tag: u64,
}

impl TopList {
    /// The list's bytes, written by `render` the first time that somebody asks.
    pub fn rendered(&self, render: impl FnOnce(&TopItems) -> Vec<u8>) -> &Rendered {
        self.rendered.get_or_init(|| {
            let body: Arc<[u8]> = render(&self.top).into();
            // Keys of zero: the same in every process, so that a tag holds across servers and restarts.
            let mut hasher = DefaultHasher::new();
            hasher.write(&body);
            Rendered { tag: hasher.finish(), body }
        })
    }
}

/// The top lists of late. One filling serves all who ask at the same moment, and a list is never older
/// than allowed.
///
/// A list is kept under its category *and version*; a write raises the version, so that a filling which
/// began before the write can't be taken for one that saw it.
pub(crate) struct TopCache {
    lists: Option<Cache<(String, u64), Arc<TopList>>>,
    versions: Box<[AtomicU64]>,
    hasher: RandomState,
}

impl TopCache {
    pub(crate) fn new(settings: &Settings) -> Self {
        let lists = (!settings.top_staleness.is_zero()).then(|| {
            Cache::builder()
                .max_capacity(TOP_CACHE_CATEGORIES_MAX)
                .time_to_live(settings.top_staleness)
                .build()
        });
        let versions = (0..VERSIONS).map(|_| AtomicU64::new(0)).collect();
        Self { lists, versions, hasher: RandomState::new() }
    }

    /// Tells that an item of this category has changed.
    pub(crate) fn changed(&self, category: &str) {
        self.version(category).fetch_add(1, Ordering::Release);
    }

    /// Tells that items of unknown categories have changed.
    pub(crate) fn all_changed(&self) {
        for version in &self.versions {
            version.fetch_add(1, Ordering::Release);
        }
    }

    fn version(&self, category: &str) -> &AtomicU64 {
        let hash = self.hasher.hash_one(category);
        &self.versions[usize::try_from(hash % VERSIONS as u64).unwrap_or(0)]
    }
}

impl Engine {
    /// Every category with its totals, by name.
    pub async fn category_list(&self, _context: &Context) -> Result<Vec<Category>> {
        Ok(self.store().category_list().await?)
    }

    /// The items of highest quantity in a category; of one that no item bears, none.
    pub async fn category_top(&self, _context: &Context, category: &str) -> Result<Arc<TopList>> {
        if category.contains('\0') {
            return Err(domain::Error::invalid("category", "must not contain a NUL character").into());
        }
        let fill = async {
            let top = self.store().category_top(category).await?;
            Ok::<_, Error>(Arc::new(TopList { top, rendered: OnceLock::new() }))
        };
        let cache = &self.shared.top;
        let Some(lists) = &cache.lists else { return fill.await };
        let version = cache.version(category).load(Ordering::Acquire);
        let filled = lists.try_get_with((category.to_owned(), version), fill).await;
        filled.map_err(|error| Error::clone(&error))
    }
}
