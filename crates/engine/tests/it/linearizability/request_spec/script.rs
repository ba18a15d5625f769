//! A script of one client: each kind of request is granted at least once.

use super::*;

/// Returns the case. Its first two items have units in two warehouses, the third has none.
pub(in crate::linearizability) fn script() -> Case {
    use OrderFate::{Filled, Pending, Shipped, Waiting};
    use RequestSpec::{
        Adjust, Allocate, ChangeCart, ConfirmCart, ConfirmLate, ConvertBlocks, ConvertCart, EndPayment,
        Order, PlaceCart, ShipBlock, ShipCart, StartPayment,
    };
    let requests = vec![
        ChangeCart(0, 1, vec![(1, 2, Some(0))]),
        StartPayment(0, 0),
        EndPayment(0),
        ConfirmCart(0),
        ShipCart(0),
        ConvertCart(1),
        ConfirmLate(2, Some(1)),
        ShipBlock(0),
        ConvertBlocks(vec![1]),
        // Four units of the first item are left in each warehouse.
        Order(4, OrderSpec::ByPolicy(0, None)),
        Allocate(2, 1),
        Allocate(5, 0),
        Order(1, OrderSpec::Ship(None, Some(vec![(0, 1)]))),
        Order(1, OrderSpec::CancelLines(vec![(0, Some(1))])),
        // The third of the other orders.
        Order(1, OrderSpec::Reassign(2, None)),
        Order(1, OrderSpec::Fill(None, false)),
        Order(0, OrderSpec::Return(vec![(0, 1, None)], 0)),
        Order(0, OrderSpec::Return(vec![(0, 1, None)], 1)),
        Order(0, OrderSpec::Return(vec![(0, 2, None)], 0)),
        PlaceCart(vec![(1, 1, None), (1, 1, Some(0))], None),
        PlaceCart(vec![(2, 1, None)], None),
        // The queue gives it to the last order.
        Adjust(2, 0, 1),
    ];
    let group = |(turn, request): (usize, RequestSpec)| vec![(request, turn % 2 == 0)];
    Case {
        levels: vec![[15, 4], [12, 4], [0, 0]],
        orders: vec![
            (vec![(0, 3)], Shipped),
            (vec![(0, 2), (1, 2)], Filled),
            (vec![(0, 2)], Pending),
            (vec![(1, 2)], Pending),
            (vec![(0, 6)], Pending),
            (vec![(2, 1)], Pending),
            (vec![(2, 1)], Waiting),
        ],
        blocks: vec![(0, 1, Fate::Sold), (0, 1, Fate::Live)],
        carts: vec![
            (vec![(0, 1), (1, 1)], Fate::Live),
            (vec![(0, 1)], Fate::Sold),
            (vec![(0, 2)], Fate::Due),
        ],
        settles: true,
        clients: vec![requests.into_iter().enumerate().map(group).collect()],
    }
}
