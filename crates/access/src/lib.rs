//! Authentication: finds the principal of a request's credentials.
//!
//! **Invariant:** this crate has no HTTP and no SQL. The rules of permissions, roles and scopes are in `domain`, the
//! statements in `store`.

mod caller;
mod error;
mod service;

pub use caller::{Caller, Credentials};
pub use error::{Error, Result};
pub use service::{Access, Settings};
