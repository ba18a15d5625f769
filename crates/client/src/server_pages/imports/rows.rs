//! The rows of an import.

use crate::format::format_integer;
use crate::href;
use crate::server_pages::changes::field_name;
use crate::server_pages::form::table;
use crate::server_pages::paging::pages_at;
use crate::texts;
use crate::user_text::user_text;
use api::{ImportChange, ImportCounts, ImportProblem, ImportRow, Page};
use leptos::prelude::*;

/// A page of the rows of an import.
#[derive(Debug, Clone)]
pub struct ImportRowsPage {
    /// The rows, in the order of the file.
    pub rows: Page<ImportRow>,
    /// The shown rows: `all`, `errors`, `warnings` or `notApplied`.
    pub show: &'static str,
}

impl ImportRowsPage {
    /// Renders the rows with the filter. `is_over` says that the import was cancelled or failed.
    pub(super) fn view(self, import: i64, is_over: bool, counts: &ImportCounts) -> impl IntoView + use<> {
        let Self { rows, show } = self;
        let pages =
            pages_at(rows.next, &format!("/imports/{import}?show={show}&"), rows.items.len(), "#rows");
        let filters = [
            ("all", texts::all(), counts.rows),
            ("errors", texts::errors(), counts.errors),
            ("warnings", texts::warnings(), counts.warnings),
            ("notApplied", texts::not_applied(), counts.not_applied),
        ];
        let filters = filters
            .into_iter()
            .filter(|(value, _, count)| *value != "notApplied" || *count > 0)
            .map(|(value, label, count)| {
                let current = (value == show).then_some("true");
                view! {
                    <li>
                        <a href=format!("/imports/{import}?show={value}#rows") aria-current=current>
                            {label} " (" {format_integer(count)} ")"
                        </a>
                    </li>
                }
            });
        let is_empty = rows.items.is_empty();
        let rows = rows.items.into_iter().map(|shown| row(shown, is_over)).collect_view();
        let columns =
            [texts::line(), texts::import_result(), texts::item(), texts::changes(), texts::problems()];
        let table = (!is_empty).then(|| table(texts::rows_of_file(), columns, rows));
        view! {
            <section class="section" aria-labelledby="rows">
                <header class="section__head">
                    <h2 id="rows">{texts::rows()}</h2>
                    <nav class="tabs" aria-label=texts::rows_to_show()>
                        <ul>{filters.collect_view()}</ul>
                    </nav>
                </header>
                {is_empty.then(|| view! { <p class="summary">{texts::no_rows()}</p> })}
                {table}
                {pages}
            </section>
        }
    }
}

fn row(row: ImportRow, is_over: bool) -> impl IntoView {
    let (label, badge) = result(&row, is_over);
    let item = match (row.sku, row.item_id) {
        (Some(sku), Some(id)) => view! { <a href=href::item(id)>{user_text(sku)}</a> }.into_any(),
        (None, Some(id)) => {
            view! { <a href=href::item(id)>{texts::item_named(&id.to_string())}</a> }.into_any()
        }
        (sku, None) => sku.map(user_text).into_any(),
    };
    let changes = row.changes.into_iter().map(change).collect_view();
    let held = row.held.filter(|held| *held > 0).map(|held| {
        view! { <p class="muted">{texts::held_in_count(held)}</p> }
    });
    let problems = row.problems.into_iter().chain(row.reason).map(problem).collect_view();
    let cells = (row.action.is_none() && !row.cells.is_empty())
        .then(|| view! { <p class="muted">{row.cells.join(" · ")}</p> });
    view! {
        <tr>
            <th scope="row" class="figure">
                {row.line}
            </th>
            <td>
                <span class=badge>{label}</span>
            </td>
            <td>
                {item}
                {row.warehouse_code.map(|code| view! { <span class="table__note">{user_text(code)}</span> })}
            </td>
            <td>{changes} {held}</td>
            <td>{problems} {cells}</td>
        </tr>
    }
}

/// Returns the effect or the outcome of a row, and the class of its badge.
fn result(row: &ImportRow, is_over: bool) -> (&'static str, &'static str) {
    match (row.outcome.as_deref(), row.action.as_deref()) {
        (Some("applied"), _) => (texts::import_applied(), "badge badge--good"),
        (Some("conflict"), _) => (texts::conflict(), "badge badge--bad"),
        (Some(_), _) => (texts::refused(), "badge badge--bad"),
        (None, Some("create" | "change")) if is_over => (texts::not_applied(), "badge badge--bad"),
        (None, Some("create")) => (texts::create(), "badge badge--good"),
        (None, Some("change")) => (texts::change_action(), "badge badge--held"),
        (None, Some(_)) => (texts::unchanged(), "badge"),
        (None, None) => (texts::error(), "badge badge--bad"),
    }
}

fn change(change: ImportChange) -> impl IntoView {
    let ImportChange { field, before, after } = change;
    let field = match field.as_str() {
        "onHand" => texts::on_hand(),
        other => field_name(other),
    };
    let text = match (before, after) {
        (None, Some(after)) => format!("{field}: {after}"),
        (Some(before), Some(after)) => format!("{field}: {before} → {after}"),
        (before, None) => format!("{field}: {} → {}", before.unwrap_or_default(), texts::nothing()),
    };
    view! { <p>{user_text(text)}</p> }
}

fn problem(problem: ImportProblem) -> impl IntoView {
    let ImportProblem { code, message, column, is_warning } = problem;
    let message = texts::import_problem_text(&code, &message);
    let text = match column {
        Some(column) => format!("{column}: {message}"),
        None => message,
    };
    let text = if is_warning { format!("{}. {text}", texts::warning()) } else { text };
    view! { <p>{user_text(text)}</p> }
}
