//! Connection pools, one per kind of work, with a client-side deadline for each statement.
//!
//! A connection never answers after its peer is gone without a reset, so each statement has a deadline. A connection that
//! misses it, or breaks, is closed and never used again.

use crate::Impairment;
use crate::availability::{Availability, breaks_connection};
use crate::identity::History;
use crate::pool_metrics::PoolMetrics;
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{
    PgConnectOptions, PgConnection, PgPool, PgPoolOptions, PgQueryResult, PgRow, PgStatement, PgTypeInfo,
};
use sqlx::{Connection as _, Either, Execute, Executor, Postgres, SqlStr};
use std::fmt;
use std::io::ErrorKind;
use std::ops::{Deref, DerefMut};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::{Instant, timeout};

/// The maximum idle time after which a connection is used without a ping.
pub(crate) const TRUSTED_IDLE: Duration = Duration::from_secs(1);

/// The timeout of a ping.
const PING_TIMEOUT: Duration = Duration::from_secs(2);

/// The interval in which a waiting statement checks for an outage.
const OUTAGE_CHECK_INTERVAL: Duration = Duration::from_secs(1);

/// The timeout for closing the connections of a pool.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// The limits of a pool.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PoolLimits {
    pub(crate) connections_max: u32,
    pub(crate) acquire_timeout: Duration,
    pub(crate) statement_timeout: Duration,
}

/// A pool of connections to one database for one kind of work. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Pool {
    pool: PgPool,
    limits: PoolLimits,
    availability: Arc<Availability>,
    history: Option<Arc<History>>,
    metrics: Arc<PoolMetrics>,
}

impl Pool {
    /// Returns a pool. Its connections are opened by their first use, or by [`Pool::open`], and stay open, so that they
    /// are not lost when the server has no free slot.
    ///
    /// Each new connection reads the identity of the database into `history`.
    pub(crate) fn new(
        options: PgConnectOptions,
        limits: PoolLimits,
        availability: Arc<Availability>,
        history: Option<Arc<History>>,
        metrics: Arc<PoolMetrics>,
    ) -> Self {
        let checked = availability.clone();
        let pool = PgPoolOptions::new()
            .max_connections(limits.connections_max)
            .acquire_timeout(limits.acquire_timeout)
            .idle_timeout(None)
            .max_lifetime(None)
            // The hook below saves the ping before each use.
            .test_before_acquire(false)
            .before_acquire(move |connection, meta| {
                let outdated = checked.is_outdated(meta.age);
                Box::pin(async move {
                    if outdated {
                        return Ok(false);
                    }
                    Ok(meta.idle_for < TRUSTED_IDLE
                        || matches!(timeout(PING_TIMEOUT, connection.ping()).await, Ok(Ok(()))))
                })
            });
        let pool = match &history {
            Some(history) => pool.after_connect(history.after_connect(limits.connections_max)),
            None => pool,
        };
        Self { pool: pool.connect_lazy_with(options), limits, availability, history, metrics }
    }

    /// Returns a pool of one connection with the same options, and with these metrics.
    pub(crate) fn single(&self, metrics: Arc<PoolMetrics>) -> Self {
        let options = self.pool.connect_options().as_ref().clone();
        let limits = PoolLimits { connections_max: 1, ..self.limits };
        Self::new(options, limits, self.availability.clone(), self.history.clone(), metrics)
    }

    /// Returns the state of the database.
    pub(crate) fn availability(&self) -> &Availability {
        &self.availability
    }

    /// Returns the measurements of the pool.
    pub(crate) fn metrics(&self) -> &PoolMetrics {
        &self.metrics
    }

    /// Returns the number of open connections, of idle ones, and the maximum.
    pub(crate) fn connections(&self) -> (u32, u32, u32) {
        let idle = u32::try_from(self.pool.num_idle()).unwrap_or(u32::MAX);
        (self.pool.size(), idle, self.limits.connections_max)
    }

