//! The load of a history, in one transaction.

use super::{History, HistoryBlock};
use crate::copy::copy;
use crate::{Error, Result, Store};
use domain::{BlockId, ItemId, LevelKey, OrderId, WarehouseId};
use sqlx::postgres::PgConnection;

/// The loaded tables. The planner needs new statistics of them.
const LOADED_TABLES: [&str; 9] = [
    "VACUUM (ANALYZE) items",
    "VACUUM (ANALYZE) item_names",
    "VACUUM (ANALYZE) inventory",
    "VACUUM (ANALYZE) block_inventory",
    "VACUUM (ANALYZE) orders",
    "VACUUM (ANALYZE) order_items",
    "VACUUM (ANALYZE) order_allocations",
    "ANALYZE carts",
    "ANALYZE stock_movements",
];

/// The ids of a history's rows, by their numbers.
struct Ids {
    warehouses: Vec<i64>,
    items: Vec<i64>,
    blocks: Vec<i64>,
    orders: Vec<i64>,
}

impl Ids {
    fn item(&self, item: ItemId) -> i64 {
        at(&self.items, item.0)
    }

    fn warehouse(&self, warehouse: WarehouseId) -> i64 {
        at(&self.warehouses, warehouse.0)
    }

    fn block(&self, block: BlockId) -> i64 {
        at(&self.blocks, block.0)
    }

    fn order(&self, order: OrderId) -> i64 {
        at(&self.orders, order.0)
    }
}

/// Returns the id of a number. A number that the history does not have becomes its own id, which a constraint refuses.
fn at(ids: &[i64], number: i64) -> i64 {
    usize::try_from(number).ok().and_then(|number| ids.get(number)).copied().unwrap_or(number)
}

impl Store {
    /// Loads a history in one transaction, if there is no item. Returns whether it was loaded. Meanwhile no other transaction
    /// can create items, and the event feed waits.
    ///
    /// # Errors
    /// [`Error::Rejected`] if a key of the history is taken, or the database fails.
    pub async fn history_load(&self, history: &History) -> Result<bool> {
        let mut transaction = self.maintenance.begin().await?;
        sqlx::query!("LOCK TABLE items IN SHARE ROW EXCLUSIVE MODE").execute(&mut *transaction).await?;
        let has_items = sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM items) AS "exists!""#);
        if has_items.fetch_one(&mut *transaction).await? {
            return Ok(false);
        }
        let connection = &mut *transaction;
        let ids = Ids {
            warehouses: warehouses(connection, history).await?,
            items: reserve(connection, "items_id_seq", history.items.len()).await?,
            blocks: reserve(connection, "block_inventory_id_seq", history.blocks_placed).await?,
            orders: reserve(connection, "orders_id_seq", history.orders.len()).await?,
        };
        items(connection, history, &ids).await?;
        levels(connection, history, &ids).await?;
        blocks(connection, history, &ids).await?;
        orders(connection, history, &ids).await?;
        ledger(connection, history, &ids).await?;
        transaction.commit().await.map_err(Error::from_commit)?;
        for statement in LOADED_TABLES {
            sqlx::raw_sql(statement).execute(&self.maintenance).await?;
        }
        Ok(true)
    }
}

/// Reserves ids of a sequence. Returns them in ascending order.
async fn reserve(connection: &mut PgConnection, sequence: &str, count: usize) -> Result<Vec<i64>> {
    let ids = sqlx::query_scalar!(
        r#"SELECT array_agg(nextval($1::text::regclass)) AS ids FROM generate_series(1, $2::bigint)"#,
        sequence,
        i64::try_from(count).unwrap_or(0)
    );
    let mut ids = ids.fetch_one(connection).await?.unwrap_or_default();
    ids.sort_unstable();
    Ok(ids)
}

/// Creates the missing warehouses. Returns the ids of all, in the order of the history.
async fn warehouses(connection: &mut PgConnection, history: &History) -> Result<Vec<i64>> {
    let mut ids = Vec::with_capacity(history.warehouses.len());
    for warehouse in &history.warehouses {
        let (code, priority) = (warehouse.code.as_str(), warehouse.priority.get());
        let (latitude, longitude) = (warehouse.coordinates.latitude(), warehouse.coordinates.longitude());
        let known = sqlx::query_scalar!(
            "UPDATE warehouses
                SET priority = CASE WHEN latitude IS NULL THEN $2 ELSE priority END,
                    latitude = coalesce(latitude, $3), longitude = coalesce(longitude, $4)
              WHERE fold_key(code) = fold_key($1) RETURNING id",
            code,
            priority,
            latitude,
            longitude
        );
        let id = match known.fetch_optional(&mut *connection).await? {
            Some(id) => id,
            None => {
                let new = sqlx::query_scalar!(
                    "INSERT INTO warehouses (code, name, priority, latitude, longitude)
                     VALUES ($1, $2, $3, $4, $5) RETURNING id",
                    code,
                    warehouse.name.as_str(),
                    priority,
                    latitude,
                    longitude
                );
                new.fetch_one(&mut *connection).await?
            }
        };
        ids.push(id);
    }
    Ok(ids)
}

