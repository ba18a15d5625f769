use crate::availability::Availability;
use crate::identity::History;
use crate::monitor::monitor;
use crate::pool::{Pool, PoolLimits};
use crate::replica::Replica;
use crate::session::check_session;
use crate::{Error, Result};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use std::io::ErrorKind;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout_at};

/// How long to wait before a database that may be starting is asked again.
const CONNECT_REST: Duration = Duration::from_millis(200);

/// How the statements that change stock are run. Each finds its rows by index, whatever the values: planned once
/// it stays planned (planning took a quarter of a batch's time), and what is known of a table that was empty a
/// moment ago misleads nobody. Compiling plans (JIT) pays for none of them.
const WRITING: [(&str, &str); 6] = [
    // Tells the database's triggers that this connection writes sums and ledger itself.
    ("stockhold.maintains_totals", "on"),
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_seqscan", "off"),
    // Nor gather all rows of one key (all blocks of an item, say), or keep a whole table at hand that was small when
    // this was planned.
    ("enable_bitmapscan", "off"),
    ("enable_material", "off"),
    ("jit", "off"),
];

/// How the others are run.
const READING: [(&str, &str); 1] = [("jit", "off")];

/// How to reach the database, and how much of it to use.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The primary, as a `postgres://` URL.
    pub url: String,
    /// A replica for lists; the primary where `None`.
    pub read_url: Option<String>,
    /// Connections for changes that are not a pinned's. Default 4.
    pub write_connections_max: u32,
    /// Connections that look rows up by their ids, or follow the ledger. Default 4.
    pub lookup_connections_max: u32,
    /// Connections that read lists, of the primary and as many of the replica. Default 8.
    pub read_connections_max: u32,
    /// Connections for the clean-up, for names and for totals. Default 3.
    pub background_connections_max: u32,
    /// How long to wait for a connection, in seconds. Default 5.
    pub acquire_timeout_seconds: u64,
    /// How long a statement of a writing connection waits for a lock, in milliseconds; 0 for as long as it takes.
    /// Default 1,000.
    pub lock_timeout_milliseconds: u32,
    /// How long a statement may take, in seconds. After that its connection is closed. Default 10.
    pub statement_timeout_seconds: u64,
    /// How far a replica may be behind and still be read, in seconds. Default 10.
    pub replica_lag_seconds_max: u64,
}

impl Settings {
    /// The defaults, for this primary.
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

    /// The connection options, with the server-side timeouts for statements, idle transactions and vanished clients.
    fn options(&self, url: &str, settings: &[(&str, &str)]) -> Result<PgConnectOptions> {
        // The server gives up before the client does, so that it does not work on for nobody.
        let statement_timeout = format!("{}ms", (self.statement_timeout_seconds * 1_000).saturating_sub(500));
        let idle_timeout = format!("{}s", self.statement_timeout_seconds);
        let bounds = [
            ("statement_timeout", statement_timeout.as_str()),
            ("idle_in_transaction_session_timeout", idle_timeout.as_str()),
        ];
        Ok(options(url)?.options(SERVER_SIDE_KEEPALIVE).options(bounds).options(settings.iter().copied()))
    }
}

/// Lets the server notice a client that has vanished.
const SERVER_SIDE_KEEPALIVE: [(&str, &str); 3] =
    [("tcp_keepalives_idle", "10"), ("tcp_keepalives_interval", "5"), ("tcp_keepalives_count", "3")];

fn options(url: &str) -> Result<PgConnectOptions> {
    Ok(PgConnectOptions::from_str(url)?.application_name("stockhold"))
}

