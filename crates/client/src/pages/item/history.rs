use crate::components::cell::Cell;
use crate::components::loaded::Loaded;
use crate::components::pager::Pager;
use crate::components::table::{Column, ColumnKind, Row, Table};
use crate::fetch::{Fetched, RefetchOn, fetch};
use crate::memo::derived;
use crate::url_state::use_url_state;
use api::{Movement, Page, rpc};
use leptos::prelude::*;

const PAGE_SIZE: i64 = 20;
const CURSOR: &str = "movements";

const COLUMNS: [Column; 6] = [
    Column::text("", "Show"),
    Column::of(ColumnKind::Figure, "", "Change"),
    Column::text("warehouse", "Warehouse"),
    Column::of(ColumnKind::Figure, "level", "Level").minor(),
    Column::text("", "Reason"),
    Column::text("actor", "Actor").minor(),
];

/// Fetches the page of an item's movements that the address names.
pub fn fetch_movements(id: i64) -> Fetched<Page<Movement>> {
    let url = use_url_state();
    fetch(
        RefetchOn::Item(id),
        move || (id, url.get(CURSOR)),
        |(id, after)| rpc::item_movements(id, Some(PAGE_SIZE), after),
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
                <Pager next=derived(move || page.with(|page| page.next.clone())) parameter=CURSOR />
            </Loaded>
        </section>
    }
}

/// Formats a reason of the ledger: `order_cancelled` becomes `Order cancelled`.
fn format_reason(reason: &str) -> String {
    let mut words = reason.replace('_', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

fn row(movement: Movement) -> Row {
    let mut text = format_reason(&movement.reason);
    if let Some(block) = movement.block_id {
        text.push_str(&format!(" block {block}"));
    }
    let level = match movement.before.zip(movement.after) {
        Some((before, after)) => Cell::Levels(before, after),
        None => Cell::None,
    };
    let cells = vec![
        Cell::RelativeTime(movement.created_at),
        Cell::Change(movement.change.into()),
        Cell::Text(movement.warehouse_code),
        level,
        Cell::Reason { text, order: movement.order_id, note: movement.note.unwrap_or_default() },
        Cell::Quiet(movement.actor),
    ];
    Row { id: movement.id, cells }
}
