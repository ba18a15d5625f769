use crate::archive_settings::ArchiveSettings;
use crate::response::{CommandResult, ResponseSerializer, StoredResponse};
use crate::trace::SpanSink;
use crate::webhooks::settings::WebhookSettings;
use domain::BlockLimits;
use std::time::Duration;

/// The settings of an engine. The defaults are the result of measurements.
#[derive(Clone)]
pub struct Settings {
    /// The most requests that wait in a queue. Further ones fail with [`crate::Error::Overloaded`]. Default 2,000: about
    /// four batches, which even a slow database finishes within a client's timeout.
    pub queue_max: usize,
    /// The most requests in a batch. Default 512.
    pub batch_max: usize,
    /// The number of queues for stock requests, which are distributed by item; at least 1. With more queues the batches
    /// are smaller. Default 2.
    pub stock_queues: usize,
    /// The number of queues for new items; at least 1. Default 2.
    pub creation_queues: usize,
    /// The deadline of a batch. At the deadline the batch is cancelled and its requests fail. Default 15 s.
    pub batch_timeout: Duration,
    /// The time for which a shutdown waits for queued requests and background tasks before it aborts them. Default 10 s.
    pub drain_timeout: Duration,
    /// The time for which the top list of a category is cached; zero turns the cache off. A write through the same server
    /// invalidates the list at once. Default 250 ms.
    pub top_staleness: Duration,
    /// The number of items from which the sums over categories are cached and updated from the ledger. Sums of fewer items
    /// are read each time. Default 20,000.
    pub totals_followed_from: i64,
    /// The number of an item's blocks and order lines from which its levels are cached and updated from the ledger. The
    /// levels of other items are read each time. Default 5,000.
    pub levels_followed_from: i64,
    /// The most concurrent statements that read all blocks of an item; at least 1. Further ones wait. It must be less than
    /// the number of connections for lookups. Default 2.
    pub item_scans_max: usize,
    /// The most open event streams. Default 2,000.
    pub event_streams_max: usize,
    /// The approximate maximum of events per second over all streams. Above it pages are sent less often, at least once
    /// per second, and a page that is too large reports skipped events. Default 50,000.
    pub event_stream_lines_per_second: usize,
    /// The interval of the clean-up of expired blocks. Default 1 s.
    pub expiry_interval: Duration,
    /// The most expired blocks that one clean-up transaction reclaims. A concurrent request for the same item may wait for
    /// one such transaction. Default 64.
    pub expiry_blocks_max: i64,
    /// The limits per block, per reference and per cart. Default: no limit of units per block below that of a quantity, 1,000
    /// blocks per reference, and payments up to 24 hours after a cart was placed.
    pub limits: BlockLimits,
    /// The most units that a write-off may have without the permission [`domain::Permission::WriteOffStock`]. Default 1,000.
    pub write_off_units_max: i32,
    /// The units on hand up to which an item is low; 0 for never. Default
    /// [`domain::LOW_STOCK_DEFAULT`].
    pub low_stock_units: i32,
    /// Whether a request that takes units of an item is decided after the waiting orders that miss the item. Default false.
    pub waiting_first: bool,
    /// The most bytes of an imported file. Default 200 MiB.
    pub import_bytes_max: u64,
    /// The most rows of an imported file. Default 1,000,000.
    pub import_rows_max: u64,
    /// The days for which the file and the rows of an import are stored. Default 30.
    pub import_retention_days: i32,
    /// The time for which responses are stored under their idempotency keys. Default 24 hours.
    pub answers_kept: Duration,
    /// The duration from which a batch is logged as slow; `None` for never. Default 2 s.
    pub slow_batch: Option<Duration>,
    /// Receives the spans of batches; `None` without an export of traces, which is the default.
    pub span_sink: Option<SpanSink>,
    /// Webhooks. Default: none are sent.
    pub webhooks: WebhookSettings,
    /// Archives. Default: nothing is archived.
    pub archive: ArchiveSettings,
    /// Serializes the responses that are stored. The default writes a debug format, for engines without an HTTP server.
    pub serialize_response: ResponseSerializer,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            queue_max: 2_000,
            batch_max: 512,
            stock_queues: 2,
            creation_queues: 2,
            batch_timeout: Duration::from_secs(15),
            drain_timeout: Duration::from_secs(10),
            top_staleness: Duration::from_millis(250),
            totals_followed_from: 20_000,
            levels_followed_from: 5_000,
            item_scans_max: 2,
            event_streams_max: 2_000,
            event_stream_lines_per_second: 50_000,
            expiry_interval: Duration::from_secs(1),
            expiry_blocks_max: 64,
            limits: BlockLimits::default(),
            write_off_units_max: 1_000,
            low_stock_units: domain::LOW_STOCK_DEFAULT,
            waiting_first: false,
            import_bytes_max: 200 << 20,
            import_rows_max: 1_000_000,
            import_retention_days: 30,
            answers_kept: Duration::from_secs(24 * 3_600),
            slow_batch: Some(Duration::from_secs(2)),
            span_sink: None,
            webhooks: WebhookSettings::default(),
            archive: ArchiveSettings::default(),
            serialize_response: debug_text,
        }
    }
}

fn debug_text(result: &CommandResult<'_>, request_id: &str) -> StoredResponse {
    StoredResponse { status: 200, body: format!("{result:?} {request_id}").into_bytes().into() }
}
