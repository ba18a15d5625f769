use crate::act::Act;
use crate::components::cell::{Cell, Plain};
use crate::components::dialog::{Dialog, DialogFoot};
use crate::components::empty::Empty;
use crate::components::field::{self, TextField};
use crate::components::loaded::Loaded;
use crate::components::problem::Refusal;
use crate::components::table::{Column, Kind, Row, Table};
use crate::components::toast::Toasts;
use crate::components::when::When;
use crate::fetch::{About, Changes, Data, Fetched, fetch};
use crate::filters::{DEED, Filters, use_filters};
use crate::href;
use crate::memo::{Look, derived};
use crate::on::on_submit;
use crate::pages::item::form::WarehouseField;
use crate::pages::item::moving::MoveDialog;
use crate::text::{count, units};
use api::{AdjustStock, StockAdjusted, StockLevel, Warehouse, rpc};
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
    /// The deed, its title, and the field that says how many: a minus in front of its name negates.
    fn names(self) -> [&'static str; 3] {
        match self {
            Self::Receive => ["receive", "Receive units", "delta"],
            Self::WriteOff => ["write-off", "Write off units", "-delta"],
        }
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
    // Here, and not in the forms: the order in which resources are made must be the same on the server and in
    // the browser, and the forms are made when the levels have come. Only forms need them.
    let warehouses = fetch(
        About::Rarely,
        move || filters.get(DEED).is_some(),
        |needed| async move { if needed { rpc::list_warehouses().await } else { Ok(Vec::new()) } },
    );
    view! {
        <section class="section" aria-labelledby="item-stock">
            <header class="section__head">
                <h2 id="item-stock">"Stock by warehouse"</h2>
                <a class="button" href=move || filters.href(&[("do", "receive")])>
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
                    <LevelTable levels filters />
                </When>
                <AdjustDialog id levels warehouses filters way=Way::Receive />
                <AdjustDialog id levels warehouses filters way=Way::WriteOff />
                <MoveDialog id levels warehouses filters />
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

const VERBS: &[&str] = &["Receive", "Write off", "Move"];
const DEEDS: &[&str] = &["receive", "write-off", "move"];

#[component]
fn LevelTable(levels: Data<Vec<StockLevel>>, filters: Filters) -> impl IntoView {
    let rows = move || {
        let levels = levels.get();
        let max = levels.iter().map(sum).max().unwrap_or_default();
        levels.into_iter().map(|level| row(level, max)).collect::<Vec<_>>()
    };
    let act = Callback::new(move |(warehouse, verb): (i64, &'static str)| {
        let deed = VERBS.iter().zip(DEEDS).find(|(known, _)| **known == verb);
        let deed = deed.map(|(_, deed)| format!("{deed}.{warehouse}")).unwrap_or_default();
        filters.go(&[(DEED, &deed)], false);
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
        Cell::Buttons { verbs: VERBS, about, id: warehouse_id.to_string(), plain: Plain::Open(DEEDS) },
    ];
    Row { id: warehouse_id, cells }
}

#[component]
fn AdjustDialog(
    id: i64,
    levels: Data<Vec<StockLevel>>,
    warehouses: Fetched<Vec<Warehouse>>,
    filters: Filters,
    way: Way,
) -> impl IntoView {
    let [deed, title, _] = way.names();
    let open = filters.deed(deed);
    view! {
        <Dialog id=deed title open>
            <AdjustForm id levels warehouses filters way open />
        </Dialog>
    }
}

#[component]
fn AdjustForm(
    id: i64,
    levels: Data<Vec<StockLevel>>,
    warehouses: Fetched<Vec<Warehouse>>,
    filters: Filters,
    way: Way,
    open: RwSignal<bool>,
) -> impl IntoView {
    let toasts = Toasts::expect();
    let changes = Changes::expect();
    let warehouse = RwSignal::new(untrack(|| filters.deed_to()));
    let [_, title, field] = way.names();
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
        if way == Way::Receive { quantity } else { quantity.saturating_neg() }
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
                    name=field
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
            <DialogFoot open act=adjust label=title />
        </form>
    }
}

/// What the level will be: `Available: 12 → 17`.
fn level_after(levels: &[StockLevel], warehouse: &str, delta: i64) -> String {
    let level = levels.iter().find(|level| level.warehouse_id.to_string() == warehouse);
    let now = level.map(|level| i64::from(level.available)).unwrap_or_default();
    match now.saturating_add(delta) {
        after if after < 0 => format!("Only {} available.", units(now)),
        after => format!("Available: {} → {}", units(now), units(after)),
    }
}
