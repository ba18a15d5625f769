//! Archived items and warehouses: rules, conditions on versions, and races between two servers.

use crate::*;
use domain::{
    CartLine, Error as Rejection, ItemPatch, ItemQuery, ItemSort, NewWarehouse, Note, PlaceCart,
    Precondition, StockAdjustment, StockMove, WarehouseCode, WarehouseName, WarehousePatch,
};
use engine::Error;

/// The rounds of a race.
const ROUNDS: usize = 40;

fn adjustment(item: ItemId, warehouse: Option<WarehouseId>, delta: i64) -> StockAdjustment {
    StockAdjustment::new(item, warehouse, delta, Note::new("count").expect("a note")).expect("units")
}

async fn warehouse(stock: &Stock, code: &str) -> WarehouseId {
    let new = NewWarehouse::new(
        WarehouseCode::new(code).expect("a code"),
        WarehouseName::new(code).expect("a name"),
    );
    stock.engine.warehouse_create(&context(), new).await.fresh().expect("created").id
}

async fn set_archived(engine: &Engine, item: ItemId, archived: bool) -> engine::Result<Item> {
    engine.item_set_archived(&context(), item, archived, Precondition::None).await.fresh()
}

async fn archive_warehouse(engine: &Engine, warehouse: WarehouseId) -> engine::Result<domain::Warehouse> {
    engine.warehouse_set_archived(&context(), warehouse, true, Precondition::None).await.fresh()
}

fn rejected<T>(rejection: Rejection) -> engine::Result<T> {
    Err(Error::Rejected(rejection))
}

