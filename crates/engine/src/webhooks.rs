//! Webhooks: commands, queries, and the senders.
//!
//! One server at a time sends to an endpoint: it has a lease of it ([`manager`]). A sender has two loops. [`pages`] reads the
//! event feed after the endpoint's cursor and sends the events of a page, those of one item in order. An event that fails is
//! *parked*: its row is written with the cursor's new position, so events of other items go on. [`retries`] sends the parked
//! events by the schedule. Every commit compares the lease and the revision of the endpoint. See decisions 0123 and 0124.

mod commands;
mod delivery;
pub(crate) mod manager;
mod messages;
mod pages;
mod queries;
mod retries;
mod sender;
pub(crate) mod settings;
pub(crate) mod state;

pub use queries::SetAsideEvent;
pub use settings::{FeedEvent, WebhookSettings, WebhookTransport};
