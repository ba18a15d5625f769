//! The text below a list: the number of its rows, and the sum of their units where it is known.

use api::rpc_protocol::ReadCall;
use api::{BlockFilter, OrderFilter, Problem};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::texts;

/// Returns the number of items of a list with their units. The filters are those of [`api::rpc::list_items`].
#[server(prefix = "/rpc", endpoint = "count_items", protocol = ReadCall)]
pub async fn count_items(
    category: Option<String>,
    q: Option<String>,
    warehouse: Option<i64>,
    low: Option<String>,
) -> Result<String, Problem> {
    api::rpc::count_items(category, q, warehouse, low).await.map(|total| text::of(total, texts::items_count))
}

/// Returns the number of orders that match the filter.
#[server(prefix = "/rpc", endpoint = "count_orders", protocol = ReadCall)]
pub async fn count_orders(#[server(default)] filter: OrderFilter) -> Result<String, Problem> {
    api::rpc::count_orders(filter).await.map(|total| text::of(total, texts::orders_count))
}

/// Returns the number of active and permanent blocks that match the filter, with their units.
#[server(prefix = "/rpc", endpoint = "count_blocks", protocol = ReadCall)]
pub async fn count_blocks(#[server(default)] filter: BlockFilter) -> Result<String, Problem> {
    api::rpc::count_blocks(filter).await.map(|total| text::of(total, texts::holds_count))
}

#[cfg(feature = "ssr")]
mod text {
    use crate::texts;
    use api::Total;

    /// Returns the text of a total. `count` returns a number of rows as text: `1,234 orders`.
    pub(super) fn of(total: Total, count: fn(i64) -> String) -> String {
        let rows = count(total.count);
        match total.units {
            _ if !total.is_exact => texts::more_than(&rows),
            Some(units) => texts::lines_and_units(&rows, &texts::units_count(units)),
            None => rows,
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_total_has_its_units_if_they_are_known() {
            assert_eq!(of(Total::exact(3), texts::orders_count), "3 orders");
            assert_eq!(of(Total::exact(1).with_units(1_200), texts::holds_count), "1 hold, 1,200 units");
            let more = Total::bounded(10_001, true).with_units(20_000);
            assert_eq!(of(more, texts::holds_count), "More than 10,000 holds");
        }
    }
}
