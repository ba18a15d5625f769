//! Optimistic writes: blocks are placed, confirmed, extended and released if levels, blocks and time are as expected.
//! Otherwise nothing changes.

use chrono::TimeDelta;
use domain::{
    BlockId, BlockLimits, CartLine, HeldBlock, ItemId, LevelKey, PlaceBlock, PlaceCart, Quantity, Reference,
    Request, Snapshot, StockChanges, Time, Ttl, WarehouseId, blocks_by_reference, plan,
};
use sqlx::PgPool;
use std::collections::{BTreeMap, HashMap};
use store::{Cause, Expected, PinnedConnection, ResponseRecord, Store, WriteOutcome};

/// The maximum number of active blocks per reference.
const REFERENCE_BLOCKS_MAX: i64 = 3;

/// An item with 10 available units and three blocks of 2 units each, and the values that a server would have cached.
struct Stock {
    store: Store,
    pool: PgPool,
    pinned: PinnedConnection,
    cached: Snapshot,
    blocks: Vec<BlockId>,
}

impl Stock {
    async fn new() -> Self {
        let (store, url) = store::testing::store().await;
        let pool = PgPool::connect(&url).await.expect("a connection");
        let item: i64 = sqlx::query_scalar(
            "INSERT INTO items (name, price, category) VALUES ('Lamp', 1, 'Light') RETURNING id",
        )
        .fetch_one(&pool)
        .await
        .expect("an item");
        sqlx::query("INSERT INTO inventory VALUES ($1, 1, 16)")
            .bind(item)
            .execute(&pool)
            .await
            .expect("a level");
        let key = LevelKey { item: ItemId(item), warehouse: WarehouseId(1) };
        let pinned = store.pinned_connection();
        let limits = BlockLimits { reference_blocks_max: REFERENCE_BLOCKS_MAX, ..BlockLimits::default() };
        let cached = Snapshot { levels: [(key, 16)].into(), limits, ..Snapshot::default() };
        let mut stock = Self { store, pool, pinned, cached, blocks: Vec::new() };
        let place = stock.place();
        let changes = stock.change(&vec![place; 3], &[]).await.expect("placed");
        stock.blocks = changes.placed.iter().map(|new| new.block.id).collect();
        stock.cached.blocks = changes.placed.iter().map(|new| (new.block.id, new.block)).collect();
        stock.cached.levels = [(key, 10)].into();
        stock
    }

    fn place(&self) -> Request {
        let item = self.cached.levels.keys().next().expect("a level").item;
        let quantity = Quantity::new(2).expect("a quantity");
        Request::Place(PlaceBlock { item, quantity, warehouse: None, ttl: Ttl::default() })
    }

    /// Places a block, confirms the first, and releases the second.
    fn one_of_each(&self) -> [Request; 3] {
        [self.place(), Request::Confirm(self.blocks[0], None), Request::Release(self.blocks[1])]
    }

    /// Decides on the cached values and writes optimistically. Returns the changes.
    async fn change(
        &self,
        requests: &[Request],
        responses: &[ResponseRecord],
    ) -> Result<StockChanges, WriteOutcome> {
        self.change_at(requests, responses, TimeDelta::zero()).await
    }

    /// Same as [`Stock::change`], with the database's time expected to be later by `later`.
    async fn change_at(
        &self,
        requests: &[Request],
        responses: &[ResponseRecord],
        later: TimeDelta,
    ) -> Result<StockChanges, WriteOutcome> {
        let (new_block_ids, now) = self.pinned.block_ids_reserve(3 * requests.len()).await.expect("ids");
        let snapshot = Snapshot { now: now + later, new_block_ids, ..self.cached.clone() };
        let planned = plan(&snapshot, requests);
        assert!(planned.decisions.iter().all(Result::is_ok), "{:?}", planned.decisions);
        let references = blocks_by_reference(requests);
        let expected = Expected {
            generation: self.store.generation(),
            snapshot: &snapshot,
            short_items: &planned.short_items,
            references: &references,
            carts: &[],
            key_version: None,
        };
        let causes = vec![Cause::new("test", "request"); requests.len()];
        let written = self.pinned.changes_write(expected, &planned.changes, &causes, responses).await;
        match written.expect("a result") {
            WriteOutcome::Committed(_) => Ok(planned.changes),
            other => Err(other),
        }
    }

    /// Returns the item's available units, the number of blocks, and the number of movements.
    async fn counts(&self) -> (i64, i64, i64) {
        sqlx::query_as(
            "SELECT (SELECT sum(quantity) FROM items), (SELECT count(*) FROM block_inventory),
                    (SELECT count(*) FROM stock_movements)",
        )
        .fetch_one(&self.pool)
        .await
        .expect("counts")
    }
}

