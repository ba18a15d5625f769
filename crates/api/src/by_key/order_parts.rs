//! Requests about a part of an order.

use super::{check_keys, item_key, surplus};
use crate::deserialize;
use domain::{CancelLines, Error, ItemKey, OrderId, OrderPart, OrderPriority, Quantity};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

/// Units of a line of an order, with exactly one of `itemId` and `sku`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct OrderPartLine {
    #[serde(default, deserialize_with = "deserialize::optional_id")]
    pub item_id: Option<i64>,
    /// The item's SKU, instead of `itemId`.
    #[serde(default)]
    pub sku: Option<String>,
    /// Units: 1 to 2,147,483,647. Default: all units of the item that the request can concern.
    #[serde(default)]
    pub quantity: Option<i64>,
}

check_keys!(OrderPartLine, required [item_id sku "itemId" "sku"], optional []);

/// A request to cancel an order, or units of its lines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CancelOrder {
    /// 1 to 1,000 lines, each of another item. Default: the whole order.
    #[serde(default)]
    pub lines: Option<Vec<OrderPartLine>>,
}

impl CancelOrder {
    /// Returns the domain's request for an order; `None` for the whole order.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn lines_of(self, order: OrderId) -> Result<Option<CancelLines<ItemKey>>, Error> {
        self.lines.map(|lines| CancelLines::new(order, part(lines)?)).transpose()
    }
}

/// A request to pass allocated units to another order.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReassignUnits {
    /// The order that misses the units.
    #[serde(deserialize_with = "deserialize::id")]
    pub to_order_id: i64,
    /// 1 to 1,000 lines, each of another item. Default: every unit that the other order misses.
    #[serde(default)]
    pub lines: Option<Vec<OrderPartLine>>,
}

impl ReassignUnits {
    /// Returns the domain's request for the order that has the units.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn from_order(self, from: OrderId) -> Result<domain::ReassignUnits<ItemKey>, Error> {
        domain::ReassignUnits::new(from, OrderId(self.to_order_id), self.lines.map(part).transpose()?)
    }
}

/// A request to put an order that lacks units into the queue of missing units, or to take it out of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueueOrder {
    /// Whether the missing units wait and are allocated when they are available. An order that waits already keeps its time.
    pub wait: bool,
    /// The priority in the queue, higher first: -1,000,000 to 1,000,000; default: the present one.
    #[serde(default)]
    pub priority: Option<i64>,
}

impl QueueOrder {
    /// Returns the domain's request for an order.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn for_order(self, order: OrderId) -> Result<domain::QueueOrder, Error> {
        let priority = self.priority.map(OrderPriority::new).transpose()?;
        Ok(domain::QueueOrder { order, waits: self.wait, priority })
    }
}

fn part(lines: Vec<OrderPartLine>) -> Result<OrderPart<ItemKey>, Error> {
    let line = |line: OrderPartLine| {
        Ok((item_key(line.item_id, line.sku)?, line.quantity.map(Quantity::new).transpose()?))
    };
    lines.into_iter().map(line).collect()
}
