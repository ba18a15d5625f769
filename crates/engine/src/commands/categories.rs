use crate::idempotency::CONFLICT_RETRIES_MAX;
use crate::response::{CategoryRenamed, CommandResult};
use crate::{Context, Engine, Error, Response, Result, Topic};
use domain::{CategoryName, Permission, Precondition, Version};

/// The most items that one transaction moves to another category. Each item is locked until all of them are changed.
const RENAMED_ITEMS_MAX: usize = 500;

impl Engine {
    /// Gives every item of a category another one. If items already have that category, the two become one. A `dry_run`
    /// changes nothing and returns the numbers; it returns the version only with a condition, because that reads each item.
    ///
    /// The rename runs in bounded transactions, so orders and blocks of these items go on. Each transaction is retried
    /// after a conflict. The first one checks the condition and reads the ids of the items; the others move these items
    /// only. The same call without a condition resumes a rename that failed after some transactions.
    ///
    /// # Errors
    /// A new name that equals the old one; [`domain::Error::CategoryExists`]; [`domain::Error::VersionMismatch`];
    /// [`domain::Error::AllWarehousesForbidden`]; [`Error::PartlyRenamed`] if some items were renamed before a failure.
    pub async fn category_rename(
        &self,
        context: &Context,
        from: CategoryName,
        to: CategoryName,
        dry_run: bool,
        condition: Precondition,
    ) -> Result<Response<CategoryRenamed>> {
        context.require_all_warehouses(Permission::WriteItems)?;
        if from == to {
            return Err(domain::Error::invalid("to", "must be another name than the category has").into());
        }
        if dry_run {
            return self.category_rename_preview(from, to, &condition).await.map(Response::Fresh);
        }
        let rename = self.category_rename_all(context, from, to, &condition);
        self.run_resumable(context, rename, |renamed| CommandResult::CategoryRenamed(renamed)).await
    }

    async fn category_rename_preview(
        &self,
        from: CategoryName,
        to: CategoryName,
        condition: &Precondition,
    ) -> Result<CategoryRenamed> {
        let [items, items_already] = self.store().category_sizes([from.as_str(), to.as_str()]).await?;
        self.category_rename_check(&from, &to).await?;
        let version = match condition {
            Precondition::None => None,
            condition => {
                let version = self.store().category_version(&from).await?;
                condition.check(version)?;
                Some(version)
            }
        };
        Ok(CategoryRenamed { from, to, dry_run: true, items, items_already, version })
    }

    async fn category_rename_check(&self, from: &CategoryName, to: &CategoryName) -> Result<()> {
        if let Some(present) = self.store().category_spelling(to).await? {
            from.check_rename(to, &present)?;
        }
        Ok(())
    }

    async fn category_rename_all(
        &self,
        context: &Context,
        from: CategoryName,
        to: CategoryName,
        condition: &Precondition,
    ) -> Result<CategoryRenamed> {
        let [_, items_already] = self.store().category_sizes([from.as_str(), to.as_str()]).await?;
        let (mut items, mut hash) = (0, 0);
        if self.store().category_is_empty(&from).await? {
            // Nothing is written, not even the new name.
            self.category_rename_check(&from, &to).await?;
            condition.check(Version::of_category(items, hash))?;
        } else {
            let step = || {
                let (store, cause) = (self.store(), context.cause());
                store.category_rename_begin(&from, &to, condition, RENAMED_ITEMS_MAX, cause)
            };
            let begun = retried(step).await;
            self.category_renamed(&from, &to);
            let begun = begun?;
            (items, hash) = (begun.moved.items, begun.moved.hash);
            for ids in begun.others.chunks(RENAMED_ITEMS_MAX) {
                let step = || self.store().category_rename_continue(&from, &to, ids, context.cause());
                let moved = retried(step).await;
                self.category_renamed(&from, &to);
                let moved = match moved {
                    Err(_) if items > 0 => return Err(Error::PartlyRenamed { items }),
                    moved => moved?,
                };
                items += moved.items;
                hash += moved.hash;
            }
        }
        let version = Some(Version::of_category(items, hash));
        Ok(CategoryRenamed { from, to, dry_run: false, items, items_already, version })
    }

    fn category_renamed(&self, from: &CategoryName, to: &CategoryName) {
        [from, to].iter().for_each(|name| self.shared.top_lists.invalidate(name.as_str()));
        self.shared.notifier.publish(Topic::Items);
    }
}

/// Runs a transaction again after a conflict.
async fn retried<T, F>(step: impl Fn() -> F) -> Result<T>
where
    F: Future<Output = store::Result<T>>,
{
    let mut retries = 0;
    loop {
        match step().await {
            Err(error) if error.retryable() && retries < CONFLICT_RETRIES_MAX => retries += 1,
            done => return Ok(done?),
        }
    }
}
