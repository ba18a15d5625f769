//! Texts of orders.

use crate::texts;
use api::Order;

/// Returns the name of an order: `Order 12`, or `Order 12 · WEB-1042` with the shop's reference.
pub fn order_name(order: &Order) -> String {
    match &order.reference {
        Some(reference) => texts::order_with_reference(&order.id.to_string(), reference),
        None => texts::order_named(&order.id.to_string()),
    }
}

/// Returns the size of an order: `2 lines, 5 units`.
pub fn order_size(order: &Order) -> String {
    let total: i64 = order.lines.iter().map(|line| i64::from(line.quantity)).sum();
    texts::order_size(order.lines.len() as i64, total)
}
