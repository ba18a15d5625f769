//! Applies the judged rows of an import in chunks.

use super::worker::Lease;
use crate::Context;
use domain::{AllowedWarehouses, Error as Rejection, RowOutcome, WarehouseId};
use spreadsheet::FileKind;
use std::time::{Duration, Instant};
use store::{ImportApplication, OpenImportRow, RowResult};

/// The rows of items that one transaction applies.
const ITEM_ROWS: usize = 500;

/// The rows of stock that one transaction applies. A buyer may wait for the locks of one transaction.
const STOCK_ROWS: usize = 250;

/// The pause after a chunk, as a fraction of its duration: it leaves the database time for other requests.
const PAUSE_DIVISOR: u32 = 8;

/// The factor by which the chunks get smaller after a failure, until the row that fails is alone.
const SHRINK_FACTOR: usize = 8;

/// The attempts at a row that is alone and fails. Then it is refused.
const ROW_ATTEMPTS: u32 = 5;

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
        let Some(application) = &self.task.application else { return Ok(()) };
        let context = context_of(application);
        let import = &self.task.import;
        let is_stock = import.layout.as_ref().and_then(|layout| layout.kind) == Some(FileKind::Stock);
        let rows_max = if is_stock { STOCK_ROWS } else { ITEM_ROWS };
        let (mut rows_next, mut attempts) = (rows_max, 0);
        loop {
            let begun = Instant::now();
            let limit = i64::try_from(rows_next).unwrap_or(i64::MAX);
            let rows = self.engine.store().import_rows_open(import.id, import.revision, limit).await?;
            if rows.is_empty() {
                break;
            }
            let applied = match is_stock {
                true => self.apply_stock(&context, application.write_off_units_max, &rows).await,
                false => self.apply_items(&context, &rows).await,
            };
            match applied {
                Ok(Chunk::Lost) => return Ok(()),
                Ok(Chunk::Committed) => {
                    (rows_next, attempts) = ((rows_next * 2).min(rows_max), 0);
                    tokio::time::sleep(begun.elapsed() / PAUSE_DIVISOR).await;
                }
                Err(error @ (store::Error::Unavailable(_) | store::Error::Impaired(..))) => {
                    return Err(error.into());
                }
                Err(error) => {
                    attempts += u32::from(rows.len() == 1);
                    if attempts >= ROW_ATTEMPTS {
                        let reason = match crate::Error::from(error) {
                            crate::Error::Rejected(rejection) => refusal(&rejection),
                            error @ crate::Error::StockLocked => {
                                ("stock_locked".to_owned(), error.to_string())
                            }
                            error => ("internal".to_owned(), error.to_string()),
                        };
                        if matches!(self.refuse(&rows, &reason).await?, Chunk::Lost) {
                            return Ok(());
                        }
                        attempts = 0;
                    }
                    rows_next = (rows.len() / SHRINK_FACTOR).max(1);
                    tokio::time::sleep(RETRY_PAUSE).await;
                }
            }
        }
        if let Some(mut transaction) = self.begin().await? {
            transaction.import_applied(import.id).await?;
            transaction.commit().await?;
        }
        Ok(())
    }

    /// Refuses rows.
    async fn refuse(&self, rows: &[OpenImportRow], reason: &(String, String)) -> store::Result<Chunk> {
        let Some(mut transaction) = self.begin().await? else { return Ok(Chunk::Lost) };
        let results: Vec<_> =
            rows.iter().map(|row| result(row, RowOutcome::Refused, Some(reason.clone()))).collect();
        let import = &self.task.import;
        transaction.import_rows_finish(import.id, import.revision, &results).await?;
        transaction.commit().await?;
        Ok(Chunk::Committed)
    }
}

/// Returns the result of a row.
pub(super) fn result(
    row: &OpenImportRow,
    outcome: RowOutcome,
    reason: Option<(String, String)>,
) -> RowResult {
    RowResult { ordinal: row.ordinal, outcome, created: None, reason }
}

/// Returns the code and the words of a refusal.
pub(super) fn refusal(rejection: &Rejection) -> (String, String) {
    let code = match rejection {
        Rejection::InsufficientStock { .. } => "insufficient_stock",
        Rejection::CountBelowHeld { .. } => "count_below_held",
        Rejection::StockOverflow { .. } => "stock_overflow",
        Rejection::StockMismatch { .. } => "stock_mismatch",
        Rejection::SkuTaken { .. } => "sku_taken",
        Rejection::BarcodeTaken { .. } => "barcode_taken",
        Rejection::ItemNotFound(_) => "item_not_found",
        Rejection::ItemArchived(_) => "item_archived",
        Rejection::WarehouseNotFound(_) => "warehouse_not_found",
        Rejection::WarehouseArchived(_) => "warehouse_archived",
        rejection if rejection.is_forbidden() => "forbidden",
        _ => "invalid_value",
    };
    (code.to_owned(), rejection.to_string())
}

/// Returns the caller that started to apply the import. Its permissions were checked then.
fn context_of(application: &ImportApplication) -> Context {
    let origin = &application.origin;
    let warehouses = application
        .warehouses
        .as_ref()
        .and_then(|ids| AllowedWarehouses::only(ids.iter().copied().map(WarehouseId).collect()).ok());
    Context {
        warehouses: warehouses.unwrap_or_default(),
        credential: origin.credential,
        address: origin.address,
        ..Context::new(origin.actor.clone(), origin.request_id.as_deref().unwrap_or("import"))
    }
}
