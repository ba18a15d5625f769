//! Applies rows of stock.

use super::applying::{Chunk, refusal, result};
use super::worker::Lease;
use crate::Context;
use crate::stock::level_changes::LockedLines;
use domain::{
    CountBasis, Error as Rejection, FieldValues, ItemId, LevelChange, LevelTarget, RowOutcome, Sku,
    StockDocument, Units, WarehouseId, WarehouseLimits,
};
use std::collections::HashSet;
use std::iter::repeat_n;
use store::{KeyReader as _, OpenImportRow};

/// The most characters of the file's name in the note of a movement.
const NOTE_FILE_CHARS: usize = 80;

impl Lease<'_> {
    /// Applies rows of stock in one transaction, with their outcomes. A count is applied only while the level has the units
    /// with which it was judged.
    pub(super) async fn apply_stock(
        &self,
        context: &Context,
        write_off_units_max: Option<i32>,
        rows: &[OpenImportRow],
    ) -> store::Result<Chunk> {
        let writer = &self.engine.shared.writer;
        let import = &self.task.import;
        let file: String = import.file_name.chars().take(NOTE_FILE_CHARS).collect();
        let changes = rows.iter().map(|row| level_change(row, &file)).collect::<Result<Vec<_>, _>>()?;
        let mut document = StockDocument::new(changes, false)?;
        if let Some(max) = write_off_units_max {
            document.limit_write_offs(max);
        }
        let named = document.lines().iter().filter_map(|line| line.warehouse);
        let warehouses = writer.warehouses.fetch(named).await.map_err(store_error)?;
        document.resolve(warehouses.default)?;
        let Some(mut transaction) = self.begin().await? else { return Ok(Chunk::Lost) };
        let mut results: Vec<_> = rows
            .iter()
            .enumerate()
            .map(|(index, row)| {
                let refused = document.refused().get(&index);
                refused.map(|rejection| result(row, RowOutcome::Refused, Some(refusal(rejection))))
            })
            .collect();
        // The SKUs are compared before the levels are locked: an item that loses its SKU meanwhile keeps its units.
        let named: Vec<_> = document
            .lines()
            .iter()
            .enumerate()
            .filter_map(|(index, line)| Some((index, line.sku.as_ref()?, line.item)))
            .collect();
        let skus: Vec<_> = named.iter().map(|(_, sku, item)| (*sku, *item)).collect();
        let moved: HashSet<_> = match skus.is_empty() {
            true => HashSet::new(),
            false => transaction
                .skus_moved(&skus)
                .await?
                .into_iter()
                .filter_map(|moved| Some(named.get(moved)?.0))
                .collect(),
        };
        for index in moved {
            if let (Some(row), Some(slot)) = (rows.get(index), results.get_mut(index)) {
                let reason =
                    ("keys_changed".to_owned(), "The item does not have the SKU any more.".to_owned());
                *slot = Some(result(row, RowOutcome::Conflict, Some(reason)));
            }
        }
        let open: Vec<_> = (0..rows.len()).filter(|index| results[*index].is_none()).collect();
        let lines: Vec<_> = open.iter().map(|index| &document.lines()[*index]).collect();
        let decided = match lines.is_empty() {
            true => None,
            false => {
                let locked = LockedLines::lock(
                    writer,
                    &self.engine.shared.import_ids,
                    &mut transaction,
                    &lines,
                    &warehouses,
                )
                .await?;
                let limits = WarehouseLimits::of(repeat_n(&context.warehouses, lines.len()));
                Some(locked.decide(&mut transaction, &limits).await?)
            }
        };
        let mut categories = Vec::new();
        if let Some(decided) = &decided {
            for (index, decision) in open.iter().zip(&decided.plan.decisions) {
                results[*index] = Some(match decision {
                    Ok(_) => result(&rows[*index], RowOutcome::Applied, None),
                    Err(rejection @ Rejection::StockMismatch { .. }) => {
                        result(&rows[*index], RowOutcome::Conflict, Some(refusal(rejection)))
                    }
                    Err(rejection) => result(&rows[*index], RowOutcome::Refused, Some(refusal(rejection))),
                });
            }
            if !decided.plan.changes.is_empty() {
                categories = decided.write(&mut transaction, context.cause(), &[]).await?;
            }
        }
        let results: Vec<_> = results.into_iter().flatten().collect();
        transaction.import_rows_finish(import.id, import.revision, &results).await?;
        transaction.commit().await?;
        if let Some(decided) = decided.filter(|decided| !decided.plan.changes.is_empty()) {
            decided.committed(writer, &categories);
        }
        Ok(Chunk::Committed)
    }
}

/// Returns the change of a row. A count expects the units on hand with which it was judged.
fn level_change(row: &OpenImportRow, file: &str) -> Result<LevelChange, Rejection> {
    let number = |values: &FieldValues, field: &'static str| -> Result<Option<i64>, Rejection> {
        let text = values.get(field).and_then(Option::as_deref);
        text.map(|text| text.parse().map_err(|_| Rejection::invalid(field, "is not a number"))).transpose()
    };
    let target = match number(&row.values, "count")? {
        Some(counted) => LevelTarget::Set {
            units: Units::new(counted)?,
            expected: number(&row.before, "onHand")?.map(Units::new).transpose()?,
            basis: CountBasis::OnHand,
        },
        None => LevelTarget::change(number(&row.values, "change")?.unwrap_or_default())?,
    };
    let reason = row.values.get("reason").and_then(Option::as_deref);
    Ok(LevelChange {
        item: ItemId(row.item.unwrap_or_default()),
        sku: row.sku.as_deref().map(Sku::new).transpose()?,
        warehouse: row.warehouse.map(WarehouseId),
        target,
        note: reason.map_or_else(|| format!("Import of {file}"), |reason| format!("{file}: {reason}")),
        write_off_units_max: None,
    })
}

/// Returns the error of a read of the warehouses. Only the database causes it.
fn store_error(error: crate::Error) -> store::Error {
    match error {
        crate::Error::Rejected(rejection) => rejection.into(),
        _ => store::Error::unavailable(),
    }
}
