//! Payments of carts, late confirmations, and their races with everything else that ends or changes a cart.

use crate::*;
use domain::{
    BlockLimits, Cart, CartConfirmed, CartId, CartLine, CartState, ChangeCart, Error as Rejection, PlaceCart,
    Reference, RetakeCart, Shortage, StartPayment,
};
use engine::Error;
use futures::future::join_all;

fn lines(lines: &[(ItemId, i64)]) -> Vec<CartLine> {
    let line = |(item, quantity): &(ItemId, i64)| CartLine {
        item: *item,
        quantity: units(*quantity),
        warehouse: None,
    };
    lines.iter().map(line).collect()
}

pub(crate) fn named(text: &str) -> Reference {
    Reference::new(text).expect("a reference")
}

pub(crate) async fn place(engine: &Engine, wanted: &[(ItemId, i64)], seconds: i64) -> CartId {
    let cart = PlaceCart::new(lines(wanted), Ttl::new(seconds).expect("a ttl"), None).expect("a cart");
    engine.cart_place(&context(), cart).await.fresh().expect("placed").id
}

fn rejected<T: std::fmt::Debug>(result: engine::Result<T>) -> Result<T, Rejection> {
    result.map_err(|error| match error {
        Error::Rejected(rejection) => rejection,
        other => panic!("{other:?}"),
    })
}

async fn pay(engine: &Engine, cart: CartId, seconds: i64, payment: &str) -> Result<Cart, Rejection> {
    let ttl = Ttl::new(seconds).expect("a ttl");
    let start = StartPayment { cart, ttl, reference: named(payment) };
    rejected(engine.payment_start(&context(), start).await.fresh().map(|cart| cart.output))
}

async fn end(engine: &Engine, cart: CartId) -> Result<Cart, Rejection> {
    rejected(engine.payment_end(&context(), cart).await.fresh().map(|cart| cart.output))
}

async fn confirm(engine: &Engine, cart: CartId) -> Result<CartConfirmed, Rejection> {
    rejected(engine.cart_confirm(&context(), cart).await.fresh().map(|cart| cart.output))
}

pub(crate) async fn retake(
    engine: &Engine,
    cart: CartId,
    payment: Option<&str>,
) -> Result<CartConfirmed, Rejection> {
    let retake = RetakeCart { cart, payment: payment.map(named) };
    rejected(engine.cart_confirm_late(&context(), retake).await.fresh().map(|cart| cart.output))
}

async fn release(engine: &Engine, cart: CartId) -> Result<(), Rejection> {
    rejected(engine.cart_release(&context(), cart).await.fresh().map(|_| ()))
}

async fn extend(engine: &Engine, cart: CartId) -> Result<(), Rejection> {
    rejected(engine.cart_extend(&context(), cart, Ttl::default()).await.fresh().map(|_| ()))
}

async fn change(engine: &Engine, cart: CartId, wanted: &[(ItemId, i64)]) -> Result<(), Rejection> {
    let change = ChangeCart::new(cart, 1, lines(wanted), None).expect("a change");
    rejected(engine.cart_change(&context(), change).await.fresh().map(|_| ()))
}

pub(crate) async fn cart(engine: &Engine, id: CartId) -> Cart {
    engine.cart_get(&context(), id).await.expect("a cart").output
}

impl Stock {
    /// Moves the whole life of a cart into the past: its blocks, its ordinary expiry time and its payment.
    pub(crate) async fn age(&self, cart: CartId, seconds: f64) {
        let blocks = "UPDATE block_inventory SET expires_at = expires_at - make_interval(secs => $2)
                       WHERE cart_id = $1 AND NOT is_permanent";
        let payment = "UPDATE carts SET created_at = created_at - make_interval(secs => $2),
                              payment_until = payment_until - make_interval(secs => $2),
                              expires_before = expires_before - make_interval(secs => $2) WHERE id = $1";
        for statement in [blocks, payment] {
            sqlx::query(statement).bind(cart.0).bind(seconds).execute(&self.pool).await.expect("aged");
        }
    }
}

