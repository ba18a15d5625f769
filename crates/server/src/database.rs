//! Where the data lie: a database that somebody else runs, or a private PostgreSQL of our own.

use crate::cli::say;
use crate::config::DatabaseConfig;
use anyhow::{Context, Result, bail};
use cluster::{Cluster, Options};
use std::path::Path;
use store::{Settings, Store};

/// The database's name in the private PostgreSQL.
const NAME: &str = "stockhold";

/// The folder of the private PostgreSQL in the data directory.
const FOLDER: &str = "postgres";

/// A database that can be connected to.
#[derive(Debug)]
pub(crate) struct Database {
    url: String,
    read_url: Option<String>,
    lock_timeout_milliseconds: u32,
    cluster: Option<Cluster>,
}

impl Database {
    /// Names the database that the configuration names, or starts the private PostgreSQL.
    ///
    /// # Errors
    /// The private PostgreSQL can't be started.
    pub(crate) async fn open(config: &DatabaseConfig) -> Result<Self> {
        let read_url = config.read_url().map(str::to_owned);
        let lock_timeout_milliseconds = config.lock_timeout_milliseconds;
        if let Some(url) = config.url() {
            return Ok(Self { url: url.to_owned(), read_url, lock_timeout_milliseconds, cluster: None });
        }
        let folder = config.data_dir.join(FOLDER);
        // Starting blocks: it waits for other programs.
        let cluster = tokio::task::spawn_blocking(move || start(&folder)).await??;
        Ok(Self { url: cluster.url(NAME), read_url, lock_timeout_milliseconds, cluster: Some(cluster) })
    }

    /// The same for a command that may run beside a server: it uses the private PostgreSQL that runs already, and
    /// starts it only where it does not run. It creates nothing.
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
        let running = tokio::task::spawn_blocking(move || Cluster::running_url(&folder, NAME)).await??;
        match running {
            Some(url) => {
                let lock_timeout_milliseconds = config.lock_timeout_milliseconds;
                Ok(Self { url, read_url: None, lock_timeout_milliseconds, cluster: None })
            }
            None => Self::open(config).await,
        }
    }

    /// The primary's URL.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Connects.
    ///
    /// # Errors
    /// The database does not answer, or a URL can't be read.
    pub(crate) async fn connect(&self) -> Result<Store> {
        let settings = Settings {
            read_url: self.read_url.clone(),
            lock_timeout_milliseconds: self.lock_timeout_milliseconds,
            ..Settings::new(self.url.as_str())
        };
        let connected = Store::connect(settings).await;
        if matches!(connected, Err(store::Error::Setting { .. })) {
            return connected.context("the database's settings break Stockhold's promises");
        }
        connected.context(match self.cluster {
            Some(_) => "the private PostgreSQL can't be reached",
            None => "the database that DATABASE_URL names can't be reached",
        })
    }

    /// Stops the private PostgreSQL, where there is one.
    ///
    /// # Errors
    /// It does not stop.
    pub(crate) async fn close(self) -> Result<()> {
        let Some(cluster) = self.cluster else { return Ok(()) };
        let stopped = tokio::task::spawn_blocking(|| cluster.stop()).await?;
        stopped.context("the private PostgreSQL did not stop")?;
        say("The private PostgreSQL has stopped.");
        Ok(())
    }
}

fn start(folder: &Path) -> Result<Cluster> {
    say(&format!("Starting a private PostgreSQL in {} (DATABASE_URL is not set)", folder.display()));
    let cluster = Cluster::start(&Options::durable(folder))?;
    if let Some(moved) = cluster.moved_to() {
        say(&format!("Its files are in {}, where its user can reach them", moved.display()));
    }
    if cluster.was_adopted() {
        say("It was still running, left behind by a server that was killed");
    }
    cluster.create_database(NAME)?;
    Ok(cluster)
}
