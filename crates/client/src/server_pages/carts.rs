//! The pages of carts: the search by reference, and a page per cart.

use super::caller::ConsoleCaller;
use super::form::{button_form, message, next_page, number_field, table, text_field};
use crate::components::page_head::PageHead;
use crate::components::time::ExactTime;
use crate::format::{format_count, format_integer};
use crate::href;
use api::{Cart, CartHolding, CartState, Page};
use leptos::prelude::*;

/// The action that callers need to confirm, extend and release carts.
const HOLD: &str = "blocks";

/// The search for carts, with its result.
#[derive(Debug, Clone, Default)]
pub struct CartsPage {
    /// The reference in the form.
    pub reference: String,
    /// The carts with the reference, newest first; `None` without a search.
    pub carts: Option<Page<Cart>>,
    /// The reason why there is no result.
    pub error: Option<String>,
}

/// The page of a cart.
#[derive(Debug, Clone)]
pub struct CartPage {
    /// The cart.
    pub cart: Cart,
    /// The name of the item of each line, in the order of the lines.
    pub item_names: Vec<String>,
    /// The most minutes by which a cart can be extended.
    pub minutes_max: i64,
    /// The minutes in the form.
    pub minutes: String,
    /// The reason why the last form was rejected.
    pub error: Option<String>,
}

impl CartsPage {
    pub(super) fn view(self) -> impl IntoView {
        let Self { reference, carts, error } = self;
        let path = format!("{}&", href::carts_of(&reference));
        let result = carts.map(|carts| {
            let summary = match carts.items.is_empty() {
                true => format!("No cart has the reference “{}”.", reference.trim()),
                false => "Newest first.".to_owned(),
            };
            let columns = &["Cart", "State", "Units", "Placed", "Expires"];
            let is_empty = carts.items.is_empty();
            let next = next_page(carts.next, &path);
            let rows = carts.items.into_iter().map(cart_row).collect_view();
            view! {
                <p class="summary" role="status">
                    {summary}
                </p>
                {(!is_empty).then(|| table("Carts with the reference, newest first", columns, rows))}
                {next}
            }
        });
        view! {
            <PageHead title="Carts".to_owned()>
                <a class="button" href="/blocks">
                    "Blocks"
                </a>
            </PageHead>
            {message(error)}
            <form class="form form--filter" method="get" action="/carts">
                {text_field(
                    "reference",
                    "Reference",
                    "text",
                    reference,
                    "The shop's key of the cart, or its name for the buyer.",
                )}
                <button class="button">"Search"</button>
            </form>
            {result}
        }
    }
}

/// Renders the page of an unknown cart.
pub(super) fn no_cart(error: String) -> impl IntoView {
    view! {
        <PageHead title="No such cart".to_owned() up=("/carts", "Carts") />
        {message(Some(error))}
    }
}

fn cart_row(cart: Cart) -> impl IntoView {
    let (label, badge) = state_badge(cart.state);
    view! {
        <tr>
            <th scope="row">
                <a href=href::cart(cart.cart_id)>{format!("Cart {}", cart.cart_id)}</a>
            </th>
            <td>
                <span class=badge>{label}</span>
            </td>
            <td>{format_integer(units(&cart))}</td>
            <td>
                <ExactTime at=cart.created_at />
            </td>
            <td>{cart.expires_at.map(|at| view! { <ExactTime at /> })}</td>
        </tr>
    }
}

/// Returns the units of all lines.
fn units(cart: &Cart) -> i64 {
    cart.lines.iter().map(|line| i64::from(line.quantity)).sum()
}

/// Returns the name of the state, and the class of its badge.
fn state_badge(state: CartState) -> (&'static str, &'static str) {
    match state {
        CartState::Active => ("Active", "badge badge--held"),
        CartState::Confirmed => ("Confirmed", "badge badge--good"),
        CartState::Released => ("Released", "badge"),
        CartState::Expired => ("Expired", "badge badge--bad"),
    }
}

