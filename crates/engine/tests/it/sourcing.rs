//! Orders that are allocated from several warehouses: by policy, and by a plan.

use crate::*;
use domain::{
    AllocateFrom, AllocationMode, AllowedWarehouses, Coordinates, Error as Rejection, ItemKey, LevelKey,
    NewWarehouse, Note, OrderStatus, PlanLine, PolicyChoice, Priority, SourcingPolicy, SourcingRules,
    StockAdjustment, WarehouseCode, WarehouseKey, WarehouseName,
};
use engine::{Error, Idempotency};
use futures::future::join_all;
use std::collections::BTreeMap;
use std::num::NonZeroU32;

/// Adds a warehouse with a priority.
async fn add_warehouse(engine: &Engine, code: &str, priority: i64) -> WarehouseId {
    let code = WarehouseCode::new(code).expect("a code");
    let new = NewWarehouse {
        priority: Priority::new(priority).expect("a priority"),
        coordinates: Some(Coordinates::new(50.0 + f64::from(u8::try_from(priority).unwrap_or(0)), 10.0))
            .transpose()
            .expect("a position"),
        ..NewWarehouse::new(code, WarehouseName::new("Warehouse").expect("a name"))
    };
    engine.warehouse_create(&context(), new).await.fresh().expect("created").id
}

/// Adds an item with these units by warehouse.
async fn stocked_item(engine: &Engine, units: &[(WarehouseId, i32)]) -> ItemId {
    let item = create_item(engine, 0).await.id;
    for (warehouse, units) in units.iter().filter(|(_, units)| *units > 0) {
        let note = Note::new("count").expect("a note");
        let receipt =
            StockAdjustment::<ItemId, WarehouseId>::new(item, Some(*warehouse), i64::from(*units), note);
        engine.stock_adjust(&context(), receipt.expect("a receipt")).await.expect("received");
    }
    item
}

fn rules(policy: SourcingPolicy) -> SourcingRules {
    SourcingRules { policy, max_parcels: None, split_lines: true, mode: AllocationMode::Whole }
}

fn by(policy: SourcingPolicy) -> AllocateFrom {
    let near = Some(Coordinates::new(50.0, 10.0).expect("a position"));
    AllocateFrom::Policy(PolicyChoice::new(rules(policy), near).expect("a choice"))
}

fn plan(lines: &[(WarehouseId, ItemId, i64)]) -> AllocateFrom {
    let line = |(warehouse, item, quantity): &(WarehouseId, ItemId, i64)| PlanLine {
        warehouse: WarehouseKey::Id(*warehouse),
        item: ItemKey::Id(*item),
        quantity: units(*quantity),
    };
    AllocateFrom::plan(lines.iter().map(line).collect()).expect("a plan")
}

/// Returns the allocated units of an order by level.
async fn allocated(engine: &Engine, order: OrderId) -> BTreeMap<LevelKey, i32> {
    let order = engine.order_get(&context(), order).await.expect("an order");
    order.allocations.iter().map(|holding| (holding.key, holding.units.allocated)).collect()
}

