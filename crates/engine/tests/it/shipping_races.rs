//! Races of shipments, cancellations and returns on two servers.

use crate::shipping::{all_of, back, part_of};
use crate::*;
use domain::{Condition, Error as Rejection, OrderStatus};
use engine::Error;
use std::sync::Arc;
use tokio::sync::Barrier;

/// The rounds of each race.
const ROUNDS: usize = 40;

/// Runs two calls at the same time, on a server each.
async fn at_once<A, B>(one: impl Future<Output = A>, two: impl Future<Output = B>) -> (A, B) {
    let barrier = Arc::new(Barrier::new(2));
    let both = [barrier.clone(), barrier];
    tokio::join!(
        async {
            both[0].wait().await;
            one.await
        },
        async {
            both[1].wait().await;
            two.await
        }
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn exactly_one_of_shipment_and_cancellation_wins() {
    let stock = Stock::new().await;
    let other = stock.another().await;
    let items = [stock.item(1_000).await, stock.item(1_000).await];
    let (mut shipped, mut left) = (0, 1_000);
    for round in 0..ROUNDS {
        let order = stock.allocated(&[(items[round % 2], 3), (items[(round + 1) % 2], 3)]).await;
        let (everything, here) = (all_of(order), context());
        let (ship, cancel) =
            at_once(stock.engine.order_ship(&here, &everything), other.order_cancel(&here, order)).await;
        let status = stock.engine.order_get(&here, order).await.expect("an order").status;
        match (ship.fresh(), cancel.fresh()) {
            (Ok(_), Err(Error::Rejected(Rejection::OrderShipped(_)))) => {
                assert_eq!(status, OrderStatus::Shipped);
                shipped += 1;
                left -= 3;
            }
            (Err(Error::Rejected(Rejection::OrderCancelled(_))), Ok(_)) => {
                assert_eq!(status, OrderStatus::Cancelled);
            }
            other => panic!("{other:?}"),
        }
    }
    for item in items {
        assert_eq!((stock.shelf(item).await.available, stock.shelf(item).await.on_hand()), (left, left));
    }
    println!("{shipped} of {ROUNDS} were shipped");
    stock.assert_reconciled().await;
    assert_eq!(stock.deadlocks().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn units_are_shipped_and_returned_once() {
    let stock = Stock::new().await;
    let other = stock.another().await;
    let item = stock.item(1_000).await;
    for round in 0..ROUNDS {
        let order = stock.allocated(&[(item, 5)]).await;
        let (part, here) = (part_of(order, item, 3), context());
        let (one, two) = at_once(stock.engine.order_ship(&here, &part), other.order_ship(&here, &part)).await;
        assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|is_ok| **is_ok).count(), 1, "{one:?} {two:?}");
        // Two units are left to ship while two of the shipped ones come back twice.
        let into = [None, Some(Condition::Damaged), Some(Condition::Quarantine)][round % 3];
        let (rest, returned) = (all_of(order), back(order, item, 3, into));
        let (ship, give_back) =
            at_once(stock.engine.order_ship(&here, &rest), other.order_return(&here, &returned)).await;
        ship.expect("shipped");
        give_back.expect("returned");
        let again = back(order, item, 2, into);
        let (one, two) =
            at_once(stock.engine.order_return(&here, &again), other.order_return(&here, &again)).await;
        assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|is_ok| **is_ok).count(), 1, "{one:?} {two:?}");
    }
    let shelf = stock.shelf(item).await;
    assert_eq!((shelf.on_hand(), shelf.committed), (1_000, 0), "{shelf:?}");
    stock.assert_reconciled().await;
    assert_eq!(stock.deadlocks().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_is_shipped_once() {
    let stock = Stock::new().await;
    let other = stock.another().await;
    let item = stock.item(1_000).await;
    for _ in 0..ROUNDS {
        let here = context();
        let id = stock.engine.block_place(&here, block(item, 2)).await.fresh().expect("placed").id;
        let (confirmed, early) =
            at_once(stock.engine.block_confirm(&here, id, None), other.block_ship(&here, id)).await;
        confirmed.expect("confirmed");
        let (one, two) = at_once(stock.engine.block_ship(&here, id), other.block_ship(&here, id)).await;
        let wins = [early.is_ok(), one.is_ok(), two.is_ok()].iter().filter(|is_ok| **is_ok).count();
        assert_eq!(wins, 1, "{early:?} {one:?} {two:?}");
    }
    let left = 1_000 - 2 * i64::try_from(ROUNDS).expect("few");
    assert_eq!(stock.shelf(item).await, domain::StockUnits::new(left, 0));
    stock.assert_reconciled().await;
    assert_eq!(stock.deadlocks().await, 0);
}
