//! Conversions of the overview.

use crate::*;
use engine::FailureCause;

/// The maximum number of categories in the list of low stock.
const LOW_CATEGORIES_MAX: usize = 10;

impl From<engine::Overview> for Overview {
    fn from(overview: engine::Overview) -> Self {
        let sum = |of: fn(&domain::CategoryStock) -> i64| overview.totals.categories.iter().map(of).sum();
        let low = overview.low().into_iter().take(LOW_CATEGORIES_MAX).map(LowCategory::from).collect();
        let totals = &overview.totals;
        Self {
            totals_at: totals.at,
            items: sum(|category| category.items),
            items_sold_out: sum(|category| category.items_sold_out),
            units_available: sum(|category| category.units_available),
            units_held: totals.units_held,
            units_sold: totals.units_sold(),
            units_expiring: totals.units_expiring,
            expiring_seconds: domain::EXPIRING_SECONDS,
            blocks_active: totals.blocks_active,
            blocks_expiring: totals.blocks_expiring,
            orders_pending: totals.orders_pending,
            activity: overview.activity.iter().map(ActivityMinute::from).collect(),
            hottest: overview.hottest.iter().map(HotItem::from).collect(),
            low,
            low_units: overview.low_stock_default,
            failures: overview.failures.into_iter().map(Failure::from).collect(),
        }
    }
}

impl From<&domain::CategoryStock> for LowCategory {
    fn from(category: &domain::CategoryStock) -> Self {
        Self {
            category: category.name.clone().unwrap_or_default(),
            items: category.items,
            items_low: category.items_low,
            units_available: category.units_available,
        }
    }
}

impl From<&domain::ActivityMinute> for ActivityMinute {
    fn from(minute: &domain::ActivityMinute) -> Self {
        Self {
            minute: minute.minute,
            blocks: minute.blocks,
            units_blocked: minute.units_blocked,
            allocations: minute.allocations,
            confirmed: minute.confirmed,
            released: minute.released,
            expired: minute.expired,
        }
    }
}

impl From<&domain::HotItem> for HotItem {
    fn from(hot: &domain::HotItem) -> Self {
        Self {
            item_id: hot.item.id.0,
            sku: hot.item.sku.clone(),
            item_name: hot.item.name.clone(),
            units_blocked: hot.units_blocked,
            quantity: hot.item.quantity,
        }
    }
}

impl From<engine::Failure> for Failure {
    fn from(failure: engine::Failure) -> Self {
        let problem = match failure.cause {
            FailureCause::Error(error) => problem_from(error),
            FailureCause::Short(allocation) => short(&allocation),
        };
        Self {
            count: i64::try_from(failure.count).unwrap_or(i64::MAX),
            at: failure.at,
            actor: failure.actor.to_string(),
            problem: Problem { request_id: Some(failure.request_id.to_string()), ..problem },
        }
    }
}

/// The problem of an allocation with shortages, for the list of failures.
fn short(allocation: &domain::OrderAllocation) -> Problem {
    let (order, warehouse) = (allocation.order, allocation.warehouse);
    let lines = match allocation.shortages.len() {
        1 => "1 line has too few units".to_owned(),
        more => format!("{more} lines have too few units"),
    };
    let place = warehouse.map_or(String::new(), |warehouse| format!(" from warehouse {warehouse}"));
    let detail = format!("Order {order} could not be allocated{place}: {lines}.");
    let first = allocation.shortages.first();
    Problem {
        order_id: Some(order.0),
        warehouse_id: warehouse.map(|warehouse| warehouse.0),
        item_id: first.map(|short| short.item.0),
        requested: first.map(|short| short.requested.into()),
        available: first.map(|short| short.available.into()),
        ..Problem::new(409, "insufficient_stock", "Too few units for an order", detail)
    }
}

impl From<(domain::StockTotals, domain::Page<domain::SoldOrder>)> for Sold {
    fn from((totals, orders): (domain::StockTotals, domain::Page<domain::SoldOrder>)) -> Self {
        let (confirmed, of_orders) = (totals.units_confirmed, totals.units_of_orders);
        Self { confirmed, of_orders, orders: orders.into() }
    }
}

impl From<domain::SoldOrder> for SoldOrder {
    fn from(sold: domain::SoldOrder) -> Self {
        Self {
            order_id: sold.order.0,
            reference: sold.reference,
            status: sold.status.into(),
            allocated: sold.allocated,
            shipped: sold.shipped,
            returned: sold.returned,
        }
    }
}

impl From<domain::FirstSteps> for FirstSteps {
    fn from(steps: domain::FirstSteps) -> Self {
        let domain::FirstSteps { has_warehouse, has_items, has_holds, has_clients } = steps;
        Self { has_warehouse, has_items, has_holds, has_clients }
    }
}
