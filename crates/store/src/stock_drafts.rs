//! Drafts of stock documents.

use crate::{Error, Result, Store, WriteTransaction};
use chrono::{DateTime, Utc};
use domain::{
    DRAFT_LINES_MAX, DRAFTS_OPEN_MAX, DraftClaim, DraftId, DraftKind, DraftLine, ItemId, LineChange,
    NewDraft, StockDraft, WarehouseId,
};

/// A row of `stock_drafts`, with the codes of its warehouses and the sums of its lines.
struct DraftRow {
    id: i64,
    kind: String,
    name: String,
    warehouse_id: i64,
    warehouse_code: String,
    target_id: Option<i64>,
    target_code: Option<String>,
    version: i64,
    created_by: String,
    created_at: DateTime<Utc>,
    posted_by: Option<String>,
    posted_at: Option<DateTime<Utc>>,
    line_count: i64,
    units: i64,
}

impl TryFrom<DraftRow> for StockDraft {
    type Error = Error;

    fn try_from(row: DraftRow) -> Result<Self> {
        Ok(Self {
            id: DraftId(row.id),
            kind: DraftKind::parse(&row.kind)?,
            name: row.name,
            warehouse: WarehouseId(row.warehouse_id),
            warehouse_code: row.warehouse_code,
            target: row.target_id.map(WarehouseId).zip(row.target_code),
            version: row.version,
            created: (row.created_by, row.created_at),
            posted: row.posted_by.zip(row.posted_at),
            line_count: row.line_count,
            units: row.units,
        })
    }
}

