//! Signals: read from the ledger once for all servers, and written in the order of the ledger.
//!
//! The row of `signal_position` is the position up to which signals are written. The transaction that writes signals locks
//! it, so that one server derives them at a time, and each movement once. Signals take their ids from the sequence of the
//! movements, so the low watermark and the cursors of the event feed cover them.

use crate::ledger::low_watermark;
use crate::pool::Connection;
use crate::{Result, Store, WriteTransaction};
use chrono::{DateTime, Utc};
use domain::{ItemId, NewSignal, Signal, SignalKind, UnsoldChange};
use std::collections::HashMap;

/// Changes of the unsold units by the next movements, in a transaction that holds the right to write their signals.
pub struct SignalPage {
    transaction: WriteTransaction,
    /// The position after the page.
    until: i64,
    /// Whether there may be more movements.
    pub has_more: bool,
    /// The changes, in the order of the ledger.
    pub changes: Vec<UnsoldChange>,
    /// The unsold units of each item before the first change.
    pub unsold: HashMap<ItemId, i64>,
}

impl Store {
    /// Reads at most `limit` movements whose signals are not written yet. Returns `None` if there are none, or if another
    /// server writes signals.
    pub async fn signals_next(&self, limit: i64) -> Result<Option<SignalPage>> {
        // A row lock writes to the log, so a server without work does not take it: neither an idle one, nor one that waits for
        // a transaction that holds the low watermark.
        let Some(next) = self.signals_pending().await? else { return Ok(None) };
        let mut transaction = self.begin_background().await?;
        let position = sqlx::query_scalar!("SELECT position FROM signal_position FOR UPDATE SKIP LOCKED")
            .fetch_optional(&mut *transaction.transaction)
            .await?;
        let Some(position) = position else { return Ok(None) };
        let read = sqlx::query!(
            r#"SELECT count(*) AS "count!", max(id) AS last
                 FROM (SELECT id FROM stock_movements WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3) AS next"#,
            position,
            next,
            limit
        )
        .fetch_one(&mut *transaction.transaction)
        .await?;
        let has_more = read.count == limit;
        // Another server may have written signals up to a later position meanwhile.
        let until = read.last.filter(|_| has_more).unwrap_or(next).max(position);
        let changes = changes(&mut transaction.transaction, position, until).await?;
        let items: Vec<_> = changes.iter().map(|change| change.item.0).collect();
        let unsold = unsold_at(&mut transaction.transaction, &items, position).await?;
        Ok(Some(SignalPage { transaction, until, has_more, changes, unsold }))
    }

    /// Returns the low watermark, if it is after the position up to which signals are written.
    async fn signals_pending(&self) -> Result<Option<i64>> {
        let mut connection = self.background.acquire().await?;
        let row = sqlx::query!(
            r#"SELECT position, CASE WHEN is_called THEN last_value ELSE 0 END AS "last_id!"
                 FROM signal_position, stock_movements_id_seq"#
        )
        .fetch_optional(&mut *connection)
        .await?;
        let Some(row) = row.filter(|row| row.position < row.last_id) else { return Ok(None) };
        let watermark = low_watermark(&mut connection, row.last_id).await?.cursor.position;
        Ok((watermark > row.position).then_some(watermark))
    }

    /// Returns at most `limit` signals after one position, up to another. `until` must not be beyond a low watermark.
    pub async fn signals_between(&self, after: i64, until: i64, limit: i64) -> Result<Vec<Signal>> {
        signals(&mut *self.lookups.acquire().await?, after, until, limit).await
    }
}

impl SignalPage {
    /// Writes the signals of the page, and the unsold units of its items after it. Returns after the commit.
    pub async fn write(mut self, signals: &[NewSignal], unsold: &HashMap<ItemId, i64>) -> Result<()> {
        let connection: &mut Connection = &mut self.transaction.transaction;
        let changed: HashMap<_, _> = self.changes.iter().map(|change| (change.item, ())).collect();
        let mut items: Vec<_> = changed.into_keys().collect();
        items.sort_unstable();
        if signals.is_empty() {
            // After a crash the page is read again, and has no signals again.
            sqlx::query!("SET LOCAL synchronous_commit = off").execute(&mut *connection).await?;
        } else {
            sqlx::query!(
                "INSERT INTO stock_signals (item_id, kind, movement_id, on_hand, threshold)
                 SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::integer[])",
                &signals.iter().map(|signal| signal.item.0).collect::<Vec<_>>(),
                &signals.iter().map(|signal| signal.kind.as_str()).collect::<Vec<_>>() as &[&str],
                &signals.iter().map(|signal| signal.movement).collect::<Vec<_>>(),
                &signals.iter().map(|signal| signal.unsold).collect::<Vec<_>>(),
                &signals.iter().map(|signal| signal.threshold).collect::<Vec<_>>()
            )
            .execute(&mut *connection)
            .await?;
        }
        if !items.is_empty() {
            sqlx::query!(
                "INSERT INTO signal_levels (item_id, on_hand) SELECT * FROM unnest($1::bigint[], $2::bigint[])
                     ON CONFLICT (item_id) DO UPDATE SET on_hand = excluded.on_hand",
                &items.iter().map(|item| item.0).collect::<Vec<_>>(),
                &items.iter().map(|item| unsold.get(item).copied().unwrap_or(0)).collect::<Vec<_>>()
            )
            .execute(&mut *connection)
            .await?;
        }
        sqlx::query!("UPDATE signal_position SET position = $1", self.until)
            .execute(&mut *connection)
            .await?;
        self.transaction.commit().await
    }
}

