use crate::components::block_actions::BlockActions;
use crate::components::cell::{Cell, Tone};
use crate::components::table::{Column, ColumnKind, Row, Table};
use crate::components::time::{Clock, seconds_between};
use crate::href;
use crate::memo::{derived, memo};
use crate::refetch::RefetchTrigger;
use crate::selection::Selection;
use api::{Block, BlockState, Time};
use leptos::prelude::*;

/// The time after a block's expiry at which the list is fetched again if no live update has arrived, in seconds.
/// The server reclaims expired blocks about once per second.
const GRACE_SECONDS: i64 = 3;

/// The columns of a table of blocks.
pub const COLUMNS: [Column; 8] = [
    Column::text("id", "Block"),
    Column::of(ColumnKind::RowHeader, "", "Item"),
    Column::text("warehouse", "Warehouse"),
    Column::of(ColumnKind::Figure, "", "Units"),
    Column::text("", "State"),
    Column::text("", "Time left"),
    Column::text("placed", "Placed").minor(),
    Column::of(ColumnKind::Actions, "", "Actions"),
];

/// The columns without the item, for tables whose blocks all belong to one item.
const ITEM_COLUMNS: [Column; 7] = [
    Column::of(ColumnKind::RowHeader, "", "Block"),
    COLUMNS[2],
    COLUMNS[3],
    COLUMNS[4],
    COLUMNS[5],
    COLUMNS[6],
    COLUMNS[7],
];

/// A table of blocks, with the actions on each.
#[component]
pub fn BlockTable(
    /// The blocks.
    blocks: Signal<Vec<Block>>,
    /// The table's name for screen readers.
    caption: &'static str,
    /// The actions on the blocks. Their dialogs stand outside the table, because the table may be gone when a
    /// dialog shows a result.
    actions: BlockActions,
    /// The selected rows. Without it, rows can't be selected and the table has no item column.
    #[prop(optional)]
    selection: Option<Selection>,
) -> impl IntoView {
    refetch_after_expiry(blocks);
    let rows = derived(move || {
        blocks.get().into_iter().map(|block| row(block, actions, selection.is_none())).collect()
    });
    let on_action = Callback::new(move |(id, verb): (i64, &'static str)| {
        let mut chosen = blocks.get_untracked();
        chosen.retain(|block| block.id == id);
        actions.begin(verb, chosen);
    });
    // The optional prop takes a `Selection` and not an `Option`.
    match selection {
        Some(selection) => {
            view! { <Table name="blocks" caption columns=&COLUMNS rows selection on_action /> }.into_any()
        }
        None => view! { <Table name="blocks" caption columns=&ITEM_COLUMNS rows on_action /> }.into_any(),
    }
}

fn row(block: Block, actions: BlockActions, without_item: bool) -> Row {
    let temporary = block.state == BlockState::Temporary;
    let (label, tone, note) = actions.state_shown(block.id).unwrap_or_else(|| {
        let (label, tone) = match block.state {
            BlockState::Temporary => ("Temporary", Tone::Held),
            BlockState::Permanent => ("Permanent", Tone::Good),
            BlockState::Expired => ("Expired", Tone::Quiet),
            BlockState::Released => ("Released", Tone::Quiet),
        };
        (label, tone, String::new())
    });
    let left = match block.expires_at {
        Some(until) if temporary => Cell::TimeLeft(until),
        Some(until) => Cell::RelativeTime(until),
        None => Cell::Quiet("—".to_owned()),
    };
    let buttons = if temporary {
        let about = format!("block {}", block.id);
        Cell::Buttons {
            verbs: &BlockActions::VERBS,
            about,
            id: block.id.to_string(),
            no_script: BlockActions::NO_SCRIPT,
        }
    } else {
        Cell::None
    };
    let mut cells = if without_item {
        vec![Cell::row_header(format!("Block {}", block.id), String::new())]
    } else {
        vec![Cell::Quiet(block.id.to_string()), Cell::row_header(block.item_name, href::item(block.item_id))]
    };
    cells.extend([
        Cell::Text(block.warehouse_code),
        Cell::figure(block.quantity),
        Cell::Badge { label, tone, note },
        left,
        Cell::RelativeTime(block.created_at),
        buttons,
    ]);
    Row { id: block.id, cells }
}

/// Fetches the data again soon after the next block of the page has expired.
fn refetch_after_expiry(blocks: Signal<Vec<Block>>) {
    let (clock, refetch) = (Clock::expect(), RefetchTrigger::expect());
    let next = memo(move || {
        let temporary = |block: &&Block| block.state == BlockState::Temporary;
        blocks.with(|blocks| blocks.iter().filter(temporary).filter_map(|block| block.expires_at).min())
    });
    Effect::new(move |refetched_for: Option<Option<Time>>| {
        let refetched_for = refetched_for.flatten();
        match (next.get(), clock.now()) {
            (Some(next), Some(now))
                if seconds_between(now, next) >= GRACE_SECONDS && refetched_for != Some(next) =>
            {
                refetch.trigger();
                Some(next)
            }
            _ => refetched_for,
        }
    });
}
