//! Changed orders as columns.

use crate::cause::{Cause, cause_of};
use crate::{Result, WriteTransaction};
use domain::{ConvertedOrder, LevelKey, OrderId, Reference, Snapshot, StockChanges, Time};

/// Changed orders, by ascending id, and the rows of `order_allocations` to write and to remove.
#[derive(Default)]
pub(super) struct OrderColumns<'a> {
    pub(super) ids: Vec<i64>,
    pub(super) statuses: Vec<&'a str>,
    pub(super) warehouses: Vec<Option<i64>>,
    pub(super) allocated_by: Vec<Option<&'a str>>,
    pub(super) cancelled_by: Vec<Option<&'a str>>,
    pub(super) left_queue: Vec<bool>,
    /// The statuses that the decisions used.
    pub(super) statuses_before: Vec<&'a str>,
    pub(super) kept: AllocationKeys,
    /// The units of `kept`.
    pub(super) allocated: Vec<i32>,
    pub(super) shipped: Vec<i32>,
    pub(super) returned: Vec<i32>,
    pub(super) removed: AllocationKeys,
}

/// Keys of rows of `order_allocations`.
#[derive(Default)]
pub(super) struct AllocationKeys {
    pub(super) orders: Vec<i64>,
    pub(super) items: Vec<i64>,
    pub(super) warehouses: Vec<i64>,
}

impl AllocationKeys {
    fn push(&mut self, order: OrderId, key: LevelKey) {
        self.orders.push(order.0);
        self.items.push(key.item.0);
        self.warehouses.push(key.warehouse.0);
    }
}

impl<'a> OrderColumns<'a> {
    /// `causes` has one entry per request.
    pub(super) fn of(changes: &'a StockChanges, decided_on: &'a Snapshot, causes: &[Cause<'a>]) -> Self {
        let actor = |request: Option<usize>| request.map(|_| cause_of(causes, request).actor);
        let mut columns = Self::default();
        for (id, change) in &changes.orders {
            let before = decided_on.orders.get(id);
            columns.ids.push(id.0);
            columns.statuses.push(change.after.status.as_str());
            columns.warehouses.push(change.after.warehouse.map(|warehouse| warehouse.0));
            columns.allocated_by.push(actor(change.allocated));
            columns.cancelled_by.push(actor(change.cancelled));
            columns.left_queue.push(change.has_left_queue);
            columns.statuses_before.push(before.map_or("", |order| order.status.as_str()));
            let units_before = |key| before.and_then(|order| order.allocations.get(key));
            for (key, units) in &change.after.allocations {
                if units_before(key) != Some(units) {
                    columns.kept.push(*id, *key);
                    columns.allocated.push(units.allocated);
                    columns.shipped.push(units.shipped);
                    columns.returned.push(units.returned);
                }
            }
            for key in before.into_iter().flat_map(|order| order.allocations.keys()) {
                if !change.after.allocations.contains_key(key) {
                    columns.removed.push(*id, *key);
                }
            }
        }
        for (id, key, units) in changes.converted.iter().flat_map(|converted| {
            let order = &converted.order;
            order.allocations.iter().map(|(key, units)| (order.id, *key, *units))
        }) {
            columns.kept.push(id, key);
            columns.allocated.push(units.allocated);
            columns.shipped.push(units.shipped);
            columns.returned.push(units.returned);
        }
        columns
    }
}

impl WriteTransaction {
    /// Inserts the orders that are made of blocks, with their lines. Without such orders there is no statement.
    pub(super) async fn orders_insert(
        &mut self,
        changes: &StockChanges,
        now: Time,
        causes: &[Cause<'_>],
    ) -> Result<()> {
        let converted = &changes.converted;
        if converted.is_empty() {
            return Ok(());
        }
        let orders = || converted.iter().map(|new| &new.order);
        let actor = |new: &ConvertedOrder| cause_of(causes, Some(new.request)).actor;
        let lines: Vec<_> = orders()
            .flat_map(|order| order.lines.iter().map(|(item, units)| (order.id.0, item.0, *units)))
            .collect();
        sqlx::query!(
            "WITH created AS (
                 INSERT INTO orders (id, warehouse_id, created_at, updated_at, allocated_at, status, reference, created_by,
                                     allocated_by)
                 SELECT new.id, new.warehouse_id, $5, $5, $5, 'allocated', new.reference, new.actor, new.actor
                   FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[]) AS new (id, warehouse_id, reference, actor)
             )
             INSERT INTO order_items (order_id, product_id, quantity)
             SELECT * FROM unnest($6::bigint[], $7::bigint[], $8::integer[])",
            &orders().map(|order| order.id.0).collect::<Vec<_>>(),
            &orders().map(|order| order.warehouse.map(|id| id.0)).collect::<Vec<_>>() as &[Option<i64>],
            &converted.iter().map(|new| new.reference.as_ref().map(Reference::as_str)).collect::<Vec<_>>()
                as &[Option<&str>],
            &converted.iter().map(actor).collect::<Vec<_>>() as &[&str],
            now,
            &lines.iter().map(|line| line.0).collect::<Vec<_>>(),
            &lines.iter().map(|line| line.1).collect::<Vec<_>>(),
            &lines.iter().map(|line| line.2).collect::<Vec<_>>()
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }
}
