//! The console's forms as browsers without JavaScript send them: each becomes a call of the server function
//! that the console itself would have called, and leads back to the page.

pub(crate) mod outcome;

use crate::input;
use crate::problem::Refusal;
use crate::rpc;
use crate::state::AppState;
use api::Problem;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

/// The fields that are numbers in JSON.
const NUMBERS: [&str; 8] =
    ["id", "itemId", "warehouseId", "fromWarehouseId", "toWarehouseId", "quantity", "delta", "ttlSeconds"];

/// For how long a browser keeps what the page it is led to has to tell, in seconds.
const TOLD_SECONDS: u32 = 5;

/// What the name of a field begins with that says how many units of an item an order has: `units-12`.
const LINE: &str = "units-";

/// The most bytes of an answer that is looked at for where it leads.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// `POST /forms/{name}`.
pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/forms/{name}", post(submit)).merge(outcome::router())
}

async fn submit(
    State(state): State<AppState>,
    Path(name): Path<String>,
    RawQuery(address): RawQuery,
    request: Request,
) -> Result<Response, Refusal> {
    let (mut parts, body) = request.into_parts();
    let back = page_before(parts.headers.get(header::REFERER));
    let bytes = match input::read(body, state.http.body_limit_bytes).await {
        Ok(bytes) => bytes,
        Err(refusal) => return Ok(lead(&reason(&refusal.into_response()), &back)),
    };
    let arguments = arguments(&address.unwrap_or_default(), &bytes).to_string();
    parts.method = Method::POST;
    parts.uri = Uri::try_from(format!("/rpc/{name}")).map_err(|_| Refusal::not_found(parts.uri.path()))?;
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    parts.headers.remove(header::CONTENT_LENGTH);
    let answer = rpc::call(State(state), Request::from_parts(parts, Body::from(arguments))).await;
    Ok(match answer {
        Ok(answer) => lead("Done.", &arrival(&name, answer).await.unwrap_or(back)),
        Err(refusal) => lead(&reason(&refusal.into_response()), &back),
    })
}

/// Leads to a page that tells this; where one goes on from there it is told no more.
fn lead(told: &str, place: &str) -> Response {
    let told = utf8_percent_encode(told, NON_ALPHANUMERIC);
    // A semicolon would begin another attribute of the cookie.
    let path = place.split(['?', ';']).next().unwrap_or("/");
    let cookie = format!("told={told}; path={path}; max-age={TOLD_SECONDS}; samesite=lax");
    let headers = [(header::LOCATION, place), (header::SET_COOKIE, &cookie)];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// The fields of a form as the arguments of a server function: those that its address names, and `id`, by
/// themselves, the others as parts of the argument that `in` names there, if it names one. What is empty is
/// absent, and what the name's minus is in front of is negated: units are written off by a change below zero.
fn arguments(address: &str, form: &[u8]) -> Value {
    let (mut outer, mut inner) = (Map::new(), Map::new());
    let mut argument = None;
    for (name, text) in form_urlencoded::parse(address.as_bytes()) {
        match &*name {
            "in" => argument = Some(text.into_owned()),
            _ => _ = outer.insert(name.into_owned(), Value::from(&*text)),
        }
    }
    for (name, text) in form_urlencoded::parse(form).filter(|(_, text)| !text.is_empty()) {
        let fields = if argument.is_none() || name == "id" { &mut outer } else { &mut inner };
        if let Some(item) = name.strip_prefix(LINE) {
            let line = json!({"itemId": value("itemId", item), "quantity": value("quantity", &text)});
            if let Value::Array(lines) = fields.entry("lines").or_insert_with(|| json!([])) {
                lines.push(line);
            }
        } else if let Some(name) = name.strip_prefix('-') {
            let value = value(name, &text);
            let negated = value.as_i64().and_then(i64::checked_neg).map(Value::from);
            fields.insert(name.to_owned(), negated.unwrap_or(value));
        } else {
            fields.insert(name.clone().into_owned(), value(&name, &text));
        }
    }
    if let Some(argument) = argument {
        outer.insert(argument, inner.into());
    }
    outer.into()
}

fn value(name: &str, text: &str) -> Value {
    let number = if NUMBERS.contains(&name) { text.parse::<i64>().ok() } else { None };
    number.map_or_else(|| text.into(), Value::from)
}

/// The page of what a form made or gave another name, for the page that it stood on is not where one goes on.
async fn arrival(name: &str, answer: Response) -> Option<String> {
    let place: fn(&Value) -> Option<String> = match name {
        "create_order" => |answer| Some(format!("/orders/{}", answer["id"].as_i64()?)),
        "rename_category" => |answer| {
            let category = utf8_percent_encode(answer["to"].as_str()?, NON_ALPHANUMERIC);
            Some(format!("/categories/{category}"))
        },
        _ => return None,
    };
    let bytes = axum::body::to_bytes(answer.into_body(), ANSWER_BYTES_MAX).await.ok()?;
    place(&serde_json::from_slice(&bytes).ok()?)
}

/// The path that the form stood on, without what opened it.
fn page_before(referer: Option<&HeaderValue>) -> String {
    let uri = referer.and_then(|value| value.to_str().ok()).and_then(|text| text.parse::<Uri>().ok());
    let Some(uri) = uri else { return "/".to_owned() };
    let query = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.starts_with("do="));
    // Two slashes in front would name another site; browsers read a backslash as a slash.
    let path = uri.path().trim_start_matches(['/', '\\']);
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

    fn check(address: &str, form: &str, arguments_are: Value) {
        assert_eq!(arguments(address, form.as_bytes()), arguments_are, "{address} {form}");
    }

    #[test]
    fn fields_become_arguments() {
        let adjustment = json!({"delta": 3, "reason": "Water damage"});
        let form = "id=7&delta=3&reason=Water+damage&warehouseId=";
        check("in=adjustment", form, json!({"id": 7, "adjustment": adjustment}));
        check("", "id=7", json!({"id": 7}));
        check("", "quantity=many", json!({"quantity": "many"}));
        check("in=rename&category=A%20%26%20B", "to=C", json!({"category": "A & B", "rename": {"to": "C"}}));
    }

    #[test]
    fn a_minus_in_front_of_a_name_negates() {
        check("in=adjustment", "-delta=3", json!({"adjustment": {"delta": -3}}));
        check("in=adjustment", "-delta=-3", json!({"adjustment": {"delta": 3}}));
        let least = i64::MIN.to_string();
        check("", &format!("-delta={least}"), json!({"delta": i64::MIN}));
        check("", "-delta=many", json!({"delta": "many"}));
    }

    #[test]
    fn units_of_items_are_lines_of_an_order() {
        let lines = json!([{"itemId": 12, "quantity": 3}, {"itemId": 40, "quantity": "x"}]);
        let order = json!({"lines": lines, "reference": "WEB-1"});
        check("in=order", "units-12=3&units-40=x&units-7=&reference=WEB-1", json!({ "order": order }));
        check("in=order", "units-x=1", json!({"order": {"lines": [{"itemId": "x", "quantity": 1}]}}));
        // Whoever names other lines as well gets no panic.
        check("in=order", "lines=5&units-1=1", json!({"order": {"lines": "5"}}));
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
        check("http://localhost:3000/\\elsewhere.example/", "/elsewhere.example/");
        check("nonsense nonsense", "/");
        assert_eq!(page_before(None), "/");
    }
}
