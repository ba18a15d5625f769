//! The origin of a change: the principal and the request.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;

/// The credential of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Credential {
    /// A client's token, by its id.
    Token(i64),
    /// A person's session, by its id.
    Session(i64),
}

impl Credential {
    /// Returns the id of the token; `None` for a session.
    pub const fn token(self) -> Option<i64> {
        match self {
            Self::Token(id) => Some(id),
            Self::Session(_) => None,
        }
    }

    /// Returns the id of the session; `None` for a token.
    pub const fn session(self) -> Option<i64> {
        match self {
            Self::Token(_) => None,
            Self::Session(id) => Some(id),
        }
    }
}

impl fmt::Display for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token(id) => write!(f, "token:{id}"),
            Self::Session(id) => write!(f, "session:{id}"),
        }
    }
}

/// The origin of an event: the principal, and the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The principal, such as `person:anna`.
    pub actor: Cow<'static, str>,
    /// The credential. `None` on the command line and for local access.
    pub credential: Option<Credential>,
    /// The client's address. `None` on the command line.
    pub address: Option<IpAddr>,
    /// The id of the request. `None` on the command line.
    pub request_id: Option<String>,
}

impl Origin {
    /// The command line, whose user has all rights on this machine.
    pub const COMMAND_LINE: Self =
        Self { actor: Cow::Borrowed("local"), credential: None, address: None, request_id: None };
    /// The system itself.
    pub const SYSTEM: Self =
        Self { actor: Cow::Borrowed("system"), credential: None, address: None, request_id: None };
}
