//! Conversions of carts and blocks to orders, and their races with all other requests that end a cart.

use crate::*;
use domain::{
    BlockId, BlockState, CartId, CartLine, CartState, ConvertHolds, Error as Rejection, HoldSource, Order,
    OrderStatus, PlaceCart, Reference, RetakeCart, StartPayment,
};
use engine::Error;
use futures::future::join_all;

async fn place(engine: &Engine, wanted: &[(ItemId, i64)]) -> CartId {
    let line = |(item, quantity): &(ItemId, i64)| CartLine {
        item: *item,
        quantity: units(*quantity),
        warehouse: None,
    };
    let cart = PlaceCart::new(wanted.iter().map(line).collect(), Ttl::default(), None).expect("a cart");
    engine.cart_place(&context(), cart).await.fresh().expect("placed").id
}

pub(crate) async fn hold(engine: &Engine, item: ItemId, quantity: i64) -> BlockId {
    engine.block_place(&context(), block(item, quantity)).await.fresh().expect("placed").id
}

fn rejected<T: std::fmt::Debug>(result: engine::Result<T>) -> Result<T, Rejection> {
    result.map_err(|error| match error {
        Error::Rejected(rejection) => rejection,
        other => panic!("{other:?}"),
    })
}

async fn convert(engine: &Engine, source: HoldSource) -> Result<Order, Rejection> {
    let convert = ConvertHolds::new(source, None).expect("a request");
    rejected(engine.order_convert(&context(), convert).await.fresh().map(|order| *order.output))
}

async fn convert_cart(engine: &Engine, cart: CartId) -> Result<Order, Rejection> {
    convert(engine, HoldSource::Cart(cart)).await
}

pub(crate) async fn convert_blocks(engine: &Engine, blocks: &[BlockId]) -> Result<Order, Rejection> {
    convert(engine, HoldSource::Blocks(blocks.to_vec())).await
}

fn line_units(order: &Order) -> Vec<(ItemId, i32)> {
    order.lines.iter().map(|line| (line.item, line.quantity)).collect()
}

/// The available, held and sold units of an item over all its levels.
async fn figures(engine: &Engine, item: ItemId) -> [i64; 3] {
    let levels = engine.item_levels(&context(), item).await.expect("levels");
    let sum = |units: fn(&domain::LevelTotals) -> i64| levels.iter().map(|level| units(level)).sum();
    [sum(|level| level.available.into()), sum(|level| level.held), sum(|level| level.sold)]
}

#[tokio::test]
async fn the_units_of_a_cart_become_an_orders() {
    let stock = Stock::new().await;
    let (one, two) = (stock.item(9).await, stock.item(9).await);
    let other = &stock.another().await;
    for (turn, confirmed) in [false, true, false].into_iter().enumerate() {
        let id = place(&stock.engine, &[(one, 2), (two, 1), (one, 1)]).await;
        let before = (figures(&stock.engine, one).await, stock.quantity(one).await);
        if confirmed {
            stock.engine.cart_confirm(&context(), id).await.expect("confirmed");
        }
        let order = convert_cart([&stock.engine, other][turn % 2], id).await.expect("converted");
        assert_eq!((order.status, line_units(&order)), (OrderStatus::Allocated, vec![(one, 3), (two, 1)]));
        let stored = other.order_get(&context(), order.id).await.expect("an order");
        assert_eq!((stored.status, line_units(&stored)), (OrderStatus::Allocated, line_units(&order)));
        assert_eq!((stored.warehouse, &stored.created_by), (order.warehouse, &order.created_by));
        let shelves =
            |order: &Order| order.allocations.iter().map(|line| (line.key, line.units)).collect::<Vec<_>>();
        assert_eq!(shelves(&stored), shelves(&order));
        // No unit is counted twice: those that were held are sold, and none is available that was not.
        let ([available, held, sold], quantity) = before;
        assert_eq!(figures(&stock.engine, one).await, [available, held - 3, sold + 3]);
        assert_eq!(stock.quantity(one).await, quantity);
        let converted = Rejection::CartConverted { cart: id, order: order.id };
        for engine in [&stock.engine, other] {
            let cart = engine.cart_get(&context(), id).await.expect("a cart");
            assert_eq!((cart.state, cart.order, cart.lines.len()), (CartState::Converted, Some(order.id), 3));
            let retake = RetakeCart { cart: id, payment: Reference::new("P").ok() };
            let answers = [
                convert_cart(engine, id).await.map(|_| ()),
                rejected(engine.cart_confirm(&context(), id).await.fresh().map(|_| ())),
                rejected(engine.cart_release(&context(), id).await.fresh().map(|_| ())),
                rejected(engine.cart_extend(&context(), id, Ttl::default()).await.fresh().map(|_| ())),
                rejected(engine.cart_confirm_late(&context(), retake).await.fresh().map(|_| ())),
            ];
            assert!(answers.iter().all(|answer| *answer == Err(converted.clone())), "{answers:?}");
        }
        stock.assert_closed().await;
        // A cancelled order returns each unit once.
        other.order_cancel(&context(), order.id).await.expect("cancelled");
        assert_eq!((stock.quantity(one).await, stock.quantity(two).await), (9, 9));
        stock.assert_closed().await;
    }
}