/// Returns the state as a sentence.
fn state_text(state: CartState) -> &'static str {
    match state {
        CartState::Active => "The cart holds its units until it expires.",
        CartState::Confirmed => "The cart was confirmed. Its units are sold.",
        CartState::Released => "The cart was released. It holds no units. These were its last lines.",
        CartState::Expired => {
            "The cart has expired. It can't be confirmed or extended. These were its last lines."
        }
    }
}

impl CartPage {
    pub(super) fn view(self) -> impl IntoView {
        let Self { cart, item_names, minutes_max, minutes, error } = self;
        let id = cart.cart_id;
        let may_hold = use_context::<ConsoleCaller>().is_none_or(|caller| !caller.is_forbidden(HOLD));
        let can_act = may_hold && cart.state == CartState::Active;
        let end = can_act.then(|| {
            view! {
                {button_form(format!("/carts/{id}/release"), "Release", Vec::new())}
                <form method="post" action=format!("/carts/{id}/confirm")>
                    <button class="button button--primary">"Confirm"</button>
                </form>
            }
        });
        let extend = can_act.then(|| extend_form(id, minutes, minutes_max));
        let state = state_text(cart.state);
        let facts = facts(&cart);
        let rows = cart.lines.into_iter().zip(item_names).map(|(line, name)| line_row(line, name));
        let columns = &["Item", "Warehouse", "Units", "Block"];
        view! {
            <PageHead title=format!("Cart {id}") up=("/carts", "Carts")>
                {end}
            </PageHead>
            {message(error)}
            <p class="summary">{state}</p>
            {facts}
            {extend}
            <section class="section" aria-labelledby="lines">
                <header class="section__head">
                    <h2 id="lines">"Lines"</h2>
                </header>
                {table("Lines of the cart", columns, rows.collect_view())}
            </section>
        }
    }
}

fn facts(cart: &Cart) -> impl IntoView + use<> {
    let (label, badge) = state_badge(cart.state);
    let size = format!(
        "{}, {}",
        format_count(cart.lines.len() as i64, "line", "lines"),
        format_count(units(cart), "unit", "units")
    );
    let reference = match &cart.reference {
        Some(reference) => view! { <a href=href::carts_of(reference)>{reference.clone()}</a> }.into_any(),
        None => "None".into_any(),
    };
    let expiry = cart.expires_at.map(|at| {
        let label = if cart.state == CartState::Expired { "Expired" } else { "Expires" };
        view! {
            <div>
                <dt>{label}</dt>
                <dd>
                    <ExactTime at />
                </dd>
            </div>
        }
    });
    view! {
        <dl class="facts">
            <div>
                <dt>"State"</dt>
                <dd>
                    <span class=badge>{label}</span>
                </dd>
            </div>
            <div>
                <dt>"Reference"</dt>
                <dd>{reference}</dd>
            </div>
            <div>
                <dt>"Size"</dt>
                <dd>{size}</dd>
            </div>
            <div>
                <dt>"Placed"</dt>
                <dd>
                    <ExactTime at=cart.created_at />
                </dd>
            </div>
            {expiry}
            <div>
                <dt>"Version"</dt>
                <dd>{cart.version}</dd>
            </div>
        </dl>
    }
}

fn extend_form(id: i64, minutes: String, minutes_max: i64) -> impl IntoView {
    let hint = format!("1 to {}. A later expiry is kept.", format_integer(minutes_max));
    view! {
        <section class="panel">
            <h2>"Extend"</h2>
            <form class="form" method="post" action=format!("/carts/{id}/extend")>
                {number_field("minutes", "Minutes from now", minutes, hint)}
                <button class="button">"Extend"</button>
            </form>
        </section>
    }
}

fn line_row(line: CartHolding, name: String) -> impl IntoView {
    let sku = line.sku.map(|sku| view! { <span class="table__sku">{sku}</span> });
    view! {
        <tr>
            <th scope="row">
                <a href=href::item(line.item_id)>{name}</a>
                {sku}
            </th>
            <td>
                <a href=href::warehouse(line.warehouse_id)>{line.warehouse_code}</a>
            </td>
            <td>{format_integer(line.quantity)}</td>
            <td>{line.block_id}</td>
        </tr>
    }
}
