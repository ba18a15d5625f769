//! A TCP proxy on 127.0.0.1 between a server and its database, for tests of outages.

use sqlx::postgres::PgConnectOptions;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr as _;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The size of the buffer, in bytes.
const FORWARDED_BYTES_MAX: usize = 64 * 1024;

/// The state of a route's connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Traffic {
    Forwarded,
    /// Nothing is forwarded, and no connection is closed.
    Frozen,
    /// Connections are closed on both sides.
    Cut,
}

/// The address of a database.
#[derive(Debug, Clone)]
enum Target {
    Tcp(String),
    Unix(PathBuf),
}

impl Target {
    fn of(database_url: &str) -> Self {
        let options = PgConnectOptions::from_str(database_url).expect("a database URL");
        let folder = options.get_socket().cloned();
        match folder.or_else(|| options.get_host().starts_with('/').then(|| options.get_host().into())) {
            Some(folder) => Self::Unix(folder.join(format!(".s.PGSQL.{}", options.get_port()))),
            None => Self::Tcp(format!("{}:{}", options.get_host(), options.get_port())),
        }
    }
}

#[derive(Debug, Clone)]
struct Route {
    target: Target,
    traffic: Arc<watch::Sender<Traffic>>,
}

impl Route {
    fn to(database_url: &str) -> Self {
        Self { target: Target::of(database_url), traffic: Arc::new(watch::Sender::new(Traffic::Forwarded)) }
    }
}

/// Forwards connections to a database. A test can freeze or cut them, or redirect new ones to another database.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    route: Arc<Mutex<Route>>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// Listens on a free port and forwards to the database of the URL, by TCP or a unix socket.
    ///
    /// # Panics
    /// If the URL is invalid.
    pub async fn start(database_url: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let route = Arc::new(Mutex::new(Route::to(database_url)));
        let routes = route.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let route = routes.lock().unwrap_or_else(PoisonError::into_inner).clone();
                // An error of one connection does not affect the others.
                tokio::spawn(async move { drop(connect(client, route).await) });
            }
        });
        Self { address, route, accepting }
    }

    /// Returns `database_url` with the proxy's address: same user and database.
    ///
    /// # Panics
    /// If the URL is invalid.
    pub fn url(&self, database_url: &str) -> String {
        with_address(database_url, self.address)
    }

    /// Returns the address of the proxy.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops forwarding without closing connections. New connections are accepted, but not answered.
    pub fn freeze(&self) {
        self.set(Traffic::Frozen);
    }

    /// Continues to forward, beginning with the data that was held back.
    pub fn resume(&self) {
        self.set(Traffic::Forwarded);
    }

    /// Closes all connections, and new ones immediately, until [`Proxy::resume`] or [`Proxy::point_to`].
    pub fn cut(&self) {
        self.set(Traffic::Cut);
    }

    /// Directs new connections to another database. Existing connections stay as they are; frozen ones stay frozen.
    ///
    /// # Panics
    /// If the URL is invalid.
    pub fn point_to(&self, database_url: &str) {
        *self.route() = Route::to(database_url);
    }

    fn set(&self, traffic: Traffic) {
        self.route().traffic.send_replace(traffic);
    }

    fn route(&self) -> std::sync::MutexGuard<'_, Route> {
        self.route.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Returns `database_url` with this address: same user and database.
pub(super) fn with_address(database_url: &str, address: SocketAddr) -> String {
    let options = PgConnectOptions::from_str(database_url).expect("a database URL");
    let database = options.get_database().unwrap_or("postgres");
    format!("postgres://{}@{address}/{database}?sslmode=disable", options.get_username())
}

async fn connect(client: TcpStream, route: Route) -> std::io::Result<()> {
    // Holds the sender as long as the connection, so that a replaced route keeps its state.
    let Route { target, traffic } = route;
    let mut seen = traffic.subscribe();
    if wait(&mut seen, |traffic| traffic != Traffic::Frozen).await == Traffic::Cut {
        return Ok(());
    }
    client.set_nodelay(true)?;
    let (from_client, to_client) = client.into_split();
    let (mut forth, mut back) = match target {
        Target::Tcp(address) => {
            let database = TcpStream::connect(address).await?;
            database.set_nodelay(true)?;
            let (from, to) = database.into_split();
            (
                tokio::spawn(forward(from_client, to, traffic.subscribe())),
                tokio::spawn(forward(from, to_client, traffic.subscribe())),
            )
        }
        Target::Unix(socket) => {
            let (from, to) = UnixStream::connect(socket).await?.into_split();
            (
                tokio::spawn(forward(from_client, to, traffic.subscribe())),
                tokio::spawn(forward(from, to_client, traffic.subscribe())),
            )
        }
    };
    tokio::select! {
        _ = async { tokio::join!(&mut forth, &mut back) } => {}
        _ = wait(&mut seen, |traffic| traffic == Traffic::Cut) => {}
    }
    forth.abort();
    back.abort();
    Ok(())
}

async fn forward(
    mut from: impl tokio::io::AsyncRead + Unpin,
    mut to: impl tokio::io::AsyncWrite + Unpin,
    mut traffic: watch::Receiver<Traffic>,
) -> std::io::Result<()> {
    let mut bytes = vec![0; FORWARDED_BYTES_MAX];
    loop {
        let count = from.read(&mut bytes).await?;
        wait(&mut traffic, |traffic| traffic == Traffic::Forwarded).await;
        if count == 0 {
            return to.shutdown().await;
        }
        to.write_all(&bytes[..count]).await?;
    }
}

async fn wait(traffic: &mut watch::Receiver<Traffic>, until: impl Fn(Traffic) -> bool) -> Traffic {
    *traffic.wait_for(|traffic| until(*traffic)).await.expect("the connection holds the sender")
}
