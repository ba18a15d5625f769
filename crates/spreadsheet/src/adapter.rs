//! Adapts rows of other programs' exports, where a row is not an item on its own.

use crate::format::Format;
use crate::header::{Field, FileKind, normalize};
use crate::layout::Layout;
use crate::records::Record;

/// Texts that replace cells of a row.
#[derive(Debug, Default)]
pub(crate) struct Replaced {
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) category: Option<String>,
    pub(crate) count: Option<String>,
}

impl Replaced {
    pub(crate) fn get(&self, field: Field) -> Option<&str> {
        match field {
            Field::Name => self.name.as_deref(),
            Field::Description => self.description.as_deref(),
            Field::Category => self.category.as_deref(),
            Field::Count => self.count.as_deref(),
            _ => None,
        }
    }
}

/// The details of a product, which Shopify writes in the row of its first variant only.
struct Product {
    handle: String,
    name: String,
    description: String,
    category: String,
}

/// Adapts the rows of a recognized format.
pub(crate) struct Adapter {
    format: Format,
    kind: FileKind,
    /// The columns by normalized name.
    names: Vec<String>,
    sku: Option<usize>,
    name: Option<usize>,
    description: Option<usize>,
    category: Option<usize>,
    price: Option<usize>,
    count: Option<usize>,
    product: Option<Product>,
}

impl Adapter {
    /// Creates the adapter of a file. `None` if each row is an item on its own.
    pub(crate) fn new(layout: &Layout) -> Option<Self> {
        let format = layout.format.filter(|format| *format != Format::StockholdItems)?;
        Some(Self {
            format,
            kind: layout.kind?,
            names: layout.columns.iter().map(|column| normalize(&column.name)).collect(),
            sku: layout.column_of(Field::Sku),
            name: layout.column_of(Field::Name),
            description: layout.column_of(Field::Description),
            category: layout.column_of(Field::Category),
            price: layout.column_of(Field::Price),
            count: layout.column_of(Field::Count),
            product: None,
        })
    }

    /// Returns the texts that replace cells of a row. `None` for a row that is neither an item nor its stock.
    pub(crate) fn adapt(&mut self, record: &Record<'_>) -> Option<Replaced> {
        let replaced = match self.format {
            Format::StockholdItems => Some(Replaced::default()),
            Format::ShopifyInventory => Some(self.shopify_inventory(record)),
            Format::ShopifyProducts => self.shopify_product(record),
            Format::WooCommerceProducts => self.woo_commerce_product(record),
            Format::SquareItems => Some(self.square_item(record)),
        }?;
        if self.kind == FileKind::Stock && self.count.is_some() {
            let count = replaced.count.clone().unwrap_or_else(|| cell(record, self.count));
            // "parent" and "not stocked" say that the row has no stock of its own.
            let has_stock = !["", "parent", "not stocked"].contains(&count.to_lowercase().as_str());
            return has_stock.then_some(replaced);
        }
        Some(replaced)
    }

    fn named(&self, record: &Record<'_>, name: &str) -> String {
        cell(record, self.names.iter().position(|column| column == name))
    }

    /// "On hand (new)" is empty unless a person filled it.
    fn shopify_inventory(&self, record: &Record<'_>) -> Replaced {
        let new = cell(record, self.count);
        let count = if new.is_empty() { self.named(record, "on hand (current)") } else { new };
        Replaced { count: Some(count), ..Replaced::default() }
    }

    /// A variant has the product's details and its options. Rows without a variant have images only.
    fn shopify_product(&mut self, record: &Record<'_>) -> Option<Replaced> {
        let handle = [self.named(record, "handle"), self.named(record, "url handle")].concat();
        let name = cell(record, self.name);
        if !name.is_empty() {
            let description = cell(record, self.description);
            self.product = Some(Product { handle, name, description, category: cell(record, self.category) });
        } else if self.product.as_ref().is_some_and(|product| product.handle != handle) {
            self.product = None;
        }
        if cell(record, self.sku).is_empty() && cell(record, self.price).is_empty() {
            return None;
        }
        let product = self.product.as_ref();
        let options =
            ["option1 value", "option2 value", "option3 value"].map(|name| self.named(record, name));
        let options: Vec<_> = options.into_iter().filter(|option| !option.is_empty()).collect();
        let variant = options.join(", ");
        Some(Replaced {
            name: product.map(|product| with_variant(&product.name, &variant, "Default Title")),
            description: product.map(|product| product.description.clone()),
            category: product.map(|product| product.category.clone()),
            count: None,
        })
    }

    /// The row of a variable or grouped product is no item: its variations are. Line breaks are written as `\n`.
    fn woo_commerce_product(&self, record: &Record<'_>) -> Option<Replaced> {
        let types = self.named(record, "type").to_lowercase();
        if types.split(',').any(|name| matches!(name.trim(), "variable" | "grouped")) {
            return None;
        }
        let description = cell(record, self.description).replace("\\n", "\n");
        let category = first_category(&cell(record, self.category));
        Some(Replaced { description: Some(description), category: Some(category), ..Replaced::default() })
    }

    fn square_item(&self, record: &Record<'_>) -> Replaced {
        let name = with_variant(&cell(record, self.name), &self.named(record, "variation name"), "Regular");
        Replaced { name: Some(name), ..Replaced::default() }
    }
}

fn cell(record: &Record<'_>, index: Option<usize>) -> String {
    index.map(|index| record.cell(index).trim().to_owned()).unwrap_or_default()
}

/// Returns the name of a variant. `only` is the variant of a product that has one variant.
fn with_variant(name: &str, variant: &str, only: &str) -> String {
    match variant.is_empty() || variant == only || name.is_empty() {
        true => name.to_owned(),
        false => format!("{name} - {variant}"),
    }
}

/// Returns the first of several categories that are separated by commas. A comma in a name follows a backslash.
fn first_category(categories: &str) -> String {
    let mut first = String::new();
    let mut characters = categories.chars();
    while let Some(character) = characters.next() {
        match character {
            ',' => break,
            '\\' => first.extend(characters.next()),
            _ => first.push(character),
        }
    }
    first
}
