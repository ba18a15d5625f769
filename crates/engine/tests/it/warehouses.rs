//! Warehouses and items that another application changes or deletes by SQL while servers run.

use crate::*;
use domain::{
    Error, LedgerCursor, NewWarehouse, Note, StockAdjustment, StockMove, WarehouseCode, WarehouseName,
};

async fn warehouse(stock: &Stock, code: &str) -> WarehouseId {
    let new = NewWarehouse::new(
        WarehouseCode::new(code).expect("a code"),
        WarehouseName::new(code).expect("a name"),
    );
    stock.engine.warehouse_create(&context(), new).await.fresh().expect("created").id
}

fn adjustment(item: ItemId, warehouse: Option<WarehouseId>, units: i64) -> StockAdjustment {
    StockAdjustment::new(item, warehouse, units, Note::new("why").expect("a note")).expect("units")
}

async fn execute(stock: &Stock, sql: String) {
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&stock.pool).await.expect("done");
}

/// Polls until `condition` holds: a notification takes a moment.
async fn soon<T: PartialEq + std::fmt::Debug>(wanted: T, ask: impl AsyncFn() -> T) {
    let asking = async {
        while ask().await != wanted {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), asking).await.expect("in time");
}

#[tokio::test(flavor = "multi_thread")]
async fn events_and_history_of_a_deleted_warehouse_stay() {
    let stock = Stock::new().await;
    let item = stock.item(5).await;
    let north = warehouse(&stock, "NORTH").await;
    let start = stock.engine.events(&context(), None, 1, Duration::ZERO).await.expect("a cursor").cursor;
    stock.engine.stock_adjust(&context(), adjustment(item, Some(north), 7)).await.expect("received");
    let place = PlaceBlock { warehouse: Some(north), ..block(item, 2) };
    let placed = stock.engine.block_place(&context(), place).await.fresh().expect("placed").id;
    stock.engine.block_release(&context(), placed).await.expect("released");
    stock.engine.stock_adjust(&context(), adjustment(item, Some(north), -7)).await.expect("written off");
    execute(&stock, format!("DELETE FROM inventory WHERE warehouse_id = {north}")).await;
    execute(&stock, format!("DELETE FROM warehouses WHERE id = {north}")).await;

    let named = format!("#{north}");
    let page = stock.engine.events(&context(), Some(start), 100, Duration::ZERO).await.expect("a page");
    let changes: Vec<_> =
        page.events.iter().map(|event| (event.change, event.warehouse_code.as_str())).collect();
    assert_eq!(changes, [(7, &*named), (-2, &named), (2, &named), (-7, &named)]);
    let slice = domain::MovementQuery { limit: 100, after: None };
    let history = stock.engine.item_movements(&context(), item, slice).await.expect("a history").rows;
    assert_eq!(history.len(), 5);
    assert_eq!(history.iter().filter(|line| line.warehouse_code == named).count(), 4);
    let ended = stock.engine.block_get(&context(), placed).await.expect("how it ended");
    assert_eq!((ended.state, ended.warehouse_code), (domain::BlockState::Released, named));
    let slice = domain::PageQuery { limit: 100, after: None };
    let lately = stock.engine.blocks_ended(&context(), None, None, slice).await.expect("a page").rows;
    assert_eq!(lately.len(), 1);

    // The item is deleted too.
    execute(&stock, format!("DELETE FROM inventory WHERE product_id = {item}")).await;
    execute(&stock, format!("DELETE FROM items WHERE id = {item}")).await;
    let ended = stock.engine.block_get(&context(), placed).await.expect("how it ended");
    assert_eq!(ended.item_name, format!("#{item}"));
    let page = stock.engine.events(&context(), Some(LedgerCursor::START), 100, Duration::ZERO).await;
    assert_eq!(page.expect("a page").events.len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_default_warehouse_is_used_next() {
    let stock = Stock::new().await;
    let north = warehouse(&stock, "NORTH").await;
    let item = stock.item(0).await;
    execute(&stock, "UPDATE warehouses SET is_default = false WHERE is_default".to_owned()).await;
    execute(&stock, format!("UPDATE warehouses SET is_default = true WHERE id = {north}")).await;
    let in_north = async || {
        stock.engine.stock_adjust(&context(), adjustment(item, None, 1)).await.expect("received");
        let levels = stock.engine.item_levels(&context(), item).await.expect("levels");
        levels.iter().any(|level| level.warehouse == north && level.available > 0)
    };
    soon(true, in_north).await;
    let created = create_item(&stock.engine, 3).await.id;
    let levels = stock.engine.item_levels(&context(), created).await.expect("levels");
    assert_eq!(
        levels.iter().map(|level| (level.warehouse, level.available)).collect::<Vec<_>>(),
        [(north, 3)]
    );
}

/// The trigger that notifies servers is disabled, as if the notification were lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_warehouse_is_not_found_by_any_request() {
    let stock = Stock::new().await;
    let item = stock.item(5).await;
    let main = main_warehouse(&stock.engine).await;
    execute(&stock, "ALTER TABLE warehouses DISABLE TRIGGER warehouses_notified".to_owned()).await;
    let mut gone = Vec::new();
    for code in ["A", "B", "C", "D", "E"] {
        let id = warehouse(&stock, code).await;
        stock.engine.stock_adjust(&context(), adjustment(item, Some(id), 1)).await.expect("received");
        gone.push(id);
    }
    let order = stock.order(&[(item, 1)]).await;
    let ids = gone.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    execute(&stock, format!("DELETE FROM inventory WHERE warehouse_id IN ({ids})")).await;
    execute(&stock, format!("DELETE FROM warehouses WHERE id IN ({ids})")).await;

    let engine = &stock.engine;
    let not_found = |id: WarehouseId| Some(engine::Error::Rejected(Error::WarehouseNotFound(id)));
    let adjusted = engine.stock_adjust(&context(), adjustment(item, Some(gone[0]), 1)).await.fresh();
    assert_eq!(adjusted.err(), not_found(gone[0]));
    let new = NewItem {
        name: ItemName::new("Lamp").expect("a name"),
        quantity: Units::new(1).expect("units"),
        price: "9.99".parse().expect("a price"),
        description: None,
        category: None,
        warehouse: Some(gone[1]),
        sku: None,
        barcodes: domain::Barcodes::default(),
        low_stock: None,
    };
    assert_eq!(engine.item_create(&context(), new).await.fresh().err(), not_found(gone[1]));
    let place = PlaceBlock { warehouse: Some(gone[2]), ..block(item, 1) };
    assert_eq!(engine.block_place(&context(), place).await.fresh().err(), not_found(gone[2]));
    let note = Note::new("why").expect("a note");
    let movement = StockMove { item, from: main, to: gone[3], quantity: units(1), note };
    assert_eq!(engine.stock_move(&context(), movement).await.fresh().err(), not_found(gone[3]));
    assert_eq!(engine.order_allocate(&context(), order, gone[4]).await.fresh().err(), not_found(gone[4]));
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_item_is_not_found_by_any_request() {
    let stock = Stock::new().await;
    let item = stock.item(5).await;
    let engine = &stock.engine;
    let held = engine.block_place(&context(), block(item, 1)).await.fresh().expect("placed").id;
    engine.block_release(&context(), held).await.expect("released");
    execute(&stock, format!("DELETE FROM inventory WHERE product_id = {item}")).await;
    execute(&stock, format!("DELETE FROM items WHERE id = {item}")).await;
    let not_found = Some(engine::Error::Rejected(Error::ItemNotFound(item)));
    assert_eq!(engine.block_place(&context(), block(item, 1)).await.fresh().err(), not_found);
    assert_eq!(engine.stock_adjust(&context(), adjustment(item, None, 1)).await.fresh().err(), not_found);
    assert_eq!(engine.item_get(&context(), item).await.err(), not_found);
    assert_eq!(engine.item_levels(&context(), item).await.err(), not_found);
    let released = engine.block_release(&context(), held).await.fresh().err();
    assert_eq!(released, Some(engine::Error::Rejected(Error::BlockReleased(held))));
}

/// A page of a warehouse's movements reads many movements of others in one statement, and loses none at its bounds.
#[tokio::test(flavor = "multi_thread")]
async fn the_movements_of_a_warehouse_are_read_in_few_pages() {
    let stock = Stock::new().await;
    let item = stock.item(10).await;
    let main = main_warehouse(&stock.engine).await;
    sqlx::query("INSERT INTO warehouses (code, name) VALUES ('NORTH', 'North')")
        .execute(&stock.pool)
        .await
        .expect("a warehouse");
    let north: i64 = sqlx::query_scalar("SELECT id FROM warehouses WHERE code = 'NORTH'")
        .fetch_one(&stock.pool)
        .await
        .expect("an id");
    // Every 20,000th movement is in the other warehouse, also the first and the last.
    let ledger = "INSERT INTO stock_movements (item_id, warehouse_id, change, reason, actor)
                  SELECT $1, CASE WHEN number % 20000 = 0 THEN $3 ELSE $2 END, 1, 'received', 'test'
                    FROM generate_series(0, 120000) AS number";
    let ledger = sqlx::query(ledger).bind(item.0).bind(main.0).bind(north);
    ledger.execute(&stock.pool).await.expect("movements");
    let mut query = domain::LedgerQuery {
        item: None,
        warehouse: Some(WarehouseId(north)),
        kind: None,
        actor: None,
        span: None,
        limit: 2_000,
        after: None,
    };
    let (mut pages, mut ids) = (0, Vec::new());
    loop {
        let page = stock.engine.ledger_list(&context(), &query).await.expect("a page");
        pages += 1;
        ids.extend(page.rows.iter().map(|row| row.movement.id));
        assert!(page.rows.iter().all(|row| row.movement.warehouse.0 == north));
        let Some(next) = page.next else { break };
        query.after = Some(next.parse().expect("a position"));
    }
    assert_eq!((ids.len(), pages), (7, 3), "{ids:?}");
    assert!(ids.is_sorted_by(|one, next| one == &(next + 20_000)), "{ids:?}");
}
