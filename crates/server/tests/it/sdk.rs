//! The Rust client against a server.

use crate::app::TestApp;
use crate::webhook_receiver::Receiver;
use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use domain::Scope;
use std::sync::{Arc, Mutex};
use stockhold_client::types::*;
use stockhold_client::{Error, Settings, Stockhold, WebhookMessage, verify_webhook};
use tokio::net::TcpListener;

fn client(app: &TestApp, token: Option<String>) -> Stockhold {
    let settings = Settings { base_url: app.url.clone(), token, ..Settings::default() };
    Stockhold::new(settings).expect("a client")
}

fn cart_line(item: i64, quantity: i64) -> CartLine {
    CartLine { item_id: Some(item), quantity, ..CartLine::default() }
}

#[tokio::test]
async fn a_cart_becomes_an_order_that_is_allocated_and_shipped() {
    let app = TestApp::start().await;
    let item = app.item(5).await;
    let scopes = [Scope::StockRead, Scope::HoldsWrite, Scope::OrdersWrite];
    let shop = client(&app, Some(app.client("shop", &scopes).await));
    let cart = PlaceCart { lines: vec![cart_line(item, 2)], ..PlaceCart::default() };
    let cart = shop.place_cart(&cart).await.expect("a cart");
    let converted = CreateOrder { cart_id: Some(cart.cart_id), ..CreateOrder::default() };
    let converted = shop.create_order(&converted).await.expect("an order");
    assert_eq!(converted.status, OrderStatus::Allocated);
    let line = CreateOrderLine { item_id: Some(item), quantity: 3, ..CreateOrderLine::default() };
    let order = CreateOrder { lines: Some(vec![line]), ..CreateOrder::default() };
    let order = shop.create_order(&order).await.expect("an order");
    let allocate = AllocateOrder { policy: Some(SourcingPolicy::FewestParcels), ..AllocateOrder::default() };
    let allocated = shop.allocate_order(order.id, &allocate).await.expect("an allocation");
    assert!(matches!(allocated, AllocationAnswer::OrderAllocation(answer) if answer.allocated));
    for id in [converted.id, order.id] {
        shop.ship_order(id, None).await.expect("it is shipped");
        assert_eq!(shop.get_order(id).await.expect("an order").status, OrderStatus::Shipped);
    }
    let mut orders = shop
        .list_orders_rows(&ListOrdersQuery { limit: Some(1), ..ListOrdersQuery::default() })
        .expect("a query");
    let mut found = Vec::new();
    while let Some(order) = orders.next().await.expect("a page") {
        found.push(order.id);
    }
    assert_eq!(found, [order.id, converted.id]);
}

#[tokio::test]
async fn a_rejection_has_its_code_and_numbers() {
    let app = TestApp::start().await;
    let item = app.item(1).await;
    let shop = client(&app, None);
    let block = PlaceBlock { item_id: Some(item), quantity: 4, ..PlaceBlock::default() };
    let error = shop.place_block(&block).await.expect_err("too few units");
    assert_eq!(error.code(), Some("insufficient_stock"));
    let problem = &error.rejection().expect("a rejection").problem;
    assert_eq!((problem.status, problem.requested, problem.available), (409, Some(4), Some(1)));
    let line = ChangeStockLine {
        item_id: Some(item),
        set: Some(3),
        expected: Some(Some(9)),
        reason: "count".to_owned(),
        ..ChangeStockLine::default()
    };
    let document = ChangeStock { atomic: Some(true), changes: vec![line], ..ChangeStock::default() };
    let error = shop.change_stock(&document).await.expect_err("another level");
    assert_eq!(error.rejection().map(|rejection| rejection.lines.len()), Some(1), "{error}");
}

#[tokio::test]
async fn null_removes_a_value_and_an_absent_field_keeps_it() {
    let app = TestApp::start().await;
    let shop = client(&app, None);
    let item = CreateItem {
        name: "Lamp".to_owned(),
        price: "49.90".to_owned(),
        category: Some("Lamps".to_owned()),
        sku: Some("LAMP-1".to_owned()),
        ..CreateItem::default()
    };
    let item = shop.create_item(&item).await.expect("an item");
    let change = UpdateItem { category: Some(None), ..UpdateItem::default() };
    let changed = shop.update_item(item.id, &change).await.expect("a change");
    assert_eq!((changed.category, changed.sku), (None, Some("LAMP-1".to_owned())));
}

