//! Writes the judged rows of a file.

use super::json;
use crate::{Result, WriteTransaction};
use domain::{ImportCounts, Judgement, RowProblem};
use spreadsheet::{Choices, Layout};
use std::collections::HashMap;

/// A judged row of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewImportRow {
    /// The position among the rows of the file, from 1.
    pub ordinal: i64,
    /// The line of the file.
    pub line: i64,
    /// The item, if it exists.
    pub item: Option<i64>,
    /// The warehouse of a row of stock.
    pub warehouse: Option<i64>,
    /// The SKU in the file.
    pub sku: Option<String>,
    /// The judgement. A row that can't be read has no values.
    pub judgement: Judgement,
    /// The cells, as in the file, of a row with problems.
    pub cells: Vec<String>,
}

impl WriteTransaction {
    /// Stores the detected layout, and the choices with which it was detected. With problems, the import waits for a person. The import must be locked by
    /// [`WriteTransaction::import_renew`].
    pub async fn import_layout_set(
        &mut self,
        import: i64,
        layout: Option<&Layout>,
        choices: &Choices,
        problems: &[RowProblem],
    ) -> Result<()> {
        sqlx::query!(
            "UPDATE imports SET layout = $2::text::jsonb, problems = $3::text::jsonb, choices = $5::text::jsonb,
                    state = CASE WHEN $4 THEN state ELSE 'undecided' END,
                    worker = CASE WHEN $4 THEN worker END, lease_until = CASE WHEN $4 THEN lease_until END
              WHERE id = $1",
            import,
            layout.map(json::to_text),
            json::problems_to(problems),
            problems.is_empty(),
            json::to_text(choices)
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Ends an import whose file can't be imported. The import must be locked by [`WriteTransaction::import_renew`].
    pub async fn import_fail(&mut self, import: i64, problem: &RowProblem) -> Result<()> {
        sqlx::query!(
            "UPDATE imports SET state = 'failed', problems = $2::text::jsonb, ended_at = now(), worker = NULL,
                    lease_until = NULL
              WHERE id = $1",
            import,
            json::problems_to(std::slice::from_ref(problem))
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Adds claims with their lines, in ascending order of the lines. Returns the first line of each claim that an earlier
    /// row has.
    pub async fn import_claims_add(
        &mut self,
        import: i64,
        revision: i32,
        claims: &[(&str, i64)],
    ) -> Result<HashMap<String, i64>> {
        let (texts, lines): (Vec<&str>, Vec<i64>) = claims.iter().copied().unzip();
        let rows = sqlx::query!(
            r#"WITH added AS (
                   INSERT INTO import_claims (import_id, revision, claim, line)
                   SELECT $1, $2, claim, line FROM unnest($3::text[], $4::bigint[]) AS new (claim, line)
                   ON CONFLICT DO NOTHING RETURNING claim
               )
               SELECT claim AS "claim!", line AS "line!" FROM import_claims
                WHERE import_id = $1 AND revision = $2
                  AND claim = ANY (SELECT claim FROM unnest($3::text[]) AS new (claim)
                                   EXCEPT SELECT claim FROM added)"#,
            import,
            revision,
            &texts as &[&str],
            &lines
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        Ok(rows.into_iter().map(|row| (row.claim, row.line)).collect())
    }

    /// Stores judged rows, in ascending order, and adds `counts` to the numbers of the import. `bytes` is the part of the
    /// file that is read. The import must be locked by [`WriteTransaction::import_renew`].
    pub async fn import_rows_stage(
        &mut self,
        import: i64,
        revision: i32,
        rows: &[NewImportRow],
        counts: &ImportCounts,
        bytes: i64,
    ) -> Result<()> {
        let actions: Vec<_> =
            rows.iter().map(|row| row.judgement.action.map(|action| action.as_str())).collect();
        let values: Vec<_> = rows.iter().map(|row| json::values_to(&row.judgement.values)).collect();
        let before: Vec<_> = rows.iter().map(|row| json::values_to(&row.judgement.before)).collect();
        let problems: Vec<_> = rows
            .iter()
            .map(|row| {
                (!row.judgement.problems.is_empty()).then(|| json::problems_to(&row.judgement.problems))
            })
            .collect();
        let warnings: Vec<_> =
            rows.iter().map(|row| row.judgement.problems.iter().any(|problem| problem.is_warning)).collect();
        let cells: Vec<_> =
            rows.iter().map(|row| (!row.cells.is_empty()).then(|| json::to_text(&row.cells))).collect();
        sqlx::query!(
            r#"INSERT INTO import_rows (import_id, revision, ordinal, line, action, item_id, warehouse_id, sku, "values",
                                        before, problems, has_warning, cells)
               SELECT $1, $2, ordinal, line, action, item_id, warehouse_id, sku, "values"::jsonb, before::jsonb,
                      problems::jsonb, has_warning,
                      CASE WHEN cells IS NOT NULL THEN ARRAY (SELECT jsonb_array_elements_text(cells::jsonb)) END
                 FROM unnest($3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[], $8::text[],
                             $9::text[], $10::text[], $11::text[], $12::boolean[], $13::text[])
                      AS new (ordinal, line, action, item_id, warehouse_id, sku, "values", before, problems, has_warning,
                              cells)"#,
            import,
            revision,
            &rows.iter().map(|row| row.ordinal).collect::<Vec<_>>(),
            &rows.iter().map(|row| row.line).collect::<Vec<_>>(),
            &actions as &[Option<&str>],
            &rows.iter().map(|row| row.item).collect::<Vec<_>>() as &[Option<i64>],
            &rows.iter().map(|row| row.warehouse).collect::<Vec<_>>() as &[Option<i64>],
            &rows.iter().map(|row| row.sku.as_deref()).collect::<Vec<_>>() as &[Option<&str>],
            &values,
            &before,
            &problems as &[Option<String>],
            &warnings,
            &cells as &[Option<String>]
        )
        .execute(&mut *self.transaction)
        .await?;
        sqlx::query!(
            "UPDATE imports
                SET judged_ordinal = greatest(judged_ordinal, $2), judged_bytes = $3, row_count = row_count + $4,
                    error_count = error_count + $5, warning_count = warning_count + $6, create_count = create_count + $7,
                    change_count = change_count + $8, unchanged_count = unchanged_count + $9,
                    units_added = units_added + $10, units_removed = units_removed + $11
              WHERE id = $1",
            import,
            rows.last().map_or(0, |row| row.ordinal),
            bytes,
            counts.rows,
            counts.errors,
            counts.warnings,
            counts.creates,
            counts.changes,
            counts.unchanged,
            counts.units_added,
            counts.units_removed
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Ends the judgement of a file. The import must be locked by [`WriteTransaction::import_renew`].
    pub async fn import_judged(&mut self, import: i64) -> Result<()> {
        sqlx::query!(
            "UPDATE imports SET state = 'judged', judged_bytes = file_bytes, worker = NULL, lease_until = NULL
              WHERE id = $1",
            import
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }
}
