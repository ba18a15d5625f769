//! The rules of Stockhold: quantities and money as types, the life cycle of a block, the batch planner, the
//! allocation planner, and the errors.
//!
//! **Invariant:** no IO, no async, no SQL, no serde, no HTTP, no clock. The time is an argument.

mod access;
mod activity;
mod activity_span;
mod allocation;
mod allowed_warehouses;
mod audit;
mod audit_kind;
mod audit_query;
mod availability;
mod block;
mod block_query;
mod bulk;
mod cart;
mod change_query;
mod characters;
mod client;
mod condition;
mod condition_change;
mod conversion;
mod coordinates;
mod day;
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
mod ledger_archive;
mod limits;
mod line_sums;
mod log_position;
mod money;
mod name_search;
mod notification;
mod openid;
mod order;
mod order_fill;
mod order_lines;
mod order_parts;
mod order_priority;
mod order_query;
mod order_status;
mod origin;
mod overview;
mod page;
mod permission;
mod person;
mod planner;
mod precondition;
mod quantity;
mod quote;
mod saved_view;
mod search;
mod shipment;
mod shop;
mod shortage;
mod signal;
mod sourcing;
mod stock_document;
mod stock_draft;
mod stock_move;
mod text;
mod time;
mod time_filter;
mod total;
mod ttl;
mod unavailability;
mod version;
mod warehouse;
mod webhook;

