//! Exports of other programs, recognized by their headers.

use crate::header::{Column, ColumnUse, Field, FileKind, normalize};
use serde::{Deserialize, Serialize};

/// A program's export with known columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Format {
    /// Stockhold's download of items.
    StockholdItems,
    /// Shopify's export of products, with a row per variant and per image.
    ShopifyProducts,
    /// Shopify's export of inventory, with a row per variant and location.
    ShopifyInventory,
    /// WooCommerce's export of products.
    WooCommerceProducts,
    /// Square's export of the item library.
    SquareItems,
}

/// A format's required columns, its kind and its mapping, all with normalized names. If two columns have the same field,
/// the first one is used.
struct Definition {
    format: Format,
    kind: FileKind,
    required: &'static [&'static str],
    mapping: &'static [(Field, &'static [&'static str])],
}

/// The definitions, the most specific first.
const DEFINITIONS: [Definition; 6] = [
    Definition {
        format: Format::StockholdItems,
        kind: FileKind::Items,
        required: &["id", "name", "price", "createdat", "updatedat"],
        mapping: &[
            (Field::Id, &["id"]),
            (Field::Sku, &["sku"]),
            (Field::Name, &["name"]),
            (Field::Description, &["description"]),
            (Field::Category, &["category"]),
            (Field::Price, &["price"]),
            (Field::Barcodes, &["barcodes"]),
        ],
    },
    Definition {
        format: Format::ShopifyInventory,
        kind: FileKind::Stock,
        required: &["handle", "title", "option1 value", "sku", "location"],
        mapping: &[
            (Field::Sku, &["sku"]),
            (Field::Warehouse, &["location"]),
            (Field::Count, &["on hand (new)", "on hand", "on hand (current)"]),
        ],
    },
    Definition {
        format: Format::ShopifyProducts,
        kind: FileKind::Items,
        required: &["handle", "title", "variant sku", "variant price"],
        mapping: SHOPIFY_PRODUCTS,
    },
    Definition {
        format: Format::ShopifyProducts,
        kind: FileKind::Items,
        required: &["url handle", "title", "sku", "price"],
        mapping: SHOPIFY_PRODUCTS,
    },
    Definition {
        format: Format::WooCommerceProducts,
        kind: FileKind::Items,
        required: &["type", "sku", "name", "regular price", "published"],
        mapping: &[
            (Field::Sku, &["sku"]),
            (Field::Name, &["name"]),
            (Field::Description, &["description", "short description"]),
            (Field::Category, &["categories"]),
            (Field::Price, &["regular price"]),
            (Field::Barcodes, &["gtin, upc, ean, or isbn"]),
            (Field::Count, &["stock"]),
        ],
    },
    Definition {
        format: Format::SquareItems,
        kind: FileKind::Items,
        required: &["token", "item name", "variation name", "sku"],
        mapping: &[
            (Field::Sku, &["sku"]),
            (Field::Name, &["item name"]),
            (Field::Description, &["description"]),
            (Field::Category, &["reporting category", "category", "categories"]),
            (Field::Price, &["price"]),
            (Field::Barcodes, &["gtin"]),
        ],
    },
];

const SHOPIFY_PRODUCTS: &[(Field, &[&str])] = &[
    (Field::Sku, &["variant sku", "sku"]),
    (Field::Name, &["title"]),
    (Field::Description, &["body (html)", "description"]),
    (Field::Category, &["type", "product category", "custom product type"]),
    (Field::Price, &["variant price", "price"]),
    (Field::Barcodes, &["variant barcode", "barcode"]),
    (Field::Count, &["variant inventory qty", "inventory quantity"]),
];

