//! The metrics of `/metrics`, in the OpenMetrics text format.
//!
//! Counters are plain atomics and histograms that the hot path holds already. Gauges are read at the scrape, from memory;
//! counts of the database are cached.

mod collector;
mod database;
mod http;
mod samples;
mod stock;
mod webhooks;

pub use collector::record_start;
pub(crate) use http::{ActiveRequest, FinishedRequest, HttpMetrics};

use access::Access;
use collector::Collection;
use engine::Engine;
use prometheus_client::encoding::text;
use prometheus_client::registry::Registry;
use std::fmt;
use std::time::Duration;

/// The media type of the OpenMetrics text format.
pub(crate) const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// How long a scrape waits for the counts of the database.
const COUNTS_TIMEOUT: Duration = Duration::from_secs(2);

/// The metrics of one server.
pub(crate) struct Metrics {
    engine: Engine,
    access: Access,
    http: Registry,
}

impl Metrics {
    /// Returns the metrics of a server, with those of its HTTP requests.
    pub(crate) fn new(engine: Engine, access: Access, requests: &HttpMetrics) -> Self {
        let mut http = Registry::default();
        requests.register(&mut http);
        Self { engine, access, http }
    }

    /// Returns all metrics as text. Reads the database's counts, unless they are cached; without an answer it leaves them out.
    ///
    /// # Errors
    /// None occurs: a text can always be extended.
    pub(crate) async fn text(&self) -> Result<String, fmt::Error> {
        let read = tokio::time::timeout(COUNTS_TIMEOUT, self.engine.operating_report()).await;
        let mut workers = self.engine.health_report().workers;
        workers.extend(self.access.health());
        let mut read_now = Registry::default();
        let report = read.ok().and_then(Result::ok);
        read_now.register_collector(Box::new(Collection { engine: self.engine.clone(), workers, report }));
        let mut text = String::new();
        text::encode_registry(&mut text, &self.http)?;
        text::encode_registry(&mut text, &read_now)?;
        text::encode_eof(&mut text)?;
        Ok(text)
    }
}
