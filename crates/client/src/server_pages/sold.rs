//! The page with the units that are sold: those in confirmed holds, and those of orders.

use super::form::{message, table};
use super::paging::pages;
use crate::components::badge::order_badge;
use crate::components::page_head::PageHead;
use crate::format::format_integer;
use crate::href;
use crate::texts;
use crate::user_text::user_text;
use api::{Sold, SoldOrder};
use leptos::prelude::*;

/// The units that are sold, as the figure of the overview sums them.
#[derive(Debug, Clone)]
pub struct SoldPage {
    /// The sums, and a page of the orders.
    pub sold: Sold,
    /// The message about a page that does not exist.
    pub error: Option<String>,
}

impl SoldPage {
    pub(super) fn view(self) -> impl IntoView {
        let Self { sold: Sold { confirmed, of_orders, orders }, error } = self;
        let pages = pages(orders.next, "/sold?", orders.items.len());
        let columns = [
            texts::order(),
            texts::status(),
            texts::allocated(),
            texts::shipped(),
            texts::returned(),
            texts::units(),
        ];
        let is_empty = orders.items.is_empty();
        let rows = orders.items.into_iter().map(row).collect_view();
        let table = (!is_empty).then(|| table(texts::sold_orders(), columns, rows));
        view! {
            <PageHead title=texts::sold().to_owned() />
            {message(error)}
            <p class="summary" role="status">
                {texts::units_count(confirmed + of_orders)}
            </p>
            <ul>
                <li>
                    <a href="/blocks?state=permanent" rel="external">
                        {texts::sold_in_holds(&texts::units_count(confirmed))}
                    </a>
                </li>
                <li>
                    <a href="#orders">{texts::sold_of_orders(&texts::units_count(of_orders))}</a>
                </li>
            </ul>
            <section class="section" aria-labelledby="orders">
                <header class="section__head">
                    <h2 id="orders">{texts::sold_orders()}</h2>
                </header>
                {is_empty.then(|| view! { <p class="muted">{texts::sold_orders_none()}</p> })}
                {table}
                {pages}
            </section>
        }
    }
}

fn row(sold: SoldOrder) -> impl IntoView {
    let name = match &sold.reference {
        Some(reference) => texts::order_with_reference(&sold.order_id.to_string(), reference),
        None => texts::order_named(&sold.order_id.to_string()),
    };
    let figure = |units: i64| view! { <td class="figure">{format_integer(units)}</td> };
    view! {
        <tr>
            <th scope="row">
                <a href=href::order(sold.order_id) rel="external">
                    {user_text(name)}
                </a>
            </th>
            <td>{order_badge(sold.status).view_only()}</td>
            {figure(sold.allocated)}
            {figure(sold.shipped)}
            {figure(sold.returned)}
            {figure(sold.allocated + sold.shipped - sold.returned)}
        </tr>
    }
}
