use crate::action::Action;
use crate::components::field::{FieldKind, TextField, bind_input};
use crate::components::icon::Icon;
use crate::components::item_picker::ItemPicker;
use crate::components::keyed_list::KeyedList;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::problem::ProblemAlert;
use crate::components::show::Show;
use crate::components::toast::{Done, Toasts};
use crate::event_handlers::{on_click, on_input, on_keydown, on_submit};
use crate::fetch::{RefetchOn, fetch};
use crate::format::format_integer;
use crate::href::{self, UNITS_PREFIX};
use crate::live_updates::LiveUpdates;
use crate::memo::{boxed, dynamic, effect, memo};
use crate::order_text::order_size;
use crate::refetch::RefetchTrigger;
use crate::texts;
use crate::unsaved::Unsaved;
use crate::url_state::{UrlState, use_url_state};
use crate::user_text::user_text;
use api::{CreateOrder, CreateOrderLine, Item, Order, Page, Problem, rpc};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use std::sync::Arc;

/// The HTTP status for items that don't exist.
const NOT_FOUND: u16 = 404;

/// The most lines that are read from the address: the most that an order may have.
const LINES_MAX: usize = 1_000;

/// The most items that the search without JavaScript finds.
const MATCHES_MAX: i64 = 20;

/// A line of the new order.
#[derive(Clone)]
struct Line {
    item: Item,
    quantity: RwSignal<String>,
}

impl Line {
    fn units(&self) -> i64 {
        self.quantity.with(|units| units.parse().unwrap_or_default())
    }
}

/// The form for a new order. The search adds lines. The lines and the reference are in the address, so reload and Back keep
/// them: `?units-12=3` has three units of item 12. Without JavaScript, `&q=lamp` searches for lamps to add.
#[component]
pub fn NewOrderPage() -> impl IntoView {
    let url = use_url_state();
    let requested = StoredValue::new(untrack(|| url.numbered(UNITS_PREFIX)));
    let items = fetch(RefetchOn::Catalog, || (), move |()| requested_items(requested.get_value()));
    view! {
        <PageHead title=texts::new_order() up=("/orders", texts::orders()) />
        <Loaded from=items lines=3 let:items>
            <OrderForm lines=RwSignal::new(lines(items.get_untracked(), &requested.read_value())) url />
        </Loaded>
    }
}

/// Fetches the items of the lines. Leaves out items that don't exist.
async fn requested_items(requested: Vec<(i64, String)>) -> Result<Vec<Item>, Problem> {
    let mut items = Vec::new();
    for (id, _) in requested.into_iter().take(LINES_MAX) {
        match rpc::get_item(id).await {
            Ok(item) => items.push(item),
            Err(problem) if problem.status == NOT_FOUND => {}
            Err(problem) => return Err(problem),
        }
    }
    Ok(items)
}

fn lines(items: Vec<Item>, requested: &[(i64, String)]) -> Vec<Line> {
    let line = |item: Item| {
        let units = requested.iter().find(|(id, _)| *id == item.id).map(|(_, units)| units.clone());
        Line { quantity: RwSignal::new(units.unwrap_or_default()), item }
    };
    items.into_iter().map(line).collect()
}

