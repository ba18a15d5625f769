//! The browser's storage.

use leptos::prelude::*;

/// Returns a stored value, if the browser allows local storage and has one.
pub fn stored(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// Stores a value, if the browser allows local storage.
pub fn store(key: &str, value: &str) {
    if let Some(storage) = storage() {
        _ = storage.set_item(key, value);
    }
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// Returns a value of this tab, if the browser allows storage and has one.
pub fn session_stored(key: &str) -> Option<String> {
    session()?.get_item(key).ok().flatten()
}

/// Stores a value for this tab, if the browser allows storage.
pub fn store_in_session(key: &str, value: &str) {
    if let Some(storage) = session() {
        _ = storage.set_item(key, value);
    }
}

fn session() -> Option<web_sys::Storage> {
    window().session_storage().ok().flatten()
}
