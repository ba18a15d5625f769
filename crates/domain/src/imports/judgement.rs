//! The judgement of a row: what it would change, and why it can't.

use super::row::{ItemRow, RowValue, StockQuantity, StockRow};
use crate::{
    Barcodes, CategoryName, Description, Error, Item, ItemName, NewItem, Price, Sku, StockUnits, Units,
    WarehouseId, fold_key,
};
use std::collections::BTreeMap;

/// The units from which a decrease to less than half of a level is pointed out.
const LARGE_DECREASE_UNITS: i64 = 10;

/// Values by the stable name of their field. `None` is an empty value. Barcodes are separated by line feeds.
pub type FieldValues = BTreeMap<String, Option<String>>;

/// The effect of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowAction {
    /// The row creates an item.
    Create,
    /// The row changes an item or a level.
    Change,
    /// The item or the level already has the values.
    Unchanged,
}

impl RowAction {
    /// All actions.
    pub const ALL: [Self; 3] = [Self::Create, Self::Change, Self::Unchanged];

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Change => "change",
            Self::Unchanged => "unchanged",
        }
    }

    /// Returns the action with this stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == name)
    }
}

/// A problem of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// The stable code.
    pub code: String,
    /// The problem in words.
    pub message: String,
    /// The name of the column.
    pub column: Option<String>,
    /// Whether the row can be applied nevertheless.
    pub is_warning: bool,
}

impl RowProblem {
    /// Returns a problem that prevents the row.
    pub fn error(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), column: None, is_warning: false }
    }

    /// Returns a problem that does not prevent the row.
    pub fn warning(code: &str, message: impl Into<String>) -> Self {
        Self { is_warning: true, ..Self::error(code, message) }
    }
}

/// The present state of the things that a row names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PresentState<'a> {
    /// The item with the row's id.
    pub item_by_id: Option<&'a Item>,
    /// The item with the row's SKU.
    pub item_by_sku: Option<&'a Item>,
    /// The warehouse of a row of stock: that with the row's code, or the default one.
    pub warehouse: Option<WarehouseId>,
    /// Whether the warehouse is archived.
    pub is_warehouse_archived: bool,
    /// The units of the level.
    pub units: StockUnits,
}

/// A judged row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The effect; `None` if a problem prevents it.
    pub action: Option<RowAction>,
    /// The values that the row sets.
    pub values: FieldValues,
    /// The present values of the same fields. The row is applied only while they are the present ones.
    pub before: FieldValues,
    /// The keys that only one row of a file may have.
    pub claims: Vec<String>,
    /// The units that are added to the level, or removed if negative.
    pub units: i64,
    /// The problems.
    pub problems: Vec<RowProblem>,
}

impl Judgement {
    /// Returns the judgement of a row that can't be read.
    pub fn unread() -> Self {
        Self::of(FieldValues::new())
    }

    fn of(values: FieldValues) -> Self {
        let (before, claims, problems) = (FieldValues::new(), Vec::new(), Vec::new());
        Self { action: None, values, before, claims, units: 0, problems }
    }

    fn error(mut self, code: &str, message: impl Into<String>) -> Self {
        self.refuse(RowProblem::error(code, message));
        self
    }

    /// Adds a problem that prevents the row.
    pub fn refuse(&mut self, problem: RowProblem) {
        self.action = None;
        self.units = 0;
        self.claims.clear();
        self.problems.push(problem);
    }
}

/// Judges a row against the present state.
pub fn judge_row(row: &RowValue, present: &PresentState<'_>) -> Judgement {
    match row {
        RowValue::Item(row) => judge_item(row, present),
        RowValue::Stock(row) => judge_stock(row, present),
    }
}

/// Returns the details of an item by the names of their fields.
pub fn details_of(item: &Item) -> FieldValues {
    let barcodes = (!item.barcodes.is_empty()).then(|| item.barcodes.join("\n"));
    [
        ("sku", item.sku.clone()),
        ("name", Some(item.name.clone())),
        ("description", item.description.clone()),
        ("category", item.category.clone()),
        ("price", Some(item.price.to_string())),
        ("barcodes", barcodes),
    ]
    .into_iter()
    .map(|(field, value)| (field.to_owned(), value))
    .collect()
}

