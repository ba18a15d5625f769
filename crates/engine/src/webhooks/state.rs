//! The state of webhooks of one server.

use super::messages::MessagePages;
/// The state of webhooks of one server.
pub(crate) struct Webhooks {
    pub(crate) pages: MessagePages,
}

impl Webhooks {
    pub(crate) fn new() -> Self {
        Self { pages: MessagePages::new() }
    }
}
