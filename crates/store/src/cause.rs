//! The origin of a change: written into the ledger and the audit log.

use domain::Credential;
use std::net::IpAddr;

/// The origin of a change: the caller and the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cause<'a> {
    /// The principal.
    pub actor: &'a str,
    /// The token or session of the request. `None` for local access.
    pub credential: Option<Credential>,
    /// The client's address.
    pub address: Option<IpAddr>,
    /// The id of the request.
    pub request_id: Option<&'a str>,
}

impl<'a> Cause<'a> {
    /// The system itself, for example for the end of an expired block.
    pub const SYSTEM: Cause<'static> =
        Cause { actor: "system", credential: None, address: None, request_id: None };

    /// Returns the cause of a request without credential and address.
    pub const fn new(actor: &'a str, request_id: &'a str) -> Self {
        Self { actor, credential: None, address: None, request_id: Some(request_id) }
    }

    /// Returns the id of the token.
    pub(crate) fn token(&self) -> Option<i64> {
        self.credential.and_then(Credential::token)
    }

    /// Returns the id of the session.
    pub(crate) fn session(&self) -> Option<i64> {
        self.credential.and_then(Credential::session)
    }

    /// Returns the credential as text, such as `token:5`.
    pub(crate) fn credential_text(&self) -> Option<String> {
        self.credential.map(|credential| credential.to_string())
    }
}

/// Returns the cause of a change by the index of its request: [`Cause::SYSTEM`] if no request asked for it.
pub(crate) fn cause_of<'a>(causes: &[Cause<'a>], request: Option<usize>) -> Cause<'a> {
    request.and_then(|request| causes.get(request)).copied().unwrap_or(Cause::SYSTEM)
}

/// Causes as columns of a set-based statement.
#[derive(Default)]
pub(crate) struct CauseColumns<'a> {
    pub(crate) actors: Vec<&'a str>,
    pub(crate) tokens: Vec<Option<i64>>,
    pub(crate) sessions: Vec<Option<i64>>,
    pub(crate) addresses: Vec<Option<IpAddr>>,
    pub(crate) requests: Vec<Option<&'a str>>,
}

impl<'a> CauseColumns<'a> {
    pub(crate) fn of(causes: impl ExactSizeIterator<Item = Cause<'a>>) -> Self {
        let rows = causes.len();
        let mut columns = Self {
            actors: Vec::with_capacity(rows),
            tokens: Vec::with_capacity(rows),
            sessions: Vec::with_capacity(rows),
            addresses: Vec::with_capacity(rows),
            requests: Vec::with_capacity(rows),
        };
        for cause in causes {
            columns.actors.push(cause.actor);
            columns.tokens.push(cause.token());
            columns.sessions.push(cause.session());
            columns.addresses.push(cause.address);
            columns.requests.push(cause.request_id);
        }
        columns
    }
}
