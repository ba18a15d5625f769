//! Reads a file and judges its rows.

use super::worker::Lease;
use domain::{
    ImportCounts, Item, ItemId, ItemKeys, Judgement, LevelKey, PresentState, RowAction, RowProblem, RowValue,
    StockUnits, WarehouseCode, WarehouseId, fold_key, judge_row,
};
use spreadsheet::{Choices, Detector, FileProblem, Layout, Problem, Reader, Row};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use store::NewImportRow;

/// The rows that one transaction judges.
const ROWS_JUDGED: usize = 2_000;

/// The present items, warehouses and levels of some rows.
#[derive(Default)]
struct Present {
    items: HashMap<ItemId, Item>,
    by_sku: HashMap<String, ItemId>,
    warehouses: HashMap<String, WarehouseId>,
    default: Option<WarehouseId>,
    archived: HashSet<WarehouseId>,
    units: HashMap<LevelKey, StockUnits>,
}

impl Lease<'_> {
    /// Detects the layout of the file, and judges its rows.
    pub(super) async fn judge(&self) -> crate::Result<()> {
        let Some(layout) = self.detect().await? else { return Ok(()) };
        let Ok(mut reader) = Reader::new(&layout) else { return Ok(()) };
        let rows_max = self.engine.shared.settings.import_rows_max;
        let (mut rows, mut bytes_read) = (Vec::new(), 0);
        for number in 0.. {
            let part = self.engine.store().import_chunk(self.task.import.id, number).await?;
            let is_end = part.is_none();
            match part {
                Some(part) => {
                    bytes_read += i64::try_from(part.len()).unwrap_or(i64::MAX);
                    reader.push(&part);
                }
                None => reader.finish(),
            }
            while let Some(row) = reader.next_row() {
                if row.ordinal > rows_max {
                    let message = format!("The file has more than {rows_max} rows, which is the maximum.");
                    return self.fail(&RowProblem::error("too_many_rows", message)).await;
                }
                let is_new =
                    i64::try_from(row.ordinal).is_ok_and(|row| row > self.task.import.judged_ordinal);
                rows.extend(is_new.then_some(row));
                if rows.len() == ROWS_JUDGED && !self.judge_rows(&mut rows, bytes_read).await? {
                    return Ok(());
                }
            }
            if is_end {
                break;
            }
        }
        if !rows.is_empty() && !self.judge_rows(&mut rows, bytes_read).await? {
            return Ok(());
        }
        if let Some(mut transaction) = self.begin().await? {
            transaction.import_judged(self.task.import.id).await?;
            transaction.commit().await?;
        }
        Ok(())
    }

    /// Detects and stores the layout. `None` if a person has to choose a part of it, or the file can't be imported.
    async fn detect(&self) -> crate::Result<Option<Layout>> {
        let import = &self.task.import;
        let mut detector = Detector::new();
        let mut sample = Vec::new();
        for number in 0.. {
            let Some(part) = self.engine.store().import_chunk(import.id, number).await? else { break };
            detector.push(&part);
            if number == 0 {
                sample = part;
            }
        }
        let mut choices = import.choices.clone();
        let detected = detector.finish(&choices);
        let detected = match detected {
            Ok(layout) if choices == Choices::default() => {
                match self.engine.store().import_choices(&layout.fingerprint).await? {
                    Some(earlier) => {
                        // The encoding and the delimiter belong to the file, and the other choices to its columns.
                        choices = Choices { encoding: None, delimiter: None, ..earlier };
                        let mut detector = Detector::new();
                        detector.push(&sample);
                        let whole = Choices {
                            encoding: Some(layout.encoding),
                            delimiter: Some(layout.delimiter),
                            ..choices.clone()
                        };
                        detector.finish(&whole)
                    }
                    None => Ok(layout),
                }
            }
            detected => detected,
        };
        let Some(mut transaction) = self.begin().await? else { return Ok(None) };
        let (layout, problems) = match detected {
            Err(problem @ (FileProblem::Empty | FileProblem::Workbook)) => {
                transaction.import_fail(import.id, &of_file(&problem)).await?;
                transaction.commit().await?;
                return Ok(None);
            }
            Err(problem) => (None, vec![of_file(&problem)]),
            Ok(layout) => {
                let problems = layout.problems().iter().map(of_file).collect();
                (Some(layout), problems)
            }
        };
        transaction.import_layout_set(import.id, layout.as_ref(), &choices, &problems).await?;
        transaction.commit().await?;
        Ok(layout.filter(|_| problems.is_empty()))
    }

    async fn fail(&self, problem: &RowProblem) -> crate::Result<()> {
        if let Some(mut transaction) = self.begin().await? {
            transaction.import_fail(self.task.import.id, problem).await?;
            transaction.commit().await?;
        }
        Ok(())
    }

    /// Judges rows and stores them in one transaction. Returns `false` if the lease is lost.
    async fn judge_rows(&self, rows: &mut Vec<Row>, bytes_read: i64) -> crate::Result<bool> {
        let rows = std::mem::take(rows);
        let present = self.present(&rows).await?;
        let mut judged: Vec<_> = rows.iter().map(|row| judged_row(row, &present)).collect();
        let Some(mut transaction) = self.begin().await? else { return Ok(false) };
        let (indexes, keys): (Vec<_>, Vec<_>) = rows
            .iter()
            .zip(&judged)
            .enumerate()
            .filter_map(|(index, (row, judged))| Some((index, changed_keys(row, judged)?)))
            .unzip();
        for taken in transaction.keys_taken(&keys).await? {
            if let Some(row) = indexes.get(taken.index).and_then(|index| judged.get_mut(*index)) {
                let (code, message) = super::applying::refusal(&taken.rejection);
                row.judgement.refuse(RowProblem::error(&code, message));
            }
        }
        let import = &self.task.import;
        let repeated = claim_in_chunk(&mut judged);
        let claims: Vec<_> = judged
            .iter()
            .flat_map(|row| row.judgement.claims.iter().map(|claim| (claim.as_str(), row.line)))
            .collect();
        let mut taken = HashMap::new();
        if !claims.is_empty() {
            taken = transaction.import_claims_add(import.id, import.revision, &claims).await?;
        }
        for (index, row) in judged.iter_mut().enumerate() {
            let first = row.judgement.claims.iter().find_map(|claim| taken.get(claim));
            if let Some(first) = first.or(repeated.get(&index)).copied() {
                let message = format!("The row repeats a key of line {first}.");
                row.judgement.refuse(RowProblem::error("row_repeated", message));
            }
        }
        for row in judged.iter_mut().filter(|row| row.judgement.problems.is_empty()) {
            row.cells = Vec::new();
        }
        let counts = counts_of(&judged);
        transaction.import_rows_stage(import.id, import.revision, &judged, &counts, bytes_read).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Reads the items, warehouses and levels that rows name.
    async fn present(&self, rows: &[Row]) -> crate::Result<Present> {
        let store = self.engine.store();
        let values = || rows.iter().filter_map(|row| row.value.as_ref());
        let skus: Vec<_> = values()
            .filter_map(|value| match value {
                RowValue::Item(row) => row.sku.as_ref(),
                RowValue::Stock(row) => row.sku.as_ref(),
            })
            .collect();
        let by_sku = if skus.is_empty() { HashMap::new() } else { store.items_by_skus(&skus).await? };
        let named = values().filter_map(|value| match value {
            RowValue::Item(row) => row.id,
            RowValue::Stock(row) => row.id,
        });
        let ids: HashSet<_> = named.chain(by_sku.values().copied()).collect();
        let ids: Vec<_> = ids.into_iter().map(|id| id.0).collect();
        let items = store.items_get(&ids).await?.into_iter().map(|item| (item.id, item)).collect();
        let mut present = Present { items, by_sku, ..Present::default() };
        if values().any(|value| matches!(value, RowValue::Stock(_))) {
            let warehouses = store.warehouse_names().await?;
            present.warehouses = warehouses.into_iter().map(|(id, code, _)| (fold_key(&code), id)).collect();
            let ids = store.warehouse_ids().await?;
            present.default = ids.default;
            present.archived = ids.archived.into_iter().collect();
            let keys: Vec<_> = rows
                .iter()
                .filter_map(|row| {
                    let (item, warehouse) = (present.item_of(row)?, present.warehouse_of(row)?);
                    Some(LevelKey { item: item.id, warehouse })
                })
                .collect::<HashSet<_>>()
                .into_iter()
                .collect();
            present.units = store.level_units(&keys).await?;
        }
        Ok(present)
    }
}

