//! The errors of requests.

use crate::types::{Problem, StockChangedLine};
use serde::Deserialize;

/// A request without a success.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server has rejected the request, or has failed.
    #[error("{0}")]
    Rejected(Box<Rejection>),
    /// There was no answer: the connection failed, or the wait was too long. A write may have taken effect.
    #[error("no answer: {0}")]
    Connection(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The answer's body is not what the OpenAPI document describes.
    #[error("the answer can't be read: {0}")]
    Answer(#[source] serde_json::Error),
    /// The request can't be sent: a value, a header or the address is invalid.
    #[error("the request is invalid: {0}")]
    Request(String),
}

impl Error {
    /// Returns the stable code of a rejection, such as `insufficient_stock`. None without an answer.
    pub fn code(&self) -> Option<&str> {
        self.rejection().map(|rejection| rejection.problem.code.as_str())
    }

    /// Returns the rejection. None without an answer.
    pub fn rejection(&self) -> Option<&Rejection> {
        match self {
            Self::Rejected(rejection) => Some(rejection),
            _ => None,
        }
    }
}

/// An answer that is no success: a problem by RFC 9457, with the numbers that explain it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rejection {
    /// The problem. An answer of a proxy has the code `unknown`.
    #[serde(flatten)]
    pub problem: Problem,
    /// The refused lines of `document_refused`. Empty for other codes.
    #[serde(default)]
    pub lines: Vec<StockChangedLine>,
    /// The exceeded limit of requests, of a 429: `client`, for example.
    #[serde(default)]
    pub limit: Option<String>,
    /// The requests per second that the exceeded limit allows.
    #[serde(default)]
    pub requests_per_second: Option<i64>,
    /// The requests at once that the exceeded limit allows.
    #[serde(default)]
    pub requests_burst: Option<i64>,
}

impl std::fmt::Display for Rejection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.problem.code, self.problem.detail)
    }
}

impl Rejection {
    /// Returns the rejection of an answer with this status, in 100 to 599, and body.
    pub(crate) fn of(status: u16, body: &[u8]) -> Self {
        serde_json::from_slice(body).unwrap_or_else(|_| {
            let detail = String::from_utf8_lossy(body).chars().take(DETAIL_CHARS_MAX).collect();
            let (title, code) = ("No problem document".to_owned(), "unknown".to_owned());
            let problem = Problem { status: status.into(), title, code, detail, ..Problem::default() };
            Self { problem, lines: Vec::new(), limit: None, requests_per_second: None, requests_burst: None }
        })
    }
}

/// The characters of an unknown body that an error shows.
const DETAIL_CHARS_MAX: usize = 200;
