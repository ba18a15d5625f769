use crate::components::cell::{Cell, Tone};
use crate::components::empty_state::EmptyState;
use crate::components::loaded::Loaded;
use crate::components::pager::Pager;
use crate::components::show::Show;
use crate::components::table::{Column, ColumnKind, Row, Table};
use crate::fetch::{RefetchOn, fetch};
use crate::href;
use crate::memo::derived;
use crate::url_state::UrlState;
use api::{BlockEnd, EndedBlock, rpc};
use leptos::prelude::*;

const PAGE_SIZE: i64 = 50;

const COLUMNS: [Column; 7] = [
    Column::text("", "Block").minor(),
    Column::of(ColumnKind::RowHeader, "", "Item"),
    Column::text("", "Warehouse").minor(),
    Column::of(ColumnKind::Figure, "", "Units"),
    Column::text("", "Outcome"),
    Column::text("", "Show"),
    Column::text("", "Actor").minor(),
];

/// The blocks that ended recently.
#[component]
pub fn EndedBlocks(
    /// The state of the page.
    url: UrlState,
) -> impl IntoView {
    let ended = fetch(
        RefetchOn::Stock,
        move || (url.parse("item"), url.get("after")),
        |(item, after)| rpc::ended_blocks(item, Some(PAGE_SIZE), after),
    );
    view! {
        <Loaded from=ended lines=10 let:page>
            <Show
                when=move || page.with(|page| !page.items.is_empty())
                fallback=|| {
                    view! {
                        <EmptyState title="No block has ended recently">
                            <p>"A block ends when it is confirmed, released, or its time is up."</p>
                        </EmptyState>
                    }
                }
            >
                <Table
                    name="ended"
                    caption="Blocks that ended, latest first"
                    columns=&COLUMNS
                    rows=derived(move || page.get().items.into_iter().map(row).collect())
                />
            </Show>
            <Pager next=derived(move || page.with(|page| page.next.clone())) />
        </Loaded>
    }
}

fn row(block: EndedBlock) -> Row {
    let (label, tone) = match block.end {
        BlockEnd::Confirmed => ("Confirmed", Tone::Good),
        BlockEnd::Released => ("Released", Tone::Quiet),
        BlockEnd::Expired => ("Expired", Tone::Held),
    };
    let cells = vec![
        Cell::Quiet(block.block_id.to_string()),
        Cell::row_header(block.item_name, href::item(block.item_id)),
        Cell::Text(block.warehouse_code),
        Cell::figure(block.quantity),
        Cell::Badge { label, tone, note: String::new() },
        Cell::RelativeTime(block.ended_at),
        Cell::Quiet(block.actor),
    ];
    // A block that is confirmed in part ends twice.
    Row { id: block.block_id * 4 + block.end as i64, cells }
}
