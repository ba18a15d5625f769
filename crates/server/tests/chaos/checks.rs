//! The checks after each failure: every acknowledged effect is there exactly once, and no other effect is there.

use crate::binary::stockhold;
use crate::service::Exchange;
use crate::test_bed::{SCARCE_UNITS, TestBed};
use std::collections::BTreeMap;

impl TestBed {
    /// Sends every request again under its key, and checks that the response is the stored one.
    pub fn check_stored_responses(&self, exchanges: &[Exchange]) {
        let again = exchanges.iter().enumerate().map(|(number, exchange)| async move {
            let Exchange { key, method, path, body, .. } = exchange;
            let answer = self.service.send(number % 2, key, method, path, body).await;
            assert_eq!(answer, Some((exchange.status, exchange.text.clone())), "{exchange:?}");
        });
        let again: Vec<_> = again.collect();
        self.runtime.block_on(async {
            use futures::StreamExt as _;
            futures::stream::iter(again).buffer_unordered(16).collect::<Vec<_>>().await
        });
    }

    /// Compares the tables with the responses: no acknowledged effect is missing or doubled, and there is no other one.
    pub fn check_effects(&self, exchanges: &[Exchange]) {
        let ids = |sql: &str| -> Vec<String> {
            let mut ids = self.query(sql);
            ids.sort();
            ids
        };
        let mut expected = BTreeMap::<&str, Vec<String>>::new();
        let mut expect = |kind, id: i64| expected.entry(kind).or_default().push(id.to_string());
        let mut notes = Vec::new();
        self.service.items.iter().for_each(|item| expect("item", *item));
        for exchange in exchanges.iter().filter(|exchange| exchange.status < 300) {
            let json = exchange.json();
            let blocks = json["blocks"].as_array().into_iter().flatten();
            let blocks = blocks.map(|block| block["blockId"].as_i64().expect("an id"));
            match (exchange.method.as_str(), exchange.path.rsplit('/').next().unwrap_or_default()) {
                ("POST", "temporary") => expect("blocked", exchange.id("blockId")),
                ("POST", "permanent") => {
                    expect("confirmed", exchange.id("blockId"));
                    if exchange.body["quantity"].is_number() {
                        expect("released", exchange.id("blockId"));
                    }
                }
                ("POST", "blocks") => blocks.for_each(|id| expect("blocked", id)),
                ("POST", "confirm") => blocks.for_each(|id| expect("confirmed", id)),
                ("DELETE", _) if exchange.path.starts_with("/api/carts/") => {
                    blocks.for_each(|id| expect("released", id));
                }
                ("DELETE", _) => expect("released", exchange.id("blockId")),
                ("POST", "orders") => expect("order", exchange.id("id")),
                ("POST", "allocate") => {
                    assert_eq!(json["allocated"], true, "{exchange:?}");
                    // The ledger has a movement per order line.
                    (0..2).for_each(|_| expect("allocated", exchange.id("orderId")));
                }
                ("POST", "stock") => {
                    notes.push(exchange.body["reason"].as_str().expect("a reason").to_owned())
                }
                ("POST", "items") => expect("item", exchange.id("id")),
                other => unreachable!("{other:?}"),
            }
        }
        notes.sort();
        for (kind, mut wanted) in expected {
            wanted.sort();
            let found = match kind {
                "item" => ids("SELECT id::text FROM items"),
                "order" => ids("SELECT id::text FROM orders WHERE status = 'allocated'"),
                "allocated" => ids("SELECT order_id::text FROM stock_movements WHERE reason = 'allocated'"),
                reason => {
                    ids(&format!("SELECT block_id::text FROM stock_movements WHERE reason = '{reason}'"))
                }
            };
            assert!(wanted == found, "{kind}: answered {wanted:?}, found {found:?}");
        }
        assert_eq!(notes, ids("SELECT note FROM stock_movements WHERE note IS NOT NULL"));
        let of_scarce = |exchange: &&Exchange| {
            exchange.path.ends_with("/temporary") && exchange.body["itemId"] == self.service.items[2]
        };
        let scarce: Vec<_> = exchanges.iter().filter(of_scarce).map(|exchange| exchange.status).collect();
        let granted = scarce.iter().filter(|status| **status == 201).count();
        assert_eq!(granted, SCARCE_UNITS.min(scarce.len()), "of {}", scarce.len());
    }

    /// Stops the servers and checks the ledger.
    pub fn close(&mut self) {
        for server in self.servers.iter_mut().filter_map(Option::take) {
            server.stop("-TERM");
        }
        self.check_ledger();
    }

    /// Checks that the ledger accounts for every unit, by its identities in SQL and by `stockhold reconcile`.
    pub fn check_ledger(&self) {
        let discrepancies = self.runtime.block_on(async {
            let pool = sqlx::PgPool::connect(&self.database_url).await.expect("a connection");
            store::testing::discrepancies(&pool).await
        });
        assert!(discrepancies.is_empty(), "{discrepancies:#?}");
        let reconciled = stockhold().arg("reconcile").env("DATABASE_URL", &self.database_url).output();
        let reconciled = reconciled.expect("run");
        assert!(reconciled.status.success(), "{}", String::from_utf8_lossy(&reconciled.stdout));
    }
}
