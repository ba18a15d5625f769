//! Payments of carts, and late confirmations.

use super::cart_changes::{CART, with_cart};
use super::*;
use crate::{CartHolding, CartPayment, CartState, RetakeCart, StartPayment};
use chrono::TimeDelta;

fn pay(seconds: i64) -> Request {
    let ttl = Ttl::new(seconds).expect("a ttl");
    Request::StartPayment(StartPayment { cart: CART, ttl, reference: named("P-1") })
}

fn named(text: &str) -> Reference {
    Reference::new(text).expect("a reference")
}

fn retake(payment: Option<&str>) -> Request {
    Request::RetakeCart(RetakeCart { cart: CART, payment: payment.map(named) })
}

/// Sets the payment of the cart.
fn with_payment(stock: &mut Snapshot, until: i64, expires_before: i64) {
    let (until, expires_before) = (at(until), at(expires_before));
    let payment = CartPayment { reference: named("P-1"), until, expires_before, retaken_at: None };
    stock.cart_details.get_mut(&CART).expect("a cart").payment = Some(payment);
}

fn expiries(plan: &Plan) -> Vec<Option<Time>> {
    plan.changes.updated.values().map(|block| block.expires_at).collect()
}

#[test]
fn a_payment_always_moves_the_expiry_and_never_shortens() {
    let stock = with_cart(&[(1, 1, 1)], &[(1, 1, 3), (1, 1, 1)]);
    let moment = TimeDelta::microseconds(1);
    for (ttl, expected) in [(61, at(NOW + 61)), (60, at(NOW + 60) + moment), (5, at(NOW + 60) + moment)] {
        let plan = plan(&stock, &[pay(ttl)]);
        assert_eq!(expiries(&plan), [Some(expected); 2]);
        let Ok(Granted::PaymentChanged(cart)) = &plan.decisions[0] else { panic!("{:?}", plan.decisions) };
        let payment = cart.payment.as_ref().expect("a payment");
        assert_eq!((payment.until, payment.expires_before), (at(NOW + ttl), at(NOW + 60)));
        assert!(plan.changes.movements.is_empty() && plan.changes.extensions.is_empty());
        assert_eq!(plan.changes.payments.len(), 1);
    }
}

#[test]
fn a_running_payment_refuses_all_but_a_confirmation_and_its_end() {
    let mut stock = with_cart(&[(1, 1, 1)], &[(1, 1, 3)]);
    with_payment(&mut stock, NOW + 1, NOW - 5);
    let running = Error::PaymentRunning { cart: CART, reference: "P-1".to_owned(), until: at(NOW + 1) };
    let requests = [pay(60), Request::ReleaseCart(CART), Request::ExtendCart(CART, Ttl::default())];
    let decisions = plan(&stock, &requests).decisions;
    assert!(decisions.iter().all(|decision| *decision == Err(running.clone())), "{decisions:?}");
    assert!(plan(&stock, &[Request::ConfirmCart(CART)]).decisions[0].is_ok());
    let ended = plan(&stock, &[Request::EndPayment(CART)]);
    let Ok(Granted::PaymentChanged(cart)) = &ended.decisions[0] else { panic!("{:?}", ended.decisions) };
    assert_eq!((cart.state, expiries(&ended)), (CartState::Expired, vec![Some(at(NOW - 5))]));
    stock.now = at(NOW + 1);
    let decisions = plan(&stock, &requests).decisions;
    assert!(decisions[0].is_ok(), "the time for the payment is over: {decisions:?}");
    assert_eq!(plan(&stock, &[Request::EndPayment(CART)]).decisions, [Err(Error::PaymentNotRunning(CART))]);
}

#[test]
fn a_retake_sums_the_units_of_a_level_and_takes_all_or_none() {
    // Block 7 has not been reclaimed; blocks 8 and 9 have ended.
    let mut stock = with_cart(&[(1, 1, 4)], &[(1, 1, 3), (1, 1, 2), (1, 1, 2)]);
    stock.blocks.get_mut(&BlockId(7)).expect("a block").expires_at = Some(at(NOW));
    for id in [8, 9].map(BlockId) {
        let ended = stock.blocks.remove(&id).expect("a block");
        stock.ended.insert(id, crate::BlockEnd::Expired(at(NOW)));
        stock.ended_lines.insert(id, CartHolding { block: id, key: ended.key, quantity: ended.quantity });
    }
    let missing = plan(&stock, &[retake(None)]).decisions;
    assert!(matches!(missing[0], Err(Error::Invalid { field: "paymentReference", .. })), "{missing:?}");
    with_payment(&mut stock, NOW, NOW - 60);
    let taken = plan(&stock, &[retake(None), retake(None)]);
    let Ok(Granted::CartConfirmed(cart)) = &taken.decisions[0] else { panic!("{:?}", taken.decisions) };
    let blocks: Vec<_> = cart.blocks.iter().map(|block| (block.id.0, block.quantity)).collect();
    assert_eq!((cart.is_retaken, blocks), (true, vec![(7, 3), (100, 2), (101, 2)]));
    assert!(cart.blocks.iter().all(|block| block.expires_at.is_none() && block.cart == Some(CART)));
    assert_eq!(taken.changes.levels, [(key(1, 1), -4)].into());

    stock.levels.insert(key(1, 1), 3);
    let short = plan(&stock, &[retake(Some("P-2"))]);
    let shortages = vec![Shortage { item: ItemId(1), requested: 4, available: 3 }];
    assert_eq!(short.decisions, [Err(Error::CartExpired { cart: CART, at: at(NOW), shortages })]);
    assert!(short.changes.is_empty());
    assert_eq!(short.short_items, [ItemId(1)].into());
    stock.paid_carts.insert(named("P-2"), vec![CART, CartId(9)]);
    let used = Error::PaymentReferenceUsed { reference: "P-2".to_owned(), cart: CartId(9) };
    assert_eq!(plan(&stock, &[retake(Some("P-2"))]).decisions, [Err(used)]);
}

