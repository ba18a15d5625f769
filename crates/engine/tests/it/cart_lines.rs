//! The lines of carts over several warehouses, on both paths.

use crate::*;
use domain::{
    Cart, CartId, CartLine, CartPlaced, ChangeCart, Error as Rejection, NewWarehouse, Note, PlaceCart,
    Shortage, StockAdjustment, WarehouseCode, WarehouseName,
};
use engine::Error;

/// Units, warehouse.
type Line = (i64, Option<WarehouseId>);

/// An item with units in two warehouses.
struct Shelves {
    stock: Stock,
    item: ItemId,
    first: WarehouseId,
    second: WarehouseId,
}

impl Shelves {
    async fn with(units: [i64; 2]) -> Self {
        let stock = Stock::new().await;
        let (item, first) = (stock.item(units[0]).await, main_warehouse(&stock.engine).await);
        let new = NewWarehouse::new(
            WarehouseCode::new("SECOND").expect("a code"),
            WarehouseName::new("Elsewhere").expect("a name"),
        );
        let second = stock.engine.warehouse_create(&context(), new).await.fresh().expect("created").id;
        let shelves = Self { stock, item, first, second };
        shelves.add(second, units[1]).await;
        shelves
    }

    async fn add(&self, warehouse: WarehouseId, units: i64) {
        let note = Note::new("counted").expect("a note");
        let adjustment = StockAdjustment::new(self.item, Some(warehouse), units, note);
        self.stock.engine.stock_adjust(&context(), adjustment.expect("units")).await.expect("adjusted");
    }

    fn lines(&self, lines: &[Line]) -> Vec<CartLine> {
        let line = |(quantity, warehouse): &Line| CartLine {
            item: self.item,
            quantity: units(*quantity),
            warehouse: *warehouse,
        };
        lines.iter().map(line).collect()
    }

    async fn place(&self, engine: &Engine, lines: &[Line]) -> Result<CartPlaced, Rejection> {
        let cart = PlaceCart::new(self.lines(lines), Ttl::default(), None).expect("a cart");
        rejected(engine.cart_place(&context(), cart).await.fresh().map(|placed| placed.output))
    }

    async fn change(
        &self,
        engine: &Engine,
        id: CartId,
        version: i64,
        lines: &[Line],
    ) -> Result<Cart, Rejection> {
        let change = ChangeCart::new(id, version, self.lines(lines), None).expect("a change");
        rejected(engine.cart_change(&context(), change).await.fresh().map(|changed| changed.output))
    }

    fn short(&self, requested: i32, available: i32) -> Rejection {
        Rejection::CartShort(vec![Shortage { item: self.item, requested, available }])
    }
}

fn rejected<T: std::fmt::Debug>(result: engine::Result<T>) -> Result<T, Rejection> {
    result.map_err(|error| match error {
        Error::Rejected(rejection) => rejection,
        other => panic!("{other:?}"),
    })
}

fn levels(placed: &CartPlaced) -> Vec<(WarehouseId, i32)> {
    placed.blocks.iter().map(|block| (block.key.warehouse, block.quantity)).collect()
}

#[tokio::test]
async fn a_cart_can_have_its_own_lines_when_the_rest_is_sold() {
    let shelves = Shelves::with([5, 5]).await;
    let (engine, other) = (&shelves.stock.engine, &shelves.stock.another().await);
    let lines = [(4, None), (4, None)];
    for placing in [engine, other] {
        let placed = shelves.place(placing, &lines).await.expect("placed");
        assert_eq!(levels(&placed), [(shelves.first, 4), (shelves.second, 4)]);
        assert_eq!(shelves.stock.quantity(shelves.item).await, 2);
        let before: Vec<_> = placed.blocks.iter().map(|block| block.id).collect();
        for (version, changing) in [(1, engine), (2, other)] {
            let changed = shelves.change(changing, placed.id, version, &lines).await.expect("its own lines");
            assert_eq!(changed.lines.iter().map(|line| line.block).collect::<Vec<_>>(), before);
        }
        // A line has one warehouse: eight units are in none.
        assert_eq!(shelves.change(other, placed.id, 3, &[(8, None)]).await, Err(shelves.short(8, 5)));
        let more = shelves.change(engine, placed.id, 3, &[(5, None), (5, None)]).await.expect("all units");
        assert_eq!(more.lines.iter().map(|line| line.quantity).collect::<Vec<_>>(), [5, 5]);
        assert_eq!(shelves.stock.quantity(shelves.item).await, 0);
        engine.cart_release(&context(), placed.id).await.expect("released");
    }
    shelves.stock.assert_closed().await;
}

/// Both paths decide alike: the first engine has the levels in its cache, the second has not.
#[tokio::test]
async fn the_order_of_the_lines_does_not_matter() {
    let shelves = Shelves::with([6, 5]).await;
    let engine = &shelves.stock.engine;
    let (first, second) = (shelves.first, shelves.second);
    let lines = [(5, None), (3, Some(first))];
    let swapped = [lines[1], lines[0]];
    for turn in 0..3 {
        let engine = if turn == 0 { &shelves.stock.another().await } else { engine };
        let placed = shelves.place(engine, &lines).await.expect("placed");
        assert_eq!(levels(&placed), [(second, 5), (first, 3)]);
        engine.cart_release(&context(), placed.id).await.expect("released");
        let placed = shelves.place(engine, &swapped).await.expect("placed");
        assert_eq!(levels(&placed), [(first, 3), (second, 5)]);
        engine.cart_release(&context(), placed.id).await.expect("released");
        // The named lines leave three units of the first warehouse.
        let short = shelves.place(engine, &[(6, None), lines[1]]).await;
        assert_eq!(short, Err(shelves.short(6, 5)));
        let short = shelves.place(engine, &[(5, None), (7, Some(first))]).await;
        assert_eq!(short, Err(shelves.short(7, 6)), "the units before this cart");
    }
    assert_eq!(shelves.stock.quantity(shelves.item).await, 11);
    shelves.stock.assert_closed().await;
}
