use crate::{Outcome, Renderer, StoredResponse};
use domain::BlockLimits;
use std::time::Duration;

/// How the engine works. [`Settings::default`] is what was measured to be good.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Requests that may wait in a queue; past this many a caller is told to come back. Default 2,000: some
    /// four batches, which a slow database takes less time for than clients wait.
    pub queue_max: usize,
    /// Requests that one transaction decides. Default 512.
    pub batch_max: usize,
    /// Batches of stock requests that are decided side by side, each about other items; at least 1. More of
    /// them make smaller batches. Default 2.
    pub stock_queues: usize,
    /// Batches of new items that are written side by side; at least 1. Default 2.
    pub creation_queues: usize,
    /// How long one batch may take. Then it is cancelled, and its requests fail. Default 15 s.
    pub batch_timeout: Duration,
    /// How long a stop waits for queued requests and background tasks. Then they are broken off. Default 10 s.
    pub drain_timeout: Duration,
    /// How stale a category's top list may be; zero reads it anew each time. Writes through the same server
    /// are seen by the next read whatever this is. Default 250 ms.
    pub top_staleness: Duration,
    /// From how many items on the sums over each category are followed by the ledger, once read; those of fewer
    /// are read anew each time. Default 20,000.
    pub totals_followed_from: i64,
    /// From how many blocks and order lines on the levels of an item are followed by the ledger, once read; those of
    /// fewer are read again each time. Default 5,000.
    pub levels_followed_from: i64,
    /// Statements that read all blocks of an item at the same time; at least 1. More wait. It must be less than the
    /// connections for lookups. Default 2.
    pub item_scans_max: usize,
    /// Event streams that may be open at the same time. Default 2,000.
    pub event_streams_max: usize,
    /// Events that all streams together send in a second, about. Beyond it pages come less often, at least once a
    /// second, and a page that is too large says that it skipped events. Default 50,000.
    pub event_stream_lines_per_second: usize,
    /// How often expired blocks are cleaned up. Default 1 s.
    pub expiry_interval: Duration,
    /// Expired blocks that one clean-up transaction takes: what is placed meanwhile may have to wait for one.
    /// Default 64.
    pub expiry_blocks_max: i64,
    /// What a single buyer may have. Default: as many units a block as a quantity can be, 1,000 blocks a
    /// reference.
    pub limits: BlockLimits,
    /// How long answers are kept under their idempotency keys. Default 24 hours.
    pub answers_kept: Duration,
    /// Writes the answers that are kept. Default: for engines that nobody asks over a wire.
    pub render: Renderer,
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
            answers_kept: Duration::from_secs(24 * 3_600),
            render: debug_text,
        }
    }
}

fn debug_text(outcome: Outcome<'_>, request_id: &str) -> StoredResponse {
    StoredResponse { status: 200, body: format!("{outcome:?} {request_id}").into_bytes().into() }
}
