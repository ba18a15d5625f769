//! Changes of the condition of units on the shelf.

use crate::{Condition, Error, ItemId, Note, Permission, Quantity, UnsellableUnits, WarehouseId};

/// A change of the condition of units on the shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConditionChange {
    /// Available units enter a condition.
    SetAside(Condition),
    /// Units in a condition become available.
    Restore(Condition),
    /// Units enter a condition from the other one.
    Reclassify(Condition),
    /// Units in a condition leave the shelf for good: a write-off.
    Dispose(Condition),
}

/// A request to change the condition of units of one stock level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeCondition<I = ItemId, W = WarehouseId> {
    /// The item.
    pub item: I,
    /// The warehouse; `None` for the default warehouse.
    pub warehouse: Option<W>,
    /// Units that change their condition.
    pub quantity: Quantity,
    /// The change.
    pub change: ConditionChange,
    /// The reason.
    pub note: Note,
}

impl<I, W> ChangeCondition<I, W> {
    /// Returns the permission that the request needs: disposing of more than `write_off_units_max` units is a large write-off.
    pub fn permission(&self, write_off_units_max: i32) -> Permission {
        let disposes = matches!(self.change, ConditionChange::Dispose(_));
        match disposes && self.quantity.get() > write_off_units_max {
            true => Permission::WriteOffStock,
            false => Permission::WriteStock,
        }
    }
}

impl ConditionChange {
    /// Creates a change. `None` in `from` or `to` stands for available units. With `disposed` the units leave the shelf, and
    /// `to` is ignored.
    ///
    /// # Errors
    /// [`Error::Invalid`] if both are the same, or if available units are disposed of: that is an ordinary write-off.
    pub fn new(from: Option<Condition>, to: Option<Condition>, disposed: bool) -> Result<Self, Error> {
        match (from, to) {
            (Some(from), _) if disposed => Ok(Self::Dispose(from)),
            (None, _) if disposed => {
                Err(Error::invalid("to", "must not be disposed for available units: write them off"))
            }
            (None, Some(to)) => Ok(Self::SetAside(to)),
            (Some(from), None) => Ok(Self::Restore(from)),
            (Some(from), Some(to)) if from != to => Ok(Self::Reclassify(to)),
            _ => Err(Error::invalid("to", "must be another condition than from")),
        }
    }

    /// Returns the condition that the units had before; `None` for available units.
    pub fn from(self) -> Option<Condition> {
        match self {
            Self::SetAside(_) => None,
            Self::Restore(condition) | Self::Dispose(condition) => Some(condition),
            Self::Reclassify(Condition::Damaged) => Some(Condition::Quarantine),
            Self::Reclassify(Condition::Quarantine) => Some(Condition::Damaged),
        }
    }

    /// Returns the condition that the units have after it; `None` for units that are available or disposed of.
    pub fn to(self) -> Option<Condition> {
        match self {
            Self::SetAside(condition) | Self::Reclassify(condition) => Some(condition),
            Self::Restore(_) | Self::Dispose(_) => None,
        }
    }
}

/// A stock level after a change of the condition of some of its units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConditionChanged {
    /// The item.
    pub item: ItemId,
    /// The warehouse.
    pub warehouse: WarehouseId,
    /// Units that changed their condition.
    pub quantity: i32,
    /// Units available in this warehouse now.
    pub available: i32,
    /// Units that can't be sold because of their condition now.
    pub unsellable: UnsellableUnits,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_between_two_conditions() {
        use Condition::{Damaged, Quarantine};
        let new = ConditionChange::new;
        assert_eq!(new(None, Some(Damaged), false), Ok(ConditionChange::SetAside(Damaged)));
        assert_eq!(new(Some(Quarantine), None, false), Ok(ConditionChange::Restore(Quarantine)));
        assert_eq!(new(Some(Quarantine), Some(Damaged), false), Ok(ConditionChange::Reclassify(Damaged)));
        assert_eq!(new(Some(Damaged), None, true), Ok(ConditionChange::Dispose(Damaged)));
        assert!(new(None, None, false).is_err());
        assert!(new(None, None, true).is_err(), "an ordinary write-off");
        assert!(new(Some(Damaged), Some(Damaged), false).is_err());
        for change in [
            ConditionChange::SetAside(Damaged),
            ConditionChange::Restore(Damaged),
            ConditionChange::Reclassify(Quarantine),
        ] {
            assert_eq!(new(change.from(), change.to(), false), Ok(change));
        }
    }

    #[test]
    fn a_large_disposal_is_a_large_write_off() {
        let request = |change, units| ChangeCondition {
            item: ItemId(1),
            warehouse: None::<WarehouseId>,
            quantity: Quantity::new(units).expect("units"),
            change,
            note: Note::new("broken").expect("a note"),
        };
        let [dispose, aside] =
            [ConditionChange::Dispose(Condition::Damaged), ConditionChange::SetAside(Condition::Damaged)];
        assert_eq!(request(dispose, 11).permission(10), Permission::WriteOffStock);
        assert_eq!(request(dispose, 10).permission(10), Permission::WriteStock);
        assert_eq!(request(aside, 11).permission(10), Permission::WriteStock);
    }
}
