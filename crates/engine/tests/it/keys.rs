//! Requests that name items by SKU and warehouses by code.

use crate::availability::until_waiting;
use crate::*;
use domain::{
    Error as Rejection, ItemKey, ItemPatch, NewOrderByKeys, Precondition, Sku, StockAdjustment, StockMove,
    WarehouseCode, WarehouseKey,
};
use engine::FallbackReason;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

fn sku(text: &str) -> ItemKey {
    ItemKey::Sku(Sku::new(text).expect("a SKU"))
}

fn code(text: &str) -> WarehouseKey {
    WarehouseKey::Code(WarehouseCode::new(text).expect("a code"))
}

fn by_sku(text: &str, quantity: i64) -> PlaceBlock<ItemKey, WarehouseKey> {
    PlaceBlock { item: sku(text), quantity: units(quantity), warehouse: None, ttl: Ttl::default() }
}

async fn set_sku(engine: &Engine, item: ItemId, text: Option<&str>) {
    let sku = Some(text.map(|text| Sku::new(text).expect("a SKU")));
    let patch = ItemPatch { sku, ..ItemPatch::default() };
    engine.item_update(&context(), item, patch, Precondition::None).await.expect("changed");
}

fn changed_keys(engine: &Engine) -> u64 {
    let counts = engine.fallback_counts();
    counts.iter().find(|(reason, _)| *reason == FallbackReason::KeysChanged).expect("a reason").1
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_takes_skus_and_codes() {
    let stock = Stock::new().await;
    let engine = &stock.engine;
    let item = stock.item(100).await;
    set_sku(engine, item, Some("LAMP 1")).await;
    let other = engine
        .warehouse_create(
            &context(),
            domain::NewWarehouse::new(
                WarehouseCode::new("North").expect("a code"),
                domain::WarehouseName::new("North").expect("a name"),
            ),
        )
        .await
        .fresh()
        .expect("a warehouse")
        .id;
    let note = || domain::Note::new("delivery").expect("a note");

    // The first resolution reads the keys, the second finds them in the cache.
    for _ in 0..2 {
        let placed = engine.block_place(&context(), by_sku(" lamp  1", 2)).await.fresh().expect("placed");
        assert_eq!(placed.key.item, item);
        let line =
            domain::CartLine { item: sku("Lamp 1"), quantity: units(1), warehouse: Some(code("main")) };
        let cart = domain::PlaceCart::new(vec![line.clone(), line], Ttl::default(), None).expect("a cart");
        let placed = engine.cart_place(&context(), cart).await.fresh().expect("placed");
        assert!(placed.blocks.iter().all(|block| block.key.item == item));
        let received = StockAdjustment::new(sku("LAMP 1"), Some(code("NORTH")), 10, note()).expect("valid");
        let received = engine.stock_adjust(&context(), received).await.fresh().expect("received");
        assert_eq!((received.item, received.warehouse), (item, other));
        let movement = StockMove::new(sku("LAMP 1"), code("north"), code("MAIN"), units(3), note());
        let moved = engine.stock_move(&context(), movement.expect("valid")).await.fresh().expect("moved");
        assert_eq!((moved.item, moved.from), (item, other));
        let lines = vec![(sku("lamp 1"), units(1)), (ItemKey::Id(item), units(2))];
        let order = NewOrderByKeys::new(None, lines).expect("an order");
        let order = engine.order_create(&context(), order).await.fresh().expect("created");
        assert_eq!(
            order.lines.iter().map(|line| (line.item, line.quantity)).collect::<Vec<_>>(),
            [(item, 3)]
        );
        let allocated = engine.order_allocate(&context(), order.id, code("north")).await.fresh();
        assert_eq!(allocated.expect("allocated").warehouse, Some(other));
    }
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_key_is_rejected_by_its_name_and_not_cached() {
    let stock = Stock::new().await;
    let engine = &stock.engine;
    let item = stock.item(5).await;
    let rejected = engine.block_place(&context(), by_sku("Lamp", 1)).await.fresh();
    assert_eq!(rejected.err(), Some(Rejection::SkuNotFound("Lamp".to_owned()).into()));
    let elsewhere = PlaceBlock { warehouse: Some(code("nowhere")), ..PlaceBlock::from(block(item, 1)) };
    let rejected = engine.block_place(&context(), elsewhere).await.fresh();
    assert_eq!(rejected.err(), Some(Rejection::WarehouseCodeNotFound("nowhere".to_owned()).into()));
    set_sku(engine, item, Some("Lamp")).await;
    engine.block_place(&context(), by_sku("Lamp", 1)).await.fresh().expect("placed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_sku_is_resolved_again_on_both_paths() {
    let stock = Stock::new().await;
    let engine = &stock.engine;
    let (first, second) = (stock.item(100).await, stock.item(100).await);
    set_sku(engine, first, Some("Lamp")).await;
    for _ in 0..3 {
        engine.block_place(&context(), by_sku("Lamp", 1)).await.fresh().expect("placed");
    }
    // Both items are in the cache of levels, so the optimistic path finds the changed key.
    engine.block_place(&context(), block(second, 1)).await.fresh().expect("placed");
    let swap = "UPDATE items SET sku = NULL WHERE sku = 'Lamp'";
    sqlx::query(swap).execute(&stock.pool).await.expect("removed");
    sqlx::query("UPDATE items SET sku = 'lamp' WHERE id = $1")
        .bind(second.0)
        .execute(&stock.pool)
        .await
        .expect("set");
    let before = changed_keys(engine);
    let placed = engine.block_place(&context(), by_sku("Lamp", 1)).await.fresh().expect("placed");
    assert_eq!((placed.key.item, changed_keys(engine) - before), (second, 1));

    // A receipt is always decided on the locked path.
    let receive = async || {
        let note = domain::Note::new("delivery").expect("a note");
        let received = StockAdjustment::new(sku("Lamp"), None, 1, note).expect("valid");
        engine.stock_adjust(&context(), received).await.fresh().map(|received| received.item)
    };
    assert_eq!(receive().await, Ok(second));
    sqlx::query("UPDATE items SET sku = NULL").execute(&stock.pool).await.expect("removed");
    assert_eq!(receive().await, Err(Rejection::SkuNotFound("Lamp".to_owned()).into()));
    sqlx::query("UPDATE items SET sku = 'LAMP' WHERE id = $1")
        .bind(first.0)
        .execute(&stock.pool)
        .await
        .expect("set");
    assert_eq!(receive().await, Ok(first));
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_another_sku_neither_rejects_nor_delays_a_request() {
    let stock = Stock::new().await;
    let engine = &stock.engine;
    let (lamp, other) = (stock.item(100).await, stock.item(100).await);
    set_sku(engine, lamp, Some("Lamp")).await;
    let place = async || {
        let block = PlaceBlock { warehouse: Some(code("main")), ..by_sku("lamp", 1) };
        engine.block_place(&context(), block).await.fresh().expect("placed").key.item
    };
    let receive = async || {
        let note = domain::Note::new("delivery").expect("a note");
        let received = StockAdjustment::new(sku("lamp"), Some(code("main")), 1, note).expect("valid");
        engine.stock_adjust(&context(), received).await.fresh().expect("received").item
    };
    assert_eq!((place().await, place().await), (lamp, lamp));
    for turn in 0..3 {
        set_sku(engine, other, Some(&format!("Other {turn}"))).await;
        set_sku(engine, other, Some(&format!("Another {turn}"))).await;
        let before = changed_keys(engine);
        // The locked path compares the request's own keys.
        assert_eq!(receive().await, lamp);
        assert_eq!(changed_keys(engine), before);
        // The optimistic path finds another version once. Later requests are resolved at the current version.
        assert_eq!((place().await, place().await), (lamp, lamp));
        assert_eq!(changed_keys(engine), before + 1);
    }
    // A code that belongs to another warehouse is found on the locked path.
    sqlx::query("UPDATE warehouses SET code = 'CENTRE'").execute(&stock.pool).await.expect("changed");
    let note = domain::Note::new("delivery").expect("a note");
    let received = StockAdjustment::new(sku("lamp"), Some(code("main")), 1, note).expect("valid");
    let rejected = engine.stock_adjust(&context(), received).await.fresh();
    assert_eq!(rejected.err(), Some(Rejection::WarehouseCodeNotFound("main".to_owned()).into()));
    stock.assert_closed().await;
}

/// An SKU moves from one item to another while buyers of two servers place blocks by it. After the change is acknowledged,
/// no block takes units of the former item.
#[tokio::test(flavor = "multi_thread")]
async fn after_a_change_of_an_sku_no_block_goes_to_the_former_item() {
    let stock = Stock::new().await;
    let engines = [stock.engine.clone(), stock.another().await];
    let (first, second) = (stock.item(1_000_000).await, stock.item(1_000_000).await);
    set_sku(&stock.engine, first, Some("Lamp")).await;
    // The number of changes, and the item that has the SKU; `None` during a change.
    let done = AtomicBool::new(false);
    let (current, _) = tokio::sync::watch::channel((0, Some(first)));
    let counted = AtomicUsize::new(0);
    let buy = async |engine: &Engine| {
        while !done.load(Ordering::Acquire) {
            let before = *current.borrow();
            match engine.block_place(&context(), by_sku("Lamp", 1)).await.fresh() {
                Ok(placed) => {
                    // A request that began and ended between two changes has one possible item.
                    if let ((_, Some(item)), true) = (before, before == *current.borrow()) {
                        assert_eq!(placed.key.item, item);
                        counted.fetch_add(1, Ordering::AcqRel);
                    }
                }
                Err(error) => assert_eq!(error, Rejection::SkuNotFound("Lamp".to_owned()).into()),
            }
        }
    };
    let change = async {
        // A busy machine needs more changes until enough requests have begun and ended between two of them.
        let is_enough = |turn: usize| turn >= 20 && counted.load(Ordering::Acquire) > 100;
        for turn in (0..1_000).take_while(|turn| !is_enough(*turn)) {
            tokio::time::sleep(Duration::from_millis(30)).await;
            let (from, to) = if turn % 2 == 0 { (first, second) } else { (second, first) };
            current.send_replace((turn, None));
            set_sku(&engines[turn % 2], from, None).await;
            set_sku(&engines[turn % 2], to, Some("LAMP")).await;
            current.send_replace((turn, Some(to)));
        }
        done.store(true, Ordering::Release);
    };
    let buyers = (0..16).map(|index| buy(&engines[index % 2]));
    _ = tokio::join!(futures::future::join_all(buyers), change);
    assert!(counted.load(Ordering::Acquire) > 100, "{counted:?}");
    stock.assert_closed().await;
}

/// The connection of the optimistic path is lost before the SKUs of the answer are read.
#[tokio::test(flavor = "multi_thread")]
async fn unread_keys_of_an_answer_cost_neither_back_off_nor_ids() {
    let stock = Stock::new().await;
    let engine = &stock.engine;
    let (lamp, other) = (stock.item(1_000).await, stock.item(1_000).await);
    let count = |wanted: FallbackReason| {
        let counts = engine.fallback_counts();
        counts.iter().find(|(reason, _)| *reason == wanted).expect("a reason").1
    };
    let place = async || {
        let line = domain::CartLine { item: lamp, quantity: units(1), warehouse: None };
        let cart = domain::PlaceCart::new(vec![line], Ttl::default(), None).expect("a cart");
        engine.cart_place(&context(), cart).await.fresh().expect("placed").blocks[0].id.0
    };
    // Ids are reserved again after a pause, so some turns on a slow machine don't count.
    let mut is_next = false;
    for turn in 0..200 {
        if is_next {
            break;
        }
        let (first, second) = (place().await, place().await);
        let failures = count(FallbackReason::DatabaseError);
        // This clears the cache of SKUs.
        set_sku(engine, other, Some(&format!("Other {turn}"))).await;
        let lost: i64 = sqlx::query_scalar(
            "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity
              WHERE datname = current_database() AND query LIKE '%stock_apply_if_unchanged%'
                AND pid <> pg_backend_pid()",
        )
        .fetch_one(&stock.pool)
        .await
        .expect("terminated");
        let backed_off = count(FallbackReason::BackingOff);
        let third = place().await;
        place().await;
        if lost > 0 && count(FallbackReason::DatabaseError) > failures {
            assert_eq!(count(FallbackReason::BackingOff), backed_off, "no cached row was outdated");
            is_next = third - second == second - first;
        }
    }
    assert!(is_next, "the ids were put back");
}

/// The warehouses change while the locked path waits for a lock, and their codes can't be read then.
#[tokio::test(flavor = "multi_thread")]
async fn the_locked_path_reads_no_warehouse_while_it_holds_locks() {
    let stock = Stock::new().await;
    let engine = &stock.engine;
    let (item, main) = (stock.item(10).await, main_warehouse(engine).await);
    let external = stock.lock_levels(item).await;
    let receive = async {
        let note = domain::Note::new("delivery").expect("a note");
        let received = StockAdjustment::new(item, Some(main), 1, note).expect("valid");
        engine.stock_adjust(&context(), received).await.fresh()
    };
    let change = async {
        until_waiting(&stock).await;
        let name = Some(domain::WarehouseName::new("Centre").expect("a name"));
        let patch = domain::WarehousePatch { name, ..domain::WarehousePatch::default() };
        engine.warehouse_update(&context(), main, patch, Precondition::None).await.expect("changed");
        let rename = "ALTER TABLE warehouses RENAME COLUMN code TO former_code";
        sqlx::query(rename).execute(&stock.pool).await.expect("renamed");
        external.rollback().await.expect("unlocked");
    };
    let (received, ()) = tokio::join!(receive, change);
    assert_eq!(received.expect("received").code(main), "MAIN");
}

/// Without the announcement of the trigger, so that only the import itself can clear the cache.
#[tokio::test(flavor = "multi_thread")]
async fn an_import_clears_the_cached_skus_of_its_server() {
    let stock = Stock::new().await;
    let engine = &stock.engine;
    let item = stock.item(10).await;
    set_sku(engine, item, Some("Lamp")).await;
    let placed_sku =
        async || engine.block_place(&context(), block(item, 1)).await.fresh().expect("placed").sku(item);
    assert_eq!(placed_sku().await.as_deref(), Some("Lamp"));
    let quiet = "DROP TRIGGER items_sku_updated ON items";
    sqlx::query(quiet).execute(&stock.pool).await.expect("dropped");
    let choices = spreadsheet::Choices::default();
    let mut upload = engine.import_upload(&context(), "items.csv", &choices).await.expect("an upload");
    upload.push(format!("id,sku,name\n{item},Bulb,Lamp\n").as_bytes()).await.expect("stored");
    let import = domain::ImportId(upload.finish().await.expect("uploaded").id);
    let settled = async || loop {
        let found = engine.import_get(import).await.expect("an import");
        if !found.state.is_running() {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let judged = settled().await;
    engine.import_apply(&context(), import, judged.revision).await.expect("started");
    let applied = settled().await;
    assert_eq!(applied.state, domain::ImportState::Applied, "{applied:?}");
    assert_eq!(placed_sku().await.as_deref(), Some("Bulb"));
}