#[component]
fn OrderForm(lines: RwSignal<Vec<Line>>, url: UrlState) -> impl IntoView {
    let (toasts, refetch, unsaved) = (Toasts::expect(), RefetchTrigger::expect(), Unsaved::expect());
    on_cleanup(move || unsaved.set(false));
    let navigate = use_navigate();
    let open_page: Arc<dyn Fn(&str) + Send + Sync> = Arc::new(move |href| navigate(href, Default::default()));
    let open_page = StoredValue::new(open_page);
    let reference = RwSignal::new(untrack(|| url.get("reference")).unwrap_or_default());
    keep_in_address(lines, reference, url);
    let create = Action::new(rpc::create_order, move |order: Order| {
        let text = texts::created_order(&order.id.to_string(), &order_size(&order));
        let undo = move || {
            spawn_local(async move {
                match rpc::cancel_order(order.id).await {
                    Ok(_) => {
                        let text = texts::order_cancelled(&order.id.to_string());
                        toasts.show(Done::new(text).about("order", [order.id]));
                    }
                    Err(problem) => toasts.problem(problem),
                }
                refetch.trigger();
            });
        };
        toasts.show(Done::new(text).about("order", [order.id]).undo(undo));
        unsaved.set(false);
        // The person may have left the page before the response.
        if let Some(open_page) = open_page.try_get_value() {
            open_page(&href::order(order.id));
        }
    });
    let empty = move || lines.with(Vec::is_empty);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if untrack(empty) {
            return;
        }
        let line = |line: &Line| CreateOrderLine { item_id: line.item.id, quantity: line.units() };
        create.run(CreateOrder {
            reference: Some(reference.get_untracked().trim().to_owned()).filter(|text| !text.is_empty()),
            lines: untrack(|| lines.with(|lines| lines.iter().map(line).collect())),
        });
    };
    let problem = create.problem();
    let pending = create.pending();
    view! {
        // Without JavaScript every button but the last one submits the form to this page.
        <form
            class="form form--page"
            action="/orders/new"
            on:submit=on_submit(submit)
            on:input=on_input(move |_| unsaved.set(true))
        >
            // Enter presses the first button, which repeats the search and changes nothing.
            <button hidden=true formnovalidate=true></button>
            <Lines lines url />
            <TextField
                id="order-reference"
                name="reference"
                label=texts::reference()
                value=reference
                max_length=100
                hint=texts::reference_hint()
                problem
            />
            <ProblemAlert problem />
            <footer class="form__foot">
                <a class="button" href="/orders">
                    {texts::cancel()}
                </a>
                <button
                    class="button button--primary"
                    type="submit"
                    formmethod="post"
                    formaction="/forms/create_order?in=order"
                    disabled=boxed(empty)
                    aria-disabled=boxed(move || pending.get().then_some("true"))
                >
                    {texts::create_order()}
                </button>
            </footer>
        </form>
    }
}

/// Keeps the lines and the reference in the address of the current history entry.
fn keep_in_address(lines: RwSignal<Vec<Line>>, reference: RwSignal<String>, url: UrlState) {
    let parameters = move || {
        let line = |line: &Line| (format!("{UNITS_PREFIX}{}", line.item.id), line.quantity.get());
        let mut parameters: Vec<_> = lines.with(|lines| lines.iter().map(line).collect());
        parameters.push(("reference".to_owned(), reference.get()));
        parameters
    };
    effect(move |before: Option<Vec<(String, String)>>| {
        let now = parameters();
        let Some(before) = before.filter(|before| *before != now) else { return now };
        let removed = before.iter().filter(|(key, _)| now.iter().all(|(other, _)| other != key));
        let removed = removed.map(|(key, _)| (key.as_str(), ""));
        let kept = now.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        url.set_params(&removed.chain(kept).collect::<Vec<_>>(), true);
        now
    });
}

/// The lines, and the picker that adds one. Picking an item that is already in the list focuses its line.
#[component]
fn Lines(lines: RwSignal<Vec<Line>>, url: UrlState) -> impl IntoView {
    let search = NodeRef::<html::Input>::new();
    let pick = Callback::new(move |item: Item| {
        let id = item.id;
        if !has(lines, id) {
            lines.update(|lines| lines.push(Line { item, quantity: RwSignal::new("1".to_owned()) }));
        }
        request_animation_frame(move || focus_quantity(id));
    });
    let back_to_search = Callback::new(move |()| {
        if let Some(search) = search.get_untracked() {
            _ = search.focus();
        }
    });
    let words = untrack(|| url.get("q")).unwrap_or_default();
    view! {
        <div class="table-box">
            <table class="table">
                <caption class="visually-hidden">{texts::order_lines()}</caption>
                <thead>
                    <tr>
                        <th scope="col">{texts::item()}</th>
                        <th scope="col" class="figure">{texts::available()}</th>
                        <th scope="col" class="figure">{texts::quantity()}</th>
                        <th scope="col"><span class="visually-hidden">{texts::actions()}</span></th>
                    </tr>
                </thead>
                <tbody>
                    <KeyedList
                        each=move || lines.get()
                        key=|line| line.item.id
                        children=move |line| view! { <LineRow line lines back_to_search /> }
                    />
                </tbody>
            </table>
            <Show when=move || lines.with(Vec::is_empty)>
                <p class="table-box__hint">{texts::new_order_empty()}</p>
            </Show>
        </div>
        <ItemPicker
            id="order-item"
            label=texts::add_item()
            pick
            node=search
            autofocus=true
            submitted=("q", words.clone())
        />
        <Matches words lines />
    }
}

