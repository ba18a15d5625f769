//! The rules of Stockhold: quantities and money as types, a block's life, the planner that decides a batch
//! of stock requests, the planner that decides an order's allocation, and the errors.
//!
//! **Invariant:** no IO, no async, no SQL, no serde, no HTTP, no clock. Time comes in as an argument.

mod allocation;
mod block;
mod bulk;
mod characters;
mod error;
mod fragments;
mod history;
mod ids;
mod import;
mod item;
mod ledger;
mod money;
mod moving;
mod order;
mod overview;
mod page;
mod planner;
mod quantity;
mod text;
mod time;
mod warehouse;

pub use allocation::{
    Allocation, OrderPreview, PreviewLine, Shortage, WarehousePreview, plan_allocation, preview_allocation,
};
pub use block::{
    Block, BlockEnd, BlockLimits, BlockState, CART_LINES_MAX, CartLine, EndedBlock, HeldBlock, NewBlock,
    PlaceBlock, PlaceCart,
};
pub use bulk::{ActOnBlocks, BULK_BLOCKS_MAX, BlockAction};
pub use error::Error;
pub use fragments::{fragments_sought, name_fragments};
pub use history::{HISTORY_HOURS_MAX, HistoryCursor, HistorySlice, ItemHistory, history_hours};
pub use ids::{BlockId, CartId, ItemId, OrderId, WarehouseId};
pub use import::{IMPORT_LINES_MAX, ImportChange, ImportDeed, ImportPlan, ImportRow, plan_import};
pub use item::{
    Category, Item, ItemNow, ItemPatch, ItemSort, LevelTotals, Movement, MovementReason, NewItem,
    StockAdjusted, StockAdjustment, TOP_ITEMS_MAX, TopItems,
};
pub use ledger::LedgerCursor;
pub use money::Price;
pub use moving::{StockMove, StockMoved};
pub use order::{NewOrder, ORDER_LINES_MAX, Order, OrderAllocation, OrderLine, OrderStatus, OrderStub};
pub use overview::{
    ActivityMinute, CategoryStock, CategorySums, EXPIRING_SECONDS, HotItem, LOW_UNITS, StockSums, StockTotals,
};
pub use page::{
    BlockQuery, ExpiringQuery, ItemCursor, ItemQuery, OrderQuery, PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX, Page,
    Slice,
};
pub use planner::{
    Answer, BlockExtended, BlockPlaced, BlockReleased, CartPlaced, Changes, LedgerLine, Level, LevelKey,
    OrderChange, Plan, Request, Snapshot, plan, reference_blocks,
};
pub use quantity::{Quantity, UNITS_MAX, Units};
pub use text::{CategoryName, Description, ItemName, Note, Reference, WarehouseCode, WarehouseName};
pub use time::{TTL_SECONDS_DEFAULT, TTL_SECONDS_MAX, Time, Ttl};
pub use warehouse::{NewWarehouse, Warehouse};
