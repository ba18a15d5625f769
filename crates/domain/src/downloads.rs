//! Rows of files that can be downloaded.

use crate::audit_query::filter;
use crate::{ActivitySpan, Error, ItemId, LevelAvailability, LevelKey, Movement, MovementKind, WarehouseId};

/// A stock level with the name of its item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedLevel {
    /// The item and the warehouse.
    pub key: LevelKey,
    /// The item's SKU.
    pub sku: Option<String>,
    /// The item's name.
    pub item_name: String,
    /// The units.
    pub level: LevelAvailability,
}

/// A part of the list of all stock levels, in ascending order of item and warehouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LevelQuery {
    /// Only levels of this warehouse.
    pub warehouse: Option<WarehouseId>,
    /// The maximum number of levels.
    pub limit: i64,
    /// The part begins after this level.
    pub after: Option<LevelKey>,
}

/// A page of the list of all movements, latest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerQuery {
    /// Only movements of this item.
    pub item: Option<ItemId>,
    /// Only movements in this warehouse.
    pub warehouse: Option<WarehouseId>,
    /// Only movements of this kind.
    pub kind: Option<MovementKind>,
    /// Only movements by this principal.
    pub actor: Option<String>,
    /// Only movements within this span.
    pub span: Option<ActivitySpan>,
    /// The most rows of the page. A page with a filter besides the item may have fewer rows, even if more pages follow.
    pub limit: i64,
    /// The page has movements with smaller ids.
    pub after: Option<i64>,
}

impl LedgerQuery {
    /// Returns the query for the movements by a principal. An empty text counts as absent.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a text that is too long or has a NUL character.
    pub fn with_actor(self, actor: Option<String>) -> Result<Self, Error> {
        Ok(Self { actor: filter("actor", actor)?, ..self })
    }
}

/// A movement with the name of its item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedMovement {
    /// The item's SKU.
    pub sku: Option<String>,
    /// The item's name; `None` for an item that was deleted.
    pub item_name: Option<String>,
    /// The movement.
    pub movement: Movement,
}
