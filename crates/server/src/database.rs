//! The database: an external one, or a private PostgreSQL.

use crate::config::DatabaseConfig;
use crate::output::print_line;
use crate::remedy::{former_database, former_private_database, with_remedy};
use anyhow::{Context, Result, anyhow, bail};
use cluster::{Cluster, Options};
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::{Audit, SchemaState, Settings, Store};
use tokio::net::UnixStream;

/// The database's name in the private PostgreSQL.
const NAME: &str = "stockhold";

/// The folder of the private PostgreSQL in the data directory.
const FOLDER: &str = "postgres";

/// The interval of checking that the private PostgreSQL runs. After the second start in a row, it doubles with each.
const WATCH_INTERVAL: Duration = Duration::from_secs(1);

/// The number of starts in a row after which the server exits with an error, for its supervisor: after 16 s, and the time
/// of the starts.
const STARTS_MAX: u32 = 5;

/// A database that can be connected to.
#[derive(Debug)]
pub(crate) struct Database {
    settings: Settings,
    /// The folder of the private PostgreSQL; `None` for an external database.
    folder: Option<PathBuf>,
    /// The private PostgreSQL; the inner value is `None` after its stop.
    cluster: Option<Arc<Mutex<Option<Cluster>>>>,
}

impl Database {
    /// Selects the database of the configuration, or starts the private PostgreSQL.
    ///
    /// # Errors
    /// The private PostgreSQL can't be started.
    pub(crate) async fn open(config: &DatabaseConfig) -> Result<Self> {
        if let Some(url) = config.url() {
            if config.wal_archive_dir.is_some() {
                bail!(
                    "STOCKHOLD_WAL_ARCHIVE_DIR is for the private PostgreSQL, and DATABASE_URL names another one: set \
                     archive_command there, and remove this setting"
                );
            }
            return Ok(Self { settings: config.store_settings(url), folder: None, cluster: None });
        }
        let folder = config.data_dir.join(FOLDER);
        let (started, options) = (folder.clone(), private_options(config));
        // The start blocks its thread: it waits for processes.
        let cluster = tokio::task::spawn_blocking(move || start(&started, &options)).await??;
        Ok(Self {
            settings: config.store_settings(&cluster.url(NAME)),
            folder: Some(folder),
            cluster: Some(Arc::new(Mutex::new(Some(cluster)))),
        })
    }

    /// Opens the database for a command that may run beside a server, or before its first start. A running private
    /// PostgreSQL is used; otherwise it is started, and created if there is none.
    ///
    /// # Errors
    /// The private PostgreSQL can't be reached or started.
    pub(crate) async fn open_shared(config: &DatabaseConfig) -> Result<Self> {
        if Cluster::exists(&config.data_dir.join(FOLDER)) {
            Self::open_existing(config).await
        } else {
            Self::open(config).await
        }
    }

    /// Opens the database for a command that may run while a server runs. A running private PostgreSQL is used, and a stopped one
    /// is started. No database is created.
    ///
    /// # Errors
    /// There is no private PostgreSQL in the data directory, or it can't be reached or started.
    pub(crate) async fn open_existing(config: &DatabaseConfig) -> Result<Self> {
        if config.url().is_some() {
            return Self::open(config).await;
        }
        let folder = config.data_dir.join(FOLDER);
        if !Cluster::exists(&folder) {
            bail!(
                "there is no private PostgreSQL in {}; name its data directory with STOCKHOLD_DATA_DIR, or a \
                 database with DATABASE_URL",
                config.data_dir.display()
            );
        }
        let asked = folder.clone();
        let running = tokio::task::spawn_blocking(move || Cluster::running_url(&asked, NAME)).await??;
        match running {
            Some(url) => Ok(Self { settings: Settings::new(url), folder: Some(folder), cluster: None }),
            None => Self::open(config).await,
        }
    }

    /// Returns the folder of the private PostgreSQL; `None` for an external database.
    pub(crate) fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Connects to the database.
    ///
    /// # Errors
    /// The database does not respond, its settings are unsafe, a URL is invalid, or the former migrations created the
    /// database. The error names the remedy.
    pub(crate) async fn connect(&self) -> Result<Store> {
        let connected = Store::connect(self.settings.clone()).await;
        let store = connected.map_err(|error| self.explain(error))?;
        // Another error occurs again in the first statement, with its own remedy.
        if matches!(store.schema_state().await, Ok(SchemaState::Former)) {
            store.close().await;
            return Err(self.former_schema());
        }
        Ok(store)
    }

