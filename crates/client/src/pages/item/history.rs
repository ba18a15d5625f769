use crate::components::cell::Cell;
use crate::components::loaded::Loaded;
use crate::components::pager::Pager;
use crate::components::table::{Column, Kind, Row, Table};
use crate::fetch::{About, Fetched, fetch};
use crate::filters::use_filters;
use crate::memo::derived;
use api::{Movement, Page, rpc};
use leptos::prelude::*;

const PAGE: i64 = 20;
const CURSOR: &str = "movements";

const COLUMNS: [Column; 6] = [
    Column::plain("", "When"),
    Column::of(Kind::Figure, "", "Change"),
    Column::plain("warehouse", "Warehouse"),
    Column::of(Kind::Figure, "level", "Level").minor(),
    Column::plain("", "Why"),
    Column::plain("by", "By").minor(),
];

/// Fetches the page of an item's movements that the address names.
pub fn fetch_movements(id: i64) -> Fetched<Page<Movement>> {
    let filters = use_filters();
    fetch(
        About::Item(id),
        move || (id, filters.get(CURSOR)),
        |(id, after)| rpc::item_movements(id, Some(PAGE), after),
    )
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
                <Table
                    name="movements"
                    caption="Movements of this item, newest first"
                    columns=&COLUMNS
                    rows=derived(move || page.get().items.into_iter().map(row).collect())
                />
                <Pager next=derived(move || page.look(|page| page.next.clone())) parameter=CURSOR />
            </Loaded>
        </section>
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

fn row(movement: Movement) -> Row {
    let mut text = why(&movement.reason);
    if let Some(block) = movement.block_id {
        text.push_str(&format!(" block {block}"));
    }
    let level = match movement.before.zip(movement.after) {
        Some((before, after)) => Cell::Levels(before, after),
        None => Cell::None,
    };
    let cells = vec![
        Cell::Ago(movement.created_at),
        Cell::Change(movement.change.into()),
        Cell::Text(movement.warehouse_code),
        level,
        Cell::Why { text, order: movement.order_id, note: movement.note.unwrap_or_default() },
        Cell::Quiet(movement.actor),
    ];
    Row { id: movement.id, cells }
}
