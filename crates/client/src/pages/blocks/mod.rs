//! The list of blocks: active, permanent and recently ended ones, with the actions on them.

mod ended;
mod filter;

use crate::components::block_actions::{BlockActions, BlockDialogs, BulkBar};
use crate::components::block_table::{BlockTable, COLUMNS};
use crate::components::empty_state::EmptyState;
use crate::components::filters::WarehouseFilter;
use crate::components::icon::Icon;
use crate::components::item_picker::ItemPicker;
use crate::components::list_hold::ListHold;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::pager::{ListFoot, Pager};
use crate::components::place_dialog::PlaceDialog;
use crate::components::show::Show;
use crate::components::tabs::Tabs;
use crate::components::view_options::ViewOptions;
use crate::fetch::{Data, Fetched, RefetchOn, fetch};
use crate::fragments;
use crate::href;
use crate::memo::{boxed, derived, dynamic, effect, memo};
use crate::saved_views::{ViewTabs, fetch_views};
use crate::scroll::restore;
use crate::selection::Selection;
use crate::texts;
use crate::url_state::{AFTER, UrlState, use_url_state};
use crate::user_text::user_text;
use api::{Block, Item, Page, Warehouse, rpc};
use ended::EndedBlocks;
use filter::filter;
use leptos::prelude::*;

/// The state of active holds, in the address.
const ACTIVE: &str = "temporary";

