use crate::components::badge::BlockBadge;
use crate::components::block_dialogs::Deeds;
use crate::components::rows::Rows;
use crate::components::time::{Ago, Clock, TimeLeft};
use crate::fetch::Changes;
use crate::href;
use crate::memo::memo;
use crate::text::units;
use api::{Block, BlockState, Time};
use leptos::prelude::*;

/// How long after a block's time is up its state is asked for again, in seconds: the server cleans up
/// about every second.
const GRACE: i64 = 2;

/// Blocks, one a row, with what can be done to each.
#[component]
pub fn BlockTable(
    /// The blocks.
    blocks: Signal<Vec<Block>>,
    /// What the table shows, for screen readers.
    caption: &'static str,
    /// Whether to name the item, which its own page need not.
    #[prop(default = true)]
    with_item: bool,
    /// Where a row asks for what a person wants to do. The dialogs stand outside the list: it may be empty
    /// when they tell how that went.
    deeds: Deeds,
) -> impl IntoView {
    look_again_after_expiry(blocks);
    view! {
        <div class="table-box">
            <table class="table table--cards">
                <caption class="visually-hidden">{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Block"</th>
                        {with_item.then(|| view! { <th scope="col">"Item"</th> })}
                        <th scope="col">"Warehouse"</th>
                        <th scope="col" class="figure">"Units"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">"Time left"</th>
                        <th scope="col">"Placed"</th>
                        <th scope="col"><span class="visually-hidden">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody>
                    <Rows
                        each=move || blocks.get()
                        key=|block| (block.id, block.state, block.expires_at, block.quantity)
                        children=move |block| view! { <BlockRow block deeds with_item /> }
                    />
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn BlockRow(block: Block, deeds: Deeds, with_item: bool) -> impl IntoView {
    let temporary = block.state == BlockState::Temporary;
    let item = with_item.then(|| {
        let href = href::item(block.item_id);
        view! { <td data-label="Item" class="table__lead"><a href=href>{block.item_name.clone()}</a></td> }
    });
    let left = match block.expires_at {
        Some(until) if temporary => view! { <TimeLeft until /> }.into_any(),
        Some(until) => view! { <span class="muted">"ended " <Ago at=until /></span> }.into_any(),
        None => "—".into_any(),
    };
    view! {
        <tr>
            <td data-label="Block" class="muted">{block.id}</td>
            {item}
            <td data-label="Warehouse">{block.warehouse_code.clone()}</td>
            <td data-label="Units" class="figure">{units(block.quantity)}</td>
            <td data-label="State"><BlockBadge state=block.state /></td>
            <td data-label="Time left">{left}</td>
            <td data-label="Placed" class="muted"><Ago at=block.created_at /></td>
            <td class="table__actions">{temporary.then(|| view! { <RowActions block deeds /> })}</td>
        </tr>
    }
}

#[component]
fn RowActions(block: Block, deeds: Deeds) -> impl IntoView {
    let block = StoredValue::new(block);
    let button = move |name: &'static str, dialog: RwSignal<bool>| {
        let label = block.with_value(|block| format!("{name} block {}", block.id));
        view! {
            <button
                class="button button--small"
                type="button"
                aria-label=label
                on:click=move |_| deeds.ask(dialog, block.get_value())
            >
                {name}
            </button>
        }
    };
    view! {
        {button("Confirm", deeds.confirming)}
        {button("Extend", deeds.extending)}
        {button("Release", deeds.releasing)}
    }
}

/// Fetches again soon after the next block of the page has run out.
fn look_again_after_expiry(blocks: Signal<Vec<Block>>) {
    let (clock, changes) = (Clock::expect(), Changes::expect());
    let next = memo(move || {
        let temporary = |block: &&Block| block.state == BlockState::Temporary;
        blocks.with(|blocks| blocks.iter().filter(temporary).filter_map(|block| block.expires_at).min())
    });
    Effect::new(move |looked_for: Option<Option<Time>>| {
        let looked_for = looked_for.flatten();
        match (next.get(), clock.now()) {
            (Some(next), Some(now)) if (now - next).num_seconds() >= GRACE && looked_for != Some(next) => {
                changes.mark();
                Some(next)
            }
            _ => looked_for,
        }
    });
}