impl Store {
    /// Returns the open drafts, oldest first, or the latest posted ones, newest first. At most `limit`.
    pub async fn stock_draft_list(&self, is_posted: bool, limit: i64) -> Result<Vec<StockDraft>> {
        let rows = sqlx::query_as!(
            DraftRow,
            r#"WITH chosen AS (
                   (SELECT * FROM stock_drafts WHERE posted_at IS NULL AND NOT $1 ORDER BY id LIMIT $2)
                   UNION ALL
                   (SELECT * FROM stock_drafts WHERE posted_at IS NOT NULL AND $1
                     ORDER BY posted_at DESC, id DESC LIMIT $2)
               )
               SELECT chosen.id AS "id!", kind AS "kind!", chosen.name AS "name!", warehouse_id AS "warehouse_id!",
                      source.code AS "warehouse_code!", target_id, target.code AS "target_code?",
                      version AS "version!", created_by AS "created_by!", created_at AS "created_at!", posted_by,
                      posted_at, sums.line_count AS "line_count!", sums.units AS "units!"
                 FROM chosen
                 JOIN warehouses AS source ON source.id = warehouse_id
                 LEFT JOIN warehouses AS target ON target.id = target_id
                CROSS JOIN LATERAL (SELECT count(*) AS line_count, coalesce(sum(quantity), 0) AS units
                                      FROM stock_draft_lines WHERE draft_id = chosen.id) AS sums
                ORDER BY posted_at DESC NULLS LAST, chosen.id"#,
            is_posted,
            limit
        );
        let rows = rows.fetch_all(&self.lookups).await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// Returns a draft with its lines, in the order in which they were added; `None` if it does not exist. Both are of one
    /// snapshot.
    pub async fn stock_draft_get(&self, id: DraftId) -> Result<Option<(StockDraft, Vec<DraftLine>)>> {
        let mut transaction = self.begin_lookup().await?;
        let row = sqlx::query_as!(
            DraftRow,
            r#"SELECT stock_drafts.id, kind, stock_drafts.name, warehouse_id, source.code AS warehouse_code, target_id,
                      target.code AS "target_code?", version, created_by, created_at, posted_by, posted_at,
                      sums.line_count AS "line_count!", sums.units AS "units!"
                 FROM stock_drafts
                 JOIN warehouses AS source ON source.id = warehouse_id
                 LEFT JOIN warehouses AS target ON target.id = target_id
                CROSS JOIN LATERAL (SELECT count(*) AS line_count, coalesce(sum(quantity), 0) AS units
                                      FROM stock_draft_lines WHERE draft_id = stock_drafts.id) AS sums
                WHERE stock_drafts.id = $1"#,
            id.0
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let lines = sqlx::query!(
            "SELECT item_id, items.name, sku, stock_draft_lines.quantity
               FROM stock_draft_lines JOIN items ON items.id = item_id
              WHERE draft_id = $1 ORDER BY added_at, item_id",
            id.0
        )
        .fetch_all(&mut *transaction)
        .await?;
        let lines = lines.into_iter().map(|line| DraftLine {
            item: ItemId(line.item_id),
            name: line.name,
            sku: line.sku,
            quantity: line.quantity,
        });
        Ok(Some((row.try_into()?, lines.collect())))
    }

    /// Creates a draft.
    ///
    /// # Errors
    /// [`domain::Error::Invalid`] if [`DRAFTS_OPEN_MAX`] drafts are open; [`domain::Error::WarehouseNotFound`].
    pub async fn stock_draft_create(&self, new: &NewDraft, actor: &str) -> Result<DraftId> {
        let mut transaction = self.begin().await?;
        let open = sqlx::query_scalar!(
            r#"SELECT count(*) AS "open!" FROM (SELECT FROM stock_drafts WHERE posted_at IS NULL LIMIT $1) AS open"#,
            DRAFTS_OPEN_MAX as i64
        );
        if open.fetch_one(&mut *transaction.transaction).await? >= DRAFTS_OPEN_MAX as i64 {
            let reason = format!("must be at most {DRAFTS_OPEN_MAX} that are not posted");
            return Err(domain::Error::invalid("drafts", reason).into());
        }
        for warehouse in std::iter::once(new.warehouse).chain(new.target) {
            let exists = sqlx::query_scalar!(
                r#"SELECT EXISTS (SELECT FROM warehouses WHERE id = $1) AS "exists!""#,
                warehouse.0
            );
            if !exists.fetch_one(&mut *transaction.transaction).await? {
                return Err(domain::Error::WarehouseNotFound(warehouse).into());
            }
        }
        let id = sqlx::query_scalar!(
            "INSERT INTO stock_drafts (kind, name, warehouse_id, target_id, created_by) VALUES ($1, $2, $3, $4, $5)
             RETURNING id",
            new.kind.as_str(),
            new.name.as_str(),
            new.warehouse.0,
            new.target.map(|target| target.0),
            actor
        )
        .fetch_one(&mut *transaction.transaction)
        .await?;
        transaction.commit().await?;
        Ok(DraftId(id))
    }

    /// Changes a line of an open draft.
    ///
    /// # Errors
    /// [`domain::Error::Invalid`] for a draft that is not open or has another version, for more than [`DRAFT_LINES_MAX`] lines
    /// and for too many units; [`domain::Error::ItemNotFound`].
    pub async fn stock_draft_change(&self, id: DraftId, item: ItemId, change: LineChange) -> Result<()> {
        let mut transaction = self.begin().await?;
        let version = match change {
            LineChange::Add(_, version) => Some(version),
            LineChange::Set(_) | LineChange::Remove => None,
        };
        transaction.stock_draft_touch(id, version).await?;
        match change {
            LineChange::Add(units, _) => transaction.draft_line_write(id, item, units.get(), true).await?,
            LineChange::Set(units) => transaction.draft_line_write(id, item, units.get(), false).await?,
            LineChange::Remove => {
                sqlx::query!(
                    "DELETE FROM stock_draft_lines WHERE draft_id = $1 AND item_id = $2",
                    id.0,
                    item.0
                )
                .execute(&mut *transaction.transaction)
                .await?;
            }
        }
        transaction.commit().await
    }

    /// Deletes an open draft.
    ///
    /// # Errors
    /// [`domain::Error::Invalid`] for a draft that is not open.
    pub async fn stock_draft_delete(&self, id: DraftId) -> Result<()> {
        let mut transaction = self.begin().await?;
        let deleted = sqlx::query!("DELETE FROM stock_drafts WHERE id = $1 AND posted_at IS NULL", id.0)
            .execute(&mut *transaction.transaction)
            .await?;
        check_open(deleted.rows_affected())?;
        transaction.commit().await
    }

    /// Returns the units of an item in open receipts: those that are expected.
    pub async fn units_expected(&self, item: ItemId) -> Result<i64> {
        let units = sqlx::query_scalar!(
            r#"SELECT coalesce(sum(quantity), 0) AS "units!" FROM stock_draft_lines
                 JOIN stock_drafts ON stock_drafts.id = draft_id
                WHERE item_id = $1 AND posted_at IS NULL AND kind = 'receipt'"#,
            item.0
        );
        Ok(units.fetch_one(&self.lookups).await?)
    }
}

impl WriteTransaction {
    /// Locks an open draft, at a version if there is one, and raises its version.
    async fn stock_draft_touch(&mut self, id: DraftId, version: Option<i64>) -> Result<()> {
        let touched = sqlx::query!(
            "UPDATE stock_drafts SET version = version + 1, updated_at = now()
              WHERE id = $1 AND posted_at IS NULL AND ($2::bigint IS NULL OR version = $2)",
            id.0,
            version
        );
        check_open(touched.execute(&mut *self.transaction).await?.rows_affected())
    }