    /// Returns a connection. Fails immediately during an outage, also for a caller that is already waiting.
    pub(crate) async fn acquire(&self) -> sqlx::Result<Box<Connection>> {
        self.availability.check()?;
        if self.availability.is_exhausted() && self.pool.size() < self.limits.connections_max {
            // The server would refuse a new connection, and the caller would wait for the whole timeout.
            return match self.pool.try_acquire() {
                Some(connection) => Ok(self.wrap(connection)),
                None => Err(sqlx::Error::config(Impairment::ConnectionsExhausted)),
            };
        }
        let begun = Instant::now();
        let pending = self.metrics.wait();
        let acquired = tokio::select! {
            biased;
            acquired = self.pool.acquire() => acquired,
            () = self.availability.went_down() => Err(self.availability.rejection()),
        };
        drop(pending);
        match acquired {
            Ok(connection) => {
                self.metrics.waited(begun.elapsed());
                Ok(self.wrap(connection))
            }
            Err(error) => {
                self.availability.failed(&error);
                if matches!(error, sqlx::Error::PoolTimedOut) {
                    self.metrics.timed_out();
                    self.availability.suspect();
                }
                Err(error)
            }
        }
    }

    fn wrap(&self, connection: PoolConnection<Postgres>) -> Box<Connection> {
        Box::new(Connection {
            connection: Some(connection),
            broken: false,
            running: false,
            in_transaction: false,
            generation: self.availability.generation(),
            statement_timeout: self.limits.statement_timeout,
            availability: self.availability.clone(),
            metrics: self.metrics.clone(),
        })
    }

    /// Begins a transaction with this statement.
    pub(crate) async fn begin(&self, statement: &'static str) -> sqlx::Result<Transaction> {
        let mut connection = self.acquire().await?;
        // Set before the statement: it may have been sent when the caller is cancelled.
        connection.in_transaction = true;
        connection.execute(statement).await?;
        Ok(Transaction { connection })
    }

    /// Opens all connections of the pool.
    pub(crate) async fn open(&self) -> sqlx::Result<()> {
        let connections = (0..self.limits.connections_max).map(|_| self.acquire());
        futures::future::try_join_all(connections).await.map(drop)
    }

    /// Closes all connections. Waits for those in use, for a limited time.
    pub(crate) async fn close(&self) {
        if timeout(CLOSE_TIMEOUT, self.pool.close()).await.is_err() {
            tracing::debug!("some connections to the database are still in use and are closed later");
        }
    }
}

/// A connection of a pool. A statement that misses its deadline fails, and the connection is closed.
pub(crate) struct Connection {
    /// `None` only while it is dropped.
    connection: Option<PoolConnection<Postgres>>,
    broken: bool,
    /// Whether a statement was sent and its result was not read.
    running: bool,
    /// Whether a transaction may be open.
    in_transaction: bool,
    generation: u64,
    statement_timeout: Duration,
    availability: Arc<Availability>,
    metrics: Arc<PoolMetrics>,
}

impl Connection {
    /// Returns whether it can be used again. Does not ping.
    pub(crate) fn is_reliable(&self) -> bool {
        !self.broken && !self.availability.is_down() && self.generation == self.availability.generation()
    }

    /// Runs one statement within the deadline.
    async fn run<'s, T, F: Future<Output = sqlx::Result<T>> + Send>(
        &'s mut self,
        statement: impl FnOnce(&'s mut PgConnection) -> F,
    ) -> sqlx::Result<T> {
        let Self { connection, broken, running, statement_timeout, availability, metrics, .. } = self;
        let connection = connection.as_deref_mut().ok_or(sqlx::Error::PoolClosed)?;
        *running = true;
        let begun = Instant::now();
        let outcome = within_deadline(*statement_timeout, availability, broken, statement(connection)).await;
        *running = false;
        metrics.ran(begun.elapsed());
        outcome
    }
}

