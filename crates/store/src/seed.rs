//! Bulk load of items with COPY.

use crate::copy::copy_reporting;
use crate::{Error, Result, Store};
use domain::{Price, WarehouseId};
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgConnection;

/// The memory that PostgreSQL may use to build an index.
const BUILD_MEMORY: &str = "256MB";

/// An item to load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedItem {
    /// The name, 1 to 255 characters.
    pub name: String,
    /// The category, 1 to 100 characters.
    pub category: String,
    /// The price of one unit.
    pub price: Price,
    /// The available units.
    pub quantity: u16,
    /// The warehouse of the units.
    pub warehouse: WarehouseId,
}

/// The progress of a load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoadProgress {
    /// The number of rows sent. The load sends three rows per item.
    Rows(u64),
    /// All rows were sent. Indexes are built and the tables are analyzed.
    Indexes,
}

impl Store {
    /// Loads `count` items in one transaction; `item(n)` is the n-th. Calls `progress` after each message.
    ///
    /// Meanwhile no other transaction can create items. If there were none before, none can be read either.
    pub async fn items_load(
        &self,
        count: u64,
        item: impl Fn(u64) -> SeedItem,
        mut progress: impl FnMut(LoadProgress),
    ) -> Result<()> {
        let mut transaction = self.maintenance.begin().await?;
        let deferred = drop_indexes(&mut transaction).await?;
        let first = sqlx::query_scalar!(r#"SELECT nextval('items_id_seq') AS "id!""#)
            .fetch_one(&mut *transaction)
            .await?;
        let last = first + i64::try_from(count).unwrap_or(0);
        sqlx::query!("SELECT setval('items_id_seq', $1)", last).fetch_one(&mut *transaction).await?;
        let id = |n: u64| first + i64::try_from(n).unwrap_or(0);
        let mut sent = 0;
        let mut report = |rows| {
            sent += rows;
            progress(LoadProgress::Rows(sent));
        };
        let items = "COPY items (id, name, category, price, quantity) FROM STDIN";
        copy_reporting(
            &mut transaction,
            items,
            0..count,
            |line, n| {
                let SeedItem { name, category, price, quantity, .. } = item(n);
                line.value(id(n)).text(&name).text(&category).value(price).value(quantity)
            },
            &mut report,
        )
        .await?;
        let levels = "COPY inventory (product_id, warehouse_id, stock_quantity) FROM STDIN";
        copy_reporting(
            &mut transaction,
            levels,
            0..count,
            |line, n| {
                let SeedItem { quantity, warehouse, .. } = item(n);
                line.value(id(n)).value(warehouse).value(quantity)
            },
            &mut report,
        )
        .await?;
        let ledger = "COPY stock_movements (item_id, warehouse_id, change, reason, actor) FROM STDIN";
        copy_reporting(
            &mut transaction,
            ledger,
            0..count,
            |line, n| {
                let SeedItem { quantity, warehouse, .. } = item(n);
                line.value(id(n)).value(warehouse).value(quantity).value("received").value("seed")
            },
            &mut report,
        )
        .await?;
        progress(LoadProgress::Indexes);
        for definition in deferred {
            sqlx::raw_sql(AssertSqlSafe(definition)).execute(&mut *transaction).await?;
        }
        transaction.commit().await.map_err(Error::from_commit)?;
        // For up-to-date statistics, and a visibility map for index-only scans.
        for table in [
            "VACUUM (ANALYZE) items",
            "VACUUM (ANALYZE) item_names",
            "VACUUM (ANALYZE) inventory",
            "ANALYZE stock_movements",
        ] {
            sqlx::raw_sql(table).execute(&self.maintenance).await?;
        }
        Ok(())
    }
}

/// Locks the table of items. If it is empty, drops the indexes that are not unique, because building them after the load
/// takes half as long. Returns the statements that build them again.
async fn drop_indexes(connection: &mut PgConnection) -> Result<Vec<String>> {
    if has_items(connection).await? {
        sqlx::query!("LOCK TABLE items IN SHARE ROW EXCLUSIVE MODE").execute(&mut *connection).await?;
        return Ok(Vec::new());
    }
    sqlx::query!("LOCK TABLE items, item_names IN ACCESS EXCLUSIVE MODE").execute(&mut *connection).await?;
    // Another transaction may have created items before the lock.
    if has_items(connection).await? {
        return Ok(Vec::new());
    }
    let indexes = sqlx::query!(
        r#"SELECT format('DROP INDEX %s', indexrelid::regclass) AS "drop!", pg_get_indexdef(indexrelid) AS "build!"
             FROM pg_index
            WHERE indrelid IN ('items'::regclass, 'item_names'::regclass) AND NOT indisunique"#
    )
    .fetch_all(&mut *connection)
    .await?;
    for index in &indexes {
        sqlx::raw_sql(AssertSqlSafe(index.drop.clone())).execute(&mut *connection).await?;
    }
    sqlx::query!("SELECT set_config('maintenance_work_mem', $1, true)", BUILD_MEMORY)
        .fetch_one(&mut *connection)
        .await?;
    Ok(indexes.into_iter().map(|index| index.build).collect())
}

async fn has_items(connection: &mut PgConnection) -> Result<bool> {
    Ok(sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM items) AS "exists!""#).fetch_one(connection).await?)
}
