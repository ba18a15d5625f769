//! Lists as CSV files.

use crate::app::TestApp;
use serde_json::json;

#[tokio::test]
async fn a_list_is_downloaded_as_csv() {
    let app = TestApp::start().await;
    let item = app.item(10).await;
    for (name, category) in [("=HYPERLINK(1)", "a,b"), ("-5 \"quoted\"", "@home")] {
        let body = json!({"name": name, "quantity": 1, "price": "2.50", "category": category});
        app.post("/api/items", body).await.expect(201);
    }
    let answer = app.get("/api/items.csv?sort=id&limit=1").await;
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"items.csv\"");
    assert_eq!(answer.status, 200);
    let mut lines = answer.text.lines();
    let header = "id,sku,name,category,price,quantity,description,barcodes,createdAt,updatedAt";
    assert_eq!(lines.next().and_then(|line| line.strip_prefix('\u{FEFF}')), Some(header), "after a BOM");
    assert!(
        lines.next().is_some_and(|line| line.starts_with(&format!("{item},,Lamp,Lighting,9.99,10,,,20")))
    );
    assert!(lines.next().is_some_and(|line| line.contains(",'=HYPERLINK(1),\"a,b\",2.50,1,,")));
    assert!(lines.next().is_some_and(|line| line.contains(",\"'-5 \"\"quoted\"\"\",'@home,")));
    assert_eq!(lines.next(), None);
    assert!(answer.text.ends_with("\r\n"));
    assert!(app.get("/api/items.csv?bom=false").await.text.starts_with(header));
    app.get("/api/items.csv?bom=maybe").await.problem(400, "invalid_query");
    assert_eq!(app.get("/api/items.csv?category=Lighting").await.text.lines().count(), 2);
    assert_eq!(app.get("/api/items.csv?category=None").await.text.lines().count(), 1);
    app.get("/api/items.csv?maxQuantity=-1").await.problem(400, "invalid_value");

    let block = app.block(item, 2, 60).await;
    let text = app.get("/api/blocks.csv?state=temporary").await.text;
    assert!(text.contains(&format!("\n{block},{item},,Lamp,MAIN,2,temporary,")), "{text}");
    let order = app.order(&[(item, 3)]).await;
    let text = app.get("/api/orders.csv?status=pending").await.text;
    assert!(
        text.contains(&format!("\n{order},,pending,,"))
            && text.trim_end().ends_with(&format!(",{item},,Lamp,3")),
        "{text}"
    );
}

#[tokio::test]
async fn expiring_and_ended_blocks_are_downloaded_as_csv() {
    let app = TestApp::start().await;
    let (item, other) = (app.item(20).await, app.item(20).await);
    let [late, soon] = [app.block(item, 1, 500).await, app.block(item, 2, 60).await];
    app.block(item, 3, 3_600).await;
    app.block(other, 4, 60).await;
    let path = format!("/api/blocks/expiring.csv?itemId={item}");
    let answer = app.get(&path).await;
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"blocks-expiring.csv\"");
    let text = answer.text;
    let ids: Vec<_> = text.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    assert_eq!(ids, [soon.to_string(), late.to_string()], "soonest first, no other: {text}");
    let within = app.get(&format!("{path}&withinSeconds=100")).await.text;
    assert_eq!(within.lines().count(), 2, "{within}");
    app.get("/api/blocks/expiring.csv?withinSeconds=0").await.problem(400, "invalid_value");

    app.delete(&format!("/api/blocks/{late}")).await.expect(200);
    app.post("/api/items/block/permanent", json!({"blockId": soon})).await.expect(200);
    let text = app.get(&format!("/api/blocks/ended.csv?itemId={item}&limit=1")).await.text;
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("\u{FEFF}id,itemId,sku,itemName,warehouse,quantity,end,endedAt,actor"));
    for (block, quantity, end) in [(soon, 2, "confirmed"), (late, 1, "released")] {
        let begins = format!("{block},{item},,Lamp,MAIN,{quantity},{end},20");
        assert!(lines.next().is_some_and(|line| line.starts_with(&begins)), "{begins}: {text}");
    }
    assert_eq!(lines.next(), None);
    assert_eq!(app.get(&format!("/api/blocks/ended.csv?itemId={other}")).await.text.lines().count(), 1);
}

