use crate::{
    BlockId, CartId, Condition, ItemId, LedgerCursor, OrderId, OrderStatus, Permission, Shortage, Time,
    Version, WarehouseId, WebhookId,
};

/// The reason why the rules reject a request. A rejected request changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A value is out of range or malformed.
    #[error("{field} {reason}")]
    Invalid {
        /// The field's name in the API.
        field: &'static str,
        /// The rule that it breaks, and the value.
        reason: String,
    },
    /// No item has this id.
    #[error("There is no item {0}.")]
    ItemNotFound(ItemId),
    /// No item has this SKU.
    #[error("There is no item with the SKU {}.", crate::quoted(.0))]
    SkuNotFound(String),
    /// Another item has this SKU.
    #[error("Item {item} has the SKU {}.", crate::quoted(.sku))]
    SkuTaken {
        /// The SKU.
        sku: String,
        /// The other item.
        item: ItemId,
    },
    /// Another item has this barcode.
    #[error("Item {item} has the barcode {}.", crate::quoted(.barcode))]
    BarcodeTaken {
        /// The barcode.
        barcode: String,
        /// The other item.
        item: ItemId,
    },
    /// No warehouse has this id.
    #[error("There is no warehouse {0}.")]
    WarehouseNotFound(WarehouseId),
    /// No warehouse has this code.
    #[error("There is no warehouse with the code {}.", crate::quoted(.0))]
    WarehouseCodeNotFound(String),
    /// No block has this id.
    #[error("There is no block {0}.")]
    BlockNotFound(BlockId),
    /// No cart has this id.
    #[error("There is no cart {0}.")]
    CartNotFound(CartId),
    /// No order has this id.
    #[error("There is no order {0}.")]
    OrderNotFound(OrderId),
    /// No webhook endpoint has this id.
    #[error("There is no webhook endpoint {0}.")]
    WebhookNotFound(WebhookId),
    /// The most webhook endpoints exist.
    #[error("There are {0} webhook endpoints, which is the maximum. Delete one first.")]
    WebhooksLimit(usize),
    /// Too few units are available.
    #[error("Item {item}: {requested} requested, {available} available.")]
    InsufficientStock {
        /// The item.
        item: ItemId,
        /// The warehouse that has the available units, or that the request names.
        warehouse: Option<WarehouseId>,
        /// Units that the request asks for.
        requested: i32,
        /// The maximum that one request could take now: one block takes its units from one warehouse.
        available: i32,
    },
    /// Too few units are available for some lines of a cart.
    #[error("{}", shortages_text(.0))]
    CartShort(
        /// The short items, in the order of the lines. `requested` is the sum of the lines of the same item and warehouse.
        /// `available` is the most units that these lines could have, with those that the cart already holds. Lines without
        /// a warehouse get the units that the other lines leave.
        Vec<Shortage>,
    ),
    /// The units of a level or an item would exceed [`crate::UNITS_MAX`]. A receipt that leaves more than
    /// [`crate::UNITS_RECEIVED_UNCHECKED_MAX`] units also counts the units in temporary blocks and in orders.
    #[error("Item {item} has {available} available units. With {delta} more it could exceed the maximum of {max}; units in blocks and orders count, because they may return.", max = crate::UNITS_MAX)]
    StockOverflow {
        /// The item.
        item: ItemId,
        /// Units available now.
        available: i32,
        /// Units that the request adds.
        delta: i32,
    },
    /// The stock level does not have the units that the request expects.
    #[error("Item {item} has {present} units in warehouse {warehouse}, not the expected {expected}.")]
    StockMismatch {
        /// The item.
        item: ItemId,
        /// The warehouse.
        warehouse: WarehouseId,
        /// Units that the request expects.
        expected: i32,
        /// Units that the level has.
        present: i64,
    },
    /// Fewer units were counted than are on the shelf without being available.
    #[error(
        "Item {item}: {counted} counted in warehouse {warehouse}, but {unavailable} units are held, sold and not shipped, damaged or in quarantine. Release, ship or dispose of units first."
    )]
    CountBelowHeld {
        /// The item.
        item: ItemId,
        /// The warehouse.
        warehouse: WarehouseId,
        /// Units that were counted.
        counted: i32,
        /// Units in temporary blocks, also in expired ones.
        held: i64,
        /// Units on the shelf that are not available: held, committed, damaged ones and those in quarantine.
        unavailable: i64,
    },
    /// Too few units are in a condition.
    #[error("Item {item}: {requested} requested in warehouse {warehouse}, {present} are {condition}.")]
    TooFewInCondition {
        /// The item.
        item: ItemId,
        /// The warehouse.
        warehouse: WarehouseId,
        /// The condition.
        condition: Condition,
        /// Units that the request asks for.
        requested: i32,
        /// Units in the condition.
        present: i32,
    },
    /// The block is already confirmed.
    #[error("Block {0} is already permanent.")]
    BlockAlreadyPermanent(BlockId),
    /// The block is temporary.
    #[error("Block {0} is temporary: confirm it first.")]
    BlockNotPermanent(BlockId),
    /// The units of the block have left the shelf.
    #[error("Block {0} was shipped.")]
    BlockAlreadyShipped(BlockId),
    /// The cart is active.
    #[error("Cart {0} is not confirmed: confirm it first.")]
    CartNotConfirmed(CartId),
    /// The block has expired. Its units were reclaimed or will be reclaimed soon.
    #[error("Block {block} expired at {}.", at.format("%Y-%m-%d %H:%M:%S UTC"))]
    BlockExpired {
        /// The block.
        block: BlockId,
        /// The time of the expiry, or of the reclaim.
        at: Time,
    },
    /// The block was released.
    #[error("Block {0} was released.")]
    BlockReleased(BlockId),
    /// The block belongs to a cart, which is confirmed, extended and released as a whole.
    #[error("Block {block} belongs to cart {cart}: confirm, extend, change or release the cart.")]
    BlockInCart {
        /// The block.
        block: BlockId,
        /// Its cart.
        cart: CartId,
    },
    /// The cart has expired.
    #[error("Cart {cart} expired at {}.{}", at.format("%Y-%m-%d %H:%M:%S UTC"), retake_text(.shortages))]
    CartExpired {
        /// The cart.
        cart: CartId,
        /// The time of the expiry, or of the reclaim.
        at: Time,
        /// The stock levels that lack units, if the request asks to take its units again.
        shortages: Vec<Shortage>,
    },
    /// The cart is already confirmed.
    #[error("Cart {0} is already confirmed.")]
    CartConfirmed(CartId),
    /// The cart was released.
    #[error("Cart {0} was released.")]
    CartReleased(CartId),
    /// The units of the block became an order's.
    #[error("The units of block {block} belong to order {order}.")]
    BlockConverted {
        /// The block.
        block: BlockId,
        /// The order.
        order: OrderId,
    },
    /// The units of the cart became an order's.
    #[error("The units of cart {cart} belong to order {order}.")]
    CartConverted {
        /// The cart.
        cart: CartId,
        /// The order.
        order: OrderId,
    },
    /// The request names another version of the cart.
    #[error(
        "Cart {cart} was changed in the meantime: its present version is {version}. Read it again before you change it."
    )]
    CartVersionMismatch {
        /// The cart.
        cart: CartId,
        /// Its present version.
        version: i64,
    },
    /// A payment of the cart is running.
    #[error(
        "Cart {cart} is being paid until {} with the payment reference {}. Confirm the cart, or end the payment first.",
        until.format("%Y-%m-%d %H:%M:%S UTC"), crate::quoted(.reference)
    )]
    PaymentRunning {
        /// The cart.
        cart: CartId,
        /// The reference of the payment.
        reference: String,
        /// The end of the payment.
        until: Time,
    },
    /// No payment of the cart is running.
    #[error("No payment of cart {0} is running.")]
    PaymentNotRunning(CartId),
    /// Another cart has the payment reference, and it is confirmed or active.
    #[error("The payment reference {} belongs to cart {cart}.", crate::quoted(.reference))]
    PaymentReferenceUsed {
        /// The reference of the payment.
        reference: String,
        /// The other cart.
        cart: CartId,
    },
    /// The payment would keep the cart beyond the configured time.
    #[error(
        "A payment keeps cart {cart} until {} at most. Ask for a shorter time, or place a new cart.",
        until.format("%Y-%m-%d %H:%M:%S UTC")
    )]
    CartLifeLimit {
        /// The cart.
        cart: CartId,
        /// The latest end of a payment.
        until: Time,
    },
    /// Another cart has the reference.
    #[error("Cart {cart} has the reference {}.", crate::quoted(.reference))]
    CartReferenceTaken {
        /// The reference.
        reference: String,
        /// The other cart.
        cart: CartId,
    },
    /// Another order has the reference.
    #[error("Order {order} has the reference {}.", crate::quoted(.reference))]
    OrderReferenceTaken {
        /// The reference.
        reference: String,
        /// The other order.
        order: OrderId,
    },
    /// The request confirms more units than the block has.
    #[error("Block {block} has {held} units; {requested} can't be confirmed.")]
    QuantityOverBlock {
        /// The block.
        block: BlockId,
        /// Units that the request confirms.
        requested: i32,
        /// Units of the block.
        held: i32,
    },
    /// The request exceeds the configured units per block.
    #[error("Item {item}: {requested} requested, a block may have at most {max}.")]
    BlockUnitsLimit {
        /// The item.
        item: ItemId,
        /// Units that the request asks for.
        requested: i32,
        /// The configured limit.
        max: i32,
    },
    /// The request exceeds the configured active blocks per reference.
    #[error(
        "Reference {reference} has {active} active blocks; {requested} more exceed the maximum of {max}."
    )]
    ReferenceBlocksLimit {
        /// The shop's name for the buyer.
        reference: String,
        /// Its active blocks now.
        active: i64,
        /// Blocks that the request asks for.
        requested: i64,
        /// The configured limit.
        max: i64,
    },
    /// The idempotency key was used before with another request.
    #[error("The idempotency key {0} was used before with another request.")]
    IdempotencyKeyReused(String),
    /// The order is already allocated.
    #[error("Order {order} is already allocated{}.", from_warehouse(.warehouse))]
    OrderAlreadyAllocated {
        /// The order.
        order: OrderId,
        /// The warehouse of its units; `None` if there are several.
        warehouse: Option<WarehouseId>,
    },
    /// The order's lines can't be changed any more.
    #[error("Order {order} is {}: its lines can be changed only while it is pending.", status.as_str())]
    OrderNotPending {
        /// The order.
        order: OrderId,
        /// Its status.
        status: OrderStatus,
    },
    /// Units of the order have left the shelf.
    #[error("Units of order {0} were shipped.")]
    OrderShipped(OrderId),
    /// The order has no allocated units in the warehouses of the request.
    #[error("Order {0} has no allocated units there to ship.")]
    NotAllocated(OrderId),
    /// The order has fewer allocated units of an item than the request ships.
    #[error("Order {order}: {requested} units of item {item} can't be shipped, {allocated} are allocated{}.", in_warehouse(.warehouse))]
    UnitsNotAllocated {
        /// The order.
        order: OrderId,
        /// The item.
        item: ItemId,
        /// The warehouse of the request; `None` for all warehouses.
        warehouse: Option<WarehouseId>,
        /// Units that the request ships.
        requested: i32,
        /// Units that are allocated and not shipped.
        allocated: i32,
    },
    /// The request returns more units of an item than were shipped and not returned.
    #[error("Order {order}: {requested} units of item {item} can't be returned, {returnable} were shipped{} and not returned.", in_warehouse(.warehouse))]
    OverReturned {
        /// The order.
        order: OrderId,
        /// The item.
        item: ItemId,
        /// The warehouse of the line; `None` for all warehouses.
        warehouse: Option<WarehouseId>,
        /// Units that the request returns.
        requested: i32,
        /// Units that were shipped and not returned.
        returnable: i32,
    },
    /// A plan has not the units of the order.
    #[error(
        "Order {order} has {requested} units of item {item}, and the plan has {planned}. Plan every unit once."
    )]
    PlanMismatch {
        /// The order.
        order: OrderId,
        /// The first item with another number of units.
        item: ItemId,
        /// Units of the order.
        requested: i64,
        /// Units of the plan.
        planned: i64,
    },
    /// The order has no line of the item.
    #[error("Order {order} has no line of item {item}.")]
    NoOrderLine {
        /// The order.
        order: OrderId,
        /// The item.
        item: ItemId,
    },
    /// The request cancels more units than a line has.
    #[error("Order {order} has {available} units of item {item}; the request cancels {requested}.")]
    QuantityOverLine {
        /// The order.
        order: OrderId,
        /// The item.
        item: ItemId,
        /// Units that the request cancels.
        requested: i32,
        /// Units of the line.
        available: i32,
    },
    /// Units that the request cancels have left the shelf.
    #[error(
        "Order {order} has {available} units of item {item} that are not shipped; the request cancels {requested}."
    )]
    UnitsShipped {
        /// The order.
        order: OrderId,
        /// The item.
        item: ItemId,
        /// Units that the request cancels.
        requested: i32,
        /// Units of the line that are not shipped.
        available: i32,
    },
    /// The order does not have the units, or the other order does not miss them.
    #[error("Order {order} can pass on {available} units of item {item}, not {requested}.")]
    UnitsNotReassignable {
        /// The order that has the units.
        order: OrderId,
        /// The item.
        item: ItemId,
        /// Units that the request reassigns.
        requested: i32,
        /// Units that one order has and the other one misses.
        available: i32,
    },
    /// One order has no units that the other one misses.
    #[error("Order {from} has no allocated units that order {to} misses.")]
    NothingToReassign {
        /// The order that has the units.
        from: OrderId,
        /// The order that misses units.
        to: OrderId,
    },
    /// The order was cancelled.
    #[error("Order {0} is cancelled.")]
    OrderCancelled(OrderId),
    /// The category exists in this spelling, which differs from the requested one only in case or white space.
    #[error("The category {} exists.", crate::quoted(.0))]
    CategoryExists(String),
    /// Another warehouse has this code.
    #[error("Another warehouse has the code {0}.")]
    WarehouseCodeTaken(String),
    /// The item is archived.
    #[error("Item {0} is archived: it can't be sold. Restore it first.")]
    ItemArchived(ItemId),
    /// The item has units in active blocks.
    #[error(
        "Item {item} can't be archived: {held} of its units are in temporary blocks. Release the blocks, or wait until they end."
    )]
    ItemHeld {
        /// The item.
        item: ItemId,
        /// Units in active blocks.
        held: i64,
    },
    /// The warehouse is archived.
    #[error("Warehouse {0} is archived: it receives no units. Restore it first.")]
    WarehouseArchived(WarehouseId),
    /// The warehouse has units.
    #[error(
        "Warehouse {warehouse} can't be archived: it has {available} available units and {held} units in temporary blocks. Move them to another warehouse first."
    )]
    WarehouseHasStock {
        /// The warehouse.
        warehouse: WarehouseId,
        /// Available units.
        available: i64,
        /// Units in active blocks.
        held: i64,
    },
    /// The default warehouse can't be archived.
    #[error(
        "Warehouse {0} is the default warehouse and can't be archived. Make another one the default first."
    )]
    WarehouseIsDefault(WarehouseId),
    /// The condition of the request names another version.
    #[error(
        "It was changed in the meantime: its present version is {0}. Read it again before you change it."
    )]
    VersionMismatch(Version),
    /// The cursor does not belong to the history of this ledger.
    #[error(
        "The cursor does not belong to this ledger: it is from another database, or from before a restore or a \
        failover. Read the current state (GET /api/items, /api/blocks and /api/orders), then continue with the \
        current cursor, which GET /api/events without `after` returns. Events may have been missed."
    )]
    CursorUnknown,
    /// The cursor is before the movements that the ledger still has.
    #[error(
        "The events after the cursor are archived. The oldest cursor is {oldest}. Read the current state (GET /api/items, \
        /api/blocks and /api/orders), then continue with the oldest cursor, or with the current one, which GET /api/events \
        without `after` returns. Archived events are in the files of the archive."
    )]
    CursorArchived {
        /// The oldest cursor after which the ledger has every event.
        oldest: LedgerCursor,
    },
    /// No client has this name.
    #[error("There is no client {0}.")]
    ClientNotFound(String),
    /// Another client has or had this name.
    #[error("Another client has the name {0}. The name of a disabled client can't be used again.")]
    ClientNameTaken(String),
    /// The client is disabled.
    #[error("Client {0} is disabled.")]
    ClientDisabled(String),
    /// The client has the scope `admin`, and can't be limited to warehouses.
    #[error("Client {0} has the scope admin, and can't be limited to warehouses.")]
    ClientNotLimitable(String),
    /// The client has the maximum number of valid tokens.
    #[error("Client {0} has {max} valid tokens, which is the maximum: revoke one first.", max = crate::CLIENT_TOKENS_MAX)]
    ClientTokensLimit(String),
    /// The client has no token with this id.
    #[error("The client has no token {0}.")]
    TokenNotFound(i64),
    /// The caller lacks a permission.
    #[error("{actor} needs the permission {permission}.")]
    Forbidden {
        /// The permission.
        permission: Permission,
        /// The caller.
        actor: String,
    },
    /// The caller lacks the permission for a large write-off.
    #[error(
        "Item {item}: writing off {units} units needs the permission {permission}; without it, {max} are allowed.",
        permission = Permission::WriteOffStock
    )]
    WriteOffForbidden {
        /// The item.
        item: ItemId,
        /// Units that the request writes off.
        units: i64,
        /// The configured limit without the permission.
        max: i32,
    },
    /// No import has this id.
    #[error("There is no import {0}.")]
    ImportNotFound(crate::ImportId),
    /// The state of the import does not allow the operation.
    #[error("Import {import} is {}: it {reason}.", state.as_str())]
    ImportState {
        /// The import.
        import: crate::ImportId,
        /// Its state.
        state: crate::ImportState,
        /// The rule, as a predicate.
        reason: &'static str,
    },
    /// The file is larger than the setting allows.
    #[error("The file has more than {max} bytes, which is the maximum.")]
    ImportFileTooLarge {
        /// The maximum in bytes.
        max: u64,
    },
    /// The caller is limited to other warehouses.
    #[error(
        "The caller does not have the permission {permission} in warehouse {warehouse}: it is limited to other warehouses."
    )]
    WarehouseForbidden {
        /// The permission.
        permission: Permission,
        /// The warehouse.
        warehouse: WarehouseId,
    },
    /// The operation is not bound to one warehouse, and the caller is limited to some warehouses.
    #[error(
        "The operation needs the permission {permission} in all warehouses: the caller is limited to some."
    )]
    AllWarehousesForbidden {
        /// The permission.
        permission: Permission,
    },
}

