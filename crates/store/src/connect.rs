use crate::availability::Availability;
use crate::identity::{DatabaseIdentity, Generation, History};
use crate::monitor::monitor;
use crate::pool::{Pool, PoolLimits};
use crate::pool_metrics::PoolMetrics;
use crate::pooler::{check_addresses, rejected_settings};
use crate::replica::Replica;
use crate::schema::{MIGRATOR, migrate, schema_state};
use crate::session::RequiredSettings;
use crate::settings::{READING, Settings, WRITING};
use crate::shared_read::SharedRead;
use crate::{Error, Result, SchemaState};
use domain::LogPosition;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor as _};
use std::fmt;
use std::io::ErrorKind;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout_at};

/// The pause before a connection is tried again, while the database may be starting.
const CONNECT_RETRY_PAUSE: Duration = Duration::from_millis(200);

/// Removes the timeouts of the role from a session for maintenance.
const WITHOUT_TIMEOUTS: &str =
    "SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0";

/// The database, connected. `Debug` shows no field: the connection options contain the password.
#[derive(Clone)]
pub struct Store {
    /// For changes, except those on pinned connections.
    pub(crate) writes: Pool,
    /// For rows by id and for the ledger, from the primary.
    pub(crate) lookups: Pool,
    /// For lists, from the primary.
    pub(crate) reads: Pool,
    /// For lists, from the replica.
    pub(crate) replica: Option<Arc<Replica>>,
    /// Reads of the primary's position in its log.
    pub(crate) log_positions: Arc<SharedRead<Option<LogPosition>>>,
    /// For the clean-up, totals and commit notifications.
    pub(crate) background: Pool,
    /// One connection for health checks.
    pub(crate) health: Pool,
    /// For maintenance commands, without timeouts.
    pub(crate) maintenance: PgPool,
    /// See [`Settings::earlier_sales_on_hand`].
    earlier_sales_on_hand: bool,
    /// The options of connections that listen for notifications.
    pub(crate) listening: PgConnectOptions,
    /// The pools of pinned connections, each with one connection.
    pub(crate) pinned_pools: Arc<Mutex<Vec<Pool>>>,
    pub(crate) queue_metrics: Arc<PoolMetrics>,
    pub(crate) observed: watch::Receiver<Option<crate::monitor::Observation>>,
    pub(crate) history: Arc<History>,
    monitors: Arc<Monitors>,
}

impl fmt::Debug for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Store").finish_non_exhaustive()
    }
}

/// Tasks that end with the last clone of their store.
#[derive(Debug, Default)]
struct Monitors(Vec<JoinHandle<()>>);

impl Drop for Monitors {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}

impl Store {
    /// Connects.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the database can't be reached, [`Error::Internal`] if the URL is invalid,
    /// [`Error::Setting`] or [`Error::RoleSettings`] if session settings have wrong values, [`Error::Pooler`] if a pooler at the
    /// address is unusable.
    pub async fn connect(settings: Settings) -> Result<Self> {
        let limits = |connections_max| PoolLimits {
            connections_max,
            acquire_timeout: Duration::from_secs(settings.acquire_timeout_seconds),
            statement_timeout: Duration::from_secs(settings.statement_timeout_seconds),
        };
        let availability = Arc::new(Availability::new("database", "requests are rejected until it does"));
        let lock_timeout = settings.lock_timeout_milliseconds.to_string();
        let writing: Vec<_> = WRITING.into_iter().chain([("lock_timeout", lock_timeout.as_str())]).collect();
        let writing = settings.options(&settings.url, &writing)?;
        let required = RequiredSettings::of(&settings);
        // Without a pool: a pool retries until its timeout, and does not return the cause.
        first_answer(&settings, &writing, &required).await?;
        let reading = settings.options(&settings.url, &READING)?;
        let history = Arc::new(History::new(required));
        let pool = |name, options: &PgConnectOptions, connections_max, history: Option<&Arc<History>>| {
            let limits = limits(connections_max);
            let metrics = PoolMetrics::new(name);
            Pool::new(options.clone(), limits, availability.clone(), history.cloned(), metrics)
        };
        let (observed_by, observed) = watch::channel(None);
        let mut monitors = vec![tokio::spawn(monitor(reading.clone(), availability.clone(), observed_by))];
        let replica = match &settings.read_url {
            None => None,
            Some(url) => {
                let (replica, tasks) =
                    replica(&settings, url, limits(settings.read_connections_max), &observed)?;
                monitors.extend(tasks);
                Some(replica)
            }
        };
        let store = Self {
            writes: pool("writes", &writing, settings.write_connections_max, Some(&history)),
            lookups: pool("lookups", &writing, settings.lookup_connections_max, Some(&history)),
            reads: pool("reads", &reading, settings.read_connections_max, None),
            replica,
            log_positions: Arc::default(),
            background: pool("background", &writing, settings.background_connections_max, Some(&history)),
            health: pool("health", &reading, 1, None),
            earlier_sales_on_hand: settings.earlier_sales_on_hand,
            maintenance: maintenance(&settings)?,
            listening: settings.options(settings.session_url(), &READING)?,
            pinned_pools: Arc::default(),
            queue_metrics: PoolMetrics::new("queues"),
            observed,
            history,
            monitors: Arc::new(Monitors(monitors)),
        };
        Ok(store)
    }

