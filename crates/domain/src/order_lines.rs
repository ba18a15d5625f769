//! Changes of the lines of an order.

use crate::line_sums::{check_line_count, sum_lines};
use crate::{
    Error, ItemId, ItemKey, KeyDirectory, Keyed, Keys, OrderId, OrderStatus, OrderSummary, Precondition,
    Quantity,
};
use std::collections::{BTreeMap, BTreeSet};

/// A request to replace all lines of an order, or none. No units may be allocated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeOrderLines {
    /// The order.
    pub order: OrderId,
    /// Units of each item, by ascending item id. Not empty.
    pub lines: BTreeMap<ItemId, Quantity>,
    /// The condition on the version of the present lines: [`OrderSummary::lines_version`].
    pub condition: Precondition,
}

impl ChangeOrderLines {
    /// Creates a request. Lines of the same item are added up.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless there are 1 to [`crate::ORDER_LINES_MAX`] lines, and if a sum exceeds [`crate::UNITS_MAX`].
    pub fn new(order: OrderId, lines: impl IntoIterator<Item = (ItemId, Quantity)>) -> Result<Self, Error> {
        Ok(Self { order, lines: sum_lines(lines)?, condition: Precondition::None })
    }

    /// Checks that the lines of the order can be changed, and returns the items that are not among its present lines. An
    /// archived item may stay on an order, but it can't be added.
    ///
    /// # Errors
    /// [`Error::OrderCancelled`]; [`Error::OrderNotPending`] for every other status but pending; [`Error::VersionMismatch`].
    pub fn added_items(&self, present: &OrderSummary) -> Result<Vec<ItemId>, Error> {
        match present.status {
            OrderStatus::Pending => {}
            OrderStatus::Cancelled => return Err(Error::OrderCancelled(self.order)),
            status => return Err(Error::OrderNotPending { order: self.order, status }),
        }
        self.condition.check(present.lines_version())?;
        let present: BTreeSet<_> = present.lines.iter().map(|(item, _)| *item).collect();
        Ok(self.lines.keys().filter(|item| !present.contains(item)).copied().collect())
    }
}

/// A request to replace the lines of an order, which name items by id or by SKU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeOrderLinesByKeys {
    order: OrderId,
    lines: Vec<(ItemKey, Quantity)>,
    condition: Precondition,
}

impl ChangeOrderLinesByKeys {
    /// Creates a request. Lines of the same item are added up.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless there are 1 to [`crate::ORDER_LINES_MAX`] lines.
    pub fn new(order: OrderId, lines: Vec<(ItemKey, Quantity)>) -> Result<Self, Error> {
        check_line_count(lines.len())?;
        Ok(Self { order, lines, condition: Precondition::None })
    }

    /// Returns the request with a condition on the version of the present lines.
    #[must_use]
    pub fn with_condition(self, condition: Precondition) -> Self {
        Self { condition, ..self }
    }
}

impl Keyed for ChangeOrderLinesByKeys {
    type Resolved = ChangeOrderLines;

    fn keys(&self) -> Keys<'_> {
        self.lines.iter().fold(Keys::default(), |keys, (item, _)| keys.with(Some(item), []))
    }

    fn resolve(&self, directory: &impl KeyDirectory) -> Result<ChangeOrderLines, Error> {
        let line = |(item, quantity): &(ItemKey, Quantity)| Ok((item.resolve(directory)?, *quantity));
        let lines = self.lines.iter().map(line).collect::<Result<Vec<_>, Error>>()?;
        let change = ChangeOrderLines::new(self.order, lines)?;
        Ok(ChangeOrderLines { condition: self.condition.clone(), ..change })
    }
}

impl From<ChangeOrderLines> for ChangeOrderLinesByKeys {
    fn from(change: ChangeOrderLines) -> Self {
        let lines = change.lines.into_iter().map(|(item, quantity)| (item.into(), quantity)).collect();
        Self { order: change.order, lines, condition: change.condition }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ORDER_LINES_MAX;

    fn change(lines: &[(i64, i64)]) -> Result<ChangeOrderLines, Error> {
        let lines = lines.iter().map(|(item, quantity)| Ok((ItemId(*item), Quantity::new(*quantity)?)));
        ChangeOrderLines::new(OrderId(1), lines.collect::<Result<Vec<_>, Error>>()?)
    }

    fn present(status: OrderStatus) -> OrderSummary {
        OrderSummary {
            id: OrderId(1),
            status,
            warehouse: None,
            lines: vec![(ItemId(2), 9)],
            allocations: BTreeMap::new(),
        }
    }

    #[test]
    fn only_a_pending_order_changes_and_its_own_items_are_not_new() -> Result<(), Error> {
        let change = change(&[(3, 1), (2, 1), (3, 4)])?;
        assert_eq!(change.lines.get(&ItemId(3)).map(|quantity| quantity.get()), Some(5));
        assert_eq!(change.added_items(&present(OrderStatus::Pending)), Ok(vec![ItemId(3)]));
        let status = OrderStatus::Allocated;
        let expected = Error::OrderNotPending { order: OrderId(1), status };
        assert_eq!(change.added_items(&present(status)), Err(expected));
        let cancelled = change.added_items(&present(OrderStatus::Cancelled));
        assert_eq!(cancelled, Err(Error::OrderCancelled(OrderId(1))));
        Ok(())
    }

    #[test]
    fn a_condition_names_the_version_of_the_present_lines() -> Result<(), Error> {
        let order = present(OrderStatus::Pending);
        let version = order.lines_version();
        let conditioned = |text: &str| -> Result<_, Error> {
            let condition = Precondition::parse(text);
            Ok(ChangeOrderLines { condition, ..change(&[(3, 1)])? }.added_items(&order))
        };
        assert_eq!(conditioned(&format!("\"{version}\""))?, Ok(vec![ItemId(3)]));
        assert_eq!(conditioned("\"old\"")?, Err(Error::VersionMismatch(version)));
        let other = OrderSummary { lines: vec![(ItemId(2), 8)], ..order.clone() };
        assert_ne!(other.lines_version(), version);
        Ok(())
    }

    #[test]
    fn an_order_has_a_line_and_not_too_many() {
        assert!(change(&[]).is_err());
        assert!(change(&vec![(1, 1); ORDER_LINES_MAX]).is_ok());
        assert!(change(&vec![(1, 1); ORDER_LINES_MAX + 1]).is_err());
    }
}
