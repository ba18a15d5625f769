use crate::idempotency::CONFLICT_RETRIES_MAX;
use crate::response::{CategoryRenamed, CommandResult};
use crate::{Context, Engine, Error, Response, Result, Topic};
use domain::{CategoryName, Permission, Precondition};

/// The most items that one transaction moves to another category. Each item is locked until all of them are changed.
const RENAMED_ITEMS_MAX: i64 = 500;

impl Engine {
    /// Gives every item of a category another one. If items already have that category, the two become one. A `dry_run`
    /// changes nothing and returns the numbers.
    ///
    /// The rename runs in bounded transactions, so orders and blocks of these items go on. Each transaction is retried
    /// after a conflict. The condition is checked in the first one. The same call without a condition resumes a rename that failed after some transactions.
    ///
    /// # Errors
    /// A new name that equals the old one; [`domain::Error::CategoryExists`]; [`domain::Error::VersionMismatch`]; [`domain::Error::AllWarehousesForbidden`];
    /// [`Error::PartlyRenamed`] if some items were renamed before a failure.
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
        let rename = self.category_rename_all(context, from, to, dry_run, condition);
        match dry_run {
            true => rename.await.map(Response::Fresh),
            false => {
                self.run_resumable(context, rename, |renamed| CommandResult::CategoryRenamed(renamed)).await
            }
        }
    }

    async fn category_rename_all(
        &self,
        context: &Context,
        from: CategoryName,
        to: CategoryName,
        dry_run: bool,
        condition: Precondition,
    ) -> Result<CategoryRenamed> {
        let [from_name, to_name] = [from.as_str(), to.as_str()];
        let [items, items_already] = self.store().category_sizes([from_name, to_name]).await?;
        if dry_run {
            if let Some(present) = self.store().category_spelling(&to).await? {
                from.check_rename(&to, &present)?;
            }
            let version = self.store().category_version(&from).await?;
            condition.check(version)?;
            return Ok(CategoryRenamed { from, to, dry_run, items, items_already, version });
        }
        let mut items = 0;
        loop {
            let renamed =
                self.category_rename_some(context, &from, &to, (items == 0).then_some(&condition)).await;
            [from_name, to_name].iter().for_each(|name| self.shared.top_lists.invalidate(name));
            self.shared.notifier.publish(Topic::Items);
            match renamed {
                Ok(0) => {
                    let version = self.store().category_version(&to).await?;
                    return Ok(CategoryRenamed { from, to, dry_run, items, items_already, version });
                }
                Ok(batch) => items += i64::try_from(batch).unwrap_or(i64::MAX),
                Err(_) if items > 0 => return Err(Error::PartlyRenamed { items }),
                Err(error) => return Err(error),
            }
        }
    }

    async fn category_rename_some(
        &self,
        context: &Context,
        from: &CategoryName,
        to: &CategoryName,
        first: Option<&Precondition>,
    ) -> Result<usize> {
        let mut retries = 0;
        loop {
            match self.store().category_rename(from, to, first, RENAMED_ITEMS_MAX, context.cause()).await {
                Err(error) if error.retryable() && retries < CONFLICT_RETRIES_MAX => retries += 1,
                renamed => return Ok(renamed?),
            }
        }
    }
}
