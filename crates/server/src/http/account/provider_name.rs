//! The name of the OpenID provider on the pages.

use crate::state::AppState;

/// Returns the name of the OpenID provider; `None` without one.
#[cfg(feature = "openid")]
pub(super) fn provider_name(state: &AppState) -> Option<String> {
    state.openid.as_ref().map(|openid| openid.name.clone())
}

/// Returns `None`: this build has no sign-in by OpenID Connect.
#[cfg(not(feature = "openid"))]
pub(super) fn provider_name(_: &AppState) -> Option<String> {
    None
}
