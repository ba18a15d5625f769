//! Conversions of the event feed and the live stream.

use crate::*;
use engine::WithKeys;

impl From<engine::EventPage> for EventPage {
    fn from(page: engine::EventPage) -> Self {
        Self {
            events: WithKeys::each(page.events, &page.keys).map(Movement::from).collect(),
            signals: WithKeys::each(page.signals, &page.keys).map(Signal::from).collect(),
            cursor: page.cursor.to_string(),
            lag_seconds: page.lag_seconds,
        }
    }
}

impl From<WithKeys<domain::Signal>> for Signal {
    fn from(WithKeys { output: signal, keys }: WithKeys<domain::Signal>) -> Self {
        Self {
            id: signal.id,
            kind: signal.kind.to_string(),
            item_id: signal.item.0,
            sku: keys.sku(signal.item),
            movement_id: signal.movement,
            unsold: signal.unsold,
            threshold: signal.threshold,
            created_at: signal.created_at,
        }
    }
}

impl From<WithKeys<domain::ItemStock>> for ChangedItem {
    fn from(WithKeys { output: item, keys }: WithKeys<domain::ItemStock>) -> Self {
        let level = |(warehouse, available): (domain::WarehouseId, i32)| WarehouseUnits {
            warehouse_id: warehouse.0,
            warehouse_code: keys.code(warehouse),
            available,
        };
        Self {
            item_id: item.id.0,
            sku: keys.sku(item.id),
            item_name: item.name,
            category: item.category,
            quantity: item.quantity,
            levels: item.levels.into_iter().map(level).collect(),
        }
    }
}

impl From<engine::Topic> for Touched {
    fn from(topic: engine::Topic) -> Self {
        match topic {
            engine::Topic::Items => Self::Items,
            engine::Topic::Blocks => Self::Blocks,
            engine::Topic::Orders => Self::Orders,
            engine::Topic::Warehouses => Self::Warehouses,
            engine::Topic::Stock => Self::Stock,
        }
    }
}

impl From<&engine::ChangePage> for Changes {
    fn from(page: &engine::ChangePage) -> Self {
        let engine::ChangePage { cursor, skipped, topics, events, signals, items, keys, lag_seconds } = page;
        Self {
            cursor: cursor.to_string(),
            skipped: *skipped,
            touched: topics.iter().copied().map(Touched::from).collect(),
            events: WithKeys::each(events.iter().cloned(), keys).map(Movement::from).collect(),
            signals: WithKeys::each(signals.iter().cloned(), keys).map(Signal::from).collect(),
            items: WithKeys::each(items.iter().cloned(), keys).map(ChangedItem::from).collect(),
            lag_seconds: *lag_seconds,
        }
    }
}
