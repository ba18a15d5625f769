use domain::Principal;
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

impl Credentials<'_> {
    /// Returns whether the request has a token or a session.
    pub fn is_present(&self) -> bool {
        self.token.is_some() || self.session.is_some()
    }
}

/// The principal of a request. A clone is cheap.
#[derive(Debug, Clone)]
pub enum Caller {
    /// Local access. No count is shared, which all cores would write.
    Local,
    /// A person or a client.
    Known(Arc<Principal>),
}

impl Deref for Caller {
    type Target = Principal;

    fn deref(&self) -> &Principal {
        static LOCAL: Principal = Principal::LOCAL;
        match self {
            Self::Local => &LOCAL,
            Self::Known(principal) => principal,
        }
    }
}
