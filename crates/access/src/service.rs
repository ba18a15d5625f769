use crate::background::{self, BackgroundTasks};
use crate::cache::CACHE_TTL;
use crate::password::Passwords;
use crate::rate_limits::{RateLimitSettings, RateLimits};
use crate::secret::{Token, is_secret};
use crate::throttle::Throttle;
use crate::verification::{SecretKind, Verifier};
use crate::{Caller, Credentials, Error, Result, SecretHash};
use domain::Credential;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use store::{Store, WriteTransaction};
use supervision::WorkerHealth;

/// The settings of authentication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Whether requests without credentials are the local administrator's until an administrator exists. Only for servers
    /// that listen on a loopback address.
    pub local_access: bool,
    /// The default lifetime of a token, in days. Default 365.
    pub token_days: i32,
    /// The retention of the audit log, in days. Default 730.
    pub audit_days: Option<i32>,
    /// The time without a request after which a session ends. Default 12 hours.
    pub session_idle: Duration,
    /// The time after the sign-in at which a session ends. Default 7 days.
    pub session_lifetime: Duration,
    /// The rate limits. Default: none.
    pub rate_limits: RateLimitSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            local_access: false,
            token_days: 365,
            audit_days: None,
            session_idle: Duration::from_secs(12 * 3_600),
            session_lifetime: Duration::from_secs(7 * 24 * 3_600),
            rate_limits: RateLimitSettings::default(),
        }
    }
}

/// Authentication. A clone is cheap.
#[derive(Clone)]
pub struct Access {
    pub(crate) verifier: Arc<Verifier>,
    pub(crate) settings: Settings,
    pub(crate) passwords: Arc<Passwords>,
    pub(crate) throttle: Arc<Throttle>,
    pub(crate) rate_limits: Arc<RateLimits>,
    tasks: Arc<BackgroundTasks>,
}

impl Access {
    /// Creates the service without background tasks: for commands, which only change credentials.
    pub fn new(store: Store, settings: Settings) -> Self {
        let verifier = Arc::new(Verifier::new(store, settings.local_access, settings.session_idle));
        Self {
            verifier,
            settings,
            passwords: Arc::new(Passwords::new()),
            throttle: Arc::new(Throttle::new()),
            rate_limits: Arc::new(RateLimits::new(&settings.rate_limits)),
            tasks: Arc::new(BackgroundTasks::none()),
        }
    }

