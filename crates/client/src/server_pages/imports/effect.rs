//! The effect of an import, and the notes about its layout, as sentences.

use crate::texts;
use api::{Import, ImportCounts, ImportLayout};

/// Returns the effect of an import, one sentence each: the planned effect before it is applied, and the result afterwards.
pub(super) fn summary(import: &Import) -> Vec<String> {
    let counts = &import.counts;
    let Some(layout) = import.layout.as_ref().filter(|_| counts.rows > 0) else { return Vec::new() };
    let Some(kind) = layout.kind.as_deref() else { return Vec::new() };
    match import.state.as_str() {
        "uploading" | "judging" | "undecided" => return Vec::new(),
        "failed" => return result(&import.state, counts),
        _ => {}
    }
    let mut sentences = if kind == "items" { items(counts) } else { stock(counts, layout) };
    let rest: [(i64, fn(i64) -> String); 3] = [
        (counts.unchanged, texts::rows_unchanged),
        (counts.warnings, texts::rows_with_warning),
        (counts.errors, texts::rows_with_error),
    ];
    sentences.extend(rest.into_iter().filter(|(count, _)| *count > 0).map(|(count, text)| text(count)));
    sentences.extend(result(&import.state, counts));
    sentences
}

fn items(counts: &ImportCounts) -> Vec<String> {
    let parts: [(i64, fn(i64) -> String); 2] =
        [(counts.creates, texts::creates_items), (counts.changes, texts::changes_items)];
    let sentences: Vec<_> = parts.into_iter().filter(|(count, _)| *count > 0).collect();
    match sentences.is_empty() {
        true => vec![texts::changes_no_items().to_owned()],
        false => sentences.into_iter().map(|(count, text)| text(count)).collect(),
    }
}

fn stock(counts: &ImportCounts, layout: &ImportLayout) -> Vec<String> {
    if counts.changes == 0 {
        return vec![texts::changes_no_stock().to_owned()];
    }
    let is_count = layout.columns.iter().any(|column| column.field.as_deref() == Some("count"));
    let parts: [(i64, fn(i64) -> String); 3] = [
        (if is_count { counts.changes } else { 0 }, texts::sets_levels),
        (counts.units_added, texts::adds_units),
        (counts.units_removed, texts::removes_units),
    ];
    parts.into_iter().filter(|(count, _)| *count > 0).map(|(count, text)| text(count)).collect()
}

/// Returns the result of the rows that were applied.
fn result(state: &str, counts: &ImportCounts) -> Vec<String> {
    let total = counts.creates + counts.changes;
    let has_begun = match state {
        "applied" | "applying" | "cancelled" => total > 0,
        "failed" => counts.applied + counts.conflicts + counts.refused > 0,
        _ => false,
    };
    if !has_begun {
        return Vec::new();
    }
    let rest: [(i64, fn(i64) -> String); 2] =
        [(counts.conflicts, texts::rows_in_conflict), (counts.refused, texts::rows_refused)];
    let rest = rest.into_iter().filter(|(count, _)| *count > 0).map(|(count, text)| text(count));
    [texts::rows_applied(counts.applied, total)].into_iter().chain(rest).collect()
}

/// Explains the header, the recognized program and the ignored columns, one sentence each.
pub(super) fn notes(layout: &ImportLayout) -> Vec<String> {
    let header = layout.header_line.to_string();
    let format = layout.format.as_ref().map(|format| texts::import_recognized(format));
    let titles = match layout.title_lines.as_slice() {
        [] => None,
        [line] => Some(texts::title_line(&line.to_string(), &header)),
        [first, .., last] => Some(texts::title_lines(&first.to_string(), &last.to_string(), &header)),
    };
    let ignored: Vec<_> = layout
        .columns
        .iter()
        .filter(|column| !column.is_used && !column.is_asked && !column.name.is_empty())
        .map(|column| column.name.as_str())
        .collect();
    let ignored =
        (layout.kind.is_some() && !ignored.is_empty()).then(|| texts::ignored_columns(&ignored.join(", ")));
    [format, titles, ignored].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_result_is_a_sentence_per_number() {
        let counts = |applied, conflicts, refused| ImportCounts {
            rows: 2,
            errors: 0,
            warnings: 0,
            creates: 0,
            changes: 2,
            unchanged: 0,
            units_added: 1_240,
            units_removed: 1,
            applied,
            conflicts,
            refused,
            not_applied: 0,
        };
        assert!(result("failed", &counts(0, 0, 0)).is_empty());
        assert_eq!(
            result("applied", &counts(1, 1, 0)),
            [
                "1 of 2 rows applied.",
                "1 row was not applied, because the item or its stock was changed in the meantime."
            ]
        );
        assert_eq!(items(&counts(0, 0, 0)), ["Changes 2 items."]);
    }
}