/// Three servers refuse the same requests: one that cached the cart before the payment, that of the payment, and one without a
/// cache. This holds also if the payment moves the expiry time within the same second.
#[tokio::test]
async fn a_cart_that_is_being_paid_can_only_be_confirmed() {
    let stock = Stock::new().await;
    let (one, two) = (stock.item(90).await, stock.item(90).await);
    let (other, third) = (stock.another().await, stock.another().await);
    for (life, paying) in [(60, &stock.engine), (60, &other), (3_600, &other), (3_600, &stock.engine)] {
        let id = place(&stock.engine, &[(one, 2), (two, 1)], life).await;
        let before = cart(&third, id).await;
        assert_eq!(before.payment, None);
        let paid = pay(paying, id, 900, "P-1").await.expect("started");
        assert_eq!(cart(&third, id).await, paid);
        assert!(paid.expires_at > before.expires_at);
        let payment = paid.payment.clone().expect("a payment");
        assert_eq!(Some(payment.expires_before), before.expires_at);
        assert_eq!((paid.version, paid.lines.len(), payment.retaken_at), (1, 2, None));
        let running = Rejection::PaymentRunning { cart: id, reference: "P-1".into(), until: payment.until };
        for engine in [&stock.engine, &other, &third] {
            let refused = [
                release(engine, id).await,
                extend(engine, id).await,
                change(engine, id, &[(one, 1)]).await,
                pay(engine, id, 1_000, "P-2").await.map(|_| ()),
            ];
            assert!(refused.iter().all(|answer| *answer == Err(running.clone())), "{refused:?}");
        }
        assert_eq!(cart(&third, id).await, paid, "a refused request changes nothing");
        assert_eq!(confirm(&stock.engine, id).await.expect("confirmed").blocks.len(), 2);
        let over = cart(&third, id).await;
        assert_eq!(
            (over.state, over.payment.map(|paid| paid.reference)),
            (CartState::Confirmed, Some(named("P-1")))
        );
        assert_eq!(end(&stock.engine, id).await, Err(Rejection::CartConfirmed(id)));
        assert_eq!(pay(&stock.engine, id, 60, "P-1").await, Err(Rejection::CartConfirmed(id)));
    }
    stock.assert_closed().await;
}

/// The server of the payment confirms a cached cart without a read.
#[tokio::test]
async fn a_cart_that_is_being_paid_is_confirmed_by_the_optimistic_path() {
    let stock = Stock::new().await;
    let item = stock.item(9).await;
    let id = place(&stock.engine, &[(item, 2)], 60).await;
    pay(&stock.engine, id, 900, "P-1").await.expect("started");
    // The locked path caches the levels, so only the blocks decide.
    let before = stock.engine.fallback_counts();
    confirm(&stock.engine, id).await.expect("confirmed");
    assert_eq!(stock.engine.fallback_counts(), before);
    stock.assert_closed().await;
}

#[tokio::test]
async fn the_end_of_a_payment_restores_the_ordinary_life() {
    let stock = Stock::new().await;
    let item = stock.item(9).await;
    let other = stock.another().await;
    let id = place(&stock.engine, &[(item, 2)], 300).await;
    assert_eq!(end(&other, id).await, Err(Rejection::PaymentNotRunning(id)));
    let before = cart(&other, id).await;
    pay(&stock.engine, id, 900, "P-1").await.expect("started");
    assert_eq!(end(&other, id).await.expect("ended"), before);
    assert_eq!(cart(&other, id).await, before);
    assert_eq!(end(&stock.engine, id).await, Err(Rejection::PaymentNotRunning(id)));
    pay(&other, id, 900, "P-1").await.expect("started again");
    end(&stock.engine, id).await.expect("ended");
    change(&stock.engine, id, &[(item, 3)]).await.expect("changed");
    extend(&other, id).await.expect("extended");
    release(&stock.engine, id).await.expect("released");

    // The ordinary expiry time has passed.
    let id = place(&stock.engine, &[(item, 2)], 300).await;
    pay(&stock.engine, id, 900, "P-1").await.expect("started");
    stock.age(id, 400.0).await;
    let ended = end(&other, id).await.expect("ended");
    assert_eq!((ended.state, ended.payment.clone()), (CartState::Expired, None));
    assert!(matches!(confirm(&stock.engine, id).await, Err(Rejection::CartExpired { .. })));
    assert_eq!(cart(&other, id).await.state, CartState::Expired);
    stock.engine.blocks_expire(&context()).await.expect("cleaned up");
    assert_eq!(stock.quantity(item).await, 9);
    stock.assert_closed().await;
}

