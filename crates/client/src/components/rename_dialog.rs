use crate::action::Action;
use crate::components::debounce::Debounce;
use crate::components::dialog::{Dialog, DialogFoot};
use crate::components::field::TextField;
use crate::components::problem::ProblemAlert;
use crate::components::toast::{Done, Toasts};
use crate::event_handlers::on_submit;
use crate::fetch::{RefetchOn, fetch};
use crate::href;
use crate::memo::{boxed, derived, dynamic, effect};
use crate::refetch::RefetchTrigger;
use crate::texts;
use api::{CategoryRenamed, RenameCategory, rpc};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;
use std::time::Duration;

/// The debounce time before the preview is fetched.
const DEBOUNCE: Duration = Duration::from_millis(200);

/// The dialog that renames a category or merges it into another. A preview shows how many items change.
#[component]
pub fn RenameDialog(
    /// Whether the dialog is open.
    open: RwSignal<bool>,
    /// The category's name.
    #[prop(into)]
    category: Signal<String>,
) -> impl IntoView {
    let title = derived(move || texts::rename_title(&category.get()));
    view! {
        <Dialog id="rename-category" title open>
            <RenameForm open category=category.get_untracked() />
        </Dialog>
    }
}

fn rename(
    category: String,
    to: String,
    dry_run: bool,
    if_match: Option<String>,
) -> impl Future<Output = Result<CategoryRenamed, api::Problem>> {
    rpc::rename_category(category, RenameCategory { to, dry_run }, if_match)
}

#[component]
fn RenameForm(open: RwSignal<bool>, category: String) -> impl IntoView {
    let (toasts, refetch) = (Toasts::expect(), RefetchTrigger::expect());
    let navigate = leptos_router::hooks::use_navigate();
    // The undo button outlives this form and everything that the form owns.
    let open_category: Arc<dyn Fn(&str) + Send + Sync> =
        Arc::new(move |name| navigate(&href::category(name), Default::default()));
    let open_category = StoredValue::new(open_category);
    let categories = fetch(RefetchOn::Catalog, || (), |()| rpc::list_categories());
    let to = RwSignal::new(category.clone());
    let form_action = href::with_query("/forms/rename_category", [("in", "rename"), ("category", &category)]);
    let preview = RwSignal::new(None::<CategoryRenamed>);
    let debounce = Debounce::new();
    let from = StoredValue::new(category);
    effect(move |_| {
        let new_name = to.with(|to| to.trim().to_owned());
        debounce.run(DEBOUNCE, move || {
            spawn_local(async move {
                let from = from.try_get_value().unwrap_or_default();
                let renamed = if new_name.is_empty() || new_name == from {
                    None
                } else {
                    rename(from, new_name.clone(), true, None).await.ok()
                };
                if to.try_with_untracked(|to| to.trim() == new_name) == Some(true) {
                    preview.try_set(renamed);
                }
            });
        });
    });
    let action = Action::new(
        move |to| rename(from.get_value(), to, false, None),
        move |done: CategoryRenamed| {
            open.try_set(false);
            let text = texts::renamed(&done.from, &done.to, done.items);
            let Some(open_category) = open_category.try_get_value() else { return toasts.done(text) };
            if done.items_already > 0 {
                // A merge can't be undone: the items' former categories are not stored.
                toasts.done(text);
            } else {
                let (back, open_category) = (done.clone(), open_category.clone());
                let undo = move || {
                    let (back, open_category) = (back.clone(), open_category.clone());
                    spawn_local(async move {
                        // The server refuses the undo if an item has entered or left the category since.
                        match rename(back.to, back.from.clone(), false, back.version).await {
                            Ok(_) => open_category(&back.from),
                            Err(problem) => toasts.problem(problem),
                        }
                        refetch.trigger();
                    });
                };
                // Categories have no ids. A message about one replaces the last one.
                toasts.show(Done::new(text).about("category", [0]).undo(undo));
            }
            open_category(&done.to);
        },
    );
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        action.run(to.with_untracked(|to| to.trim().to_owned()));
    };
    let preview_text = move || {
        preview.get().map(|renamed| match renamed.items_already {
            0 => texts::rename_preview(renamed.items, &renamed.to),
            already => texts::merge_preview(&renamed.to, already, renamed.items),
        })
    };
    let merges =
        move || preview.with(|renamed| renamed.as_ref().is_some_and(|renamed| renamed.items_already > 0));
    let label = derived(move || {
        if merges() { texts::merge_categories() } else { texts::rename_category() }.to_owned()
    });
    let problem = action.problem();
    let names = move || {
        let categories = categories.get().and_then(Result::ok).unwrap_or_default();
        categories.into_iter().map(|one| view! { <option value=one.category></option> }).collect_view()
    };
    view! {
        <form class="form" method="post" action=form_action on:submit=on_submit(submit)>
            <TextField
                id="rename-to"
                name="to"
                label=texts::new_name()
                value=to
                required=true
                autofocus=true
                max_length=100
                suggestions="rename-categories"
                hint=texts::merge_hint()
                problem
            />
            <datalist id="rename-categories">
                <Suspense>{dynamic(names)}</Suspense>
            </datalist>
            <p class="form__about" role="status" hidden=boxed(move || preview.with(Option::is_none))>
                {dynamic(preview_text)}
            </p>
            <ProblemAlert problem />
            <DialogFoot action label />
        </form>
    }
}
