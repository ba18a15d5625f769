//! Races of 32 clients on two servers: one cart that is changed, paid, confirmed, converted and expires; two orders that
//! exchange, ship, return and cancel units; a queue of waiting orders.

use crate::shipping::{all_of, back, part_of};
use crate::*;
use domain::{
    CancelLines, CartId, CartLine, CartState, ChangeCart, ConvertHolds, Error as Rejection, FillOrder,
    HoldSource, ItemKey, Note, OrderPriority, OrderStatus, PlaceCart, ReassignUnits, Reference, RetakeCart,
    StartPayment, StockAdjustment,
};
use engine::Error;
use futures::future::join_all;
use std::collections::BTreeSet;
use std::time::Instant;

const CLIENTS: usize = 32;

/// The time within which the queue gives out all units.
const FILLED_WITHIN: Duration = Duration::from_secs(10);

/// Returns a permutation of the clients, which follows from `seed`.
fn shuffled(seed: usize) -> Vec<usize> {
    let mut clients: Vec<_> = (0..CLIENTS).collect();
    let mixed = |client: &usize| {
        let mixed = ((*client + 1) * (2 * seed + 3)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed ^ (mixed >> 29)
    };
    clients.sort_by_key(mixed);
    clients
}

fn rejected<T>(result: engine::Result<T>) -> Result<T, Rejection> {
    result.map_err(|error| match error {
        Error::Rejected(rejection) => rejection,
        other => panic!("{other:?}"),
    })
}

fn lines(wanted: &[(ItemId, i64)]) -> Vec<CartLine> {
    let line = |(item, quantity): &(ItemId, i64)| CartLine {
        item: *item,
        quantity: units(*quantity),
        warehouse: None,
    };
    wanted.iter().map(line).collect()
}

/// The effect of a request on a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// The version that it has now.
    Changed(i64),
    Sold,
    Converted(OrderId),
    Released,
    None,
}

