//! The OpenAPI document: the handlers' descriptions, and every problem that each of them can return.

use crate::http::error::PROBLEM_JSON;
use crate::http::error_codes::{self, CODES, Code};
use crate::http::routes::{Paths, Route, table};
use crate::http::{openapi_bounds, openapi_examples};
use crate::state::AppState;
use axum::Router;
use axum::http::{HeaderValue, Method, header};
use axum::response::IntoResponse as _;
use axum::routing::get;
use domain::Permission;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use utoipa::OpenApi as _;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::Type;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    ContentBuilder, InfoBuilder, LicenseBuilder, ObjectBuilder, OpenApi, PathItem, Ref, RefOr, Required,
    Response, ResponseBuilder, Server,
};
use utoipa_swagger_ui::{Config, SwaggerUi};

/// The path of the document.
const DOCUMENT_PATH: &str = "/api/openapi.json";

/// The path of the documentation page.
const DOCS_PATH: &str = "/api/docs";

/// The names of the security schemes.
const BEARER_SCHEME: &str = "bearerAuth";
const SESSION_SCHEME: &str = "sessionCookie";

/// The cookie of a session over TLS.
const SESSION_COOKIE: &str = "__Host-session";

/// The headers of rate limits, with their descriptions.
const RATE_LIMIT_HEADERS: [(&str, &str); 3] = [
    ("RateLimit", "The requests left at once, per limit, if the caller is limited: `\"client\";r=99;t=1`."),
    (
        "RateLimit-Policy",
        "The limits, if the caller is limited: `\"client\";q=100;w=10`, which is 100 requests per 10 s.",
    ),
    (RETRY_AFTER, "The time after which a request is accepted again, in seconds."),
];

const RETRY_AFTER: &str = "Retry-After";

/// The header of a response to a write, and its description.
const POSITION: &str = "Stockhold-Position";
const POSITION_MEANING: &str = "A position in the database's log after this write, such as `16/B374D848`, if the server reads \
                                lists from a replica. Send it as `Stockhold-At-Least` with later reads.";

const INTRODUCTION: &str = "\
Keeps the stock of an online shop correct: reserves units during a checkout (a *temporary block*), turns the \
reservation into a sale (a *permanent block*), returns abandoned units to stock, and allocates whole orders from a \
warehouse.

Requests and responses are JSON with camelCase names. Times are RFC 3339 in UTC. Responses have prices as strings with \
two decimals; requests may have them as numbers or as strings of digits, with at most two decimals after a point. \
Requests may have ids as numbers or as strings of digits. \
Whole numbers have neither a point nor an exponent. An empty query parameter counts as absent. Names and other texts must not contain control characters, \
invisible characters, or characters that change the direction of text; zero-width joiners are allowed within words \
and emoji. Lists are paginated: pass `next` of one page as `after` to get the next page.

Every response has the id of its request in `X-Request-Id`. Send your own id there (1 to 64 visible ASCII characters) \
to find the request in the logs.

Requests are authenticated by the token of a client (`Authorization: Bearer`) or by the session of a signed-in person. \
Each operation needs a permission; see its security requirements. A server on a loopback address accepts requests \
without credentials until an administrator exists.

Every write except those of imports and those that manage access or webhooks accepts an `Idempotency-Key`: one header of 1 to 255 visible ASCII characters. A second request with the \
same key, method, path, query and body (byte by byte) is not executed again: it gets the stored response of the first \
one. A rejection by the rules, such as 404 or 409, is stored as well, for every kind of write: use a new key to try \
again. An invalid request (400) and a failure of the service (5xx) are not stored: the same key can be used again. \
Another request with a used key is answered with 422. Responses are stored for 24 hours.

