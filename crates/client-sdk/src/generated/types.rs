// Generated from crates/server/tests/openapi.json by `npm run generate` in clients/typescript.

//! The types of requests and answers.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// The cursor of the next page. None on the last page.
    #[serde(default)]
    pub next: Option<String>,
}

/// One page of movements.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LedgerPage<T> {
    pub items: Vec<T>,
    /// The cursor of the next page. None on the last page.
    #[serde(default)]
    pub next: Option<String>,
    /// On the last page, the time up to which earlier movements are archived. None if none are.
    #[serde(default)]
    pub history_since: Option<DateTime<Utc>>,
}

/// A bulk request: one action on several blocks. Each block succeeds or fails independently.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ActOnBlocks {
    pub action: BlockAction,
    /// 1 to 500 block ids without duplicates.
    pub block_ids: Vec<i64>,
    /// Only for `extend`: 1 to 2,592,000 seconds (30 days). Default: 3,600.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl_seconds: Option<i64>,
}

/// The activity within a span of time, and the work that waits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Activity {
    /// At most 10 principals with the most events of the audit log in the span. Empty without the permission `admin`.
    pub actors: Vec<ActorEvents>,
    /// The start of the span, which is included.
    pub from: DateTime<Utc>,
    /// The time up to which movements are archived, if it is after `from`; null otherwise. Earlier units do not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history_since: Option<DateTime<Utc>>,
    /// Items with at most as many available units as their threshold, in all warehouses. `GET /api/items?low=true` lists them.
    pub items_low: i64,
    /// Items without an available unit, in all warehouses. `GET /api/items?maxQuantity=0` lists them.
    pub items_sold_out: i64,
    /// At most 10 principals with the most units of movements in the span. `GET /api/movements` with `actor` lists these.
    pub movers: Vec<ActorMovements>,
    /// The number of waiting orders; at most 1,000 are counted.
    pub orders_waiting: i64,
    /// The last 5 receipts of the span, latest first. `GET /api/movements?kind=received` has more.
    pub receipts: Vec<MovedUnits>,
    /// The last run of `stockhold reconcile`; null before the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reconcile: Option<ReconcileRun>,
    /// At most 10 items with refused units, most units first. `GET /api/refusals` has more.
    pub refused_items: Vec<RefusedItem>,
    /// Requests for blocks, carts and allocations that were refused for a lack of units, in the hours from that of `from`. A
    /// cart counts once per item that it lacks. Null with a warehouse. The counts are up to some seconds old.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_requests: Option<i64>,
    /// The requested units that were not in stock. Null with a warehouse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_units: Option<i64>,
    /// At most 10 items with available units that run out first at the pace of the last 7 days. Without a warehouse they are up
    /// to a minute old.
    pub running_out: Vec<RunningOut>,
    /// The hours in which units were sold, by ascending time.
    pub sold: Vec<SoldHour>,
    /// Units of temporary blocks that expired.
    pub units_expired: i64,
    /// Units of new temporary blocks.
    pub units_held: i64,
    /// Units that were received.
    pub units_received: i64,
    /// Units of temporary blocks that were released.
    pub units_released: i64,
    /// Units of orders that came back.
    pub units_returned: i64,
    /// Units that were confirmed, allocated to orders, or converted from a temporary block into an order.
    pub units_sold: i64,
    /// Units that were written off, and unsellable units that were thrown away.
    pub units_written_off: i64,
    /// The end of the span, which is not included.
    pub until: DateTime<Utc>,
    /// The first 10 waiting orders, in the order of the queue.
    pub waiting: Vec<WaitingOrder>,
}

/// The activity within one minute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ActivityMinute {
    /// Orders that were allocated.
    pub allocations: i64,
    /// Blocks that were placed.
    pub blocks: i64,
    /// Blocks that were made permanent.
    pub confirmed: i64,
    /// Blocks that expired.
    pub expired: i64,
    /// The start of the minute.
    pub minute: DateTime<Utc>,
    /// Blocks that were released, completely or partially.
    pub released: i64,
    /// Units in them.
    pub units_blocked: i64,
}

/// The number of events of the audit log by one principal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ActorEvents {
    /// The principal, such as `person:anna`.
    pub actor: String,
    pub events: i64,
    /// The time of the last event.
    pub last_at: DateTime<Utc>,
}

/// The movements by one principal.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ActorMovements {
    /// The principal, such as `person:anna`.
    pub actor: String,
    /// The number of its movements of all kinds.
    pub movements: i64,
    /// The units of these movements.
    pub units: i64,
}

/// A request to receive units into a stock level, or to write off units from it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AdjustStock {
    /// Units to add: positive for received units, negative for units written off; not 0.
    pub delta: i64,
    /// The reason: 1 to 200 characters. The ledger stores it.
    pub reason: String,
    /// The warehouse's code, instead of `warehouseId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_code: Option<String>,
    /// Default: the default warehouse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
}

/// A request to allocate an order. The mode `whole` needs exactly one of `warehouseId`, `warehouseCode`, `policy` and `plan`.
/// The mode `partial` has at most one of `warehouseId` and `warehouseCode`: without one, it takes units of all warehouses, for
/// each item from the one with the most units first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AllocateOrder {
    /// With `policy`: the maximum number of warehouses, 1 to 100. Default: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_parcels: Option<i64>,
    /// Default: `whole`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<AllocationMode>,
    /// With `policy`: the destination. Required for `nearest`; `fewest_parcels` prefers near warehouses of equal priority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near: Option<Position>,
    /// 1 to 100 parcels, which together have exactly the units of the order, or those that a partial order misses. Parcels of the same warehouse are added up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Vec<PlannedParcel>>,
    /// Chooses the warehouses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<SourcingPolicy>,
    /// The priority in the queue, higher first: -1,000,000 to 1,000,000; default: the present one. Only with `wait`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<i64>,
    /// With `policy`: whether the units of one item may come from several warehouses. Default: true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split_lines: Option<bool>,
    /// Whether the units that are still missing wait and are allocated when they are available; default false. Only in the
    /// mode `partial`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<bool>,
    /// The warehouse's code, instead of `warehouseId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_code: Option<String>,
    /// The warehouse of all units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
}

/// An order with allocated units of an item that are not shipped.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AllocatedOrder {
    pub order_id: i64,
    /// The order's reference; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Units of the item.
    pub units: i64,
}

/// The units of an order from one warehouse.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AllocatedUnits {
    /// Units that were taken from stock and are on the shelf.
    pub allocated: i32,
    pub item_id: i64,
    /// The part of the shipped units that came back.
    pub returned: i32,
    /// Units that have left the shelf.
    pub shipped: i32,
    /// The item's SKU; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    pub warehouse_code: String,
    pub warehouse_id: i64,
}

/// The result of an allocation: of the whole order, or of a part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AllocationAnswer {
    OrderFilled(OrderFilled),
    OrderAllocation(OrderAllocation),
}

/// How much of an order an allocation takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum AllocationMode {
    #[serde(rename = "whole")]
    Whole,
    #[serde(rename = "partial")]
    Partial,
    /// A value of a later version of the server.
    #[serde(other)]
    Other,
}

/// The revision of an import to apply.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApplyImport {
    /// The `revision` of the judgement that the caller has seen.
    pub revision: i32,
}

/// An event of the audit log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditEvent {
    /// The principal that caused the event, such as `person:anna`, `client:webshop` or `local`.
    pub actor: String,
    /// The address of the connection. Null on the command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The values after the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<serde_json::Value>,
    /// The values before the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<serde_json::Value>,
    pub created_at: DateTime<Utc>,
    /// The token or session, such as `token:5`. Null on the command line and for local access.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
    pub id: i64,
    /// Such as `token.created` or `item.changed`.
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The principal or object that the event is about, such as `client:webshop`, `item:7` or `order:5`.
    pub subject: String,
}

/// A movement of the ledger with its origin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditMovement {
    /// The principal that made the change.
    pub actor: String,
    /// The client's address. Null for commands and the system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block_id: Option<i64>,
    /// Units added; negative for units taken.
    pub change: i32,
    /// damaged or quarantine: the condition that the units enter, or leave when they are restored or disposed of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    pub created_at: DateTime<Utc>,
    /// The token or session, such as `token:5`. Null for local access, commands and the system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
    pub id: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<i64>,
    pub reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The units that it concerns, if they are not those of `change`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<i32>,
    pub warehouse_id: i64,
}

/// The units of several items at one moment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Availability {
    /// The position in the ledger, for the parameter `after` of `/api/events`: the units are those after exactly the
    /// movements up to it, while `lagSeconds` is 0.
    pub cursor: String,
    /// The items that exist, in the order of the request: those of ids, then those of SKUs.
    pub items: Vec<ItemAvailability>,
    /// Usually 0. Above 0, an open transaction of another application holds the cursor back, and the units include later
    /// movements: the age of the oldest one, in seconds.
    pub lag_seconds: i64,
    /// The requested ids without an item.
    pub unknown_item_ids: Vec<i64>,
    /// The requested SKUs without an item.
    pub unknown_skus: Vec<String>,
}

/// Units of a stock level that are reserved or sold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Block {
    /// The block's cart; null for a block of no cart, and for a released, an expired or a converted block.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cart_id: Option<i64>,
    pub created_at: DateTime<Utc>,
    /// Null for a permanent or a released block.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    pub id: i64,
    pub is_permanent: bool,
    /// Whether its units have left the shelf. Only those of a permanent block can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_shipped: Option<bool>,
    pub item_id: i64,
    pub item_name: String,
    /// The note about the block or its cart; null without one, and for a released, an expired or a converted block.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Units.
    pub quantity: i32,
    /// The shop's name for the buyer; null without one, and for a released, an expired or a converted block.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The item's SKU; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    pub state: BlockState,
    pub warehouse_code: String,
    pub warehouse_id: i64,
}

/// An action on several blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum BlockAction {
    #[serde(rename = "confirm")]
    Confirm,
    #[serde(rename = "release")]
    Release,
    #[serde(rename = "extend")]
    Extend,
    /// A value of a later version of the server.
    #[serde(other)]
    Other,
}

/// The response to a confirmed block.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BlockConfirmed {
    pub block_id: i64,
    pub item_id: i64,
    pub message: String,
    pub quantity: i32,
    /// The new block of the remaining units; null if none stay held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rest_block_id: Option<i64>,
    /// The item's SKU; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
}

/// How a block ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum BlockEnd {
    #[serde(rename = "confirmed")]
    Confirmed,
    #[serde(rename = "released")]
    Released,
    #[serde(rename = "expired")]
    Expired,
    /// A value of a later version of the server.
    #[serde(other)]
    Other,
}

/// The response to an extended block.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BlockExtended {
    pub block_id: i64,
    pub expires_at: DateTime<Utc>,
    pub item_id: i64,
    /// The item's SKU; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
}

/// The result for one block of a bulk request.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BlockOutcome {
    pub block_id: i64,
    /// The new expiry time of an extended block.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// The error; absent after a success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// The response to a placed block.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BlockPlaced {
    pub block_id: i64,
    pub expires_at: DateTime<Utc>,
    pub item_id: i64,
    /// Units of the block.
    pub quantity_blocked: i32,
    /// Units of the item that are still available, over all warehouses.
    pub remaining_quantity: i32,
    /// The item's SKU; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// The warehouse's code.
    pub warehouse_code: String,
    pub warehouse_id: i64,
}

/// The response to a released block.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BlockReleased {
    pub block_id: i64,
    pub item_id: i64,
    pub message: String,
    /// Units that returned to stock.
    pub quantity: i32,
    /// Units of the item that are available now, over all warehouses.
    pub remaining_quantity: i32,
    /// The item's SKU; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// The warehouse's code.
    pub warehouse_code: String,
    pub warehouse_id: i64,
}

/// A permanent block that was shipped.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BlockShipped {
    pub block_id: i64,
    pub item_id: i64,
    /// Units that left the shelf.
    pub quantity: i32,
    /// The item's SKU; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    pub warehouse_code: String,
    pub warehouse_id: i64,
}