/// Returns the result of the statement. Fails if the deadline has passed, or if the monitor detects an outage or begins a new
/// generation of connections.
async fn within_deadline<T>(
    limit: Duration,
    availability: &Availability,
    broken: &mut bool,
    statement: impl Future<Output = sqlx::Result<T>>,
) -> sqlx::Result<T> {
    let mut statement = pin!(statement);
    let (deadline, generation) = (Instant::now() + limit, availability.generation());
    let outcome = loop {
        let left = deadline.saturating_duration_since(Instant::now());
        match timeout(left.min(OUTAGE_CHECK_INTERVAL), &mut statement).await {
            Ok(outcome) => break outcome,
            Err(_) if left.is_zero() || availability.is_down() || availability.generation() != generation => {
                break Err(no_answer(limit));
            }
            Err(_) => {}
        }
    };
    if let Err(error) = &outcome {
        *broken |= breaks_connection(error);
        availability.failed(error);
    }
    outcome
}

fn no_answer(limit: Duration) -> sqlx::Error {
    let reason = format!("no answer from the database within {} s, or before it went down", limit.as_secs());
    std::io::Error::new(ErrorKind::TimedOut, reason).into()
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("broken", &self.broken).finish_non_exhaustive()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        let Ok(runtime) = Handle::try_current() else { return drop(connection.detach()) };
        if !self.is_reliable() {
            return drop(connection.detach());
        }
        let in_transaction = self.in_transaction;
        let limit = if self.running { self.statement_timeout } else { PING_TIMEOUT };
        // sqlx pings a connection when it is returned. Here that has a timeout: a connection that does not answer is closed,
        // and its slot in the pool becomes free.
        runtime.spawn(async move {
            if in_transaction && !matches!(timeout(limit, connection.execute("ROLLBACK")).await, Ok(Ok(_))) {
                return drop(connection.detach());
            }
            drop(timeout(limit, connection.return_to_pool()).await);
        });
    }
}

impl<'c> Executor<'c> for &'c mut Connection {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, sqlx::Result<Either<PgQueryResult, PgRow>>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        stream::once(self.run(move |connection| connection.fetch_many(query).try_collect::<Vec<_>>()))
            .map_ok(|steps| stream::iter(steps).map(Ok))
            .try_flatten()
            .boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, sqlx::Result<Option<PgRow>>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        Box::pin(self.run(move |connection| connection.fetch_optional(query)))
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, sqlx::Result<PgStatement>>
    where
        'c: 'e,
    {
        Box::pin(self.run(move |connection| connection.prepare_with(sql, parameters)))
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, sqlx::Result<sqlx::Describe<Postgres>>>
    where
        'c: 'e,
    {
        Box::pin(self.run(move |connection| connection.describe(sql)))
    }
}

impl<'p> Executor<'p> for &'p Pool {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, sqlx::Result<Either<PgQueryResult, PgRow>>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let steps = async move {
            let mut connection = self.acquire().await?;
            connection.run(move |connection| connection.fetch_many(query).try_collect::<Vec<_>>()).await
        };
        stream::once(steps).map_ok(|steps| stream::iter(steps).map(Ok)).try_flatten().boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, sqlx::Result<Option<PgRow>>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        Box::pin(async move {
            let mut connection = self.acquire().await?;
            connection.run(move |connection| connection.fetch_optional(query)).await
        })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, sqlx::Result<PgStatement>>
    where
        'p: 'e,
    {
        Box::pin(async move {
            let mut connection = self.acquire().await?;
            connection.run(move |connection| connection.prepare_with(sql, parameters)).await
        })
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, sqlx::Result<sqlx::Describe<Postgres>>>
    where
        'p: 'e,
    {
        Box::pin(async move {
            let mut connection = self.acquire().await?;
            connection.run(move |connection| connection.describe(sql)).await
        })
    }
}

/// A transaction. It is rolled back if it is dropped without [`Transaction::commit`].
#[derive(Debug)]
pub(crate) struct Transaction {
    connection: Box<Connection>,
}

impl Transaction {
    /// Commits.
    pub(crate) async fn commit(self) -> sqlx::Result<()> {
        self.end("COMMIT").await
    }

    /// Rolls back.
    pub(crate) async fn rollback(self) -> sqlx::Result<()> {
        self.end("ROLLBACK").await
    }

    async fn end(mut self, statement: &'static str) -> sqlx::Result<()> {
        self.connection.execute(statement).await?;
        self.connection.in_transaction = false;
        Ok(())
    }
}

impl Deref for Transaction {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }
}
