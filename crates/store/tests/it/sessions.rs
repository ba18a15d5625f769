//! The removal of ended sessions and expired one-time links.

use sqlx::AssertSqlSafe;

#[tokio::test]
async fn ended_sessions_and_expired_links_are_deleted() {
    let (store, url) = store::testing::store().await;
    let pool = sqlx::PgPool::connect(&url).await.expect("a connection");
    let run = async |sql: String| sqlx::raw_sql(AssertSqlSafe(sql)).execute(&pool).await.expect("executed");
    run("INSERT INTO people (name, display_name, role) VALUES ('anna', 'Anna', 'viewer'), ('bert', 'Bert', 'viewer')"
        .to_owned())
    .await;
    // Ends 31 days ago, 29 days ago and tomorrow; the last one was also revoked long ago.
    for (number, end) in ["-31 days", "-29 days", "1 day"].into_iter().enumerate() {
        run(format!(
            "INSERT INTO sessions (person_id, hash, created_at, expires_at, revoked_at)
             SELECT id, sha256('{number}'), now() - interval '90 days', now() + interval '{end}',
                    now() - interval '80 days' FROM people WHERE name = 'anna'"
        ))
        .await;
    }
    for (name, end) in [("anna", "-1 second"), ("bert", "1 hour")] {
        run(format!(
            "INSERT INTO password_links (person_id, hash, expires_at)
             SELECT id, sha256('{name}'), now() + interval '{end}' FROM people WHERE name = '{name}'"
        ))
        .await;
    }
    assert!(!store.ended_credentials_delete().await.expect("deleted"), "no more are left");
    let count = async |sql: &'static str| -> i64 {
        sqlx::query_scalar(sql).fetch_one(&pool).await.expect("a number")
    };
    assert_eq!(count("SELECT count(*) FROM sessions").await, 2);
    assert_eq!(count("SELECT count(*) FROM sessions WHERE hash = sha256('0')").await, 0);
    assert_eq!(count("SELECT count(*) FROM password_links").await, 1);
    assert_eq!(count("SELECT count(*) FROM password_links WHERE hash = sha256('bert')").await, 1);

    run("INSERT INTO sessions (person_id, hash, created_at, expires_at)
         SELECT people.id, sha256(number::text::bytea), now() - interval '90 days', now() - interval '40 days'
           FROM people, generate_series(100, 1599) AS number WHERE name = 'bert'"
        .to_owned())
    .await;
    assert!(store.ended_credentials_delete().await.expect("deleted"), "more are left");
    assert!(!store.ended_credentials_delete().await.expect("deleted"));
    assert_eq!(count("SELECT count(*) FROM sessions").await, 2);
}
