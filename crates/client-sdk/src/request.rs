//! A request before it is sent.

use crate::Error;
use http::Method;
use hyper::body::Bytes;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value;

const JSON: &str = "application/json";

/// The type of an uploaded file. The server detects its encoding and dialect.
const FILE: &str = "application/octet-stream";

/// A request. Its attempts have the same body.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub method: Method,
    pub path: String,
    pub query: Vec<(String, String)>,
    /// The type and the body.
    pub body: Option<(&'static str, Bytes)>,
    /// Whether it accepts an `Idempotency-Key`.
    pub is_keyed: bool,
    /// Whether it may be sent again.
    pub is_repeatable: bool,
}

impl Request {
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        let path = path.into();
        Self { method, path, query: Vec::new(), body: None, is_keyed: false, is_repeatable: true }
    }

    /// A write with an idempotency key.
    pub fn keyed(self) -> Self {
        Self { is_keyed: true, ..self }
    }

    /// A write that could take effect twice.
    pub fn once(self) -> Self {
        Self { is_repeatable: false, ..self }
    }

    pub fn query(self, query: &impl Serialize) -> Result<Self, Error> {
        let mut pairs = Vec::new();
        if let Value::Object(fields) = serde_json::to_value(query).map_err(invalid)? {
            for (name, value) in fields {
                match value {
                    Value::Array(values) => {
                        pairs.extend(values.iter().map(|value| (name.clone(), text(value))));
                    }
                    Value::Null => {}
                    value => pairs.push((name, text(&value))),
                }
            }
        }
        Ok(Self { query: pairs, ..self })
    }

    pub fn json(self, body: &impl Serialize) -> Result<Self, Error> {
        let body = serde_json::to_vec(body).map_err(invalid)?;
        Ok(Self { body: Some((JSON, body.into())), ..self })
    }

    pub fn optional_json<T: Serialize>(self, body: Option<&T>) -> Result<Self, Error> {
        match body {
            Some(body) => self.json(body),
            None => Ok(self),
        }
    }

    /// Returns the address of the request at a server.
    pub fn url(&self, base: &str) -> String {
        let pairs = self.query.iter().map(|(name, value)| format!("{name}={}", segment(value)));
        let pairs: Vec<_> = pairs.collect();
        let mark = if pairs.is_empty() { "" } else { "?" };
        format!("{base}{}{mark}{}", self.path, pairs.join("&"))
    }

    pub fn file(self, body: Vec<u8>) -> Self {
        Self { body: Some((FILE, body.into())), ..self }
    }
}

fn invalid(error: serde_json::Error) -> Error {
    Error::Request(error.to_string())
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Returns a text as a segment of a path, or as a value of a query.
pub(crate) fn segment(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