#[test]
fn a_confirmation_that_names_a_payment_uses_it_for_one_cart() {
    let mut stock = with_cart(&[(1, 1, 4)], &[(1, 1, 3)]);
    let confirmed = plan(&stock, &[retake(Some("P-1"))]);
    let Ok(Granted::CartConfirmed(cart)) = &confirmed.decisions[0] else {
        panic!("{:?}", confirmed.decisions)
    };
    assert!(!cart.is_retaken);
    let (until, expires_before) = (at(NOW), at(NOW + 60));
    let payment = CartPayment { reference: named("P-1"), until, expires_before, retaken_at: None };
    let change = &confirmed.changes.carts[&CART];
    assert_eq!((change.version_before, change.details.payment.as_ref()), (Some(1), Some(&payment)));
    assert_eq!(change.blocks, [BlockId(7)]);

    // The second cart of the batch has expired.
    let late = CartId(9);
    let block = HeldBlock {
        id: BlockId(9),
        cart: Some(late),
        expires_at: Some(at(NOW)),
        ..stock.blocks[&BlockId(7)]
    };
    stock.blocks.insert(block.id, block);
    stock.carts.insert(late, vec![block.id]);
    stock.cart_details.insert(late, stock.cart_details[&CART].clone());
    let later = |payment| Request::RetakeCart(RetakeCart { cart: late, payment: Some(named(payment)) });
    let used = Err(Error::PaymentReferenceUsed { reference: "P-1".to_owned(), cart: CART });
    assert_eq!(plan(&stock, &[retake(Some("P-1")), later("P-1")]).decisions[1], used);
    let used = Err(Error::PaymentReferenceUsed { reference: "P-1".to_owned(), cart: late });
    assert_eq!(plan(&stock, &[later("P-1"), retake(Some("P-1"))]).decisions[1], used);
    assert!(plan(&stock, &[retake(Some("P-1")), later("P-2")]).decisions.iter().all(Result::is_ok));

    // A cart that has the payment is confirmed as without a name.
    with_payment(&mut stock, NOW + 9, NOW + 60);
    stock.paid_carts.insert(named("P-1"), vec![CART, late]);
    let own = plan(&stock, &[retake(Some("P-1"))]);
    assert!(own.decisions[0].is_ok() && own.changes.carts.is_empty(), "{own:?}");
    let other = plan(&stock, &[retake(Some("P-3"))]);
    let payment = other.changes.carts[&CART].details.payment.as_ref().expect("a payment");
    assert_eq!((&payment.reference, payment.until), (&named("P-3"), at(NOW + 9)));
}

#[test]
fn a_retake_sells_the_whole_cart_and_no_other_block() {
    let mut stock = with_cart(&[(1, 1, 4)], &[(1, 1, 3), (1, 1, 2)]);
    stock.blocks.values_mut().for_each(|block| block.expires_at = Some(at(NOW)));
    let whole = stock.clone();
    // Another system has moved block 8 to another cart, or the movements of its end were archived.
    stock.blocks.get_mut(&BlockId(8)).expect("a block").cart = Some(CartId(9));
    for is_reclaimed in [false, true] {
        if is_reclaimed {
            stock.expired = stock.blocks.values().copied().collect();
        }
        let plan = plan(&stock, &[retake(Some("P-1"))]);
        let Ok(Granted::CartConfirmed(cart)) = &plan.decisions[0] else { panic!("{:?}", plan.decisions) };
        assert_eq!(cart.blocks.iter().map(|block| block.quantity).collect::<Vec<_>>(), [3]);
    }
    let mut stock = whole;
    stock.blocks.remove(&BlockId(8));
    let unknown = plan(&stock, &[retake(Some("P-1"))]);
    let expired = Error::CartExpired { cart: CART, at: at(NOW), shortages: Vec::new() };
    assert_eq!(unknown.decisions, [Err(expired)]);
    assert!(unknown.changes.is_empty());
}
