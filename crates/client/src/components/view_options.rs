use crate::components::table::Column;
use crate::event_handlers::on_change;
use crate::fetch::Fetched;
use crate::memo::boxed;
use crate::preferences::Preferences;
use crate::saved_views::SaveView;
use crate::texts;
use crate::url_state::UrlState;
use api::SavedView;
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
    /// The saved views of all lists.
    views: Fetched<Vec<SavedView>>,
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
                    prop:checked=boxed(shown)
                    on:change=on_change(move |_| preferences.toggle(table, column.key))
                />
                {(column.label)()}
            </label>
        }
    };
    let chosen = columns.iter().filter(|column| !column.key.is_empty()).map(column).collect_view();
    view! {
        <div class="view-options">
            <a
                class="button"
                href=boxed(move || csv.get())
                hidden=boxed(move || csv.with(String::is_empty))
                rel="external"
                download=""
            >
                {texts::download_csv()}
            </a>
            <details class="menu">
                <summary class="button">{texts::view()}</summary>
                <div class="menu__body">
                    <fieldset>
                        <legend>{texts::columns()}</legend>
                        {chosen}
                    </fieldset>
                    <label class="check">
                        <input
                            type="checkbox"
                            prop:checked=boxed(move || preferences.dense())
                            on:change=on_change(move |_| preferences.toggle_density())
                        />
                        {texts::dense_rows()}
                    </label>
                    <SaveView views list=table url />
                </div>
            </details>
        </div>
    }
}
