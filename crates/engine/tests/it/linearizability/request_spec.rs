//! Generated requests, which refer to entities by index because ids are not known in advance.

use crate::*;
use domain::{BlockId, CartId, Condition, ConditionChange, Decision, Granted, SourcingCandidate};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use std::collections::BTreeMap;

mod ask;
mod build;
mod orders;
mod script;

pub(super) use ask::ask;
pub(super) use build::adjustment;
use orders::OrderSpec;
pub(super) use script::script;

/// The entities that requests can name. Numbers in a [`RequestSpec`] are indexes into these lists, modulo their length.
pub(super) struct Seen {
    pub(super) items: Vec<ItemId>,
    pub(super) orders: Vec<OrderId>,
    pub(super) blocks: Vec<BlockId>,
    pub(super) carts: Vec<CartId>,
    pub(super) warehouses: [WarehouseId; 3],
    /// The same warehouses, for orders by policy.
    pub(super) candidates: Vec<SourcingCandidate>,
    /// The lines of the orders when they were made.
    pub(super) lines: BTreeMap<OrderId, Vec<(ItemId, i32)>>,
}

impl Seen {
    /// Adds the entities of a response.
    pub(super) fn note(&mut self, answer: &Decision) {
        match answer {
            Ok(Granted::Placed(placed)) => self.blocks.push(placed.id),
            Ok(Granted::PartConfirmed(sold)) => self.blocks.extend(sold.rest.map(|rest| rest.id)),
            Ok(Granted::CartChanged(cart)) => {
                let known: Vec<_> = cart.lines.iter().map(|line| line.block).collect();
                self.blocks
                    .extend(known.into_iter().filter(|id| !self.blocks.contains(id)).collect::<Vec<_>>());
            }
            Ok(Granted::CartPlaced(placed)) => {
                self.carts.push(placed.id);
                self.blocks.extend(placed.blocks.iter().map(|block| block.id));
            }
            Ok(Granted::OrderConverted(order)) => {
                let lines = order.lines.iter().map(|line| (line.item, line.quantity));
                self.add_order(order.id, lines.collect());
            }
            Ok(Granted::CartConfirmed(confirmed)) => {
                let new = confirmed.blocks.iter().map(|block| block.id);
                let new: Vec<_> = new.filter(|id| !self.blocks.contains(id)).collect();
                self.blocks.extend(new);
            }
            _ => {}
        }
    }

    /// Adds an order with its lines.
    pub(super) fn add_order(&mut self, id: OrderId, lines: Vec<(ItemId, i32)>) {
        self.orders.push(id);
        self.lines.insert(id, lines);
    }
}

/// The changes of conditions in requests.
const CONDITION_CHANGES: [ConditionChange; 6] = [
    ConditionChange::SetAside(Condition::Damaged),
    ConditionChange::SetAside(Condition::Quarantine),
    ConditionChange::Restore(Condition::Damaged),
    ConditionChange::Restore(Condition::Quarantine),
    ConditionChange::Reclassify(Condition::Damaged),
    ConditionChange::Dispose(Condition::Damaged),
];

/// A cart's line: item, units, warehouse.
type Line = (usize, i64, Option<usize>);

#[derive(Debug, Clone, PartialEq)]
pub(super) enum RequestSpec {
    Place(Line),
    /// A cart, with the index of a reference.
    PlaceCart(Vec<Line>, Option<u8>),
    Confirm(usize, Option<i64>),
    /// A block and units; the others stay held.
    ConfirmPart(usize, i64),
    /// A block with the index of a reference.
    PlaceHold(Line, Option<u8>),
    Release(usize),
    Extend(usize),
    /// A cart, the version that the caller has read, and lines.
    ChangeCart(usize, i64, Vec<Line>),
    ConfirmCart(usize),
    ReleaseCart(usize),
    ExtendCart(usize),
    /// The confirmation of a cart with the id of a block, which may belong to no cart or be the first block of one.
    ConfirmCartOfBlock(usize),
    /// A cart, and the index of a payment's reference.
    StartPayment(usize, u8),
    EndPayment(usize),
    /// The confirmation of a cart that may have expired, with the index of a payment's reference.
    ConfirmLate(usize, Option<u8>),
    ConvertCart(usize),
    ConvertBlocks(Vec<usize>),
    ShipBlock(usize),
    ShipCart(usize),
    /// Item, warehouse, units.
    Adjust(usize, usize, i64),
    /// Item, warehouse, counted units, expected units.
    Count(usize, usize, i64, Option<i64>),
    /// Item, source warehouse, offset of the destination warehouse, units.
    Move(usize, usize, usize, i64),
    /// Item, warehouse, units, the index of a change.
    Condition(usize, usize, i64, usize),
    /// Order, warehouse.
    Allocate(usize, usize),
    Cancel(usize),
    /// Another request about an order.
    Order(usize, OrderSpec),
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
    /// Permanent.
    Sold,
}

/// The initial state of an existing order.
#[derive(Debug, Clone)]
pub(super) enum OrderFate {
    Pending,
    /// It has the units that are there.
    Filled,
    /// The same, and the missing ones wait.
    Waiting,
    /// The same, and they are shipped.
    Shipped,
}

#[derive(Debug, Clone)]
pub(super) struct Case {
    /// Units of each item in the first two warehouses. The third has no levels.
    pub(super) levels: Vec<[i64; 2]>,
    /// Items and units of each order.
    pub(super) orders: Vec<(Vec<(usize, i64)>, OrderFate)>,
    /// Item, units.
    pub(super) blocks: Vec<(usize, i64, Fate)>,
    /// Items and units of each cart.
    pub(super) carts: Vec<(Vec<(usize, i64)>, Fate)>,
    /// Whether the history ends when the queue has served all orders that it can.
    pub(super) settles: bool,
    /// The groups of each client. The flag of a request selects the first server.
    pub(super) clients: Vec<Vec<Vec<(RequestSpec, bool)>>>,
}

