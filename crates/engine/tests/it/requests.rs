//! Each kind of request alone.

use crate::*;
use domain::{
    BlockQuery, BlockState, Error as Rejection, ItemPatch, ItemQuery, ItemSort, NewWarehouse, Note,
    OrderStatus, StockAdjustment, WarehouseCode, WarehouseName,
};
use engine::Error;

fn adjustment(item: ItemId, warehouse: Option<WarehouseId>, delta: i64) -> StockAdjustment {
    StockAdjustment::new(item, warehouse, delta, Note::new("counted").expect("a note"))
        .expect("an adjustment")
}

async fn second_warehouse(engine: &Engine) -> WarehouseId {
    let code = WarehouseCode::new("SECOND").expect("a code");
    let warehouse = NewWarehouse::new(code, WarehouseName::new("Second").expect("a name"));
    engine.warehouse_create(&context(), warehouse).await.fresh().expect("created").id
}

#[tokio::test]
async fn a_block_is_placed_extended_confirmed() {
    let stock = Stock::new().await;
    let item = stock.item(10).await;
    let engine = &stock.engine;
    let placed = engine.block_place(&context(), block(item, 4)).await.fresh().expect("placed");
    assert_eq!((placed.quantity, placed.remaining), (4, 6));
    assert_eq!(stock.quantity(item).await, 6);

    let ttl = Ttl::new(7_200).expect("a ttl");
    let extended = engine.block_extend(&context(), placed.id, ttl).await.fresh().expect("extended");
    assert!(extended.expires_at > placed.expires_at);

    let confirmed = engine.block_confirm(&context(), placed.id, None).await.fresh().expect("confirmed");
    assert_eq!((confirmed.quantity, confirmed.key.item), (4, item));
    let again = engine.block_confirm(&context(), placed.id, None).await.fresh();
    assert_eq!(again, Err(Error::Rejected(Rejection::BlockAlreadyPermanent(placed.id))));
    let block = engine.block_get(&context(), placed.id).await.expect("a block");
    assert_eq!((block.state, block.expires_at), (BlockState::Permanent, None));
    let levels = engine.item_levels(&context(), item).await.expect("levels");
    assert_eq!((levels[0].available, levels[0].held, levels[0].sold), (6, 0, 4));
    stock.assert_closed().await;
}

#[tokio::test]
async fn released_and_expired_blocks_have_different_errors() {
    let stock = Stock::new().await;
    let item = stock.item(10).await;
    let engine = &stock.engine;
    let one = engine.block_place(&context(), block(item, 4)).await.fresh().expect("placed").id;
    let released = engine.block_release(&context(), one).await.fresh().expect("released");
    assert_eq!((released.quantity, released.remaining), (4, 10));
    assert_eq!(
        engine.block_confirm(&context(), one, None).await.fresh(),
        Err(Error::Rejected(Rejection::BlockReleased(one)))
    );

    let two = engine.block_place(&context(), block(item, 3)).await.fresh().expect("placed").id;
    stock.let_expire().await;
    let expired = |answer| matches!(answer, Err(Error::Rejected(Rejection::BlockExpired { .. })));
    assert!(expired(engine.block_confirm(&context(), two, None).await.fresh()), "before the clean-up");
    assert_eq!(engine.blocks_expire(&context()).await.expect("cleaned up").blocks, 1);
    assert!(expired(engine.block_confirm(&context(), two, None).await.fresh()), "after the clean-up");
    assert_eq!(stock.quantity(item).await, 10);

    let state = |id| async move { engine.block_get(&context(), id).await.expect("a block").state };
    assert_eq!((state(one).await, state(two).await), (BlockState::Released, BlockState::Expired));
    let query = BlockQuery::new(Some(BlockState::Expired), None, None, None).expect("a query");
    let listed = engine.block_list(&context(), query).await.expect("a page").rows;
    assert_eq!(listed.iter().map(|block| block.id).collect::<Vec<_>>(), [two]);
    let unknown = domain::BlockId(987_654_321);
    let rejected = engine.block_confirm(&context(), unknown, None).await.fresh();
    assert_eq!(rejected, Err(Error::Rejected(Rejection::BlockNotFound(unknown))));
    stock.assert_closed().await;
}

