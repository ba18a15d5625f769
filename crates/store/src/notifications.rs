//! The sources of notifications, and the time up to which a principal has read them.

use crate::{Result, Store};
use domain::{FAILING_FROM, ImportId, ItemId, Notice, Notification, OrderId, SignalKind, Time, WebhookId};

/// The latest rows of each source that are read.
const SOURCE_MAX: i64 = 200;

impl Store {
    /// Returns the notifications since a time, in any order. Signals are among the last [`SOURCE_MAX`] ones.
    pub async fn notifications(&self, since: Time) -> Result<Vec<Notification>> {
        let database = self.lists().await;
        let signals = sqlx::query!(
            "SELECT signals.kind, signals.item_id, items.name, signals.on_hand, signals.created_at
               FROM (SELECT * FROM stock_signals ORDER BY id DESC LIMIT $1) AS signals
               JOIN items ON items.id = signals.item_id
              WHERE signals.created_at >= $2",
            SOURCE_MAX,
            since
        );
        let orders = sqlx::query!(
            r#"SELECT id, reference, waiting_since AS "since!" FROM orders
                WHERE waiting_since IS NOT NULL AND status IN ('pending', 'partial') AND waiting_since >= $2
                ORDER BY waiting_since DESC LIMIT $1"#,
            SOURCE_MAX,
            since
        );
        let imports = sqlx::query!(
            r#"SELECT id, file_name, state, applied_count, ended_at AS "ended_at!" FROM imports
                WHERE state IN ('applied', 'failed') AND ended_at >= $2 AND NOT is_deleted
                ORDER BY id DESC LIMIT $1"#,
            SOURCE_MAX,
            since
        );
        let webhooks = sqlx::query!(
            r#"SELECT id, name, coalesce(disabled_at, failing_since) AS "since!" FROM webhook_endpoints
                WHERE (state = 'disabled' OR failures_in_row >= $1) AND coalesce(disabled_at, failing_since) >= $2"#,
            i32::try_from(FAILING_FROM).unwrap_or(i32::MAX),
            since
        );
        let (signals, orders, imports, webhooks) = tokio::try_join!(
            signals.fetch_all(database),
            orders.fetch_all(database),
            imports.fetch_all(database),
            webhooks.fetch_all(database)
        )?;
        let signals = signals.into_iter().filter_map(|row| {
            let (item, name) = (ItemId(row.item_id), row.name);
            let notice = match SignalKind::parse(&row.kind)? {
                SignalKind::Low => Notice::Low { item, name, unsold: row.on_hand },
                SignalKind::SoldOut => Notice::SoldOut { item, name },
                SignalKind::BackInStock => return None,
            };
            Some(Notification { at: row.created_at, notice })
        });
        let orders = orders.into_iter().map(|row| Notification {
            at: row.since,
            notice: Notice::Waiting { order: OrderId(row.id), reference: row.reference },
        });
        let imports = imports.into_iter().map(|row| {
            let (import, file) = (ImportId(row.id), row.file_name);
            let notice = match row.state.as_str() {
                "failed" => Notice::ImportFailed { import, file },
                _ => Notice::Imported { import, file, rows: row.applied_count },
            };
            Notification { at: row.ended_at, notice }
        });
        let webhooks = webhooks.into_iter().map(|row| Notification {
            at: row.since,
            notice: Notice::WebhookFailing { webhook: WebhookId(row.id), name: row.name },
        });
        Ok(signals.chain(orders).chain(imports).chain(webhooks).collect())
    }

    /// Returns the time up to which a principal has read the notifications; `None` if it has read none.
    pub async fn notifications_read_until(&self, actor: &str) -> Result<Option<Time>> {
        let read = sqlx::query_scalar!("SELECT read_until FROM notification_reads WHERE actor = $1", actor);
        Ok(read.fetch_optional(&self.lookups).await?)
    }

    /// Stores that a principal has read the notifications up to a time. An earlier time changes nothing.
    pub async fn notifications_mark_read(&self, actor: &str, until: Time) -> Result<()> {
        sqlx::query!(
            "INSERT INTO notification_reads (actor, read_until) VALUES ($1, $2)
                 ON CONFLICT (actor) DO UPDATE
                SET read_until = greatest(notification_reads.read_until, EXCLUDED.read_until)",
            actor,
            until
        )
        .execute(&self.writes)
        .await?;
        Ok(())
    }
}