An operator can limit the requests per second of clients, people and addresses. Responses to a limited caller have the \
headers `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-11). A request over a limit is answered \
with 429 `rate_limited` and `Retry-After`, and changes nothing.

A server can read lists and searches from a replica of its database. A list has everything that was committed when it was \
requested, unless the request has the header `Stockhold-At-Least`: then it has the changes up to that position, and \
may lack later ones. Such a read does not ask the primary. Responses to writes have the header `Stockhold-Position`: send the \
highest one of your session. If the replica does not reach the position within 200 ms (by default), the list is read from the \
primary. Reads of one row by its id are always of the primary.

Errors are RFC 9457 problems, `application/problem+json`. Their `code` is one of:

| code | status | cause and remedy |
| --- | --- | --- |
";

/// The positions that are accepted, as a regular expression. An empty one counts as absent.
const POSITION_PATTERN: &str = "^([0-7]?[0-9A-Fa-f]{1,7}/[0-9A-Fa-f]{1,8})?$";

/// The OpenAPI 3.1 document of the REST interface, as JSON.
pub fn document() -> serde_json::Value {
    let mut document = Paths::openapi();
    let mut description = INTRODUCTION.to_owned();
    for Code { code, status, meaning } in CODES {
        let _ = writeln!(description, "| `{code}` | {status} | {meaning} |");
    }
    let expression = env!("CARGO_PKG_LICENSE");
    let license = LicenseBuilder::new().name(expression).identifier(Some(expression)).build();
    document.info = InfoBuilder::new()
        .title("Stockhold")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(description))
        .license(Some(license))
        .build();
    add_security_schemes(&mut document);
    describe_headers(&mut document);
    for route in table() {
        let item = document.paths.paths.get_mut(route.path);
        if let Some(operation) = item.and_then(|item| operation_of(item, &route.method)) {
            operation.security = Some(security(route.permission));
            if accepts_key(&route) {
                operation.parameters.get_or_insert_default().push(idempotency_key().into());
            }
            add_problems(operation, &route);
            add_rate_limit_headers(operation);
            if is_list(operation, &route) {
                operation.parameters.get_or_insert_default().push(at_least().into());
            }
            if route.method != Method::GET {
                add_headers(operation, |status| status.starts_with('2'), POSITION);
            }
        }
    }
    // The addresses of operations are relative to that of the document.
    document.servers = Some(vec![Server::new("/")]);
    let mut document = serde_json::to_value(document).unwrap_or_default();
    openapi_bounds::add(&mut document);
    openapi_examples::add(&mut document);
    document
}

/// Serves the document and the documentation page.
pub(crate) fn router() -> Router<AppState> {
    // The text is constant while the process runs.
    let text = document().to_string();
    let json = HeaderValue::from_static("application/json");
    let serve = get(move || async move { ([(header::CONTENT_TYPE, json)], text).into_response() });
    let config = Config::from(DOCUMENT_PATH).try_it_out_enabled(true).doc_expansion("list");
    // Another site's validator would receive the document's address.
    let config = config.validator_url("none");
    Router::new().route(DOCUMENT_PATH, serve).merge(SwaggerUi::new(DOCS_PATH).config(config))
}

fn operation_of<'a>(item: &'a mut PathItem, method: &Method) -> Option<&'a mut Operation> {
    match method.as_str() {
        "GET" => item.get.as_mut(),
        "POST" => item.post.as_mut(),
        "PUT" => item.put.as_mut(),
        "PATCH" => item.patch.as_mut(),
        "DELETE" => item.delete.as_mut(),
        _ => None,
    }
}

/// Returns whether the operation accepts an idempotency key. Responses to requests that manage access are never stored,
/// because they may have a secret. A read whose body names its items stores nothing.
fn accepts_key(route: &Route) -> bool {
    route.method != Method::GET
        && !route.path.starts_with("/api/imports")
        && ![Permission::ManageAccess, Permission::ManageWebhooks, Permission::ReadStock]
            .contains(&route.permission)
}

/// Returns the credentials that an operation accepts: a token, or a session. Each names the permission.
fn security(permission: Permission) -> Vec<SecurityRequirement> {
    match permission {
        Permission::Public => Vec::new(),
        other => [BEARER_SCHEME, SESSION_SCHEME]
            .map(|scheme| SecurityRequirement::new(scheme, [other.as_str()]))
            .to_vec(),
    }
}

/// Adds the security schemes.
fn add_security_schemes(document: &mut OpenApi) {
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("The token of a client: `Authorization: Bearer shk_…`."))
        .build();
    let cookie = ApiKeyValue::with_description(SESSION_COOKIE, "The session of a signed-in person.");
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(BEARER_SCHEME, SecurityScheme::Http(bearer));
    components.add_security_scheme(SESSION_SCHEME, SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
}

/// Adds the descriptions of the headers of several responses.
fn describe_headers(document: &mut OpenApi) {
    let components = document.components.get_or_insert_default();
    for (name, description) in RATE_LIMIT_HEADERS.into_iter().chain([(POSITION, POSITION_MEANING)]) {
        let text = ObjectBuilder::new().schema_type(Type::String);
        let header = HeaderBuilder::new().schema(Some(text)).description(Some(description)).build();
        components.headers.insert(name.to_owned(), header.into());
    }
}

/// Adds the headers of rate limits to successful responses and to 429.
fn add_rate_limit_headers(operation: &mut Operation) {
    for (name, _) in RATE_LIMIT_HEADERS {
        let has_it = |status: &str| status == "429" || (status.starts_with('2') && name != RETRY_AFTER);
        add_headers(operation, has_it, name);
    }
}

/// Adds a header to the responses with these statuses.
fn add_headers(operation: &mut Operation, has_it: impl Fn(&str) -> bool, name: &str) {
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && has_it(status)
        {
            let header = Ref::new(format!("#/components/headers/{name}"));
            response.headers.insert(name.to_owned(), RefOr::Ref(header));
        }
    }
}

/// Returns whether the operation returns a list that a replica may serve.
fn is_list(operation: &Operation, route: &Route) -> bool {
    let is_limit =
        |parameter: &RefOr<Parameter>| matches!(parameter, RefOr::T(parameter) if parameter.name == "limit");
    route.method == Method::GET
        && route.permission == Permission::ReadStock
        // The event feed is read from the primary.
        && route.path != "/api/events"
        && operation.parameters.iter().flatten().any(is_limit)
}

/// The position that a list includes.
fn at_least() -> Parameter {
    let schema = ObjectBuilder::new().schema_type(Type::String).pattern(Some(POSITION_PATTERN));
    ParameterBuilder::new()
        .name("Stockhold-At-Least")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "The `Stockhold-Position` of an earlier response: the list has the changes up to it, and may lack later ones.",
        ))
        .schema(Some(schema))
        .build()
}

/// The idempotency key header of every write.
fn idempotency_key() -> Parameter {
    let schema = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(255));
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "A request with the same key is executed once; repetitions get the stored response.",
        ))
        .schema(Some(schema))
        .build()
}

/// Adds the problems of a row of the table: its own, and those that follow from its parts.
fn add_problems(operation: &mut Operation, route: &Route) {
    let mut by_status = BTreeMap::<u16, Vec<&Code>>::new();
    for code in problems(operation, route).iter().filter_map(|code| error_codes::find(code)) {
        by_status.entry(code.status).or_default().push(code);
    }
    for (status, mut codes) in by_status {
        codes.dedup();
        let key = status.to_string();
        // A handler that describes a status itself answers it in its own shape.
        operation.responses.responses.entry(key).or_insert_with(|| RefOr::T(response(&codes)));
    }
}

fn problems(operation: &Operation, route: &Route) -> Vec<&'static str> {
    let mut codes = route.error_codes.to_vec();
    codes.extend(["invalid_host", "host_unknown"]);
    let parameters: Vec<_> = operation
        .parameters
        .iter()
        .flatten()
        .filter_map(|parameter| match parameter {
            RefOr::T(parameter) => Some(parameter),
            RefOr::Ref(_) => None,
        })
        .collect();
    if operation.request_body.is_some() {
        codes.extend(["malformed_json", "invalid_body", "invalid_value", "invalid_request"]);
        codes.extend(["body_too_large", "unsupported_media_type", "body_timeout", "shutting_down"]);
    }
    if parameters.iter().any(|parameter| parameter.parameter_in == ParameterIn::Query) {
        codes.push("invalid_query");
    }
    if parameters.iter().any(|parameter| parameter.parameter_in == ParameterIn::Path) {
        codes.push("invalid_path");
    }
    if parameters.iter().any(|parameter| parameter.name == "id") {
        codes.push("invalid_id");
    }
    if accepts_key(route) {
        codes.push("idempotency_key_reused");
    }
    if route.method != Method::GET {
        codes.extend(["cross_site", "invalid_idempotency_key"]);
        codes.extend(["contended", "stock_locked", "outcome_unknown", "storage_full", "database_read_only"]);
    }
    codes.extend(["invalid_credentials", "rate_limited"]);
    if is_list(operation, route) {
        codes.push("invalid_position");
    }
    if route.permission != Permission::Public {
        codes.extend(["unauthenticated", "forbidden"]);
    }
    if route.path.starts_with("/api/") {
        codes.extend(["internal", "overloaded", "database_unavailable", "timeout", "database_out_of_memory"]);
        codes.extend(["database_connections_exhausted", "database_permission_denied", "database_too_slow"]);
    }
    codes.sort_by_key(|code| CODES.iter().position(|known| known.code == *code));
    codes
}

fn response(codes: &[&Code]) -> Response {
    let lines: Vec<_> = codes.iter().map(|code| format!("- `{}`: {}", code.code, code.meaning)).collect();
    let has = |name: &str| codes.iter().any(|code| code.code == name);
    // `document_refused` is the only problem of its status.
    let schema = if has("rate_limited") {
        "RateLimitProblem"
    } else if has("document_refused") {
        "DocumentProblem"
    } else {
        "Problem"
    };
    let schema = Ref::from_schema_name(schema);
    let content = ContentBuilder::new().schema(Some(schema)).build();
    ResponseBuilder::new().description(lines.join("\n")).content(PROBLEM_JSON, content).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_handlers_describe_the_rows_that_they_are_in() {
        let mut document = Paths::openapi();
        let rows = table();
        for Route { method, path, .. } in &rows {
            let item = document.paths.paths.get_mut(*path);
            assert!(item.is_some_and(|item| operation_of(item, method).is_some()), "{method} {path}");
        }
        let value = serde_json::to_value(&document.paths).expect("JSON");
        let described = value.as_object().expect("paths").values();
        let operations: usize = described.map(|item| item.as_object().map_or(0, serde_json::Map::len)).sum();
        assert_eq!(operations, rows.len());
    }

    #[test]
    fn every_code_in_the_table_is_known() {
        for route in table() {
            for code in route.error_codes {
                assert!(error_codes::find(code).is_some(), "{code}");
            }
        }
    }
}
