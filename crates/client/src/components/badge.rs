use crate::components::cell::{Cell, Tone};
use crate::texts;
use api::{BlockState, OrderStatus};

/// Returns the badge of an order's status.
pub fn order_badge(status: OrderStatus) -> Cell {
    let (label, tone) = match status {
        OrderStatus::Pending => (texts::status_pending(), Tone::Held),
        OrderStatus::Partial => (texts::status_partial(), Tone::Held),
        OrderStatus::Allocated => (texts::status_allocated(), Tone::Good),
        OrderStatus::Shipped => (texts::status_shipped(), Tone::Good),
        OrderStatus::Cancelled => (texts::status_cancelled(), Tone::Quiet),
    };
    Cell::Badge { label, tone, note: String::new() }
}

/// Returns the label and the tone of a block's state.
pub fn block_state(state: BlockState) -> (&'static str, Tone) {
    match state {
        BlockState::Temporary => (texts::held(), Tone::Held),
        BlockState::Permanent => (texts::sold(), Tone::Good),
        BlockState::Expired => (texts::expired(), Tone::Quiet),
        BlockState::Released => (texts::state_released(), Tone::Quiet),
        BlockState::Converted => (texts::ordered(), Tone::Good),
    }
}
