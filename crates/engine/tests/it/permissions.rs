//! Rules that depend on the permissions of the caller.

use crate::*;
use domain::{Note, Permission, Principal, Role, StockAdjustment};
use engine::Settings;

#[tokio::test]
async fn a_large_write_off_needs_a_permission_of_its_own() {
    let stock = Stock::new().await;
    let limit = i64::from(Settings::default().write_off_units_max);
    let item = stock.item(10 * limit).await;
    let adjust = async |role: Role, delta: i64| {
        let note = Note::new("counted").expect("a note");
        let adjustment = StockAdjustment::new(item, None, delta, note).expect("an adjustment");
        let context = Context::of(&Principal::person("anna", role), None, None, "request");
        stock.engine.stock_adjust(&context, adjustment).await.fresh().map(|_| ())
    };
    adjust(Role::Operator, -limit).await.expect("within the limit");
    adjust(Role::Operator, limit + 1).await.expect("a receipt has no limit");
    let error = adjust(Role::Operator, -limit - 1).await.expect_err("over the limit");
    let forbidden =
        domain::Error::Forbidden { permission: Permission::WriteOffStock, actor: "person:anna".to_owned() };
    assert_eq!(error.to_string(), engine::Error::from(forbidden).to_string());
    adjust(Role::Manager, -limit - 1).await.expect("a manager has the permission");
    adjust(Role::Viewer, 1).await.expect_err("a viewer changes nothing");
    let left = stock.engine.item_get(&context(), item).await.expect("the item").quantity;
    assert_eq!(left, i32::try_from(9 * limit).expect("a quantity"));
}
