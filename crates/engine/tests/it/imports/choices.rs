//! Choices for the columns of a file, and the choices that are remembered.

use super::*;
use spreadsheet::DecimalSign;

const FILE: &str = "Artikelnummer;Bestand\nS-1;5\n";

fn column(field: Field) -> Choices {
    Choices { columns: vec![(1, Some(field))], ..Choices::default() }
}

/// Applies a file whose second column holds a field.
async fn remember(stock: &Stock, field: Field) {
    let import = upload(&stock.engine, FILE, &column(field)).await;
    applied(&stock.engine, &settled(&stock.engine, import).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_changes_a_part_keeps_the_others() {
    let stock = Stock::new().await;
    stock.named(1).await;
    remember(&stock, Field::Count).await;
    let import = judged(&stock.engine, FILE).await;
    assert_eq!(import.choices.columns, [(1, Some(Field::Count))]);
    let id = ImportId(import.id);
    let comma = Choices { decimal_sign: Some(DecimalSign::Comma), ..Choices::default() };
    stock.engine.import_choose(&context(), id, &comma).await.expect("chosen");
    let found = settled(&stock.engine, id).await;
    assert_eq!((found.state, found.revision), (ImportState::Judged, 2), "{found:?}");
    assert_eq!(found.choices, Choices { decimal_sign: Some(DecimalSign::Comma), ..column(Field::Count) });
    // A column that the person chooses is no remembered one.
    stock.engine.import_choose(&context(), id, &column(Field::Change)).await.expect("chosen");
    let found = settled(&stock.engine, id).await;
    assert_eq!((found.choices.columns, found.counts.units_added), (vec![(1, Some(Field::Change))], 5));
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_parts_are_those_of_earlier_files() {
    let stock = Stock::new().await;
    stock.named(1).await;
    remember(&stock, Field::Count).await;
    let point = Choices { decimal_sign: Some(DecimalSign::Point), ..Choices::default() };
    let import = upload(&stock.engine, FILE, &point).await;
    let found = settled(&stock.engine, import).await;
    assert_eq!(found.state, ImportState::Judged, "{found:?}");
    assert_eq!(found.choices, Choices { decimal_sign: Some(DecimalSign::Point), ..column(Field::Count) });
}

#[tokio::test(flavor = "multi_thread")]
async fn later_choices_for_other_files_do_not_change_a_layout() {
    let stock = Stock::new().await;
    stock.named(1).await;
    let import = upload(&stock.engine, FILE, &Choices::default()).await;
    assert_eq!(settled(&stock.engine, import).await.state, ImportState::Undecided);
    remember(&stock, Field::Count).await;
    stock.engine.import_choose(&context(), import, &Choices::default()).await.expect("chosen");
    let found = settled(&stock.engine, import).await;
    assert_eq!((found.state, found.revision), (ImportState::Undecided, 2), "{found:?}");
}
