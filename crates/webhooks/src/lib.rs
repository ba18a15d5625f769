//! Sends messages to webhook endpoints: signed by Standard Webhooks 1.0, with limits of time and size, and to public addresses
//! only.
//!
//! **Invariant:** no SQL and no state. The engine decides the time of each message and the effect of its outcome.

mod client;
mod sign;

pub use client::{Sender, Settings};
pub use sign::{new_key, secret_text, signature_header};

/// An error of this machine.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system returns no random numbers.
    #[error("the operating system returns no random numbers")]
    NoRandomNumbers,
}
