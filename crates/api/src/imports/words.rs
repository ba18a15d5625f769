//! The effect of an import in words.

use domain::{ImportCounts, ImportState};
use spreadsheet::{Field, FileKind, Layout};

/// Returns the effect of an import, one sentence each: the planned effect before it is applied, and the result afterwards.
pub(super) fn summary(state: ImportState, counts: &ImportCounts, layout: Option<&Layout>) -> Vec<String> {
    let Some(kind) = layout.and_then(|layout| layout.kind) else { return Vec::new() };
    if counts.rows == 0
        || matches!(state, ImportState::Uploading | ImportState::Judging | ImportState::Undecided)
    {
        return Vec::new();
    }
    if state == ImportState::Failed {
        return result(state, counts);
    }
    let mut sentences = match kind {
        FileKind::Items => items(counts),
        FileKind::Stock => {
            stock(counts, layout.is_some_and(|layout| layout.column_of(Field::Count).is_some()))
        }
    };
    let rest = [
        (counts.unchanged, "row changes nothing.", "rows change nothing."),
        (counts.warnings, "row has a warning.", "rows have warnings."),
        (counts.errors, "row has an error and is not applied.", "rows have errors and are not applied."),
    ];
    sentences.extend(
        rest.into_iter().filter(|(count, ..)| *count > 0).map(|(count, one, more)| number(count, one, more)),
    );
    sentences.extend(result(state, counts));
    sentences
}

fn items(counts: &ImportCounts) -> Vec<String> {
    match (counts.creates, counts.changes) {
        (0, 0) => vec!["Changes no items.".to_owned()],
        (creates, 0) => vec![format!("Creates {}.", number(creates, "item", "items"))],
        (0, changes) => vec![format!("Changes {}.", number(changes, "item", "items"))],
        (creates, changes) => {
            vec![format!("Creates {}, changes {}.", number(creates, "item", "items"), grouped(changes))]
        }
    }
}

fn stock(counts: &ImportCounts, is_count: bool) -> Vec<String> {
    if counts.changes == 0 {
        return vec!["Changes no stock.".to_owned()];
    }
    let mut sentences = Vec::new();
    if is_count {
        let levels = number(counts.changes, "stock level", "stock levels");
        sentences.push(format!("Sets {levels} to the counted number, which includes held units."));
    }
    let units = |units| number(units, "unit", "units");
    match (counts.units_added, counts.units_removed) {
        (0, 0) => {}
        (added, 0) => sentences.push(format!("Adds {}.", units(added))),
        (0, removed) => sentences.push(format!("Removes {}.", units(removed))),
        (added, removed) => sentences.push(format!("Adds {}, removes {}.", units(added), units(removed))),
    }
    sentences
}

/// Returns the result of the rows that were applied.
fn result(state: ImportState, counts: &ImportCounts) -> Vec<String> {
    let total = counts.creates + counts.changes;
    let has_begun = match state {
        ImportState::Applied | ImportState::Applying | ImportState::Cancelled => total > 0,
        ImportState::Failed => counts.applied + counts.conflicts + counts.refused > 0,
        _ => false,
    };
    if !has_begun {
        return Vec::new();
    }
    let mut sentences =
        vec![format!("{} of {} applied.", grouped(counts.applied), number(total, "row", "rows"))];
    if counts.conflicts > 0 {
        sentences.push(format!(
            "{} not applied, because the item or its stock was changed in the meantime.",
            number(counts.conflicts, "row was", "rows were")
        ));
    }
    if counts.refused > 0 {
        sentences.push(format!("{} refused.", number(counts.refused, "row was", "rows were")));
    }
    sentences
}

/// Returns a number with its noun.
fn number(count: i64, one: &str, more: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { more })
}

/// Returns a number with commas between thousands.
fn grouped(count: i64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) && !text.ends_with('-') {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        let texts = [0, 999, 1_240, -999, -123_456, 1_000_000].map(grouped);
        assert_eq!(texts, ["0", "999", "1,240", "-999", "-123,456", "1,000,000"]);
    }

    #[test]
    fn the_effect_is_said_in_words() {
        let counts = ImportCounts { creates: 3, changes: 12, ..ImportCounts::default() };
        assert_eq!(items(&counts), ["Creates 3 items, changes 12."]);
        let counts =
            ImportCounts { changes: 40, units_added: 1_240, units_removed: 1, ..ImportCounts::default() };
        assert_eq!(
            stock(&counts, true),
            [
                "Sets 40 stock levels to the counted number, which includes held units.",
                "Adds 1,240 units, removes 1 unit."
            ]
        );
        assert_eq!(stock(&counts, false), ["Adds 1,240 units, removes 1 unit."]);
        let counts = ImportCounts { changes: 2, applied: 1, conflicts: 1, ..counts };
        assert!(result(ImportState::Failed, &ImportCounts { applied: 0, conflicts: 0, ..counts }).is_empty());
        assert_eq!(
            result(ImportState::Applied, &counts),
            [
                "1 of 2 rows applied.",
                "1 row was not applied, because the item or its stock was changed in the meantime."
            ]
        );
    }
}
