//! Conversions from the engine's types.

use super::words::summary;
use super::{Import, ImportChange, ImportCounts, ImportProblem, ImportProgress, ImportRow};
use domain::{FieldValues, ImportState, RowOutcome, RowProblem};
use std::collections::HashMap;

impl From<engine::Import> for Import {
    fn from(import: engine::Import) -> Self {
        Self {
            id: import.id,
            state: import.state.as_str().to_owned(),
            progress: progress(&import),
            counts: counts(import.state, &import.counts),
            summary: summary(import.state, &import.counts, import.layout.as_ref()),
            layout: import.layout.as_ref().map(Into::into),
            problems: import.problems.into_iter().map(Into::into).collect(),
            choices: (&import.choices).into(),
            file_name: import.file_name,
            file_bytes: import.file_bytes,
            is_stored: !import.is_deleted,
            applied_before: import.applied_before,
            revision: import.revision,
            actor: import.actor,
            applied_by: import.applied_by,
            created_at: import.created_at,
            ended_at: import.ended_at,
        }
    }
}

fn progress(import: &engine::Import) -> Option<ImportProgress> {
    let counts = &import.counts;
    let (done, total) = match import.state {
        ImportState::Uploading => (import.file_bytes, None),
        ImportState::Judging => (import.judged_bytes, Some(import.file_bytes)),
        ImportState::Applying => {
            (counts.applied + counts.conflicts + counts.refused, Some(counts.creates + counts.changes))
        }
        _ => return None,
    };
    Some(ImportProgress { stage: import.state.as_str().to_owned(), done, total })
}

fn counts(state: ImportState, counts: &domain::ImportCounts) -> ImportCounts {
    let is_over = matches!(state, ImportState::Cancelled | ImportState::Failed);
    let not_applied = match is_over {
        true => counts.creates + counts.changes - counts.applied,
        false => counts.conflicts + counts.refused,
    };
    ImportCounts {
        rows: counts.rows,
        errors: counts.errors,
        warnings: counts.warnings,
        creates: counts.creates,
        changes: counts.changes,
        unchanged: counts.unchanged,
        units_added: counts.units_added,
        units_removed: counts.units_removed,
        applied: counts.applied,
        conflicts: counts.conflicts,
        refused: counts.refused,
        not_applied,
    }
}

impl From<RowProblem> for ImportProblem {
    fn from(problem: RowProblem) -> Self {
        let RowProblem { code, message, column, is_warning } = problem;
        Self { code, message: sentence(&message), column, is_warning }
    }
}

/// Returns a text with a capital letter at its beginning and a full stop at its end.
fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first: String = characters.next().into_iter().flat_map(char::to_uppercase).collect();
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", characters.as_str())
}

impl ImportRow {
    /// Converts a row. `warehouse_codes` has the codes by the ids of the warehouses.
    pub fn new(row: engine::ImportRow, warehouse_codes: &HashMap<i64, String>) -> Self {
        let changes = changes(&row.values, &row.before);
        let held = row.before.get("held").cloned().flatten().and_then(|units| units.parse().ok());
        let reason = row.reason.map(|reason| RowProblem::error(&reason.code, reason.message).into());
        let is_left = matches!(row.outcome, Some(RowOutcome::Conflict | RowOutcome::Refused));
        let kept = |values| if is_left { one_line(values) } else { FieldValues::new() };
        Self {
            ordinal: row.ordinal,
            line: row.line,
            action: row.action.map(|action| action.as_str().to_owned()),
            item_id: row.item,
            warehouse_id: row.warehouse,
            warehouse_code: row.warehouse.and_then(|id| warehouse_codes.get(&id).cloned()),
            sku: row.sku,
            changes,
            values: kept(row.values),
            before: kept(row.before),
            held,
            problems: row.problems.into_iter().map(Into::into).collect(),
            cells: row.cells,
            outcome: row.outcome.map(|outcome| outcome.as_str().to_owned()),
            reason,
        }
    }
}

