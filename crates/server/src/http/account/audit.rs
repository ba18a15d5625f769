//! The page of the audit log.

use super::page;
use super::response::Rejection;
use crate::http::error::ApiError;
use crate::http::extract::Query;
use crate::http::extract::caller::Guarded;
use crate::state::AppState;
use api::AuditEvent;
use axum::Router;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::get;
use client::{AuditFilter, AuditPage, ServerPage, own_seconds_ahead, page_size};
use domain::{AuditKind, AuditQuery, Error, Permission, Time, local_day};
use serde::Deserialize;

/// The route. It needs the permission to manage access.
pub(super) fn router() -> Router<AppState> {
    Router::new().route("/audit", get(Guarded { permission: Permission::ManageAccess, handler: show }))
}

/// Filter and page, as the form sends them.
#[derive(Debug, Default, Deserialize)]
struct Params {
    actor: Option<String>,
    kind: Option<String>,
    subject: Option<String>,
    from: Option<String>,
    to: Option<String>,
    after: Option<String>,
    size: Option<String>,
}

impl Params {
    fn filter(&self) -> AuditFilter {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        AuditFilter {
            actor: text(&self.actor),
            kind: text(&self.kind),
            subject: text(&self.subject),
            from: text(&self.from),
            to: text(&self.to),
        }
    }

    fn query(self) -> Result<AuditQuery, Error> {
        let since = self.from.map(|text| local_day("from", &text, 0, own_seconds_ahead)).transpose()?;
        let until = self.to.map(|text| local_day("to", &text, 1, own_seconds_ahead)).transpose()?;
        AuditQuery::new(Some(page_size(self.size)), self.after)?.with_filters(
            self.actor,
            self.kind,
            self.subject,
            since,
            until,
        )
    }
}

/// Shows a page of the log. A filter that can't be used is an error on the page.
async fn show(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let Query(params) = Query::<Params>::from_request_parts(&mut parts, &state).await?;
    let filter = params.filter();
    let (query, error) = match params.query() {
        Ok(query) => (query, None),
        Err(error) => (AuditQuery::new(None, None)?, Some(Rejection::from(ApiError::from(error)))),
    };
    let events = state.access.audit_list(&query).await?;
    Ok(respond(&state, parts, query, filter, events.into(), error).await)
}

async fn respond(
    state: &AppState,
    parts: Parts,
    query: AuditQuery,
    filter: AuditFilter,
    events: api::Page<AuditEvent>,
    error: Option<Rejection>,
) -> Response {
    let kinds = AuditKind::ALL.map(AuditKind::as_str).to_vec();
    let text = error.as_ref().map(|rejection| rejection.text.clone());
    let page = AuditPage { events, kinds, filter, file: file(&query), error: text };
    Rejection::respond(error, page::render(state, parts, ServerPage::Audit(page)).await)
}

/// Returns the address of the CSV file with all events of the query.
fn file(query: &AuditQuery) -> String {
    let time = |time: Option<Time>| time.map(|time| time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
    let mut text = form_urlencoded::Serializer::new(String::new());
    let fields = [
        ("actor", query.actor.clone()),
        ("kind", query.kind.map(|kind| kind.as_str().to_owned())),
        ("subject", query.subject.clone()),
        ("since", time(query.since)),
        ("until", time(query.until)),
    ];
    text.extend_pairs(fields.into_iter().filter_map(|(name, value)| Some((name, value?))));
    format!("/api/audit.csv?{}", text.finish())
}
