//! Migrations beside servers of the previous version: their turns, the locks that they take, and the writers beside them.

mod locks;
mod turns;
mod writers;

use sqlx::PgPool;
use sqlx::migrate::Migrator;
use std::path::{Path, PathBuf};

/// The folder of the migrations.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations")
}

/// Creates a database with the migrations up to this version.
async fn database_at(version: i64) -> (Migrator, PgPool, String) {
    let migrator = Migrator::new(folder()).await.expect("migrations");
    let url = store::testing::database().await;
    let pool = PgPool::connect(&url).await.expect("a connection");
    migrator.run_to(version, &pool).await.expect("the schema");
    (migrator, pool, url)
}
