use crate::action::Action;
use crate::components::dialog::{Dialog, DialogFoot};
use crate::components::field::{FieldKind, SelectField, TextField};
use crate::components::problem::ProblemAlert;
use crate::components::toast::{Done, Toasts};
use crate::components::warehouse_field::warehouse_options;
use crate::event_handlers::on_submit;
use crate::fetch::{Data, Fetched};
use crate::memo::{derived, effect};
use crate::refetch::RefetchTrigger;
use crate::texts;
use crate::url_state::UrlState;
use api::{MoveStock, StockLevel, StockMoved, Warehouse, rpc};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The dialog that moves units to another warehouse, with a preview of both levels.
#[component]
pub fn MoveDialog(
    /// The item's id.
    id: i64,
    /// The item's stock levels.
    levels: Data<Vec<StockLevel>>,
    /// The warehouses, while a dialog is open.
    warehouses: Fetched<Vec<Warehouse>>,
    /// The state of the page: whether the dialog is open, and the id of the warehouse to take units from.
    url: UrlState,
) -> impl IntoView {
    let open = url.dialog("move");
    let title = move || levels.with(|levels| texts::move_title(&code(levels, &url.dialog_target())));
    view! {
        <Dialog id="move-stock" title=derived(title) open>
            <MoveForm
                id
                levels
                warehouses
                open
                from=untrack(|| url.dialog_target())
                units=untrack(|| url.dialog_units())
            />
        </Dialog>
    }
}

fn level<'a>(levels: &'a [StockLevel], warehouse: &str) -> Option<&'a StockLevel> {
    levels.iter().find(|level| level.warehouse_id.to_string() == warehouse)
}

fn code(levels: &[StockLevel], warehouse: &str) -> String {
    level(levels, warehouse).map(|level| level.warehouse_code.clone()).unwrap_or_default()
}

fn available(levels: &[StockLevel], warehouse: &str) -> i64 {
    level(levels, warehouse).map_or(0, |level| level.available.into())
}

#[component]
fn MoveForm(
    id: i64,
    levels: Data<Vec<StockLevel>>,
    warehouses: Fetched<Vec<Warehouse>>,
    open: RwSignal<bool>,
    from: String,
    units: String,
) -> impl IntoView {
    let hidden = from.clone();
    let from = StoredValue::new(from);
    let (toasts, refetch) = (Toasts::expect(), RefetchTrigger::expect());
    let [quantity, to, reason] = [units, String::new(), String::new()].map(RwSignal::new);
    let options = derived(move || {
        let mut options = warehouse_options(warehouses.get().and_then(Result::ok).unwrap_or_default());
        options.retain(|(id, _)| *id != *from.read_value());
        options
    });
    effect(move |_| {
        let first = options.with(|options| options.first().map(|(id, _)| id.clone()));
        if let (true, Some(first)) = (to.with(String::is_empty), first) {
            to.set(first);
        }
    });
    let requested = move || quantity.with(|units| units.parse::<i64>().unwrap_or_default());
    let preview = move || {
        let (target, source) =
            levels.with(|levels| (available(levels, &to.read()), available(levels, &from.read_value())));
        match source.saturating_sub(requested()) {
            left if left < 0 => texts::only_available_here(source),
            _ if requested() == 0 => texts::here_available(source),
            left => texts::move_preview(source, left, target, target.saturating_add(requested())),
        }
    };
    let move_back = move |done: StockMoved| {
        let back = MoveStock {
            from_warehouse_id: done.to_warehouse_id,
            to_warehouse_id: done.from_warehouse_id,
            quantity: done.quantity.into(),
            reason: texts::undo_move_reason().to_owned(),
        };
        spawn_local(async move {
            match rpc::move_stock(id, back).await {
                Ok(_) => toasts.show(Done::new(texts::move_undone()).about("stock", [id])),
                Err(problem) => toasts.problem(problem),
            }
            refetch.trigger();
        });
    };
    let action = Action::new(
        move |movement| rpc::move_stock(id, movement),
        move |done: StockMoved| {
            open.try_set(false);
            let known = untrack(|| warehouses.get()).and_then(Result::ok).unwrap_or_default();
            let target = known.into_iter().find(|warehouse| warehouse.id == done.to_warehouse_id);
            let code = target.map(|warehouse| warehouse.code).unwrap_or_default();
            let text = texts::moved(done.quantity, &code, done.to_available);
            let undo = move || move_back(done.clone());
            toasts.show(Done::new(text).about("stock", [id]).undo(undo));
        },
    );
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        action.run(MoveStock {
            from_warehouse_id: from.read_value().parse().unwrap_or_default(),
            to_warehouse_id: to.with_untracked(|id| id.parse().unwrap_or_default()),
            quantity: untrack(requested),
            reason: reason.get_untracked(),
        });
    };
    let problem = action.problem();
    view! {
        <form
            class="form"
            method="post"
            action="/forms/move_stock?in=movement"
            on:submit=on_submit(submit)
        >
            <input type="hidden" name="id" value=id />
            <input type="hidden" name="fromWarehouseId" value=hidden />
            <div class="form__pair">
                <TextField
                    id="move-quantity"
                    name="quantity"
                    label=texts::units()
                    value=quantity
                    kind=FieldKind::Quantity
                    required=true
                    autofocus=true
                    hint=derived(preview)
                    problem
                />
                <Suspense>
                    <SelectField id="move-to" name="toWarehouseId" label=texts::to_warehouse() value=to options />
                </Suspense>
            </div>
            <TextField
                id="move-reason"
                name="reason"
                label=texts::reason()
                value=reason
                required=true
                max_length=200
                hint=texts::reason_hint()
                problem
            />
            <ProblemAlert problem />
            <DialogFoot action label=texts::move_units() />
        </form>
    }
}