/// The order of a list of blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum BlockSort {
    #[serde(rename = "idDesc")]
    IdDesc,
    #[serde(rename = "id")]
    Id,
    #[serde(rename = "expires")]
    Expires,
    #[serde(rename = "expiresDesc")]
    ExpiresDesc,
    #[serde(rename = "reference")]
    Reference,
    #[serde(rename = "referenceDesc")]
    ReferenceDesc,
    /// A value of a later version of the server.
    #[serde(other)]
    Other,
}

/// The state of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum BlockState {
    #[serde(rename = "temporary")]
    Temporary,
    #[serde(rename = "permanent")]
    Permanent,
    #[serde(rename = "expired")]
    Expired,
    #[serde(rename = "released")]
    Released,
    #[serde(rename = "converted")]
    Converted,
    /// A value of a later version of the server.
    #[serde(other)]
    Other,
}

/// The response to a cancellation: of an order, or of units of its lines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum CancelAnswer {
    OrderPartChanged(OrderPartChanged),
    OrderCancelled(OrderCancelled),
}

/// A request to cancel an order, or units of its lines.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CancelOrder {
    /// 1 to 1,000 lines, each of another item. Default: the whole order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<OrderPartLine>>,
}

/// A cart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cart {
    pub cart_id: i64,
    pub created_at: DateTime<Utc>,
    /// The time at which it expires or expired; `null` for a confirmed or a released cart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// Its units, one line per block. A released or an expired cart has the lines that it held last.
    pub lines: Vec<CartHolding>,
    /// The note about the cart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The order that its units became.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<i64>,
    /// Its last payment; `null` without one, and after a request ended the payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<CartPayment>,
    /// The shop's key of the cart, or its name for the buyer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    pub state: CartState,
    /// 1 for a new cart. Each change of its lines increments it.
    pub version: i64,
}

/// The response to a confirmed cart: its blocks are permanent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CartConfirmed {
    pub blocks: Vec<BlockConfirmed>,
    pub cart_id: i64,
    /// Whether the cart had expired, and its units were taken again.
    pub retaken: bool,
}

/// The response to an extended cart.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CartExtended {
    pub blocks: Vec<BlockExtended>,
    pub cart_id: i64,
}

/// The units of one block of a cart.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CartHolding {
    pub block_id: i64,
    pub item_id: i64,
    pub quantity: i32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    pub warehouse_code: String,
    pub warehouse_id: i64,
}

/// One line of a cart, with exactly one of `itemId` and `sku`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CartLine {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<i64>,
    /// Units: 1 to 2,147,483,647.
    pub quantity: i64,
    /// The item's SKU, instead of `itemId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// The warehouse's code, instead of `warehouseId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_code: Option<String>,
    /// All units of a line come from one warehouse. Default: the one that holds the units for the cart already, otherwise the
    /// one with the most available units. Several lines of an item may get several warehouses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
}

/// The payment of a cart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CartPayment {
    /// The shop's key of the payment.
    pub payment_reference: String,
    /// The time at which the units of the expired cart were taken again for this payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retaken_at: Option<DateTime<Utc>>,
    /// The end of the time for the payment. An active cart can only be confirmed before.
    pub until: DateTime<Utc>,
}

/// The response to a placed cart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CartPlaced {
    /// One block per line, in the order of the lines.
    pub blocks: Vec<BlockPlaced>,
    /// The id by which the blocks are confirmed, released and extended together.
    pub cart_id: i64,
    pub expires_at: DateTime<Utc>,
}

/// The response to a released cart.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CartReleased {
    pub blocks: Vec<BlockReleased>,
    pub cart_id: i64,
}

/// A confirmed cart that was shipped.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CartShipped {
    /// Its blocks.
    pub blocks: Vec<BlockShipped>,
    pub cart_id: i64,
}

/// The state of a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum CartState {
    #[serde(rename = "active")]
    Active,
    #[serde(rename = "confirmed")]
    Confirmed,
    #[serde(rename = "released")]
    Released,
    #[serde(rename = "expired")]
    Expired,
    #[serde(rename = "converted")]
    Converted,
    /// A value of a later version of the server.
    #[serde(other)]
    Other,
}

/// A category with totals over its items.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Category {
    pub category: String,
    /// The number of its items.
    pub items: i64,
    /// Units available now.
    pub units_available: i64,
    /// Units in temporary and permanent blocks.
    pub units_blocked: i64,
    /// The value of the available units: decimal text with two decimals, such as "1234.50".
    pub value: String,
}

/// The response to a renamed category, or to a dry run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CategoryRenamed {
    /// True for a dry run: nothing was changed.
    pub dry_run: bool,
    pub from: String,
    /// Items of the renamed category.
    pub items: i64,
    /// Items that had the new category before. Above 0, the two categories are merged.
    pub items_already: i64,
    pub to: String,
    /// The version of a category with exactly the items that the request has moved, for the `If-Match` of the undo. The
    /// category has another version if it had items before, and after an item has entered or left it. After a dry run with
    /// `If-Match`, the version of the category; otherwise a dry run has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// A change of an item's details, of a category or of a warehouse.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// The principal that made the change, such as `person:anna`, `client:webshop` or `local`.
    pub actor: String,
    /// The changed values after the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<serde_json::Value>,
    /// The changed values before the change. Null for something that was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<serde_json::Value>,
    /// The name before, if it is a change of a category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    pub created_at: DateTime<Utc>,
    pub id: i64,
    /// The item, if it is a change of an item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<i64>,
    /// item.created, item.changed, item.archived, item.restored, category.renamed, warehouse.created, warehouse.changed,
    /// warehouse.archived or warehouse.restored.
    pub kind: String,
    /// The warehouse, if it is a change of a warehouse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
}

/// A request to replace the lines of a cart, or none of them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangeCart {
    /// 1 to 100 lines, all that the cart is to have. The units of one stock level become one block, unless the cart holds as
    /// many of it already.
    pub lines: Vec<CartLine>,
    /// The time until the cart expires: 1 to 2,592,000 seconds (30 days). It never expires earlier than before. Without it,
    /// the expiry time stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl_seconds: Option<i64>,
    /// The version of the cart that the caller has read.
    pub version: i64,
}

/// A request to change the condition of units of one stock level, with exactly one of `itemId` and `sku`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangeCondition {
    /// The condition of the units before the change.
    pub from: UnitCondition,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<i64>,
    /// Units: 1 to 2,147,483,647.
    pub quantity: i64,
    /// The reason: 1 to 200 characters. The ledger stores it.
    pub reason: String,
    /// The item's SKU, instead of `itemId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// Their condition after it. Units that are `disposed` must be `damaged` or in `quarantine` before.
    pub to: ConditionTarget,
    /// The warehouse's code, instead of `warehouseId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_code: Option<String>,
    /// Default: the default warehouse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
}

/// A request to replace all lines of a pending order, or none of them. Lines of the same item are added up.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangeOrderLines {
    /// 1 to 1,000 lines, all that the order is to have.
    pub lines: Vec<CreateOrderLine>,
}

/// A request to change many stock levels.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangeStock {
    /// Whether all lines are applied or none: one refused line refuses all. Default false: each line is applied or refused
    /// on its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub atomic: Option<bool>,
    /// 1 to 10,000 lines. A level that one line sets can't be on another line.
    pub changes: Vec<ChangeStockLine>,
    /// The name of the document, such as the number of a delivery note: 1 to 100 characters. The ledger stores it with each
    /// movement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
}

/// A line: `itemId` or `sku`, and `set` or `change`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangeStockLine {
    /// The units that `set` and `expected` count; default `onHand`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<StockBasis>,
    /// Units to add: positive for received units, negative for units written off; not 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<i64>,
    /// Only with `set`, and required there: the expected units of the level, or null for no condition. If the
    /// level has other units, the line is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Option<i64>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<i64>,
    /// A remark: 1 to 200 characters. The ledger stores it after the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The reason: 1 to 200 characters. The ledger stores it.
    pub reason: String,
    /// The counted units: 0 to 2,147,483,647. The level is set to them when the line is written, whatever it had when the
    /// request was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set: Option<i64>,
    /// The item's SKU, instead of `itemId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// The warehouse's code, instead of `warehouseId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_code: Option<String>,
    /// Default: the default warehouse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
}

/// The current stock of an item that changed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangedItem {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    pub item_id: i64,
    pub item_name: String,
    /// Units available in each warehouse, by ascending warehouse id.
    pub levels: Vec<WarehouseUnits>,
    /// Units available now, over all warehouses.
    pub quantity: i32,
    /// The item's SKU; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
}

/// One message of the live stream: the movements since the previous message, and the current stock of their items.
/// Its id is the cursor; a reconnect continues from there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Changes {
    /// The position up to which the messages are complete. It is opaque.
    pub cursor: String,
    /// Movements by ascending id. The movements of one item are in commit order.
    pub events: Vec<Movement>,
    /// The items of `events`, in their state after the last of these movements or shortly later.
    pub items: Vec<ChangedItem>,
    /// The age of the oldest committed movement that can't be delivered yet, in seconds.
    pub lag_seconds: i64,
    /// Signals by ascending id. The first movement of each is in this message or an earlier one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signals: Option<Vec<Signal>>,
    /// True if there are too many movements for one message: `events` and `items` are empty, and the client has to
    /// reload its data.
    pub skipped: bool,
    /// Kinds of data that changed without a movement, such as names, expiry times and new orders. The client has to
    /// reload them.
    pub touched: Vec<Touched>,
}

/// Choices for a file. A part that is null or absent is detected.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChooseImport {
    /// The fields of columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<ImportColumnChoice>>,
    /// The decimal sign: `point` or `comma`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimal_sign: Option<String>,
    /// The delimiter: `comma`, `semicolon`, `tab`, or the character.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<String>,
    /// The encoding: a label of the Encoding Standard, such as `utf-8` or `windows-1252`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// The line that names the columns, as an editor counts. The lines above it are skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header_line: Option<i64>,
    /// `items` changes details of items, `stock` changes their stock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// A program that calls the API.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Client {
    pub created_at: DateTime<Utc>,
    /// Null while the client is enabled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_at: Option<DateTime<Utc>>,
    pub name: String,
    pub scopes: Vec<Scope>,
    /// Its valid tokens and its latest other tokens, latest first.
    pub tokens: Vec<ClientToken>,
    /// The ids of the warehouses in which the client may change stock, blocks and orders. Null: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_ids: Option<Vec<i64>>,
}

/// A new client with its first token.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientCreated {
    pub client: Client,
    pub token: IssuedToken,
}

/// A token of a client, without its secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientToken {
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    /// The first characters of the token.
    pub hint: String,
    pub id: i64,
    /// When it was last used, to about a minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<DateTime<Utc>>,
    pub state: TokenState,
}

/// A stock level after a change of the condition of some of its units.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConditionChanged {
    /// Units available in the warehouse now.
    pub available: i32,
    /// Damaged units in the warehouse now.
    pub damaged: i32,
    pub item_id: i64,
    /// Units that changed their condition.
    pub quantity: i32,
    /// Units in quarantine in the warehouse now.
    pub quarantined: i32,
    /// The item's SKU; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    pub warehouse_code: String,
    pub warehouse_id: i64,
}

/// The condition of units after a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ConditionTarget {
    #[serde(rename = "available")]
    Available,
    #[serde(rename = "damaged")]
    Damaged,
    #[serde(rename = "quarantine")]
    Quarantine,
    #[serde(rename = "disposed")]
    Disposed,
    /// A value of a later version of the server.
    #[serde(other)]
    Other,
}

/// A request to confirm a block, completely or partially.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfirmBlock {
    pub block_id: i64,
    /// Whether the remaining units stay held until the same time, in the new block `restBlockId`, instead of returning to stock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_rest: Option<bool>,
    /// Units to confirm, at most the units of the block. The remaining units return to stock. Default: all units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<i64>,
}

/// A request to confirm a cart. The body may be left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfirmCart {
    /// The treatment of a cart that has expired. Default: `refuse`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<ConfirmCartLate>,
    /// With `late: retake`, the shop's key of the payment: 1 to 100 characters. Default: that of the cart's last payment. The
    /// cart keeps the key. It is refused if another cart is active or confirmed with it, or was retaken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_reference: Option<String>,
}

