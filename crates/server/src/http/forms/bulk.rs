//! The form that confirms, releases or extends several blocks.

use super::redirect::{error_message, page_before, redirect};
use super::result_page;
use crate::http::error::ApiError;
use crate::http::extract::body;
use crate::http::extract::request_context::authorized_context;
use crate::state::AppState;
use api::{ActOnBlocks, BlockAction};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use client::FormResult;
use domain::Permission;
use futures::stream::{self, StreamExt as _};

/// Blocks that are read concurrently.
const CONCURRENT_READS: usize = 8;

/// The route of the form.
pub(super) fn router() -> Router<AppState> {
    Router::new().route("/forms/act_on_blocks", post(act_on_blocks))
}

/// Applies the action to the selected blocks, and responds with a page that shows the result of each.
async fn act_on_blocks(State(state): State<AppState>, request: Request) -> Response {
    let (parts, form) = request.into_parts();
    let back = page_before(parts.headers.get(header::REFERER));
    match outcome(&state, &parts, form, back.clone()).await {
        Ok(outcome) => result_page::render(&state, parts, outcome).await,
        Err(error) => redirect(&error_message(&error.into_response()), &back),
    }
}

async fn outcome(state: &AppState, parts: &Parts, form: Body, back: String) -> Result<FormResult, ApiError> {
    let context = authorized_context(parts, Permission::WriteHolds)?;
    let request = parse(&body::read(form, state.http.body_limit_bytes).await?)?;
    let action = request.action;
    let act = domain::BulkBlockAction::try_from(request)?;
    // Read before the action, because a released block can't be read as a block afterwards.
    let reads = act.blocks().to_vec().into_iter().map(|id| state.engine.block_get(&context, id));
    let before = stream::iter(reads).buffered(CONCURRENT_READS).collect::<Vec<_>>().await;
    let outcomes = state.engine.blocks_act(&context, act).await?;
    let before = before.into_iter().map(|block| block.ok().map(api::Block::from));
    let blocks = before.zip(outcomes.into_iter().map(api::BlockOutcome::from)).collect();
    Ok(FormResult::Blocks { action, blocks, return_to: back })
}

/// Parses the URL-encoded form.
fn parse(form: &[u8]) -> Result<ActOnBlocks, ApiError> {
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
        return Err(ApiError::new(
            StatusCode::BAD_REQUEST,
            "nothing_selected",
            "No block is selected",
            "Tick the boxes of the blocks that the action is for.",
        ));
    }
    let ttl = field("ttlSeconds").filter(|text| action == BlockAction::Extend && !text.is_empty());
    let ttl_seconds = ttl.map(|text| text.parse());
    let ttl_seconds =
        ttl_seconds.transpose().map_err(|_| domain::Error::invalid("ttlSeconds", "is not a number"))?;
    Ok(ActOnBlocks { action, block_ids, ttl_seconds })
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
        assert_eq!(parse(form.as_bytes()).ok(), expected, "{form}");
    }

    #[test]
    fn ticked_boxes_become_a_bulk_request() {
        check("id=3&id=5&action=Confirm&ttlSeconds=60", Some((BlockAction::Confirm, &[3, 5], None)));
        check("id=3&action=Extend&ttlSeconds=60", Some((BlockAction::Extend, &[3], Some(60))));
        check("id=3&action=Extend&ttlSeconds=", Some((BlockAction::Extend, &[3], None)));
        check("id=3&action=Extend&ttlSeconds=soon", None);
        check("id=three&action=Release", None);
        check("id=3&action=release", None);
        check("action=Release", None);
        check("id=3", None);
    }
}