async fn items(connection: &mut PgConnection, history: &History, ids: &Ids) -> Result<()> {
    let mut quantities = vec![0_i64; history.items.len()];
    for (key, level) in &history.levels {
        if let Some(sum) = usize::try_from(key.item.0).ok().and_then(|item| quantities.get_mut(item)) {
            *sum += i64::from(level.available);
        }
    }
    let statement =
        "COPY items (id, created_at, updated_at, quantity, price, category, name, description, sku, barcodes,
                                 archived_at, low_stock) FROM STDIN";
    let rows = ids.items.iter().zip(&history.items).zip(quantities);
    copy(connection, statement, rows, |line, ((id, item), quantity)| {
        let line =
            line.value(id).time(item.created_at).time(item.updated_at).value(quantity).value(item.price);
        let line = line.text(item.category.as_str()).text(item.name.as_str()).text(item.description.as_str());
        let line = line.text(item.sku.as_str()).text(&format!("{{{}}}", item.barcode));
        line.optional(item.archived_at, |line, at| line.time(at))
            .optional(item.low_stock, |line, units| line.value(units))
    })
    .await
}

async fn levels(connection: &mut PgConnection, history: &History, ids: &Ids) -> Result<()> {
    let is_archived = |key: &LevelKey| {
        let item = usize::try_from(key.item.0).ok().and_then(|item| history.items.get(item));
        item.is_some_and(|item| item.archived_at.is_some())
    };
    let statement = "COPY inventory (product_id, warehouse_id, stock_quantity, archived) FROM STDIN";
    copy(&mut *connection, statement, &history.levels, |line, (key, level)| {
        let line = line.value(ids.item(key.item)).value(ids.warehouse(key.warehouse));
        line.value(level.available).value(is_archived(key))
    })
    .await?;
    let unsellable = history.levels.iter().filter(|(_, level)| level.unsellable != Default::default());
    let statement = "COPY unsellable_stock (item_id, warehouse_id, damaged, quarantined) FROM STDIN";
    copy(connection, statement, unsellable, |line, (key, level)| {
        let line = line.value(ids.item(key.item)).value(ids.warehouse(key.warehouse));
        line.value(level.unsellable.damaged).value(level.unsellable.quarantined)
    })
    .await
}

async fn blocks(connection: &mut PgConnection, history: &History, ids: &Ids) -> Result<()> {
    let cart_id = |cart: usize| {
        let first = history.carts.get(cart).and_then(|cart| cart.blocks.first());
        first.map(|block| ids.block(*block))
    };
    let statement =
        "COPY block_inventory (id, item_id, warehouse_id, created_at, expires_at, cart_id, quantity,
                                           is_permanent, reference, is_shipped) FROM STDIN";
    copy(&mut *connection, statement, &history.blocks, |line, (id, block)| {
        let line = line.value(ids.block(*id)).value(ids.item(block.key.item));
        let line = line.value(ids.warehouse(block.key.warehouse)).time(block.created_at);
        let line = line.optional(block.expires_at, |line, at| line.time(at));
        let line = line.optional(block.cart.and_then(cart_id), |line, cart| line.value(cart));
        let line = line.value(block.quantity).value(block.expires_at.is_none());
        line.optional(block.reference.as_deref(), |line, text| line.text(text)).value(block.is_shipped)
    })
    .await?;
    let ends = |blocks: &[BlockId]| {
        let present = blocks.iter().filter_map(|block| history.blocks.get(block));
        present.filter_map(|block: &HistoryBlock| block.expires_at).min()
    };
    let statement =
        "COPY carts (id, created_at, reference, block_ids, payment_reference, payment_until, expires_before)
                     FROM STDIN";
    let carts = history.carts.iter().filter_map(|cart| Some((cart.blocks.first()?, cart)));
    copy(connection, statement, carts, |line, (first, cart)| {
        let line = line.value(ids.block(*first)).time(cart.created_at);
        let line = line.optional(cart.reference.as_deref(), |line, text| line.text(text));
        let blocks: Vec<_> = cart.blocks.iter().map(|block| ids.block(*block).to_string()).collect();
        let payment = cart.payment.as_deref().zip(ends(&cart.blocks));
        let line = line.text(&format!("{{{}}}", blocks.join(",")));
        let line = line.optional(payment, |line, (reference, _)| line.text(reference));
        let line = line.optional(payment, |line, (_, until)| line.time(until));
        line.optional(payment, |line, (_, until)| line.time(until))
    })
    .await
}

