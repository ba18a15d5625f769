//! Conversions of plans.

use crate::{Parcel, ParcelLine, SourcingPlan};
use domain::{ItemId, WarehouseId};
use std::collections::BTreeMap;

/// Converts units by item. `sku` returns the SKU of an item.
fn lines(units: BTreeMap<ItemId, i32>, sku: &impl Fn(ItemId) -> Option<String>) -> Vec<ParcelLine> {
    let line = |(item, quantity): (ItemId, i32)| ParcelLine { item_id: item.0, sku: sku(item), quantity };
    units.into_iter().map(line).collect()
}

/// Converts parcels. `sku` and `code` return the keys of an item and of a warehouse.
pub(super) fn parcels(
    parcels: Vec<domain::Parcel>,
    sku: &impl Fn(ItemId) -> Option<String>,
    code: &impl Fn(WarehouseId) -> String,
) -> Vec<Parcel> {
    let parcel = |parcel: domain::Parcel| Parcel {
        warehouse_id: parcel.warehouse.0,
        warehouse_code: code(parcel.warehouse),
        lines: lines(parcel.units, sku),
    };
    parcels.into_iter().map(parcel).collect()
}

/// Converts the plans of a preview, with the keys of its lines and warehouses.
pub(super) fn plans(
    plans: Vec<domain::SourcingPlan>,
    preview_lines: &[domain::OrderLine],
    warehouses: &[domain::WarehousePreview],
) -> Vec<SourcingPlan> {
    let sku = |item| preview_lines.iter().find(|line| line.item == item).and_then(|line| line.sku.clone());
    let code = |id: WarehouseId| {
        let known = warehouses.iter().find(|place| place.warehouse == id);
        known.map_or_else(|| format!("#{id}"), |place| place.code.clone())
    };
    let plan = |plan: domain::SourcingPlan| SourcingPlan {
        fills: plan.missing.is_empty(),
        parcels: parcels(plan.parcels, &sku, &code),
        missing: lines(plan.missing, &sku),
    };
    plans.into_iter().map(plan).collect()
}
