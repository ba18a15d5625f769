use crate::deserialize;
use serde::{Deserialize, Serialize};
use std::hash::{DefaultHasher, Hasher as _};
use std::sync::Arc;

/// A request for the availability of items. It is for the server only: the console has other reads.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReadAvailability {
    /// The ids of the items. With the SKUs 1 to 1,000. An item that is named twice is returned once.
    #[serde(default, deserialize_with = "deserialize::ids")]
    pub item_ids: Vec<i64>,
    /// The SKUs of the items.
    #[serde(default)]
    pub skus: Vec<String>,
    /// Whether to return the units of each warehouse; default false.
    #[serde(default)]
    pub warehouses: bool,
}

/// The units of several items at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Availability {
    /// The position in the ledger, for the parameter `after` of `/api/events`: the units are those after exactly the
    /// movements up to it, while `lagSeconds` is 0.
    pub cursor: String,
    /// Usually 0. Above 0, an open transaction of another application holds the cursor back, and the units include later
    /// movements: the age of the oldest one, in seconds.
    pub lag_seconds: u64,
    /// The items that exist, in the order of the request: those of ids, then those of SKUs.
    pub items: Vec<ItemAvailability>,
    /// The requested ids without an item.
    pub unknown_item_ids: Vec<i64>,
    /// The requested SKUs without an item.
    pub unknown_skus: Vec<String>,
}

/// The units of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ItemAvailability {
    pub item_id: i64,
    /// Null without a SKU.
    pub sku: Option<String>,
    /// Units that can be sold now.
    pub available: i64,
    /// Units in temporary blocks, also in expired ones until their units have returned.
    pub held: i64,
    /// Units that are sold by permanent blocks or allocated to orders, and not shipped.
    pub committed: i64,
    /// Damaged units.
    pub damaged: i64,
    /// Units in quarantine.
    pub quarantined: i64,
    /// Units on the shelf: the sum of the others.
    pub on_hand: i64,
    /// The units in each warehouse that has a stock level, by warehouse id; only if the request asks for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warehouses: Option<Vec<LevelAvailability>>,
}

/// The units of an item in one warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LevelAvailability {
    pub warehouse_id: i64,
    pub warehouse_code: String,
    /// Units that can be sold now.
    pub available: i64,
    /// Units in temporary blocks, also in expired ones until their units have returned.
    pub held: i64,
    /// Units that are sold by permanent blocks or allocated to orders, and not shipped.
    pub committed: i64,
    /// Damaged units.
    pub damaged: i64,
    /// Units in quarantine.
    pub quarantined: i64,
    /// Units on the shelf: the sum of the others.
    pub on_hand: i64,
}

impl ItemAvailability {
    /// Converts the units of an item. Without `warehouses`, only sums are returned.
    pub fn new(item: &domain::ItemAvailability, warehouses: bool) -> Self {
        let units = item.units();
        let levels = || item.levels.iter().cloned().map(LevelAvailability::from).collect();
        Self {
            item_id: item.item.0,
            sku: item.sku.clone(),
            available: units.available,
            held: units.held,
            committed: units.committed,
            damaged: units.damaged,
            quarantined: units.quarantined,
            on_hand: units.on_hand(),
            warehouses: warehouses.then(levels),
        }
    }
}

