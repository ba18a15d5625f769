//! Filters of the list of orders.

use crate::app::TestApp;
use serde_json::{Value, json};

/// Orders with known items, warehouses, references, states and creation times.
struct Shop {
    app: TestApp,
    lamp: i64,
    north: i64,
    /// By ascending id.
    orders: [i64; 5],
}

/// The day on which order `index` of the shop was created.
fn day(index: usize) -> String {
    // The ids are not in the order of the days.
    format!("2026-03-0{}", [3, 1, 2, 5, 4][index])
}

impl Shop {
    async fn open() -> Self {
        let app = TestApp::start().await;
        let (lamp, chair) = (app.item(50).await, app.item(50).await);
        app.patch(&format!("/api/items/{lamp}"), json!({"sku": "LAMP"})).await.expect(200);
        let (main, north) = (app.main_warehouse().await, app.warehouse("NORTH").await);
        let receipt = json!({"warehouseId": north, "delta": 50, "reason": "delivery"});
        app.post(&format!("/api/items/{lamp}/stock"), receipt).await.expect(200);
        let mut orders = [0; 5];
        for (index, lines) in
            [vec![(lamp, 1)], vec![(chair, 1)], vec![(lamp, 1), (chair, 1)], vec![(lamp, 2)], vec![(lamp, 1)]]
                .into_iter()
                .enumerate()
        {
            let id = app.order(&lines).await;
            let query = "UPDATE orders SET created_at = $2::text::timestamptz, reference = $3 WHERE id = $1";
            let reference = (index % 2 == 0).then_some("WEB-1");
            let update =
                sqlx::query(query).bind(id).bind(format!("{}T12:00:00Z", day(index))).bind(reference);
            update.execute(&app.database).await.expect("updated");
            orders[index] = id;
        }
        for (index, warehouse) in [(0, north), (1, main), (3, north)] {
            let path = format!("/api/orders/{}/allocate", orders[index]);
            app.post(&path, json!({"warehouseId": warehouse})).await.expect(200);
        }
        app.post(&format!("/api/orders/{}/cancel", orders[4]), json!(null)).await.expect(200);
        Self { app, lamp, north, orders }
    }

    /// Returns the indexes of the orders in a list, page by page.
    async fn list(&self, query: &str, limit: usize) -> Vec<usize> {
        let (mut found, mut after) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/orders?limit={limit}&after={after}&{query}");
            let page = self.app.get(&path).await.expect(200);
            let ids = page["items"].as_array().expect("orders").iter().map(|order| order["id"].clone());
            let index = |id: Value| self.orders.iter().position(|known| id == *known).expect("an order");
            found.extend(ids.map(index));
            match page["next"].as_str() {
                Some(next) => after = next.to_owned(),
                None => return found,
            }
        }
    }
}

#[tokio::test]
async fn filters_are_combined() {
    let shop = Shop::open().await;
    let Shop { lamp, north, .. } = shop;
    let id = |query: &str| (query.to_owned(), query.contains("from") || query.contains("to="));
    for (query, expected) in [
        ("", vec![4, 3, 2, 1, 0]),
        ("sku=lamp", vec![4, 3, 2, 0]),
        (&format!("itemId={lamp}"), vec![4, 3, 2, 0]),
        ("reference=WEB-1", vec![4, 2, 0]),
        ("warehouseCode=north", vec![3, 0]),
        (&format!("warehouseId={north}"), vec![3, 0]),
        ("status=allocated", vec![3, 1, 0]),
        ("status=allocated&warehouseCode=MAIN", vec![1]),
        ("status=pending&sku=LAMP", vec![2]),
        ("status=allocated&sku=LAMP&warehouseCode=NORTH&reference=WEB-1", vec![0]),
        ("reference=WEB-1&status=cancelled", vec![4]),
        ("reference=other", vec![]),
        // The creation times are the order of the list.
        ("from=2026-03-01T00:00:00Z", vec![3, 4, 0, 2, 1]),
        ("from=2026-03-02T12:00:00Z&to=2026-03-05T12:00:00Z", vec![4, 0, 2]),
        ("to=2026-03-03T12:00:00Z", vec![2, 1]),
        ("to=2026-03-03T23:59:60Z", vec![0, 2, 1]),
        ("from=2026-03-01T00:00:00%2B02:00&status=allocated", vec![3, 0, 1]),
        ("from=2026-03-04T00:00:00Z&warehouseCode=NORTH", vec![3]),
        // With an item or a reference the ids are.
        ("from=2026-03-02T00:00:00Z&sku=LAMP", vec![4, 3, 2, 0]),
        ("from=2026-03-03T00:00:00Z&reference=WEB-1", vec![4, 0]),
    ] {
        for limit in [1, 2, 50] {
            assert_eq!(shop.list(query, limit).await, expected, "{:?} by {limit}", id(query));
        }
    }
}

