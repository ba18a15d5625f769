//! The pages of carts: the search by reference, and a page per cart.

use super::caller::ConsoleCaller;
use super::form::{button_form, message, number_field, size, table, text_field};
use super::paging::pages;
use crate::components::page_head::PageHead;
use crate::components::time::ExactTime;
use crate::format::format_integer;
use crate::href;
use crate::texts;
use crate::user_text::user_text;
use api::{Cart, CartHolding, CartPayment, CartState, Page};
use leptos::prelude::*;

/// The action that callers need to confirm, extend and release carts.
const HOLD: &str = "blocks";

/// The action that callers need to create orders.
const ORDER: &str = "/orders/new";

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
    /// Whether its payment is running.
    pub is_paid: bool,
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
                true => texts::no_cart_with(reference.trim()),
                false => texts::newest_first().to_owned(),
            };
            let columns = [texts::cart(), texts::state(), texts::units(), texts::created(), texts::expires()];
            let is_empty = carts.items.is_empty();
            let pages = pages(carts.next, &path, carts.items.len());
            let rows = carts.items.into_iter().map(cart_row).collect_view();
            view! {
                <p class="summary" role="status">
                    {summary}
                </p>
                {(!is_empty).then(|| table(texts::carts_with_reference(), columns, rows))}
                {pages}
            }
        });
        view! {
            <PageHead title=texts::carts().to_owned()>
                <a class="button" href="/blocks">
                    {texts::holds()}
                </a>
            </PageHead>
            {message(error)}
            <form class="form form--filter" method="get" action="/carts">
                {text_field(
                    "reference",
                    texts::reference(),
                    "text",
                    reference,
                    texts::cart_reference_hint(),
                )}
                <button class="button">{texts::search()}</button>
            </form>
            {result}
        }
    }
}

/// Renders the page of an unknown cart.
pub(super) fn no_cart(error: String) -> impl IntoView {
    view! {
        <PageHead title=texts::no_such_cart().to_owned() up=("/carts", texts::carts()) />
        {message(Some(error))}
    }
}

fn cart_row(cart: Cart) -> impl IntoView {
    let (label, badge) = state_badge(cart.state);
    view! {
        <tr>
            <th scope="row">
                <a href=href::cart(cart.cart_id)>{texts::cart_id(&cart.cart_id.to_string())}</a>
            </th>
            <td>
                <span class=badge>{label}</span>
            </td>
            <td class="figure">{format_integer(units(&cart))}</td>
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
        CartState::Active => (texts::cart_active(), "badge badge--held"),
        CartState::Confirmed => (texts::confirmed(), "badge badge--good"),
        CartState::Released => (texts::state_released(), "badge"),
        CartState::Expired => (texts::expired(), "badge badge--bad"),
        CartState::Converted => (texts::ordered(), "badge badge--good"),
    }
}

/// Returns the state as a sentence.
fn state_text(state: CartState) -> &'static str {
    match state {
        CartState::Active => texts::cart_active_state(),
        CartState::Confirmed => texts::cart_confirmed_state(),
        CartState::Released => texts::cart_released_state(),
        CartState::Converted => texts::cart_ordered_state(),
        CartState::Expired => texts::cart_expired_state(),
    }
}

impl CartPage {
    pub(super) fn view(self) -> impl IntoView {
        let Self { cart, is_paid, item_names, minutes_max, minutes, error } = self;
        let id = cart.cart_id;
        let may_hold = use_context::<ConsoleCaller>().is_none_or(|caller| !caller.is_forbidden(HOLD));
        let can_act = may_hold && cart.state == CartState::Active;
        let end = can_act.then(|| {
            let (action, label) =
                if is_paid { ("end-payment", texts::end_payment()) } else { ("release", texts::release()) };
            view! {
                {button_form(format!("/carts/{id}/{action}"), label, Vec::new())}
                <form method="post" action=format!("/carts/{id}/confirm")>
                    <button class="button button--primary">{texts::confirm()}</button>
                </form>
            }
        });
        let may_order = use_context::<ConsoleCaller>().is_none_or(|caller| !caller.is_forbidden(ORDER));
        let is_sold = matches!(cart.state, CartState::Active | CartState::Confirmed);
        let order = (may_order && is_sold)
            .then(|| button_form(format!("/carts/{id}/order"), texts::create_order(), Vec::new()));
        let extend = (can_act && !is_paid).then(|| extend_form(id, minutes, minutes_max));
        let state = if is_paid { texts::cart_being_paid() } else { state_text(cart.state) };
        let facts = facts(&cart);
        let rows = cart.lines.into_iter().zip(item_names).map(|(line, name)| line_row(line, name));
        let columns = [texts::item(), texts::warehouse(), texts::units(), texts::hold()];
        view! {
            <PageHead title=texts::cart_id(&id.to_string()) up=("/carts", texts::carts())>
                {order}
                {end}
            </PageHead>
            {message(error)}
            <p class="summary">{state}</p>
            {facts}
            {extend}
            <section class="section" aria-labelledby="lines">
                <header class="section__head">
                    <h2 id="lines">{texts::lines()}</h2>
                </header>
                {table(texts::cart_lines(), columns, rows.collect_view())}
            </section>
        }
    }
}