/// Returns the item that a row creates, without stock.
///
/// # Errors
/// [`Error::Invalid`] for a value that breaks a rule.
pub fn new_item(values: &FieldValues) -> Result<NewItem, Error> {
    let text = |field: &str| values.get(field).and_then(Option::as_deref);
    let required = |field: &'static str| text(field).ok_or_else(|| Error::invalid(field, "is missing"));
    Ok(NewItem {
        name: ItemName::new(required("name")?)?,
        quantity: Units::default(),
        price: required("price")?.parse::<Price>()?,
        description: text("description").map(Description::new).transpose()?,
        category: text("category").map(CategoryName::new).transpose()?,
        warehouse: None,
        sku: text("sku").map(Sku::new).transpose()?,
        barcodes: text("barcodes")
            .map(|texts| Barcodes::new(texts.split('\n')))
            .transpose()?
            .unwrap_or_default(),
        low_stock: None,
    })
}

fn judge_item(row: &ItemRow, present: &PresentState<'_>) -> Judgement {
    let mut judgement = Judgement::of(item_values(row));
    if let (Some(id), None) = (row.id, present.item_by_id) {
        return judgement.error("item_not_found", Error::ItemNotFound(id).to_string());
    }
    let item = match (present.item_by_id, present.item_by_sku) {
        (Some(by_id), Some(by_sku)) if by_id.id != by_sku.id => {
            let message =
                format!("The id is that of item {}, but the SKU is that of item {}.", by_id.id, by_sku.id);
            return judgement.error("keys_differ", message);
        }
        (by_id, by_sku) => by_sku.or(by_id),
    };
    let Some(item) = item else { return judge_new_item(judgement, row) };
    if present.item_by_sku.is_some() {
        // The row names the item by its SKU, whose case and white space do not count.
        judgement.values.remove("sku");
    }
    judgement.before = details_of(item);
    judgement.before.retain(|field, _| judgement.values.contains_key(field));
    keep_spelling(&mut judgement);
    judgement.claims.push(format!("item:{}", item.id));
    if judgement.before == judgement.values {
        judgement.action = Some(RowAction::Unchanged);
        return judgement;
    }
    judgement.action = Some(RowAction::Change);
    if item.archived_at.is_some() {
        judgement.problems.push(RowProblem::warning("item_archived", "The item is archived."));
    }
    let claims = key_claims(row, |field| judgement.before.get(field) != judgement.values.get(field));
    judgement.claims.extend(claims);
    judgement
}

/// Keeps the spelling of a category whose name differs in case only: an item gets the present spelling in any case.
fn keep_spelling(judgement: &mut Judgement) {
    let category = |values: &FieldValues| values.get("category").cloned().flatten();
    if let (Some(named), Some(present)) = (category(&judgement.values), category(&judgement.before))
        && fold_key(&named) == fold_key(&present)
    {
        judgement.values.insert("category".to_owned(), Some(present));
    }
}

fn judge_new_item(mut judgement: Judgement, row: &ItemRow) -> Judgement {
    let missing: Vec<_> =
        ["name", "price"].into_iter().filter(|field| !judgement.values.contains_key(*field)).collect();
    if !missing.is_empty() {
        let key =
            row.sku.as_ref().map(|sku| format!("No item has the SKU {}, and a", crate::quoted(sku.as_str())));
        let message = format!(
            "{} new item needs a {}.",
            key.unwrap_or_else(|| "A".to_owned()),
            missing.join(" and a ")
        );
        return judgement.error("details_missing", message);
    }
    judgement.values.retain(|_, value| value.is_some());
    judgement.action = Some(RowAction::Create);
    judgement.claims = key_claims(row, |_| true);
    judgement
}

