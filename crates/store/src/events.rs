use crate::{Result, Store};
use domain::{ItemId, ItemNow, Movement, WarehouseId};

/// The upper 16 bits of the marks that writers of the ledger leave, as in the migration.
const MARK_CLASS: i64 = 0x5354;

/// The channel on which servers tell each other that something was committed.
pub const EVENTS_CHANNEL: &str = "stockhold";

/// Movements that were committed, and where to read on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPage {
    /// By ascending id; those of one item are in the order in which they happened.
    pub events: Vec<Movement>,
    /// What to ask for next. It moves on even where there was nothing to read.
    pub cursor: i64,
}

impl Store {
    /// At most `limit` movements behind `after`; where that is `None`, none, and the cursor of now.
    ///
    /// None is ever passed over: it reads up to the lowest id that a transaction still running may yet
    /// commit. The three statements see the database at three moments, in this order, and rely on it.
    pub async fn events_after(&self, after: Option<i64>, limit: i64) -> Result<EventPage> {
        let mut connection = self.writes.acquire().await?;
        let taken = sqlx::query_scalar!(
            r#"SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS "last!" FROM stock_movements_id_seq"#
        )
        .fetch_one(&mut *connection)
        .await?;
        let marked = sqlx::query_scalar!(
            r#"SELECT min(((classid::bigint & 65535) << 32) | objid::bigint) AS "mark"
                 FROM pg_locks
                WHERE locktype = 'advisory' AND objsubid = 1 AND classid::bigint >> 16 = $1
                  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"#,
            MARK_CLASS
        )
        .fetch_one(&mut *connection)
        .await?;
        let horizon = marked.map_or(taken, |marked| marked.min(taken));
        let Some(after) = after else { return Ok(EventPage { events: Vec::new(), cursor: horizon }) };
        let rows = sqlx::query_as!(
            crate::movements::MovementRow,
            r#"SELECT movements.id, movements.item_id, movements.warehouse_id, warehouses.code, movements.change,
                      movements.reason, movements.note, movements.block_id, movements.order_id, movements.actor,
                      movements.created_at
                 FROM stock_movements AS movements
                 JOIN warehouses ON warehouses.id = movements.warehouse_id
                WHERE movements.id > $1 AND movements.id <= $2
                ORDER BY movements.id LIMIT $3"#,
            after,
            horizon,
            limit
        )
        .fetch_all(&mut *connection)
        .await?;
        let events = rows.into_iter().map(|row| row.movement()).collect::<Result<Vec<_>>>()?;
        let full = i64::try_from(events.len()).is_ok_and(|read| read == limit);
        let cursor = match events.last() {
            Some(last) if full => last.id,
            _ => horizon.max(after),
        };
        Ok(EventPage { events, cursor })
    }

    /// What these items have now, by ascending id; those that do not exist are left out.
    pub async fn items_now(&self, items: &[i64]) -> Result<Vec<ItemNow>> {
        let rows = sqlx::query!(
            r#"SELECT items.id, items.name, items.category, items.quantity,
                      inventory.warehouse_id AS "warehouse_id?", inventory.stock_quantity AS "stock_quantity?"
                 FROM items LEFT JOIN inventory ON inventory.product_id = items.id
                WHERE items.id = ANY ($1)
                ORDER BY items.id, inventory.warehouse_id"#,
            items
        )
        .fetch_all(&self.writes)
        .await?;
        let mut items = Vec::<ItemNow>::new();
        for row in rows {
            let id = ItemId(row.id);
            if items.last().is_none_or(|item| item.id != id) {
                let (name, category, quantity) = (row.name, row.category, row.quantity);
                items.push(ItemNow { id, name, category, quantity, levels: Vec::new() });
            }
            if let (Some(item), Some(warehouse), Some(units)) =
                (items.last_mut(), row.warehouse_id, row.stock_quantity)
            {
                item.levels.push((WarehouseId(warehouse), units));
            }
        }
        Ok(items)
    }

    /// Tells every server that something was committed; `text` is handed on to each.
    pub async fn events_announce(&self, text: &str) -> Result<()> {
        sqlx::query!("SELECT pg_notify($1, $2)", EVENTS_CHANNEL, text).execute(&self.writes).await?;
        Ok(())
    }

    /// Listens to what servers announce.
    pub async fn events_listen(&self) -> Result<sqlx::postgres::PgListener> {
        let mut listener = sqlx::postgres::PgListener::connect_with(&self.listening).await?;
        listener.listen(EVENTS_CHANNEL).await?;
        Ok(listener)
    }
}
