//! The choice of an order's warehouses, and plans.

use domain::{AllocationMode, Coordinates, Error, PARCELS_MAX, PolicyChoice, SourcingRules};
use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;
use utoipa::ToSchema;

/// The rule that chooses among the plans that have every unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourcingPolicy {
    /// The fewest warehouses; of equally many, those with the lower priority, then the nearer ones.
    FewestParcels,
    /// As many units as possible from the warehouses with the lowest priority.
    Priority,
    /// As many units as possible from the nearest warehouse.
    Nearest,
    /// As many units as possible from the warehouse that has the most units of the order's items.
    HighestStock,
}

/// A position on the earth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Position {
    /// -90 to 90 degrees, north is positive.
    pub latitude: f64,
    /// -180 to 180 degrees, east is positive.
    pub longitude: f64,
}

/// The units of an order from one warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Parcel {
    pub warehouse_id: i64,
    /// The warehouse's code.
    pub warehouse_code: String,
    /// By ascending item id.
    pub lines: Vec<ParcelLine>,
}

/// Units of one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ParcelLine {
    pub item_id: i64,
    /// The item's SKU; null without one.
    pub sku: Option<String>,
    /// Units.
    pub quantity: i32,
}

/// A plan for the allocation of an order from some warehouses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SourcingPlan {
    /// Whether it has every unit. An allocation by policy takes the first plan, if that one has.
    pub fills: bool,
    /// Best warehouse first.
    pub parcels: Vec<Parcel>,
    /// The units that it lacks, by ascending item id.
    pub missing: Vec<ParcelLine>,
}

impl From<SourcingPolicy> for domain::SourcingPolicy {
    fn from(policy: SourcingPolicy) -> Self {
        match policy {
            SourcingPolicy::FewestParcels => Self::FewestParcels,
            SourcingPolicy::Priority => Self::Priority,
            SourcingPolicy::Nearest => Self::Nearest,
            SourcingPolicy::HighestStock => Self::HighestStock,
        }
    }
}

/// Returns a choice of whole plans.
///
/// # Errors
/// [`Error::Invalid`] for a value that is out of range, and for `nearest` without a destination.
pub fn policy_choice(
    policy: SourcingPolicy,
    max_parcels: Option<i64>,
    split_lines: Option<bool>,
    near: Option<Position>,
) -> Result<PolicyChoice, Error> {
    let bounded = |max: i64| {
        let number = u32::try_from(max).ok().and_then(NonZeroU32::new);
        let number = number.filter(|max| usize::try_from(max.get()).is_ok_and(|max| max <= PARCELS_MAX));
        number.ok_or_else(|| Error::invalid("maxParcels", format!("must be 1 to {PARCELS_MAX}, not {max}")))
    };
    let rules = SourcingRules {
        policy: policy.into(),
        max_parcels: max_parcels.map(bounded).transpose()?,
        split_lines: split_lines.unwrap_or(true),
        mode: AllocationMode::Whole,
    };
    let near = near.map(|near| Coordinates::new(near.latitude, near.longitude)).transpose()?;
    PolicyChoice::new(rules, near)
}
