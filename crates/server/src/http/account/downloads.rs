//! The CSV files of lists that are filtered by day.
//!
//! The days of a filter are those of the person's time zone, and the API takes times. The server converts the days, so that the
//! browser needs no code for it, and redirects to the file.

use crate::http::error::ApiError;
use crate::http::extract::caller::Guarded;
use crate::state::AppState;
use axum::Router;
use axum::extract::RawQuery;
use axum::response::Redirect;
use axum::routing::get;
use chrono::SecondsFormat;
use client::own_seconds_ahead;
use domain::{Permission, local_day};

/// The routes.
pub(super) fn router() -> Router<AppState> {
    let permission = Permission::ReadStock;
    Router::new()
        .route("/downloads/blocks.csv", get(Guarded { permission, handler: blocks }))
        .route("/downloads/orders.csv", get(Guarded { permission, handler: orders }))
}

/// Redirects to the file of the filtered blocks.
async fn blocks(RawQuery(query): RawQuery) -> Result<Redirect, ApiError> {
    redirect("/api/blocks.csv", query)
}

/// Redirects to the file of the filtered orders.
async fn orders(RawQuery(query): RawQuery) -> Result<Redirect, ApiError> {
    redirect("/api/orders.csv", query)
}

/// Redirects to a file. The first day `from` and the last day `to` become times; other parameters are kept.
fn redirect(path: &str, query: Option<String>) -> Result<Redirect, ApiError> {
    let query = query.unwrap_or_default();
    let mut times = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()).filter(|(_, value)| !value.is_empty()) {
        let time = match &*name {
            "from" => Some(local_day("from", &value, 0, own_seconds_ahead)?),
            "to" => Some(local_day("to", &value, 1, own_seconds_ahead)?),
            _ => None,
        };
        match time {
            Some(time) => {
                times.append_pair(&name, &time.to_rfc3339_opts(SecondsFormat::AutoSi, true));
            }
            None => {
                times.append_pair(&name, &value);
            }
        }
    }
    Ok(Redirect::to(&format!("{path}?{}", times.finish())))
}
