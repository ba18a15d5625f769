use crate::components::cell::Cell;
use crate::components::sort::SortHead;
use crate::live::Live;
use crate::memo::Look;
use crate::on::on_change;
use crate::prefs::Prefs;
use crate::selection::Selection;
use leptos::prelude::*;
use std::collections::HashMap;

/// What a column holds, and so how it is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words.
    Plain,
    /// What names the row.
    Lead,
    /// Numbers, right-aligned.
    Figure,
    /// A bar.
    Bar,
    /// Many words: on a phone, a line of their own.
    Words,
    /// What can be done to the row.
    Actions,
}

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its name in the choice of columns; a person can't take away one without a name there.
    pub key: &'static str,
    /// What stands over it.
    pub label: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// The values of `sort` that it has, with those of `aria-sort`, the one for a first click first.
    pub orders: &'static [(&'static str, &'static str)],
    /// Whether it goes first where there is little room.
    pub minor: bool,
}

impl Column {
    /// A column of words.
    pub const fn plain(key: &'static str, label: &'static str) -> Self {
        Self { key, label, kind: Kind::Plain, orders: &[], minor: false }
    }

    /// A column of another kind.
    pub const fn of(kind: Kind, key: &'static str, label: &'static str) -> Self {
        Self { kind, ..Self::plain(key, label) }
    }

    /// The same, but sorted by.
    pub const fn sorted(self, orders: &'static [(&'static str, &'static str)]) -> Self {
        Self { orders, ..self }
    }

    /// The same, but the first to go where there is little room.
    pub const fn minor(self) -> Self {
        Self { minor: true, ..self }
    }

    fn class(&self) -> String {
        let kind = match self.kind {
            Kind::Plain => "",
            Kind::Lead => "table__lead",
            Kind::Figure => "figure",
            Kind::Bar => "table__bar",
            Kind::Words => "table__words",
            Kind::Actions => "table__actions",
        };
        let minor = if self.minor { " table__minor" } else { "" };
        let column = if self.key.is_empty() { String::new() } else { format!(" col-{}", self.key) };
        format!("{kind}{minor}{column}")
    }
}

/// The id of the form that the boxes of selected rows belong to.
pub const SELECTED: &str = "selected-rows";

/// A row: who it is, and what it shows, a cell for each column.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Different from all other rows of the table.
    pub id: i64,
    /// A cell for each column.
    pub cells: Vec<Cell>,
}

/// A table: rows stay in place, with the focus in them, while their cells change; a cell that shows another
/// value is marked for a moment. All tables of the console are this one.
#[component]
pub fn Table(
    /// The name by which its columns are remembered.
    name: &'static str,
    /// What it shows, for screen readers.
    caption: &'static str,
    /// Its columns.
    columns: &'static [Column],
    /// Its rows.
    #[prop(into)]
    rows: Signal<Vec<Row>>,
    /// The value of `sort` that an address without one stands for.
    #[prop(default = "")]
    default_sort: &'static str,
    /// Which rows are selected, where rows can be.
    #[prop(optional)]
    selection: Option<Selection>,
    /// Called with a row's id and the verb of the button that was clicked.
    #[prop(optional)]
    act: Option<Callback<(i64, &'static str)>>,
    /// The sums below, a cell for each column.
    #[prop(optional, into)]
    foot: Option<Signal<Vec<Cell>>>,
) -> impl IntoView {
    let cards = columns.iter().any(|column| matches!(column.kind, Kind::Words | Kind::Actions));
    let hidden = Prefs::expect().hidden(name);
    // Signals without an owner: they live as long as their rows, not as long as one run of the list.
    let known = StoredValue::new(HashMap::<i64, ArcRwSignal<Vec<Cell>>>::new());
    let ids = move || {
        let rows = rows.get();
        let ids = rows.iter().map(|row| row.id).collect::<Vec<_>>();
        known.update_value(|known| {
            known.retain(|id, _| ids.contains(id));
            for row in rows {
                match known.get(&row.id) {
                    Some(cells) if cells.glance(|cells| *cells == row.cells) => {}
                    Some(cells) => cells.set(row.cells),
                    None => _ = known.insert(row.id, ArcRwSignal::new(row.cells)),
                }
            }
        });
        ids
    };
    let row = move |id: i64| {
        let cells = known.with_value(|known| known.get(&id).cloned()).unwrap_or_default();
        view! { <TableRow name columns id cells selection act /> }
    };
    let head = columns.iter().map(|column| head(column, default_sort)).collect_view();
    let check_all = selection.map(|selection| {
        let ids = move || rows.look(|rows| rows.iter().map(|row| row.id).collect::<Vec<_>>());
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
        return view! { <SortHead label=column.label orders=column.orders default class /> }.into_any();
    }
    let silent = matches!(column.kind, Kind::Bar | Kind::Actions);
    view! {
        <th scope="col" class=class>
            <span class:visually-hidden=silent>{column.label}</span>
        </th>
    }
    .into_any()
}

fn foot_cells(cells: Vec<Cell>, columns: &'static [Column]) -> Vec<AnyView> {
    let cell = |(cell, column): (Cell, &Column)| {
        let class = column.class();
        match cell {
            Cell::Lead { text, .. } => view! { <th scope="row" class=class>{text}</th> }.into_any(),
            cell => view! { <td class=class data-label=column.label>{cell.alone()}</td> }.into_any(),
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
    act: Option<Callback<(i64, &'static str)>>,
) -> impl IntoView {
    let live = Live::expect();
    let act = Callback::new(move |verb| {
        if let Some(act) = act {
            act.run((id, verb));
        }
    });
    let turns = StoredValue::new(0_u32);
    let shown = move || {
        let turn = turns.try_update_value(|turns| {
            *turns += 1;
            *turns
        });
        let mark = if turn.unwrap_or_default() % 2 == 0 { " changed-again" } else { " changed" };
        let view = |(at, cell): (usize, Cell)| {
            let column = &columns[at];
            let changed = cell.is_marked() && live.changed(&(name, id, at), &cell);
            let mark = if changed { mark } else { "" };
            let class = format!("{} {}{mark}", column.class(), cell.class());
            if column.kind == Kind::Lead {
                view! { <th scope="row" class=class>{cell.view(act)}</th> }.into_any()
            } else {
                view! { <td class=class data-label=column.label>{cell.view(act)}</td> }.into_any()
            }
        };
        cells.get().into_iter().enumerate().map(view).collect::<Vec<_>>()
    };
    let check = selection.map(|selection| {
        view! {
            <td class="table__check">
                <input
                    type="checkbox"
                    form=SELECTED
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
