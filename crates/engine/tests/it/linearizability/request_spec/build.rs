//! Requests of the planner from specifications.

use super::*;
use crate::linearizability::model::PAYMENT_SECONDS;
use domain::{
    CartLine, ChangeCart, ChangeCondition, ConvertHolds, CountBasis, HoldNote, HoldSource, LevelChange,
    LevelTarget, Note, PlaceCart, PlaceHold, Reference, Request, RetakeCart, StartPayment, StockAdjustment,
    StockMove,
};
use std::collections::BTreeSet;

impl RequestSpec {
    /// Returns the request, if there is an entity for it to name.
    pub(in crate::linearizability) fn request(&self, seen: &Seen) -> Option<Request> {
        let item = |number: &usize| seen.items[number % seen.items.len()];
        let warehouse = |number: &usize| seen.warehouses[*number];
        let order = |number: &usize| seen.orders[number % seen.orders.len()];
        let guessed =
            |ahead: &i64| OrderId(seen.orders.iter().map(|order| order.0).max().unwrap_or(0) + ahead);
        let block =
            |number: &usize| (!seen.blocks.is_empty()).then(|| seen.blocks[number % seen.blocks.len()]);
        let cart = |number: &usize| (!seen.carts.is_empty()).then(|| seen.carts[number % seen.carts.len()]);
        let payment =
            |name: u8| Reference::new(&format!("pay-{}-{name}", seen.items[0])).expect("a reference");
        let convert = |source| Request::Convert(ConvertHolds::new(source, None).expect("a request"));
        let line = |(number, quantity, place): &Line| CartLine {
            item: item(number),
            quantity: units(*quantity),
            warehouse: place.as_ref().map(warehouse),
        };
        let ttl = Ttl::default();
        Some(match self {
            Self::Place((number, quantity, place)) => {
                let warehouse = place.as_ref().map(warehouse);
                Request::Place(PlaceBlock { warehouse, ..crate::block(item(number), *quantity) })
            }
            Self::PlaceHold((number, quantity, place), reference) => {
                let warehouse = place.as_ref().map(warehouse);
                let name = reference.map(|name| format!("{}-{name}", seen.items[0]));
                let reference = name.map(|name| Reference::new(&name).expect("a reference"));
                let block = PlaceBlock { warehouse, ..crate::block(item(number), *quantity) };
                let note = Some(HoldNote::new("calls back").expect("a note"));
                Request::PlaceHold(PlaceHold { block, reference, note })
            }
            Self::ConfirmPart(number, quantity) => Request::ConfirmPart(block(number)?, units(*quantity)),
            Self::PlaceCart(lines, reference) => {
                // References are unique per case, because its first item is.
                let name = reference.map(|name| format!("{}-{name}", seen.items[0]));
                let reference = name.map(|name| Reference::new(&name).expect("a reference"));
                Request::PlaceCart(
                    PlaceCart::new(lines.iter().map(line).collect(), ttl, reference).expect("a cart"),
                )
            }
            Self::Confirm(number, quantity) => Request::Confirm(block(number)?, quantity.map(units)),
            Self::Release(number) => Request::Release(block(number)?),
            Self::Extend(number) => Request::Extend(block(number)?, ttl),
            Self::ChangeCart(number, version, lines) => {
                let lines = lines.iter().map(line).collect();
                Request::ChangeCart(ChangeCart::new(cart(number)?, *version, lines, None).expect("a change"))
            }
            Self::ConfirmCart(number) => Request::ConfirmCart(cart(number)?),
            Self::ReleaseCart(number) => Request::ReleaseCart(cart(number)?),
            Self::ExtendCart(number) => Request::ExtendCart(cart(number)?, ttl),
            Self::StartPayment(number, name) => Request::StartPayment(StartPayment {
                cart: cart(number)?,
                ttl: Ttl::new(PAYMENT_SECONDS).expect("an hour"),
                reference: payment(*name),
            }),
            Self::EndPayment(number) => Request::EndPayment(cart(number)?),
            Self::ConfirmLate(number, name) => {
                Request::RetakeCart(RetakeCart { cart: cart(number)?, payment: name.map(payment) })
            }
            Self::ConvertCart(number) => convert(HoldSource::Cart(cart(number)?)),
            Self::ConvertBlocks(numbers) => {
                let blocks = numbers.iter().map(block).collect::<Option<BTreeSet<_>>>()?;
                convert(HoldSource::Blocks(blocks.into_iter().collect()))
            }
            Self::ShipBlock(number) => Request::ShipBlock(block(number)?),
            Self::ShipCart(number) => Request::ShipCart(cart(number)?),
            Self::ConfirmCartOfBlock(number) => Request::ConfirmCart(CartId(block(number)?.0)),
            Self::Adjust(number, place, delta) => {
                Request::Adjust(adjustment(item(number), Some(warehouse(place)), *delta))
            }
            Self::Count(number, place, counted, expected) => {
                Request::ChangeLevel(count(item(number), warehouse(place), *counted, *expected))
            }
            Self::Move(number, from, further, quantity) => {
                let (from, to) = (warehouse(from), warehouse(&((from + further) % 3)));
                let note = Note::new("nearer").expect("a note");
                let movement = StockMove::new(item(number), from, to, units(*quantity), note);
                Request::Move(movement.expect("another warehouse"))
            }
            Self::Condition(number, place, quantity, change) => Request::ChangeCondition(ChangeCondition {
                item: item(number),
                warehouse: Some(warehouse(place)),
                quantity: units(*quantity),
                change: CONDITION_CHANGES[*change],
                note: Note::new("inspected").expect("a note"),
            }),
            Self::Allocate(number, place) => Request::Allocate(order(number), warehouse(place)),
            Self::Cancel(number) => Request::Cancel(order(number)),
            Self::Order(number, spec) => spec.request(order(number), seen),
            Self::AllocateGuessed(ahead, place) => Request::Allocate(guessed(ahead), warehouse(place)),
            Self::CancelGuessed(ahead) => Request::Cancel(guessed(ahead)),
            Self::CreateOrder(_) | Self::CleanUp => return None,
        })
    }
}

pub(in crate::linearizability) fn adjustment(
    item: ItemId,
    warehouse: Option<WarehouseId>,
    delta: i64,
) -> StockAdjustment {
    StockAdjustment::new(item, warehouse, delta, Note::new("counted").expect("a note"))
        .expect("an adjustment")
}

/// A count of the available units of a level.
fn count(item: ItemId, warehouse: WarehouseId, units: i64, expected: Option<i64>) -> LevelChange {
    let units_of = |units| Units::new(units).expect("units");
    let (units, expected) = (units_of(units), expected.map(units_of));
    let target = LevelTarget::Set { units, expected, basis: CountBasis::Available };
    let note = "counted".to_owned();
    LevelChange { item, sku: None, warehouse: Some(warehouse), target, note, write_off_units_max: None }
}
