//! The page that allocates an order: plans side by side, an allocation by hand, and the queue of missing units.

mod by_hand;
mod fill;
mod model;
mod parts;
mod plan_text;
mod plans;
mod shortages;

pub use model::{OrderAllocationPage, PlanChoice, SourcingPlace};
pub use plan_text::PLAN_LEVELS_SEPARATOR;

use super::form::message;
use crate::components::badge::order_badge;
use crate::components::page_head::PageHead;
use crate::components::time::ExactTime;
use crate::format::format_integer;
use crate::href;
use crate::texts;
use api::{Order, OrderPreview, OrderStatus, SourcingPlan};
use leptos::prelude::*;

impl OrderAllocationPage {
    pub(super) fn view(self) -> impl IntoView {
        let id = self.order.id;
        let summary = self.summary();
        let lacking = self.preview.as_ref().map(|preview| {
            view! {
                {shortages::section(&self, preview)}
                {plans::section(&self, preview)}
                {by_hand::section(&self, preview)}
            }
        });
        let queue = self.preview.is_some().then(|| {
            view! {
                {fill::fill_panel(&self)}
                {self.may_wait.then(|| fill::queue_panel(&self))}
            }
        });
        let facts = facts(&self.order);
        let parts = parts::panels(&self);
        view! {
            <PageHead title=texts::allocate_order(&id.to_string()) up=("/orders", texts::orders())>
                <a class="button" href=href::order(id)>
                    {texts::order()}
                </a>
            </PageHead>
            {message(self.error)}
            <p class="summary">{summary}</p>
            {facts}
            {lacking}
            <div class="panels">{queue} {parts}</div>
        }
    }

    /// Returns the state of the order as a sentence.
    fn summary(&self) -> String {
        let missing: i64 = self.order.missing.iter().map(|units| i64::from(units.quantity)).sum();
        match self.order.status {
            OrderStatus::Pending | OrderStatus::Partial => texts::units_to_allocate(missing),
            OrderStatus::Allocated => texts::all_allocated().to_owned(),
            OrderStatus::Shipped => texts::all_shipped().to_owned(),
            OrderStatus::Cancelled => texts::order_is_cancelled().to_owned(),
        }
    }

    /// Returns the text of a field of a rejected form, otherwise `default`.
    fn text(&self, name: &str, default: impl Into<String>) -> String {
        let sent = self.texts.iter().find(|(known, _)| known == name);
        sent.map_or_else(|| default.into(), |(_, text)| text.clone())
    }

    /// Returns the address of a form, with the choice of the plans.
    fn action(&self, action: &str) -> String {
        format!("/orders/{}/allocate{action}{}", self.order.id, self.choice.query(&self.choice.plan))
    }

    /// Returns the plan in the table for an allocation by hand: the chosen one, otherwise the best.
    fn chosen_plan<'a>(&self, preview: &'a OrderPreview) -> Option<(usize, &'a SourcingPlan)> {
        let number: usize = self.choice.plan.parse().unwrap_or(1);
        let at = number.saturating_sub(1);
        preview.plans.get(at).map(|plan| (at, plan)).or_else(|| preview.plans.first().map(|plan| (0, plan)))
    }

    /// Returns the name of an item of the order.
    fn item_name(&self, item: i64) -> &str {
        let line = self.order.lines.iter().find(|line| line.item_id == item);
        line.map_or("", |line| line.item_name.as_str())
    }

    /// Renders the hidden field with the idempotency key.
    fn key_field(&self) -> impl IntoView + use<> {
        view! { <input type="hidden" name="key" value=self.key.clone() /> }
    }
}

/// Renders the state of the order and its place in the queue.
fn facts(order: &Order) -> impl IntoView + use<> {
    let lacks_units = matches!(order.status, OrderStatus::Pending | OrderStatus::Partial);
    let queue = lacks_units.then(|| {
        let place = match (order.waiting_since.is_some(), order.queue_place) {
            (false, _) => texts::not_in_queue().to_owned(),
            (true, Some(place)) => texts::queue_place(place),
            (true, None) => texts::queue_far().to_owned(),
        };
        let since =
            order.waiting_since.map(|at| fact(texts::waiting_since(), view! { <ExactTime at /> }.into_any()));
        view! {
            {fact(texts::queue(), place.into_any())}
            {since}
            {fact(texts::priority(), format_integer(order.priority).into_any())}
        }
    });
    view! {
        <dl class="facts">
            {fact(texts::status(), order_badge(order.status).view_only().into_any())}
            {queue}
        </dl>
    }
}

fn fact(name: &'static str, value: AnyView) -> impl IntoView {
    view! {
        <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
        </div>
    }
}
