use crate::act::Act;
use crate::components::dialog::{Dialog, DialogFoot};
use crate::components::field::TextField;
use crate::components::pause::Pause;
use crate::components::problem::Refusal;
use crate::components::toast::Toasts;
use crate::fetch::{About, Changes, fetch};
use crate::href;
use crate::memo::{Look, derived};
use crate::on::on_submit;
use crate::text::count;
use api::{CategoryRenamed, RenameCategory, rpc};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;
use std::time::Duration;

/// How long typing must have paused before it is asked what would change.
const PAUSE: Duration = Duration::from_millis(200);

/// Renames a category, or merges it into another, with a preview of how many items change.
#[component]
pub fn RenameDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The category's name.
    #[prop(into)]
    category: Signal<String>,
) -> impl IntoView {
    let title = derived(move || format!("Rename {}", category.get()));
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
) -> impl Future<Output = Result<CategoryRenamed, api::Problem>> {
    rpc::rename_category(category, RenameCategory { to, dry_run })
}

#[component]
fn RenameForm(open: RwSignal<bool>, category: String) -> impl IntoView {
    let (toasts, changes) = (Toasts::expect(), Changes::expect());
    let navigate = leptos_router::hooks::use_navigate();
    // Undo comes when this form is gone, and all that belongs to it.
    let arrive: Arc<dyn Fn(&str) + Send + Sync> =
        Arc::new(move |name| navigate(&href::category(name), Default::default()));
    let arrive = StoredValue::new(arrive);
    let known = fetch(About::Rarely, || (), |()| rpc::list_categories());
    let to = RwSignal::new(category.clone());
    let action = href::with_query("/forms/rename_category", [("in", "rename"), ("category", &category)]);
    let preview = RwSignal::new(None::<CategoryRenamed>);
    let pause = Pause::new();
    let from = StoredValue::new(category);
    Effect::new(move |_| {
        let wanted = to.look(|to| to.trim().to_owned());
        pause.then(PAUSE, move || {
            spawn_local(async move {
                let from = from.try_get_value().unwrap_or_default();
                let told = if wanted.is_empty() || wanted == from {
                    None
                } else {
                    rename(from, wanted.clone(), true).await.ok()
                };
                if to.try_with_untracked(|to| to.trim() == wanted) == Some(true) {
                    preview.try_set(told);
                }
            });
        });
    });
    let act = Act::new(
        move |to| rename(from.get_value(), to, false),
        move |done: CategoryRenamed| {
            open.try_set(false);
            let moved = count(done.items, "item", "items");
            let text = format!("{} is {} now: {moved} changed.", done.from, done.to);
            let Some(arrive) = arrive.try_get_value() else { return toasts.done(text) };
            if done.items_already > 0 {
                // Which items came from where is not known any more.
                toasts.done(text);
            } else {
                let (back, arrive) = (done.clone(), arrive.clone());
                toasts.done_undo(text, move || {
                    let (back, arrive) = (back.clone(), arrive.clone());
                    spawn_local(async move {
                        match rename(back.to, back.from.clone(), false).await {
                            Ok(_) => arrive(&back.from),
                            Err(problem) => toasts.refused(problem),
                        }
                        changes.mark();
                    });
                });
            }
            arrive(&done.to);
        },
    );
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        act.run(to.glance(|to| to.trim().to_owned()));
    };
    let told = move || {
        preview.get().map(|told| {
            let moved = count(told.items, "item changes its", "items change their");
            match told.items_already {
                0 => format!("{moved} category to {}.", told.to),
                already => format!(
                    "{} exists with {}: the two become one, and that can't be undone. {moved} category.",
                    told.to,
                    count(already, "item", "items"),
                ),
            }
        })
    };
    let merges = move || preview.look(|told| told.as_ref().is_some_and(|told| told.items_already > 0));
    let label = derived(move || if merges() { "Merge categories" } else { "Rename category" }.to_owned());
    let problem = act.refused();
    let names = move || {
        let known = known.get().and_then(Result::ok).unwrap_or_default();
        known.into_iter().map(|one| view! { <option value=one.category></option> }).collect_view()
    };
    view! {
        <form class="form" method="post" action=action on:submit=on_submit(submit)>
            <TextField
                id="rename-to"
                name="to"
                label="New name"
                value=to
                required=true
                autofocus=true
                max_length=100
                suggestions="rename-categories"
                hint=Signal::stored("The name of another category merges the two.".to_owned())
                problem
            />
            <datalist id="rename-categories">
                <Suspense>{names}</Suspense>
            </datalist>
            <p class="form__about" role="status" hidden=move || preview.look(Option::is_none)>
                {told}
            </p>
            <Refusal problem />
            <DialogFoot open act label />
        </form>
    }
}
