//! The actions that the caller of the page may not perform. The console hides them; the server rejects them in any case.
//!
//! The server writes them into the attribute `data-forbidden` of the document, separated by spaces. Style sheets hide the
//! controls of these actions, so that the views contain no conditions. An action is the name of a dialog, such as
//! `create`, or the path of a page, such as `/imports`.

#[cfg(feature = "ssr")]
use crate::server_pages::ConsoleCaller;

/// Returns whether the action of a link is forbidden: of the page, or of the dialog that the link opens.
pub fn is_forbidden_href(href: &str) -> bool {
    is_forbidden(href.rsplit('=').next().unwrap_or(href))
}

/// Returns whether an action is forbidden.
#[cfg(feature = "ssr")]
pub fn is_forbidden(action: &str) -> bool {
    leptos::prelude::use_context::<ConsoleCaller>().is_some_and(|caller| caller.is_forbidden(action))
}

/// Returns whether an action is forbidden.
#[cfg(not(feature = "ssr"))]
pub fn is_forbidden(action: &str) -> bool {
    let selector = format!("[data-forbidden~='{action}']");
    leptos::prelude::document().query_selector(&selector).ok().flatten().is_some()
}
