use crate::idempotency::{CONFLICT_RETRIES_MAX, Outcome};
use crate::{Context, Engine, Error, Kind, Rendering, Result, Settings};
use domain::{Category, CategoryName, CategorySums, TopItems};
use moka::future::Cache;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::Generation;

/// Categories whose top list is kept.
const TOP_CACHE_CATEGORIES_MAX: u64 = 10_000;

/// Counters that categories share by their hash. A shared one costs a needless reading at worst.
const VERSIONS: usize = 1_024;

/// Items that one transaction gives another category: each is locked until all are changed.
const RENAMED_ITEMS_MAX: i64 = 500;

/// A category was renamed, or would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryRenamed {
    /// The name that it had.
    pub from: CategoryName,
    /// The name that it has.
    pub to: CategoryName,
    /// Whether nothing was changed yet.
    pub dry_run: bool,
    /// Items that change their category.
    pub items: i64,
    /// Items that bore the new name before.
    pub items_already: i64,
}

/// A category's top list.
type TopList = Arc<Rendering<TopItems>>;

/// The top lists of late. One filling serves all who ask at the same moment, and a list is never older
/// than allowed.
///
/// A list is kept under its category, its version and the database's generation. A write raises the version, so that a
/// filling which began before the write can't be taken for one that saw it.
pub(crate) struct TopCache {
    lists: Option<Cache<(String, u64, Generation), TopList>>,
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
        Ok(self.shared.sums.now().await?.categories.values().filter_map(CategorySums::category).collect())
    }

    /// Gives every item of a category another one; where items bear that already, the two become one. A
    /// `dry_run` changes nothing and tells what would change.
    ///
    /// It goes by bounded transactions: orders and blocks of these items go on meanwhile. Each of them is tried again
    /// after a conflict. The same call finishes a rename that failed after some of them.
    ///
    /// # Errors
    /// A new name that is the old one; [`Error::PartlyRenamed`] where some items were renamed before it failed.
    pub async fn category_rename(
        &self,
        context: &Context,
        from: CategoryName,
        to: CategoryName,
        dry_run: bool,
    ) -> Result<CategoryRenamed> {
        if from == to {
            return Err(domain::Error::invalid("to", "must be another name than the category has").into());
        }
        let rename = self.category_rename_all(from, to, dry_run);
        match dry_run {
            true => rename.await,
            false => self.once_resumable(context, rename, |renamed| Outcome::CategoryRenamed(renamed)).await,
        }
    }

    async fn category_rename_all(
        &self,
        from: CategoryName,
        to: CategoryName,
        dry_run: bool,
    ) -> Result<CategoryRenamed> {
        let [from_name, to_name] = [from.as_str(), to.as_str()];
        let [items, items_already] = self.store().category_sizes([from_name, to_name]).await?;
        if dry_run {
            return Ok(CategoryRenamed { from, to, dry_run, items, items_already });
        }
        let mut items = 0;
        loop {
            let renamed = self.category_rename_some(from_name, to_name).await;
            [from_name, to_name].iter().for_each(|name| self.shared.top.changed(name));
            self.shared.notifier.touch(Kind::Items);
            match renamed {
                Ok(0) => return Ok(CategoryRenamed { from, to, dry_run, items, items_already }),
                Ok(batch) => items += i64::try_from(batch).unwrap_or(i64::MAX),
                Err(_) if items > 0 => return Err(Error::PartlyRenamed { items }),
                Err(error) => return Err(error),
            }
        }
    }

    async fn category_rename_some(&self, from: &str, to: &str) -> Result<u64> {
        let mut tries = 0;
        loop {
            match self.store().category_rename(from, to, RENAMED_ITEMS_MAX).await {
                Err(error) if error.retryable() && tries < CONFLICT_RETRIES_MAX => tries += 1,
                renamed => return Ok(renamed?),
            }
        }
    }

    /// The items of highest quantity in a category; of one that no item bears, none.
    pub async fn category_top(&self, _context: &Context, category: &str) -> Result<TopList> {
        if category.contains('\0') {
            return Err(domain::Error::invalid("category", "must not contain a NUL character").into());
        }
        let fill = async {
            let top = self.store().category_top(category).await?;
            Ok::<_, Error>(Rendering::of(top))
        };
        let cache = &self.shared.top;
        let Some(lists) = &cache.lists else { return fill.await };
        let version = cache.version(category).load(Ordering::Acquire);
        let key = (category.to_owned(), version, self.store().generation());
        let filled = lists.try_get_with(key, fill).await;
        filled.map_err(|error| Error::clone(&error))
    }
}
