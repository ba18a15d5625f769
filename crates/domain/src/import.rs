//! Plans the changes of a line of an uploaded file. A dry run and a real import use the same plan.

use crate::{
    Barcodes, CategoryName, Description, Error, Item, ItemId, ItemName, ItemPatch, NewItem, Note, Price, Sku,
    StockAdjustment, Units, WarehouseId,
};

/// The maximum number of lines of one import.
pub const IMPORT_LINES_MAX: usize = 5_000;

/// The note of a movement if the line has none.
const NOTE_DEFAULT: &str = "CSV import";

/// One line of an import: a new item, or the new values of an item. `None` keeps the current value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportRow {
    /// The item; `None` for a new item.
    pub id: Option<ItemId>,
    /// Its name.
    pub name: Option<ItemName>,
    /// Its SKU.
    pub sku: Option<Sku>,
    /// Its barcodes.
    pub barcodes: Option<Barcodes>,
    /// The price of one unit.
    pub price: Option<Price>,
    /// Its description; `Some(None)` removes it.
    pub description: Option<Option<Description>>,
    /// Its category; `Some(None)` removes it.
    pub category: Option<Option<CategoryName>>,
    /// The available units that the warehouse is to have.
    pub quantity: Option<Units>,
    /// The code of the warehouse. With `None`, the first stock of a new item goes to the default warehouse.
    pub warehouse: Option<String>,
    /// The reason for the change of stock.
    pub note: Option<Note>,
}

/// The plan for a line, compared with the current state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportPlan {
    /// The action for the line.
    pub action: ImportAction,
    /// The fields that it changes.
    pub changes: Vec<ImportChange>,
}

/// The action for a line of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportAction {
    /// Create an item.
    Create(NewItem),
    /// Change the fields of an item, its stock, or both.
    Change {
        /// The item.
        item: ItemId,
        /// The changed fields.
        patch: Option<ItemPatch>,
        /// The change of its stock in one warehouse.
        adjustment: Option<StockAdjustment>,
    },
    /// Nothing: the item already has these values.
    Nothing(ItemId),
}

/// A changed field, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportChange {
    /// The column.
    pub field: &'static str,
    /// The current value.
    pub before: Option<String>,
    /// The new value.
    pub after: Option<String>,
}

/// Plans a line. `item` and `warehouse` are those that the line names; `level` is the number of available units of
/// the item in the warehouse.
///
/// # Errors
/// [`Error::ItemNotFound`]. [`Error::Invalid`] for a new item without a name or a price, and for a quantity without a
/// warehouse.
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
    let missing = |field| Error::invalid(field, "is missing: a line without an id creates an item");
    let name = row.name.clone().ok_or_else(|| missing("name"))?;
    let price = row.price.ok_or_else(|| missing("price"))?;
    let quantity = row.quantity.unwrap_or_default();
    let (description, category) = (row.description.clone().flatten(), row.category.clone().flatten());
    let texts = [
        ("name", Some(name.to_string())),
        ("sku", row.sku.as_ref().map(ToString::to_string)),
        ("barcodes", row.barcodes.as_ref().and_then(Barcodes::texts).and_then(|texts| joined(&texts))),
        ("category", category.as_ref().map(ToString::to_string)),
        ("price", Some(price.to_string())),
        ("quantity", Some(quantity.to_string())),
        ("description", description.as_ref().map(ToString::to_string)),
    ];
    let filled = texts.into_iter().filter(|(_, text)| text.is_some());
    let changes = filled.map(|(field, after)| ImportChange { field, before: None, after }).collect();
    let action = ImportAction::Create(NewItem {
        name,
        quantity,
        price,
        description,
        category,
        warehouse,
        sku: row.sku.clone(),
        barcodes: row.barcodes.clone().unwrap_or_default(),
        low_stock: None,
    });
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
    let mut record = |field, before: Option<String>, after: Option<String>| {
        let differs = before != after;
        if differs {
            changes.push(ImportChange { field, before, after });
        }
        differs
    };
    if let Some(name) = &row.name
        && record("name", Some(item.name.clone()), Some(name.to_string()))
    {
        patch.name = Some(name.clone());
    }
    if let Some(sku) = &row.sku
        && record("sku", item.sku.clone(), Some(sku.to_string()))
    {
        patch.sku = Some(Some(sku.clone()));
    }
    if let Some(barcodes) = &row.barcodes
        && record("barcodes", joined(&item.barcodes), barcodes.texts().and_then(|texts| joined(&texts)))
    {
        patch.barcodes = Some(barcodes.clone());
    }
    if let Some(category) = &row.category
        && record("category", item.category.clone(), category.as_ref().map(ToString::to_string))
    {
        patch.category = Some(category.clone());
    }
    if let Some(price) = row.price
        && record("price", Some(item.price.to_string()), Some(price.to_string()))
    {
        patch.price = Some(price);
    }
    if let Some(description) = &row.description
        && record("description", item.description.clone(), description.as_ref().map(ToString::to_string))
    {
        patch.description = Some(description.clone());
    }
    let mut adjustment = None;
    match (row.quantity, warehouse) {
        (Some(units), Some(warehouse))
            if record("quantity", Some(level.to_string()), Some(units.to_string())) =>
        {
            let note = row.note.clone().map_or_else(|| Note::new(NOTE_DEFAULT), Ok)?;
            let delta = i64::from(units.get()) - i64::from(level);
            adjustment = Some(StockAdjustment::new(item.id, Some(warehouse), delta, note)?);
        }
        (Some(units), None) if units.get() != item.quantity => {
            let reason = format!(
                "differs from the total of {} over all warehouses: name the warehouse that is to have {units}",
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

fn joined(barcodes: &[String]) -> Option<String> {
    (!barcodes.is_empty()).then(|| barcodes.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item() -> Item {
        Item {
            sku: None,
            barcodes: Vec::new(),
            low_stock: None,
            id: ItemId(7),
            name: "Lamp".into(),
            description: None,
            quantity: 12,
            price: "9.99".parse().expect("a price"),
            category: Some("Lighting".into()),
            created_at: crate::Time::default(),
            updated_at: crate::Time::default(),
            archived_at: None,
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
    fn a_line_with_the_present_values_changes_nothing() {
        let row = ImportRow { quantity: units(12), description: Some(None), ..row() };
        let plan = plan_import(&row, Some(&item()), None, 0).expect("a plan");
        assert_eq!(plan, ImportPlan { action: ImportAction::Nothing(ItemId(7)), changes: vec![] });
    }

    #[test]
    fn differing_values_are_listed_and_planned() {
        let row = ImportRow { category: Some(None), price: "10".parse().ok(), quantity: units(5), ..row() };
        let plan = plan_import(&row, Some(&item()), Some(WarehouseId(2)), 8).expect("a plan");
        let filled: Vec<_> = plan
            .changes
            .iter()
            .map(|change| (change.field, change.before.as_deref(), change.after.as_deref()))
            .collect();
        assert_eq!(
            filled,
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
    fn an_impossible_line_is_rejected_with_its_field() {
        let rejected = |row: &ImportRow, item: Option<&Item>| plan_import(row, item, None, 0).err();
        assert_eq!(rejected(&row(), None), Some(Error::ItemNotFound(ItemId(7))));
        let field = |error: Option<Error>| match error {
            Some(Error::Invalid { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field(rejected(&ImportRow::default(), None)), "name");
        assert_eq!(field(rejected(&ImportRow { id: None, price: None, ..row() }, None)), "price");
        assert_eq!(field(rejected(&ImportRow { quantity: units(5), ..row() }, Some(&item()))), "quantity");
    }
}
