//! The levels of items: read from the tables, and for an item with many blocks followed by the ledger.
//!
//! Nothing is counted where stock is changed. An item with many blocks has cached sums as of the ledger's low
//! watermark. Each answer adds the item's committed lines after it, so it is exact, and the cached sums advance with the
//! watermark.

use crate::background::supervise::catch_panic;
use crate::{Error, Result, Settings};
use domain::{ItemId, LedgerCursor, LevelTotals};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::{ItemSums, Store};
use tokio::sync::{Mutex, OwnedMutexGuard, Semaphore, SemaphorePermit};

/// The most ids of the ledger between cached sums and the newest line. With more, reading the blocks is no slower.
const LINES_MAX: i64 = 200_000;

/// After this time the blocks are read again in any case: blocks that another application changes leave no line.
const FOLLOWED_MAX: Duration = Duration::from_secs(60);

/// How long the sums of an item are cached after the last question.
const CACHED_IDLE: Duration = Duration::from_secs(60);

/// The maximum number of items with cached sums.
const ITEMS_MAX: u64 = 10_000;

/// The levels of items.
pub(crate) struct Levels {
    reader: Reader,
    items: moka::future::Cache<ItemId, Arc<Mutex<Known>>>,
}

/// Reads levels. Cheap to clone.
#[derive(Clone)]
struct Reader {
    store: Store,
    followed_from: i64,
    scans: Arc<Semaphore>,
}

/// The last answer about one item, and the sums that the next one starts from.
#[derive(Default)]
struct Known {
    answered: Option<Answered>,
    /// `None` for an item with few blocks, which is read again each time.
    followed: Option<Followed>,
    /// Whether a task reads the blocks again, while the ledger is still followed.
    reading: bool,
}

struct Answered {
    begun: Instant,
    levels: Vec<LevelTotals>,
}

/// Sums as of a low watermark.
struct Followed {
    cursor: LedgerCursor,
    sums: ItemSums,
    scanned: Instant,
}

impl Levels {
    pub(crate) fn new(store: Store, settings: &Settings) -> Self {
        let scans = Arc::new(Semaphore::new(settings.item_scans_max.max(1)));
        Self {
            reader: Reader { store, followed_from: settings.levels_followed_from, scans },
            items: moka::future::Cache::builder().max_capacity(ITEMS_MAX).time_to_idle(CACHED_IDLE).build(),
        }
    }

    /// Waits until one more statement may read all blocks of an item.
    pub(crate) async fn scan_permit(&self) -> Result<SemaphorePermit<'_>> {
        self.reader.scan_permit().await
    }

    /// An item's units in each warehouse, as committed when the question was asked, or later.
    ///
    /// Concurrent questions about one item share one reading (single-flight). Only blocks of an item with many blocks
    /// that another application changes may be seen late, by at most [`FOLLOWED_MAX`] and the time of one scan.
    pub(crate) async fn now(&self, item: ItemId) -> Result<Vec<LevelTotals>> {
        let asked = Instant::now();
        let known = self.items.get_with(item, async { Arc::default() }).await;
        let known = known.lock_owned().await;
        // A reading that began while this call waited serves it too.
        if let Some(answered) = &known.answered
            && answered.begun >= asked
        {
            return Ok(answered.levels.clone());
        }
        // In its own task: the statement and its permit outlive a caller that goes away, and so does the result.
        let reading = tokio::spawn(answer(self.reader.clone(), item, known));
        reading.await.unwrap_or(Err(Error::Internal))
    }
}

impl Reader {
    async fn scan_permit(&self) -> Result<SemaphorePermit<'_>> {
        self.scans.acquire().await.map_err(|_| Error::Internal)
    }

    /// Reads every block of the item. Returns the levels, and with many blocks the sums for the next answers.
    async fn scan(&self, item: ItemId) -> Result<(Vec<LevelTotals>, Option<Followed>)> {
        let _permit = self.scan_permit().await?;
        let scanned = self.store.item_levels(item, i64::MAX).await?;
        if scanned.rows < self.followed_from {
            return Ok((scanned.levels, None));
        }
        let (begun, watermark) = (Instant::now(), self.store.low_watermark().await?);
        let scanned = self.store.item_levels(item, watermark.cursor.position).await?;
        let followed = Followed { cursor: watermark.cursor, sums: scanned.sums, scanned: begun };
        Ok((scanned.levels, Some(followed)))
    }

    /// The levels by cached sums and the lines after them. `None` if there may be too many lines, or if the ledger does
    /// not have the history of the sums any more.
    async fn follow(
        &self,
        item: ItemId,
        followed: &Followed,
    ) -> Result<Option<(Vec<LevelTotals>, Followed)>> {
        let place = followed.cursor.position;
        let watermark = match self.store.low_watermark_after(&followed.cursor).await {
            Err(store::Error::Refused(domain::Error::CursorUnknown)) => return Ok(None),
            watermark => watermark?,
        };
        if watermark.last_id - place > LINES_MAX {
            return Ok(None);
        }
        let (levels, sums) = self.store.item_levels_after(item, place, &followed.sums, &watermark).await?;
        let followed = Followed { cursor: watermark.cursor, sums, scanned: followed.scanned };
        Ok(Some((levels, followed)))
    }
}

/// Reads the levels once, for every caller that waits.
async fn answer(reader: Reader, item: ItemId, mut known: OwnedMutexGuard<Known>) -> Result<Vec<LevelTotals>> {
    let begun = Instant::now();
    let by_ledger = match &known.followed {
        Some(followed) => reader.follow(item, followed).await?,
        None => None,
    };
    let (levels, followed) = match by_ledger {
        Some((levels, followed)) => (levels, Some(followed)),
        None => reader.scan(item).await?,
    };
    let is_old = followed.as_ref().is_some_and(|followed| followed.scanned.elapsed() > FOLLOWED_MAX);
    known.followed = followed;
    known.answered = Some(Answered { begun, levels: levels.clone() });
    if is_old && !known.reading {
        known.reading = true;
        tokio::spawn(scan_again(reader, item, OwnedMutexGuard::mutex(&known).clone()));
    }
    Ok(levels)
}

/// Reads the blocks again, for the next answer.
async fn scan_again(reader: Reader, item: ItemId, known: Arc<Mutex<Known>>) {
    let scanned = catch_panic(reader.scan(item)).await;
    let mut known = known.lock().await;
    known.reading = false;
    // After a failure the next answer scans, and returns the error.
    known.followed = scanned.ok().and_then(Result::ok).and_then(|(_, followed)| followed);
}
