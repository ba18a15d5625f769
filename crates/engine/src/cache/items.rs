//! What this server knows of items: as they were when they were last read, for as long as nothing has happened to them.
//!
//! Unlike what is known of stock levels this is answered, so it has to be so at the moment of the answer. Whatever
//! happens to an item leaves a line, of the ledger or of `item_changes`, in the same transaction. So each time a
//! statement reads the lines behind a place at which none was still to be committed: an item without one is still what
//! it was, whoever else writes. That is a few index entries, however many items are asked for.

use crate::{Rendering, Result};
use domain::{Item, ItemId};
use quick_cache::Weighter;
use quick_cache::unsync::Cache;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::{Generation, PinnedConnection, Store};

/// From so many items on it pays to remember; fewer are read as they are.
const ITEMS_MIN: usize = 16;

/// As many bytes are remembered at most, about.
const BYTES_KNOWN_MAX: u64 = 32 << 20;

/// So many are expected: what is kept about items that were forgotten of late goes by it.
const ITEMS_EXPECTED: usize = 50_000;

/// The bytes of an item, and of it as it is sent, without its texts; with its place in the table.
const ITEM_BYTES: u64 = 512;

/// After so long lines are looked for behind a new place.
const PLACE_KEPT: Duration = Duration::from_millis(100);

/// After so long nobody looks through the lines any more: all is forgotten.
const PLACE_LEFT: Duration = Duration::from_secs(1);

/// With so many lines behind a place all is forgotten: looking through them takes as long as reading items.
const LINES_MAX: u16 = 1_000;

/// For how long nothing is remembered then.
const REST: Duration = Duration::from_secs(1);

/// The items that are known.
pub(crate) struct ItemCache {
    items: Cache<ItemId, Arc<Rendering<Item>>, Bytes>,
    /// All lines up to there have done what they do to what is known; and when that was. Nothing is known without.
    place: Option<(i64, Instant)>,
    /// The generation of the database that all of it belongs to.
    generation: Generation,
    resting_since: Option<Instant>,
}

impl Default for ItemCache {
    fn default() -> Self {
        let items = Cache::with_weighter(ITEMS_EXPECTED, BYTES_KNOWN_MAX, Bytes);
        Self { items, place: None, generation: Generation::FIRST, resting_since: None }
    }
}

impl ItemCache {
    /// Those of `ids`, which are distinct, that exist.
    ///
    /// # Errors
    /// Where the database does not answer. Nothing is known then.
    pub(crate) async fn read(
        &mut self,
        store: &Store,
        pinned: &PinnedConnection,
        ids: &[i64],
    ) -> Result<HashMap<ItemId, Arc<Rendering<Item>>>> {
        let generation = store.generation();
        if self.generation != generation {
            self.items.clear();
            (self.place, self.generation) = (None, generation);
        }
        let resting = self.resting_since.is_some_and(|since| since.elapsed() < REST);
        if resting || ids.len() < ITEMS_MIN {
            return Ok(found(rendered(pinned.items_get(ids).await?)));
        }
        // Without its place again, whoever breaks off in the midst leaves nothing that is taken for known.
        let followed = self.place.take().filter(|(_, since)| since.elapsed() < PLACE_LEFT);
        let next = match followed {
            Some((_, since)) if since.elapsed() < PLACE_KEPT => followed,
            _ => Some((store.watermark().await?.cursor.place, Instant::now())),
        };
        let Some((behind, _)) = followed else {
            self.items.clear();
            let read = rendered(pinned.items_get(ids).await?);
            self.remember(&read);
            self.place = next;
            return Ok(found(read));
        };
        self.follow(pinned, ids, behind, next).await
    }

    /// The same by what is known, without that which has lines `behind` a place. They are read after the `next` place
    /// was found, so whatever has happened up to there is among them.
    async fn follow(
        &mut self,
        pinned: &PinnedConnection,
        ids: &[i64],
        behind: i64,
        next: Option<(i64, Instant)>,
    ) -> Result<HashMap<ItemId, Arc<Rendering<Item>>>> {
        let mut items = HashMap::with_capacity(ids.len());
        items.extend(ids.iter().filter_map(|id| Some((ItemId(*id), self.items.get(&ItemId(*id))?.clone()))));
        let unknown: Vec<_> = ids.iter().copied().filter(|id| !items.contains_key(&ItemId(*id))).collect();
        let (read, changed) = pinned.items_get_and_changed(&unknown, behind, LINES_MAX.into()).await?;
        if changed.len() >= usize::from(LINES_MAX) {
            self.items.clear();
            self.resting_since = Some(Instant::now());
            return Ok(found(rendered(pinned.items_get(ids).await?)));
        }
        let mut again = Vec::new();
        for id in changed {
            self.items.remove(&id);
            again.extend(items.remove(&id).map(|_| id.0));
        }
        let mut read = rendered(read);
        if !again.is_empty() {
            read.extend(rendered(pinned.items_get(&again).await?));
        }
        self.remember(&read);
        self.place = next;
        items.extend(found(read));
        Ok(items)
    }

    fn remember(&mut self, read: &[Arc<Rendering<Item>>]) {
        for item in read {
            self.items.insert(item.id, item.clone());
        }
    }
}

fn rendered(items: Vec<Item>) -> Vec<Arc<Rendering<Item>>> {
    items.into_iter().map(Rendering::of).collect()
}

fn found(items: Vec<Arc<Rendering<Item>>>) -> HashMap<ItemId, Arc<Rendering<Item>>> {
    items.into_iter().map(|item| (item.id, item)).collect()
}

/// How many bytes are remembered with an item.
#[derive(Clone)]
struct Bytes;

impl Weighter<ItemId, Arc<Rendering<Item>>> for Bytes {
    fn weight(&self, _: &ItemId, item: &Arc<Rendering<Item>>) -> u64 {
        let texts = [Some(&item.name), item.description.as_ref(), item.category.as_ref()];
        // There, and as they are sent.
        ITEM_BYTES + 2 * texts.into_iter().flatten().map(|text| text.len() as u64).sum::<u64>()
    }
}
