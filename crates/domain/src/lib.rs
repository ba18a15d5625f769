//! The rules of Stockhold: quantities and money as types, the life cycle of a block, the batch planner, the
//! allocation planner, and the errors.
//!
//! **Invariant:** no IO, no async, no SQL, no serde, no HTTP, no clock. The time is an argument.

mod access;
mod allocation;
mod allowed_warehouses;
mod audit;
mod audit_kind;
mod audit_query;
mod availability;
mod block;
mod bulk;
mod cart;
mod change_query;
mod characters;
mod client;
mod downloads;
mod error;
mod file_name;
mod history;
mod ids;
mod imports;
mod item;
mod key;
mod keyed;
mod ledger;
mod limits;
mod money;
mod name_search;
mod openid;
mod order;
mod origin;
mod overview;
mod page;
mod permission;
mod person;
mod planner;
mod precondition;
mod quantity;
mod quote;
mod shortage;
mod signal;
mod stock_document;
mod stock_move;
mod text;
mod time;
mod ttl;
mod version;
mod warehouse;

pub use access::{Permissions, Principal, Role, Scope};
pub use allocation::{
    Allocation, OrderAllocation, OrderPreview, PreviewLine, WarehousePreview, plan_allocation,
    preview_allocation,
};
pub use allowed_warehouses::{ALLOWED_WAREHOUSES_MAX, AllowedWarehouses, WarehouseLimits};
pub use audit::{AuditEvent, AuditMovement, NewAuditEvent};
pub use audit_kind::{AuditKind, CATALOGUE_KINDS};
pub use audit_query::{AuditMovementQuery, AuditQuery, FILTER_CHARS_MAX};
pub use availability::{
    AVAILABILITY_ITEMS_MAX, AVAILABILITY_QUERY_ITEMS_MAX, Availability, ItemAvailability, LevelAvailability,
    StockUnits, availability_items, check_availability_count,
};
pub use block::{Block, BlockEnd, BlockLimits, BlockState, EndedBlock, HeldBlock, NewBlock, PlaceBlock};
pub use bulk::{BULK_BLOCKS_MAX, BlockAction, BulkBlockAction};
pub use cart::{CART_LINES_MAX, Cart, CartDetails, CartHolding, CartLine, CartState, ChangeCart, PlaceCart};
pub use change_query::{ChangeQuery, ChangeSubject};
pub use client::{Client, ClientToken, NewClient, PrincipalName, TOKEN_DAYS_MAX, TokenState, token_days};
pub use downloads::{LedgerQuery, LevelQuery, NamedLevel, NamedMovement};
pub use error::Error;
pub use file_name::{FILE_NAME_CHARS_MAX, safe_file_name};
pub use history::{HISTORY_HOURS_MAX, ItemHistory, MovementCursor, MovementQuery, history_hours};
pub use ids::{BlockId, CartId, ImportId, ItemId, LevelKey, OrderId, WarehouseId};
pub use imports::{
    ChangedKeys, FieldValues, ImportCounts, ImportState, ItemRow, JudgedRow, Judgement, LevelRows, OpenRow,
    PresentState, ROW_CELLS_BYTES_MAX, RowAction, RowAttempts, RowOutcome, RowProblem, RowReason, RowResult,
    RowValue, StockQuantity, StockRow, counts_of, details_of, judge_row, new_item, repeated_claims,
    retain_one_count_per_level,
};
pub use item::{
    Category, Item, ItemPatch, ItemSort, ItemStock, LevelTotals, Movement, MovementReason, NewItem,
    StockAdjusted, StockAdjustment, TOP_ITEMS_MAX, TopItems,
};
pub use key::{BARCODES_MAX, Barcode, Barcodes, ItemKeys, Sku, fold_key};
pub use keyed::{ItemKey, KeyDirectory, Keyed, Keys, NewOrderByKeys, WarehouseKey};
pub use ledger::LedgerCursor;
pub use limits::{CLIENT_TOKENS_MAX, UNITS_MAX, UNITS_RECEIVED_UNCHECKED_MAX};
pub use money::Price;
pub use name_search::has_trigram;
pub use openid::{OPENID_ISSUER_CHARS_MAX, OPENID_SUBJECT_CHARS_MAX, OpenIdIdentity};
pub use order::{NewOrder, ORDER_LINES_MAX, Order, OrderLine, OrderStatus, OrderSummary};
pub use origin::{Credential, Origin};
pub use overview::{
    ActivityMinute, CategoryStock, CategorySums, EXPIRING_SECONDS, HotItem, StockSums, StockTotals,
};
pub use page::{
    BlockQuery, CartQuery, ExpiringQuery, ItemCursor, ItemQuery, OrderQuery, PAGE_LIMIT_DEFAULT,
    PAGE_LIMIT_MAX, Page, PageQuery, SEARCH_CHARS_MAX,
};
pub use permission::Permission;
pub use person::{
    DISPLAY_NAME_CHARS_MAX, DisplayName, NewPassword, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, Person,
    Session, check_person_limit,
};
pub use planner::{
    BlockExtended, BlockPlaced, BlockReleased, CartChange, CartPlaced, Decision, Extension, Granted,
    NewMovement, OrderChange, Plan, Request, Snapshot, StockChanges, blocks_by_reference, plan, plan_limited,
};
pub use precondition::Precondition;
pub use quantity::{Quantity, Units};
pub use quote::quoted;
pub use shortage::Shortage;
pub use signal::{LOW_STOCK_DEFAULT, NewSignal, OnHandChange, Signal, SignalKind, derive_signals};
pub use stock_document::{
    CountBasis, DOCUMENT_LINES_MAX, LevelChange, LevelChanged, LevelTarget, StockDocument, document_note,
};
pub use stock_move::{StockMove, StockMoved};
pub use text::{CategoryName, Description, ItemName, Note, Reference, WarehouseCode, WarehouseName};
pub use time::Time;
pub use ttl::{TTL_MINUTES_MAX, TTL_SECONDS_DEFAULT, TTL_SECONDS_MAX, Ttl};
pub use version::Version;
pub use warehouse::{NewWarehouse, Warehouse, WarehousePatch};