pub use access::{Permissions, Principal, Role, Scope};
pub use activity::{
    ActivityHour, ActivityUnits, ActorEvents, ActorMovements, MissingUnits, Moved, MovementKind, PACE_DAYS,
    ReconcileRun, Refused, RefusedItem, RunningOut, SoldHour, WaitingOrder, refused_units, sum_actors,
    sum_hours,
};
pub use activity_span::{ACTIVITY_DAYS_MAX, ActivitySpan, RecentSpan, SpanChoice, optional_span};
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
pub use block::{
    Block, BlockEnd, BlockLimits, BlockState, CART_LIFE_HOURS_MAX_DEFAULT, EndedBlock, HeldBlock, NewBlock,
    PlaceBlock, PlaceHold,
};
pub use block_query::{BlockCursor, BlockQuery, BlockSort, ExpiringQuery};
pub use bulk::{
    BULK_BLOCKS_MAX, BULK_ITEMS_MAX, BULK_ORDERS_MAX, BlockAction, BulkBlockAction, BulkItemAction,
    BulkOrderAction, ItemAction, OrderAction,
};
pub use cart::{
    CART_LINES_MAX, Cart, CartConfirmed, CartDetails, CartHolding, CartLine, CartMember, CartPayment,
    CartState, ChangeCart, PlaceCart, RetakeCart, StartPayment,
};
pub use change_query::{ChangeQuery, ChangeSubject};
pub use client::{Client, ClientToken, NewClient, PrincipalName, TOKEN_DAYS_MAX, TokenState, token_days};
pub use condition::{Condition, UnsellableUnits};
pub use condition_change::{ChangeCondition, ConditionChange, ConditionChanged};
pub use conversion::{ConvertHolds, HoldSource};
pub use coordinates::{Coordinates, LATITUDE_MAX, LONGITUDE_MAX};
pub use day::{day, local_day, local_moment};
pub use downloads::{LedgerQuery, LevelQuery, NamedLevel, NamedMovement};
pub use error::Error;
pub use file_name::{FILE_NAME_CHARS_MAX, safe_file_name};
pub use history::{HISTORY_HOURS_MAX, ItemHistory, MovementCursor, MovementQuery, history_hours};
pub use ids::{BlockId, CartId, DraftId, ImportId, ItemId, LevelKey, OrderId, WarehouseId, WebhookId};
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
pub use ledger_archive::{ARCHIVE_AGE_DAYS_MIN, ArchiveKind, archived_rows, check_archive_time};
pub use limits::{CLIENT_TOKENS_MAX, UNITS_MAX, UNITS_RECEIVED_UNCHECKED_MAX};
pub use line_sums::ORDER_LINES_MAX;
pub use log_position::{Freshness, InvalidLogPosition, LogPosition};
pub use money::Price;
pub use name_search::has_trigram;
pub use notification::{
    NOTIFICATION_DAYS, NOTIFICATIONS_MAX, Notice, Notification, merge_notifications, unread_notifications,
};
pub use openid::{OPENID_ISSUER_CHARS_MAX, OPENID_SUBJECT_CHARS_MAX, OpenIdIdentity};
pub use order::{NewOrder, Order, OrderHolding, OrderLine, OrderSummary, OrderUnits, missing_units};
pub use order_fill::{FillOrder, OrderFilled, QueueOrder};
pub use order_lines::{ChangeOrderLines, ChangeOrderLinesByKeys};
pub use order_parts::{CancelLines, OrderPart, OrderPartChanged, ReassignUnits};
pub use order_priority::{ORDER_PRIORITY_MAX, OrderPriority};
pub use order_query::{OrderCursor, OrderFilter, OrderQuery};
pub use order_status::OrderStatus;
pub use origin::{Credential, Origin};
pub use overview::{
    ActivityMinute, CategoryStock, CategorySums, EXPIRING_SECONDS, FirstSteps, HotItem, SoldOrder, StockSums,
    StockTotals,
};
pub use page::{
    CartQuery, ItemCursor, ItemQuery, LedgerPage, PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX, Page, PageQuery,
    SEARCH_CHARS_MAX,
};
pub use permission::Permission;
pub use person::{
    DISPLAY_NAME_CHARS_MAX, DisplayName, NewPassword, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, Person,
    Session, check_person_limit,
};
pub use planner::{
    BlockExtended, BlockPlaced, BlockReleased, CartChange, CartPlaced, ConvertedOrder, Decision, Extension,
    Granted, NewMovement, OrderChange, PartConfirmed, PaymentChange, Plan, Request, Snapshot, StockChanges,
    Wait, blocks_by_reference, plan, plan_limited,
};
pub use precondition::Precondition;
pub use quantity::{Quantity, Units};
pub use quote::quoted;
pub use saved_view::{
    NewView, SAVED_VIEWS_MAX, SAVED_VIEWS_OF_ONE_MAX, SavedView, VIEW_NAME_CHARS_MAX, VIEW_QUERY_CHARS_MAX,
    ViewName, check_view_count,
};
pub use search::{FoundOrder, SEARCH_LIMIT_DEFAULT, SEARCH_LIMIT_MAX, SearchQuery, SearchResults};
pub use shipment::{CartShipped, OrderReturned, OrderShipped, ReturnLine, ReturnOrder, ShipOrder};
pub use shop::ShopName;
pub use shortage::Shortage;
pub use signal::{LOW_STOCK_DEFAULT, NewSignal, Signal, SignalKind, UnsoldChange, derive_signals};
pub use sourcing::{
    AllocateFrom, AllocationMode, OrderSource, PARCELS_MAX, PLAN_LINES_MAX, Parcel, PlanLine, PolicyChoice,
    SOURCING_EXACT_WAREHOUSES_MAX, SOURCING_STEPS_MAX, SeenLevel, SourceOrder, Sourced, Sourcing,
    SourcingCandidate, SourcingPlan, SourcingPolicy, SourcingRules, SourcingWarehouse, levels_to_lock,
    parcel_levels, plan_order, plan_sourcing, source_order,
};
pub use stock_document::{
    CountBasis, DOCUMENT_LINES_MAX, DraftClaim, LevelChange, LevelChanged, LevelTarget, StockDocument,
    document_note,
};
pub use stock_draft::{
    DRAFT_LINES_MAX, DRAFTS_OPEN_MAX, DraftKind, DraftLine, LineChange, NewDraft, StockDraft,
};
pub use stock_move::{StockMove, StockMoved};
pub use text::{
    CategoryName, Description, HoldNote, ItemName, Note, Reference, WarehouseCode, WarehouseName,
};
pub use time::Time;
pub use total::{TOTAL_MAX, Total};
pub use ttl::{TTL_MINUTES_MAX, TTL_SECONDS_DEFAULT, TTL_SECONDS_MAX, Ttl};
pub use unavailability::{AllocatedOrder, Unavailability};
pub use version::Version;
pub use warehouse::{NewWarehouse, PRIORITY_MAX, Priority, Warehouse, WarehousePatch};
pub use webhook::{
    ATTEMPTS_IN_ROW_FAILED_MAX, Attempt, AttemptOutcome, EventKind, FAILING_FROM, NewWebhook,
    OVERLAP_HOURS_DEFAULT, OVERLAP_HOURS_MAX, RETRY_AFTER_SECONDS_MAX, RetrySchedule, SigningKey,
    SigningKeys, WEBHOOK_NAME_CHARS_MAX, WEBHOOK_PARKED_MAX, WEBHOOK_RETRIED_MAX, WEBHOOK_SECONDS_MAX,
    WEBHOOK_SKUS_MAX, WEBHOOK_URL_CHARS_MAX, WEBHOOK_WAREHOUSES_MAX, WEBHOOKS_MAX, Webhook, WebhookDelivery,
    WebhookEvent, WebhookFilter, WebhookMessage, WebhookName, WebhookPatch, WebhookSignature, WebhookState,
    WebhookUrl, is_public_address, message_id, outcome_of, overlap_hours,
};