fn item_values(row: &ItemRow) -> FieldValues {
    let ItemRow { id: _, sku, name, description, category, price, barcodes } = row;
    let mut values = FieldValues::new();
    let mut set = |field: &str, value: Option<Option<String>>| {
        if let Some(value) = value {
            values.insert(field.to_owned(), value);
        }
    };
    set("sku", sku.as_ref().map(|sku| Some(sku.to_string())));
    set("name", name.as_ref().map(|name| Some(name.to_string())));
    set("description", description.as_ref().map(|text| text.as_ref().map(ToString::to_string)));
    set("category", category.as_ref().map(|name| name.as_ref().map(ToString::to_string)));
    set("price", price.map(|price| Some(price.to_string())));
    set("barcodes", barcodes.as_ref().map(Barcodes::joined));
    values
}

/// Returns the claims of a row's SKU and barcodes, of the fields that `is_claimed`.
fn key_claims(row: &ItemRow, is_claimed: impl Fn(&str) -> bool) -> Vec<String> {
    let sku = row.sku.as_ref().filter(|_| is_claimed("sku")).map(|sku| format!("sku:{}", sku.folded()));
    let barcodes = row.barcodes.as_ref().filter(|_| is_claimed("barcodes")).and_then(Barcodes::texts);
    let barcodes = barcodes.into_iter().flatten().map(|barcode| format!("barcode:{barcode}"));
    sku.into_iter().chain(barcodes).collect()
}

fn judge_stock(row: &StockRow, present: &PresentState<'_>) -> Judgement {
    let mut judgement = Judgement::of(stock_values(row));
    let item = match (row.id, &row.sku) {
        (Some(id), _) if present.item_by_id.is_none() => {
            return judgement.error("item_not_found", Error::ItemNotFound(id).to_string());
        }
        (_, Some(sku)) if present.item_by_sku.is_none() => {
            return judgement.error("sku_not_found", Error::SkuNotFound(sku.to_string()).to_string());
        }
        _ => match (present.item_by_id, present.item_by_sku) {
            (Some(by_id), Some(by_sku)) if by_id.id != by_sku.id => {
                let message = format!(
                    "The id is that of item {}, but the SKU is that of item {}.",
                    by_id.id, by_sku.id
                );
                return judgement.error("keys_differ", message);
            }
            (by_id, by_sku) => by_id.or(by_sku),
        },
    };
    let Some(item) = item else { return judgement.error("item_not_found", "The row names no item.") };
    let Some(warehouse) = present.warehouse else {
        return match &row.warehouse {
            Some(code) => judgement
                .error("warehouse_not_found", Error::WarehouseCodeNotFound(code.to_string()).to_string()),
            None => judgement
                .error("warehouse_missing", "The row names no warehouse, and there is no default warehouse."),
        };
    };
    if item.archived_at.is_some() {
        return judgement.error("item_archived", Error::ItemArchived(item.id).to_string());
    }
    if present.is_warehouse_archived {
        return judgement.error("warehouse_archived", Error::WarehouseArchived(warehouse).to_string());
    }
    let StockUnits { available, held } = present.units;
    let on_hand = present.units.on_hand();
    let (units, left) = match row.quantity {
        StockQuantity::Count(counted) => {
            let counted = i64::from(counted.get());
            if counted < held {
                let message = format!("{counted} counted, but {held} are held: release blocks first.");
                return judgement.error("count_below_held", message);
            }
            judgement.claims.push(format!("level:{}/{warehouse}", item.id));
            (counted - on_hand, counted)
        }
        StockQuantity::Change(change) => (i64::from(change), on_hand + i64::from(change)),
    };
    if units < 0 && available + units < 0 {
        let message =
            format!("{} to be removed, but only {available} are available ({held} are held).", -units);
        return judgement.error("insufficient_stock", message);
    }
    for (field, value) in [("onHand", on_hand), ("held", held)] {
        judgement.before.insert(field.to_owned(), Some(value.to_string()));
    }
    if -units >= LARGE_DECREASE_UNITS && left * 2 < on_hand {
        let message = format!("A large decrease: {on_hand} units on hand become {left}.");
        judgement.problems.push(RowProblem::warning("large_decrease", message));
    }
    judgement.units = units;
    judgement.action = Some(if units == 0 { RowAction::Unchanged } else { RowAction::Change });
    judgement
}

