use crate::act::Act;
use crate::components::dialog::{Dialog, DialogFoot};
use crate::components::field::{Kind, SelectField, TextField};
use crate::components::problem::Refusal;
use crate::components::toast::Toasts;
use crate::fetch::{Changes, Data, Fetched};
use crate::filters::Filters;
use crate::memo::{Look, derived};
use crate::on::on_submit;
use crate::pages::item::form::warehouse_options;
use crate::text::{count, units};
use api::{MoveStock, StockLevel, StockMoved, Warehouse, rpc};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Moves units of an item from one warehouse to another, with a preview of both levels.
#[component]
pub fn MoveDialog(
    /// The item's id.
    id: i64,
    /// Its stock levels.
    levels: Data<Vec<StockLevel>>,
    /// The warehouses, while a form is open.
    warehouses: Fetched<Vec<Warehouse>>,
    /// The page's address, which says whether it is open, and the id of the warehouse that units are taken from.
    filters: Filters,
) -> impl IntoView {
    let open = filters.deed("move");
    let title =
        move || levels.look(|levels| format!("Move units out of {}", code(levels, &filters.deed_to())));
    view! {
        <Dialog id="move-stock" title=derived(title) open>
            <MoveForm id levels warehouses open from=untrack(|| filters.deed_to()) />
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
) -> impl IntoView {
    let hidden = from.clone();
    let from = StoredValue::new(from);
    let (toasts, changes) = (Toasts::expect(), Changes::expect());
    let [quantity, to, reason] = [(); 3].map(|()| RwSignal::new(String::new()));
    let options = derived(move || {
        let mut options = warehouse_options(warehouses.get().and_then(Result::ok).unwrap_or_default());
        options.retain(|(id, _)| *id != *from.read_value());
        options
    });
    Effect::new(move |_| {
        let first = options.look(|options| options.first().map(|(id, _)| id.clone()));
        if let (true, Some(first)) = (to.look(String::is_empty), first) {
            to.set(first);
        }
    });
    let asked = move || quantity.look(|units| units.parse::<i64>().unwrap_or_default());
    let preview = move || {
        let (there, here) =
            levels.look(|levels| (available(levels, &to.read()), available(levels, &from.read_value())));
        match here.saturating_sub(asked()) {
            left if left < 0 => format!("Only {} available here.", units(here)),
            _ if asked() == 0 => format!("{} available here.", units(here)),
            left => {
                format!(
                    "Here {} → {}, there {} → {}",
                    units(here),
                    units(left),
                    units(there),
                    units(there.saturating_add(asked()))
                )
            }
        }
    };
    let move_back = move |done: StockMoved| {
        let back = MoveStock {
            from_warehouse_id: done.to_warehouse_id,
            to_warehouse_id: done.from_warehouse_id,
            quantity: done.quantity.into(),
            reason: "Undo: moved by mistake".to_owned(),
        };
        spawn_local(async move {
            match rpc::move_stock(id, back).await {
                Ok(_) => toasts.done("Undone: the units are back."),
                Err(problem) => toasts.refused(problem),
            }
            changes.mark();
        });
    };
    let act = Act::new(
        move |movement| rpc::move_stock(id, movement),
        move |done: StockMoved| {
            open.try_set(false);
            let moved = count(done.quantity, "unit", "units");
            let text = format!("{moved} moved: {} available where they went.", units(done.to_available));
            toasts.done_undo(text, move || move_back(done.clone()));
        },
    );
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        act.run(MoveStock {
            from_warehouse_id: from.read_value().parse().unwrap_or_default(),
            to_warehouse_id: to.glance(|id| id.parse().unwrap_or_default()),
            quantity: untrack(asked),
            reason: reason.get_untracked(),
        });
    };
    let problem = act.refused();
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
                    label="Units"
                    value=quantity
                    kind=Kind::Quantity
                    required=true
                    autofocus=true
                    hint=derived(preview)
                    problem
                />
                <Suspense>
                    <SelectField id="move-to" name="toWarehouseId" label="To warehouse" value=to options />
                </Suspense>
            </div>
            <TextField
                id="move-reason"
                name="reason"
                label="Reason"
                value=reason
                required=true
                max_length=200
                hint=Signal::stored("Kept in the item's history.".to_owned())
                problem
            />
            <Refusal problem />
            <DialogFoot open act label="Move units" />
        </form>
    }
}