/// A new client.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateClient {
    /// The lifetime of the first token: 1 to 3,650 days. Default: the setting of the server, 365.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_days: Option<i64>,
    /// 1 to 64 of the characters a-z, 0-9, '.', '_' and '-'. It can't be changed or used again.
    pub name: String,
    /// At least one scope.
    pub scopes: Vec<Scope>,
    /// The ids of 1 to 100 warehouses. The client may change stock, blocks and orders in these only. Absent or null: in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_ids: Option<Vec<i64>>,
}

/// A request to create an item. Its first stock goes to the warehouse of `warehouseId` or `warehouseCode`, or to the default
/// warehouse.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateItem {
    /// At most 100 barcodes of 1 to 64 characters. No other item may have one of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub barcodes: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The item is low at this number of unsold units or fewer, for the signal `stock.low`. 0 for never; the setting of the
    /// server by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low_stock: Option<i64>,
    /// 1 to 255 characters.
    pub name: String,
    /// 0 to 99,999,999.99 with at most two decimals; a number or a string.
    pub price: String,
    /// First stock, in units: 0 to 2,147,483,647.
    pub quantity: i64,
    /// The shop's key of the item: 1 to 64 characters. No other item may have it, in any case and white space.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// The warehouse's code, instead of `warehouseId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
}

/// A request to create an order. Lines of the same item are added up.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateOrder {
    /// Instead of `lines`: 1 to 500 active or permanent blocks that belong to no cart, each once. Their units become the
    /// order's, which is allocated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block_ids: Option<Vec<i64>>,
    /// Instead of `lines`: an active or a confirmed cart. Its units become the order's, which is allocated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cart_id: Option<i64>,
    /// 1 to 1,000 lines. The order takes no stock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<CreateOrderLine>>,
    /// With `lines`: the priority in the queue of missing units, higher first: -1,000,000 to 1,000,000; default 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<i64>,
    /// 1 to 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Whether no other order may have the reference; default false. The problem `reference_taken` has the id of the other
    /// order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unique_reference: Option<bool>,
    /// With `lines`: whether the order waits for its units from now on. They are allocated when they are available; default
    /// false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<bool>,
}

/// One item of an order, with exactly one of `itemId` and `sku`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateOrderLine {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<i64>,
    /// Units: 1 to 2,147,483,647.
    pub quantity: i64,
    /// The item's SKU, instead of `itemId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
}

/// A new token.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateToken {
    /// The lifetime: 1 to 3,650 days. Default: the setting of the server, 365.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_days: Option<i64>,
}

/// A new warehouse.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateWarehouse {
    /// 1 to 32 characters, unique.
    pub code: String,
    /// -90 to 90 degrees, north is positive. Required with `longitude`. Rounded to six decimals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// -180 to 180 degrees, east is positive. Required with `latitude`. Rounded to six decimals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
    /// 1 to 255 characters.
    pub name: String,
    /// Its place in the order of allocation by priority: a lower number comes first. -1,000,000 to 1,000,000; default 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<i64>,
}

/// A new endpoint.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateWebhook {
    /// The cursor of the event feed after which the first event is. Absent: now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// The kinds of events. Absent or empty: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_kinds: Option<Vec<String>>,
    /// 1 to 100 characters.
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<WebhookSignature>,
    /// At most 1,000 SKUs. Absent or empty: all items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skus: Option<Vec<String>>,
    /// `https`, at most 2,000 characters, without credentials, a fragment or a private address.
    pub url: String,
    /// At most 100 warehouses of movements. Absent or empty: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_ids: Option<Vec<i64>>,
}

/// A problem with the refused lines of a stock document.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DocumentProblem {
    /// Units that were available.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block_id: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cart_id: Option<i64>,
    /// Machine-readable and stable, such as `insufficient_stock`.
    pub code: String,
    /// The oldest cursor after which the ledger has every event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// The cause of this error, and the remedy.
    pub detail: String,
    /// Units that the request expected in the stock level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<i64>,
    /// The field or parameter at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Units of the item in temporary blocks. They may become available again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<i64>,
    /// The next expiry time of these blocks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_until: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<i64>,
    /// The SKU, barcode, warehouse code, category, reference or payment reference at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<i64>,
    /// The permission that the caller lacks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
    /// Units that the stock level has, in the condition that the request names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub present: Option<i64>,
    /// The id of the request, to find it in the logs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Units that the request asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested: Option<i64>,
    /// Each item of which a cart lacks units. The fields of the problem itself are those of the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shortages: Option<Vec<ItemShortage>>,
    /// The SKU of the item `itemId`, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// The HTTP status.
    pub status: i32,
    /// The kind of problem in a few words.
    pub title: String,
    /// The id of the request's trace, to find its log lines and spans.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// The address of the description of the code: `/api/docs#<code>`.
    pub r#type: String,
    /// Units on the shelf that are not available: held, committed, damaged ones and those in quarantine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unavailable: Option<i64>,
    /// The end of the running payment, or the latest end of a payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// The present version, if the request names another one in `If-Match`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The code of the warehouse `warehouseId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
    /// The refused lines.
    pub lines: Vec<StockChangedLine>,
}

/// The end of a block, from the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EndedBlock {
    /// The principal that ended it; "system" for an expiry.
    pub actor: String,
    pub block_id: i64,
    pub end: BlockEnd,
    pub ended_at: DateTime<Utc>,
    /// The id of the movement. A partially confirmed block has two movements.
    pub id: i64,
    pub item_id: i64,
    pub item_name: String,
    /// Units that were sold or returned to stock.
    pub quantity: i32,
    /// The item's SKU; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    pub warehouse_code: String,
    pub warehouse_id: i64,
}

/// A page of the event feed: committed movements.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventPage {
    /// The cursor for the parameter `after` of the next request. It is opaque: it names a position in this database's
    /// history.
    pub cursor: String,
    /// Movements by ascending id. The movements of one item are in commit order, and none is skipped.
    pub events: Vec<Movement>,
    /// The age of the oldest committed movement that can't be delivered yet, in seconds. Above 0, a transaction with an
    /// earlier movement is still open; the log names it.
    pub lag_seconds: i64,
    /// Signals by ascending id. Those of one item are in the order of its movements, and each crossing has exactly one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signals: Option<Vec<Signal>>,
}

/// The response to a clean-up of expired blocks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExpiredBlocksRemoved {
    pub expired_blocks_removed: i64,
    pub message: String,
    pub timestamp: DateTime<Utc>,
}

/// A request to extend a block.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExtendBlock {
    /// The new time until it expires, from now: 1 to 2,592,000 seconds (30 days). A later expiry time is kept.
    pub ttl_seconds: i64,
}

/// An item with a failing clean-up of expired blocks.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FailingItem {
    /// The kind of the last error; the log has the cause.
    pub error: String,
    /// Failed attempts since the last success.
    pub failures: i64,
    pub item_id: i64,
}

/// A rejection or a failure. Repetitions are counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// The principal of the last request.
    pub actor: String,
    /// The time of the last occurrence.
    pub at: DateTime<Utc>,
    /// The number of occurrences.
    pub count: i64,
    /// The last response: with its code, its numbers, and the id of the request.
    pub problem: Problem,
}

/// The health of the service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// "up" or "down".
    pub database: String,
    /// The impairment of a database that responds: "storage_full", "database_read_only", "database_out_of_memory",
    /// "database_connections_exhausted", "database_permission_denied" or "database_too_slow". Reported for 30 seconds
    /// after the last such error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database_problem: Option<String>,
    /// The open transaction that delays the event feed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_lag_holder: Option<OpenTransaction>,
    /// The lag of the event feed: the age of the oldest committed event that can't be delivered yet, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_lag_seconds: Option<i64>,
    /// Items with a failing clean-up of expired blocks: the first 20.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_items: Option<Vec<FailingItem>>,
    /// The number of items with a failing clean-up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_items_count: Option<i64>,
    /// The time since the expiry of the oldest block that is not cleaned up yet, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_overdue_seconds: Option<f64>,
    /// The time since the last response of the database, in seconds, during an outage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outage_seconds: Option<f64>,
    /// The state of the replica: "following" (lists are read from it), "lagging", "foreign" (it does not follow the
    /// primary), "down" or "unknown"; absent without a replica.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replica: Option<String>,
    /// The lag of the replica, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replica_lag_seconds: Option<f64>,
    /// "ok", "degraded" (requests are served, but an operator should act) or "unavailable".
    pub status: String,
    pub timestamp: DateTime<Utc>,
    /// The batch workers and background tasks that are not running. Empty in a healthy process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workers: Option<Vec<WorkerHealth>>,
}

/// An item's available units at a point in time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HistoryPoint {
    pub at: DateTime<Utc>,
    /// Units over all warehouses.
    pub quantity: i64,
}

/// An item in high demand.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HotItem {
    pub item_id: i64,
    pub item_name: String,
    /// Units available now.
    pub quantity: i32,
    /// The item's SKU; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// Units blocked within the last hour.
    pub units_blocked: i64,
}

/// An import of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Import {
    /// The principal that uploaded the file, such as `person:anna`.
    pub actor: String,
    /// The latest earlier import of a file with the same bytes that was applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applied_before: Option<i64>,
    /// The principal that applied the import.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applied_by: Option<String>,
    /// The choices of a person. A part that is null was detected.
    pub choices: ChooseImport,
    pub counts: ImportCounts,
    pub created_at: DateTime<Utc>,
    /// The time at which the import was applied, cancelled or failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<DateTime<Utc>>,
    /// The size of the file in bytes.
    pub file_bytes: i64,
    pub file_name: String,
    pub id: i64,
    /// Whether the file and the rows are still stored.
    pub is_stored: bool,
    /// The layout of the file; null until it is detected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<ImportLayout>,
    /// The choices that a person has to make, or the reason for a failure.
    pub problems: Vec<ImportProblem>,
    /// The progress; null unless a server works on the import.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<ImportProgress>,
    /// The revision of the choices. Each change of the choices increments it.
    pub revision: i32,
    /// - `uploading`: the file arrives.
    /// - `judging`: a server reads the file and judges its rows against the present items and stock.
    /// - `undecided`: the file can be read in several ways: `problems` has the choices that a person has to make.
    /// - `judged`: all rows are judged, and nothing is changed yet. The import can be applied.
    /// - `applying`: a server applies the rows.
    /// - `applied`: all rows are applied or refused.
    /// - `cancelled`: rows that were applied before stay applied.
    /// - `failed`: the file can't be imported, or an internal error ended the import: `problems` has the reason. Rows that
    ///   were applied before stay applied.
    pub state: String,
    /// The effect of the import in words, one sentence each.
    pub summary: Vec<String>,
}

/// A value that a row changes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportChange {
    /// The value that the row sets; null removes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// The value when the row was judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// The field, such as `price`, or `onHand` for a row of stock.
    pub field: String,
}

/// A column of a file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportColumn {
    /// The field that the column holds; null if it is ignored or not decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The position, from 0.
    pub index: i32,
    /// Whether a person has to choose the field of this column of quantities.
    pub is_asked: bool,
    /// Whether the import uses the column.
    pub is_used: bool,
    /// The name in the header.
    pub name: String,
}

/// The field that a column holds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportColumnChoice {
    /// The field; null ignores the column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The position of the column, from 0.
    pub index: i32,
}

/// The numbers of rows and units of an import.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportCounts {
    /// The applied rows.
    pub applied: i64,
    /// Rows that change an item or a stock level.
    pub changes: i64,
    /// Rows whose item or stock level was changed by somebody else after the rows were judged. They were not applied.
    pub conflicts: i64,
    /// Rows that create an item.
    pub creates: i64,
    /// Rows with an error. They are not applied.
    pub errors: i64,
    /// Rows that were to be applied and were not: those in conflict, refused, and open ones of an import that was cancelled
    /// or failed.
    pub not_applied: i64,
    /// Rows that were refused when they were applied.
    pub refused: i64,
    /// The judged rows.
    pub rows: i64,
    /// Rows whose values are the present ones.
    pub unchanged: i64,
    /// Units that the rows add to stock.
    pub units_added: i64,
    /// Units that the rows remove from stock.
    pub units_removed: i64,
    /// Rows with a warning that will be applied.
    pub warnings: i64,
}

