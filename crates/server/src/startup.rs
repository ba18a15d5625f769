//! The application: built, asked for its address, run until it is told to stop.

use crate::config::{Config, HttpConfig};
use crate::database::Database;
use crate::router::{AppState, router};
use anyhow::{Context, Result, anyhow};
use axum::serve::{Listener, ListenerExt as _};
use engine::Engine;
use leptos::config::LeptosOptions;
use std::io::ErrorKind;
use std::net::SocketAddr;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tower::make::Shared;

/// A server that listens, but does not answer yet.
pub struct Application {
    listener: TcpListener,
    address: SocketAddr,
    engine: Engine,
    database: Database,
    options: LeptosOptions,
    http: HttpConfig,
}

impl Application {
    /// Takes the address, opens the database, migrates it if asked to, and starts the engine.
    ///
    /// # Errors
    /// The address is taken, the database can't be reached, or its schema not be brought up to date.
    pub async fn build(config: &Config, options: LeptosOptions, migrate: bool) -> Result<Self> {
        // First, because it fails fastest.
        let listener = listen(options.site_addr).await?;
        let address = listener.local_addr().context("the address can't be told")?;
        let database = Database::open(&config.database).await?;
        let store = database.connect().await?;
        if migrate {
            store.migrate().await.context("the schema could not be brought up to date")?;
        }
        let settings = engine::Settings { render: api::render, ..engine::Settings::default() };
        let engine = Engine::start(store, settings).await?;
        Ok(Self { listener, address, engine, database, options, http: config.http.clone() })
    }

    /// Where it listens; with port 0 asked for, the port that the system chose.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The engine that it serves.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Serves until `stop` ends. Then accepts no more, lets the requests that are being served finish (for
    /// at most `shutdown_timeout_seconds`), stops the engine, and then the private PostgreSQL.
    ///
    /// # Errors
    /// The private PostgreSQL does not stop.
    pub async fn run_until_stopped(self, stop: impl Future<Output = ()>) -> Result<()> {
        let timeout = self.http.shutdown_timeout();
        let stopping = CancellationToken::new();
        let state = AppState::new(self.engine.clone(), self.options, self.http, stopping.clone());
        let listener = prompt(self.listener);
        let serve = axum::serve(listener, Shared::new(router(state)));
        let serve = serve.with_graceful_shutdown(stopping.clone().cancelled_owned());
        let mut serving = tokio::spawn(async move { serve.await });

        tokio::select! {
            ended = &mut serving => ended?.context("the server broke off")?,
            () = stop => {
                stopping.cancel();
                if tokio::time::timeout(timeout, &mut serving).await.is_err() {
                    tracing::warn!(timeout_seconds = timeout.as_secs(), "unfinished requests were broken off");
                    serving.abort();
                }
            }
        }
        self.engine.stop().await;
        self.database.close().await
    }
}

/// A listener whose connections send at once what is written. Else the end of an answer that is written in two parts
/// waits until its beginning is acknowledged, which a client may put off for 40 ms.
fn prompt(listener: TcpListener) -> impl Listener<Io = TcpStream, Addr = SocketAddr> {
    listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection may be slow");
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn connections_send_at_once() {
        let listener = listen(([127, 0, 0, 1], 0).into()).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let client = tokio::spawn(TcpStream::connect(address));
        let (stream, _) = prompt(listener).accept().await;
        assert!(stream.nodelay().expect("an open connection"));
        client.await.expect("no panic").expect("a connection");
    }
}
