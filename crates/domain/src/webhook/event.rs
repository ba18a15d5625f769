//! The events that webhooks deliver, and the filters of an endpoint.

use crate::{Error, ItemId, MovementReason, SignalKind, Sku, Time, WarehouseId, WebhookId, fold_key};
use std::collections::BTreeSet;
use std::fmt;

/// The most warehouses of a filter.
pub const WEBHOOK_WAREHOUSES_MAX: usize = 100;

/// The most SKUs of a filter.
pub const WEBHOOK_SKUS_MAX: usize = 1_000;

/// The prefix of the kinds of movements.
const MOVEMENT_PREFIX: &str = "movement.";

/// The kind of an event, which is the `type` of its message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// A movement, by its reason.
    Movement(MovementReason),
    /// A signal.
    Signal(SignalKind),
}

impl EventKind {
    /// Returns every kind.
    pub fn all() -> impl Iterator<Item = Self> {
        let movements = MovementReason::ALL.iter().map(|(reason, _)| Self::Movement(*reason));
        movements.chain(SignalKind::ALL.iter().map(|(kind, _)| Self::Signal(*kind)))
    }

    /// Returns the kind with this name.
    ///
    /// # Errors
    /// [`Error::Invalid`] lists the kinds.
    pub fn parse(name: &str) -> Result<Self, Error> {
        let movement = name.strip_prefix(MOVEMENT_PREFIX).and_then(MovementReason::parse).map(Self::Movement);
        movement.or_else(|| SignalKind::parse(name).map(Self::Signal)).ok_or_else(|| {
            let names: Vec<_> = Self::all().map(|kind| kind.to_string()).collect();
            Error::invalid("eventKinds", format!("must be of {}", names.join(", ")))
        })
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Movement(reason) => write!(f, "{MOVEMENT_PREFIX}{reason}"),
            Self::Signal(kind) => kind.fmt(f),
        }
    }
}

/// The properties of an event that filters and the order of deliveries need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEvent {
    /// The id. Movements and signals share one sequence.
    pub id: i64,
    /// The kind.
    pub kind: EventKind,
    /// The item.
    pub item: ItemId,
    /// The item's SKU.
    pub sku: Option<String>,
    /// The warehouse of a movement. A signal is about all warehouses.
    pub warehouse: Option<WarehouseId>,
    /// The time at which it was written.
    pub created_at: Time,
}

/// The id of a message, which every attempt has. It is unique over endpoints, and over histories of the database: after a
/// restore, an event with the same id has another time.
pub fn message_id(webhook: WebhookId, event: &WebhookEvent) -> String {
    format!("msg_{webhook}_{}_{:x}", event.id, event.created_at.timestamp_micros())
}

/// The events that an endpoint receives. An empty set excludes nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WebhookFilter {
    /// The names of the kinds.
    kinds: BTreeSet<String>,
    /// The warehouses of movements. Signals are of no warehouse, so they pass.
    warehouses: BTreeSet<WarehouseId>,
    /// The SKUs as they were given.
    skus: BTreeSet<String>,
    /// The SKUs as they are compared.
    folded: BTreeSet<String>,
}

impl WebhookFilter {
    /// Checks a filter.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an unknown kind, a malformed SKU, more than [`WEBHOOK_WAREHOUSES_MAX`] warehouses, or more than
    /// [`WEBHOOK_SKUS_MAX`] SKUs.
    pub fn new(kinds: &[String], warehouses: &[i64], skus: &[String]) -> Result<Self, Error> {
        let kinds = kinds.iter().map(|name| EventKind::parse(name).map(|kind| kind.to_string()));
        let kinds = kinds.collect::<Result<_, _>>()?;
        let too_many = |field, max: usize| Error::invalid(field, format!("must have at most {max} entries"));
        if warehouses.len() > WEBHOOK_WAREHOUSES_MAX {
            return Err(too_many("warehouseIds", WEBHOOK_WAREHOUSES_MAX));
        }
        if skus.len() > WEBHOOK_SKUS_MAX {
            return Err(too_many("skus", WEBHOOK_SKUS_MAX));
        }
        let skus = skus.iter().map(|sku| Sku::new(sku).map(|sku| sku.to_string()));
        let skus: BTreeSet<_> = skus.collect::<Result<_, _>>()?;
        let folded = skus.iter().map(|sku| fold_key(sku)).collect();
        Ok(Self { kinds, warehouses: warehouses.iter().copied().map(WarehouseId).collect(), skus, folded })
    }

