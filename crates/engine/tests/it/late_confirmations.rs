//! Confirmations that name a payment, of active and of expired carts.

use crate::payments::{cart, named, place, retake};
use crate::*;
use domain::{CartState, Error as Rejection};

/// The confirmation of an active cart uses the payment that it names, on a server with the cart in its cache and on another.
#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_confirmed_a_cart_retakes_no_other() {
    let stock = Stock::new().await;
    let item = stock.item(500).await;
    let engines = [&stock.engine, &stock.another().await];
    for turn in 0..4 {
        let payment = format!("P-{turn}");
        let (near, far) = (engines[turn % 2], engines[(turn + 1) % 2]);
        let late = place(near, &[(item, 1)], 300).await;
        stock.age(late, 400.0).await;
        let active = place(near, &[(item, 2)], 300).await;
        assert!(!retake(near, active, Some(&payment)).await.expect("confirmed").is_retaken);
        let over = cart(far, active).await;
        let paid = over.payment.expect("a payment");
        assert_eq!(
            (over.state, paid.reference, paid.retaken_at),
            (CartState::Confirmed, named(&payment), None)
        );
        let used = Rejection::PaymentReferenceUsed { reference: payment.clone(), cart: active };
        assert_eq!(retake(far, late, Some(&payment)).await, Err(used.clone()));
        let third = place(far, &[(item, 1)], 300).await;
        assert_eq!(retake(near, third, Some(&payment)).await, Err(used), "nor confirms another");
        assert!(retake(near, third, None).await.is_ok(), "no payment is named");
        assert!(retake(near, late, Some(&format!("P-late-{turn}"))).await.expect("retaken").is_retaken);
    }
    // An active and an expired cart name one payment. One of them gets it.
    for turn in 0..10 {
        let payment = format!("Q-{turn}");
        let late = place(engines[0], &[(item, 1)], 300).await;
        stock.age(late, 400.0).await;
        let active = place(engines[turn % 2], &[(item, 1)], 300).await;
        let (one, other) = tokio::join!(
            retake(engines[0], active, Some(&payment)),
            retake(engines[1], late, Some(&payment))
        );
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    }
    stock.let_expire().await;
    engines[0].blocks_expire(&context()).await.expect("cleaned up");
    assert_eq!(stock.deadlocks().await, 0);
    stock.assert_closed().await;
}

/// An expired cart is retaken as a whole. The end of a block is unknown after its movements were archived; a block that another
/// system moved elsewhere is not in the cart.
#[tokio::test]
async fn a_retake_sells_the_whole_cart_and_no_other_block() {
    let stock = Stock::new().await;
    let (one, two) = (stock.item(5).await, stock.item(5).await);
    let [half, less] = [
        place(&stock.engine, &[(one, 1), (two, 1)], 300).await,
        place(&stock.engine, &[(one, 1), (two, 1)], 300).await,
    ];
    let (unknown, elsewhere) =
        (cart(&stock.engine, half).await.lines[1].block, cart(&stock.engine, less).await.lines[1].block);
    for id in [half, less] {
        stock.age(id, 400.0).await;
    }
    sqlx::query("UPDATE block_inventory SET cart_id = NULL WHERE id = $1")
        .bind(elsewhere.0)
        .execute(&stock.pool)
        .await
        .expect("moved");
    // Another server would clean up at its start, and the ledger does not have the cart of a block that has ended.
    let sold = retake(&stock.engine, less, Some("P-1")).await.expect("retaken");
    assert_eq!(sold.blocks.iter().map(|block| block.key.item).collect::<Vec<_>>(), [one]);
    // A number that no block has stands for one whose movements were archived.
    sqlx::query("UPDATE carts SET block_ids = array_replace(block_ids, $2, 987654321) WHERE id = $1")
        .bind(half.0)
        .bind(unknown.0)
        .execute(&stock.pool)
        .await
        .expect("unknown");
    sqlx::query("UPDATE block_inventory SET cart_id = NULL WHERE id = $1")
        .bind(unknown.0)
        .execute(&stock.pool)
        .await
        .expect("unknown");
    match retake(&stock.engine, half, Some("P-2")).await {
        Err(Rejection::CartExpired { cart, shortages, .. }) => assert_eq!((cart, shortages), (half, vec![])),
        other => panic!("{other:?}"),
    }
    stock.engine.blocks_expire(&context()).await.expect("cleaned up");
    assert_eq!((stock.quantity(one).await, stock.quantity(two).await), (4, 5));
    stock.assert_closed().await;
}