const STATES: [(&str, fn() -> &'static str); 5] = [
    ("", texts::holds_current),
    (ACTIVE, texts::holds_active),
    ("expiring", texts::holds_expiring),
    ("permanent", texts::sold),
    ("ended", texts::holds_ended),
];

/// The filters besides the state and the item. Blocks that expire soon and ended ones have only the first.
const FILTERS: [&str; 4] = ["warehouse", "from", "to", "reference"];

/// The list of blocks, newest first, filtered by state and item.
#[component]
pub fn BlocksPage() -> impl IntoView {
    let url = use_url_state();
    let placing = url.dialog("place");
    let csv = move || {
        let [state, item, warehouse, from, to, reference, sort] =
            ["state", "item", "warehouse", "from", "to", "reference", "sort"]
                .map(|name| url.get(name).unwrap_or_default());
        // Only active holds have orders by another column.
        let sort = if state == ACTIVE || sort == "id" { sort } else { String::new() };
        // Two of the tabs have CSV files of their own.
        let (path, own) = match state.as_str() {
            "ended" => ("/api/blocks/ended.csv", ("", "")),
            "expiring" => ("/api/blocks/expiring.csv", ("", "")),
            state => ("/downloads/blocks.csv", ("state", state)),
        };
        let pairs = [
            own,
            ("itemId", item.as_str()),
            ("warehouseId", &warehouse),
            ("from", &from),
            ("to", &to),
            ("reference", &reference),
            ("sort", &sort),
        ];
        href::with_query(path, pairs)
    };
    let views = fetch_views();
    let warehouses = fetch(RefetchOn::Catalog, || (), |()| rpc::list_warehouses());
    restore();
    view! {
        <PageHead title=texts::holds()>
            <a class="button" href="/carts" rel="external">
                {texts::carts()}
            </a>
            <ViewOptions table="blocks" columns=&COLUMNS url views csv=derived(csv) />
            <a class="button button--primary" href=boxed(move || url.href(&[("do", "place")]))>
                {Icon::Plus.view()}
                {texts::hold_stock()}
            </a>
        </PageHead>
        <ViewTabs views list="blocks" url />
        <div class="toolbar">
            <Tabs label=texts::status() parameter="state" tabs=&STATES />
            <ItemFilter url />
        </div>
        <PlaceFilters url warehouses />
        <Show
            when=move || url.get("state").as_deref() == Some("ended")
            fallback=move || view! { <CurrentBlocks url /> }
        >
            <EndedBlocks url />
        </Show>
        <PlaceDialog open=placing item=Signal::stored(None) warehouses />
    }
}

#[component]
fn CurrentBlocks(url: UrlState) -> impl IntoView {
    let actions = BlockActions::new();
    let selection = Selection::of(url);
    // While the list is held still, newer blocks must not push its rows off the page: it then starts at the block that was
    // the newest.
    let hold = ListHold::by_id();
    let is_expiring = move || url.get("state").as_deref() == Some("expiring");
    let is_sorted = move || url.get("sort").is_some();
    let start = move || hold.start().filter(|_| !is_expiring() && !is_sorted() && url.get(AFTER).is_none());
    let blocks = fetch(
        RefetchOn::Stock,
        move || {
            let start = start().map(|newest| (newest + 1).to_string());
            (filter(url), url.page_size(), url.get(AFTER).or(start))
        },
        |(filter, size, after)| rpc::find_blocks(filter, Some(size), after),
    );
    let total = fetch(RefetchOn::Stock, move || filter(url), fragments::count_blocks);
    count_newer(hold, url, start);
    view! {
        <Loaded from=blocks lines=10 let:page>
            <BlockList page url selection hold actions />
            <ListFoot total=derived(move || total.get()) />
        </Loaded>
        <BlockDialogs actions />
    }
}

/// Counts the blocks that are newer than the first one of a list that is held still.
fn count_newer(
    hold: ListHold,
    url: UrlState,
    start: impl Fn() -> Option<i64> + Copy + Send + Sync + 'static,
) {
    let newest = fetch(
        RefetchOn::Stock,
        move || (start().is_some(), filter(url), url.page_size()),
        |(is_held, filter, size)| async move {
            match is_held {
                true => rpc::find_blocks(filter, Some(size), None).await.map(|page| page.items),
                false => Ok(Vec::new()),
            }
        },
    );
    effect(move |_| {
        let blocks = newest.get().and_then(Result::ok).unwrap_or_default();
        let newer = |start: i64| blocks.iter().filter(|block| block.id > start).count();
        let newer = start().map_or(0, newer);
        hold.set_newer(newer, newer as i64 == url.page_size());
    });
}

#[component]
fn BlockList(
    page: Data<Page<Block>>,
    url: UrlState,
    selection: Selection,
    hold: ListHold,
    actions: BlockActions,
) -> impl IntoView {
    let blocks = derived(move || page.get().items);
    view! {
        <BulkBar selection blocks actions />
        <Show
            when=move || hold.is_inside() || page.with(|page| !page.items.is_empty())
            fallback=move || view! { <NoBlocks url more=page.with(|page| page.next.is_some()) /> }
        >
            <BlockTable blocks caption=texts::holds_caption() actions hold selection />
        </Show>
        <Pager next=derived(move || page.with(|page| page.next.clone())) />
    }
}

/// The filter by item: a search by name, then a chip that removes the filter.
#[component]
fn ItemFilter(url: UrlState) -> impl IntoView {
    let id = memo(move || url.parse::<i64>("item"));
    let item = fetch(
        RefetchOn::Catalog,
        move || id.get(),
        |id| async move {
            match id {
                Some(id) => rpc::get_item(id).await.map(Some),
                None => Ok(None),
            }
        },
    );
    let name = move || match item.get() {
        Some(Ok(Some(item))) => item.name,
        _ => id.get().map(|id| texts::item_named(&id.to_string())).unwrap_or_default(),
    };
    let pick = Callback::new(move |item: Item| url.set_params(&[("item", &item.id.to_string())], false));
    view! {
        <Show
            when=move || id.get().is_some()
            fallback=move || view! { <ItemPicker id="blocks-item" label=texts::holds_of() pick /> }
        >
            <p class="chip">
                <span class="muted">{texts::item()} " "</span>
                <Transition>{dynamic(move || user_text(name()))}</Transition>
                <a
                    class="button button--icon"
                    href=boxed(move || url.href(&[("item", "")]))
                    data-noscroll=""
                    aria-label=texts::show_all_holds()
                >
                    {Icon::Cross.view()}
                </a>
            </p>
        </Show>
    }
}

/// The filters by warehouse, by the day of placement and by reference. The browser sends the form, also without JavaScript. Only
/// the warehouse applies to the lists of blocks that expire soon and of ended blocks.
#[component]
fn PlaceFilters(url: UrlState, warehouses: Fetched<Vec<Warehouse>>) -> impl IntoView {
    let day = |name: &'static str, label: &'static str| {
        view! {
            <div class="field">
                <label for=name>{label}</label>
                <input id=name class="input" type="date" name=name value=boxed(move || url.get(name)) />
            </div>
        }
    };
    let is_hidden =
        move || url.get("state").is_some_and(|state| ["expiring", "ended"].contains(&state.as_str()));
    view! {
        <form class="form form--filter" action="/blocks">
            <input type="hidden" name="state" value=boxed(move || url.get("state")) />
            <input type="hidden" name="item" value=boxed(move || url.get("item")) />
            <WarehouseFilter warehouses url />
            <div class="form__part" hidden=is_hidden>
                {day("from", texts::placed_from())}
                {day("to", texts::placed_until())}
                <div class="field">
                    <label for="reference">{texts::customer_reference()}</label>
                    <input
                        id="reference"
                        class="input"
                        name="reference"
                        maxlength="100"
                        value=move || url.get("reference")
                    />
                </div>
            </div>
            <input type="hidden" name="sort" value=move || url.get("sort") />
            <button class="button">{texts::filter()}</button>
        </form>
    }
}

#[component]
fn NoBlocks(url: UrlState, more: bool) -> impl IntoView {
    let title = derived(move || {
        let expiring = url.get("state").as_deref() == Some("expiring");
        match (expiring, more) {
            (true, _) => texts::no_hold_expires(),
            (false, true) => texts::no_hold_matches_yet(),
            (false, false) => texts::no_hold_matches(),
        }
        .to_owned()
    });
    let narrowing = move || ["state", "item"].into_iter().chain(FILTERS);
    let filtered = move || more || narrowing().any(|name| url.get(name).is_some());
    let clear = move || url.href(&narrowing().map(|name| (name, "")).collect::<Vec<_>>());
    view! {
        <Show
            when=filtered
            fallback=move || {
                view! {
                    <EmptyState title=texts::no_holds()>
                        <p>{texts::no_holds_about()}</p>
                        <a class="button button--primary" href=boxed(move || url.href(&[("do", "place")]))>
                            {texts::hold_stock()}
                        </a>
                    </EmptyState>
                }
            }
        >
            <EmptyState title>
                <a class="button button--primary" href=boxed(clear)>
                    {texts::show_current_holds()}
                </a>
            </EmptyState>
        </Show>
    }
}
