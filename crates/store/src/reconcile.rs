//! Audit and repair: compares stock levels, blocks, orders and quantities with the ledger, and checks references between
//! rows. Items are checked in ranges of ids.

mod archived;
mod discrepancy;
mod find;
mod repair;
mod shelf;

pub use archived::ArchivedSums;
pub use discrepancy::{Discrepancy, DiscrepancyKind};

use crate::pooler::connect_session;
use crate::schema::schema_state;
use crate::{Result, SchemaState, Settings};
use domain::{ArchiveKind, ItemId};
use sqlx::{Connection as _, PgConnection};

/// The session settings of the audit.
const AUDITING: [(&str, &str); 3] =
    [("default_transaction_read_only", "on"), ("statement_timeout", "0"), ("jit", "off")];

/// The results of runs that are kept.
const RECONCILE_RUNS_MAX: i64 = 100;

/// A connection for the audit. It has no statement timeout, and is read-only except in the `*_repair` methods and
/// [`Audit::run_insert`].
#[derive(Debug)]
pub struct Audit {
    connection: PgConnection,
}

impl Audit {
    /// Connects to the primary, at its direct address if there is one.
    ///
    /// # Errors
    /// The database can't be reached, or a URL is invalid. [`Error::Pooler`](crate::Error::Pooler) if a pooler has no
    /// session for the audit.
    pub async fn connect(settings: &Settings) -> Result<Self> {
        let connection = connect_session(settings, "stockhold reconcile", &AUDITING).await?;
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
                          (SELECT min(item_id) FROM unsellable_stock WHERE item_id >= $1),
                          (SELECT min(item_id) FROM ledger_checkpoints WHERE item_id >= $1),
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

    /// Returns the discrepancies of items with ids from `from` up to, but not including, `to`. The shipped and unsellable units are
    /// of a snapshot of their own.
    pub async fn items(&mut self, from: i64, to: i64) -> Result<Vec<Discrepancy>> {
        let mut found = find::items(&mut self.connection, from, to).await?;
        found.extend(shelf::items(&mut self.connection, from, to).await?);
        Ok(found)
    }

    /// Returns the discrepancies of the database as a whole: sequences, triggers, and warehouses of orders.
    pub async fn database(&mut self) -> Result<Vec<Discrepancy>> {
        find::database(&mut self.connection).await
    }

    /// Repairs one item, in one transaction that locks the item's stock levels. Stock levels, blocks and orders are
    /// authoritative; the ledger and the quantities are corrected. Returns all discrepancies, including those that can't be
    /// repaired.
    pub async fn item_repair(&mut self, item: ItemId, actor: &str) -> Result<Vec<Discrepancy>> {
        let mut found = repair::item(&mut self.connection, item, actor).await?;
        found.extend(shelf::items(&mut self.connection, item.0, item.0.saturating_add(1)).await?);
        Ok(found)
    }

    /// Repairs the discrepancies of [`Audit::database`]. Returns all of them, including those that can't be repaired.
    pub async fn database_repair(&mut self) -> Result<Vec<Discrepancy>> {
        repair::database(&mut self.connection).await
    }

    /// Stores the result of a run for the overview, and deletes all but the last [`RECONCILE_RUNS_MAX`] results.
    pub async fn run_insert(&mut self, seconds: f64, is_repair: bool, found: [i64; 2]) -> Result<()> {
        let [repairable, others] = found;
        let mut transaction = self.connection.begin_with("BEGIN READ WRITE").await?;
        sqlx::query!(
            "INSERT INTO reconcile_runs (seconds, is_repair, repairable, others) VALUES ($1, $2, $3, $4)",
            seconds,
            is_repair,
            repairable,
            others
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "DELETE FROM reconcile_runs WHERE id <= (SELECT max(id) FROM reconcile_runs) - $1",
            RECONCILE_RUNS_MAX
        )
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// Returns the identity of the ledger, a UUID.
    pub async fn ledger_identity(&mut self) -> Result<String> {
        archived::ledger(&mut self.connection).await
    }

    /// Returns the highest archived id of a kind. 0 if nothing is archived.
    pub async fn archive_position(&mut self, kind: ArchiveKind) -> Result<i64> {
        archived::position(&mut self.connection, kind).await
    }

    /// Adds archived movements to sums. `lines` is a JSON array of them.
    ///
    /// # Errors
    /// `lines` has another form, or the database fails.
    pub async fn archived_sums_add(&mut self, sums: &mut ArchivedSums, lines: &str) -> Result<()> {
        archived::add_lines(&mut self.connection, sums, lines).await
    }

    /// Returns a text per checkpoint that is not the sum of the archived movements. All checkpoints are in memory.
    pub async fn checkpoint_differences(&mut self, sums: &ArchivedSums) -> Result<Vec<String>> {
        archived::differences(&mut self.connection, sums).await
    }

    /// Closes the connection.
    pub async fn close(self) -> Result<()> {
        Ok(self.connection.close().await?)
    }
}
