//! Carts as one thing: reading, changing, references, and races of everything that ends or changes a cart.

use crate::*;
use domain::{
    BlockId, Cart, CartId, CartLine, CartQuery, CartState, ChangeCart, Error as Rejection, NewOrder,
    OrderFilter, OrderQuery, PlaceCart, Reference, Shortage,
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

fn new(wanted: &[(ItemId, i64)], reference: Option<&str>) -> PlaceCart {
    let reference = reference.map(|name| Reference::new(name).expect("a reference"));
    PlaceCart::new(lines(wanted), Ttl::default(), reference).expect("a cart")
}

async fn place(engine: &Engine, wanted: &[(ItemId, i64)]) -> CartId {
    engine.cart_place(&context(), new(wanted, None)).await.fresh().expect("placed").id
}

async fn change(
    engine: &Engine,
    id: CartId,
    version: i64,
    wanted: &[(ItemId, i64)],
) -> Result<Cart, Rejection> {
    let change = ChangeCart::new(id, version, lines(wanted), None).expect("a change");
    rejected(engine.cart_change(&context(), change).await.fresh().map(|changed| changed.output))
}

fn rejected<T: std::fmt::Debug>(result: engine::Result<T>) -> Result<T, Rejection> {
    result.map_err(|error| match error {
        Error::Rejected(rejection) => rejection,
        other => panic!("{other:?}"),
    })
}

async fn cart(engine: &Engine, id: CartId) -> Cart {
    engine.cart_get(&context(), id).await.expect("a cart").output
}

fn held(cart: &Cart) -> Vec<(ItemId, i32)> {
    cart.lines.iter().map(|line| (line.key.item, line.quantity)).collect()
}

#[tokio::test]
async fn a_cart_is_read_in_every_state() {
    let stock = Stock::new().await;
    let (one, two) = (stock.item(9).await, stock.item(9).await);
    let engine = &stock.engine;
    let ids = [
        place(engine, &[(two, 2), (one, 1)]).await,
        place(engine, &[(one, 1), (two, 1)]).await,
        place(engine, &[(one, 2), (two, 1)]).await,
    ];
    let active = cart(engine, ids[0]).await;
    assert_eq!(
        (active.state, active.version, held(&active)),
        (CartState::Active, 1, vec![(two, 2), (one, 1)])
    );
    assert!(active.expires_at.is_some_and(|at| at > active.created_at));
    engine.cart_confirm(&context(), ids[0]).await.expect("confirmed");
    engine.cart_release(&context(), ids[1]).await.expect("released");
    stock.let_expire().await;
    for cleaned_up in [false, true] {
        if cleaned_up {
            engine.blocks_expire(&context()).await.expect("cleaned up");
        }
        let states = join_all(ids.map(|id| cart(engine, id))).await;
        let states: Vec<_> = states.iter().map(|cart| (cart.state, held(cart))).collect();
        let expected = [
            (CartState::Confirmed, vec![(two, 2), (one, 1)]),
            (CartState::Released, vec![(one, 1), (two, 1)]),
            (CartState::Expired, vec![(one, 2), (two, 1)]),
        ];
        assert_eq!(states, expected, "cleaned up: {cleaned_up}");
    }
    let unknown = engine.cart_get(&context(), CartId(987_654_321)).await;
    assert!(matches!(unknown, Err(Error::Rejected(Rejection::CartNotFound(_)))), "{unknown:?}");
    stock.assert_closed().await;
}

#[tokio::test]
async fn a_block_of_a_cart_is_refused_alone() {
    let stock = Stock::new().await;
    let (one, two) = (stock.item(9).await, stock.item(9).await);
    // The second engine finds no block in its caches.
    for engine in [&stock.engine, &stock.another().await] {
        let id = place(&stock.engine, &[(one, 1), (two, 1)]).await;
        let block = cart(engine, id).await.lines[1].block;
        let in_cart = Rejection::BlockInCart { block, cart: id };
        let confirmed = engine.block_confirm(&context(), block, None).await.fresh().map(|_| ());
        let extended = engine.block_extend(&context(), block, Ttl::default()).await.fresh().map(|_| ());
        let released = engine.block_release(&context(), block).await.fresh().map(|_| ());
        for answer in [confirmed, extended, released] {
            assert_eq!(rejected(answer), Err(in_cart.clone()));
        }
        assert_eq!(engine.cart_confirm(&context(), id).await.fresh().expect("confirmed").blocks.len(), 2);
    }
    stock.assert_closed().await;
}

/// The answers do not depend on the order of clean-ups and calls, or on the line that expired.
#[tokio::test]
async fn a_cart_with_an_expired_line_is_over() {
    let stock = Stock::new().await;
    let (one, two) = (stock.item(99).await, stock.item(99).await);
    for line in 0..2 {
        for clean_up in [false, true] {
            let engine = &stock.another().await;
            let id = place(&stock.engine, &[(one, 1), (two, 1)]).await;
            let block = cart(engine, id).await.lines[line].block;
            sqlx::query("UPDATE block_inventory SET expires_at = now() WHERE id = $1")
                .bind(block.0)
                .execute(&stock.pool)
                .await
                .expect("to expire");
            if clean_up {
                engine.blocks_expire(&context()).await.expect("cleaned up");
            }
            for engine in [engine, &stock.engine] {
                let answers = [
                    rejected(engine.cart_confirm(&context(), id).await.fresh().map(|_| ())),
                    rejected(engine.cart_extend(&context(), id, Ttl::default()).await.fresh().map(|_| ())),
                    rejected(engine.cart_release(&context(), id).await.fresh().map(|_| ())),
                    change(engine, id, 1, &[(one, 1)]).await.map(|_| ()),
                ];
                let is_over = |answer: &Result<(), Rejection>| matches!(answer, Err(Rejection::CartExpired { cart, .. }) if *cart == id);
                assert!(answers.iter().all(is_over), "{answers:?}");
            }
            assert_eq!(cart(engine, id).await.state, CartState::Expired);
        }
    }
    stock.let_expire().await;
    stock.engine.blocks_expire(&context()).await.expect("cleaned up");
    stock.assert_closed().await;
}

#[tokio::test]
async fn the_lines_of_a_cart_are_changed_or_stay() {
    let stock = Stock::new().await;
    let (one, two, three) = (stock.item(4).await, stock.item(2).await, stock.item(1).await);
    let engine = &stock.engine;
    let id = place(engine, &[(one, 3), (two, 1)]).await;
    let before = cart(engine, id).await;

    let short = change(engine, id, 1, &[(one, 2), (three, 2), (one, 3)]).await;
    let of = |item, requested, available| Shortage { item, requested, available };
    assert_eq!(short, Err(Rejection::CartShort(vec![of(one, 5, 4), of(three, 2, 1)])));
    assert_eq!(cart(engine, id).await, before, "a refused change leaves lines and time");

    let changed = change(engine, id, 1, &[(one, 4), (three, 1)]).await.expect("changed");
    assert_eq!((changed.version, held(&changed)), (2, vec![(one, 4), (three, 1)]));
    assert_eq!((changed.expires_at, changed.created_at), (before.expires_at, before.created_at));
    assert_eq!(cart(engine, id).await, changed);
    let left = [stock.quantity(one).await, stock.quantity(two).await, stock.quantity(three).await];
    assert_eq!(left, [0, 2, 0]);
    let late = change(engine, id, 1, &[(one, 1)]).await;
    assert_eq!(late, Err(Rejection::CartVersionMismatch { cart: id, version: 2 }));

    // Another server, whose cache has the lines of before, confirms all of the present ones.
    let sold = stock.engine.cart_confirm(&context(), id).await.fresh().expect("confirmed").output.blocks;
    let sold: Vec<_> = sold.iter().map(|block| (block.key.item, block.quantity)).collect();
    assert_eq!(sold, [(one, 4), (three, 1)]);
    assert_eq!(change(engine, id, 2, &[(one, 1)]).await, Err(Rejection::CartConfirmed(id)));
    stock.assert_closed().await;
}

/// A server caches a cart's blocks. After another server has added a line, a confirmation with the cached ones would be of
/// half the cart.
#[tokio::test]
async fn a_line_that_another_server_added_is_not_left_out() {
    let stock = Stock::new().await;
    let (one, two) = (stock.item(50).await, stock.item(50).await);
    let other = stock.another().await;
    for _ in 0..5 {
        let id = place(&stock.engine, &[(one, 1)]).await;
        change(&other, id, 1, &[(one, 1), (two, 1)]).await.expect("changed");
        let sold = stock.engine.cart_confirm(&context(), id).await.fresh().expect("confirmed").output.blocks;
        assert_eq!(sold.len(), 2);
        let id = place(&stock.engine, &[(one, 1)]).await;
        change(&other, id, 1, &[(two, 1), (one, 1)]).await.expect("changed");
        let (_, freed) = stock.engine.cart_release(&context(), id).await.fresh().expect("released").output;
        assert_eq!(freed.len(), 2);
    }
    stock.assert_closed().await;
}

/// A cart that a server of an earlier version placed has no row in `carts`.
#[tokio::test]
async fn a_cart_of_an_earlier_version_is_read_and_changed() {
    let stock = Stock::new().await;
    let (one, two) = (stock.item(5).await, stock.item(5).await);
    let id = place(&stock.engine, &[(one, 1), (two, 1)]).await;
    sqlx::query("DELETE FROM carts").execute(&stock.pool).await.expect("deleted");
    let engine = &stock.another().await;
    assert_eq!(held(&cart(engine, id).await), [(one, 1), (two, 1)]);
    let changed = change(engine, id, 1, &[(two, 3)]).await.expect("changed");
    assert_eq!((changed.version, held(&changed)), (2, vec![(two, 3)]));
    engine.cart_release(&context(), id).await.expect("released");
    assert_eq!(cart(engine, id).await.state, CartState::Released);
    stock.assert_closed().await;
}

#[tokio::test]
async fn a_change_takes_the_units_of_expired_blocks() {
    let stock = Stock::new().await;
    let item = stock.item(3).await;
    stock.engine.block_place(&context(), block(item, 2)).await.expect("placed");
    stock.let_expire().await;
    let id = place(&stock.engine, &[(item, 1)]).await;
    let changed = change(&stock.engine, id, 1, &[(item, 3)]).await.expect("all of it was due back");
    assert_eq!(held(&changed), [(item, 3)]);
    stock.assert_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_carts_that_ask_for_one_reference_one_gets_it() {
    let stock = Stock::new().await;
    let item = stock.item(500).await;
    let engines = [&stock.engine, &stock.another().await];
    let unique = |_| new(&[(item, 1)], Some("shop-7")).with_unique_reference(true).expect("a cart");
    let placing = (0..20).map(|turn| {
        let engine = engines[turn % 2];
        async move { rejected(engine.cart_place(&context(), unique(turn)).await.fresh()) }
    });
    let answers = join_all(placing).await;
    let placed: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().ok()).collect();
    assert_eq!(placed.len(), 1);
    let taken = Rejection::CartReferenceTaken { reference: "shop-7".into(), cart: placed[0].id };
    assert!(answers.iter().filter_map(|answer| answer.as_ref().err()).all(|error| *error == taken));
    let shared = place_named(&stock.engine, item, "shop-7").await;
    let query = CartQuery::new("shop-7", None, None).expect("a query");
    let found = stock.engine.cart_list(&context(), query).await.expect("a page").rows;
    // The newest is first by its id, and two servers do not assign ids in the order of time.
    let mut both = [shared, placed[0].id];
    both.sort_unstable_by_key(|id| std::cmp::Reverse(*id));
    let found: Vec<_> = found.iter().map(|cart| cart.id).collect();
    assert_eq!(found, both);

    let order = |_| {
        let reference = Some(Reference::new("order-7").expect("a reference"));
        NewOrder::new(reference, [(item, units(1))])
            .and_then(|order| order.with_unique_reference(true))
            .expect("an order")
    };
    let creating = (0..10).map(|turn| {
        let engine = engines[turn % 2];
        async move { rejected(engine.order_create(&context(), order(turn)).await.fresh()) }
    });
    let answers = join_all(creating).await;
    let created: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().ok()).collect();
    assert_eq!(created.len(), 1);
    let taken = Rejection::OrderReferenceTaken { reference: "order-7".into(), order: created[0].id };
    assert!(answers.iter().filter_map(|answer| answer.as_ref().err()).all(|error| *error == taken));
    let query = OrderFilter::default()
        .with_reference(Some("order-7"))
        .and_then(|filter| OrderQuery::new(filter, None, None));
    let found = stock.engine.order_list(&context(), query.expect("a query")).await.expect("a page").rows;
    assert_eq!(found.len(), 1);
    stock.assert_closed().await;
}