#[tokio::test]
async fn changes_are_written_if_all_rows_are_as_expected() {
    let stock = Stock::new().await;
    let response = ResponseRecord {
        actor: "test".into(),
        key: "key".into(),
        fingerprint: vec![1],
        status: 201,
        body: b"done".to_vec(),
    };
    let changes = stock.change(&stock.one_of_each(), std::slice::from_ref(&response)).await.expect("written");
    type Row = (i64, i32, Option<Time>, bool);
    let rows: Vec<Row> =
        sqlx::query_as("SELECT id, quantity, expires_at, is_permanent FROM block_inventory ORDER BY id")
            .fetch_all(&stock.pool)
            .await
            .expect("blocks");
    let new = &changes.placed[0].block;
    let unchanged = &stock.cached.blocks[&stock.blocks[2]];
    let expected: [Row; 3] = [
        (stock.blocks[0].0, 2, None, true),
        (unchanged.id.0, 2, unchanged.expires_at, false),
        (new.id.0, 2, new.expires_at, false),
    ];
    assert_eq!(rows, expected);
    assert_eq!(stock.counts().await.0, 10);
    let lines: Vec<(i64, String, i32)> = sqlx::query_as(
        "SELECT block_id, reason, change FROM stock_movements WHERE block_id IS NOT NULL ORDER BY id DESC LIMIT 3",
    )
    .fetch_all(&stock.pool)
    .await
    .expect("lines");
    let line = |id: BlockId, reason: &str, change| (id.0, reason.to_owned(), change);
    let expected = [
        line(stock.blocks[1], "released", 2),
        line(stock.blocks[0], "confirmed", 0),
        line(new.id, "blocked", -2),
    ];
    assert_eq!(lines, expected);
    let mut transaction = stock.store.begin().await.expect("a transaction");
    let found = transaction.responses_find(&[("test", "key")]).await.expect("answers");
    assert_eq!(found.into_values().collect::<Vec<_>>(), [response]);
    assert!(store::testing::discrepancies(&stock.pool).await.is_empty());
}

#[tokio::test]
async fn nothing_is_written_if_any_row_or_the_time_differs() {
    type Change = fn(&mut HeldBlock);
    let mut stock = Stock::new().await;
    let before = stock.counts().await;
    let level = *stock.cached.levels.keys().next().expect("a level");
    let true_blocks = stock.cached.blocks.clone();
    let first = stock.blocks[0];

    stock.cached.levels.insert(level, 11);
    assert_eq!(stock.change(&stock.one_of_each(), &[]).await, Err(WriteOutcome::Stale), "another level");
    stock.cached.levels.insert(level, 10);

    let other = |change: Change| {
        let mut blocks: HashMap<_, _> = true_blocks.clone();
        blocks.entry(first).and_modify(change);
        blocks
    };
    let different: [(&str, Change); 3] = [
        ("other units", |block| block.quantity = 3),
        ("another time", |block| block.expires_at = block.expires_at.map(|at| at + TimeDelta::seconds(1))),
        ("another warehouse", |block| block.key.warehouse = WarehouseId(7)),
    ];
    for (difference, change) in different {
        stock.cached.blocks = other(change);
        assert_eq!(
            stock.change(&[Request::Confirm(first, None)], &[]).await,
            Err(WriteOutcome::Stale),
            "{difference}"
        );
        let both = [Request::Release(stock.blocks[1]), Request::Confirm(first, None)];
        assert_eq!(stock.change(&both, &[]).await, Err(WriteOutcome::Stale), "{difference}");
    }
    stock.cached.blocks = true_blocks;

    for later in [TimeDelta::seconds(1), TimeDelta::seconds(-1)] {
        assert_eq!(
            stock.change_at(&stock.one_of_each(), &[], later).await,
            Err(WriteOutcome::Stale),
            "{later}"
        );
    }
    assert_eq!(stock.counts().await, before);
    assert!(store::testing::discrepancies(&stock.pool).await.is_empty());

    // The block was confirmed, ended, or expired in the meantime.
    for statement in [
        "UPDATE block_inventory SET is_permanent = true, expires_at = NULL WHERE id = $1",
        "DELETE FROM block_inventory WHERE id = $1",
    ] {
        sqlx::query(statement).bind(first.0).execute(&stock.pool).await.expect("changed");
        let counts = stock.counts().await;
        assert_eq!(stock.change(&stock.one_of_each(), &[]).await, Err(WriteOutcome::Stale), "{statement}");
        assert_eq!(stock.counts().await, counts);
    }
    let second = stock.blocks[1];
    let soon: Time = sqlx::query_scalar(
        "UPDATE block_inventory SET expires_at = clock_timestamp() + interval '50 milliseconds'
          WHERE id = $1 RETURNING expires_at",
    )
    .bind(second.0)
    .fetch_one(&stock.pool)
    .await
    .expect("changed");
    stock.cached.blocks.entry(second).and_modify(|block| block.expires_at = Some(soon));
    tokio::time::sleep(std::time::Duration::from_millis(60)).await;
    // The expected time is a little too early, but within the tolerance.
    let earlier = TimeDelta::milliseconds(-150);
    assert_eq!(stock.change_at(&[Request::Release(second)], &[], earlier).await, Err(WriteOutcome::Stale));
}

