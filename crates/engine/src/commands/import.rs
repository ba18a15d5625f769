//! Items and stock out of a file: judged line by line, then done line by line through the same queues as
//! everything else.

use crate::{Context, Engine, Error, Result, StoredResponse};
use domain::{
    IMPORT_LINES_MAX, ImportAction, ImportChange, ImportPlan, ImportRow, Item, ItemId, LevelKey, WarehouseId,
    plan_import,
};
use futures::{StreamExt as _, stream};
use std::collections::HashMap;

/// Lines that are judged at a time, against what there is at that moment.
const JUDGED_LINES: usize = 250;

/// Lines that are done at the same moment.
const LINES_AT_ONCE: usize = 32;

/// One line of a file, or why it can't be read.
#[derive(Debug, Clone)]
pub struct ImportLine {
    /// Its number.
    pub line: i64,
    /// What it says.
    pub row: std::result::Result<ImportRow, domain::Error>,
}

/// What became of a line.
#[derive(Debug, Clone)]
pub struct Imported {
    /// Its number.
    pub line: i64,
    /// The item's name, as far as the line tells it.
    pub name: String,
    /// What was done, or would be.
    pub done: Result<Done>,
    /// What changes.
    pub changes: Vec<ImportChange>,
}

/// What was done for a line, or would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// An item is to be created.
    ToCreate,
    /// An item was created.
    Created(ItemId),
    /// An item was created under an idempotency key: this is what was answered.
    CreatedUnderKey(StoredResponse),
    /// An item was changed, or would be.
    Changed(ItemId),
    /// All was as the line says.
    Nothing(ItemId),
}

/// A line that was judged.
type Judged = (ImportLine, Result<ImportPlan>);

impl Engine {
    /// Imports a file's lines, each by itself: one that is refused does not stop the others. A `dry_run` changes
    /// nothing and tells what would change. With an idempotency key each line has one of its own, so that a file
    /// that is sent again does nothing twice.
    ///
    /// # Errors
    /// More than [`IMPORT_LINES_MAX`] lines; a key that is too long; a database that does not answer. What is
    /// wrong with a line is its own outcome.
    pub async fn import(
        &self,
        context: &Context,
        lines: Vec<ImportLine>,
        dry_run: bool,
    ) -> Result<Vec<Imported>> {
        if lines.len() > IMPORT_LINES_MAX {
            let reason = format!("must have at most {IMPORT_LINES_MAX} lines at once, not {}", lines.len());
            return Err(domain::Error::invalid("csv", reason).into());
        }
        // The longest key that a line may need: it is refused before anything is looked up.
        context.part(i64::MAX)?.part("stock")?;
        let warehouses = self.store().warehouse_names().await?;
        let warehouses = warehouses.into_iter().map(|(id, code, _)| (code, id)).collect();
        let mut firsts = HashMap::new();
        let mut imported = Vec::with_capacity(lines.len());
        for some in lines.chunks(JUDGED_LINES) {
            let judged = self.judge_lines(some, &warehouses, &mut firsts).await?;
            let doing = judged.into_iter().map(|line| self.import_line(context, line, dry_run));
            imported.extend(stream::iter(doing).buffered(LINES_AT_ONCE).collect::<Vec<_>>().await);
        }
        Ok(imported)
    }

    async fn judge_lines(
        &self,
        lines: &[ImportLine],
        warehouses: &HashMap<String, WarehouseId>,
        firsts: &mut HashMap<(ItemId, Option<WarehouseId>), i64>,
    ) -> Result<Vec<Judged>> {
        let rows = || lines.iter().filter_map(|line| line.row.as_ref().ok());
        let place = |row: &ImportRow| row.warehouse.as_ref().and_then(|code| warehouses.get(code).copied());
        let ids: Vec<_> = rows().filter_map(|row| Some(row.id?.0)).collect();
        let items = self.store().items_get(&ids).await?;
        let items: HashMap<ItemId, Item> = items.into_iter().map(|item| (item.id, item)).collect();
        let wanted: Vec<_> =
            rows().filter_map(|row| Some(LevelKey { item: row.id?, warehouse: place(row)? })).collect();
        let levels = self.store().levels_get(&wanted).await?;
        let mut judge = |line: &ImportLine| {
            let row = line.row.as_ref().map_err(Clone::clone)?;
            let warehouse = place(row);
            if let (Some(code), None) = (&row.warehouse, warehouse) {
                return Err(domain::Error::invalid("warehouse", format!("{code} is no warehouse's code")));
            }
            if let Some(item) = row.id {
                let first = *firsts.entry((item, warehouse)).or_insert(line.line);
                if first != line.line {
                    return Err(domain::Error::invalid("id", format!("{item} is on line {first} already")));
                }
            }
            let key = row.id.zip(warehouse).map(|(item, warehouse)| LevelKey { item, warehouse });
            let level = key.and_then(|key| levels.get(&key)).copied().unwrap_or(0);
            plan_import(row, row.id.and_then(|id| items.get(&id)), warehouse, level)
        };
        Ok(lines.iter().map(|line| (line.clone(), judge(line).map_err(Error::from))).collect())
    }

    async fn import_line(&self, context: &Context, (line, plan): Judged, dry_run: bool) -> Imported {
        let ImportLine { line, row } = line;
        let name = row.ok().and_then(|row| row.name).map_or_else(String::new, |name| name.to_string());
        let (done, changes) = match plan {
            Err(error) => (Err(error), Vec::new()),
            Ok(ImportPlan { action, changes }) if dry_run => (Ok(would_do(&action)), changes),
            Ok(ImportPlan { action, changes }) => (self.import_action(context, line, action).await, changes),
        };
        Imported { line, name, done, changes }
    }

    async fn import_action(&self, context: &Context, line: i64, action: ImportAction) -> Result<Done> {
        let context = context.part(line)?;
        match action {
            ImportAction::Nothing(item) => Ok(Done::Nothing(item)),
            ImportAction::Create(item) => match self.item_create(&context, item).await {
                Ok(item) => Ok(Done::Created(item.id)),
                Err(Error::Answered(reply)) if reply.status < 400 => Ok(Done::CreatedUnderKey(reply)),
                Err(error) => Err(error),
            },
            ImportAction::Change { item, patch, adjustment } => {
                if let Some(patch) = patch {
                    granted(self.item_update(&context.part("item")?, item, patch).await)?;
                }
                if let Some(adjustment) = adjustment {
                    granted(self.stock_adjust(&context.part("stock")?, adjustment).await)?;
                }
                Ok(Done::Changed(item))
            }
        }
    }
}

fn would_do(action: &ImportAction) -> Done {
    match action {
        ImportAction::Create(_) => Done::ToCreate,
        ImportAction::Change { item, .. } => Done::Changed(*item),
        ImportAction::Nothing(item) => Done::Nothing(*item),
    }
}

/// Lets pass what was done, be it told under a key.
fn granted<T>(done: Result<T>) -> Result<()> {
    match done {
        Err(Error::Answered(reply)) if reply.status < 400 => Ok(()),
        other => other.map(drop),
    }
}
