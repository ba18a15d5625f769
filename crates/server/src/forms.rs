//! The console's forms as browsers without JavaScript send them: each becomes a call of the server function
//! that the console itself would have called, and leads back to the page.

use crate::input;
use crate::problem::Refusal;
use crate::router::AppState;
use crate::rpc;
use api::Problem;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Map, Value};

/// The fields that are numbers in JSON.
const NUMBERS: [&str; 8] =
    ["id", "itemId", "warehouseId", "fromWarehouseId", "toWarehouseId", "quantity", "delta", "ttlSeconds"];

/// For how long a browser keeps what the page it is led to has to tell, in seconds.
const TOLD_SECONDS: u32 = 5;

/// The argument of the function that the fields belong to; `id` stands beside it.
#[derive(Deserialize)]
struct Into {
    #[serde(rename = "in")]
    argument: Option<String>,
}

/// `POST /forms/{name}`.
pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/forms/{name}", post(submit))
}

async fn submit(
    State(state): State<AppState>,
    Path(name): Path<String>,
    Query(Into { argument }): Query<Into>,
    request: Request,
) -> Result<Response, Refusal> {
    let (mut parts, body) = request.into_parts();
    let bytes = input::read(body, state.http.body_limit_bytes).await?;
    let back = page_before(parts.headers.get(header::REFERER));
    let arguments = arguments(&bytes, argument.as_deref()).to_string();
    parts.method = Method::POST;
    parts.uri = Uri::try_from(format!("/rpc/{name}")).map_err(|_| Refusal::not_found(&parts.uri))?;
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    parts.headers.remove(header::CONTENT_LENGTH);
    let told = match rpc::call(State(state), Request::from_parts(parts, Body::from(arguments))).await {
        Ok(_) => "Done.".to_owned(),
        Err(refusal) => reason(&refusal.into_response()),
    };
    let told = utf8_percent_encode(&told, NON_ALPHANUMERIC);
    let cookie = format!("told={told}; path=/; max-age={TOLD_SECONDS}; samesite=lax");
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, back), (header::SET_COOKIE, cookie)]).into_response())
}

/// The fields of a form as the arguments of a server function. What is empty is absent.
fn arguments(form: &[u8], argument: Option<&str>) -> Value {
    let (mut outer, mut inner) = (Map::new(), Map::new());
    for (name, text) in form_urlencoded::parse(form).filter(|(_, text)| !text.is_empty()) {
        let number = if NUMBERS.contains(&&*name) { text.parse::<i64>().ok() } else { None };
        let value = number.map_or_else(|| Value::from(&*text), Value::from);
        let fields = if argument.is_none() || name == "id" { &mut outer } else { &mut inner };
        fields.insert(name.into_owned(), value);
    }
    if let Some(argument) = argument {
        outer.insert(argument.to_owned(), inner.into());
    }
    outer.into()
}

/// The path that the form stood on, without what opened it.
fn page_before(referer: Option<&HeaderValue>) -> String {
    let uri = referer.and_then(|value| value.to_str().ok()).and_then(|text| text.parse::<Uri>().ok());
    let Some(uri) = uri else { return "/".to_owned() };
    let query = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.starts_with("do="));
    // Two slashes in front would name another site.
    let path = uri.path().trim_start_matches('/');
    match query.filter(|pair| !pair.is_empty()).collect::<Vec<_>>().join("&") {
        query if query.is_empty() => format!("/{path}"),
        query => format!("/{path}?{query}"),
    }
}

/// Why it was refused, in words.
fn reason(response: &Response) -> String {
    let problem = response.extensions().get::<Problem>();
    problem.map_or_else(
        || "It was refused.".to_owned(),
        |problem| format!("{}. {}", problem.title, problem.detail),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_become_arguments() {
        let form = b"id=7&delta=-3&reason=Water+damage&warehouseId=";
        assert_eq!(
            arguments(form, Some("adjustment")).to_string(),
            r#"{"adjustment":{"delta":-3,"reason":"Water damage"},"id":7}"#
        );
        assert_eq!(arguments(b"id=7", None).to_string(), r#"{"id":7}"#);
        assert_eq!(arguments(b"quantity=many", None).to_string(), r#"{"quantity":"many"}"#);
    }

    #[test]
    fn one_is_led_back_to_the_page_and_nowhere_else() {
        let check = |referer: &'static str, back: &str| {
            assert_eq!(page_before(Some(&HeaderValue::from_static(referer))), back, "{referer}");
        };
        check("http://localhost:3000/items?do=create", "/items");
        check("http://localhost:3000/items?q=a%20b&do=create&sort=name", "/items?q=a%20b&sort=name");
        check("https://elsewhere.example/items/5", "/items/5");
        check("http://localhost:3000//elsewhere.example/", "/elsewhere.example/");
        check("nonsense nonsense", "/");
        assert_eq!(page_before(None), "/");
    }
}
