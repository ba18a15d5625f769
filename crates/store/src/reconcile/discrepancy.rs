//! The kinds of discrepancies, each with its remedy.

use domain::{BlockId, ItemId, OrderId, WarehouseId};
use std::fmt;

/// Two numbers that should agree, or a row that should not be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discrepancy {
    /// The kind.
    pub kind: DiscrepancyKind,
    /// The item, if the discrepancy is about one.
    pub item: Option<ItemId>,
    /// The warehouse.
    pub warehouse: Option<WarehouseId>,
    /// The block.
    pub block: Option<BlockId>,
    /// The order.
    pub order: Option<OrderId>,
    /// The database object: a sequence, or a table with its trigger.
    pub object: Option<String>,
    /// The actual number, usually in units.
    pub found: i64,
    /// The expected number.
    pub expected: i64,
}

/// The kind of a discrepancy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DiscrepancyKind {
    /// A stock level and the sum of its movements differ.
    Level,
    /// An item's quantity and the sum of its stock levels differ.
    Sum,
    /// A block's units differ from those in the ledger: it was released twice, it ended but still exists, it disappeared, or
    /// it has no movements. Without a block: movements of blocks that name none.
    Block,
    /// A block is temporary and will expire, but was confirmed according to the ledger.
    Unconfirmed,
    /// A block belongs to a cart that does not name it, or a cart names a block that does not belong to it. `found` is 1 for
    /// the former, and 0 for the latter.
    Cart,
    /// An order's units differ from those in the ledger: it was allocated without taking stock, it was cancelled without
    /// returning the units, or it returned them twice. Without an order: movements of orders that name none.
    Order,
    /// An allocated or shipped order has other units than its line.
    OrderLine,
    /// The shipped units of a block or an order differ from those in the ledger.
    Shipment,
    /// The returned units of an order differ from those in the ledger.
    Return,
    /// The damaged units of a level differ from those in the ledger.
    Damaged,
    /// The units in quarantine of a level differ from those in the ledger.
    Quarantined,
    /// A stock level is negative.
    Negative,
    /// The stock level of a block does not exist.
    BlockLevel,
    /// The item of a stock level does not exist.
    LevelItem,
    /// The warehouse of a stock level does not exist.
    LevelWarehouse,
    /// The item of a pending, partial or allocated order does not exist.
    LineItem,
    /// The order of an order line does not exist.
    LineOrder,
    /// The warehouse of an allocated order does not exist.
    OrderWarehouse,
    /// The name in the search index differs from the item's name.
    Name,
    /// The directory of SKUs and barcodes lacks keys of an item, or has keys that the item does not have.
    Keys,
    /// The next id of a sequence is already in use.
    Sequence,
    /// A trigger is disabled.
    Trigger,
}

impl DiscrepancyKind {
    const NAMES: [(&'static str, Self); 22] = [
        ("level", Self::Level),
        ("sum", Self::Sum),
        ("block", Self::Block),
        ("unconfirmed", Self::Unconfirmed),
        ("cart", Self::Cart),
        ("order", Self::Order),
        ("order_line", Self::OrderLine),
        ("shipment", Self::Shipment),
        ("return", Self::Return),
        ("damaged", Self::Damaged),
        ("quarantined", Self::Quarantined),
        ("negative", Self::Negative),
        ("block_level", Self::BlockLevel),
        ("level_item", Self::LevelItem),
        ("level_warehouse", Self::LevelWarehouse),
        ("line_item", Self::LineItem),
        ("line_order", Self::LineOrder),
        ("order_warehouse", Self::OrderWarehouse),
        ("name", Self::Name),
        ("keys", Self::Keys),
        ("sequence", Self::Sequence),
        ("trigger", Self::Trigger),
    ];

    /// Returns the kind with this name, as used by the statements.
    pub(super) fn parse(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
    }
}

impl Discrepancy {
    /// Returns whether it can be repaired automatically.
    pub fn is_repairable(&self) -> bool {
        match self.kind {
            // `items.quantity` is a 32-bit number.
            DiscrepancyKind::Sum => self.expected >= 0 && i32::try_from(self.expected).is_ok(),
            DiscrepancyKind::Level | DiscrepancyKind::Block | DiscrepancyKind::Order => true,
            // The item or the warehouse may be missing as well, which is reported separately.
            DiscrepancyKind::BlockLevel
            | DiscrepancyKind::Name
            | DiscrepancyKind::Keys
            | DiscrepancyKind::Sequence => true,
            _ => false,
        }
    }

