use crate::act::Act;
use crate::components::bar::StockBar;
use crate::components::dialog::{Dialog, DialogFoot};
use crate::components::empty::Empty;
use crate::components::field::{Kind, TextField};
use crate::components::loaded::Loaded;
use crate::components::problem::Refusal;
use crate::components::rows::Rows;
use crate::components::toast::Toasts;
use crate::components::when::When;
use crate::fetch::{Fetched, fetch};
use crate::memo::memo;
use crate::pages::item::form::WarehouseField;
use crate::text::{count, units};
use api::{AdjustStock, StockAdjusted, StockLevel, rpc};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// What is asked of a stock level: units in or units out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Receive,
    WriteOff,
}

impl Way {
    fn label(self) -> &'static str {
        match self {
            Self::Receive => "Receive",
            Self::WriteOff => "Write off",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Receive => "Receive units",
            Self::WriteOff => "Write off units",
        }
    }
}

/// The dialog that receives or writes off units, and the warehouse it was opened for.
#[derive(Clone, Copy)]
struct Adjusting {
    open: RwSignal<bool>,
    way: RwSignal<Way>,
    warehouse: RwSignal<String>,
}

impl Adjusting {
    fn ask(self, way: Way, warehouse: Option<i64>) {
        self.way.set(way);
        self.warehouse.set(warehouse.map(|id| id.to_string()).unwrap_or_default());
        self.open.set(true);
    }
}

/// An item's stock by warehouse: available, held, sold.
#[component]
pub fn Stock(
    /// The item's id.
    id: i64,
    /// Its stock levels.
    levels: Fetched<Vec<StockLevel>>,
) -> impl IntoView {
    let adjusting = Adjusting {
        open: RwSignal::new(false),
        way: RwSignal::new(Way::Receive),
        warehouse: RwSignal::new(String::new()),
    };
    view! {
        <section class="section" aria-labelledby="item-stock">
            <header class="section__head">
                <h2 id="item-stock">"Stock by warehouse"</h2>
                <button
                    class="button"
                    type="button"
                    on:click=move |_| adjusting.ask(Way::Receive, None)
                >
                    "Receive units"
                </button>
            </header>
            <Loaded from=levels lines=3 let:levels>
                <When
                    is=move || levels.with(|levels| !levels.is_empty())
                    fallback=|| {
                        view! {
                            <Empty title="It lies in no warehouse">
                                <p>"Receive units into one, and they can be sold."</p>
                            </Empty>
                        }
                    }
                >
                    <LevelTable levels adjusting />
                </When>
                <AdjustDialog id levels adjusting />
            </Loaded>
        </section>
    }
}

fn sum(level: &StockLevel) -> i64 {
    i64::from(level.available) + level.held + level.sold
}

