use crate::pool::Transaction;
use crate::{Error, Result, Store};

/// A writing transaction. It is rolled back if it is dropped without [`WriteTransaction::commit`].
pub struct WriteTransaction {
    pub(crate) transaction: Transaction,
}

impl Store {
    /// Begins a transaction.
    pub async fn begin(&self) -> Result<WriteTransaction> {
        Ok(WriteTransaction { transaction: self.writes.begin("BEGIN").await? })
    }

    /// Begins a transaction for background work.
    pub(crate) async fn begin_background(&self) -> Result<WriteTransaction> {
        Ok(WriteTransaction { transaction: self.background.begin("BEGIN").await? })
    }

    /// Begins a read-only transaction on the primary with one snapshot for all its statements.
    pub(crate) async fn begin_reading(&self) -> Result<Transaction> {
        Ok(self.background.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
    }

    /// Begins a transaction that reads a few rows for one user in one snapshot.
    pub(crate) async fn begin_lookup(&self) -> Result<Transaction> {
        Ok(self.lookups.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
    }
}

impl WriteTransaction {
    /// Commits.
    ///
    /// # Errors
    /// [`Error::OutcomeUnknown`] if the connection broke before the result arrived.
    pub async fn commit(self) -> Result<()> {
        self.transaction.commit().await.map_err(Error::from_commit)
    }

    /// Rolls back.
    pub async fn roll_back(self) -> Result<()> {
        Ok(self.transaction.rollback().await?)
    }
}
