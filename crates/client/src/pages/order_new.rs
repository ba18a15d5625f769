use crate::act::Act;
use crate::components::field::{TextField, bind};
use crate::components::icon::Icon;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::picker::ItemPicker;
use crate::components::problem::Refusal;
use crate::components::rows::Rows;
use crate::components::toast::Toasts;
use crate::components::when::When;
use crate::fetch::{About, Changes, fetch};
use crate::filters::{Filters, use_filters};
use crate::href;
use crate::memo::{Change, Look, memo};
use crate::on::{on_click, on_input, on_keydown, on_submit};
use crate::pages::orders::size;
use crate::text::units;
use api::{CreateOrder, CreateOrderLine, Item, Order, Page, Problem, rpc};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;

/// What the name of a field begins with that says how many units of an item there are to be, and ends with its
/// id. The server reads it as a line of an order.
const UNITS: &str = "units-";

/// The status of an answer about something that is not there.
const NOT_FOUND: u16 = 404;

/// Lines that are taken out of an address: as many as an order may have.
const LINES_MAX: usize = 1_000;

/// How many items are found without JavaScript.
const OFFERED: i64 = 20;

/// A line of the order being written.
#[derive(Clone)]
struct Line {
    item: Item,
    quantity: RwSignal<String>,
}

impl Line {
    fn units(&self) -> i64 {
        self.quantity.look(|units| units.parse().unwrap_or_default())
    }
}

/// Creates an order: items are searched as one types, each pick is a line. Without JavaScript the lines are
/// in the address: `?units-12=3&q=lamp` has three units of item 12, and looks for lamps to add.
#[component]
pub fn NewOrderPage() -> impl IntoView {
    let filters = use_filters();
    let asked = StoredValue::new(untrack(|| filters.numbers(UNITS)));
    let items = fetch(About::Rarely, || (), move |()| named(asked.get_value()));
    view! {
        <PageHead title="New order" up=("/orders", "Orders") />
        <Loaded from=items lines=3 let:items>
            <OrderForm lines=RwSignal::new(lines(items.get_untracked(), &asked.read_value())) filters />
        </Loaded>
    }
}

/// The items that lines name; those that are gone are left out.
async fn named(asked: Vec<(i64, String)>) -> Result<Vec<Item>, Problem> {
    let mut items = Vec::new();
    for (id, _) in asked.into_iter().take(LINES_MAX) {
        match rpc::get_item(id).await {
            Ok(item) => items.push(item),
            Err(problem) if problem.status == NOT_FOUND => {}
            Err(problem) => return Err(problem),
        }
    }
    Ok(items)
}

fn lines(items: Vec<Item>, asked: &[(i64, String)]) -> Vec<Line> {
    let line = |item: Item| {
        let units = asked.iter().find(|(id, _)| *id == item.id).map(|(_, units)| units.clone());
        Line { quantity: RwSignal::new(units.unwrap_or_default()), item }
    };
    items.into_iter().map(line).collect()
}

#[component]
fn OrderForm(lines: RwSignal<Vec<Line>>, filters: Filters) -> impl IntoView {
    let (toasts, changes) = (Toasts::expect(), Changes::expect());
    let navigate = use_navigate();
    let arrive = Callback::new(move |href: String| navigate(&href, Default::default()));
    let reference = RwSignal::new(untrack(|| filters.get("reference")).unwrap_or_default());
    let create = Act::new(rpc::create_order, move |order: Order| {
        let text = format!("Order {} is created: {}. Allocate it to take its units.", order.id, size(&order));
        toasts.done_undo(text, move || {
            spawn_local(async move {
                match rpc::cancel_order(order.id).await {
                    Ok(_) => toasts.done(format!("Order {} is cancelled.", order.id)),
                    Err(problem) => toasts.refused(problem),
                }
                changes.mark();
            });
        });
        arrive.run(href::order(order.id));
    });
    let empty = move || lines.look(Vec::is_empty);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if untrack(empty) {
            return;
        }
        let line = |line: &Line| CreateOrderLine { item_id: line.item.id, quantity: line.units() };
        create.run(CreateOrder {
            reference: Some(reference.get_untracked().trim().to_owned()).filter(|text| !text.is_empty()),
            lines: untrack(|| lines.look(|lines| lines.iter().map(line).collect())),
        });
    };
    let problem = create.refused();
    let pending = create.pending();
    view! {
        // Sent without JavaScript it leads back to this page, except by its last button.
        <form class="form form--page" action="/orders/new" on:submit=on_submit(submit)>
            // The first button is what Enter stands for: it looks for the words, and changes nothing.
            <button hidden=true formnovalidate=true></button>
            <Lines lines filters />
            <TextField
                id="order-reference"
                name="reference"
                label="Reference"
                value=reference
                max_length=100
                hint="The shop's own name for the order."
                problem
            />
            <Refusal problem />
            <footer class="form__foot">
                <a class="button" href="/orders">
                    "Cancel"
                </a>
                <button
                    class="button button--primary"
                    type="submit"
                    formmethod="post"
                    formaction="/forms/create_order?in=order"
                    disabled=empty
                    aria-disabled=move || pending.get().then_some("true")
                >
                    "Create order"
                </button>
            </footer>
        </form>
    }
}