/// The clean-up needs no rule for payments: it leaves a cart during its payment, and takes the cart after the payment ran out.
#[tokio::test]
async fn a_payment_that_ran_out_is_an_expired_cart() {
    let stock = Stock::new().await;
    let item = stock.item(9).await;
    let id = place(&stock.engine, &[(item, 2)], 300).await;
    pay(&stock.engine, id, 900, "P-1").await.expect("started");
    stock.age(id, 400.0).await;
    stock.engine.blocks_expire(&context()).await.expect("cleaned up");
    assert_eq!((cart(&stock.engine, id).await.state, stock.quantity(item).await), (CartState::Active, 7));
    stock.age(id, 600.0).await;
    let expired = |answer: Result<(), Rejection>| matches!(answer, Err(Rejection::CartExpired { .. }));
    for cleaned_up in [false, true] {
        if cleaned_up {
            stock.engine.blocks_expire(&context()).await.expect("cleaned up");
        }
        assert!(expired(end(&stock.engine, id).await.map(|_| ())));
        assert!(expired(confirm(&stock.engine, id).await.map(|_| ())));
        assert!(expired(pay(&stock.engine, id, 900, "P-2").await.map(|_| ())));
        let over = cart(&stock.engine, id).await;
        assert_eq!((over.state, over.payment.is_some()), (CartState::Expired, true));
    }
    stock.assert_closed().await;

    // A cart that expires long after its payment is an ordinary one again.
    let id = place(&stock.engine, &[(item, 2)], 3_600).await;
    pay(&stock.engine, id, 60, "P-1").await.expect("started");
    stock.age(id, 61.0).await;
    assert_eq!(end(&stock.engine, id).await, Err(Rejection::PaymentNotRunning(id)));
    pay(&stock.engine, id, 60, "P-2").await.expect("started again");
    stock.age(id, 61.0).await;
    release(&stock.engine, id).await.expect("released");
    stock.assert_closed().await;
}

#[tokio::test]
async fn a_payment_ends_within_the_life_of_the_cart() {
    let stock = Stock::new().await;
    let item = stock.item(9).await;
    let store = store::Store::connect(store::Settings::new(&stock.url)).await.expect("a connection");
    let limits = BlockLimits::default().with_cart_life_hours(1);
    let engine = &Engine::start(store, Settings { limits, ..Settings::default() }).await.expect("an engine");
    let id = place(engine, &[(item, 2)], 60).await;
    let placed = cart(engine, id).await;
    let latest = placed.created_at + limits.cart_life_max;
    let limit = Rejection::CartLifeLimit { cart: id, until: latest };
    assert_eq!(pay(engine, id, 3_601, "P-1").await, Err(limit.clone()));
    assert_eq!(cart(engine, id).await, placed);
    pay(engine, id, 3_500, "P-1").await.expect("started");
    end(engine, id).await.expect("ended");
    // Repeated extensions do not move the bound.
    extend(engine, id).await.expect("extended");
    assert_eq!(pay(engine, id, 7_200, "P-1").await, Err(limit));
    // A cart that lives longer anyway may be paid in this time.
    let id = place(engine, &[(item, 2)], 7_200).await;
    pay(engine, id, 7_000, "P-1").await.expect("started");
    stock.assert_closed().await;
}

