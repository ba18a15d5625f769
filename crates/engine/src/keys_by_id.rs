//! The keys of the shop beside the ids in answers: SKUs of items and codes of warehouses.

use crate::cache::held_units::{HeldUnits, HeldUnitsCache};
use crate::cache::skus::{SkuCache, Skus};
use crate::cache::warehouses::{WarehouseCache, WarehouseCodes};
use domain::{Cart, Decision, Granted, ItemId, LevelKey, WarehouseId};
use std::collections::{BTreeSet, HashMap};
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;
use store::{Result, SkuReader, Store, WriteTransaction};

/// The SKUs of items and the codes of warehouses, as they were when the answer was decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeysById {
    pub(crate) skus: Skus,
    pub(crate) codes: WarehouseCodes,
    /// The held units of short items, for the rejections that are stored under an idempotency key.
    pub(crate) held: HashMap<ItemId, HeldUnits>,
}

impl KeysById {
    /// Returns the held units of a short item, if they were read.
    pub fn held(&self, item: ItemId) -> Option<HeldUnits> {
        self.held.get(&item).copied()
    }

    /// Returns the item's SKU, if it has one.
    pub fn sku(&self, item: ItemId) -> Option<String> {
        self.skus.get(&item)?.as_deref().map(str::to_owned)
    }

    /// Returns the warehouse's code; `None` for a warehouse that is not cached or was deleted.
    pub fn known_code(&self, warehouse: WarehouseId) -> Option<String> {
        self.codes.get(&warehouse).map(|code| code.to_string())
    }

    /// Returns the warehouse's code. A warehouse that was deleted has its id as code, as in `#7`; no code has that form.
    pub fn code(&self, warehouse: WarehouseId) -> String {
        self.codes.get(&warehouse).map_or_else(|| format!("#{warehouse}"), |code| code.to_string())
    }
}

/// The time limit of a read of held units for rejections that are stored.
const STORED_READ_MAX: Duration = Duration::from_millis(100);

/// Adds the held units of short items to the keys of rejections that are stored under idempotency keys. Meanwhile the caller
/// may hold locks, so the read has a time limit. A rejection is stored without units that were not read.
pub(crate) async fn add_held_units(
    keys: Arc<KeysById>,
    cache: &HeldUnitsCache,
    items: BTreeSet<ItemId>,
) -> Arc<KeysById> {
    if items.is_empty() {
        return keys;
    }
    let items: Vec<_> = items.into_iter().collect();
    match tokio::time::timeout(STORED_READ_MAX, cache.fetch(&items)).await {
        Ok(held) => Arc::new(KeysById { held, ..Arc::unwrap_or_clone(keys) }),
        Err(_) => keys,
    }
}

/// The output of a command or a query, with the keys of its items and warehouses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithKeys<T> {
    /// The output, by ids.
    pub output: T,
    /// The keys.
    pub keys: Arc<KeysById>,
}

impl<T> WithKeys<T> {
    /// Returns the SKU of an item, if it has one.
    pub fn sku(&self, item: ItemId) -> Option<String> {
        self.keys.sku(item)
    }

    /// Returns each of these outputs with the keys of all.
    pub fn each(outputs: impl IntoIterator<Item = T>, keys: &Arc<KeysById>) -> impl Iterator<Item = Self> {
        outputs.into_iter().map(|output| Self { output, keys: keys.clone() })
    }

    /// Returns the code of a warehouse: see [`KeysById::code`].
    pub fn code(&self, warehouse: WarehouseId) -> String {
        self.keys.code(warehouse)
    }
}

impl<T> Deref for WithKeys<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.output
    }
}

/// The caches of the keys in answers.
#[derive(Clone)]
pub(crate) struct AnswerKeys {
    store: Store,
    warehouses: Arc<WarehouseCache>,
    skus: Arc<SkuCache>,
}

impl AnswerKeys {
    /// Returns the caches.
    pub(crate) fn new(store: Store, warehouses: Arc<WarehouseCache>, skus: SkuCache) -> Self {
        Self { store, warehouses, skus: Arc::new(skus) }
    }