    /// Creates the service of a server, and starts its background tasks.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn start(store: Store, settings: Settings) -> Result<Self> {
        let mut access = Self::new(store.clone(), settings);
        access.verifier.check_local().await?;
        let mut tasks = BackgroundTasks::none();
        let verifier = access.verifier.clone();
        tasks.start("access listener", move |status| background::listen(verifier.clone(), status));
        let verifier = access.verifier.clone();
        tasks.start("access uses", move |status| background::record_uses(verifier.clone(), status));
        let days = settings.audit_days;
        tasks.start("access retention", move |status| {
            background::delete_old_rows(store.clone(), days, status)
        });
        let (throttle, limits) = (access.throttle.clone(), access.rate_limits.clone());
        tasks.start("rate limits", move |_| background::shrink_limiters(throttle.clone(), limits.clone()));
        access.tasks = Arc::new(tasks);
        Ok(access)
    }

    /// Returns the time after the sign-in at which a session ends.
    pub fn session_lifetime(&self) -> Duration {
        self.settings.session_lifetime
    }

    /// Returns whether an administrator exists or is invited: an enabled client, or an enabled person with a password, an
    /// identity or a valid one-time link.
    ///
    /// # Errors
    /// A failure of the database.
    pub async fn has_administrator(&self) -> Result<bool> {
        let store = &self.verifier.store;
        Ok(store.administrator_exists().await? || store.administrator_invited().await?)
    }

    /// Commits a change of credentials or rights, and invalidates the cache of this server before the change is
    /// acknowledged. Other servers invalidate theirs on the NOTIFY of the transaction.
    pub(crate) async fn commit(&self, transaction: WriteTransaction) -> Result<()> {
        let committed = transaction.commit().await;
        // After a broken connection the change may be committed.
        self.verifier.cache.invalidate();
        Ok(committed?)
    }

    /// Stops the background tasks.
    pub fn stop(&self) {
        self.tasks.stop();
    }

    /// Returns the health of the background tasks.
    pub fn health(&self) -> Vec<WorkerHealth> {
        self.tasks.health()
    }

    /// Returns whether requests without credentials are the local administrator's.
    pub fn is_local(&self) -> bool {
        self.verifier.is_local.load(Ordering::Relaxed)
    }

    /// Returns the caller without a query, `Ok(None)` for an anonymous request. Returns `None` if the credentials have to be
    /// looked up by [`Access::authenticate`].
    pub fn cached(&self, credentials: Credentials<'_>) -> Option<Result<Option<Caller>>> {
        let secret = match credentials.token {
            Some(token) if !Token::has_length(token) => return Some(Err(Error::InvalidCredentials)),
            Some(token) => token,
            None => match credentials.session.filter(|secret| is_secret(secret)) {
                Some(secret) => secret,
                None => return Some(Ok(self.without_credentials(credentials))),
            },
        };
        self.verifier.cache.get(&SecretHash::of(secret)).map(|caller| Ok(Some(caller)))
    }

    /// Returns whether the credentials were verified before. Their lookup is expected to succeed.
    pub fn were_verified(&self, credentials: Credentials<'_>) -> bool {
        let secret = credentials.token.or(credentials.session);
        secret.is_some_and(|secret| self.verifier.cache.has_entry(&SecretHash::of(secret)))
    }

    /// Returns the rate limits.
    pub fn rate_limits(&self) -> &RateLimits {
        &self.rate_limits
    }

    /// Returns the caller of a request without a token and without a valid session.
    fn without_credentials(&self, credentials: Credentials<'_>) -> Option<Caller> {
        (self.is_local() && !credentials.is_forwarded).then_some(Caller::Local)
    }

    /// Returns the caller, `None` for an anonymous request.
    ///
    /// # Errors
    /// [`Error::InvalidCredentials`], [`Error::Overloaded`], or a failure of the database.
    pub async fn authenticate(&self, credentials: Credentials<'_>) -> Result<Option<Caller>> {
        if let Some(known) = self.cached(credentials) {
            return known;
        }
        match credentials.token {
            Some(token) if Token::is_well_formed(token) => {
                self.verifier.verify(SecretKind::Token, SecretHash::of(token)).await.map(Some)
            }
            Some(_) => Err(Error::InvalidCredentials),
            // A browser keeps the cookie of an ended session, and still has to reach the sign-in.
            None => match self.verifier.verify(SecretKind::Session, hash_of_session(credentials)).await {
                Ok(caller) => Ok(Some(caller)),
                Err(Error::InvalidCredentials) => Ok(self.without_credentials(credentials)),
                Err(error) => Err(error),
            },
        }
    }

    /// Waits until the caller's credential is revoked or expires, or until its permissions change. A failure of the database
    /// ends no credential.
    pub async fn until_invalid(&self, caller: &Caller) {
        let mut changes = self.verifier.cache.subscribe();
        while self.is_valid(caller).await {
            tokio::select! {
                _ = changes.changed() => {}
                () = tokio::time::sleep(CACHE_TTL) => {}
            }
        }
    }

    async fn is_valid(&self, caller: &Caller) -> bool {
        let Caller::Known(known) = caller else { return self.is_local() };
        let kind = match known.credential {
            Credential::Token(_) => SecretKind::Token,
            Credential::Session(_) => SecretKind::Session,
        };
        let current = match self.verifier.cache.get(&known.hash) {
            Some(current) => Ok(current),
            None => self.verifier.verify(kind, known.hash).await,
        };
        match current {
            Ok(current) => current.permissions == known.principal.permissions,
            Err(Error::InvalidCredentials) => false,
            Err(_) => true,
        }
    }
}

fn hash_of_session(credentials: Credentials<'_>) -> SecretHash {
    SecretHash::of(credentials.session.unwrap_or_default())
}
