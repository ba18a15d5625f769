use crate::components::cell::{Cell, Row, Verb};
use crate::components::list_hold::{Arranged, ListHold, Listed, ShownRow};
use crate::components::sort_header::SortHeader;
use crate::event_handlers::{on_change, on_click};
use crate::live_updates::LiveUpdates;
use crate::memo::{boxed, dynamic, effect};
use crate::preferences::Preferences;
use crate::refetch::RefetchTrigger;
use crate::selection::Selection;
use crate::texts;
use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use std::collections::HashMap;

/// The kind of content in a column; it determines the layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text.
    Text,
    /// The name of the row.
    RowHeader,
    /// Right-aligned numbers.
    Figure,
    /// A bar.
    Bar,
    /// Long text. On a phone it takes a line of its own.
    #[cfg_attr(not(feature = "ssr"), expect(dead_code, reason = "only pages of the server have it"))]
    LongText,
    /// Action buttons.
    Actions,
}

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// The key in the column chooser. A column with an empty key can't be hidden.
    pub key: &'static str,
    /// Returns the header in the person's language.
    pub label: fn() -> &'static str,
    /// The kind of content.
    pub kind: ColumnKind,
    /// The values of the parameter `sort`, each with its `aria-sort` value. The first click selects the first.
    pub orders: &'static [(&'static str, &'static str)],
    /// The filter that the list must have for these orders: a parameter and its value; empty without one.
    pub among: (&'static str, &'static str),
    /// Whether the column is hidden first on narrow screens.
    pub minor: bool,
}

impl Column {
    /// Creates a column of text.
    pub const fn text(key: &'static str, label: fn() -> &'static str) -> Self {
        Self { key, label, kind: ColumnKind::Text, orders: &[], among: ("", ""), minor: false }
    }

    /// Creates a column of another kind.
    pub const fn of(kind: ColumnKind, key: &'static str, label: fn() -> &'static str) -> Self {
        Self { kind, ..Self::text(key, label) }
    }

    /// Makes the column sortable.
    pub const fn sorted(self, orders: &'static [(&'static str, &'static str)]) -> Self {
        Self { orders, ..self }
    }

    /// Makes the column sortable only in a list with this filter. Its header leads to this list.
    pub const fn sorted_among(self, among: (&'static str, &'static str)) -> Self {
        Self { among, ..self }
    }

    /// Hides the column first on narrow screens.
    pub const fn minor(self) -> Self {
        Self { minor: true, ..self }
    }

    /// Returns the CSS classes of the column.
    pub fn class(&self) -> String {
        let kind = match self.kind {
            ColumnKind::Text => "",
            ColumnKind::RowHeader => "table__row-header",
            ColumnKind::Figure => "figure",
            ColumnKind::Bar => "table__bar",
            ColumnKind::LongText => "table__long-text",
            ColumnKind::Actions => "table__actions",
        };
        let minor = if self.minor { " table__minor" } else { "" };
        let column = if self.key.is_empty() { String::new() } else { format!(" col-{}", self.key) };
        format!("{kind}{minor}{column}")
    }
}

/// The id of the form that the checkboxes of the rows belong to.
pub const SELECTION_FORM: &str = "selected-rows";