    /// Returns the keys of items and warehouses. Reads the SKUs that are not cached by `reader`.
    ///
    /// # Errors
    /// If keys have to be read and the database does not answer.
    pub(crate) async fn fetch_by(&self, ids: NamedIds, reader: &mut impl SkuReader) -> Result<Arc<KeysById>> {
        let codes = self.warehouses.codes(&ids.warehouses).await?;
        let skus = self.skus.fetch(ids.items.into_iter(), reader).await?;
        Ok(Arc::new(KeysById { skus, codes, ..KeysById::default() }))
    }

    /// Returns the keys of decisions in a transaction that holds locks. `before` has the codes that were read before it,
    /// and the keys of the items that the requests name. The keys of rejections are among them, so they cost no round trip.
    /// The warehouses are read again only if `before` lacks one that is in a grant: it was created after the read.
    ///
    /// # Errors
    /// If keys have to be read and the database does not answer.
    pub(crate) async fn fetch_locked(
        &self,
        decisions: &[Decision],
        before: &KeysById,
        transaction: &mut WriteTransaction,
    ) -> Result<Arc<KeysById>> {
        let ids = NamedIds::of_granted(decisions);
        let codes = match ids.warehouses.iter().all(|warehouse| before.codes.contains_key(warehouse)) {
            true => before.codes.clone(),
            false => self.warehouses.codes(&ids.warehouses).await?,
        };
        let mut skus = self.skus.fetch(ids.items.into_iter(), transaction).await?;
        for item in NamedIds::of_rejected(decisions).items {
            if let Some(sku) = before.skus.get(&item) {
                skus.entry(item).or_insert_with(|| sku.clone());
            }
        }
        Ok(Arc::new(KeysById { skus, codes, ..KeysById::default() }))
    }

    /// Returns the cached keys of a rejection, without a read.
    pub(crate) fn cached(&self, rejection: &domain::Error) -> KeysById {
        let items = NamedIds::of_rejection(rejection).items;
        KeysById {
            skus: self.skus.cached(items.into_iter()),
            codes: self.warehouses.cached_codes(),
            ..KeysById::default()
        }
    }

    /// Same as [`AnswerKeys::fetch_by`] with a connection of the pool.
    ///
    /// # Errors
    /// The same.
    pub(crate) async fn fetch(&self, ids: NamedIds) -> Result<Arc<KeysById>> {
        self.fetch_by(ids, &mut &self.store).await
    }
}

/// The items and warehouses in answers.
#[derive(Debug, Default)]
pub(crate) struct NamedIds {
    pub(crate) items: Vec<ItemId>,
    pub(crate) warehouses: Vec<WarehouseId>,
}