/// The lines, and the picker that adds one. Picking an item again focuses its line.
#[component]
fn Lines(lines: RwSignal<Vec<Line>>, filters: Filters) -> impl IntoView {
    let search = NodeRef::<html::Input>::new();
    let pick = Callback::new(move |item: Item| {
        let id = item.id;
        if !has(lines, id) {
            lines.change(|lines| lines.push(Line { item, quantity: RwSignal::new("1".to_owned()) }));
        }
        request_animation_frame(move || focus_quantity(id));
    });
    let back_to_search = Callback::new(move |()| {
        if let Some(search) = search.get_untracked() {
            _ = search.focus();
        }
    });
    let words = untrack(|| filters.get("q")).unwrap_or_default();
    view! {
        <div class="table-box">
            <table class="table">
                <caption class="visually-hidden">"Lines of the order"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Item"</th>
                        <th scope="col" class="figure">"Available"</th>
                        <th scope="col" class="figure">"Quantity"</th>
                        <th scope="col"><span class="visually-hidden">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody>
                    <Rows
                        each=move || lines.get()
                        key=|line| line.item.id
                        children=move |line| view! { <LineRow line lines back_to_search /> }
                    />
                </tbody>
            </table>
            <When is=move || lines.look(Vec::is_empty)>
                <p class="table-box__hint">"No lines yet. Find the first item below."</p>
            </When>
        </div>
        <ItemPicker
            id="order-item"
            label="Add an item"
            pick
            node=search
            autofocus=true
            sent=("q", words.clone())
        />
        <Matches words lines />
    }
}

fn has(lines: RwSignal<Vec<Line>>, item: i64) -> bool {
    lines.glance(|lines| lines.iter().any(|line| line.item.id == item))
}

/// What the picker offers, for browsers without JavaScript: a list with a button to add each.
#[component]
fn Matches(words: String, lines: RwSignal<Vec<Line>>) -> impl IntoView {
    let looked_for = !words.is_empty();
    let found = fetch(
        About::Rarely,
        || (),
        move |()| {
            let words = words.clone();
            async move {
                match words.is_empty() {
                    true => Ok(Page { items: Vec::new(), next: None }),
                    false => rpc::list_items(None, Some(words), None, None, None, Some(OFFERED), None).await,
                }
            }
        },
    );
    let row = |item: Item| {
        view! {
            <li>
                <span>{item.name.clone()} " " <span class="muted">{units(item.quantity)} " available"</span></span>
                <button
                    class="button button--small"
                    name=format!("{UNITS}{}", item.id)
                    value="1"
                    formnovalidate=true
                    aria-label=format!("Add {}", item.name)
                >
                    "Add"
                </button>
            </li>
        }
    };
    let rows = move || {
        let mut found = found.get().and_then(Result::ok).map(|page| page.items).unwrap_or_default();
        found.retain(|item| !has(lines, item.id));
        let none = looked_for && found.is_empty();
        let none =
            none.then(|| view! { <li class="muted">"No other item has these words in its name."</li> });
        view! {
            {found.into_iter().map(row).collect_view()}
            {none}
        }
    };
    view! {
        <div class="matches without-script">
            <button class="button" formnovalidate=true>"Find items"</button>
            <ul>
                <Suspense>{rows}</Suspense>
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
    let (id, available) = (item.id, item.quantity);
    let node = NodeRef::<html::Input>::new();
    bind(node, quantity);
    let short = memo(move || line.units() > i64::from(available));
    let on_key = move |event: web_sys::KeyboardEvent| {
        // Enter goes on to the next item; the order is created by its button.
        if event.key() == "Enter" {
            event.prevent_default();
            back_to_search.run(());
        }
    };
    let remove = move |event: web_sys::MouseEvent| {
        event.prevent_default();
        lines.change(|lines| lines.retain(|line| line.item.id != id));
        back_to_search.run(());
    };
    view! {
        <tr>
            <th scope="row" class="table__lead">{item.name.clone()}</th>
            <td class="figure" class:figure--out=short>{units(available)}</td>
            <td class="figure">
                <input
                    id=quantity_id(id)
                    name=format!("{UNITS}{id}")
                    node_ref=node
                    class="input input--figure"
                    type="number"
                    inputmode="numeric"
                    min="1"
                    max="2147483647"
                    step="1"
                    required=true
                    aria-label=format!("Quantity of {}", item.name)
                    value=quantity.get_untracked()
                    on:input=on_input(move |event| quantity.set(event_target_value(&event)))
                    on:keydown=on_keydown(on_key)
                />
            </td>
            <td class="table__actions">
                <button
                    class="button button--icon"
                    name=format!("{UNITS}{id}")
                    value=""
                    formnovalidate=true
                    aria-label=format!("Remove {}", item.name)
                    on:click=on_click(remove)
                >
                    {Icon::Cross.view()}
                </button>
            </td>
        </tr>
    }
}
