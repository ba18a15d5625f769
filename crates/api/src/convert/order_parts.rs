//! Conversions of answers about a part of an order.

use crate::shipments::level_units;
use crate::*;
use domain::ItemId;
use engine::{KeysById, WithKeys};

fn item_units(keys: &KeysById, units: Vec<(ItemId, i32)>) -> Vec<ItemUnits> {
    let units = units.into_iter();
    units.map(|(item, quantity)| ItemUnits { item_id: item.0, sku: keys.sku(item), quantity }).collect()
}

impl From<WithKeys<domain::OrderFilled>> for OrderFilled {
    fn from(WithKeys { output, keys }: WithKeys<domain::OrderFilled>) -> Self {
        Self {
            allocated: output.missing.is_empty(),
            order_id: output.order.0,
            status: output.status.into(),
            taken: level_units(output.taken, &keys),
            missing: item_units(&keys, output.missing),
        }
    }
}

impl From<WithKeys<domain::OrderPartChanged>> for OrderPartChanged {
    fn from(WithKeys { output, keys }: WithKeys<domain::OrderPartChanged>) -> Self {
        Self {
            order_id: output.order.0,
            status: output.status.into(),
            units: item_units(&keys, output.units),
            returned: level_units(output.returned, &keys),
        }
    }
}

impl From<WithKeys<domain::OrderAllocation>> for AllocationAnswer {
    fn from(allocation: WithKeys<domain::OrderAllocation>) -> Self {
        Self::Whole(allocation.into())
    }
}

impl From<WithKeys<domain::OrderFilled>> for AllocationAnswer {
    fn from(filled: WithKeys<domain::OrderFilled>) -> Self {
        Self::Partial(filled.into())
    }
}

impl From<WithKeys<domain::OrderId>> for CancelAnswer {
    fn from(cancelled: WithKeys<domain::OrderId>) -> Self {
        Self::Order(cancelled.into())
    }
}

impl From<WithKeys<domain::OrderPartChanged>> for CancelAnswer {
    fn from(changed: WithKeys<domain::OrderPartChanged>) -> Self {
        Self::Lines(changed.into())
    }
}
