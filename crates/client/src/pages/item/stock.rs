use crate::act::Act;
use crate::components::cell::Cell;
use crate::components::dialog::{Dialog, DialogFoot};
use crate::components::empty::Empty;
use crate::components::field::{self, TextField};
use crate::components::loaded::Loaded;
use crate::components::problem::Refusal;
use crate::components::table::{Column, Kind, Row, Table};
use crate::components::toast::Toasts;
use crate::components::when::When;
use crate::fetch::{About, Changes, Data, Fetched, fetch};
use crate::filters::use_filters;
use crate::href;
use crate::memo::{Look, derived};
use crate::on::{on_click, on_submit};
use crate::pages::item::form::WarehouseField;
use crate::pages::item::moving::MoveDialog;
use crate::text::{count, units};
use api::{AdjustStock, StockAdjusted, StockLevel, rpc};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What is asked of a stock level: units in or units out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Receive,
    WriteOff,
}

impl Way {
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
    /// Whether it is asked where to move units of that warehouse.
    moving: RwSignal<bool>,
}

impl Adjusting {
    fn ask(self, way: Way, warehouse: i64) {
        self.choose(way, Some(warehouse));
        self.open.set(true);
    }

    fn choose(self, way: Way, warehouse: Option<i64>) {
        self.way.set(way);
        self.warehouse.set(warehouse.map(|id| id.to_string()).unwrap_or_default());
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
    let filters = use_filters();
    let adjusting = Adjusting {
        open: filters.deed("receive"),
        way: RwSignal::new(Way::Receive),
        warehouse: RwSignal::new(String::new()),
        moving: RwSignal::new(false),
    };
    view! {
        <section class="section" aria-labelledby="item-stock">
            <header class="section__head">
                <h2 id="item-stock">"Stock by warehouse"</h2>
                <a
                    class="button"
                    href=move || filters.href(&[("do", "receive")])
                    on:click=on_click(move |_| adjusting.choose(Way::Receive, None))
                >
                    "Receive units"
                </a>
            </header>
            <Loaded from=levels lines=3 let:levels>
                <When
                    is=move || levels.look(|levels| !levels.is_empty())
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
                <MoveDialog id levels open=adjusting.moving from=adjusting.warehouse />
            </Loaded>
        </section>
    }
}

fn sum(level: &StockLevel) -> i64 {
    i64::from(level.available) + level.held + level.sold
}

const COLUMNS: [Column; 6] = [
    Column::of(Kind::Lead, "", "Warehouse"),
    Column::of(Kind::Figure, "", "Available"),
    Column::of(Kind::Figure, "", "Held"),
    Column::of(Kind::Figure, "", "Sold"),
    Column::of(Kind::Bar, "share", "Share"),
    Column::of(Kind::Actions, "", "Actions"),
];

#[component]
fn LevelTable(levels: Data<Vec<StockLevel>>, adjusting: Adjusting) -> impl IntoView {
    let rows = move || {
        let levels = levels.get();
        let max = levels.iter().map(sum).max().unwrap_or_default();
        levels.into_iter().map(|level| row(level, max)).collect::<Vec<_>>()
    };
    let act = Callback::new(move |(warehouse, verb): (i64, &'static str)| match verb {
        "Receive" => adjusting.ask(Way::Receive, warehouse),
        "Write off" => adjusting.ask(Way::WriteOff, warehouse),
        _ => {
            adjusting.warehouse.set(warehouse.to_string());
            adjusting.moving.set(true);
        }
    });
    view! {
        <Table
            name="levels"
            caption="Stock by warehouse"
            columns=&COLUMNS
            rows=derived(rows)
            act
        />
    }
}

fn row(level: StockLevel, max: i64) -> Row {
    let StockLevel { warehouse_id, available, held, sold, .. } = level;
    let about = format!("in {}", level.warehouse_code);
    let cells = vec![
        Cell::Lead {
            text: level.warehouse_code,
            href: href::warehouse(warehouse_id),
            note: level.warehouse_name,
        },
        Cell::stock(available),
        Cell::figure(held),
        Cell::figure(sold),
        Cell::Bar { parts: [available.into(), held, sold], max },
        Cell::Buttons { verbs: &["Receive", "Write off", "Move"], about, posts: None },
    ];
    Row { id: warehouse_id, cells }
}

#[component]
fn AdjustDialog(id: i64, levels: Data<Vec<StockLevel>>, adjusting: Adjusting) -> impl IntoView {
    let title = derived(move || adjusting.way.get().title().to_owned());
    view! {
        <Dialog id="adjust-stock" title open=adjusting.open>
            <AdjustForm id levels adjusting />
        </Dialog>
    }
}

#[component]
fn AdjustForm(id: i64, levels: Data<Vec<StockLevel>>, adjusting: Adjusting) -> impl IntoView {
    let toasts = Toasts::expect();
    let changes = Changes::expect();
    let Adjusting { open, way, warehouse, .. } = adjusting;
    let warehouses = fetch(About::Rarely, || (), |()| rpc::list_warehouses());
    let (quantity, reason) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let adjust = Act::new(
        move |adjustment| rpc::adjust_stock(id, adjustment),
        move |done: StockAdjusted| {
            open.try_set(false);
            let moved = count(done.delta.unsigned_abs(), "unit", "units");
            let verb = if done.delta > 0 { "received" } else { "written off" };
            let text =
                format!("{moved} {verb}: {} available in this warehouse now.", units(done.stock_quantity));
            toasts.done_undo(text, move || {
                let back = AdjustStock {
                    warehouse_id: Some(done.warehouse_id),
                    delta: -i64::from(done.delta),
                    reason: format!("Undo: {verb} by mistake"),
                };
                let moved = moved.clone();
                spawn_local(async move {
                    match rpc::adjust_stock(id, back).await {
                        Ok(_) => toasts.done(format!("Undone: {moved} {verb} by mistake.")),
                        Err(problem) => toasts.refused(problem),
                    }
                    changes.mark();
                });
            });
        },
    );
    let delta = move || {
        let quantity = quantity.look(|units| units.parse::<i64>().unwrap_or_default());
        if way.get() == Way::Receive { quantity } else { -quantity }
    };
    let after = derived(move || levels.look(|levels| level_after(levels, &warehouse.read(), delta())));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        adjust.run(AdjustStock {
            warehouse_id: warehouse.glance(|id| id.parse().ok()),
            delta: untrack(delta),
            reason: reason.get_untracked(),
        });
    };
    let problem = adjust.refused();
    view! {
        // Without JavaScript units can only be received: nothing else opens this.
        <form
            class="form"
            method="post"
            action="/forms/adjust_stock?in=adjustment"
            on:submit=on_submit(submit)
        >
            <input type="hidden" name="id" value=id />
            <div class="form__pair">
                <TextField
                    id="adjust-quantity"
                    name="delta"
                    label="Units"
                    value=quantity
                    kind=field::Kind::Quantity
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
            <DialogFoot open act=adjust label=derived(move || way.get().title().to_owned()) />
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
