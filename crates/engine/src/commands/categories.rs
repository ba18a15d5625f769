use crate::cache::top_lists::TopList;
use crate::idempotency::{CONFLICT_RETRIES_MAX, Outcome};
use crate::{CachedJson, Context, Engine, Error, Result, Topic};
use domain::{Category, CategoryName, CategorySums};

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
            [from_name, to_name].iter().for_each(|name| self.shared.top_lists.invalidate(name));
            self.shared.notifier.publish(Topic::Items);
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
        let query = async {
            let top = self.store().category_top(category).await?;
            Ok(CachedJson::of(top))
        };
        self.shared.top_lists.fetch(category, self.store().generation(), query).await
    }
}
