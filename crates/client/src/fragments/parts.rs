//! The parts of fragments. The browser finds them by the attributes that [`super`] names.

use crate::components::cell::{Cell, Row};
use crate::components::table::{Column, ColumnKind};
use crate::components::time::{format_exact, rfc3339, short_date};
use api::Time;
use api::time::seconds;
use leptos::prelude::*;

/// A table without state.
pub(super) fn table(
    name: &'static str,
    caption: &'static str,
    columns: &'static [Column],
    rows: Vec<Row>,
) -> AnyView {
    let head =
        columns.iter().map(|column| view! { <th scope="col" class=column.class()>{(column.label)()}</th> });
    let head = head.collect_view();
    let rows = rows.into_iter().map(|row| table_row(name, columns, row)).collect_view();
    view! {
        <div class="table-box">
            <table class="table">
                <caption class="visually-hidden">{caption}</caption>
                <thead>
                    <tr>{head}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn table_row(name: &'static str, columns: &'static [Column], Row { id, cells }: Row) -> AnyView {
    let cell = |(at, cell): (usize, Cell)| {
        let column = &columns[at];
        let class = format!("{} {}", column.class(), cell.class());
        let key = cell.is_highlighted().then(|| format!("{name}.{id}.{at}"));
        let content = match cell {
            Cell::RelativeTime(at) => time_since(at),
            Cell::TimeLeft(until) => time_until(until),
            cell => cell.view_only(),
        };
        match column.kind {
            ColumnKind::RowHeader => view! { <th scope="row" class=class>{content}</th> }.into_any(),
            _ => {
                view! { <td class=class data-label=(column.label)() data-cell=key>{content}</td> }.into_any()
            }
        }
    };
    let cells = cells.into_iter().enumerate().map(cell).collect_view();
    view! { <tr tabindex="-1" data-row=id>{cells}</tr> }.into_any()
}

/// A section with a title and a table, or with the text `none` instead of an empty table.
pub(super) fn table_section(
    name: &'static str,
    title: &'static str,
    none: &'static str,
    columns: &'static [Column],
    rows: Vec<Row>,
) -> AnyView {
    let content = match rows.is_empty() {
        true => view! { <p class="muted">{none}</p> }.into_any(),
        false => table(name, title, columns, rows),
    };
    view! {
        <section class="section" aria-labelledby=name>
            <header class="section__head">
                <h2 id=name>{title}</h2>
            </header>
            {content}
        </section>
    }
    .into_any()
}

/// The time since an event. The browser keeps it current.
pub(super) fn time_since(at: Time) -> AnyView {
    view! {
        <time datetime=rfc3339(at) title=format_exact(at) data-since=seconds(at)>
            {short_date(at)}
        </time>
    }
    .into_any()
}

/// A countdown. The browser keeps it current.
pub(super) fn time_until(until: Time) -> AnyView {
    view! {
        <time class="time-left" datetime=rfc3339(until) title=format_exact(until) data-until=seconds(until)>
            {short_date(until)}
        </time>
    }
    .into_any()
}
