//! Partial allocation, and the queue of missing units.

use super::model::OrderAllocationPage;
use crate::server_pages::form::{select_field, signed_field};
use crate::texts;
use leptos::prelude::*;

/// Renders the form that takes the units that are available.
pub(super) fn fill_panel(page: &OrderAllocationPage) -> impl IntoView + use<> {
    let any = (String::new(), texts::all_warehouses().to_owned());
    let places = page.places.iter().map(|place| (place.id.to_string(), place.code.clone()));
    let places: Vec<_> = [any].into_iter().chain(places).collect();
    let is_sent = !page.text("priority", "").is_empty();
    let waits = !is_sent || page.text("wait", "") == "yes";
    // Without a plan of every unit, this is the main action.
    let has_plan = page.preview.as_ref().is_some_and(|preview| preview.plans.iter().any(|plan| plan.fills));
    let class = if has_plan { "button" } else { "button button--primary" };
    let text = match page.may_wait {
        true => texts::fill_summary(),
        false => texts::fill_summary_limited(),
    };
    let wait = page.may_wait.then(|| {
        view! {
            <label class="check">
                <input type="checkbox" name="wait" value="yes" checked=waits />
                {texts::wait_for_rest()}
            </label>
            {signed_field(
                "priority",
                texts::priority(),
                page.text("priority", page.order.priority.to_string()),
                texts::queue_priority_hint(),
            )}
        }
    });
    view! {
        <section class="panel">
            <h2>{texts::allocate_available()}</h2>
            <p class="summary">{text}</p>
            <form class="form" method="post" action=page.action("/fill")>
                {page.key_field()}
                {select_field("warehouse", texts::warehouse(), places, &page.text("warehouse", ""))}
                {wait}
                <button class=class>{texts::allocate_available()}</button>
            </form>
        </section>
    }
}

/// Renders the forms that change the order's place in the queue.
pub(super) fn queue_panel(page: &OrderAllocationPage) -> impl IntoView + use<> {
    let waits = page.order.waiting_since.is_some();
    let priority = page.text("queuePriority", page.order.priority.to_string());
    let (text, label) = match (waits, page.order.queue_place) {
        (false, _) => (texts::queue_not_waiting().to_owned(), texts::join_queue()),
        (true, Some(place)) => (texts::queue_waiting(place), texts::change_priority()),
        (true, None) => (texts::queue_waiting_far().to_owned(), texts::change_priority()),
    };
    let leave = waits.then(|| {
        view! {
            <form method="post" action=page.action("/queue")>
                {page.key_field()}
                <input type="hidden" name="leave" value="yes" />
                <button class="button">{texts::leave_queue()}</button>
            </form>
        }
    });
    view! {
        <section class="panel" id="queue">
            <h2>{texts::queue_of_missing()}</h2>
            <p class="summary">{text}</p>
            <form class="form" method="post" action=page.action("/queue")>
                {page.key_field()}
                {signed_field("queuePriority", texts::queue_priority(), priority, texts::queue_priority_hint())}
                <button class="button">{label}</button>
            </form>
            {leave}
        </section>
    }
}
