//! Sign-in by OpenID Connect: the authorization code flow with PKCE, and the check of ID tokens.
//!
//! **Invariant:** this crate has no session, no SQL and no person. It returns the identity that a provider asserts. `access`
//! finds its person.

mod attempt;
mod error;
mod fetch;
mod metadata;
mod provider;
mod settings;

pub use attempt::Attempt;
pub use error::{Error, Result};
pub use provider::{AuthorizationResponse, Provider};
pub use settings::{ClientSecret, Settings};
