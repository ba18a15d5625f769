use crate::{Error, Result, Store};
use sqlx::{Postgres, Transaction};

/// A transaction that changes something. Dropped without [`WriteTransaction::commit`], it changes nothing.
pub struct WriteTransaction {
    pub(crate) transaction: Transaction<'static, Postgres>,
}

impl Store {
    /// Begins a transaction.
    pub async fn begin(&self) -> Result<WriteTransaction> {
        Ok(WriteTransaction { transaction: self.writes.begin().await? })
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
