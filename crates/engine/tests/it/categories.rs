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
        low_stock: None,
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
    engine
        .category_rename(&context(), name(from), name(to), dry_run, domain::Precondition::None)
        .await
        .fresh()
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
async fn an_undo_is_refused_after_another_change_of_the_category() {
    let stock = Stock::new().await;
    let engine = &stock.engine;
    let items = [create(engine, "Cups").await, create(engine, "Cups").await];
    create(engine, "Plates").await;
    let undo = |version: domain::Version, dry_run| {
        let condition = Precondition::OneOf(vec![version.to_string()]);
        async move {
            engine.category_rename(&context(), name("Mugs"), name("Cups"), dry_run, condition).await.fresh()
        }
    };
    let renamed = rename(engine, "Cups", "Mugs", false).await.expect("renamed");
    let changes: [&dyn Fn() -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>>; 3] = [
        &|| {
            let (engine, item) = (engine.clone(), items[0].id);
            Box::pin(async move { _ = set(&engine, item, "Plates").await })
        },
        &|| {
            let engine = engine.clone();
            Box::pin(async move { _ = create(&engine, "mugs").await })
        },
        &|| {
            let engine = engine.clone();
            Box::pin(async move { _ = rename(&engine, "Plates", "Mugs", false).await.expect("merged") })
        },
    ];
    let mut version = renamed.version;
    for change in changes {
        change().await;
        for dry_run in [true, false] {
            let refused = undo(version, dry_run).await;
            let Err(Error::Rejected(Rejection::VersionMismatch(present))) = refused else {
                panic!("{refused:?}")
            };
            if !dry_run {
                version = present;
            }
        }
    }
    // A sale and a change of a price are no changes of the category.
    engine.block_place(&context(), block(items[1].id, 1)).await.expect("placed");
    let undone = undo(version, false).await.expect("undone");
    assert_eq!((undone.items, undone.version), (4, version), "the same items have the former name");
}

#[tokio::test(flavor = "multi_thread")]
async fn categories_are_listed_in_the_order_of_a_dictionary() {
    let stock = Stock::new().await;
    let listed = async || {
        let listed = stock.engine.category_list(&context()).await.expect("categories");
        listed.into_iter().map(|category| category.name).collect::<Vec<_>>()
    };
    for category in ["Zebra", "apple", "Äther", "Book", "éclair"] {
        create(&stock.engine, category).await;
    }
    assert_eq!(listed().await, ["apple", "Äther", "Book", "éclair", "Zebra"]);
    assert_eq!(listed().await, ["apple", "Äther", "Book", "éclair", "Zebra"], "by the cached order");
    create(&stock.engine, "box").await;
    rename(&stock.engine, "apple", "Tee", false).await.expect("renamed");
    assert_eq!(listed().await, ["Äther", "Book", "box", "éclair", "Tee", "Zebra"]);
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
