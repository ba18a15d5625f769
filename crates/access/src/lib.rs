//! Authentication: finds the principal of a request's credentials.
//!
//! **Invariant:** this crate has no HTTP and no SQL. The rules of permissions, roles and scopes are in `domain`, the
//! statements in `store`.

mod audit;
mod background;
mod cache;
mod caller;
mod clients;
mod error;
mod openid;
mod password;
mod people;
mod rate_limits;
mod secret;
mod service;
mod sign_in;
mod throttle;
mod totp;
mod verification;
mod warehouses;

pub use caller::{Authenticated, Caller, Credentials};
pub use clients::IssuedToken;
pub use error::{Error, Result};
pub use openid::{OpenIdPurpose, OpenIdRejection};
pub use people::{LINK_HOURS, NewPerson, PasswordLink};
pub use rate_limits::{RateLimit, RateLimitSettings, RateLimitState, RateLimits};
pub use secret::{SecretHash, Token};
pub use service::{Access, Settings};
pub use sign_in::{NewSession, SignIn};
pub use totp::TotpSecret;
pub use warehouses::WarehouseCodes;
