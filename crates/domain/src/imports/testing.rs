//! Values for the unit tests of imports.

use super::judgement::Judgement;
use crate::{Item, ItemId};

/// Returns an item with a barcode, a category and a price.
pub(super) fn item(id: i64, sku: &str) -> Item {
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

/// Returns the codes of a judgement's problems.
pub(super) fn codes(judgement: &Judgement) -> Vec<&str> {
    judgement.problems.iter().map(|problem| problem.code.as_str()).collect()
}
