//! Conversions of the activity.

use crate::*;
use domain::MovementKind as Kind;

impl From<engine::ActivityReport> for Activity {
    fn from(report: engine::ActivityReport) -> Self {
        let units = |kind| report.units.of(kind);
        Self {
            from: report.span.from,
            until: report.span.until,
            units_sold: units(Kind::Sold),
            units_held: units(Kind::Held),
            units_expired: units(Kind::Expired),
            units_released: units(Kind::Released),
            units_received: units(Kind::Received),
            units_written_off: units(Kind::WrittenOff),
            units_returned: units(Kind::Returned),
            refused_requests: report.refused.map(|refused| refused.requests),
            refused_units: report.refused.map(|refused| refused.units),
            refused_items: report.refused_items.into_iter().map(Into::into).collect(),
            sold: report
                .sold
                .into_iter()
                .map(|sold| SoldHour { hour: sold.hour, units: sold.units })
                .collect(),
            running_out: report.running_out.into_iter().map(Into::into).collect(),
            items_low: report.items_low,
            items_sold_out: report.items_sold_out,
            waiting: report.waiting.into_iter().map(Into::into).collect(),
            orders_waiting: report.orders_waiting,
            receipts: report.receipts.into_iter().map(Into::into).collect(),
            movers: report.movers.into_iter().map(Into::into).collect(),
            actors: report.actors.into_iter().map(Into::into).collect(),
            reconcile: report.reconcile.map(Into::into),
            history_since: report.history_since,
        }
    }
}

impl From<domain::RefusedItem> for RefusedItem {
    fn from(item: domain::RefusedItem) -> Self {
        Self {
            item_id: item.item.0,
            sku: item.sku,
            item_name: item.name,
            requests: item.refused.requests,
            units: item.refused.units,
        }
    }
}

impl From<domain::RunningOut> for RunningOut {
    fn from(item: domain::RunningOut) -> Self {
        Self {
            item_id: item.item.0,
            cover_tenths: item.cover_tenths(),
            sku: item.sku,
            item_name: item.name,
            available: item.available,
            units_sold: item.sold,
        }
    }
}

impl From<domain::WaitingOrder> for WaitingOrder {
    fn from(order: domain::WaitingOrder) -> Self {
        let missing = order.missing.into_iter().map(|missing| MissingUnits {
            item_id: missing.item.0,
            sku: missing.sku,
            item_name: missing.name,
            units: missing.units,
        });
        Self {
            order_id: order.order.0,
            reference: order.reference,
            place: order.place,
            waiting_since: order.since,
            missing: missing.collect(),
        }
    }
}

impl From<domain::NamedMovement> for MovedUnits {
    fn from(named: domain::NamedMovement) -> Self {
        let movement = named.movement;
        Self {
            id: movement.id,
            item_id: movement.item.0,
            sku: named.sku,
            item_name: named.item_name,
            warehouse_code: movement.warehouse_code,
            units: movement.units.unwrap_or(movement.change.saturating_abs()).into(),
            reason: movement.reason.to_string(),
            order_id: movement.order.map(|order| order.0),
            actor: movement.actor,
            created_at: movement.created_at,
        }
    }
}

impl From<domain::ActorMovements> for ActorMovements {
    fn from(mover: domain::ActorMovements) -> Self {
        Self { actor: mover.actor, movements: mover.moved.movements, units: mover.moved.units }
    }
}

impl From<domain::ActorEvents> for ActorEvents {
    fn from(actor: domain::ActorEvents) -> Self {
        Self { actor: actor.actor, events: actor.events, last_at: actor.last_at }
    }
}

impl From<domain::ReconcileRun> for ReconcileRun {
    fn from(run: domain::ReconcileRun) -> Self {
        Self {
            finished_at: run.finished_at,
            seconds: run.seconds,
            found: run.repairable + run.others,
            left: run.left(),
        }
    }
}

impl From<(domain::ActivitySpan, domain::Refused, Vec<domain::RefusedItem>)> for Refusals {
    fn from((span, all, items): (domain::ActivitySpan, domain::Refused, Vec<domain::RefusedItem>)) -> Self {
        Self {
            from: span.from,
            until: span.until,
            requests: all.requests,
            units: all.units,
            items: items.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<domain::Unavailability> for Unavailability {
    fn from(reasons: domain::Unavailability) -> Self {
        let order = |order: domain::AllocatedOrder| AllocatedOrder {
            order_id: order.order.0,
            reference: order.reference,
            units: order.units,
        };
        Self {
            available: reasons.available,
            held: reasons.held,
            committed: reasons.committed,
            damaged: reasons.damaged,
            quarantined: reasons.quarantined,
            holds: reasons.holds.into_iter().map(Into::into).collect(),
            next_expiry: reasons.next_expiry,
            orders: reasons.orders.into_iter().map(order).collect(),
            sales: reasons.sales.into_iter().map(Into::into).collect(),
            receipt: reasons.receipt.map(Into::into),
            expected: reasons.expected,
            waiting: reasons.waiting.into_iter().map(Into::into).collect(),
            orders_waiting: reasons.orders_waiting,
        }
    }
}
