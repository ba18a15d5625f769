//! A pooler in transaction mode, such as PgBouncer: it assigns a server connection to a client per transaction.

use super::Proxy;
use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// The length of the request for TLS, in bytes, which comes before the startup message.
const TLS_REQUEST_BYTES: usize = 8;

/// Parameters of the startup message that PgBouncer rejects by default, among those that sqlx sends.
const REJECTED: [&str; 2] = ["extra_float_digits", "options"];

/// A message of PostgreSQL's protocol: its type, and its body without the length.
type Message = (u8, Vec<u8>);

/// A connection to PostgreSQL, with the names of the statements that are prepared on it.
struct Server {
    stream: TcpStream,
    prepared: HashSet<Vec<u8>>,
}

#[derive(Default)]
struct Shared {
    idle: Mutex<Vec<Server>>,
    /// The messages with which PostgreSQL answered the latest startup message.
    greeting: Mutex<Vec<Message>>,
    clients: AtomicU32,
}

/// A pooler of a database. It supports no COPY, and no cancellation. Like PgBouncer it rejects a connection with
/// `options` or `extra_float_digits`.
pub struct TransactionPooler {
    address: SocketAddr,
    accepting: JoinHandle<()>,
    _proxy: Proxy,
}

impl TransactionPooler {
    /// Listens on a free port. With `prepares` it prepares a statement on each server connection that lacks it, like PgBouncer
    /// since 1.21; otherwise it passes on names of statements, like earlier ones.
    ///
    /// # Panics
    /// If the URL is invalid.
    pub async fn start(database_url: &str, prepares: bool) -> Self {
        // The database may have a unix socket only.
        let proxy = Proxy::start(database_url).await;
        let target = proxy.address();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared::default());
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = shared.clone();
                tokio::spawn(async move { drop(serve(stream, target, &shared, prepares).await) });
            }
        });
        Self { address, accepting, _proxy: proxy }
    }

    /// Returns `database_url` with the pooler's address: same user and database.
    ///
    /// # Panics
    /// If the URL is invalid.
    pub fn url(&self, database_url: &str) -> String {
        super::proxy::with_address(database_url, self.address)
    }
}

impl Drop for TransactionPooler {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn serve(
    mut client: TcpStream,
    target: SocketAddr,
    shared: &Shared,
    prepares: bool,
) -> std::io::Result<()> {
    let startup = read_startup(&mut client).await?;
    if let Some(name) = rejected(&startup) {
        let error = format!("SFATAL\0VFATAL\0C08P01\0Munsupported startup parameter: {name}\0\0");
        return write(&mut client, &[(b'E', error.into_bytes())]).await;
    }
    let idle = lock(&shared.idle).pop();
    let server = match idle {
        Some(server) => server,
        None => connect(target, &startup, shared).await?,
    };
    lock(&shared.idle).push(server);
    let greeting = lock(&shared.greeting).clone();
    write(&mut client, &greeting).await?;
    let prefix = prepares.then(|| format!("client{}_", shared.clients.fetch_add(1, Ordering::Relaxed)));
    let mut statements = HashMap::new();
    let mut held = None;
    while let Some(batch) = read_batch(&mut client).await? {
        let idle = lock(&shared.idle).pop();
        let mut server = match (held.take(), idle) {
            (Some(server), idle) => {
                lock(&shared.idle).extend(idle);
                server
            }
            (None, Some(server)) => server,
            (None, None) => connect(target, &startup, shared).await?,
        };
        let (batch, added) = match &prefix {
            Some(prefix) => prepared(batch, prefix.as_bytes(), &mut statements, &mut server.prepared),
            None => (batch, 0),
        };
        write(&mut server.stream, &batch).await?;
        if relay(&mut server.stream, &mut client, added).await? == b'I' {
            lock(&shared.idle).push(server);
        } else {
            held = Some(server);
        }
    }
    Ok(())
}

/// Returns the first rejected parameter of a startup message. Its names and values follow the length and the version.
fn rejected(startup: &[u8]) -> Option<&'static str> {
    let names = startup.get(8..)?.split(|byte| *byte == 0).step_by(2);
    names.into_iter().find_map(|name| REJECTED.into_iter().find(|rejected| rejected.as_bytes() == name))
}

