//! Cookies of the console. The server reads them too, so that its HTML already has the person's preferences.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Sets a cookie that lasts for a year.
pub fn set_cookie(name: &str, value: &str) {
    if let Some(document) = document().dyn_ref::<web_sys::HtmlDocument>() {
        _ = document.set_cookie(&format!("{name}={value}; path=/; max-age=31536000; samesite=lax"));
    }
}

/// Returns the value of a cookie, on the server and in the browser.
pub fn cookie(name: &str) -> Option<String> {
    if cfg!(feature = "ssr") {
        return api::page_request::request_cookie(name);
    }
    let cookies = document().dyn_ref::<web_sys::HtmlDocument>()?.cookie().ok()?;
    let pair =
        |pair: &str| pair.trim().split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned()));
    cookies.split(';').filter_map(pair).find(|(key, _)| key == name).map(|(_, value)| value)
}
