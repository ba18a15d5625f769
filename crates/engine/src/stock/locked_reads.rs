//! The reads of the locked path: the state that a batch is decided on, read under lock.
//!
//! Each statement of a READ COMMITTED transaction has its own snapshot. A fact from one statement may be used for the
//! decision in three cases: a lock keeps it until the commit; or a later statement compares it again; or the request is
//! rejected because of it, and it was true at one moment during the request. A failed comparison rolls the transaction
//! back, and the batch is decided again ([`store::Error::Conflict`]).
//!
//! | Fact | Why it holds until the commit |
//! | --- | --- |
//! | the response stored under a key | the primary key of `idempotency_keys`: a second insert is a conflict |
//! | the ids of new blocks | a sequence returns each id once; the pool keeps ids for one generation of the database |
//! | the number of a reference's active blocks | the reference's advisory lock, which every transaction takes that adds blocks to it; the count is read in a later statement than the lock |
//! | no other order has a reference | the reference's advisory lock, which every transaction takes that asks for a unique reference |
//! | an order's existence, status and warehouse | the order's row lock, FOR UPDATE, taken before any read that depends on the order |
//! | an order's lines | read after the order's lock, which also stops the insert of a line: the insert locks its order FOR KEY SHARE |
//! | a stock level | its row lock |
//! | the best plan of an order by policy | the row locks of its levels; the other levels are those of a moment during the request |
//! | an order by policy is short | the locks of all levels of its missing items, as below |
//! | an item has no other level | `stock_levels_lock` counts the levels again after the locks; every transaction that adds a level locks the item's other levels first |
//! | an item has no level at all | `items_existing` compares it in the statement that finds the item; the insert of a first level counts its rows |
//! | an item's existence | its locked level, which stops the item's deletion; or the insert of its first level, which checks it |
//! | a warehouse's existence | its locked level, or the insert of its level; and the foreign key of `orders` |
//! | the units of a level that are on the shelf and not available | the locks of all levels of the item, which every transaction takes that changes its blocks, its orders or its unsellable units; read after the locks |
//! | units in blocks and orders | the locks of all levels of the item, which every transaction takes that changes these units |
//! | whether an item is archived | the locks of all its levels, under which it is archived; for an item without levels, the insert of its first level marks it |
//! | whether a receiving warehouse is archived | the level's lock, under which it is archived, or the insert of the level, which checks it |
//! | a block | its row lock and its level's lock; a block whose level is not locked is a conflict |
//! | the version, the lines and the payment of a cart | read again after the locks of its blocks' levels, under which they change |
//! | no other cart has a payment reference | the reference's advisory lock, which every transaction takes that confirms a cart with a named payment or takes units again |
//! | no other cart has a reference | the reference's advisory lock, which every transaction takes that adds a cart with it |
//! | the blocks of a cart | read again in the statement that locks the blocks; a block that is not locked is a conflict |
//! | how and with how many units a block ended | rows of the ledger never change |
//! | an expired block, which is not locked | the DELETE repeats every value that was read, and counts its rows |
//! | the time | read after the levels were locked; time only advances |
//!
//! The write statement repeats every value that the decision used, and counts its rows (`store`'s `write`).

use super::footprint::Footprint;
use crate::cache::warehouses::Warehouses;
use crate::ids::IdPool;
use domain::{
    BlockEnd, BlockId, BlockLimits, CartHolding, CartId, Decision, Granted, HeldBlock, ItemId, LevelKey,
    OrderId, OrderSource, OrderSummary, Reference, Request, SeenLevel, Snapshot, SourceOrder,
    UNITS_RECEIVED_UNCHECKED_MAX, WarehouseId, levels_to_lock,
};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use store::{CartRecord, Generation, LevelSelection, LockedBlocks, LockedLevels, WriteTransaction};

/// A snapshot of rows that the transaction has locked.
pub(super) struct LockedSnapshot {
    pub(super) snapshot: Snapshot,
    /// Whether the transaction reserved block ids. It must commit then.
    pub(super) has_reserved_ids: bool,
    /// The items of which all levels are locked.
    pub(super) whole_items: HashSet<ItemId>,
}

