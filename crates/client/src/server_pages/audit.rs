//! The page of the audit log.

use super::event_kinds::kind_text;
use super::form::{kind_field, message, table, text_field};
use super::paging::pages;
use crate::components::page_head::PageHead;
use crate::components::time::format_exact;
use crate::href;
use crate::texts;
use crate::user_text::user_text;
use api::{AuditEvent, Page};
use leptos::prelude::*;
use serde_json::Value;

/// The filter of the audit log, as text of the form.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// The principal that caused the event.
    pub actor: String,
    /// The kind.
    pub kind: String,
    /// The principal or object that the event is about.
    pub subject: String,
    /// The first day, such as `2026-11-28`.
    pub from: String,
    /// The last day.
    pub to: String,
}

impl AuditFilter {
    /// Returns the filter as a query.
    fn query(&self) -> String {
        let fields = [
            ("actor", &self.actor),
            ("kind", &self.kind),
            ("subject", &self.subject),
            ("from", &self.from),
            ("to", &self.to),
        ];
        let filled = fields.into_iter().filter(|(_, text)| !text.is_empty());
        filled.map(|(name, text)| format!("{name}={}&", href::percent_encode(text))).collect()
    }
}

/// A page of the audit log.
#[derive(Debug, Clone)]
pub struct AuditPage {
    /// The events, latest first.
    pub events: Page<AuditEvent>,
    /// The names of all kinds.
    pub kinds: Vec<&'static str>,
    /// The filter.
    pub filter: AuditFilter,
    /// The address of the file with all events of the filter.
    pub file: String,
    /// The message about a filter that can't be used.
    pub error: Option<String>,
}

impl AuditPage {
    pub(super) fn view(self) -> impl IntoView {
        let Self { events, kinds, filter, file, error } = self;
        let query = filter.query();
        let pages = pages(events.next, &format!("/audit?{query}"), events.items.len());
        let summary = if events.items.is_empty() { texts::no_events() } else { texts::audit_summary() };
        let rows = events.items.into_iter().map(event_row).collect_view();
        let columns = [
            texts::time(),
            texts::event(),
            texts::about(),
            texts::actor(),
            texts::event_origin(),
            texts::before(),
            texts::after(),
        ];
        view! {
            <PageHead title=texts::audit_log().to_owned()>
                <a class="button" href=file download="audit.csv">
                    {texts::download_csv()}
                </a>
                <a class="button" href="/api/movements.csv" download="movements.csv">
                    {texts::download_movements()}
                </a>
            </PageHead>
            {filter_form(filter, kinds)}
            {message(error)}
            <p class="summary" role="status">
                {summary}
            </p>
            {table(texts::events(), columns, rows)}
            {pages}
        }
    }
}

fn filter_form(filter: AuditFilter, kinds: Vec<&'static str>) -> impl IntoView {
    view! {
        <form class="form form--filter" method="get" action="/audit">
            {text_field("actor", texts::actor(), "text", filter.actor, texts::actor_hint())}
            {text_field("subject", texts::about(), "text", filter.subject, texts::subject_hint())}
            {kind_field(texts::event(), kinds, &filter.kind, kind_text)}
            {text_field("from", texts::from_day(), day_or_time(&filter.from), filter.from, texts::first_day_hint())}
            {text_field("to", texts::to_day(), day_or_time(&filter.to), filter.to, texts::last_day_hint())}
            <button class="button">{texts::filter()}</button>
        </form>
    }
}

/// Returns the type of the field for a day, which may have a time in the address.
fn day_or_time(text: &str) -> &'static str {
    if text.contains('T') { "text" } else { "date" }
}

/// Returns a link to the page of an item or order. Other subjects are text.
fn subject_link(subject: String) -> AnyView {
    let href = match subject.split_once(':') {
        Some(("item", id)) => format!("/items/{id}"),
        Some(("order", id)) => format!("/orders/{id}"),
        _ => return subject.into_any(),
    };
    view! {
        <a href=href rel="external">
            {subject}
        </a>
    }
    .into_any()
}

fn event_row(event: AuditEvent) -> impl IntoView {
    let origin = [event.credential, event.address, event.request_id];
    let origin = origin.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let values = |value: Option<Value>| value.map(|value| view! { <code>{value.to_string()}</code> });
    view! {
        <tr>
            <td>{format_exact(event.created_at)}</td>
            <th scope="row" title=event.kind.clone()>
                {kind_text(&event.kind)}
            </th>
            <td>{subject_link(event.subject)}</td>
            <td>{user_text(event.actor)}</td>
            <td>{origin}</td>
            <td>{values(event.before)}</td>
            <td>{values(event.after)}</td>
        </tr>
    }
}
