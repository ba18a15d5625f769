//! The sums over each category and each warehouse: read once, and from then on followed by the ledger.
//!
//! As with what happened of late, nothing is counted where stock is changed: whoever looks reads on from where the
//! last one has stopped.

use crate::Result;
use domain::StockSums;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use store::Store;
use tokio::sync::Mutex;

/// The most lines that are read on: with more, reading everything anew is no slower.
const LINES_MAX: i64 = 200_000;

/// Everything is read anew after so long all the same: who writes blocks by hand leaves no line.
const FOLLOWED_MAX: Duration = Duration::from_secs(60);

/// The sums over each category and each warehouse.
pub(crate) struct Totals {
    store: Store,
    /// From how many items on they are followed; those of fewer are read anew each time.
    followed_from: i64,
    known: Arc<Mutex<Known>>,
}

#[derive(Default)]
struct Known {
    /// Nothing before the first look, and after a reading that failed: what is half counted is not used.
    followed: Option<Followed>,
    told: Option<(Instant, Arc<StockSums>)>,
    /// Whether all is being read anew, while the ledger is still followed.
    reading: bool,
}

struct Followed {
    place: i64,
    sums: StockSums,
    begun: Instant,
}

impl Totals {
    pub(crate) fn new(store: Store, followed_from: i64) -> Self {
        Self { store, followed_from, known: Arc::default() }
    }

    /// The sums as they are now.
    pub(crate) async fn now(&self) -> Result<Arc<StockSums>> {
        let asked = Instant::now();
        let mut known = self.known.lock().await;
        // What was read while one waited serves all who did.
        if let Some((begun, sums)) = &known.told
            && *begun >= asked
        {
            return Ok(sums.clone());
        }
        let begun = Instant::now();
        let followed = match known.followed.take() {
            Some(followed) if followed.items() >= self.followed_from => follow(&self.store, followed).await?,
            _ => None,
        };
        let followed = match followed {
            Some(followed) => followed,
            None => read(&self.store).await?,
        };
        if followed.begun.elapsed() > FOLLOWED_MAX && !known.reading {
            known.reading = true;
            tokio::spawn(read_anew(Arc::downgrade(&self.known), self.store.clone()));
        }
        let sums = Arc::new(followed.sums.clone());
        known.followed = Some(followed);
        known.told = Some((begun, sums.clone()));
        Ok(sums)
    }
}

impl Followed {
    fn items(&self) -> i64 {
        self.sums.categories.values().map(|sums| sums.items).sum()
    }
}

/// Counts what has happened since; `None` where that is too much.
async fn follow(store: &Store, mut followed: Followed) -> Result<Option<Followed>> {
    let place = store.events_after(None, 1).await?.cursor;
    if !(0..=LINES_MAX).contains(&(place - followed.place)) {
        return Ok(None);
    }
    if place > followed.place {
        followed.sums.add(&store.stock_sums_changed(followed.place, place).await?);
        followed.place = place;
    }
    Ok(Some(followed))
}

async fn read(store: &Store) -> Result<Followed> {
    let begun = Instant::now();
    let (place, sums) = store.stock_sums().await?;
    Ok(Followed { place, sums, begun })
}

/// Reads everything anew, for the next who looks.
async fn read_anew(known: Weak<Mutex<Known>>, store: Store) {
    let read = read(&store).await;
    let Some(known) = known.upgrade() else { return };
    let mut known = known.lock().await;
    known.reading = false;
    // Where that failed the next who looks tries again, and is told.
    known.followed = read.ok();
}
