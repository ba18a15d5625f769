//! What a page that the server renders knows of its request, and tells its response. In the browser,
//! where a page has neither, these do nothing: the client needs no server types to call them.

/// The value of a cookie that came with the request.
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

/// The value of a cookie that came with the request.
#[cfg(not(feature = "ssr"))]
pub fn request_cookie(_name: &str) -> Option<String> {
    None
}

/// The path and query that were asked for.
#[cfg(feature = "ssr")]
pub fn request_address() -> Option<String> {
    let parts = leptos::prelude::use_context::<http::request::Parts>()?;
    Some(parts.uri.path_and_query()?.as_str().to_owned())
}

/// The path and query that were asked for.
#[cfg(not(feature = "ssr"))]
pub fn request_address() -> Option<String> {
    None
}

/// Gives the response this HTTP status.
#[cfg(feature = "ssr")]
pub fn respond_with_status(status: u16) {
    let response = leptos::prelude::use_context::<leptos_axum::ResponseOptions>();
    if let (Some(response), Ok(status)) = (response, http::StatusCode::from_u16(status)) {
        response.set_status(status);
    }
}

/// Gives the response this HTTP status.
#[cfg(not(feature = "ssr"))]
pub fn respond_with_status(_status: u16) {}
