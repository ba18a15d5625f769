//! Audit and repair: compares stock levels, blocks, orders and quantities with the ledger, and checks references between
//! rows. Items are checked in ranges of ids.

mod discrepancy;
mod find;
mod repair;

pub use discrepancy::{Discrepancy, DiscrepancyKind};

use crate::schema::schema_state;
use crate::{Result, SchemaState};
use domain::ItemId;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};
use std::str::FromStr as _;

/// A connection for the audit. It has no statement timeout, and is read-only except in the `*_repair` methods.
#[derive(Debug)]
pub struct Audit {
    connection: PgConnection,
}

impl Audit {
    /// Connects to the database of this `postgres://` URL.
    ///
    /// # Errors
    /// The database can't be reached, or the URL is invalid.
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

    /// Returns the state of the schema. The checks require [`SchemaState::Current`].
    pub async fn schema_state(&mut self) -> Result<SchemaState> {
        schema_state(&mut self.connection).await
    }

    /// Returns the lowest item id at or above `from` that occurs in any table, whether or not the item exists.
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

    /// Returns the number of items.
    pub async fn item_count(&mut self) -> Result<i64> {
        let count = sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM items"#);
        Ok(count.fetch_one(&mut self.connection).await?)
    }

    /// Returns the discrepancies of items with ids from `from` up to, but not including, `to`, in one snapshot.
    pub async fn items(&mut self, from: i64, to: i64) -> Result<Vec<Discrepancy>> {
        find::items(&mut self.connection, from, to).await
    }

    /// Returns the discrepancies of the database as a whole: sequences, triggers, and warehouses of orders.
    pub async fn database(&mut self) -> Result<Vec<Discrepancy>> {
        find::database(&mut self.connection).await
    }

    /// Repairs one item, in one transaction that locks the item's stock levels. Stock levels, blocks and orders are
    /// authoritative; the ledger and the quantities are corrected. Returns all discrepancies, including those that can't be
    /// repaired.
    pub async fn item_repair(&mut self, item: ItemId, actor: &str) -> Result<Vec<Discrepancy>> {
        repair::item(&mut self.connection, item, actor).await
    }

    /// Repairs the discrepancies of [`Audit::database`]. Returns all of them, including those that can't be repaired.
    pub async fn database_repair(&mut self) -> Result<Vec<Discrepancy>> {
        repair::database(&mut self.connection).await
    }

    /// Closes the connection.
    pub async fn close(self) -> Result<()> {
        Ok(self.connection.close().await?)
    }
}