/// The layout of a file, as it was detected or chosen.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportLayout {
    pub columns: Vec<ImportColumn>,
    pub decimal_sign: ImportOption,
    pub delimiter: ImportOption,
    pub encoding: ImportOption,
    /// The program that exported the file, if it is recognized, such as "Shopify products".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// The line with the names of the columns.
    pub header_line: i64,
    /// `items` or `stock`; null if the columns do not tell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Explanations of the layout in words, one sentence each.
    pub notes: Vec<String>,
    /// Lines above the header that are skipped, such as a title.
    pub title_lines: Vec<i64>,
}

/// A value of the layout.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportOption {
    /// The value for `PATCH /api/imports/{id}`, such as `windows-1252`.
    pub value: String,
    /// The value in words, such as "Western European (Windows-1252)".
    pub words: String,
}

/// A problem of a file or of one of its rows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportProblem {
    /// The stable code, such as `not_a_number`.
    pub code: String,
    /// The name of the column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Whether the row is applied nevertheless.
    pub is_warning: bool,
    /// The problem in words.
    pub message: String,
}

/// The progress of a server's work.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportProgress {
    pub done: i64,
    /// `uploading` and `judging` count bytes, `applying` counts rows.
    pub stage: String,
    /// Null while the file is being uploaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
}

/// A row of an imported file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportRow {
    /// The effect; null for a row with an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// The values of the same fields when the row was judged, and `onHand` and `held` of a row of stock; empty unless the
    /// row was not applied.
    pub before: BTreeMap<String, Option<String>>,
    /// The cells of a row with a problem, as in the file.
    pub cells: Vec<String>,
    /// The values that the row changes.
    pub changes: Vec<ImportChange>,
    /// The units that were held when a row of stock was judged. A count includes them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<i64>,
    /// The line of the file on which the row begins, as an editor counts.
    pub line: i64,
    /// The position among the rows of the file, from 1.
    pub ordinal: i64,
    /// The outcome; null until the row is applied. A row with `conflict` or `refused` was not applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    pub problems: Vec<ImportProblem>,
    /// The reason why the row was not applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ImportProblem>,
    /// The SKU in the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// All values of a row that was not applied, by the names of its fields; empty for the other rows. A null removes the
    /// value.
    pub values: BTreeMap<String, Option<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
}

/// A new token with its secret, which no other response contains.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IssuedToken {
    pub expires_at: DateTime<Utc>,
    pub id: i64,
    /// The secret, for the header `Authorization: Bearer`.
    pub token: String,
}

/// A product that the shop sells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    /// An archived item can't be sold, and lists leave it out. Null if it is not archived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub barcodes: Option<Vec<String>>,
    /// 1 to 100 characters; null without a category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    pub created_at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub id: i64,
    /// The item is low at this number of unsold units or fewer, for the signal `stock.low`. 0 for never, null for the setting
    /// of the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low_stock: Option<i32>,
    /// 1 to 255 characters.
    pub name: String,
    /// Decimal text with two decimals, such as "9.99".
    pub price: String,
    /// Units available now, over all warehouses.
    pub quantity: i32,
    /// The shop's key of the item; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    pub updated_at: DateTime<Utc>,
    /// The version of everything but `quantity` and the times: the ETag, without its quotes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// The units of an item.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemAvailability {
    /// Units that can be sold now.
    pub available: i64,
    /// Units that are sold by permanent blocks or allocated to orders, and not shipped.
    pub committed: i64,
    /// Damaged units.
    pub damaged: i64,
    /// Units in temporary blocks, also in expired ones until their units have returned.
    pub held: i64,
    pub item_id: i64,
    /// Units on the shelf: the sum of the others.
    pub on_hand: i64,
    /// Units in quarantine.
    pub quarantined: i64,
    /// Null without a SKU.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// The units in each warehouse that has a stock level, by warehouse id; only if the request asks for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouses: Option<Vec<LevelAvailability>>,
}

/// The available units of an item over time, for a chart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemHistory {
    pub item_id: i64,
    /// At most 242 points by ascending time. Between two points the quantity is that of the earlier one.
    pub points: Vec<HistoryPoint>,
    /// The time of the first point. It is later than requested if the item has too many movements.
    pub since: DateTime<Utc>,
    /// The item's SKU; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// The time of the last point: now.
    pub until: DateTime<Utc>,
}

/// An item of which a cart lacks units.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemShortage {
    /// Units that the cart could have of them, with those that it holds.
    pub available: i32,
    /// Units of the item in temporary blocks. They may become available again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<i64>,
    /// The next expiry time of these blocks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_until: Option<DateTime<Utc>>,
    pub item_id: i64,
    /// Units that the lines of the same item and choice of a warehouse ask for together.
    pub requested: i32,
    /// The item's SKU.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
}

/// The order of a list of items. Items with equal values are ordered by ascending id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ItemSort {
    #[serde(rename = "id")]
    Id,
    #[serde(rename = "name")]
    Name,
    #[serde(rename = "quantityDesc")]
    QuantityDesc,
    #[serde(rename = "quantityAsc")]
    QuantityAsc,
    #[serde(rename = "idDesc")]
    IdDesc,
    #[serde(rename = "nameDesc")]
    NameDesc,
    /// A value of a later version of the server.
    #[serde(other)]
    Other,
}

/// Units of an item.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemUnits {
    pub item_id: i64,
    /// Units.
    pub quantity: i32,
    /// The item's SKU; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
}

/// The units of an item in one warehouse.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LevelAvailability {
    /// Units that can be sold now.
    pub available: i64,
    /// Units that are sold by permanent blocks or allocated to orders, and not shipped.
    pub committed: i64,
    /// Damaged units.
    pub damaged: i64,
    /// Units in temporary blocks, also in expired ones until their units have returned.
    pub held: i64,
    /// Units on the shelf: the sum of the others.
    pub on_hand: i64,
    /// Units in quarantine.
    pub quarantined: i64,
    pub warehouse_code: String,
    pub warehouse_id: i64,
}

/// Units of one stock level.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LevelUnits {
    pub item_id: i64,
    /// Units.
    pub quantity: i32,
    /// The item's SKU; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    pub warehouse_code: String,
    pub warehouse_id: i64,
}

/// A category with items that are low on stock.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LowCategory {
    pub category: String,
    /// The number of its items.
    pub items: i64,
    /// Items with at most as many available units as their threshold.
    pub items_low: i64,
    /// Units available now, over all its items.
    pub units_available: i64,
}

/// The units of an item that an order misses.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MissingUnits {
    pub item_id: i64,
    pub item_name: String,
    /// The item's SKU; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    pub units: i64,
}

/// A request to move units from one warehouse to another, each with exactly one of id and code.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MoveStock {
    /// The code of the source warehouse, instead of `fromWarehouseId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_warehouse_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_warehouse_id: Option<i64>,
    /// Units: 1 to 2,147,483,647.
    pub quantity: i64,
    /// The reason: 1 to 200 characters. The ledger stores it.
    pub reason: String,
    /// The code of the target warehouse, instead of `toWarehouseId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_warehouse_code: Option<String>,
    /// Not the source warehouse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_warehouse_id: Option<i64>,
}

/// A receipt or a sale of units.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MovedUnits {
    /// The principal that made the movement.
    pub actor: String,
    pub created_at: DateTime<Utc>,
    /// The id of the movement.
    pub id: i64,
    pub item_id: i64,
    /// Null for an item that was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_name: Option<String>,
    /// The order that has the units; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<i64>,
    /// The reason in the ledger, such as received, confirmed or allocated.
    pub reason: String,
    /// The item's SKU; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    pub units: i64,
    pub warehouse_code: String,
}

/// A movement: one row of the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Movement {
    /// The principal that made the change.
    pub actor: String,
    /// Units in this warehouse after the change; only in an item's history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<i64>,
    /// Units in this warehouse before the change; only in an item's history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block_id: Option<i64>,
    /// Units added to the stock level; negative for units taken.
    pub change: i32,
    /// damaged or quarantine: the condition that the units enter, or leave when they are restored or disposed of. Absent for
    /// units that can be sold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    pub created_at: DateTime<Utc>,
    pub id: i64,
    pub item_id: i64,
    /// The caller's reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<i64>,
    /// received, written_off, moved, blocked, released, expired, confirmed, allocated, cancelled, corrected, hold_converted,
    /// sale_converted, shipped, returned, set_aside, restored, reclassified or disposed.
    pub reason: String,
    /// The item's SKU; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// The units that the movement concerns, if they are not those of `change`: those of a confirmed block, and units that
    /// were shipped, returned or changed their condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<i32>,
    pub warehouse_code: String,
    pub warehouse_id: i64,
}

/// A movement with the name of its item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NamedMovement {
    /// The principal that made the change.
    pub actor: String,
    /// Units in this warehouse after the change; only in an item's history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<i64>,
    /// Units in this warehouse before the change; only in an item's history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block_id: Option<i64>,
    /// Units added to the stock level; negative for units taken.
    pub change: i32,
    /// damaged or quarantine: the condition that the units enter, or leave when they are restored or disposed of. Absent for
    /// units that can be sold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    pub created_at: DateTime<Utc>,
    pub id: i64,
    pub item_id: i64,
    /// The caller's reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<i64>,
    /// received, written_off, moved, blocked, released, expired, confirmed, allocated, cancelled, corrected, hold_converted,
    /// sale_converted, shipped, returned, set_aside, restored, reclassified or disposed.
    pub reason: String,
    /// The item's SKU; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// The units that the movement concerns, if they are not those of `change`: those of a confirmed block, and units that
    /// were shipped, returned or changed their condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<i32>,
    pub warehouse_code: String,
    pub warehouse_id: i64,
    /// Null for an item that was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_name: Option<String>,
}

/// A transaction that has written to the ledger and is still open.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenTransaction {
    /// The time since its start, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_seconds: Option<i64>,
    /// The `application_name` of its session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<String>,
    /// The process id of its session in PostgreSQL. Absent for a prepared transaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid: Option<i32>,
    /// The session's state, such as "idle in transaction".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

/// An order of a customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// The time at which it was allocated; a later cancellation keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allocated_at: Option<DateTime<Utc>>,
    /// The principal that allocated it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allocated_by: Option<String>,
    /// The units that it has, by item and warehouse.
    pub allocations: Vec<AllocatedUnits>,
    /// The principal that cancelled it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled_by: Option<String>,
    pub created_at: DateTime<Utc>,
    /// The principal that created it. Null if another system or an earlier version did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<String>,
    pub id: i64,
    pub lines: Vec<OrderLine>,
    /// The units that are neither allocated nor shipped, by ascending item id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<Vec<ItemUnits>>,
    /// The priority in the queue of missing units: higher first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<i32>,
    /// The place in the queue, from 1. Null in a list, without waiting units, and after 1,000 others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue_place: Option<i64>,
    /// The shop's name for the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    pub status: OrderStatus,
    /// The time of the last change of its status or its lines.
    pub updated_at: DateTime<Utc>,
    /// The version of its lines: the ETag, without its quotes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The time since which its missing units wait. Null if they do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_since: Option<DateTime<Utc>>,
    /// The code of that warehouse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_code: Option<String>,
    /// The warehouse of its units; null if there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
}

/// The result of an allocation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderAllocation {
    /// True: every line was allocated. False: nothing was.
    pub allocated: bool,
    /// Whether the search for the plan covered all plans. It does for up to 20 warehouses with units of the order.
    pub optimal: bool,
    pub order_id: i64,
    /// The units that were taken, by warehouse; empty if nothing was.
    pub parcels: Vec<Parcel>,
    /// The lines with too few units; empty if the order was allocated.
    pub shortages: Vec<Shortage>,
    /// The warehouse's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_code: Option<String>,
    /// The warehouse of the request, or of all units. Null if there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
}

/// The response to a cancelled order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderCancelled {
    pub message: String,
    pub order_id: i64,
    pub status: OrderStatus,
}

