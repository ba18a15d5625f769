//! Commit notifications within the process, between servers, and to subscribers.

pub(crate) mod notifier;
pub(crate) mod subscription;
