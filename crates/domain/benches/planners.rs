//! Benchmarks of the planners: `cargo bench -p domain`.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use domain::{
    AllocationMode, BlockId, CartLine, HeldBlock, ItemId, LevelKey, PlaceBlock, PlaceCart, Quantity,
    Reference, Request, Snapshot, SourcingPolicy, SourcingRules, SourcingWarehouse, Ttl, WarehouseId, plan,
    plan_allocation, plan_sourcing,
};
use std::collections::BTreeMap;
use std::hint::black_box;

/// Requests per batch.
const BATCH: i64 = 256;

/// Lines per cart.
const CART_LINES: i64 = 4;

const WAREHOUSE: WarehouseId = WarehouseId(1);

/// A snapshot of `items` items with ample stock, and `blocks` reserved ids.
fn stock(items: i64, blocks: i64) -> Snapshot {
    let key = |item| LevelKey { item: ItemId(item), warehouse: WAREHOUSE };
    Snapshot {
        warehouses: [WAREHOUSE].into(),
        levels: (0..items).map(|item| (key(item), 1_000_000)).collect(),
        new_block_ids: (0..blocks).map(BlockId).collect(),
        ..Snapshot::default()
    }
}

fn one() -> Quantity {
    Quantity::new(1).expect("a quantity")
}

fn place(item: i64) -> Request {
    Request::Place(PlaceBlock { item: ItemId(item), quantity: one(), warehouse: None, ttl: Ttl::default() })
}

/// A cart of consecutive items.
fn cart(number: i64) -> Request {
    let item = |line| ItemId((number + line) % BATCH);
    let line = |line| CartLine { item: item(line), quantity: one(), warehouse: None };
    let reference = Reference::new(&format!("buyer {number}")).expect("a reference");
    let lines = (0..CART_LINES).map(line).collect();
    Request::PlaceCart(PlaceCart::new(lines, Ttl::default(), Some(reference)).expect("a cart"))
}

fn batches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("batch of 256");
    group.throughput(Throughput::Elements(BATCH.unsigned_abs()));
    let on_one_item: Vec<_> = (0..BATCH).map(|_| place(0)).collect();
    let on_each_item: Vec<_> = (0..BATCH).map(place).collect();
    let carts: Vec<_> = (0..BATCH).map(cart).collect();
    let mut sold_out = stock(1, BATCH);
    sold_out.levels.values_mut().for_each(|units| *units = 0);
    let mut measure = |name, snapshot: &Snapshot, requests: &[Request]| {
        group.bench_function(name, |bencher| bencher.iter(|| plan(black_box(snapshot), black_box(requests))));
    };
    measure("blocks on one item", &stock(1, BATCH), &on_one_item);
    measure("blocks on one item, sold out", &sold_out, &on_one_item);
    measure("blocks on 256 items", &stock(BATCH, BATCH), &on_each_item);
    measure("carts of 4 lines on 256 items", &stock(BATCH, BATCH * CART_LINES), &carts);
    group.finish();
}

fn allocations(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("allocation");
    for count in [1, 10, 100, 1_000] {
        let lines: Vec<_> = (0..count).map(|item| (ItemId(item), 2)).collect();
        let available = |item: ItemId| if item.0 < count { 5 } else { 0 };
        group.throughput(Throughput::Elements(count.unsigned_abs()));
        group.bench_with_input(BenchmarkId::new("lines", count), &lines, |bencher, lines| {
            bencher.iter(|| plan_allocation(black_box(lines), available));
        });
    }
    group.finish();
}

/// A warehouse that has about half of the items, and of each a part of the demand.
fn sourcing_warehouse(id: i64, items: i64) -> SourcingWarehouse {
    let units = |item: i64| i32::try_from((id * 7 + item * 5 + id * item * 3) % 9 - 4).unwrap_or(0).max(0);
    SourcingWarehouse {
        id: WarehouseId(id),
        priority: i32::try_from(id % 3).unwrap_or(0),
        distance: u32::try_from(id * 37 % 50).ok(),
        available: (0..items).map(|item| (ItemId(item), units(item))).collect(),
    }
}

/// Plans of an order of 10 lines.
fn sourcing(criterion: &mut Criterion) {
    const ITEMS: i64 = 10;
    let mut group = criterion.benchmark_group("sourcing of 10 lines");
    let demand: BTreeMap<_, _> = (0..ITEMS).map(|item| (ItemId(item), 3)).collect();
    for (count, plans_max) in [(8, 1), (8, 5), (20, 1), (20, 5), (100, 1)] {
        let warehouses: Vec<_> = (1..=count).map(|id| sourcing_warehouse(id, ITEMS)).collect();
        for policy in SourcingPolicy::ALL {
            let mode = AllocationMode::Whole;
            let rules = SourcingRules { policy, max_parcels: None, split_lines: true, mode };
            let name = BenchmarkId::new(policy.as_str(), format!("{count} warehouses, {plans_max} plans"));
            group.bench_with_input(name, &warehouses, |bencher, warehouses| {
                bencher.iter(|| plan_sourcing(black_box(&demand), black_box(warehouses), rules, plans_max));
            });
        }
    }
    group.finish();
}

/// One request that takes the units of every expired block. The throughput in blocks per second is nearly constant.
fn reclaiming(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("reclaim");
    group.sample_size(10);
    for count in [1_000, 10_000, 100_000] {
        let mut snapshot = stock(1, 1);
        snapshot.levels.values_mut().for_each(|units| *units = 0);
        let key = LevelKey { item: ItemId(0), warehouse: WAREHOUSE };
        let expired =
            |id| HeldBlock { id: BlockId(id), key, quantity: 1, expires_at: Some(snapshot.now), cart: None };
        snapshot.expired = (1..=count).map(expired).collect();
        let quantity = Quantity::new(count).expect("a quantity");
        let all =
            Request::Place(PlaceBlock { item: ItemId(0), quantity, warehouse: None, ttl: Ttl::default() });
        group.throughput(Throughput::Elements(count.unsigned_abs()));
        group.bench_with_input(BenchmarkId::new("blocks", count), &snapshot, |bencher, snapshot| {
            bencher.iter(|| plan(black_box(snapshot), std::slice::from_ref(&all)));
        });
    }
    group.finish();
}

criterion_group!(planners, batches, allocations, sourcing, reclaiming);
criterion_main!(planners);
