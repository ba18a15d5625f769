//! Runs many virtual users against one server and measures the responses.
//!
//! goose and oha are not used: on two cores that are shared with the server and PostgreSQL, they need as much processor
//! time per request as the server. Here each thread drives its share of the connections on its own scheduler. Threads
//! share only two counters for the progress line.

use crate::http::Connection;
use crate::interrupt;
use crate::progress::Progress;
use crate::record::{Kind, Record, RunResult};
use crate::user::{LiveCounters, Pace, RunTimes, User};
use anyhow::{Context as _, Result, anyhow};
use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Barrier, OnceLock};
use std::time::{Duration, Instant};
use tokio::task::LocalSet;

/// The time limit for responses after the end of a run.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(60);

/// The time limit of a run without a fixed length.
const RUN_TIME_MAX: Duration = Duration::from_secs(1_800);

/// The parameters of a run.
#[derive(Debug, Clone)]
pub struct LoadPlan {
    /// Its name in the progress line and the tables.
    pub name: String,
    /// The server.
    pub address: SocketAddr,
    /// The number of users. Each has its own connection.
    pub users: usize,
    /// The number of threads.
    pub threads: usize,
    /// The kinds of requests.
    pub kinds: &'static [Kind],
    /// The pacing of the users' turns.
    pub pace: Pace,
    /// The length of the warm-up.
    pub warm_up: Duration,
    /// The measured time; `None` if the users end the run.
    pub length: Option<Duration>,
    /// The number of turns of all users, if known; for the progress line.
    pub turns: Option<u64>,
}

impl LoadPlan {
    /// A closed loop of `users` without a fixed length.
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

    /// Sets the measured time.
    #[must_use]
    pub fn lasting(mut self, length: Duration) -> Self {
        self.length = Some(length);
        self
    }

    /// Sets the length of the warm-up.
    #[must_use]
    pub fn after(mut self, warm_up: Duration) -> Self {
        self.warm_up = warm_up;
        self
    }

    /// Sets the pacing.
    #[must_use]
    pub fn pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// Sets the number of turns for the progress line.
    #[must_use]
    pub fn turns(mut self, turns: u64) -> Self {
        self.turns = Some(turns);
        self
    }

    /// Runs `user` for each user to its end. Users take turns while [`User::turn`] returns true.
    pub fn run<F, U>(&self, user: U) -> Result<RunResult>
    where
        U: Fn(User) -> F + Sync,
        F: Future<Output = Result<()>> + 'static,
    {
        interrupt::check()?;
        let threads = self.threads.clamp(1, self.users.max(1));
        let live = Arc::new(LiveCounters::default());
        let started = CommonStart { ready: Barrier::new(threads), times: OnceLock::new() };
        let finished = AtomicBool::new(false);
        let total = self.length.map(|length| self.warm_up + length);
        let last_answer = AtomicU64::new(0);
        let records = std::thread::scope(|scope| {
            let progress = scope
                .spawn(|| Progress::new(&self.name, self.users, total, self.turns).watch(&live, &finished));
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
        Ok(RunResult { name: self.name.clone(), users: self.users, window, record })
    }

    /// Runs one thread: connects its share of the users, waits for the other threads, and runs its users.
    fn drive<F, U>(
        &self,
        thread: usize,
        threads: usize,
        started: &CommonStart,
        live: &Arc<LiveCounters>,
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
        // Also after an error in this thread, so that the other threads do not wait for it.
        started.ready.wait();
        let connected = connected.with_context(|| format!("can't connect to {}", self.address))?;
        let times = *started.times.get_or_init(|| self.times(Instant::now()));
        let deadline = times.end + RESPONSE_TIMEOUT;
        let result = local.block_on(&runtime, async {
            let mut tasks = Vec::with_capacity(connected.len());
            for (index, connection) in connected {
                let connection = (self.address, connection);
                let (record, live) = (record.clone(), live.clone());
                let one = User::new(index, self.users, self.pace, connection, record, live, times);
                tasks.push(tokio::task::spawn_local(user(one)));
            }
            for task in tasks {
                match tokio::time::timeout_at(deadline.into(), task).await {
                    Ok(ended) => ended.context("a user panicked")??,
                    Err(_) => return Err(anyhow!("a request has no response")),
                }
            }
            Ok(())
        });
        drop(local);
        result?;
        Ok(record.replace(Record::new(self.kinds)))
    }

    fn times(&self, start: Instant) -> RunTimes {
        let measured_from = start + self.warm_up;
        RunTimes { start, measured_from, end: measured_from + self.length.unwrap_or(RUN_TIME_MAX) }
    }
}

/// The common start of all threads.
struct CommonStart {
    ready: Barrier,
    times: OnceLock<RunTimes>,
}

impl CommonStart {
    /// The time since the common start, in nanoseconds.
    fn nanoseconds(&self) -> u64 {
        let since = self.times.get().map_or(Duration::ZERO, |times| times.start.elapsed());
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    }
}

/// The default number of threads. The server and PostgreSQL need the other processors.
pub fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 3).max(1))
}

/// Opens a connection for requests that are not measured.
pub fn with_connection<T>(
    address: SocketAddr,
    with: impl AsyncFnOnce(&mut Connection) -> Result<T>,
) -> Result<T> {
    interrupt::check()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let connection = Connection::open(address).await;
        let mut connection = connection.with_context(|| format!("can't connect to {address}"))?;
        with(&mut connection).await
    })
}
