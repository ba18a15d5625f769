//! Units of orders and of permanent blocks that leave the shelf, and units that come back. The server
//! functions of the console ship everything; REST can also ship a part.

use crate::by_key::{check_keys, item_key, surplus, warehouse_key};
use crate::{OrderStatus, UnitCondition, deserialize};
use domain::{
    CartShipped as ShippedCart, Error, HeldBlock, ItemKey, LevelKey, OrderId, Quantity, WarehouseKey,
};
use engine::{KeysById, WithKeys};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// A request to ship allocated units of an order, with at most one of `warehouseId` and `warehouseCode`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct ShipOrder {
    /// Default: all warehouses that the order has units of.
    #[serde(default, deserialize_with = "deserialize::optional_id")]
    pub warehouse_id: Option<i64>,
    /// The warehouse's code, instead of `warehouseId`.
    #[serde(default)]
    pub warehouse_code: Option<String>,
    /// 1 to 1,000 lines. Default: all units that are allocated.
    #[serde(default)]
    pub lines: Option<Vec<ShipLine>>,
}

check_keys!(ShipOrder, required [], optional [warehouse_id warehouse_code "warehouseCode"]);

/// Units of one item to ship, with exactly one of `itemId` and `sku`. Lines of the same item are added up.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct ShipLine {
    #[serde(default, deserialize_with = "deserialize::optional_id")]
    pub item_id: Option<i64>,
    /// The item's SKU, instead of `itemId`.
    #[serde(default)]
    pub sku: Option<String>,
    /// Units: 1 to 2,147,483,647.
    pub quantity: i64,
}

check_keys!(ShipLine, required [item_id sku "itemId" "sku"], optional []);

impl ShipOrder {
    /// Returns the domain's request for an order.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn for_order(self, order: OrderId) -> Result<domain::ShipOrder<ItemKey, WarehouseKey>, Error> {
        let line = |line: ShipLine| Ok((item_key(line.item_id, line.sku)?, Quantity::new(line.quantity)?));
        let lines = self.lines.map(|lines| lines.into_iter().map(line).collect::<Result<_, Error>>());
        let warehouse = warehouse_key(self.warehouse_id, self.warehouse_code)?;
        domain::ShipOrder::new(order, warehouse, lines.transpose()?)
    }
}

/// A request to take back shipped units of an order.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReturnOrder {
    /// 1 to 1,000 lines.
    pub lines: Vec<ReturnLine>,
    /// The condition of the units: `available` ones can be sold again at once.
    pub into: UnitCondition,
}

/// Units of one item that come back, with exactly one of `itemId` and `sku`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct ReturnLine {
    #[serde(default, deserialize_with = "deserialize::optional_id")]
    pub item_id: Option<i64>,
    /// The item's SKU, instead of `itemId`.
    #[serde(default)]
    pub sku: Option<String>,
    /// Units: 1 to 2,147,483,647.
    pub quantity: i64,
    /// The warehouse that shipped the units, and to which they come back. Default: any of them, in ascending order of ids.
    #[serde(default, deserialize_with = "deserialize::optional_id")]
    pub warehouse_id: Option<i64>,
    /// The warehouse's code, instead of `warehouseId`.
    #[serde(default)]
    pub warehouse_code: Option<String>,
}

check_keys!(ReturnLine, required [item_id sku "itemId" "sku"], optional [warehouse_id warehouse_code "warehouseCode"]);

impl ReturnOrder {
    /// Returns the domain's request for an order.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn for_order(self, order: OrderId) -> Result<domain::ReturnOrder<ItemKey, WarehouseKey>, Error> {
        let line = |line: ReturnLine| {
            Ok(domain::ReturnLine {
                item: item_key(line.item_id, line.sku)?,
                quantity: Quantity::new(line.quantity)?,
                warehouse: warehouse_key(line.warehouse_id, line.warehouse_code)?,
            })
        };
        let lines = self.lines.into_iter().map(line).collect::<Result<_, Error>>()?;
        domain::ReturnOrder::new(order, lines, self.into.condition())
    }
}

/// Units of one stock level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LevelUnits {
    pub item_id: i64,
    /// The item's SKU; null without one.
    pub sku: Option<String>,
    pub warehouse_id: i64,
    pub warehouse_code: String,
    /// Units.
    pub quantity: i32,
}

/// Units of an order that were shipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderShipped {
    pub order_id: i64,
    /// The status of the order now: `shipped` if no unit is missing or left to ship.
    pub status: OrderStatus,
    /// The units that were shipped, by item and warehouse.
    pub units: Vec<LevelUnits>,
}

/// Units of an order that came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderReturned {
    pub order_id: i64,
    /// available, damaged or quarantine: the condition of the units.
    pub into: String,
    /// The units that came back, by item and warehouse.
    pub units: Vec<LevelUnits>,
}

/// A permanent block that was shipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BlockShipped {
    pub block_id: i64,
    pub item_id: i64,
    /// The item's SKU; null without one.
    pub sku: Option<String>,
    pub warehouse_id: i64,
    pub warehouse_code: String,
    /// Units that left the shelf.
    pub quantity: i32,
}

/// A confirmed cart that was shipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CartShipped {
    pub cart_id: i64,
    /// Its blocks.
    pub blocks: Vec<BlockShipped>,
}

/// Returns units by stock level, with the keys of items and warehouses.
pub(crate) fn level_units(units: Vec<(LevelKey, i32)>, keys: &KeysById) -> Vec<LevelUnits> {
    let level = |(key, quantity): (LevelKey, i32)| LevelUnits {
        item_id: key.item.0,
        sku: keys.sku(key.item),
        warehouse_id: key.warehouse.0,
        warehouse_code: keys.code(key.warehouse),
        quantity,
    };
    units.into_iter().map(level).collect()
}

impl From<WithKeys<domain::OrderShipped>> for OrderShipped {
    fn from(WithKeys { output: shipped, keys }: WithKeys<domain::OrderShipped>) -> Self {
        let units = level_units(shipped.units, &keys);
        Self { order_id: shipped.order.0, status: shipped.status.into(), units }
    }
}

impl From<WithKeys<domain::OrderReturned>> for OrderReturned {
    fn from(WithKeys { output: returned, keys }: WithKeys<domain::OrderReturned>) -> Self {
        let into = returned.into.map_or("available", domain::Condition::as_str).to_owned();
        Self { order_id: returned.order.0, into, units: level_units(returned.units, &keys) }
    }
}

impl From<WithKeys<HeldBlock>> for BlockShipped {
    fn from(block: WithKeys<HeldBlock>) -> Self {
        Self {
            block_id: block.id.0,
            item_id: block.key.item.0,
            sku: block.sku(block.key.item),
            warehouse_id: block.key.warehouse.0,
            warehouse_code: block.code(block.key.warehouse),
            quantity: block.quantity,
        }
    }
}

impl From<WithKeys<ShippedCart>> for CartShipped {
    fn from(WithKeys { output: shipped, keys }: WithKeys<ShippedCart>) -> Self {
        let blocks = WithKeys::each(shipped.blocks, &keys).map(BlockShipped::from).collect();
        Self { cart_id: shipped.cart.0, blocks }
    }
}