    /// Opens all connections to the primary, pinned ones included, so that none is missing later.
    ///
    /// # Errors
    /// [`Error::Impaired`] if the server accepts fewer.
    pub async fn open(&self) -> Result<()> {
        let pinned_pools = self.pinned_pools().clone();
        let pools = [&self.health, &self.writes, &self.lookups, &self.background, &self.reads];
        let opened = futures::future::try_join_all(pinned_pools.iter().chain(pools).map(Pool::open)).await;
        match opened.map(drop).map_err(Error::from) {
            // A pool retries until its timeout, and does not return the cause. One more connection attempt returns it.
            Err(error @ (Error::Overloaded(_) | Error::Impaired(..))) => match self.listening.connect().await
            {
                Ok(connection) => {
                    drop(connection.close().await);
                    Err(error)
                }
                Err(cause) => Err(cause.into()),
            },
            opened => opened,
        }
    }

    /// Applies missing migrations. Several servers may do so at the same time: each waits for the one before it, without a
    /// limit.
    pub async fn migrate(&self) -> Result<()> {
        let mut connection = self.maintenance.acquire().await?.detach();
        let on_hand = if self.earlier_sales_on_hand { "on" } else { "off" };
        // Migration 23 reads it.
        sqlx::query!("SELECT set_config('stockhold.earlier_sales_on_hand', $1, false)", on_hand)
            .fetch_one(&mut connection)
            .await?;
        migrate(&MIGRATOR, &mut connection).await?;
        Ok(connection.close().await?)
    }

    /// Compares the schema's version with this program's. Changes nothing.
    ///
    /// # Errors
    /// The database does not answer, or the role may not read the table of migrations.
    pub async fn schema_state(&self) -> Result<SchemaState> {
        schema_state(&mut *self.maintenance.acquire().await?).await
    }

