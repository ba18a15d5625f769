//! Levels of items, read from the tables. For an item with many blocks they are aggregated incrementally from the ledger.
//!
//! Writes maintain no counters. An item with many blocks has cached sums as of the ledger's low watermark. Each result adds
//! the item's committed movements after it, so that the result is exact. The cached sums advance with the low watermark.

use crate::{Error, Result, Settings};
use domain::{ItemId, LedgerCursor, LevelTotals};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::{ItemSums, Store};
use supervision::catch_panic;
use tokio::sync::{Mutex, OwnedMutexGuard, Semaphore, SemaphorePermit};

/// The most movement ids between the cached sums and the newest movement. With more, reading the blocks is no slower.
const ROWS_MAX: i64 = 200_000;

/// The age from which an item's blocks are read again. Blocks that another application changes by SQL write no movement.
const BASE_AGE_MAX: Duration = Duration::from_secs(60);

/// The time after the last call for which the sums of an item are cached.
const CACHED_IDLE: Duration = Duration::from_secs(60);

/// The most items with cached sums.
const ITEMS_MAX: u64 = 10_000;

/// The levels of items.
pub(crate) struct Levels {
    reader: Reader,
    items: moka::future::Cache<ItemId, Arc<Mutex<State>>>,
}

/// A reader of levels. Cheap to clone.
#[derive(Clone)]
struct Reader {
    store: Store,
    incremental_from: i64,
    scans: Arc<Semaphore>,
}

/// The last result for one item, and the sums from which the next one starts.
#[derive(Default)]
struct State {
    last: Option<Last>,
    /// `None` for an item with few blocks, which each call reads.
    base: Option<Base>,
    /// Whether a task is reading a new base, while the current one is still used.
    is_reading: bool,
}

struct Last {
    begun: Instant,
    levels: Vec<LevelTotals>,
}

/// Sums as of a low watermark.
struct Base {
    cursor: LedgerCursor,
    sums: ItemSums,
    read_at: Instant,
}

impl Levels {
    pub(crate) fn new(store: Store, settings: &Settings) -> Self {
        let scans = Arc::new(Semaphore::new(settings.item_scans_max.max(1)));
        Self {
            reader: Reader { store, incremental_from: settings.levels_followed_from, scans },
            items: moka::future::Cache::builder().max_capacity(ITEMS_MAX).time_to_idle(CACHED_IDLE).build(),
        }
    }

    /// Waits for a permit to run a statement that reads all blocks of an item.
    pub(crate) async fn scan_permit(&self) -> Result<SemaphorePermit<'_>> {
        self.reader.scan_permit().await
    }

    /// Returns an item's units in each warehouse, including everything that was committed before the call.
    ///
    /// Concurrent calls for one item share one read (single-flight). Only changes of blocks by other applications, of an item
    /// with many blocks, are seen late: after at most [`BASE_AGE_MAX`] and the time of one scan.
    pub(crate) async fn now(&self, item: ItemId) -> Result<Vec<LevelTotals>> {
        let requested = Instant::now();
        let state = self.items.get_with(item, async { Arc::default() }).await;
        let state = state.lock_owned().await;
        // A read that began while this call waited is recent enough.
        if let Some(last) = &state.last
            && last.begun >= requested
        {
            return Ok(last.levels.clone());
        }
        // A task of its own finishes the read, and caches its result, after the caller is cancelled.
        let reading = tokio::spawn(read(self.reader.clone(), item, state));
        reading.await.unwrap_or(Err(Error::Internal))
    }
}

impl Reader {
    async fn scan_permit(&self) -> Result<SemaphorePermit<'_>> {
        self.scans.acquire().await.map_err(|_| Error::Internal)
    }

    /// Reads all blocks of the item. Returns the levels, and for many blocks the base of the next results.
    async fn scan(&self, item: ItemId) -> Result<(Vec<LevelTotals>, Option<Base>)> {
        let _permit = self.scan_permit().await?;
        let scanned = self.store.item_levels(item, i64::MAX).await?;
        if scanned.rows < self.incremental_from {
            return Ok((scanned.levels, None));
        }
        let (begun, watermark) = (Instant::now(), self.store.low_watermark().await?);
        let scanned = self.store.item_levels(item, watermark.cursor.position).await?;
        let base = Base { cursor: watermark.cursor, sums: scanned.sums, read_at: begun };
        Ok((scanned.levels, Some(base)))
    }

    /// Adds the item's movements after the base. Returns `None` if there may be too many of them, or if the database has
    /// another history than the base.
    async fn advance(&self, item: ItemId, base: &Base) -> Result<Option<(Vec<LevelTotals>, Base)>> {
        let position = base.cursor.position;
        let watermark = match self.store.low_watermark_after(&base.cursor).await {
            Err(store::Error::Rejected(
                domain::Error::CursorUnknown | domain::Error::CursorArchived { .. },
            )) => return Ok(None),
            watermark => watermark?,
        };
        if watermark.last_id - position > ROWS_MAX {
            return Ok(None);
        }
        let (levels, sums) = self.store.item_levels_after(item, position, &base.sums, &watermark).await?;
        let base = Base { cursor: watermark.cursor, sums, read_at: base.read_at };
        Ok(Some((levels, base)))
    }
}

/// Reads the levels once for all waiting callers.
async fn read(reader: Reader, item: ItemId, mut state: OwnedMutexGuard<State>) -> Result<Vec<LevelTotals>> {
    let begun = Instant::now();
    let advanced = match &state.base {
        Some(base) => reader.advance(item, base).await?,
        None => None,
    };
    let (levels, base) = match advanced {
        Some((levels, base)) => (levels, Some(base)),
        None => reader.scan(item).await?,
    };
    let is_old = base.as_ref().is_some_and(|base| base.read_at.elapsed() > BASE_AGE_MAX);
    state.base = base;
    state.last = Some(Last { begun, levels: levels.clone() });
    if is_old && !state.is_reading {
        state.is_reading = true;
        tokio::spawn(refresh_base(reader, item, OwnedMutexGuard::mutex(&state).clone()));
    }
    Ok(levels)
}

/// Reads a new base from the blocks, for the next call.
async fn refresh_base(reader: Reader, item: ItemId, state: Arc<Mutex<State>>) {
    let scanned = catch_panic(reader.scan(item)).await;
    let mut state = state.lock().await;
    state.is_reading = false;
    // After a failure the next call reads the blocks, and returns the error.
    state.base = scanned.ok().and_then(Result::ok).and_then(|(_, base)| base);
}