#[tokio::test]
async fn stock_in_expired_blocks_is_not_sold_out() {
    let stock = Stock::new().await;
    let item = stock.item(2_000).await;
    // More blocks than one statement reclaims.
    for _ in 0..1_500 {
        stock.engine.block_place(&context(), block(item, 1)).await.expect("placed");
    }
    stock.let_expire().await;
    let placed = stock
        .engine
        .block_place(&context(), block(item, 2_000))
        .await
        .fresh()
        .expect("all of it is due back");
    assert_eq!(placed.remaining, 0);
    stock.assert_closed().await;
}

#[tokio::test]
async fn stock_is_received_moved_and_written_off() {
    let stock = Stock::new().await;
    let item = stock.item(5).await;
    let engine = &stock.engine;
    let (main, second) = (main_warehouse(engine).await, second_warehouse(engine).await);
    let received =
        engine.stock_adjust(&context(), adjustment(item, Some(second), 7)).await.fresh().expect("received");
    assert_eq!((received.warehouse, received.available, received.quantity), (second, 7, 12));
    let rejected = engine.stock_adjust(&context(), adjustment(item, None, -6)).await.fresh();
    let insufficient =
        Rejection::InsufficientStock { item, warehouse: Some(main), requested: 6, available: 5 };
    assert_eq!(rejected, Err(Error::Rejected(insufficient)));
    let written_off =
        engine.stock_adjust(&context(), adjustment(item, None, -5)).await.fresh().expect("written off");
    assert_eq!((written_off.warehouse, written_off.available, written_off.quantity), (main, 0, 7));

    // No warehouse has 8 units. The largest level is 7.
    let rejected = engine.block_place(&context(), block(item, 8)).await.fresh();
    assert_eq!(
        rejected,
        Err(Error::Rejected(Rejection::InsufficientStock {
            item,
            warehouse: Some(second),
            requested: 8,
            available: 7
        }))
    );
    let placed = engine.block_place(&context(), block(item, 7)).await.fresh().expect("placed");
    assert_eq!(placed.key.warehouse, second);
    let nowhere = WarehouseId(99);
    let rejected = engine.stock_adjust(&context(), adjustment(item, Some(nowhere), 1)).await.fresh();
    assert_eq!(rejected, Err(Error::Rejected(Rejection::WarehouseNotFound(nowhere))));
    let slice = domain::MovementQuery::new(None, None).expect("a slice");
    let movements = engine.item_movements(&context(), item, slice).await.expect("movements").rows;
    let changes: Vec<_> = movements.iter().map(|movement| movement.change).collect();
    assert_eq!(changes, [-7, -5, 7, 5]);
    assert_eq!(movements[1].note.as_deref(), Some("counted"));
    assert_eq!(movements[1].actor, "test");
    stock.assert_closed().await;
}

#[tokio::test]
async fn an_order_is_allocated_completely_once_and_cancelled() {
    let stock = Stock::new().await;
    let (one, two) = (stock.item(5).await, stock.item(1).await);
    let engine = &stock.engine;
    let main = main_warehouse(engine).await;
    let order = stock.order(&[(one, 3), (two, 2)]).await;
    let rejected = engine.order_allocate(&context(), order, main).await.fresh().expect("an answer");
    let short: Vec<_> =
        rejected.shortages.iter().map(|short| (short.item, short.requested, short.available)).collect();
    assert_eq!(short, [(two, 2, 1)]);
    assert_eq!(stock.quantity(one).await, 5, "all or nothing");

    engine.stock_adjust(&context(), adjustment(two, None, 1)).await.expect("received");
    let allocated = engine.order_allocate(&context(), order, main).await.fresh().expect("an answer");
    assert!(allocated.shortages.is_empty());
    assert_eq!((stock.quantity(one).await, stock.quantity(two).await), (2, 0));
    stock.assert_closed().await;
    let again = engine.order_allocate(&context(), order, main).await.fresh();
    assert_eq!(
        again,
        Err(Error::Rejected(Rejection::OrderAlreadyAllocated { order, warehouse: Some(main) }))
    );

    engine.order_cancel(&context(), order).await.expect("cancelled");
    let cancelled = engine.order_get(&context(), order).await.expect("an order");
    assert_eq!(cancelled.status, OrderStatus::Cancelled);
    assert_eq!((stock.quantity(one).await, stock.quantity(two).await), (5, 2));
    let rejected = engine.order_cancel(&context(), order).await.fresh();
    assert_eq!(rejected, Err(Error::Rejected(Rejection::OrderCancelled(order))));
    stock.assert_closed().await;
}

