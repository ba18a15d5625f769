//! What every request has: an id, and a context for the engine.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use engine::{Context, Idempotency};
use std::convert::Infallible;
use std::sync::Arc;
use uuid::Uuid;
use uuid::fmt::Hyphenated;

/// The header that carries the id, in and out.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that a caller may choose, in characters.
const REQUEST_ID_CHARS_MAX: usize = 64;

/// Who asks, as the ledger names them, until people sign in.
const ACTOR_REST: &str = "api";
const ACTOR_CONSOLE: &str = "console";

/// Names a request in the logs, in problems, and in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestId(Arc<str>);

impl RequestId {
    /// The caller's own id where it is 1 to 64 visible ASCII characters, else a fresh one.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let given = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok());
        let sane = |id: &&str| {
            (1..=REQUEST_ID_CHARS_MAX).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
        };
        given.filter(sane).map_or_else(Self::fresh, |id| Self(id.into()))
    }

    fn fresh() -> Self {
        let mut text = [0; Hyphenated::LENGTH];
        Self((*Uuid::now_v7().hyphenated().encode_lower(&mut text)).into())
    }

    /// The id as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The engine's context of a REST request.
pub(crate) struct Call(pub(crate) Context);

impl<S: Sync> FromRequestParts<S> for Call {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self(context(parts, ACTOR_REST)))
    }
}

/// The engine's context of the console's request.
pub(crate) fn console_context(parts: &Parts) -> Context {
    context(parts, ACTOR_CONSOLE)
}

fn context(parts: &Parts, actor: &'static str) -> Context {
    let id = parts.extensions.get::<RequestId>().cloned().unwrap_or_else(RequestId::fresh);
    let context = Context::new(actor, id.0);
    match parts.extensions.get::<Idempotency>() {
        Some(idempotency) => context.with_idempotency(idempotency.clone()),
        None => context,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn check(given: &str, kept: bool) {
        let mut headers = HeaderMap::new();
        headers.insert(REQUEST_ID, HeaderValue::from_bytes(given.as_bytes()).expect("a header"));
        assert_eq!(RequestId::of(&headers).as_str() == given, kept, "{given}");
    }

    #[test]
    fn only_a_sane_id_is_kept() {
        check("order-17/retry:2", true);
        check(&"x".repeat(64), true);
        check(&"x".repeat(65), false);
        check("", false);
        check("two words", false);
        check("ümlaut", false);
        assert_ne!(RequestId::of(&HeaderMap::new()), RequestId::of(&HeaderMap::new()));
    }
}