impl LockedSnapshot {
    /// Returns whether a request by policy found an order short, and a level that was added after the levels were read may have
    /// the missing units.
    pub(super) fn may_miss_level(&self, requests: &[Request], decisions: &[Decision]) -> bool {
        requests.iter().zip(decisions).any(|(request, decision)| {
            let (Request::Source(source), Ok(Granted::Allocated(allocation))) = (request, decision) else {
                return false;
            };
            let order = self.snapshot.orders.get(&source.order);
            let mut missing = order.into_iter().flat_map(OrderSummary::demand);
            let is_policy = matches!(source.source, OrderSource::Policy { .. });
            is_policy
                && !allocation.shortages.is_empty()
                && missing.any(|(item, _)| !self.whole_items.contains(&item))
        })
    }
}

/// Locks and reads every row that the requests are decided on, in the order of locks. For orders that are allocated by
/// policy, these are the levels of the best plans, or with `lock_candidates` those of all candidates.
pub(super) async fn lock_and_read(
    ids: &IdPool,
    limits: BlockLimits,
    transaction: &mut WriteTransaction,
    generation: Generation,
    requests: &[Request],
    warehouses: &Warehouses,
    lock_candidates: bool,
) -> store::Result<LockedSnapshot> {
    let mut footprint = Footprint::of(requests);
    let carts: Vec<_> = footprint.carts.iter().copied().collect();
    let cart_records = match carts.is_empty() {
        true => HashMap::new(),
        false => transaction.carts_read(&carts).await?,
    };
    footprint.add_cart_blocks(&cart_records);
    let retaken = read_retaken(transaction, &mut footprint, &cart_records).await?;
    let new_blocks = footprint.new_blocks + retaken.blocks;
    let (new_block_ids, has_reserved_ids) = ids.take(transaction, generation, new_blocks).await?;
    let changed = footprint.changed_carts.iter().filter_map(|cart| cart_records.get(cart));
    let references = changed.filter_map(|record| record.details.reference.as_ref());
    let references = references.chain(&retaken.payments);
    let references: BTreeSet<_> = references.chain(footprint.references.iter().copied()).collect();
    let active_blocks = match references.is_empty() {
        true => HashMap::new(),
        false => transaction.references_lock(&references.into_iter().collect::<Vec<_>>()).await?,
    };
    let unique: Vec<_> = footprint.unique_references.iter().copied().collect();
    let referenced_carts = match unique.is_empty() {
        true => HashMap::new(),
        false => transaction.carts_referenced(&unique).await?,
    };
    let payments: Vec<_> = retaken.payments.iter().collect();
    let paid_carts = match payments.is_empty() {
        true => HashMap::new(),
        false => transaction.carts_paid(&payments).await?,
    };
    let referenced_orders = match footprint.order_references.is_empty() {
        true => HashMap::new(),
        false => transaction.orders_referenced(&footprint.order_references).await?,
    };
    let new_order_ids = match footprint.new_orders {
        0 => Vec::new(),
        count => transaction.order_ids(count).await?,
    };
    let orders = lock_orders(transaction, &mut footprint).await?;
    let seen_levels = choose_levels(transaction, &mut footprint, &orders, lock_candidates).await?;
    let blocks: Vec<_> = footprint.blocks.iter().copied().collect();
    let mut locked = transaction.levels_lock(&footprint.levels, &blocks).await?;
    let items = existing_items(transaction, &footprint.levels, &mut locked).await?;
    let receiving = receiving_warehouses(requests, warehouses, &orders);
    let archived_warehouses = match receiving.is_empty() {
        true => HashSet::new(),
        false => transaction.warehouses_archived(&receiving).await?,
    };
    let (locked_blocks, ends) = match blocks.is_empty() {
        true => Default::default(),
        false => {
            let locked_blocks = transaction.blocks_lock(&blocks, &carts, &locked.levels).await?;
            let ended = block_ends(transaction, &blocks, &locked_blocks.blocks).await?;
            (locked_blocks, ended)
        }
    };
    let compared: Vec<_> = footprint.compared_carts.iter().copied().collect();
    if !compared.is_empty() {
        check_unchanged(&cart_records, transaction.carts_read(&compared).await?)?;
    }
    let counted: Vec<_> = footprint.counted.iter().copied().collect();
    let shelf = match counted.is_empty() {
        true => HashMap::new(),
        false => transaction.shelf_units(&counted).await?,
    };
    let ended = ends.iter().map(|(id, (end, _))| (*id, *end)).collect();
    let ended_lines = ends.into_iter().map(|(id, (_, line))| (id, line)).collect();
    let inspected: Vec<_> = footprint.inspected.iter().copied().collect();
    let unsellable = match inspected.is_empty() {
        true => HashMap::new(),
        false => transaction.unsellable_units(&inspected).await?,
    };
    let LockedBlocks { blocks, shipped: shipped_blocks, references, notes } = locked_blocks;
    let item_names = match footprint.new_orders {
        0 => HashMap::new(),
        _ => {
            let items: BTreeSet<_> = blocks.values().map(|block| block.key.item).collect();
            transaction.item_names(&items.into_iter().collect::<Vec<_>>()).await?
        }
    };
    // A block changes only under the lock of its level, so the blocks are also those of this time.
    let now = match locked.locked_at {
        Some(now) => now,
        None => transaction.now().await?,
    };
    let mut snapshot = Snapshot {
        now,
        items,
        archived_items: locked.archived,
        archived_warehouses,
        warehouses: warehouses.ids.clone(),
        default_warehouse: warehouses.default,
        levels: locked.levels,
        seen_levels,
        shelf,
        unsellable,
        returnable_units: HashMap::new(),
        blocks,
        shipped_blocks,
        ended,
        cart_details: cart_records.iter().map(|(id, record)| (*id, record.details.clone())).collect(),
        carts: cart_records.into_iter().map(|(id, record)| (id, record.blocks)).collect(),
        ended_lines,
        paid_carts,
        referenced_carts,
        references,
        notes,
        active_blocks,
        limits,
        orders,
        referenced_orders,
        item_names,
        new_order_ids,
        expired: Vec::new(),
        new_block_ids,
    };
    let mut to_check = footprint.received;
    to_check.retain(|item, units| snapshot.quantity(*item) + *units > UNITS_RECEIVED_UNCHECKED_MAX);
    if !to_check.is_empty() {
        let items: Vec<_> = to_check.into_keys().collect();
        snapshot.returnable_units = transaction.returnable_units(&items).await?;
    }
    let whole_items = footprint.levels.iter().filter(|(_, warehouse)| warehouse.is_none());
    let whole_items = whole_items.map(|(item, _)| *item).collect();
    Ok(LockedSnapshot { snapshot, has_reserved_ids, whole_items })
}

