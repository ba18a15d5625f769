//! Clients that go through everything that can be asked, over and over, and note what they were answered.

use crate::shop::{CONFIRM, PLACE, Shop, Told};
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// One client.
pub struct Client {
    number: usize,
    shop: Arc<Shop>,
    told: Vec<Told>,
}

impl Client {
    /// Numbered, so that its keys are its own.
    pub fn new(number: usize, shop: Arc<Shop>) -> Self {
        Self { number, shop, told: Vec::new() }
    }

    /// Asks until the shop closes. Returns everything that was answered.
    pub async fn shop_on(mut self) -> Vec<Told> {
        let [plenty, more, scarce] = self.shop.items;
        let block = |item, quantity: i64| json!({"itemId": item, "quantity": quantity});
        while !self.shop.closing.load(Ordering::SeqCst) {
            let placed = self.ask(Method::POST, PLACE, block(plenty, 1), 201).await.id("blockId");
            self.ask(Method::POST, CONFIRM, json!({"blockId": placed}), 200).await;
            let placed = self.ask(Method::POST, PLACE, block(more, 3), 201).await.id("blockId");
            self.ask(Method::POST, CONFIRM, json!({"blockId": placed, "quantity": 1}), 200).await;
            let placed = self.ask(Method::POST, PLACE, block(plenty, 2), 201).await.id("blockId");
            self.ask(Method::DELETE, &format!("/api/blocks/{placed}"), json!({}), 200).await;

            let lines = json!({"lines": [block(more, 1), block(plenty, 1)]});
            let cart = self.ask(Method::POST, "/api/blocks", lines.clone(), 201).await.id("cartId");
            self.ask(Method::POST, &format!("/api/carts/{cart}/confirm"), json!({}), 200).await;
            let cart = self.ask(Method::POST, "/api/blocks", lines.clone(), 201).await.id("cartId");
            self.ask(Method::DELETE, &format!("/api/carts/{cart}"), json!({}), 200).await;

            let order = self.ask(Method::POST, "/api/orders", lines, 201).await.id("id");
            let from = json!({"warehouseId": self.shop.warehouse});
            self.ask(Method::POST, &format!("/api/orders/{order}/allocate"), from, 200).await;
            // Told by its reason, each in the ledger once.
            let received = json!({"delta": 2, "reason": self.next_key()});
            self.ask(Method::POST, &format!("/api/items/{more}/stock"), received, 200).await;
            let new = json!({"name": "Lamp", "quantity": 5, "price": "9.99"});
            self.ask(Method::POST, "/api/items", new, 201).await;
            // In the end it is sold out, and the refusal is an answer like any other.
            let sold_out = self.told.iter().any(|told| told.status == 409);
            self.ask(Method::POST, PLACE, block(scarce, 1), if sold_out { 409 } else { 0 }).await;
        }
        self.told
    }

    fn next_key(&self) -> String {
        format!("{}-{}", self.number, self.told.len())
    }

    /// Asks under a new key; the answer must have this status (0: that of a block that is placed or refused).
    async fn ask(&mut self, method: Method, path: &str, body: Value, status: u16) -> Told {
        let told = self.shop.ask(&self.next_key(), method, path, body).await;
        let expected =
            if status == 0 { told.status == 201 || told.status == 409 } else { told.status == status };
        assert!(expected, "{status} expected: {told:?}");
        self.told.push(told.clone());
        tokio::time::sleep(Duration::from_millis(2)).await;
        told
    }
}
