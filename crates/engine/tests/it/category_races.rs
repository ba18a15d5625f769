//! Races of renames with other writers of the same categories.

use crate::categories::{create, rename, set};
use crate::*;
use domain::Error as Rejection;
use engine::Error;

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

/// Eight clients rename in a circle, while others create and change items of the same categories.
#[tokio::test(flavor = "multi_thread")]
async fn racing_renames_have_no_deadlock_and_lose_no_item() {
    const CIRCLE: [&str; 4] = ["Ash", "Beech", "Cedar", "Date"];
    const SPELLINGS: [&str; 4] = ["Ash", "BEECH", "cedar", "Date"];
    const ROUNDS: usize = 40;
    let stock = Stock::new().await;
    let engines = [stock.engine.clone(), stock.another().await];
    let mut items = Vec::new();
    for index in 0..24 {
        items.push(create(&stock.engine, CIRCLE[index % 4]).await.id);
    }
    let check = |result: engine::Result<()>| match result {
        Ok(()) | Err(Error::Rejected(Rejection::CategoryExists(_))) => {}
        Err(error) => panic!("{error}"),
    };
    let renames = (0..8).map(|client| {
        let engine = &engines[client % 2];
        async move {
            for round in 0..ROUNDS {
                let from = (client + round) % 4;
                let to = match client % 2 {
                    0 => CIRCLE[(from + 1) % 4],
                    _ => CIRCLE[(from + 3) % 4],
                };
                // Every fifth rename changes the spelling of its own category.
                let (from, to) = match round % 5 {
                    4 if client < 4 => (CIRCLE[from], SPELLINGS[from]),
                    4 => (SPELLINGS[from], CIRCLE[from]),
                    _ => (CIRCLE[from], to),
                };
                if from != to {
                    check(rename(engine, from, to, false).await.map(|_| ()));
                }
            }
        }
    });
    let changes = (0..6).map(|client| {
        let (engine, items) = (&engines[client % 2], &items);
        async move {
            for round in 0..ROUNDS * 3 {
                let category = [CIRCLE, SPELLINGS][round % 2][(client + round) % 4];
                set(engine, items[(client * 7 + round * 5) % items.len()], category).await;
            }
        }
    });
    let creates = async {
        for round in 0..ROUNDS {
            create(&engines[round % 2], SPELLINGS[round % 4]).await;
        }
    };
    tokio::join!(futures::future::join_all(renames), futures::future::join_all(changes), creates);
    let left: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM items JOIN category_names ON category_names.name = items.category",
    )
    .fetch_one(&stock.pool)
    .await
    .expect("a number");
    assert_eq!(
        left,
        24 + i64::try_from(ROUNDS).expect("a number"),
        "each item has a category in its present spelling"
    );
    stock.assert_closed().await;
    for engine in &engines {
        engine.stop().await;
    }
    assert_eq!(stock.deadlocks().await, 0);
}