/// The result of a partial allocation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderFilled {
    /// True: no units are missing any more.
    pub allocated: bool,
    /// The units that are still missing.
    pub missing: Vec<ItemUnits>,
    pub order_id: i64,
    pub status: OrderStatus,
    /// The units that were taken.
    pub taken: Vec<LevelUnits>,
}

/// One item of an order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderLine {
    pub item_id: i64,
    pub item_name: String,
    /// Units.
    pub quantity: i32,
    /// The item's SKU; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
}

/// The units of an order that were cancelled or reassigned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderPartChanged {
    /// The changed order; of a reassignment, the order that received the units.
    pub order_id: i64,
    /// The part of the cancelled units that returned to stock.
    pub returned: Vec<LevelUnits>,
    pub status: OrderStatus,
    /// The cancelled or reassigned units.
    pub units: Vec<ItemUnits>,
}

/// Units of a line of an order, with exactly one of `itemId` and `sku`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderPartLine {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<i64>,
    /// Units: 1 to 2,147,483,647. Default: all units of the item that the request can concern.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<i64>,
    /// The item's SKU, instead of `itemId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
}

/// A preview of an order's allocation from each warehouse, with the current stock. A preview reserves nothing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderPreview {
    /// The lines of the order, by ascending item id.
    pub lines: Vec<OrderLine>,
    /// Whether the search for the plans covered all plans. It does for up to 20 warehouses with units of the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub optimal: Option<bool>,
    pub order_id: i64,
    /// The best plans by policy, over the warehouses that the caller may change; at most 5, best first. Plans that lack units
    /// are last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plans: Option<Vec<SourcingPlan>>,
    /// By code.
    pub warehouses: Vec<WarehousePreview>,
}

/// Units of an order that came back.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderReturned {
    /// available, damaged or quarantine: the condition of the units.
    pub into: String,
    pub order_id: i64,
    /// The units that came back, by item and warehouse.
    pub units: Vec<LevelUnits>,
}

/// Units of an order that were shipped.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderShipped {
    pub order_id: i64,
    /// The status of the order now: `shipped` if no unit is missing or left to ship.
    pub status: OrderStatus,
    /// The units that were shipped, by item and warehouse.
    pub units: Vec<LevelUnits>,
}

/// The order of a list of orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum OrderSort {
    #[serde(rename = "newest")]
    Newest,
    #[serde(rename = "oldest")]
    Oldest,
    /// A value of a later version of the server.
    #[serde(other)]
    Other,
}

/// The status of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum OrderStatus {
    #[serde(rename = "pending")]
    Pending,
    #[serde(rename = "partial")]
    Partial,
    #[serde(rename = "allocated")]
    Allocated,
    #[serde(rename = "shipped")]
    Shipped,
    #[serde(rename = "cancelled")]
    Cancelled,
    /// A value of a later version of the server.
    #[serde(other)]
    Other,
}

/// Totals over the whole stock, and recent activity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    /// The last 60 minutes, oldest first. The last entry is the current minute.
    pub activity: Vec<ActivityMinute>,
    /// Active blocks.
    pub blocks_active: i64,
    /// Active blocks that expire within `expiringSeconds`.
    pub blocks_expiring: i64,
    /// The period of `unitsExpiring` and `blocksExpiring`, in seconds.
    pub expiring_seconds: i64,
    /// At most 50 rejections and failures since the start of this server, latest first.
    pub failures: Vec<Failure>,
    /// At most 10 items: most units blocked within the last hour first.
    pub hottest: Vec<HotItem>,
    pub items: i64,
    /// Items without an available unit.
    pub items_sold_out: i64,
    /// At most 10 categories with items that are low on stock: most such items first. `GET /api/items?low=true` lists the
    /// items.
    pub low: Vec<LowCategory>,
    /// The threshold of items without `lowStock`, in units. An item with at most as many available units as its threshold is
    /// low. 0 for never.
    pub low_units: i32,
    /// Orders that are not allocated yet.
    pub orders_pending: i64,
    /// The time of the totals. With very many blocks they are slightly older than the response.
    pub totals_at: DateTime<Utc>,
    /// Units available now.
    pub units_available: i64,
    /// Units in active blocks that expire within `expiringSeconds`.
    pub units_expiring: i64,
    /// Units in active blocks: temporary ones that have not expired.
    pub units_held: i64,
    /// Units in permanent blocks and in allocated orders.
    pub units_sold: i64,
}

/// The units of an order from one warehouse.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Parcel {
    /// By ascending item id.
    pub lines: Vec<ParcelLine>,
    /// The warehouse's code.
    pub warehouse_code: String,
    pub warehouse_id: i64,
}

/// Units of one item.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ParcelLine {
    pub item_id: i64,
    /// Units.
    pub quantity: i32,
    /// The item's SKU; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
}

/// A request for a temporary block, with exactly one of `itemId` and `sku`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlaceBlock {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<i64>,
    /// A note for the staff: 1 to 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Units: 1 to 2,147,483,647.
    pub quantity: i64,
    /// The shop's name for the buyer: 1 to 100 characters. The server limits the number of active blocks per
    /// reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The item's SKU, instead of `itemId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// 1 to 2,592,000 seconds (30 days). Default: 3,600.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl_seconds: Option<i64>,
    /// The warehouse's code, instead of `warehouseId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_code: Option<String>,
    /// Default: the warehouse with the most available units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
}

/// A request for a cart: a temporary block per line, or none.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlaceCart {
    /// 1 to 100 lines.
    pub lines: Vec<CartLine>,
    /// A note for the staff: 1 to 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The shop's name for the buyer: 1 to 100 characters. The server limits the number of active blocks per
    /// reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// 1 to 2,592,000 seconds (30 days). Default: 3,600.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl_seconds: Option<i64>,
    /// Whether no other cart may have the reference, in any state; default false. The problem `reference_taken` has the
    /// id of the other cart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unique_reference: Option<bool>,
}

/// The units to take from one warehouse, with exactly one of `warehouseId` and `warehouseCode`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedParcel {
    /// 1 to 1,000 lines. Lines of the same item are added up.
    pub lines: Vec<CreateOrderLine>,
    /// The warehouse's code, instead of `warehouseId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
}

/// A position on the earth.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Position {
    /// -90 to 90 degrees, north is positive.
    pub latitude: f64,
    /// -180 to 180 degrees, east is positive.
    pub longitude: f64,
}

/// The units of one warehouse for one line of an order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PreviewLine {
    /// Units that an allocation could take, including the units of expired blocks: they are reclaimed first.
    pub available: i32,
    pub item_id: i64,
    /// Missing units; 0 if the line can be allocated.
    pub missing: i32,
    /// Units that the order requests.
    pub requested: i32,
    /// The item's SKU; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
}

/// The result of a probe.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Probe {
    /// All checks of the probe.
    pub checks: Vec<ProbeCheck>,
    /// "ok" or "unavailable".
    pub status: String,
}

/// One check of a probe.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProbeCheck {
    /// The reason of a failure, or the state of the replica.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// "database", "schema", "workers", "draining" or "replica".
    pub name: String,
    /// Whether the check passed.
    pub passed: bool,
}

/// An error: problem details of RFC 9457 (`application/problem+json`), with a stable `code` and the numbers that
/// explain a rejection.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Units that were available.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block_id: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cart_id: Option<i64>,
    /// Machine-readable and stable, such as `insufficient_stock`.
    pub code: String,
    /// The oldest cursor after which the ledger has every event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// The cause of this error, and the remedy.
    pub detail: String,
    /// Units that the request expected in the stock level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<i64>,
    /// The field or parameter at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Units of the item in temporary blocks. They may become available again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<i64>,
    /// The next expiry time of these blocks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_until: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<i64>,
    /// The SKU, barcode, warehouse code, category, reference or payment reference at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<i64>,
    /// The permission that the caller lacks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
    /// Units that the stock level has, in the condition that the request names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub present: Option<i64>,
    /// The id of the request, to find it in the logs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Units that the request asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested: Option<i64>,
    /// Each item of which a cart lacks units. The fields of the problem itself are those of the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shortages: Option<Vec<ItemShortage>>,
    /// The SKU of the item `itemId`, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// The HTTP status.
    pub status: i32,
    /// The kind of problem in a few words.
    pub title: String,
    /// The id of the request's trace, to find its log lines and spans.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// The address of the description of the code: `/api/docs#<code>`.
    pub r#type: String,
    /// Units on the shelf that are not available: held, committed, damaged ones and those in quarantine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unavailable: Option<i64>,
    /// The end of the running payment, or the latest end of a payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// The present version, if the request names another one in `If-Match`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The code of the warehouse `warehouseId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
}

/// A request to put an order that lacks units into the queue of missing units, or to take it out of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueueOrder {
    /// The priority in the queue, higher first: -1,000,000 to 1,000,000; default: the present one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<i64>,
    /// Whether the missing units wait and are allocated when they are available. An order that waits already keeps its time.
    pub wait: bool,
}

/// A problem with the rate limit that the request exceeds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RateLimitProblem {
    /// Units that were available.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block_id: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cart_id: Option<i64>,
    /// Machine-readable and stable, such as `insufficient_stock`.
    pub code: String,
    /// The oldest cursor after which the ledger has every event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// The cause of this error, and the remedy.
    pub detail: String,
    /// Units that the request expected in the stock level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<i64>,
    /// The field or parameter at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Units of the item in temporary blocks. They may become available again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<i64>,
    /// The next expiry time of these blocks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_until: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<i64>,
    /// The SKU, barcode, warehouse code, category, reference or payment reference at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<i64>,
    /// The permission that the caller lacks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
    /// Units that the stock level has, in the condition that the request names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub present: Option<i64>,
    /// The id of the request, to find it in the logs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Units that the request asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested: Option<i64>,
    /// Each item of which a cart lacks units. The fields of the problem itself are those of the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shortages: Option<Vec<ItemShortage>>,
    /// The SKU of the item `itemId`, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// The HTTP status.
    pub status: i32,
    /// The kind of problem in a few words.
    pub title: String,
    /// The id of the request's trace, to find its log lines and spans.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// The address of the description of the code: `/api/docs#<code>`.
    pub r#type: String,
    /// Units on the shelf that are not available: held, committed, damaged ones and those in quarantine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unavailable: Option<i64>,
    /// The end of the running payment, or the latest end of a payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// The present version, if the request names another one in `If-Match`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The code of the warehouse `warehouseId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
    /// The name of the limit: "client", "person", "anonymous" (requests without valid credentials, by address) or "address".
    pub limit: String,
    /// The requests at once.
    pub requests_burst: i32,
    /// The requests per second.
    pub requests_per_second: i32,
}

/// A request for the availability of items. It is for the server only: the console has other reads.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReadAvailability {
    /// The ids of the items. With the SKUs 1 to 1,000. An item that is named twice is returned once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_ids: Option<Vec<i64>>,
    /// The SKUs of the items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skus: Option<Vec<String>>,
    /// Whether to return the units of each warehouse; default false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouses: Option<bool>,
}

/// A request to pass allocated units to another order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReassignUnits {
    /// 1 to 1,000 lines, each of another item. Default: every unit that the other order misses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<OrderPartLine>>,
    /// The order that misses the units.
    pub to_order_id: i64,
}

/// A run of `stockhold reconcile`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReconcileRun {
    pub finished_at: DateTime<Utc>,
    /// The discrepancies that were found.
    pub found: i64,
    /// The discrepancies that are left after the run.
    pub left: i64,
    /// The duration in seconds.
    pub seconds: f64,
}

/// The refused requests within a span of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refusals {
    /// The start of the span. The counts are those of the hours from that of `from`.
    pub from: DateTime<Utc>,
    /// At most 500 items, most units first.
    pub items: Vec<RefusedItem>,
    /// The refused requests for all items. A cart counts once per item that it lacks.
    pub requests: i64,
    /// The requested units of all items that were not in stock.
    pub units: i64,
    /// The end of the span, which is not included.
    pub until: DateTime<Utc>,
}

/// The refused requests for an item.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefusedItem {
    pub item_id: i64,
    /// Null for an item that was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_name: Option<String>,
    /// Requests that were refused for a lack of units.
    pub requests: i64,
    /// The item's SKU; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// The requested units that were not in stock.
    pub units: i64,
}

