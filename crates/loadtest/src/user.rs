//! A virtual user: a connection, a pacing, and its measurements.

use crate::http::{Connection, Response};
use crate::interrupt;
use crate::record::Record;
use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The pause after a failed connection attempt.
const RECONNECT: Duration = Duration::from_millis(20);

/// The pacing of the users' turns.
#[derive(Debug, Clone, Copy)]
pub enum Pace {
    /// A closed loop: each turn starts after the last response.
    Closed,
    /// A closed loop with this pause after each response.
    Pause(Duration),
    /// An open loop: this many turns per second, over all users. The latency of a delayed turn counts from its due time,
    /// which corrects for coordinated omission.
    Rate(f64),
}

/// The times of a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RunTimes {
    pub(crate) start: Instant,
    pub(crate) measured_from: Instant,
    pub(crate) end: Instant,
}

/// Counters for the progress line.
#[derive(Debug, Default)]
pub(crate) struct LiveCounters {
    pub(crate) answers: AtomicU64,
    pub(crate) errors: AtomicU64,
}

/// One user of a run.
pub struct User {
    index: usize,
    address: SocketAddr,
    connection: Option<Connection>,
    record: Rc<RefCell<Record>>,
    live: Arc<LiveCounters>,
    times: RunTimes,
    pace: Pace,
    users: usize,
    turns: u64,
    /// The due time of the next request, if it is delayed.
    due: Option<Instant>,
}

impl User {
    pub(crate) fn new(
        index: usize,
        users: usize,
        pace: Pace,
        connection: (SocketAddr, Connection),
        record: Rc<RefCell<Record>>,
        live: Arc<LiveCounters>,
        times: RunTimes,
    ) -> Self {
        let (address, connection) = (connection.0, Some(connection.1));
        Self { index, address, connection, record, live, times, pace, users, turns: 0, due: None }
    }

    /// Its index, from 0.
    pub fn index(&self) -> usize {
        self.index
    }

    /// Waits for its next turn. Returns false after the end of the run.
    pub async fn turn(&mut self) -> bool {
        self.due = None;
        match self.pace {
            Pace::Closed => {}
            Pace::Pause(_) if self.turns == 0 => {}
            Pace::Pause(pause) => tokio::time::sleep(pause).await,
            Pace::Rate(rate) => {
                let turn = self.turns * self.users as u64 + self.index as u64;
                let due = self.times.start + Duration::from_secs_f64(turn as f64 / rate);
                if due < self.times.end && Instant::now() < due {
                    // A late wake-up is a delay of this program, not a latency of the server.
                    tokio::time::sleep_until(due.into()).await;
                } else {
                    self.due = Some(due);
                }
                self.turns += 1;
                return due < self.times.end && !interrupt::requested();
            }
        }
        self.turns += 1;
        Instant::now() < self.times.end && !interrupt::requested()
    }

    /// Sends a request, waits for the response and measures it. `kind` is the index in the plan's kinds.
    pub async fn send(&mut self, kind: usize, request: &[u8]) -> Response<'_> {
        let begin = self.due.take().unwrap_or_else(Instant::now);
        let received = self.request_status(request).await;
        let end = Instant::now();
        let status = received.unwrap_or_default();
        let mut record = self.record.borrow_mut();
        let tally = &mut record.tallies[kind];
        tally.count_status(status, 1);
        if !tally.kind.expected.contains(&status) {
            self.live.errors.fetch_add(1, Ordering::Relaxed);
        }
        if begin >= self.times.measured_from {
            let nanoseconds = u64::try_from((end - begin).as_nanos()).unwrap_or(u64::MAX);
            tally.latencies.saturating_record(nanoseconds);
        }
        if end >= self.times.measured_from && end <= self.times.end {
            tally.completed += 1;
        }
        record.slot(end - self.times.start);
        drop(record);
        self.live.answers.fetch_add(1, Ordering::Relaxed);
        let body = match (&self.connection, received) {
            (Some(connection), Some(_)) => connection.last_body(),
            _ => &[],
        };
        Response { status, body }
    }

    /// Records a response with wrong content.
    pub fn fault(&mut self, message: impl FnOnce() -> String) {
        self.live.errors.fetch_add(1, Ordering::Relaxed);
        self.record.borrow_mut().fault(message);
    }

    /// Sends a request and returns the status. Returns `None` without a response and closes the connection.
    async fn request_status(&mut self, request: &[u8]) -> Option<u16> {
        if self.connection.as_ref().is_none_or(Connection::is_closing) {
            self.connection = Connection::open(self.address).await.ok();
        }
        let Some(connection) = &mut self.connection else {
            tokio::time::sleep(RECONNECT).await;
            return None;
        };
        match connection.send(request).await {
            Ok(answer) => Some(answer.status),
            Err(_) => {
                self.connection = None;
                None
            }
        }
    }
}