    /// Returns the remedy, for an operator.
    pub fn remedy(&self) -> String {
        let Self { item, warehouse, block, order, object, found, .. } = self;
        let id = |id: Option<i64>| id.map_or_else(String::new, |id| id.to_string());
        let item_id = id(item.map(|item| item.0));
        let warehouse_id = id(warehouse.map(|warehouse| warehouse.0));
        if self.is_repairable() {
            return match self.kind {
                DiscrepancyKind::Sum => "--apply writes the sum into items.quantity".to_owned(),
                DiscrepancyKind::BlockLevel => "--apply adds the stock level with 0 units".to_owned(),
                DiscrepancyKind::Name => "--apply copies the name from items".to_owned(),
                DiscrepancyKind::Keys => "--apply copies the keys from items".to_owned(),
                DiscrepancyKind::Sequence => "--apply moves the sequence after the highest id".to_owned(),
                DiscrepancyKind::Level => "--apply adds a `corrected` movement; the level stays".to_owned(),
                DiscrepancyKind::Block => {
                    "--apply adds movements that end in `corrected`; the block stays".to_owned()
                }
                _ => "--apply adds movements that end in `corrected`; the order stays. Count the units on the shelf, \
                      and correct the stock level by the difference"
                    .to_owned(),
            };
        }
        match self.kind {
            DiscrepancyKind::Sum => format!(
                "not repairable here: correct the rows of item {item_id} in inventory by SQL, so that their sum is from 0 \
                 to 2,147,483,647"
            ),
            DiscrepancyKind::Unconfirmed => {
                let block = id(block.map(|block| block.0));
                format!(
                    "not repairable here, because either may be correct; if it was sold: UPDATE block_inventory SET \
                     is_permanent = true, expires_at = NULL WHERE id = {block} AND item_id = {item_id}"
                )
            }
            DiscrepancyKind::Cart => {
                let block = id(block.map(|block| block.0));
                let remedy = match found {
                    0 => format!(
                        "UPDATE block_inventory SET cart_id = (SELECT id FROM carts WHERE {block} = ANY (block_ids)) \
                         WHERE id = {block} AND item_id = {item_id}"
                    ),
                    _ => format!(
                        "UPDATE carts SET block_ids = block_ids || {block}::bigint WHERE id = (SELECT cart_id FROM \
                         block_inventory WHERE id = {block} AND item_id = {item_id})"
                    ),
                };
                format!(
                    "not repairable here, because either may be correct; if it belongs to the cart: {remedy}"
                )
            }
            DiscrepancyKind::OrderLine => {
                let order = id(order.map(|order| order.0));
                format!(
                    "not repairable here: UPDATE order_items SET quantity = <units> WHERE order_id = {order} AND \
                     product_id = {item_id}, or cancel order {order}"
                )
            }
            DiscrepancyKind::Shipment if block.is_some() => {
                let block = id(block.map(|block| block.0));
                format!(
                    "not repairable here, because either may be correct; by the ledger: UPDATE block_inventory SET \
                     is_shipped = {} WHERE id = {block} AND item_id = {item_id}",
                    self.expected > 0
                )
            }
            DiscrepancyKind::Shipment | DiscrepancyKind::Return => {
                let order = id(order.map(|order| order.0));
                let column = if self.kind == DiscrepancyKind::Shipment { "shipped" } else { "returned" };
                format!(
                    "not repairable here, because either may be correct; by the ledger: UPDATE order_allocations SET \
                     {column} = {} WHERE order_id = {order} AND item_id = {item_id} AND warehouse_id = {warehouse_id}",
                    self.expected
                )
            }
            DiscrepancyKind::Damaged | DiscrepancyKind::Quarantined => {
                let column = if self.kind == DiscrepancyKind::Damaged { "damaged" } else { "quarantined" };
                format!(
                    "not repairable here: count the units; by the ledger: UPDATE unsellable_stock SET {column} = {} WHERE \
                     item_id = {item_id} AND warehouse_id = {warehouse_id}",
                    self.expected
                )
            }
            DiscrepancyKind::Negative => format!(
                "not repairable here: count the units, and UPDATE inventory SET stock_quantity = <units> WHERE \
                 product_id = {item_id} AND warehouse_id = {warehouse_id}"
            ),
            DiscrepancyKind::LevelItem => format!(
                "not repairable here: insert item {item_id} again, or delete its blocks and its rows in inventory"
            ),
            DiscrepancyKind::LevelWarehouse => format!(
                "not repairable here: insert warehouse {warehouse_id} again, or delete its blocks and its rows in \
                 inventory"
            ),
            DiscrepancyKind::LineItem => {
                let order = id(order.map(|order| order.0));
                format!("not repairable here: insert item {item_id} again, or cancel order {order}")
            }
            DiscrepancyKind::LineOrder => {
                let order = id(order.map(|order| order.0));
                format!(
                    "not repairable here: insert order {order} again, or DELETE FROM order_items WHERE order_id = \
                     {order}"
                )
            }
            DiscrepancyKind::OrderWarehouse => {
                format!("not repairable here: insert warehouse {warehouse_id} again")
            }
            _ => {
                let (table, trigger) =
                    object.as_deref().and_then(|name| name.split_once('.')).unwrap_or_default();
                format!(
                    "not repairable here: ALTER TABLE {table} ENABLE TRIGGER \"{trigger}\", then run this again"
                )
            }
        }
    }
}

impl fmt::Display for Discrepancy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, item, warehouse, block, order, object, found, expected } = self;
        let parts = [
            item.map(|item| format!("item {item}")),
            warehouse.map(|warehouse| format!("warehouse {warehouse}")),
            block.map(|block| format!("block {block}")),
            order.map(|order| format!("order {order}")),
            object.clone(),
        ];
        write!(f, "{}: ", parts.into_iter().flatten().collect::<Vec<_>>().join(", "))?;
        match kind {
            DiscrepancyKind::Level => write!(f, "{found} available, {expected} by the ledger"),
            DiscrepancyKind::Sum => write!(f, "quantity {found}, {expected} in its stock levels"),
            DiscrepancyKind::Block if block.is_none() => {
                write!(f, "movements of blocks without a block hold {expected}")
            }
            DiscrepancyKind::Block => write!(f, "{found} in the block, {expected} by the ledger"),
            DiscrepancyKind::Unconfirmed => {
                write!(f, "{found} in a temporary block that was confirmed according to the ledger")
            }
            DiscrepancyKind::Cart if *found == 0 => write!(f, "named by a cart to which it does not belong"),
            DiscrepancyKind::Cart => write!(f, "belongs to a cart that does not name it"),
            DiscrepancyKind::Order if order.is_none() => {
                write!(f, "movements of orders without an order took {expected}")
            }
            DiscrepancyKind::Order => write!(f, "{found} allocated by the order, {expected} by the ledger"),
            DiscrepancyKind::OrderLine => {
                write!(f, "{found} allocated and shipped by the order, {expected} in its line")
            }
            DiscrepancyKind::Shipment => write!(f, "{found} shipped, {expected} by the ledger"),
            DiscrepancyKind::Return => write!(f, "{found} returned, {expected} by the ledger"),
            DiscrepancyKind::Damaged => write!(f, "{found} damaged, {expected} by the ledger"),
            DiscrepancyKind::Quarantined => write!(f, "{found} in quarantine, {expected} by the ledger"),
            DiscrepancyKind::Negative => write!(f, "{found} available"),
            DiscrepancyKind::BlockLevel => write!(f, "{found} in a block whose stock level does not exist"),
            DiscrepancyKind::LevelItem => write!(f, "{found} available of an item that does not exist"),
            DiscrepancyKind::LevelWarehouse => {
                write!(f, "{found} available in a warehouse that does not exist")
            }
            DiscrepancyKind::LineItem => write!(f, "{found} ordered of an item that does not exist"),
            DiscrepancyKind::LineOrder => write!(f, "{found} in a line of an order that does not exist"),
            DiscrepancyKind::OrderWarehouse => write!(f, "allocated from a warehouse that does not exist"),
            DiscrepancyKind::Name => write!(f, "searches do not use the item's name"),
            DiscrepancyKind::Keys => {
                write!(f, "{found} SKUs and barcodes in the directory, {expected} by the item")
            }
            DiscrepancyKind::Sequence => {
                write!(f, "the last id of the sequence is {found}, the highest in use is {expected}")
            }
            DiscrepancyKind::Trigger => {
                write!(f, "the trigger is disabled, so changes are not recorded")
            }
        }
    }
}
