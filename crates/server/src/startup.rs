//! The application: start, run, graceful shutdown.

use crate::config::{Config, HttpConfig};
use crate::database::Database;
use crate::http::body_limits::BodyMemory;
use crate::http::client_address::TrustedProxies;
use crate::http::hosts::AllowedHosts;
use crate::http::log_once::LogOnce;
use crate::http::{Tls, router, serve};
#[cfg(feature = "openid")]
use crate::openid_sign_in::OpenIdSignIn;
use crate::remedy::with_remedy;
use crate::state::{AppState, Shared};
use access::Access;
use anyhow::{Context, Result, anyhow, bail};
use client::Assets;
use engine::Engine;
use leptos::config::LeptosOptions;
use std::io::ErrorKind;
use std::net::SocketAddr;
use store::Store;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// A server that listens, but accepts no connections yet.
pub struct Application {
    listener: TcpListener,
    address: SocketAddr,
    engine: Engine,
    access: Access,
    #[cfg(feature = "openid")]
    openid: Option<OpenIdSignIn>,
    database: Database,
    options: LeptosOptions,
    assets: Assets,
    http: HttpConfig,
    hosts: AllowedHosts,
    proxies: TrustedProxies,
    tls: Option<Tls>,
}

impl Application {
    /// Reads the certificate, binds the address, opens the database, migrates it if `migrate` is set, and starts the engine.
    ///
    /// # Errors
    /// The names of the console's files or the certificate can't be read, the address is in use, the names of the server
    /// are unknown, or the database can't be reached or migrated.
    pub async fn build(config: &Config, options: LeptosOptions, migrate: bool) -> Result<Self> {
        // First, because it fails fastest.
        let assets = console_assets(&options)?;
        let hosts = AllowedHosts::new(config.network.host_names(), options.site_addr.ip())?;
        let proxies = TrustedProxies::new(&config.network);
        let tls = config.network.tls_files()?.map(Tls::load).transpose()?;
        #[cfg(feature = "openid")]
        let openid = OpenIdSignIn::new(&config.openid)?;
        let listener = listen(options.site_addr).await?;
        let address = listener.local_addr().context("the listener has no address")?;
        let database = Database::open(&config.database).await?;
        let store = database.connect().await?;
        if migrate {
            migrate_schema(&store).await?;
        }
        let settings = engine::Settings {
            event_streams_max: config.http.event_streams_max,
            event_stream_lines_per_second: config.http.event_stream_lines_per_second,
            ..config.engine.settings()
        };
        let engine = Engine::start(store.clone(), settings).await?;
        // Opens every connection now. If PostgreSQL has too few, the start fails instead of later requests.
        if let Err(error) = store.open().await {
            engine.stop().await;
            let context = "the database does not accept as many connections as a server needs";
            return Err(with_remedy(error, context));
        }
        let is_loopback = address.ip().is_loopback();
        let settings = access::Settings {
            rate_limits: config.rate_limits.settings(is_loopback),
            ..config.access.settings(is_loopback)
        };
        let access = match Access::start(store, settings).await {
            Ok(access) => access,
            Err(error) => {
                engine.stop().await;
                return Err(error).context("the administrators can't be read");
            }
        };
        if !is_loopback && !access.has_administrator().await? {
            access.stop();
            engine.stop().await;
            database.close().await?;
            bail!(
                "a server that other machines can reach needs an administrator, and there is none; add one with \
                 `stockhold user invite NAME --role administrator`, or listen on a loopback address with \
                 LEPTOS_SITE_ADDR"
            );
        }
        if let Err(error) = access.record_start(config.audited(address)).await {
            tracing::warn!(%error, "the audit log could not record the start");
        }
        let http = config.http.clone();
        Ok(Self {
            listener,
            address,
            engine,
            access,
            #[cfg(feature = "openid")]
            openid,
            database,
            options,
            assets,
            http,
            hosts,
            proxies,
            tls,
        })
    }

    /// Returns the address of the listener. For port 0 it has the port that the system chose.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the URL of the listener.
    pub fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Returns whether requests without credentials are the local administrator's.
    pub fn has_local_access(&self) -> bool {
        self.access.is_local()
    }

    /// Returns the engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Serves until `stop` ends. Then it accepts no more connections, waits at most `shutdown_timeout_seconds` for requests
    /// in progress, and stops the engine and the private PostgreSQL.
    ///
    /// # Errors
    /// The private PostgreSQL does not stop, or could not be started again.
    pub async fn run_until_stopped(self, stop: impl Future<Output = ()>) -> Result<()> {
        let timeout = self.http.shutdown_timeout();
        let stopping = CancellationToken::new();
        let state = AppState::new(Shared {
            engine: self.engine.clone(),
            access: self.access,
            #[cfg(feature = "openid")]
            openid: self.openid,
            options: self.options,
            assets: self.assets,
            bodies: BodyMemory::new(self.http.body_memory_bytes_max),
            http: self.http,
            hosts: self.hosts,
            proxies: self.proxies,
            csp_reports: LogOnce::new(),
            stopping: stopping.clone(),
        });
        let access = state.access.clone();
        let mut serving = tokio::spawn(serve(self.listener, self.tls, router(state)));

        let mut stopped = Ok(());
        tokio::select! {
            ended = &mut serving => ended.context("the server ended unexpectedly")?,
            outcome = async { tokio::select! { () = stop => Ok(()), failed = self.database.watch() => failed.map(drop) } } => {
                stopped = outcome;
                stopping.cancel();
                if tokio::time::timeout(timeout, &mut serving).await.is_err() {
                    tracing::warn!(timeout_seconds = timeout.as_secs(), "unfinished requests were cancelled");
                    serving.abort();
                }
            }
        }
        access.stop();
        self.engine.stop().await;
        let closed = self.database.close().await;
        // The failed restart of the database comes first: it causes all later errors.
        stopped.and(closed)
    }
}

/// Migrates the schema.
///
/// # Errors
/// A missing right, another application's tables, or a newer schema. The error names the remedy.
pub(crate) async fn migrate_schema(store: &Store) -> Result<()> {
    store.migrate().await.map_err(|error| with_remedy(error, "the schema could not be migrated"))
}

fn console_assets(options: &LeptosOptions) -> Result<Assets> {
    Assets::read(options.clone()).map_err(|error| {
        let file = client::hash_file(options).unwrap_or_default();
        anyhow!(
            "{} can't be read, which names the console's files: {error}; build the console again, or set \
             LEPTOS_HASH_FILES=false",
            file.display()
        )
    })
}

async fn listen(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => anyhow!(
            "another program listens on {address} already; stop it, or choose another address with \
             LEPTOS_SITE_ADDR"
        ),
        ErrorKind::AddrNotAvailable => {
            anyhow!("this machine has no address {}; choose another with LEPTOS_SITE_ADDR", address.ip())
        }
        ErrorKind::PermissionDenied => anyhow!(
            "this user may not listen on port {}; choose one of 1024 or more with LEPTOS_SITE_ADDR",
            address.port()
        ),
        _ => anyhow!("can't listen on {address}: {error}"),
    })
}
