use crate::items::item_from;
use crate::{Cause, Error, Result, Store, WriteTransaction};
use domain::{CategoryName, Precondition, TOP_ITEMS_MAX, TopItems, Version};
use sqlx::PgExecutor;
use std::net::IpAddr;

impl Store {
    /// Returns the items with the highest quantities in a category, and the number of its items. A category without items has
    /// none.
    pub async fn category_top(&self, category: &str) -> Result<TopItems> {
        let items = sqlx::query_as!(
            crate::items::ItemRow,
            r#"SELECT id, name, description, quantity, price, category, created_at, updated_at, sku, barcodes, archived_at, low_stock
                 FROM items WHERE category = $1 AND archived_at IS NULL ORDER BY quantity DESC, id LIMIT $2"#,
            category,
            TOP_ITEMS_MAX
        )
        .fetch_all(&self.lookups)
        .await?;
        let items: Vec<_> = items.into_iter().map(item_from).collect::<Result<_>>()?;
        let found = i64::try_from(items.len()).unwrap_or(TOP_ITEMS_MAX);
        let total = if found < TOP_ITEMS_MAX { found } else { self.category_count(category).await? };
        Ok(TopItems { category: category.to_owned(), items, total })
    }

    /// Returns the number of items in a category, without the archived ones: these are counted in an index of their own,
    /// so that no count reads the items.
    async fn category_count(&self, category: &str) -> Result<i64> {
        let count = sqlx::query_scalar!(
            r#"SELECT (SELECT count(*) FROM items WHERE category = $1)
                    - (SELECT count(*) FROM items WHERE category = $1 AND archived_at IS NOT NULL) AS "count!""#,
            category
        );
        Ok(count.fetch_one(&self.lookups).await?)
    }
}

impl Store {
    /// Returns the number of items in each of these categories.
    pub async fn category_sizes(&self, names: [&str; 2]) -> Result<[i64; 2]> {
        Ok([self.category_count(names[0]).await?, self.category_count(names[1]).await?])
    }

    /// Returns the version of a category: equal versions have the same items.
    pub async fn category_version(&self, name: &CategoryName) -> Result<Version> {
        version(&self.lookups, name).await
    }

    /// Returns the present spelling of a category, if it has items.
    pub async fn category_spelling(&self, name: &CategoryName) -> Result<Option<String>> {
        let spelling = sqlx::query_scalar!(
            "SELECT name FROM category_names
              WHERE folded = fold_key($1) AND EXISTS (SELECT FROM items WHERE category = category_names.name)",
            name.as_str()
        );
        Ok(spelling.fetch_optional(&self.lookups).await?)
    }

