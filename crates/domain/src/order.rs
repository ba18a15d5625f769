use crate::{Error, ItemId, OrderId, Quantity, Reference, Time, WarehouseId};
use std::collections::BTreeMap;

/// The maximum number of lines of an order.
pub const ORDER_LINES_MAX: usize = 1_000;

/// The status of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderStatus {
    /// Created; no units are allocated.
    Pending,
    /// Every line is allocated from a warehouse.
    Allocated,
    /// Cancelled; its allocated units have returned to stock.
    Cancelled,
}

impl OrderStatus {
    /// Its name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Allocated => "allocated",
            Self::Cancelled => "cancelled",
        }
    }

    /// Parses a name in the database.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Pending, Self::Allocated, Self::Cancelled].into_iter().find(|status| status.as_str() == name)
    }
}

/// An order of a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// The shop's name for it.
    pub reference: Option<String>,
    /// Its status.
    pub status: OrderStatus,
    /// The warehouse that it was allocated from.
    pub warehouse: Option<WarehouseId>,
    /// The code of that warehouse.
    pub warehouse_code: Option<String>,
    /// One line per item, by ascending item id.
    pub lines: Vec<OrderLine>,
    /// The time at which it was created.
    pub created_at: Time,
    /// The time of the last change of its status.
    pub updated_at: Time,
    /// The time at which it was allocated; a later cancellation keeps it.
    pub allocated_at: Option<Time>,
    /// The principal that created it. `None` if another system or an earlier version did.
    pub created_by: Option<String>,
    /// The principal that allocated it.
    pub allocated_by: Option<String>,
    /// The principal that cancelled it.
    pub cancelled_by: Option<String>,
}

/// One item of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderLine {
    /// The item.
    pub item: ItemId,
    /// The item's name.
    pub item_name: String,
    /// The item's SKU.
    pub sku: Option<String>,
    /// Units.
    pub quantity: i32,
}

/// A request to create an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrder {
    /// The shop's name for it.
    pub reference: Option<Reference>,
    /// Whether no other order may have the reference.
    pub has_unique_reference: bool,
    /// Units of each item, by ascending item id. Not empty.
    pub lines: BTreeMap<ItemId, Quantity>,
}

impl NewOrder {
    /// Creates a request. Lines of the same item are added up.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless there are 1 to [`ORDER_LINES_MAX`] lines, and if a sum exceeds [`crate::UNITS_MAX`].
    pub fn new(
        reference: Option<Reference>,
        lines: impl IntoIterator<Item = (ItemId, Quantity)>,
    ) -> Result<Self, Error> {
        let mut sums = BTreeMap::<ItemId, Quantity>::new();
        for (count, (item, quantity)) in lines.into_iter().enumerate() {
            if count == ORDER_LINES_MAX {
                return Err(Error::invalid("lines", format!("must be at most {ORDER_LINES_MAX}")));
            }
            let before = sums.get(&item).map_or(0, |sum| i64::from(sum.get()));
            sums.insert(item, Quantity::new(before + i64::from(quantity.get()))?);
        }
        if sums.is_empty() {
            return Err(Error::invalid("lines", "must not be empty"));
        }
        Ok(Self { reference, has_unique_reference: false, lines: sums })
    }

    /// Returns the request with the condition that no other order has its reference, if `is_unique`.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the condition without a reference.
    pub fn with_unique_reference(self, is_unique: bool) -> Result<Self, Error> {
        match is_unique && self.reference.is_none() {
            true => Err(Error::invalid("uniqueReference", "needs a reference")),
            false => Ok(Self { has_unique_reference: is_unique, ..self }),
        }
    }
}

/// The fields of an order that the planner needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderSummary {
    /// Its id.
    pub id: OrderId,
    /// Its status.
    pub status: OrderStatus,
    /// The warehouse that it was allocated from.
    pub warehouse: Option<WarehouseId>,
    /// Units of each item.
    pub lines: Vec<(ItemId, i32)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_same_item_are_added_up() -> Result<(), Error> {
        let lines = [(2, 1), (1, 5), (2, 3)];
        let lines = lines.map(|(item, quantity)| Ok((ItemId(item), Quantity::new(quantity)?)));
        let order = NewOrder::new(None, lines.into_iter().collect::<Result<Vec<_>, Error>>()?)?;
        let sums: Vec<_> = order.lines.iter().map(|(item, quantity)| (item.0, quantity.get())).collect();
        assert_eq!(sums, [(1, 5), (2, 4)]);
        assert!(NewOrder::new(None, []).is_err());
        let huge = Quantity::new(i64::from(crate::UNITS_MAX))?;
        assert!(NewOrder::new(None, [(ItemId(1), huge), (ItemId(1), huge)]).is_err());
        Ok(())
    }
}
