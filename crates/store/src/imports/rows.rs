//! The rows of imports, as pages for people.

use super::json;
use crate::{Result, Store};
use domain::{FieldValues, RowAction, RowOutcome, RowProblem, RowReason};

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
    /// Rows that were to be applied and were not: those in conflict, refused, and open ones of an import that was cancelled or
    /// failed.
    NotApplied,
}

impl ImportRowFilter {
    const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Errors => "errors",
            Self::Warnings => "warnings",
            Self::NotApplied => "notApplied",
        }
    }
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
    /// The reason for a conflict or a refusal.
    pub reason: Option<RowReason>,
}

impl Store {
    /// Returns the rows after an ordinal; none after the retention.
    pub async fn import_rows(
        &self,
        import: i64,
        revision: i32,
        filter: ImportRowFilter,
        after: i64,
        limit: i64,
    ) -> Result<Vec<ImportRow>> {
        // One branch per filter, of which one is read: the generic plan uses the partial index of each.
        let rows = sqlx::query!(
            r#"SELECT found.ordinal AS "ordinal!", line AS "line!", action, item_id, warehouse_id, sku,
                      "values"::text AS "values!", before::text AS "before!", problems::text AS problems, cells, outcome,
                      reason, reason_code
                 FROM (
                     (SELECT ordinal FROM import_rows
                       WHERE import_id = $1 AND revision = $2 AND ordinal > $3 AND $4 = 'all'
                       ORDER BY ordinal LIMIT $5)
                     UNION ALL
                     (SELECT ordinal FROM import_rows
                       WHERE import_id = $1 AND revision = $2 AND ordinal > $3 AND $4 = 'errors' AND action IS NULL
                       ORDER BY ordinal LIMIT $5)
                     UNION ALL
                     (SELECT ordinal FROM import_rows
                       WHERE import_id = $1 AND revision = $2 AND ordinal > $3 AND $4 = 'warnings' AND has_warning
                       ORDER BY ordinal LIMIT $5)
                     UNION ALL
                     (SELECT ordinal FROM import_rows
                       WHERE import_id = $1 AND revision = $2 AND ordinal > $3 AND $4 = 'notApplied'
                         AND outcome IN ('conflict', 'refused')
                       ORDER BY ordinal LIMIT $5)
                     UNION ALL
                     (SELECT ordinal FROM import_rows
                       WHERE import_id = $1 AND revision = $2 AND ordinal > $3 AND $4 = 'notApplied'
                         AND outcome IS NULL AND action IN ('create', 'change')
                         AND EXISTS (SELECT FROM imports WHERE id = $1 AND state IN ('cancelled', 'failed'))
                       ORDER BY ordinal LIMIT $5)
                 ) AS page
                CROSS JOIN LATERAL (
                     SELECT * FROM import_rows WHERE import_id = $1 AND revision = $2 AND ordinal = page.ordinal
                     OFFSET 0) AS found
                WHERE EXISTS (SELECT FROM imports WHERE id = $1 AND NOT is_deleted)
                ORDER BY found.ordinal LIMIT $5"#,
            import,
            revision,
            after,
            filter.as_str(),
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
                reason: row.reason_code.zip(row.reason).map(|(code, message)| RowReason { code, message }),
            })
        });
        rows.collect()
    }
}
