//! A receiver of webhooks that accepts and counts messages.

use anyhow::{Context as _, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// The answer to each message.
const ACCEPTED: &[u8] = b"HTTP/1.1 204 No Content\r\n\r\n";

/// A receiver with a thread of its own.
pub(super) struct Receiver {
    /// Its URL.
    pub(super) url: String,
    messages: Arc<AtomicU64>,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Receiver {
    /// Listens on a free port.
    pub(super) fn start() -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).context("no port is free")?;
        let url = format!("http://{}/", listener.local_addr()?);
        let messages = Arc::new(AtomicU64::new(0));
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let counted = messages.clone();
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = accept(listener, counted) => {}
                    _ = stopped => {}
                }
            });
        });
        Ok(Self { url, messages, stop: Some(stop), thread: Some(thread) })
    }

    /// The number of messages.
    pub(super) fn messages(&self) -> u64 {
        self.messages.load(Ordering::Relaxed)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been printed.
            let _ended = thread.join();
        }
    }
}

async fn accept(listener: TcpListener, messages: Arc<AtomicU64>) {
    while let Ok((stream, _)) = listener.accept().await {
        let messages = messages.clone();
        tokio::spawn(async move {
            // A connection that breaks lets its message be sent again.
            let _ended = receive(stream, &messages).await;
        });
    }
}

/// Answers the messages of a connection until it is closed.
async fn receive(stream: TcpStream, messages: &AtomicU64) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    let (mut line, mut body) = (String::new(), Vec::new());
    loop {
        let mut length = 0;
        loop {
            line.clear();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            if line == "\r\n" {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        body.resize(length, 0);
        stream.read_exact(&mut body).await?;
        messages.fetch_add(1, Ordering::Relaxed);
        stream.get_mut().write_all(ACCEPTED).await?;
    }
}
