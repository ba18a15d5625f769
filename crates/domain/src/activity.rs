//! The activity within a span of time: the units that moved, those that were refused, and the items that run out.

use crate::{Decision, Error, Granted, ItemId, MovementReason, OrderId, Request, Time};
use std::collections::BTreeMap;

/// The span of the pace at which units are sold, in days before now.
pub const PACE_DAYS: i64 = 7;

/// A kind of movements that one number of the activity sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MovementKind {
    /// Units that were confirmed, allocated to orders, or converted from a hold into an order.
    Sold,
    /// Units of new temporary blocks.
    Held,
    /// Units of blocks that expired.
    Expired,
    /// Units of blocks that were released.
    Released,
    /// Units that were received.
    Received,
    /// Units that were written off, or thrown away because of their condition.
    WrittenOff,
    /// Units of orders that came back.
    Returned,
}

impl MovementKind {
    /// Every kind with its name.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Sold, "sold"),
        (Self::Held, "held"),
        (Self::Expired, "expired"),
        (Self::Released, "released"),
        (Self::Received, "received"),
        (Self::WrittenOff, "written_off"),
        (Self::Returned, "returned"),
    ];

    /// Parses a name.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a text that is no name of a kind.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let kind = Self::ALL.iter().find(|(_, name)| *name == text);
        kind.map(|(kind, _)| *kind).ok_or_else(|| {
            let names = Self::ALL.map(|(_, name)| name).join(", ");
            Error::invalid("kind", format!("must be one of {names}"))
        })
    }

    /// Returns the reasons of its movements.
    pub fn reasons(self) -> &'static [MovementReason] {
        use MovementReason as R;
        match self {
            Self::Sold => &[R::Confirmed, R::Allocated, R::HoldConverted],
            Self::Held => &[R::Blocked],
            Self::Expired => &[R::Expired],
            Self::Released => &[R::Released],
            Self::Received => &[R::Received],
            Self::WrittenOff => &[R::WrittenOff, R::Disposed],
            Self::Returned => &[R::Returned],
        }
    }
}

/// The units that moved, by kind of movement.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ActivityUnits([i64; MovementKind::ALL.len()]);

impl ActivityUnits {
    /// Adds the units of movements with this reason.
    pub fn add(&mut self, reason: MovementReason, units: i64) {
        for (sum, (kind, _)) in self.0.iter_mut().zip(MovementKind::ALL) {
            if kind.reasons().contains(&reason) {
                *sum += units;
            }
        }
    }

    /// Adds the units of another sum.
    fn merge(&mut self, other: &Self) {
        for (sum, units) in self.0.iter_mut().zip(other.0) {
            *sum += units;
        }
    }

    /// Returns the units of a kind.
    pub fn of(&self, kind: MovementKind) -> i64 {
        let sums = self.0.iter().zip(MovementKind::ALL);
        sums.filter(|(_, (other, _))| *other == kind).map(|(units, _)| *units).sum()
    }
}

/// The movements of an hour.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActivityHour {
    /// The units by kind.
    pub units: ActivityUnits,
    /// The movements by principal.
    pub actors: BTreeMap<String, Moved>,
}

/// A number of movements, and their units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moved {
    /// Movements.
    pub movements: i64,
    /// Units.
    pub units: i64,
}

impl Moved {
    /// Adds other movements.
    pub fn add(&mut self, other: Self) {
        self.movements += other.movements;
        self.units += other.units;
    }
}

/// The movements by one principal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActorMovements {
    /// The principal.
    pub actor: String,
    /// The movements of all kinds.
    pub moved: Moved,
}

/// Sums hours. Returns the units of all hours, and the hours in which units were sold, by ascending time.
pub fn sum_hours(hours: &BTreeMap<Time, ActivityHour>) -> (ActivityUnits, Vec<SoldHour>) {
    let mut sum = ActivityUnits::default();
    hours.values().for_each(|hour| sum.merge(&hour.units));
    let sold =
        hours.iter().map(|(at, hour)| SoldHour { hour: *at, units: hour.units.of(MovementKind::Sold) });
    (sum, sold.filter(|hour| hour.units > 0).collect())
}

