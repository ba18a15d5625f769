//! The rows of imports: pages for people, and the changes of items.

use super::json;
use crate::cause::CauseColumns;
use crate::{Cause, Result, Store, WriteTransaction};
use domain::{FieldValues, Item, ItemId, RowAction, RowOutcome, RowProblem};
use std::collections::HashMap;
use std::net::IpAddr;

/// A selection of rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ImportRowFilter {
    /// All rows.
    #[default]
    All,
    /// Rows with an error.
    Errors,
    /// Rows with a warning.
    Warnings,
    /// Rows that were to be applied and were not.
    Left,
}

/// A row for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// The position among the rows of the file.
    pub ordinal: i64,
    /// The line of the file.
    pub line: i64,
    /// The effect; `None` for a row with an error.
    pub action: Option<RowAction>,
    /// The item.
    pub item: Option<i64>,
    /// The warehouse.
    pub warehouse: Option<i64>,
    /// The SKU in the file.
    pub sku: Option<String>,
    /// The values that the row sets.
    pub values: FieldValues,
    /// The values of the same fields when the row was judged.
    pub before: FieldValues,
    /// The problems.
    pub problems: Vec<RowProblem>,
    /// The cells of a row with problems.
    pub cells: Vec<String>,
    /// The outcome; `None` until the row is applied.
    pub outcome: Option<RowOutcome>,
    /// The reason for a conflict or a refusal: its code, and in words.
    pub reason: Option<(String, String)>,
}

/// A row that is still to be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenImportRow {
    /// The position among the rows of the file.
    pub ordinal: i64,
    /// Whether the row creates an item.
    pub is_create: bool,
    /// The item; `None` for a row that creates one.
    pub item: Option<i64>,
    /// The warehouse of a row of stock.
    pub warehouse: Option<i64>,
    /// The SKU in the file.
    pub sku: Option<String>,
    /// The values that the row sets.
    pub values: FieldValues,
    /// The values of the same fields when the row was judged.
    pub before: FieldValues,
}

/// The result of a row that was applied or refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowResult {
    /// The position among the rows of the file.
    pub ordinal: i64,
    /// The outcome.
    pub outcome: RowOutcome,
    /// The item that the row created.
    pub created: Option<i64>,
    /// The reason for a conflict or a refusal: its code, and in words.
    pub reason: Option<(String, String)>,
}

impl Store {
    /// Returns the rows after an ordinal.
    pub async fn import_rows(
        &self,
        import: i64,
        revision: i32,
        filter: ImportRowFilter,
        after: i64,
        limit: i64,
    ) -> Result<Vec<ImportRow>> {
        let errors = filter == ImportRowFilter::Errors;
        let warnings = filter == ImportRowFilter::Warnings;
        let left = filter == ImportRowFilter::Left;
        let rows = sqlx::query!(
            r#"SELECT ordinal, line, action, item_id, warehouse_id, sku, "values"::text AS "values!", before::text AS "before!",
                      problems::text AS problems, cells, outcome, reason, reason_code
                 FROM import_rows
                WHERE import_id = $1 AND revision = $2 AND ordinal > $3
                  AND ($4 AND action IS NULL OR $5 AND has_warning OR $6 AND outcome IN ('conflict', 'refused')
                       OR NOT ($4 OR $5 OR $6))
                ORDER BY ordinal LIMIT $7"#,
            import,
            revision,
            after,
            errors,
            warnings,
            left,
            limit
        );
        let rows = rows.fetch_all(&self.lookups).await?.into_iter().map(|row| {
            Ok(ImportRow {
                ordinal: row.ordinal,
                line: row.line,
                action: row.action.as_deref().and_then(RowAction::from_name),
                item: row.item_id,
                warehouse: row.warehouse_id,
                sku: row.sku,
                values: json::values_from(&row.values)?,
                before: json::values_from(&row.before)?,
                problems: row.problems.as_deref().map(json::problems_from).transpose()?.unwrap_or_default(),
                cells: row.cells.unwrap_or_default(),
                outcome: row.outcome.as_deref().and_then(RowOutcome::from_name),
                reason: row.reason_code.zip(row.reason),
            })
        });
        rows.collect()
    }

    /// Returns rows that are still to be applied, in the order of the items. New items come last.
    pub async fn import_rows_open(
        &self,
        import: i64,
        revision: i32,
        limit: i64,
    ) -> Result<Vec<OpenImportRow>> {
        let rows = sqlx::query!(
            r#"SELECT ordinal, action = 'create' AS "is_create!", item_id, warehouse_id, sku, "values"::text AS "values!",
                      before::text AS "before!"
                 FROM import_rows
                WHERE import_id = $1 AND revision = $2 AND outcome IS NULL AND action IN ('create', 'change')
                ORDER BY item_id, ordinal LIMIT $3"#,
            import,
            revision,
            limit
        );
        let rows = rows.fetch_all(&self.background).await?.into_iter().map(|row| {
            Ok(OpenImportRow {
                ordinal: row.ordinal,
                is_create: row.is_create,
                item: row.item_id,
                warehouse: row.warehouse_id,
                sku: row.sku,
                values: json::values_from(&row.values)?,
                before: json::values_from(&row.before)?,
            })
        });
        rows.collect()
    }
}

