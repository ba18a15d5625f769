use crate::components::cell::Cell;
use crate::components::sort_header::SortHeader;
use crate::event_handlers::on_change;
use crate::live_updates::LiveUpdates;
use crate::preferences::Preferences;
use crate::selection::Selection;
use leptos::prelude::*;
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
    /// The header.
    pub label: &'static str,
    /// The kind of content.
    pub kind: ColumnKind,
    /// The values of the parameter `sort`, each with its `aria-sort` value. The first click selects the first.
    pub orders: &'static [(&'static str, &'static str)],
    /// Whether the column is hidden first on narrow screens.
    pub minor: bool,
}

impl Column {
    /// Creates a column of text.
    pub const fn text(key: &'static str, label: &'static str) -> Self {
        Self { key, label, kind: ColumnKind::Text, orders: &[], minor: false }
    }

    /// Creates a column of another kind.
    pub const fn of(kind: ColumnKind, key: &'static str, label: &'static str) -> Self {
        Self { kind, ..Self::text(key, label) }
    }

    /// Makes the column sortable.
    pub const fn sorted(self, orders: &'static [(&'static str, &'static str)]) -> Self {
        Self { orders, ..self }
    }

    /// Hides the column first on narrow screens.
    pub const fn minor(self) -> Self {
        Self { minor: true, ..self }
    }

    fn class(&self) -> String {
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

/// A row with a cell for each column.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The id, unique in the table.
    pub id: i64,
    /// A cell for each column.
    pub cells: Vec<Cell>,
}

/// The table of all lists. Rows stay in place, with their focus, while their cells change. A cell with a new
/// value is highlighted for a moment.
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
    /// Called with the row's id and the label of the clicked button.
    #[prop(optional)]
    on_action: Option<Callback<(i64, &'static str)>>,
    /// The totals row: a cell for each column.
    #[prop(optional, into)]
    foot: Option<Signal<Vec<Cell>>>,
) -> impl IntoView {
    let cards =
        columns.iter().any(|column| matches!(column.kind, ColumnKind::LongText | ColumnKind::Actions));
    let hidden = Preferences::expect().hidden(name);
    // Signals without an owner live as long as their rows. The owner would be one run of the list.
    let cells_by_id = StoredValue::new(HashMap::<i64, ArcRwSignal<Vec<Cell>>>::new());
    let ids = move || {
        let rows = rows.get();
        let ids = rows.iter().map(|row| row.id).collect::<Vec<_>>();
        cells_by_id.update_value(|cells_by_id| {
            cells_by_id.retain(|id, _| ids.contains(id));
            for row in rows {
                match cells_by_id.get(&row.id) {
                    Some(cells) if cells.with_untracked(|cells| *cells == row.cells) => {}
                    Some(cells) => cells.set(row.cells),
                    None => _ = cells_by_id.insert(row.id, ArcRwSignal::new(row.cells)),
                }
            }
        });
        ids
    };
    let row = move |id: i64| {
        let cells = cells_by_id.with_value(|cells_by_id| cells_by_id.get(&id).cloned()).unwrap_or_default();
        view! { <TableRow name columns id cells selection on_action /> }
    };
    let head = columns.iter().map(|column| head(column, default_sort)).collect_view();
    let check_all = selection.map(|selection| {
        let ids = move || rows.with(|rows| rows.iter().map(|row| row.id).collect::<Vec<_>>());
        view! {
            <th scope="col" class="table__check">
                <input
                    type="checkbox"
                    aria-label="Select all rows of this page"
                    prop:checked=move || selection.has_all(&ids())
                    on:change=on_change(move |_| selection.toggle_all(&untrack(ids)))
                />
            </th>
        }
    });
    let foot = foot.map(|foot| {
        let cells = move || foot_cells(foot.get(), columns);
        view! {
            <tfoot>
                <tr>{selection.map(|_| view! { <td></td> })} {cells}</tr>
            </tfoot>
        }
    });
    view! {
        <div class="table-box" data-hidden=move || hidden.get()>
            <table class="table" class:table--cards=cards>
                <caption class="visually-hidden">{caption}</caption>
                <thead>
                    <tr>{check_all} {head}</tr>
                </thead>
                <tbody>
                    <For each=ids key=|id| *id children=row />
                </tbody>
                {foot}
            </table>
        </div>
    }
}

fn head(column: &'static Column, default: &'static str) -> AnyView {
    let class = column.class();
    if !column.orders.is_empty() {
        return view! { <SortHeader label=column.label orders=column.orders default class /> }.into_any();
    }
    let hidden_label = matches!(column.kind, ColumnKind::Bar | ColumnKind::Actions);
    view! {
        <th scope="col" class=class>
            <span class:visually-hidden=hidden_label>{column.label}</span>
        </th>
    }
    .into_any()
}

fn foot_cells(cells: Vec<Cell>, columns: &'static [Column]) -> Vec<AnyView> {
    let cell = |(cell, column): (Cell, &Column)| {
        let class = column.class();
        match cell {
            Cell::RowHeader { text, .. } => view! { <th scope="row" class=class>{text}</th> }.into_any(),
            cell => view! { <td class=class data-label=column.label>{cell.view_only()}</td> }.into_any(),
        }
    };
    cells.into_iter().zip(columns).map(cell).collect()
}

#[component]
fn TableRow(
    name: &'static str,
    columns: &'static [Column],
    id: i64,
    cells: ArcRwSignal<Vec<Cell>>,
    selection: Option<Selection>,
    on_action: Option<Callback<(i64, &'static str)>>,
) -> impl IntoView {
    let live = LiveUpdates::expect();
    let on_action = Callback::new(move |verb| {
        if let Some(on_action) = on_action {
            on_action.run((id, verb));
        }
    });
    let renders = StoredValue::new(0_u32);
    let shown = move || {
        let render = renders.try_update_value(|renders| {
            *renders += 1;
            *renders
        });
        let highlight = if render.unwrap_or_default() % 2 == 0 { " changed-again" } else { " changed" };
        let view = |(at, cell): (usize, Cell)| {
            let column = &columns[at];
            let changed = cell.is_highlighted() && live.changed(&(name, id, at), &cell);
            let highlight = if changed { highlight } else { "" };
            let class = format!("{} {}{highlight}", column.class(), cell.class());
            if column.kind == ColumnKind::RowHeader {
                view! { <th scope="row" class=class>{cell.view(on_action)}</th> }.into_any()
            } else {
                view! { <td class=class data-label=column.label>{cell.view(on_action)}</td> }.into_any()
            }
        };
        cells.get().into_iter().enumerate().map(view).collect::<Vec<_>>()
    };
    let check = selection.map(|selection| {
        view! {
            <td class="table__check">
                <input
                    type="checkbox"
                    form=SELECTION_FORM
                    name="id"
                    value=id
                    aria-label=format!("Select row {id}")
                    prop:checked=move || selection.has(id)
                    on:change=on_change(move |_| selection.toggle(id))
                />
            </td>
        }
    });
    let selected = move || selection.is_some_and(|selection| selection.has(id)).then_some("true");
    view! { <tr tabindex="-1" data-row=id data-selected=selected>{check} {shown}</tr> }
}
