//! The optimistic path falls back to the locked path, and counts the reason.

use crate::*;
use domain::{CartLine, Error as Rejection, PlaceCart, Reference};
use engine::FallbackReason;

/// The fallbacks since the last call.
struct Fallbacks {
    engine: Engine,
    before: [(FallbackReason, u64); FallbackReason::ALL.len()],
}

impl Fallbacks {
    fn of(engine: &Engine) -> Self {
        Self { engine: engine.clone(), before: engine.fallback_counts() }
    }

    fn next(&mut self) -> Vec<FallbackReason> {
        let now = self.engine.fallback_counts();
        let before = std::mem::replace(&mut self.before, now);
        let new = now.iter().zip(before).filter(|((_, now), (_, before))| now > before);
        new.map(|((reason, _), _)| *reason).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fallback_is_counted_by_its_reason() {
    let stock = Stock::new().await;
    let engine = &stock.engine;
    let item = stock.item(100).await;
    let mut fallbacks = Fallbacks::of(engine);
    let place = async || engine.block_place(&context(), block(item, 1)).await.expect("placed");

    place().await;
    assert_eq!(fallbacks.next(), [FallbackReason::NotCached], "nothing is cached yet");
    place().await;
    assert_eq!(fallbacks.next(), [], "the optimistic path commits");

    let elsewhere = PlaceBlock { warehouse: Some(WarehouseId(1_000_000)), ..block(item, 1) };
    let rejected = engine.block_place(&context(), elsewhere).await.expect_err("an unknown warehouse");
    assert_eq!(rejected, Rejection::WarehouseNotFound(WarehouseId(1_000_000)).into());
    assert_eq!(fallbacks.next(), [FallbackReason::UncertainRejection]);

    let line = CartLine { item, quantity: units(1), warehouse: None };
    let cart = |reference| PlaceCart::new(vec![line; 40], Ttl::default(), Some(reference)).expect("a cart");
    let reference = Reference::new("buyer").expect("a reference");
    engine.cart_place(&context(), cart(reference.clone())).await.expect("placed");
    assert_eq!(fallbacks.next(), [], "the optimistic path counts the blocks of a reference");
    sqlx::query(
        "INSERT INTO block_inventory (item_id, warehouse_id, quantity, is_permanent, expires_at, reference)
         SELECT item_id, warehouse_id, quantity, false, expires_at, reference
           FROM block_inventory CROSS JOIN generate_series(1, 24) WHERE reference = 'buyer'",
    )
    .execute(&stock.pool)
    .await
    .expect("960 blocks more");
    let rejected = engine.cart_place(&context(), cart(reference)).await.expect_err("too many blocks");
    let limit = engine::Error::from(Rejection::ReferenceBlocksLimit {
        reference: "buyer".to_owned(),
        active: 1_000,
        requested: 40,
        max: 1_000,
    });
    assert_eq!(rejected, limit);
    assert_eq!(fallbacks.next(), [FallbackReason::ReferenceLimit]);

    sqlx::query("UPDATE inventory SET stock_quantity = stock_quantity - 1 WHERE product_id = $1")
        .bind(item.0)
        .execute(&stock.pool)
        .await
        .expect("changed by another application");
    place().await;
    assert_eq!(fallbacks.next(), [FallbackReason::Stale]);
    place().await;
    assert_eq!(fallbacks.next(), [FallbackReason::BackingOff]);
}
