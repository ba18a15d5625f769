use crate::{Error, ItemId, OrderId, Quantity, Reference, Shortage, Time, WarehouseId};
use std::collections::BTreeMap;

/// The most lines of an order.
pub const ORDER_LINES_MAX: usize = 1_000;

/// How an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderStatus {
    /// Created; it has taken no stock.
    Pending,
    /// Every line was taken out of a warehouse.
    Allocated,
    /// Given up; what it had taken is back.
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

    /// The status of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Pending, Self::Allocated, Self::Cancelled].into_iter().find(|status| status.as_str() == name)
    }
}

/// What a customer bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// The shop's own name for it.
    pub reference: Option<String>,
    /// How it stands.
    pub status: OrderStatus,
    /// Where it was allocated from.
    pub warehouse: Option<WarehouseId>,
    /// One for each item, by ascending item id.
    pub lines: Vec<OrderLine>,
    /// When it was created.
    pub created_at: Time,
    /// When its status last changed.
    pub updated_at: Time,
    /// When it was allocated, also where it was cancelled since.
    pub allocated_at: Option<Time>,
    /// Who allocated it.
    pub allocated_by: Option<String>,
    /// Who cancelled it.
    pub cancelled_by: Option<String>,
}

/// One item of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderLine {
    /// The item.
    pub item: ItemId,
    /// The item's name.
    pub item_name: String,
    /// Units.
    pub quantity: i32,
}

/// An order to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrder {
    /// The shop's own name for it.
    pub reference: Option<Reference>,
    /// Units of each item, by ascending item id. Not empty.
    pub lines: BTreeMap<ItemId, Quantity>,
}

impl NewOrder {
    /// Adds up lines that name the same item. Refuses no lines, more than [`ORDER_LINES_MAX`], and a sum
    /// beyond what a quantity can be.
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
        Ok(Self { reference, lines: sums })
    }
}

/// What the planner needs to know of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderSummary {
    /// Its id.
    pub id: OrderId,
    /// How it stands.
    pub status: OrderStatus,
    /// Where it was allocated from.
    pub warehouse: Option<WarehouseId>,
    /// Units of each item.
    pub lines: Vec<(ItemId, i32)>,
}

/// Whether an order was allocated, and what stopped it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderAllocation {
    /// The order.
    pub order: OrderId,
    /// The warehouse that it was to be taken from.
    pub warehouse: WarehouseId,
    /// Empty where it was allocated; by ascending item id.
    pub shortages: Vec<Shortage>,
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
