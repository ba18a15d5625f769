//! Availability of items, with the ledger cursor at which it is true.

use crate::*;
use domain::{Availability, LedgerCursor, MovementReason};

async fn read(engine: &Engine, items: &[ItemId]) -> Availability {
    engine.availability(&context(), items.to_vec(), Vec::new()).await.expect("availability")
}

fn available(availability: &Availability) -> i64 {
    availability.items.iter().map(|item| item.units().available).sum()
}

/// Returns the change of the available units and of the units on hand by the movements after one cursor, up to another.
async fn changes(stock: &Stock, after: &LedgerCursor, until: &LedgerCursor) -> (i64, i64) {
    let wait = Duration::ZERO;
    let page = stock.engine.events(&context(), Some(after.clone()), 1_000, wait).await.expect("events");
    let events = page.events.iter().filter(|event| event.id <= until.position);
    let (mut available, mut on_hand) = (0, 0);
    for event in events {
        let change = i64::from(event.change);
        available += change;
        on_hand += match event.reason {
            MovementReason::Blocked | MovementReason::Released | MovementReason::Expired => 0,
            // Each confirmed block of this test has one unit.
            MovementReason::Confirmed => -1,
            _ => change,
        };
    }
    (available, on_hand)
}

#[tokio::test(flavor = "multi_thread")]
async fn availability_is_the_state_after_exactly_the_movements_up_to_its_cursor() {
    let stock = Stock::new().await;
    let items = [stock.item(500).await, stock.item(500).await];
    let mut shoppers = tokio::task::JoinSet::new();
    for shopper in 0..4_usize {
        let (engine, item) = (stock.engine.clone(), items[shopper % 2]);
        shoppers.spawn(async move {
            for turn in 0..30 {
                let placed = engine.block_place(&context(), block(item, 1)).await.fresh().expect("placed");
                match turn % 3 {
                    0 => drop(engine.block_confirm(&context(), placed.id, None).await.expect("confirmed")),
                    1 => drop(engine.block_release(&context(), placed.id).await.expect("released")),
                    _ => {}
                }
            }
        });
    }
    let (mut reads, mut before) = (0, read(&stock.engine, &items).await);
    loop {
        let is_done = shoppers.is_empty();
        let now = read(&stock.engine, &items).await;
        let (available_change, on_hand_change) = changes(&stock, &before.cursor, &now.cursor).await;
        assert_eq!(now.lag_seconds, 0);
        assert_eq!(available(&now), available(&before) + available_change, "{before:?} {now:?}");
        let on_hand = |read: &Availability| read.items.iter().map(|item| item.units().on_hand()).sum::<i64>();
        assert_eq!(on_hand(&now), on_hand(&before) + on_hand_change, "{before:?} {now:?}");
        reads += 1;
        before = now;
        if is_done {
            break;
        }
        while shoppers.try_join_next().is_some() {}
    }
    assert!(reads > 3, "{reads}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_transaction_does_not_hold_availability_back_for_more_than_a_second() {
    let stock = Stock::new().await;
    let (item, elsewhere) = (stock.item(10).await, stock.item(10).await);
    let mut open = stock.pool.begin().await.expect("a transaction");
    let sql = "UPDATE inventory SET stock_quantity = stock_quantity + 1 WHERE product_id = $1";
    sqlx::query(sql).bind(elsewhere.0).execute(&mut *open).await.expect("written");
    stock.engine.block_place(&context(), block(item, 3)).await.expect("placed");
    let at_cursor = read(&stock.engine, &[item]).await;
    if at_cursor.lag_seconds == 0 {
        assert_eq!(available(&at_cursor), 10, "as of the cursor, which is before the block");
    }
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let now = read(&stock.engine, &[item]).await;
    assert_eq!((available(&now), now.lag_seconds), (7, 1), "{now:?}");
    open.rollback().await.expect("rolled back");
    let after = read(&stock.engine, &[item]).await;
    assert_eq!((available(&after), after.lag_seconds), (7, 0));
}