/// A request to rename a category. If a category with the new name exists, the two are merged.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RenameCategory {
    /// With true, the response lists the changes and nothing is changed. Default: false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
    /// 1 to 100 characters; not the current name.
    pub to: String,
}

/// A position to send from: a cursor, or a time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReplayWebhook {
    /// A cursor of the event feed, or 0 for its start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Send the events since this time. Events of up to a minute before it may be sent too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
}

/// Events to send again.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RetryWebhookEvents {
    /// 1 to 500 events that were set aside. Absent or null: the first 1,000 of the endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_ids: Option<Vec<i64>>,
}

/// Units of one item that come back, with exactly one of `itemId` and `sku`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReturnLine {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<i64>,
    /// Units: 1 to 2,147,483,647.
    pub quantity: i64,
    /// The item's SKU, instead of `itemId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// The warehouse's code, instead of `warehouseId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_code: Option<String>,
    /// The warehouse that shipped the units, and to which they come back. Default: any of them, in ascending order of ids.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
}

/// A request to take back shipped units of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReturnOrder {
    /// The condition of the units: `available` ones can be sold again at once.
    pub into: UnitCondition,
    /// 1 to 1,000 lines.
    pub lines: Vec<ReturnLine>,
}

/// A replacement of a secret.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RotateWebhookSecret {
    /// The time for which the replaced secret signs too: 0 to 168 hours; default 24.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlap_hours: Option<i64>,
}

/// An item that will run out at its present pace.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunningOut {
    /// Units available now.
    pub available: i64,
    /// The tenths of days until the available units are sold at the pace of the last 7 days, rounded down.
    pub cover_tenths: i64,
    pub item_id: i64,
    pub item_name: String,
    /// The item's SKU; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// Units that were sold within the last 7 days.
    pub units_sold: i64,
}

/// A right of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Scope {
    #[serde(rename = "stock:read")]
    StockRead,
    #[serde(rename = "stock:write")]
    StockWrite,
    #[serde(rename = "holds:write")]
    HoldsWrite,
    #[serde(rename = "orders:write")]
    OrdersWrite,
    #[serde(rename = "items:write")]
    ItemsWrite,
    #[serde(rename = "webhooks:manage")]
    WebhooksManage,
    #[serde(rename = "admin")]
    Admin,
    /// A value of a later version of the server.
    #[serde(other)]
    Other,
}

/// The kind of a search result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum SearchKind {
    #[serde(rename = "item")]
    Item,
    #[serde(rename = "order")]
    Order,
    #[serde(rename = "block")]
    Block,
    #[serde(rename = "cart")]
    Cart,
    #[serde(rename = "category")]
    Category,
    #[serde(rename = "warehouse")]
    Warehouse,
    /// A value of a later version of the server.
    #[serde(other)]
    Other,
}

/// A search result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SearchResult {
    /// The path of its page in the console.
    pub href: String,
    /// Null for a category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    pub kind: SearchKind,
    /// The available units of an item, a category or a warehouse; the units of the others.
    pub quantity: i64,
    /// The status of an order, or the state of a block or a cart. `archived` for an archived item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The SKU of an item, the reference of an order or a cart, the name of a block's item, or the code of a warehouse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtitle: Option<String>,
    /// The name of an item, a category or a warehouse; `#` and the id of the others.
    pub title: String,
}

/// The results of a search.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SearchResults {
    /// Items, then orders, blocks, carts, categories and warehouses; the best of each kind first.
    pub results: Vec<SearchResult>,
}

/// An event whose last attempt failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetAsideEvent {
    pub attempts: i32,
    /// The reason of the last failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    pub event_id: i64,
    pub item_id: i64,
    /// The kind of the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The time of the last attempt.
    pub set_aside_at: DateTime<Utc>,
    /// The item's SKU; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
}

/// Units of one item to ship, with exactly one of `itemId` and `sku`. Lines of the same item are added up.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShipLine {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<i64>,
    /// Units: 1 to 2,147,483,647.
    pub quantity: i64,
    /// The item's SKU, instead of `itemId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
}

/// A request to ship allocated units of an order, with at most one of `warehouseId` and `warehouseCode`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShipOrder {
    /// 1 to 1,000 lines. Default: all units that are allocated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<ShipLine>>,
    /// The warehouse's code, instead of `warehouseId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_code: Option<String>,
    /// Default: all warehouses that the order has units of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
}

/// A line with too few units.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Shortage {
    /// Units of the item available in the warehouse; for a policy, those that the best plan could take.
    pub available: i32,
    pub item_id: i64,
    pub requested: i32,
    /// The item's SKU; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
}

/// A signal: an item is low, sold out or back in stock. It is written shortly after its movement. Units in temporary blocks
/// count as on hand, so an item with held units is not sold out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Signal {
    pub created_at: DateTime<Utc>,
    pub id: i64,
    pub item_id: i64,
    /// `stock.low`: the unsold units fell to the threshold or below. `stock.sold_out`: they fell to 0.
    /// `stock.back_in_stock`: they rose above 0.
    pub kind: String,
    /// The movement that caused it. Its id is lower.
    pub movement_id: i64,
    /// The item's SKU; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// The threshold of low stock at that time.
    pub threshold: i32,
    /// Unsold units after the movement, over all warehouses: available and held ones.
    pub unsold: i64,
}

/// The units that were sold within an hour.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SoldHour {
    /// The start of the hour in UTC.
    pub hour: DateTime<Utc>,
    pub units: i64,
}

/// A plan for the allocation of an order from some warehouses.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourcingPlan {
    /// Whether it has every unit. An allocation by policy takes the first plan, if that one has.
    pub fills: bool,
    /// The units that it lacks, by ascending item id.
    pub missing: Vec<ParcelLine>,
    /// Best warehouse first.
    pub parcels: Vec<Parcel>,
}

/// The rule that chooses among the plans that have every unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum SourcingPolicy {
    #[serde(rename = "fewest_parcels")]
    FewestParcels,
    #[serde(rename = "priority")]
    Priority,
    #[serde(rename = "nearest")]
    Nearest,
    #[serde(rename = "highest_stock")]
    HighestStock,
    /// A value of a later version of the server.
    #[serde(other)]
    Other,
}

/// A request to keep a cart for the time of a payment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StartPayment {
    /// The shop's key of the payment: 1 to 100 characters.
    pub payment_reference: String,
    /// The time for the payment, from now: 1 to 2,592,000 seconds (30 days). The payment must end within the life of a cart,
    /// which is 24 hours by default, or before the cart expires anyway.
    pub ttl_seconds: i64,
}

/// A stock level after an adjustment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StockAdjusted {
    pub delta: i32,
    pub item_id: i64,
    /// Available units of the item over all warehouses, after the change.
    pub quantity: i32,
    /// The item's SKU; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// Available units of the item in this warehouse, after the change.
    pub stock_quantity: i32,
    /// The warehouse's code.
    pub warehouse_code: String,
    pub warehouse_id: i64,
}

/// The units that a count covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum StockBasis {
    #[serde(rename = "onHand")]
    OnHand,
    #[serde(rename = "available")]
    Available,
    /// A value of a later version of the server.
    #[serde(other)]
    Other,
}

/// The results of the lines.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StockChanged {
    /// The number of lines that changed a level.
    pub changed: i64,
    /// The number of lines that failed and may succeed later. A request with the same Idempotency-Key tries these again.
    pub failed: i64,
    /// One per line, in the order of the request.
    pub lines: Vec<StockChangedLine>,
    /// The number of lines that the rules rejected.
    pub refused: i64,
    /// The number of lines whose level already had the counted units. They have no movement.
    pub unchanged: i64,
}

/// The result of a line.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StockChangedLine {
    /// Available units after the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<i64>,
    /// Units that were added; negative for units taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<i32>,
    /// Units in temporary blocks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<i64>,
    /// The number of the line, from 1.
    pub line: i64,
    /// Units on the shelf after the change: available, held, committed, damaged ones and those in quarantine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_hand: Option<i64>,
    /// The reason why the line was refused or failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
    /// The item's SKU, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// changed, unchanged, refused or failed.
    pub status: String,
    /// The warehouse's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
}

/// One item's units in one warehouse.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StockLevel {
    /// Units available now.
    pub available: i32,
    /// Those of the sold units that are on the shelf: not shipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub committed: Option<i64>,
    /// Damaged units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub damaged: Option<i64>,
    /// Units in active blocks: temporary ones that have not expired.
    pub held: i64,
    pub item_id: i64,
    /// Units on the shelf: available, in temporary blocks (also in expired ones until they are reclaimed), committed, damaged,
    /// and in quarantine.
    pub on_hand: i64,
    /// Units in quarantine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quarantined: Option<i64>,
    /// The item's SKU; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// Units in permanent blocks, and those that orders have: allocated, or shipped and not returned.
    pub sold: i64,
    pub warehouse_code: String,
    pub warehouse_id: i64,
    pub warehouse_name: String,
}

/// Both stock levels after a move.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StockMoved {
    /// Available units in the source warehouse, after the move.
    pub from_available: i32,
    /// The code of the source warehouse.
    pub from_warehouse_code: String,
    pub from_warehouse_id: i64,
    pub item_id: i64,
    /// Units that were moved.
    pub quantity: i32,
    /// The item's SKU; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// Available units in the target warehouse, after the move.
    pub to_available: i32,
    /// The code of the target warehouse.
    pub to_warehouse_code: String,
    pub to_warehouse_id: i64,
}

/// The state of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum TokenState {
    #[serde(rename = "valid")]
    Valid,
    #[serde(rename = "expired")]
    Expired,
    #[serde(rename = "revoked")]
    Revoked,
    /// A value of a later version of the server.
    #[serde(other)]
    Other,
}

/// The items of a category with the highest quantity.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TopItems {
    pub category: String,
    /// The number of entries in `items`.
    pub count: i64,
    /// At most 100 items: highest quantity first, equal quantities by ascending id.
    pub items: Vec<Item>,
    /// The number of items in the category.
    pub total_items_in_category: i64,
}

/// Kinds of data that can change without a movement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Touched {
    #[serde(rename = "items")]
    Items,
    #[serde(rename = "blocks")]
    Blocks,
    #[serde(rename = "orders")]
    Orders,
    #[serde(rename = "warehouses")]
    Warehouses,
    #[serde(rename = "stock")]
    Stock,
    /// A value of a later version of the server.
    #[serde(other)]
    Other,
}

/// The reasons for which an item is sold out or short: the states of its units, and where they are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Unavailability {
    /// Units available now.
    pub available: i64,
    /// Units that are sold by permanent blocks or allocated to orders, and not shipped.
    pub committed: i64,
    /// Damaged units.
    pub damaged: i64,
    /// Units in open drafts of deliveries.
    pub expected: i64,
    /// Units in temporary blocks that have not expired.
    pub held: i64,
    /// At most 10 temporary blocks, most units first, among the 10,000 that expire first.
    pub holds: Vec<Block>,
    /// The time at which the next temporary block expires; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_expiry: Option<DateTime<Utc>>,
    /// At most 10 orders with allocated units that are not shipped, most units first, among 10,000 allocations.
    pub orders: Vec<AllocatedOrder>,
    /// The orders of the queue that miss units of the item, among its first 1,000.
    pub orders_waiting: i64,
    /// Units in quarantine.
    pub quarantined: i64,
    /// The last receipt, among the last 50,000 movements of the item; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<MovedUnits>,
    /// The last 10 sales, latest first, among the last 50,000 movements of the item.
    pub sales: Vec<MovedUnits>,
    /// The first 10 orders of the queue that miss units of the item.
    pub waiting: Vec<WaitingOrder>,
}

/// The condition of units on the shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum UnitCondition {
    #[serde(rename = "available")]
    Available,
    #[serde(rename = "damaged")]
    Damaged,
    #[serde(rename = "quarantine")]
    Quarantine,
    /// A value of a later version of the server.
    #[serde(other)]
    Other,
}

