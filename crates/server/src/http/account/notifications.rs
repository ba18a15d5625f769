//! The page of the notifications.

use super::form::Fields;
use super::page;
use super::response::Rejection;
use crate::http::error::ApiError;
use crate::http::extract::RequestContext;
use crate::http::extract::caller::Guarded;
use crate::http::forms::redirect::redirect;
use crate::state::AppState;
use axum::Router;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::response::Response;
use axum::routing::{get, post};
use client::{NoticeText, NotificationRow, NotificationsPage, ServerPage};
use domain::{Error, Notice, Permission, Time};

/// The address of the page.
const PAGE: &str = "/notifications";

/// The routes.
pub(super) fn router() -> Router<AppState> {
    let permission = Permission::ReadStock;
    Router::new()
        .route(PAGE, get(Guarded { permission, handler: show }))
        .route("/notifications/read", post(Guarded { permission, handler: mark_read }))
}

async fn show(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, _) = request.into_parts();
    let RequestContext(context) = RequestContext::from_request_parts(&mut parts, &state).await?;
    let found = state.engine.notifications(&context).await?;
    let unread = found.unread();
    let rows = found.all.iter().enumerate().map(|(index, notification)| NotificationRow {
        at: notification.at,
        notice: notice_text(&notification.notice),
        href: href(&notification.notice),
        // The latest ones are unread: the list descends by time.
        is_unread: index < unread,
    });
    let until = found.all.first().filter(|_| unread > 0);
    let page = NotificationsPage {
        rows: rows.collect(),
        read_until: until.map(|latest| latest.at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)),
    };
    Ok(page::render(&state, parts, ServerPage::Notifications(page)).await)
}

async fn mark_read(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let (mut parts, form) = request.into_parts();
    let RequestContext(context) = RequestContext::from_request_parts(&mut parts, &state).await?;
    let fields = Fields::read(&state, form).await?;
    match fields.text("until").parse::<Time>() {
        Ok(until) => {
            state.engine.notifications_mark_read(&context, until).await?;
            Ok(redirect("", PAGE))
        }
        Err(_) => {
            let error = Error::invalid("until", "must be a time such as 2026-11-28T18:00:00Z");
            Ok(redirect(&Rejection::from(ApiError::from(error)).text, PAGE))
        }
    }
}

fn notice_text(notice: &Notice) -> NoticeText {
    match notice {
        Notice::Low { name, unsold, .. } => NoticeText::Low(name.clone(), *unsold),
        Notice::SoldOut { name, .. } => NoticeText::SoldOut(name.clone()),
        Notice::Waiting { order, reference } => {
            NoticeText::Waiting(reference.clone().unwrap_or_else(|| order.to_string()))
        }
        Notice::Imported { file, rows, .. } => NoticeText::Imported(file.clone(), *rows),
        Notice::WebhookFailing { name, .. } => NoticeText::WebhookFailing(name.clone()),
        Notice::ImportFailed { file, .. } => NoticeText::ImportFailed(file.clone()),
    }
}

fn href(notice: &Notice) -> String {
    match notice {
        Notice::Low { item, .. } | Notice::SoldOut { item, .. } => format!("/items/{item}"),
        Notice::Waiting { order, .. } => format!("/orders/{order}"),
        Notice::WebhookFailing { webhook, .. } => format!("/webhooks/{webhook}"),
        Notice::Imported { import, .. } | Notice::ImportFailed { import, .. } => format!("/imports/{import}"),
    }
}
