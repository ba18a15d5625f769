//! Checks the books, a range of items at a time, and repairs them: stock levels, blocks, orders and sums against
//! the ledger, and each row against those that it names.

mod discrepancy;
mod find;
mod repair;

pub use discrepancy::{Discrepancy, DiscrepancyKind};

use crate::Result;
use crate::schema::{SchemaState, schema_state};
use domain::ItemId;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};
use std::str::FromStr as _;

/// A connection that checks the books. It starts nothing, migrates nothing and has no time limit; until
/// [`Audit::repair`] is called, it only reads.
#[derive(Debug)]
pub struct Audit {
    connection: PgConnection,
}

impl Audit {
    /// Connects to the database that this `postgres://` URL names.
    ///
    /// # Errors
    /// The database can't be reached, or the URL can't be read.
    pub async fn connect(url: &str) -> Result<Self> {
        let options = PgConnectOptions::from_str(url)?.application_name("stockhold reconcile");
        let mut connection = options.connect().await?;
        sqlx::raw_sql(
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY; SET statement_timeout = 0; SET jit = off",
        )
        .execute(&mut connection)
        .await?;
        Ok(Self { connection })
    }

    /// Which version the schema has. The checks are for [`SchemaState::Current`] only.
    pub async fn schema_state(&mut self) -> Result<SchemaState> {
        schema_state(&mut self.connection).await
    }

    /// The lowest item id from `from` on that the books have in any place, whether or not the item exists.
    pub async fn next_item(&mut self, from: i64) -> Result<Option<ItemId>> {
        let next = sqlx::query_scalar!(
            "SELECT least((SELECT min(id) FROM items WHERE id >= $1),
                          (SELECT min(item_id) FROM item_names WHERE item_id >= $1),
                          (SELECT min(product_id) FROM inventory WHERE product_id >= $1),
                          (SELECT min(item_id) FROM block_inventory WHERE item_id >= $1),
                          (SELECT min(product_id) FROM order_items WHERE product_id >= $1),
                          (SELECT min(item_id) FROM stock_movements WHERE item_id >= $1))",
            from
        )
        .fetch_one(&mut self.connection)
        .await?;
        Ok(next.map(ItemId))
    }

    /// How many items there are.
    pub async fn item_count(&mut self) -> Result<i64> {
        let count = sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM items"#);
        Ok(count.fetch_one(&mut self.connection).await?)
    }

    /// What is wrong with items of id `from` up to, not including, `to`; all at one moment.
    pub async fn items(&mut self, from: i64, to: i64) -> Result<Vec<Discrepancy>> {
        find::items(&mut self.connection, from, to).await
    }

    /// What is wrong with the database as a whole: sequences, triggers, and orders' warehouses.
    pub async fn database(&mut self) -> Result<Vec<Discrepancy>> {
        find::database(&mut self.connection).await
    }

    /// Repairs what can be repaired of one item, in one transaction that locks the item's stock levels. The stock
    /// levels, the blocks and the orders count: the ledger and the sums follow. Returns what it found, repairable or
    /// not.
    pub async fn item_repair(&mut self, item: ItemId, actor: &str) -> Result<Vec<Discrepancy>> {
        repair::item(&mut self.connection, item, actor).await
    }

    /// Repairs what can be repaired of [`Audit::database`]. Returns what it found, repairable or not.
    pub async fn database_repair(&mut self) -> Result<Vec<Discrepancy>> {
        repair::database(&mut self.connection).await
    }

    /// Closes the connection.
    pub async fn close(self) -> Result<()> {
        Ok(self.connection.close().await?)
    }
}