    /// Returns whether the endpoint receives the event.
    pub fn matches(&self, event: &WebhookEvent) -> bool {
        let has_kind = self.kinds.is_empty() || self.kinds.contains(&event.kind.to_string());
        let has_warehouse = self.warehouses.is_empty()
            || event.warehouse.is_none_or(|warehouse| self.warehouses.contains(&warehouse));
        let has_sku = self.folded.is_empty()
            || event.sku.as_deref().is_some_and(|sku| self.folded.contains(&fold_key(sku)));
        has_kind && has_warehouse && has_sku
    }

    /// The names of the kinds.
    pub fn kinds(&self) -> Vec<String> {
        self.kinds.iter().cloned().collect()
    }

    /// The ids of the warehouses.
    pub fn warehouses(&self) -> Vec<i64> {
        self.warehouses.iter().map(|warehouse| warehouse.0).collect()
    }

    /// The SKUs.
    pub fn skus(&self) -> Vec<String> {
        self.skus.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: &str, warehouse: Option<i64>, sku: Option<&str>) -> WebhookEvent {
        WebhookEvent {
            id: 7,
            kind: EventKind::parse(kind).expect("a kind"),
            item: ItemId(1),
            sku: sku.map(str::to_owned),
            warehouse: warehouse.map(WarehouseId),
            created_at: Time::UNIX_EPOCH,
        }
    }

    fn filter(kinds: &[&str], warehouses: &[i64], skus: &[&str]) -> WebhookFilter {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        WebhookFilter::new(&texts(kinds), warehouses, &texts(skus)).expect("a filter")
    }

    #[test]
    fn each_kind_is_parsed_back() {
        for kind in EventKind::all() {
            assert_eq!(EventKind::parse(&kind.to_string()), Ok(kind));
        }
        for name in ["", "movement", "movement.", "movement.lost", "blocked", "stock"] {
            assert!(EventKind::parse(name).is_err(), "{name}");
        }
    }

    #[test]
    fn an_event_passes_all_parts_of_a_filter() {
        let blocked = event("movement.blocked", Some(1), Some("LAMP"));
        assert!(filter(&[], &[], &[]).matches(&blocked));
        assert!(filter(&["movement.blocked", "stock.low"], &[1, 2], &["lamp"]).matches(&blocked));
        assert!(!filter(&["stock.low"], &[], &[]).matches(&blocked));
        assert!(!filter(&[], &[2], &[]).matches(&blocked));
        assert!(!filter(&[], &[], &["SOFA"]).matches(&blocked));
        assert!(!filter(&[], &[], &["LAMP"]).matches(&event("movement.blocked", Some(1), None)));
        assert!(
            filter(&[], &[2], &[]).matches(&event("stock.low", None, None)),
            "a signal is of no warehouse"
        );
    }

    #[test]
    fn filters_are_bounded() {
        assert!(WebhookFilter::new(&["x".to_owned()], &[], &[]).is_err());
        assert!(WebhookFilter::new(&[], &vec![1; WEBHOOK_WAREHOUSES_MAX + 1], &[]).is_err());
        assert!(WebhookFilter::new(&[], &[], &vec!["A".to_owned(); WEBHOOK_SKUS_MAX + 1]).is_err());
        assert!(WebhookFilter::new(&[], &[], &[String::new()]).is_err());
    }

    #[test]
    fn the_id_of_a_message_differs_per_endpoint_and_per_history() {
        let first = event("stock.low", None, None);
        let later =
            WebhookEvent { created_at: Time::UNIX_EPOCH + chrono::TimeDelta::seconds(1), ..first.clone() };
        assert_eq!(message_id(WebhookId(3), &first), "msg_3_7_0");
        assert_ne!(message_id(WebhookId(3), &first), message_id(WebhookId(3), &later));
        assert_ne!(message_id(WebhookId(3), &first), message_id(WebhookId(4), &first));
    }
}