/// Reads the changes of unsold units by the movements after one position, up to another.
///
/// The corrections of an item by one transaction are one change, at the last of their movements. A move of units in SQL
/// therefore causes no signal, also if its corrections are on several pages. A low watermark is at or above one of these
/// movements, so the transaction is committed, and the statement reads all of them.
///
/// A reassignment has two movements per level: units that return from one order, and directly after them the same units for
/// another order. Together they change nothing, so both are left out.
///
/// The movement of a confirmed block of an earlier version does not contain its units, so the block is looked up, or the
/// movement of its conversion. The condition is a range over the whole primary key, which no other index can serve.
async fn changes(connection: &mut Connection, after: i64, until: i64) -> Result<Vec<UnsoldChange>> {
    let rows = sqlx::query!(
        r#"SELECT movements.id, movements.item_id,
                  CASE WHEN movements.reason IN ('confirmed', 'hold_converted') THEN
                           -coalesce(movements.units, (SELECT quantity FROM block_inventory AS blocks
                                       WHERE (blocks.id, blocks.item_id) >= (movements.block_id, movements.item_id)
                                         AND (blocks.id, blocks.item_id) <= (movements.block_id, movements.item_id)
                                         AND blocks.is_permanent),
                                      (SELECT converted.units FROM stock_movements AS converted
                                        WHERE converted.block_id = movements.block_id
                                          AND converted.reason = 'sale_converted' LIMIT 1), 0)
                       WHEN movements.reason = 'corrected' THEN corrected.units
                       ELSE movements.change END AS "delta!",
                  coalesce((SELECT items.created_at = movements.created_at FROM items
                             WHERE items.id BETWEEN movements.item_id AND movements.item_id), false) AS "is_initial!",
                  (SELECT CASE WHEN former.id IS NULL THEN items.low_stock ELSE former.low_stock END
                     FROM items
                     LEFT JOIN LATERAL (SELECT id, low_stock FROM item_changes
                                         WHERE item_id = items.id AND id > movements.id AND low_stock_changed
                                         ORDER BY id LIMIT 1) AS former ON true
                    WHERE items.id BETWEEN movements.item_id AND movements.item_id) AS threshold
             FROM stock_movements AS movements
             LEFT JOIN LATERAL (
                 SELECT max(same.id) AS last, sum(same.change)::bigint AS units FROM stock_movements AS same
                  WHERE same.item_id = movements.item_id AND same.created_at = movements.created_at
                    AND same.reason = 'corrected') AS corrected ON movements.reason = 'corrected'
            WHERE movements.id > $1 AND movements.id <= $2
              AND movements.reason NOT IN ('blocked', 'released', 'expired', 'moved')
              AND (movements.reason <> 'corrected' OR corrected.last = movements.id)
              AND CASE movements.reason
                  WHEN 'cancelled' THEN (SELECT next.reason = 'allocated' AND next.change = -movements.change
                                 AND next.created_at = movements.created_at AND next.warehouse_id = movements.warehouse_id
                            FROM stock_movements AS next
                           WHERE next.item_id = movements.item_id AND next.id > movements.id ORDER BY next.id LIMIT 1) IS NOT TRUE
                  WHEN 'allocated' THEN (SELECT former.reason = 'cancelled' AND former.change = -movements.change
                                 AND former.created_at = movements.created_at AND former.warehouse_id = movements.warehouse_id
                            FROM stock_movements AS former
                           WHERE former.item_id = movements.item_id AND former.id < movements.id
                           ORDER BY former.id DESC LIMIT 1) IS NOT TRUE
                  ELSE true END
            ORDER BY movements.id"#,
        after,
        until
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| UnsoldChange {
            movement: row.id,
            item: ItemId(row.item_id),
            delta: row.delta,
            is_initial: row.is_initial,
            threshold: row.threshold,
        })
        .collect())
}

