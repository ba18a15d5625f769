//! Linearizability: concurrent operations through two servers have the responses and the final state of some sequential
//! order.
//!
//! Concurrent clients send groups of requests of random size. Requests may name entities from earlier responses. [`search`]
//! looks for a sequential order of the recorded history. The order must respect real time: a request that was answered before
//! another was sent comes first. In that order the reference model, [`model`], must give the same responses and end in the
//! same tables.
//!
//! After every history the tables agree with the ledger, and the search refuses the history with one wrong response.

mod model;
mod request_spec;
mod search;
mod wrong;

use crate::*;
use domain::{
    BlockId, BlockLimits, CartId, CartLine, FillOrder, NewWarehouse, PlaceCart, Priority, SourcingCandidate,
    WarehouseCode, WarehouseName,
};
use futures::future::join_all;
use model::Ledger;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};
use request_spec::{Case, Fate, OrderFate, RequestSpec, Seen};
use search::{Action, Event};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// The limit of temporary blocks per reference: low, so that requests reach it.
const REFERENCE_BLOCKS_MAX: i64 = 3;

/// The number of histories. The environment variable `STOCKHOLD_TEST_HISTORIES` has another one.
const CASES: u32 = 300;

/// The wrong responses of each kind that are tried.
const WRONG_RESPONSES_MAX: u32 = 8;

#[test]
fn every_history_is_linearizable() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let shop = runtime.block_on(Shop::open());
    // The script has every kind of response; random histories may lack some.
    if let Err(error) = runtime.block_on(shop.live_through(&request_spec::script())) {
        panic!("the script: {error}");
    }
    let unseen = shop.unseen();
    assert!(unseen.is_empty(), "the script lacks {unseen:?}");
    let config = Config {
        cases: std::env::var("STOCKHOLD_TEST_HISTORIES")
            .map_or(CASES, |cases| cases.parse().expect("a number")),
        // A race can't be reproduced at will, so shrinking is of little use.
        max_shrink_iters: 20,
        failure_persistence: None,
        ..Config::default()
    };
    let outcome =
        TestRunner::new(config).run(&request_spec::case(), |case| runtime.block_on(shop.live_through(&case)));
    match outcome {
        Ok(()) => {}
        // The reason has the history.
        Err(TestError::Fail(reason, _)) => panic!("{reason}"),
        Err(error) => panic!("{error}"),
    }
    runtime.block_on(shop.stock.assert_reconciled());
    println!("responses by kind: {:?}", shop.found);
}

/// A database, two servers with different batch sizes, and three warehouses.
struct Shop {
    stock: Stock,
    engines: [Engine; 2],
    warehouses: [WarehouseId; 3],
    candidates: Vec<SourcingCandidate>,
    /// The wrong responses that the search found, by kind.
    found: Mutex<BTreeMap<&'static str, u32>>,
}

impl Shop {
    async fn open() -> Self {
        let stock = Stock::new().await;
        let mut engines = Vec::new();
        for batch_max in [512, 3] {
            let store = store::Store::connect(store::Settings::new(&stock.url)).await.expect("a connection");
            let limits = BlockLimits { reference_blocks_max: REFERENCE_BLOCKS_MAX, ..BlockLimits::default() };
            let expiry_interval = Duration::from_secs(3_600);
            let settings = Settings { batch_max, limits, expiry_interval, ..Settings::default() };
            engines.push(Engine::start(store, settings).await.expect("an engine"));
        }
        let mut warehouses = vec![main_warehouse(&stock.engine).await];
        // The first two have the same rank.
        for (code, priority) in [("SECOND", 0), ("THIRD", 5)] {
            let code = WarehouseCode::new(code).expect("a code");
            let new = NewWarehouse::new(code, WarehouseName::new("Elsewhere").expect("a name"));
            let new = NewWarehouse { priority: Priority::new(priority).expect("a priority"), ..new };
            warehouses.push(stock.engine.warehouse_create(&context(), new).await.fresh().expect("added").id);
        }
        let engines = engines.try_into().unwrap_or_else(|_| unreachable!("two of them"));
        let candidate = |(id, priority)| SourcingCandidate { id, priority, distance: None };
        let candidates = warehouses.iter().copied().zip([0, 0, 5]).map(candidate).collect();
        let warehouses = warehouses.try_into().expect("three of them");
        Self { stock, engines, warehouses, candidates, found: Mutex::default() }
    }

