//! Goes on selling: customers, shipments and deliveries at a steady rate, until it is stopped.
//!
//! It uses an engine of its own on the database, like a second server. It needs neither an address nor a token. Every
//! server shows its changes at once.

mod seller;
mod shop;

use anyhow::{Context as _, Result};
use engine::Engine;
use fastrand::Rng;
use seller::Seller;
use shop::Shop;
use std::fmt;
use std::time::Duration;
use tokio::time::MissedTickBehavior;

/// The requests per second, unless another number is given.
pub(crate) const RATE_DEFAULT: u32 = 3;

/// The most requests per second. It is a demonstration, not a load test.
pub(crate) const RATE_MAX: u32 = 100;

/// The failures in a row after which it gives up. A rejection by the rules is no failure.
const FAILURES_MAX: u32 = 10;

/// The pause after a failure.
const FAILURE_PAUSE: Duration = Duration::from_secs(1);

/// The number of requests by their outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Requests {
    /// Requests that changed something.
    pub(crate) succeeded: u64,
    /// Requests that the rules rejected, as of an item that is sold out.
    pub(crate) rejected: u64,
}

impl fmt::Display for Requests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { succeeded, rejected } = self;
        write!(f, "{succeeded} requests succeeded, {rejected} were rejected by the rules.")
    }
}

/// Sends `rate` requests per second until `stop` ends. Returns their number.
///
/// # Errors
/// The database does not have the demo data, or fails [`FAILURES_MAX`] times in a row.
pub(crate) async fn sell(
    engine: &Engine,
    seed: u64,
    rate: u32,
    stop: impl Future<Output = ()>,
) -> Result<Requests> {
    let shop = Shop::find(engine, seed).await?;
    let mut seller = Seller::new(engine, &shop, Rng::new());
    let (mut requests, mut failures) = (Requests::default(), 0);
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / rate.clamp(1, RATE_MAX));
    // After a pause of the database the rate does not rise.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => return Ok(requests),
            _ = ticks.tick() => {}
        }
        // A request that has begun is finished: each takes milliseconds, and has a deadline.
        match seller.step().await {
            Ok(()) => (requests.succeeded, failures) = (requests.succeeded + 1, 0),
            Err(engine::Error::Rejected(_)) => (requests.rejected, failures) = (requests.rejected + 1, 0),
            Err(error) => {
                failures += 1;
                if failures == FAILURES_MAX {
                    return Err(error).context("the database failed too often in a row");
                }
                tracing::warn!(%error, failures, "a request of the demo failed");
                tokio::select! {
                    () = &mut stop => return Ok(requests),
                    () = tokio::time::sleep(FAILURE_PAUSE) => {}
                }
            }
        }
    }
}
