use crate::components::badge::block_state;
use crate::components::block_actions::BlockActions;
use crate::components::cell::{Cell, Row, Verb};
use crate::components::list_hold::ListHold;
use crate::components::table::{Column, ColumnKind, Table};
use crate::components::time::{Clock, seconds_between};
use crate::href;
use crate::memo::{derived, effect, memo};
use crate::refetch::RefetchTrigger;
use crate::selection::Selection;
use crate::texts;
use api::{Block, BlockState, Time, rpc};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The time after a block's expiry at which the list is fetched again if no live update has arrived, in seconds.
/// The server reclaims expired blocks about once per second.
const GRACE_SECONDS: i64 = 3;

/// The columns of a table of blocks.
pub const COLUMNS: [Column; 9] = [
    Column::text("id", texts::hold),
    Column::of(ColumnKind::RowHeader, "", texts::item),
    Column::text("warehouse", texts::warehouse),
    Column::of(ColumnKind::Figure, "", texts::units),
    Column::text("", texts::status),
    Column::text("", texts::time_left)
        .sorted(&[("expires", "ascending"), ("expiresDesc", "descending"), ("", "none")])
        .sorted_among(ACTIVE),
    Column::text("placed", texts::placed).minor().sorted(&[("", "descending"), ("id", "ascending")]),
    Column::text("reference", texts::reference)
        .minor()
        .sorted(&[("reference", "ascending"), ("referenceDesc", "descending"), ("", "none")])
        .sorted_among(ACTIVE),
    Column::of(ColumnKind::Actions, "", texts::actions),
];

/// The filter of the lists that have an order: active holds.
const ACTIVE: (&str, &str) = ("state", "temporary");

/// The columns without the item, for tables whose blocks all belong to one item.
const ITEM_COLUMNS: [Column; 8] = [
    Column::of(ColumnKind::RowHeader, "", texts::hold),
    COLUMNS[2],
    COLUMNS[3],
    COLUMNS[4],
    COLUMNS[5].sorted(&[]),
    COLUMNS[6].sorted(&[]),
    COLUMNS[7].sorted(&[]),
    COLUMNS[8],
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
    /// The hold of the list.
    hold: ListHold,
    /// The selected rows. Without it, rows can't be selected and the table has no item column.
    #[prop(optional)]
    selection: Option<Selection>,
) -> impl IntoView {
    refetch_after_expiry(blocks);
    fetch_ended(hold, actions, selection.is_none());
    let rows = derived(move || {
        blocks.get().into_iter().map(|block| row(block, actions, selection.is_none())).collect()
    });
    let on_action = Callback::new(move |(id, verb): (i64, Verb)| {
        let mut chosen = blocks.get_untracked();
        chosen.retain(|block| block.id == id);
        actions.begin(verb, chosen);
    });
    // The optional prop takes a `Selection` and not an `Option`.
    match selection {
        Some(selection) => {
            view! { <Table name="blocks" caption columns=&COLUMNS rows selection on_action hold /> }
                .into_any()
        }
        None => {
            view! { <Table name="blocks" caption columns=&ITEM_COLUMNS rows on_action hold /> }.into_any()
        }
    }
}

fn row(block: Block, actions: BlockActions, without_item: bool) -> Row {
    let temporary = block.state == BlockState::Temporary;
    let (label, tone, note) = actions.state_shown(block.id).unwrap_or_else(|| {
        let (label, tone) = block_state(block.state);
        (label, tone, String::new())
    });
    let left = match block.expires_at {
        Some(until) if temporary => Cell::TimeLeft(until),
        Some(until) => Cell::RelativeTime(until),
        None => Cell::Quiet("—".to_owned()),
    };
    let buttons = if temporary {
        let about = texts::about_hold(&block.id.to_string());
        Cell::Buttons {
            verbs: &BlockActions::VERBS,
            about,
            id: block.id.to_string(),
            no_script: BlockActions::NO_SCRIPT,
        }
    } else {
        Cell::None
    };
    // The note follows the reference.
    let reference = [block.reference, block.note].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let mut cells = if without_item {
        vec![Cell::row_header(texts::hold_named(&block.id.to_string()), String::new())]
    } else {
        vec![Cell::Quiet(block.id.to_string()), Cell::row_header(block.item_name, href::item(block.item_id))]
    };
    cells.extend([
        Cell::Text(block.warehouse_code),
        Cell::figure(block.quantity),
        Cell::Badge { label, tone, note },
        left,
        Cell::RelativeTime(block.created_at),
        Cell::Text(reference),
        buttons,
    ]);
    Row { id: block.id, cells }
}

/// Fetches the blocks that have left the list while it is held still, so that their rows show their new state.
fn fetch_ended(hold: ListHold, actions: BlockActions, without_item: bool) {
    effect(move |asked: Option<Vec<i64>>| {
        let left = hold.left();
        for id in left.iter().copied().filter(|id| !asked.as_ref().is_some_and(|asked| asked.contains(id))) {
            spawn_local(async move {
                if let Ok(block) = rpc::get_block(id).await {
                    hold.add_ended(untrack(|| row(block, actions, without_item)));
                }
            });
        }
        left
    });
}

/// Fetches the data again soon after the next block of the page has expired.
fn refetch_after_expiry(blocks: Signal<Vec<Block>>) {
    let (clock, refetch) = (Clock::expect(), RefetchTrigger::expect());
    let next = memo(move || {
        let temporary = |block: &&Block| block.state == BlockState::Temporary;
        blocks.with(|blocks| blocks.iter().filter(temporary).filter_map(|block| block.expires_at).min())
    });
    effect(move |refetched_for: Option<Option<Time>>| {
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