    /// Returns the database's time.
    pub async fn now(&self) -> Result<domain::Time> {
        Ok(sqlx::query_scalar!(r#"SELECT clock_timestamp() AS "now!""#).fetch_one(&self.health).await?)
    }

    /// The current generation. A caller that caches a result reads it before the statement, and caches the result for that
    /// generation.
    pub fn generation(&self) -> Generation {
        self.history.generation()
    }

    /// Returns the identity of the database as the newest writing connection read it; `None` before the first one.
    pub fn identity(&self) -> Option<DatabaseIdentity> {
        self.history.identity()
    }

    /// Fails immediately during an outage.
    pub fn check_available(&self) -> Result<()> {
        Ok(self.writes.availability().check()?)
    }

    /// Closes all connections. Waits some seconds for those in use. A [`PinnedConnection`](crate::PinnedConnection) keeps
    /// its own until it is dropped.
    pub async fn close(&self) {
        self.monitors.0.iter().for_each(JoinHandle::abort);
        let pinned_pools = std::mem::take(&mut *self.pinned_pools());
        let mut pools = vec![&self.health, &self.writes, &self.lookups, &self.reads, &self.background];
        pools.extend(self.replica.as_deref().map(|replica| &replica.pool));
        pools.extend(&pinned_pools);
        futures::future::join_all(pools.into_iter().map(Pool::close)).await;
        self.maintenance.close().await;
    }

    pub(crate) fn pinned_pools(&self) -> std::sync::MutexGuard<'_, Vec<Pool>> {
        self.pinned_pools.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits until the database accepts a connection, for at most the acquire timeout, because it may be starting. Checks the
/// settings of the session, and the addresses.
async fn first_answer(
    settings: &Settings,
    options: &PgConnectOptions,
    required: &RequiredSettings,
) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(settings.acquire_timeout_seconds);
    loop {
        let error = match timeout_at(deadline, options.connect()).await {
            Ok(Ok(connection)) => {
                let checked = timeout_at(deadline, check_first(settings, connection, required)).await;
                return checked.unwrap_or_else(|_| Err(no_answer().into()));
            }
            Ok(Err(error)) => error,
            Err(_) => no_answer(),
        };
        if let Some(problem) = rejected_settings(&error) {
            return Err(problem.into());
        }
        if !may_be_starting(&error) || Instant::now() + CONNECT_RETRY_PAUSE >= deadline {
            return Err(error.into());
        }
        sleep(CONNECT_RETRY_PAUSE).await;
    }
}

/// Checks the addresses first: with some poolers, any prepared statement fails.
async fn check_first(
    settings: &Settings,
    mut connection: PgConnection,
    required: &RequiredSettings,
) -> Result<()> {
    check_addresses(settings).await?;
    required.check(&mut connection).await?;
    drop(connection.close().await);
    Ok(())
}

fn no_answer() -> sqlx::Error {
    std::io::Error::new(ErrorKind::TimedOut, "no answer from the database").into()
}

/// Returns the pool of maintenance commands, which have sessions of their own.
fn maintenance(settings: &Settings) -> Result<PgPool> {
    let pool = PgPoolOptions::new().max_connections(2).after_connect(|connection, _| {
        Box::pin(async move { connection.execute(WITHOUT_TIMEOUTS).await.map(drop) })
    });
    Ok(pool.connect_lazy_with(settings.without_timeouts(settings.session_url(), &WRITING)?))
}

fn may_be_starting(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => error.kind() == ErrorKind::ConnectionRefused,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| code == "57P03"),
        _ => false,
    }
}

/// Returns a replica with the tasks that observe it.
fn replica(
    settings: &Settings,
    url: &str,
    limits: PoolLimits,
    primary: &watch::Receiver<Option<crate::monitor::Observation>>,
) -> Result<(Arc<Replica>, [JoinHandle<()>; 2])> {
    let options = settings.options(url, &READING)?;
    let availability = Arc::new(Availability::new("replica", "lists are read from the primary"));
    let pool = Pool::new(options.clone(), limits, availability.clone(), None, PoolMetrics::new("replica"));
    let lag_max = Duration::from_secs(settings.replica_lag_seconds_max);
    let wait = Duration::from_millis(settings.replica_wait_milliseconds);
    let replica = Arc::new(Replica::new(pool, lag_max, wait));
    let (observed_by, observed) = watch::channel(None);
    let (followed, primary) = (replica.clone(), primary.clone());
    let following = tokio::spawn(async move { followed.follow(primary, observed).await });
    Ok((replica, [tokio::spawn(monitor(options, availability, observed_by)), following]))
}

/// Creates a database if it does not exist. `admin_url` names another database of the same server.
pub async fn create_database(admin_url: &str, name: &str) -> Result<()> {
    let mut connection = PgConnectOptions::from_str(admin_url)?.connect().await?;
    let query = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)";
    let exists: bool = sqlx::query_scalar(query).bind(name).fetch_one(&mut connection).await?;
    if !exists {
        // An identifier can't be a parameter. Doubling the quotes in it is sufficient.
        let create = format!("CREATE DATABASE \"{}\"", name.replace('"', "\"\""));
        sqlx::query(AssertSqlSafe(create)).execute(&mut connection).await?;
    }
    Ok(connection.close().await?)
}