#[tokio::test]
async fn blocks_become_an_orders_and_only_once() {
    let stock = Stock::new().await;
    let (one, two) = (stock.item(9).await, stock.item(9).await);
    let other = &stock.another().await;
    let (held, sold) = (hold(&stock.engine, one, 2).await, hold(&stock.engine, two, 3).await);
    stock.engine.block_confirm(&context(), sold, Some(units(1))).await.expect("confirmed");
    let order = convert_blocks(other, &[held, sold]).await.expect("converted");
    assert_eq!(line_units(&order), [(one, 2), (two, 1)]);
    for engine in [&stock.engine, other] {
        for id in [held, sold] {
            let converted = Err(Rejection::BlockConverted { block: id, order: order.id });
            assert_eq!(convert_blocks(engine, &[id]).await.map(|_| ()), converted);
            let confirm = engine.block_confirm(&context(), id, None).await.fresh().map(|_| ());
            assert_eq!(rejected(confirm), converted);
            let release = engine.block_release(&context(), id).await.fresh().map(|_| ());
            assert_eq!(rejected(release), converted);
            let block = engine.block_get(&context(), id).await.expect("a block");
            assert_eq!(block.state, BlockState::Converted);
        }
    }
    // A refused block leaves all of them.
    let (kept, released) = (hold(&stock.engine, one, 1).await, hold(&stock.engine, one, 1).await);
    stock.engine.block_release(&context(), released).await.expect("released");
    let refused = convert_blocks(other, &[kept, released]).await;
    assert_eq!(refused, Err(Rejection::BlockReleased(released)));
    let cart = place(&stock.engine, &[(one, 1)]).await;
    let in_cart = BlockId(cart.0);
    assert_eq!(
        convert_blocks(other, &[kept, in_cart]).await,
        Err(Rejection::BlockInCart { block: in_cart, cart })
    );
    assert_eq!(stock.engine.block_get(&context(), kept).await.expect("a block").state, BlockState::Temporary);
    stock.let_expire().await;
    assert!(matches!(convert_blocks(other, &[kept]).await, Err(Rejection::BlockExpired { .. })));
    assert!(matches!(convert_cart(other, cart).await, Err(Rejection::CartExpired { .. })));
    let shipped = hold(&stock.engine, one, 1).await;
    stock.engine.block_confirm(&context(), shipped, None).await.expect("confirmed");
    stock.engine.block_ship(&context(), shipped).await.expect("shipped");
    assert_eq!(convert_blocks(other, &[shipped]).await, Err(Rejection::BlockAlreadyShipped(shipped)));
    stock.engine.blocks_expire(&context()).await.expect("cleaned up");
    stock.assert_closed().await;
}