    /// Creates stock for the case, runs its clients, and searches for a sequential order.
    async fn live_through(&self, case: &Case) -> Result<(), TestCaseError> {
        let seen = self.prepare(case).await;
        let (before, earlier) = Ledger::read(&self.stock.pool, &seen.items).await;
        let seen = Mutex::new(seen);
        let clock = AtomicU64::new(0);
        let clients = case.clients.iter().map(|groups| self.be_client(groups, &seen, &clock));
        let mut events: Vec<Event> = join_all(clients).await.into_iter().flatten().collect();
        let items = seen.into_inner().expect("no panic").items;
        if case.settles {
            crate::checkout_races::until_served(&self.stock).await;
        }
        let (after, fills) = Ledger::read(&self.stock.pool, &items).await;
        let fills = fills.into_iter().filter(|(id, _)| !earlier.contains_key(id));
        events.extend(fills.map(|(_, action)| Event { action, requested_at: 0, answered_at: u64::MAX }));
        self.end_waiting().await;
        if !search::explains(&before, &events, &after) {
            return Err(TestCaseError::fail(search::report(&before, &events, &after)));
        }
        self.check_identities(&items).await?;
        self.try_wrong_responses(&before, &mut events, &after)
    }

    /// Returns the kinds of responses that no history had.
    fn unseen(&self) -> Vec<&'static str> {
        let found = self.found.lock().expect("no panic");
        wrong::KINDS.into_iter().filter(|kind| !found.contains_key(kind)).collect()
    }

    /// Compares the tables with the ledger for these items, as `stockhold reconcile` does.
    async fn check_identities(&self, items: &[ItemId]) -> Result<(), TestCaseError> {
        let mut audit =
            store::Audit::connect(&store::Settings::new(&self.stock.url)).await.expect("a connection");
        let (first, last) = (items[0].0, items[items.len() - 1].0);
        let found = audit.items(first, last + 1).await.expect("an answer");
        match found.is_empty() {
            true => Ok(()),
            false => Err(TestCaseError::fail(format!("{found:#?}"))),
        }
    }

    /// Makes one response of the history wrong at a time. The search must find each.
    fn try_wrong_responses(
        &self,
        before: &Ledger,
        events: &mut [Event],
        after: &Ledger,
    ) -> Result<(), TestCaseError> {
        for index in 0..events.len() {
            let Some((kind, wrong)) = wrong::spoilt(&events[index]) else { continue };
            let mut found = self.found.lock().expect("no panic");
            let count = found.entry(kind).or_default();
            *count += 1;
            if *count > WRONG_RESPONSES_MAX {
                continue;
            }
            let right = std::mem::replace(&mut events[index], wrong);
            if search::explains(before, events, after) {
                return Err(TestCaseError::fail(format!("not found: {:?}\n{right:?}", events[index])));
            }
            events[index] = right;
        }
        Ok(())
    }

    /// Takes all orders out of the queue, so that it does not grow from case to case.
    async fn end_waiting(&self) {
        let end = "UPDATE orders SET waiting_since = NULL WHERE waiting_since IS NOT NULL";
        sqlx::query(end).execute(&self.stock.pool).await.expect("ended");
    }

    /// Creates items, orders, blocks and carts for one case.
    async fn prepare(&self, case: &Case) -> Seen {
        let (engine, mut items) = (&self.stock.engine, Vec::new());
        for levels in &case.levels {
            let item = self.stock.item(levels[0]).await;
            if levels[1] > 0 {
                let place = Some(self.warehouses[1]);
                engine
                    .stock_adjust(&context(), request_spec::adjustment(item, place, levels[1]))
                    .await
                    .expect("stock");
            }
            items.push(item);
        }
        let mut seen = Seen {
            items: items.clone(),
            orders: Vec::new(),
            blocks: Vec::new(),
            carts: Vec::new(),
            warehouses: self.warehouses,
            candidates: self.candidates.clone(),
            lines: BTreeMap::new(),
        };
        let item = |number: &usize| items[number % items.len()];
        for (lines, fate) in &case.orders {
            let lines: Vec<_> = lines.iter().map(|(number, quantity)| (item(number), *quantity)).collect();
            let order = self.stock.order(&lines).await;
            let mut sums = BTreeMap::<ItemId, i32>::new();
            for (item, quantity) in lines {
                *sums.entry(item).or_default() += units(quantity).get();
            }
            seen.add_order(order, sums.into_iter().collect());
            self.prepare_order(order, fate).await;
        }
        for (number, quantity, fate) in &case.blocks {
            if let Ok(placed) = engine.block_place(&context(), block(item(number), *quantity)).await.fresh() {
                self.meet(fate, &[placed.id], None).await;
                seen.blocks.push(placed.id);
            }
        }
        for (lines, fate) in &case.carts {
            let line = |(number, quantity): &(usize, i64)| CartLine {
                item: item(number),
                quantity: units(*quantity),
                warehouse: None,
            };
            let cart =
                PlaceCart::new(lines.iter().map(line).collect(), Ttl::default(), None).expect("a cart");
            if let Ok(placed) = engine.cart_place(&context(), cart).await.fresh() {
                let blocks: Vec<_> = placed.blocks.iter().map(|block| block.id).collect();
                self.meet(fate, &blocks, Some(placed.id)).await;
                seen.blocks.extend(blocks);
                seen.carts.push(placed.id);
            }
        }
        seen
    }

    /// Fills and ships an order according to its fate.
    async fn prepare_order(&self, order: OrderId, fate: &OrderFate) {
        let waits = matches!(fate, OrderFate::Waiting);
        let fill = FillOrder { order, warehouse: None, waits, priority: None, items: None };
        if !matches!(fate, OrderFate::Pending) {
            self.stock.engine.order_fill(&context(), fill).await.expect("filled");
        }
        if matches!(fate, OrderFate::Shipped) {
            // An order without units can't be shipped.
            drop(self.stock.engine.order_ship(&context(), &crate::shipping::all_of(order)).await);
        }
    }

    /// Confirms blocks or sets their expiry time, according to their fate. `cart` is that of the blocks.
    async fn meet(&self, fate: &Fate, blocks: &[BlockId], cart: Option<CartId>) {
        let engine = &self.stock.engine;
        let from_now = match fate {
            Fate::Live => return,
            Fate::Sold => {
                match cart {
                    Some(cart) => drop(engine.cart_confirm(&context(), cart).await.expect("confirmed")),
                    None => drop(engine.block_confirm(&context(), blocks[0], None).await.expect("confirmed")),
                }
                return;
            }
            Fate::Due => -1_000.0,
            Fate::Soon(milliseconds) => f64::from(*milliseconds),
        };
        let expire = "UPDATE block_inventory SET expires_at = clock_timestamp() + $2 * interval '1 ms'
                       WHERE id = ANY ($1)";
        let blocks: Vec<_> = blocks.iter().map(|block| block.0).collect();
        let expire = sqlx::query(expire).bind(blocks).bind(from_now);
        expire.execute(&self.stock.pool).await.expect("to expire");
    }

    /// Sends one group after the other, and returns the history.
    async fn be_client(
        &self,
        groups: &[Vec<(RequestSpec, bool)>],
        seen: &Mutex<Seen>,
        clock: &AtomicU64,
    ) -> Vec<Event> {
        let mut events = Vec::new();
        for group in groups {
            let asking = group.iter().map(|(request_spec, first)| async move {
                let engine = &self.engines[usize::from(!first)];
                if *request_spec == RequestSpec::CleanUp {
                    engine.blocks_expire(&context()).await.expect("cleaned up");
                    return None;
                }
                if let RequestSpec::CreateOrder(lines) = request_spec {
                    return Some(self.create_order(engine, lines, seen, clock).await);
                }
                let request = request_spec.request(&seen.lock().expect("no panic"))?;
                let requested_at = clock.fetch_add(1, Ordering::SeqCst);
                let answer = request_spec::ask(engine, request.clone()).await;
                let answered_at = clock.fetch_add(1, Ordering::SeqCst);
                let answer = match answer {
                    Ok(answer) => Ok(answer),
                    Err(engine::Error::Rejected(rejection)) => Err(rejection),
                    Err(other) => panic!("{request:?}: {other:?}"),
                };
                seen.lock().expect("no panic").note(&answer);
                Some(Event { action: Action::Requested(request, answer), requested_at, answered_at })
            });
            events.extend(join_all(asking).await.into_iter().flatten());
        }
        events
    }

    async fn create_order(
        &self,
        engine: &Engine,
        lines: &[(usize, i64)],
        seen: &Mutex<Seen>,
        clock: &AtomicU64,
    ) -> Event {
        let order = {
            let items = &seen.lock().expect("no panic").items;
            let lines = lines.iter().map(|(item, quantity)| (items[item % items.len()], units(*quantity)));
            NewOrder::new(None, lines).expect("an order")
        };
        let requested_at = clock.fetch_add(1, Ordering::SeqCst);
        let created = engine.order_create(&context(), order).await.fresh().expect("created");
        let answered_at = clock.fetch_add(1, Ordering::SeqCst);
        let lines: BTreeMap<_, _> = created.lines.iter().map(|line| (line.item, line.quantity)).collect();
        seen.lock().expect("no panic").add_order(created.id, lines.clone().into_iter().collect());
        Event { action: Action::OrderCreated(created.id, lines), requested_at, answered_at }
    }
}