/// One batch extends one block and confirms another. A further extension must expect the new expiry.
#[tokio::test]
async fn an_extension_compares_the_expiry() {
    let mut stock = Stock::new().await;
    let [first, second, _] = stock.blocks[..] else { panic!("three blocks") };
    let two_hours = Ttl::new(7_200).expect("a time to live");
    let requests = [Request::Extend(first, two_hours), Request::Confirm(second, None)];
    let changes = stock.change(&requests, &[]).await.expect("written");
    let until = changes.updated[&first].expires_at.expect("a time");
    assert!(until > stock.cached.blocks[&first].expires_at.expect("a time") + TimeDelta::minutes(50));
    let rows: Vec<(i32, bool, Option<Time>)> = sqlx::query_as(
        "SELECT quantity, is_permanent, expires_at FROM block_inventory WHERE id <= $1 ORDER BY id",
    )
    .bind(second.0)
    .fetch_all(&stock.pool)
    .await
    .expect("blocks");
    assert_eq!(rows, [(2, false, Some(until)), (2, true, None)]);

    // The cached expiry is the one before the extension.
    assert_eq!(stock.change(&[Request::Extend(first, two_hours)], &[]).await, Err(WriteOutcome::Stale));
    stock.cached.blocks.insert(first, changes.updated[&first]);
    assert!(stock.change(&[Request::Extend(first, two_hours)], &[]).await.is_ok());
    assert!(store::testing::discrepancies(&stock.pool).await.is_empty());
}

/// The active blocks of a reference are not cached. They are counted after the reference is locked.
#[tokio::test]
async fn the_limit_per_reference_is_checked_under_lock() {
    let mut stock = Stock::new().await;
    let level = *stock.cached.levels.keys().next().expect("a level");
    let cart = |name: &str, lines: usize| {
        let line =
            CartLine { item: level.item, quantity: Quantity::new(1).expect("a quantity"), warehouse: None };
        let reference = Some(Reference::new(name).expect("a reference"));
        Request::PlaceCart(PlaceCart::new(vec![line; lines], Ttl::default(), reference).expect("a cart"))
    };
    let carts: [(&[Request], bool); 5] = [
        (&[cart("Ada", 1), cart("Ada", 1), cart("Bob", 2)], true),
        // Each of the two carts would be within the limit alone.
        (&[cart("Ada", 1), cart("Ada", 1)], false),
        (&[cart("Ada", 1), cart("Bob", 2)], false),
        (&[cart("Ada", 1), cart("Bob", 1)], true),
        (&[cart("Bob", 1)], false),
    ];
    let mut units = 10;
    for (index, (requests, written)) in carts.into_iter().enumerate() {
        let before = stock.counts().await;
        let changes = stock.change(requests, &[]).await;
        assert_eq!(changes.is_ok(), written, "{index}");
        match changes {
            Ok(changes) => units -= i32::try_from(changes.placed.len()).expect("few"),
            Err(outcome) => {
                assert_eq!(
                    (outcome, stock.counts().await),
                    (WriteOutcome::ReferenceLimit, before),
                    "{index}"
                );
            }
        }
        stock.cached.levels = [(level, units)].into();
    }
    let counted: Vec<(String, i64)> = sqlx::query_as(
        "SELECT reference, count(*) FROM block_inventory WHERE reference IS NOT NULL GROUP BY 1 ORDER BY 1",
    )
    .fetch_all(&stock.pool)
    .await
    .expect("counts");
    assert_eq!(counted, [("Ada".to_owned(), 3), ("Bob".to_owned(), 3)]);

    // Another transaction that locks the reference delays the write.
    let mut transaction = stock.store.begin().await.expect("a transaction");
    let (ada, cyd) =
        (Reference::new("Ada").expect("a reference"), Reference::new("Cyd").expect("a reference"));
    let counts = transaction.references_lock(&[&ada, &cyd]).await.expect("counts");
    assert_eq!(counts, [(ada, 3), (cyd, 0)].into());
    let requests = [cart("Cyd", 3)];
    let waiting = stock.change(&requests, &[]);
    let delayed = tokio::time::timeout(std::time::Duration::from_millis(100), waiting).await;
    assert!(delayed.is_err(), "another transaction has locked the reference");
    transaction.roll_back().await.expect("rolled back");
    assert!(store::testing::discrepancies(&stock.pool).await.is_empty());
}

