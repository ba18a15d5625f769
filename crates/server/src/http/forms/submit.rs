//! A form as a call of a server function.

use super::redirect::{error_message, page_before, redirect};
use crate::http::error::ApiError;
use crate::http::extract::body;
use crate::http::locale::number_signs;
use crate::http::rpc;
use crate::state::AppState;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{HeaderValue, Method, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use client::messages;
use domain::decimal_number;
use serde_json::{Map, Value, json};

/// The fields that are numbers in JSON.
const NUMBERS: [&str; 10] = [
    "id",
    "itemId",
    "warehouseId",
    "fromWarehouseId",
    "toWarehouseId",
    "quantity",
    "delta",
    "ttlSeconds",
    "priority",
    LOW_STOCK,
];

/// The field with the threshold of low stock. An empty one is null: the item has no threshold of its own.
const LOW_STOCK: &str = "lowStock";

/// The fields that are numbers with decimals in JSON. Empty ones are null: the warehouse has no position.
const DECIMALS: [&str; 2] = ["latitude", "longitude"];

/// The field with the barcodes of an item. White space separates them.
const BARCODES: &str = "barcodes";
/// The fields that are true or false in JSON.
const BOOLEANS: [&str; 2] = ["isDefault", "keep_rest"];

/// The fields that are arguments of their own: the row, and the version that it must have.
const OUTER: [&str; 2] = ["id", "if_match"];

/// The prefix of a field with the units of one order line: `units-12` is the line of item 12.
const LINE_PREFIX: &str = "units-";

/// The most bytes of a response that is parsed for the next page.
const RESPONSE_BYTES_MAX: usize = 1024 * 1024;

/// The route `POST /forms/{name}`.
pub(super) fn router() -> Router<AppState> {
    Router::new().route("/forms/{name}", post(submit))
}

/// Calls the server function `name`, and redirects to the next page with a message.
async fn submit(
    State(state): State<AppState>,
    Path(name): Path<String>,
    RawQuery(address): RawQuery,
    request: Request,
) -> Result<Response, ApiError> {
    let (mut parts, form) = request.into_parts();
    let back = page_before(parts.headers.get(header::REFERER));
    let bytes = match body::read(form, state.http.body_limit_bytes).await {
        Ok(bytes) => bytes,
        Err(error) => return Ok(redirect(&error_message(&error.into_response()), &back)),
    };
    if let Some(error) = wrong_number(&bytes) {
        return Ok(redirect(&error_message(&ApiError::from(error).into_response()), &back));
    }
    let arguments = arguments(&address.unwrap_or_default(), &bytes).to_string();
    parts.method = Method::POST;
    parts.uri = Uri::try_from(format!("/rpc/{name}")).map_err(|_| ApiError::not_found(parts.uri.path()))?;
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    parts.headers.remove(header::CONTENT_LENGTH);
    let result = rpc::call(State(state), Request::from_parts(parts, Body::from(arguments))).await;
    Ok(match result {
        Ok(response) => redirect(messages::done(), &next_page(&name, response).await.unwrap_or(back)),
        Err(error) => redirect(&error_message(&error.into_response()), &back),
    })
}

/// Converts a form to the arguments of a server function. Parameters of the address, and the fields of [`OUTER`], are arguments
/// of their own. If the address has `in=argument`, all other fields become members of that argument. Empty fields are left
/// out, except those that [`may_be_null`]. A field with a minus before its name is negated: units are written off by a negative change.
fn arguments(address: &str, form: &[u8]) -> Value {
    let (mut outer, mut inner) = (Map::new(), Map::new());
    let mut argument = None;
    for (name, text) in form_urlencoded::parse(address.as_bytes()) {
        match &*name {
            "in" => argument = Some(text.into_owned()),
            _ => _ = outer.insert(name.into_owned(), Value::from(&*text)),
        }
    }
    for (name, text) in
        form_urlencoded::parse(form).filter(|(name, text)| !text.is_empty() || may_be_null(name))
    {
        let fields = if argument.is_none() || OUTER.contains(&&*name) { &mut outer } else { &mut inner };
        if let Some(item) = name.strip_prefix(LINE_PREFIX) {
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

/// Returns whether an empty field is null.
fn may_be_null(name: &str) -> bool {
    name == LOW_STOCK || DECIMALS.contains(&name)
}

/// Returns the error of the first field with a wrong number: a field of [`NUMBERS`] has a whole number, and one of
/// [`DECIMALS`] has a number.
fn wrong_number(form: &[u8]) -> Option<domain::Error> {
    form_urlencoded::parse(form).find_map(|(name, text)| {
        let name = name.strip_prefix('-').unwrap_or(&name);
        let number = |field| (field, number_signs().whole(&text).is_none(), "a whole number");
        let decimal = |field| (field, decimal_number(&text).is_none(), "a number");
        let known = NUMBERS.into_iter().map(number).chain(DECIMALS.into_iter().map(decimal));
        let (field, is_wrong, kind) = known.into_iter().find(|(known, ..)| *known == name)?;
        (is_wrong && !text.is_empty())
            .then(|| domain::Error::invalid(field, format!("must be {kind}, not {}", domain::quoted(&text))))
    })
}

fn value(name: &str, text: &str) -> Value {
    if may_be_null(name) && text.is_empty() {
        return Value::Null;
    }
    if DECIMALS.contains(&name) {
        return decimal_number(text).map_or_else(|| text.into(), Value::from);
    }
    if name == BARCODES {
        return text.split_whitespace().collect();
    }
    if let (true, Ok(is_true)) = (BOOLEANS.contains(&name), text.parse::<bool>()) {
        return is_true.into();
    }
    let number = if NUMBERS.contains(&name) { number_signs().whole(text) } else { None };
    number.map_or_else(|| text.into(), Value::from)
}

/// Returns the page of a row that the form created or renamed; `None` if the redirect leads back to the form's page.
async fn next_page(name: &str, response: Response) -> Option<String> {
    let location: fn(&Value) -> Option<String> = match name {
        "create_order" => |order| Some(format!("/orders/{}", order["id"].as_i64()?)),
        "rename_category" => |renamed| Some(client::category_path(renamed["to"].as_str()?)),
        _ => return None,
    };
    let bytes = axum::body::to_bytes(response.into_body(), RESPONSE_BYTES_MAX).await.ok()?;
    location(&serde_json::from_slice(&bytes).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, form: &str, expected: Value) {
        assert_eq!(arguments(address, form.as_bytes()), expected, "{address} {form}");
    }

    #[test]
    fn a_field_of_a_number_has_a_number() {
        let error = |form: &str| wrong_number(form.as_bytes()).map(|error| error.to_string());
        assert_eq!(error("id=7&lowStock=&-delta=3&name=x"), None);
        for form in ["id=7&lowStock=12x", "lowStock=1e3", "lowStock=1.299", "lowStock=99999999999999999999"] {
            assert!(error(form).is_some_and(|error| error.starts_with("lowStock must be a whole number")));
        }
        assert_eq!(error("priority=-3&latitude=52.5&longitude="), None);
        assert_eq!(error("lowStock=1,299&latitude=52,5"), None);
        for form in ["latitude=north", "longitude=inf", "latitude=NaN"] {
            assert!(error(form).is_some_and(|error| error.contains("must be a number")), "{form}");
        }
        assert!(error("-delta=x").is_some_and(|error| error.starts_with("delta must be")));
    }

    #[test]
    fn fields_become_arguments() {
        let adjustment = json!({"delta": 3, "reason": "Water damage"});
        let form = "id=7&delta=3&reason=Water+damage&warehouseId=";
        check("in=adjustment", form, json!({"id": 7, "adjustment": adjustment}));
        check("", "id=7", json!({"id": 7}));
        let changes = json!({"isDefault": true});
        check(
            "in=changes",
            "id=7&if_match=ab&isDefault=true",
            json!({"id": 7, "if_match": "ab", "changes": changes}),
        );
        check("in=changes", "id=7&lowStock=", json!({"id": 7, "changes": {"lowStock": null}}));
        check("in=changes", "lowStock=0", json!({"changes": {"lowStock": 0}}));
        check("in=changes", "lowStock=1,299", json!({"changes": {"lowStock": 1299}}));
        check("in=changes", "priority=-3", json!({"changes": {"priority": -3}}));
        check(
            "in=changes",
            "latitude=52.5&longitude=",
            json!({"changes": {"latitude": 52.5, "longitude": null}}),
        );
        check("", "quantity=many", json!({"quantity": "many"}));
        check("in=item", "barcodes=12+34&sku=", json!({"item": {"barcodes": ["12", "34"]}}));
        check("in=rename&category=A%20%26%20B", "to=C", json!({"category": "A & B", "rename": {"to": "C"}}));
    }

    #[test]
    fn a_minus_before_a_name_negates_the_value() {
        check("in=adjustment", "-delta=3", json!({"adjustment": {"delta": -3}}));
        check("in=adjustment", "-delta=-3", json!({"adjustment": {"delta": 3}}));
        let least = i64::MIN.to_string();
        check("", &format!("-delta={least}"), json!({"delta": i64::MIN}));
        check("", "-delta=many", json!({"delta": "many"}));
    }

    #[test]
    fn unit_fields_become_order_lines() {
        let lines = json!([{"itemId": 12, "quantity": 3}, {"itemId": 40, "quantity": "x"}]);
        let order = json!({"lines": lines, "reference": "WEB-1"});
        check("in=order", "units-12=3&units-40=x&units-7=&reference=WEB-1", json!({ "order": order }));
        check("in=order", "units-x=1", json!({"order": {"lines": [{"itemId": "x", "quantity": 1}]}}));
        // A form that also has a field `lines` causes no panic.
        check("in=order", "lines=5&units-1=1", json!({"order": {"lines": "5"}}));
    }
}
