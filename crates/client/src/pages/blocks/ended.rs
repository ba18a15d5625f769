use crate::components::cell::{Cell, Tone};
use crate::components::empty::Empty;
use crate::components::loaded::Loaded;
use crate::components::pager::Pager;
use crate::components::table::{Column, Kind, Row, Table};
use crate::components::when::When;
use crate::fetch::{About, fetch};
use crate::filters::Filters;
use crate::href;
use crate::memo::derived;
use api::{BlockEnd, EndedBlock, rpc};
use leptos::prelude::*;

const PAGE: i64 = 50;

const COLUMNS: [Column; 7] = [
    Column::plain("", "Block").minor(),
    Column::of(Kind::Lead, "", "Item"),
    Column::plain("", "Warehouse").minor(),
    Column::of(Kind::Figure, "", "Units"),
    Column::plain("", "How"),
    Column::plain("", "When"),
    Column::plain("", "By").minor(),
];

/// The blocks that ended lately, and how.
#[component]
pub fn Ended(
    /// The state of the page.
    filters: Filters,
) -> impl IntoView {
    let ended = fetch(
        About::Stock,
        move || (filters.parsed("item"), filters.get("after")),
        |(item, after)| rpc::ended_blocks(item, Some(PAGE), after),
    );
    view! {
        <Loaded from=ended lines=10 let:page>
            <When
                is=move || page.look(|page| !page.items.is_empty())
                fallback=|| {
                    view! {
                        <Empty title="No block has ended lately">
                            <p>"A block ends when it is confirmed, released, or its time is up."</p>
                        </Empty>
                    }
                }
            >
                <Table
                    name="ended"
                    caption="Blocks that ended, latest first"
                    columns=&COLUMNS
                    rows=derived(move || page.get().items.into_iter().map(row).collect())
                />
            </When>
            <Pager next=derived(move || page.look(|page| page.next.clone())) />
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
        Cell::lead(block.item_name, href::item(block.item_id)),
        Cell::Text(block.warehouse_code),
        Cell::figure(block.quantity),
        Cell::Badge { label, tone, note: String::new() },
        Cell::Ago(block.ended_at),
        Cell::Quiet(block.actor),
    ];
    // A block may be confirmed in part: then it ended twice.
    Row { id: block.block_id * 4 + block.end as i64, cells }
}
