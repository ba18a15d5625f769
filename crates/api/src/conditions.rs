//! Changes of the condition of units on the shelf. They are for the server only: the console has no form for them.

use crate::by_key::{check_keys, item_key, surplus, warehouse_key};
use crate::deserialize;
use domain::{Condition, ConditionChange, Error, ItemKey, Note, Quantity, WarehouseKey};
use engine::WithKeys;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// The condition of units on the shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum UnitCondition {
    /// The units can be sold.
    Available,
    /// The units are damaged.
    Damaged,
    /// The units are in quarantine.
    Quarantine,
}

impl UnitCondition {
    /// Returns the condition; `None` for available units.
    pub fn condition(self) -> Option<Condition> {
        match self {
            Self::Available => None,
            Self::Damaged => Some(Condition::Damaged),
            Self::Quarantine => Some(Condition::Quarantine),
        }
    }
}

/// The condition of units after a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum ConditionTarget {
    /// The units can be sold.
    Available,
    /// The units are damaged.
    Damaged,
    /// The units are in quarantine.
    Quarantine,
    /// The units are thrown away: they are not on the shelf any more.
    Disposed,
}

/// A request to change the condition of units of one stock level, with exactly one of `itemId` and `sku`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct ChangeCondition {
    #[serde(default, deserialize_with = "deserialize::optional_id")]
    pub item_id: Option<i64>,
    /// The item's SKU, instead of `itemId`.
    #[serde(default)]
    pub sku: Option<String>,
    /// Default: the default warehouse.
    #[serde(default, deserialize_with = "deserialize::optional_id")]
    pub warehouse_id: Option<i64>,
    /// The warehouse's code, instead of `warehouseId`.
    #[serde(default)]
    pub warehouse_code: Option<String>,
    /// Units: 1 to 2,147,483,647.
    pub quantity: i64,
    /// The condition of the units before the change.
    pub from: UnitCondition,
    /// Their condition after it. Units that are `disposed` must be `damaged` or in `quarantine` before.
    pub to: ConditionTarget,
    /// The reason: 1 to 200 characters. The ledger stores it.
    pub reason: String,
}

check_keys!(ChangeCondition, required [item_id sku "itemId" "sku"], optional [warehouse_id warehouse_code "warehouseCode"]);

impl ChangeCondition {
    /// Returns the domain's request.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn into_request(self) -> Result<domain::ChangeCondition<ItemKey, WarehouseKey>, Error> {
        let (to, disposed) = match self.to {
            ConditionTarget::Available => (None, false),
            ConditionTarget::Damaged => (Some(Condition::Damaged), false),
            ConditionTarget::Quarantine => (Some(Condition::Quarantine), false),
            ConditionTarget::Disposed => (None, true),
        };
        Ok(domain::ChangeCondition {
            item: item_key(self.item_id, self.sku)?,
            warehouse: warehouse_key(self.warehouse_id, self.warehouse_code)?,
            quantity: Quantity::new(self.quantity)?,
            change: ConditionChange::new(self.from.condition(), to, disposed)?,
            note: Note::new(&self.reason)?,
        })
    }
}

/// A stock level after a change of the condition of some of its units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConditionChanged {
    pub item_id: i64,
    /// The item's SKU; null without one.
    pub sku: Option<String>,
    pub warehouse_id: i64,
    pub warehouse_code: String,
    /// Units that changed their condition.
    pub quantity: i32,
    /// Units available in the warehouse now.
    pub available: i32,
    /// Damaged units in the warehouse now.
    pub damaged: i32,
    /// Units in quarantine in the warehouse now.
    pub quarantined: i32,
}

impl From<WithKeys<domain::ConditionChanged>> for ConditionChanged {
    fn from(level: WithKeys<domain::ConditionChanged>) -> Self {
        Self {
            item_id: level.item.0,
            sku: level.sku(level.item),
            warehouse_id: level.warehouse.0,
            warehouse_code: level.code(level.warehouse),
            quantity: level.quantity,
            available: level.available,
            damaged: level.unsellable.damaged,
            quarantined: level.unsellable.quarantined,
        }
    }
}