fn stock_values(row: &StockRow) -> FieldValues {
    let (field, units) = match row.quantity {
        StockQuantity::Count(units) => ("count", units.to_string()),
        StockQuantity::Change(units) => ("change", units.to_string()),
    };
    let mut values = FieldValues::from([(field.to_owned(), Some(units))]);
    if let Some(reason) = &row.reason {
        values.insert("reason".to_owned(), Some(reason.to_string()));
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ItemId, WarehouseCode};
    use proptest::prelude::*;

    fn item(id: i64, sku: &str) -> Item {
        Item {
            id: ItemId(id),
            sku: Some(sku.to_owned()),
            barcodes: vec!["4006381333931".to_owned()],
            name: "Kettle".to_owned(),
            description: None,
            quantity: 0,
            price: "24.90".parse().expect("a price"),
            category: Some("Kitchen".to_owned()),
            created_at: chrono::DateTime::UNIX_EPOCH,
            updated_at: chrono::DateTime::UNIX_EPOCH,
            archived_at: None,
            low_stock: None,
        }
    }

    fn row(sku: &str) -> ItemRow {
        ItemRow { sku: Some(Sku::new(sku).expect("a SKU")), ..ItemRow::default() }
    }

    fn named(sku: &str, name: &str) -> ItemRow {
        ItemRow { name: Some(ItemName::new(name).expect("a name")), ..row(sku) }
    }

    fn judge(row: &ItemRow, present: &PresentState<'_>) -> Judgement {
        judge_row(&RowValue::Item(row.clone()), present)
    }

    fn codes(judgement: &Judgement) -> Vec<&str> {
        judgement.problems.iter().map(|problem| problem.code.as_str()).collect()
    }

    #[test]
    fn an_item_is_named_by_its_sku_without_regard_to_case() {
        let kettle = item(7, "K-1");
        let present = PresentState { item_by_sku: Some(&kettle), ..PresentState::default() };
        assert_eq!(judge(&named("k-1", "Kettle"), &present).action, Some(RowAction::Unchanged));
        let changed = judge(&named("k-1", "Pan"), &present);
        assert_eq!(changed.action, Some(RowAction::Change));
        assert_eq!(changed.values, FieldValues::from([("name".to_owned(), Some("Pan".to_owned()))]));
        assert_eq!(changed.before, FieldValues::from([("name".to_owned(), Some("Kettle".to_owned()))]));
        assert_eq!(changed.claims, ["item:7"]);
    }

    #[test]
    fn a_category_that_differs_in_case_is_the_same() {
        let kettle = item(7, "K-1");
        let present = PresentState { item_by_sku: Some(&kettle), ..PresentState::default() };
        let category = |name| Some(Some(CategoryName::new(name).expect("a name")));
        let named = |name| ItemRow { category: category(name), ..row("K-1") };
        assert_eq!(judge(&named(" KITCHEN"), &present).action, Some(RowAction::Unchanged));
        assert_eq!(judge(&named("Garden"), &present).action, Some(RowAction::Change));
    }

    #[test]
    fn a_new_item_needs_a_name_and_a_price() {
        let judgement = judge(&named("A-1", "Pan"), &PresentState::default());
        assert_eq!((judgement.action, codes(&judgement)), (None, vec!["details_missing"]));
        let complete = ItemRow { price: Some("1.00".parse().expect("a price")), ..named("A-1", "Pan") };
        let judgement = judge(&complete, &PresentState::default());
        assert_eq!(judgement.action, Some(RowAction::Create));
        assert_eq!(judgement.claims, ["sku:a-1"]);
        let new = new_item(&judgement.values).expect("an item");
        assert_eq!((new.name.as_str(), new.sku.as_ref().map(Sku::as_str)), ("Pan", Some("A-1")));
    }

    #[test]
    fn an_id_and_a_sku_name_the_same_item() {
        let (kettle, pan) = (item(7, "K-1"), item(8, "P-1"));
        let row = ItemRow { id: Some(ItemId(7)), ..row("P-1") };
        let present =
            PresentState { item_by_id: Some(&kettle), item_by_sku: Some(&pan), ..PresentState::default() };
        assert_eq!(codes(&judge(&row, &present)), ["keys_differ"]);
        let present = PresentState { item_by_id: Some(&kettle), ..PresentState::default() };
        let renamed = judge(&row, &present);
        assert_eq!(renamed.values.get("sku"), Some(&Some("P-1".to_owned())));
        assert_eq!(renamed.claims, ["item:7", "sku:p-1"]);
        assert_eq!(codes(&judge(&row, &PresentState::default())), ["item_not_found"]);
    }

    fn stock(quantity: StockQuantity) -> RowValue {
        let warehouse = WarehouseCode::new("MAIN").ok();
        RowValue::Stock(StockRow { id: Some(ItemId(7)), sku: None, warehouse, quantity, reason: None })
    }

    #[test]
    fn a_stock_row_needs_an_item_and_a_warehouse_that_receive_units() {
        let kettle = item(7, "K-1");
        let archived = Item { archived_at: Some(chrono::DateTime::UNIX_EPOCH), ..item(7, "K-1") };
        let row = stock(StockQuantity::Change(5));
        let code_of = |present: &PresentState<'_>| codes(&judge_row(&row, present)).join(" ");
        let present = PresentState { item_by_id: Some(&kettle), ..PresentState::default() };
        assert_eq!(code_of(&PresentState::default()), "item_not_found");
        assert_eq!(code_of(&present), "warehouse_not_found");
        let present = PresentState { warehouse: Some(WarehouseId(1)), ..present };
        assert_eq!(code_of(&present), "");
        assert_eq!(
            code_of(&PresentState { item_by_id: Some(&archived), ..present.clone() }),
            "item_archived"
        );
        let present = PresentState { is_warehouse_archived: true, ..present };
        assert_eq!(code_of(&present), "warehouse_archived");
    }

    proptest! {
        /// A count sets the units on hand, and never removes held ones.
        #[test]
        fn a_count_ends_at_the_counted_units(available in 0..60_i64, held in 0..60_i64, counted in 0..120_i64) {
            let kettle = item(7, "K-1");
            let units = StockUnits { available, held };
            let present = PresentState {
                item_by_id: Some(&kettle), warehouse: Some(WarehouseId(1)), units, ..PresentState::default()
            };
            let judgement = judge_row(&stock(StockQuantity::Count(Units::new(counted).expect("units"))), &present);
            if counted < held {
                prop_assert_eq!(codes(&judgement), ["count_below_held"]);
            } else {
                prop_assert_eq!(units.on_hand() + judgement.units, counted);
                prop_assert!(available + judgement.units >= 0);
                let is_large = judgement.units <= -LARGE_DECREASE_UNITS && counted * 2 < units.on_hand();
                prop_assert_eq!(codes(&judgement).contains(&"large_decrease"), is_large);
            }
        }

        /// A change never removes more units than are available.
        #[test]
        fn a_change_leaves_held_units(available in 0..60_i64, held in 0..60_i64, change in -80..80_i32) {
            let kettle = item(7, "K-1");
            let present = PresentState {
                item_by_id: Some(&kettle), warehouse: Some(WarehouseId(1)),
                units: StockUnits { available, held }, ..PresentState::default()
            };
            let judgement = judge_row(&stock(StockQuantity::Change(change)), &present);
            prop_assert_eq!(judgement.action.is_none(), available + i64::from(change) < 0);
            prop_assert!(available + judgement.units >= 0);
            prop_assert!(judgement.claims.is_empty());
        }
    }
}