#[tokio::test]
async fn a_shipped_cart_stays_a_sale() {
    let stock = Stock::new().await;
    let item = stock.item(9).await;
    let cart = place(&stock.engine, &[(item, 2), (item, 1)]).await;
    stock.engine.cart_confirm(&context(), cart).await.expect("confirmed");
    stock.engine.cart_ship(&context(), cart).await.expect("shipped");
    let before = figures(&stock.engine, item).await;
    let shipped = Rejection::BlockAlreadyShipped(BlockId(cart.0));
    for engine in [&stock.engine, &stock.another().await] {
        assert_eq!(convert_cart(engine, cart).await, Err(shipped.clone()));
        let state = engine.cart_get(&context(), cart).await.expect("a cart").state;
        assert_eq!((state, figures(engine, item).await), (CartState::Confirmed, before));
    }
    stock.assert_closed().await;
}

/// A shipment and a conversion run at once on two servers: one of them gets the units.
#[tokio::test(flavor = "multi_thread")]
async fn a_sold_cart_is_shipped_or_becomes_an_order() {
    let stock = Stock::new().await;
    let item = stock.item(500).await;
    let engines = [&stock.engine, &stock.another().await];
    for turn in 0..30_usize {
        let (near, far) = (engines[turn % 2], engines[(turn + 1) % 2]);
        let cart = place(near, &[(item, 2), (item, 1)]).await;
        near.cart_confirm(&context(), cart).await.expect("confirmed");
        // In some turns both requests may get into one transaction of one server.
        let shipping = if turn % 3 == 0 { near } else { far };
        let ship = async { rejected(shipping.cart_ship(&context(), cart).await.fresh().map(|_| ())) };
        match tokio::join!(convert_cart(near, cart), ship) {
            (Ok(order), Err(refused)) => {
                assert_eq!(refused, Rejection::CartConverted { cart, order: order.id });
            }
            (Err(refused), Ok(())) => {
                assert_eq!(refused, Rejection::BlockAlreadyShipped(BlockId(cart.0)));
            }
            both => panic!("turn {turn}: {both:?}"),
        }
    }
    assert_eq!(stock.deadlocks().await, 0);
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_orders_of_holds_that_ask_for_one_reference_one_gets_it() {
    let stock = Stock::new().await;
    let item = stock.item(500).await;
    let engines = [&stock.engine, &stock.another().await];
    let line = [(item, 1)];
    let carts = join_all((0..20).map(|_| place(engines[0], &line))).await;
    let converting = carts.iter().enumerate().map(|(turn, cart)| {
        let convert = ConvertHolds::new(HoldSource::Cart(*cart), Reference::new("shop-7").ok())
            .and_then(|convert| convert.with_unique_reference(true))
            .expect("a request");
        let engine = engines[turn % 2];
        async move { rejected(engine.order_convert(&context(), convert).await.fresh()) }
    });
    let answers = join_all(converting).await;
    let made: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().ok()).collect();
    assert_eq!(made.len(), 1, "{answers:?}");
    let taken = Rejection::OrderReferenceTaken { reference: "shop-7".into(), order: made[0].id };
    assert!(answers.iter().filter_map(|answer| answer.as_ref().err()).all(|error| *error == taken));
    assert_eq!(stock.deadlocks().await, 0);
    stock.assert_closed().await;
}

