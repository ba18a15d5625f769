//! Applies rows of stock.

use super::applying::Chunk;
use super::worker::Lease;
use crate::Context;
use crate::cache::warehouses::Warehouses;
use crate::stock::level_changes::{DecidedLines, LockedLines};
use domain::{LevelChange, OpenRow, RowResult, StockDocument, WarehouseLimits, retain_one_count_per_level};
use std::collections::HashSet;
use std::iter::repeat_n;
use store::{KeyReader as _, WriteTransaction};

impl Lease<'_> {
    /// Applies rows of stock in one transaction, with their outcomes. A count is applied only while the level has the units
    /// with which it was judged. Rows that have to follow others of their level stay open.
    pub(super) async fn apply_stock(
        &self,
        context: &Context,
        write_off_units_max: Option<i32>,
        mut rows: Vec<OpenRow>,
    ) -> crate::Result<Chunk> {
        retain_one_count_per_level(&mut rows);
        let (document, warehouses) = self.document(&rows, write_off_units_max).await?;
        let Some(mut transaction) = self.begin().await? else { return Ok(Chunk::Lost) };
        let mut results: Vec<Option<RowResult>> = rows
            .iter()
            .enumerate()
            .map(|(index, row)| {
                let limit = row.write_off_refusal(write_off_units_max);
                let refused = || document.refused().get(&index).map(Into::into);
                limit.or_else(refused).map(|reason| row.refused(reason))
            })
            .collect();
        for index in skus_moved(&mut transaction, &document).await? {
            if let (Some(row), Some(slot)) = (rows.get(index), results.get_mut(index)) {
                *slot = Some(row.conflicting(OpenRow::sku_moved()));
            }
        }
        let open: Vec<_> = (0..rows.len()).filter(|index| results[*index].is_none()).collect();
        let lines: Vec<_> = open.iter().map(|index| &document.lines()[*index]).collect();
        let mut categories = Vec::new();
        let decided = self.decide(&mut transaction, context, &lines, &warehouses).await?;
        if let Some(decided) = &decided {
            for (index, decision) in open.iter().zip(&decided.plan.decisions) {
                let row = &rows[*index];
                results[*index] = Some(match decision {
                    Ok(_) => row.applied(None),
                    Err(rejection) => row.rejected(rejection),
                });
            }
            if !decided.plan.changes.is_empty() {
                categories = decided.write(&mut transaction, context.cause(), &[]).await?;
            }
        }
        let results: Vec<_> = results.into_iter().flatten().collect();
        transaction.import_rows_finish(self.import.id, self.claim.revision, &results).await?;
        transaction.commit().await?;
        if let Some(decided) = decided.filter(|decided| !decided.plan.changes.is_empty()) {
            decided.committed(&self.engine.shared.writer, &categories);
        }
        Ok(Chunk::Committed)
    }

    /// Returns the changes of the rows as a document, and the warehouses.
    async fn document(
        &self,
        rows: &[OpenRow],
        write_off_units_max: Option<i32>,
    ) -> crate::Result<(StockDocument, Warehouses)> {
        let file = &self.import.file_name;
        let changes = rows.iter().map(|row| row.level_change(file)).collect::<Result<Vec<_>, _>>()?;
        let mut document = StockDocument::new(changes, false)?;
        let named = document.lines().iter().filter_map(|line| line.warehouse);
        let warehouses = self.engine.shared.writer.warehouses.fetch(named).await?;
        document.resolve(warehouses.default)?;
        // Only after the resolution, which would add up the rows of the chunk: the limit holds for the sums of the whole file.
        if let Some(max) = write_off_units_max {
            document.limit_write_offs(max);
        }
        Ok((document, warehouses))
    }

    /// Locks the levels of the lines, and decides the lines. `None` without lines.
    async fn decide(
        &self,
        transaction: &mut WriteTransaction,
        context: &Context,
        lines: &[&LevelChange],
        warehouses: &Warehouses,
    ) -> store::Result<Option<DecidedLines>> {
        if lines.is_empty() {
            return Ok(None);
        }
        let (writer, ids) = (&self.engine.shared.writer, &self.engine.shared.import_ids);
        let locked = LockedLines::lock(writer, ids, transaction, lines, warehouses).await?;
        let limits = WarehouseLimits::of(repeat_n(&context.warehouses, lines.len()));
        Ok(Some(locked.decide(transaction, &limits).await?))
    }
}

/// Returns the lines whose items have lost the SKU of the file. SKUs are compared before the levels are locked: an item
/// that loses its SKU meanwhile keeps its units.
async fn skus_moved(
    transaction: &mut WriteTransaction,
    document: &StockDocument,
) -> store::Result<HashSet<usize>> {
    let (indexes, skus): (Vec<_>, Vec<_>) = document
        .lines()
        .iter()
        .enumerate()
        .filter_map(|(index, line)| Some((index, (line.sku.as_ref()?, line.item))))
        .unzip();
    if skus.is_empty() {
        return Ok(HashSet::new());
    }
    let moved = transaction.skus_moved(&skus).await?;
    Ok(moved.into_iter().filter_map(|moved| indexes.get(moved).copied()).collect())
}
