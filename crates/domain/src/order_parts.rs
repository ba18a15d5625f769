//! Changes of a part of an order: units of lines are cancelled, or pass to another order.

use crate::{
    Error, ItemId, ItemKey, KeyDirectory, Keyed, Keys, LevelKey, OrderId, OrderStatus, OrderSummary,
    Quantity, line_sums::check_line_count,
};
use std::collections::BTreeMap;

/// A part of an order: units of some of its items. `None`: all units of the item that the request can concern.
pub type OrderPart<I = ItemId> = Vec<(I, Option<Quantity>)>;

/// A request to cancel units of an order's lines: missing units first, then allocated ones, which return to stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancelLines<I = ItemId> {
    /// The order.
    pub order: OrderId,
    part: OrderPart<I>,
}

/// A request to pass allocated units of one order to another order that misses them. The stock levels stay as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReassignUnits<I = ItemId> {
    /// The order that has the units.
    pub from: OrderId,
    /// The order that misses them.
    pub to: OrderId,
    /// `None`: every unit that the other order misses.
    part: Option<OrderPart<I>>,
}

impl<I: PartialEq> CancelLines<I> {
    /// Creates a request.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless there are 1 to [`crate::ORDER_LINES_MAX`] lines, each of another item.
    pub fn new(order: OrderId, part: OrderPart<I>) -> Result<Self, Error> {
        check_part(&part)?;
        Ok(Self { order, part })
    }
}

impl CancelLines {
    /// Returns the units per item.
    pub fn part(&self) -> &OrderPart {
        &self.part
    }
}

impl<I: PartialEq> ReassignUnits<I> {
    /// Creates a request.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the same order twice, and unless there are 1 to [`crate::ORDER_LINES_MAX`] lines, each of
    /// another item.
    pub fn new(from: OrderId, to: OrderId, part: Option<OrderPart<I>>) -> Result<Self, Error> {
        if from == to {
            return Err(Error::invalid("toOrderId", "must be another order"));
        }
        part.as_ref().map_or(Ok(()), check_part)?;
        Ok(Self { from, to, part })
    }
}

impl ReassignUnits {
    /// Returns the units per item, if the request names some.
    pub fn part(&self) -> Option<&OrderPart> {
        self.part.as_ref()
    }
}

fn check_part<I: PartialEq>(part: &OrderPart<I>) -> Result<(), Error> {
    check_line_count(part.len())?;
    let is_repeated =
        |(index, (item, _)): (usize, &(I, _))| part[..index].iter().any(|(other, _)| other == item);
    match part.iter().enumerate().any(is_repeated) {
        true => Err(Error::invalid("lines", "must name each item once")),
        false => Ok(()),
    }
}

fn resolve_part(part: &OrderPart<ItemKey>, directory: &impl KeyDirectory) -> Result<OrderPart, Error> {
    part.iter().map(|(item, units)| Ok((item.resolve(directory)?, *units))).collect()
}

impl Keyed for CancelLines<ItemKey> {
    type Resolved = CancelLines;

    fn keys(&self) -> Keys<'_> {
        self.part.iter().fold(Keys::default(), |keys, (item, _)| keys.with(Some(item), []))
    }

    fn resolve(&self, directory: &impl KeyDirectory) -> Result<CancelLines, Error> {
        CancelLines::new(self.order, resolve_part(&self.part, directory)?)
    }
}

impl Keyed for ReassignUnits<ItemKey> {
    type Resolved = ReassignUnits;

    fn keys(&self) -> Keys<'_> {
        let part = self.part.iter().flatten();
        part.fold(Keys::default(), |keys, (item, _)| keys.with(Some(item), []))
    }

    fn resolve(&self, directory: &impl KeyDirectory) -> Result<ReassignUnits, Error> {
        let part = self.part.as_ref().map(|part| resolve_part(part, directory)).transpose()?;
        ReassignUnits::new(self.from, self.to, part)
    }
}

/// The result of a change of an order's part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderPartChanged {
    /// The order.
    pub order: OrderId,
    /// Its status after the change.
    pub status: OrderStatus,
    /// The cancelled units by ascending item id; of a reassignment, the units that passed to the other order.
    pub units: Vec<(ItemId, i32)>,
    /// The part of the units that returned to stock, by ascending stock level; none of a reassignment.
    pub returned: Vec<(LevelKey, i32)>,
}

impl OrderSummary {
    /// Takes allocated units of an item out of the order, at most `units`, from the stock levels by ascending warehouse id.
    /// Returns them.
    pub fn deallocate(&mut self, item: ItemId, mut units: i32) -> Vec<(LevelKey, i32)> {
        let mut taken = Vec::new();
        for (key, held) in self.allocations.iter_mut().filter(|(key, _)| key.item == item) {
            let take = held.allocated.min(units);
            if take > 0 {
                held.allocated -= take;
                units -= take;
                taken.push((*key, take));
            }
        }
        self.allocations.retain(|_, held| held.allocated > 0 || held.shipped > 0);
        self.set_warehouse();
        taken
    }

    /// Removes units from the lines of an item, and the lines that have none left.
    pub fn remove_units(&mut self, item: ItemId, mut units: i32) {
        for (_, quantity) in self.lines.iter_mut().filter(|(line, _)| *line == item) {
            let removed = units.min(*quantity);
            *quantity -= removed;
            units -= removed;
        }
        self.lines.retain(|(_, quantity)| *quantity > 0);
    }

    /// Returns the units that the customer wants, by item.
    pub fn wanted(&self) -> BTreeMap<ItemId, i32> {
        crate::missing_units(self.lines.iter().copied(), [])
    }

    /// Returns the allocated and the shipped units of an item.
    pub fn units_of(&self, item: ItemId) -> (i32, i32) {
        let of_item = self.allocations.iter().filter(|(key, _)| key.item == item);
        of_item.fold((0, 0), |(allocated, shipped), (_, units)| {
            (allocated + units.allocated, shipped + units.shipped)
        })
    }
}