#[tokio::test]
async fn stock_and_movements_are_downloaded_as_csv() {
    let app = TestApp::start().await;
    let (item, other) = (app.item(20).await, app.item(5).await);
    let north = app.warehouse("NORTH").await;
    let receipt = json!({"warehouseId": north, "delta": 7, "reason": "=cmd"});
    app.post(&format!("/api/items/{other}/stock"), receipt).await.expect(200);
    let block = app.block(item, 3, 60).await;
    let sold = app.block(item, 2, 60).await;
    app.post("/api/items/block/permanent", json!({"blockId": sold})).await.expect(200);

    let answer = app.get("/api/stock.csv").await;
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"stock.csv\"");
    let expected = format!(
        "\u{FEFF}itemId,sku,name,warehouse,count,available,held,committed,damaged,quarantined\r\n\
         {item},,Lamp,MAIN,20,15,3,2,0,0\r\n\
         {other},,Lamp,MAIN,5,5,0,0,0,0\r\n{other},,Lamp,NORTH,7,7,0,0,0,0\r\n"
    );
    assert_eq!(answer.text, expected, "held units are on the shelf, and sold ones that are not shipped");
    let of_north = app.get(&format!("/api/stock.csv?warehouseId={north}&bom=false")).await.text;
    assert_eq!(
        of_north,
        format!(
            "itemId,sku,name,warehouse,count,available,held,committed,damaged,quarantined\r\n\
             {other},,Lamp,NORTH,7,7,0,0,0,0\r\n"
        )
    );

    let text = app.get("/api/movements.csv").await.text;
    let mut lines = text.lines();
    let header = "\u{FEFF}id,createdAt,itemId,sku,itemName,warehouse,change,units,reason,condition,note,blockId,orderId,actor";
    assert_eq!(lines.next(), Some(header));
    let expected = [
        format!(",{item},,Lamp,MAIN,0,2,confirmed,,,{sold},,"),
        format!(",{item},,Lamp,MAIN,-2,,blocked,,,{sold},,"),
        format!(",{item},,Lamp,MAIN,-3,,blocked,,,{block},,"),
        format!(",{other},,Lamp,NORTH,7,,received,,'=cmd,,,"),
        format!(",{other},,Lamp,MAIN,5,,received,,,,,"),
        format!(",{item},,Lamp,MAIN,20,,received,,,,,"),
    ];
    for expected in expected {
        let line = lines.next().unwrap_or_default();
        assert!(line.contains(&expected), "{expected}: {text}");
    }
    assert_eq!(lines.next(), None);
}

#[tokio::test]
async fn a_download_contains_every_page_of_stock_and_of_movements() {
    let app = TestApp::start().await;
    let (item, north) = (app.item(0).await, app.warehouse("NORTH").await);
    let query = "WITH created AS (
                     INSERT INTO items (name, price) SELECT 'Thing ' || n, 1 FROM generate_series(1, 2500) AS n
                     RETURNING id)
                 INSERT INTO inventory (product_id, warehouse_id, stock_quantity)
                 SELECT created.id, warehouses.id, 0 FROM created, warehouses";
    sqlx::query(query).execute(&app.database).await.expect("levels");
    let query = "INSERT INTO stock_movements (item_id, warehouse_id, change, reason, actor)
                 SELECT $1, $2, 0, 'corrected', 'test' FROM generate_series(1, 4500)";
    sqlx::query(query).bind(item).bind(north).execute(&app.database).await.expect("movements");
    for (file, cells, count) in [("stock", 4, 5_000), ("movements", 1, 4_500)] {
        let text = app.get(&format!("/api/{file}.csv")).await.text;
        let mut keys: Vec<_> =
            text.lines().skip(1).map(|line| line.split(',').take(cells).collect::<Vec<_>>()).collect();
        assert!(keys.len() >= count, "{file}: {}", keys.len());
        let all = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), all, "{file}");
    }
}

#[tokio::test]
async fn a_download_contains_every_page_of_blocks() {
    let app = TestApp::start().await;
    let item = app.item(10_000).await;
    // Many blocks expire at the same moment, so the cursor needs the id too.
    let query = "INSERT INTO block_inventory (item_id, warehouse_id, quantity, is_permanent, expires_at)
                 SELECT $1, warehouse_id, 1, false, now() + make_interval(secs => 300 + n / 1000)
                   FROM inventory, generate_series(1, 4500) AS n WHERE product_id = $1";
    sqlx::query(query).bind(item).execute(&app.database).await.expect("blocks");
    let query = "INSERT INTO stock_movements (item_id, warehouse_id, change, reason, block_id, actor)
                 SELECT item_id, warehouse_id, 1, 'released', id, 'test' FROM block_inventory";
    sqlx::query(query).execute(&app.database).await.expect("lines of the ledger");
    for list in ["expiring", "ended"] {
        let text = app.get(&format!("/api/blocks/{list}.csv")).await.text;
        let mut ids: Vec<_> = text.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
        assert_eq!(ids.len(), 4_500, "{list}");
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 4_500, "{list}");
    }
}

#[tokio::test]
async fn a_download_contains_every_page() {
    let app = TestApp::start().await;
    let query = "INSERT INTO items (name, price) SELECT 'Thing ' || n, 1 FROM generate_series(1, 4500) AS n";
    sqlx::query(query).execute(&app.database).await.expect("items");
    let text = app.get("/api/items.csv").await.text;
    let mut names: Vec<_> = text.lines().skip(1).filter_map(|line| line.split(',').nth(2)).collect();
    assert_eq!(names.len(), 4_500);
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 4_500);
}
