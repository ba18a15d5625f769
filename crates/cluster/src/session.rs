//! A minimal client for PostgreSQL's protocol (version 3.0, simple query, peer authentication). It creates databases and
//! runs migrations before any database library is built.

use std::io::{self, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::Error;

/// The rows of a statement: each column as text, `None` for NULL.
pub type Rows = Vec<Vec<Option<String>>>;

/// The maximum length of a message, in bytes. A longer one means that the other side does not use this protocol.
const MESSAGE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The time limit for a response. Migrations may build indexes, so it is long.
const READ_TIMEOUT: Duration = Duration::from_secs(600);

pub(crate) struct Session {
    stream: BufReader<UnixStream>,
    socket: PathBuf,
}

impl Session {
    /// Connects. The server identifies this process by its operating-system user.
    pub(crate) fn connect(socket: &Path, user: &str, database: &str) -> Result<Self, Error> {
        let broken = |error: io::Error| connection_error(socket, &error);
        let stream = UnixStream::connect(socket).map_err(broken)?;
        stream.set_read_timeout(Some(READ_TIMEOUT)).map_err(broken)?;
        let mut session = Self { stream: BufReader::new(stream), socket: socket.to_owned() };
        let mut startup = 196_608_u32.to_be_bytes().to_vec();
        for text in ["user", user, "database", database, "application_name", "stockhold"] {
            startup.extend_from_slice(text.as_bytes());
            startup.push(0);
        }
        startup.push(0);
        session.send(None, &startup)?;
        session.answer()?;
        Ok(session)
    }

    /// Runs one or more statements as one transaction. Returns all rows.
    pub(crate) fn query(&mut self, sql: &str) -> Result<Rows, Error> {
        if sql.contains('\0') {
            return Err(self.broken("a statement can't contain a NUL byte"));
        }
        let mut body = sql.as_bytes().to_vec();
        body.push(0);
        self.send(Some(b'Q'), &body)?;
        self.answer()
    }

    fn send(&mut self, kind: Option<u8>, body: &[u8]) -> Result<(), Error> {
        let length = u32::try_from(body.len() + 4).map_err(|_| self.broken("the statement is too long"))?;
        let mut message: Vec<u8> = kind.into_iter().collect();
        message.extend_from_slice(&length.to_be_bytes());
        message.extend_from_slice(body);
        self.stream.get_mut().write_all(&message).map_err(|error| connection_error(&self.socket, &error))
    }

    /// Reads until the server is ready for the next statement; the first error is the one that counts.
    fn answer(&mut self) -> Result<Rows, Error> {
        let mut rows = Rows::new();
        let mut failure = None;
        loop {
            let (kind, body) = self.message()?;
            match kind {
                b'D' => rows.push(columns(&body).ok_or_else(|| self.broken("a row was cut short"))?),
                b'E' => {
                    failure.get_or_insert(statement_error(&body));
                }
                // AuthenticationOk is 0. Any other value asks for a password, which the superuser does not have.
                b'R' if body != [0; 4] => return Err(self.broken("the server asks for a password")),
                b'G' | b'W' => return Err(self.broken("COPY from the client is not supported")),
                b'Z' => return failure.map_or(Ok(rows), Err),
                _ => {}
            }
        }
    }

    fn message(&mut self) -> Result<(u8, Vec<u8>), Error> {
        let mut head = [0; 5];
        self.read(&mut head)?;
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
        if !(4..=MESSAGE_BYTES_MAX).contains(&length) {
            return Err(self.broken("the response is not PostgreSQL's protocol"));
        }
        let mut body = vec![0; length - 4];
        self.read(&mut body)?;
        // An error before authentication ends the connection without ReadyForQuery: it is the response itself.
        if head[0] == b'E' && matches!(field(&body, b'S').as_deref(), Some("FATAL" | "PANIC")) {
            return Err(statement_error(&body));
        }
        Ok((head[0], body))
    }

    fn read(&mut self, buffer: &mut [u8]) -> Result<(), Error> {
        self.stream.read_exact(buffer).map_err(|error| connection_error(&self.socket, &error))
    }

    fn broken(&self, reason: &str) -> Error {
        Error::Connection { socket: self.socket.clone(), reason: reason.to_owned() }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Sends Terminate. If that fails, the server notices the closed socket.
        let _ = self.send(Some(b'X'), &[]);
    }
}

fn connection_error(socket: &Path, error: &io::Error) -> Error {
    Error::Connection { socket: socket.to_owned(), reason: error.to_string() }
}

/// Parses the columns of a DataRow: a count, then for each column its length (-1 for NULL) and its text.
fn columns(body: &[u8]) -> Option<Vec<Option<String>>> {
    let (count, mut rest) = body.split_first_chunk::<2>()?;
    (0..u16::from_be_bytes(*count))
        .map(|_| {
            let (length, after) = rest.split_first_chunk::<4>()?;
            let Ok(length) = usize::try_from(i32::from_be_bytes(*length)) else {
                rest = after;
                return Some(None);
            };
            let (text, after) = after.split_at_checked(length)?;
            rest = after;
            Some(Some(String::from_utf8_lossy(text).into_owned()))
        })
        .collect()
}

/// Returns a field of an ErrorResponse: a letter, then text up to a zero byte.
fn field(body: &[u8], letter: u8) -> Option<String> {
    body.split(|byte| *byte == 0)
        .find_map(|part| part.strip_prefix(&[letter]))
        .map(|text| String::from_utf8_lossy(text).into_owned())
}

fn statement_error(body: &[u8]) -> Error {
    let mut message = field(body, b'M').unwrap_or_default();
    for extra in [b'D', b'H', b'W'] {
        if let Some(text) = field(body, extra) {
            message.push_str("; ");
            message.push_str(&text);
        }
    }
    Error::Statement {
        message,
        code: field(body, b'C').unwrap_or_default(),
        position: field(body, b'P').and_then(|text| text.parse().ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_parsed_with_its_nulls() {
        let body = [0, 2, 0, 0, 0, 2, b'o', b'k', 0xff, 0xff, 0xff, 0xff];
        assert_eq!(columns(&body), Some(vec![Some("ok".into()), None]));
    }

    #[test]
    fn a_truncated_row_is_rejected() {
        assert_eq!(columns(&[0, 1, 0, 0, 0, 9, b'o']), None);
        assert_eq!(columns(&[0]), None);
    }

    #[test]
    fn an_error_has_its_code_and_position() {
        let body = b"SERROR\0C42601\0Msyntax error\0P7\0\0";
        assert!(matches!(
            statement_error(body),
            Error::Statement { code, position: Some(7), message } if code == "42601" && message == "syntax error"
        ));
    }
}
