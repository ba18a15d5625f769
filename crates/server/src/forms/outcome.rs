//! Forms whose outcome is more than a line of text: a file of items and stock, and deeds on several blocks. They
//! are answered with a page of their own.

use super::{lead, page_before, reason};
use crate::bodies;
use crate::bodies::{FORM_BYTES_MAX, IMPORT_PATH, UPLOAD_BYTES_MAX};
use crate::console;
use crate::idempotency;
use crate::input;
use crate::problem::Refusal;
use crate::request::console_context;
use crate::rest::files;
use crate::state::AppState;
use api::{ActOnBlocks, BlockAction};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest as _, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use client::Outcome;
use futures::stream::{self, StreamExt as _};
use leptos::prelude::provide_context;
use leptos_axum::render_app_async_with_context;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode, utf8_percent_encode};
use std::collections::HashMap;
use uuid::Uuid;

/// The page that files are uploaded on.
const UPLOAD_PAGE: &str = "/import";

/// The most bytes of a form that are waited for.
const SENT_BYTES_MAX: usize = 256 * 1024 * 1024;

/// What browsers don't send back as it was given to them in a hidden field, and the sign that stands for it.
const CHANGED_BY_BROWSERS: &AsciiSet = &CONTROLS.add(b'%');

/// Blocks that are looked up at the same moment.
const BLOCKS_AT_ONCE: usize = 8;

/// The forms.
pub(super) fn router() -> Router<AppState> {
    let import = post(import).layer(DefaultBodyLimit::disable());
    Router::new().route(IMPORT_PATH, import).route("/forms/act_on_blocks", post(act_on_blocks))
}

/// A file is looked at first; the page that tells what would change has it within, and the key under which it is
/// then imported once, however often that is sent.
async fn import(State(state): State<AppState>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    match imported(&state, &parts, body).await {
        Ok(outcome) => page(&state, parts, outcome).await,
        Err(refusal) => lead(&reason(&refusal.into_response()), UPLOAD_PAGE),
    }
}

async fn imported(state: &AppState, parts: &Parts, body: Body) -> Result<Outcome, Refusal> {
    let mut fields = multipart(Request::from_parts(parts.clone(), body)).await?;
    let context = console_context(parts);
    if let (Some(key), Some(checked)) = (fields.remove("key"), fields.remove("checked")) {
        let csv: Vec<u8> = percent_decode(&checked).collect();
        let key = String::from_utf8_lossy(&key);
        let once = idempotency::idempotency(&key, &parts.method, &parts.uri, &csv)?;
        let context = context.with_idempotency(once);
        let report = files::import(&state.engine, &context, &csv, None, false).await?;
        return Ok(Outcome::Import { report, then: None });
    }
    let csv = fields.remove("file").unwrap_or_default();
    let report = files::import(&state.engine, &context, &csv, None, true).await?;
    // It was read as UTF-8, so nothing is lost.
    let text = String::from_utf8_lossy(&csv);
    let checked = utf8_percent_encode(&text, CHANGED_BY_BROWSERS).to_string();
    let then = [("key", Uuid::now_v7().to_string()), ("checked", checked)];
    Ok(Outcome::Import { report, then: Some(then) })
}

/// The fields of a form with a file.
async fn multipart(request: Request) -> Result<HashMap<String, Bytes>, Refusal> {
    let unreadable =
        |status, why| Refusal::new(status, "invalid_request", "The form can't be read", format!("{why}."));
    let (parts, body) = request.into_parts();
    let bytes = whole(body).await?;
    let form = Multipart::from_request(Request::from_parts(parts, Body::from(bytes)), &()).await;
    let mut form = form.map_err(|error| unreadable(error.status(), error.body_text()))?;
    let broken = |error: MultipartError| unreadable(error.status(), error.body_text());
    let mut fields = HashMap::new();
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        fields.insert(name, field.bytes().await.map_err(broken)?);
    }
    Ok(fields)
}

/// A form's body. One that is too large is read to its end all the same, unless it is monstrous: a browser shows
/// no answer that comes while it is still sending.
async fn whole(body: Body) -> Result<Vec<u8>, Refusal> {
    let (mut stream, mut bytes, mut seen) = (body.into_data_stream(), Vec::new(), 0);
    while let Some(chunk) = stream.next().await
        && seen <= SENT_BYTES_MAX
    {
        let chunk = chunk.map_err(|error| bodies::broken(&error))?;
        seen += chunk.len();
        if seen <= FORM_BYTES_MAX {
            bytes.extend_from_slice(&chunk);
        }
    }
    if seen > FORM_BYTES_MAX { Err(input::too_large(UPLOAD_BYTES_MAX)) } else { Ok(bytes) }
}