/// Sends a client's request about a cart.
async fn act(stock: &Stock, engine: &Engine, cart: CartId, items: [ItemId; 2], client: usize) -> Effect {
    let context = context();
    let payment = Reference::new(&format!("P-{cart}")).expect("a reference");
    match client % 8 {
        0..=2 => {
            let version = i64::try_from(client / 8 + 1).expect("few");
            let quantity = i64::try_from(client % 3 + 1).expect("few");
            let wanted = [(items[0], quantity), (items[client % 2], 1)];
            let change = ChangeCart::new(cart, version, lines(&wanted), None).expect("a change");
            let changed = rejected(engine.cart_change(&context, change).await.fresh());
            changed.map_or(Effect::None, |changed| Effect::Changed(changed.output.version))
        }
        3 if client < 8 => {
            let expire =
                "UPDATE block_inventory SET expires_at = now() WHERE cart_id = $1 AND NOT is_permanent";
            sqlx::query(expire).bind(cart.0).execute(&stock.pool).await.expect("to expire");
            engine.blocks_expire(&context).await.expect("cleaned up");
            Effect::None
        }
        3 => {
            let released = rejected(engine.cart_release(&context, cart).await.fresh());
            released.map_or(Effect::None, |_| Effect::Released)
        }
        4 => {
            let ttl = Ttl::new(1_800).expect("a ttl");
            let start = StartPayment { cart, ttl, reference: payment };
            drop(rejected(engine.payment_start(&context, start).await.fresh()));
            Effect::None
        }
        5 if client < 16 => {
            drop(rejected(engine.payment_end(&context, cart).await.fresh()));
            Effect::None
        }
        5 => {
            let retake = RetakeCart { cart, payment: Some(payment) };
            let sold = rejected(engine.cart_confirm_late(&context, retake).await.fresh());
            sold.map_or(Effect::None, |_| Effect::Sold)
        }
        6 => {
            let sold = rejected(engine.cart_confirm(&context, cart).await.fresh());
            sold.map_or(Effect::None, |_| Effect::Sold)
        }
        _ => {
            let convert = ConvertHolds::new(HoldSource::Cart(cart), None).expect("a request");
            let converted = rejected(engine.order_convert(&context, convert).await.fresh());
            converted.map_or(Effect::None, |order| Effect::Converted(order.output.id))
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cart_that_many_clients_change_and_end_ends_once() {
    let stock = Stock::new().await;
    let items = [stock.item(1_000).await, stock.item(1_000).await];
    let engines = [stock.engine.clone(), stock.another().await];
    let (mut left, mut ends) = (2_000, [0; 4]);
    for round in 0..24_usize {
        let cart = PlaceCart::new(lines(&[(items[0], 2), (items[1], 1)]), Ttl::default(), None);
        let cart = engines[round % 2].cart_place(&context(), cart.expect("a cart")).await.fresh();
        let cart = cart.expect("placed").id;
        // Every round lacks some kinds of requests, so that each kind of end happens.
        let clients = shuffled(round).into_iter().filter(|client| (client + round) % 8 < 6);
        let acting = clients.map(|client| act(&stock, &engines[client % 2], cart, items, client));
        let effects: Vec<_> =
            join_all(acting).await.into_iter().filter(|effect| *effect != Effect::None).collect();
        let versions: Vec<_> = effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Changed(version) => Some(*version),
                _ => None,
            })
            .collect();
        let distinct: BTreeSet<_> = versions.iter().copied().collect();
        let expected: BTreeSet<_> = (2..2 + i64::try_from(versions.len()).expect("few")).collect();
        assert_eq!((distinct.len(), &distinct), (versions.len(), &expected), "{effects:?}");
        let count = |of: fn(&Effect) -> bool| effects.iter().filter(|effect| of(effect)).count();
        let sold = count(|effect| *effect == Effect::Sold);
        let converted = count(|effect| matches!(effect, Effect::Converted(_)));
        let released = count(|effect| *effect == Effect::Released);
        assert!(sold <= 1 && converted <= 1 && released <= 1, "{effects:?}");
        assert!(released == 0 || sold + converted == 0, "{effects:?}");
        let over = engines[(round + 1) % 2].cart_get(&context(), cart).await.expect("a cart");
        let state = match (converted, sold, released) {
            (1, ..) => CartState::Converted,
            (_, 1, _) => CartState::Confirmed,
            (.., 1) => CartState::Released,
            _ => over.state,
        };
        assert_eq!(over.state, state, "{effects:?}");
        assert_eq!(over.version, 1 + i64::try_from(versions.len()).expect("few"), "{effects:?}");
        ends[[converted, sold, released, 1].iter().position(|count| *count == 1).unwrap_or(3)] += 1;
        if sold + converted > 0 {
            left -= over.lines.iter().map(|line| line.quantity).sum::<i32>();
        }
    }
    println!("converted, confirmed, released and other carts: {ends:?}");
    stock.let_expire().await;
    stock.engine.blocks_expire(&context()).await.expect("cleaned up");
    assert_eq!(stock.quantity(items[0]).await + stock.quantity(items[1]).await, left);
    stock.assert_reconciled().await;
    assert_eq!(stock.deadlocks().await, 0);
}

/// The units of two orders after the clients of a race.
#[derive(Debug, Default, PartialEq, Eq)]
struct Moved {
    shipped: i32,
    returned: i32,
    cancelled: usize,
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_that_exchange_ship_and_cancel_units_keep_each_unit_once() {
    let stock = Stock::new().await;
    let engines = [stock.engine.clone(), stock.another().await];
    for round in 0..10_usize {
        let items = [stock.item(6).await, stock.item(3).await];
        let wanted = [(items[0], 5), (items[1], 2)];
        let orders = [stock.order(&wanted).await, stock.order(&wanted).await];
        let acting = shuffled(round).into_iter().map(|client| {
            let (engine, one, other) =
                (&engines[client % 2], orders[client / 2 % 2], orders[(client / 2 + 1) % 2]);
            let item = items[client / 4 % 2];
            async move {
                let (mut moved, context) = (Moved::default(), context());
                let sum =
                    |units: &[(domain::LevelKey, i32)]| units.iter().map(|(_, units)| units).sum::<i32>();
                match client % 7 {
                    0 | 1 => {
                        let fill = FillOrder {
                            order: one,
                            warehouse: None,
                            waits: false,
                            priority: None,
                            items: None,
                        };
                        drop(rejected(engine.order_fill(&context, fill).await.fresh()));
                    }
                    2 | 3 => {
                        let reassign = ReassignUnits::new(one, other, None).expect("a request");
                        drop(rejected(engine.order_reassign(&context, reassign).await.fresh()));
                    }
                    4 => {
                        let shipment = if client < 16 { part_of(one, item, 1) } else { all_of(one) };
                        if let Ok(shipped) = rejected(engine.order_ship(&context, &shipment).await.fresh()) {
                            moved.shipped = sum(&shipped.output.units);
                        }
                    }
                    5 => {
                        let returned = back(one, item, 1, None);
                        if let Ok(back) = rejected(engine.order_return(&context, &returned).await.fresh()) {
                            moved.returned = sum(&back.output.units);
                        }
                    }
                    _ if client < 20 => {
                        let part = vec![(ItemKey::Id(item), Some(units(1)))];
                        let cancel = CancelLines::new(one, part).expect("a request");
                        drop(rejected(engine.order_cancel_lines(&context, cancel).await.fresh()));
                    }
                    _ => {
                        let cancelled = rejected(engine.order_cancel(&context, one).await.fresh());
                        moved.cancelled = usize::from(cancelled.is_ok());
                    }
                }
                moved
            }
        });
        let moved = join_all(acting).await.into_iter().fold(Moved::default(), |sum, one| Moved {
            shipped: sum.shipped + one.shipped,
            returned: sum.returned + one.returned,
            cancelled: sum.cancelled + one.cancelled,
        });
        let (mut allocated, mut cancelled, mut tables) = (0, 0, Moved::default());
        for id in orders {
            let order = stock.engine.order_get(&context(), id).await.expect("an order");
            for holding in &order.allocations {
                allocated += holding.units.allocated;
                tables.shipped += holding.units.shipped;
                tables.returned += holding.units.returned;
            }
            cancelled += usize::from(order.status == OrderStatus::Cancelled);
        }
        tables.cancelled = moved.cancelled;
        assert_eq!(tables, moved);
        assert!(moved.cancelled <= cancelled && cancelled <= 2);
        let available = stock.quantity(items[0]).await + stock.quantity(items[1]).await;
        assert_eq!(available + allocated + moved.shipped - moved.returned, 9, "round {round}");
    }
    stock.assert_reconciled().await;
    assert_eq!(stock.deadlocks().await, 0);
}

/// Polls until no order waits for an item that has units.
pub(crate) async fn until_served(stock: &Stock) {
    let missing = "SELECT count(*) FROM inventory
                    WHERE stock_quantity > 0
                      AND EXISTS (SELECT FROM orders JOIN order_items ON order_id = orders.id
                                   WHERE product_id = inventory.product_id AND waiting_since IS NOT NULL
                                     AND quantity > (SELECT coalesce(sum(allocated), 0) FROM order_allocations AS held
                                                      WHERE held.order_id = orders.id AND item_id = product_id))";
    let begun = Instant::now();
    while sqlx::query_scalar::<_, i64>(missing).fetch_one(&stock.pool).await.expect("a count") > 0 {
        assert!(begun.elapsed() < FILLED_WITHIN, "an order waits although there are units");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn receive(engine: &Engine, item: ItemId, delta: i64) {
    let note = Note::new("delivery").expect("a note");
    let adjustment = StockAdjustment::new(item, None, delta, note).expect("an adjustment");
    engine.stock_adjust(&context(), adjustment).await.expect("received");
}

async fn wait(engine: &Engine, order: OrderId, priority: i64) {
    let priority = Some(OrderPriority::new(priority).expect("a priority"));
    let fill = FillOrder { order, warehouse: None, waits: true, priority, items: None };
    engine.order_fill(&context(), fill).await.expect("waits");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_give_each_unit_of_a_delivery_to_one_waiting_order() {
    let stock = Stock::new().await;
    let engines = [stock.engine.clone(), stock.another().await];
    let items = [stock.item(0).await, stock.item(0).await];
    let mut orders = Vec::new();
    for number in 0..CLIENTS {
        let order = stock.order(&[(items[number % 2], 2), (items[(number + 1) % 2], 1)]).await;
        wait(&engines[number % 2], order, i64::try_from(number % 3).expect("few")).await;
        orders.push(order);
    }
    // 64 units of 96 that are wanted arrive, and a quarter of the orders is cancelled meanwhile.
    let acting = shuffled(7).into_iter().map(|client| {
        let (engine, order, item) = (&engines[client % 2], orders[client], items[client / 2 % 2]);
        async move {
            receive(engine, item, 2).await;
            if client % 4 == 0 {
                engine.order_cancel(&context(), order).await.expect("cancelled");
            }
        }
    });
    join_all(acting).await;
    until_served(&stock).await;
    let allocated: i64 = sqlx::query_scalar("SELECT sum(allocated)::bigint FROM order_allocations")
        .fetch_one(&stock.pool)
        .await
        .expect("a sum");
    let available = stock.quantity(items[0]).await + stock.quantity(items[1]).await;
    assert_eq!(allocated + i64::from(available), 64);
    for order in orders {
        let order = stock.engine.order_get(&context(), order).await.expect("an order");
        let units = |item| {
            let of_item = order.allocations.iter().filter(|holding| holding.key.item == item);
            of_item.map(|holding| holding.units.allocated).sum::<i32>()
        };
        let has_room = order.lines.iter().all(|line| units(line.item) <= line.quantity);
        assert!(
            has_room && (order.status != OrderStatus::Cancelled || order.allocations.is_empty()),
            "{order:?}"
        );
    }
    stock.assert_reconciled().await;
    assert_eq!(stock.deadlocks().await, 0);
}

/// Units arrive in many small deliveries while one server fills the queue.
#[tokio::test(flavor = "multi_thread")]
async fn one_server_serves_the_queue_in_its_order_while_units_arrive() {
    let stock = Stock::new().await;
    let item = stock.item(0).await;
    let mut queue = Vec::new();
    for number in shuffled(3) {
        let order = stock.order(&[(item, 1)]).await;
        let priority = i64::try_from(number).expect("few");
        wait(&stock.engine, order, priority).await;
        queue.push((-priority, order));
    }
    queue.sort_unstable();
    let allocated = "SELECT count(*) FROM order_allocations";
    for round in 1..=i64::try_from(CLIENTS / 2).expect("few") {
        join_all((0..2).map(|_| receive(&stock.engine, item, 1))).await;
        // The next units arrive while the server still asks the other orders of the queue.
        while sqlx::query_scalar::<_, i64>(allocated).fetch_one(&stock.pool).await.expect("a count")
            < 2 * round
        {
            tokio::task::yield_now().await;
        }
    }
    let last = queue[CLIENTS - 1].1;
    let begun = Instant::now();
    while stock.engine.order_get(&context(), last).await.expect("an order").status != OrderStatus::Allocated {
        assert!(begun.elapsed() < FILLED_WITHIN, "the last order waits");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let served = "SELECT order_id FROM stock_movements WHERE reason = 'allocated' ORDER BY id";
    let served: Vec<i64> = sqlx::query_scalar(served).fetch_all(&stock.pool).await.expect("ids");
    assert_eq!(served, queue.iter().map(|(_, order)| order.0).collect::<Vec<_>>());
    stock.assert_reconciled().await;
}