fn level(item: ItemId, warehouse: WarehouseId) -> LevelKey {
    LevelKey { item, warehouse }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_chooses_the_warehouses_and_a_cancellation_returns_the_units() {
    let stock = Stock::new().await;
    let engine = &stock.engine;
    let [first, second, third] = [
        add_warehouse(engine, "W-1", 1).await,
        add_warehouse(engine, "W-2", 2).await,
        add_warehouse(engine, "W-3", 3).await,
    ];
    let cup = stocked_item(engine, &[(first, 2), (second, 1), (third, 9)]).await;
    let pot = stocked_item(engine, &[(first, 0), (second, 4), (third, 9)]).await;
    let expected = [
        (SourcingPolicy::FewestParcels, vec![(level(cup, third), 3), (level(pot, third), 2)]),
        (SourcingPolicy::HighestStock, vec![(level(cup, third), 3), (level(pot, third), 2)]),
        (
            SourcingPolicy::Priority,
            vec![(level(cup, first), 2), (level(cup, second), 1), (level(pot, second), 2)],
        ),
        (
            SourcingPolicy::Nearest,
            vec![(level(cup, first), 2), (level(cup, second), 1), (level(pot, second), 2)],
        ),
    ];
    for (policy, expected) in expected {
        let order = stock.order(&[(cup, 3), (pot, 2)]).await;
        let AllocateFrom::Policy(choice) = by(policy) else { panic!("a policy") };
        let preview = engine.order_preview(&context(), order, choice).await.expect("a preview");
        let answer = engine.order_allocate(&context(), order, by(policy)).await.fresh().expect("an answer");
        assert!(answer.is_optimal && answer.shortages.is_empty(), "{policy:?}");
        assert_eq!(
            preview.plans.plans[0].parcels, answer.parcels,
            "{policy:?}: the preview has the same plan"
        );
        let of_order = allocated(engine, order).await;
        assert_eq!(of_order, expected.iter().copied().collect(), "{policy:?}");
        let read = engine.order_get(&context(), order).await.expect("an order");
        assert_eq!(read.status, OrderStatus::Allocated);
        assert_eq!(read.warehouse, (answer.parcels.len() == 1).then_some(third));
        let again = engine.order_allocate(&context(), order, by(policy)).await.fresh().err();
        assert!(matches!(again, Some(Error::Rejected(Rejection::OrderAlreadyAllocated { .. }))), "{again:?}");
        engine.order_cancel(&context(), order).await.expect("cancelled");
    }
    assert_eq!((stock.quantity(cup).await, stock.quantity(pot).await), (12, 13));
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_no_plan_fills_takes_nothing() {
    let stock = Stock::new().await;
    let engine = &stock.engine;
    let [first, second] = [add_warehouse(engine, "W-1", 1).await, add_warehouse(engine, "W-2", 2).await];
    let cup = stocked_item(engine, &[(first, 2), (second, 1)]).await;
    let order = stock.order(&[(cup, 4)]).await;
    let answer = engine.order_allocate(&context(), order, by(SourcingPolicy::Priority)).await.fresh();
    let answer = answer.expect("an answer").output;
    assert_eq!(answer.shortages, [domain::Shortage { item: cup, requested: 4, available: 3 }]);
    assert_eq!((answer.parcels.len(), answer.warehouse), (0, None));
    // Three units exist, but not in one warehouse.
    let fits = stock.order(&[(cup, 3)]).await;
    for limited in [
        SourcingRules { max_parcels: NonZeroU32::new(1), ..rules(SourcingPolicy::Priority) },
        SourcingRules { split_lines: false, ..rules(SourcingPolicy::Priority) },
    ] {
        let choice = PolicyChoice::new(limited, None).expect("a choice");
        let answer = engine.order_allocate(&context(), fits, AllocateFrom::Policy(choice)).await.fresh();
        let short = domain::Shortage { item: cup, requested: 3, available: 2 };
        assert_eq!(answer.expect("an answer").shortages, [short]);
    }
    engine.order_allocate(&context(), fits, by(SourcingPolicy::Priority)).await.expect("allocated");
    assert_eq!(allocated(engine, fits).await, [(level(cup, first), 2), (level(cup, second), 1)].into());
    assert_eq!(stock.quantity(cup).await, 0);
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_taken_exactly_or_refused() {
    let stock = Stock::new().await;
    let engine = &stock.engine;
    let [first, second] = [add_warehouse(engine, "W-1", 1).await, add_warehouse(engine, "W-2", 2).await];
    let cup = stocked_item(engine, &[(first, 2), (second, 5)]).await;
    let order = stock.order(&[(cup, 4)]).await;
    for (lines, planned) in [(vec![(second, cup, 3)], 3), (vec![(first, cup, 2), (second, cup, 3)], 5)] {
        let refused = engine.order_allocate(&context(), order, plan(&lines)).await.fresh().err();
        let mismatch = Rejection::PlanMismatch { order, item: cup, requested: 4, planned };
        assert_eq!(refused, Some(Error::Rejected(mismatch)));
    }
    let lines = [(first, cup, 3), (second, cup, 1)];
    let short = engine.order_allocate(&context(), order, plan(&lines)).await.fresh().expect("an answer");
    assert_eq!(short.shortages, [domain::Shortage { item: cup, requested: 3, available: 2 }]);
    let lines = [(second, cup, 2), (first, cup, 1), (second, cup, 1)];
    let taken = engine.order_allocate(&context(), order, plan(&lines)).await.fresh().expect("an answer");
    assert!(taken.shortages.is_empty());
    assert_eq!(allocated(engine, order).await, [(level(cup, first), 1), (level(cup, second), 3)].into());
    let unknown = stock.order(&[(cup, 1)]).await;
    let gone = WarehouseId(999_999);
    let refused = engine.order_allocate(&context(), unknown, plan(&[(gone, cup, 1)])).await.fresh().err();
    assert_eq!(refused, Some(Error::Rejected(Rejection::WarehouseNotFound(gone))));
    stock.assert_closed().await;
}

/// The units of expired blocks count for the plan, as in the preview, and are reclaimed for it.
#[tokio::test(flavor = "multi_thread")]
async fn expired_blocks_are_reclaimed_for_the_best_plan() {
    let stock = Stock::new().await;
    let engine = &stock.engine;
    let [first, second] = [add_warehouse(engine, "W-1", 1).await, add_warehouse(engine, "W-2", 2).await];
    let cup = stocked_item(engine, &[(first, 5), (second, 5)]).await;
    let hold = PlaceBlock { warehouse: Some(first), ..block(cup, 4) };
    engine.block_place(&context(), hold).await.expect("placed");
    let rest = stock.order(&[(cup, 5)]).await;
    stock.let_expire().await;
    let answer = engine.order_allocate(&context(), rest, by(SourcingPolicy::Priority)).await.fresh();
    assert!(answer.expect("an answer").shortages.is_empty());
    assert_eq!(allocated(engine, rest).await, [(level(cup, first), 5)].into());
    // Nothing is available in one warehouse: the other one's units are needed, too.
    let hold = PlaceBlock { warehouse: Some(second), ..block(cup, 3) };
    engine.block_place(&context(), hold).await.expect("placed");
    stock.let_expire().await;
    let all = stock.order(&[(cup, 5)]).await;
    let answer = engine.order_allocate(&context(), all, by(SourcingPolicy::HighestStock)).await.fresh();
    assert!(answer.expect("an answer").shortages.is_empty());
    assert_eq!(stock.quantity(cup).await, 0);
    stock.assert_closed().await;
}

/// A level of the plan changes between the read without a lock and the lock.
#[tokio::test(flavor = "multi_thread")]
async fn a_plan_on_a_changed_level_is_planned_again() {
    let stock = Stock::new().await;
    let [first, second] =
        [add_warehouse(&stock.engine, "W-1", 1).await, add_warehouse(&stock.engine, "W-2", 2).await];
    let cup = stocked_item(&stock.engine, &[(first, 3), (second, 5)]).await;
    let order = stock.order(&[(cup, 3)]).await;
    let mut external = stock.lock_levels(cup).await;
    let engine = stock.engine.clone();
    let waiting = tokio::spawn(async move {
        engine.order_allocate(&context(), order, by(SourcingPolicy::Priority)).await.fresh()
    });
    crate::orders_races::until_waiting(&stock).await;
    let take = "UPDATE inventory SET stock_quantity = 1 WHERE product_id = $1 AND warehouse_id = $2";
    sqlx::query(take).bind(cup.0).bind(first.0).execute(&mut *external).await.expect("changed");
    external.commit().await.expect("committed");
    let answer = waiting.await.expect("no panic").expect("an answer");
    assert!(answer.shortages.is_empty());
    assert_eq!(
        allocated(&stock.engine, order).await,
        [(level(cup, first), 1), (level(cup, second), 2)].into()
    );
    stock.assert_closed().await;
}

/// All units move to a level that did not exist when the levels were read.
#[tokio::test(flavor = "multi_thread")]
async fn units_that_move_to_a_new_level_are_found() {
    let stock = Stock::new().await;
    let [first, second] =
        [add_warehouse(&stock.engine, "W-1", 1).await, add_warehouse(&stock.engine, "W-2", 2).await];
    let cup = create_item(&stock.engine, 0).await.id;
    sqlx::query("DELETE FROM inventory WHERE product_id = $1")
        .bind(cup.0)
        .execute(&stock.pool)
        .await
        .expect("none");
    let note = Note::new("count").expect("a note");
    let receipt = StockAdjustment::<ItemId, WarehouseId>::new(cup, Some(first), 3, note).expect("a receipt");
    stock.engine.stock_adjust(&context(), receipt).await.expect("received");
    let order = stock.order(&[(cup, 3)]).await;
    let mut external = stock.lock_levels(cup).await;
    let engine = stock.engine.clone();
    let waiting = tokio::spawn(async move {
        engine.order_allocate(&context(), order, by(SourcingPolicy::Priority)).await.fresh()
    });
    crate::orders_races::until_waiting(&stock).await;
    let take = "UPDATE inventory SET stock_quantity = 0 WHERE product_id = $1";
    sqlx::query(take).bind(cup.0).execute(&mut *external).await.expect("changed");
    let put = "INSERT INTO inventory (product_id, warehouse_id, stock_quantity) VALUES ($1, $2, 3)";
    sqlx::query(put).bind(cup.0).bind(second.0).execute(&mut *external).await.expect("added");
    external.commit().await.expect("committed");
    let answer = waiting.await.expect("no panic").expect("an answer");
    assert_eq!(answer.shortages, []);
    assert_eq!(allocated(&stock.engine, order).await, [(level(cup, second), 3)].into());
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limited_caller_gets_plans_from_its_warehouses_only() {
    let stock = Stock::new().await;
    let engine = &stock.engine;
    let [first, second] = [add_warehouse(engine, "W-1", 1).await, add_warehouse(engine, "W-2", 2).await];
    let cup = stocked_item(engine, &[(first, 5), (second, 3)]).await;
    let allowed = AllowedWarehouses::only(vec![second]).expect("a limit");
    let limited = Context { warehouses: allowed, ..context() };
    let order = stock.order(&[(cup, 3)]).await;
    let AllocateFrom::Policy(choice) = by(SourcingPolicy::Priority) else { panic!("a policy") };
    let preview = engine.order_preview(&limited, order, choice).await.expect("a preview");
    assert_eq!(preview.plans.plans.len(), 1);
    let forbidden = engine.order_allocate(&limited, order, plan(&[(first, cup, 3)])).await.fresh().err();
    assert!(
        matches!(forbidden, Some(Error::Rejected(Rejection::WarehouseForbidden { .. }))),
        "{forbidden:?}"
    );
    let answer = engine.order_allocate(&limited, order, by(SourcingPolicy::Priority)).await.fresh();
    assert_eq!(answer.expect("an answer").parcels, preview.plans.plans[0].parcels);
    assert_eq!(allocated(engine, order).await, [(level(cup, second), 3)].into());
    let more = stock.order(&[(cup, 1)]).await;
    let answer = engine.order_allocate(&limited, more, by(SourcingPolicy::Priority)).await.fresh();
    let short = domain::Shortage { item: cup, requested: 1, available: 0 };
    assert_eq!(answer.expect("an answer").shortages, [short]);
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_allocation_by_policy_takes_effect_once_per_key() {
    let stock = Stock::new().await;
    let engine = &stock.engine;
    let [first, second] = [add_warehouse(engine, "W-1", 1).await, add_warehouse(engine, "W-2", 2).await];
    let cup = stocked_item(engine, &[(first, 2), (second, 2)]).await;
    let order = stock.order(&[(cup, 4)]).await;
    let keyed = context()
        .with_idempotency(Idempotency { key: "source".into(), fingerprint: b"source".as_slice().into() });
    let answers =
        join_all((0..8).map(|_| engine.order_allocate(&keyed, order, by(SourcingPolicy::Nearest)))).await;
    let mut answers: Vec<_> = answers.into_iter().map(|answer| answer.expect("an answer")).collect();
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(allocated(engine, order).await.values().sum::<i32>(), 4);
    stock.assert_closed().await;
}

/// 32 clients on two servers allocate random orders over 8 warehouses by random policies, and cancel some.
#[tokio::test(flavor = "multi_thread")]
async fn random_orders_by_policy_have_no_oversell_and_no_deadlock() {
    const CLIENTS: usize = 32;
    const ORDERS: usize = 12;
    const ITEMS: usize = 6;
    let stock = Stock::new().await;
    let engines = [stock.engine.clone(), stock.another().await];
    let mut warehouses = Vec::new();
    for number in 1..=8 {
        warehouses.push(add_warehouse(&stock.engine, &format!("W-{number}"), number % 3).await);
    }
    let mut items = Vec::new();
    for item in 0..ITEMS {
        let level = |(number, warehouse): (usize, &WarehouseId)| {
            (*warehouse, i32::try_from((number * 5 + item * 3) % 14).unwrap_or(0))
        };
        let levels: Vec<_> = warehouses.iter().enumerate().map(level).collect();
        items.push(stocked_item(&stock.engine, &levels).await);
    }
    // A random number that is the same in each run.
    let random = |client: usize, turn: usize, salt: usize| {
        let mixed = (client * 1_000_003 + turn * 10_007 + salt * 101 + 7).wrapping_mul(2_654_435_761);
        (mixed >> 16) % 1_000
    };
    let client = |client: usize| {
        let (engine, stock, items) = (&engines[client % 2], &stock, &items);
        async move {
            let mut filled = 0;
            for turn in 0..ORDERS {
                let mut lines: Vec<_> = (0..ITEMS)
                    .filter(|item| random(client, turn, *item) % 2 == 0)
                    .map(|item| {
                        (items[item], i64::try_from(random(client, turn, 50 + item) % 4 + 1).unwrap_or(1))
                    })
                    .collect();
                if lines.is_empty() {
                    lines.push((items[turn % ITEMS], 1));
                }
                let order = stock.order(&lines).await;
                let policy = SourcingPolicy::ALL[random(client, turn, 90) % 4];
                let answer = engine.order_allocate(&context(), order, by(policy)).await.fresh();
                let answer = answer.expect("an answer");
                if !answer.shortages.is_empty() {
                    continue;
                }
                let taken: i32 = answer.parcels.iter().flat_map(|parcel| parcel.units.values()).sum();
                assert_eq!(i64::from(taken), lines.iter().map(|(_, units)| units).sum::<i64>());
                filled += 1;
                if turn % 2 == 0 {
                    engine.order_cancel(&context(), order).await.expect("cancelled");
                }
            }
            filled
        }
    };
    let filled: i32 = join_all((0..CLIENTS).map(client)).await.into_iter().sum();
    assert!(filled > 0);
    stock.assert_closed().await;
    assert_eq!(stock.deadlocks().await, 0);
}