#[tokio::test]
async fn an_expired_cart_is_retaken_before_and_after_its_clean_up() {
    let stock = Stock::new().await;
    let (one, two) = (stock.item(5).await, stock.item(5).await);
    let other = &stock.another().await;
    for (turn, cleaned_up) in [(1, vec![]), (2, vec![one, two]), (3, vec![two])] {
        let id = place(&stock.engine, &[(one, 1), (two, 1)], 300).await;
        let payment = format!("P-{turn}");
        pay(&stock.engine, id, 900, &payment).await.expect("started");
        let before = cart(other, id).await;
        stock.age(id, 1_000.0).await;
        for item in cleaned_up {
            // Another item's blocks stay.
            let keep = "UPDATE block_inventory SET expires_at = expires_at + interval '1 day' WHERE item_id <> $1 AND NOT is_permanent";
            let back = "UPDATE block_inventory SET expires_at = expires_at - interval '1 day' WHERE item_id <> $1 AND NOT is_permanent";
            sqlx::query(keep).bind(item.0).execute(&stock.pool).await.expect("kept");
            stock.engine.blocks_expire(&context()).await.expect("cleaned up");
            sqlx::query(back).bind(item.0).execute(&stock.pool).await.expect("restored");
        }
        assert!(matches!(confirm(other, id).await, Err(Rejection::CartExpired { .. })));
        let retaken = retake(other, id, None).await.expect("retaken");
        assert!(retaken.is_retaken);
        let units = |cart: &Cart| cart.lines.iter().map(|line| (line.key, line.quantity)).collect::<Vec<_>>();
        let over = cart(&stock.engine, id).await;
        assert_eq!((over.state, units(&over)), (CartState::Confirmed, units(&before)), "turn {turn}");
        let blocks: Vec<_> = retaken.blocks.iter().map(|block| block.id).collect();
        assert_eq!(blocks, over.lines.iter().map(|line| line.block).collect::<Vec<_>>());
        assert!(
            over.payment.is_some_and(|paid| paid.reference == named(&payment) && paid.retaken_at.is_some())
        );
        assert_eq!((stock.quantity(one).await, stock.quantity(two).await), (5 - turn, 5 - turn));
        assert_eq!(retake(other, id, None).await, Err(Rejection::CartConfirmed(id)));
        stock.assert_closed().await;
    }
}

#[tokio::test]
async fn a_retake_takes_all_units_or_none() {
    let stock = Stock::new().await;
    let (one, two) = (stock.item(3).await, stock.item(3).await);
    let engine = &stock.engine;
    let id = place(engine, &[(one, 1), (two, 2)], 300).await;
    assert!(!retake(engine, place(engine, &[(one, 1)], 300).await, None).await.expect("active").is_retaken);
    stock.let_expire().await;
    engine.blocks_expire(&context()).await.expect("cleaned up");
    let missing = retake(engine, id, None).await;
    assert!(matches!(missing, Err(Rejection::Invalid { field: "paymentReference", .. })), "{missing:?}");
    place(engine, &[(two, 2)], 300).await;
    let short = Shortage { item: two, requested: 2, available: 1 };
    match retake(engine, id, Some("P-1")).await {
        Err(Rejection::CartExpired { cart, shortages, .. }) => {
            assert_eq!((cart, shortages), (id, vec![short]))
        }
        other => panic!("{other:?}"),
    }
    assert_eq!((stock.quantity(one).await, stock.quantity(two).await), (2, 1));
    // The units of expired blocks are reclaimed for it.
    stock.let_expire().await;
    assert!(retake(engine, id, Some("P-1")).await.expect("retaken").is_retaken);
    let released = place(engine, &[(two, 1)], 300).await;
    release(engine, released).await.expect("released");
    assert_eq!(retake(engine, released, Some("P-2")).await, Err(Rejection::CartReleased(released)));
    let unknown = CartId(987_654_321);
    assert_eq!(retake(engine, unknown, Some("P-2")).await, Err(Rejection::CartNotFound(unknown)));
    stock.assert_closed().await;
}