impl Error {
    /// Returns whether a right of the caller is missing. The same request may succeed after a change of its rights.
    pub fn is_forbidden(&self) -> bool {
        matches!(
            self,
            Self::Forbidden { .. }
                | Self::WarehouseForbidden { .. }
                | Self::AllWarehousesForbidden { .. }
                | Self::WriteOffForbidden { .. }
        )
    }

    /// Returns the existing item that the rejection is about; of several short items the first.
    pub fn item(&self) -> Option<ItemId> {
        match self {
            Self::ItemArchived(item)
            | Self::ItemHeld { item, .. }
            | Self::SkuTaken { item, .. }
            | Self::BarcodeTaken { item, .. }
            | Self::InsufficientStock { item, .. }
            | Self::QuantityOverLine { item, .. }
            | Self::UnitsShipped { item, .. }
            | Self::UnitsNotReassignable { item, .. }
            | Self::StockOverflow { item, .. }
            | Self::StockMismatch { item, .. }
            | Self::CountBelowHeld { item, .. }
            | Self::TooFewInCondition { item, .. }
            | Self::UnitsNotAllocated { item, .. }
            | Self::OverReturned { item, .. }
            | Self::PlanMismatch { item, .. }
            | Self::BlockUnitsLimit { item, .. } => Some(*item),
            Self::CartShort(shortages) => shortages.first().map(|shortage| shortage.item),
            _ => None,
        }
    }

