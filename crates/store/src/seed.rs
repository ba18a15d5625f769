//! Loads many items at once, by COPY.

use crate::{Error, Result, Store};
use domain::{Price, WarehouseId};
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgConnection;
use std::fmt::Write as _;

/// Rows that are sent at a time.
const COPY_ROWS: u64 = 5_000;

/// What PostgreSQL may use to build an index.
const BUILD_MEMORY: &str = "256MB";

/// An item to be loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedItem {
    /// 1 to 255 characters.
    pub name: String,
    /// 1 to 100 characters.
    pub category: String,
    /// What one unit costs.
    pub price: Price,
    /// Units.
    pub quantity: u16,
    /// Where they lie.
    pub warehouse: WarehouseId,
}

/// How far a load is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoadProgress {
    /// So many rows were sent, of three times as many as there are items.
    Rows(u64),
    /// All were sent: indexes are built, and the planner gets to know the rows.
    Indexes,
}

impl Store {
    /// Loads `count` items, the n-th being `item(n)`, in one transaction. `progress` is told how far it is.
    ///
    /// While it runs nobody else can create items; the first items of all nobody can read either.
    pub async fn items_load(
        &self,
        count: u64,
        item: impl Fn(u64) -> SeedItem,
        mut progress: impl FnMut(LoadProgress),
    ) -> Result<()> {
        let mut transaction = self.maintenance.begin().await?;
        let put_off = indexes_put_off(&mut transaction).await?;
        let first = sqlx::query_scalar!(r#"SELECT nextval('items_id_seq') AS "id!""#)
            .fetch_one(&mut *transaction)
            .await?;
        let last = first + i64::try_from(count).unwrap_or(0);
        sqlx::query!("SELECT setval('items_id_seq', $1)", last).fetch_one(&mut *transaction).await?;
        let id = |n: u64| first + i64::try_from(n).unwrap_or(0);
        let mut sent = 0;
        let mut tell = |rows| {
            sent += rows;
            progress(LoadProgress::Rows(sent));
        };
        let items = "COPY items (id, name, category, price, quantity) FROM STDIN";
        copy(&mut transaction, items, count, &mut tell, |n, line| {
            let SeedItem { name, category, price, quantity, .. } = item(n);
            let (name, category) = (escaped(&name), escaped(&category));
            write!(line, "{}\t{name}\t{category}\t{price}\t{quantity}", id(n))
        })
        .await?;
        let levels = "COPY inventory (product_id, warehouse_id, stock_quantity) FROM STDIN";
        copy(&mut transaction, levels, count, &mut tell, |n, line| {
            let SeedItem { quantity, warehouse, .. } = item(n);
            write!(line, "{}\t{warehouse}\t{quantity}", id(n))
        })
        .await?;
        let ledger = "COPY stock_movements (item_id, warehouse_id, change, reason, actor) FROM STDIN";
        copy(&mut transaction, ledger, count, &mut tell, |n, line| {
            let SeedItem { quantity, warehouse, .. } = item(n);
            write!(line, "{}\t{warehouse}\t{quantity}\treceived\tseed", id(n))
        })
        .await?;
        progress(LoadProgress::Indexes);
        for definition in put_off {
            sqlx::raw_sql(AssertSqlSafe(definition)).execute(&mut *transaction).await?;
        }
        transaction.commit().await.map_err(Error::from_commit)?;
        // The planner should know of the new rows at once; the visibility map makes index-only reads cheap.
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

/// Locks the items. Where there are none yet their indexes are dropped, those but that keep rows apart: built of all
/// rows at once they take half as long. Returns the statements that build them.
async fn indexes_put_off(connection: &mut PgConnection) -> Result<Vec<String>> {
    if are_items(connection).await? {
        sqlx::query!("LOCK TABLE items IN SHARE ROW EXCLUSIVE MODE").execute(&mut *connection).await?;
        return Ok(Vec::new());
    }
    sqlx::query!("LOCK TABLE items, item_names IN ACCESS EXCLUSIVE MODE").execute(&mut *connection).await?;
    // Somebody may have been faster.
    if are_items(connection).await? {
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

async fn are_items(connection: &mut PgConnection) -> Result<bool> {
    Ok(sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM items) AS "are!""#).fetch_one(connection).await?)
}

async fn copy(
    connection: &mut PgConnection,
    statement: &'static str,
    count: u64,
    tell: &mut impl FnMut(u64),
    line: impl Fn(u64, &mut String) -> std::fmt::Result,
) -> Result<()> {
    let mut copying = connection.copy_in_raw(statement).await?;
    let mut rows = String::new();
    for start in (0..count).step_by(usize::try_from(COPY_ROWS).unwrap_or(1)) {
        rows.clear();
        let end = count.min(start + COPY_ROWS);
        for n in start..end {
            // Writing to a String does not fail.
            _ = line(n, &mut rows);
            rows.push('\n');
        }
        copying.send(rows.as_bytes()).await?;
        tell(end - start);
    }
    copying.finish().await?;
    Ok(())
}

/// As COPY's text format wants it.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r")
}
