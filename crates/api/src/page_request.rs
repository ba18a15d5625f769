//! Access of a server-rendered page to its HTTP request and response. In the browser these functions do nothing, so
//! the client needs no server types.

/// Returns the value of a cookie of the request.
#[cfg(feature = "ssr")]
pub fn request_cookie(name: &str) -> Option<String> {
    let parts = leptos::prelude::use_context::<http::request::Parts>()?;
    parts
        .headers
        .get_all(http::header::COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// Returns the value of a cookie of the request.
#[cfg(not(feature = "ssr"))]
pub fn request_cookie(_name: &str) -> Option<String> {
    None
}

/// Returns the value of a header of the request; `None` if it is not text.
#[cfg(feature = "ssr")]
pub fn request_header(name: &str) -> Option<String> {
    let parts = leptos::prelude::use_context::<http::request::Parts>()?;
    parts.headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// Returns the path and query of the request.
#[cfg(feature = "ssr")]
pub fn request_address() -> Option<String> {
    let parts = leptos::prelude::use_context::<http::request::Parts>()?;
    Some(parts.uri.path_and_query()?.as_str().to_owned())
}

/// Returns the path and query of the request.
#[cfg(not(feature = "ssr"))]
pub fn request_address() -> Option<String> {
    None
}

/// Sets the HTTP status of the response.
#[cfg(feature = "ssr")]
pub fn respond_with_status(status: u16) {
    let response = leptos::prelude::use_context::<leptos_axum::ResponseOptions>();
    if let (Some(response), Ok(status)) = (response, http::StatusCode::from_u16(status)) {
        response.set_status(status);
    }
}

/// Sets the HTTP status of the response.
#[cfg(not(feature = "ssr"))]
pub fn respond_with_status(_status: u16) {}

/// The function that puts the texts of the person's language into a problem. The server provides it to pages and server
/// functions as a context. REST has no context, so its problems are in English.
#[cfg(feature = "ssr")]
#[derive(Clone, Copy)]
pub struct ProblemTexts(pub fn(crate::Problem) -> crate::Problem);

/// The function that returns the seconds by which the person's time zone is ahead of UTC at a time. The server provides it to server
/// functions as a context.
#[cfg(feature = "ssr")]
#[derive(Clone, Copy)]
pub struct SecondsAhead(pub fn(crate::Time) -> i64);

/// Returns the seconds by which the person's time zone is ahead of UTC at a time; 0 without a context.
#[cfg(feature = "ssr")]
pub(crate) fn seconds_ahead(time: crate::Time) -> i64 {
    leptos::prelude::use_context::<SecondsAhead>().map_or(0, |SecondsAhead(ahead)| ahead(time))
}

/// Returns the signs of the person's number format, which the server provides to server functions as a context; those of English
/// without a context.
#[cfg(feature = "ssr")]
pub(crate) fn number_signs() -> domain::NumberSigns {
    leptos::prelude::use_context().unwrap_or_default()
}

/// The cookie that dismisses the first steps.
pub const STEPS_DISMISSED: &str = "first_steps";

/// The function that renders the first steps of a new shop as HTML. The server provides it to pages and server functions as a
/// context.
#[cfg(feature = "ssr")]
#[derive(Clone, Copy)]
pub struct StepsView(pub fn(crate::FirstSteps) -> String);

/// Returns the first steps as HTML; an empty text without a context.
#[cfg(feature = "ssr")]
pub(crate) fn rendered(steps: crate::FirstSteps) -> String {
    leptos::prelude::use_context::<StepsView>().map(|StepsView(view)| view(steps)).unwrap_or_default()
}

/// Returns a problem in the person's language.
#[cfg(feature = "ssr")]
pub(crate) fn localized(problem: crate::Problem) -> crate::Problem {
    match leptos::prelude::use_context::<ProblemTexts>() {
        Some(ProblemTexts(texts)) => texts(problem),
        None => problem,
    }
}