async fn place_named(engine: &Engine, item: ItemId, reference: &str) -> CartId {
    let cart = new(&[(item, 1)], Some(reference));
    engine.cart_place(&context(), cart).await.fresh().expect("placed").id
}

/// Clients change, confirm, release and extend the same carts through two servers, while others expire and are cleaned up.
/// Each cart ends once, with all its lines.
#[tokio::test(flavor = "multi_thread")]
async fn a_cart_ends_once_in_any_race() {
    let stock = Stock::new().await;
    let mut items = Vec::new();
    for _ in 0..3 {
        items.push(stock.item(1_000).await);
    }
    let engines = [&stock.engine, &stock.another().await];
    for turn in 0..40_usize {
        let id = place(engines[turn % 2], &[(items[0], 2), (items[1], 1)]).await;
        let wanted = [(items[2], 3), (items[turn % 2], 1)];
        let changes =
            join_all((0..3).map(|client| change(engines[client % 2], id, 1, &wanted[..1 + client % 2])));
        let confirm = async {
            rejected(engines[0].cart_confirm(&context(), id).await.fresh().map(|sold| sold.output.blocks))
        };
        let release = async {
            rejected(engines[1].cart_release(&context(), id).await.fresh().map(|freed| freed.output.1))
        };
        let expire = async {
            if turn % 4 == 0 {
                let expire =
                    "UPDATE block_inventory SET expires_at = now() WHERE cart_id = $1 AND NOT is_permanent";
                sqlx::query(expire).bind(id.0).execute(&stock.pool).await.expect("to expire");
            }
            engines[turn % 2].blocks_expire(&context()).await.expect("cleaned up");
        };
        let (changes, confirmed, released, ()) = tokio::join!(changes, confirm, release, expire);
        let changed: Vec<_> = changes.iter().filter_map(|answer| answer.as_ref().ok()).collect();
        assert!(changed.len() <= 1, "{changes:?}");
        assert!(confirmed.is_err() || released.is_err(), "turn {turn}: {confirmed:?}, {released:?}");
        let over = cart(engines[1], id).await;
        let ended_with: Option<Vec<BlockId>> = match (&confirmed, &released) {
            (Ok(sold), _) => Some(sold.iter().map(|block| block.id).collect()),
            (_, Ok(freed)) => Some(freed.iter().map(|block| block.id).collect()),
            _ => None,
        };
        match (ended_with, over.state) {
            (Some(blocks), CartState::Confirmed | CartState::Released) => {
                let lines: Vec<_> = over.lines.iter().map(|line| line.block).collect();
                assert_eq!(blocks, lines, "turn {turn}: a part of the cart");
            }
            (None, CartState::Expired) => {}
            other => panic!("turn {turn}: {other:?}, {confirmed:?}, {released:?}"),
        }
    }
    assert_eq!(stock.deadlocks().await, 0);
    stock.let_expire().await;
    stock.engine.blocks_expire(&context()).await.expect("cleaned up");
    stock.assert_closed().await;
}
