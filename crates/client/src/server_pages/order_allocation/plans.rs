//! The plans of an order, side by side, and the choice of their policy.

use super::by_hand::is_fillable;
use super::model::{OrderAllocationPage, PlanChoice};
use super::plan_text::{difference, headline, plan_text, reason};
use crate::format::format_integer;
use crate::href;
use crate::server_pages::form::{degrees_field, number_field, select_field, size};
use crate::texts;
use crate::user_text::user_text;
use api::{OrderPreview, Parcel, ParcelLine, SourcingPlan, SourcingPolicy};
use leptos::prelude::*;

/// The lines of a parcel that a card shows at once. More lines are folded.
const SHOWN_LINES_MAX: usize = 12;

const POLICIES: [(&str, fn() -> &'static str, SourcingPolicy); 4] = [
    ("fewest_parcels", texts::policy_fewest, SourcingPolicy::FewestParcels),
    ("priority", texts::policy_priority, SourcingPolicy::Priority),
    ("nearest", texts::policy_nearest, SourcingPolicy::Nearest),
    ("highest_stock", texts::policy_stock, SourcingPolicy::HighestStock),
];

fn policy(choice: &PlanChoice) -> SourcingPolicy {
    let known = POLICIES.iter().find(|(name, ..)| *name == choice.policy);
    known.map_or(SourcingPolicy::FewestParcels, |(.., policy)| *policy)
}

/// Renders the plans, best first.
pub(super) fn section(page: &OrderAllocationPage, preview: &OrderPreview) -> impl IntoView + use<> {
    let search = match preview.optimal {
        true => texts::plans_exact(),
        false => texts::plans_inexact(),
    };
    let cards: Vec<_> =
        preview.plans.iter().enumerate().map(|(at, plan)| card(page, preview, at, plan)).collect();
    let cards = match cards.is_empty() {
        true => view! { <p class="summary">{texts::no_plan()}</p> }.into_any(),
        false => view! { <ol class="plans">{cards.into_iter().collect_view()}</ol> }.into_any(),
    };
    view! {
        <section class="section" aria-labelledby="plans">
            <header class="section__head">
                <h2 id="plans">{texts::plans()}</h2>
            </header>
            {choice_form(page)}
            {(!preview.plans.is_empty()).then(|| view! { <p class="summary">{search}</p> })}
            {cards}
        </section>
    }
}

/// Renders the form that chooses the plans.
fn choice_form(page: &OrderAllocationPage) -> impl IntoView + use<> {
    let choice = page.choice.clone();
    let policies = POLICIES.map(|(name, text, _)| (name.to_owned(), text().to_owned())).to_vec();
    let splits = [("", texts::may_split()), ("no", texts::not_split())];
    let splits = splits.map(|(value, text)| (value.to_owned(), text.to_owned())).to_vec();
    view! {
        <form class="form form--filter" action=format!("/orders/{}/allocate", page.order.id)>
            {select_field("policy", texts::policy(), policies, &choice.policy)}
            {number_field("maxParcels", texts::max_parcels(), choice.max_parcels, "")}
            {select_field("split", texts::lines(), splits, &choice.split)}
            {degrees_field("latitude", texts::latitude(), choice.latitude, "")}
            {degrees_field("longitude", texts::longitude(), choice.longitude, "")}
            <button class="button">{texts::show_plans()}</button>
        </form>
    }
}

fn card(
    page: &OrderAllocationPage,
    preview: &OrderPreview,
    at: usize,
    plan: &SourcingPlan,
) -> impl IntoView + use<> {
    let number = at + 1;
    let missing: i64 = plan.missing.iter().map(|line| i64::from(line.quantity)).sum();
    let wanted: i64 = preview.lines.iter().map(|line| i64::from(line.quantity)).sum();
    let because = match preview.plans.first().filter(|_| at > 0) {
        None if !plan.fills => texts::most_units(wanted - missing, wanted),
        None => reason(plan, policy(&page.choice), &page.places, preview.optimal),
        Some(best) => difference(plan, best),
    };
    let badge = match plan.fills {
        true => view! { <span class="badge badge--good">{texts::every_unit()}</span> }.into_any(),
        false => {
            let text = texts::units_missing(missing);
            view! { <span class="badge badge--bad">{text}</span> }.into_any()
        }
    };
    let parcels = plan.parcels.iter().map(|parcel| parcel_view(page, parcel)).collect_view();
    let lacks = (!plan.fills).then(|| {
        view! {
            <div class="plan__parcel plan__parcel--missing">
                <h4>{texts::missing()}</h4>
                {lines(page, &plan.missing)}
            </div>
        }
    });
    let class = if at == 0 { "button button--primary" } else { "button" };
    let by_hand = is_fillable(page, preview).then(|| {
        view! {
            <a class="button button--link" href=page.action_of_plan(number)>
                {texts::change_by_hand()}
            </a>
        }
    });
    let allocate = plan.fills.then(|| {
        view! {
            <form method="post" action=page.action("")>
                {page.key_field()}
                <input type="hidden" name="plan" value=plan_text(plan) />
                <button class=class aria-label=texts::allocate_plan(&number.to_string(), &headline(plan))>
                    {texts::allocate_this_plan()}
                </button>
            </form>
        }
    });
    view! {
        <li class="plan" aria-label=texts::plan_number(&number.to_string())>
            <header class="plan__head">
                <h3>{headline(plan)}</h3>
                {badge}
            </header>
            <p class="plan__reason">{because}</p>
            {parcels}
            {lacks}
            <footer class="plan__foot">
                {allocate}
                {by_hand}
            </footer>
        </li>
    }
}

impl OrderAllocationPage {
    /// Returns the address of the table for an allocation by hand, with the units of a plan.
    fn action_of_plan(&self, number: usize) -> String {
        let query = self.choice.query(&number.to_string());
        format!("/orders/{}/allocate{query}#by-hand", self.order.id)
    }
}

fn parcel_view(page: &OrderAllocationPage, parcel: &Parcel) -> impl IntoView + use<> {
    view! {
        <div class="plan__parcel">
            <h4>
                <a href=href::warehouse(parcel.warehouse_id)>{parcel.warehouse_code.clone()}</a>
            </h4>
            {lines(page, &parcel.lines)}
        </div>
    }
}

/// Renders the units of items. A long list is folded.
fn lines(page: &OrderAllocationPage, lines: &[ParcelLine]) -> AnyView {
    let line = |line: &ParcelLine| {
        let name = page.item_name(line.item_id).to_owned();
        view! {
            <li>
                <span>{user_text(name)}</span>
                <span class="figure">{format_integer(line.quantity)}</span>
            </li>
        }
    };
    let list = view! { <ul class="plan__lines">{lines.iter().map(line).collect_view()}</ul> };
    if lines.len() <= SHOWN_LINES_MAX {
        return list.into_any();
    }
    let units: i64 = lines.iter().map(|line| i64::from(line.quantity)).sum();
    let size = size(lines.len(), units);
    view! {
        <details>
            <summary>{size}</summary>
            {list}
        </details>
    }
    .into_any()
}
