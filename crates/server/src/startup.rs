//! The application: start, run, graceful shutdown.

use crate::archive::ArchiveFiles;
use crate::config::{Config, HttpConfig, ObserveConfig, ShownSetting};
use crate::database::Database;
use crate::http::body_limits::BodyMemory;
use crate::http::client_address::TrustedProxies;
use crate::http::hosts::AllowedHosts;
use crate::http::log_once::LogOnce;
use crate::http::observer::RequestObserver;
use crate::http::{CODES, Tls, router, serve, serve_metrics};
use crate::metrics::HttpMetrics;
#[cfg(feature = "openid")]
use crate::openid_sign_in::OpenIdSignIn;
use crate::remedy::with_remedy;
use crate::service_manager;
use crate::span_export::SpanExport;
use crate::state::{AppState, Shared};
use crate::webhook_transport::webhook_settings;
use access::Access;
use anyhow::{Context, Result, anyhow, bail};
use client::Assets;
use engine::{ArchiveSettings, ArchiveWriter, Engine};
use leptos::config::LeptosOptions;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use store::{SchemaState, Store};
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
    settings: Vec<ShownSetting>,
    hosts: AllowedHosts,
    proxies: TrustedProxies,
    tls: Option<Tls>,
    observe: ObserveConfig,
    metrics_listener: Option<TcpListener>,
    spans: Option<SpanExport>,
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
        config.archive.check()?;
        let hosts = AllowedHosts::new(config.network.host_names(), options.site_addr.ip())?;
        let proxies = TrustedProxies::new(&config.network);
        let tls = config.network.tls_files()?.map(Tls::load).transpose()?;
        #[cfg(feature = "openid")]
        let openid = OpenIdSignIn::new(&config.openid)?;
        let spans = SpanExport::from_environment()?;
        let listener = listen(options.site_addr, "LEPTOS_SITE_ADDR").await?;
        let metrics_listener = match config.observe.metrics_addr {
            Some(address) => Some(listen(address, "STOCKHOLD_METRICS_ADDR").await?),
            None => None,
        };
        let address = listener.local_addr().context("the listener has no address")?;
        let database = Database::open(&config.database).await?;
        let store = database.connect().await?;
        match migrate {
            true => migrate_schema(&store).await?,
            false => check_schema(&store).await?,
        }
        store
            .check_node()
            .await
            .map_err(|error| with_remedy(error, "the database's address can't be used"))?;
        let settings = engine::Settings {
            slow_batch: config.observe.slow_batch(),
            span_sink: spans.as_ref().map(SpanExport::batches),
            event_streams_max: config.http.event_streams_max,
            event_stream_lines_per_second: config.http.event_stream_lines_per_second,
            webhooks: webhook_settings(&config.webhooks),
            archive: archive_settings(config),
            ..config.engine.settings()
        };
        let engine = Engine::start(store.clone(), settings).await?;
        // Opens every connection now. If PostgreSQL has too few, the start fails instead of later requests.
        if let Err(error) = store.open().await {
            engine.stop().await;
            let context = "the database, or a pooler in front of it, does not accept as many connections as a server needs";
            return Err(with_remedy(error, context));
        }
        let is_loopback = address.ip().is_loopback();
        let settings = access::Settings {
            rate_limits: config.rate_limits.settings(is_loopback),
            ..config.access.settings(is_loopback)
        };
        // Audit events are archived by the engine, which deletes them after they are in a file.
        let audit_days = settings.audit_days.filter(|_| config.archive.archive_dir.is_none());
        let settings = access::Settings { audit_days, ..settings };
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
            settings: config.shown.clone(),
            hosts,
            proxies,
            tls,
            observe: config.observe.clone(),
            metrics_listener,
            spans,
        })
    }

    /// Returns the address of the listener. For port 0 it has the port that the system chose.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the address of the listener for metrics, if there is one.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics_listener.as_ref().and_then(|listener| listener.local_addr().ok())
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

    /// Serves until `stop` ends. Then it is not ready any more, and goes on for `shutdown_delay_seconds`. Then it accepts no more connections, waits at most `shutdown_timeout_seconds` for requests
    /// in progress, and stops the engine and the private PostgreSQL.
    ///
    /// # Errors
    /// The private PostgreSQL does not stop, or could not be started again.
    pub async fn run_until_stopped(self, stop: impl Future<Output = ()>) -> Result<()> {
        let timeout = self.http.shutdown_timeout();
        let (draining, stopping) = (CancellationToken::new(), CancellationToken::new());
        let metrics = HttpMetrics::new(CODES.iter().map(|code| code.code));
        let state = AppState::new(Shared {
            engine: self.engine.clone(),
            access: self.access,
            #[cfg(feature = "openid")]
            openid: self.openid,
            options: self.options,
            assets: self.assets,
            bodies: BodyMemory::new(self.http.body_memory_bytes_max),
            http: self.http,
            settings: self.settings,
            hosts: self.hosts,
            proxies: self.proxies,
            csp_reports: LogOnce::new(),
            observer: RequestObserver::new(&self.observe, metrics, self.spans.clone()),
            draining: draining.clone(),
            stopping: stopping.clone(),
        });
        let access = state.access.clone();
        let probes =
            self.metrics_listener.map(|listener| tokio::spawn(serve_metrics(listener, state.clone())));
        let mut serving = tokio::spawn(serve(self.listener, self.tls, router(state)));
        let watchdog = tokio::spawn(service_manager::feed_watchdog(self.engine.clone(), access.clone()));
        service_manager::ready();

        let mut stopped = Ok(());
        tokio::select! {
            ended = &mut serving => ended.context("the server ended unexpectedly")?,
            outcome = async { tokio::select! { () = stop => Ok(()), failed = self.database.watch() => failed.map(drop) } } => {
                stopped = outcome;
                service_manager::stopping();
                draining.cancel();
                if stopped.is_ok() {
                    tokio::time::sleep(self.observe.shutdown_delay()).await;
                }
                stopping.cancel();
                if tokio::time::timeout(timeout, &mut serving).await.is_err() {
                    tracing::warn!(timeout_seconds = timeout.as_secs(), "unfinished requests were cancelled");
                    serving.abort();
                }
            }
        }
        watchdog.abort();
        access.stop();
        self.engine.stop().await;
        if let Some(spans) = self.spans {
            spans.close().await;
        }
        if let Some(probes) = probes {
            probes.abort();
        }
        let closed = self.database.close().await;
        // The failed restart of the database comes first: it causes all later errors.
        stopped.and(closed)
    }
}