/// The database, connected.
#[derive(Debug, Clone)]
pub struct Store {
    /// Changes that are not a pinned's.
    pub(crate) writes: Pool,
    /// Rows by their ids, and the ledger, from the primary.
    pub(crate) lookups: Pool,
    /// Lists, from the primary.
    pub(crate) reads: Pool,
    /// Lists, from a replica.
    pub(crate) replica: Option<Arc<Replica>>,
    /// The clean-up, names, totals.
    pub(crate) background: Pool,
    /// One connection for the question whether the database answers.
    pub(crate) health: Pool,
    /// An operator's work, which may take as long as it takes.
    pub(crate) maintenance: PgPool,
    /// For one connection, for as long as the process runs: it receives what other servers announce.
    pub(crate) listening: PgConnectOptions,
    pub(crate) pinned_pools: Arc<Mutex<Vec<Pool>>>,
    pub(crate) observed: watch::Receiver<Option<crate::monitor::Observation>>,
    pub(crate) history: Arc<History>,
    monitors: Arc<Monitors>,
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
    /// [`Error::Unavailable`] if the database can't be reached, [`Error::Internal`] if the URL can't be read,
    /// [`Error::Setting`] if a session does not have a setting that the promises rest on.
    pub async fn connect(settings: Settings) -> Result<Self> {
        let limits = |connections_max| PoolLimits {
            connections_max,
            acquire_timeout: Duration::from_secs(settings.acquire_timeout_seconds),
            statement_timeout: Duration::from_secs(settings.statement_timeout_seconds),
        };
        let availability = Arc::new(Availability::new("database", "requests are refused until it does"));
        let lock_timeout = settings.lock_timeout_milliseconds.to_string();
        let writing: Vec<_> = WRITING.into_iter().chain([("lock_timeout", lock_timeout.as_str())]).collect();
        let writing = settings.options(&settings.url, &writing)?;
        // Not by a pool, which would try again until its timeout, and would not name the cause.
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

    /// Opens every connection to the primary that this store and its pinned_pools may use, so that none is missing later.
    ///
    /// # Errors
    /// [`Error::Impaired`] where the server accepts fewer.
    pub async fn open(&self) -> Result<()> {
        let pinned_pools = self.pinned_pools().clone();
        let pools = [&self.health, &self.writes, &self.lookups, &self.background, &self.reads];
        let opened = futures::future::try_join_all(pinned_pools.iter().chain(pools).map(Pool::open)).await;
        match opened.map(drop).map_err(Error::from) {
            // A pool tries to connect until its timeout, and does not return the cause. One more connection has it.
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

    /// Brings the schema up to date. Several servers may do so at once: each waits for the one before it, without a
    /// lock timeout.
    pub async fn migrate(&self) -> Result<()> {
        Ok(crate::schema::MIGRATOR.run(&self.maintenance).await?)
    }

    /// The database's time.
    pub async fn now(&self) -> Result<domain::Time> {
        Ok(sqlx::query_scalar!(r#"SELECT clock_timestamp() AS "now!""#).fetch_one(&self.health).await?)
    }

    /// Fails at once while the database is known not to answer.
    pub fn check_available(&self) -> Result<()> {
        Ok(self.writes.availability().check()?)
    }

    /// Closes every connection. Those in use get some seconds; a [`PinnedConnection`](crate::PinnedConnection) uses its own until it is dropped.
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

/// Waits until the database accepts a connection, at most for `wait`: it may be starting, too. Checks the settings that
/// a session gets.
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
        if !may_be_starting(&error) || Instant::now() + CONNECT_REST >= deadline {
            return Err(error.into());
        }
        sleep(CONNECT_REST).await;
    }
}

fn may_be_starting(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => error.kind() == ErrorKind::ConnectionRefused,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| code == "57P03"),
        _ => false,
    }
}

/// A replica with the tasks that watch it.
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
    let (judged, primary) = (replica.clone(), primary.clone());
    let judging = tokio::spawn(async move { judged.judge(primary, observed).await });
    Ok((replica, [tokio::spawn(monitor(options, availability, observed_by)), judging]))
}

/// Creates a database if the server does not have it; `admin_url` names one that it has.
pub async fn create_database(admin_url: &str, name: &str) -> Result<()> {
    let mut connection = PgConnectOptions::from_str(admin_url)?.connect().await?;
    let query = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)";
    let exists: bool = sqlx::query_scalar(query).bind(name).fetch_one(&mut connection).await?;
    if !exists {
        // An identifier can't be a parameter; doubling its quotes is all the quoting it needs.
        let create = format!("CREATE DATABASE \"{}\"", name.replace('"', "\"\""));
        sqlx::query(AssertSqlSafe(create)).execute(&mut connection).await?;
    }
    Ok(connection.close().await?)
}