fn has(lines: RwSignal<Vec<Line>>, item: i64) -> bool {
    lines.with_untracked(|lines| lines.iter().any(|line| line.item.id == item))
}

/// The search results for browsers without JavaScript: a list with a button to add each item.
#[component]
fn Matches(words: String, lines: RwSignal<Vec<Line>>) -> impl IntoView {
    let searched = !words.is_empty();
    let found = fetch(
        RefetchOn::Catalog,
        || (),
        move |()| {
            let words = words.clone();
            async move {
                match words.is_empty() {
                    true => Ok(Page { items: Vec::new(), next: None }),
                    false => {
                        rpc::list_items(None, Some(words), None, None, None, Some(MATCHES_MAX), None).await
                    }
                }
            }
        },
    );
    let row = |item: Item| {
        view! {
            <li>
                <span>{user_text(item.name.clone())} " " <span class="muted">{texts::units_available(item.quantity)}</span></span>
                <button
                    class="button button--small"
                    name=format!("{UNITS_PREFIX}{}", item.id)
                    value="1"
                    formnovalidate=true
                    aria-label=texts::add_named(&item.name)
                >
                    {texts::add()}
                </button>
            </li>
        }
    };
    let rows = move || {
        let mut found = found.get().and_then(Result::ok).map(|page| page.items).unwrap_or_default();
        found.retain(|item| !has(lines, item.id));
        let none = searched && found.is_empty();
        let none = none.then(|| view! { <li class="muted">{texts::no_other_match()}</li> });
        view! {
            {found.into_iter().map(row).collect_view()}
            {none}
        }
    };
    view! {
        <div class="matches no-script">
            <button class="button" formnovalidate=true>{texts::find_items()}</button>
            <ul>
                <Suspense>{dynamic(rows)}</Suspense>
            </ul>
        </div>
    }
}

fn quantity_id(item: i64) -> String {
    format!("quantity-{item}")
}

fn focus_quantity(item: i64) {
    let input = document().get_element_by_id(&quantity_id(item));
    if let Some(input) =
        input.and_then(|input| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlInputElement>(input).ok())
    {
        _ = input.focus();
        input.select();
    }
}

#[component]
fn LineRow(line: Line, lines: RwSignal<Vec<Line>>, back_to_search: Callback<()>) -> impl IntoView {
    let Line { item, quantity } = line.clone();
    let id = item.id;
    let live = LiveUpdates::expect();
    let available = move || live.quantity(id, item.quantity);
    let node = NodeRef::<html::Input>::new();
    bind_input(node, quantity);
    let short = memo(move || line.units() > i64::from(available()));
    let on_key = move |event: web_sys::KeyboardEvent| {
        // Enter moves on to the next item. Only the button creates the order.
        if event.key() == "Enter" {
            event.prevent_default();
            back_to_search.run(());
        }
    };
    let remove = move |event: web_sys::MouseEvent| {
        event.prevent_default();
        lines.update(|lines| lines.retain(|line| line.item.id != id));
        back_to_search.run(());
    };
    let [inputmode, pattern, title] = FieldKind::Quantity.attributes();
    view! {
        <tr>
            <th scope="row" class="table__row-header">{user_text(item.name.clone())}</th>
            <td class="figure" class:figure--bad=short>{dynamic(move || format_integer(available()))}</td>
            <td class="figure">
                <input
                    id=quantity_id(id)
                    name=format!("{UNITS_PREFIX}{id}")
                    node_ref=node
                    class="input input--figure"
                    type="text"
                    inputmode=inputmode
                    pattern=pattern
                    title=title
                    required=true
                    aria-label=texts::quantity_of(&item.name)
                    value=quantity.get_untracked()
                    on:input=on_input(move |event| quantity.set(event_target_value(&event)))
                    on:keydown=on_keydown(on_key)
                />
            </td>
            <td class="table__actions">
                <button
                    class="button button--icon"
                    name=format!("{UNITS_PREFIX}{id}")
                    value=""
                    formnovalidate=true
                    aria-label=texts::remove_named(&item.name)
                    on:click=on_click(remove)
                >
                    {Icon::Cross.view()}
                </button>
            </td>
        </tr>
    }
}
