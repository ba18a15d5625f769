//! Clients that buy one item, whatever happens to others.

use crate::shop::{PLACE, Shop};
use reqwest::Method;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

/// Clients of one sale.
const BUYERS: usize = 4;

/// A sale that goes on.
pub struct Sale {
    ended: Arc<AtomicBool>,
    buyers: Vec<JoinHandle<Vec<(u16, Duration)>>>,
}

/// Answers of a sale.
pub struct Sold {
    /// Statuses, and how long each took, shortest first.
    pub answers: Vec<(u16, Duration)>,
}

impl Sale {
    /// Starts to buy the item, one unit at a time, through both servers.
    pub fn start(runtime: &Runtime, shop: &Arc<Shop>, item: i64) -> Self {
        let ended = Arc::new(AtomicBool::new(false));
        let buyer = |buyer: usize| {
            let (shop, ended) = (shop.clone(), ended.clone());
            runtime.spawn(async move {
                let mut answers = Vec::new();
                let body = json!({"itemId": item, "quantity": 1});
                while !ended.load(Ordering::SeqCst) {
                    let started = Instant::now();
                    let sent = shop.send_with(buyer % 2, None, &Method::POST, PLACE, &body).await;
                    answers.push((sent.map_or(0, |(status, _)| status), started.elapsed()));
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                answers
            })
        };
        let buyers = (0..BUYERS).map(buyer).collect();
        Self { ended, buyers }
    }

    /// Ends the sale.
    pub fn end(self, runtime: &Runtime) -> Sold {
        self.ended.store(true, Ordering::SeqCst);
        let mut answers = Vec::new();
        for buyer in self.buyers {
            answers.extend(runtime.block_on(buyer).expect("a buyer"));
        }
        answers.sort_by_key(|(_, took)| *took);
        Sold { answers }
    }
}

impl Sold {
    /// The time within which 99 of 100 were answered.
    pub fn p99(&self) -> Duration {
        self.answers[self.answers.len() * 99 / 100].1
    }

    /// The longest time.
    pub fn longest(&self) -> Duration {
        self.answers.last().expect("answers").1
    }

    /// Every unit that was asked for was sold.
    #[track_caller]
    pub fn assert_all_sold(&self) {
        let others: Vec<_> = self.answers.iter().filter(|(status, _)| *status != 201).collect();
        assert!(others.is_empty(), "{} of {} not sold: {others:?}", others.len(), self.answers.len());
    }
}
