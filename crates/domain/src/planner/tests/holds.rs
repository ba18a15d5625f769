//! Blocks with the details of their buyer, and blocks that are confirmed in part.

use super::*;
use crate::PlaceHold;

fn reference() -> Reference {
    Reference::new("buyer").expect("a reference")
}

fn note() -> HoldNote {
    HoldNote::new("calls back on Friday").expect("a note")
}

fn hold(quantity: i64) -> Request {
    let block =
        PlaceBlock { item: ItemId(1), quantity: units(quantity), warehouse: None, ttl: Ttl::default() };
    Request::PlaceHold(PlaceHold { block, reference: Some(reference()), note: Some(note()) })
}

/// A snapshot with block 7 of five units, which has a reference and a note.
fn stock_with_hold() -> Snapshot {
    let mut stock = stock(&[(1, 1, 4)]);
    let until = Some(at(NOW + 60));
    let block = HeldBlock { id: BlockId(7), key: key(1, 1), quantity: 5, expires_at: until, cart: None };
    stock.blocks.insert(block.id, block);
    stock.references.insert(block.id, reference());
    stock.notes.insert(block.id, note());
    stock
}

#[test]
fn a_hold_has_a_reference_and_a_note_and_no_cart() {
    let plan = plan(&stock(&[(1, 1, 4)]), &[hold(3), hold(2)]);
    assert_eq!(granted(&plan), [true, false]);
    let [new] = plan.changes.placed.as_slice() else { panic!("{plan:?}") };
    assert_eq!(
        (new.reference.clone(), new.note.clone(), new.block.cart),
        (Some(reference()), Some(note()), None)
    );
    assert!(plan.changes.carts.is_empty());
    let short = Error::InsufficientStock {
        item: ItemId(1),
        warehouse: Some(WarehouseId(1)),
        requested: 2,
        available: 1,
    };
    assert_eq!(plan.decisions[1], Err(short));
}

#[test]
fn holds_count_for_the_limit_of_their_reference() {
    let limits = BlockLimits { reference_blocks_max: 2, ..BlockLimits::default() };
    let stock = Snapshot { limits, active_blocks: [(reference(), 1)].into(), ..stock(&[(1, 1, 9)]) };
    let plan = plan(&stock, &[hold(1), hold(1)]);
    let reference = "buyer".to_owned();
    assert_eq!(
        plan.decisions[1],
        Err(Error::ReferenceBlocksLimit { reference, active: 2, requested: 1, max: 2 })
    );
    assert_eq!(blocks_by_reference(&[hold(1), hold(1)]).into_values().collect::<Vec<_>>(), [2]);
}

#[test]
fn the_units_that_are_not_confirmed_can_stay_held() {
    let plan = plan(&stock_with_hold(), &[Request::ConfirmPart(BlockId(7), units(3))]);
    let Ok(Granted::PartConfirmed(sold)) = &plan.decisions[0] else { panic!("{plan:?}") };
    assert_eq!((sold.block.id, sold.block.quantity, sold.block.expires_at), (BlockId(7), 3, None));
    let rest = sold.rest.expect("a rest");
    assert_eq!((rest.id, rest.quantity, rest.remaining, rest.expires_at), (BlockId(100), 2, 4, at(NOW + 60)));
    let [new] = plan.changes.placed.as_slice() else { panic!("{plan:?}") };
    assert_eq!((new.reference.clone(), new.note.clone()), (Some(reference()), Some(note())));
    assert!(plan.changes.levels.is_empty(), "no unit became available");
    let lines =
        plan.changes.movements.iter().map(|line| (line.block.map(|id| id.0), line.change, line.reason));
    assert_eq!(
        lines.collect::<Vec<_>>(),
        [
            (Some(7), 2, MovementReason::Released),
            (Some(7), 0, MovementReason::Confirmed),
            (Some(100), -2, MovementReason::Blocked),
        ]
    );
}

#[test]
fn a_whole_hold_leaves_no_rest() {
    let plan = plan(&stock_with_hold(), &[Request::ConfirmPart(BlockId(7), units(5))]);
    let Ok(Granted::PartConfirmed(sold)) = &plan.decisions[0] else { panic!("{plan:?}") };
    assert_eq!((sold.block.quantity, sold.rest), (5, None));
    assert!(plan.changes.placed.is_empty());
}

#[test]
fn a_part_is_refused_as_a_whole_is() {
    let mut stock = stock_with_hold();
    let in_cart = HeldBlock {
        id: BlockId(8),
        cart: Some(CartId(8)),
        ..stock.blocks.get(&BlockId(7)).copied().expect("a block")
    };
    stock.blocks.insert(in_cart.id, in_cart);
    let expired = HeldBlock { id: BlockId(9), cart: None, expires_at: Some(at(NOW)), ..in_cart };
    stock.blocks.insert(expired.id, expired);
    let part = |id| Request::ConfirmPart(BlockId(id), units(6));
    let plan = plan(&stock, &[part(7), part(8), part(9), part(10)]);
    assert_eq!(
        plan.decisions,
        [
            Err(Error::QuantityOverBlock { block: BlockId(7), requested: 6, held: 5 }),
            Err(Error::BlockInCart { block: BlockId(8), cart: CartId(8) }),
            Err(Error::BlockExpired { block: BlockId(9), at: at(NOW) }),
            Err(Error::BlockNotFound(BlockId(10))),
        ]
    );
    assert!(plan.changes.is_empty());
}

#[test]
fn the_note_of_a_cart_is_that_of_its_blocks() {
    let Request::PlaceCart(cart) = cart(&[(1, 1, None), (1, 2, None)]) else { panic!("a cart") };
    let plan = plan(&stock(&[(1, 1, 9)]), &[Request::PlaceCart(cart.with_note(Some(note())))]);
    assert!(plan.changes.placed.iter().all(|new| new.note == Some(note())));
    let notes: Vec<_> = plan.changes.carts.values().map(|change| change.details.note.clone()).collect();
    assert_eq!(notes, [Some(note())]);
}