fn facts(cart: &Cart) -> impl IntoView + use<> {
    let (label, badge) = state_badge(cart.state);
    let size = size(cart.lines.len(), units(cart));
    let reference = match &cart.reference {
        Some(reference) => {
            view! { <a href=href::carts_of(reference)>{user_text(reference.as_str())}</a> }.into_any()
        }
        None => texts::none().into_any(),
    };
    let expiry = cart.expires_at.map(|at| {
        let label = if cart.state == CartState::Expired { texts::expired() } else { texts::expires() };
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
                <dt>{texts::state()}</dt>
                <dd>
                    <span class=badge>{label}</span>
                </dd>
            </div>
            <div>
                <dt>{texts::reference()}</dt>
                <dd>{reference}</dd>
            </div>
            {cart.note.clone().map(|note| view! {
                <div>
                    <dt>{texts::note()}</dt>
                    <dd>{user_text(note)}</dd>
                </div>
            })}
            <div>
                <dt>{texts::size()}</dt>
                <dd>{size}</dd>
            </div>
            <div>
                <dt>{texts::created()}</dt>
                <dd>
                    <ExactTime at=cart.created_at />
                </dd>
            </div>
            {expiry}
            {cart.payment.clone().map(payment_facts)}
            {cart.order_id.map(|id| view! {
                <div>
                    <dt>{texts::order()}</dt>
                    <dd>
                        <a href=href::order(id)>{texts::order_named(&id.to_string())}</a>
                    </dd>
                </div>
            })}
            <div>
                <dt>{texts::version()}</dt>
                <dd>{cart.version}</dd>
            </div>
        </dl>
    }
}

fn payment_facts(payment: CartPayment) -> impl IntoView {
    let retaken = payment.retaken_at.map(|at| {
        view! {
            <div>
                <dt>{texts::taken_again()}</dt>
                <dd>
                    <ExactTime at />
                </dd>
            </div>
        }
    });
    view! {
        <div>
            <dt>{texts::payment()}</dt>
            <dd>{user_text(payment.payment_reference)}</dd>
        </div>
        <div>
            <dt>{texts::payment_until()}</dt>
            <dd><ExactTime at=payment.until /></dd>
        </div>
        {retaken}
    }
}

fn extend_form(id: i64, minutes: String, minutes_max: i64) -> impl IntoView {
    let hint = texts::extend_hint(minutes_max);
    view! {
        <section class="panel">
            <h2>{texts::extend()}</h2>
            <form class="form" method="post" action=format!("/carts/{id}/extend")>
                {number_field("minutes", texts::minutes_from_now(), minutes, hint)}
                <button class="button">{texts::extend()}</button>
            </form>
        </section>
    }
}

fn line_row(line: CartHolding, name: String) -> impl IntoView {
    let sku = line.sku.map(|sku| view! { <span class="table__sku">{user_text(sku)}</span> });
    view! {
        <tr>
            <th scope="row">
                <a href=href::item(line.item_id)>{user_text(name)}</a>
                {sku}
            </th>
            <td>
                <a href=href::warehouse(line.warehouse_id)>{user_text(line.warehouse_code)}</a>
            </td>
            <td class="figure">{format_integer(line.quantity)}</td>
            <td>{line.block_id}</td>
        </tr>
    }
}
