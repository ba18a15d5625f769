use crate::items::item_from;
use crate::{Error, Result, Store};
use domain::{TOP_ITEMS_MAX, TopItems};

impl Store {
    /// Returns the items with the highest quantities in a category, and the number of its items. A category without items has
    /// none.
    pub async fn category_top(&self, category: &str) -> Result<TopItems> {
        let items = sqlx::query_as!(
            crate::items::ItemRow,
            r#"SELECT id, name, description, quantity, price, category, created_at, updated_at
                 FROM items WHERE category = $1 ORDER BY quantity DESC, id LIMIT $2"#,
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

    async fn category_count(&self, category: &str) -> Result<i64> {
        let count =
            sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM items WHERE category = $1"#, category);
        Ok(count.fetch_one(&self.lookups).await?)
    }
}

impl Store {
    /// Returns the number of items in each of these categories.
    pub async fn category_sizes(&self, names: [&str; 2]) -> Result<[i64; 2]> {
        Ok([self.category_count(names[0]).await?, self.category_count(names[1]).await?])
    }

    /// Moves at most `limit` items from one category to another. Returns the number of items. Locks the items by ascending
    /// id, as everywhere.
    pub async fn category_rename(&self, from: &str, to: &str, limit: i64) -> Result<u64> {
        let mut transaction = self.begin().await?.transaction;
        let ids = sqlx::query_scalar!(
            "SELECT id FROM items WHERE category = $1 ORDER BY id LIMIT $2 FOR NO KEY UPDATE",
            from,
            limit
        )
        .fetch_all(&mut *transaction)
        .await?;
        let renamed =
            sqlx::query!("UPDATE items SET category = $2, updated_at = now() WHERE id = ANY ($1)", &ids, to)
                .execute(&mut *transaction)
                .await?;
        transaction.commit().await.map_err(Error::from_commit)?;
        Ok(renamed.rows_affected())
    }
}