async fn orders(connection: &mut PgConnection, history: &History, ids: &Ids) -> Result<()> {
    let statement =
        "COPY orders (id, warehouse_id, created_at, updated_at, allocated_at, status, reference, created_by,
                                  allocated_by, cancelled_by, priority, waiting_since) FROM STDIN";
    copy(&mut *connection, statement, &history.orders, |line, order| {
        let summary = &order.summary;
        let line = line.value(ids.order(summary.id));
        let line = line.optional(summary.warehouse, |line, warehouse| line.value(ids.warehouse(warehouse)));
        let line = line.time(order.created_at).time(order.updated_at);
        let line = line.optional(order.allocated_at, |line, at| line.time(at));
        let line = line.text(summary.status.as_str()).text(&order.reference).text(&order.created_by);
        let line = line.optional(order.allocated_by.as_deref(), |line, actor| line.text(actor));
        let line = line.optional(order.cancelled_by.as_deref(), |line, actor| line.text(actor));
        line.value(order.priority).optional(order.waiting_since, |line, at| line.time(at))
    })
    .await?;
    let lines = history.orders.iter().map(|order| &order.summary);
    let lines = lines.flat_map(|order| order.lines.iter().map(|line| (order.id, line)));
    let statement = "COPY order_items (order_id, product_id, quantity) FROM STDIN";
    copy(&mut *connection, statement, lines, |line, (order, (item, quantity))| {
        line.value(ids.order(order)).value(ids.item(*item)).value(quantity)
    })
    .await?;
    let allocations = history.orders.iter().map(|order| &order.summary);
    let allocations = allocations.flat_map(|order| order.allocations.iter().map(|units| (order.id, units)));
    let statement =
        "COPY order_allocations (order_id, item_id, warehouse_id, allocated, shipped, returned) FROM STDIN";
    copy(connection, statement, allocations, |line, (order, (key, units))| {
        let line = line.value(ids.order(order)).value(ids.item(key.item)).value(ids.warehouse(key.warehouse));
        line.value(units.allocated).value(units.shipped).value(units.returned)
    })
    .await
}

/// Writes movements and signals. A signal has the next id after its movement and the signals before it, so that ids ascend
/// with the time. The position of the signals becomes the last id, so that servers derive none from the history.
async fn ledger(connection: &mut PgConnection, history: &History, ids: &Ids) -> Result<()> {
    let (movements, signals) = (&history.movements, &history.signals);
    let reserved =
        reserve(&mut *connection, "stock_movements_id_seq", movements.len() + signals.len()).await?;
    let mut free = reserved.iter().copied();
    let mut pending = signals.iter().peekable();
    let (mut movement_ids, mut signal_ids) = (Vec::new(), Vec::new());
    for number in 0..movements.len() {
        movement_ids.extend(free.next());
        while pending.next_if(|signal| signal.movement == number).is_some() {
            signal_ids.extend(free.next());
        }
    }
    let statement =
        "COPY stock_movements (id, item_id, warehouse_id, block_id, order_id, created_at, change, reason,
                                           actor, note, units, condition) FROM STDIN";
    copy(&mut *connection, statement, movement_ids.iter().zip(movements), |line, (id, movement)| {
        let line =
            line.value(id).value(ids.item(movement.key.item)).value(ids.warehouse(movement.key.warehouse));
        let line = line.optional(movement.block, |line, block| line.value(ids.block(block)));
        let line = line.optional(movement.order, |line, order| line.value(ids.order(order)));
        let line = line.time(movement.created_at).value(movement.change).text(movement.reason.as_str());
        let line = line.text(movement.actor).optional(movement.note.as_deref(), |line, note| line.text(note));
        let line = line.optional(movement.units, |line, units| line.value(units));
        line.optional(movement.condition, |line, condition| line.text(condition.as_str()))
    })
    .await?;
    let caused = signal_ids.iter().zip(signals).filter_map(|(id, signal)| {
        Some((id, signal, movements.get(signal.movement)?, *movement_ids.get(signal.movement)?))
    });
    let statement =
        "COPY stock_signals (id, item_id, movement_id, on_hand, created_at, threshold, kind) FROM STDIN";
    copy(&mut *connection, statement, caused, |line, (id, signal, movement, movement_id)| {
        let line = line.value(id).value(ids.item(movement.key.item)).value(movement_id).value(signal.unsold);
        line.time(movement.created_at).value(signal.threshold).text(signal.kind.as_str())
    })
    .await?;
    let statement = "COPY signal_levels (item_id, on_hand) FROM STDIN";
    copy(&mut *connection, statement, ids.items.iter().zip(&history.unsold), |line, (item, unsold)| {
        line.value(item).value(unsold)
    })
    .await?;
    if let Some(last) = reserved.last() {
        sqlx::query!("UPDATE signal_position SET position = greatest(position, $1)", last)
            .execute(connection)
            .await?;
    }
    Ok(())
}