impl WriteTransaction {
    /// Locks items by ascending id, and returns those that exist.
    pub async fn items_get_locked(&mut self, ids: &[ItemId]) -> Result<Vec<Item>> {
        let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
        let rows = sqlx::query_as!(
            crate::items::ItemRow,
            "SELECT id, name, description, quantity, price, category, created_at, updated_at, sku, barcodes, archived_at, low_stock
               FROM items WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE",
            &ids
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        rows.into_iter().map(crate::items::item_from).collect()
    }

    /// Changes the details of the items of these rows, with an event per item in the audit log. The items must be locked,
    /// and have the values with which the rows were judged. `spellings` are those of the rows' categories
    /// ([`WriteTransaction::categories_resolve`]).
    ///
    /// # Errors
    /// [`crate::Error::Conflict`] if another item has an SKU or barcode of a row.
    pub async fn import_items_change(
        &mut self,
        import: i64,
        revision: i32,
        ordinals: &[i64],
        spellings: &HashMap<String, String>,
        cause: Cause<'_>,
    ) -> Result<()> {
        let (names, present): (Vec<_>, Vec<_>) =
            spellings.iter().map(|(name, spelling)| (name.as_str(), spelling.as_str())).unzip();
        let CauseColumns { actors, addresses, requests, .. } = CauseColumns::of([cause].into_iter());
        sqlx::query!(
            r#"WITH changing AS MATERIALIZED (
                   SELECT item_id, before AS old,
                          "values" || CASE WHEN spelling IS NULL THEN '{}'
                                           ELSE jsonb_build_object('category', spelling) END AS new
                     FROM import_rows
                     LEFT JOIN unnest($8::text[], $9::text[]) AS known (name, spelling)
                            ON known.name = "values" ->> 'category'
                    WHERE import_id = $1 AND revision = $2 AND ordinal = ANY ($3)
               ), changed AS (
                   UPDATE items
                      SET name = CASE WHEN new ? 'name' THEN new ->> 'name' ELSE name END,
                          description = CASE WHEN new ? 'description' THEN new ->> 'description' ELSE description END,
                          price = CASE WHEN new ? 'price' THEN (new ->> 'price')::numeric ELSE price END,
                          category = CASE WHEN new ? 'category' THEN new ->> 'category' ELSE category END,
                          sku = CASE WHEN new ? 'sku' THEN new ->> 'sku' ELSE sku END,
                          barcodes = CASE WHEN new ? 'barcodes' THEN string_to_array(new ->> 'barcodes', chr(10))
                                          ELSE barcodes END,
                          updated_at = now()
                     FROM changing WHERE items.id = changing.item_id
               )
               INSERT INTO audit_events (actor, credential, address, request_id, kind, subject, before, after)
               SELECT $4, $5, $6, $7, 'item.changed', 'item:' || item_id,
                      jsonb_object_agg(key, CASE WHEN key = 'barcodes' THEN to_jsonb(string_to_array(old ->> key, chr(10)))
                                                 ELSE old -> key END),
                      jsonb_object_agg(key, CASE WHEN key = 'barcodes' THEN to_jsonb(string_to_array(new ->> key, chr(10)))
                                                 ELSE new -> key END)
                 FROM changing CROSS JOIN LATERAL jsonb_object_keys(new) AS key
                WHERE old -> key IS DISTINCT FROM new -> key
                GROUP BY item_id ORDER BY item_id"#,
            import,
            revision,
            ordinals,
            actors.first().copied(),
            cause.credential_text(),
            addresses.first().copied().flatten() as Option<IpAddr>,
            requests.first().copied().flatten(),
            &names as &[&str],
            &present as &[&str]
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Writes the results of rows that the same transaction applied, and counts them. The import must be locked by
    /// [`WriteTransaction::import_renew`].
    pub async fn import_rows_finish(
        &mut self,
        import: i64,
        revision: i32,
        results: &[RowResult],
    ) -> Result<()> {
        let count = |outcome| results.iter().filter(|result| result.outcome == outcome).count();
        let [applied, conflicts, refused] =
            RowOutcome::ALL.map(|outcome| i64::try_from(count(outcome)).unwrap_or(i64::MAX));
        let (codes, texts): (Vec<_>, Vec<_>) = results
            .iter()
            .map(|result| {
                let (code, text) =
                    result.reason.as_ref().map(|(code, text)| (code.as_str(), text.as_str())).unzip();
                (code, text)
            })
            .unzip();
        sqlx::query!(
            "WITH done AS (
                 UPDATE import_rows SET outcome = new.outcome, item_id = coalesce(import_rows.item_id, new.item_id),
                        reason_code = new.code, reason = new.reason
                   FROM unnest($3::bigint[], $4::text[], $5::bigint[], $6::text[], $7::text[])
                        AS new (ordinal, outcome, item_id, code, reason)
                  WHERE import_rows.import_id = $1 AND import_rows.revision = $2 AND import_rows.ordinal = new.ordinal
             )
             UPDATE imports SET applied_count = applied_count + $8, conflict_count = conflict_count + $9,
                    refused_count = refused_count + $10
              WHERE id = $1",
            import,
            revision,
            &results.iter().map(|result| result.ordinal).collect::<Vec<_>>(),
            &results.iter().map(|result| result.outcome.as_str()).collect::<Vec<_>>() as &[&str],
            &results.iter().map(|result| result.created).collect::<Vec<_>>() as &[Option<i64>],
            &codes as &[Option<&str>],
            &texts as &[Option<&str>],
            applied,
            conflicts,
            refused
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Ends an import without open rows. The import must be locked by [`WriteTransaction::import_renew`].
    pub async fn import_applied(&mut self, import: i64) -> Result<()> {
        sqlx::query!(
            "UPDATE imports SET state = 'applied', ended_at = now(), worker = NULL, lease_until = NULL WHERE id = $1",
            import
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }
}
