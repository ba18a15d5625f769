//! Writes the judged rows of a file.

use super::RememberedChoices;
use super::json;
use crate::{Result, WriteTransaction};
use domain::{ImportCounts, JudgedRow, RowAction, RowProblem};
use spreadsheet::{Choices, Layout};
use std::collections::HashMap;

/// The most rows that one statement stores.
const INSERT_ROWS_MAX: usize = 2_000;

/// The most bytes of texts that one statement stores, unless a single row has more.
const INSERT_BYTES_MAX: usize = 4 << 20;

/// The texts of a judged row.
struct RowTexts<'a> {
    row: &'a JudgedRow,
    values: String,
    before: String,
    problems: Option<String>,
    cells: Option<String>,
}

impl<'a> RowTexts<'a> {
    fn new(row: &'a JudgedRow) -> Self {
        let judgement = &row.judgement;
        Self {
            row,
            values: json::values_to(&judgement.values),
            before: json::values_to(&judgement.before),
            problems: (!judgement.problems.is_empty()).then(|| json::problems_to(&judgement.problems)),
            cells: (!row.cells.is_empty()).then(|| json::to_text(&row.cells)),
        }
    }

    fn bytes(&self) -> usize {
        let optional = [self.problems.as_ref(), self.cells.as_ref(), self.row.sku.as_ref()];
        self.values.len() + self.before.len() + optional.into_iter().flatten().map(String::len).sum::<usize>()
    }
}

impl WriteTransaction {
    /// Stores the detected layout, and the choices with which it was detected. With problems, the import waits for a
    /// person. The import must be locked by [`WriteTransaction::import_renew`].
    pub async fn import_layout_set(
        &mut self,
        import: i64,
        layout: Option<&Layout>,
        choices: &Choices,
        remembered: Option<&RememberedChoices>,
        problems: &[RowProblem],
    ) -> Result<()> {
        sqlx::query!(
            "UPDATE imports SET layout = $2::text::jsonb, problems = $3::text::jsonb, choices = $5::text::jsonb,
                    remembered = $6::text::jsonb,
                    state = CASE WHEN $4 THEN state ELSE 'undecided' END,
                    worker = CASE WHEN $4 THEN worker END, lease_until = CASE WHEN $4 THEN lease_until END
              WHERE id = $1",
            import,
            layout.map(json::to_text),
            json::problems_to(problems),
            problems.is_empty(),
            json::to_text(choices),
            remembered.map(json::to_text)
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
        // The statement does not see the rows that it adds. OFFSET 0 as in `import_rows_finish`.
        let (texts, lines): (Vec<&str>, Vec<i64>) = claims.iter().copied().unzip();
        let rows = sqlx::query!(
            r#"WITH added AS (
                   INSERT INTO import_claims (import_id, revision, claim, line)
                   SELECT $1, $2, claim, line FROM unnest($3::text[], $4::bigint[]) AS new (claim, line)
                   ON CONFLICT DO NOTHING
               )
               SELECT found.claim, found.line FROM unnest($3::text[]) AS asked (claim)
                CROSS JOIN LATERAL (SELECT import_claims.claim, line FROM import_claims
                                     WHERE import_id = $1 AND revision = $2 AND import_claims.claim = asked.claim
                                    OFFSET 0) AS found"#,
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
        rows: &[JudgedRow],
        counts: &ImportCounts,
        bytes: i64,
    ) -> Result<()> {
        let (mut texts, mut texts_bytes) = (Vec::new(), 0);
        for row in rows {
            let row = RowTexts::new(row);
            if texts.len() == INSERT_ROWS_MAX
                || (!texts.is_empty() && texts_bytes + row.bytes() > INSERT_BYTES_MAX)
            {
                self.insert(import, revision, &std::mem::take(&mut texts)).await?;
                texts_bytes = 0;
            }
            texts_bytes += row.bytes();
            texts.push(row);
        }
        self.insert(import, revision, &texts).await?;
        sqlx::query!(
            "UPDATE imports
                SET judged_ordinal = greatest(judged_ordinal, $2), judged_bytes = $3, row_count = row_count + $4,
                    error_count = error_count + $5, warning_count = warning_count + $6, create_count = create_count + $7,
                    change_count = change_count + $8, unchanged_count = unchanged_count + $9,
                    units_added = units_added + $10, units_removed = units_removed + $11, failures = 0
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

    async fn insert(&mut self, import: i64, revision: i32, texts: &[RowTexts<'_>]) -> Result<()> {
        let rows = || texts.iter().map(|texts| texts.row);
        sqlx::query!(
            r#"INSERT INTO import_rows (import_id, revision, ordinal, line, action, item_id, warehouse_id, sku,
                                        removed_units, "values", before, problems, has_warning, cells)
               SELECT $1, $2, ordinal, line, action, item_id, warehouse_id, sku, removed_units, "values"::jsonb,
                      before::jsonb, problems::jsonb, has_warning,
                      CASE WHEN cells IS NOT NULL THEN ARRAY (SELECT jsonb_array_elements_text(cells::jsonb)) END
                 FROM unnest($3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[], $8::text[],
                             $9::bigint[], $10::text[], $11::text[], $12::text[], $13::boolean[], $14::text[])
                      AS new (ordinal, line, action, item_id, warehouse_id, sku, removed_units, "values", before, problems,
                              has_warning, cells)"#,
            import,
            revision,
            &rows().map(|row| row.ordinal).collect::<Vec<_>>(),
            &rows().map(|row| row.line).collect::<Vec<_>>(),
            &rows().map(|row| row.judgement.action.map(RowAction::as_str)).collect::<Vec<_>>() as &[Option<&str>],
            &rows().map(|row| row.item.map(|id| id.0)).collect::<Vec<_>>() as &[Option<i64>],
            &rows().map(|row| row.warehouse.map(|id| id.0)).collect::<Vec<_>>() as &[Option<i64>],
            &rows().map(|row| row.sku.as_deref()).collect::<Vec<_>>() as &[Option<&str>],
            &rows().map(JudgedRow::removed_units).collect::<Vec<_>>() as &[Option<i64>],
            &texts.iter().map(|row| row.values.as_str()).collect::<Vec<_>>() as &[&str],
            &texts.iter().map(|row| row.before.as_str()).collect::<Vec<_>>() as &[&str],
            &texts.iter().map(|row| row.problems.as_deref()).collect::<Vec<_>>() as &[Option<&str>],
            &rows().map(JudgedRow::has_warning).collect::<Vec<_>>(),
            &texts.iter().map(|row| row.cells.as_deref()).collect::<Vec<_>>() as &[Option<&str>]
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
