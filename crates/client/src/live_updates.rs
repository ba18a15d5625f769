//! Live updates: one stream of server-sent events for the whole console. It makes pages fetch changed data again,
//! and lists show new quantities at once.

mod state;
#[cfg(feature = "hydrate")]
mod stream;

pub use state::{ConnectionState, LiveUpdates};

use leptos::prelude::*;

/// Provides the live updates as a context, and connects in the browser.
pub fn provide_live_updates() {
    let live = LiveUpdates::new();
    provide_context(live);
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| stream::connect(live));
}
