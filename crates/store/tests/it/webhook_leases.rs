//! Leases of webhook endpoints.

use store::WebhookProgress;

/// A server that was paused comes back after another one sent and gave the endpoint up. Its old lease writes nothing.
#[tokio::test]
async fn a_lease_that_was_taken_meanwhile_is_fenced() {
    let (store, url) = store::testing::store().await;
    let pool = sqlx::PgPool::connect(&url).await.expect("a connection");
    let add = "INSERT INTO webhook_endpoints (name, url, kinds, warehouse_ids, skus, position, signature, signing_key)
               VALUES ('Shop', 'https://shop.example/', '{}', '{}', '{}', 10, 'v1', decode(repeat('00', 32), 'hex'))";
    sqlx::query(add).execute(&pool).await.expect("an endpoint");
    let leases = async |worker: &str| store.webhook_leases(worker, 10.0).await.expect("leases");
    let paused = leases("a").await;
    assert_eq!(leases("a").await[0].revision, paused[0].revision, "a renewed lease is the same");
    let to = |position| WebhookProgress { position: Some(position), ..WebhookProgress::default() };
    assert!(store.webhook_progress(&paused[0], "a", &to(60)).await.expect("written"));

    sqlx::query("UPDATE webhook_endpoints SET lease_until = now()")
        .execute(&pool)
        .await
        .expect("the lease expires");
    let other = leases("b").await;
    assert!(!store.webhook_progress(&paused[0], "a", &to(70)).await.expect("fenced"));
    assert!(store.webhook_progress(&other[0], "b", &to(100)).await.expect("written"));
    store.webhook_leases_end("b").await.expect("given up");
    let again = leases("a").await;
    assert!(!store.webhook_progress(&paused[0], "a", &to(70)).await.expect("fenced"), "{paused:?} {again:?}");
    let position: i64 = sqlx::query_scalar("SELECT position FROM webhook_endpoints")
        .fetch_one(&pool)
        .await
        .expect("a position");
    assert_eq!(position, 100);
    assert!(store.webhook_progress(&again[0], "a", &to(110)).await.expect("written"));
}