#[tokio::test]
async fn an_order_takes_units_of_expired_blocks() {
    let stock = Stock::new().await;
    let item = stock.item(3).await;
    stock.engine.block_place(&context(), block(item, 3)).await.expect("placed");
    let order = stock.order(&[(item, 2)]).await;
    let main = main_warehouse(&stock.engine).await;
    stock.let_expire().await;
    let allocated = stock.engine.order_allocate(&context(), order, main).await.fresh().expect("an answer");
    assert!(allocated.shortages.is_empty());
    stock.assert_closed().await;
}

#[tokio::test]
async fn items_are_listed_searched_and_paged() {
    let stock = Stock::new().await;
    let engine = &stock.engine;
    for quantity in [3, 1, 2, 2] {
        stock.item(quantity).await;
    }
    for sort in [ItemSort::Id, ItemSort::Name, ItemSort::QuantityDesc, ItemSort::QuantityAsc] {
        let mut after = None;
        let mut seen = Vec::new();
        loop {
            let query = ItemQuery::new(Some("Lighting".into()), Some("AM".into()), sort, Some(3), after);
            let page = engine.item_list(&context(), query.expect("a query")).await.expect("a page");
            seen.extend(page.rows.into_iter().map(|item| item.quantity));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        match sort {
            ItemSort::QuantityDesc => assert_eq!(seen, [3, 2, 2, 1]),
            ItemSort::QuantityAsc => assert_eq!(seen, [1, 2, 2, 3]),
            _ => assert_eq!(seen, [3, 1, 2, 2]),
        }
    }
    for literal in ["%", "_", r"\"] {
        let query = ItemQuery::new(None, Some(literal.into()), ItemSort::Id, None, None).expect("a query");
        assert!(engine.item_list(&context(), query).await.expect("a page").rows.is_empty(), "{literal}");
    }
}

#[tokio::test]
async fn the_top_list_shows_each_write_of_the_same_server_at_once() {
    let stock = Stock::new().await;
    let engine = &stock.engine;
    let (less, more) = (stock.item(3).await, stock.item(5).await);
    let top = || async {
        let list = engine.category_top(&context(), "Lighting").await.expect("a list");
        assert_eq!(list.total, 2);
        list.items.iter().map(|item| (item.id, item.quantity)).collect::<Vec<_>>()
    };
    assert_eq!(top().await, [(more, 5), (less, 3)]);
    let placed = engine.block_place(&context(), block(more, 4)).await.fresh().expect("placed");
    assert_eq!(top().await, [(less, 3), (more, 1)]);
    engine.block_release(&context(), placed.id).await.expect("released");
    assert_eq!(top().await, [(more, 5), (less, 3)]);
    let patch = ItemPatch { category: Some(None), ..ItemPatch::default() };
    engine.item_update(&context(), less, patch, domain::Precondition::None).await.expect("updated");
    let top = engine.category_top(&context(), "Lighting").await.expect("a list");
    assert_eq!(top.total, 1);
    assert_eq!(engine.category_top(&context(), "Unknown").await.expect("a list").total, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_pause_a_block_has_a_higher_id_than_all_before() {
    let stock = Stock::new().await;
    let place = async |item| {
        let placed = stock.engine.block_place(&context(), block(item, 1)).await.fresh();
        placed.expect("placed").id.0
    };
    let (first, busy, last) = (stock.item(9).await, stock.item(99).await, stock.item(9).await);
    // The first and the last item share a queue. Its id pool is filled now.
    assert_eq!((first.0 % 2, busy.0 % 2), (last.0 % 2, 1 - last.0 % 2));
    place(first).await;
    let mut newest = 0;
    for _ in 0..20 {
        newest = place(busy).await;
    }
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert!(place(last).await > newest);
}
