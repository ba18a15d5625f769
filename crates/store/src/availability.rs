//! A circuit breaker for one database, with the recent causes of failures.

use crate::Impairment;
use std::io::ErrorKind;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, watch};

/// How long an impairment is reported after its last occurrence.
const IMPAIRMENT_REPORTED: Duration = Duration::from_secs(30);

/// The minimum time between two log lines about broken connections outside of an outage.
const BROKEN_LOGGED_INTERVAL: Duration = Duration::from_secs(10);

/// A current outage.
#[derive(Debug, Clone)]
struct Outage {
    since: Instant,
    cause: String,
}

/// The state of one database, shared by all connections to it. Only its monitor opens and closes the circuit.
#[derive(Debug)]
pub(crate) struct Availability {
    /// The database's name in log lines.
    role: &'static str,
    /// The consequence of an outage for requests, in log lines.
    consequence: &'static str,
    down: watch::Sender<bool>,
    /// Whether the server refuses new connections while existing ones work.
    exhausted: AtomicBool,
    /// Whether a session was found to be read-only, and no new session was writable since.
    read_only: AtomicBool,
    suspected: Notify,
    /// The generation of connections. It is incremented when older connections must not be used any more.
    generation: AtomicU64,
    /// Statements and connections that failed since the last log line.
    failed: AtomicU64,
    /// Requests for a connection that were rejected since the outage began.
    rejected: AtomicU64,
    details: Mutex<Details>,
}

#[derive(Debug, Default)]
struct Details {
    outage: Option<Outage>,
    failure: String,
    generation_began_at: Option<Instant>,
    broken_logged_at: Option<Instant>,
    impairment: Option<(Impairment, Instant)>,
}

impl Availability {
    /// Returns the state of a database that answers.
    pub(crate) fn new(role: &'static str, consequence: &'static str) -> Self {
        Self {
            role,
            consequence,
            down: watch::Sender::new(false),
            exhausted: AtomicBool::new(false),
            read_only: AtomicBool::new(false),
            suspected: Notify::new(),
            generation: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            rejected: AtomicU64::new(0),
            details: Mutex::default(),
        }
    }

    /// Returns whether there is an outage.
    pub(crate) fn is_down(&self) -> bool {
        *self.down.borrow()
    }

