//! Bodies of REST requests that name items by id or by SKU, and warehouses by id or by code.
//!
//! The console knows ids. Its server functions have bodies of their own with the same names, so that these cost no bytes in
//! the browser.

mod allocation;
mod order_parts;
mod orders;
mod payments;

pub use allocation::{AllocateOrder, AllocationMode, AllocationRequest, PlannedParcel};
pub use order_parts::{CancelOrder, OrderPartLine, QueueOrder, ReassignUnits};
pub use orders::{ChangeOrderLines, CreateOrder, CreateOrderLine, OrderRequest};
pub use payments::{ConfirmCart, Late, StartPayment};

use crate::convert::low_stock;
use crate::deserialize;
use domain::{Error, HoldNote, ItemKey, Note, Quantity, Reference, Sku, Ttl, WarehouseCode, WarehouseKey};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

/// Implements deserialization with a check of pairs of an id and a key: `required` pairs have exactly one of both,
/// `optional` pairs at most one. The type derives an inherent `deserialize` by `#[serde(remote = "Self")]`.
macro_rules! check_keys {
    ($body:ty, required [$($id:ident $key:ident $id_name:literal $key_name:literal)*],
     optional [$($opt_id:ident $opt_key:ident $opt_key_name:literal)*]) => {
        impl<'de> Deserialize<'de> for $body {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let body = Self::deserialize(deserializer)?;
                $(
                    match (&body.$id, &body.$key) {
                        (None, None) => return Err(D::Error::missing_field($id_name)),
                        (Some(_), Some(_)) => return Err(surplus($key_name)),
                        _ => {}
                    }
                )*
                $(
                    if body.$opt_id.is_some() && body.$opt_key.is_some() {
                        return Err(surplus($opt_key_name));
                    }
                )*
                Ok(body)
            }
        }
    };
}

pub(crate) use check_keys;

/// Returns the error for a key beside the id that it stands for.
pub(crate) fn surplus<E: serde::de::Error>(key: &str) -> E {
    E::custom(format!("surplus field `{key}`"))
}

/// Returns the item that the filter of a list names, by id or by SKU.
///
/// # Errors
/// [`Error::Invalid`] for both, and for a malformed SKU.
pub fn item_filter(id: Option<i64>, sku: Option<String>) -> Result<Option<ItemKey>, Error> {
    match (id, &sku) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(Error::invalid("sku", "must not be given with itemId")),
        _ => item_key(id, sku).map(Some),
    }
}

/// Returns the warehouse that the filter of a list names, by id or by code.
///
/// # Errors
/// [`Error::Invalid`] for both, and for a malformed code.
pub fn warehouse_filter(id: Option<i64>, code: Option<String>) -> Result<Option<WarehouseKey>, Error> {
    match (id, &code) {
        (Some(_), Some(_)) => Err(Error::invalid("warehouseCode", "must not be given with warehouseId")),
        _ => warehouse_key(id, code),
    }
}

pub(crate) fn item_key(id: Option<i64>, sku: Option<String>) -> Result<ItemKey, Error> {
    match (id, sku) {
        (Some(id), _) => Ok(ItemKey::Id(domain::ItemId(id))),
        (None, Some(sku)) => Ok(ItemKey::Sku(Sku::new(&sku)?)),
        (None, None) => Err(Error::invalid("itemId", "must be given, or `sku`")),
    }
}

pub(crate) fn warehouse_key(id: Option<i64>, code: Option<String>) -> Result<Option<WarehouseKey>, Error> {
    match (id, code) {
        (Some(id), _) => Ok(Some(WarehouseKey::Id(domain::WarehouseId(id)))),
        (None, Some(code)) => Ok(Some(WarehouseKey::Code(WarehouseCode::new(&code)?))),
        (None, None) => Ok(None),
    }
}

fn required_warehouse_key(
    field: &'static str,
    id: Option<i64>,
    code: Option<String>,
) -> Result<WarehouseKey, Error> {
    warehouse_key(id, code)?.ok_or_else(|| Error::invalid(field, "must be given, or the code"))
}

/// A request for a temporary block, with exactly one of `itemId` and `sku`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct PlaceBlock {
    #[serde(default, deserialize_with = "deserialize::optional_id")]
    pub item_id: Option<i64>,
    /// The item's SKU, instead of `itemId`.
    #[serde(default)]
    pub sku: Option<String>,
    /// Units: 1 to 2,147,483,647.
    pub quantity: i64,
    /// Default: the warehouse with the most available units.
    #[serde(default, deserialize_with = "deserialize::optional_id")]
    pub warehouse_id: Option<i64>,
    /// The warehouse's code, instead of `warehouseId`.
    #[serde(default)]
    pub warehouse_code: Option<String>,
    /// 1 to 2,592,000 seconds (30 days). Default: 3,600.
    #[serde(default)]
    pub ttl_seconds: Option<i64>,
    /// The shop's name for the buyer: 1 to 100 characters. The server limits the number of active blocks per
    /// reference.
    #[serde(default)]
    pub reference: Option<String>,
    /// A note for the staff: 1 to 500 characters.
    #[serde(default)]
    pub note: Option<String>,
}

