//! Blocks that are placed, confirmed and released on what is expected of levels, blocks and the time: on that, or
//! not at all.

use chrono::TimeDelta;
use domain::{
    BlockId, BlockLimits, CartLine, HeldBlock, ItemId, LevelKey, PlaceBlock, PlaceCart, Quantity, Reference,
    Request, Snapshot, StockChanges, Time, Ttl, WarehouseId, blocks_by_reference, plan,
};
use sqlx::PgPool;
use std::collections::{BTreeMap, HashMap};
use store::{Cause, Expected, PinnedConnection, ResponseRecord, Store, WriteOutcome};

/// Temporary blocks of one reference.
const REFERENCE_BLOCKS_MAX: i64 = 3;

/// An item with 10 units and three blocks of 2 units each, and what a server would know of them.
struct Stock {
    store: Store,
    pool: PgPool,
    pinned: PinnedConnection,
    known: Snapshot,
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
        let known = Snapshot { levels: [(key, 16)].into(), limits, ..Snapshot::default() };
        let mut stock = Self { store, pool, pinned, known, blocks: Vec::new() };
        let place = stock.place();
        let changes = stock.change(&vec![place; 3], &[]).await.expect("placed");
        stock.blocks = changes.placed.iter().map(|new| new.block.id).collect();
        stock.known.blocks = changes.placed.iter().map(|new| (new.block.id, new.block)).collect();
        stock.known.levels = [(key, 10)].into();
        stock
    }

    fn place(&self) -> Request {
        let item = self.known.levels.keys().next().expect("a level").item;
        let quantity = Quantity::new(2).expect("a quantity");
        Request::Place(PlaceBlock { item, quantity, warehouse: None, ttl: Ttl::default() })
    }

    /// Place a block, confirm the first, release the second.
    fn some_of_each(&self) -> [Request; 3] {
        [self.place(), Request::Confirm(self.blocks[0], None), Request::Release(self.blocks[1])]
    }

    /// Decides on what is known, and writes that if it is so. Answers the changes.
    async fn change(
        &self,
        requests: &[Request],
        answers: &[ResponseRecord],
    ) -> Result<StockChanges, WriteOutcome> {
        self.change_at(requests, answers, TimeDelta::zero()).await
    }

    /// The same, believing that it is so much later.
    async fn change_at(
        &self,
        requests: &[Request],
        answers: &[ResponseRecord],
        later: TimeDelta,
    ) -> Result<StockChanges, WriteOutcome> {
        let (fresh, now) = self.pinned.block_ids_reserve(3 * requests.len()).await.expect("ids");
        let snapshot = Snapshot { now: now + later, new_block_ids: fresh, ..self.known.clone() };
        let planned = plan(&snapshot, requests);
        assert!(planned.decisions.iter().all(Result::is_ok), "{:?}", planned.decisions);
        let references = blocks_by_reference(requests);
        let expected = Expected {
            generation: self.store.generation(),
            snapshot: &snapshot,
            short: &planned.short_items,
            references: &references,
        };
        let causes = vec![Cause { actor: "test", request_id: "request" }; requests.len()];
        let written = self.pinned.changes_write(expected, &planned.changes, &causes, answers).await;
        match written.expect("an answer") {
            WriteOutcome::Committed(_) => Ok(planned.changes),
            other => Err(other),
        }
    }

    /// Units of the item, blocks, and lines in the ledger.
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
async fn changes_are_written_if_all_is_as_expected() {
    let stock = Stock::new().await;
    let answer = ResponseRecord {
        actor: "test".into(),
        key: "key".into(),
        fingerprint: vec![1],
        status: 201,
        body: b"done".to_vec(),
    };
    let changes = stock.change(&stock.some_of_each(), std::slice::from_ref(&answer)).await.expect("written");
    type Row = (i64, i32, Option<Time>, bool);
    let rows: Vec<Row> =
        sqlx::query_as("SELECT id, quantity, expires_at, is_permanent FROM block_inventory ORDER BY id")
            .fetch_all(&stock.pool)
            .await
            .expect("blocks");
    let new = &changes.placed[0].block;
    let kept = &stock.known.blocks[&stock.blocks[2]];
    let expected: [Row; 3] = [
        (stock.blocks[0].0, 2, None, true),
        (kept.id.0, 2, kept.expires_at, false),
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
    assert_eq!(found.into_values().collect::<Vec<_>>(), [answer]);
    assert!(store::testing::discrepancies(&stock.pool).await.is_empty());
}

#[tokio::test]
async fn nothing_happens_where_anything_is_different() {
    type Change = fn(&mut HeldBlock);
    let mut stock = Stock::new().await;
    let before = stock.counts().await;
    let level = *stock.known.levels.keys().next().expect("a level");
    let true_blocks = stock.known.blocks.clone();
    let first = stock.blocks[0];

    stock.known.levels.insert(level, 11);
    assert_eq!(stock.change(&stock.some_of_each(), &[]).await, Err(WriteOutcome::Stale), "another level");
    stock.known.levels.insert(level, 10);

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
    for (what, change) in different {
        stock.known.blocks = other(change);
        assert_eq!(
            stock.change(&[Request::Confirm(first, None)], &[]).await,
            Err(WriteOutcome::Stale),
            "{what}"
        );
        let both = [Request::Release(stock.blocks[1]), Request::Confirm(first, None)];
        assert_eq!(stock.change(&both, &[]).await, Err(WriteOutcome::Stale), "{what}");
    }
    stock.known.blocks = true_blocks;

    for later in [TimeDelta::seconds(1), TimeDelta::seconds(-1)] {
        assert_eq!(
            stock.change_at(&stock.some_of_each(), &[], later).await,
            Err(WriteOutcome::Stale),
            "{later}"
        );
    }
    assert_eq!(stock.counts().await, before);
    assert!(store::testing::discrepancies(&stock.pool).await.is_empty());

    // Confirmed, over, or expired meanwhile.
    for statement in [
        "UPDATE block_inventory SET is_permanent = true, expires_at = NULL WHERE id = $1",
        "DELETE FROM block_inventory WHERE id = $1",
    ] {
        sqlx::query(statement).bind(first.0).execute(&stock.pool).await.expect("changed");
        let counts = stock.counts().await;
        assert_eq!(stock.change(&stock.some_of_each(), &[]).await, Err(WriteOutcome::Stale), "{statement}");
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
    stock.known.blocks.entry(second).and_modify(|block| block.expires_at = Some(soon));
    tokio::time::sleep(std::time::Duration::from_millis(60)).await;
    // Believing that it is a little earlier than it is.
    let earlier = TimeDelta::milliseconds(-150);
    assert_eq!(stock.change_at(&[Request::Release(second)], &[], earlier).await, Err(WriteOutcome::Stale));
}

/// Extended and confirmed at once; and not where one of them has another time than one believes.
#[tokio::test]
async fn a_block_is_extended_as_it_was_left() {
    let mut stock = Stock::new().await;
    let [first, second, _] = stock.blocks[..] else { panic!("three blocks") };
    let two_hours = Ttl::new(7_200).expect("a time to live");
    let requests = [Request::Extend(first, two_hours), Request::Confirm(second, None)];
    let changes = stock.change(&requests, &[]).await.expect("written");
    let until = changes.updated[&first].expires_at.expect("a time");
    assert!(until > stock.known.blocks[&first].expires_at.expect("a time") + TimeDelta::minutes(50));
    let rows: Vec<(i32, bool, Option<Time>)> = sqlx::query_as(
        "SELECT quantity, is_permanent, expires_at FROM block_inventory WHERE id <= $1 ORDER BY id",
    )
    .bind(second.0)
    .fetch_all(&stock.pool)
    .await
    .expect("blocks");
    assert_eq!(rows, [(2, false, Some(until)), (2, true, None)]);

    // What is expected of it is what it was before.
    assert_eq!(stock.change(&[Request::Extend(first, two_hours)], &[]).await, Err(WriteOutcome::Stale));
    stock.known.blocks.insert(first, changes.updated[&first]);
    assert!(stock.change(&[Request::Extend(first, two_hours)], &[]).await.is_ok());
    assert!(store::testing::discrepancies(&stock.pool).await.is_empty());
}

/// How many blocks a reference has is not remembered, but counted behind its lock.
#[tokio::test]
async fn a_reference_gets_no_more_blocks_than_it_may_have() {
    let mut stock = Stock::new().await;
    let level = *stock.known.levels.keys().next().expect("a level");
    let cart = |name: &str, lines: usize| {
        let line =
            CartLine { item: level.item, quantity: Quantity::new(1).expect("a quantity"), warehouse: None };
        let reference = Some(Reference::new(name).expect("a reference"));
        Request::PlaceCart(PlaceCart::new(vec![line; lines], Ttl::default(), reference).expect("a cart"))
    };
    let carts: [(&[Request], bool); 5] = [
        (&[cart("Ada", 1), cart("Ada", 1), cart("Bob", 2)], true),
        // Of two carts that would fit each by itself both might be too many.
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
            Err(refused) => {
                assert_eq!(
                    (refused, stock.counts().await),
                    (WriteOutcome::ReferenceLimit, before),
                    "{index}"
                );
            }
        }
        stock.known.levels = [(level, units)].into();
    }
    let counted: Vec<(String, i64)> = sqlx::query_as(
        "SELECT reference, count(*) FROM block_inventory WHERE reference IS NOT NULL GROUP BY 1 ORDER BY 1",
    )
    .fetch_all(&stock.pool)
    .await
    .expect("counts");
    assert_eq!(counted, [("Ada".to_owned(), 3), ("Bob".to_owned(), 3)]);

    // Who is held back sees how many there are once the other has committed.
    let mut transaction = stock.store.begin().await.expect("a transaction");
    let (ada, cyd) =
        (Reference::new("Ada").expect("a reference"), Reference::new("Cyd").expect("a reference"));
    let known = transaction.references_lock(&[&ada, &cyd]).await.expect("counts");
    assert_eq!(known, [(ada, 3), (cyd, 0)].into());
    let requests = [cart("Cyd", 3)];
    let waiting = stock.change(&requests, &[]);
    let held_back = tokio::time::timeout(std::time::Duration::from_millis(100), waiting).await;
    assert!(held_back.is_err(), "somebody else has the reference");
    transaction.roll_back().await.expect("rolled back");
    assert!(store::testing::discrepancies(&stock.pool).await.is_empty());
}

/// A rejection, alone or with other changes in the batch, needs the expected levels and no expired block of the item.
#[tokio::test]
async fn nobody_is_rejected_while_expired_blocks_hold_units_or_levels_are_stale() {
    let mut stock = Stock::new().await;
    let (level, units) =
        stock.known.levels.iter().next().map(|(key, units)| (*key, *units)).expect("a level");
    let quantity = Quantity::new(100).expect("a quantity");
    let too_many =
        Request::Place(PlaceBlock { item: level.item, quantity, warehouse: None, ttl: Ttl::default() });
    let batches = [vec![too_many.clone()], vec![stock.place(), too_many]];
    async fn write(stock: &Stock, requests: &[Request]) -> WriteOutcome {
        let (fresh, now) = stock.pinned.block_ids_reserve(2).await.expect("ids");
        let snapshot = Snapshot { now, new_block_ids: fresh, ..stock.known.clone() };
        let planned = plan(&snapshot, requests);
        assert_eq!(planned.short_items.len(), 1);
        let none = BTreeMap::new();
        let expected = Expected {
            generation: stock.store.generation(),
            snapshot: &snapshot,
            short: &planned.short_items,
            references: &none,
        };
        let causes = [Cause { actor: "test", request_id: "request" }; 2];
        stock.pinned.changes_write(expected, &planned.changes, &causes, &[]).await.expect("an answer")
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
        stock.known.levels.insert(level, stale);
        for requests in &batches {
            assert_eq!(write(&stock, requests).await, WriteOutcome::Stale, "{stale} units");
        }
    }
    stock.known.levels.insert(level, units);
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

    stock.known.levels.insert(LevelKey { warehouse: WarehouseId(2), ..level }, 0);
    for requests in &batches {
        assert!(matches!(write(&stock, requests).await, WriteOutcome::Committed(_)));
    }
    assert_eq!(write(&stock, &batches[0]).await, WriteOutcome::Stale, "a unit less is there now");
    assert!(store::testing::discrepancies(&stock.pool).await.is_empty());
}

#[tokio::test]
async fn a_key_that_has_an_answer_is_not_answered_twice() {
    let stock = Stock::new().await;
    let answer = |text: &str| ResponseRecord {
        actor: "test".into(),
        key: "key".into(),
        fingerprint: vec![1],
        status: 201,
        body: text.as_bytes().to_vec(),
    };
    let (fresh, now) = stock.pinned.block_ids_reserve(2).await.expect("ids");
    let snapshot = Snapshot { now, new_block_ids: fresh, ..stock.known.clone() };
    let planned = plan(&snapshot, &[stock.place()]);
    let none = BTreeMap::new();
    let expected = Expected {
        generation: stock.store.generation(),
        snapshot: &snapshot,
        short: &planned.short_items,
        references: &none,
    };
    let causes = [Cause { actor: "test", request_id: "request" }];
    let mut transaction = stock.store.begin().await.expect("a transaction");
    transaction.responses_store(&[answer("first")]).await.expect("kept");
    transaction.commit().await.expect("committed");
    let before = stock.counts().await;
    let twice = stock.pinned.changes_write(expected, &planned.changes, &causes, &[answer("second")]).await;
    assert!(twice.is_err_and(|error| error.retryable()));
    assert_eq!(stock.counts().await, before);
}
