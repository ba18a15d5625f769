//! Live updates: one stream of server-sent events for all windows of the browser. It makes pages fetch changed data again,
//! and lists show new quantities at once.

mod state;
#[cfg(feature = "hydrate")]
mod stream;
#[cfg(feature = "hydrate")]
mod windows;

pub use state::{ConnectionState, LiveUpdates};

use leptos::prelude::*;

/// Provides the live updates as a context, and connects in the browser.
pub fn provide_live_updates() {
    let live = LiveUpdates::new();
    provide_context(live);
    #[cfg(feature = "hydrate")]
    crate::memo::effect(move |_| stream::connect(live));
}
