//! Units of orders that leave the shelf, and come back.

use crate::keyed::resolve_optional;
use crate::{
    CartId, Condition, Error, HeldBlock, ItemId, ItemKey, KeyDirectory, Keyed, Keys, LevelKey,
    ORDER_LINES_MAX, OrderId, OrderStatus, Quantity, WarehouseId, WarehouseKey,
};

/// A request to ship allocated units of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShipOrder<I = ItemId, W = WarehouseId> {
    /// The order.
    pub order: OrderId,
    /// The warehouse of the units; `None` for all warehouses.
    pub warehouse: Option<W>,
    /// Units of items; empty for all allocated units.
    lines: Vec<(I, Quantity)>,
}

impl<I, W> ShipOrder<I, W> {
    /// Creates a request. Without lines, all allocated units are shipped.
    ///
    /// # Errors
    /// [`Error::Invalid`] for lines that are empty or more than [`ORDER_LINES_MAX`].
    pub fn new(
        order: OrderId,
        warehouse: Option<W>,
        lines: Option<Vec<(I, Quantity)>>,
    ) -> Result<Self, Error> {
        lines.as_ref().map_or(Ok(()), |lines| check_lines(lines.len()))?;
        Ok(Self { order, warehouse, lines: lines.unwrap_or_default() })
    }

    /// The lines; empty for all allocated units.
    pub fn lines(&self) -> &[(I, Quantity)] {
        &self.lines
    }
}

/// Units of one item that come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReturnLine<I = ItemId, W = WarehouseId> {
    /// The item.
    pub item: I,
    /// Units.
    pub quantity: Quantity,
    /// The warehouse that shipped them, and to which they come back; `None` for any of them.
    pub warehouse: Option<W>,
}

/// A request to take back shipped units of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnOrder<I = ItemId, W = WarehouseId> {
    /// The order.
    pub order: OrderId,
    lines: Vec<ReturnLine<I, W>>,
    /// The condition of the units; `None` if they can be sold again.
    pub into: Option<Condition>,
}

impl<I, W> ReturnOrder<I, W> {
    /// Creates a request.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless there are 1 to [`ORDER_LINES_MAX`] lines.
    pub fn new(order: OrderId, lines: Vec<ReturnLine<I, W>>, into: Option<Condition>) -> Result<Self, Error> {
        check_lines(lines.len())?;
        Ok(Self { order, lines, into })
    }

    /// The lines, in the order of the request.
    pub fn lines(&self) -> &[ReturnLine<I, W>] {
        &self.lines
    }
}

impl Keyed for ShipOrder<ItemKey, WarehouseKey> {
    type Resolved = ShipOrder;

    fn keys(&self) -> Keys<'_> {
        let keys = Keys::default().with(None, &self.warehouse);
        self.lines.iter().fold(keys, |keys, (item, _)| keys.with(Some(item), []))
    }

    fn resolve(&self, directory: &impl KeyDirectory) -> Result<ShipOrder, Error> {
        let warehouse = resolve_optional(self.warehouse.as_ref(), directory)?;
        let line = |(item, quantity): &(ItemKey, Quantity)| Ok((item.resolve(directory)?, *quantity));
        let lines = self.lines.iter().map(line).collect::<Result<_, Error>>()?;
        Ok(ShipOrder { order: self.order, warehouse, lines })
    }
}

impl Keyed for ReturnOrder<ItemKey, WarehouseKey> {
    type Resolved = ReturnOrder;

    fn keys(&self) -> Keys<'_> {
        self.lines.iter().fold(Keys::default(), |keys, line| keys.with(Some(&line.item), &line.warehouse))
    }

    fn resolve(&self, directory: &impl KeyDirectory) -> Result<ReturnOrder, Error> {
        let line = |line: &ReturnLine<ItemKey, WarehouseKey>| {
            let warehouse = resolve_optional(line.warehouse.as_ref(), directory)?;
            Ok(ReturnLine { item: line.item.resolve(directory)?, quantity: line.quantity, warehouse })
        };
        let lines = self.lines.iter().map(line).collect::<Result<_, Error>>()?;
        Ok(ReturnOrder { order: self.order, lines, into: self.into })
    }
}

fn check_lines(count: usize) -> Result<(), Error> {
    match (1..=ORDER_LINES_MAX).contains(&count) {
        true => Ok(()),
        false => Err(Error::invalid("lines", format!("must be 1 to {ORDER_LINES_MAX}, not {count}"))),
    }
}

/// Units of an order that were shipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderShipped {
    /// The order.
    pub order: OrderId,
    /// Its status now.
    pub status: OrderStatus,
    /// The units that were shipped, by ascending stock level.
    pub units: Vec<(LevelKey, i32)>,
}

/// Units of an order that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderReturned {
    /// The order.
    pub order: OrderId,
    /// The condition of the units; `None` if they can be sold again.
    pub into: Option<Condition>,
    /// The units that came back, by ascending stock level.
    pub units: Vec<(LevelKey, i32)>,
}

/// A confirmed cart, after all of its blocks were shipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CartShipped {
    /// The cart.
    pub cart: CartId,
    /// Its blocks.
    pub blocks: Vec<HeldBlock>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shipment_has_all_units_or_bounded_lines() {
        let line = (ItemId(1), Quantity::new(1).expect("a quantity"));
        let new = |lines| ShipOrder::<ItemId>::new(OrderId(1), None, lines);
        assert!(new(None).is_ok_and(|all| all.lines().is_empty()));
        assert!(new(Some(vec![line; ORDER_LINES_MAX])).is_ok());
        assert!(new(Some(Vec::new())).is_err());
        assert!(new(Some(vec![line; ORDER_LINES_MAX + 1])).is_err());
        assert!(ReturnOrder::<ItemId>::new(OrderId(1), Vec::new(), None).is_err());
    }
}