impl NamedIds {
    /// Returns the ids in the answers of these decisions: in grants, and in the problems of rejections.
    pub(crate) fn of<'a>(decisions: impl IntoIterator<Item = &'a Decision>) -> Self {
        let mut ids = Self::default();
        for decision in decisions {
            match decision {
                Ok(granted) => ids.add(granted),
                Err(rejection) => ids.add_rejection(rejection),
            }
        }
        ids
    }

    fn of_granted(decisions: &[Decision]) -> Self {
        Self::of(decisions.iter().filter(|decision| decision.is_ok()))
    }

    fn of_rejected(decisions: &[Decision]) -> Self {
        Self::of(decisions.iter().filter(|decision| decision.is_err()))
    }

    /// Returns the ids in the problem of a rejection. An item or a warehouse that does not exist has no key.
    pub(crate) fn of_rejection(rejection: &domain::Error) -> Self {
        let mut ids = Self::default();
        ids.add_rejection(rejection);
        ids
    }

    /// Returns the ids of one item.
    pub(crate) fn of_item(item: ItemId) -> Self {
        Self { items: vec![item], warehouses: Vec::new() }
    }

    fn add_rejection(&mut self, rejection: &domain::Error) {
        self.items.extend(rejection.item());
        if let domain::Error::CartShort(shortages) | domain::Error::CartExpired { shortages, .. } = rejection
        {
            self.items.extend(shortages.iter().map(|shortage| shortage.item));
        }
        self.warehouses.extend(rejection.warehouse());
    }

    fn add(&mut self, granted: &Granted) {
        match granted {
            Granted::Placed(block) => self.add_level(block.key.item, [block.key.warehouse]),
            Granted::Confirmed(block) => self.add_level(block.key.item, [block.key.warehouse]),
            Granted::PartConfirmed(sold) => {
                self.add_level(sold.block.key.item, [sold.block.key.warehouse]);
            }
            Granted::Released(block) => self.add_level(block.key.item, [block.key.warehouse]),
            Granted::Extended(block) => self.add_level(block.item, []),
            Granted::CartPlaced(cart) => {
                cart.blocks.iter().for_each(|block| self.add_level(block.key.item, [block.key.warehouse]));
            }
            Granted::CartChanged(cart) => self.add_cart(cart),
            Granted::PaymentChanged(cart) => self.add_cart(cart),
            Granted::OrderConverted(order) => {
                order
                    .allocations
                    .iter()
                    .for_each(|units| self.add_level(units.key.item, [units.key.warehouse]));
            }
            Granted::CartConfirmed(cart) => {
                cart.blocks.iter().for_each(|block| self.add_level(block.key.item, [block.key.warehouse]));
            }
            Granted::CartReleased(_, blocks) => {
                blocks.iter().for_each(|block| self.add_level(block.key.item, [block.key.warehouse]));
            }
            Granted::CartExtended(_, blocks) => {
                blocks.iter().for_each(|block| self.add_level(block.item, []))
            }
            Granted::Adjusted(level) => self.add_level(level.item, [level.warehouse]),
            Granted::LevelChanged(level) => self.add_level(level.item, [level.warehouse]),
            Granted::ConditionChanged(level) => self.add_level(level.item, [level.warehouse]),
            Granted::Moved(moved) => self.add_level(moved.item, [moved.from, moved.to]),
            Granted::Allocated(allocation) => {
                self.items.extend(allocation.shortages.iter().map(|shortage| shortage.item));
                self.warehouses.extend(allocation.warehouse);
                for parcel in &allocation.parcels {
                    self.items.extend(parcel.units.keys());
                    self.warehouses.push(parcel.warehouse);
                }
            }
            Granted::Shipped(shipped) => self.add_levels(shipped.units.iter().map(|(key, _)| *key)),
            Granted::Returned(returned) => self.add_levels(returned.units.iter().map(|(key, _)| *key)),
            Granted::BlockShipped(block) => self.add_level(block.key.item, [block.key.warehouse]),
            Granted::CartShipped(shipped) => self.add_levels(shipped.blocks.iter().map(|block| block.key)),
            Granted::Cancelled(_) => {}
            Granted::Filled(filled) => {
                filled.taken.iter().for_each(|(key, _)| self.add_level(key.item, [key.warehouse]));
                self.items.extend(filled.missing.iter().map(|(item, _)| *item));
            }
            Granted::PartCancelled(changed) | Granted::Reassigned(changed) => {
                changed.returned.iter().for_each(|(key, _)| self.add_level(key.item, [key.warehouse]));
                self.items.extend(changed.units.iter().map(|(item, _)| *item));
            }
        }
    }

    /// Adds the ids of a cart's lines.
    pub(crate) fn add_cart(&mut self, cart: &Cart) {
        cart.lines.iter().for_each(|line| self.add_level(line.key.item, [line.key.warehouse]));
    }

    fn add_levels(&mut self, keys: impl Iterator<Item = LevelKey>) {
        keys.for_each(|key| self.add_level(key.item, [key.warehouse]));
    }

    fn add_level(&mut self, item: ItemId, warehouses: impl IntoIterator<Item = WarehouseId>) {
        self.items.push(item);
        self.warehouses.extend(warehouses);
    }
}