#[tokio::test]
async fn a_filter_that_cannot_be_used_is_a_problem() {
    let shop = Shop::open().await;
    for (query, status, code, field) in [
        ("sku=none", 404, "item_not_found", None),
        ("warehouseCode=none", 404, "warehouse_not_found", None),
        ("itemId=x", 400, "invalid_query", Some("itemId")),
        ("itemId=1&sku=LAMP", 400, "invalid_value", Some("sku")),
        ("warehouseId=1&warehouseCode=MAIN", 400, "invalid_value", Some("warehouseCode")),
        ("from=yesterday", 400, "invalid_query", Some("from")),
        ("from=2026-03-02T00:00:00Z&to=2026-03-02T00:00:00Z", 400, "invalid_value", Some("to")),
        ("after=5:5", 400, "invalid_value", Some("after")),
        ("from=2026-03-02T00:00:00Z&after=5", 400, "invalid_value", Some("after")),
    ] {
        for list in ["/api/orders", "/api/orders.csv"] {
            if list.ends_with("csv") && query.contains("after") {
                continue;
            }
            let problem = shop.app.get(&format!("{list}?{query}")).await.problem(status, code);
            assert_eq!(problem["field"].as_str(), field, "{problem}");
        }
    }
}

#[tokio::test]
async fn a_file_has_the_filters_of_the_list() {
    let shop = Shop::open().await;
    for (query, expected) in [
        ("sku=LAMP&status=allocated", vec![3, 0]),
        ("from=2026-03-02T00:00:00Z&to=2026-03-04T23:59:60Z", vec![4, 0, 2]),
    ] {
        let text = shop.app.get(&format!("/api/orders.csv?bom=false&{query}")).await.text;
        let mut ids: Vec<i64> =
            text.lines().skip(1).filter_map(|row| row.split(',').next()?.parse().ok()).collect();
        ids.dedup();
        assert_eq!(ids, expected.iter().map(|index| shop.orders[*index]).collect::<Vec<_>>(), "{text}");
    }
}

#[tokio::test]
async fn the_console_filters_by_its_address() {
    let shop = Shop::open().await;
    let shows = |page: &str, order: i64| page.contains(&format!("href=\"/orders/{order}\""));
    for (query, expected) in [
        ("sku=lamp&status=pending", vec![2]),
        ("warehouse=north", vec![0, 3]),
        ("reference=WEB-1&from=2026-03-03&to=2026-03-03", vec![0]),
        ("from=2026-03-04&to=2026-03-05", vec![3, 4]),
    ] {
        let page = shop.app.get(&format!("/orders?{query}")).await.text;
        for (index, order) in shop.orders.into_iter().enumerate() {
            assert_eq!(shows(&page, order), expected.contains(&index), "{query}: order {index}");
        }
    }
    let page = shop.app.get("/orders?sku=lamp&from=2026-03-04").await.text;
    for field in [
        "name=\"sku\" value=\"lamp\"",
        "name=\"from\" value=\"2026-03-04\"",
        "/downloads/orders.csv?sku=lamp&amp;from=2026-03-04",
    ] {
        assert!(page.contains(field), "{field} is not in {page}");
    }
    assert!(shop.app.get("/orders?sku=none").await.text.contains("There is no item with the SKU"));
    assert!(shop.app.get("/orders?reference=none").await.text.contains("No orders match"));
}