/// Returns the unsold units of items as of a position: those that were stored, and for an item without stored units the
/// sum of its movements, of which archived ones are in the checkpoints. Corrections count from the last movement of their transaction on, as in [`changes`]. The
/// units that return in a reassignment count from its second movement on.
async fn unsold_at(
    connection: &mut Connection,
    items: &[i64],
    position: i64,
) -> Result<HashMap<ItemId, i64>> {
    let stored = sqlx::query!("SELECT item_id, on_hand FROM signal_levels WHERE item_id = ANY ($1)", items)
        .fetch_all(&mut *connection)
        .await?;
    let mut unsold: HashMap<_, _> =
        stored.into_iter().map(|row| (ItemId(row.item_id), row.on_hand)).collect();
    let mut missing: Vec<_> =
        items.iter().copied().filter(|item| !unsold.contains_key(&ItemId(*item))).collect();
    missing.sort_unstable();
    missing.dedup();
    if missing.is_empty() {
        return Ok(unsold);
    }
    let summed = sqlx::query!(
        r#"SELECT asked.item_id AS "item_id!",
                  (coalesce(sums.units, 0) + coalesce((SELECT sum(available + held) FROM ledger_checkpoints
                                                        WHERE item_id = asked.item_id), 0))::bigint AS "units!"
             FROM unnest($1::bigint[]) AS asked (item_id)
            CROSS JOIN LATERAL (
                SELECT sum(CASE WHEN movements.reason IN ('confirmed', 'hold_converted') THEN
                                    -coalesce(movements.units, (SELECT quantity FROM block_inventory AS blocks
                                                WHERE (blocks.id, blocks.item_id)
                                                      >= (movements.block_id, movements.item_id)
                                                  AND (blocks.id, blocks.item_id)
                                                      <= (movements.block_id, movements.item_id)
                                                  AND blocks.is_permanent),
                                               (SELECT converted.units FROM stock_movements AS converted
                                                 WHERE converted.block_id = movements.block_id
                                                   AND converted.reason = 'sale_converted' LIMIT 1), 0)
                                WHEN movements.reason IN ('blocked', 'released', 'expired') THEN 0
                                WHEN movements.reason = 'corrected' AND EXISTS (
                                    SELECT FROM stock_movements AS later
                                     WHERE later.item_id = movements.item_id AND later.id > $2
                                       AND later.created_at = movements.created_at AND later.reason = 'corrected') THEN 0
                                WHEN movements.reason = 'cancelled' AND (
                                    SELECT next.id > $2 AND next.reason = 'allocated' AND next.change = -movements.change
                                           AND next.created_at = movements.created_at
                                           AND next.warehouse_id = movements.warehouse_id
                                      FROM stock_movements AS next
                                     WHERE next.item_id = movements.item_id AND next.id > movements.id
                                     ORDER BY next.id LIMIT 1) THEN 0
                                ELSE movements.change END)::bigint AS units
                  FROM stock_movements AS movements
                 WHERE movements.item_id = asked.item_id AND movements.id <= $2) AS sums"#,
        &missing,
        position
    )
    .fetch_all(&mut *connection)
    .await?;
    unsold.extend(summed.into_iter().map(|row| (ItemId(row.item_id), row.units)));
    Ok(unsold)
}

/// Reads at most `limit` signals after one position, up to another, by ascending id.
pub(crate) async fn signals(
    connection: &mut Connection,
    after: i64,
    until: i64,
    limit: i64,
) -> Result<Vec<Signal>> {
    let rows = sqlx::query_as!(
        SignalRow,
        "SELECT id, item_id, kind, movement_id, on_hand, threshold, created_at FROM stock_signals
          WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3",
        after,
        until,
        limit
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(SignalRow::signal).collect()
}

/// A row of `stock_signals`.
pub(crate) struct SignalRow {
    pub(crate) id: i64,
    pub(crate) item_id: i64,
    pub(crate) kind: String,
    pub(crate) movement_id: i64,
    pub(crate) on_hand: i64,
    pub(crate) threshold: i32,
    pub(crate) created_at: DateTime<Utc>,
}

impl SignalRow {
    pub(crate) fn signal(self) -> Result<Signal> {
        let kind = SignalKind::parse(&self.kind);
        let kind = kind.ok_or_else(|| sqlx::Error::Decode("an unknown kind of a signal".into()))?;
        Ok(Signal {
            id: self.id,
            item: ItemId(self.item_id),
            kind,
            movement: self.movement_id,
            unsold: self.on_hand,
            threshold: self.threshold,
            created_at: self.created_at,
        })
    }
}
