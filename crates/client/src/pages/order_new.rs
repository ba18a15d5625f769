use crate::act::Act;
use crate::components::field::TextField;
use crate::components::icon::Icon;
use crate::components::page_head::PageHead;
use crate::components::picker::ItemPicker;
use crate::components::problem::Refusal;
use crate::components::rows::Rows;
use crate::components::toast::Toasts;
use crate::components::when::When;
use crate::fetch::Changes;
use crate::href;
use crate::memo::{Change, Look, memo};
use crate::on::{on_click, on_input, on_keydown, on_submit};
use crate::pages::orders::size;
use crate::text::units;
use api::{CreateOrder, CreateOrderLine, Item, Order, rpc};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;

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

/// Creates an order: items are searched as one types, each pick is a line.
#[component]
pub fn NewOrderPage() -> impl IntoView {
    let (toasts, changes) = (Toasts::expect(), Changes::expect());
    let navigate = use_navigate();
    let arrive = Callback::new(move |href: String| navigate(&href, Default::default()));
    let lines = RwSignal::new(Vec::<Line>::new());
    let reference = RwSignal::new(String::new());
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
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let line = |line: &Line| CreateOrderLine { item_id: line.item.id, quantity: line.units() };
        create.run(CreateOrder {
            reference: Some(reference.get_untracked().trim().to_owned()).filter(|text| !text.is_empty()),
            lines: untrack(|| lines.look(|lines| lines.iter().map(line).collect())),
        });
    };
    let problem = create.refused();
    let pending = create.pending();
    view! {
        <PageHead title="New order" up=("/orders", "Orders") />
        <form class="form form--page" on:submit=on_submit(submit)>
            <Lines lines />
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
                    disabled=move || lines.look(Vec::is_empty)
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
fn Lines(lines: RwSignal<Vec<Line>>) -> impl IntoView {
    let search = NodeRef::<html::Input>::new();
    let pick = Callback::new(move |item: Item| {
        let id = item.id;
        if !lines.glance(|lines| lines.iter().any(|line| line.item.id == id)) {
            lines.change(|lines| lines.push(Line { item, quantity: RwSignal::new("1".to_owned()) }));
        }
        request_animation_frame(move || focus_quantity(id));
    });
    let back_to_search = Callback::new(move |()| {
        if let Some(search) = search.get_untracked() {
            _ = search.focus();
        }
    });
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
        <ItemPicker id="order-item" label="Add an item" pick node=search autofocus=true />
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
    let short = memo(move || line.units() > i64::from(available));
    let on_key = move |event: web_sys::KeyboardEvent| {
        // Enter goes on to the next item; the order is created by its button.
        if event.key() == "Enter" {
            event.prevent_default();
            back_to_search.run(());
        }
    };
    let remove = move |_| {
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
                    class="input input--figure"
                    type="number"
                    inputmode="numeric"
                    min="1"
                    max="2147483647"
                    step="1"
                    required=true
                    aria-label=format!("Quantity of {}", item.name)
                    prop:value=move || quantity.get()
                    on:input=on_input(move |event| quantity.set(event_target_value(&event)))
                    on:keydown=on_keydown(on_key)
                />
            </td>
            <td class="table__actions">
                <button
                    class="button button--icon"
                    type="button"
                    aria-label=format!("Remove {}", item.name)
                    on:click=on_click(remove)
                >
                    {Icon::Cross.view()}
                </button>
            </td>
        </tr>
    }
}
