use crate::components::icon::Icon;
use crate::components::table::Column;
use crate::filters::Filters;
use crate::memo::Look;
use crate::on::{on_change, on_click, on_input, on_submit};
use crate::prefs::Prefs;
use crate::saved::Saved;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// How a list is looked at: which columns, how dense; the view saved under a name; the rows as CSV.
#[component]
pub fn ViewOptions(
    /// The table's name.
    table: &'static str,
    /// Its columns.
    columns: &'static [Column],
    /// The state of its page.
    filters: Filters,
    /// Where its rows are downloaded; empty where they can't be.
    #[prop(into)]
    csv: Signal<String>,
) -> impl IntoView {
    let prefs = Prefs::expect();
    let hidden = prefs.hidden(table);
    let column = move |column: &'static Column| {
        let shown = move || hidden.look(|hidden| !hidden.split(' ').any(|name| name == column.key));
        view! {
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=shown
                    on:change=on_change(move |_| prefs.toggle(table, column.key))
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
                hidden=move || csv.look(String::is_empty)
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
                            prop:checked=move || prefs.dense()
                            on:change=on_change(move |_| prefs.toggle_density())
                        />
                        "Dense rows"
                    </label>
                    <SaveView filters />
                </div>
            </details>
        </div>
    }
}

#[component]
fn SaveView(filters: Filters) -> impl IntoView {
    let saved = Saved::expect();
    let name = RwSignal::new(String::new());
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        let text = name.get_untracked();
        if !text.trim().is_empty() {
            saved.save(&text, untrack(|| filters.href(&[("selected", "")])));
            name.set(String::new());
        }
    };
    let own = move || {
        let path = filters.path();
        let here = |(_, href): &(String, String)| href.split('?').next() == Some(path.as_str());
        saved.all().into_iter().filter(here).map(|view| saved_view(saved, view)).collect_view()
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

fn saved_view(saved: Saved, (name, href): (String, String)) -> AnyView {
    let forget = name.clone();
    view! {
        <li>
            <a href=href>{name.clone()}</a>
            <button
                class="button button--icon"
                type="button"
                aria-label=format!("Forget view {name}")
                on:click=on_click(move |_| saved.forget(&forget))
            >
                {Icon::Cross.view()}
            </button>
        </li>
    }
    .into_any()
}
