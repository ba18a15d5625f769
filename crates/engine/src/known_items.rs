//! What this server knows of items: as they were when they were last read, for as long as nothing has happened to them.
//!
//! Unlike what is known of stock levels this is answered, so it has to be so at the moment of the answer. Whatever
//! happens to an item leaves a line, of the ledger or of `item_changes`, in the same transaction. So each time a
//! statement reads the lines behind a place at which none was still to be committed: an item without one is still what
//! it was, whoever else writes. That is a few index entries, however many items are asked for.

use crate::Result;
use domain::{Item, ItemId};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::{Lane, Store};

/// From so many items on it pays to remember; fewer are read as they are.
const ITEMS_MIN: usize = 16;

/// About as many bytes are remembered at least; when there are twice as many, the older half is forgotten.
const BYTES_KNOWN_MIN: usize = 16 << 20;

/// The bytes of an item without its texts, with its place in the table.
const ITEM_BYTES: usize = 256;

/// After so long lines are looked for behind a new place.
const PLACE_KEPT: Duration = Duration::from_millis(100);

/// After so long nobody looks through the lines any more: all is forgotten.
const PLACE_LEFT: Duration = Duration::from_secs(1);

/// With so many lines behind a place all is forgotten: looking through them takes as long as reading items.
const LINES_MAX: u16 = 1_000;

/// For how long nothing is remembered then.
const REST: Duration = Duration::from_secs(1);

/// The items that are known.
#[derive(Default)]
pub(crate) struct KnownItems {
    newer: HashMap<ItemId, Arc<Item>>,
    older: HashMap<ItemId, Arc<Item>>,
    newer_bytes: usize,
    /// All lines up to there have done what they do to what is known; and when that was.
    place: Option<(i64, Instant)>,
    resting_since: Option<Instant>,
}

impl KnownItems {
    /// Those of `ids`, which are distinct, that exist.
    ///
    /// # Errors
    /// Where the database does not answer. Nothing is known then.
    pub(crate) async fn read(
        &mut self,
        store: &Store,
        lane: &Lane,
        ids: &[i64],
    ) -> Result<HashMap<ItemId, Arc<Item>>> {
        let resting = self.resting_since.is_some_and(|since| since.elapsed() < REST);
        if resting || ids.len() < ITEMS_MIN {
            let items = lane.items_get(ids).await?;
            return Ok(items.into_iter().map(|item| (item.id, Arc::new(item))).collect());
        }
        // Whoever breaks off in the midst leaves nothing behind.
        let mut known = std::mem::take(self);
        known.catch_up(store, lane).await?;
        let mut items = HashMap::with_capacity(ids.len());
        items.extend(ids.iter().filter_map(|id| Some((ItemId(*id), known.get(ItemId(*id))?))));
        let unknown: Vec<_> = ids.iter().copied().filter(|id| !items.contains_key(&ItemId(*id))).collect();
        if !unknown.is_empty() {
            for item in lane.items_get(&unknown).await?.into_iter().map(Arc::new) {
                known.learn(item.clone());
                items.insert(item.id, item);
            }
        }
        *self = known;
        Ok(items)
    }

    /// Forgets what something has happened to, so that all that is known then is so now.
    async fn catch_up(&mut self, store: &Store, lane: &Lane) -> Result<()> {
        let followed = self.place.filter(|(_, since)| since.elapsed() < PLACE_LEFT);
        let next = match followed {
            Some((_, since)) if since.elapsed() < PLACE_KEPT => None,
            _ => Some((store.events_after(None, 1).await?.cursor, Instant::now())),
        };
        let Some((place, _)) = followed else {
            *self = Self { place: next, ..Self::default() };
            return Ok(());
        };
        // Read after the new place was found, so whatever has happened up to there is among these.
        let changed = lane.items_changed(place, LINES_MAX.into()).await?;
        if changed.len() >= usize::from(LINES_MAX) {
            *self = Self { resting_since: Some(Instant::now()), ..Self::default() };
            return Ok(());
        }
        changed.into_iter().for_each(|id| self.forget(id));
        self.place = next.or(self.place);
        Ok(())
    }

    /// What is asked for again stays.
    fn get(&mut self, id: ItemId) -> Option<Arc<Item>> {
        if let Some(item) = self.newer.get(&id) {
            return Some(item.clone());
        }
        let item = self.older.remove(&id)?;
        self.learn(item.clone());
        Some(item)
    }

    fn learn(&mut self, item: Arc<Item>) {
        self.newer_bytes += bytes(&item);
        if self.newer_bytes > BYTES_KNOWN_MIN {
            self.older = std::mem::take(&mut self.newer);
            self.newer_bytes = bytes(&item);
        }
        self.newer.insert(item.id, item);
    }

    fn forget(&mut self, id: ItemId) {
        self.older.remove(&id);
        if let Some(item) = self.newer.remove(&id) {
            self.newer_bytes -= bytes(&item);
        }
    }
}

fn bytes(item: &Item) -> usize {
    let texts = [Some(&item.name), item.description.as_ref(), item.category.as_ref()];
    ITEM_BYTES + texts.into_iter().flatten().map(String::capacity).sum::<usize>()
}
