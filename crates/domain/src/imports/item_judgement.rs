//! The judgement of a row of items.

use super::judgement::{FieldValues, Judgement, PresentState, RowAction, RowProblem};
use super::row::ItemRow;
use crate::{
    Barcodes, CategoryName, Description, Error, Item, ItemName, NewItem, Price, Sku, Units, fold_key,
};

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

pub(super) fn judge_item(row: &ItemRow, present: &PresentState<'_>) -> Judgement {
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
        // The row names the item by its SKU. SKUs are compared without case and white space.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ItemId;
    use crate::imports::testing::{codes, item};

    fn row(sku: &str) -> ItemRow {
        ItemRow { sku: Some(Sku::new(sku).expect("a SKU")), ..ItemRow::default() }
    }

    fn named(sku: &str, name: &str) -> ItemRow {
        ItemRow { name: Some(ItemName::new(name).expect("a name")), ..row(sku) }
    }

    fn judge(row: &ItemRow, present: &PresentState<'_>) -> Judgement {
        judge_item(row, present)
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
}