check_keys!(PlaceBlock, required [item_id sku "itemId" "sku"], optional [warehouse_id warehouse_code "warehouseCode"]);

impl PlaceBlock {
    /// Returns the domain's request.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn into_request(self) -> Result<domain::PlaceHold<ItemKey, WarehouseKey>, Error> {
        let block = domain::PlaceBlock {
            item: item_key(self.item_id, self.sku)?,
            quantity: Quantity::new(self.quantity)?,
            warehouse: warehouse_key(self.warehouse_id, self.warehouse_code)?,
            ttl: self.ttl_seconds.map(Ttl::new).transpose()?.unwrap_or_default(),
        };
        Ok(domain::PlaceHold { block, reference: reference(self.reference)?, note: hold_note(self.note)? })
    }
}

/// A request for a cart: a temporary block per line, or none.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlaceCart {
    /// 1 to 100 lines.
    pub lines: Vec<CartLine>,
    /// 1 to 2,592,000 seconds (30 days). Default: 3,600.
    #[serde(default)]
    pub ttl_seconds: Option<i64>,
    /// The shop's name for the buyer: 1 to 100 characters. The server limits the number of active blocks per
    /// reference.
    #[serde(default)]
    pub reference: Option<String>,
    /// Whether no other cart may have the reference, in any state; default false. The problem `reference_taken` has the
    /// id of the other cart.
    #[serde(default)]
    pub unique_reference: bool,
    /// A note for the staff: 1 to 500 characters.
    #[serde(default)]
    pub note: Option<String>,
}

/// A request to replace the lines of a cart, or none of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangeCart {
    /// The version of the cart that the caller has read.
    pub version: i64,
    /// 1 to 100 lines, all that the cart is to have. The units of one stock level become one block, unless the cart holds as
    /// many of it already.
    pub lines: Vec<CartLine>,
    /// The time until the cart expires: 1 to 2,592,000 seconds (30 days). It never expires earlier than before. Without it,
    /// the expiry time stays.
    #[serde(default)]
    pub ttl_seconds: Option<i64>,
}

/// One line of a cart, with exactly one of `itemId` and `sku`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct CartLine {
    #[serde(default, deserialize_with = "deserialize::optional_id")]
    pub item_id: Option<i64>,
    /// The item's SKU, instead of `itemId`.
    #[serde(default)]
    pub sku: Option<String>,
    /// Units: 1 to 2,147,483,647.
    pub quantity: i64,
    /// All units of a line come from one warehouse. Default: the one that holds the units for the cart already, otherwise the
    /// one with the most available units. Several lines of an item may get several warehouses.
    #[serde(default, deserialize_with = "deserialize::optional_id")]
    pub warehouse_id: Option<i64>,
    /// The warehouse's code, instead of `warehouseId`.
    #[serde(default)]
    pub warehouse_code: Option<String>,
}

check_keys!(CartLine, required [item_id sku "itemId" "sku"], optional [warehouse_id warehouse_code "warehouseCode"]);

impl PlaceCart {
    /// Returns the domain's request.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn into_request(self) -> Result<domain::PlaceCart<ItemKey, WarehouseKey>, Error> {
        let lines = cart_lines(self.lines)?;
        let ttl = self.ttl_seconds.map(Ttl::new).transpose()?.unwrap_or_default();
        let cart = domain::PlaceCart::new(lines, ttl, reference(self.reference)?)?;
        cart.with_note(hold_note(self.note)?).with_unique_reference(self.unique_reference)
    }
}

impl ChangeCart {
    /// Returns the domain's request for a cart.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn for_cart(self, id: domain::CartId) -> Result<domain::ChangeCart<ItemKey, WarehouseKey>, Error> {
        let lines = cart_lines(self.lines)?;
        domain::ChangeCart::new(id, self.version, lines, self.ttl_seconds.map(Ttl::new).transpose()?)
    }
}

fn cart_lines(lines: Vec<CartLine>) -> Result<Vec<domain::CartLine<ItemKey, WarehouseKey>>, Error> {
    let line = |line: CartLine| {
        Ok(domain::CartLine {
            item: item_key(line.item_id, line.sku)?,
            quantity: Quantity::new(line.quantity)?,
            warehouse: warehouse_key(line.warehouse_id, line.warehouse_code)?,
        })
    };
    lines.into_iter().map(line).collect()
}

/// Returns a reference. An empty one counts as absent.
fn reference(text: Option<String>) -> Result<Option<Reference>, Error> {
    text.filter(|text| !text.trim().is_empty()).map(|text| Reference::new(&text)).transpose()
}

