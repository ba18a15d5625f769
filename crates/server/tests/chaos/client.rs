//! Clients that send every kind of write in a loop, and record the responses.

use crate::service::{CONFIRM, Exchange, PLACE, Service};
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// One client.
pub struct Client {
    number: usize,
    service: Arc<Service>,
    exchanges: Vec<Exchange>,
}

impl Client {
    /// Creates a client. The number makes its keys unique.
    pub fn new(number: usize, service: Arc<Service>) -> Self {
        Self { number, service, exchanges: Vec::new() }
    }

    /// Sends requests until the test ends. Returns all of them with their responses.
    pub async fn run(mut self) -> Vec<Exchange> {
        let [plenty, more, scarce] = self.service.items;
        let block = |item, quantity: i64| json!({"itemId": item, "quantity": quantity});
        while !self.service.stopping.load(Ordering::SeqCst) {
            let placed = self.send(Method::POST, PLACE, block(plenty, 1), 201).await.id("blockId");
            self.send(Method::POST, CONFIRM, json!({"blockId": placed}), 200).await;
            let placed = self.send(Method::POST, PLACE, block(more, 3), 201).await.id("blockId");
            self.send(Method::POST, CONFIRM, json!({"blockId": placed, "quantity": 1}), 200).await;
            let placed = self.send(Method::POST, PLACE, block(plenty, 2), 201).await.id("blockId");
            self.send(Method::DELETE, &format!("/api/blocks/{placed}"), json!({}), 200).await;

            let lines = json!({"lines": [block(more, 1), block(plenty, 1)]});
            let cart = self.send(Method::POST, "/api/blocks", lines.clone(), 201).await.id("cartId");
            self.send(Method::POST, &format!("/api/carts/{cart}/confirm"), json!({}), 200).await;
            let cart = self.send(Method::POST, "/api/blocks", lines.clone(), 201).await.id("cartId");
            self.send(Method::DELETE, &format!("/api/carts/{cart}"), json!({}), 200).await;

            let order = self.send(Method::POST, "/api/orders", lines, 201).await.id("id");
            let from = json!({"warehouseId": self.service.warehouse});
            self.send(Method::POST, &format!("/api/orders/{order}/allocate"), from, 200).await;
            // The reason is unique, and must be in the ledger once.
            let received = json!({"delta": 2, "reason": self.next_key()});
            self.send(Method::POST, &format!("/api/items/{more}/stock"), received, 200).await;
            let new = json!({"name": "Lamp", "quantity": 5, "price": "9.99"});
            self.send(Method::POST, "/api/items", new, 201).await;
            // The item sells out. The rejection is stored like any other response.
            let sold_out = self.exchanges.iter().any(|exchange| exchange.status == 409);
            self.send(Method::POST, PLACE, block(scarce, 1), if sold_out { 409 } else { 0 }).await;
        }
        self.exchanges
    }

    fn next_key(&self) -> String {
        format!("{}-{}", self.number, self.exchanges.len())
    }

    /// Sends a request under a new key, and checks the status of its response. 0 stands for 201 or 409.
    async fn send(&mut self, method: Method, path: &str, body: Value, status: u16) -> Exchange {
        let exchange = self.service.send_until_answered(&self.next_key(), method, path, body).await;
        let expected = if status == 0 {
            exchange.status == 201 || exchange.status == 409
        } else {
            exchange.status == status
        };
        assert!(expected, "{status} expected: {exchange:?}");
        self.exchanges.push(exchange.clone());
        tokio::time::sleep(Duration::from_millis(2)).await;
        exchange
    }
}
