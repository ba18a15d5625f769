//! Linearizability: concurrent operations through two servers have the responses and the final state of some sequential
//! order.
//!
//! Concurrent clients send groups of requests of random size. Requests may name entities from earlier responses. [`search`]
//! looks for a sequential order of the recorded history. The order must respect real time: a request that was answered before
//! another was sent comes first. In that order the reference model, [`model`], must give the same responses and end in the
//! same tables.

mod model;
mod request_spec;
mod search;

use crate::*;
use domain::{BlockLimits, NewWarehouse, WarehouseCode, WarehouseName};
use futures::future::join_all;
use model::Ledger;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use request_spec::{Case, Fate, RequestSpec, Seen};
use search::{Action, Event};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// The limit of temporary blocks per reference: low, so that requests reach it.
const REFERENCE_BLOCKS_MAX: i64 = 3;

/// The number of histories.
const CASES: u32 = 300;

#[test]
fn every_history_is_linearizable() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let shop = runtime.block_on(Shop::open());
    let config = Config {
        cases: CASES,
        // A race can't be reproduced at will, so shrinking is of little use.
        max_shrink_iters: 20,
        failure_persistence: None,
        ..Config::default()
    };
    let outcome =
        TestRunner::new(config).run(&request_spec::case(), |case| runtime.block_on(shop.live_through(&case)));
    if let Err(error) = outcome {
        panic!("{error}");
    }
    runtime.block_on(shop.stock.assert_closed());
}

/// A database, two servers with different batch sizes, and three warehouses.
struct Shop {
    stock: Stock,
    engines: [Engine; 2],
    warehouses: [WarehouseId; 3],
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
        for code in ["SECOND", "THIRD"] {
            let code = WarehouseCode::new(code).expect("a code");
            let new = NewWarehouse { code, name: WarehouseName::new("Elsewhere").expect("a name") };
            warehouses.push(stock.engine.warehouse_create(&context(), new).await.fresh().expect("added").id);
        }
        let engines = engines.try_into().unwrap_or_else(|_| unreachable!("two of them"));
        let warehouses = warehouses.try_into().expect("three of them");
        Self { stock, engines, warehouses }
    }

    /// Creates stock for the case, runs its clients, and searches for a sequential order.
    async fn live_through(&self, case: &Case) -> Result<(), TestCaseError> {
        let seen = self.prepare(case).await;
        let before = Ledger::read(&self.stock.pool, &seen.items).await;
        let seen = Mutex::new(seen);
        let clock = AtomicU64::new(0);
        let clients = case.clients.iter().map(|groups| self.be_client(groups, &seen, &clock));
        let events: Vec<Event> = join_all(clients).await.into_iter().flatten().collect();
        let items = seen.into_inner().expect("no panic").items;
        let after = Ledger::read(&self.stock.pool, &items).await;
        match search::explains(&before, &events, &after) {
            true => Ok(()),
            false => Err(TestCaseError::fail(search::report(&before, &events, &after))),
        }
    }

    /// Creates items, orders and blocks for one case.
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
        let mut orders = Vec::new();
        for lines in &case.orders {
            let lines: Vec<_> =
                lines.iter().map(|(item, quantity)| (items[item % items.len()], *quantity)).collect();
            orders.push(self.stock.order(&lines).await);
        }
        let mut blocks = Vec::new();
        for (item, quantity, fate) in &case.blocks {
            let Ok(placed) =
                engine.block_place(&context(), block(items[item % items.len()], *quantity)).await.fresh()
            else {
                continue;
            };
            let from_now = match fate {
                Fate::Live => None,
                Fate::Due => Some(-1_000.0),
                Fate::Soon(milliseconds) => Some(f64::from(*milliseconds)),
            };
            let expire = "UPDATE block_inventory SET expires_at = clock_timestamp() + $2 * interval '1 ms' WHERE id = $1";
            if let Some(from_now) = from_now {
                let expire = sqlx::query(expire).bind(placed.id.0).bind(from_now);
                expire.execute(&self.stock.pool).await.expect("to expire");
            }
            blocks.push(placed.id);
        }
        Seen { items, orders, blocks, carts: Vec::new(), warehouses: self.warehouses }
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
        seen.lock().expect("no panic").orders.push(created.id);
        let lines = created.lines.iter().map(|line| (line.item, line.quantity)).collect();
        Event { action: Action::OrderCreated(created.id, lines), requested_at, answered_at }
    }
}
