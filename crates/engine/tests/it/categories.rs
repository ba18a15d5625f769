//! Names of categories that differ only in case or white space are the same.

use crate::*;
use domain::{CategoryName, Error as Rejection, ItemPatch, Precondition};
use engine::{CategoryRenamed, Error};

fn name(text: &str) -> CategoryName {
    CategoryName::new(text).expect("a name")
}

fn new_item(category: &str) -> NewItem {
    NewItem {
        name: ItemName::new("Hammer").expect("a name"),
        quantity: Units::new(1).expect("units"),
        price: "9.99".parse().expect("a price"),
        description: None,
        category: Some(name(category)),
        warehouse: None,
        sku: None,
        barcodes: domain::Barcodes::default(),
    }
}

async fn create(engine: &Engine, category: &str) -> Item {
    engine.item_create(&context(), new_item(category)).await.fresh().expect("created")
}

async fn set(engine: &Engine, item: ItemId, category: &str) -> Item {
    let patch = ItemPatch { category: Some(Some(name(category))), ..ItemPatch::default() };
    engine.item_update(&context(), item, patch, Precondition::None).await.fresh().expect("changed")
}

async fn rename(engine: &Engine, from: &str, to: &str, dry_run: bool) -> engine::Result<CategoryRenamed> {
    engine.category_rename(&context(), name(from), name(to), dry_run).await.fresh()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_gets_the_present_spelling_of_its_category() {
    let stock = Stock::new().await;
    let engine = &stock.engine;
    let first = create(engine, "Garden tools").await;
    let second = create(engine, " garden  TOOLS ").await;
    assert_eq!(second.category.as_deref(), Some("Garden tools"));
    let other = create(engine, "Cups").await;
    assert_eq!(set(engine, other.id, "GARDEN TOOLS").await.category.as_deref(), Some("Garden tools"));
    let recorded: Vec<String> = sqlx::query_scalar(
        "SELECT after->>'category' FROM audit_events WHERE subject = ANY ($1) AND after ? 'category' ORDER BY id",
    )
    .bind([second.id, other.id].map(|id| format!("item:{id}")))
    .fetch_all(&stock.pool)
    .await
    .expect("events");
    assert_eq!(recorded, ["Garden tools", "Cups", "Garden tools"]);

    create(engine, "Mugs").await;
    for dry_run in [true, false] {
        let refused = rename(engine, "Mugs", "garden TOOLS", dry_run).await;
        assert_eq!(refused, Err(Rejection::CategoryExists("Garden tools".into()).into()));
    }
    // Another spelling of its own name, and back.
    for (from, to) in [("Garden tools", "GARDEN TOOLS"), ("GARDEN TOOLS", "Garden Tools")] {
        assert_eq!(rename(engine, from, to, true).await.expect("a preview").items, 3);
        assert_eq!(rename(engine, from, to, false).await.expect("renamed").items, 3);
        assert_eq!(
            engine.item_get(&context(), first.id).await.expect("an item").category.as_deref(),
            Some(to)
        );
        assert_eq!(create(engine, "garden tools").await.category.as_deref(), Some(to));
        let last: i64 =
            sqlx::query_scalar("SELECT max(id) FROM items").fetch_one(&stock.pool).await.expect("an id");
        sqlx::query("UPDATE items SET category = NULL WHERE id = $1")
            .bind(last)
            .execute(&stock.pool)
            .await
            .expect("changed");
    }
    // A merge names the present spelling.
    assert_eq!(rename(engine, "Mugs", "Garden Tools", false).await.expect("merged").items_already, 3);
    // A category without items leaves no spelling.
    rename(engine, "Garden Tools", "Shed", false).await.expect("renamed");
    assert_eq!(create(engine, "gArden tools").await.category.as_deref(), Some("gArden tools"));
}

#[tokio::test(flavor = "multi_thread")]
async fn racing_writers_produce_one_spelling() {
    let stock = Stock::new().await;
    let engines = [stock.another().await, stock.another().await];
    let moved = create(&stock.engine, "Start").await.id;
    for round in 0..25 {
        let spellings = ["Race", "RACE", "race"].map(|text| format!("{text} {round}"));
        let [one, two, three] = &spellings;
        let unused = set(&stock.engine, moved, one);
        let rename = rename(&stock.engine, one, two, false);
        let writes = async {
            tokio::join!(
                create(&engines[0], two),
                create(&engines[1], three),
                create(&stock.engine, one),
                unused
            )
        };
        let (_, renamed) = tokio::join!(writes, rename);
        match renamed {
            Ok(_) | Err(Error::Rejected(Rejection::CategoryExists(_)) | Error::PartlyRenamed { .. }) => {}
            Err(error) => panic!("{error}"),
        }
        let found: Vec<String> =
            sqlx::query_scalar("SELECT DISTINCT category FROM items WHERE fold_key(category) = fold_key($1)")
                .bind(one)
                .fetch_all(&stock.pool)
                .await
                .expect("categories");
        let known: String = sqlx::query_scalar("SELECT name FROM category_names WHERE folded = fold_key($1)")
            .bind(one)
            .fetch_one(&stock.pool)
            .await
            .expect("a name");
        assert_eq!(found, [known], "round {round}");
    }
    stock.assert_closed().await;
}
