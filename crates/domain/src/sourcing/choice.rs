//! A caller's choice of the warehouses of an order.

use super::{OrderSource, PARCELS_MAX, PLAN_LINES_MAX, Parcel, PolicyChoice, SourceOrder, SourcingCandidate};
use crate::{
    Error, ItemId, ItemKey, KeyDirectory, Keys, OrderId, Quantity, Request, WarehouseId, WarehouseKey,
};
use std::collections::BTreeMap;

/// The warehouses that an order is to be allocated from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllocateFrom {
    /// One warehouse.
    Warehouse(WarehouseKey),
    /// The warehouses of the best plan.
    Policy(PolicyChoice),
    /// The warehouses of a plan. Lines of the same warehouse and item are added up.
    Plan(Vec<PlanLine>),
}

/// Units of an item that a caller plans to take from a warehouse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanLine {
    /// The warehouse.
    pub warehouse: WarehouseKey,
    /// The item.
    pub item: ItemKey,
    /// Units.
    pub quantity: Quantity,
}

impl<W: Into<WarehouseKey>> From<W> for AllocateFrom {
    fn from(warehouse: W) -> Self {
        Self::Warehouse(warehouse.into())
    }
}

impl AllocateFrom {
    /// Creates a choice by a plan.
    ///
    /// # Errors
    /// [`Error::Invalid`] unless there are 1 to [`PLAN_LINES_MAX`] lines.
    pub fn plan(lines: Vec<PlanLine>) -> Result<Self, Error> {
        match lines.len() {
            1..=PLAN_LINES_MAX => Ok(Self::Plan(lines)),
            count => {
                Err(Error::invalid("plan", format!("must have 1 to {PLAN_LINES_MAX} lines, not {count}")))
            }
        }
    }

    /// Returns the SKUs and codes that have to be resolved.
    pub fn keys(&self) -> Keys<'_> {
        match self {
            Self::Warehouse(warehouse) => Keys::default().with(None, [warehouse]),
            Self::Policy(_) => Keys::default(),
            Self::Plan(lines) => lines
                .iter()
                .fold(Keys::default(), |keys, line| keys.with(Some(&line.item), [&line.warehouse])),
        }
    }

    /// Returns the planner's request for an order. `candidates` are the warehouses of a policy.
    ///
    /// # Errors
    /// [`Error::SkuNotFound`], [`Error::WarehouseCodeNotFound`]; [`Error::Invalid`] for more than [`PARCELS_MAX`] warehouses,
    /// and if a sum of units exceeds [`crate::UNITS_MAX`].
    pub fn request(
        &self,
        order: OrderId,
        candidates: Vec<SourcingCandidate>,
        directory: &impl KeyDirectory,
    ) -> Result<Request, Error> {
        let source = match self {
            Self::Warehouse(warehouse) => return Ok(Request::Allocate(order, warehouse.resolve(directory)?)),
            Self::Policy(choice) => OrderSource::Policy { rules: choice.rules, candidates },
            Self::Plan(lines) => OrderSource::Plan(parcels(lines, directory)?),
        };
        Ok(Request::Source(SourceOrder { order, source }))
    }
}

fn parcels(lines: &[PlanLine], directory: &impl KeyDirectory) -> Result<Vec<Parcel>, Error> {
    let mut parcels = BTreeMap::<WarehouseId, BTreeMap<ItemId, i32>>::new();
    for line in lines {
        let parcel = parcels.entry(line.warehouse.resolve(directory)?).or_default();
        let units = parcel.entry(line.item.resolve(directory)?).or_default();
        *units = Quantity::new(i64::from(*units) + i64::from(line.quantity.get()))?.get();
    }
    match parcels.len() > PARCELS_MAX {
        true => Err(Error::invalid("plan", format!("must have at most {PARCELS_MAX} warehouses"))),
        false => Ok(parcels.into_iter().map(|(warehouse, units)| Parcel { warehouse, units }).collect()),
    }
}
