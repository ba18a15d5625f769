//! Applies the judged rows of an import in chunks.

use super::worker::Lease;
use crate::{Context, Error};
use domain::{AllowedWarehouses, RowAttempts, RowReason, RowResult, WarehouseId};
use spreadsheet::FileKind;
use std::time::{Duration, Instant};
use store::{Impairment, ImportApplication};

/// The rows of items that one transaction applies.
const ITEM_ROWS: usize = 500;

/// The rows of stock that one transaction applies. A buyer may wait for the locks of one transaction.
const STOCK_ROWS: usize = 250;

/// The pause after a chunk, as a fraction of its duration: it leaves the database time for other requests.
const PAUSE_DIVISOR: u32 = 8;

/// The factor by which the chunks get smaller after a failure, until the row that fails is alone.
const SHRINK_FACTOR: usize = 8;

/// The pause before another attempt.
const RETRY_PAUSE: Duration = Duration::from_millis(200);

/// The result of a chunk.
pub(super) enum Chunk {
    /// The results of its rows are committed.
    Committed,
    /// The lease is lost.
    Lost,
}

impl Lease<'_> {
    /// Applies the open rows.
    pub(super) async fn apply(&self) -> crate::Result<()> {
        // The states of the table exclude an application without a caller.
        let application = self.claim.application.as_ref().ok_or(Error::Internal)?;
        let context = context_of(application)?;
        let is_stock = self.import.layout.as_ref().and_then(|layout| layout.kind) == Some(FileKind::Stock);
        let rows_max = if is_stock { STOCK_ROWS } else { ITEM_ROWS };
        let (mut rows_next, mut attempts) = (rows_max, RowAttempts::default());
        loop {
            let begun = Instant::now();
            let limit = i64::try_from(rows_next).unwrap_or(i64::MAX);
            let rows =
                self.engine.store().import_rows_open(self.import.id, self.claim.revision, limit).await?;
            if rows.is_empty() {
                break;
            }
            let count = rows.len();
            let applied = match is_stock {
                true => self.apply_stock(&context, application.write_off_units_max, rows.clone()).await,
                false => self.apply_items(&context, &rows).await.map_err(Error::from),
            };
            match applied {
                Ok(Chunk::Lost) => return Ok(()),
                Ok(Chunk::Committed) => {
                    rows_next = (rows_next * 2).min(rows_max);
                    tokio::time::sleep(begun.elapsed() / PAUSE_DIVISOR).await;
                }
                Err(error) if !is_fault_of_rows(&error) => return Err(error),
                Err(error) => {
                    if let [row] = rows.as_slice()
                        && attempts.failed(row)
                        && matches!(self.finish(&[row.refused(reason_of(&error))]).await?, Chunk::Lost)
                    {
                        return Ok(());
                    }
                    rows_next = (count / SHRINK_FACTOR).max(1);
                    tokio::time::sleep(RETRY_PAUSE).await;
                }
            }
        }
        if let Some(mut transaction) = self.begin().await? {
            transaction.import_applied(self.import.id).await?;
            transaction.commit().await?;
        }
        Ok(())
    }

    /// Writes the results of rows that change nothing else.
    async fn finish(&self, results: &[RowResult]) -> store::Result<Chunk> {
        let Some(mut transaction) = self.begin().await? else { return Ok(Chunk::Lost) };
        transaction.import_rows_finish(self.import.id, self.claim.revision, results).await?;
        transaction.commit().await?;
        Ok(Chunk::Committed)
    }
}

/// Returns whether the rows of a chunk may have caused an error, also by their number. The others end the attempt at the
/// import, which is claimed again: the database does not answer, is impaired or overloaded, or the outcome of the commit is
/// unknown.
fn is_fault_of_rows(error: &Error) -> bool {
    match error {
        Error::Impaired(impairment) => *impairment == Impairment::TooSlow,
        error => !matches!(error, Error::Unavailable | Error::Overloaded | Error::OutcomeUnknown),
    }
}

/// Returns the reason of a row that failed too often.
fn reason_of(error: &Error) -> RowReason {
    match error {
        Error::Rejected(rejection) => rejection.into(),
        Error::StockLocked => RowReason::new("stock_locked", error.to_string()),
        error => RowReason::new("internal", error.to_string()),
    }
}

/// Returns the caller that started to apply the import. Its permissions were checked then.
///
/// # Errors
/// [`domain::Error::Invalid`] for a list of warehouses that no caller can have: nothing is applied then.
fn context_of(application: &ImportApplication) -> Result<Context, domain::Error> {
    let origin = &application.origin;
    let warehouses = match &application.warehouses {
        Some(ids) => AllowedWarehouses::only(ids.iter().copied().map(WarehouseId).collect())?,
        None => AllowedWarehouses::ALL,
    };
    Ok(Context {
        warehouses,
        credential: origin.credential,
        address: origin.address,
        ..Context::new(origin.actor.clone(), origin.request_id.as_deref().unwrap_or("import"))
    })
}