    /// Connects for an audit.
    ///
    /// # Errors
    /// The database does not respond, its address leads to a pooler without sessions, or its schema is of another version.
    /// The error names the remedy.
    pub(crate) async fn audit(&self) -> Result<Audit> {
        let mut audit = Audit::connect(&self.settings).await.map_err(|error| self.explain(error))?;
        match audit.schema_state().await? {
            SchemaState::Current => Ok(audit),
            SchemaState::Former => Err(self.former_schema()),
            other => bail!("{other}"),
        }
    }

    /// Adds the remedy to the error of a connection.
    fn explain(&self, error: store::Error) -> anyhow::Error {
        let context = match (&error, &self.cluster) {
            (store::Error::Setting { .. } | store::Error::RoleSettings(_), _) => {
                "the database's settings break Stockhold's promises"
            }
            (store::Error::Pooler(_), _) => "the database's address can't be used",
            (_, Some(_)) => "the private PostgreSQL can't be reached",
            (_, None) => "the database that DATABASE_URL names can't be reached",
        };
        with_remedy(error, context)
    }

    /// The error of a database that the former migrations created.
    pub(crate) fn former_schema(&self) -> anyhow::Error {
        match &self.folder {
            Some(folder) => anyhow!(former_private_database(folder)),
            None => anyhow!(former_database()),
        }
    }

    /// Watches the private PostgreSQL, and starts it again if it has ended. For an external database it never returns.
    ///
    /// # Errors
    /// PostgreSQL did not run after [`STARTS_MAX`] starts in a row.
    pub(crate) async fn watch(&self) -> Result<Infallible> {
        let Some(cluster) = &self.cluster else { return std::future::pending().await };
        let Some(socket) = lock(cluster).as_ref().map(Cluster::socket) else {
            return std::future::pending().await;
        };
        let mut starts: u32 = 0;
        loop {
            tokio::time::sleep(WATCH_INTERVAL * 2_u32.pow(starts.saturating_sub(1))).await;
            // PostgreSQL accepts connections on its socket also during recovery, so a refusal means that it has ended.
            if UnixStream::connect(&socket).await.is_ok() {
                starts = 0;
                continue;
            }
            if starts == STARTS_MAX {
                bail!("the private PostgreSQL ended again after each of {STARTS_MAX} starts");
            }
            tracing::error!("the private PostgreSQL has ended and will be started again");
            starts += 1;
            let ended = cluster.clone();
            let started =
                tokio::task::spawn_blocking(move || lock(&ended).as_mut().map_or(Ok(()), Cluster::restart))
                    .await?;
            match started {
                Ok(()) => tracing::info!("the private PostgreSQL was started again"),
                Err(error) if starts == STARTS_MAX => {
                    let context = format!("the private PostgreSQL ended, and {STARTS_MAX} starts failed");
                    return Err(anyhow::Error::new(error).context(context));
                }
                Err(error) => tracing::error!(%error, "the private PostgreSQL could not be started"),
            }
        }
    }

    /// Stops the private PostgreSQL, if there is one.
    ///
    /// # Errors
    /// It does not stop.
    pub(crate) async fn close(self) -> Result<()> {
        let Some(cluster) = self.cluster else { return Ok(()) };
        let stopped =
            tokio::task::spawn_blocking(move || lock(&cluster).take().map_or(Ok(()), Cluster::stop)).await?;
        stopped.context("the private PostgreSQL did not stop")?;
        print_line("The private PostgreSQL has stopped.");
        Ok(())
    }
}

fn lock(cluster: &Mutex<Option<Cluster>>) -> MutexGuard<'_, Option<Cluster>> {
    cluster.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the location and the settings of the private PostgreSQL.
pub(crate) fn private_options(config: &DatabaseConfig) -> Options {
    let options = Options::durable(config.data_dir.join(FOLDER));
    match &config.wal_archive_dir {
        Some(archive) => options.archive(archive),
        None => options,
    }
}

fn start(folder: &Path, options: &Options) -> Result<Cluster> {
    print_line(&format!("Starting a private PostgreSQL in {} (DATABASE_URL is not set)", folder.display()));
    let cluster = Cluster::start(options)?;
    if let Some(moved) = cluster.moved_to() {
        print_line(&format!("Its files are in {}, where its user can reach them", moved.display()));
    }
    if cluster.was_adopted() {
        print_line("It was still running, because an earlier server was killed");
    }
    cluster.create_database(NAME)?;
    Ok(cluster)
}