/// Returns a note. An empty one counts as absent.
fn hold_note(text: Option<String>) -> Result<Option<HoldNote>, Error> {
    text.filter(|text| !text.trim().is_empty()).map(|text| HoldNote::new(&text)).transpose()
}

/// A request to receive units into a stock level, or to write off units from it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct AdjustStock {
    /// Default: the default warehouse.
    #[serde(default, deserialize_with = "deserialize::optional_id")]
    pub warehouse_id: Option<i64>,
    /// The warehouse's code, instead of `warehouseId`.
    #[serde(default)]
    pub warehouse_code: Option<String>,
    /// Units to add: positive for received units, negative for units written off; not 0.
    pub delta: i64,
    /// The reason: 1 to 200 characters. The ledger stores it.
    pub reason: String,
}

check_keys!(AdjustStock, required [], optional [warehouse_id warehouse_code "warehouseCode"]);

impl AdjustStock {
    /// Returns the domain's request for an item.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn for_item(
        self,
        item: impl Into<ItemKey>,
    ) -> Result<domain::StockAdjustment<ItemKey, WarehouseKey>, Error> {
        let note = Note::new(&self.reason)?;
        let warehouse = warehouse_key(self.warehouse_id, self.warehouse_code)?;
        domain::StockAdjustment::new(item.into(), warehouse, self.delta, note)
    }
}

/// A request to move units from one warehouse to another, each with exactly one of id and code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct MoveStock {
    #[serde(default, deserialize_with = "deserialize::optional_id")]
    pub from_warehouse_id: Option<i64>,
    /// The code of the source warehouse, instead of `fromWarehouseId`.
    #[serde(default)]
    pub from_warehouse_code: Option<String>,
    /// Not the source warehouse.
    #[serde(default, deserialize_with = "deserialize::optional_id")]
    pub to_warehouse_id: Option<i64>,
    /// The code of the target warehouse, instead of `toWarehouseId`.
    #[serde(default)]
    pub to_warehouse_code: Option<String>,
    /// Units: 1 to 2,147,483,647.
    pub quantity: i64,
    /// The reason: 1 to 200 characters. The ledger stores it.
    pub reason: String,
}

check_keys!(MoveStock, required [
    from_warehouse_id from_warehouse_code "fromWarehouseId" "fromWarehouseCode"
    to_warehouse_id to_warehouse_code "toWarehouseId" "toWarehouseCode"
], optional []);

impl MoveStock {
    /// Returns the domain's request for an item.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn for_item(
        self,
        item: impl Into<ItemKey>,
    ) -> Result<domain::StockMove<ItemKey, WarehouseKey>, Error> {
        let from =
            required_warehouse_key("fromWarehouseId", self.from_warehouse_id, self.from_warehouse_code)?;
        let to = required_warehouse_key("toWarehouseId", self.to_warehouse_id, self.to_warehouse_code)?;
        let (quantity, note) = (Quantity::new(self.quantity)?, Note::new(&self.reason)?);
        domain::StockMove::new(item.into(), from, to, quantity, note)
    }
}

/// A request to create an item. Its first stock goes to the warehouse of `warehouseId` or `warehouseCode`, or to the default
/// warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct CreateItem {
    /// 1 to 255 characters.
    pub name: String,
    /// First stock, in units: 0 to 2,147,483,647.
    pub quantity: i64,
    /// 0 to 99,999,999.99 with at most two decimals; a number or a string.
    #[serde(deserialize_with = "deserialize::price")]
    pub price: String,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub category: Option<String>,
    #[serde(default, deserialize_with = "deserialize::optional_id")]
    pub warehouse_id: Option<i64>,
    /// The warehouse's code, instead of `warehouseId`.
    #[serde(default)]
    pub warehouse_code: Option<String>,
    /// The shop's key of the item: 1 to 64 characters. No other item may have it, in any case and white space.
    #[serde(default)]
    pub sku: Option<String>,
    /// At most 100 barcodes of 1 to 64 characters. No other item may have one of them.
    #[serde(default)]
    pub barcodes: Vec<String>,
    /// The item is low at this number of unsold units or fewer, for the signal `stock.low`. 0 for never; the setting of the
    /// server by default.
    #[serde(default)]
    pub low_stock: Option<i64>,
}

check_keys!(CreateItem, required [], optional [warehouse_id warehouse_code "warehouseCode"]);

impl CreateItem {
    /// Returns the domain's request.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn into_request(self) -> Result<domain::NewItem<WarehouseKey>, Error> {
        let warehouse = warehouse_key(self.warehouse_id, self.warehouse_code)?;
        let item = domain::NewItem::try_from(crate::CreateItem {
            name: self.name,
            quantity: self.quantity,
            price: self.price,
            description: self.description,
            category: self.category,
            warehouse_id: None,
            sku: self.sku,
            barcodes: self.barcodes,
        })?;
        let low_stock = self.low_stock.map(low_stock).transpose()?;
        Ok(domain::NewItem { low_stock, ..item.in_warehouse(warehouse) })
    }
}