impl Present {
    fn by_id(&self, row: &Row) -> Option<&Item> {
        let id = match row.value.as_ref()? {
            RowValue::Item(row) => row.id,
            RowValue::Stock(row) => row.id,
        };
        self.items.get(&id?)
    }

    fn by_sku(&self, row: &Row) -> Option<&Item> {
        let sku = match row.value.as_ref()? {
            RowValue::Item(row) => row.sku.as_ref(),
            RowValue::Stock(row) => row.sku.as_ref(),
        };
        self.items.get(self.by_sku.get(sku?.as_str())?)
    }

    fn item_of(&self, row: &Row) -> Option<&Item> {
        self.by_id(row).or_else(|| self.by_sku(row))
    }

    fn warehouse_of(&self, row: &Row) -> Option<WarehouseId> {
        match row.value.as_ref()? {
            RowValue::Item(_) => None,
            RowValue::Stock(row) => match row.warehouse.as_ref().map(WarehouseCode::as_str) {
                Some(code) => self.warehouses.get(&fold_key(code)).copied(),
                None => self.default,
            },
        }
    }
}

fn judged_row(row: &Row, present: &Present) -> NewImportRow {
    let item = present.item_of(row);
    let warehouse = present.warehouse_of(row);
    let key = item.zip(warehouse).map(|(item, warehouse)| LevelKey { item: item.id, warehouse });
    let state = PresentState {
        item_by_id: present.by_id(row),
        item_by_sku: present.by_sku(row),
        warehouse,
        is_warehouse_archived: warehouse.is_some_and(|warehouse| present.archived.contains(&warehouse)),
        units: key.and_then(|key| present.units.get(&key)).copied().unwrap_or_default(),
    };
    let mut judgement = match &row.value {
        Some(value) => judge_row(value, &state),
        None => Judgement::unread(),
    };
    judgement.problems.splice(0..0, row.problems.iter().map(of_row));
    let sku = row.value.as_ref().and_then(|value| match value {
        RowValue::Item(row) => row.sku.as_ref(),
        RowValue::Stock(row) => row.sku.as_ref(),
    });
    NewImportRow {
        ordinal: i64::try_from(row.ordinal).unwrap_or(i64::MAX),
        line: i64::try_from(row.line).unwrap_or(i64::MAX),
        item: item.map(|item| item.id.0),
        warehouse: warehouse.map(|warehouse| warehouse.0),
        sku: sku.map(ToString::to_string),
        judgement,
        cells: row.cells.clone(),
    }
}