/// Returns the principals with the most units of movements within hours, at most `limit`, most units first.
pub fn sum_actors(hours: &BTreeMap<Time, ActivityHour>, limit: usize) -> Vec<ActorMovements> {
    let mut sums = BTreeMap::<&str, Moved>::new();
    for (actor, moved) in hours.values().flat_map(|hour| &hour.actors) {
        sums.entry(actor).or_default().add(*moved);
    }
    let named = |(actor, moved): (&str, Moved)| ActorMovements { actor: actor.to_owned(), moved };
    let mut actors: Vec<_> = sums.into_iter().map(named).collect();
    actors.sort_by_key(|actor| std::cmp::Reverse((actor.moved.units, actor.moved.movements)));
    actors.truncate(limit);
    actors
}

/// The units that were sold within an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoldHour {
    /// The start of the hour in UTC.
    pub hour: Time,
    /// Units.
    pub units: i64,
}

/// The requests for an item that were refused for a lack of units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Refused {
    /// Requests.
    pub requests: i64,
    /// The requested units that were not in stock.
    pub units: i64,
}

impl Refused {
    /// Adds other requests.
    pub fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.units += other.units;
    }
}

/// The refused requests for an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedItem {
    /// The item.
    pub item: ItemId,
    /// Its SKU.
    pub sku: Option<String>,
    /// Its name; `None` for an item that was deleted.
    pub name: Option<String>,
    /// The requests and units.
    pub refused: Refused,
}

/// Returns the items of a refused request with the units that were not in stock. Only requests of buyers count: holds, carts and
/// allocations. The queue of waiting orders tries an order again and again, so a fill does not count.
pub fn refused_units(request: &Request, decision: &Decision) -> Vec<(ItemId, i64)> {
    let is_of_buyer = matches!(
        request,
        Request::Place(_)
            | Request::PlaceHold(_)
            | Request::PlaceCart(_)
            | Request::ChangeCart(_)
            | Request::RetakeCart(_)
            | Request::Allocate(..)
            | Request::Source(_)
    );
    let missing = |requested: i64, available: i64| requested.saturating_sub(available.max(0));
    let of_lines = |lines: &[crate::Shortage]| {
        lines.iter().map(|line| (line.item, missing(line.requested.into(), line.available.into()))).collect()
    };
    let mut refused: Vec<_> = match decision {
        _ if !is_of_buyer => return Vec::new(),
        Err(Error::InsufficientStock { item, requested, available, .. }) => {
            vec![(*item, missing(i64::from(*requested), i64::from(*available)))]
        }
        Err(Error::CartShort(lines) | Error::CartExpired { shortages: lines, .. }) => of_lines(lines),
        Ok(Granted::Allocated(order)) => of_lines(&order.shortages),
        _ => return Vec::new(),
    };
    refused.retain(|(_, units)| *units > 0);
    refused
}

/// An item that will run out at its present pace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningOut {
    /// The item.
    pub item: ItemId,
    /// Its SKU.
    pub sku: Option<String>,
    /// Its name.
    pub name: String,
    /// Units available now.
    pub available: i64,
    /// Units that were sold within the last [`PACE_DAYS`] days.
    pub sold: i64,
}

impl RunningOut {
    /// Returns the tenths of days until the available units are sold at the pace of the last [`PACE_DAYS`] days, rounded down.
    pub fn cover_tenths(&self) -> i64 {
        self.available.saturating_mul(PACE_DAYS * 10) / self.sold.max(1)
    }
}

/// An order whose missing units wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingOrder {
    /// The order.
    pub order: OrderId,
    /// Its reference.
    pub reference: Option<String>,
    /// The place in the queue, from 1.
    pub place: i64,
    /// The time from which it waits.
    pub since: Time,
    /// The missing units by item.
    pub missing: Vec<MissingUnits>,
}

/// The units of an item that an order misses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingUnits {
    /// The item.
    pub item: ItemId,
    /// Its SKU.
    pub sku: Option<String>,
    /// Its name.
    pub name: String,
    /// Units.
    pub units: i64,
}

/// The number of events of the audit log by one principal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActorEvents {
    /// The principal.
    pub actor: String,
    /// Events.
    pub events: i64,
    /// The time of the last event.
    pub last_at: Time,
}