/// New values of a client. An absent field keeps its value.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateClient {
    /// The ids of 1 to 100 warehouses. The client may change stock, blocks and orders in these only. Null: in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_ids: Option<Option<Vec<i64>>>,
}

/// A request to change fields of an item. Absent fields stay. Units are changed by `/stock`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateItem {
    /// All barcodes of the item, instead of the current ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub barcodes: Option<Vec<String>>,
    /// Null removes the category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Option<String>>,
    /// Null removes the description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Option<String>>,
    /// The item is low at this number of unsold units or fewer. 0 for never, null for the setting of the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low_stock: Option<Option<i64>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<String>,
    /// Null removes the SKU.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<Option<String>>,
}

/// A request to change a warehouse. Absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateWarehouse {
    /// 1 to 32 characters, unique.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// True makes the warehouse the default one, instead of the former. False is not allowed: make another one the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_default: Option<bool>,
    /// -90 to 90 degrees, north is positive. Required with `longitude`. Null for both removes the position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latitude: Option<Option<f64>>,
    /// -180 to 180 degrees, east is positive. Required with `latitude`. Null for both removes the position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longitude: Option<Option<f64>>,
    /// 1 to 255 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its place in the order of allocation by priority: a lower number comes first. -1,000,000 to 1,000,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<i64>,
}

/// New values of an endpoint. An absent field and null keep the value.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateWebhook {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_kinds: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skus: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_ids: Option<Vec<i64>>,
}

/// An order whose missing units wait.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WaitingOrder {
    /// The missing units, by ascending item id.
    pub missing: Vec<MissingUnits>,
    pub order_id: i64,
    /// The place in the queue, from 1.
    pub place: i64,
    /// The order's reference; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The time from which the order waits.
    pub waiting_since: DateTime<Utc>,
}

/// A location that has stock.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Warehouse {
    /// An archived warehouse receives no units, and the list leaves it out. Null if it is not archived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived_at: Option<DateTime<Utc>>,
    /// Short and unique, such as "BER-1".
    pub code: String,
    pub id: i64,
    /// Whether it receives the stock of requests that name no warehouse. Exactly one warehouse is the default.
    pub is_default: bool,
    /// Degrees, north is positive. Null without a position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// Degrees, east is positive. Null without a position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
    pub name: String,
    /// Its place in the order of allocation by priority: a lower number comes first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<i32>,
    /// Units available now, over all items.
    pub units_available: i64,
    /// The version of everything but `unitsAvailable` and the time: the ETag, without its quotes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// A preview of an order's allocation from one warehouse.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WarehousePreview {
    /// Whether the warehouse has every line completely.
    pub fills: bool,
    /// One entry per line of the order, in the same order.
    pub lines: Vec<PreviewLine>,
    /// The number of lines with too few units.
    pub lines_short: i64,
    /// Missing units, over all lines.
    pub units_short: i64,
    pub warehouse_code: String,
    pub warehouse_id: i64,
    pub warehouse_name: String,
}

/// Units in one warehouse.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WarehouseUnits {
    /// Units available now.
    pub available: i32,
    /// The warehouse's code.
    pub warehouse_code: String,
    pub warehouse_id: i64,
}

/// An endpoint that receives events by Standard Webhooks 1.0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Webhook {
    pub created_at: DateTime<Utc>,
    /// The position in the event feed up to which each event was delivered, excluded, set aside, or waits for another attempt.
    pub cursor: String,
    /// Why it is disabled: `gone` (the receiver answered 410), `cursor_unknown` (the cursor is of another history) or
    /// `cursor_archived` (the next events were archived). After the last two, replay from another cursor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_reason: Option<String>,
    /// The kinds of events, such as `movement.blocked` and `stock.low`. Empty: all.
    pub event_kinds: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<DateTime<Utc>>,
    /// Failed attempts since the last delivery.
    pub failures_in_row: i32,
    pub id: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_delivered_at: Option<DateTime<Utc>>,
    pub name: String,
    /// The end of the time for which the replaced secret signs too. Null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_secret_until: Option<DateTime<Utc>>,
    /// The public key of an endpoint with the signature v1a.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
    /// Events whose last attempt failed.
    pub set_aside_events: i64,
    pub signature: WebhookSignature,
    /// The SKUs of items, compared without regard to case. Empty: all items.
    pub skus: Vec<String>,
    pub state: WebhookState,
    pub url: String,
    /// Events that wait for another attempt, and later events of the same items.
    pub waiting_events: i64,
    /// Nothing is sent before: the receiver answered with `Retry-After`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_until: Option<DateTime<Utc>>,
    /// The warehouses of movements. Empty: all. Signals are of no warehouse and pass.
    pub warehouse_ids: Vec<i64>,
}

/// One attempt to deliver a message. At a high rate not every attempt is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookDelivery {
    /// The beginning of the answer's body.
    pub answer: String,
    pub at: DateTime<Utc>,
    /// The number of the attempt, from 1.
    pub attempt: i32,
    pub duration_milliseconds: i32,
    /// Why there was no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The event; null for a test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_id: Option<i64>,
    pub id: i64,
    /// True if the receiver answered with 2xx.
    pub is_delivered: bool,
    pub kind: String,
    /// The header `webhook-id`, which is the same for all attempts.
    pub message_id: String,
    /// The beginning of the request's body.
    pub request: String,
    /// The status of the answer; null without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<i32>,
}

/// The result of sending events again.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookEventsRetried {
    /// The number of events that wait for another attempt now.
    pub events: i64,
    /// The events of the endpoint that are still set aside; at most 10,000 are counted.
    pub set_aside_events: i64,
}

/// The signature scheme of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum WebhookSignature {
    #[serde(rename = "v1")]
    V1,
    #[serde(rename = "v1a")]
    V1a,
    /// A value of a later version of the server.
    #[serde(other)]
    Other,
}

/// The state of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum WebhookState {
    #[serde(rename = "active")]
    Active,
    #[serde(rename = "paused")]
    Paused,
    #[serde(rename = "disabled")]
    Disabled,
    /// A value of a later version of the server.
    #[serde(other)]
    Other,
}

/// An endpoint with its secret, which no other response contains.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookWithSecret {
    /// The secret `whsec_…`, or the public key `whpk_…` of the signature v1a.
    pub secret: String,
    pub webhook: Webhook,
}

/// A batch worker or a background task.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkerHealth {
    /// Its name, such as "stock 0" or "expiry".
    pub name: String,
    /// Panics since the start.
    pub panics: i64,
    /// "running", "stuck" (its batch exceeds the time limit), "restarting" (after a panic), "failing" (its work failed at
    /// least three times in a row) or "dead".
    pub state: String,
}

/// The query of [`Stockhold::get_activity`](crate::Stockhold::get_activity).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetActivityQuery {
    /// A span that ends now, instead of `from` and `until`: `evening` (since 18:00 of yesterday in the time zone), `day` (24
    /// hours) or `week` (7 days).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<String>,
    /// The start, which is included; at most 92 days before the end. Default 24 hours before the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<DateTime<Utc>>,
    /// The end, which is not included; default now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// The minutes by which the time zone of `evening` is ahead of UTC: -840 to 840; default 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone_minutes: Option<i64>,
    /// Only movements in this warehouse, and the pace of its stock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
    /// Only movements in the warehouse that has this code, instead of `warehouseId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_code: Option<String>,
}

/// The query of [`Stockhold::list_audit`](crate::Stockhold::list_audit).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListAuditQuery {
    /// Only events of this principal, such as `person:anna`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Only events of this kind, such as `token.created`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Only events about this principal or object, such as `client:webshop`, `item:7` or `order:5`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Only events at or after this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
    /// Only events before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// Rows per page: 1 to 500; default 50.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// The `next` of the previous page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// The query of [`Stockhold::download_audit`](crate::Stockhold::download_audit).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DownloadAuditQuery {
    /// Only events of this principal, such as `person:anna`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Only events of this kind, such as `token.created`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Only events about this principal or object, such as `client:webshop`, `item:7` or `order:5`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Only events at or after this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
    /// Only events before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// Begin the file with a byte order mark. Excel needs it to recognize UTF-8. Default true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bom: Option<bool>,
}

/// The query of [`Stockhold::list_movements`](crate::Stockhold::list_movements).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListMovementsQuery {
    /// Only movements by this principal, such as `person:anna`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Only movements at or after this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
    /// Only movements before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// Rows per page: 1 to 500; default 50.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// The `next` of the previous page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// The query of [`Stockhold::get_availability`](crate::Stockhold::get_availability).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetAvailabilityQuery {
    /// The ids of items, one parameter for each. `POST /api/availability` takes more than 100 items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<Vec<i64>>,
    /// The SKUs of items, one parameter for each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<Vec<String>>,
    /// Whether to return the units of each warehouse; default false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouses: Option<bool>,
}

/// The query of [`Stockhold::list_blocks`](crate::Stockhold::list_blocks).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListBlocksQuery {
    /// Only blocks in this state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<BlockState>,
    /// Only blocks of this item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<i64>,
    /// Only blocks of the item that has this SKU, instead of `itemId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// Only active and permanent blocks of this warehouse. A page of a list with this filter, `from` or `to` may have fewer
    /// blocks than its limit, or none, while `next` names another page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
    /// Only active and permanent blocks that were placed at or after this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<DateTime<Utc>>,
    /// Only active and permanent blocks that were placed before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<DateTime<Utc>>,
    /// Only active and permanent blocks with this reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The order; default `idDesc`. The orders by expiry and by reference need the state `temporary`, and ended blocks only have
    /// the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<BlockSort>,
    /// Rows per page: 1 to 500; default 50.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// The `next` of the previous page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// The query of [`Stockhold::download_blocks`](crate::Stockhold::download_blocks).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DownloadBlocksQuery {
    /// Only blocks in this state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<BlockState>,
    /// Only blocks of this item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<i64>,
    /// Only blocks of the item that has this SKU, instead of `itemId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// Only active and permanent blocks of this warehouse. A page of a list with this filter, `from` or `to` may have fewer
    /// blocks than its limit, or none, while `next` names another page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
    /// Only active and permanent blocks that were placed at or after this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<DateTime<Utc>>,
    /// Only active and permanent blocks that were placed before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<DateTime<Utc>>,
    /// Only active and permanent blocks with this reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The order; default `idDesc`. The orders by expiry and by reference need the state `temporary`, and ended blocks only have
    /// the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<BlockSort>,
    /// Begin the file with a byte order mark. Excel needs it to recognize UTF-8. Default true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bom: Option<bool>,
}

/// The query of [`Stockhold::list_ended_blocks`](crate::Stockhold::list_ended_blocks).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListEndedBlocksQuery {
    /// Only blocks of this item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<i64>,
    /// Only blocks of the item that has this SKU, instead of `itemId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// Only blocks of this warehouse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
    /// Rows per page: 1 to 500; default 50.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// The `next` of the previous page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// The query of [`Stockhold::download_ended_blocks`](crate::Stockhold::download_ended_blocks).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DownloadEndedBlocksQuery {
    /// Only blocks of this item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<i64>,
    /// Only blocks of the item that has this SKU, instead of `itemId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// Only blocks of this warehouse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
    /// Begin the file with a byte order mark. Excel needs it to recognize UTF-8. Default true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bom: Option<bool>,
}

/// The query of [`Stockhold::list_expiring_blocks`](crate::Stockhold::list_expiring_blocks).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListExpiringBlocksQuery {
    /// The latest expiry, in seconds from now: 1 to 2,592,000; default 600.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_seconds: Option<i64>,
    /// Only blocks of this item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<i64>,
    /// Only blocks of the item that has this SKU, instead of `itemId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// Only blocks of this warehouse. A page of a list with this filter may have fewer blocks than its limit, or none, while
    /// `next` names another page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
    /// Rows per page: 1 to 500; default 50.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// The `next` of the previous page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// The query of [`Stockhold::download_expiring_blocks`](crate::Stockhold::download_expiring_blocks).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DownloadExpiringBlocksQuery {
    /// The latest expiry, in seconds from now: 1 to 2,592,000; default 600.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_seconds: Option<i64>,
    /// Only blocks of this item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<i64>,
    /// Only blocks of the item that has this SKU, instead of `itemId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// Only blocks of this warehouse. A page of a list with this filter may have fewer blocks than its limit, or none, while
    /// `next` names another page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
    /// Begin the file with a byte order mark. Excel needs it to recognize UTF-8. Default true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bom: Option<bool>,
}

