use crate::availability::Availability;
use crate::identity::{DatabaseIdentity, Generation, History};
use crate::monitor::monitor;
use crate::pool::{Pool, PoolLimits};
use crate::replica::Replica;
use crate::schema::schema_state;
use crate::session::check_session;
use crate::{Error, Result, SchemaState};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
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

/// The session settings of connections that change stock. Each of their statements finds its rows by index, for any
/// values. Each statement is planned once, because planning took a quarter of a batch's time. The plans do not depend on
/// statistics, which may be those of an empty table. JIT compilation is slower for all of them.
const WRITING: [(&str, &str); 6] = [
    // Turns the triggers off that maintain totals and ledger: this connection writes both itself.
    ("stockhold.maintains_totals", "on"),
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_seqscan", "off"),
    // These prevent plans that read all rows of one key, such as all blocks of an item, or that materialize a whole table
    // that was small when the statement was planned.
    ("enable_bitmapscan", "off"),
    ("enable_material", "off"),
    ("jit", "off"),
];

/// The session settings of the other connections.
const READING: [(&str, &str); 1] = [("jit", "off")];

/// The address of the database, and the limits for its use. `Debug` leaves out the URLs: they may contain passwords.
#[derive(Clone)]
pub struct Settings {
    /// The primary, as a `postgres://` URL.
    pub url: String,
    /// A replica for lists, as a `postgres://` URL; `None` to read them from the primary.
    pub read_url: Option<String>,
    /// The maximum number of connections for changes, without pinned ones. Default 4.
    pub write_connections_max: u32,
    /// The maximum number of connections that look up rows by id or read the ledger. Default 4.
    pub lookup_connections_max: u32,
    /// The maximum number of connections that read lists: this many to the primary, and as many to the replica. Default 8.
    pub read_connections_max: u32,
    /// The maximum number of connections for the clean-up, totals and commit notifications. Default 3.
    pub background_connections_max: u32,
    /// The time to wait for a connection, in seconds. Default 5.
    pub acquire_timeout_seconds: u64,
    /// The lock timeout of writing connections, in milliseconds; 0 for none. Default 1,000.
    pub lock_timeout_milliseconds: u32,
    /// The maximum duration of a statement, in seconds. Its connection is closed afterwards. Default 10.
    pub statement_timeout_seconds: u64,
    /// The maximum lag of a replica that is read, in seconds. Default 10.
    pub replica_lag_seconds_max: u64,
}

impl fmt::Debug for Settings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Settings").field("url", &format_args!("***")).finish_non_exhaustive()
    }
}

impl Settings {
    /// Returns the defaults for this primary.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            read_url: None,
            write_connections_max: 4,
            lookup_connections_max: 4,
            read_connections_max: 8,
            background_connections_max: 3,
            acquire_timeout_seconds: 5,
            lock_timeout_milliseconds: 1_000,
            statement_timeout_seconds: 10,
            replica_lag_seconds_max: 10,
        }
    }

    /// Returns the connection options, with the server-side timeouts for statements, idle transactions and dead clients.
    fn options(&self, url: &str, settings: &[(&str, &str)]) -> Result<PgConnectOptions> {
        // The server gives up before the client does, so that no statement runs on without a reader.
        let statement_timeout = format!("{}ms", (self.statement_timeout_seconds * 1_000).saturating_sub(500));
        let idle_timeout = format!("{}s", self.statement_timeout_seconds);
        let bounds = [
            ("statement_timeout", statement_timeout.as_str()),
            ("idle_in_transaction_session_timeout", idle_timeout.as_str()),
        ];
        Ok(options(url)?.options(SERVER_SIDE_KEEPALIVE).options(bounds).options(settings.iter().copied()))
    }
}

/// Makes the server detect dead clients.
const SERVER_SIDE_KEEPALIVE: [(&str, &str); 3] =
    [("tcp_keepalives_idle", "10"), ("tcp_keepalives_interval", "5"), ("tcp_keepalives_count", "3")];

fn options(url: &str) -> Result<PgConnectOptions> {
    Ok(PgConnectOptions::from_str(url)?.application_name("stockhold"))
}

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
    /// For the clean-up, totals and commit notifications.
    pub(crate) background: Pool,
    /// One connection for health checks.
    pub(crate) health: Pool,
    /// For maintenance commands, without timeouts.
    pub(crate) maintenance: PgPool,
    /// The options of connections that listen for notifications.
    pub(crate) listening: PgConnectOptions,
    /// The pools of pinned connections, each with one connection.
    pub(crate) pinned_pools: Arc<Mutex<Vec<Pool>>>,
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
    /// [`Error::Setting`] if a session setting has a wrong value.
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
        // Without a pool: a pool retries until its timeout, and does not return the cause.
        first_answer(&writing, Duration::from_secs(settings.acquire_timeout_seconds)).await?;
        let reading = settings.options(&settings.url, &READING)?;
        let history = Arc::new(History::default());
        let pool = |options: &PgConnectOptions, connections_max, history: Option<&Arc<History>>| {
            Pool::new(options.clone(), limits(connections_max), availability.clone(), history.cloned())
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
            writes: pool(&writing, settings.write_connections_max, Some(&history)),
            lookups: pool(&writing, settings.lookup_connections_max, Some(&history)),
            reads: pool(&reading, settings.read_connections_max, None),
            replica,
            background: pool(&writing, settings.background_connections_max, Some(&history)),
            health: pool(&reading, 1, None),
            maintenance: PgPoolOptions::new()
                .max_connections(2)
                .connect_lazy_with(options(&settings.url)?.options(WRITING)),
            listening: reading,
            pinned_pools: Arc::default(),
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
    /// lock timeout.
    pub async fn migrate(&self) -> Result<()> {
        Ok(crate::schema::MIGRATOR.run(&self.maintenance).await?)
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

    fn pinned_pools(&self) -> std::sync::MutexGuard<'_, Vec<Pool>> {
        self.pinned_pools.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits until the database accepts a connection, for at most `wait`, because it may be starting. Checks the settings of
/// the session.
async fn first_answer(options: &PgConnectOptions, wait: Duration) -> Result<()> {
    let deadline = Instant::now() + wait;
    loop {
        let connected = async {
            let mut connection = options.connect().await?;
            let settings = check_session(&mut connection).await;
            drop(connection.close().await);
            sqlx::Result::Ok(settings)
        };
        let error = match timeout_at(deadline, connected).await {
            Ok(Ok(settings)) => return settings,
            Ok(Err(error)) => error,
            Err(_) => std::io::Error::new(ErrorKind::TimedOut, "no answer from the database").into(),
        };
        if !may_be_starting(&error) || Instant::now() + CONNECT_RETRY_PAUSE >= deadline {
            return Err(error.into());
        }
        sleep(CONNECT_RETRY_PAUSE).await;
    }
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
    let pool = Pool::new(options.clone(), limits, availability.clone(), None);
    let lag_max = Duration::from_secs(settings.replica_lag_seconds_max);
    let replica = Arc::new(Replica::new(pool, lag_max));
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