/// Returns the engine's settings of archives.
fn archive_settings(config: &Config) -> ArchiveSettings {
    let days = |days: i32| (days > 0).then_some(days);
    let files = config.archive.archive_dir.clone().map(ArchiveFiles::new);
    ArchiveSettings {
        writer: files.map(|files| Arc::new(files) as Arc<dyn ArchiveWriter>),
        ledger_days: days(config.archive.ledger_days),
        audit_days: days(config.access.audit_days),
        interval: config.archive.archive_interval,
    }
}

/// Migrates the schema.
///
/// # Errors
/// A missing right, another application's tables, or a newer schema. The error names the remedy.
pub(crate) async fn migrate_schema(store: &Store) -> Result<()> {
    store.migrate().await.map_err(|error| with_remedy(error, "the schema could not be migrated"))
}

/// Checks that the schema is this program's.
///
/// # Errors
/// It is older, newer, or another one. The error names the remedy.
async fn check_schema(store: &Store) -> Result<()> {
    match store.schema_state().await? {
        SchemaState::Current => Ok(()),
        other => bail!("{other}"),
    }
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

/// Listens on an address that this variable sets.
async fn listen(address: SocketAddr, variable: &str) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => anyhow!(
            "another program listens on {address} already; stop it, or choose another address with \
             {variable}"
        ),
        ErrorKind::AddrNotAvailable => {
            anyhow!("this machine has no address {}; choose another with {variable}", address.ip())
        }
        ErrorKind::PermissionDenied => anyhow!(
            "this user may not listen on port {}; choose one of 1024 or more with {variable}",
            address.port()
        ),
        _ => anyhow!("can't listen on {address}: {error}"),
    })
}
