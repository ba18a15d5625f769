//! Rows as columns: set-based statements take one array per column.

use crate::cause::{Cause, CauseColumns, cause_of};
use chrono::{DateTime, Utc};
use domain::{Condition, HoldNote, ItemId, LevelKey, Reference, StockChanges, WarehouseId};
use std::collections::BTreeMap;

/// Builds a level's key from the columns of a row.
pub(super) fn level_key(item: i64, warehouse: i64) -> LevelKey {
    LevelKey { item: ItemId(item), warehouse: WarehouseId(warehouse) }
}

/// Stock levels, ordered by key.
pub(super) struct LevelColumns {
    pub(super) items: Vec<i64>,
    pub(super) warehouses: Vec<i64>,
    pub(super) units: Vec<i32>,
}

pub(super) fn level_columns(levels: &BTreeMap<LevelKey, i32>) -> LevelColumns {
    LevelColumns {
        items: levels.keys().map(|key| key.item.0).collect(),
        warehouses: levels.keys().map(|key| key.warehouse.0).collect(),
        units: levels.values().copied().collect(),
    }
}

/// The changes of `items.quantity`: item ids in ascending order, and the units to add to each.
pub(super) fn sum_columns(changes: &StockChanges) -> (Vec<i64>, Vec<i64>) {
    let mut sums = BTreeMap::<i64, i64>::new();
    for (key, units) in changes.levels.iter().chain(&changes.new_levels) {
        *sums.entry(key.item.0).or_default() += i64::from(*units);
    }
    sums.into_iter().filter(|(_, units)| *units != 0).unzip()
}

/// New blocks, in the order of the plan.
pub(super) struct PlacedColumns<'a> {
    pub(super) ids: Vec<i64>,
    pub(super) items: Vec<i64>,
    pub(super) warehouses: Vec<i64>,
    pub(super) quantities: Vec<i32>,
    pub(super) expire_at: Vec<Option<DateTime<Utc>>>,
    pub(super) carts: Vec<Option<i64>>,
    pub(super) references: Vec<Option<&'a str>>,
    /// The optimistic path writes none: it places no block with a note.
    pub(super) notes: Vec<Option<&'a str>>,
}

impl<'a> PlacedColumns<'a> {
    pub(super) fn of(changes: &'a StockChanges) -> Self {
        let placed = || changes.placed.iter();
        Self {
            ids: placed().map(|new| new.block.id.0).collect(),
            items: placed().map(|new| new.block.key.item.0).collect(),
            warehouses: placed().map(|new| new.block.key.warehouse.0).collect(),
            quantities: placed().map(|new| new.block.quantity).collect(),
            expire_at: placed().map(|new| new.block.expires_at).collect(),
            carts: placed().map(|new| new.block.cart.map(|cart| cart.0)).collect(),
            references: placed().map(|new| new.reference.as_ref().map(Reference::as_str)).collect(),
            notes: placed().map(|new| new.note.as_ref().map(HoldNote::as_str)).collect(),
        }
    }
}

/// New movements for the ledger, in the order of the plan.
pub(super) struct LedgerColumns<'a> {
    pub(super) items: Vec<i64>,
    pub(super) warehouses: Vec<i64>,
    pub(super) changes: Vec<i32>,
    pub(super) units: Vec<Option<i32>>,
    /// The optimistic path writes none: its requests return units or take them, and none does both.
    pub(super) activity_units: Vec<Option<i32>>,
    pub(super) conditions: Vec<Option<&'a str>>,
    pub(super) reasons: Vec<&'a str>,
    pub(super) blocks: Vec<Option<i64>>,
    pub(super) orders: Vec<Option<i64>>,
    pub(super) causes: CauseColumns<'a>,
    pub(super) notes: Vec<Option<&'a str>>,
}

impl<'a> LedgerColumns<'a> {
    /// `causes` has one entry per request.
    pub(super) fn of(changes: &'a StockChanges, causes: &[Cause<'a>]) -> Self {
        let lines = || changes.movements.iter();
        Self {
            items: lines().map(|line| line.key.item.0).collect(),
            warehouses: lines().map(|line| line.key.warehouse.0).collect(),
            changes: lines().map(|line| line.change).collect(),
            units: lines().map(|line| line.units).collect(),
            activity_units: lines().map(|line| line.activity_units).collect(),
            conditions: lines().map(|line| line.condition.map(Condition::as_str)).collect(),
            reasons: lines().map(|line| line.reason.as_str()).collect(),
            blocks: lines().map(|line| line.block.map(|id| id.0)).collect(),
            orders: lines().map(|line| line.order.map(|id| id.0)).collect(),
            causes: CauseColumns::of(lines().map(|line| cause_of(causes, line.request))),
            notes: lines().map(|line| line.note.as_deref()).collect(),
        }
    }
}
