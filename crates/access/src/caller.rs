use crate::SecretHash;
use domain::{Credential, Principal};
use std::ops::Deref;
use std::sync::Arc;

/// The credentials of a request. A token comes before a session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Credentials<'a> {
    /// The token of the header `Authorization: Bearer`.
    pub token: Option<&'a str>,
    /// The secret of the session cookie.
    pub session: Option<&'a str>,
    /// Whether a proxy forwarded the request. Local access needs a direct connection.
    pub is_forwarded: bool,
}

/// A principal with the credential that authenticated it.
#[derive(Debug, PartialEq, Eq)]
pub struct Authenticated {
    /// The principal.
    pub principal: Principal,
    /// The credential.
    pub credential: Credential,
    /// The hash of the credential's secret.
    pub hash: SecretHash,
}

/// The principal of a request. A clone is cheap.
#[derive(Debug, Clone)]
pub enum Caller {
    /// Local access. No count is shared, which all cores would write.
    Local,
    /// A person or a client.
    Known(Arc<Authenticated>),
}

impl Caller {
    /// Returns the credential; `None` for local access.
    pub fn credential(&self) -> Option<Credential> {
        match self {
            Self::Local => None,
            Self::Known(known) => Some(known.credential),
        }
    }
}

impl Deref for Caller {
    type Target = Principal;

    fn deref(&self) -> &Principal {
        static LOCAL: Principal = Principal::LOCAL;
        match self {
            Self::Local => &LOCAL,
            Self::Known(known) => &known.principal,
        }
    }
}