/// The carts of late confirmations.
#[derive(Default)]
struct Retaken {
    /// The number of their blocks.
    blocks: usize,
    /// The references of their payments.
    payments: BTreeSet<Reference>,
}

/// Reads the items of carts that may be taken again, and adds the levels of these to the footprint.
async fn read_retaken(
    transaction: &mut WriteTransaction,
    footprint: &mut Footprint<'_>,
    carts: &HashMap<CartId, CartRecord>,
) -> store::Result<Retaken> {
    let mut retaken = Retaken::default();
    let mut blocks = Vec::new();
    for (cart, named) in &footprint.retaken_carts {
        let Some(record) = carts.get(cart) else { continue };
        let own = record.details.payment.as_ref().map(|payment| &payment.reference);
        retaken.payments.extend(named.or(own).cloned());
        blocks.extend(&record.blocks);
    }
    retaken.blocks = blocks.len();
    if !blocks.is_empty() {
        let items = transaction.items_of_blocks(&blocks).await?;
        footprint.levels.extend(items.into_iter().map(|item| (item, None)));
    }
    Ok(retaken)
}

/// Locks the orders, and adds the levels of their lines to the footprint.
async fn lock_orders(
    transaction: &mut WriteTransaction,
    footprint: &mut Footprint<'_>,
) -> store::Result<HashMap<OrderId, OrderSummary>> {
    let sourced = footprint.sourced.iter().map(|source| source.order);
    let ids: BTreeSet<_> = footprint.orders.iter().map(|(order, _)| *order).chain(sourced).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let orders = transaction.orders_lock(&ids.into_iter().collect::<Vec<_>>()).await?;
    for (order, warehouse) in &footprint.orders {
        let lines = orders.get(order).map(|order| order.lines.as_slice()).unwrap_or_default();
        footprint.levels.extend(lines.iter().map(|(item, _)| (*item, *warehouse)));
        if warehouse.is_none() {
            let allocations = orders.get(order).into_iter().flat_map(|order| order.allocations.keys());
            footprint.levels.extend(allocations.map(|key| (key.item, None)));
        }
    }
    Ok(orders)
}

