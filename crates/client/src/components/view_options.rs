use crate::components::icon::Icon;
use crate::components::table::Column;
use crate::event_handlers::{on_change, on_click, on_input, on_submit};
use crate::preferences::Preferences;
use crate::saved_views::SavedViews;
use crate::url_state::UrlState;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// The options of a list: visible columns, density, saved views, and the download as CSV.
#[component]
pub fn ViewOptions(
    /// The table's name.
    table: &'static str,
    /// The table's columns.
    columns: &'static [Column],
    /// The state of the page.
    url: UrlState,
    /// The address of the CSV download. Empty if there is none.
    #[prop(into)]
    csv: Signal<String>,
) -> impl IntoView {
    let preferences = Preferences::expect();
    let hidden = preferences.hidden(table);
    let column = move |column: &'static Column| {
        let shown = move || hidden.with(|hidden| !hidden.split(' ').any(|name| name == column.key));
        view! {
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=shown
                    on:change=on_change(move |_| preferences.toggle(table, column.key))
                />
                {column.label}
            </label>
        }
    };
    let chosen = columns.iter().filter(|column| !column.key.is_empty()).map(column).collect_view();
    view! {
        <div class="view-options">
            <a
                class="button"
                href=move || csv.get()
                hidden=move || csv.with(String::is_empty)
                rel="external"
                download=""
            >
                "Download CSV"
            </a>
            <details class="menu">
                <summary class="button">"View"</summary>
                <div class="menu__body">
                    <fieldset>
                        <legend>"Columns"</legend>
                        {chosen}
                    </fieldset>
                    <label class="check">
                        <input
                            type="checkbox"
                            prop:checked=move || preferences.dense()
                            on:change=on_change(move |_| preferences.toggle_density())
                        />
                        "Dense rows"
                    </label>
                    <SaveView url />
                </div>
            </details>
        </div>
    }
}

#[component]
fn SaveView(url: UrlState) -> impl IntoView {
    let views = SavedViews::expect();
    let name = RwSignal::new(String::new());
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        let text = name.get_untracked();
        if !text.trim().is_empty() {
            views.save(&text, untrack(|| url.href(&[("selected", "")])));
            name.set(String::new());
        }
    };
    let own = move || {
        let path = url.path();
        let here = |(_, href): &(String, String)| href.split('?').next() == Some(path.as_str());
        views.all().into_iter().filter(here).map(|view| saved_view(views, view)).collect_view()
    };
    view! {
        <form class="menu__save" on:submit=on_submit(save)>
            <label>
                <span>"Save this view as"</span>
                <input
                    class="input"
                    maxlength="60"
                    prop:value=move || name.get()
                    on:input=on_input(move |event| name.set(event_target_value(&event)))
                />
            </label>
            <button class="button">"Save"</button>
        </form>
        <ul class="menu__views">{own}</ul>
    }
}

fn saved_view(views: SavedViews, (name, href): (String, String)) -> AnyView {
    let to_delete = name.clone();
    view! {
        <li>
            <a href=href>{name.clone()}</a>
            <button
                class="button button--icon"
                type="button"
                aria-label=format!("Delete view {name}")
                on:click=on_click(move |_| views.delete(&to_delete))
            >
                {Icon::Cross.view()}
            </button>
        </li>
    }
    .into_any()
}