/// A rejection, alone or with other changes in the batch, needs the expected levels and no expired block of the item.
#[tokio::test]
async fn no_request_is_rejected_while_the_item_has_an_expired_block_or_a_level_is_stale() {
    let mut stock = Stock::new().await;
    let (level, units) =
        stock.cached.levels.iter().next().map(|(key, units)| (*key, *units)).expect("a level");
    let quantity = Quantity::new(100).expect("a quantity");
    let too_many =
        Request::Place(PlaceBlock { item: level.item, quantity, warehouse: None, ttl: Ttl::default() });
    let batches = [vec![too_many.clone()], vec![stock.place(), too_many]];
    async fn write(stock: &Stock, requests: &[Request]) -> WriteOutcome {
        let (new_block_ids, now) = stock.pinned.block_ids_reserve(2).await.expect("ids");
        let snapshot = Snapshot { now, new_block_ids, ..stock.cached.clone() };
        let planned = plan(&snapshot, requests);
        assert_eq!(planned.short_items.len(), 1);
        let none = BTreeMap::new();
        let expected = Expected {
            generation: stock.store.generation(),
            snapshot: &snapshot,
            short_items: &planned.short_items,
            references: &none,
            carts: &[],
            key_version: None,
        };
        let causes = [Cause::new("test", "request"); 2];
        stock.pinned.changes_write(expected, &planned.changes, &causes, &[]).await.expect("a result")
    }
    let before = stock.counts().await;
    let expire = "UPDATE block_inventory SET expires_at = now() WHERE id = $1";
    sqlx::query(expire).bind(stock.blocks[0].0).execute(&stock.pool).await.expect("changed");
    for requests in &batches {
        assert_eq!(write(&stock, requests).await, WriteOutcome::Stale, "an expired block");
    }
    let extend = "UPDATE block_inventory SET expires_at = now() + interval '1 hour' WHERE id = $1";
    sqlx::query(extend).bind(stock.blocks[0].0).execute(&stock.pool).await.expect("changed");

    for stale in [units - 1, units + 1] {
        stock.cached.levels.insert(level, stale);
        for requests in &batches {
            assert_eq!(write(&stock, requests).await, WriteOutcome::Stale, "{stale} units");
        }
    }
    stock.cached.levels.insert(level, units);
    for statement in [
        "INSERT INTO warehouses (id, code, name) VALUES (2, 'EAST', 'East')",
        "INSERT INTO inventory SELECT id, 2, 0 FROM items",
    ] {
        sqlx::query(statement).execute(&stock.pool).await.expect("written");
    }
    for requests in &batches {
        assert_eq!(write(&stock, requests).await, WriteOutcome::Stale, "a level in another warehouse");
    }
    assert_eq!(stock.counts().await, before);

    stock.cached.levels.insert(LevelKey { warehouse: WarehouseId(2), ..level }, 0);
    for requests in &batches {
        assert!(matches!(write(&stock, requests).await, WriteOutcome::Committed(_)));
    }
    assert_eq!(write(&stock, &batches[0]).await, WriteOutcome::Stale, "the level has changed");
    assert!(store::testing::discrepancies(&stock.pool).await.is_empty());
}

#[tokio::test]
async fn a_second_response_under_one_key_is_a_conflict() {
    let stock = Stock::new().await;
    let response = |text: &str| ResponseRecord {
        actor: "test".into(),
        key: "key".into(),
        fingerprint: vec![1],
        status: 201,
        body: text.as_bytes().to_vec(),
    };
    let (new_block_ids, now) = stock.pinned.block_ids_reserve(2).await.expect("ids");
    let snapshot = Snapshot { now, new_block_ids, ..stock.cached.clone() };
    let planned = plan(&snapshot, &[stock.place()]);
    let none = BTreeMap::new();
    let expected = Expected {
        generation: stock.store.generation(),
        snapshot: &snapshot,
        short_items: &planned.short_items,
        references: &none,
        carts: &[],
        key_version: None,
    };
    let causes = [Cause::new("test", "request")];
    let mut transaction = stock.store.begin().await.expect("a transaction");
    transaction.responses_store(&[response("first")]).await.expect("stored");
    transaction.commit().await.expect("committed");
    let before = stock.counts().await;
    let twice = stock.pinned.changes_write(expected, &planned.changes, &causes, &[response("second")]).await;
    assert!(twice.is_err_and(|error| error.retryable()));
    assert_eq!(stock.counts().await, before);
}