    async fn draft_line_write(&mut self, id: DraftId, item: ItemId, units: i32, adds: bool) -> Result<()> {
        let exists =
            sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM items WHERE id = $1) AS "exists!""#, item.0);
        if !exists.fetch_one(&mut *self.transaction).await? {
            return Err(domain::Error::ItemNotFound(item).into());
        }
        let present = sqlx::query_scalar!(
            "SELECT quantity FROM stock_draft_lines WHERE draft_id = $1 AND item_id = $2",
            id.0,
            item.0
        );
        let present = present.fetch_optional(&mut *self.transaction).await?;
        let base = if adds { present.unwrap_or(0) } else { 0 };
        let quantity = domain::Units::new(i64::from(base) + i64::from(units))?.get();
        if present.is_none() {
            let lines = sqlx::query_scalar!(
                r#"SELECT count(*) AS "lines!" FROM stock_draft_lines WHERE draft_id = $1"#,
                id.0
            );
            if lines.fetch_one(&mut *self.transaction).await? >= DRAFT_LINES_MAX as i64 {
                let reason = format!("must be at most {DRAFT_LINES_MAX}");
                return Err(domain::Error::invalid("lines", reason).into());
            }
        }
        sqlx::query!(
            "INSERT INTO stock_draft_lines (draft_id, item_id, quantity) VALUES ($1, $2, $3)
                 ON CONFLICT (draft_id, item_id) DO UPDATE SET quantity = excluded.quantity",
            id.0,
            item.0,
            quantity
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Marks a draft as posted, in the transaction that writes its changes.
    ///
    /// # Errors
    /// [`domain::Error::Invalid`] if the draft has another version, is posted, or does not exist.
    pub async fn stock_draft_post(&mut self, claim: DraftClaim, actor: &str) -> Result<()> {
        let posted = sqlx::query!(
            "UPDATE stock_drafts SET posted_by = $3, posted_at = now(), updated_at = now()
              WHERE id = $1 AND version = $2 AND posted_at IS NULL",
            claim.id.0,
            claim.version,
            actor
        );
        check_open(posted.execute(&mut *self.transaction).await?.rows_affected())
    }
}

/// # Errors
/// [`domain::Error::Invalid`] if no draft was found open at the version.
fn check_open(rows: u64) -> Result<()> {
    match rows {
        0 => Err(domain::Error::invalid("draft", "was changed, posted or deleted in the meantime").into()),
        _ => Ok(()),
    }
}
