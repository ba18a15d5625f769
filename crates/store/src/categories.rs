use crate::items::item_from;
use crate::{Cause, Result, Store, WriteTransaction};
use domain::{CategoryName, Precondition, TOP_ITEMS_MAX, TopItems, Version};
use std::collections::HashMap;
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

/// The items that one step of a rename has moved.
pub struct MovedItems {
    /// Their number.
    pub items: i64,
    /// The sum of the hashes of their ids. The sums of all steps are the hash of [`Version::of_category`].
    pub hash: i128,
}

/// The first step of a rename.
pub struct RenameBegun {
    /// The items that it has moved.
    pub moved: MovedItems,
    /// The other items of the category, in ascending order: those of the next steps.
    pub others: Vec<i64>,
}

impl Store {
    /// Returns the number of items in each of these categories, without archived ones.
    pub async fn category_sizes(&self, names: [&str; 2]) -> Result<[i64; 2]> {
        Ok([self.category_count(names[0]).await?, self.category_count(names[1]).await?])
    }

    /// Returns whether a category has no items. Archived items count.
    pub async fn category_is_empty(&self, name: &CategoryName) -> Result<bool> {
        let is_empty = sqlx::query_scalar!(
            r#"SELECT NOT EXISTS (SELECT FROM items WHERE category = $1) AS "is_empty!""#,
            name.as_str()
        );
        Ok(is_empty.fetch_one(&self.lookups).await?)
    }