impl Format {
    /// The name in words.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::StockholdItems => "Stockhold items",
            Self::ShopifyProducts => "Shopify products",
            Self::ShopifyInventory => "Shopify inventory",
            Self::WooCommerceProducts => "WooCommerce products",
            Self::SquareItems => "Square item library",
        }
    }

    /// Returns whether a file is an export of another program.
    pub(crate) fn is_export(format: Option<Self>) -> bool {
        !matches!(format, None | Some(Self::StockholdItems))
    }

    /// Recognizes a header, and maps its columns.
    pub(crate) fn recognize(columns: &mut [Column]) -> Option<(Self, FileKind)> {
        let names: Vec<_> = columns.iter().map(|column| normalize(&column.name)).collect();
        let index = |name: &str| names.iter().position(|column| column == name);
        let definition = DEFINITIONS
            .iter()
            .find(|definition| definition.required.iter().all(|name| index(name).is_some()))?;
        for column in columns.iter_mut().filter(|column| column.usage != ColumnUse::Unnamed) {
            column.usage = ColumnUse::Ignored;
        }
        for (field, candidates) in definition.mapping {
            if let Some(index) = candidates.iter().find_map(|name| index(name)) {
                columns[index].usage = ColumnUse::Field(*field);
            }
        }
        Some((definition.format, definition.kind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(header: &str) -> Option<(Format, Vec<(Field, String)>)> {
        let mut columns: Vec<_> = header.split(';').map(Column::new).collect();
        let (format, _) = Format::recognize(&mut columns)?;
        let mapped = columns.into_iter().filter_map(|column| match column.usage {
            ColumnUse::Field(field) => Some((field, column.name)),
            _ => None,
        });
        let mut mapped: Vec<_> = mapped.collect();
        mapped.sort();
        Some((format, mapped))
    }

    fn check(header: &str, format: Format, expected: &[(Field, &str)]) {
        let expected = expected.iter().map(|(field, name)| (*field, (*name).to_owned())).collect();
        assert_eq!(mapping(header), Some((format, expected)));
    }

    #[test]
    fn exports_of_other_programs_are_recognized_and_mapped() {
        check(
            "Handle;Title;Body (HTML);Vendor;Product Category;Type;Tags;Published;Option1 Name;Option1 Value;\
             Variant SKU;Variant Grams;Variant Inventory Tracker;Variant Inventory Qty;Variant Price;\
             Variant Compare At Price;Variant Barcode;Image Src;Status",
            Format::ShopifyProducts,
            &[
                (Field::Sku, "Variant SKU"),
                (Field::Name, "Title"),
                (Field::Description, "Body (HTML)"),
                (Field::Category, "Type"),
                (Field::Price, "Variant Price"),
                (Field::Barcodes, "Variant Barcode"),
                (Field::Count, "Variant Inventory Qty"),
            ],
        );
        check(
            "Title;URL handle;Description;Vendor;Product category;SKU;Barcode;Option1 name;Option1 value;Price;\
             Inventory quantity",
            Format::ShopifyProducts,
            &[
                (Field::Sku, "SKU"),
                (Field::Name, "Title"),
                (Field::Description, "Description"),
                (Field::Category, "Product category"),
                (Field::Price, "Price"),
                (Field::Barcodes, "Barcode"),
                (Field::Count, "Inventory quantity"),
            ],
        );
        check(
            "Handle;Title;Option1 Name;Option1 Value;SKU;HS Code;COO;Location;Bin name;Incoming (not editable);\
             Available (not editable);On hand (current);On hand (new)",
            Format::ShopifyInventory,
            &[(Field::Sku, "SKU"), (Field::Warehouse, "Location"), (Field::Count, "On hand (new)")],
        );
        check(
            "ID;Type;SKU;GTIN, UPC, EAN, or ISBN;Name;Published;Is featured?;Short description;Description;In stock?;\
             Stock;Sale price;Regular price;Categories",
            Format::WooCommerceProducts,
            &[
                (Field::Sku, "SKU"),
                (Field::Name, "Name"),
                (Field::Description, "Description"),
                (Field::Category, "Categories"),
                (Field::Price, "Regular price"),
                (Field::Barcodes, "GTIN, UPC, EAN, or ISBN"),
                (Field::Count, "Stock"),
            ],
        );
        check(
            "Token;Item Name;Variation Name;SKU;Description;Category;GTIN;Price;Current Quantity Main;New Quantity Main",
            Format::SquareItems,
            &[
                (Field::Sku, "SKU"),
                (Field::Name, "Item Name"),
                (Field::Description, "Description"),
                (Field::Category, "Category"),
                (Field::Price, "Price"),
                (Field::Barcodes, "GTIN"),
            ],
        );
        assert_eq!(mapping("sku;name;price"), None);
    }
}
