//! The input, the rules and the plans of the sourcing planner.

use crate::{ItemId, WarehouseId};
use std::collections::BTreeMap;
use std::num::NonZeroU32;

/// The maximum number of warehouses with units of an order, up to which the search covers all sets of them.
pub const SOURCING_EXACT_WAREHOUSES_MAX: usize = 20;

/// The maximum work of one search: visited sets of warehouses times items. It takes some milliseconds.
pub const SOURCING_STEPS_MAX: u64 = 1 << 22;

/// The rule that chooses among plans with equally many units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourcingPolicy {
    /// The fewest parcels.
    FewestParcels,
    /// As many units as possible from the warehouses with the lowest priority number.
    Priority,
    /// As many units as possible from the nearest warehouse.
    Nearest,
    /// As many units as possible from the warehouse that has the most units of the order's items.
    HighestStock,
}

impl SourcingPolicy {
    /// All policies.
    pub const ALL: [Self; 4] = [Self::FewestParcels, Self::Priority, Self::Nearest, Self::HighestStock];

    /// Its name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FewestParcels => "fewest_parcels",
            Self::Priority => "priority",
            Self::Nearest => "nearest",
            Self::HighestStock => "highest_stock",
        }
    }

    /// Parses a name in the API.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.as_str() == name)
    }
}

/// Whether an order may be allocated in part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AllocationMode {
    /// Every unit, or nothing.
    Whole,
    /// As many units as possible.
    Partial,
}

/// The rules for the plans of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SourcingRules {
    /// Chooses among plans with equally many units.
    pub policy: SourcingPolicy,
    /// The maximum number of parcels. `None`: no limit.
    pub max_parcels: Option<NonZeroU32>,
    /// Whether the units of one item may come from several warehouses.
    pub split_lines: bool,
    /// Whether units may be missing.
    pub mode: AllocationMode,
}

/// A warehouse that an order may be allocated from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourcingWarehouse {
    /// The warehouse.
    pub id: WarehouseId,
    /// Lower first.
    pub priority: i32,
    /// Metres from the destination, if both positions are given.
    pub distance: Option<u32>,
    /// Available units by item. Other items than the order's are ignored.
    pub available: BTreeMap<ItemId, i32>,
}

/// The units of a plan from one warehouse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// The warehouse.
    pub warehouse: WarehouseId,
    /// Units of each item, 1 or more. Not empty.
    pub units: BTreeMap<ItemId, i32>,
}

/// A division of an order's units among warehouses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourcingPlan {
    /// In the order of the policy's rank, then by id.
    pub parcels: Vec<Parcel>,
    /// Units of each item that the plan lacks, 1 or more.
    pub missing: BTreeMap<ItemId, i32>,
}

/// The plans of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sourcing {
    /// Best first. Empty if no plan satisfies the rules.
    pub plans: Vec<SourcingPlan>,
    /// Whether the search covered all plans. If not, better plans may exist, and a plan of every unit may exist.
    pub is_optimal: bool,
}
