use api::{BlockState, OrderStatus};
use leptos::prelude::*;

/// How a block stands.
#[component]
pub fn BlockBadge(
    /// The state.
    state: BlockState,
) -> impl IntoView {
    let (class, label) = match state {
        BlockState::Temporary => ("badge badge--held", "Temporary"),
        BlockState::Permanent => ("badge badge--done", "Permanent"),
        BlockState::Expired => ("badge", "Expired"),
        BlockState::Released => ("badge", "Released"),
    };
    view! { <span class=class>{label}</span> }
}

/// How an order stands.
#[component]
pub fn OrderBadge(
    /// The status.
    status: OrderStatus,
) -> impl IntoView {
    let (class, label) = match status {
        OrderStatus::Pending => ("badge badge--held", "Pending"),
        OrderStatus::Allocated => ("badge badge--done", "Allocated"),
        OrderStatus::Cancelled => ("badge", "Cancelled"),
    };
    view! { <span class=class>{label}</span> }
}