pub(super) fn case() -> impl Strategy<Value = Case> {
    let levels = vec([0..12i64, 0..4i64], 1..4);
    let order_fate = prop_oneof![2 => Just(OrderFate::Pending), 1 => Just(OrderFate::Filled), 2 => Just(OrderFate::Waiting), 1 => Just(OrderFate::Shipped)];
    let orders = vec((vec((0..3usize, 1..4i64), 1..4), order_fate), 1..4);
    let fate = |live: u32| {
        prop_oneof![
            live => Just(Fate::Live),
            3 => Just(Fate::Due),
            1 => (0..10u8).prop_map(Fate::Soon),
            1 => Just(Fate::Sold)
        ]
    };
    let blocks = vec((0..3usize, 1..5i64, fate(1)), 0..7);
    let carts = vec((vec((0..3usize, 1..3i64), 1..4), fate(4)), 0..3);
    let clients = vec(vec(vec((request_spec(), any::<bool>()), 1..4), 1..4), 2..6);
    (levels, orders, blocks, carts, clients).prop_map(|(levels, orders, blocks, carts, clients)| Case {
        levels,
        orders,
        blocks,
        carts,
        settles: false,
        clients,
    })
}

fn request_spec() -> impl Strategy<Value = RequestSpec> {
    let line = || (0..3usize, 1..5i64, option::weighted(0.3, 0..3usize));
    let changed_line = (0..3usize, 1..4i64, option::weighted(0.5, 0..3usize));
    let any_of = || 0..12usize;
    prop_oneof![
        6 => line().prop_map(RequestSpec::Place),
        3 => (vec(line(), 1..4), option::of(0..2u8)).prop_map(|(lines, name)| RequestSpec::PlaceCart(lines, name)),
        3 => (any_of(), option::of(1..4i64)).prop_map(|(block, units)| RequestSpec::Confirm(block, units)),
        2 => (any_of(), 1..4i64).prop_map(|(block, units)| RequestSpec::ConfirmPart(block, units)),
        2 => (line(), option::of(0..2u8)).prop_map(|(line, name)| RequestSpec::PlaceHold(line, name)),
        3 => any_of().prop_map(RequestSpec::Release),
        2 => any_of().prop_map(RequestSpec::Extend),
        6 => (any_of(), prop_oneof![3 => Just(1), 1 => 1..4i64], vec(changed_line, 1..4))
            .prop_map(|(cart, version, lines)| RequestSpec::ChangeCart(cart, version, lines)),
        1 => any_of().prop_map(RequestSpec::ConfirmCart),
        2 => any_of().prop_map(RequestSpec::ReleaseCart),
        1 => any_of().prop_map(RequestSpec::ExtendCart),
        1 => any_of().prop_map(RequestSpec::ConfirmCartOfBlock),
        5 => payment_spec(),
        12 => ((0..4usize), orders::order_spec()).prop_map(|(order, spec)| RequestSpec::Order(order, spec)),
        4 => hold_spec(),
        3 => (0..3usize, 0..3usize, prop_oneof![-5..0i64, 1..5i64])
            .prop_map(|(item, warehouse, delta)| RequestSpec::Adjust(item, warehouse, delta)),
        2 => (0..3usize, 0..3usize, 0..8i64, option::of(0..8i64)).prop_map(|(item, warehouse, units, expected)| {
            RequestSpec::Count(item, warehouse, units, expected)
        }),
        2 => (0..3usize, 0..3usize, 1..3usize, 1..5i64)
            .prop_map(|(item, from, further, units)| RequestSpec::Move(item, from, further, units)),
        3 => (0..3usize, 0..3usize, 1..4i64, 0..CONDITION_CHANGES.len())
            .prop_map(|(item, place, units, change)| RequestSpec::Condition(item, place, units, change)),
        3 => (0..4usize, 0..3usize).prop_map(|(order, warehouse)| RequestSpec::Allocate(order, warehouse)),
        1 => (0..4usize).prop_map(RequestSpec::Cancel),
        2 => vec((0..3usize, 1..3i64), 1..3).prop_map(RequestSpec::CreateOrder),
        2 => (1..3i64, 0..3usize).prop_map(|(ahead, warehouse)| RequestSpec::AllocateGuessed(ahead, warehouse)),
        1 => (1..3i64).prop_map(RequestSpec::CancelGuessed),
        1 => Just(RequestSpec::CleanUp),
    ]
}

fn payment_spec() -> impl Strategy<Value = RequestSpec> {
    let any_of = || 0..12usize;
    prop_oneof![
        2 => (any_of(), 0..2u8).prop_map(|(cart, name)| RequestSpec::StartPayment(cart, name)),
        1 => any_of().prop_map(RequestSpec::EndPayment),
        3 => (0..4usize, option::weighted(0.7, 0..2u8))
            .prop_map(|(cart, name)| RequestSpec::ConfirmLate(cart, name)),
    ]
}

/// Conversions and shipments of blocks and carts.
fn hold_spec() -> impl Strategy<Value = RequestSpec> {
    let any_of = || 0..12usize;
    prop_oneof![
        2 => any_of().prop_map(RequestSpec::ConvertCart),
        2 => vec(any_of(), 1..4).prop_map(RequestSpec::ConvertBlocks),
        2 => any_of().prop_map(RequestSpec::ShipBlock),
        1 => any_of().prop_map(RequestSpec::ShipCart),
    ]
}
