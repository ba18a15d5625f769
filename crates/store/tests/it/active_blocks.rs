//! One definition of an active block: temporary, and `expires_at > now()`. Lists, totals, levels and the limit per
//! reference agree on it, also while expired blocks are not reclaimed yet.

use domain::{BlockQuery, BlockState, ExpiringQuery, ItemId, Reference};
use sqlx::PgPool;
use std::collections::BTreeSet;
use store::{Cause, ItemSums, Store};

/// An item with blocks of each state. Their ids and units are powers of two, so a sum shows which blocks it contains.
struct Stock {
    store: Store,
    pool: PgPool,
    item: ItemId,
}

/// (id, units, time to expiry as SQL; `None` for a permanent block).
const BLOCKS: [(i64, i32, Option<&str>); 5] = [
    (1, 1, Some("1 hour")),
    (2, 2, Some("2 minutes")),
    (4, 4, Some("-1 second")),
    (8, 8, Some("-1 hour")),
    (16, 16, None),
];
const ACTIVE: [i64; 2] = [1, 2];
const EXPIRED: [i64; 2] = [4, 8];

impl Stock {
    async fn new() -> Self {
        let (store, url) = store::testing::store().await;
        let pool = PgPool::connect(&url).await.expect("a connection");
        let item = store::testing::item(&pool).await;
        let level = sqlx::query("INSERT INTO inventory VALUES ($1, 1, 100)").bind(item.0);
        level.execute(&pool).await.expect("a level");
        for (id, units, expires_in) in BLOCKS {
            sqlx::query(
                "INSERT INTO block_inventory (id, item_id, warehouse_id, quantity, is_permanent, expires_at, reference)
                 VALUES ($1, $2, 1, $3, $4::text IS NULL, now() + $4::text::interval, 'Ada')",
            )
            .bind(id)
            .bind(item.0)
            .bind(units)
            .bind(expires_in)
            .execute(&pool)
            .await
            .expect("a block");
        }
        Self { store, pool, item }
    }

    /// Returns the ids of the listed blocks.
    async fn listed(&self, state: Option<BlockState>) -> BTreeSet<i64> {
        let query = BlockQuery::new(state, Some(self.item.0), Some(100), None).expect("a query");
        let page = self.store.block_list(&query).await.expect("a page");
        page.rows.into_iter().map(|block| block.id.0).collect()
    }

    /// Returns the ids of the listed blocks that expire within `seconds`.
    async fn expiring(&self, seconds: i64) -> Vec<i64> {
        let query = ExpiringQuery { seconds, item: None, warehouse: None, limit: 100, after: None };
        let page = self.store.blocks_expiring(&query).await.expect("a page");
        page.rows.into_iter().map(|block| block.id.0).collect()
    }

    /// Returns the units that the item's levels hold, by a scan and by earlier sums with the movements since.
    async fn level_held(&self) -> [i64; 2] {
        let watermark = self.store.low_watermark().await.expect("a watermark");
        let position = watermark.cursor.position;
        let scanned = self.store.item_levels(self.item, position).await.expect("levels");
        let sums: &ItemSums = &scanned.sums;
        let (followed, _) =
            self.store.item_levels_after(self.item, position, sums, &watermark).await.expect("levels");
        [scanned.levels[0].held, followed[0].held]
    }