#[component]
fn LevelTable(levels: Signal<Vec<StockLevel>>, adjusting: Adjusting) -> impl IntoView {
    let largest = memo(move || levels.with(|levels| levels.iter().map(sum).max().unwrap_or_default()));
    view! {
        <div class="table-box">
            <table class="table table--cards">
                <caption class="visually-hidden">"Stock by warehouse"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Warehouse"</th>
                        <th scope="col" class="figure"><i class="key key--available"></i>"Available"</th>
                        <th scope="col" class="figure"><i class="key key--held"></i>"Held"</th>
                        <th scope="col" class="figure"><i class="key key--sold"></i>"Sold"</th>
                        <th scope="col" class="table__bar"><span class="visually-hidden">"Share"</span></th>
                        <th scope="col"><span class="visually-hidden">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody>
                    <Rows
                        each=move || levels.get()
                        key=|level| (level.warehouse_id, level.available, level.held, level.sold)
                        children=move |level| view! { <LevelRow level largest adjusting /> }
                    />
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn LevelRow(level: StockLevel, largest: Memo<i64>, adjusting: Adjusting) -> impl IntoView {
    let StockLevel { warehouse_id, available, held, sold, .. } = level;
    let code = level.warehouse_code;
    let button = |way: Way| {
        view! {
            <button
                class="button button--small"
                type="button"
                aria-label=format!("{} in {code}", way.label())
                on:click=move |_| adjusting.ask(way, Some(warehouse_id))
            >
                {way.label()}
            </button>
        }
    };
    let actions = [button(Way::Receive), button(Way::WriteOff)];
    view! {
        <tr>
            <th scope="row" class="table__lead">
                {code} " " <span class="muted">{level.warehouse_name}</span>
            </th>
            <td data-label="Available" class="figure">{units(available)}</td>
            <td data-label="Held" class="figure">{units(held)}</td>
            <td data-label="Sold" class="figure">{units(sold)}</td>
            <td class="table__bar"><StockBar available=available.into() held sold max=largest /></td>
            <td class="table__actions">{actions.into_iter().collect_view()}</td>
        </tr>
    }
}

#[component]
fn AdjustDialog(id: i64, levels: Signal<Vec<StockLevel>>, adjusting: Adjusting) -> impl IntoView {
    let title = Signal::derive(move || adjusting.way.get().title().to_owned());
    view! {
        <Dialog id="adjust-stock" title open=adjusting.open>
            <AdjustForm id levels adjusting />
        </Dialog>
    }
}

#[component]
fn AdjustForm(id: i64, levels: Signal<Vec<StockLevel>>, adjusting: Adjusting) -> impl IntoView {
    let toasts = Toasts::expect();
    let Adjusting { open, way, warehouse } = adjusting;
    let warehouses = fetch(|| (), |()| rpc::list_warehouses());
    let (quantity, reason) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let adjust = Act::new(
        move |adjustment| rpc::adjust_stock(id, adjustment),
        move |done: StockAdjusted| {
            open.try_set(false);
            let moved = count(done.delta.unsigned_abs(), "unit", "units");
            let verb = if done.delta > 0 { "received" } else { "written off" };
            toasts.done(format!(
                "{moved} {verb}: {} available in this warehouse now.",
                units(done.stock_quantity)
            ));
        },
    );
    let delta = move || {
        let quantity = quantity.with(|units| units.parse::<i64>().unwrap_or_default());
        if way.get() == Way::Receive { quantity } else { -quantity }
    };
    let after = Signal::derive(move || level_after(&levels.read(), &warehouse.read(), delta()));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        adjust.run(AdjustStock {
            warehouse_id: warehouse.with_untracked(|id| id.parse().ok()),
            delta: untrack(delta),
            reason: reason.get_untracked(),
        });
    };
    let problem = adjust.refused();
    view! {
        <form class="form" on:submit=submit>
            <div class="form__pair">
                <TextField
                    id="adjust-quantity"
                    name="delta"
                    label="Units"
                    value=quantity
                    kind=Kind::Quantity
                    required=true
                    autofocus=true
                    hint=after
                    problem
                />
                <WarehouseField id="adjust-warehouse" label="Warehouse" value=warehouse warehouses />
            </div>
            <TextField
                id="adjust-reason"
                name="reason"
                label="Reason"
                value=reason
                required=true
                max_length=200
                hint="Kept in the item's history."
                problem
            />
            <Refusal problem />
            <DialogFoot open act=adjust label=Signal::derive(move || way.get().title().to_owned()) />
        </form>
    }
}

/// What the level will be: `Available: 12 → 17`.
fn level_after(levels: &[StockLevel], warehouse: &str, delta: i64) -> String {
    let level = levels.iter().find(|level| level.warehouse_id.to_string() == warehouse);
    let now = level.map(|level| i64::from(level.available)).unwrap_or_default();
    match now + delta {
        after if after < 0 => format!("Only {} available.", units(now)),
        after => format!("Available: {} → {}", units(now), units(after)),
    }
}