    /// Returns the version of a category: equal versions have the same items. Reads each of its items.
    pub async fn category_version(&self, name: &CategoryName) -> Result<Version> {
        let row = sqlx::query!(
            r#"SELECT count(*) AS "items!", coalesce(sum(hashint8extended(id, 0)), 0)::text AS "hash!"
                 FROM items WHERE category = $1"#,
            name.as_str()
        );
        let row = row.fetch_one(&self.lookups).await?;
        Ok(Version::of_category(row.items, hash_from(&row.hash)?))
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

    /// Begins a rename: checks its condition on [`Store::category_version`], changes the spelling of the category if `to` is
    /// another spelling of `from`, and moves the first `limit` items. Adds an event per item and one with their number to the
    /// audit log.
    ///
    /// Locks both categories, then the items by ascending id, as everywhere. The condition is checked on the ids that this
    /// rename moves, and no others: an item that gets the category afterwards keeps it.
    ///
    /// # Errors
    /// [`domain::Error::CategoryExists`] ([`CategoryName::check_rename`]), [`domain::Error::VersionMismatch`].
    pub async fn category_rename_begin(
        &self,
        from: &CategoryName,
        to: &CategoryName,
        condition: &Precondition,
        limit: usize,
        cause: Cause<'_>,
    ) -> Result<RenameBegun> {
        let mut transaction = self.begin().await?;
        if transaction.category_rename_lock(from, to).await? {
            transaction.category_respell(to).await?;
        }
        let locked = sqlx::query_scalar!(
            "SELECT id FROM items WHERE category = $1 ORDER BY id LIMIT $2 FOR NO KEY UPDATE",
            from.as_str(),
            i64::try_from(limit).unwrap_or(i64::MAX)
        )
        .fetch_all(&mut *transaction.transaction)
        .await?;
        let others = match locked.last().filter(|_| locked.len() == limit) {
            None => Vec::new(),
            Some(last) => transaction.category_items_after(from, *last).await?,
        };
        if *condition != Precondition::None {
            let hash = transaction.ids_hash(&[locked.as_slice(), others.as_slice()].concat()).await?;
            let items = i64::try_from(locked.len() + others.len()).unwrap_or(i64::MAX);
            condition.check(Version::of_category(items, hash))?;
        }
        let moved = transaction.category_move(from, to, &locked, cause).await?;
        transaction.commit().await?;
        Ok(RenameBegun { moved, others })
    }

    /// Moves the given items that still have the category `from`. Locks like [`Store::category_rename_begin`].
    ///
    /// # Errors
    /// [`domain::Error::CategoryExists`] if the spelling of `to` has changed since.
    pub async fn category_rename_continue(
        &self,
        from: &CategoryName,
        to: &CategoryName,
        ids: &[i64],
        cause: Cause<'_>,
    ) -> Result<MovedItems> {
        let mut transaction = self.begin().await?;
        if transaction.category_rename_lock(from, to).await? {
            // Another rename has changed the spelling back.
            return Err(domain::Error::CategoryExists(from.to_string()).into());
        }
        let locked = sqlx::query_scalar!(
            "SELECT id FROM items WHERE id = ANY ($1) AND category = $2 ORDER BY id FOR NO KEY UPDATE",
            ids,
            from.as_str()
        )
        .fetch_all(&mut *transaction.transaction)
        .await?;
        let moved = transaction.category_move(from, to, &locked, cause).await?;
        transaction.commit().await?;
        Ok(moved)
    }
}

/// Parses a sum of hashes. It fits: a hash has 64 bits, and a table has fewer than 2^63 rows.
fn hash_from(text: &str) -> Result<i128> {
    text.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)).into())
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

    /// Returns the spelling that items of each of these categories have, by the given name. Locks like
    /// [`WriteTransaction::item_update`].
    pub async fn categories_resolve(&mut self, names: &[&str]) -> Result<HashMap<String, String>> {
        if names.is_empty() {
            return Ok(HashMap::new());
        }
        let resolved = sqlx::query_scalar!(
            r#"SELECT category_names_resolve($1) AS "names!: Vec<Option<String>>""#,
            names as &[&str]
        );
        let resolved = resolved.fetch_one(&mut *self.transaction).await?;
        let spelled = |(name, spelling): (&&str, Option<String>)| Some((name.to_string(), spelling?));
        Ok(names.iter().zip(resolved).filter_map(spelled).collect())
    }

    /// Locks the categories of a rename, and checks it. Returns whether it changes the spelling of one category.
    async fn category_rename_lock(&mut self, from: &CategoryName, to: &CategoryName) -> Result<bool> {
        let present = sqlx::query_scalar!("SELECT category_rename_lock($1, $2)", from.as_str(), to.as_str())
            .fetch_one(&mut *self.transaction)
            .await?;
        Ok(from.check_rename(to, present.as_deref().unwrap_or(to.as_str()))?)
    }

    /// Returns the ids of a category's items after an id, in ascending order.
    async fn category_items_after(&mut self, category: &CategoryName, after: i64) -> Result<Vec<i64>> {
        let ids = sqlx::query_scalar!(
            "SELECT id FROM items WHERE category = $1 AND id > $2 ORDER BY id",
            category.as_str(),
            after
        );
        Ok(ids.fetch_all(&mut *self.transaction).await?)
    }

    /// Returns the sum of the hashes of these ids.
    async fn ids_hash(&mut self, ids: &[i64]) -> Result<i128> {
        let hash = sqlx::query_scalar!(
            r#"SELECT coalesce(sum(hashint8extended(id, 0)), 0)::text AS "hash!" FROM unnest($1::bigint[]) AS id"#,
            ids
        );
        hash_from(&hash.fetch_one(&mut *self.transaction).await?)
    }

    /// Gives a category another spelling of its name. Its row must be locked.
    async fn category_respell(&mut self, name: &CategoryName) -> Result<()> {
        sqlx::query!("UPDATE category_names SET name = $1 WHERE folded = fold_key($1)", name.as_str())
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// Moves locked items to another category, with their events.
    async fn category_move(
        &mut self,
        from: &CategoryName,
        to: &CategoryName,
        ids: &[i64],
        cause: Cause<'_>,
    ) -> Result<MovedItems> {
        let moved = sqlx::query!(
            r#"WITH renamed AS (
                   UPDATE items SET category = $3, updated_at = now() WHERE id = ANY ($1) RETURNING id
               ), events (kind, subject, before, after) AS (
                   SELECT 'item.changed', 'item:' || id, jsonb_build_object('category', $2::text),
                          jsonb_build_object('category', $3::text)
                     FROM renamed
                    UNION ALL
                   SELECT 'category.renamed', 'category:' || $2::text, jsonb_build_object('category', $2::text),
                          jsonb_build_object('category', $3::text, 'items', count(*))
                     FROM renamed HAVING count(*) > 0
               ), recorded AS (
                   INSERT INTO audit_events (actor, credential, address, request_id, kind, subject, before, after)
                   SELECT $4, $5, $6, $7, kind, subject, before, after FROM events
               )
               SELECT count(*) AS "items!", coalesce(sum(hashint8extended(id, 0)), 0)::text AS "hash!" FROM renamed"#,
            ids,
            from.as_str(),
            to.as_str(),
            cause.actor,
            cause.credential_text(),
            cause.address as Option<IpAddr>,
            cause.request_id
        )
        .fetch_one(&mut *self.transaction)
        .await?;
        Ok(MovedItems { items: moved.items, hash: hash_from(&moved.hash)? })
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