/// Conversion, confirmation, late confirmation, release, payment and expiry of one cart run at once on two servers.
#[tokio::test(flavor = "multi_thread")]
async fn a_cart_becomes_an_order_once_in_any_race() {
    let stock = Stock::new().await;
    let items = [stock.item(1_000).await, stock.item(1_000).await];
    let engines = [&stock.engine, &stock.another().await];
    let mut taken = 0;
    for turn in 0..60_usize {
        let id = place(engines[turn % 2], &[(items[0], 2), (items[1], 1)]).await;
        let (near, far) = (engines[turn % 2], engines[(turn + 1) % 2]);
        let expire = async {
            if turn % 4 == 0 {
                let expire =
                    "UPDATE block_inventory SET expires_at = now() WHERE cart_id = $1 AND NOT is_permanent";
                sqlx::query(expire).bind(id.0).execute(&stock.pool).await.expect("to expire");
            }
            near.blocks_expire(&context()).await.expect("cleaned up");
        };
        let payment = Reference::new(&format!("P-{turn}")).expect("a reference");
        let start = StartPayment { cart: id, ttl: Ttl::default(), reference: payment.clone() };
        let late = RetakeCart { cart: id, payment: Some(payment) };
        let pay = async { rejected(far.payment_start(&context(), start).await.fresh()) };
        let confirm = async { rejected(near.cart_confirm(&context(), id).await.fresh()) };
        let retake = async { rejected(far.cart_confirm_late(&context(), late).await.fresh()) };
        let release = async { rejected(near.cart_release(&context(), id).await.fresh()) };
        let (one, two, _, confirmed, retaken, released, ()) = tokio::join!(
            convert_cart(near, id),
            convert_cart(far, id),
            pay,
            confirm,
            retake,
            release,
            expire
        );
        let answers = format!("turn {turn}: {one:?}, {two:?}, {confirmed:?}, {retaken:?}, {released:?}");
        let orders = [&one, &two].into_iter().filter(|answer| answer.is_ok()).count();
        let sales = usize::from(confirmed.is_ok()) + usize::from(retaken.is_ok());
        assert!(orders <= 1 && sales <= 1, "{answers}");
        assert!(released.is_err() || orders + sales == 0, "{answers}");
        let over = far.cart_get(&context(), id).await.expect("a cart");
        // A sold cart can still become an order.
        let state = match (orders, sales, released.is_ok()) {
            (1, ..) => CartState::Converted,
            (_, 1, _) => CartState::Confirmed,
            (_, _, true) => CartState::Released,
            _ => over.state,
        };
        assert_eq!(over.state, state, "{answers}");
        if orders + sales > 0 {
            taken += over.lines.iter().map(|line| line.quantity).sum::<i32>();
        }
    }
    assert_eq!(stock.deadlocks().await, 0);
    stock.let_expire().await;
    stock.engine.blocks_expire(&context()).await.expect("cleaned up");
    assert_eq!(stock.quantity(items[0]).await + stock.quantity(items[1]).await, 2_000 - taken);
    stock.assert_closed().await;
}

/// Sums that follow the ledger equal those of the tables, also for a block that was confirmed before its conversion.
#[tokio::test]
async fn sums_that_follow_the_ledger_count_converted_units_once() {
    let stock = Stock::new().await;
    let item = stock.item(50).await;
    let store = store::Store::connect(store::Settings::new(&stock.url)).await.expect("a connection");
    let settings = Settings { totals_followed_from: 0, levels_followed_from: 0, ..Settings::default() };
    let follower = &Engine::start(store, settings).await.expect("an engine");
    let sums = async |engine: &Engine| {
        let totals = engine.overview(&context()).await.expect("an overview").totals.categories;
        (totals, figures(engine, item).await)
    };
    for turn in 0..8 {
        let (held, sold) = (hold(follower, item, 2).await, hold(follower, item, 3).await);
        follower.block_confirm(&context(), sold, Some(units(1))).await.expect("confirmed");
        // In some turns the follower reads the blocks before they are converted.
        if turn % 2 == 0 {
            assert_eq!(sums(follower).await, sums(&stock.engine).await, "turn {turn}");
        }
        convert_blocks(follower, &[held, sold]).await.expect("converted");
        let expected = [50 - 3 * (turn + 1), 0, 3 * (turn + 1)];
        assert_eq!(figures(&stock.engine, item).await, expected);
        assert_eq!(sums(follower).await, sums(&stock.engine).await, "turn {turn}");
    }
    stock.assert_closed().await;
}