    /// Returns whether the server refuses new connections.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.exhausted.load(Ordering::Relaxed)
    }

    /// Fails immediately during an outage.
    pub(crate) fn check(&self) -> sqlx::Result<()> {
        if self.is_down() { Err(self.rejection()) } else { Ok(()) }
    }

    /// Returns the error for a caller that is rejected because of the outage, and counts it.
    pub(crate) fn rejection(&self) -> sqlx::Error {
        self.rejected.fetch_add(1, Ordering::Relaxed);
        std::io::Error::new(ErrorKind::NotConnected, "the database is known to be down").into()
    }

    /// Waits until an outage begins.
    pub(crate) async fn went_down(&self) {
        // The sender lives as long as this value.
        drop(self.down.subscribe().wait_for(|down| *down).await);
    }

    /// Records the failure of a statement or a connection. A failure that breaks its connection causes a probe.
    pub(crate) fn failed(&self, error: &sqlx::Error) {
        if breaks_connection(error) {
            self.failed.fetch_add(1, Ordering::Relaxed);
            self.details().failure = error.to_string();
            self.suspect();
        } else if let Some(impairment) = Impairment::of(error) {
            if impairment == Impairment::ReadOnly {
                self.read_only.store(true, Ordering::Relaxed);
                self.suspect();
            }
            let mut details = self.details();
            let previous = details.impairment.replace((impairment, Instant::now()));
            let reported = previous
                .filter(|(previous, at)| *previous == impairment && at.elapsed() < IMPAIRMENT_REPORTED);
            if reported.is_none() {
                tracing::error!(cause = %error, "the {}: {impairment}", self.role);
            }
        }
    }

    /// Returns the generation of connections.
    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Begins a new generation of connections, because the database answers on new connections only.
    pub(crate) fn begin_generation(&self) {
        self.details().generation_began_at = Some(Instant::now());
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    /// Returns whether a connection of this age was opened before the current generation.
    pub(crate) fn is_outdated(&self, age: Duration) -> bool {
        self.details().generation_began_at.is_some_and(|at| age > at.elapsed())
    }

    /// Returns whether sessions are read-only, as last observed.
    pub(crate) fn is_read_only(&self) -> bool {
        self.read_only.load(Ordering::Relaxed)
    }

    /// Records whether a new session is read-only. Existing sessions keep the setting that they began with, so read-only
    /// ones are replaced once new sessions are writable.
    pub(crate) fn observe_read_only(&self, read_only: bool) {
        if self.read_only.swap(read_only, Ordering::Relaxed) && !read_only {
            self.begin_generation();
        }
    }

    /// Requests a probe.
    pub(crate) fn suspect(&self) {
        self.suspected.notify_one();
    }

    /// Waits until a probe is requested.
    pub(crate) async fn suspected(&self) {
        self.suspected.notified().await;
    }

    /// Returns the latest impairment, if it occurred recently.
    pub(crate) fn impairment(&self) -> Option<Impairment> {
        let seen = self.details().impairment;
        let lately =
            seen.filter(|(_, at)| at.elapsed() < IMPAIRMENT_REPORTED).map(|(impairment, _)| impairment);
        lately.or(self.is_exhausted().then_some(Impairment::ConnectionsExhausted))
    }

    /// Returns the duration of the current outage, and its cause.
    pub(crate) fn outage(&self) -> Option<(Duration, String)> {
        self.details().outage.as_ref().map(|outage| (outage.since.elapsed(), outage.cause.clone()))
    }

    /// Opens the circuit: requests are rejected from now on. Logs one line per outage.
    pub(crate) fn begin_outage(&self, cause: &sqlx::Error) {
        let mut details = self.details();
        if details.outage.is_none() {
            let cause = cause.to_string();
            tracing::error!(cause, "the {} does not answer: {}", self.role, self.consequence);
            details.outage = Some(Outage { since: Instant::now(), cause });
            self.down.send_replace(true);
        }
    }

    /// Closes the circuit. Logs the duration and the cost of the outage, or the number of connections that broke without
    /// one.
    pub(crate) fn end_outage(&self) {
        let mut details = self.details();
        if let Some(outage) = details.outage.take() {
            details.generation_began_at = Some(Instant::now());
            self.generation.fetch_add(1, Ordering::AcqRel);
            self.down.send_replace(false);
            tracing::info!(
                outage_seconds = outage.since.elapsed().as_secs_f64(),
                rejected = self.rejected.swap(0, Ordering::Relaxed),
                failed = self.failed.swap(0, Ordering::Relaxed),
                "the {} answers again",
                self.role
            );
            return;
        }
        if details.broken_logged_at.is_none_or(|at| at.elapsed() >= BROKEN_LOGGED_INTERVAL) {
            let failed = self.failed.swap(0, Ordering::Relaxed);
            if failed > 0 {
                details.broken_logged_at = Some(Instant::now());
                let cause = &details.failure;
                tracing::warn!(cause, failed, "connections to the {} broke, and it answers", self.role);
            }
        }
    }

    /// Records whether the server accepts new connections.
    pub(crate) fn set_exhausted(&self, cause: Option<&sqlx::Error>) {
        let exhausted = cause.is_some();
        if self.exhausted.swap(exhausted, Ordering::Relaxed) == exhausted {
            return;
        }
        match cause {
            Some(cause) => tracing::warn!(
                %cause,
                "the {} accepts no new connection; existing ones stay in use",
                self.role
            ),
            None => tracing::info!("the {} accepts new connections again", self.role),
        }
    }

    fn details(&self) -> std::sync::MutexGuard<'_, Details> {
        self.details.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns whether a connection can't be used after this error.
pub(crate) fn breaks_connection(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => {
            true
        }
        sqlx::Error::Database(database) => database.code().is_some_and(|code| ends_session(&code)),
        _ => false,
    }
}

/// Returns whether the server ends the session with this SQLSTATE: shutdown, crash, start-up, idle-in-transaction timeout,
/// or a broken connection.
pub(crate) fn ends_session(code: &str) -> bool {
    code.starts_with("57P0") || code.starts_with("08") || code == "25P03"
}
