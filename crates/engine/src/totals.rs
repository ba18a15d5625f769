//! The sums over each category: read once, and from then on followed by the ledger.
//!
//! As with what happened of late, nothing is counted where stock is changed: whoever looks reads on from where the
//! last one has stopped. What the ledger does not tell (a price, another category, a new item) makes all of it be
//! read anew.

use crate::Result;
use crate::events::{Announcer, Kind};
use domain::CategorySums;
use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use store::Store;
use tokio::sync::Mutex;

/// The most lines that are read on: with more, reading everything anew is no slower.
const LINES_MAX: i64 = 200_000;

/// Everything is read anew after so long all the same: who writes by hand announces nothing.
const FOLLOWED_MAX: Duration = Duration::from_secs(60);

/// For how many times as long as its reading took everything is not read anew, whatever changes.
const REST_TIMES: u32 = 3;

/// The sums by category, by name.
pub(crate) type Sums = Arc<Vec<CategorySums>>;

/// The sums over each category.
pub(crate) struct Totals {
    store: Store,
    announcer: Arc<Announcer>,
    /// From how many items on they are followed; those of fewer are read anew each time.
    followed_from: i64,
    known: Arc<Mutex<Known>>,
}

#[derive(Default)]
struct Known {
    /// Nothing before the first look, and after a reading that failed: what is half counted is not used.
    followed: Option<Followed>,
    told: Option<(Instant, Sums)>,
    /// Whether all is being read anew, while the ledger is still followed.
    reading: bool,
}

struct Followed {
    place: i64,
    sums: BTreeMap<Option<String>, CategorySums>,
    /// How often items had been touched before all was read.
    touched: u64,
    begun: Instant,
    took: Duration,
}

impl Totals {
    pub(crate) fn new(store: Store, announcer: Arc<Announcer>, followed_from: i64) -> Self {
        Self { store, announcer, followed_from, known: Arc::default() }
    }

    /// The sums as they are now.
    pub(crate) async fn now(&self) -> Result<Sums> {
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
            None => read(&self.store, &self.announcer).await?,
        };
        if followed.is_old(&self.announcer) && !known.reading {
            known.reading = true;
            let known = Arc::downgrade(&self.known);
            tokio::spawn(read_anew(known, self.store.clone(), self.announcer.clone()));
        }
        let sums: Sums = Arc::new(followed.sums.values().cloned().collect());
        known.followed = Some(followed);
        known.told = Some((begun, sums.clone()));
        Ok(sums)
    }
}

impl Followed {
    fn items(&self) -> i64 {
        self.sums.values().map(|sums| sums.items).sum()
    }

    fn is_old(&self, announcer: &Announcer) -> bool {
        let touched = touched(announcer) != self.touched && self.begun.elapsed() > self.took * REST_TIMES;
        touched || self.begun.elapsed() > FOLLOWED_MAX
    }
}

fn touched(announcer: &Announcer) -> u64 {
    announcer.touched()[Kind::Items as usize]
}

/// Counts what the ledger tells since; `None` where that is too much.
async fn follow(store: &Store, mut followed: Followed) -> Result<Option<Followed>> {
    let place = store.events_after(None, 1).await?.cursor;
    if !(0..=LINES_MAX).contains(&(place - followed.place)) {
        return Ok(None);
    }
    if place > followed.place {
        for change in store.category_sums_changed(followed.place, place).await? {
            // One that is not known has got its first item since: all is about to be read anew.
            if let Some(sums) = followed.sums.get_mut(&change.name) {
                sums.add(&change);
            }
        }
        followed.place = place;
    }
    Ok(Some(followed))
}

async fn read(store: &Store, announcer: &Announcer) -> Result<Followed> {
    let (begun, touched) = (Instant::now(), touched(announcer));
    let (place, sums) = store.category_sums().await?;
    let sums = sums.into_iter().map(|sums| (sums.name.clone(), sums)).collect();
    Ok(Followed { place, sums, touched, begun, took: begun.elapsed() })
}

/// Reads everything anew, for the next who looks.
async fn read_anew(known: Weak<Mutex<Known>>, store: Store, announcer: Arc<Announcer>) {
    let read = read(&store, &announcer).await;
    let Some(known) = known.upgrade() else { return };
    let mut known = known.lock().await;
    known.reading = false;
    // Where that failed the next who looks tries again, and is told.
    known.followed = read.ok();
}
