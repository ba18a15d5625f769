use crate::pool::Transaction;
use crate::{Error, Result, Store};

/// A transaction that changes something. Dropped without [`WriteTransaction::commit`], it changes nothing.
pub struct WriteTransaction {
    pub(crate) transaction: Transaction,
}

impl Store {
    /// Begins a transaction.
    pub async fn begin(&self) -> Result<WriteTransaction> {
        Ok(WriteTransaction { transaction: self.writes.begin("BEGIN").await? })
    }

    /// Begins a transaction for work that no request waits for.
    pub(crate) async fn begin_background(&self) -> Result<WriteTransaction> {
        Ok(WriteTransaction { transaction: self.background.begin("BEGIN").await? })
    }

    /// Begins a transaction that reads more than once and sees one state, from the primary.
    pub(crate) async fn begin_reading(&self) -> Result<Transaction> {
        Ok(self.background.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
    }
}

impl WriteTransaction {
    /// Makes it durable.
    ///
    /// # Errors
    /// [`Error::OutcomeUnknown`] where the connection broke before the answer came.
    pub async fn commit(self) -> Result<()> {
        self.transaction.commit().await.map_err(Error::from_commit)
    }

    /// Gives the locks back and changes nothing.
    pub async fn roll_back(self) -> Result<()> {
        Ok(self.transaction.rollback().await?)
    }
}