/// Reads the levels of the orders that are allocated by policy, without a lock, and adds the levels of their plans to the
/// footprint. The orders are locked, so their lines do not change.
async fn choose_levels(
    transaction: &mut WriteTransaction,
    footprint: &mut Footprint<'_>,
    orders: &HashMap<OrderId, OrderSummary>,
    lock_candidates: bool,
) -> store::Result<BTreeMap<LevelKey, SeenLevel>> {
    let sourced = footprint.sourced.iter().copied();
    let by_policy: Vec<_> =
        sourced.filter(|source| matches!(source.source, OrderSource::Policy { .. })).collect();
    let lines =
        by_policy.iter().filter_map(|source| orders.get(&source.order)).flat_map(|order| &order.lines);
    let items: BTreeSet<_> = lines.map(|(item, _)| *item).collect();
    if items.is_empty() {
        return Ok(BTreeMap::new());
    }
    let seen = transaction.levels_seen(&items).await?;
    let chosen = levels_to_lock(by_policy.iter().copied(), orders, &seen, lock_candidates);
    // An order that lacks units needs all levels of its items, also those that are added after the read. `stock_levels_lock`
    // counts the levels again.
    for SourceOrder { order, source } in by_policy {
        let OrderSource::Policy { candidates, .. } = source else { continue };
        let items = orders.get(order).into_iter().flat_map(OrderSummary::demand).map(|(item, _)| item);
        let is_chosen = |item: &ItemId| {
            let keys = candidates.iter().map(|candidate| LevelKey { item: *item, warehouse: candidate.id });
            lock_candidates || keys.filter(|key| seen.contains_key(key)).all(|key| chosen.contains(&key))
        };
        footprint.levels.extend(items.filter(is_chosen).map(|item| (item, None)));
    }
    footprint.levels.extend(chosen.into_iter().map(|key| (key.item, Some(key.warehouse))));
    Ok(seen)
}

/// Checks that carts are as they were read before the locks.
fn check_unchanged(
    before: &HashMap<CartId, CartRecord>,
    locked: HashMap<CartId, CartRecord>,
) -> store::Result<()> {
    match locked.iter().all(|(id, record)| before.get(id) == Some(record)) {
        true => Ok(()),
        false => Err(store::Error::changed_meanwhile("a cart")),
    }
}

/// Returns the warehouses that receive units.
fn receiving_warehouses(
    requests: &[Request],
    warehouses: &Warehouses,
    orders: &HashMap<OrderId, OrderSummary>,
) -> BTreeSet<WarehouseId> {
    let returned = requests.iter().filter_map(|request| match request {
        Request::Return(returned) => orders.get(&returned.order),
        _ => None,
    });
    let returned = returned.flat_map(|order| order.allocations.keys().map(|key| key.warehouse));
    let receiving = requests.iter().filter_map(|request| match request {
        Request::Adjust(adjustment) if adjustment.delta > 0 => adjustment.warehouse.or(warehouses.default),
        Request::Move(movement) => Some(movement.to),
        Request::ChangeLevel(change) => change.warehouse.or(warehouses.default),
        Request::ChangeCondition(change) => change.warehouse.or(warehouses.default),
        _ => None,
    });
    receiving.chain(returned).collect()
}

/// Returns the items that exist, with or without a level. Adds the archived ones without a level to the locked levels.
async fn existing_items(
    transaction: &mut WriteTransaction,
    wanted: &LevelSelection,
    locked: &mut LockedLevels,
) -> store::Result<HashSet<ItemId>> {
    let mut items: HashSet<_> = locked.levels.keys().map(|key| key.item).collect();
    let without_level: BTreeSet<_> =
        wanted.iter().map(|(item, _)| *item).filter(|item| !items.contains(item)).collect();
    if !without_level.is_empty() {
        let without_level: Vec<_> = without_level.into_iter().collect();
        let all_levels_wanted = |item: &ItemId| wanted.contains(&(*item, None));
        let existing = transaction.items_existing(&without_level, all_levels_wanted).await?;
        locked.archived.extend(existing.iter().filter(|(_, is_archived)| *is_archived).map(|(item, _)| item));
        items.extend(existing.into_iter().map(|(item, _)| item));
    }
    Ok(items)
}

/// Returns how the blocks ended that are not among the `active` ones.
async fn block_ends(
    transaction: &mut WriteTransaction,
    blocks: &[BlockId],
    active: &HashMap<BlockId, HeldBlock>,
) -> store::Result<HashMap<BlockId, (BlockEnd, CartHolding)>> {
    let ended: Vec<_> = blocks.iter().copied().filter(|id| !active.contains_key(id)).collect();
    match ended.is_empty() {
        true => Ok(HashMap::new()),
        false => transaction.block_ends(&ended).await,
    }
}