/// The query of [`Stockhold::list_carts`](crate::Stockhold::list_carts).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListCartsQuery {
    /// The reference of the carts.
    pub reference: String,
    /// Rows per page: 1 to 500; default 50.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// The `next` of the previous page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// The query of [`Stockhold::rename_category`](crate::Stockhold::rename_category).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RenameCategoryQuery {
    /// The category's name, instead of that in the path: a path can't have the names `.` and `..`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The query of [`Stockhold::list_changes`](crate::Stockhold::list_changes).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListChangesQuery {
    /// Only changes of this item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<i64>,
    /// Only changes of the item that has this SKU, instead of `itemId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// Only changes of this warehouse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
    /// Only changes of the warehouse that has this code, instead of `warehouseId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_code: Option<String>,
    /// Only renames of this category, by its old or its new name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Only changes by this principal, such as `person:anna`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Only changes of this kind, such as `item.changed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Only changes at or after this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
    /// Only changes before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// Rows per page: 1 to 500; default 50.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// The `next` of the previous page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// The query of [`Stockhold::download_changes`](crate::Stockhold::download_changes).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DownloadChangesQuery {
    /// Only changes of this item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<i64>,
    /// Only changes of the item that has this SKU, instead of `itemId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// Only changes of this warehouse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
    /// Only changes of the warehouse that has this code, instead of `warehouseId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_code: Option<String>,
    /// Only renames of this category, by its old or its new name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Only changes by this principal, such as `person:anna`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Only changes of this kind, such as `item.changed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Only changes at or after this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
    /// Only changes before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// Begin the file with a byte order mark. Excel needs it to recognize UTF-8. Default true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bom: Option<bool>,
}

/// The query of [`Stockhold::list_events`](crate::Stockhold::list_events).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListEventsQuery {
    /// The `cursor` of the previous response, or 0 for the start of the ledger. Without it, the response has no events and
    /// the current cursor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// The most events: 1 to 1,000; default 1,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// How long to wait if there are no events yet: 0 to 20 seconds; default 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_seconds: Option<i64>,
}

/// The query of [`Stockhold::list_imports`](crate::Stockhold::list_imports).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListImportsQuery {
    /// Only imports with smaller ids: the `next` of the previous page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<i64>,
    /// Rows per page: 1 to 500; default 50.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

/// The query of [`Stockhold::create_import`](crate::Stockhold::create_import).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateImportQuery {
    /// The name of the file. Default: that in the form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// `items` changes details of items, `stock` changes their stock. Default: the columns tell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The encoding: a label such as `utf-8` or `windows-1252`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// The delimiter: `comma`, `semicolon`, `tab`, or the character.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<String>,
    /// The decimal sign: `point` or `comma`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimal_sign: Option<String>,
}

/// The query of [`Stockhold::download_import_errors`](crate::Stockhold::download_import_errors).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DownloadImportErrorsQuery {
    /// Begin the file with a byte order mark. Excel needs it to recognize UTF-8. Default true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bom: Option<bool>,
}

/// The query of [`Stockhold::list_import_rows`](crate::Stockhold::list_import_rows).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListImportRowsQuery {
    /// The rows to return. Default `all`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show: Option<ListImportRowsQueryShow>,
    /// Rows per page: 1 to 500; default 50.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// The `next` of the previous page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// The query of [`Stockhold::list_items`](crate::Stockhold::list_items).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListItemsQuery {
    /// Only items of this category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Only items whose name contains each word of this text, or that have it as SKU, as the beginning of the SKU or as
    /// barcode; at most 255 characters. Case, accents, punctuation and spaces of names are ignored. Items that are found by
    /// their SKU or barcode come first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Only items that have a stock level in this warehouse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
    /// Only items that have a stock level in the warehouse that has this code, instead of `warehouseId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_code: Option<String>,
    /// Only items with at most this many available units; in the warehouse, if one is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_quantity: Option<i64>,
    /// With true, only items with at most as many available units as their threshold `lowStock`, or the setting of the server
    /// for items without one. A threshold of 0 is never reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<bool>,
    /// With true, the archived items instead of the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived: Option<bool>,
    /// The order; default `id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<ItemSort>,
    /// Rows per page: 1 to 500; default 50.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// The `next` of the previous page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// The query of [`Stockhold::download_items`](crate::Stockhold::download_items).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DownloadItemsQuery {
    /// Only items of this category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Only items whose name contains each word of this text, or that have it as SKU, as the beginning of the SKU or as
    /// barcode; at most 255 characters. Case, accents, punctuation and spaces of names are ignored. Items that are found by
    /// their SKU or barcode come first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Only items that have a stock level in this warehouse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
    /// Only items that have a stock level in the warehouse that has this code, instead of `warehouseId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_code: Option<String>,
    /// Only items with at most this many available units; in the warehouse, if one is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_quantity: Option<i64>,
    /// With true, only items with at most as many available units as their threshold `lowStock`, or the setting of the server
    /// for items without one. A threshold of 0 is never reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<bool>,
    /// With true, the archived items instead of the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived: Option<bool>,
    /// The order; default `id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<ItemSort>,
    /// Begin the file with a byte order mark. Excel needs it to recognize UTF-8. Default true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bom: Option<bool>,
}

/// The query of [`Stockhold::top_items`](crate::Stockhold::top_items).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TopItemsQuery {
    /// The category's name, instead of that in the path: a path can't have the names `.` and `..`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The query of [`Stockhold::item_history`](crate::Stockhold::item_history).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemHistoryQuery {
    /// Hours before now: 1 to 2,160 (90 days); default 24.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<i64>,
}

/// The query of [`Stockhold::item_movements`](crate::Stockhold::item_movements).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemMovementsQuery {
    /// Rows per page: 1 to 500; default 50.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// The `next` of the previous page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// The query of [`Stockhold::list_ledger`](crate::Stockhold::list_ledger).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListLedgerQuery {
    /// Only movements of this item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<i64>,
    /// Only movements of the item that has this SKU, instead of `itemId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// Only movements in this warehouse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
    /// Only movements in the warehouse that has this code, instead of `warehouseId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_code: Option<String>,
    /// Only movements of this kind: sold, held, expired, released, received, written_off or returned. Sold units were confirmed,
    /// allocated, or converted from a hold into an order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Only movements by this principal, such as `person:anna`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Only movements at or after this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
    /// Only movements before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// Rows per page: 1 to 500; default 50.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// The `next` of the previous page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// The query of [`Stockhold::download_movements`](crate::Stockhold::download_movements).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DownloadMovementsQuery {
    /// Only movements of this item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<i64>,
    /// Only movements of the item that has this SKU, instead of `itemId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// Only movements in this warehouse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
    /// Only movements in the warehouse that has this code, instead of `warehouseId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_code: Option<String>,
    /// Only movements of this kind: sold, held, expired, released, received, written_off or returned. Sold units were confirmed,
    /// allocated, or converted from a hold into an order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Only movements by this principal, such as `person:anna`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Only movements at or after this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
    /// Only movements before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// Begin the file with a byte order mark. Excel needs it to recognize UTF-8. Default true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bom: Option<bool>,
}

/// The query of [`Stockhold::list_orders`](crate::Stockhold::list_orders).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListOrdersQuery {
    /// Only orders with this status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<OrderStatus>,
    /// Only orders that wait in the queue of missing units. The first 10,001 orders of the queue are listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<bool>,
    /// Only orders with this reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Only orders that have a line of this item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<i64>,
    /// Only orders that have a line of the item that has this SKU, instead of `itemId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// Only orders that have allocated or shipped units from this warehouse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
    /// Only orders that have allocated or shipped units from the warehouse with this code, instead of `warehouseId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_code: Option<String>,
    /// Only orders that were created at or after this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<DateTime<Utc>>,
    /// Only orders that were created before this time, which is after `from`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<DateTime<Utc>>,
    /// The order; default `newest`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<OrderSort>,
    /// Rows per page: 1 to 500; default 50.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// The `next` of the previous page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// The query of [`Stockhold::download_orders`](crate::Stockhold::download_orders).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DownloadOrdersQuery {
    /// Only orders with this status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<OrderStatus>,
    /// Only orders that wait in the queue of missing units. The first 10,001 orders of the queue are listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<bool>,
    /// Only orders with this reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Only orders that have a line of this item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<i64>,
    /// Only orders that have a line of the item that has this SKU, instead of `itemId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// Only orders that have allocated or shipped units from this warehouse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
    /// Only orders that have allocated or shipped units from the warehouse with this code, instead of `warehouseId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_code: Option<String>,
    /// Only orders that were created at or after this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<DateTime<Utc>>,
    /// Only orders that were created before this time, which is after `from`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<DateTime<Utc>>,
    /// The order; default `newest`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<OrderSort>,
    /// Begin the file with a byte order mark. Excel needs it to recognize UTF-8. Default true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bom: Option<bool>,
}

/// The query of [`Stockhold::preview_order`](crate::Stockhold::preview_order).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PreviewOrderQuery {
    /// The policy of the plans. Default: `fewest_parcels`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<SourcingPolicy>,
    /// The maximum number of warehouses of a plan: 1 to 100. Default: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_parcels: Option<i64>,
    /// Whether the units of one item may come from several warehouses. Default: true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split_lines: Option<bool>,
    /// The destination's latitude, -90 to 90 degrees. Required for `nearest`, and with `longitude`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// The destination's longitude, -180 to 180 degrees. Required for `nearest`, and with `latitude`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
}

/// The query of [`Stockhold::list_refusals`](crate::Stockhold::list_refusals).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListRefusalsQuery {
    /// A span that ends now, instead of `from` and `until`: `evening` (since 18:00 of yesterday in the time zone), `day` (24
    /// hours) or `week` (7 days).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<String>,
    /// The start, which is included; at most 92 days before the end. Default 24 hours before the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<DateTime<Utc>>,
    /// The end, which is not included; default now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// The minutes by which the time zone of `evening` is ahead of UTC: -840 to 840; default 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone_minutes: Option<i64>,
}

/// The query of [`Stockhold::search`](crate::Stockhold::search).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SearchQuery {
    /// The text: 1 to 255 characters.
    pub q: String,
    /// Results of each kind: 1 to 50; default 6.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

/// The query of [`Stockhold::download_stock`](crate::Stockhold::download_stock).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DownloadStockQuery {
    /// Only stock in this warehouse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_id: Option<i64>,
    /// Only stock in the warehouse that has this code, instead of `warehouseId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warehouse_code: Option<String>,
    /// Begin the file with a byte order mark. Excel needs it to recognize UTF-8. Default true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bom: Option<bool>,
}

/// The query of [`Stockhold::list_warehouses`](crate::Stockhold::list_warehouses).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListWarehousesQuery {
    /// With true, the archived warehouses instead of the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived: Option<bool>,
}

/// The query of [`Stockhold::list_webhook_deliveries`](crate::Stockhold::list_webhook_deliveries).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListWebhookDeliveriesQuery {
    /// Rows per page: 1 to 500; default 50.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// The `next` of the previous page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// The query of [`Stockhold::list_set_aside_events`](crate::Stockhold::list_set_aside_events).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListSetAsideEventsQuery {
    /// Rows per page: 1 to 500; default 50.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// The `next` of the previous page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// The treatment of a cart that has expired. Default: `refuse`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ConfirmCartLate {
    #[serde(rename = "refuse")]
    Refuse,
    #[serde(rename = "retake")]
    Retake,
    /// A value of a later version of the server.
    #[serde(other)]
    Other,
}

/// The rows to return. Default `all`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ListImportRowsQueryShow {
    #[serde(rename = "all")]
    All,
    #[serde(rename = "errors")]
    Errors,
    #[serde(rename = "warnings")]
    Warnings,
    #[serde(rename = "notApplied")]
    NotApplied,
    /// A value of a later version of the server.
    #[serde(other)]
    Other,
}
