//! The pages of imports: the list with the upload of a file, and a page per import.

mod layout;
mod rows;

pub use rows::ImportRowsPage;

use super::form::{button_form, message, pager, table};
use crate::components::page_head::PageHead;
use crate::components::time::format_utc;
use crate::format::format_integer;
use api::{Import, ImportProgress, Page};
use leptos::prelude::*;

/// The list of imports, with the upload of a file.
#[derive(Debug, Clone)]
pub struct ImportsPage {
    /// The imports, latest first.
    pub imports: Page<Import>,
    /// The most bytes of a file.
    pub bytes_max: u64,
    /// The reason why the last upload was rejected.
    pub error: Option<String>,
}

/// The page of an import.
#[derive(Debug, Clone)]
pub struct ImportPage {
    /// The import.
    pub import: Import,
    /// The rows.
    pub rows: ImportRowsPage,
    /// The first lines of the file with their numbers, from which a person chooses the header.
    pub first_lines: Vec<(u64, String)>,
    /// The reason why the last form was rejected.
    pub error: Option<String>,
}

impl ImportsPage {
    pub(super) fn view(self) -> impl IntoView {
        let Self { imports, bytes_max, error } = self;
        let next = imports.next.map(|next| pager(format!("/imports?before={next}")));
        let is_empty = imports.items.is_empty();
        let rows = imports.items.into_iter().map(import_row).collect_view();
        let table = (!is_empty)
            .then(|| table("Imports, latest first", &["File", "State", "Result", "Uploaded", "By"], rows));
        view! {
            <PageHead title="Imports".to_owned()>
                <a class="button" href="/api/items.csv" download="items.csv">
                    "Download items"
                </a>
                <a class="button" href="/api/stock.csv" download="stock.csv">
                    "Download stock"
                </a>
            </PageHead>
            {message(error)}
            {upload_form(bytes_max)}
            <section class="section" aria-labelledby="imports">
                <header class="section__head">
                    <h2 id="imports">"Earlier imports"</h2>
                </header>
                {is_empty.then(|| view! { <p class="summary">"No file has been imported yet."</p> })}
                {table}
                {next}
            </section>
        }
    }
}

fn upload_form(bytes_max: u64) -> impl IntoView {
    let megabytes = bytes_max >> 20;
    let limit =
        format!("A CSV file of at most {megabytes} MB, such as an export of Excel, Shopify or WooCommerce.");
    view! {
        <section class="panel">
            <h2>"Import a file"</h2>
            <p class="prose">
                "A file of items has names, categories, prices and barcodes. A file of stock has counted units or changes of units. You see what the file changes, and nothing is changed until you apply it."
            </p>
            // The server reads the fields before the file.
            <form class="form" method="post" action="/imports" enctype="multipart/form-data">
                <div class="field">
                    <label for="import-kind">"The file changes"</label>
                    <select id="import-kind" class="input" name="kind">
                        <option value="">"Decide by its columns"</option>
                        <option value="items">"Items"</option>
                        <option value="stock">"Stock"</option>
                    </select>
                </div>
                <div class="field">
                    <label for="import-file">"File"</label>
                    <input
                        id="import-file"
                        class="input"
                        type="file"
                        name="file"
                        accept=".csv,.tsv,.txt,text/csv,text/plain,text/tab-separated-values"
                        required
                    />
                    <p class="field__note">{limit}</p>
                </div>
                <button class="button button--primary">"Upload"</button>
            </form>
        </section>
    }
}

fn import_row(import: Import) -> impl IntoView {
    let href = format!("/imports/{}", import.id);
    let (label, badge) = state_badge(&import.state);
    let result = match import.problems.first() {
        Some(problem) => problem.message.clone(),
        None => import.summary.join(" "),
    };
    view! {
        <tr>
            <th scope="row">
                <a href=href>{import.file_name}</a>
            </th>
            <td>
                <span class=badge>{label}</span>
            </td>
            <td>{result}</td>
            <td>{format_utc(import.created_at)}</td>
            <td>{import.actor}</td>
        </tr>
    }
}

/// Returns the state in words, and the class of its badge.
fn state_badge(state: &str) -> (&'static str, &'static str) {
    match state {
        "uploading" => ("Uploading", "badge badge--held"),
        "judging" => ("Checking", "badge badge--held"),
        "undecided" => ("Needs your choice", "badge badge--held"),
        "judged" => ("Ready to apply", "badge badge--held"),
        "applying" => ("Applying", "badge badge--held"),
        "applied" => ("Applied", "badge badge--good"),
        "cancelled" => ("Cancelled", "badge"),
        _ => ("Failed", "badge badge--bad"),
    }
}

