use crate::ledger::{fingerprint, last_id_after, low_watermark};
use crate::listener::Listener;
use crate::pool::Connection;
use crate::signals::signals;
use crate::{Result, Store};
use domain::{ItemId, ItemStock, LedgerCursor, Movement, Signal, WarehouseId};

/// The NOTIFY channel on which servers announce commits to each other.
pub const EVENTS_CHANNEL: &str = "stockhold";

/// A page of committed movements, and the cursor for the next page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPage {
    /// The movements by ascending id. Those of one item are in the order in which they happened.
    pub events: Vec<Movement>,
    /// The signals by ascending id. Those of one item are in the order of its movements.
    pub signals: Vec<Signal>,
    /// The position up to which `events` and `signals` are complete. It advances even if the page is empty.
    pub cursor: LedgerCursor,
}

impl Store {
    /// Returns at most `limit` movements and `limit` signals after a cursor, up to the low watermark. None is skipped.
    ///
    /// # Errors
    /// [`domain::Error::CursorUnknown`], [`domain::Error::CursorArchived`].
    pub async fn events_after(&self, after: &LedgerCursor, limit: i64) -> Result<EventPage> {
        let mut connection = self.lookups.acquire().await?;
        let last_id = last_id_after(&mut connection, Some(after)).await?;
        let watermark = low_watermark(&mut connection, last_id).await?.cursor;
        let mut events = movements(&mut connection, after.position, watermark.position, limit).await?;
        let mut signals = signals(&mut connection, after.position, watermark.position, limit).await?;
        // A part may have been archived between the check of the cursor and the reads.
        last_id_after(&mut connection, Some(after)).await?;
        let is_full = |rows: usize| i64::try_from(rows).is_ok_and(|rows| rows == limit);
        // A full list ends the page for both.
        let last_event = events.last().filter(|_| is_full(events.len())).map(|event| event.id);
        let last_signal = signals.last().filter(|_| is_full(signals.len())).map(|signal| signal.id);
        let cursor = match last_event.into_iter().chain(last_signal).min() {
            Some(last) => {
                events.retain(|event| event.id <= last);
                signals.retain(|signal| signal.id <= last);
                let fingerprint = fingerprint(&mut connection, last).await?;
                LedgerCursor { position: last, fingerprint: Some(fingerprint) }
            }
            None if watermark.position >= after.position => watermark,
            None => after.clone(),
        };
        Ok(EventPage { events, signals, cursor })
    }

    /// Returns at most `limit` movements after one position, up to another. `until` must not be beyond a low watermark.
    pub async fn events_between(&self, after: i64, until: i64, limit: i64) -> Result<Vec<Movement>> {
        movements(&mut *self.lookups.acquire().await?, after, until, limit).await
    }

    /// Returns the current quantities and levels of these items, by ascending id. Items that do not exist are left out.
    pub async fn items_now(&self, items: &[i64]) -> Result<Vec<ItemStock>> {
        let rows = sqlx::query!(
            r#"SELECT items.id, items.name, items.category, items.quantity,
                      inventory.warehouse_id AS "warehouse_id?", inventory.stock_quantity AS "stock_quantity?"
                 FROM items LEFT JOIN inventory ON inventory.product_id = items.id
                WHERE items.id = ANY ($1)
                ORDER BY items.id, inventory.warehouse_id"#,
            items
        )
        .fetch_all(&self.lookups)
        .await?;
        let mut items = Vec::<ItemStock>::new();
        for row in rows {
            let id = ItemId(row.id);
            if items.last().is_none_or(|item| item.id != id) {
                let (name, category, quantity) = (row.name, row.category, row.quantity);
                items.push(ItemStock { id, name, category, quantity, levels: Vec::new() });
            }
            if let (Some(item), Some(warehouse), Some(units)) =
                (items.last_mut(), row.warehouse_id, row.stock_quantity)
            {
                item.levels.push((WarehouseId(warehouse), units));
            }
        }
        Ok(items)
    }

    /// Sends `text` to every server that listens for commits.
    pub async fn events_announce(&self, text: &str) -> Result<()> {
        sqlx::query!("SELECT pg_notify(shop_channel($1), $2)", EVENTS_CHANNEL, text)
            .execute(&self.background)
            .await?;
        Ok(())
    }

    /// Listens for the announcements of commits.
    pub async fn events_listen(&self) -> Result<Listener> {
        Listener::connect(self, EVENTS_CHANNEL).await
    }
}

async fn movements(connection: &mut Connection, after: i64, until: i64, limit: i64) -> Result<Vec<Movement>> {
    let rows = sqlx::query_as!(
        crate::movements::MovementRow,
        r#"SELECT movements.id, movements.item_id, movements.warehouse_id,
                  coalesce(warehouses.code, '#' || movements.warehouse_id) AS "code!", movements.change,
                  movements.units, movements.reason, movements.condition, movements.note, movements.block_id, movements.order_id, movements.actor,
                  movements.created_at
             FROM stock_movements AS movements
             LEFT JOIN warehouses ON warehouses.id = movements.warehouse_id
            WHERE movements.id > $1 AND movements.id <= $2
            ORDER BY movements.id LIMIT $3"#,
        after,
        until,
        limit
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(|row| row.movement()).collect()
}
