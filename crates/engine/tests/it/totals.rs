//! Sums per category and warehouse: incremental results from the ledger equal the tables.

use crate::*;
use domain::{
    Category, CategoryName, CategoryStock, ItemPatch, NewWarehouse, Note, StockAdjustment, StockMove, Units,
    Warehouse, WarehouseCode, WarehouseName,
};

/// An engine that aggregates sums incrementally for any number of items.
async fn follower(url: &str) -> Engine {
    let store = store::Store::connect(store::Settings::new(url)).await.expect("a connection");
    let settings = Settings { totals_followed_from: 0, ..Settings::default() };
    Engine::start(store, settings).await.expect("an engine")
}

type Sums = (Vec<Category>, Vec<CategoryStock>, Vec<Warehouse>);

async fn incremental(engine: &Engine) -> Sums {
    let categories = engine.category_list(&context()).await.expect("categories");
    let totals = engine.overview(&context()).await.expect("an overview").totals.categories;
    (categories, totals, engine.warehouse_list(&context()).await.expect("warehouses"))
}

/// Reads the same sums from the tables.
async fn tables(stock: &Stock) -> Sums {
    incremental(&stock.engine).await
}

/// Places a block, and confirms it, leaves it or releases it.
async fn shop(engine: Engine, items: Vec<ItemId>, shopper: usize) {
    for turn in 0..60 {
        let item = items[(shopper * 7 + turn) % items.len()];
        let Ok(placed) = engine.block_place(&context(), block(item, 1 + turn as i64 % 3)).await.fresh()
        else {
            continue;
        };
        let done = match (shopper + turn) % 8 {
            0 => engine.block_confirm(&context(), placed.id, Some(units(1))).await.fresh().map(drop),
            1 => Ok(()),
            _ => engine.block_release(&context(), placed.id).await.fresh().map(drop),
        };
        done.expect("done");
    }
}