/// Returns the keys that a row gives to an item.
fn changed_keys<'a>(row: &'a Row, judged: &NewImportRow) -> Option<ItemKeys<'a>> {
    let Some(RowValue::Item(values)) = &row.value else { return None };
    let judgement = &judged.judgement;
    judgement.action.filter(|action| *action != RowAction::Unchanged)?;
    let is_set = |field: &str| {
        judgement.values.get(field).is_some_and(|value| judgement.before.get(field) != Some(value))
    };
    let sku = values.sku.as_ref().filter(|_| is_set("sku"));
    let barcodes = values.barcodes.as_ref().filter(|_| is_set("barcodes"));
    (sku.is_some() || barcodes.is_some()).then_some(ItemKeys { item: judged.item.map(ItemId), sku, barcodes })
}

/// Removes the claims of rows that an earlier row of the chunk has. Returns the first lines by the index of these rows.
fn claim_in_chunk(rows: &mut [NewImportRow]) -> HashMap<usize, i64> {
    let mut lines = HashMap::new();
    let mut repeated = HashMap::new();
    for (index, row) in rows.iter_mut().enumerate() {
        let claims = std::mem::take(&mut row.judgement.claims);
        let first = claims.iter().find_map(|claim| lines.get(claim)).copied();
        match first {
            Some(first) => _ = repeated.insert(index, first),
            None => {
                for claim in &claims {
                    if let Entry::Vacant(entry) = lines.entry(claim.clone()) {
                        entry.insert(row.line);
                    }
                }
                row.judgement.claims = claims;
            }
        }
    }
    repeated
}

fn counts_of(rows: &[NewImportRow]) -> ImportCounts {
    let mut counts = ImportCounts::default();
    for row in rows {
        let Judgement { action, units, problems, .. } = &row.judgement;
        counts.rows += 1;
        counts.warnings += i64::from(problems.iter().any(|problem| problem.is_warning));
        match action {
            None => counts.errors += 1,
            Some(RowAction::Create) => counts.creates += 1,
            Some(RowAction::Change) => counts.changes += 1,
            Some(RowAction::Unchanged) => counts.unchanged += 1,
        }
        counts.units_added += (*units).max(0);
        counts.units_removed -= (*units).min(0);
    }
    counts
}

fn of_file(problem: &FileProblem) -> RowProblem {
    RowProblem::error(problem.code(), problem.to_string())
}

fn of_row(problem: &Problem) -> RowProblem {
    RowProblem {
        code: problem.code().to_owned(),
        message: problem.kind.to_string(),
        column: problem.column.clone(),
        is_warning: problem.is_warning(),
    }
}
