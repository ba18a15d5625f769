//! Commit notifications within the process and between servers, and the event feed.

pub(crate) mod feed;
pub(crate) mod notifier;
pub(crate) mod page;
pub(crate) mod reader;
pub(crate) mod subscription;
