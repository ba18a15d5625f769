//! The optimistic path while other writers change the same rows: responses and ledger stay correct.

use crate::*;
use domain::{
    BlockId, BlockPlaced, CartLine, ChangeCart, Error as Rejection, HeldBlock, NewWarehouse, Note, PlaceCart,
    Reference, StockAdjustment, WarehouseCode, WarehouseName,
};
use engine::Idempotency;
use futures::future::join_all;

async fn place(engine: &Engine, item: ItemId, quantity: i64) -> Result<BlockPlaced, engine::Error> {
    engine.block_place(&context(), block(item, quantity)).await.fresh().map(|placed| placed.output)
}

async fn change_by_hand(stock: &Stock, item: ItemId, delta: i32) {
    sqlx::query("UPDATE inventory SET stock_quantity = stock_quantity + $2 WHERE product_id = $1")
        .bind(item.0)
        .bind(delta)
        .execute(&stock.pool)
        .await
        .expect("changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_block_uses_levels_that_another_writer_changed() {
    let stock = Stock::new().await;
    let other = stock.another().await;
    let item = stock.item(100).await;
    let mut left = 100;
    // Each kind of concurrent change, repeatedly, so that the caches are stale each time.
    for turn in 0..40 {
        for _ in 0..turn % 4 + 1 {
            left -= 1;
            let placed = place(&stock.engine, item, 1).await.expect("placed");
            assert_eq!(placed.remaining, left, "turn {turn}");
        }
        match turn % 3 {
            0 => {
                change_by_hand(&stock, item, 5).await;
                left += 5;
            }
            1 => left = place(&other, item, 2).await.expect("placed").remaining,
            _ => {}
        }
    }
    assert_eq!(stock.quantity(item).await, left);
    stock.assert_closed().await;
}

/// A level in another warehouse, which is not in the cache, is used by the next block.
#[tokio::test(flavor = "multi_thread")]
async fn a_level_created_by_another_server_is_used_by_the_next_block() {
    let stock = Stock::new().await;
    let other = stock.another().await;
    let item = stock.item(10).await;
    for left in [9, 8, 7] {
        assert_eq!(place(&stock.engine, item, 1).await.expect("placed").remaining, left);
    }
    let new = NewWarehouse::new(
        WarehouseCode::new("EAST").expect("a code"),
        WarehouseName::new("East").expect("a name"),
    );
    let east = other.warehouse_create(&context(), new).await.fresh().expect("added").id;
    let note = Note::new("a delivery").expect("a note");
    let received = StockAdjustment::new(item, Some(east), 50, note).expect("an adjustment");
    other.stock_adjust(&context(), received).await.expect("received");
    let placed = place(&stock.engine, item, 20).await.expect("placed");
    assert_eq!((placed.key.warehouse, placed.remaining), (east, 37));
    stock.assert_closed().await;
}

/// A block's times come from the database on both paths.
#[tokio::test(flavor = "multi_thread")]
async fn a_block_has_its_expiry_time_and_its_movement() {
    let stock = Stock::new().await;
    let item = stock.item(100).await;
    for seconds in [60, 120, 3_600] {
        let ttl = Ttl::new(seconds).expect("a time to live");
        let placed = stock.engine.block_place(&context(), PlaceBlock { ttl, ..block(item, 3) }).await.fresh();
        let placed = placed.expect("placed");
        let (expires_at, holds): (domain::Time, bool) = sqlx::query_as(
            "SELECT expires_at, expires_at - created_at = $2 * interval '1 second'
                                AND created_at BETWEEN now() - interval '1 minute' AND now()
               FROM block_inventory WHERE id = $1",
        )
        .bind(placed.id.0)
        .bind(seconds)
        .fetch_one(&stock.pool)
        .await
        .expect("a block");
        assert_eq!((expires_at, holds), (placed.expires_at, true));
        let written: (i32, String, String, String) = sqlx::query_as(
            "SELECT change, reason, actor, request_id FROM stock_movements WHERE block_id = $1",
        )
        .bind(placed.id.0)
        .fetch_one(&stock.pool)
        .await
        .expect("one movement");
        assert_eq!(written, (-3, "blocked".into(), "test".into(), "request".into()));
    }
    stock.assert_closed().await;
}

/// Two servers sell the same item while another session corrects its stock.
#[tokio::test(flavor = "multi_thread")]
async fn two_servers_with_cached_levels_sell_every_unit_once() {
    let stock = Stock::new().await;
    let item = stock.item(300).await;
    let engines = [stock.engine.clone(), stock.another().await];
    let correct = async {
        for _ in 0..20 {
            change_by_hand(&stock, item, 5).await;
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let buyers = (0..8).map(|buyer| {
        let engine = engines[buyer % 2].clone();
        async move {
            let mut granted = Vec::new();
            for _ in 0..60 {
                granted.extend(place(&engine, item, 1).await.ok());
            }
            granted
        }
    });
    let (granted, ()) = tokio::join!(join_all(buyers), correct);
    let mut blocks: Vec<_> = granted.into_iter().flatten().map(|placed| placed.id).collect();
    let count = blocks.len();
    blocks.sort();
    blocks.dedup();
    assert_eq!(blocks.len(), count);
    let held: i64 = sqlx::query_scalar("SELECT count(*) FROM block_inventory WHERE item_id = $1")
        .bind(item.0)
        .fetch_one(&stock.pool)
        .await
        .expect("a count");
    assert_eq!((held, stock.quantity(item).await), (count as i64, 400 - count as i32));
    assert_eq!(stock.deadlocks().await, 0);
    stock.assert_closed().await;
}

async fn confirm(engine: &Engine, id: BlockId) -> Result<HeldBlock, engine::Error> {
    engine.block_confirm(&context(), id, None).await.fresh().map(|confirmed| confirmed.output)
}

fn rejection<T: std::fmt::Debug>(answer: Result<T, engine::Error>) -> Rejection {
    match answer {
        Err(engine::Error::Rejected(rejection)) => rejection,
        other => panic!("{other:?}"),
    }
}

async fn by_hand(stock: &Stock, statement: &'static str, block: BlockId) {
    sqlx::query(statement).bind(block.0).execute(&stock.pool).await.expect("changed");
}

/// Cached blocks that other writers have confirmed, released or changed.
#[tokio::test(flavor = "multi_thread")]
async fn changes_of_cached_blocks_by_other_writers_are_detected() {
    let stock = Stock::new().await;
    let (engine, other) = (&stock.engine, stock.another().await);
    let item = stock.item(1_000).await;
    for turn in 0..12 {
        let mut ids = Vec::new();
        for _ in 0..6 {
            ids.push(place(engine, item, 2).await.expect("placed").id);
        }
        confirm(&other, ids[0]).await.expect("confirmed");
        let sold = rejection(confirm(engine, ids[0]).await);
        assert_eq!(sold, Rejection::BlockAlreadyPermanent(ids[0]), "turn {turn}");
        other.block_release(&context(), ids[1]).await.expect("released");
        other
            .block_extend(&context(), ids[4], Ttl::new(7_200).expect("a time to live"))
            .await
            .expect("extended");
        let gone = rejection(engine.block_release(&context(), ids[1]).await.fresh());
        assert_eq!(gone, Rejection::BlockReleased(ids[1]));
        by_hand(&stock, "UPDATE block_inventory SET expires_at = now() WHERE id = $1", ids[2]).await;
        let expired = rejection(confirm(engine, ids[2]).await);
        assert!(matches!(expired, Rejection::BlockExpired { .. }), "{expired:?}");
        by_hand(&stock, "DELETE FROM block_inventory WHERE id = $1", ids[3]).await;
        rejection(confirm(engine, ids[3]).await);
        // The blocks that no other writer changed.
        assert_eq!(confirm(engine, ids[4]).await.expect("confirmed").quantity, 2);
        let part = engine.block_confirm(&context(), ids[5], Some(units(1))).await.fresh().expect("confirmed");
        assert_eq!((part.quantity, part.expires_at), (1, None));
    }
    assert_eq!(stock.deadlocks().await, 0);
}

/// The optimistic path returns the same responses as the locked path.
#[tokio::test(flavor = "multi_thread")]
async fn cached_blocks_are_confirmed_and_released() {
    let stock = Stock::new().await;
    let item = stock.item(100).await;
    let mut left = 100;
    for _ in 0..20 {
        let [sold, freed] = [1, 2].map(|quantity| place(&stock.engine, item, quantity));
        let (sold, freed) = (sold.await.expect("placed"), freed.await.expect("placed"));
        for (seconds, block) in [(7_200, &sold), (3_700, &freed), (86_400, &sold)] {
            let ttl = Ttl::new(seconds).expect("a time to live");
            let extended =
                stock.engine.block_extend(&context(), block.id, ttl).await.fresh().expect("extended");
            let lasts = extended.expires_at - block.expires_at;
            assert!((seconds - 3_601..=seconds - 3_500).contains(&lasts.num_seconds()), "{lasts}");
            let query = "SELECT expires_at FROM block_inventory WHERE id = $1";
            let until: domain::Time =
                sqlx::query_scalar(query).bind(block.id.0).fetch_one(&stock.pool).await.expect("a time");
            assert_eq!(until, extended.expires_at);
        }
        let confirmed = confirm(&stock.engine, sold.id).await.expect("confirmed");
        assert_eq!(
            confirmed,
            HeldBlock { id: sold.id, key: sold.key, quantity: 1, expires_at: None, cart: None }
        );
        left -= 1;
        let released = stock.engine.block_release(&context(), freed.id).await.fresh().expect("released");
        assert_eq!((released.quantity, released.remaining), (2, left));
        let again = rejection(stock.engine.block_release(&context(), freed.id).await.fresh());
        assert_eq!(again, Rejection::BlockReleased(freed.id));
    }
    let lines: Vec<(String, i64)> = sqlx::query_as(
        "SELECT reason, sum(change) FROM stock_movements WHERE item_id = $1 GROUP BY reason ORDER BY reason",
    )
    .bind(item.0)
    .fetch_all(&stock.pool)
    .await
    .expect("lines");
    let expected = [("blocked", -60), ("confirmed", 0), ("received", 100), ("released", 40)];
    assert_eq!(lines, expected.map(|(reason, units)| (reason.to_owned(), units)));
    assert_eq!(stock.quantity(item).await, left);
    stock.assert_closed().await;
}

/// A cached sold-out item is sold again as soon as any writer returns a unit.
#[tokio::test(flavor = "multi_thread")]
async fn a_unit_returned_to_a_sold_out_item_is_sold_next() {
    let stock = Stock::new().await;
    let (engine, other) = (&stock.engine, stock.another().await);
    let item = stock.item(3).await;
    let mut blocks = Vec::new();
    for _ in 0..3 {
        blocks.push(place(engine, item, 1).await.expect("placed").id);
    }
    let short = |requested| Rejection::InsufficientStock { item, warehouse: None, requested, available: 0 };
    let keyed = |key: String| {
        context().with_idempotency(Idempotency { key: key.into(), fingerprint: b"same".as_slice().into() })
    };
    for turn in 0..30 {
        for _ in 0..turn % 4 {
            assert_eq!(rejection(place(engine, item, 2).await), short(2), "turn {turn}");
        }
        let oldest = blocks.remove(0);
        match turn % 3 {
            0 => change_by_hand(&stock, item, 1).await,
            1 => _ = other.block_release(&context(), oldest).await.fresh().expect("released"),
            _ => by_hand(&stock, "UPDATE block_inventory SET expires_at = now() WHERE id = $1", oldest).await,
        }
        if turn % 2 == 0 {
            blocks.push(place(engine, item, 1).await.expect("placed").id);
        } else {
            let Ok(Response::Stored(reply)) =
                engine.block_place(&keyed(format!("turn {turn}")), block(item, 1)).await
            else {
                panic!("an answer is kept");
            };
            let text = String::from_utf8_lossy(&reply.body).into_owned();
            let id = text.split("BlockId(").nth(1).and_then(|rest| rest.split(')').next());
            let id = id.and_then(|id| id.parse().ok()).expect("a block that was placed");
            blocks.push(BlockId(id));
        }
        let kept = engine.block_place(&keyed(format!("rejected {turn}")), block(item, 1)).await;
        assert!(matches!(kept, Ok(Response::Stored(_))), "{kept:?}");
        assert_eq!(rejection(place(engine, item, 1).await), short(1), "turn {turn}");
    }
    assert_eq!(stock.quantity(item).await, 0);
    stock.assert_closed().await;
}

/// Cached carts, of which other writers have released some blocks.
#[tokio::test(flavor = "multi_thread")]
async fn cached_carts_are_confirmed_and_released() {
    let stock = Stock::new().await;
    let (engine, other) = (&stock.engine, stock.another().await);
    let items = [stock.item(500).await, stock.item(500).await];
    let mut left = 500;
    for turn in 0..15 {
        let cart = || {
            let line = |item| CartLine { item, quantity: units(2), warehouse: None };
            let reference = (turn % 2 == 0).then(|| Reference::new("buyer").expect("a reference"));
            PlaceCart::new(items.map(line).to_vec(), Ttl::default(), reference).expect("a cart")
        };
        let sold = engine.cart_place(&context(), cart()).await.fresh().expect("placed");
        let freed = engine.cart_place(&context(), cart()).await.fresh().expect("placed");
        let remaining: Vec<_> = freed.blocks.iter().map(|block| block.remaining).collect();
        assert_eq!(remaining, [left - 4, left - 4], "turn {turn}");
        let confirmed =
            engine.cart_confirm(&context(), sold.id).await.fresh().expect("confirmed").output.blocks;
        assert_eq!(confirmed.len(), 2);
        left -= 2;
        // In turn: the other cart is unchanged, or this server takes a line out of it, or another one does.
        let changing = [None, Some(engine), Some(&other)][turn % 3];
        if let Some(server) = changing {
            let lines = cart().lines()[turn % 2..][..1].to_vec();
            let change = ChangeCart::new(freed.id, 1, lines, None).expect("a change");
            server.cart_change(&context(), change).await.expect("changed");
        }
        let taken = usize::from(changing.is_some());
        let (_, released) = engine.cart_release(&context(), freed.id).await.fresh().expect("released").output;
        assert_eq!(released.len(), 2 - taken);
        let again = rejection(engine.cart_release(&context(), freed.id).await.fresh());
        assert_eq!(again, Rejection::CartReleased(freed.id));
    }
    for item in items {
        assert_eq!(stock.quantity(item).await, left);
    }
    let query = "SELECT count(DISTINCT cart_id), count(DISTINCT cart_id) FILTER (WHERE reference = 'buyer')
                   FROM block_inventory";
    let in_carts: (i64, i64) = sqlx::query_as(query).fetch_one(&stock.pool).await.expect("counts");
    assert_eq!(in_carts, (15, 8));
    stock.assert_closed().await;
}

/// One server confirms a block while another releases it: one wins, and the other returns an error.
#[tokio::test(flavor = "multi_thread")]
async fn a_block_that_two_servers_end_is_ended_once() {
    let stock = Stock::new().await;
    let (engine, other) = (stock.engine.clone(), stock.another().await);
    let item = stock.item(300).await;
    let mut sold = 0;
    for _ in 0..10 {
        let placing = (0..10).map(|_| place(&engine, item, 1));
        let blocks: Vec<_> =
            join_all(placing).await.into_iter().map(|placed| placed.expect("placed").id).collect();
        let ending = blocks.iter().map(|id| {
            let context = context();
            let (engine, other) = (&engine, &other);
            async move { tokio::join!(confirm(engine, *id), other.block_release(&context, *id)) }
        });
        for (confirmed, released) in join_all(ending.collect::<Vec<_>>()).await {
            assert_ne!(confirmed.is_ok(), released.is_ok(), "{confirmed:?} {released:?}");
            sold += i32::from(confirmed.is_ok());
        }
    }
    assert_eq!(stock.quantity(item).await, 300 - sold);
    assert_eq!(stock.deadlocks().await, 0);
    stock.assert_closed().await;
}

/// A response stored under a key is serialized before the database has assigned the block's times and id.
#[tokio::test(flavor = "multi_thread")]
async fn a_stored_response_equals_the_written_block() {
    let stock = Stock::new().await;
    let item = stock.item(100).await;
    place(&stock.engine, item, 1).await.expect("placed");
    let place_under = async |key: &str| {
        let idempotency = Idempotency { key: key.into(), fingerprint: b"same".as_slice().into() };
        let context = context().with_idempotency(idempotency);
        match stock.engine.block_place(&context, block(item, 2)).await {
            Ok(Response::Stored(reply)) => String::from_utf8_lossy(&reply.body).into_owned(),
            other => panic!("{other:?}"),
        }
    };
    for turn in 0..20 {
        let key = format!("key-{turn}");
        let answered = place_under(&key).await;
        let (id, expires_at): (i64, domain::Time) = sqlx::query_as(
            "SELECT id, expires_at FROM block_inventory
              WHERE item_id = $1 AND expires_at - created_at = interval '1 hour' ORDER BY id DESC LIMIT 1",
        )
        .bind(item.0)
        .fetch_one(&stock.pool)
        .await
        .expect("a block");
        assert!(answered.contains(&format!("BlockId({id})")), "{answered}");
        assert!(answered.contains(&format!("{expires_at:?}")), "{answered} {expires_at:?}");
        assert_eq!(place_under(&key).await, answered);
    }
    assert_eq!(stock.quantity(item).await, 100 - 1 - 20 * 2);
    stock.assert_closed().await;
}
