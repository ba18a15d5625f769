//! What a line of an uploaded file changes: judged before anything is done, the same way for a dry run and for
//! the real one.

use crate::{
    CategoryName, Description, Error, Item, ItemId, ItemName, ItemPatch, NewItem, Note, Price,
    StockAdjustment, Units, WarehouseId,
};

/// The most lines of one import.
pub const IMPORT_LINES_MAX: usize = 5_000;

/// Why the ledger says that stock changed, where a line does not say.
const NOTE_DEFAULT: &str = "CSV import";

/// One line: an item to be created, or what an item is to be like.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportRow {
    /// The item; a new one where `None`.
    pub id: Option<ItemId>,
    /// Its name; as it is where `None`.
    pub name: Option<ItemName>,
    /// What one unit costs; as it is where `None`.
    pub price: Option<Price>,
    /// What it is; as it is where `None`, nothing where `Some(None)`.
    pub description: Option<Option<Description>>,
    /// The name that it shares with others; as it is where `None`, none where `Some(None)`.
    pub category: Option<Option<CategoryName>>,
    /// How many units there are to be in the warehouse; as it is where `None`.
    pub quantity: Option<Units>,
    /// In which warehouse, by its code. A new item's first stock goes to the default one where `None`.
    pub warehouse: Option<String>,
    /// Why.
    pub note: Option<Note>,
}

/// What a line asks for, once one knows what there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportPlan {
    /// What is to be done.
    pub action: ImportAction,
    /// What it changes.
    pub changes: Vec<ImportChange>,
}

/// What is to be done for a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportAction {
    /// Create an item.
    Create(NewItem),
    /// Change an item's description, its stock, or both.
    Change {
        /// The item.
        item: ItemId,
        /// What describes it.
        patch: Option<ItemPatch>,
        /// Its stock in one warehouse.
        adjustment: Option<StockAdjustment>,
    },
    /// Nothing: all is as the line says.
    Nothing(ItemId),
}

/// One thing that a line changes, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportChange {
    /// The column.
    pub field: &'static str,
    /// What there was.
    pub before: Option<String>,
    /// What there is to be.
    pub after: Option<String>,
}

/// Judges a line. `item` is the one that it names, `warehouse` the one whose code it names, `level` that item's
/// units in that warehouse.
///
/// # Errors
/// [`Error::ItemNotFound`]; a new item without a name or a price; a quantity of an item whose warehouse is not
/// named.
pub fn plan_import(
    row: &ImportRow,
    item: Option<&Item>,
    warehouse: Option<WarehouseId>,
    level: i32,
) -> Result<ImportPlan, Error> {
    match (row.id, item) {
        (Some(id), None) => Err(Error::ItemNotFound(id)),
        (_, Some(item)) => plan_change(row, item, warehouse, level),
        (None, None) => plan_create(row, warehouse),
    }
}

fn plan_create(row: &ImportRow, warehouse: Option<WarehouseId>) -> Result<ImportPlan, Error> {
    let missing = |field| Error::invalid(field, "must be given: the line has no id, so it is a new item");
    let name = row.name.clone().ok_or_else(|| missing("name"))?;
    let price = row.price.ok_or_else(|| missing("price"))?;
    let quantity = row.quantity.unwrap_or_default();
    let (description, category) = (row.description.clone().flatten(), row.category.clone().flatten());
    let texts = [
        ("name", Some(name.to_string())),
        ("category", category.as_ref().map(ToString::to_string)),
        ("price", Some(price.to_string())),
        ("quantity", Some(quantity.to_string())),
        ("description", description.as_ref().map(ToString::to_string)),
    ];
    let told = texts.into_iter().filter(|(_, text)| text.is_some());
    let changes = told.map(|(field, after)| ImportChange { field, before: None, after }).collect();
    let action = ImportAction::Create(NewItem { name, quantity, price, description, category, warehouse });
    Ok(ImportPlan { action, changes })
}

