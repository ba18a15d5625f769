//! A typed client of Stockhold's REST interface.
//!
//! [`Stockhold`] has a method for each operation of the OpenAPI document. It adds an idempotency key to each write, and sends
//! requests again that can't take effect twice. A rejection is [`Error::Rejected`], with a stable code and the numbers that
//! explain it.

mod client;
mod error;
mod events;
mod generated;
mod request;
mod retry;
mod rows;
mod transport;
mod webhook;

pub use client::{Settings, Stockhold};
pub use error::{Error, Rejection};
pub use events::EventPages;
pub use generated::types;
pub use rows::Rows;
pub use webhook::{WebhookError, WebhookMessage, verify_webhook};

/// Compiles the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
