//! A circuit breaker for one database: whether it answers, and what its statements failed for lately.

use crate::Impairment;
use std::io::ErrorKind;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, watch};

/// How long an impairment is reported after it was last seen.
const IMPAIRMENT_REPORTED: Duration = Duration::from_secs(30);

/// The least time between two log lines about connections that broke outside of an outage.
const BROKEN_LOGGED_INTERVAL: Duration = Duration::from_secs(10);

/// An outage that goes on.
#[derive(Debug, Clone)]
struct Outage {
    since: Instant,
    cause: String,
}

/// The state of one database, shared by every connection to it. Only its monitor opens and closes the circuit.
#[derive(Debug)]
pub(crate) struct Availability {
    /// The database's name in log lines.
    role: &'static str,
    /// The consequence of an outage for requests, in log lines.
    consequence: &'static str,
    down: watch::Sender<bool>,
    /// Whether the server refuses new connections while existing ones work.
    exhausted: AtomicBool,
    /// Whether a statement or the monitor found its session read-only, and no new session was writable since.
    read_only: AtomicBool,
    suspected: Notify,
    /// Rises when connections that were made before can't be relied on.
    generation: AtomicU64,
    /// Statements and connections that failed since the last log line.
    failed: AtomicU64,
    /// Requests for a connection that were refused since the outage began.
    refused: AtomicU64,
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
    /// The state of a database that answers.
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
            refused: AtomicU64::new(0),
            details: Mutex::default(),
        }
    }

    /// Whether an outage goes on.
    pub(crate) fn is_down(&self) -> bool {
        *self.down.borrow()
    }

    /// Whether new connections are refused.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.exhausted.load(Ordering::Relaxed)
    }

    /// Fails at once during an outage.
    pub(crate) fn check(&self) -> sqlx::Result<()> {
        if self.is_down() { Err(self.refusal()) } else { Ok(()) }
    }

    /// The error of a caller that is refused because of the outage.
    pub(crate) fn refusal(&self) -> sqlx::Error {
        self.refused.fetch_add(1, Ordering::Relaxed);
        std::io::Error::new(ErrorKind::NotConnected, "the database is known to be down").into()
    }

    /// Ends once an outage has begun.
    pub(crate) async fn went_down(&self) {
        // The sender lives as long as this value.
        drop(self.down.subscribe().wait_for(|down| *down).await);
    }

    /// Notes why a statement or a connection failed; a failure that breaks its connection causes a probe.
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
            let known = details.impairment.replace((impairment, Instant::now()));
            let reported =
                known.filter(|(known, at)| *known == impairment && at.elapsed() < IMPAIRMENT_REPORTED);
            if reported.is_none() {
                tracing::error!(cause = %error, "the {}: {impairment}", self.role);
            }
        }
    }

    /// A count that rises when connections that were made before can't be relied on.
    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Starts a new generation of connections: the database does not answer on an older one, and does on a new one.
    pub(crate) fn begin_generation(&self) {
        self.details().generation_began_at = Some(Instant::now());
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    /// Whether a connection of this age was made before the generation of now.
    pub(crate) fn is_outdated(&self, age: Duration) -> bool {
        self.details().generation_began_at.is_some_and(|at| age > at.elapsed())
    }

    /// Whether the last session that was asked is read-only.
    pub(crate) fn is_read_only(&self) -> bool {
        self.read_only.load(Ordering::Relaxed)
    }

    /// Notes whether a new session is read-only. Sessions keep the setting that they began with: those that are
    /// read-only are replaced once new ones are not.
    pub(crate) fn observe_read_only(&self, read_only: bool) {
        if self.read_only.swap(read_only, Ordering::Relaxed) && !read_only {
            self.begin_generation();
        }
    }

    /// Causes a probe.
    pub(crate) fn suspect(&self) {
        self.suspected.notify_one();
    }

    /// Ends once there is reason for a probe.
    pub(crate) async fn suspected(&self) {
        self.suspected.notified().await;
    }

    /// An impairment that was seen lately.
    pub(crate) fn impairment(&self) -> Option<Impairment> {
        let seen = self.details().impairment;
        let lately =
            seen.filter(|(_, at)| at.elapsed() < IMPAIRMENT_REPORTED).map(|(impairment, _)| impairment);
        lately.or(self.is_exhausted().then_some(Impairment::ConnectionsExhausted))
    }

    /// How long the outage has gone on, and its cause.
    pub(crate) fn outage(&self) -> Option<(Duration, String)> {
        self.details().outage.as_ref().map(|outage| (outage.since.elapsed(), outage.cause.clone()))
    }

    /// Opens the circuit: requests are refused from now on. One log line for the whole outage.
    pub(crate) fn begin_outage(&self, cause: &sqlx::Error) {
        let mut details = self.details();
        if details.outage.is_none() {
            let cause = cause.to_string();
            tracing::error!(cause, "the {} does not answer: {}", self.role, self.consequence);
            details.outage = Some(Outage { since: Instant::now(), cause });
            self.down.send_replace(true);
        }
    }

    /// Closes the circuit, and logs what the outage cost, or how many connections broke without one.
    pub(crate) fn end_outage(&self) {
        let mut details = self.details();
        if let Some(outage) = details.outage.take() {
            details.generation_began_at = Some(Instant::now());
            self.generation.fetch_add(1, Ordering::AcqRel);
            self.down.send_replace(false);
            tracing::info!(
                outage_seconds = outage.since.elapsed().as_secs_f64(),
                refused = self.refused.swap(0, Ordering::Relaxed),
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

    /// Notes whether the server accepts new connections.
    pub(crate) fn set_exhausted(&self, refusal: Option<&sqlx::Error>) {
        let exhausted = refusal.is_some();
        if self.exhausted.swap(exhausted, Ordering::Relaxed) == exhausted {
            return;
        }
        match refusal {
            Some(cause) => tracing::warn!(
                %cause,
                "the {} accepts no new connection; existing ones are used on",
                self.role
            ),
            None => tracing::info!("the {} accepts new connections again", self.role),
        }
    }

    fn details(&self) -> std::sync::MutexGuard<'_, Details> {
        self.details.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a connection can't be used after this error.
pub(crate) fn breaks_connection(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => {
            true
        }
        sqlx::Error::Database(database) => database.code().is_some_and(|code| ends_session(&code)),
        _ => false,
    }
}

/// Whether the server ends the session with this SQLSTATE: shut down, crashed, starting up, idle for too long within
/// a transaction, or a broken connection.
pub(crate) fn ends_session(code: &str) -> bool {
    code.starts_with("57P0") || code.starts_with("08") || code == "25P03"
}
