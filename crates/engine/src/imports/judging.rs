//! Reads a file and judges its rows.

use super::layout::PARTS_PER_RENEWAL;
use super::worker::Lease;
use domain::{
    Item, ItemId, JudgedRow, Judgement, LevelKey, LevelRows, PresentState, RowProblem, RowReason, RowValue,
    StockUnits, WarehouseCode, WarehouseId, counts_of, fold_key, judge_row, repeated_claims,
};
use spreadsheet::{Problem, Reader, Row};
use std::collections::{HashMap, HashSet};
use store::ImportClaim;

/// The most rows that one transaction judges.
const BATCH_ROWS_MAX: usize = 2_000;

/// The bytes in memory of the cells after which a transaction judges the rows that were read.
const BATCH_BYTES: usize = 4 << 20;

/// Rows that one transaction judges.
#[derive(Default)]
struct Batch {
    rows: Vec<Row>,
    bytes: usize,
}

impl Batch {
    fn push(&mut self, row: Row) {
        self.bytes += row.cells.iter().map(|cell| cell.len() + size_of::<String>()).sum::<usize>();
        self.rows.push(row);
    }

    fn is_full(&self) -> bool {
        self.rows.len() >= BATCH_ROWS_MAX || self.bytes >= BATCH_BYTES
    }
}

/// The present items, warehouses and levels of some rows.
#[derive(Default)]
struct Present {
    items: HashMap<ItemId, Item>,
    by_sku: HashMap<String, ItemId>,
    warehouses: HashMap<String, WarehouseId>,
    default: Option<WarehouseId>,
    archived: HashSet<WarehouseId>,
    units: HashMap<LevelKey, StockUnits>,
    /// The rows of the file for the levels, up to the last judged row.
    level_rows: HashMap<LevelKey, LevelRows>,
}

impl Lease<'_> {
    /// Detects the layout of the file, and judges its rows.
    pub(super) async fn judge(&self) -> crate::Result<()> {
        let Some(layout) = self.layout().await? else { return Ok(()) };
        let Ok(mut reader) = Reader::new(&layout) else { return Ok(()) };
        let rows_max = self.engine.shared.settings.import_rows_max;
        let (mut batch, mut bytes_read) = (Batch::default(), 0);
        for number in 0.. {
            if number > 0 && number % PARTS_PER_RENEWAL == 0 && !self.keep().await? {
                return Ok(());
            }
            let part = self.engine.store().import_chunk(self.import.id, number).await?;
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
                if i64::try_from(row.ordinal).is_ok_and(|row| row > self.import.judged_ordinal) {
                    batch.push(row);
                }
                if batch.is_full() && !self.judge_rows(&mut batch, bytes_read).await? {
                    return Ok(());
                }
            }
            if is_end {
                break;
            }
        }
        if !batch.rows.is_empty() && !self.judge_rows(&mut batch, bytes_read).await? {
            return Ok(());
        }
        if let Some(mut transaction) = self.begin().await? {
            transaction.import_judged(self.import.id).await?;
            transaction.commit().await?;
        }
        Ok(())
    }

    async fn fail(&self, problem: &RowProblem) -> crate::Result<()> {
        if let Some(mut transaction) = self.begin().await? {
            transaction.import_fail(self.import.id, problem).await?;
            transaction.commit().await?;
        }
        Ok(())
    }

    /// Judges rows and stores them in one transaction. Returns `false` if the lease is lost.
    async fn judge_rows(&self, batch: &mut Batch, bytes_read: i64) -> crate::Result<bool> {
        let mut rows = std::mem::take(batch).rows;
        let mut present = self.present(&rows).await?;
        let mut judged: Vec<_> = rows.iter_mut().map(|row| judged_row(row, &mut present)).collect();
        let ImportClaim { id, revision, .. } = *self.claim;
        let Some(mut transaction) = self.begin().await? else { return Ok(false) };
        let (indexes, keys): (Vec<_>, Vec<_>) = rows
            .iter()
            .zip(&judged)
            .enumerate()
            .filter_map(|(index, (row, judged))| Some((index, judged.new_keys(row.value.as_ref()?)?)))
            .unzip();
        for taken in transaction.keys_taken(&keys).await? {
            if let Some(row) = indexes.get(taken.index).and_then(|index| judged.get_mut(*index)) {
                let RowReason { code, message } = (&taken.rejection).into();
                row.judgement.refuse(RowProblem::error(&code, message));
            }
        }
        let repeated = repeated_claims(&mut judged);
        let claims: Vec<_> = judged
            .iter()
            .flat_map(|row| row.judgement.claims.iter().map(|claim| (claim.as_str(), row.line)))
            .collect();
        let mut taken = HashMap::new();
        if !claims.is_empty() {
            taken = transaction.import_claims_add(id, revision, &claims).await?;
        }
        for (index, row) in judged.iter_mut().enumerate() {
            let first = row.judgement.claims.iter().find_map(|claim| taken.get(claim));
            if let Some(first) = first.or(repeated.get(&index)) {
                row.refuse_repeated(*first);
            }
            row.keep_cells();
        }
        if !present.level_rows.is_empty() {
            transaction.import_levels_set(id, revision, &present.level_rows).await?;
        }
        let counts = counts_of(&judged);
        transaction.import_rows_stage(id, revision, &judged, &counts, bytes_read).await?;
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
            present.level_rows = store.import_levels(self.import.id, self.claim.revision, &keys).await?;
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

/// Judges a row, and adds it to the rows of its level. Takes the cells of the row.
fn judged_row(row: &mut Row, present: &mut Present) -> JudgedRow {
    let cells = std::mem::take(&mut row.cells);
    let row = &*row;
    let item = present.item_of(row);
    let warehouse = present.warehouse_of(row);
    let key = item.zip(warehouse).map(|(item, warehouse)| LevelKey { item: item.id, warehouse });
    let state = PresentState {
        item_by_id: present.by_id(row),
        item_by_sku: present.by_sku(row),
        warehouse,
        is_warehouse_archived: warehouse.is_some_and(|warehouse| present.archived.contains(&warehouse)),
        units: key.and_then(|key| present.units.get(&key)).copied().unwrap_or_default(),
        earlier: key.and_then(|key| present.level_rows.get(&key)).copied(),
    };
    let line = i64::try_from(row.line).unwrap_or(i64::MAX);
    let mut judgement = match &row.value {
        Some(value) => judge_row(value, line, &state),
        None => Judgement::unread(),
    };
    judgement.problems.splice(0..0, row.problems.iter().map(of_row));
    let sku = row.value.as_ref().and_then(|value| match value {
        RowValue::Item(row) => row.sku.as_ref(),
        RowValue::Stock(row) => row.sku.as_ref(),
    });
    let item = item.map(|item| item.id);
    if let Some((key, rows)) = key.zip(judgement.level) {
        present.level_rows.insert(key, rows);
    }
    JudgedRow {
        ordinal: i64::try_from(row.ordinal).unwrap_or(i64::MAX),
        line,
        item,
        warehouse,
        sku: sku.map(ToString::to_string),
        judgement,
        cells,
    }
}

fn of_row(problem: &Problem) -> RowProblem {
    RowProblem {
        code: problem.code().to_owned(),
        message: problem.kind.to_string(),
        column: problem.column.clone(),
        is_warning: problem.is_warning(),
    }
}
