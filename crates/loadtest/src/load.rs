//! Runs many users against one server, and measures.
//!
//! Why not goose or oha: on two cores shared with the server and PostgreSQL a generator that spends as much
//! on a request as the server does measures itself. Here a thread drives its share of the connections on a
//! scheduler of its own, and nothing is shared between threads but two counters for the progress line.

use crate::http::Connection;
use crate::interrupt;
use crate::progress::Progress;
use crate::record::{Kind, Outcome, Record};
use crate::user::{Clock, Live, Pace, User};
use anyhow::{Context as _, Result, anyhow};
use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Barrier, OnceLock};
use std::time::{Duration, Instant};
use tokio::task::LocalSet;

/// How long users may go on after the end before they are given up.
const GRACE: Duration = Duration::from_secs(60);

/// How long a run whose users end by themselves may take.
const UNBOUNDED: Duration = Duration::from_secs(1_800);

/// How a run is to go.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What the progress line and tables call it.
    pub name: String,
    /// The server.
    pub address: SocketAddr,
    /// Users, each with a connection of its own.
    pub users: usize,
    /// Threads that drive them.
    pub threads: usize,
    /// The kinds of request that users make.
    pub kinds: &'static [Kind],
    /// When users begin their turns.
    pub pace: Pace,
    /// What is done before measuring begins.
    pub warm_up: Duration,
    /// How long is measured; `None` where users end by themselves.
    pub length: Option<Duration>,
    /// How many turns all users will have taken, where that is known; for the progress line.
    pub turns: Option<u64>,
}

impl Plan {
    /// A closed loop of `users` without an end of its own.
    pub fn new(name: impl Into<String>, address: SocketAddr, users: usize, kinds: &'static [Kind]) -> Self {
        Self {
            name: name.into(),
            address,
            users,
            threads: threads(),
            kinds,
            pace: Pace::Closed,
            warm_up: Duration::ZERO,
            length: None,
            turns: None,
        }
    }

    /// Measures for so long.
    #[must_use]
    pub fn lasting(mut self, length: Duration) -> Self {
        self.length = Some(length);
        self
    }

    /// Works for so long before measuring.
    #[must_use]
    pub fn after(mut self, warm_up: Duration) -> Self {
        self.warm_up = warm_up;
        self
    }

    /// Begins turns at this pace.
    #[must_use]
    pub fn pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// Announces how many turns there will be.
    #[must_use]
    pub fn turns(mut self, turns: u64) -> Self {
        self.turns = Some(turns);
        self
    }

    /// Runs `user` for each user to its end. Users take turns while [`User::turn`] says so.
    pub fn run<F, U>(&self, user: U) -> Result<Outcome>
    where
        U: Fn(User) -> F + Sync,
        F: Future<Output = Result<()>> + 'static,
    {
        interrupt::check()?;
        let threads = self.threads.clamp(1, self.users.max(1));
        let live = Arc::new(Live::default());
        let started = Started { ready: Barrier::new(threads), clock: OnceLock::new() };
        let finished = AtomicBool::new(false);
        let last_answer = AtomicU64::new(0);
        let records = std::thread::scope(|scope| {
            let progress = scope.spawn(|| Progress::new(self).watch(&live, &finished));
            let workers: Vec<_> = (0..threads)
                .map(|thread| {
                    let (user, started, live, last) = (&user, &started, live.clone(), &last_answer);
                    scope.spawn(move || {
                        let record = self.drive(thread, threads, started, &live, user);
                        last.fetch_max(started.nanoseconds(), Ordering::Relaxed);
                        record
                    })
                })
                .collect();
            let records: Vec<_> = workers.into_iter().map(|worker| worker.join()).collect();
            finished.store(true, Ordering::Relaxed);
            let _ = progress.join();
            records
        });
        let mut record = Record::new(self.kinds);
        for part in records {
            record.merge(part.map_err(|_| anyhow!("a thread of the load generator panicked"))??);
        }
        interrupt::check()?;
        let elapsed = Duration::from_nanos(last_answer.into_inner()).saturating_sub(self.warm_up);
        let window = self.length.map_or(elapsed, |length| length.min(elapsed));
        Ok(Outcome { name: self.name.clone(), users: self.users, window, record })
    }

    /// One thread: connects its share of the users, waits for the other threads, and runs them.
    fn drive<F, U>(
        &self,
        thread: usize,
        threads: usize,
        started: &Started,
        live: &Arc<Live>,
        user: &U,
    ) -> Result<Record>
    where
        U: Fn(User) -> F,
        F: Future<Output = Result<()>> + 'static,
    {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let local = LocalSet::new();
        let record = Rc::new(RefCell::new(Record::new(self.kinds)));
        let connected = local.block_on(&runtime, async {
            let mut connections = Vec::new();
            for index in (thread..self.users).step_by(threads) {
                connections.push((index, Connection::open(self.address).await?));
            }
            std::io::Result::Ok(connections)
        });
        // Also where this thread failed: the others must not wait for it.
        started.ready.wait();
        let connected = connected.with_context(|| format!("can't connect to {}", self.address))?;
        let clock = *started.clock.get_or_init(|| self.clock(Instant::now()));
        let grace = clock.end + GRACE;
        let outcome = local.block_on(&runtime, async {
            let mut tasks = Vec::with_capacity(connected.len());
            for (index, connection) in connected {
                let connection = (self.address, connection);
                let (record, live) = (record.clone(), live.clone());
                let one = User::new(index, self.users, self.pace, connection, record, live, clock);
                tasks.push(tokio::task::spawn_local(user(one)));
            }
            for task in tasks {
                match tokio::time::timeout_at(grace.into(), task).await {
                    Ok(ended) => ended.context("a user panicked")??,
                    Err(_) => return Err(anyhow!("the server left a request without an answer")),
                }
            }
            Ok(())
        });
        drop(local);
        outcome?;
        Ok(record.replace(Record::new(self.kinds)))
    }

    fn clock(&self, start: Instant) -> Clock {
        let measured_from = start + self.warm_up;
        Clock { start, measured_from, end: measured_from + self.length.unwrap_or(UNBOUNDED) }
    }
}

/// What the threads agree on.
struct Started {
    ready: Barrier,
    clock: OnceLock<Clock>,
}

impl Started {
    /// Since the common start.
    fn nanoseconds(&self) -> u64 {
        let since = self.clock.get().map_or(Duration::ZERO, |clock| clock.start.elapsed());
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    }
}

/// How many threads drive users: the server and PostgreSQL need the rest of the machine.
pub fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 3).max(1))
}

/// Runs one conversation outside of any measurement.
pub fn converse<T>(address: SocketAddr, with: impl AsyncFnOnce(&mut Connection) -> Result<T>) -> Result<T> {
    interrupt::check()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let connection = Connection::open(address).await;
        let mut connection = connection.with_context(|| format!("can't connect to {address}"))?;
        with(&mut connection).await
    })
}
