use crate::{Caller, Credentials, Error, Result};
use std::sync::Arc;

/// The settings of authentication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Whether requests without credentials are the local administrator's. Only for servers that listen on a loopback
    /// address.
    pub local_access: bool,
}

/// Authentication. A clone is cheap.
#[derive(Clone)]
pub struct Access {
    shared: Arc<Shared>,
}

struct Shared {
    settings: Settings,
}

impl Access {
    /// Creates the service.
    pub fn new(settings: Settings) -> Self {
        Self { shared: Arc::new(Shared { settings }) }
    }

    /// Returns whether requests without credentials are the local administrator's.
    pub fn is_local(&self) -> bool {
        self.shared.settings.local_access
    }

    /// Returns the caller without a query, `Ok(None)` for an anonymous request. Returns `None` if the credentials have to be
    /// looked up by [`Access::authenticate`].
    pub fn cached(&self, credentials: Credentials<'_>) -> Option<Result<Option<Caller>>> {
        match credentials.is_present() {
            true => None,
            false if self.is_local() && !credentials.is_forwarded => Some(Ok(Some(Caller::Local))),
            false => Some(Ok(None)),
        }
    }

    /// Returns the caller, `None` for an anonymous request.
    ///
    /// # Errors
    /// [`Error::InvalidCredentials`], or a failure of the database.
    pub async fn authenticate(&self, credentials: Credentials<'_>) -> Result<Option<Caller>> {
        match self.cached(credentials) {
            Some(known) => known,
            None => Err(Error::InvalidCredentials),
        }
    }
}
