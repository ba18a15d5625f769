//! The redirect after a form: the page, and the message that it shows.

use api::Problem;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use client::messages;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// The lifetime of the cookie with the message, in seconds.
const MESSAGE_SECONDS: u32 = 5;

/// Redirects to `location`, with a cookie that has the message. The cookie's path is that page, so the next page does not
/// show the message again.
pub(crate) fn redirect(message: &str, location: &str) -> Response {
    let message = utf8_percent_encode(message, NON_ALPHANUMERIC);
    // A semicolon would start another attribute of the cookie.
    let path = location.split(['?', ';']).next().unwrap_or("/");
    let cookie = format!("flash={message}; path={path}; max-age={MESSAGE_SECONDS}; samesite=lax");
    let headers = [(header::LOCATION, location), (header::SET_COOKIE, &cookie)];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// Returns path and query of the page with the form, from the `Referer` header. The parameter `do`, which opened the form,
/// is removed.
pub(super) fn page_before(referer: Option<&HeaderValue>) -> String {
    let uri = referer.and_then(|value| value.to_str().ok()).and_then(|text| text.parse::<Uri>().ok());
    let Some(uri) = uri else { return "/".to_owned() };
    let query = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.starts_with("do="));
    // A path that starts with two slashes is another site's address. Browsers read a backslash as a slash.
    let path = uri.path().trim_start_matches(['/', '\\']);
    match query.filter(|pair| !pair.is_empty()).collect::<Vec<_>>().join("&") {
        query if query.is_empty() => format!("/{path}"),
        query => format!("/{path}?{query}"),
    }
}

/// Returns title and detail of an error response.
pub(super) fn error_message(response: &Response) -> String {
    let problem = response.extensions().get::<Problem>().cloned();
    problem.map_or_else(
        || messages::request_rejected().to_owned(),
        |problem| {
            let title = client::localized(problem.clone()).title;
            let message = client::message(problem);
            // The title may be the only text about the problem.
            if message.starts_with(&title) { message } else { format!("{title}. {message}") }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_redirects_to_its_own_page_and_never_to_another_site() {
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