impl ImportPage {
    pub(super) fn view(self) -> impl IntoView {
        let Self { import, rows, first_lines, error } = self;
        let id = import.id;
        let (label, badge) = state_badge(&import.state);
        let origin = format!("Uploaded on {} by {}.", format_utc(import.created_at), import.actor);
        let ended = import.ended_at.map(|at| {
            let by = import.applied_by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
            match import.state.as_str() {
                "applied" => format!("Applied{by}. Ended on {}.", format_utc(at)),
                _ => format!("Ended on {}.", format_utc(at)),
            }
        });
        let summary = (!import.summary.is_empty()).then(|| {
            let sentences = import.summary.iter().map(|sentence| view! { <li>{sentence.clone()}</li> });
            view! { <ul class="import__summary">{sentences.collect_view()}</ul> }
        });
        let layout = import.is_stored.then(|| layout::view(&import, &first_lines));
        let expired = (!import.is_stored)
            .then(|| view! { <p class="summary">"The file and its rows are no longer stored."</p> });
        let has_rows = import.is_stored && import.counts.rows > 0;
        let is_over = ["cancelled", "failed"].contains(&import.state.as_str());
        let rows = has_rows.then(|| rows.view(id, is_over, &import.counts));
        let repeats = import.applied_before.map(|earlier| {
            view! {
                <p>
                    "The same file was applied before: "
                    <a href=format!("/imports/{earlier}")>{format!("import {earlier}")}</a> "."
                </p>
            }
        });
        let (actions, problems) = (actions(&import), problems(&import));
        let progress = import.progress.map(progress);
        view! {
            <PageHead title=import.file_name up=("/imports", "Imports")>
                {actions}
            </PageHead>
            {message(error)}
            <p>
                <span class=badge>{label}</span>
            </p>
            {progress}
            {problems}
            {repeats}
            {summary}
            <p class="summary">{origin} " " {ended}</p>
            {expired}
            {layout}
            {rows}
        }
    }
}

/// Renders the buttons of an import.
fn actions(import: &Import) -> impl IntoView + use<> {
    let id = import.id;
    let counts = &import.counts;
    let is_ended = import.ended_at.is_some();
    let can_apply = import.state == "judged" && counts.creates + counts.changes > 0;
    let apply = can_apply.then(|| {
        let label = match counts.errors {
            0 => "Apply".to_owned(),
            1 => "Apply without the row with an error".to_owned(),
            errors => format!("Apply without the {} rows with errors", format_integer(errors)),
        };
        view! {
            <form method="post" action=format!("/imports/{id}/apply")>
                <input type="hidden" name="revision" value=import.revision />
                <button class="button button--primary">{label}</button>
            </form>
        }
    });
    let cancel = (!is_ended).then(|| button_form(format!("/imports/{id}/cancel"), "Cancel", Vec::new()));
    let has_errors = counts.errors + counts.not_applied > 0;
    let errors = (import.is_stored && has_errors).then(|| {
        view! {
            <a class="button" href=format!("/api/imports/{id}/errors.csv") download="">
                "Download errors"
            </a>
        }
    });
    let file = (import.is_stored && import.state != "uploading").then(|| {
        view! {
            <a class="button" href=format!("/api/imports/{id}/file") download="">
                "Download file"
            </a>
        }
    });
    view! { {file} {errors} {cancel} {apply} }
}

fn progress(progress: ImportProgress) -> impl IntoView {
    let ImportProgress { stage, done, total } = progress;
    let text = match (stage.as_str(), total) {
        ("applying", Some(total)) => {
            let rows = if total == 1 { "row" } else { "rows" };
            format!("Applied: {} of {} {rows}.", format_integer(done), format_integer(total))
        }
        ("judging", Some(total)) => {
            format!("Checked: {} of {} KB.", format_integer(done >> 10), format_integer(total >> 10))
        }
        _ => format!("Arrived: {} KB.", format_integer(done >> 10)),
    };
    view! {
        <progress class="progress" aria-label="Progress" max=total.map(|total| total.max(1)) value=total.map(|_| done)></progress>
        <p class="summary" role="status">
            {text}
            " This page reloads until the work is done. You can leave it meanwhile."
        </p>
    }
}

/// Renders the choices that a person has to make, or the reason for a failure.
fn problems(import: &Import) -> impl IntoView + use<> {
    let title = match import.state.as_str() {
        "failed" => "The file can't be imported.",
        _ => "The file can be read in several ways. Choose below:",
    };
    let items = import.problems.iter().map(|problem| view! { <li>{problem.message.clone()}</li> });
    let items = items.collect_view();
    (!import.problems.is_empty()).then(|| {
        view! {
            <div class="problem" role="alert">
                <div>
                    <p>{title}</p>
                    <ul>{items}</ul>
                </div>
            </div>
        }
    })
}
