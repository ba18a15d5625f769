//! Requests as text, for heads that an HTTP client does not send.

use crate::app::TestApp;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Returns host and port of a URL.
pub fn address(url: &str) -> &str {
    url.split_once("://").expect("a URL").1
}

/// Sends the head of a request without a body, and returns the whole response. `lines` are header lines; the server closes
/// the connection after the response.
pub async fn exchange(app: &TestApp, start: &str, lines: &[&str]) -> String {
    let stream = TcpStream::connect(address(&app.url)).await.expect("a connection");
    exchange_over(stream, start, lines).await
}

/// Like [`exchange`], over this connection.
pub async fn exchange_over(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    start: &str,
    lines: &[&str],
) -> String {
    let lines: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
    let head = format!("{start}\r\n{lines}connection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut response = Vec::new();
    // TLS reports the end of a connection without a closing message as an error.
    let _ = stream.read_to_end(&mut response).await;
    String::from_utf8_lossy(&response).into_owned()
}

/// Returns the status of a response; 0 if there is none.
pub fn status(response: &str) -> u16 {
    response.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}
