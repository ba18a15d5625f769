//! The application of judged rows: the open rows, the changes of items, and the outcomes.

use super::json;
use crate::cause::CauseColumns;
use crate::{Cause, Result, Store, WriteTransaction};
use domain::{Item, ItemId, OpenRow, RowResult, WarehouseId};
use std::net::IpAddr;

impl Store {
    /// Returns rows that are still to be applied, in the order of the items. New items come last.
    pub async fn import_rows_open(&self, import: i64, revision: i32, limit: i64) -> Result<Vec<OpenRow>> {
        let rows = sqlx::query!(
            r#"SELECT ordinal, action = 'create' AS "is_create!", item_id, warehouse_id, sku, "values"::text AS "values!",
                      before::text AS "before!", removed_units
                 FROM import_rows
                WHERE import_id = $1 AND revision = $2 AND outcome IS NULL AND action IN ('create', 'change')
                ORDER BY item_id, ordinal LIMIT $3"#,
            import,
            revision,
            limit
        );
        let rows = rows.fetch_all(&self.background).await?.into_iter().map(|row| {
            Ok(OpenRow {
                ordinal: row.ordinal,
                is_create: row.is_create,
                item: row.item_id.map(ItemId),
                warehouse: row.warehouse_id.map(WarehouseId),
                sku: row.sku,
                values: json::values_from(&row.values)?,
                before: json::values_from(&row.before)?,
                removed_units: row.removed_units,
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

    /// Changes the details of the items of these rows, with an event per item in the audit log. Each row has the spelling
    /// of its new category. The items must be locked, and have the values with which the rows were judged.
    ///
    /// # Errors
    /// [`crate::Error::Conflict`] if another item has an SKU or barcode of a row.
    pub async fn import_items_change(
        &mut self,
        import: i64,
        revision: i32,
        rows: &[(i64, Option<&str>)],
        cause: Cause<'_>,
    ) -> Result<()> {
        // OFFSET 0 as in `import_rows_finish`.
        let (ordinals, categories): (Vec<i64>, Vec<Option<&str>>) = rows.iter().copied().unzip();
        let CauseColumns { actors, addresses, requests, .. } = CauseColumns::of([cause].into_iter());
        sqlx::query!(
            r#"WITH changing AS MATERIALIZED (
                   SELECT item_id, before AS old,
                          CASE WHEN category IS NULL THEN "values"
                               ELSE jsonb_set("values", '{category}', to_jsonb(category)) END AS new
                     FROM unnest($3::bigint[], $8::text[]) AS row (ordinal, category)
                    CROSS JOIN LATERAL (SELECT item_id, before, "values" FROM import_rows
                                         WHERE import_id = $1 AND revision = $2 AND import_rows.ordinal = row.ordinal
                                        OFFSET 0) AS judged
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
            &ordinals,
            actors.first().copied(),
            cause.credential_text(),
            addresses.first().copied().flatten() as Option<IpAddr>,
            requests.first().copied().flatten(),
            &categories as &[Option<&str>]
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Writes the results of rows that the same transaction applied, and counts them. A row that has an outcome keeps it.
    /// The import must be locked by [`WriteTransaction::import_renew`].
    pub async fn import_rows_finish(
        &mut self,
        import: i64,
        revision: i32,
        results: &[RowResult],
    ) -> Result<()> {
        // OFFSET 0 keeps the subquery, which looks up each row by the primary key. A plain join reads all rows of the file
        // for each chunk: the planner expects a single one, because the statistics are older than the import. The physical
        // address is stable, because the import is locked.
        let reasons = || results.iter().map(|result| result.reason.as_ref());
        sqlx::query!(
            "WITH done AS (
                 UPDATE import_rows SET outcome = new.outcome, item_id = coalesce(import_rows.item_id, new.item_id),
                        reason_code = new.code, reason = new.reason
                   FROM unnest($3::bigint[], $4::text[], $5::bigint[], $6::text[], $7::text[])
                        AS new (ordinal, outcome, item_id, code, reason)
                  CROSS JOIN LATERAL (SELECT ctid FROM import_rows
                                       WHERE import_id = $1 AND revision = $2 AND import_rows.ordinal = new.ordinal
                                         AND import_rows.outcome IS NULL OFFSET 0) AS open
                  WHERE import_rows.ctid = open.ctid
                 RETURNING import_rows.outcome
             ), counts AS (
                 SELECT count(*) FILTER (WHERE outcome = 'applied') AS applied,
                        count(*) FILTER (WHERE outcome = 'conflict') AS conflicts,
                        count(*) FILTER (WHERE outcome = 'refused') AS refused
                   FROM done
             )
             UPDATE imports SET applied_count = applied_count + applied, conflict_count = conflict_count + conflicts,
                    refused_count = refused_count + refused, failures = 0
               FROM counts WHERE id = $1",
            import,
            revision,
            &results.iter().map(|result| result.ordinal).collect::<Vec<_>>(),
            &results.iter().map(|result| result.outcome.as_str()).collect::<Vec<_>>() as &[&str],
            &results.iter().map(|result| result.created.map(|item| item.0)).collect::<Vec<_>>() as &[Option<i64>],
            &reasons().map(|reason| reason.map(|reason| reason.code.as_str())).collect::<Vec<_>>() as &[Option<&str>],
            &reasons().map(|reason| reason.map(|reason| reason.message.as_str())).collect::<Vec<_>>() as &[Option<&str>]
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