/// Returns values with barcodes in one line.
fn one_line(values: FieldValues) -> FieldValues {
    values
        .into_iter()
        .map(|(field, value)| {
            let value = value_in_line(&field, value);
            (field, value)
        })
        .collect()
}

fn value_in_line(field: &str, value: Option<String>) -> Option<String> {
    value.map(|value| match field {
        "barcodes" => value.replace('\n', " "),
        _ => value,
    })
}

/// Returns the values that differ. A row of stock changes the units on hand.
fn changes(values: &FieldValues, before: &FieldValues) -> Vec<ImportChange> {
    let text = |values: &FieldValues, field: &str| values.get(field).cloned().flatten();
    let number =
        |values: &FieldValues, field: &str| text(values, field).and_then(|units| units.parse::<i64>().ok());
    let mut changes = Vec::new();
    let on_hand = number(before, "onHand");
    let after = number(values, "count")
        .or(on_hand.zip(number(values, "change")).map(|(units, change)| units + change));
    if let Some(after) = after.filter(|after| Some(*after) != on_hand) {
        let before = on_hand.map(|units| units.to_string());
        changes.push(ImportChange { field: "onHand".to_owned(), before, after: Some(after.to_string()) });
    }
    for (field, value) in values.iter().filter(|(field, _)| !["count", "change"].contains(&field.as_str())) {
        let present = text(before, field);
        if present != *value {
            let (before, after) = (value_in_line(field, present), value_in_line(field, value.clone()));
            changes.push(ImportChange { field: field.clone(), before, after });
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pairs: &[(&str, &str)]) -> FieldValues {
        pairs.iter().map(|(field, value)| ((*field).to_owned(), Some((*value).to_owned()))).collect()
    }

    fn changed(new: &[(&str, &str)], before: &[(&str, &str)]) -> Vec<String> {
        let text = |value: Option<String>| value.unwrap_or_default();
        let changes = changes(&values(new), &values(before));
        changes
            .into_iter()
            .map(|change| format!("{}: {} > {}", change.field, text(change.before), text(change.after)))
            .collect()
    }

    #[test]
    fn a_row_shows_the_values_that_differ() {
        let before = [("onHand", "12"), ("held", "3")];
        assert_eq!(changed(&[("count", "5")], &before), ["onHand: 12 > 5"]);
        assert_eq!(
            changed(&[("change", "5"), ("reason", "Found")], &before),
            ["onHand: 12 > 17", "reason:  > Found"]
        );
        assert_eq!(changed(&[("count", "12")], &before), [""; 0]);
        assert_eq!(
            changed(
                &[("name", "Pan"), ("price", "1.00"), ("barcodes", "1\n2")],
                &[("name", "Pot"), ("price", "1.00")]
            ),
            ["barcodes:  > 1 2", "name: Pot > Pan"]
        );
    }

    #[test]
    fn a_row_that_was_not_applied_shows_all_its_values() {
        let row = |outcome| {
            let row = engine::ImportRow {
                ordinal: 1,
                line: 2,
                action: Some(domain::RowAction::Change),
                item: Some(7),
                warehouse: None,
                sku: Some("K-1".to_owned()),
                values: values(&[("name", "Pan"), ("price", "1.00"), ("barcodes", "1\n2")]),
                before: values(&[("name", "Pot"), ("price", "1.00")]),
                problems: Vec::new(),
                cells: Vec::new(),
                outcome: Some(outcome),
                reason: None,
            };
            ImportRow::new(row, &HashMap::new())
        };
        let left = row(RowOutcome::Conflict);
        assert_eq!(left.values, values(&[("name", "Pan"), ("price", "1.00"), ("barcodes", "1 2")]));
        assert_eq!(left.before, values(&[("name", "Pot"), ("price", "1.00")]));
        assert!(row(RowOutcome::Applied).values.is_empty());
    }

    #[test]
    fn a_message_is_a_sentence() {
        assert_eq!(sentence("the cell is empty"), "The cell is empty.");
        assert_eq!(sentence("\"x\" is not a number"), "\"x\" is not a number.");
        assert_eq!(sentence("Done."), "Done.");
    }
}
