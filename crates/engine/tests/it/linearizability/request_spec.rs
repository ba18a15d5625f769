//! Generated requests, which refer to entities by index because ids are not known in advance.

use crate::*;
use domain::{
    BlockId, CartId, CartLine, ChangeCart, CountBasis, Decision, Granted, LevelChange, LevelTarget, Note,
    PlaceCart, Reference, Request, StockAdjustment, StockDocument, StockMove,
};
use engine::DocumentLine;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// The entities that requests can name. Numbers in a [`RequestSpec`] are indexes into these lists, modulo their length.
pub(super) struct Seen {
    pub(super) items: Vec<ItemId>,
    pub(super) orders: Vec<OrderId>,
    pub(super) blocks: Vec<BlockId>,
    pub(super) carts: Vec<CartId>,
    pub(super) warehouses: [WarehouseId; 3],
}

impl Seen {
    /// Adds the entities of a response.
    pub(super) fn note(&mut self, answer: &Decision) {
        match answer {
            Ok(Granted::Placed(placed)) => self.blocks.push(placed.id),
            Ok(Granted::CartChanged(cart)) => {
                let known: Vec<_> = cart.lines.iter().map(|line| line.block).collect();
                self.blocks
                    .extend(known.into_iter().filter(|id| !self.blocks.contains(id)).collect::<Vec<_>>());
            }
            Ok(Granted::CartPlaced(placed)) => {
                self.carts.push(placed.id);
                self.blocks.extend(placed.blocks.iter().map(|block| block.id));
            }
            _ => {}
        }
    }
}

/// A cart's line: item, units, warehouse.
type Line = (usize, i64, Option<usize>);

#[derive(Debug, Clone, PartialEq)]
pub(super) enum RequestSpec {
    Place(Line),
    /// A cart, with the index of a reference.
    PlaceCart(Vec<Line>, Option<u8>),
    Confirm(usize, Option<i64>),
    Release(usize),
    Extend(usize),
    /// A cart, the version that the caller has read, and lines that name warehouses.
    ChangeCart(usize, i64, Vec<(usize, i64, usize)>),
    ConfirmCart(usize),
    ReleaseCart(usize),
    ExtendCart(usize),
    /// Item, warehouse, units.
    Adjust(usize, usize, i64),
    /// Item, warehouse, counted units, expected units.
    Count(usize, usize, i64, Option<i64>),
    /// Item, source warehouse, offset of the destination warehouse, units.
    Move(usize, usize, usize, i64),
    /// Order, warehouse.
    Allocate(usize, usize),
    Cancel(usize),
    /// Items and units.
    CreateOrder(Vec<(usize, i64)>),
    /// An order with a guessed id, as an offset from the newest known id, and a warehouse.
    AllocateGuessed(i64, usize),
    CancelGuessed(i64),
    /// A clean-up of expired blocks, which is not a client's request.
    CleanUp,
}

/// The initial state of an existing block.
#[derive(Debug, Clone)]
pub(super) enum Fate {
    Live,
    /// Expired, and not cleaned up.
    Due,
    /// It expires during the test, after this number of milliseconds.
    Soon(u8),
}

#[derive(Debug, Clone)]
pub(super) struct Case {
    /// Units of each item in the first two warehouses. The third has no levels.
    pub(super) levels: Vec<[i64; 2]>,
    /// Items and units of each order.
    pub(super) orders: Vec<Vec<(usize, i64)>>,
    /// Item, units.
    pub(super) blocks: Vec<(usize, i64, Fate)>,
    /// The groups of each client. The flag of a request selects the first server.
    pub(super) clients: Vec<Vec<Vec<(RequestSpec, bool)>>>,
}

pub(super) fn case() -> impl Strategy<Value = Case> {
    let levels = vec([0..8i64, 0..3i64], 1..4);
    let orders = vec(vec((0..3usize, 1..4i64), 1..4), 1..3);
    let fate = prop_oneof![1 => Just(Fate::Live), 3 => Just(Fate::Due), 1 => (0..10u8).prop_map(Fate::Soon)];
    let blocks = vec((0..3usize, 1..5i64, fate), 0..9);
    let clients = vec(vec(vec((request_spec(), any::<bool>()), 1..4), 1..4), 2..6);
    (levels, orders, blocks, clients).prop_map(|(levels, orders, blocks, clients)| Case {
        levels,
        orders,
        blocks,
        clients,
    })
}