impl Availability {
    /// Returns the JSON of the engine's answer from the cached JSON of its items. Without `warehouses`, only sums are
    /// returned. The tag is a hash of the items with their SKUs, units and codes of warehouses, on every server the same.
    /// The cursor and the lag are not part of it, because they change with other items.
    pub fn json(
        availability: &domain::Availability<Arc<engine::CachedAvailability>>,
        warehouses: bool,
    ) -> engine::JsonBytes {
        let render = |item: &domain::ItemAvailability| to_json(&ItemAvailability::new(item, warehouses));
        let items: Vec<_> = availability.items.iter().map(|item| item.json(warehouses, render)).collect();
        let unknown_ids: Vec<_> = availability.unknown.iter().map(|item| item.0).collect();
        let unknown_items = to_json(&unknown_ids);
        let unknown_skus = to_json(&availability.unknown_skus);
        let lag_seconds = to_json(&availability.lag_seconds);

        let mut hasher = DefaultHasher::new();
        items.iter().for_each(|item| hasher.write_u64(item.tag));
        hasher.write(&unknown_items);
        hasher.write(&unknown_skus);

        // The fields of `Availability`, in their order.
        let cursor = to_json(&availability.cursor.to_string());
        let mut body = Vec::with_capacity(256 + items.iter().map(|item| item.body.len() + 1).sum::<usize>());
        body.extend(
            [br#"{"cursor":"#, &cursor[..], br#","lagSeconds":"#, &lag_seconds, br#","items":["#].concat(),
        );
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                body.push(b',');
            }
            body.extend_from_slice(&item.body);
        }
        let unknown =
            [br#"],"unknownItemIds":"#, &unknown_items[..], br#","unknownSkus":"#, &unknown_skus, b"}"];
        body.extend(unknown.concat());
        engine::JsonBytes { body: body.into(), tag: hasher.finish() }
    }
}

/// Serializes a value whose serialization never fails.
fn to_json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

impl From<domain::LevelAvailability> for LevelAvailability {
    fn from(level: domain::LevelAvailability) -> Self {
        Self {
            warehouse_id: level.warehouse.0,
            warehouse_code: level.warehouse_code,
            available: level.units.available,
            held: level.units.held,
            committed: level.units.committed,
            damaged: level.units.damaged,
            quarantined: level.units.quarantined,
            on_hand: level.units.on_hand(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{ItemId, LedgerCursor, StockUnits, WarehouseId};

    fn item(id: i64, sku: Option<&str>, available: i64) -> domain::ItemAvailability {
        let level = |warehouse, available| domain::LevelAvailability {
            warehouse: WarehouseId(warehouse),
            warehouse_code: format!("W \"{warehouse}\""),
            units: StockUnits::new(available, 2),
        };
        let levels = vec![level(1, available), level(2, 5)];
        domain::ItemAvailability { item: ItemId(id), sku: sku.map(str::to_owned), levels }
    }

    fn answer(
        items: &[domain::ItemAvailability],
        position: i64,
    ) -> domain::Availability<Arc<engine::CachedAvailability>> {
        domain::Availability {
            cursor: LedgerCursor { position, fingerprint: Some("f00".to_owned()) },
            lag_seconds: 3,
            items: items.iter().cloned().map(engine::CachedAvailability::of).collect(),
            unknown: vec![ItemId(8), ItemId(9)],
            unknown_skus: vec!["A \"B\"".to_owned()],
        }
    }

    #[test]
    fn the_json_is_that_of_the_wire_type() {
        for (items, warehouses) in [(vec![item(1, Some("L 7"), 3), item(2, None, 0)], true), (vec![], false)]
        {
            let answer = answer(&items, 7);
            let wire = Availability {
                cursor: answer.cursor.to_string(),
                lag_seconds: 3,
                items: items.iter().map(|item| ItemAvailability::new(item, warehouses)).collect(),
                unknown_item_ids: vec![8, 9],
                unknown_skus: answer.unknown_skus.clone(),
            };
            let json = Availability::json(&answer, warehouses);
            assert_eq!(String::from_utf8_lossy(&json.body), String::from_utf8_lossy(&to_json(&wire)));
        }
    }

    #[test]
    fn the_tag_is_that_of_the_units() {
        let tag =
            |items: &[_], position, warehouses| Availability::json(&answer(items, position), warehouses).tag;
        let items = [item(1, None, 3), item(2, None, 0)];
        let first = tag(&items, 7, false);
        assert_eq!(tag(&items, 8, false), first);
        assert_ne!(tag(&items, 7, true), first);
        assert_ne!(tag(&items[..1], 7, false), first);
        assert_ne!(tag(&[items[0].clone(), item(2, None, 1)], 7, false), first);
    }
}
