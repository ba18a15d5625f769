//! Filters and pages of the list of orders.

use crate::audit_query::parse_cursor;
use crate::page::{bad_cursor, checked_limit};
use crate::time_filter::time_filter;
use crate::{Error, ItemId, OrderId, OrderStatus, Reference, Time, WarehouseId};

/// The filters of a list of orders. An order has to match all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderFilter {
    /// Only orders with this status.
    pub status: Option<OrderStatus>,
    /// Only orders that wait in the queue of missing units.
    pub is_waiting: bool,
    /// Only orders with this reference.
    pub reference: Option<Reference>,
    /// Only orders that have a line of this item.
    pub item: Option<ItemId>,
    /// Only orders that have allocated or shipped units from this warehouse.
    pub warehouse: Option<WarehouseId>,
    /// Only orders that were created at or after this time.
    pub from: Option<Time>,
    /// Only orders that were created before this time.
    pub to: Option<Time>,
}

impl OrderFilter {
    /// Returns the filter with a reference. An empty one counts as absent.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a malformed reference.
    pub fn with_reference(self, reference: Option<&str>) -> Result<Self, Error> {
        let reference = reference.filter(|text| !text.trim().is_empty()).map(Reference::new).transpose()?;
        Ok(Self { reference, ..self })
    }

    /// Returns the filter with a range of creation times.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a time that the database can't compare, and for an empty range.
    pub fn with_times(self, from: Option<Time>, to: Option<Time>) -> Result<Self, Error> {
        let (from, to) = (time_filter("from", from)?, time_filter("to", to)?);
        match from.zip(to) {
            Some((from, to)) if to <= from => Err(Error::invalid("to", "must be after `from`")),
            _ => Ok(Self { from, to, ..self }),
        }
    }

    /// Returns the number of filters. The two ends of the range of creation times are one.
    pub fn count(&self) -> usize {
        let Self { status, is_waiting, reference, item, warehouse, from, to } = self;
        let given = [
            status.is_some(),
            *is_waiting,
            reference.is_some(),
            item.is_some(),
            warehouse.is_some(),
            from.is_some() || to.is_some(),
        ];
        given.into_iter().filter(|is_given| *is_given).count()
    }

    /// Returns whether the list is in the order of the creation times. Every other list is in the order of the ids.
    pub fn is_by_time(&self) -> bool {
        let has_times = self.from.is_some() || self.to.is_some();
        has_times && self.reference.is_none() && self.item.is_none() && !self.is_waiting
    }
}

/// The place of an order in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderCursor {
    /// In a list in the order of the ids.
    Id(OrderId),
    /// In a list in the order of the creation times.
    Time(Time, OrderId),
}

impl OrderCursor {
    /// Formats the cursor.
    pub fn text(self) -> String {
        match self {
            Self::Id(id) => id.to_string(),
            Self::Time(at, id) => format!("{id}:{}", at.timestamp_micros()),
        }
    }

    /// Returns the creation time, in a list in its order, and the id.
    pub fn parts(self) -> (Option<Time>, i64) {
        match self {
            Self::Id(id) => (None, id.0),
            Self::Time(at, id) => (Some(at), id.0),
        }
    }

    fn parse(text: &str, is_by_time: bool) -> Result<Self, Error> {
        let cursor = match is_by_time {
            true => parse_cursor(text).map(|(at, id)| Self::Time(at, OrderId(id))),
            false => text.parse().ok().map(|id| Self::Id(OrderId(id))),
        };
        cursor.ok_or_else(bad_cursor)
    }
}

/// A page of a list of orders, newest or oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderQuery {
    /// The filters.
    pub filter: OrderFilter,
    /// 1 to [`crate::PAGE_LIMIT_MAX`] rows.
    pub limit: i64,
    /// The page has the orders after this place.
    pub after: Option<OrderCursor>,
    /// Whether the oldest orders are first; otherwise the newest.
    pub oldest_first: bool,
}

impl OrderQuery {
    /// Creates a query. An empty cursor counts as absent.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit out of bounds or a malformed cursor.
    pub fn new(filter: OrderFilter, limit: Option<i64>, after: Option<String>) -> Result<Self, Error> {
        let after = after.filter(|cursor| !cursor.is_empty());
        let query = Self { filter, limit: checked_limit(limit)?, after: None, oldest_first: false };
        after.map_or(Ok(query.clone()), |cursor| query.after_cursor(&cursor))
    }

    /// Returns the query for the other order.
    pub fn with_oldest_first(self, oldest_first: bool) -> Self {
        Self { oldest_first, ..self }
    }

    /// Returns the query for the page after `cursor`.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a malformed cursor.
    pub fn after_cursor(self, cursor: &str) -> Result<Self, Error> {
        Ok(Self { after: Some(OrderCursor::parse(cursor, self.filter.is_by_time())?), ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Option<Time> {
        Time::from_timestamp(1_700_000_000 + seconds, 0)
    }

    #[test]
    fn a_cursor_belongs_to_the_order_of_its_list() -> Result<(), Error> {
        let by_id = OrderFilter::default();
        let by_time = OrderFilter::default().with_times(at(0), at(1))?;
        let of_item = OrderFilter { item: Some(ItemId(1)), ..by_time.clone() };
        assert!(by_time.is_by_time() && !by_id.is_by_time() && !of_item.is_by_time());
        let id = OrderCursor::Id(OrderId(7));
        let time = OrderCursor::Time(at(0).unwrap_or_default(), OrderId(7));
        for (filter, cursor, other) in [(&by_id, id, time), (&by_time, time, id), (&of_item, id, time)] {
            let query = OrderQuery::new(filter.clone(), None, Some(cursor.text()))?;
            assert_eq!(query.after, Some(cursor));
            assert_eq!(OrderQuery::new(filter.clone(), None, Some(other.text())), Err(bad_cursor()));
            assert_eq!(OrderQuery::new(filter.clone(), None, Some(String::new()))?.after, None);
        }
        Ok(())
    }

    #[test]
    fn a_range_of_times_is_not_empty() {
        assert!(OrderFilter::default().with_times(at(1), at(1)).is_err());
        assert!(OrderFilter::default().with_times(at(1), at(0)).is_err());
        assert!(OrderFilter::default().with_times(None, at(0)).is_ok());
        assert!(OrderFilter::default().with_times("+10000-01-01T00:00:00Z".parse().ok(), None).is_err());
    }
}
