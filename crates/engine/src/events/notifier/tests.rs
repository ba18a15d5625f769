//! Announced changes reach the cache of SKUs, also those that are committed while nobody listens.

use super::*;
use crate::cache::skus::SkuCache;
use domain::ItemId;
use sqlx::PgPool;

/// The longest wait for an announcement.
const WAIT_MAX: Duration = Duration::from_secs(30);

const LISTENING: &str =
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'";

struct Setup {
    pool: PgPool,
    store: Store,
    notifier: Arc<CommitNotifier>,
    cache: SkuCache,
    item: ItemId,
    _stopping: watch::Sender<bool>,
}

impl Setup {
    /// Starts a listener on a database with one item.
    async fn new() -> Self {
        let (store, url) = store::testing::store().await;
        let pool = PgPool::connect(&url).await.expect("a connection");
        let item = store::testing::item(&pool).await;
        let notifier = Arc::new(CommitNotifier::new());
        let (stopping, stopped) = watch::channel(false);
        let (listening, its_store) = (notifier.clone(), store.clone());
        let status = Arc::new(WorkerStatus::new("listener", None));
        tokio::spawn(async move { listening.listen(its_store, stopped, &status).await });
        let cache = SkuCache::new(store.clone(), notifier.clone());
        let setup = Self { pool, store, notifier, cache, item, _stopping: stopping };
        setup.wait("a listener", async || setup.listeners().await == 1).await;
        setup
    }

    async fn listeners(&self) -> i64 {
        sqlx::query_scalar(LISTENING).fetch_one(&self.pool).await.expect("a count")
    }

    async fn sku(&self) -> Option<String> {
        let skus = self.cache.fetch([self.item].into_iter(), &mut &self.store).await.expect("SKUs");
        skus[&self.item].as_deref().map(str::to_owned)
    }

    async fn set_sku(&self, sku: &str) {
        let set = sqlx::query("UPDATE items SET sku = $1").bind(sku);
        set.execute(&self.pool).await.expect("changed");
    }

    async fn wait(&self, what: &str, is_done: impl AsyncFn() -> bool) {
        let waiting = async {
            while !is_done().await {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(WAIT_MAX, waiting).await.unwrap_or_else(|_| panic!("{what}"));
    }
}

/// The change is committed after the versions were raised for the lost connection, and before the next LISTEN.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_before_the_next_listen_is_not_missed() {
    let setup = Setup::new().await;
    setup.set_sku("Lamp").await;
    setup.wait("the first SKU", async || setup.sku().await.as_deref() == Some("Lamp")).await;
    // An announcement has been received, so only the loss of the connection changes the version of the orders.
    let is_received = async || {
        setup.notifier.sku_version();
        setup.notifier.skus.raised_at.lock().expect("no panic").is_some()
    };
    setup.wait("the announcement", is_received).await;
    let orders = || setup.notifier.topic_versions()[Topic::Orders as usize];
    let before = orders();
    let terminate = format!(
        "SELECT pg_terminate_backend(pid) FROM ({}) AS listening",
        LISTENING.replace("count(*)", "pid")
    );
    sqlx::query(sqlx::AssertSqlSafe(terminate)).execute(&setup.pool).await.expect("terminated");
    setup.wait("the loss", async || orders() > before).await;
    assert_eq!(setup.sku().await.as_deref(), Some("Lamp"), "cached at the version after the loss");
    setup.set_sku("Bulb").await;
    assert_eq!(setup.listeners().await, 0, "nobody has received the change");
    setup.wait("the new SKU", async || setup.sku().await.as_deref() == Some("Bulb")).await;
}

/// Many announcements clear the cache seldom, and the last of them is not lost.
#[tokio::test(flavor = "multi_thread")]
async fn many_announcements_raise_the_version_seldom() {
    let versions = SkuVersion::default();
    let begun = Instant::now();
    let mut rises = 0;
    for _ in 0..1_000 {
        let before = versions.current();
        versions.announced();
        rises += versions.current() - before;
    }
    let rises_max = 1 + begun.elapsed().as_millis() / SKU_CLEARING_INTERVAL.as_millis();
    assert!((1..=rises_max).contains(&u128::from(rises)), "{rises} of at most {rises_max}");
    let before = versions.current();
    versions.raise();
    assert!(versions.current() > before, "a change by this server counts at once");
    // The last announcement raises the version after the interval without another one.
    versions.announced();
    tokio::time::sleep(SKU_CLEARING_INTERVAL).await;
    let before = versions.version.load(Ordering::Acquire);
    assert!(versions.current() > before);
    assert!(!versions.is_announced.load(Ordering::Acquire));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_of_many_changes_is_answered() {
    let setup = Setup::new().await;
    for turn in 0..100 {
        setup.set_sku(&format!("Lamp {turn}")).await;
        setup.sku().await;
    }
    setup.wait("the last SKU", async || setup.sku().await.as_deref() == Some("Lamp 99")).await;
}

#[tokio::test]
async fn a_change_of_a_webhook_reaches_the_senders_of_other_servers() {
    let setup = Setup::new().await;
    // The first LISTEN counts everything as changed.
    setup.notifier.webhooks().notified().await;
    let other = Arc::new(CommitNotifier::new());
    let (_stopping, stopped) = watch::channel(false);
    let (announcing, store) = (other.clone(), setup.store.clone());
    let status = Arc::new(WorkerStatus::new("notifier", None));
    tokio::spawn(async move { announcing.announce(store, stopped, &status).await });
    other.webhooks_changed();
    let told = tokio::time::timeout(WAIT_MAX, setup.notifier.webhooks().notified()).await;
    assert!(told.is_ok(), "the other server's change is announced");
}
