//! The checks after each failure: every acknowledged effect is there once, and no other effect is there.

use crate::program::stockhold;
use crate::shop::Told;
use crate::world::{SCARCE, World};
use std::collections::BTreeMap;

impl World {
    /// Every request, sent once more, has the answer that it had.
    pub fn check_answers_are_kept(&self, told: &[Told]) {
        let again = told.iter().enumerate().map(|(number, told)| async move {
            let Told { key, method, path, body, .. } = told;
            let answer = self.shop.send(number % 2, key, method, path, body).await;
            assert_eq!(answer, Some((told.status, told.text.clone())), "{told:?}");
        });
        let again: Vec<_> = again.collect();
        self.runtime.block_on(async {
            use futures::StreamExt as _;
            futures::stream::iter(again).buffer_unordered(16).collect::<Vec<_>>().await
        });
    }

    /// Compares the tables with the answers: no answered effect is missing, none is there twice, and no other effect is
    /// there.
    pub fn check_effects(&self, told: &[Told]) {
        let ids = |sql: &str| -> Vec<String> {
            let mut ids = self.query(sql);
            ids.sort();
            ids
        };
        let mut expected = BTreeMap::<&str, Vec<String>>::new();
        let mut expect = |what, id: i64| expected.entry(what).or_default().push(id.to_string());
        let mut notes = Vec::new();
        self.shop.items.iter().for_each(|item| expect("item", *item));
        for told in told.iter().filter(|told| told.status < 300) {
            let json = told.json();
            let blocks = json["blocks"].as_array().into_iter().flatten();
            let blocks = blocks.map(|block| block["blockId"].as_i64().expect("an id"));
            match (told.method.as_str(), told.path.rsplit('/').next().unwrap_or_default()) {
                ("POST", "temporary") => expect("blocked", told.id("blockId")),
                ("POST", "permanent") => {
                    expect("confirmed", told.id("blockId"));
                    if told.body["quantity"].is_number() {
                        expect("released", told.id("blockId"));
                    }
                }
                ("POST", "blocks") => blocks.for_each(|id| expect("blocked", id)),
                ("POST", "confirm") => blocks.for_each(|id| expect("confirmed", id)),
                ("DELETE", _) if told.path.starts_with("/api/carts/") => {
                    blocks.for_each(|id| expect("released", id));
                }
                ("DELETE", _) => expect("released", told.id("blockId")),
                ("POST", "orders") => expect("order", told.id("id")),
                ("POST", "allocate") => {
                    assert_eq!(json["allocated"], true, "{told:?}");
                    // One line for each of its items.
                    (0..2).for_each(|_| expect("allocated", told.id("orderId")));
                }
                ("POST", "stock") => notes.push(told.body["reason"].as_str().expect("a reason").to_owned()),
                ("POST", "items") => expect("item", told.id("id")),
                other => unreachable!("{other:?}"),
            }
        }
        notes.sort();
        for (what, mut wanted) in expected {
            wanted.sort();
            let found = match what {
                "item" => ids("SELECT id::text FROM items"),
                "order" => ids("SELECT id::text FROM orders WHERE status = 'allocated'"),
                "allocated" => ids("SELECT order_id::text FROM stock_movements WHERE reason = 'allocated'"),
                reason => {
                    ids(&format!("SELECT block_id::text FROM stock_movements WHERE reason = '{reason}'"))
                }
            };
            assert!(wanted == found, "{what}: answered {wanted:?}, found {found:?}");
        }
        assert_eq!(notes, ids("SELECT note FROM stock_movements WHERE note IS NOT NULL"));
        let of_scarce =
            |told: &&Told| told.path.ends_with("/temporary") && told.body["itemId"] == self.shop.items[2];
        let scarce: Vec<_> = told.iter().filter(of_scarce).map(|told| told.status).collect();
        let granted = scarce.iter().filter(|status| **status == 201).count();
        assert_eq!(granted, SCARCE.min(scarce.len()), "of {}", scarce.len());
    }

    /// Stops the servers and checks the books: every unit is accounted for, by two accounts.
    pub fn close(&mut self) {
        for server in self.servers.iter_mut().filter_map(Option::take) {
            server.stop("-TERM");
        }
        self.check_books();
    }

    /// The identities of the ledger hold exactly, and `stockhold reconcile` agrees.
    pub fn check_books(&self) {
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