    /// Returns the existing warehouse that the rejection is about.
    pub fn warehouse(&self) -> Option<WarehouseId> {
        match self {
            Self::StockMismatch { warehouse, .. }
            | Self::CountBelowHeld { warehouse, .. }
            | Self::TooFewInCondition { warehouse, .. }
            | Self::WarehouseArchived(warehouse)
            | Self::WarehouseHasStock { warehouse, .. }
            | Self::WarehouseIsDefault(warehouse) => Some(*warehouse),
            Self::OrderAlreadyAllocated { warehouse, .. }
            | Self::UnitsNotAllocated { warehouse, .. }
            | Self::OverReturned { warehouse, .. }
            | Self::InsufficientStock { warehouse, .. } => *warehouse,
            _ => None,
        }
    }

    /// Returns [`Error::Invalid`].
    pub fn invalid(field: &'static str, reason: impl Into<String>) -> Self {
        Self::Invalid { field, reason: reason.into() }
    }
}

/// Describes the shortages of a cart whose units could not be taken again.
fn retake_text(shortages: &[Shortage]) -> String {
    match shortages.is_empty() {
        true => String::new(),
        false => format!(" Its units can't be taken again. {}", shortages_text(shortages)),
    }
}

/// Names the warehouse of units.
fn in_warehouse(warehouse: &Option<WarehouseId>) -> String {
    warehouse.map_or_else(String::new, |warehouse| format!(" in warehouse {warehouse}"))
}

/// Names the warehouse that units were taken from.
fn from_warehouse(warehouse: &Option<WarehouseId>) -> String {
    warehouse.map_or_else(String::new, |warehouse| format!(" from warehouse {warehouse}"))
}

/// Describes each shortage in one sentence.
fn shortages_text(shortages: &[Shortage]) -> String {
    let sentence = |shortage: &Shortage| {
        let Shortage { item, requested, available } = shortage;
        format!("Item {item}: {requested} requested, {available} available.")
    };
    shortages.iter().map(sentence).collect::<Vec<_>>().join(" ")
}