    /// Moves at most `limit` items from one category to another. Returns the number of items. Locks the items by ascending
    /// id, as everywhere. Adds an event per item and one with their number to the audit log. The first step of a rename has
    /// the condition of the whole rename, on [`Store::category_version`]; the others have `None`. It also changes the spelling
    /// of the category, if `to` is another spelling of `from`.
    ///
    /// # Errors
    /// [`domain::Error::CategoryExists`] ([`CategoryName::check_rename`]), [`domain::Error::VersionMismatch`].
    pub async fn category_rename(
        &self,
        from: &CategoryName,
        to: &CategoryName,
        first: Option<&Precondition>,
        limit: i64,
        cause: Cause<'_>,
    ) -> Result<usize> {
        let mut transaction = self.begin().await?;
        let present = transaction.category_resolve(to).await?;
        if from.check_rename(to, &present)? {
            if first.is_none() {
                // Another rename has changed the spelling back.
                return Err(domain::Error::CategoryExists(present).into());
            }
            transaction.category_respell(&present, to).await?;
        }
        if let Some(condition @ (Precondition::OneOf(_) | Precondition::Exists)) = first {
            // No item gets the category before the commit.
            transaction.category_lock(from).await?;
            condition.check(version(&mut *transaction.transaction, from).await?)?;
        }
        let mut transaction = transaction.transaction;
        let (from, to) = (from.as_str(), to.as_str());
        let ids = sqlx::query_scalar!(
            "SELECT id FROM items WHERE category = $1 ORDER BY id LIMIT $2 FOR NO KEY UPDATE",
            from,
            limit
        )
        .fetch_all(&mut *transaction)
        .await?;
        sqlx::query!(
            "WITH renamed AS (
                 UPDATE items SET category = $3, updated_at = now() WHERE id = ANY ($1) RETURNING id
             ), events (kind, subject, before, after) AS (
                 SELECT 'item.changed', 'item:' || id, jsonb_build_object('category', $2::text),
                        jsonb_build_object('category', $3::text)
                   FROM renamed
                  UNION ALL
                 SELECT 'category.renamed', 'category:' || $2::text, jsonb_build_object('category', $2::text),
                        jsonb_build_object('category', $3::text, 'items', count(*))
                   FROM renamed HAVING count(*) > 0
             )
             INSERT INTO audit_events (actor, credential, address, request_id, kind, subject, before, after)
             SELECT $4, $5, $6, $7, kind, subject, before, after FROM events",
            &ids,
            from,
            to,
            cause.actor,
            cause.credential_text(),
            cause.address as Option<IpAddr>,
            cause.request_id
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await.map_err(Error::from_commit)?;
        Ok(ids.len())
    }
}

async fn version<'c>(database: impl PgExecutor<'c>, name: &CategoryName) -> Result<Version> {
    let row = sqlx::query!(
        r#"SELECT count(*)::text AS "items!", coalesce(sum(hashint8extended(id, 0)), 0)::text AS "hash!"
             FROM items WHERE category = $1"#,
        name.as_str()
    );
    let row = row.fetch_one(database).await?;
    Ok(Version::of_category(&row.items, &row.hash))
}

impl WriteTransaction {
    /// Returns the spelling that items of this category have. A category without items gets the given one. No other
    /// transaction changes the spelling before this one ends.
    pub(crate) async fn category_resolve(&mut self, name: &CategoryName) -> Result<String> {
        let resolved = sqlx::query_scalar!(
            r#"SELECT (category_names_resolve(ARRAY [$1::text]))[1] AS "name!""#,
            name.as_str()
        );
        Ok(resolved.fetch_one(&mut *self.transaction).await?)
    }

    /// Locks the spelling of a category, and returns it. Waits for the transactions that have resolved it.
    async fn category_lock(&mut self, name: &CategoryName) -> Result<Option<String>> {
        let locked = sqlx::query_scalar!(
            "SELECT name FROM category_names WHERE folded = fold_key($1) FOR UPDATE",
            name.as_str()
        );
        Ok(locked.fetch_optional(&mut *self.transaction).await?)
    }

    /// Gives a category another spelling of its name.
    async fn category_respell(&mut self, present: &str, name: &CategoryName) -> Result<()> {
        if self.category_lock(name).await?.as_deref() != Some(present) {
            return Err(Error::changed_meanwhile("the name of the category"));
        }
        sqlx::query!("UPDATE category_names SET name = $1 WHERE folded = fold_key($1)", name.as_str())
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }
}

impl Store {
    /// Returns the positions of these names in the order of a dictionary, as in lists of items by name.
    pub async fn names_order(&self, names: &[&str]) -> Result<Vec<usize>> {
        let positions = sqlx::query_scalar!(
            r#"SELECT position - 1 AS "position!" FROM unnest($1::text[]) WITH ORDINALITY AS given (name, position)
                ORDER BY name COLLATE "und-x-icu", position"#,
            names as &[&str]
        );
        let positions = positions.fetch_all(&self.lookups).await?;
        Ok(positions.into_iter().filter_map(|position| usize::try_from(position).ok()).collect())
    }
}
