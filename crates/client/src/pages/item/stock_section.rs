use crate::action::Action;
use crate::components::cell::{Cell, NoScript, Row, Verb};
use crate::components::dialog::{Dialog, DialogFoot};
use crate::components::empty_state::EmptyState;
use crate::components::field::{self, TextField};
use crate::components::loaded::Loaded;
use crate::components::problem::ProblemAlert;
use crate::components::show::Show;
use crate::components::table::{Column, ColumnKind, Table};
use crate::components::toast::{Done, Toasts};
use crate::components::warehouse_field::WarehouseField;
use crate::event_handlers::on_submit;
use crate::fetch::{Data, Fetched, RefetchOn, fetch};
use crate::href;
use crate::memo::{boxed, derived};
use crate::pages::item::move_dialog::MoveDialog;
use crate::refetch::RefetchTrigger;
use crate::texts;
use crate::url_state::{DIALOG, UrlState, use_url_state};
use api::{AdjustStock, StockAdjusted, StockLevel, Warehouse, rpc};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// An adjustment of a stock level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Adjustment {
    Receive,
    WriteOff,
}

impl Adjustment {
    /// Returns the dialog's name, its title, and the name of the field with the units. The server negates a
    /// field whose name starts with a minus.
    fn names(self) -> [&'static str; 3] {
        match self {
            Self::Receive => ["receive", texts::receive_units(), "delta"],
            Self::WriteOff => ["write-off", texts::write_off_units(), "-delta"],
        }
    }
}

/// An item's stock by warehouse: available, held and sold units.
#[component]
pub fn StockSection(
    /// The item's id.
    id: i64,
    /// The item's stock levels.
    levels: Fetched<Vec<StockLevel>>,
) -> impl IntoView {
    let url = use_url_state();
    // Fetched here and not in the forms: resources must be created in the same order on the server and in the
    // browser, and the forms are built only after the levels have arrived. Fetched only while a form is open.
    let warehouses = fetch(
        RefetchOn::Catalog,
        move || url.get(DIALOG).is_some(),
        |needed| async move { if needed { rpc::list_warehouses().await } else { Ok(Vec::new()) } },
    );
    view! {
        <section class="section" aria-labelledby="item-stock">
            <header class="section__head">
                <h2 id="item-stock">{texts::stock_by_warehouse()}</h2>
                <a class="button" href=boxed(move || url.href(&[("do", "receive")]))>
                    {texts::receive_units()}
                </a>
            </header>
            <Loaded from=levels lines=3 let:levels>
                <Show
                    when=move || levels.with(|levels| !levels.is_empty())
                    fallback=|| {
                        view! {
                            <EmptyState title=texts::not_in_warehouse()>
                                <p>{texts::not_in_warehouse_about()}</p>
                            </EmptyState>
                        }
                    }
                >
                    <LevelTable levels url />
                </Show>
                <AdjustDialog id levels warehouses url adjustment=Adjustment::Receive />
                <AdjustDialog id levels warehouses url adjustment=Adjustment::WriteOff />
                <MoveDialog id levels warehouses url />
            </Loaded>
        </section>
    }
}

fn sum(level: &StockLevel) -> i64 {
    i64::from(level.available) + level.held + level.sold
}

const COLUMNS: [Column; 7] = [
    Column::of(ColumnKind::RowHeader, "", texts::warehouse),
    Column::of(ColumnKind::Figure, "", texts::available),
    Column::of(ColumnKind::Figure, "", texts::held),
    Column::of(ColumnKind::Figure, "", texts::sold),
    Column::of(ColumnKind::Figure, "", texts::on_hand),
    Column::of(ColumnKind::Bar, "share", texts::share),
    Column::of(ColumnKind::Actions, "", texts::actions),
];

const VERBS: &[Verb] = &[Verb::Receive, Verb::WriteOff, Verb::Move];
const DIALOGS: &[&str] = &["receive", "write-off", "move"];

#[component]
fn LevelTable(levels: Data<Vec<StockLevel>>, url: UrlState) -> impl IntoView {
    let rows = move || {
        let levels = levels.get();
        let max = levels.iter().map(sum).max().unwrap_or_default();
        levels.into_iter().map(|level| row(level, max)).collect::<Vec<_>>()
    };
    let on_action = Callback::new(move |(warehouse, verb): (i64, Verb)| {
        let dialog = VERBS.iter().zip(DIALOGS).find(|(known, _)| **known == verb);
        let dialog = dialog.map(|(_, dialog)| format!("{dialog}.{warehouse}")).unwrap_or_default();
        url.set_params(&[(DIALOG, &dialog)], false);
    });
    view! {
        <Table
            name="levels"
            caption=texts::stock_by_warehouse()
            columns=&COLUMNS
            rows=derived(rows)
            on_action
        />
    }
}

