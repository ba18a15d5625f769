use crate::{Error, Permission, WarehouseId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The maximum number of warehouses that a person or a client can be limited to.
pub const ALLOWED_WAREHOUSES_MAX: usize = 100;

/// The warehouses whose stock a caller may change: all, or a list. Reads are not limited.
///
/// A clone allocates nothing, and a value that allows all warehouses has no reference count.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AllowedWarehouses(Option<Arc<[WarehouseId]>>);

impl AllowedWarehouses {
    /// All warehouses, including later ones.
    pub const ALL: Self = Self(None);

    /// Returns a limit to these warehouses. Sorts them and removes duplicates.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless there are 1 to [`ALLOWED_WAREHOUSES_MAX`] different warehouses.
    pub fn only(mut ids: Vec<WarehouseId>) -> Result<Self, Error> {
        ids.sort_unstable();
        ids.dedup();
        match ids.len() {
            1..=ALLOWED_WAREHOUSES_MAX => Ok(Self(Some(ids.into()))),
            count => {
                let reason = format!("must name 1 to {ALLOWED_WAREHOUSES_MAX} warehouses, not {count}");
                Err(Error::invalid("warehouseIds", reason))
            }
        }
    }

    /// Returns the sorted list, or `None` if all warehouses are allowed.
    pub fn ids(&self) -> Option<&[WarehouseId]> {
        self.0.as_deref()
    }

    /// Returns whether some warehouses are not allowed.
    pub fn is_limited(&self) -> bool {
        self.0.is_some()
    }

    /// Returns whether a warehouse is allowed.
    pub fn contains(&self, warehouse: WarehouseId) -> bool {
        self.ids().is_none_or(|ids| ids.binary_search(&warehouse).is_ok())
    }

    /// Checks that a warehouse is allowed. `permission` is the one that the operation needs.
    ///
    /// # Errors
    /// [`Error::WarehouseForbidden`] names the permission and the warehouse.
    pub fn check(&self, permission: Permission, warehouse: WarehouseId) -> Result<(), Error> {
        match self.contains(warehouse) {
            true => Ok(()),
            false => Err(Error::WarehouseForbidden { permission, warehouse }),
        }
    }

    /// Checks that all warehouses are allowed, for an operation that is not bound to one warehouse.
    ///
    /// # Errors
    /// [`Error::AllWarehousesForbidden`] names the permission.
    pub fn check_all(&self, permission: Permission) -> Result<(), Error> {
        match self.is_limited() {
            true => Err(Error::AllWarehousesForbidden { permission }),
            false => Ok(()),
        }
    }
}

/// The limits of the callers of a batch, by the index of their request. A caller without an entry may change all
/// warehouses. A batch of such callers allocates nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WarehouseLimits(BTreeMap<usize, AllowedWarehouses>);

impl WarehouseLimits {
    /// Returns the limits of callers, in the order of their requests.
    pub fn of<'a>(callers: impl IntoIterator<Item = &'a AllowedWarehouses>) -> Self {
        let callers = callers.into_iter().enumerate();
        let limited = callers.filter(|(_, allowed)| allowed.is_limited());
        Self(limited.map(|(index, allowed)| (index, allowed.clone())).collect())
    }

    /// Returns the limit of a request's caller, or `None` if the caller has none.
    pub(crate) fn get(&self, index: usize) -> Option<&AllowedWarehouses> {
        self.0.get(&index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_limit_has_a_bounded_number_of_warehouses() {
        let ids = |count: i64| (0..count).map(WarehouseId).collect::<Vec<_>>();
        assert!(AllowedWarehouses::only(ids(0)).is_err());
        assert!(AllowedWarehouses::only(ids(100)).is_ok());
        assert!(AllowedWarehouses::only(ids(101)).is_err());
        assert!(AllowedWarehouses::only([ids(100), ids(100)].concat()).is_ok(), "duplicates count once");
    }

    #[test]
    fn without_a_limit_every_warehouse_is_allowed() {
        assert_eq!(AllowedWarehouses::ALL.check(Permission::WriteStock, WarehouseId(i64::MIN)), Ok(()));
        assert_eq!(AllowedWarehouses::ALL.check_all(Permission::WriteItems), Ok(()));
        assert_eq!(WarehouseLimits::of([&AllowedWarehouses::ALL]), WarehouseLimits::default());
    }

    proptest! {
        #[test]
        fn a_limit_allows_its_warehouses_only(
            ids in prop::collection::vec(-20..20i64, 1..30),
            asked in -25..25i64,
        ) {
            let expected: BTreeSet<_> = ids.iter().copied().collect();
            let allowed = AllowedWarehouses::only(ids.into_iter().map(WarehouseId).collect());
            let allowed = allowed.expect("few warehouses");
            let listed: Vec<_> = allowed.ids().unwrap_or_default().iter().map(|id| id.0).collect();
            prop_assert_eq!(listed, expected.iter().copied().collect::<Vec<_>>());
            let warehouse = WarehouseId(asked);
            let expected = match expected.contains(&asked) {
                true => Ok(()),
                false => Err(Error::WarehouseForbidden { permission: Permission::WriteStock, warehouse }),
            };
            prop_assert_eq!(allowed.check(Permission::WriteStock, warehouse), expected);
            prop_assert!(allowed.check_all(Permission::WriteStock).is_err());
        }
    }
}