fn list(archived: bool) -> ItemQuery {
    let query = ItemQuery::new(None, None, ItemSort::Id, None, None).expect("a query");
    query.with_archived(archived)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archived_item_is_neither_sold_nor_listed_and_keeps_its_stock() {
    let stock = Stock::new().await;
    let (item, engine) = (stock.item(5).await, &stock.engine);
    let pending = stock.order(&[(item, 1)]).await;
    let main = main_warehouse(engine).await;
    let held = engine.block_place(&context(), block(item, 2)).await.fresh().expect("placed").id;
    assert_eq!(set_archived(engine, item, true).await, rejected(Rejection::ItemHeld { item, held: 2 }));
    engine.block_release(&context(), held).await.expect("released");
    let archived = set_archived(engine, item, true).await.expect("archived");
    assert!(archived.archived_at.is_some());
    assert_eq!(set_archived(engine, item, true).await, Ok(archived), "a second time changes nothing");

    let refused = Rejection::ItemArchived(item);
    for server in [engine, &stock.another().await] {
        let placed = server.block_place(&context(), block(item, 1)).await.fresh();
        assert_eq!(placed, rejected(refused.clone()));
        let line = CartLine { item, quantity: units(1), warehouse: None };
        let cart = PlaceCart::new(vec![line], Ttl::default(), None).expect("a cart");
        assert_eq!(server.cart_place(&context(), cart).await.fresh(), rejected(refused.clone()));
        let order = NewOrder::new(None, [(item, units(1))]).expect("an order");
        assert_eq!(server.order_create(&context(), order).await.fresh(), rejected(refused.clone()));
        let allocated = server.order_allocate(&context(), pending, main).await.fresh();
        assert_eq!(allocated, rejected(refused.clone()));
    }
    let shown = |archived| async move {
        let page = engine.item_list(&context(), list(archived)).await.expect("a page");
        page.rows.iter().map(|item| item.id).collect::<Vec<_>>()
    };
    assert_eq!((shown(false).await, shown(true).await), (vec![], vec![item]));
    assert_eq!(engine.category_top(&context(), "Lighting").await.expect("a list").total, 0);
    assert_eq!(engine.category_list(&context()).await.expect("categories"), []);
    assert_eq!(stock.quantity(item).await, 5);
    engine.stock_adjust(&context(), adjustment(item, None, -1)).await.expect("written off");
    engine.stock_adjust(&context(), adjustment(item, None, 3)).await.expect("received");

    set_archived(engine, item, false).await.expect("restored");
    assert_eq!((shown(false).await, shown(true).await), (vec![item], vec![]));
    engine.block_place(&context(), block(item, 7)).await.expect("placed");
    assert_eq!(engine.category_list(&context()).await.expect("categories")[0].units_blocked, 7);
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_block_and_an_archiving_exactly_one_wins() {
    let stock = Stock::new().await;
    let other = stock.another().await;
    let mut archived = 0;
    for round in 0..ROUNDS {
        let item = stock.item(5).await;
        // Both servers have cached the level.
        for server in [&stock.engine, &other] {
            let id = server.block_place(&context(), block(item, 1)).await.fresh().expect("placed").id;
            server.block_release(&context(), id).await.expect("released");
        }
        let (blocking, archiving) = match round % 2 {
            0 => (&stock.engine, &other),
            _ => (&other, &stock.engine),
        };
        let pause = Duration::from_micros(u64::try_from(round).expect("few") * 50);
        let (placing, setting) = (
            async {
                tokio::time::sleep(pause).await;
                let context = context();
                blocking.block_place(&context, block(item, 1)).await.fresh()
            },
            set_archived(archiving, item, true),
        );
        match tokio::join!(placing, setting) {
            (Ok(_), Err(Error::Rejected(Rejection::ItemHeld { held: 1, .. }))) => {}
            (Err(Error::Rejected(Rejection::ItemArchived(_))), Ok(_)) => archived += 1,
            outcome => panic!("round {round}: {outcome:?}"),
        }
    }
    assert!(archived > 0, "no archiving won");
    assert_eq!(stock.deadlocks().await, 0);
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_level_that_an_archived_item_gets_later_is_marked() {
    let stock = Stock::new().await;
    let (item, main) = (stock.item(0).await, main_warehouse(&stock.engine).await);
    let delete = "DELETE FROM inventory WHERE product_id = $1";
    sqlx::query(delete).bind(item.0).execute(&stock.pool).await.expect("deleted");
    set_archived(&stock.engine, item, true).await.expect("archived");
    let placed = stock.engine.block_place(&context(), block(item, 1)).await.fresh();
    assert_eq!(placed, rejected(Rejection::ItemArchived(item)), "without a level");
    let insert = "INSERT INTO inventory (product_id, warehouse_id, stock_quantity) VALUES ($1, $2, 4)";
    sqlx::query(insert).bind(item.0).bind(main.0).execute(&stock.pool).await.expect("inserted");
    let marked: bool = sqlx::query_scalar("SELECT archived FROM inventory WHERE product_id = $1")
        .bind(item.0)
        .fetch_one(&stock.pool)
        .await
        .expect("a level");
    assert!(marked);
    let placed = stock.engine.block_place(&context(), block(item, 1)).await.fresh();
    assert_eq!(placed, rejected(Rejection::ItemArchived(item)));
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sums_advance_over_archived_items() {
    let stock = Stock::new().await;
    let store = store::Store::connect(store::Settings::new(&stock.url)).await.expect("a connection");
    let settings = Settings {
        totals_followed_from: 0,
        expiry_interval: Duration::from_secs(3_600),
        ..Settings::default()
    };
    let incremental = Engine::start(store, settings).await.expect("an engine");
    let (first, second) = (stock.item(5).await, stock.item(7).await);
    let sums = |engine: Engine| async move {
        let categories = engine.category_list(&context()).await.expect("categories");
        categories.iter().map(|sums| (sums.items, sums.units_available, sums.value)).collect::<Vec<_>>()
    };
    for step in 0..4 {
        match step {
            0 => _ = set_archived(&stock.engine, first, true).await.expect("archived"),
            1 => {
                _ = stock.engine.stock_adjust(&context(), adjustment(first, None, 2)).await.expect("received")
            }
            2 => _ = set_archived(&stock.engine, second, true).await.expect("archived"),
            _ => _ = set_archived(&stock.engine, first, false).await.expect("restored"),
        }
        assert_eq!(sums(incremental.clone()).await, sums(stock.engine.clone()).await, "step {step}");
    }
    assert_eq!(sums(incremental).await, [(1, 7, "69.93".parse().expect("a value"))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warehouse_with_stock_and_the_default_one_stay() {
    let stock = Stock::new().await;
    let (item, engine) = (stock.item(5).await, &stock.engine);
    let (main, north) = (main_warehouse(engine).await, warehouse(&stock, "NORTH").await);
    let other = stock.another().await;
    let refused = archive_warehouse(engine, main).await;
    assert_eq!(refused, rejected(Rejection::WarehouseIsDefault(main)));
    let to_north = StockMove::new(item, main, north, units(2), Note::new("shift").expect("a note"));
    engine.stock_move(&context(), to_north.clone().expect("a move")).await.expect("moved");
    let place = PlaceBlock { warehouse: Some(north), ..block(item, 1) };
    let held = engine.block_place(&context(), place).await.fresh().expect("placed").id;
    let has_stock = |available, held| Rejection::WarehouseHasStock { warehouse: north, available, held };
    assert_eq!(archive_warehouse(engine, north).await, rejected(has_stock(1, 1)));
    engine.block_confirm(&context(), held, None).await.expect("confirmed");
    engine.stock_adjust(&context(), adjustment(item, Some(north), -1)).await.expect("written off");
    assert!(archive_warehouse(engine, north).await.expect("archived").archived_at.is_some());

    let archived = Rejection::WarehouseArchived(north);
    for server in [engine, &other] {
        let received = server.stock_adjust(&context(), adjustment(item, Some(north), 1)).await.fresh();
        assert_eq!(received, rejected(archived.clone()));
        let moved = server.stock_move(&context(), to_north.clone().expect("a move")).await.fresh();
        assert_eq!(moved, rejected(archived.clone()));
        let second = create_item(server, 0).await.id;
        let received = server.stock_adjust(&context(), adjustment(second, Some(north), 1)).await.fresh();
        assert_eq!(received, rejected(archived.clone()), "a first level");
        let new = NewItem {
            name: ItemName::new("Lamp").expect("a name"),
            quantity: Units::new(1).expect("units"),
            price: "1".parse().expect("a price"),
            description: None,
            category: None,
            warehouse: Some(north),
            sku: None,
            barcodes: domain::Barcodes::default(),
            low_stock: None,
        };
        assert_eq!(server.item_create(&context(), new).await.fresh(), rejected(archived.clone()));
    }
    let codes = engine.warehouse_list(&context()).await.expect("warehouses");
    assert!(codes.iter().all(|warehouse| warehouse.id != north));
    let make_default = WarehousePatch { make_default: true, ..WarehousePatch::default() };
    let changed = engine.warehouse_update(&context(), north, make_default.clone(), Precondition::None).await;
    assert_eq!(changed.fresh(), rejected(archived));
    engine.warehouse_set_archived(&context(), north, false, Precondition::None).await.expect("restored");
    engine.stock_adjust(&context(), adjustment(item, Some(north), 1)).await.expect("received");
    let changed = engine.warehouse_update(&context(), north, make_default, Precondition::None).await;
    assert!(changed.fresh().expect("changed").is_default);
    assert_eq!(main_warehouse(engine).await, north);
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_receipt_and_an_archiving_of_its_warehouse_exactly_one_wins() {
    let stock = Stock::new().await;
    let other = stock.another().await;
    for round in 0..ROUNDS {
        let item = stock.item(1).await;
        let north = warehouse(&stock, &format!("N{round}")).await;
        if round % 2 == 0 {
            // The level exists, without units.
            for delta in [1, -1] {
                other.stock_adjust(&context(), adjustment(item, Some(north), delta)).await.expect("adjusted");
            }
        }
        let context = context();
        let receipt = other.stock_adjust(&context, adjustment(item, Some(north), 1));
        match tokio::join!(receipt, archive_warehouse(&stock.engine, north)) {
            (Ok(_), Err(Error::Rejected(Rejection::WarehouseHasStock { available: 1, .. })))
            | (Err(Error::Rejected(Rejection::WarehouseArchived(_))), Ok(_)) => {}
            outcome => panic!("round {round}: {outcome:?}"),
        }
    }
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_changes_on_the_same_version_one_wins() {
    let stock = Stock::new().await;
    let other = stock.another().await;
    let item = create_item(&stock.engine, 5).await;
    let condition = Precondition::OneOf(vec![item.version().to_string()]);
    let patch = |name| ItemPatch { name: Some(ItemName::new(name).expect("a name")), ..ItemPatch::default() };
    // Sold units do not change the version.
    stock.engine.block_place(&context(), block(item.id, 1)).await.expect("placed");
    let context = context();
    let (first, second) = tokio::join!(
        stock.engine.item_update(&context, item.id, patch("First"), condition.clone()),
        other.item_update(&context, item.id, patch("Second"), condition.clone())
    );
    let (winner, loser) = match (first.fresh(), second.fresh()) {
        (Ok(winner), Err(loser)) | (Err(loser), Ok(winner)) => (winner, loser),
        outcome => panic!("{outcome:?}"),
    };
    assert_eq!(loser, Error::Rejected(Rejection::VersionMismatch(winner.version())));
    let archived = stock.engine.item_set_archived(&context, item.id, true, condition).await.fresh();
    assert_eq!(archived, rejected(Rejection::VersionMismatch(winner.version())));
    let present = stock.engine.item_get(&context, item.id).await.expect("an item");
    assert_eq!(present.version(), winner.version());
}

#[tokio::test(flavor = "multi_thread")]
async fn units_in_expired_blocks_keep_a_warehouse() {
    let stock = Stock::new().await;
    let (item, engine) = (stock.item(5).await, &stock.engine);
    let south = warehouse(&stock, "SOUTH").await;
    engine.stock_adjust(&context(), adjustment(item, Some(south), 1)).await.expect("received");
    let place = domain::PlaceBlock { warehouse: Some(south), ..block(item, 1) };
    let id = engine.block_place(&context(), place).await.fresh().expect("placed").id;
    let expire = "UPDATE block_inventory SET expires_at = now() - interval '1 second' WHERE id = $1";
    sqlx::query(expire).bind(id.0).execute(&stock.pool).await.expect("expired");
    let has_stock = Rejection::WarehouseHasStock { warehouse: south, available: 0, held: 1 };
    assert_eq!(archive_warehouse(engine, south).await, rejected(has_stock));
}
