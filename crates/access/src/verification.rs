//! The lookup of credentials in the database.

use crate::cache::CredentialCache;
use crate::{Authenticated, Caller, Error, Result, SecretHash};
use domain::{Credential, Principal};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::Store;
use tokio::sync::{Notify, Semaphore, SemaphorePermit};

/// The maximum number of concurrent lookups of credentials that were verified before.
const KNOWN_LOOKUPS_MAX: usize = 2;

/// The maximum number of concurrent lookups of other credentials. A flood of them takes one connection.
const UNKNOWN_LOOKUPS_MAX: usize = 1;

/// The maximum number of waiting lookups of unknown credentials.
const UNKNOWN_WAITING_MAX: usize = 256;

/// The kind of a secret: the table in which it is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SecretKind {
    /// The token of a client.
    Token,
    /// The session of a person.
    Session,
}

/// The verified credentials, and the bounds of lookups.
pub(crate) struct Verifier {
    pub(crate) store: Store,
    pub(crate) cache: CredentialCache,
    known_lookups: Semaphore,
    unknown_lookups: Semaphore,
    unknown_waiting: Semaphore,
    /// The time without a request after which a session ends.
    session_idle: Duration,
    /// The credentials whose last use has to be stored.
    uses: Mutex<Uses>,
    uses_added: Notify,
    /// Whether requests without credentials are the local administrator's.
    pub(crate) is_local: AtomicBool,
}

/// The ids of credentials that were used.
#[derive(Default)]
struct Uses {
    tokens: BTreeSet<i64>,
    sessions: BTreeSet<i64>,
}

impl Verifier {
    pub(crate) fn new(store: Store, is_local: bool, session_idle: Duration) -> Self {
        Self {
            store,
            cache: CredentialCache::new(),
            known_lookups: Semaphore::new(KNOWN_LOOKUPS_MAX),
            unknown_lookups: Semaphore::new(UNKNOWN_LOOKUPS_MAX),
            unknown_waiting: Semaphore::new(UNKNOWN_WAITING_MAX),
            session_idle,
            uses: Mutex::default(),
            uses_added: Notify::new(),
            is_local: AtomicBool::new(is_local),
        }
    }

    /// Returns the caller with this secret, from the cache or the database.
    ///
    /// # Errors
    /// [`Error::InvalidCredentials`], [`Error::Overloaded`], or a failure of the database.
    pub(crate) async fn verify(&self, kind: SecretKind, hash: SecretHash) -> Result<Caller> {
        let _turn = self.turn(&hash).await?;
        // A request that was waiting for its turn finds the result of the one before it.
        if let Some(caller) = self.cache.get(&hash) {
            return Ok(caller);
        }
        let generation = self.cache.generation();
        let found = match kind {
            SecretKind::Token => self.verify_token(hash).await?,
            SecretKind::Session => self.verify_session(hash).await?,
        };
        let Some((authenticated, lifetime)) = found else {
            self.cache.remove(&hash);
            return Err(Error::InvalidCredentials);
        };
        let caller = Caller::Known(Arc::new(authenticated));
        self.cache.insert(hash, caller.clone(), generation, lifetime);
        Ok(caller)
    }

    /// Waits for the turn of a lookup. Known credentials do not wait for unknown ones.
    async fn turn(&self, hash: &SecretHash) -> Result<SemaphorePermit<'_>> {
        let acquired = if self.cache.has_entry(hash) {
            self.known_lookups.acquire().await
        } else {
            let _waiting = self.unknown_waiting.try_acquire().map_err(|_| Error::Overloaded)?;
            self.unknown_lookups.acquire().await
        };
        // The semaphores are never closed.
        acquired.map_err(|_| Error::Overloaded)
    }

    async fn verify_token(&self, hash: SecretHash) -> Result<Option<(Authenticated, Duration)>> {
        let Some(token) = self.store.token_verify(&hash.0).await? else { return Ok(None) };
        if token.is_use_due {
            self.add_use(|uses| &mut uses.tokens, token.id);
        }
        let principal = Principal::client(&token.client, &token.scopes).limited_to(token.warehouses);
        let credential = Credential::Token(token.id);
        let lifetime = Duration::try_from_secs_f64(token.seconds_left).unwrap_or_default();
        Ok(Some((Authenticated { principal, credential, hash }, lifetime)))
    }

    async fn verify_session(&self, hash: SecretHash) -> Result<Option<(Authenticated, Duration)>> {
        let idle = self.session_idle.as_secs_f64();
        let Some(session) = self.store.session_verify(&hash.0, idle).await? else { return Ok(None) };
        if session.is_use_due {
            self.add_use(|uses| &mut uses.sessions, session.id);
        }
        let principal = Principal::person(&session.person, session.role).limited_to(session.warehouses);
        let credential = Credential::Session(session.id);
        let lifetime = Duration::try_from_secs_f64(session.seconds_left).unwrap_or_default();
        Ok(Some((Authenticated { principal, credential, hash }, lifetime)))
    }

    fn add_use(&self, kind: impl FnOnce(&mut Uses) -> &mut BTreeSet<i64>, id: i64) {
        kind(&mut self.uses()).insert(id);
        self.uses_added.notify_one();
    }

    /// Waits until credentials were used, and stores the times of their last uses. After a failure the next call tries
    /// again.
    pub(crate) async fn record_uses(&self) -> Result<()> {
        self.uses_added.notified().await;
        let Uses { tokens, sessions } = std::mem::take(&mut *self.uses());
        let stored = self.store_uses(&tokens, &sessions).await;
        if stored.is_err() {
            let mut uses = self.uses();
            uses.tokens.extend(tokens);
            uses.sessions.extend(sessions);
            self.uses_added.notify_one();
        }
        stored
    }

    async fn store_uses(&self, tokens: &BTreeSet<i64>, sessions: &BTreeSet<i64>) -> Result<()> {
        if !tokens.is_empty() {
            self.store.tokens_record_use(&Vec::from_iter(tokens.iter().copied())).await?;
        }
        if !sessions.is_empty() {
            self.store.sessions_record_use(&Vec::from_iter(sessions.iter().copied())).await?;
        }
        Ok(())
    }

    fn uses(&self) -> MutexGuard<'_, Uses> {
        self.uses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends local access if an enabled administrator exists.
    pub(crate) async fn check_local(&self) -> Result<()> {
        if self.is_local.load(Ordering::Relaxed) && self.store.administrator_exists().await? {
            self.is_local.store(false, Ordering::Relaxed);
            tracing::info!("an administrator exists: requests without credentials are rejected from now on");
        }
        Ok(())
    }
}