/// The result of a run of `stockhold reconcile`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReconcileRun {
    /// The time at which it ended.
    pub finished_at: Time,
    /// Its duration in seconds.
    pub seconds: f64,
    /// Whether it repaired the discrepancies that have an automatic repair.
    pub is_repair: bool,
    /// Discrepancies with an automatic repair.
    pub repairable: i64,
    /// Discrepancies without one.
    pub others: i64,
}

impl ReconcileRun {
    /// Returns the discrepancies that are left after the run.
    pub fn left(&self) -> i64 {
        if self.is_repair { self.others } else { self.repairable + self.others }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{OrderAllocation, Shortage, WarehouseId};

    #[test]
    fn each_movement_counts_in_at_most_one_kind() {
        for (reason, name) in MovementReason::ALL {
            let mut units = ActivityUnits::default();
            units.add(reason, 3);
            let sums: i64 = MovementKind::ALL.iter().map(|(kind, _)| units.of(*kind)).sum();
            let counts = MovementKind::ALL.iter().any(|(kind, _)| kind.reasons().contains(&reason));
            assert_eq!(sums, if counts { 3 } else { 0 }, "{name}");
        }
        for (kind, name) in MovementKind::ALL {
            assert_eq!(MovementKind::parse(name), Ok(kind));
        }
        assert!(MovementKind::parse("moved").is_err());
    }

    #[test]
    fn refused_units_are_those_beyond_the_stock() {
        let order = Request::Allocate(OrderId(5), WarehouseId(1));
        let short = |item, requested, available| Shortage { item: ItemId(item), requested, available };
        let rejection =
            || Err(Error::InsufficientStock { item: ItemId(1), warehouse: None, requested: 5, available: 2 });
        assert_eq!(refused_units(&order, &rejection()), [(ItemId(1), 3)]);
        let cart = Err(Error::CartShort(vec![short(1, 4, 0), short(2, 2, 1)]));
        assert_eq!(refused_units(&order, &cart), [(ItemId(1), 4), (ItemId(2), 1)]);
        let retake = Request::RetakeCart(crate::RetakeCart { cart: crate::CartId(1), payment: None });
        let expired = Error::CartExpired {
            cart: crate::CartId(1),
            at: Time::default(),
            shortages: vec![short(4, 5, 1)],
        };
        assert_eq!(refused_units(&retake, &Err(expired)), [(ItemId(4), 4)]);
        let shortages = vec![short(3, 9, 4)];
        let (order_id, warehouse) = (OrderId(5), Some(WarehouseId(1)));
        let granted =
            OrderAllocation { order: order_id, warehouse, parcels: Vec::new(), is_optimal: true, shortages };
        assert_eq!(refused_units(&order, &Ok(Granted::Allocated(granted))), [(ItemId(3), 5)]);
        assert_eq!(refused_units(&order, &Err(Error::OrderNotFound(OrderId(5)))), []);
    }

    #[test]
    fn the_movements_of_all_hours_are_summed_by_principal() {
        let hour = |actors: &[(&str, i64, i64)]| ActivityHour {
            actors: actors
                .iter()
                .map(|(actor, movements, units)| {
                    ((*actor).to_owned(), Moved { movements: *movements, units: *units })
                })
                .collect(),
            ..ActivityHour::default()
        };
        let first = hour(&[("person:anna", 2, 5), ("person:ben", 1, 6)]);
        let second = hour(&[("client:shop", 9, 1), ("person:anna", 1, 4)]);
        let hours = BTreeMap::from([(Time::UNIX_EPOCH, first), (Time::MAX_UTC, second)]);
        let sums = |limit| {
            let actors = sum_actors(&hours, limit).into_iter();
            actors.map(|actor| (actor.actor, actor.moved.movements, actor.moved.units)).collect::<Vec<_>>()
        };
        assert_eq!(sums(2), [("person:anna".to_owned(), 3, 9), ("person:ben".to_owned(), 1, 6)]);
        assert_eq!(sums(9).len(), 3);
    }

    #[test]
    fn the_cover_is_the_stock_by_the_pace() {
        let item =
            |available, sold| RunningOut { item: ItemId(1), sku: None, name: String::new(), available, sold };
        assert_eq!(item(10, 7).cover_tenths(), 100);
        assert_eq!(item(1, 70).cover_tenths(), 1);
        assert_eq!(item(3, 14).cover_tenths(), 15);
    }
}