/// Passes the answers to a batch on, without the first `added` ones about prepared statements. Returns the state of the
/// transaction.
async fn relay(server: &mut TcpStream, client: &mut TcpStream, mut added: usize) -> std::io::Result<u8> {
    loop {
        let message = read(server).await?;
        if message.0 == b'1' && added > 0 {
            added -= 1;
            continue;
        }
        let state = (message.0 == b'Z').then(|| message.1[0]);
        write(client, &[message]).await?;
        if let Some(state) = state {
            return Ok(state);
        }
    }
}

/// Renames the statements of a batch, and adds those that the server lacks. Returns the number of those too.
fn prepared(
    batch: Vec<Message>,
    prefix: &[u8],
    statements: &mut HashMap<Vec<u8>, Vec<u8>>,
    of_server: &mut HashSet<Vec<u8>>,
) -> (Vec<Message>, usize) {
    let (mut renamed, mut added) = (Vec::new(), 0);
    for (kind, body) in batch {
        // The bytes before the name: the portal of Bind; the letter of Describe and Close.
        let before = match kind {
            b'P' => 0,
            b'B' => body.iter().position(|byte| *byte == 0).map_or(0, |end| end + 1),
            b'D' | b'C' if body.first() == Some(&b'S') => 1,
            _ => {
                renamed.push((kind, body));
                continue;
            }
        };
        let name = [prefix, body[before..].split(|byte| *byte == 0).next().unwrap_or_default()].concat();
        let body = [&body[..before], prefix, &body[before..]].concat();
        match kind {
            b'P' => {
                statements.insert(name.clone(), body.clone());
                of_server.insert(name);
            }
            b'C' => _ = of_server.remove(&name),
            _ => {
                if let (true, Some(statement)) = (of_server.insert(name.clone()), statements.get(&name)) {
                    renamed.push((b'P', statement.clone()));
                    added += 1;
                }
            }
        }
        renamed.push((kind, body));
    }
    (renamed, added)
}

async fn connect(target: SocketAddr, startup: &[u8], shared: &Shared) -> std::io::Result<Server> {
    let mut stream = TcpStream::connect(target).await?;
    stream.write_all(startup).await?;
    let mut greeting = Vec::new();
    while greeting.last().is_none_or(|(kind, _)| *kind != b'Z') {
        greeting.push(read(&mut stream).await?);
    }
    *lock(&shared.greeting) = greeting;
    Ok(Server { stream, prepared: HashSet::new() })
}

/// Reads the startup message with its length, and declines TLS.
async fn read_startup(client: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    loop {
        let length = client.read_u32().await?;
        let mut message = length.to_be_bytes().to_vec();
        message.resize(usize::try_from(length).unwrap_or_default(), 0);
        client.read_exact(&mut message[4..]).await?;
        if message.len() > TLS_REQUEST_BYTES {
            return Ok(message);
        }
        client.write_all(b"N").await?;
    }
}

/// Reads the messages that PostgreSQL answers together. `None` at the end of the connection.
async fn read_batch(client: &mut TcpStream) -> std::io::Result<Option<Vec<Message>>> {
    let mut batch = Vec::new();
    loop {
        let message = match read(client).await {
            Ok((b'X', _)) => return Ok(None),
            message => message?,
        };
        let is_last = matches!(message.0, b'S' | b'Q');
        batch.push(message);
        if is_last {
            return Ok(Some(batch));
        }
    }
}

async fn read(stream: &mut TcpStream) -> std::io::Result<Message> {
    let kind = stream.read_u8().await?;
    let length = usize::try_from(stream.read_u32().await?).unwrap_or_default();
    let mut body = vec![0; length.saturating_sub(4)];
    stream.read_exact(&mut body).await?;
    Ok((kind, body))
}

async fn write(stream: &mut TcpStream, messages: &[Message]) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    for (kind, body) in messages {
        bytes.push(*kind);
        bytes.extend(u32::try_from(body.len() + 4).unwrap_or_default().to_be_bytes());
        bytes.extend(body);
    }
    stream.write_all(&bytes).await
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