fn plan_change(
    row: &ImportRow,
    item: &Item,
    warehouse: Option<WarehouseId>,
    level: i32,
) -> Result<ImportPlan, Error> {
    let mut changes = Vec::new();
    let mut patch = ItemPatch::default();
    let mut tell = |field, before: Option<String>, after: Option<String>| {
        let differs = before != after;
        if differs {
            changes.push(ImportChange { field, before, after });
        }
        differs
    };
    if let Some(name) = &row.name
        && tell("name", Some(item.name.clone()), Some(name.to_string()))
    {
        patch.name = Some(name.clone());
    }
    if let Some(category) = &row.category
        && tell("category", item.category.clone(), category.as_ref().map(ToString::to_string))
    {
        patch.category = Some(category.clone());
    }
    if let Some(price) = row.price
        && tell("price", Some(item.price.to_string()), Some(price.to_string()))
    {
        patch.price = Some(price);
    }
    if let Some(description) = &row.description
        && tell("description", item.description.clone(), description.as_ref().map(ToString::to_string))
    {
        patch.description = Some(description.clone());
    }
    let mut adjustment = None;
    match (row.quantity, warehouse) {
        (Some(units), Some(warehouse))
            if tell("quantity", Some(level.to_string()), Some(units.to_string())) =>
        {
            let note = row.note.clone().map_or_else(|| Note::new(NOTE_DEFAULT), Ok)?;
            let delta = i64::from(units.get()) - i64::from(level);
            adjustment = Some(StockAdjustment::new(item.id, Some(warehouse), delta, note)?);
        }
        (Some(units), None) if units.get() != item.quantity => {
            let reason = format!(
                "differs from the {} that all warehouses have together: name the warehouse that is to have {units}",
                item.quantity
            );
            return Err(Error::invalid("quantity", reason));
        }
        _ => {}
    }
    let patch = Some(patch).filter(|patch| *patch != ItemPatch::default());
    let action = match (&patch, &adjustment) {
        (None, None) => ImportAction::Nothing(item.id),
        _ => ImportAction::Change { item: item.id, patch, adjustment },
    };
    Ok(ImportPlan { action, changes })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item() -> Item {
        Item {
            id: ItemId(7),
            name: "Lamp".into(),
            description: None,
            quantity: 12,
            price: "9.99".parse().expect("a price"),
            category: Some("Lighting".into()),
            created_at: crate::Time::default(),
            updated_at: crate::Time::default(),
        }
    }

    fn row() -> ImportRow {
        ImportRow {
            id: Some(ItemId(7)),
            name: Some(ItemName::new("Lamp").expect("a name")),
            price: "9.99".parse().ok(),
            ..ImportRow::default()
        }
    }

    fn units(units: i64) -> Option<Units> {
        Units::new(units).ok()
    }

    #[test]
    fn a_line_that_says_what_is_there_does_nothing() {
        let row = ImportRow { quantity: units(12), description: Some(None), ..row() };
        let plan = plan_import(&row, Some(&item()), None, 0).expect("a plan");
        assert_eq!(plan, ImportPlan { action: ImportAction::Nothing(ItemId(7)), changes: vec![] });
    }

    #[test]
    fn what_differs_is_told_and_done() {
        let row = ImportRow { category: Some(None), price: "10".parse().ok(), quantity: units(5), ..row() };
        let plan = plan_import(&row, Some(&item()), Some(WarehouseId(2)), 8).expect("a plan");
        let told: Vec<_> = plan
            .changes
            .iter()
            .map(|change| (change.field, change.before.as_deref(), change.after.as_deref()))
            .collect();
        assert_eq!(
            told,
            [
                ("category", Some("Lighting"), None),
                ("price", Some("9.99"), Some("10.00")),
                ("quantity", Some("8"), Some("5")),
            ]
        );
        let ImportAction::Change { patch: Some(patch), adjustment: Some(adjustment), .. } = plan.action
        else {
            panic!("{plan:?}")
        };
        assert_eq!((patch.name, patch.category), (None, Some(None)));
        assert_eq!((adjustment.delta, adjustment.note.as_str()), (-3, NOTE_DEFAULT));
    }

    #[test]
    fn what_can_not_be_done_is_named() {
        let refused = |row: &ImportRow, item: Option<&Item>| plan_import(row, item, None, 0).err();
        assert_eq!(refused(&row(), None), Some(Error::ItemNotFound(ItemId(7))));
        let field = |error: Option<Error>| match error {
            Some(Error::Invalid { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field(refused(&ImportRow::default(), None)), "name");
        assert_eq!(field(refused(&ImportRow { id: None, price: None, ..row() }, None)), "price");
        assert_eq!(field(refused(&ImportRow { quantity: units(5), ..row() }, Some(&item()))), "quantity");
    }
}
