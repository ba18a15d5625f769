//! Imports items and stock from a file. Each line is planned against the current state, and then runs the same commands
//! as any other request.

use crate::{Context, Engine, Error, Response, Result};
use domain::{
    AllowedWarehouses, IMPORT_LINES_MAX, ImportAction, ImportChange, ImportPlan, ImportRow, Item, ItemId,
    LevelKey, Permission, Precondition, WarehouseId, plan_import,
};
use futures::{StreamExt as _, stream};
use std::collections::HashMap;

/// The lines that are planned together, against the state at that moment.
const PLANNED_LINES: usize = 250;

/// The lines that run concurrently.
const CONCURRENT_LINES: usize = 32;

/// A line of a file.
#[derive(Debug, Clone)]
pub struct ImportLine {
    /// The line number.
    pub line: i64,
    /// The parsed row, or the reason why the line can't be parsed.
    pub row: std::result::Result<ImportRow, domain::Error>,
}

/// The result of importing a line.
#[derive(Debug, Clone)]
pub struct ImportedLine {
    /// The line number.
    pub line: i64,
    /// The item's name, if the line contains it.
    pub name: String,
    /// The effect of the line. A stored response is that of the command that created the item, or of the command that was
    /// rejected.
    pub effect: Result<Response<ImportEffect>>,
    /// The values that change.
    pub changes: Vec<ImportChange>,
}

/// The effect of a line, or the effect that it would have in a dry run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportEffect {
    /// An item would be created.
    WouldCreate,
    /// An item was created.
    Created(ItemId),
    /// An item was changed, or would be changed.
    Changed(ItemId),
    /// The item already has the values of the line.
    Unchanged(ItemId),
}

/// A line with its plan.
type PlannedLine = (ImportLine, Result<ImportPlan>);

impl Engine {
    /// Imports the lines of a file, each on its own: a rejected line does not stop the others. A `dry_run` changes
    /// nothing and returns the changes. If the request has an idempotency key, each line has a key derived from it, so
    /// that a file that is sent again changes nothing twice.
    ///
    /// # Errors
    /// More than [`IMPORT_LINES_MAX`] lines; a key that is too long; a database that does not answer. The errors of a line
    /// are in its result.
    pub async fn import(
        &self,
        context: &Context,
        lines: Vec<ImportLine>,
        dry_run: bool,
    ) -> Result<Vec<ImportedLine>> {
        if lines.len() > IMPORT_LINES_MAX {
            let reason = format!("must have at most {IMPORT_LINES_MAX} lines at once, not {}", lines.len());
            return Err(domain::Error::invalid("csv", reason).into());
        }
        // The longest key that a line may need: a key that is too long is rejected before any line runs.
        context.part(i64::MAX)?.part("stock")?;
        let warehouses = self.store().warehouse_names().await?;
        let warehouses = warehouses.into_iter().map(|(id, code, _)| (code, id)).collect();
        let mut first_lines = HashMap::new();
        let mut imported = Vec::with_capacity(lines.len());
        for chunk in lines.chunks(PLANNED_LINES) {
            let planned = self.plan_lines(context, chunk, &warehouses, &mut first_lines).await?;
            let running = planned.into_iter().map(|line| self.import_line(context, line, dry_run));
            imported.extend(stream::iter(running).buffered(CONCURRENT_LINES).collect::<Vec<_>>().await);
        }
        Ok(imported)
    }

