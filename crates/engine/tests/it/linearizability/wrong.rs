//! Wrong responses: the search must find each of them in a history that is right otherwise.

use super::search::{Action, Event};
use domain::{Decision, Error as Rejection, Granted, LevelKey, OrderPartChanged, WarehouseId};

/// More units than any request of a test can concern.
const MANY: i32 = 1_000;

/// The kinds of responses that are made wrong.
pub(super) const KINDS: [&str; 19] = [
    "placed cart",
    "short cart",
    "changed cart",
    "confirmed cart",
    "retaken cart",
    "payment",
    "conversion",
    "allocation",
    "parcels",
    "shortage",
    "fill",
    "fill of the queue",
    "cancelled lines",
    "reassignment",
    "shipment",
    "return",
    "shipped block",
    "shipped cart",
    "refusal",
];

/// Returns the event with a wrong response, and its kind. No state of a test has this response.
pub(super) fn spoilt(event: &Event) -> Option<(&'static str, Event)> {
    let (kind, action) = match &event.action {
        Action::Requested(request, answer) => {
            let (kind, answer) = spoilt_answer(answer)?;
            (kind, Action::Requested(request.clone(), answer))
        }
        Action::QueueFilled(order, units) => {
            let mut units = units.clone();
            more(&mut units);
            ("fill of the queue", Action::QueueFilled(*order, units))
        }
        Action::OrderCreated(..) => return None,
    };
    Some((kind, Event { action, ..event.clone() }))
}

fn spoilt_answer(answer: &Decision) -> Option<(&'static str, Decision)> {
    let mut answer = answer.clone();
    let kind = match &mut answer {
        Ok(Granted::CartPlaced(placed)) => {
            placed.blocks.first_mut()?.key.warehouse = WarehouseId(i64::MAX);
            "placed cart"
        }
        Err(Rejection::CartShort(shortages)) => {
            shortages.first_mut()?.available += MANY;
            "short cart"
        }
        Ok(Granted::CartChanged(cart)) => {
            cart.version += 1;
            "changed cart"
        }
        Ok(Granted::CartConfirmed(confirmed)) => {
            confirmed.blocks.first_mut()?.quantity += MANY;
            if confirmed.is_retaken { "retaken cart" } else { "confirmed cart" }
        }
        Ok(Granted::PaymentChanged(cart)) => {
            cart.lines.pop()?;
            "payment"
        }
        Ok(Granted::OrderConverted(order)) => {
            order.allocations.first_mut()?.units.allocated += 1;
            "conversion"
        }
        Ok(Granted::Allocated(allocation)) => match allocation.shortages.first_mut() {
            Some(shortage) => {
                shortage.available += MANY;
                "shortage"
            }
            None if allocation.parcels.len() > 1 => {
                *allocation.parcels.first_mut()?.units.values_mut().next()? += 1;
                "parcels"
            }
            None => {
                let other = Some(WarehouseId(i64::MAX));
                allocation.warehouse = if allocation.warehouse.is_none() { other } else { None };
                "allocation"
            }
        },
        Ok(Granted::Filled(filled)) => {
            match filled.taken.is_empty() {
                true => filled.missing.first_mut()?.1 += MANY,
                false => more(&mut filled.taken),
            }
            "fill"
        }
        Ok(Granted::PartCancelled(OrderPartChanged { returned, units, .. })) => {
            match returned.is_empty() {
                true => units.first_mut()?.1 += MANY,
                false => more(returned),
            }
            "cancelled lines"
        }
        Ok(Granted::Reassigned(changed)) => {
            changed.units.first_mut()?.1 += MANY;
            "reassignment"
        }
        Ok(Granted::Shipped(shipped)) => {
            more(&mut shipped.units);
            "shipment"
        }
        Ok(Granted::Returned(returned)) => {
            more(&mut returned.units);
            "return"
        }
        Ok(Granted::BlockShipped(block)) => {
            block.quantity += MANY;
            "shipped block"
        }
        Ok(Granted::CartShipped(shipped)) => {
            shipped.blocks.pop()?;
            "shipped cart"
        }
        Err(
            Rejection::OverReturned { requested: units, .. }
            | Rejection::UnitsNotAllocated { requested: units, .. }
            | Rejection::UnitsNotReassignable { available: units, .. }
            | Rejection::UnitsShipped { available: units, .. },
        ) => {
            *units += MANY;
            "refusal"
        }
        _ => return None,
    };
    Some((kind, answer))
}

fn more(units: &mut [(LevelKey, i32)]) {
    if let Some((_, units)) = units.first_mut() {
        *units += MANY;
    }
}
