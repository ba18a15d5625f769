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
