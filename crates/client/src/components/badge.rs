use crate::components::cell::{Cell, Tone};
use api::OrderStatus;

/// Returns the badge of an order's status.
pub fn order_badge(status: OrderStatus) -> Cell {
    let (label, tone) = match status {
        OrderStatus::Pending => ("Pending", Tone::Held),
        OrderStatus::Allocated => ("Allocated", Tone::Good),
        OrderStatus::Cancelled => ("Cancelled", Tone::Quiet),
    };
    Cell::Badge { label, tone, note: String::new() }
}
