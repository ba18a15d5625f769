use crate::components::loaded::Loaded;
use crate::components::pager::Pager;
use crate::components::rows::Rows;
use crate::components::time::Ago;
use crate::fetch::{Fetched, fetch};
use crate::filters::use_filters;
use crate::href;
use crate::text::signed;
use api::{Movement, Page, rpc};
use leptos::prelude::*;

const PAGE: i64 = 20;
const CURSOR: &str = "movements";

/// Fetches the page of an item's movements that the address names.
pub fn fetch_movements(id: i64) -> Fetched<Page<Movement>> {
    let filters = use_filters();
    fetch(move || (id, filters.get(CURSOR)), |(id, after)| rpc::item_movements(id, Some(PAGE), after))
}

/// An item's movements, newest first.
#[component]
pub fn History(
    /// The movements.
    movements: Fetched<Page<Movement>>,
) -> impl IntoView {
    view! {
        <section class="section" aria-labelledby="item-history">
            <header class="section__head">
                <h2 id="item-history">"Movements"</h2>
            </header>
            <Loaded from=movements lines=4 let:page>
                <MovementTable page />
                <Pager next=Signal::derive(move || page.with(|page| page.next.clone())) parameter=CURSOR />
            </Loaded>
        </section>
    }
}

#[component]
fn MovementTable(page: Signal<Page<Movement>>) -> impl IntoView {
    view! {
        <div class="table-box">
            <table class="table">
                <caption class="visually-hidden">"Movements of this item, newest first"</caption>
                <thead>
                    <tr>
                        <th scope="col">"When"</th>
                        <th scope="col" class="figure">"Change"</th>
                        <th scope="col">"Warehouse"</th>
                        <th scope="col">"Why"</th>
                        <th scope="col">"By"</th>
                    </tr>
                </thead>
                <tbody>
                    <Rows
                        each=move || page.get().items
                        key=|movement| movement.id
                        children=|movement| view! { <MovementRow movement /> }
                    />
                </tbody>
            </table>
        </div>
    }
}

/// The ledger's reason in words.
fn why(reason: &str) -> String {
    let mut words = reason.replace('_', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

#[component]
fn MovementRow(movement: Movement) -> impl IntoView {
    let block = movement.block_id.map(|id| format!(" block {id}"));
    let order = movement.order_id.map(|id| view! { " " <a href=href::order(id)>"order " {id}</a> });
    let note = movement.note.map(|note| view! { <span class="muted">" – " {note}</span> });
    let change = movement.change;
    view! {
        <tr>
            <td class="muted"><Ago at=movement.created_at /></td>
            <td class="figure" class:figure--in={change > 0} class:figure--zero={change == 0}>
                {signed(change)}
            </td>
            <td>{movement.warehouse_code}</td>
            <td>{why(&movement.reason)} {block} {order} {note}</td>
            <td class="muted">{movement.actor}</td>
        </tr>
    }
}