/// Confirms, releases or extends the blocks whose boxes were ticked.
async fn act_on_blocks(State(state): State<AppState>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let back = page_before(parts.headers.get(header::REFERER));
    match acted(&state, &parts, body, back.clone()).await {
        Ok(outcome) => page(&state, parts, outcome).await,
        Err(refusal) => lead(&reason(&refusal.into_response()), &back),
    }
}

async fn acted(state: &AppState, parts: &Parts, body: Body, back: String) -> Result<Outcome, Refusal> {
    let request = deed(&input::read(body, state.http.body_limit_bytes).await?)?;
    let action = request.action;
    let act = domain::BulkBlockAction::try_from(request)?;
    // As they are before: what is released is gone.
    let context = console_context(parts);
    let looking = act.blocks().to_vec().into_iter().map(|id| state.engine.block_get(&context, id));
    let before = stream::iter(looking).buffered(BLOCKS_AT_ONCE).collect::<Vec<_>>().await;
    let outcomes = state.engine.blocks_act(&context, act).await?;
    let before = before.into_iter().map(|block| block.ok().map(api::Block::from));
    let blocks = before.zip(outcomes.into_iter().map(api::BlockOutcome::from)).collect();
    Ok(Outcome::Blocks { action, blocks, back })
}

/// What a form of several blocks asks for.
fn deed(form: &[u8]) -> Result<ActOnBlocks, Refusal> {
    let fields = || form_urlencoded::parse(form);
    let field = |name: &str| fields().find(|(key, _)| key == name).map(|(_, text)| text);
    let action = match field("action").as_deref() {
        Some("Confirm") => BlockAction::Confirm,
        Some("Release") => BlockAction::Release,
        Some("Extend") => BlockAction::Extend,
        _ => return Err(domain::Error::invalid("action", "must be Confirm, Release or Extend").into()),
    };
    let number = |text: &str| text.parse().map_err(|_| domain::Error::invalid("id", "is not a number"));
    let block_ids = fields().filter(|(key, _)| key == "id").map(|(_, text)| number(&text));
    let block_ids = block_ids.collect::<Result<Vec<i64>, _>>()?;
    if block_ids.is_empty() {
        let detail = "Tick the boxes of the blocks that it is to be done to.";
        return Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "nothing_selected",
            "No block is selected",
            detail,
        ));
    }
    let ttl = field("ttlSeconds").filter(|text| action == BlockAction::Extend && !text.is_empty());
    let ttl_seconds = ttl.map(|text| text.parse());
    let ttl_seconds =
        ttl_seconds.transpose().map_err(|_| domain::Error::invalid("ttlSeconds", "is not a number"))?;
    Ok(ActOnBlocks { action, block_ids, ttl_seconds })
}

/// The page that tells an outcome.
async fn page(state: &AppState, parts: Parts, outcome: Outcome) -> Response {
    let (engine, assets) = (state.engine.clone(), state.assets.clone());
    let context = move || {
        console::provide(&engine);
        provide_context(outcome.clone());
    };
    let render = render_app_async_with_context(context, move || client::shell(assets.clone()));
    let mut response = render(Request::from_parts(parts, Body::empty())).await.into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(form: &str, expected: Option<(BlockAction, &[i64], Option<i64>)>) {
        let expected = expected.map(|(action, ids, ttl_seconds)| ActOnBlocks {
            action,
            block_ids: ids.to_vec(),
            ttl_seconds,
        });
        assert_eq!(deed(form.as_bytes()).ok(), expected, "{form}");
    }

    #[test]
    fn ticked_boxes_become_a_deed() {
        check("id=3&id=5&action=Confirm&ttlSeconds=60", Some((BlockAction::Confirm, &[3, 5], None)));
        check("id=3&action=Extend&ttlSeconds=60", Some((BlockAction::Extend, &[3], Some(60))));
        check("id=3&action=Extend&ttlSeconds=", Some((BlockAction::Extend, &[3], None)));
        check("id=3&action=Extend&ttlSeconds=soon", None);
        check("id=three&action=Release", None);
        check("id=3&action=release", None);
        check("action=Release", None);
        check("id=3", None);
    }

    #[test]
    fn a_file_comes_back_from_a_hidden_field_as_it_was() {
        let csv = "name,description\r\nLamp,\"50 %\nof\tlight – %41\"\n";
        let hidden = utf8_percent_encode(csv, CHANGED_BY_BROWSERS).to_string();
        assert!(!hidden.contains(['\r', '\n']), "{hidden}");
        assert_eq!(percent_decode(hidden.as_bytes()).collect::<Vec<_>>(), csv.as_bytes());
    }
}
