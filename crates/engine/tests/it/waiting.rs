//! Orders whose missing units wait, partial cancellations and reassignments, and their races.

use crate::*;
use domain::{
    CancelLines, ChangeOrderLines, Error as Rejection, FillOrder, ItemKey, Note, Order, OrderPriority,
    OrderStatus, Quantity, ReassignUnits, StockAdjustment, WarehouseKey,
};
use engine::Error;
use futures::future::join_all;
use std::time::Instant;

/// The time within which a waiting order is filled.
const FILLED_WITHIN: Duration = Duration::from_secs(10);

fn fill(order: OrderId, waits: bool, priority: Option<i64>) -> FillOrder<WarehouseKey> {
    let priority = priority.map(|priority| OrderPriority::new(priority).expect("a priority"));
    FillOrder { order, warehouse: None, waits, priority, items: None }
}

async fn get(stock: &Stock, id: OrderId) -> Order {
    stock.engine.order_get(&context(), id).await.expect("an order")
}

async fn receive(stock: &Stock, item: ItemId, delta: i64) {
    let note = Note::new("delivery").expect("a note");
    let adjustment = StockAdjustment::new(item, None, delta, note).expect("an adjustment");
    stock.engine.stock_adjust(&context(), adjustment).await.expect("received");
}

/// Polls until an order has the status.
async fn until(stock: &Stock, id: OrderId, status: OrderStatus) -> Order {
    let begun = Instant::now();
    loop {
        let order = get(stock, id).await;
        if order.status == status {
            return order;
        }
        assert!(begun.elapsed() < FILLED_WITHIN, "{order:?} is not {status:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn missing(order: &Order) -> Vec<(ItemId, i32)> {
    order.missing().into_iter().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partial_allocation_takes_what_is_there_and_the_rest_waits() {
    let stock = Stock::new().await;
    let (lamp, chair) = (stock.item(3).await, stock.item(0).await);
    let order = stock.order(&[(lamp, 5), (chair, 2)]).await;
    let filled =
        stock.engine.order_fill(&context(), fill(order, true, Some(7))).await.fresh().expect("filled");
    assert_eq!((filled.status, filled.taken.len()), (OrderStatus::Partial, 1));
    assert_eq!(filled.missing, [(lamp, 2), (chair, 2)]);
    let waiting = get(&stock, order).await;
    assert_eq!((waiting.priority, waiting.queue_place), (7, Some(1)));
    assert!(waiting.waiting_since.is_some());
    // Units arrive one by one; the order gets them.
    receive(&stock, chair, 2).await;
    receive(&stock, lamp, 10).await;
    let done = until(&stock, order, OrderStatus::Allocated).await;
    assert_eq!((missing(&done), done.waiting_since, done.queue_place), (vec![], None, None));
    let again = stock.engine.order_fill(&context(), fill(order, true, None)).await;
    assert!(matches!(again, Err(Error::Rejected(Rejection::OrderAlreadyAllocated { .. }))), "{again:?}");
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_is_served_by_priority_and_then_by_age() {
    let stock = Stock::new().await;
    let item = stock.item(0).await;
    let orders =
        [stock.order(&[(item, 1)]).await, stock.order(&[(item, 1)]).await, stock.order(&[(item, 1)]).await];
    for (order, priority) in orders.into_iter().zip([0, 5, 5]) {
        stock.engine.order_fill(&context(), fill(order, true, Some(priority))).await.expect("waits");
    }
    let mut places = Vec::new();
    for order in orders {
        places.push(get(&stock, order).await.queue_place);
    }
    assert_eq!(places, [Some(3), Some(1), Some(2)]);
    for (served, open) in
        [(orders[1], &[orders[2], orders[0]][..]), (orders[2], &[orders[0]][..]), (orders[0], &[])]
    {
        receive(&stock, item, 1).await;
        until(&stock, served, OrderStatus::Allocated).await;
        for order in open {
            assert_eq!(get(&stock, *order).await.status, OrderStatus::Pending);
        }
    }
    stock.assert_closed().await;
}

/// Two servers receive the notifications of the same arrivals.
#[tokio::test(flavor = "multi_thread")]
async fn two_servers_fill_each_order_once() {
    let stock = Stock::new().await;
    let other = stock.another().await;
    let item = stock.item(0).await;
    let mut orders = Vec::new();
    for _ in 0..40 {
        let order = stock.order(&[(item, 2)]).await;
        stock.engine.order_fill(&context(), fill(order, true, None)).await.expect("waits");
        orders.push(order);
    }
    for turn in 0..20 {
        let engine = if turn % 2 == 0 { &stock.engine } else { &other };
        let note = Note::new("delivery").expect("a note");
        let adjustment = StockAdjustment::new(item, None, 4, note).expect("an adjustment");
        engine.stock_adjust(&context(), adjustment).await.expect("received");
    }
    for order in orders {
        until(&stock, order, OrderStatus::Allocated).await;
    }
    let units: i64 = sqlx::query_scalar("SELECT sum(allocated)::bigint FROM order_allocations")
        .fetch_one(&stock.pool)
        .await
        .expect("a sum");
    assert_eq!(units, 80);
    stock.assert_closed().await;
}

fn lines(part: &[(ItemId, Option<i64>)]) -> Vec<(ItemKey, Option<Quantity>)> {
    part.iter()
        .map(|(item, units)| (ItemKey::Id(*item), units.map(|units| Quantity::new(units).expect("units"))))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelled_units_are_missing_ones_first() {
    let stock = Stock::new().await;
    let (lamp, chair) = (stock.item(3).await, stock.item(9).await);
    let order = stock.order(&[(lamp, 5), (chair, 2)]).await;
    stock.engine.order_fill(&context(), fill(order, false, None)).await.expect("filled");
    let cancel = CancelLines::new(order, lines(&[(lamp, Some(3))])).expect("a request");
    let changed = stock.engine.order_cancel_lines(&context(), cancel).await.fresh().expect("cancelled");
    assert_eq!((changed.status, &*changed.units), (OrderStatus::Allocated, &[(lamp, 3)][..]));
    assert_eq!(
        changed.returned.iter().map(|(key, units)| (key.item, *units)).collect::<Vec<_>>(),
        [(lamp, 1)]
    );
    let cancel = CancelLines::new(order, lines(&[(lamp, Some(3))])).expect("a request");
    let over = stock.engine.order_cancel_lines(&context(), cancel).await.fresh().map(|_| ());
    let expected = Rejection::QuantityOverLine { order, item: lamp, requested: 3, available: 2 };
    assert_eq!(over, Err(Error::Rejected(expected)));
    // The last units end the order, which keeps its lines.
    let cancel = CancelLines::new(order, lines(&[(lamp, None), (chair, None)])).expect("a request");
    let changed = stock.engine.order_cancel_lines(&context(), cancel).await.fresh().expect("cancelled");
    assert_eq!(changed.status, OrderStatus::Cancelled);
    let cancelled = get(&stock, order).await;
    assert_eq!((cancelled.lines.len(), missing(&cancelled)), (2, vec![]));
    assert_eq!(stock.quantity(lamp).await + stock.quantity(chair).await, 12);
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn units_pass_to_an_order_that_misses_them() {
    let stock = Stock::new().await;
    let item = stock.item(4).await;
    let (from, to) = (stock.order(&[(item, 4)]).await, stock.order(&[(item, 3)]).await);
    stock.engine.order_fill(&context(), fill(from, false, None)).await.expect("filled");
    let part = |units| Some(lines(&[(item, Some(units))]));
    let over = ReassignUnits::new(from, to, part(4)).expect("a request");
    let over = stock.engine.order_reassign(&context(), over).await.fresh().map(|_| ());
    let expected = Rejection::UnitsNotReassignable { order: from, item, requested: 4, available: 3 };
    assert_eq!(over, Err(Error::Rejected(expected)));
    let some = ReassignUnits::new(from, to, part(1)).expect("a request");
    let changed = stock.engine.order_reassign(&context(), some).await.fresh().expect("reassigned");
    assert_eq!(
        (changed.order, changed.status, &*changed.units),
        (to, OrderStatus::Partial, &[(item, 1)][..])
    );
    let rest = || ReassignUnits::new(from, to, None).expect("a request");
    stock.engine.order_reassign(&context(), rest()).await.expect("reassigned");
    assert_eq!(
        (get(&stock, from).await.status, get(&stock, to).await.status),
        (OrderStatus::Partial, OrderStatus::Allocated)
    );
    let none = stock.engine.order_reassign(&context(), rest()).await.fresh().map(|_| ());
    assert_eq!(none, Err(Error::Rejected(Rejection::NothingToReassign { from, to })));
    assert_eq!(stock.quantity(item).await, 0);
    stock.assert_closed().await;
}

/// Reassignments in both directions, cancellations of units and fills race for the units of two orders.
#[tokio::test(flavor = "multi_thread")]
async fn racing_changes_of_orders_give_units_back_once() {
    let stock = Stock::new().await;
    let engines = [stock.engine.clone(), stock.another().await];
    for _ in 0..8 {
        let item = stock.item(6).await;
        let orders = [stock.order(&[(item, 5)]).await, stock.order(&[(item, 5)]).await];
        let changes = (0..24).map(|turn: usize| {
            let engine = &engines[turn % 2];
            let (one, other) = (orders[turn / 2 % 2], orders[(turn / 2 + 1) % 2]);
            async move {
                match turn % 3 {
                    0 => drop(engine.order_fill(&context(), fill(one, false, None)).await),
                    1 => {
                        let reassign = ReassignUnits::new(one, other, None).expect("a request");
                        drop(engine.order_reassign(&context(), reassign).await);
                    }
                    _ => {
                        let cancel = CancelLines::new(one, lines(&[(item, Some(1))])).expect("a request");
                        drop(engine.order_cancel_lines(&context(), cancel).await);
                    }
                }
            }
        });
        join_all(changes).await;
        let allocated: i64 = sqlx::query_scalar(
            "SELECT coalesce(sum(allocated), 0)::bigint FROM order_allocations WHERE item_id = $1",
        )
        .bind(item.0)
        .fetch_one(&stock.pool)
        .await
        .expect("a sum");
        assert_eq!(i64::from(stock.quantity(item).await) + allocated, 6);
    }
    stock.assert_closed().await;
}

/// Two servers change the lines of an order and allocate it.
#[tokio::test(flavor = "multi_thread")]
async fn an_allocation_has_the_old_or_the_new_lines() {
    let stock = Stock::new().await;
    let other = stock.another().await;
    let main = main_warehouse(&stock.engine).await;
    for _ in 0..20 {
        let (old, new) = (stock.item(5).await, stock.item(5).await);
        let order = stock.order(&[(old, 2)]).await;
        let change = ChangeOrderLines::new(order, [(new, units(3))]).expect("a request");
        let [one, two] = [context(), context()];
        let (changed, allocated) = tokio::join!(
            other.order_change_lines(&one, change),
            stock.engine.order_allocate(&two, order, main),
        );
        assert_eq!(allocated.fresh().expect("allocated").shortages, []);
        let is_changed = match changed.fresh() {
            Ok(_) => true,
            Err(Error::Rejected(Rejection::OrderNotPending { .. })) => false,
            Err(error) => panic!("{error:?}"),
        };
        let left = (stock.quantity(old).await, stock.quantity(new).await);
        assert_eq!(left, if is_changed { (5, 2) } else { (3, 5) });
    }
    stock.assert_closed().await;
}