/// Makes changes that write no movement (prices, categories, new items), and moves units.
async fn keep_shop(stock: (Engine, PgPool), items: Vec<ItemId>, other: WarehouseId) {
    let (engine, pool) = stock;
    let main = main_warehouse(&engine).await;
    for turn in 0..40 {
        let item = items[turn % items.len()];
        let price = Some(format!("{}.50", 1 + turn).parse().expect("a price"));
        let category = match turn % 3 {
            0 => None,
            name => Some(CategoryName::new(["", "Lamps", "Bulbs"][name]).expect("a category")),
        };
        let threshold = |low| Units::new(low).expect("units");
        let thresholds = [None, Some(threshold(0)), Some(threshold(20))];
        let low_stock = (turn % 2 == 0).then_some(thresholds[turn / 2 % 3]);
        let patch = ItemPatch { price, category: Some(category), low_stock, ..ItemPatch::default() };
        engine.item_update(&context(), item, patch, domain::Precondition::None).await.expect("changed");
        let new = create_item(&engine, turn as i64 % 4 * 6).await.id;
        let received =
            StockAdjustment::new(new, Some(other), 3, Note::new("why").expect("a note")).expect("units");
        engine.stock_adjust(&context(), received).await.expect("received");
        let moved = StockMove {
            item: new,
            from: other,
            to: main,
            quantity: units(1),
            note: Note::new("why").expect("a note"),
        };
        engine.stock_move(&context(), moved).await.expect("moved");
        if turn % 10 == 5 {
            let name = |name| CategoryName::new(name).expect("a category");
            let renamed = engine
                .category_rename(
                    &context(),
                    name("Lamps"),
                    name("Lighting"),
                    false,
                    domain::Precondition::None,
                )
                .await
                .fresh();
            renamed.expect("renamed");
        }
        // Another application deletes an item with its stock.
        if turn % 4 == 2 {
            for table in ["inventory WHERE product_id", "items WHERE id"] {
                let gone = format!("DELETE FROM {table} = {new}");
                sqlx::query(sqlx::AssertSqlSafe(gone)).execute(&pool).await.expect("gone");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn incremental_sums_equal_the_tables_during_changes() {
    let stock = Stock::new().await;
    let follower = follower(&stock.url).await;
    let other = NewWarehouse::new(
        WarehouseCode::new("NORTH").expect("a code"),
        WarehouseName::new("North").expect("a name"),
    );
    let other = stock.engine.warehouse_create(&context(), other).await.fresh().expect("created").id;
    let mut items = Vec::new();
    for quantity in [40, 14, 12, 11, 6, 2] {
        items.push(stock.item(quantity).await);
    }
    assert_eq!(incremental(&follower).await, tables(&stock).await);

    for round in 0..3 {
        let mut at_work = tokio::task::JoinSet::new();
        for shopper in 0..8 {
            at_work.spawn(shop(stock.engine.clone(), items.clone(), shopper));
        }
        at_work.spawn(keep_shop((stock.engine.clone(), stock.pool.clone()), items.clone(), other));
        let at_work = tokio::spawn(at_work.join_all());
        let mut looks = 0;
        while !at_work.is_finished() {
            incremental(&follower).await;
            looks += 1;
        }
        at_work.await.expect("no panic");
        assert!(looks > 5, "{looks} looks");
        assert_eq!(incremental(&follower).await, tables(&stock).await, "round {round}");
    }
    let (categories, totals, warehouses) = incremental(&follower).await;
    assert!(categories.iter().any(|category| category.units_blocked > 0), "{categories:?}");
    assert!(totals.len() > 2 && totals.iter().any(|category| category.items_low > 2), "{totals:?}");
    assert!(warehouses.iter().all(|warehouse| warehouse.units_available > 0), "{warehouses:?}");
    stock.let_expire().await;
    stock.engine.blocks_expire(&context()).await.expect("cleaned up");
    assert_eq!(incremental(&follower).await, tables(&stock).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_by_sql_are_aggregated_too() {
    let stock = Stock::new().await;
    let follower = follower(&stock.url).await;
    let item = stock.item(4).await;
    stock.engine.block_place(&context(), block(item, 1)).await.expect("placed");
    incremental(&follower).await;
    for by_hand in [
        "UPDATE items SET category = 'Lamps'",
        "UPDATE items SET price = 20",
        "INSERT INTO items (name, price, category) VALUES ('Bulb', 1, 'Bulbs')",
        "INSERT INTO inventory SELECT id, 1, 7 FROM items WHERE name = 'Bulb'",
        "UPDATE items SET category = NULL WHERE name = 'Lamp'",
        "DELETE FROM inventory WHERE stock_quantity = 7",
        "DELETE FROM items WHERE name = 'Bulb'",
    ] {
        let before = incremental(&follower).await;
        sqlx::query(by_hand).execute(&stock.pool).await.expect("done");
        assert_eq!(incremental(&follower).await, tables(&stock).await, "{by_hand}");
        assert_ne!(incremental(&follower).await, before, "{by_hand}");
    } // An item that was created and deleted between two reads.
    let brief = create_item(&stock.engine, 12).await.id;
    for table in ["inventory WHERE product_id", "items WHERE id"] {
        let gone = format!("DELETE FROM {table} = {brief}");
        sqlx::query(sqlx::AssertSqlSafe(gone)).execute(&stock.pool).await.expect("gone");
    }
    assert_eq!(incremental(&follower).await, tables(&stock).await);
}

/// Old rows of `item_changes` are removed once no reader needs them.
#[tokio::test(flavor = "multi_thread")]
async fn old_item_changes_are_removed() {
    let stock = Stock::new().await;
    let kept = || async {
        let kept = "SELECT item_id FROM item_changes ORDER BY id";
        sqlx::query_scalar::<_, i64>(kept).fetch_all(&stock.pool).await.expect("changes")
    };
    let old = stock.item(0).await;
    // Now, because this server's first removal may come after the later ids.
    assert_eq!(kept().await, [old.0]);
    let newer = "SELECT setval('stock_movements_id_seq', last_value + 500000) FROM stock_movements_id_seq";
    sqlx::query(newer).execute(&stock.pool).await.expect("a later id");
    let new = stock.item(0).await;
    sqlx::query(newer).execute(&stock.pool).await.expect("a later id");
    let newest = stock.item(0).await;
    // A server removes old changes when it starts, and periodically.
    let another = stock.another().await;
    let removed = async {
        while kept().await.contains(&old.0) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), removed).await.expect("removed");
    another.stop().await;
    assert_eq!(kept().await, [new.0, newest.0]);
}

/// Another application changes a block in a transaction that has an older snapshot than a change of the item. Its row of
/// `item_changes` has a higher id and the former category.
#[tokio::test(flavor = "multi_thread")]
async fn a_changed_block_with_an_older_snapshot_does_not_count_an_item_twice() {
    let stock = Stock::new().await;
    let engines = [follower(&stock.url).await, follower(&stock.url).await];
    let item = stock.item(40).await;
    let placed = stock.engine.block_place(&context(), block(item, 2)).await.fresh().expect("placed").id;
    let totals =
        async |engine: &Engine| engine.overview(&context()).await.expect("an overview").totals.categories;
    for (turn, by_hand) in [
        "UPDATE block_inventory SET quantity = quantity + 1 WHERE id = $1",
        "UPDATE block_inventory SET quantity = quantity - 1 WHERE id = $1",
        "DELETE FROM block_inventory WHERE id = $1",
    ]
    .into_iter()
    .enumerate()
    {
        totals(&engines[0]).await;
        let mut external = stock.pool.begin().await.expect("a transaction");
        for statement in ["SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "SELECT FROM items"] {
            sqlx::query(statement).execute(&mut *external).await.expect("a snapshot");
        }
        let name = CategoryName::new(&format!("Lamps {turn}")).expect("a category");
        let patch = ItemPatch { category: Some(Some(name)), ..ItemPatch::default() };
        stock.engine.item_update(&context(), item, patch, domain::Precondition::None).await.expect("changed");
        // The second server reads the tables in its first turn.
        for engine in &engines {
            assert_eq!(totals(engine).await, totals(&stock.engine).await);
        }
        sqlx::query(by_hand).bind(placed.0).execute(&mut *external).await.expect("changed");
        external.commit().await.expect("committed");
        for engine in &engines {
            assert_eq!(totals(engine).await, totals(&stock.engine).await, "turn {turn}");
        }
    }
}
