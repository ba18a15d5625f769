//! The sums over each category and each warehouse: read once, and from then on followed by the ledger.
//!
//! Nothing is counted where stock is changed. The *base* is the sums as of the ledger's low watermark, and advances with
//! it. Each answer adds the committed lines beyond the watermark, so that a transaction that stays open delays only the
//! base, and not the answer.

use crate::Result;
use crate::background::supervise::catch_panic;
use domain::{LedgerCursor, StockSums};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use store::Store;
use tokio::sync::Mutex;

/// The most lines that are read to follow the ledger. With more, reading the tables is no slower.
const LINES_MAX: i64 = 200_000;

/// After this time the tables are read again in any case: blocks that somebody writes in SQL leave no line.
const FOLLOWED_MAX: Duration = Duration::from_secs(60);

/// While too many lines lie beyond the low watermark, sums are cached for this many times as long as reading them took.
const CACHED_TIMES: u32 = 4;

/// The longest that sums are cached.
const CACHED_MAX: Duration = Duration::from_secs(10);

/// The sums over each category and each warehouse.
pub(crate) struct Totals {
    store: Store,
    /// From how many items on they are followed; those of fewer are read anew each time.
    followed_from: i64,
    known: Arc<Mutex<Known>>,
}

#[derive(Default)]
struct Known {
    /// `None` before the first look, and after a reading that failed: partial sums are not used.
    followed: Option<Followed>,
    answered: Option<Answered>,
    /// Whether a task reads the tables again, while the ledger is still followed.
    reading: bool,
}

/// The base.
struct Followed {
    cursor: LedgerCursor,
    sums: StockSums,
    begun: Instant,
}

struct Answered {
    begun: Instant,
    cached_until: Instant,
    sums: Arc<StockSums>,
}

impl Totals {
    pub(crate) fn new(store: Store, followed_from: i64) -> Self {
        Self { store, followed_from, known: Arc::default() }
    }

    /// The sums over everything that is committed now.
    pub(crate) async fn now(&self) -> Result<Arc<StockSums>> {
        let asked = Instant::now();
        let mut known = self.known.lock().await;
        // A reading that began while this call waited serves it too.
        if let Some(Answered { begun, cached_until, sums }) = &known.answered
            && (*begun >= asked || Instant::now() < *cached_until)
        {
            return Ok(sums.clone());
        }
        let begun = Instant::now();
        let followed = match known.followed.take() {
            Some(followed) if followed.items() >= self.followed_from => follow(&self.store, followed).await?,
            _ => None,
        };
        let (sums, followed) = match followed {
            Some((sums, followed)) => (sums, Some(followed)),
            None => read(&self.store).await?,
        };
        if followed.as_ref().is_some_and(|followed| followed.begun.elapsed() > FOLLOWED_MAX) && !known.reading
        {
            known.reading = true;
            tokio::spawn(read_again(Arc::downgrade(&self.known), self.store.clone()));
        }
        let cached = match followed {
            Some(_) => Duration::ZERO,
            None => (begun.elapsed() * CACHED_TIMES).min(CACHED_MAX),
        };
        let sums = Arc::new(sums);
        known.followed = followed;
        known.answered = Some(Answered { begun, cached_until: Instant::now() + cached, sums: sums.clone() });
        Ok(sums)
    }
}

impl Followed {
    fn items(&self) -> i64 {
        self.sums.categories.values().map(|sums| sums.items).sum()
    }
}

/// The sums of now by the base and the lines after it, and the base at the low watermark. `None` if there are too many
/// lines, or if the ledger does not have the base's history any more.
async fn follow(store: &Store, mut followed: Followed) -> Result<Option<(StockSums, Followed)>> {
    let watermark = match store.low_watermark_after(&followed.cursor).await {
        Err(store::Error::Refused(domain::Error::CursorUnknown)) => return Ok(None),
        watermark => watermark?,
    };
    if watermark.last_id - followed.cursor.position > LINES_MAX {
        return Ok(None);
    }
    let changed = store.stock_sums_changed(followed.cursor.position, &watermark).await?;
    if watermark.cursor.position > followed.cursor.position {
        followed.sums.add(&changed.advance);
        followed.cursor = watermark.cursor;
    }
    let mut sums = followed.sums.clone();
    sums.add(&changed.beyond);
    Ok(Some((sums, followed)))
}

async fn read(store: &Store) -> Result<(StockSums, Option<Followed>)> {
    let begun = Instant::now();
    let read = store.stock_sums(LINES_MAX).await?;
    let followed = read.base.map(|(cursor, sums)| Followed { cursor, sums, begun });
    Ok((read.sums, followed))
}

/// Reads the tables again, for the next look.
async fn read_again(known: Weak<Mutex<Known>>, store: Store) {
    let read = catch_panic(read(&store)).await;
    let Some(known) = known.upgrade() else { return };
    let mut known = known.lock().await;
    known.reading = false;
    // After a failure the next look tries again, and returns the error.
    known.followed = read.ok().and_then(Result::ok).and_then(|(_, followed)| followed);
}