    /// Plans lines, and rejects those that the caller may not run. `first_lines` has the first line of each item and warehouse; a second one is rejected.
    async fn plan_lines(
        &self,
        context: &Context,
        lines: &[ImportLine],
        warehouses: &HashMap<String, WarehouseId>,
        first_lines: &mut HashMap<(ItemId, Option<WarehouseId>), i64>,
    ) -> Result<Vec<PlannedLine>> {
        let rows = || lines.iter().filter_map(|line| line.row.as_ref().ok());
        let warehouse_of =
            |row: &ImportRow| row.warehouse.as_ref().and_then(|code| warehouses.get(code).copied());
        let ids: Vec<_> = rows().filter_map(|row| Some(row.id?.0)).collect();
        let items = self.store().items_get(&ids).await?;
        let items: HashMap<ItemId, Item> = items.into_iter().map(|item| (item.id, item)).collect();
        let keys = rows().filter_map(|row| Some(LevelKey { item: row.id?, warehouse: warehouse_of(row)? }));
        let levels = self.store().levels_get(&keys.collect::<Vec<_>>()).await?;
        // Only the check of a limit needs the default warehouse.
        let default = match context.warehouses.is_limited() {
            true => self.store().warehouse_ids().await?.default,
            false => None,
        };
        let mut plan = |line: &ImportLine| {
            let row = line.row.as_ref().map_err(Clone::clone)?;
            let warehouse = warehouse_of(row);
            if let (Some(code), None) = (&row.warehouse, warehouse) {
                return Err(domain::Error::invalid("warehouse", format!("{code} is no warehouse's code")));
            }
            if let Some(item) = row.id {
                let first = *first_lines.entry((item, warehouse)).or_insert(line.line);
                if first != line.line {
                    return Err(domain::Error::invalid("id", format!("{item} is on line {first} already")));
                }
            }
            let key = row.id.zip(warehouse).map(|(item, warehouse)| LevelKey { item, warehouse });
            let level = key.and_then(|key| levels.get(&key)).copied().unwrap_or(0);
            let planned = plan_import(row, row.id.and_then(|id| items.get(&id)), warehouse, level)?;
            check_warehouses(&planned.action, default, &context.warehouses)?;
            Ok(planned)
        };
        Ok(lines.iter().map(|line| (line.clone(), plan(line).map_err(Error::from))).collect())
    }

    async fn import_line(&self, context: &Context, (line, plan): PlannedLine, dry_run: bool) -> ImportedLine {
        let ImportLine { line, row } = line;
        let name = row.ok().and_then(|row| row.name).map_or_else(String::new, |name| name.to_string());
        let (effect, changes) = match plan {
            Err(error) => (Err(error), Vec::new()),
            Ok(ImportPlan { action, changes }) if dry_run => {
                (Ok(Response::Fresh(expected_effect(&action))), changes)
            }
            Ok(ImportPlan { action, changes }) => (self.run_action(context, line, action).await, changes),
        };
        ImportedLine { line, name, effect, changes }
    }

    async fn run_action(
        &self,
        context: &Context,
        line: i64,
        action: ImportAction,
    ) -> Result<Response<ImportEffect>> {
        let context = context.part(line)?;
        match action {
            ImportAction::Nothing(item) => Ok(Response::Fresh(ImportEffect::Unchanged(item))),
            ImportAction::Create(item) => {
                let created = self.item_create(&context, item).await?;
                Ok(created.map(|item| ImportEffect::Created(item.id)))
            }
            ImportAction::Change { item, patch, adjustment } => {
                if let Some(patch) = patch {
                    let updated =
                        self.item_update(&context.part("item")?, item, patch, Precondition::None).await?;
                    if let Response::Stored(response) = updated
                        && !response.is_success()
                    {
                        return Ok(Response::Stored(response));
                    }
                }
                if let Some(adjustment) = adjustment {
                    let adjusted = self.stock_adjust(&context.part("stock")?, adjustment).await?;
                    if let Response::Stored(response) = adjusted
                        && !response.is_success()
                    {
                        return Ok(Response::Stored(response));
                    }
                }
                Ok(Response::Fresh(ImportEffect::Changed(item)))
            }
        }
    }
}

/// Checks the limit of the caller, so that a dry run rejects the same lines as an import. `default` is the warehouse of new
/// items whose line names none.
fn check_warehouses(
    action: &ImportAction,
    default: Option<WarehouseId>,
    allowed: &AllowedWarehouses,
) -> std::result::Result<(), domain::Error> {
    let permission = Permission::ImportItems;
    let warehouse = match action {
        ImportAction::Nothing(_) => None,
        ImportAction::Create(item) => item.warehouse.or(default),
        ImportAction::Change { patch: Some(_), .. } => return allowed.check_all(permission),
        ImportAction::Change { adjustment, .. } => adjustment.as_ref().and_then(|change| change.warehouse),
    };
    warehouse.map_or(Ok(()), |warehouse| allowed.check(permission, warehouse))
}

fn expected_effect(action: &ImportAction) -> ImportEffect {
    match action {
        ImportAction::Create(_) => ImportEffect::WouldCreate,
        ImportAction::Change { item, .. } => ImportEffect::Changed(*item),
        ImportAction::Nothing(item) => ImportEffect::Unchanged(*item),
    }
}