fn request_spec() -> impl Strategy<Value = RequestSpec> {
    let line = || (0..3usize, 1..5i64, option::weighted(0.3, 0..3usize));
    let any_of = || 0..12usize;
    prop_oneof![
        6 => line().prop_map(RequestSpec::Place),
        3 => (vec(line(), 1..4), option::of(0..2u8)).prop_map(|(lines, name)| RequestSpec::PlaceCart(lines, name)),
        3 => (any_of(), option::of(1..4i64)).prop_map(|(block, units)| RequestSpec::Confirm(block, units)),
        3 => any_of().prop_map(RequestSpec::Release),
        2 => any_of().prop_map(RequestSpec::Extend),
        3 => (any_of(), 1..4i64, vec((0..3usize, 1..5i64, 0..3usize), 1..4))
            .prop_map(|(cart, version, lines)| RequestSpec::ChangeCart(cart, version, lines)),
        1 => any_of().prop_map(RequestSpec::ConfirmCart),
        2 => any_of().prop_map(RequestSpec::ReleaseCart),
        1 => any_of().prop_map(RequestSpec::ExtendCart),
        3 => (0..3usize, 0..3usize, prop_oneof![-5..0i64, 1..5i64])
            .prop_map(|(item, warehouse, delta)| RequestSpec::Adjust(item, warehouse, delta)),
        2 => (0..3usize, 0..3usize, 0..8i64, option::of(0..8i64)).prop_map(|(item, warehouse, units, expected)| {
            RequestSpec::Count(item, warehouse, units, expected)
        }),
        2 => (0..3usize, 0..3usize, 1..3usize, 1..5i64)
            .prop_map(|(item, from, further, units)| RequestSpec::Move(item, from, further, units)),
        3 => (0..4usize, 0..3usize).prop_map(|(order, warehouse)| RequestSpec::Allocate(order, warehouse)),
        1 => (0..4usize).prop_map(RequestSpec::Cancel),
        2 => vec((0..3usize, 1..3i64), 1..3).prop_map(RequestSpec::CreateOrder),
        2 => (1..3i64, 0..3usize).prop_map(|(ahead, warehouse)| RequestSpec::AllocateGuessed(ahead, warehouse)),
        1 => (1..3i64).prop_map(RequestSpec::CancelGuessed),
        1 => Just(RequestSpec::CleanUp),
    ]
}

impl RequestSpec {
    /// Returns the request, if there is an entity for it to name.
    pub(super) fn request(&self, seen: &Seen) -> Option<Request> {
        let item = |number: &usize| seen.items[number % seen.items.len()];
        let warehouse = |number: &usize| seen.warehouses[*number];
        let order = |number: &usize| seen.orders[number % seen.orders.len()];
        let guessed =
            |ahead: &i64| OrderId(seen.orders.iter().map(|order| order.0).max().unwrap_or(0) + ahead);
        let block =
            |number: &usize| (!seen.blocks.is_empty()).then(|| seen.blocks[number % seen.blocks.len()]);
        let cart = |number: &usize| (!seen.carts.is_empty()).then(|| seen.carts[number % seen.carts.len()]);
        let ttl = Ttl::default();
        Some(match self {
            Self::Place((number, quantity, place)) => {
                let warehouse = place.as_ref().map(warehouse);
                Request::Place(PlaceBlock { warehouse, ..super::block(item(number), *quantity) })
            }
            Self::PlaceCart(lines, reference) => {
                let line = |(number, quantity, place): &Line| CartLine {
                    item: item(number),
                    quantity: units(*quantity),
                    warehouse: place.as_ref().map(warehouse),
                };
                // References are unique per case, because its first item is.
                let name = reference.map(|name| format!("{}-{name}", seen.items[0]));
                let reference = name.map(|name| Reference::new(&name).expect("a reference"));
                Request::PlaceCart(
                    PlaceCart::new(lines.iter().map(line).collect(), ttl, reference).expect("a cart"),
                )
            }
            Self::Confirm(number, quantity) => Request::Confirm(block(number)?, quantity.map(units)),
            Self::Release(number) => Request::Release(block(number)?),
            Self::Extend(number) => Request::Extend(block(number)?, ttl),
            Self::ChangeCart(number, version, lines) => {
                let line = |(number, quantity, place): &(usize, i64, usize)| CartLine {
                    item: item(number),
                    quantity: units(*quantity),
                    warehouse: Some(warehouse(place)),
                };
                let lines = lines.iter().map(line).collect();
                Request::ChangeCart(ChangeCart::new(cart(number)?, *version, lines, None).expect("a change"))
            }
            Self::ConfirmCart(number) => Request::ConfirmCart(cart(number)?),
            Self::ReleaseCart(number) => Request::ReleaseCart(cart(number)?),
            Self::ExtendCart(number) => Request::ExtendCart(cart(number)?, ttl),
            Self::Adjust(number, place, delta) => {
                Request::Adjust(adjustment(item(number), Some(warehouse(place)), *delta))
            }
            Self::Count(number, place, counted, expected) => {
                Request::ChangeLevel(count(item(number), warehouse(place), *counted, *expected))
            }
            Self::Move(number, from, further, quantity) => {
                let (from, to) = (warehouse(from), warehouse(&((from + further) % 3)));
                let note = Note::new("nearer").expect("a note");
                let movement = StockMove::new(item(number), from, to, units(*quantity), note);
                Request::Move(movement.expect("another warehouse"))
            }
            Self::Allocate(number, place) => Request::Allocate(order(number), warehouse(place)),
            Self::Cancel(number) => Request::Cancel(order(number)),
            Self::AllocateGuessed(ahead, place) => Request::Allocate(guessed(ahead), warehouse(place)),
            Self::CancelGuessed(ahead) => Request::Cancel(guessed(ahead)),
            Self::CreateOrder(_) | Self::CleanUp => return None,
        })
    }
}

