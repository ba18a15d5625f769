//! The pages of imports: the list with the upload of a file, and a page per import.

mod effect;
mod layout;
mod rows;

pub use rows::ImportRowsPage;

use super::form::{button_form, message, table};
use super::paging::pages;
use crate::components::page_head::PageHead;
use crate::components::time::format_exact;
use crate::texts;
use crate::user_text::user_text;
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
        let is_empty = imports.items.is_empty();
        let pages = pages(imports.next, "/imports?", imports.items.len());
        let rows = imports.items.into_iter().map(import_row).collect_view();
        let columns =
            [texts::file(), texts::state(), texts::import_result(), texts::uploaded(), texts::actor()];
        let table = (!is_empty).then(|| table(texts::imports_latest_first(), columns, rows));
        view! {
            <PageHead title=texts::imports().to_owned()>
                <a class="button" href="/api/items.csv" download="items.csv">
                    {texts::download_items()}
                </a>
                <a class="button" href="/api/stock.csv" download="stock.csv">
                    {texts::download_stock()}
                </a>
            </PageHead>
            {message(error)}
            {upload_form(bytes_max)}
            <section class="section" aria-labelledby="imports">
                <header class="section__head">
                    <h2 id="imports">{texts::earlier_imports()}</h2>
                </header>
                {is_empty.then(|| view! { <p class="summary">{texts::no_imports()}</p> })}
                {table}
                {pages}
            </section>
        }
    }
}

fn upload_form(bytes_max: u64) -> impl IntoView {
    let megabytes = bytes_max >> 20;
    let limit = texts::import_file_hint(&megabytes.to_string());
    view! {
        <section class="panel">
            <h2>{texts::import_file()}</h2>
            <p class="prose">
                {texts::import_summary()}
            </p>
            // The server reads the fields before the file.
            <form class="form" method="post" action="/imports" enctype="multipart/form-data">
                <div class="field">
                    <label for="import-kind">{texts::import_kind()}</label>
                    <select id="import-kind" class="input" name="kind">
                        <option value="">{texts::import_kind_detect()}</option>
                        <option value="items">{texts::items()}</option>
                        <option value="stock">{texts::stock()}</option>
                    </select>
                </div>
                <div class="field">
                    <label for="import-file">{texts::file()}</label>
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
                <button class="button button--primary">{texts::upload()}</button>
            </form>
        </section>
    }
}

fn import_row(import: Import) -> impl IntoView {
    let href = format!("/imports/{}", import.id);
    let (label, badge) = state_badge(&import.state);
    let result = match import.problems.first() {
        Some(problem) => problem.message.clone(),
        None => effect::summary(&import).join(" "),
    };
    view! {
        <tr>
            <th scope="row">
                <a href=href>{user_text(import.file_name)}</a>
            </th>
            <td>
                <span class=badge>{label}</span>
            </td>
            <td>{user_text(result)}</td>
            <td>{format_exact(import.created_at)}</td>
            <td>{user_text(import.actor)}</td>
        </tr>
    }
}

/// Returns the state in words, and the class of its badge.
fn state_badge(state: &str) -> (&'static str, &'static str) {
    match state {
        "uploading" => (texts::import_uploading(), "badge badge--held"),
        "judging" => (texts::import_checking(), "badge badge--held"),
        "undecided" => (texts::import_undecided(), "badge badge--held"),
        "judged" => (texts::import_ready(), "badge badge--held"),
        "applying" => (texts::import_applying(), "badge badge--held"),
        "applied" => (texts::import_applied(), "badge badge--good"),
        "cancelled" => (texts::import_cancelled(), "badge"),
        _ => (texts::import_failed(), "badge badge--bad"),
    }
}

impl ImportPage {
    pub(super) fn view(self) -> impl IntoView {
        let Self { import, rows, first_lines, error } = self;
        let id = import.id;
        let (label, badge) = state_badge(&import.state);
        let origin = texts::import_origin(&format_exact(import.created_at), &import.actor);
        let ended = import.ended_at.map(|at| {
            let ended = texts::import_ended(&format_exact(at));
            match import.applied_by.as_ref().filter(|_| import.state == "applied") {
                Some(by) => format!("{} {ended}", texts::import_applied_by(by)),
                None => ended,
            }
        });
        let summary = effect::summary(&import);
        let summary = (!summary.is_empty()).then(|| {
            let sentences = summary.into_iter().map(|sentence| view! { <li>{user_text(sentence)}</li> });
            view! { <ul class="import__summary">{sentences.collect_view()}</ul> }
        });
        let layout = import.is_stored.then(|| layout::view(&import, &first_lines));
        let expired = (!import.is_stored).then(|| view! { <p class="summary">{texts::import_removed()}</p> });
        let has_rows = import.is_stored && import.counts.rows > 0;
        let is_over = ["cancelled", "failed"].contains(&import.state.as_str());
        let rows = has_rows.then(|| rows.view(id, is_over, &import.counts));
        let repeats = import.applied_before.map(|earlier| {
            view! {
                <p>
                    {texts::import_repeats()} " "
                    <a href=format!("/imports/{earlier}")>{texts::import_id(&earlier.to_string())}</a>
                </p>
            }
        });
        let (actions, problems) = (actions(&import), problems(&import));
        let progress = import.progress.map(progress);
        view! {
            <PageHead title=import.file_name up=("/imports", texts::imports())>
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
        let label = texts::import_apply(counts.errors);
        view! {
            <form method="post" action=format!("/imports/{id}/apply")>
                <input type="hidden" name="revision" value=import.revision />
                <button class="button button--primary">{label}</button>
            </form>
        }
    });
    let cancel =
        (!is_ended).then(|| button_form(format!("/imports/{id}/cancel"), texts::cancel(), Vec::new()));
    let has_errors = counts.errors + counts.not_applied > 0;
    let errors = (import.is_stored && has_errors).then(|| {
        view! {
            <a class="button" href=format!("/api/imports/{id}/errors.csv") download="">
                {texts::download_errors()}
            </a>
        }
    });
    let file = (import.is_stored && import.state != "uploading").then(|| {
        view! {
            <a class="button" href=format!("/api/imports/{id}/file") download="">
                {texts::download_file()}
            </a>
        }
    });
    view! { {file} {errors} {cancel} {apply} }
}

fn progress(progress: ImportProgress) -> impl IntoView {
    let ImportProgress { stage, done, total } = progress;
    let text = match (stage.as_str(), total) {
        ("applying", Some(total)) => texts::import_progress_applied(done, total),
        ("judging", Some(total)) => texts::import_progress_checked(done >> 10, total >> 10),
        _ => texts::import_progress_arrived(done >> 10),
    };
    view! {
        <progress class="progress" aria-label=texts::progress() max=total.map(|total| total.max(1)) value=total.map(|_| done)></progress>
        <p class="summary" role="status">
            {text} " " {texts::import_reloads()}
        </p>
    }
}

/// Renders the choices that a person has to make, or the reason for a failure.
fn problems(import: &Import) -> impl IntoView + use<> {
    let title = match import.state.as_str() {
        "failed" => texts::import_impossible(),
        _ => texts::import_ambiguous(),
    };
    let items =
        import.problems.iter().map(|problem| view! { <li>{user_text(problem.message.as_str())}</li> });
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
