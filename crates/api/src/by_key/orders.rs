//! Orders and their lines in request bodies.

use super::{check_keys, item_key, reference, surplus};
use crate::deserialize;
use domain::{
    BlockId, CartId, ChangeOrderLinesByKeys, ConvertHolds, Error, HoldSource, ItemKey, NewOrderByKeys,
    OrderId, OrderPriority, Precondition, Quantity,
};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

/// A request to create an order. Lines of the same item are added up.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct CreateOrder {
    /// 1 to 100 characters.
    #[serde(default)]
    pub reference: Option<String>,
    /// Whether no other order may have the reference; default false. The problem `reference_taken` has the id of the other
    /// order.
    #[serde(default)]
    pub unique_reference: bool,
    /// 1 to 1,000 lines. The order takes no stock.
    #[serde(default)]
    pub lines: Option<Vec<CreateOrderLine>>,
    /// Instead of `lines`: an active or a confirmed cart. Its units become the order's, which is allocated.
    #[serde(default, deserialize_with = "deserialize::optional_id")]
    pub cart_id: Option<i64>,
    /// Instead of `lines`: 1 to 500 active or permanent blocks that belong to no cart, each once. Their units become the
    /// order's, which is allocated.
    #[serde(default)]
    pub block_ids: Option<Vec<i64>>,
    /// With `lines`: the priority in the queue of missing units, higher first: -1,000,000 to 1,000,000; default 0.
    #[serde(default)]
    pub priority: Option<i64>,
    /// With `lines`: whether the order waits for its units from now on. They are allocated when they are available; default
    /// false.
    #[serde(default)]
    pub wait: bool,
}

/// A request to create an order: with lines, or by the conversion of a cart or of blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderRequest {
    /// An order with these lines, which takes no stock.
    New(NewOrderByKeys),
    /// The conversion of a cart or of blocks into an allocated order.
    Convert(ConvertHolds),
}

/// One item of an order, with exactly one of `itemId` and `sku`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct CreateOrderLine {
    #[serde(default, deserialize_with = "deserialize::optional_id")]
    pub item_id: Option<i64>,
    /// The item's SKU, instead of `itemId`.
    #[serde(default)]
    pub sku: Option<String>,
    /// Units: 1 to 2,147,483,647.
    pub quantity: i64,
}

check_keys!(CreateOrderLine, required [item_id sku "itemId" "sku"], optional []);

impl<'de> Deserialize<'de> for CreateOrder {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let body = Self::deserialize(deserializer)?;
        match (&body.lines, &body.cart_id, &body.block_ids) {
            (None, None, None) => Err(D::Error::missing_field("lines")),
            _ => Ok(body),
        }
    }
}

impl CreateOrder {
    /// Returns the domain's request.
    ///
    /// # Errors
    /// [`Error::Invalid`], also if more than one of `lines`, `cartId` and `blockIds` is given.
    pub fn into_request(self) -> Result<OrderRequest, Error> {
        let reference = reference(self.reference)?;
        let priority = self.priority.map(OrderPriority::new).transpose()?;
        let source = match (self.lines, self.cart_id, self.block_ids) {
            (Some(lines), None, None) => {
                let order = NewOrderByKeys::new(reference, self::lines(lines)?)?;
                let order = order.with_unique_reference(self.unique_reference)?;
                return Ok(OrderRequest::New(order.with_queue(priority.unwrap_or_default(), self.wait)));
            }
            (None, Some(cart), None) => HoldSource::Cart(CartId(cart)),
            (None, None, Some(ids)) => HoldSource::Blocks(ids.into_iter().map(BlockId).collect()),
            _ => {
                return Err(Error::invalid(
                    "lines",
                    "must not be given beside cartId or blockIds; only one of the three is possible",
                ));
            }
        };
        if priority.is_some() || self.wait {
            let field = if self.wait { "wait" } else { "priority" };
            return Err(Error::invalid(field, "needs `lines`: the other orders are allocated at once"));
        }
        let convert = ConvertHolds::new(source, reference)?;
        Ok(OrderRequest::Convert(convert.with_unique_reference(self.unique_reference)?))
    }
}

/// A request to replace all lines of a pending order, or none of them. Lines of the same item are added up.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangeOrderLines {
    /// 1 to 1,000 lines, all that the order is to have.
    pub lines: Vec<CreateOrderLine>,
}

impl ChangeOrderLines {
    /// Returns the domain's request for an order, with a condition on the version of its present lines.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn for_order(self, order: OrderId, condition: Precondition) -> Result<ChangeOrderLinesByKeys, Error> {
        Ok(ChangeOrderLinesByKeys::new(order, lines(self.lines)?)?.with_condition(condition))
    }
}

/// Returns the items and the units of lines.
fn lines(lines: Vec<CreateOrderLine>) -> Result<Vec<(ItemKey, Quantity)>, Error> {
    let line = |line: CreateOrderLine| Ok((item_key(line.item_id, line.sku)?, Quantity::new(line.quantity)?));
    lines.into_iter().map(line).collect()
}
