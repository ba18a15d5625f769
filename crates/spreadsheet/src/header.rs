//! The header of a file: which column holds which field.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// A field of an item or of its stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Field {
    /// The item's id.
    Id,
    /// The item's SKU.
    Sku,
    /// The item's name.
    Name,
    /// The item's description.
    Description,
    /// The name of the item's category.
    Category,
    /// The price of one unit.
    Price,
    /// The item's barcodes, separated by white space.
    Barcodes,
    /// The code of a warehouse.
    Warehouse,
    /// The counted units on the shelf: stock is set to it.
    Count,
    /// The units that are received, or removed if negative: stock changes by it.
    Change,
    /// The reason for the change of stock.
    Reason,
}

impl Field {
    /// All fields.
    pub const ALL: [Self; 11] = [
        Self::Id,
        Self::Sku,
        Self::Name,
        Self::Description,
        Self::Category,
        Self::Price,
        Self::Barcodes,
        Self::Warehouse,
        Self::Count,
        Self::Change,
        Self::Reason,
    ];

    /// The stable name, which a downloaded file has in its header.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Sku => "sku",
            Self::Name => "name",
            Self::Description => "description",
            Self::Category => "category",
            Self::Price => "price",
            Self::Barcodes => "barcodes",
            Self::Warehouse => "warehouse",
            Self::Count => "count",
            Self::Change => "change",
            Self::Reason => "reason",
        }
    }

    /// Returns the field with this stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == name)
    }

    /// Returns whether files of this kind use the field.
    pub fn is_of(self, kind: FileKind) -> bool {
        match self {
            Self::Id | Self::Sku => true,
            Self::Name | Self::Description | Self::Category | Self::Price | Self::Barcodes => {
                kind == FileKind::Items
            }
            Self::Warehouse | Self::Count | Self::Change | Self::Reason => kind == FileKind::Stock,
        }
    }

    /// Other names of the column, normalized.
    fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::Id => &["item id", "itemid"],
            Self::Sku => &[
                "item sku",
                "product sku",
                "variant sku",
                "article number",
                "article no",
                "item number",
                "product code",
                "item code",
                "stock code",
                "artikelnummer",
            ],
            Self::Name => &[
                "item name",
                "itemname",
                "product name",
                "item",
                "product",
                "title",
                "product title",
                "artikel",
            ],
            Self::Description => &["item description", "product description", "beschreibung"],
            Self::Category => &["categories", "product category", "item category", "kategorie"],
            Self::Price => &["unit price", "retail price", "regular price", "selling price", "preis"],
            Self::Barcodes => {
                &["barcode", "ean", "ean code", "gtin", "upc", "gtin, upc, ean, or isbn", "variant barcode"]
            }
            Self::Warehouse => &["warehouse code", "warehousecode", "location", "lager"],
            Self::Count => &["counted", "counted units", "stock count", "new quantity", "on hand", "onhand"],
            Self::Change => {
                &["quantity change", "stock change", "delta", "adjustment", "received", "quantity received"]
            }
            Self::Reason => &["note", "comment", "reason for change"],
        }
    }

    /// Returns the field that a column with this normalized name holds.
    fn of_column(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == name || field.aliases().contains(&name))
    }
}

/// Names of columns of quantities, normalized, that do not say whether stock is set to them or changes by them.
const QUANTITY_NAMES: [&str; 9] =
    ["quantity", "qty", "units", "stock", "in stock", "amount", "menge", "bestand", "anzahl"];

/// The kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FileKind {
    /// Details of items: name, description, category, price, barcodes. Quantities are not changed.
    Items,
    /// Stock of items in warehouses: counts, or changes. Details are not changed.
    Stock,
}

impl FileKind {
    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Items => "items",
            Self::Stock => "stock",
        }
    }
}

/// The use of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ColumnUse {
    /// The column holds a field.
    Field(Field),
    /// The column holds quantities, and its name does not say whether they are counts or changes.
    Quantity,
    /// The column has a name that is not known, or was excluded.
    Ignored,
    /// The column has no name.
    Unnamed,
}

/// A column of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Column {
    /// The name in the header, trimmed.
    pub name: String,
    /// The use of the column.
    pub usage: ColumnUse,
}

impl Column {
    pub(crate) fn new(name: &str) -> Self {
        let normalized = normalize(name);
        let usage = match Field::of_column(&normalized) {
            _ if normalized.is_empty() => ColumnUse::Unnamed,
            Some(field) => ColumnUse::Field(field),
            None if QUANTITY_NAMES.contains(&normalized.as_str()) => ColumnUse::Quantity,
            None => ColumnUse::Ignored,
        };
        Self { name: name.trim().to_owned(), usage }
    }

    /// Returns whether the name of the column is known.
    pub(crate) fn is_known(&self) -> bool {
        matches!(self.usage, ColumnUse::Field(_) | ColumnUse::Quantity)
    }
}

/// Returns a name of a column without regard to case, white space, and the characters `_`, `-`, `*` and `:`.
pub(crate) fn normalize(name: &str) -> String {
    let name = name.replace(['_', '-', '*', ':'], " ").to_lowercase();
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns a text that headers of the same shape share: the same names in the same order, apart from case and white
/// space. It is a key for the mapping that a person chose.
pub(crate) fn fingerprint(columns: &[Column]) -> String {
    let mut hash = Sha256::new();
    for column in columns {
        hash.update(normalize(&column.name));
        // No name contains it.
        hash.update([0xFF]);
    }
    let mut text = String::new();
    for byte in &hash.finalize()[..16] {
        // Writing to a String can't fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_column_is_known_in_any_case_and_with_spaces() {
        for (name, usage) in [
            ("SKU", ColumnUse::Field(Field::Sku)),
            (" Item  Name *", ColumnUse::Field(Field::Name)),
            ("warehouse_code", ColumnUse::Field(Field::Warehouse)),
            ("warehouseCode", ColumnUse::Field(Field::Warehouse)),
            ("On-Hand", ColumnUse::Field(Field::Count)),
            ("Qty", ColumnUse::Quantity),
            ("colour", ColumnUse::Ignored),
            ("  ", ColumnUse::Unnamed),
        ] {
            assert_eq!(Column::new(name).usage, usage, "{name}");
        }
    }

    #[test]
    fn no_name_belongs_to_two_fields() {
        let names =
            Field::ALL.into_iter().flat_map(|field| field.aliases().iter().copied().chain([field.as_str()]));
        let names: Vec<_> = names.chain(QUANTITY_NAMES).collect();
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
        assert!(names.iter().all(|name| normalize(name) == *name), "{names:?}");
        assert!(Field::ALL.into_iter().all(|field| Field::from_name(field.as_str()) == Some(field)));
    }

    #[test]
    fn the_fingerprint_depends_on_names_and_order() {
        let of =
            |names: &[&str]| fingerprint(&names.iter().map(|name| Column::new(name)).collect::<Vec<_>>());
        assert_eq!(of(&["SKU", "Name"]), of(&[" sku", "NAME "]));
        assert_ne!(of(&["sku", "name"]), of(&["name", "sku"]));
        assert_ne!(of(&["sku", "name"]), of(&["sku name"]));
        assert_ne!(of(&["sku"]), of(&["sku", ""]));
        assert_eq!(of(&[]).len(), 32);
    }
}