/// The reference is used by a cart that was retaken, or that is confirmed or active with a payment of this reference.
#[tokio::test(flavor = "multi_thread")]
async fn of_many_carts_with_one_payment_one_is_retaken() {
    let stock = Stock::new().await;
    let item = stock.item(500).await;
    let engines = [&stock.engine, &stock.another().await];
    for turn in 0..4 {
        let payment = format!("P-{turn}");
        let line = [(item, 1)];
        let ids = join_all((0..10).map(|_| place(engines[0], &line, 300))).await;
        stock.let_expire().await;
        if turn % 2 == 0 {
            engines[0].blocks_expire(&context()).await.expect("cleaned up");
        }
        let retaking =
            ids.iter().enumerate().map(|(index, id)| retake(engines[index % 2], *id, Some(&payment)));
        let answers = join_all(retaking).await;
        let retaken: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().ok()).collect();
        assert_eq!(retaken.len(), 1, "{answers:?}");
        let used = Rejection::PaymentReferenceUsed { reference: payment, cart: retaken[0].id };
        assert!(answers.iter().filter_map(|answer| answer.as_ref().err()).all(|error| *error == used));
    }
    let [paid, late] =
        [place(engines[0], &[(item, 1)], 300).await, place(engines[0], &[(item, 1)], 300).await];
    pay(engines[0], paid, 900, "P-9").await.expect("started");
    stock.age(late, 400.0).await;
    let used = Rejection::PaymentReferenceUsed { reference: "P-9".into(), cart: paid };
    assert_eq!(retake(engines[1], late, Some("P-9")).await, Err(used.clone()));
    confirm(engines[0], paid).await.expect("confirmed");
    assert_eq!(retake(engines[1], late, Some("P-9")).await, Err(used));
    stock.let_expire().await;
    engines[0].blocks_expire(&context()).await.expect("cleaned up");
    assert_eq!(stock.deadlocks().await, 0);
    stock.assert_closed().await;
}

/// Everything that changes or ends a cart runs at once on two servers. The answers and the ledger agree about its one end.
#[tokio::test(flavor = "multi_thread")]
async fn a_cart_that_is_paid_ends_once_in_any_race() {
    let stock = Stock::new().await;
    let items = [stock.item(1_000).await, stock.item(1_000).await];
    let engines = [&stock.engine, &stock.another().await];
    let mut sold = 0;
    for turn in 0..60_usize {
        let id = place(engines[turn % 2], &[(items[0], 2), (items[1], 1)], 300).await;
        if turn % 3 == 0 {
            pay(engines[turn % 2], id, 900, &format!("P-{turn}")).await.expect("started");
        }
        let (near, far, wanted) = (engines[turn % 2], engines[(turn + 1) % 2], [(items[0], 1)]);
        let payment = format!("P-{turn}");
        let expire = async {
            if turn % 4 < 2 {
                stock.age(id, 1_000.0).await;
            }
            near.blocks_expire(&context()).await.expect("cleaned up");
        };
        let (paid, ended, changed, confirmed, retaken, released, ()) = tokio::join!(
            pay(far, id, 900, &payment),
            end(near, id),
            change(far, id, &wanted),
            async { if turn % 5 == 0 { None } else { confirm(near, id).await.ok() } },
            async { if turn % 5 == 1 { None } else { retake(far, id, Some(&payment)).await.ok() } },
            async { if turn % 5 == 2 { Err(Rejection::CartNotFound(id)) } else { release(near, id).await } },
            expire
        );
        let over = cart(far, id).await;
        let ends = [confirmed.is_some(), retaken.is_some(), released.is_ok()];
        let answers = format!(
            "turn {turn}: {over:?}, {paid:?}, {ended:?}, {changed:?}, {confirmed:?}, {retaken:?}, {released:?}"
        );
        let state = match ends {
            [false, false, false] => over.state,
            [true, false, false] | [false, true, false] => CartState::Confirmed,
            [false, false, true] => CartState::Released,
            _ => panic!("it ended twice: {answers}"),
        };
        assert_eq!(over.state, state, "{answers}");
        if let Some(cart) = confirmed.or(retaken) {
            let blocks: Vec<_> = cart.blocks.iter().map(|block| block.id).collect();
            let lines: Vec<_> = over.lines.iter().map(|line| line.block).collect();
            assert_eq!(blocks, lines, "a part of the cart: {answers}");
            sold += over.lines.iter().map(|line| line.quantity).sum::<i32>();
        }
    }
    assert_eq!(stock.deadlocks().await, 0);
    stock.let_expire().await;
    stock.engine.blocks_expire(&context()).await.expect("cleaned up");
    assert_eq!(stock.quantity(items[0]).await + stock.quantity(items[1]).await, 2_000 - sold);
    stock.assert_closed().await;
}
