use crate::identity::History;
use crate::{Error, Result};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long a connection may have been idle and still be used without asking whether it is alive.
pub(crate) const TRUSTED_IDLE: Duration = Duration::from_secs(1);

/// How the statements that change stock are run. Each finds its rows by index, whatever the values: planned once
/// it stays planned (planning took a quarter of a batch's time), and what is known of a table that was empty a
/// moment ago misleads nobody. Compiling plans (JIT) pays for none of them.
const WRITING: [(&str, &str); 6] = [
    // Tells the database's triggers that this connection writes sums and ledger itself.
    ("stockhold.books", "kept"),
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
    /// A replica for reads that may lag; the primary where `None`.
    pub read_url: Option<String>,
    /// Connections that read or change what is not a lane's. Default 4.
    pub write_connections_max: u32,
    /// Connections that read. Default 8.
    pub read_connections_max: u32,
    /// How long to wait for a connection, in seconds. Default 5.
    pub acquire_timeout_seconds: u64,
    /// How long a statement of a writing connection waits for a lock, in milliseconds; 0 for as long as it takes.
    /// Default 1,000.
    pub lock_timeout_milliseconds: u32,
}

impl Settings {
    /// The defaults, for this primary.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            read_url: None,
            write_connections_max: 4,
            read_connections_max: 8,
            acquire_timeout_seconds: 5,
            lock_timeout_milliseconds: 1_000,
        }
    }
}

/// The database, connected.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) writes: PgPool,
    pub(crate) reads: PgPool,
    /// One connection, for as long as the process runs: it hears what other servers announce.
    pub(crate) listening: PgPool,
    pub(crate) lanes: Arc<Mutex<Vec<PgPool>>>,
    pub(crate) history: Arc<History>,
}

impl Store {
    /// Connects.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if the database can't be reached, [`Error::Internal`] if the URL can't be read,
    /// [`Error::Setting`] if a session does not have a setting that the promises rest on.
    pub async fn connect(settings: Settings) -> Result<Self> {
        let history = Arc::new(History::default());
        let pool = |url: &str, connections_max, options: &[(&str, &str)], history: Option<&Arc<History>>| {
            let options = PgConnectOptions::from_str(url)?
                .application_name("stockhold")
                .options(options.iter().copied());
            let timeout = Duration::from_secs(settings.acquire_timeout_seconds);
            let pool = PgPoolOptions::new()
                .max_connections(connections_max)
                .acquire_timeout(timeout)
                // Instead of a round trip before each use.
                .test_before_acquire(false)
                .before_acquire(|connection, meta| {
                    Box::pin(
                        async move { Ok(meta.idle_for < TRUSTED_IDLE || connection.ping().await.is_ok()) },
                    )
                });
            let pool = match history {
                Some(history) => pool.after_connect(history.after_connect(connections_max)),
                None => pool,
            };
            Ok::<_, Error>(pool.connect_lazy_with(options))
        };
        let lock_timeout = settings.lock_timeout_milliseconds.to_string();
        let writing: Vec<_> = WRITING.into_iter().chain([("lock_timeout", lock_timeout.as_str())]).collect();
        let writes = pool(&settings.url, settings.write_connections_max, &writing, Some(&history))?;
        let read_url = settings.read_url.as_deref().unwrap_or(&settings.url);
        let reads = pool(read_url, settings.read_connections_max, &READING, None)?;
        let listening = pool(&settings.url, 1, &READING, None)?;
        let store = Self { writes, reads, listening, lanes: Arc::default(), history };
        // On a connection outside of the pools, which would try again until their timeout.
        match store.check_settings().await {
            Err(error @ Error::Setting { .. }) => return Err(error),
            _ => store.now().await?,
        };
        Ok(store)
    }

    /// Brings the schema up to date. Several servers may do so at once: each waits for the one before it, without a
    /// lock timeout.
    pub async fn migrate(&self) -> Result<()> {
        let options = self.writes.connect_options().as_ref().clone().options([("lock_timeout", "0")]);
        let mut connection = options.connect().await?;
        crate::schema::MIGRATOR.run(&mut connection).await?;
        Ok(connection.close().await?)
    }

    /// The database's time.
    pub async fn now(&self) -> Result<domain::Time> {
        Ok(sqlx::query_scalar!(r#"SELECT clock_timestamp() AS "now!""#).fetch_one(&self.writes).await?)
    }

    /// Closes every connection, waiting for those in use; a [`Lane`](crate::Lane) uses its own until it is dropped.
    pub async fn close(&self) {
        let lanes = std::mem::take(&mut *self.lanes.lock().unwrap_or_else(PoisonError::into_inner));
        for lane in lanes {
            lane.close().await;
        }
        self.writes.close().await;
        self.reads.close().await;
        self.listening.close().await;
    }
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
