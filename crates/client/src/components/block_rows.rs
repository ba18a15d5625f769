use crate::components::block_deeds::Deeds;
use crate::components::cell::{Cell, Tone};
use crate::components::table::{Column, Kind, Row, Table};
use crate::components::time::{Clock, since};
use crate::fetch::Changes;
use crate::href;
use crate::memo::{Look, derived, memo};
use crate::selection::Selection;
use api::{Block, BlockState, Time};
use leptos::prelude::*;

/// How long after a block's time is up the list is asked for again, in seconds, should nobody have told: the
/// server cleans up about every second.
const GRACE: i64 = 3;

/// The columns of a table of blocks.
pub const COLUMNS: [Column; 8] = [
    Column::plain("id", "Block"),
    Column::of(Kind::Lead, "", "Item"),
    Column::plain("warehouse", "Warehouse"),
    Column::of(Kind::Figure, "", "Units"),
    Column::plain("", "State"),
    Column::plain("", "Time left"),
    Column::plain("placed", "Placed").minor(),
    Column::of(Kind::Actions, "", "Actions"),
];

/// The same where all blocks are of one item: there the block names its row.
const OF_ONE_ITEM: [Column; 7] = [
    Column::of(Kind::Lead, "", "Block"),
    COLUMNS[2],
    COLUMNS[3],
    COLUMNS[4],
    COLUMNS[5],
    COLUMNS[6],
    COLUMNS[7],
];

/// Blocks, one a row, with what can be done to each.
#[component]
pub fn BlockTable(
    /// The blocks.
    blocks: Signal<Vec<Block>>,
    /// What the table shows, for screen readers.
    caption: &'static str,
    /// What is done to them. The dialogs stand outside the list: it may be empty when they tell how it went.
    deeds: Deeds,
    /// Which are selected, where they can be. Where they can't, all blocks are of the item that the page is about.
    #[prop(optional)]
    selection: Option<Selection>,
) -> impl IntoView {
    look_again_after_expiry(blocks);
    let rows = derived(move || {
        blocks.get().into_iter().map(|block| row(block, deeds, selection.is_none())).collect()
    });
    let act = Callback::new(move |(id, verb): (i64, &'static str)| {
        let mut chosen = blocks.get_untracked();
        chosen.retain(|block| block.id == id);
        deeds.begin(verb, chosen);
    });
    // An absent selection is a missing prop, not an empty one.
    match selection {
        Some(selection) => {
            view! { <Table name="blocks" caption columns=&COLUMNS rows selection act /> }.into_any()
        }
        None => view! { <Table name="blocks" caption columns=&OF_ONE_ITEM rows act /> }.into_any(),
    }
}

fn row(block: Block, deeds: Deeds, of_one_item: bool) -> Row {
    let temporary = block.state == BlockState::Temporary;
    let (label, tone, note) = deeds.shown(block.id).unwrap_or_else(|| {
        let (label, tone) = match block.state {
            BlockState::Temporary => ("Temporary", Tone::Held),
            BlockState::Permanent => ("Permanent", Tone::Good),
            BlockState::Expired => ("Expired", Tone::Quiet),
            BlockState::Released => ("Released", Tone::Quiet),
        };
        (label, tone, String::new())
    });
    let left = match block.expires_at {
        Some(until) if temporary => Cell::Left(until),
        Some(until) => Cell::Ago(until),
        None => Cell::Quiet("—".to_owned()),
    };
    let deed = if temporary {
        let about = format!("block {}", block.id);
        Cell::Buttons { verbs: &Deeds::VERBS, about, id: block.id.to_string(), plain: Deeds::PLAIN }
    } else {
        Cell::None
    };
    let mut cells = if of_one_item {
        vec![Cell::lead(format!("Block {}", block.id), String::new())]
    } else {
        vec![Cell::Quiet(block.id.to_string()), Cell::lead(block.item_name, href::item(block.item_id))]
    };
    cells.extend([
        Cell::Text(block.warehouse_code),
        Cell::figure(block.quantity),
        Cell::Badge { label, tone, note },
        left,
        Cell::Ago(block.created_at),
        deed,
    ]);
    Row { id: block.id, cells }
}

/// Fetches again soon after the next block of the page has run out.
fn look_again_after_expiry(blocks: Signal<Vec<Block>>) {
    let (clock, changes) = (Clock::expect(), Changes::expect());
    let next = memo(move || {
        let temporary = |block: &&Block| block.state == BlockState::Temporary;
        blocks.look(|blocks| blocks.iter().filter(temporary).filter_map(|block| block.expires_at).min())
    });
    Effect::new(move |looked_for: Option<Option<Time>>| {
        let looked_for = looked_for.flatten();
        match (next.get(), clock.now()) {
            (Some(next), Some(now)) if since(now, next) >= GRACE && looked_for != Some(next) => {
                changes.mark();
                Some(next)
            }
            _ => looked_for,
        }
    });
}
