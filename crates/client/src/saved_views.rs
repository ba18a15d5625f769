//! The saved views of a list, which all people see: tabs above the list, and the form that saves one.

use crate::action::Action;
use crate::components::icon::Icon;
use crate::components::problem::ProblemAlert;
use crate::event_handlers::{on_click, on_input, on_submit};
use crate::fetch::{Fetched, RefetchOn, fetch};
use crate::memo::{boxed, dynamic};
use crate::texts;
use crate::url_state::UrlState;
use api::{SavedView, rpc};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// The most characters of a name.
const NAME_CHARS_MAX: &str = "60";

/// Fetches the views of all lists.
pub fn fetch_views() -> Fetched<Vec<SavedView>> {
    fetch(RefetchOn::Catalog, || (), |()| rpc::list_views())
}

/// Returns the address of a view.
pub fn view_href(view: &SavedView) -> String {
    format!("/{}?{}", view.list, view.query)
}

/// Returns the views of a list. Tracks them.
fn of_list(views: Fetched<Vec<SavedView>>, list: &'static str) -> Vec<SavedView> {
    let mut views = views.get().and_then(Result::ok).unwrap_or_default();
    views.retain(|view| view.list == list);
    views
}

/// The views of a list as links.
#[component]
pub fn ViewTabs(
    /// The views of all lists.
    views: Fetched<Vec<SavedView>>,
    /// The list.
    list: &'static str,
    /// The state of the page.
    url: UrlState,
) -> impl IntoView {
    let tab = move |view: SavedView| {
        let href = view_href(&view);
        let is_current = move || (url.view_query() == view.query).then_some("true");
        view! {
            <li>
                <a href=href aria-current=boxed(is_current)>
                    {view.name}
                </a>
            </li>
        }
    };
    let tabs = move || {
        let views = of_list(views, list);
        (!views.is_empty()).then(|| {
            view! {
                <nav class="tabs tabs--views" aria-label=texts::saved_views()>
                    <ul>{views.into_iter().map(tab).collect_view()}</ul>
                </nav>
            }
        })
    };
    view! { <Transition>{dynamic(tabs)}</Transition> }
}

/// The form that saves the present view, and the views with buttons that rename and delete them.
#[component]
pub fn SaveView(
    /// The views of all lists.
    views: Fetched<Vec<SavedView>>,
    /// The list.
    list: &'static str,
    /// The state of the page.
    url: UrlState,
) -> impl IntoView {
    let (name, renamed) = (RwSignal::new(String::new()), RwSignal::new(None::<i64>));
    let done = move |_: SavedView| {
        name.set(String::new());
        renamed.set(None);
    };
    let save = Action::new(
        move |(id, name, query): (Option<i64>, String, String)| async move {
            match id {
                Some(id) => rpc::rename_view(id, name).await,
                None => rpc::save_view(list.to_owned(), name, query).await,
            }
        },
        done,
    );
    let delete = Action::new(rpc::delete_view, |()| ());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        save.run((renamed.get_untracked(), name.get_untracked(), untrack(|| url.view_query())));
    };
    let row = move |view: SavedView| {
        let (id, text) = (view.id, view.name.clone());
        let rename = move |_| {
            renamed.set(Some(id));
            name.set(text.clone());
        };
        view! {
            <li>
                <a href=view_href(&view)>{view.name.clone()}</a>
                <button class="button button--small" type="button" on:click=on_click(rename)>
                    {texts::rename()}
                </button>
                <button
                    class="button button--icon"
                    type="button"
                    aria-label=texts::delete_view(&view.name)
                    on:click=on_click(move |_| delete.run(id))
                >
                    {Icon::Cross.view()}
                </button>
            </li>
        }
    };
    let label = move || if renamed.get().is_some() { texts::rename_view_to() } else { texts::save_view_as() };
    view! {
        <form class="menu__save" on:submit=on_submit(submit)>
            <label>
                <span>{dynamic(label)}</span>
                <input
                    class="input"
                    maxlength=NAME_CHARS_MAX
                    required=true
                    prop:value=boxed(move || name.get())
                    on:input=on_input(move |event| name.set(event_target_value(&event)))
                />
            </label>
            <button class="button">{texts::save()}</button>
        </form>
        <ProblemAlert problem=save.problem() />
        <ProblemAlert problem=delete.problem() />
        <ul class="menu__views">
            <Transition>{dynamic(move || of_list(views, list).into_iter().map(row).collect_view())}</Transition>
        </ul>
    }
}