    /// Asserts that all counts and sums contain these blocks.
    async fn assert_active(&self, active: &[i64], expiring: &[i64]) {
        let (count, units) = (active.len() as i64, active.iter().sum::<i64>());
        assert_eq!(self.listed(Some(BlockState::Temporary)).await, active.iter().copied().collect());
        assert_eq!(self.level_held().await, [units; 2], "levels");
        assert_eq!(
            self.store.items_held(&[self.item]).await.expect("units")[0].1,
            units,
            "a rejection's units"
        );
        let totals = self.store.stock_totals().await.expect("totals");
        assert_eq!((totals.blocks_active, totals.units_held), (count, units), "overview");
        let soon = (expiring.len() as i64, expiring.iter().sum::<i64>());
        assert_eq!((totals.blocks_expiring, totals.units_expiring), soon, "overview");
        assert_eq!(self.expiring(domain::EXPIRING_SECONDS).await, expiring, "list of expiring blocks");
        let query = BlockQuery::new(Some(BlockState::Temporary), None, None, None).expect("a query");
        let total = self.store.block_total(&query).await.expect("a total");
        assert_eq!((total.count, total.units), (count, Some(units)), "total of the list");
        let query = ExpiringQuery::new(None, None, None, None).expect("a query");
        let total = self.store.expiring_total(&query).await.expect("a total");
        assert_eq!(
            (total.count, total.units),
            (soon.0, Some(soon.1)),
            "total of the list of expiring blocks"
        );
        let reference = Reference::new("Ada").expect("a reference");
        let mut transaction = self.store.begin().await.expect("a transaction");
        let counts = transaction.references_lock(&[&reference]).await.expect("counts");
        assert_eq!(counts[&reference], count, "limit per reference");
        transaction.roll_back().await.expect("rolled back");
    }
}

#[tokio::test]
async fn lists_totals_levels_and_limits_agree_on_active_blocks() {
    let stock = Stock::new().await;
    stock.assert_active(&ACTIVE, &[2]).await;
    assert_eq!(stock.listed(Some(BlockState::Expired)).await, EXPIRED.into());
    assert_eq!(stock.listed(Some(BlockState::Permanent)).await, [16].into());

    // Reclaiming changes none of the numbers.
    let reclaimed =
        stock.store.blocks_reclaim(&[stock.item], 100, Cause::SYSTEM, false).await.expect("reclaimed");
    assert_eq!(reclaimed.blocks, 2);
    stock.assert_active(&ACTIVE, &[2]).await;
    assert_eq!(stock.listed(Some(BlockState::Expired)).await, EXPIRED.into());

    // Nor does the time between an expiry and its clean-up.
    sqlx::query("UPDATE block_inventory SET expires_at = clock_timestamp() WHERE id = 2")
        .execute(&stock.pool)
        .await
        .expect("expired");
    stock.assert_active(&[1], &[]).await;
}

#[tokio::test]
async fn blocks_of_a_warehouse_that_expire_soon_are_searched_in_parts() {
    let stock = Stock::new().await;
    let blocks = "INSERT INTO block_inventory (id, item_id, warehouse_id, quantity, expires_at)
                  SELECT 100 + n, $1, CASE WHEN n % 9000 = 0 THEN 2 ELSE 1 END, 3, now() + interval '1 minute' + n * interval '1 ms'
                    FROM generate_series(1, 27000) AS n";
    let mut transaction = stock.pool.begin().await.expect("a transaction");
    sqlx::query("SET LOCAL session_replication_role = replica")
        .execute(&mut *transaction)
        .await
        .expect("set");
    let warehouse =
        "INSERT INTO warehouses (id, code, name) OVERRIDING SYSTEM VALUE VALUES (2, 'NORTH', 'North')
                         ON CONFLICT DO NOTHING";
    sqlx::query(warehouse).execute(&mut *transaction).await.expect("a warehouse");
    sqlx::query(blocks).bind(stock.item.0).execute(&mut *transaction).await.expect("blocks");
    transaction.commit().await.expect("committed");
    let warehouse = Some(domain::WarehouseId(2));
    let all = ExpiringQuery::new(None, None, None, None).expect("a query").with_warehouse(warehouse);
    let (mut query, mut found, mut pages) = (all.clone(), Vec::new(), 0);
    loop {
        let page = stock.store.blocks_expiring(&query).await.expect("a page");
        pages += 1;
        found.extend(page.rows.into_iter().map(|block| block.id.0));
        let Some(next) = page.next else { break };
        query = query.after_cursor(&next).expect("a cursor");
    }
    assert_eq!((found, pages), (vec![9_100, 18_100, 27_100], 3));
    let total = stock.store.expiring_total(&all).await.expect("a total");
    assert_eq!((total.is_exact, total.units), (false, None), "only a part is counted");
    let of_item = ExpiringQuery { item: Some(ItemId(stock.item.0 + 1)), ..all };
    let total = stock.store.expiring_total(&of_item).await.expect("a total");
    assert_eq!((total.count, total.units), (0, Some(0)));
}
