//! Sums per category and per warehouse, aggregated incrementally from the ledger.
//!
//! Writes maintain no counters. The *base* holds the sums as of the ledger's low watermark, and advances with it. Each
//! result adds the committed movements above the low watermark. A transaction that stays open delays the base, but not the
//! result.

use crate::Result;
use domain::{LedgerCursor, StockSums};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use store::Store;
use supervision::catch_panic;
use tokio::sync::Mutex;

/// The most movements that are added to the base. With more, reading the tables is no slower.
const ROWS_MAX: i64 = 200_000;

/// The age from which the base is read from the tables again. Blocks that another application changes by SQL write no
/// movement.
const BASE_AGE_MAX: Duration = Duration::from_secs(60);

/// While too many movements are above the low watermark, sums are cached for this multiple of the time to read them.
const CACHED_TIMES: u32 = 4;

/// The longest time for which sums are cached.
const CACHED_MAX: Duration = Duration::from_secs(10);

/// Sums per category and per warehouse.
pub(crate) struct Totals {
    store: Store,
    /// The number of items from which sums are aggregated incrementally. With fewer, each call reads the tables.
    incremental_from: i64,
    /// The threshold of low stock of items without their own, in units.
    low_stock_default: i32,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// `None` before the first read and after a failed one.
    base: Option<Base>,
    last: Option<Last>,
    /// Whether a task is reading a new base, while the current one is still used.
    is_reading: bool,
}

/// Sums as of the low watermark.
struct Base {
    cursor: LedgerCursor,
    sums: StockSums,
    begun: Instant,
}

/// The last result.
struct Last {
    begun: Instant,
    cached_until: Instant,
    sums: Arc<StockSums>,
}

impl Totals {
    pub(crate) fn new(store: Store, incremental_from: i64, low_stock_default: i32) -> Self {
        Self { store, incremental_from, low_stock_default, state: Arc::default() }
    }

    /// Returns the sums over everything that was committed before the call. Concurrent calls share one read.
    pub(crate) async fn now(&self) -> Result<Arc<StockSums>> {
        let requested = Instant::now();
        let mut state = self.state.lock().await;
        // A read that began while this call waited is recent enough.
        if let Some(Last { begun, cached_until, sums }) = &state.last
            && (*begun >= requested || Instant::now() < *cached_until)
        {
            return Ok(sums.clone());
        }
        let begun = Instant::now();
        let advanced = match state.base.take() {
            Some(base) if base.items() >= self.incremental_from => {
                advance(&self.store, base, self.low_stock_default).await?
            }
            _ => None,
        };
        let (sums, base) = match advanced {
            Some((sums, base)) => (sums, Some(base)),
            None => read(&self.store, self.low_stock_default).await?,
        };
        if base.as_ref().is_some_and(|base| base.begun.elapsed() > BASE_AGE_MAX) && !state.is_reading {
            state.is_reading = true;
            let store = self.store.clone();
            tokio::spawn(refresh_base(Arc::downgrade(&self.state), store, self.low_stock_default));
        }
        let cached = match base {
            Some(_) => Duration::ZERO,
            None => (begun.elapsed() * CACHED_TIMES).min(CACHED_MAX),
        };
        let sums = Arc::new(sums);
        state.base = base;
        state.last = Some(Last { begun, cached_until: Instant::now() + cached, sums: sums.clone() });
        Ok(sums)
    }
}

impl Base {
    fn items(&self) -> i64 {
        self.sums.categories.values().map(|sums| sums.items).sum()
    }
}

/// Adds the movements after the base. Returns the current sums, and the base advanced to the low watermark. Returns `None`
/// if there are too many movements, or if the database has another history than the base.
async fn advance(store: &Store, mut base: Base, low_stock_default: i32) -> Result<Option<(StockSums, Base)>> {
    let watermark = match store.low_watermark_after(&base.cursor).await {
        Err(store::Error::Rejected(domain::Error::CursorUnknown | domain::Error::CursorArchived { .. })) => {
            return Ok(None);
        }
        watermark => watermark?,
    };
    if watermark.last_id - base.cursor.position > ROWS_MAX {
        return Ok(None);
    }
    let changed = store.stock_sums_changed(base.cursor.position, &watermark, low_stock_default).await?;
    if watermark.cursor.position > base.cursor.position {
        base.sums.add(&changed.advance);
        base.cursor = watermark.cursor;
    }
    let mut sums = base.sums.clone();
    sums.add(&changed.beyond);
    Ok(Some((sums, base)))
}

async fn read(store: &Store, low_stock_default: i32) -> Result<(StockSums, Option<Base>)> {
    let begun = Instant::now();
    let read = store.stock_sums(ROWS_MAX, low_stock_default).await?;
    let base = read.base.map(|(cursor, sums)| Base { cursor, sums, begun });
    Ok((read.sums, base))
}

/// Reads a new base from the tables, for the next call.
async fn refresh_base(state: Weak<Mutex<State>>, store: Store, low_stock_default: i32) {
    let read = catch_panic(read(&store, low_stock_default)).await;
    let Some(state) = state.upgrade() else { return };
    let mut state = state.lock().await;
    state.is_reading = false;
    // After a failure the next call reads the tables, and returns the error.
    state.base = read.ok().and_then(Result::ok).and_then(|(_, base)| base);
}
