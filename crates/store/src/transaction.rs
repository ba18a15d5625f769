use crate::{Error, Result, Store};
use sqlx::{Postgres, Transaction};

/// A transaction that changes something. Dropped without [`WriteTransaction::commit`], it changes nothing.
pub struct WriteTransaction {
    pub(crate) transaction: Transaction<'static, Postgres>,
}

impl Store {
    /// Begins a transaction.
    pub async fn begin(&self) -> Result<WriteTransaction> {
        let pool = self.writes.clone();
        Ok(WriteTransaction { transaction: undisturbed(async move { pool.begin().await }).await? })
    }

    /// Begins a transaction that reads more than once and sees one state, from the primary.
    pub(crate) async fn begin_reading(&self) -> Result<Transaction<'static, Postgres>> {
        let pool = self.writes.clone();
        undisturbed(async move { pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await })
            .await
    }
}

/// Begins in a task of its own. A caller that goes away while BEGIN is on its way would else leave the connection
/// to the next one within a transaction that nobody knows of: sqlx takes back only what has begun.
async fn undisturbed(
    begin: impl Future<Output = sqlx::Result<Transaction<'static, Postgres>>> + Send + 'static,
) -> Result<Transaction<'static, Postgres>> {
    match tokio::spawn(begin).await {
        Ok(begun) => Ok(begun?),
        Err(_) => Err(Error::Unavailable(sqlx::Error::WorkerCrashed)),
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