pub(super) fn adjustment(item: ItemId, warehouse: Option<WarehouseId>, delta: i64) -> StockAdjustment {
    StockAdjustment::new(item, warehouse, delta, Note::new("counted").expect("a note"))
        .expect("an adjustment")
}

/// A count of the available units of a level.
fn count(item: ItemId, warehouse: WarehouseId, units: i64, expected: Option<i64>) -> LevelChange {
    let units_of = |units| Units::new(units).expect("units");
    let (units, expected) = (units_of(units), expected.map(units_of));
    let target = LevelTarget::Set { units, expected, basis: CountBasis::Available };
    let note = "counted".to_owned();
    LevelChange { item, sku: None, warehouse: Some(warehouse), target, note, write_off_units_max: None }
}

/// Sends a request by the engine's public methods.
pub(super) async fn ask(engine: &Engine, request: Request) -> engine::Result<Granted> {
    let context = &context();
    Ok(match request {
        Request::Place(block) => Granted::Placed(engine.block_place(context, block).await.fresh()?.output),
        Request::PlaceCart(cart) => {
            Granted::CartPlaced(engine.cart_place(context, cart).await.fresh()?.output)
        }
        Request::Confirm(id, units) => {
            Granted::Confirmed(engine.block_confirm(context, id, units).await.fresh()?.output)
        }
        Request::Release(id) => Granted::Released(engine.block_release(context, id).await.fresh()?.output),
        Request::Extend(id, ttl) => {
            Granted::Extended(engine.block_extend(context, id, ttl).await.fresh()?.output)
        }
        Request::ChangeCart(change) => {
            Granted::CartChanged(engine.cart_change(context, change).await.fresh()?.output)
        }
        Request::ConfirmCart(cart) => {
            let (id, blocks) = engine.cart_confirm(context, cart).await.fresh()?.output;
            Granted::CartConfirmed(id, blocks)
        }
        Request::ReleaseCart(cart) => {
            let (id, blocks) = engine.cart_release(context, cart).await.fresh()?.output;
            Granted::CartReleased(id, blocks)
        }
        Request::ExtendCart(cart, ttl) => {
            let (id, blocks) = engine.cart_extend(context, cart, ttl).await.fresh()?.output;
            Granted::CartExtended(id, blocks)
        }
        Request::Adjust(adjustment) => {
            Granted::Adjusted(engine.stock_adjust(context, adjustment).await.fresh()?.output)
        }
        Request::ChangeLevel(change) => {
            let document = StockDocument::new(vec![change], false).expect("a line");
            let outcome = engine.stock_document(context, document).await.fresh()?;
            match outcome.lines.into_iter().next().expect("a result") {
                DocumentLine::Done(changed) => Granted::LevelChanged(changed),
                DocumentLine::Refused(rejection) => return Err(rejection.into()),
                DocumentLine::Failed(error) => return Err(error),
                DocumentLine::Stored(..) => panic!("no key"),
            }
        }
        Request::Move(movement) => Granted::Moved(engine.stock_move(context, movement).await.fresh()?.output),
        Request::Allocate(order, place) => {
            Granted::Allocated(engine.order_allocate(context, order, place).await.fresh()?.output)
        }
        Request::Cancel(order) => {
            Granted::Cancelled(engine.order_cancel(context, order).await.fresh()?.output)
        }
    })
}
