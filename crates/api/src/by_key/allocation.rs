//! The body of a request to allocate an order.

use super::check_keys;
use super::{CreateOrderLine, item_key, required_warehouse_key, surplus, warehouse_key};
use crate::{Position, SourcingPolicy, deserialize, policy_choice};
use domain::{AllocateFrom, Error, FillOrder, OrderId, OrderPriority, PlanLine, Quantity, WarehouseKey};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

/// How much of an order an allocation takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum AllocationMode {
    /// Every line from one warehouse, or nothing.
    #[default]
    Whole,
    /// The missing units that are available.
    Partial,
}

/// A request to allocate an order. The mode `whole` needs exactly one of `warehouseId`, `warehouseCode`, `policy` and `plan`.
/// The mode `partial` has at most one of `warehouseId` and `warehouseCode`: without one, it takes units of all warehouses, for
/// each item from the one with the most units first.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct AllocateOrder {
    /// The warehouse of all units.
    #[serde(default, deserialize_with = "deserialize::optional_id")]
    pub warehouse_id: Option<i64>,
    /// The warehouse's code, instead of `warehouseId`.
    #[serde(default)]
    pub warehouse_code: Option<String>,
    /// Chooses the warehouses.
    #[serde(default)]
    #[schema(value_type = SourcingPolicy, required = false)]
    pub policy: Option<SourcingPolicy>,
    /// With `policy`: the maximum number of warehouses, 1 to 100. Default: no limit.
    #[serde(default)]
    #[schema(value_type = i64, required = false)]
    pub max_parcels: Option<i64>,
    /// With `policy`: whether the units of one item may come from several warehouses. Default: true.
    #[serde(default)]
    #[schema(value_type = bool, required = false)]
    pub split_lines: Option<bool>,
    /// With `policy`: the destination. Required for `nearest`; `fewest_parcels` prefers near warehouses of equal priority.
    #[serde(default)]
    #[schema(value_type = Position, required = false)]
    pub near: Option<Position>,
    /// 1 to 100 parcels, which together have exactly the units of the order, or those that a partial order misses. Parcels of the same warehouse are added up.
    #[serde(default)]
    #[schema(value_type = Vec<PlannedParcel>, required = false)]
    pub plan: Option<Vec<PlannedParcel>>,
    /// Default: `whole`.
    #[serde(default)]
    pub mode: AllocationMode,
    /// Whether the units that are still missing wait and are allocated when they are available; default false. Only in the
    /// mode `partial`.
    #[serde(default)]
    pub wait: bool,
    /// The priority in the queue, higher first: -1,000,000 to 1,000,000; default: the present one. Only with `wait`.
    #[serde(default)]
    pub priority: Option<i64>,
}

/// The domain's request for an allocation.
#[derive(Debug, Clone, PartialEq)]
pub enum AllocationRequest {
    /// Every line, or nothing.
    Whole(AllocateFrom),
    /// The missing units that are available.
    Partial(FillOrder<WarehouseKey>),
}

/// The units to take from one warehouse, with exactly one of `warehouseId` and `warehouseCode`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct PlannedParcel {
    #[serde(default, deserialize_with = "deserialize::optional_id")]
    pub warehouse_id: Option<i64>,
    /// The warehouse's code, instead of `warehouseId`.
    #[serde(default)]
    pub warehouse_code: Option<String>,
    /// 1 to 1,000 lines. Lines of the same item are added up.
    pub lines: Vec<CreateOrderLine>,
}

check_keys!(PlannedParcel, required [warehouse_id warehouse_code "warehouseId" "warehouseCode"], optional []);

impl<'de> Deserialize<'de> for AllocateOrder {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let body = Self::deserialize(deserializer)?;
        let choices = [
            ("warehouseId", body.warehouse_id.is_some()),
            ("warehouseCode", body.warehouse_code.is_some()),
            ("policy", body.policy.is_some()),
            ("plan", body.plan.is_some()),
        ];
        let (is_whole, has_policy) = (body.mode == AllocationMode::Whole, body.policy.is_some());
        let mut given = choices.into_iter().filter(|(_, is_given)| *is_given);
        if given.next().is_none() && is_whole {
            return Err(D::Error::missing_field("warehouseId"));
        }
        let rules = [
            ("policy", has_policy && !is_whole),
            ("plan", body.plan.is_some() && !is_whole),
            ("maxParcels", body.max_parcels.is_some() && !has_policy),
            ("splitLines", body.split_lines.is_some() && !has_policy),
            ("near", body.near.is_some() && !has_policy),
        ];
        let mut rules = rules.into_iter().filter(|(_, is_surplus)| *is_surplus);
        match given.next().or_else(|| rules.next()) {
            Some((name, _)) => Err(surplus(name)),
            None => Ok(body),
        }
    }
}

impl AllocateOrder {
    /// Returns the domain's request for an order.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn into_request(self, order: OrderId) -> Result<AllocationRequest, Error> {
        let priority = self.priority.map(OrderPriority::new).transpose()?;
        if priority.is_some() && !self.wait {
            return Err(Error::invalid("priority", "needs `wait`"));
        }
        match self.mode {
            AllocationMode::Partial => {
                let warehouse = warehouse_key(self.warehouse_id, self.warehouse_code)?;
                Ok(AllocationRequest::Partial(FillOrder {
                    order,
                    warehouse,
                    waits: self.wait,
                    priority,
                    items: None,
                }))
            }
            AllocationMode::Whole if self.wait => Err(Error::invalid("wait", "needs the mode `partial`")),
            AllocationMode::Whole => Ok(AllocationRequest::Whole(self.from()?)),
        }
    }

    /// Returns the choice of the warehouses.
    fn from(self) -> Result<AllocateFrom, Error> {
        if let Some(policy) = self.policy {
            let choice = policy_choice(policy, self.max_parcels, self.split_lines, self.near)?;
            return Ok(AllocateFrom::Policy(choice));
        }
        let Some(parcels) = self.plan else {
            let warehouse = required_warehouse_key("warehouseId", self.warehouse_id, self.warehouse_code)?;
            return Ok(AllocateFrom::Warehouse(warehouse));
        };
        let mut lines = Vec::new();
        for PlannedParcel { warehouse_id, warehouse_code, lines: planned } in parcels {
            if planned.is_empty() {
                return Err(Error::invalid("lines", "must not be empty"));
            }
            let warehouse = required_warehouse_key("warehouseId", warehouse_id, warehouse_code)?;
            for CreateOrderLine { item_id, sku, quantity } in planned {
                let (item, quantity) = (item_key(item_id, sku)?, Quantity::new(quantity)?);
                lines.push(PlanLine { warehouse: warehouse.clone(), item, quantity });
            }
        }
        AllocateFrom::plan(lines)
    }
}
