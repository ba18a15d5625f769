//! Units in a condition in which they can't be sold, and counts of all units on hand.

use crate::*;
use domain::{
    ChangeCondition, Condition, ConditionChange, CountBasis, Error as Rejection, LevelChange, LevelTarget,
    LevelTotals, Note, Permission, Principal, Role, StockDocument, StockUnits, UnsellableUnits,
};
use engine::{DocumentLine, Error};

pub(crate) fn condition(item: ItemId, quantity: i64, change: ConditionChange) -> ChangeCondition {
    let note = Note::new("inspected").expect("a note");
    ChangeCondition { item, warehouse: None, quantity: units(quantity), change, note }
}

impl Stock {
    /// Returns the item's level in its only warehouse.
    pub(crate) async fn level(&self, item: ItemId) -> LevelTotals {
        let levels = self.engine.item_levels(&context(), item).await.expect("levels");
        levels.into_iter().next().expect("a level").output
    }

    /// Returns the item's units by `/api/availability`, and asserts that the levels have the same.
    pub(crate) async fn shelf(&self, item: ItemId) -> StockUnits {
        let read = self.engine.availability(&context(), vec![item], Vec::new()).await.expect("availability");
        let units = read.items[0].units();
        let level = self.level(item).await;
        let of_level = StockUnits {
            available: level.available.into(),
            held: level.held,
            committed: level.committed,
            damaged: level.damaged,
            quarantined: level.quarantined,
        };
        assert_eq!((of_level, level.on_hand), (units, units.on_hand()));
        units
    }

    /// Asserts that a full reconciliation finds nothing.
    pub(crate) async fn assert_reconciled(&self) {
        self.assert_closed().await;
        let mut audit = store::Audit::connect(&store::Settings::new(&self.url)).await.expect("a connection");
        let found = audit.items(i64::MIN, i64::MAX).await.expect("an answer");
        assert!(found.is_empty(), "{found:#?}");
    }
}

#[tokio::test]
async fn units_in_a_condition_are_on_hand_and_not_sold() {
    use ConditionChange::{Dispose, Reclassify, Restore, SetAside};
    let stock = Stock::new().await;
    let item = stock.item(10).await;
    let change = async |quantity, change| {
        let changed =
            stock.engine.stock_change_condition(&context(), condition(item, quantity, change)).await;
        changed.fresh().map(|changed| changed.output.unsellable)
    };
    let unsellable = |damaged, quarantined| Ok(UnsellableUnits { damaged, quarantined });
    assert_eq!(change(6, SetAside(Condition::Quarantine)).await, unsellable(0, 6));
    assert_eq!(change(3, Reclassify(Condition::Damaged)).await, unsellable(3, 3));
    assert_eq!(change(2, Restore(Condition::Quarantine)).await, unsellable(3, 1));
    assert_eq!(change(1, Dispose(Condition::Damaged)).await, unsellable(2, 1));
    let shelf = StockUnits { damaged: 2, quarantined: 1, ..StockUnits::new(6, 0) };
    assert_eq!((stock.shelf(item).await, shelf.on_hand()), (shelf, 9));
    assert_eq!(stock.quantity(item).await, 6);
    let main = main_warehouse(&stock.engine).await;
    let short = Rejection::InsufficientStock { item, warehouse: Some(main), requested: 7, available: 6 };
    let sold = stock.engine.block_place(&context(), block(item, 7)).await.fresh();
    assert_eq!(sold.map(|_| ()), Err(Error::Rejected(short)));
    let warehouse = main_warehouse(&stock.engine).await;
    let few = Rejection::TooFewInCondition {
        item,
        warehouse,
        condition: Condition::Damaged,
        requested: 3,
        present: 2,
    };
    assert_eq!(change(3, Dispose(Condition::Damaged)).await, Err(Error::Rejected(few)));
    stock.assert_reconciled().await;
}

#[tokio::test]
async fn a_count_is_compared_with_all_units_on_hand() {
    let stock = Stock::new().await;
    let item = stock.item(20).await;
    let engine = &stock.engine;
    let aside = condition(item, 3, ConditionChange::SetAside(Condition::Damaged));
    engine.stock_change_condition(&context(), aside).await.expect("set aside");
    let sold = engine.block_place(&context(), block(item, 4)).await.fresh().expect("placed").id;
    engine.block_confirm(&context(), sold, None).await.expect("sold");
    engine.block_place(&context(), block(item, 2)).await.expect("held");
    let order = stock.order(&[(item, 5)]).await;
    engine.order_allocate(&context(), order, main_warehouse(engine).await).await.expect("allocated");
    let shelf = StockUnits { committed: 9, damaged: 3, ..StockUnits::new(6, 2) };
    assert_eq!((stock.shelf(item).await, shelf.on_hand()), (shelf, 20));

    let count = async |counted: i64| {
        let target = LevelTarget::Set {
            units: Units::new(counted).expect("units"),
            expected: None,
            basis: CountBasis::OnHand,
        };
        let line = LevelChange {
            item,
            sku: None,
            warehouse: None,
            target,
            note: "count".to_owned(),
            write_off_units_max: None,
        };
        let document = StockDocument::new(vec![line], false).expect("a document");
        let outcome = engine.stock_document(&context(), document).await.fresh().expect("an outcome");
        outcome.lines.into_iter().next().expect("a line")
    };
    // The count that the level already has is answered without locks, the others under lock.
    for (counted, available) in [(20, 6), (22, 8), (14, 0)] {
        let line = count(counted).await;
        let DocumentLine::Done(changed) = &line else { panic!("{line:?}") };
        assert_eq!(changed.units, StockUnits { available, ..shelf }, "{counted}");
    }
    let warehouse = main_warehouse(engine).await;
    let below = Rejection::CountBelowHeld { item, warehouse, counted: 13, held: 2, unavailable: 14 };
    assert_eq!(count(13).await, DocumentLine::Refused(below));
    stock.assert_reconciled().await;
}

#[tokio::test]
async fn disposing_of_many_units_needs_the_permission_for_write_offs() {
    let stock = Stock::new().await;
    let limit = i64::from(Settings::default().write_off_units_max);
    let item = stock.item(limit + 1).await;
    let aside = condition(item, limit + 1, ConditionChange::SetAside(Condition::Damaged));
    let as_role = |role| Context::of(&Principal::person("anna", role), None, None, "request");
    stock.engine.stock_change_condition(&as_role(Role::Operator), aside).await.expect("set aside");
    let dispose = condition(item, limit + 1, ConditionChange::Dispose(Condition::Damaged));
    let refused = stock.engine.stock_change_condition(&as_role(Role::Operator), dispose.clone()).await;
    let permission = Permission::WriteOffStock;
    let refused = refused.expect_err("a large write-off");
    let forbidden = Rejection::Forbidden { permission, actor: "person:anna".to_owned() };
    assert_eq!(refused, Error::Rejected(forbidden));
    stock.engine.stock_change_condition(&as_role(Role::Manager), dispose).await.expect("disposed");
    assert_eq!(stock.shelf(item).await.on_hand(), 0);
    stock.assert_reconciled().await;
}