/// The table of all lists. Rows stay in place, with their focus, while their cells change. A cell with a new
/// value is highlighted for a moment. While the pointer or the focus is in the list or rows are selected, new rows wait behind
/// a button, and rows that leave the list stay, dimmed.
#[component]
pub fn Table(
    /// The table's name in the preferences.
    name: &'static str,
    /// The table's name for screen readers.
    caption: &'static str,
    /// The columns.
    columns: &'static [Column],
    /// The rows.
    #[prop(into)]
    rows: Signal<Vec<Row>>,
    /// The value of `sort` that applies without the parameter.
    #[prop(default = "")]
    default_sort: &'static str,
    /// The selected rows, if rows can be selected.
    #[prop(optional)]
    selection: Option<Selection>,
    /// Called with the row's id and the action of the clicked button.
    #[prop(optional)]
    on_action: Option<Callback<(i64, Verb)>>,
    /// The totals row: a cell for each column.
    #[prop(optional, into)]
    foot: Option<Signal<Vec<Cell>>>,
    /// The hold of the list, if the page needs it too.
    #[prop(optional)]
    hold: Option<ListHold>,
) -> impl IntoView {
    let hold = hold.unwrap_or_else(ListHold::new);
    let arranged = hold.arrange(rows, move |id| selection.is_some_and(|selection| selection.has(id)));
    become_current_on_changes(hold);
    let body = NodeRef::<html::Tbody>::new();
    hold.watch(body);
    let cards =
        columns.iter().any(|column| matches!(column.kind, ColumnKind::LongText | ColumnKind::Actions));
    let hidden = Preferences::expect().hidden(name);
    // Signals without an owner live as long as their rows. The owner would be one run of the list.
    let rows_by_id = StoredValue::new(HashMap::<i64, ArcRwSignal<ShownRow>>::new());
    let ids = move || {
        arranged.with(|Arranged { shown, .. }| {
            let ids = shown.iter().map(|shown| shown.row.id).collect::<Vec<_>>();
            rows_by_id.update_value(|rows_by_id| {
                rows_by_id.retain(|id, _| ids.contains(id));
                for row in shown {
                    match rows_by_id.get(&row.row.id) {
                        Some(signal) if signal.with_untracked(|before| before == row) => {}
                        Some(signal) => signal.set(row.clone()),
                        None => _ = rows_by_id.insert(row.row.id, ArcRwSignal::new(row.clone())),
                    }
                }
            });
            ids
        })
    };
    let row = move |id: i64| {
        rows_by_id
            .with_value(|rows_by_id| rows_by_id.get(&id).cloned())
            .map(|row| view! { <TableRow name columns id row selection on_action /> })
    };
    let head = columns.iter().map(|column| head(column, default_sort)).collect_view();
    let check_all = selection.map(|selection| {
        let ids = move || arranged.with(Arranged::listed_ids);
        view! {
            <th scope="col" class="table__check">
                <input
                    type="checkbox"
                    aria-label=texts::select_page()
                    prop:checked=boxed(move || selection.has_all(&ids()))
                    on:change=on_change(move |_| selection.toggle_all(&untrack(ids)))
                />
            </th>
        }
    });
    let foot = foot.map(|foot| {
        let cells = move || foot_cells(foot.get(), columns);
        view! {
            <tfoot>
                <tr>{selection.map(|_| view! { <td></td> })} {dynamic(cells)}</tr>
            </tfoot>
        }
    });
    view! {
        <NewRows hold arranged />
        <div class="table-box" data-hidden=boxed(move || hidden.get())>
            <table class="table" class:table--cards=cards>
                <caption class="visually-hidden">{caption}</caption>
                <thead>
                    <tr>{check_all} {head}</tr>
                </thead>
                <tbody node_ref=body on:pointerover=on_pointer(hold) on:focusin=on_focus(hold)>
                    <For each=ids key=|id| *id children=row />
                </tbody>
                {foot}
            </table>
        </div>
    }
}

fn on_pointer(hold: ListHold) -> impl FnMut(web_sys::PointerEvent) {
    move |_| hold.enter()
}

fn on_focus(hold: ListHold) -> impl FnMut(web_sys::FocusEvent) {
    move |_| hold.enter()
}

/// Shows all rows after a change of the address, apart from the selection and the open dialog, and after an action whose
/// result may be a new row.
fn become_current_on_changes(hold: ListHold) {
    let (location, refetch) = (use_location(), RefetchTrigger::expect());
    let address = move || {
        let search = location.search.get();
        let is_filter = |pair: &&str| !pair.starts_with("selected=") && !pair.starts_with("do=");
        let filters = search.trim_start_matches('?').split('&').filter(is_filter);
        filters.fold(location.pathname.get(), |address, pair| address + "&" + pair)
    };
    effect(move |before: Option<(String, u64)>| {
        let now = (address(), refetch.created());
        match before {
            Some((address, _)) if address != now.0 => hold.show_other(),
            Some((_, created)) if created != now.1 => hold.show_all(),
            _ => {}
        }
        now
    });
}