#[tokio::test]
async fn the_key_of_a_request_makes_its_repetition_harmless() {
    let app = TestApp::start().await;
    let item = app.item(5).await;
    let shop = client(&app, None).with_idempotency_key("cart-7").expect("a key");
    let block = PlaceBlock { item_id: Some(item), quantity: 2, ..PlaceBlock::default() };
    let (one, next) = (shop.place_block(&block).await, shop.place_block(&block).await);
    assert_eq!(one.expect("a block").block_id, next.expect("the same block").block_id);
    assert_eq!(app.available(item).await, 3);
}

/// A server that answers 503 so often, and then 200. Returns its address and the keys of the requests.
async fn unavailable(failures: usize) -> (String, Arc<Mutex<Vec<Option<String>>>>) {
    let keys = Arc::<Mutex<Vec<_>>>::default();
    let received = keys.clone();
    let answer = move |headers: HeaderMap| {
        let key = headers.get("idempotency-key").map(|key| key.to_str().expect("text").to_owned());
        let mut keys = received.lock().expect("no panic");
        keys.push(key);
        let fails = keys.len() <= failures;
        let status = if fails { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
        std::future::ready((
            status,
            r#"{"blockId":1,"itemId":1,"warehouseId":1,"warehouseCode":"","quantityBlocked":1,"remainingQuantity":0,"expiresAt":"2026-01-01T00:00:00Z"}"#,
        ))
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let router = Router::new().fallback(answer);
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, keys)
}

#[tokio::test]
async fn a_write_with_a_key_is_sent_again_and_one_without_is_not() {
    let (base_url, keys) = unavailable(2).await;
    let shop = Stockhold::new(Settings { base_url, ..Settings::default() }).expect("a client");
    let block = PlaceBlock { item_id: Some(1), quantity: 1, ..PlaceBlock::default() };
    shop.place_block(&block).await.expect("the third attempt");
    let sent = keys.lock().expect("no panic").clone();
    assert_eq!(sent.len(), 3);
    assert!(sent[0].is_some() && sent.iter().all(|key| *key == sent[0]), "{sent:?}");

    let (base_url, keys) = unavailable(2).await;
    let shop = Stockhold::new(Settings { base_url, ..Settings::default() }).expect("a client");
    let error = shop.create_webhook(&CreateWebhook::default()).await.expect_err("503");
    assert!(matches!(error, Error::Rejected(_)));
    assert_eq!(*keys.lock().expect("no panic"), [None]);
}

#[tokio::test]
async fn events_are_read_from_a_cursor() {
    let app = TestApp::start().await;
    let shop = client(&app, None);
    let cursor = shop.list_events(&ListEventsQuery::default()).await.expect("a page").cursor;
    let mut events = shop.event_pages(Some(cursor));
    let item = app.item(7).await;
    let page = events.next().await.expect("a page");
    let event = page.events.first().expect("an event");
    assert_eq!((event.item_id, event.change), (item, 7));
}

#[tokio::test]
async fn messages_of_webhooks_are_verified() {
    let app = crate::webhooks::start().await;
    let shop = client(&app, None);
    for signature in [WebhookSignature::V1, WebhookSignature::V1a] {
        let receiver = Receiver::start().await;
        let webhook = CreateWebhook {
            name: "Shop".to_owned(),
            url: receiver.url.clone(),
            signature: Some(signature),
            ..CreateWebhook::default()
        };
        let created = shop.create_webhook(&webhook).await.expect("a webhook");
        let item = app.item(9).await;
        let message = receiver.until_accepted(1).await.remove(0);
        let verified = |body: &str| verify_webhook(&created.secret, &message.headers, body.as_bytes());
        let WebhookMessage::Movement { movement, .. } = verified(&message.text).expect("verified") else {
            panic!("{}", message.text)
        };
        assert_eq!((movement.item_id, movement.change), (item, 9));
        assert!(verified(&message.text.replace('9', "8")).is_err());
        shop.delete_webhook(created.webhook.id).await.expect("deleted");
    }
}