fn row(level: StockLevel, max: i64) -> Row {
    let StockLevel { warehouse_id, available, held, sold, on_hand, .. } = level;
    let about = texts::about_warehouse(&level.warehouse_code);
    let cells = vec![
        Cell::RowHeader {
            text: level.warehouse_code,
            href: href::warehouse(warehouse_id),
            note: level.warehouse_name,
        },
        Cell::stock(available),
        Cell::figure(held),
        Cell::figure(sold),
        Cell::figure(on_hand),
        Cell::Bar { parts: [available.into(), held, sold], max },
        Cell::Buttons {
            verbs: VERBS,
            about,
            id: warehouse_id.to_string(),
            no_script: NoScript::OpenDialog(DIALOGS),
        },
    ];
    Row { id: warehouse_id, cells }
}

#[component]
fn AdjustDialog(
    id: i64,
    levels: Data<Vec<StockLevel>>,
    warehouses: Fetched<Vec<Warehouse>>,
    url: UrlState,
    adjustment: Adjustment,
) -> impl IntoView {
    let [dialog, title, _] = adjustment.names();
    let open = url.dialog(dialog);
    view! {
        <Dialog id=dialog title open>
            <AdjustForm id levels warehouses url adjustment open />
        </Dialog>
    }
}

#[component]
fn AdjustForm(
    id: i64,
    levels: Data<Vec<StockLevel>>,
    warehouses: Fetched<Vec<Warehouse>>,
    url: UrlState,
    adjustment: Adjustment,
    open: RwSignal<bool>,
) -> impl IntoView {
    let toasts = Toasts::expect();
    let refetch = RefetchTrigger::expect();
    let warehouse = RwSignal::new(untrack(|| url.dialog_target()));
    let [_, title, field] = adjustment.names();
    let (quantity, reason) = (RwSignal::new(untrack(|| url.dialog_units())), RwSignal::new(String::new()));
    let adjust = Action::new(
        move |change| rpc::adjust_stock(id, change),
        move |done: StockAdjusted| {
            open.try_set(false);
            let units = done.delta.unsigned_abs();
            let (text, reason) = match done.delta {
                ..0 => (texts::written_off(units, done.stock_quantity), texts::undo_written_off()),
                _ => (texts::received(units, done.stock_quantity), texts::undo_received()),
            };
            let undo = move || {
                let back = AdjustStock {
                    warehouse_id: Some(done.warehouse_id),
                    delta: -i64::from(done.delta),
                    reason: reason.to_owned(),
                };
                spawn_local(async move {
                    match rpc::adjust_stock(id, back).await {
                        Ok(undone) => {
                            let text = texts::adjustment_undone(undone.stock_quantity);
                            toasts.show(Done::new(text).about("stock", [id]));
                        }
                        Err(problem) => toasts.problem(problem),
                    }
                    refetch.trigger();
                });
            };
            toasts.show(Done::new(text).about("stock", [id]).undo(undo));
        },
    );
    let delta = move || {
        let quantity = quantity.with(|units| units.parse::<i64>().unwrap_or_default());
        if adjustment == Adjustment::Receive { quantity } else { quantity.saturating_neg() }
    };
    let after = derived(move || levels.with(|levels| level_after(levels, &warehouse.read(), delta())));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        adjust.run(AdjustStock {
            warehouse_id: warehouse.with_untracked(|id| id.parse().ok()),
            delta: untrack(delta),
            reason: reason.get_untracked(),
        });
    };
    let problem = adjust.problem();
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
                    label=texts::units()
                    value=quantity
                    kind=field::FieldKind::Quantity
                    required=true
                    autofocus=true
                    hint=after
                    problem
                />
                <WarehouseField id="adjust-warehouse" label=texts::warehouse() value=warehouse warehouses />
            </div>
            <TextField
                id="adjust-reason"
                name="reason"
                label=texts::reason()
                value=reason
                required=true
                max_length=200
                hint=texts::reason_hint()
                problem
            />
            <ProblemAlert problem />
            <DialogFoot action=adjust label=title />
        </form>
    }
}

/// Describes the level after the adjustment: `Available: 12 → 17`.
fn level_after(levels: &[StockLevel], warehouse: &str, delta: i64) -> String {
    let level = levels.iter().find(|level| level.warehouse_id.to_string() == warehouse);
    let now = level.map(|level| i64::from(level.available)).unwrap_or_default();
    match now.saturating_add(delta) {
        after if after < 0 => texts::only_available(now),
        after => texts::available_after(now, after),
    }
}
