//! One user: a connection, a pace, and where its measurements go.

use crate::http::{Answer, Connection};
use crate::interrupt;
use crate::record::Record;
use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How long a user waits after it could not connect.
const RECONNECT: Duration = Duration::from_millis(20);

/// When users begin their turns.
#[derive(Debug, Clone, Copy)]
pub enum Pace {
    /// Each as soon as its last answer has come.
    Closed,
    /// Each this long after its last answer.
    Pause(Duration),
    /// All users together, so many turns a second, whether the server keeps up or not. A turn that is begun
    /// late because the user still waited for an answer counts from when it was due: else a slow server
    /// would hide the very requests that it holds up (coordinated omission).
    Rate(f64),
}

/// The run's times.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    pub(crate) start: Instant,
    pub(crate) measured_from: Instant,
    pub(crate) end: Instant,
}

/// What the progress line shows while a run goes on.
#[derive(Debug, Default)]
pub(crate) struct Live {
    pub(crate) answers: AtomicU64,
    pub(crate) errors: AtomicU64,
}

/// One user of a run.
pub struct User {
    index: usize,
    address: SocketAddr,
    connection: Option<Connection>,
    record: Rc<RefCell<Record>>,
    live: Arc<Live>,
    clock: Clock,
    pace: Pace,
    users: usize,
    turns: u64,
    /// Since when the next request waits to be sent, where that is not the moment that it is.
    due: Option<Instant>,
}

impl User {
    pub(crate) fn new(
        index: usize,
        users: usize,
        pace: Pace,
        connection: (SocketAddr, Connection),
        record: Rc<RefCell<Record>>,
        live: Arc<Live>,
        clock: Clock,
    ) -> Self {
        let (address, connection) = (connection.0, Some(connection.1));
        Self { index, address, connection, record, live, clock, pace, users, turns: 0, due: None }
    }

    /// Its number, from 0.
    pub fn index(&self) -> usize {
        self.index
    }

    /// Waits until its next turn; false once the run is over.
    pub async fn turn(&mut self) -> bool {
        self.due = None;
        match self.pace {
            Pace::Closed => {}
            Pace::Pause(_) if self.turns == 0 => {}
            Pace::Pause(pause) => tokio::time::sleep(pause).await,
            Pace::Rate(rate) => {
                let turn = self.turns * self.users as u64 + self.index as u64;
                let due = self.clock.start + Duration::from_secs_f64(turn as f64 / rate);
                if due < self.clock.end && Instant::now() < due {
                    // Waking late is this program's fault and no latency of the server's.
                    tokio::time::sleep_until(due.into()).await;
                } else {
                    self.due = Some(due);
                }
                self.turns += 1;
                return due < self.clock.end && !interrupt::requested();
            }
        }
        self.turns += 1;
        Instant::now() < self.clock.end && !interrupt::requested()
    }

    /// Sends a request of this kind (its place in the plan), waits for the answer and measures it.
    pub async fn ask(&mut self, kind: usize, request: &[u8]) -> Answer<'_> {
        let begin = self.due.take().unwrap_or_else(Instant::now);
        let answered = self.exchange(request).await;
        let end = Instant::now();
        let status = answered.unwrap_or_default();
        let mut record = self.record.borrow_mut();
        let tally = &mut record.tallies[kind];
        tally.count_status(status, 1);
        if !tally.kind.expected.contains(&status) {
            self.live.errors.fetch_add(1, Ordering::Relaxed);
        }
        if begin >= self.clock.measured_from {
            let nanoseconds = u64::try_from((end - begin).as_nanos()).unwrap_or(u64::MAX);
            tally.latencies.saturating_record(nanoseconds);
        }
        if end >= self.clock.measured_from && end <= self.clock.end {
            tally.completed += 1;
        }
        record.slot(end - self.clock.start);
        drop(record);
        self.live.answers.fetch_add(1, Ordering::Relaxed);
        let body = match (&self.connection, answered) {
            (Some(connection), Some(_)) => connection.last_body(),
            _ => &[],
        };
        Answer { status, body }
    }

    /// Notes that an answer was wrong in content.
    pub fn fault(&mut self, message: impl FnOnce() -> String) {
        self.live.errors.fetch_add(1, Ordering::Relaxed);
        self.record.borrow_mut().fault(message);
    }

    /// The status; `None` where no answer came, and then the connection is given up.
    async fn exchange(&mut self, request: &[u8]) -> Option<u16> {
        if self.connection.as_ref().is_none_or(Connection::is_closing) {
            self.connection = Connection::open(self.address).await.ok();
        }
        let Some(connection) = &mut self.connection else {
            tokio::time::sleep(RECONNECT).await;
            return None;
        };
        match connection.ask(request).await {
            Ok(answer) => Some(answer.status),
            Err(_) => {
                self.connection = None;
                None
            }
        }
    }
}
