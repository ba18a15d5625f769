//! The keys of the shop beside the ids in answers: SKUs of items and codes of warehouses.

use crate::cache::skus::Skus;
use crate::cache::warehouses::WarehouseCodes;
use domain::{Decision, Granted, ItemId, WarehouseId};
use std::ops::Deref;
use std::sync::Arc;

/// The SKUs of items and the codes of warehouses, as they were when the answer was decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeysById {
    pub(crate) skus: Skus,
    pub(crate) codes: WarehouseCodes,
}

impl KeysById {
    /// Returns the item's SKU, if it has one.
    pub fn sku(&self, item: ItemId) -> Option<String> {
        self.skus.get(&item)?.as_deref().map(str::to_owned)
    }

    /// Returns the warehouse's code. A warehouse that was deleted has its id as code, as in `#7`; no code has that form.
    pub fn code(&self, warehouse: WarehouseId) -> String {
        self.codes.get(&warehouse).map_or_else(|| format!("#{warehouse}"), |code| code.to_string())
    }
}

/// The output of a command, with the keys of its items and warehouses.
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

/// The items and warehouses in the answers of a batch.
#[derive(Debug, Default)]
pub(crate) struct NamedIds {
    pub(crate) items: Vec<ItemId>,
    pub(crate) warehouses: Vec<WarehouseId>,
}

impl NamedIds {
    /// Returns the ids in the answers of these decisions.
    pub(crate) fn of<'a>(decisions: impl IntoIterator<Item = &'a Decision>) -> Self {
        let mut ids = Self::default();
        decisions.into_iter().filter_map(|decision| decision.as_ref().ok()).for_each(|one| ids.add(one));
        ids
    }

    fn add(&mut self, granted: &Granted) {
        match granted {
            Granted::Placed(block) => self.add_level(block.key.item, [block.key.warehouse]),
            Granted::Confirmed(block) => self.add_level(block.key.item, [block.key.warehouse]),
            Granted::Released(block) => self.add_level(block.key.item, [block.key.warehouse]),
            Granted::Extended(block) => self.add_level(block.item, []),
            Granted::CartPlaced(cart) => {
                cart.blocks.iter().for_each(|block| self.add_level(block.key.item, [block.key.warehouse]));
            }
            Granted::CartConfirmed(_, blocks) => {
                blocks.iter().for_each(|block| self.add_level(block.key.item, [block.key.warehouse]));
            }
            Granted::CartReleased(_, blocks) => {
                blocks.iter().for_each(|block| self.add_level(block.key.item, [block.key.warehouse]));
            }
            Granted::CartExtended(_, blocks) => {
                blocks.iter().for_each(|block| self.add_level(block.item, []))
            }
            Granted::Adjusted(level) => self.add_level(level.item, [level.warehouse]),
            Granted::LevelChanged(level) => self.add_level(level.item, [level.warehouse]),
            Granted::Moved(moved) => self.add_level(moved.item, [moved.from, moved.to]),
            Granted::Allocated(allocation) => {
                self.items.extend(allocation.shortages.iter().map(|shortage| shortage.item));
                self.warehouses.push(allocation.warehouse);
            }
            Granted::Cancelled(_) => {}
        }
    }

    fn add_level(&mut self, item: ItemId, warehouses: impl IntoIterator<Item = WarehouseId>) {
        self.items.push(item);
        self.warehouses.extend(warehouses);
    }
}
