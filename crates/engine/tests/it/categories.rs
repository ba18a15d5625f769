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

pub(crate) async fn create(engine: &Engine, category: &str) -> Item {
    engine.item_create(&context(), new_item(category)).await.fresh().expect("created")
}

pub(crate) async fn set(engine: &Engine, item: ItemId, category: &str) -> Item {
    let patch = ItemPatch { category: Some(Some(name(category))), ..ItemPatch::default() };
    engine.item_update(&context(), item, patch, Precondition::None).await.fresh().expect("changed")
}

pub(crate) async fn rename(
    engine: &Engine,
    from: &str,
    to: &str,
    dry_run: bool,
) -> engine::Result<CategoryRenamed> {
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
    let mut version = renamed.version.expect("a version");
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
    assert_eq!((undone.items, undone.version), (4, Some(version)), "the same items have the former name");
}

/// Waits until a number of items has a category.
async fn wait_for_items(stock: &Stock, category: &str, items: i64) {
    let begun = std::time::Instant::now();
    loop {
        let present: i64 = sqlx::query_scalar("SELECT count(*) FROM items WHERE category = $1")
            .bind(category)
            .fetch_one(&stock.pool)
            .await
            .expect("a number");
        if present == items {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "{present} items are in {category}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rename_moves_only_the_items_of_its_start_and_returns_their_version() {
    let stock = Stock::new().await;
    let engine = &stock.engine;
    let insert =
        "INSERT INTO items (name, price, category) SELECT 'Lamp', 1, 'Cups' FROM generate_series(1, 700)";
    sqlx::query(insert).execute(&stock.pool).await.expect("items");
    let present = |category: &'static str| async move {
        engine
            .category_rename(&context(), name(category), name("Else"), true, Precondition::Exists)
            .await
            .fresh()
            .expect("a preview")
    };
    for (from, to, condition) in [("Cups", "Mugs", false), ("Mugs", "Cups", true)] {
        let version = present(from).await.version.expect("a version");
        let condition = match condition {
            true => Precondition::OneOf(vec![version.to_string()]),
            false => Precondition::None,
        };
        // The second transaction of the rename waits for the last item.
        let mut application = stock.pool.begin().await.expect("a transaction");
        sqlx::query("SELECT FROM items WHERE category = $1 ORDER BY id DESC LIMIT 1 FOR UPDATE")
            .bind(from)
            .execute(&mut *application)
            .await
            .expect("locked");
        let renaming = tokio::spawn({
            let engine = engine.clone();
            async move { engine.category_rename(&context(), name(from), name(to), false, condition).await.fresh() }
        });
        wait_for_items(&stock, to, 500).await;
        let added = create(engine, from).await;
        application.rollback().await.expect("unlocked");
        let renamed = renaming.await.expect("no panic").expect("renamed");
        assert_eq!(renamed.items, 700);
        assert_eq!(
            engine.item_get(&context(), added.id).await.expect("an item").category.as_deref(),
            Some(from),
            "an item that another person has added keeps its category"
        );
        assert_eq!(renamed.version, present(to).await.version, "the category has exactly the moved items");
        sqlx::query("UPDATE items SET category = NULL WHERE id = $1")
            .bind(added.id.0)
            .execute(&stock.pool)
            .await
            .expect("changed");
    }
    // A merge returns another version than that of the category, so the former items can't be moved by an undo.
    create(engine, "Plates").await;
    let merged = rename(engine, "Plates", "Cups", false).await.expect("merged");
    assert_eq!((merged.items, merged.items_already), (1, 700));
    let undo = Precondition::OneOf(vec![merged.version.expect("a version").to_string()]);
    let refused = engine.category_rename(&context(), name("Cups"), name("Plates"), false, undo).await.fresh();
    assert!(matches!(refused, Err(Error::Rejected(Rejection::VersionMismatch(_)))), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rename_of_an_empty_category_and_a_dry_run_write_nothing() {
    let stock = Stock::new().await;
    let engine = &stock.engine;
    create(engine, "Cups").await;
    let written = async || {
        let query = "SELECT (SELECT count(*) FROM category_names), (SELECT count(*) FROM audit_events)";
        let counts: (i64, i64) = sqlx::query_as(query).fetch_one(&stock.pool).await.expect("counts");
        counts
    };
    let before = written().await;
    let renamed = rename(engine, "Unknown", "New", false).await.expect("nothing to rename");
    assert_eq!((renamed.items, renamed.items_already), (0, 0));
    assert_eq!(rename(engine, "Unknown", "Cups", false).await.expect("nothing to rename").items_already, 1);
    assert_eq!(
        rename(engine, "Unknown", "CUPS", false).await,
        Err(Rejection::CategoryExists("Cups".into()).into())
    );
    let condition = Precondition::OneOf(vec!["another".into()]);
    let refused = engine.category_rename(&context(), name("Unknown"), name("New"), false, condition).await;
    assert!(matches!(refused.fresh(), Err(Error::Rejected(Rejection::VersionMismatch(_)))));
    assert_eq!(rename(engine, "Cups", "Mugs", true).await.expect("a preview").version, None);
    assert_eq!(written().await, before);
    // A category of archived items is not empty.
    let archived = create(engine, "Old").await.id;
    engine.item_set_archived(&context(), archived, true, Precondition::None).await.expect("archived");
    assert_eq!(rename(engine, "Old", "New", false).await.expect("renamed").items, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_gives_items_the_present_spelling_while_it_changes() {
    let stock = Stock::new().await;
    let engine = &stock.engine;
    stock.named(600).await;
    let first = create(engine, "Garden tools").await;
    let top = async |category: &str| engine.category_top(&context(), category).await.expect("a list").total;
    assert_eq!(top("Garden tools").await, 1);
    let mut file = "sku,name,price,category\n".to_owned();
    for row in 1..=600 {
        file += &format!("S-{row},Lamp,1.00,garden   TOOLS\n");
    }
    file += "N-1,Pot,2.00,GARDEN tools\n";
    let import = imports::judged(engine, &file).await;
    let stopped = std::sync::atomic::AtomicBool::new(false);
    let other = stock.another().await;
    let renames = async {
        let spellings = ["Garden tools", "GARDEN TOOLS"];
        let mut renames = 0;
        // The last rename is back to the first spelling.
        while renames % 2 == 1 || !stopped.load(std::sync::atomic::Ordering::Relaxed) {
            let (from, to) = (spellings[renames % 2], spellings[(renames + 1) % 2]);
            rename(&other, from, to, false).await.expect("renamed");
            renames += 1;
        }
    };
    let import = async {
        let done = imports::applied(engine, &import).await;
        assert_eq!((done.counts.applied, done.counts.conflicts, done.counts.refused), (601, 0, 0));
        stopped.store(true, std::sync::atomic::Ordering::Relaxed);
    };
    tokio::join!(renames, import);
    assert_eq!(top("Garden tools").await, 602);
    let recorded: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT after->>'category' FROM audit_events WHERE after ? 'category' AND kind <> 'category.renamed' ORDER BY 1",
    )
    .fetch_all(&stock.pool)
    .await
    .expect("events");
    assert!(
        recorded.iter().all(|name| ["Garden tools", "GARDEN TOOLS"].contains(&name.as_str())),
        "{recorded:?}"
    );
    // Without a rename, the top list of the present spelling is invalidated.
    let repeated = imports::judged(engine, "sku,name,price,category\nN-2,Pot,2.00,Garden TOOLS\n").await;
    imports::applied(engine, &repeated).await;
    assert_eq!(top("Garden tools").await, 603);
    let moved = imports::judged(engine, "sku,category\nN-1,garden\nN-2,cups\n").await;
    create(engine, "Cups").await;
    assert_eq!(top("Cups").await, 1);
    imports::applied(engine, &moved).await;
    assert_eq!((top("Garden tools").await, top("Cups").await, top("garden").await), (601, 2, 1));
    assert_eq!(engine.item_get(&context(), first.id).await.expect("an item").category, first.category);
    engine.stop().await;
    other.stop().await;
    assert_eq!(stock.deadlocks().await, 0);
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
