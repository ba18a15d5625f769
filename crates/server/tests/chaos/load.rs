//! A constant load of blocks on one item.

use crate::service::{PLACE, Service};
use reqwest::Method;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

/// Concurrent clients.
const CLIENTS: usize = 4;

/// A running load.
pub struct Load {
    ended: Arc<AtomicBool>,
    clients: Vec<JoinHandle<Vec<(u16, Duration)>>>,
}

/// The responses of a load.
pub struct LoadResult {
    /// The status and the time of each response, shortest first.
    pub answers: Vec<(u16, Duration)>,
}

impl Load {
    /// Starts to place blocks of one unit, through both servers.
    pub fn start(runtime: &Runtime, service: &Arc<Service>, item: i64) -> Self {
        let ended = Arc::new(AtomicBool::new(false));
        let client = |client: usize| {
            let (service, ended) = (service.clone(), ended.clone());
            runtime.spawn(async move {
                let mut answers = Vec::new();
                let body = json!({"itemId": item, "quantity": 1});
                while !ended.load(Ordering::SeqCst) {
                    let started = Instant::now();
                    let sent = service.send_with(client % 2, None, &Method::POST, PLACE, &body).await;
                    answers.push((sent.map_or(0, |(status, _)| status), started.elapsed()));
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                answers
            })
        };
        let clients = (0..CLIENTS).map(client).collect();
        Self { ended, clients }
    }

    /// Ends the load.
    pub fn end(self, runtime: &Runtime) -> LoadResult {
        self.ended.store(true, Ordering::SeqCst);
        let mut answers = Vec::new();
        for client in self.clients {
            answers.extend(runtime.block_on(client).expect("a client"));
        }
        answers.sort_by_key(|(_, took)| *took);
        LoadResult { answers }
    }
}

impl LoadResult {
    /// Returns the 99th percentile of the response times.
    pub fn p99(&self) -> Duration {
        self.answers[self.answers.len() * 99 / 100].1
    }

    /// Returns the longest response time.
    pub fn longest(&self) -> Duration {
        self.answers.last().expect("answers").1
    }

    /// Asserts that every block was placed.
    #[track_caller]
    pub fn assert_all_granted(&self) {
        let others: Vec<_> = self.answers.iter().filter(|(status, _)| *status != 201).collect();
        assert!(others.is_empty(), "{} of {} rejected: {others:?}", others.len(), self.answers.len());
    }
}