/// The button that shows the new rows of a list that is held still.
#[component]
fn NewRows(hold: ListHold, arranged: Signal<Arranged>) -> impl IntoView {
    let waiting = crate::memo::memo(move || hold.waiting(arranged));
    let button = move || {
        let (waiting, may_be_more) = Some(waiting.get()).filter(|(waiting, _)| *waiting > 0)?;
        let more = if may_be_more { "+" } else { "" };
        Some(view! {
            <button
                class="button button--small button--primary"
                type="button"
                on:click=on_click(move |_| hold.show_all())
            >
                {texts::new_rows_show(waiting as i64, more)}
            </button>
        })
    };
    view! { <p class="new-rows" role="status">{dynamic(button)}</p> }
}

fn head(column: &'static Column, default: &'static str) -> AnyView {
    let class = column.class();
    if !column.orders.is_empty() {
        return view! { <SortHeader label=(column.label)() orders=column.orders among=column.among default class /> }.into_any();
    }
    let hidden_label = matches!(column.kind, ColumnKind::Bar | ColumnKind::Actions);
    view! {
        <th scope="col" class=class>
            <span class:visually-hidden=hidden_label>{(column.label)()}</span>
        </th>
    }
    .into_any()
}

fn foot_cells(cells: Vec<Cell>, columns: &'static [Column]) -> Vec<AnyView> {
    let cell = |(cell, column): (Cell, &Column)| {
        let class = column.class();
        match cell {
            Cell::RowHeader { text, .. } => view! { <th scope="row" class=class>{text}</th> }.into_any(),
            cell => view! { <td class=class data-label=(column.label)()>{cell.view_only()}</td> }.into_any(),
        }
    };
    cells.into_iter().zip(columns).map(cell).collect()
}

#[component]
fn TableRow(
    name: &'static str,
    columns: &'static [Column],
    id: i64,
    row: ArcRwSignal<ShownRow>,
    selection: Option<Selection>,
    on_action: Option<Callback<(i64, Verb)>>,
) -> impl IntoView {
    let live = LiveUpdates::expect();
    let on_action = Callback::new(move |verb| {
        if let Some(on_action) = on_action {
            on_action.run((id, verb));
        }
    });
    let renders = StoredValue::new(0_u32);
    let listed = {
        let row = row.clone();
        move || row.with(|shown| shown.listed)
    };
    let has_left = listed.clone();
    let shown = move || {
        let ShownRow { row, listed } = row.get();
        let render = renders.try_update_value(|renders| {
            *renders += 1;
            *renders
        });
        let highlight = if render.unwrap_or_default() % 2 == 0 { " changed-again" } else { " changed" };
        let view = |(at, cell): (usize, Cell)| {
            let column = &columns[at];
            // A row that has left the list has no actions.
            let cell =
                if listed != Listed::Yes && matches!(cell, Cell::Buttons { .. }) { Cell::None } else { cell };
            let changed = cell.is_highlighted() && live.changed(&(name, id, at), &cell);
            let highlight = if changed { highlight } else { "" };
            let class = format!("{} {}{highlight}", column.class(), cell.class());
            if column.kind == ColumnKind::RowHeader {
                let note = (listed == Listed::Left)
                    .then(|| view! { <span class="table__note">{texts::row_left()}</span> });
                view! { <th scope="row" class=class>{cell.view(on_action)} {note}</th> }.into_any()
            } else {
                view! { <td class=class data-label=(column.label)()>{cell.view(on_action)}</td> }.into_any()
            }
        };
        row.cells.into_iter().enumerate().map(view).collect::<Vec<_>>()
    };
    let check = selection.map(|selection| {
        view! {
            <td class="table__check">
                <input
                    type="checkbox"
                    form=SELECTION_FORM
                    name="id"
                    value=id
                    aria-label=texts::select_row(&id.to_string())
                    disabled=boxed(move || listed() != Listed::Yes)
                    prop:checked=boxed(move || selection.has(id))
                    on:change=on_change(move |_| selection.toggle(id))
                />
            </td>
        }
    });
    let selected = move || selection.is_some_and(|selection| selection.has(id)).then_some("true");
    let left = move || (has_left() != Listed::Yes).then_some("true");
    view! { <tr tabindex="-1" data-row=id data-selected=boxed(selected) data-left=boxed(left)>{check} {dynamic(shown)}</tr> }
}
