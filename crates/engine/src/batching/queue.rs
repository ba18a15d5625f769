//! Combining: one worker takes everything that has queued and does it in one go.
//!
//! No timer is involved. An idle queue does a lone request at once, as a batch of one; while it works,
//! whatever arrives queues up and makes the next batch. The busier it is, the larger the batches, up to a
//! bound, and the cheaper each request.
//!
//! Of many who wait, one batch takes half: were all of them in it, nobody would be left to be answered, or to
//! ask, while the database works, nor anything to be done by it while they are answered.

use crate::background::supervise::{EndGuard, InDoubtFlag, WorkerStatus, catch_panic};
use crate::{Error, Result};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

/// The answers of a batch, one place per request; `None` until the request is answered.
pub type Answers<A> = [Option<Result<A>>];

/// Work that is done many requests at a time.
pub trait Batch: Send + Sync + 'static {
    /// What is asked.
    type Request: Send + Sync + 'static;
    /// What is answered.
    type Answer: Send + 'static;

    /// Whether a batch waits for those who are about to ask. It pays where one takes less time than asking does: else
    /// the next one queues while the one before is done, and waiting is time in which the database does nothing.
    const LINGER: bool = false;

    /// Does all of `requests`, in their order, and stores each answer in its place. A place that stays empty is
    /// answered [`Error::Internal`].
    fn run(
        &self,
        requests: &[Self::Request],
        answers: &mut Answers<Self::Answer>,
    ) -> impl Future<Output = ()> + Send;

    /// The mark that is set while requests without an answer may have been committed; `None` for work that only reads.
    fn in_doubt_flag(&self) -> Option<&InDoubtFlag> {
        None
    }
}

/// As many requests are taken at once even if that leaves nobody waiting: smaller batches cost more than what
/// is won.
const SPLIT_ABOVE: usize = 64;

struct Entry<B: Batch> {
    request: B::Request,
    answer: oneshot::Sender<Result<B::Answer>>,
}

/// The limits of a queue.
#[derive(Debug, Clone, Copy)]
pub struct QueueLimits {
    /// Requests that may wait.
    pub queue_max: usize,
    /// Requests of one batch.
    pub batch_max: usize,
    /// How long one batch may take. Then it is cancelled.
    pub batch_timeout: Duration,
}

/// A queue with its worker.
pub struct BatchQueue<B: Batch> {
    queue: mpsc::Sender<Entry<B>>,
    status: Arc<WorkerStatus>,
}

impl<B: Batch> BatchQueue<B> {
    /// Starts a worker. Once `stopping` says so it takes no more requests, does those that have queued, and ends.
    pub fn start(
        batch: B,
        name: impl Into<String>,
        limits: QueueLimits,
        stopping: watch::Receiver<bool>,
    ) -> (Self, JoinHandle<()>) {
        let (queue, entries) = mpsc::channel(limits.queue_max.max(1));
        let status = Arc::new(WorkerStatus::new(name, Some(limits.batch_timeout)));
        let worker = work(batch, entries, limits, stopping, status.clone());
        (Self { queue, status }, tokio::spawn(worker))
    }

    /// The state of its worker.
    pub(crate) fn status(&self) -> &Arc<WorkerStatus> {
        &self.status
    }

    /// Queues a request and waits for its answer. If the caller goes away before the request's turn comes,
    /// it is not done.
    ///
    /// # Errors
    /// [`Error::Overloaded`] where the queue is full, [`Error::Unavailable`] where the queue has stopped, and
    /// what the batch answers.
    pub async fn submit(&self, request: B::Request) -> Result<B::Answer> {
        let (answer, answered) = oneshot::channel();
        match self.queue.try_send(Entry { request, answer }) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Full(_)) => return Err(Error::Overloaded),
            Err(mpsc::error::TrySendError::Closed(_)) => return Err(Error::Unavailable),
        }
        // The sender is dropped unanswered only if the worker died in the midst of the batch.
        answered.await.unwrap_or(Err(Error::OutcomeUnknown))
    }
}

async fn work<B: Batch>(
    batch: B,
    mut entries: mpsc::Receiver<Entry<B>>,
    limits: QueueLimits,
    mut stopping: watch::Receiver<bool>,
    status: Arc<WorkerStatus>,
) {
    let _ended = EndGuard(&status);
    let batch_max = limits.batch_max.max(1);
    let mut queued = Vec::with_capacity(batch_max);
    let mut just_answered = 0;
    loop {
        tokio::select! {
            biased;
            taken = entries.recv_many(&mut queued, batch_max.min(SPLIT_ABOVE)) => if taken == 0 { return },
            // A sender that is gone stops the queue too.
            _ = stopping.wait_for(|stopping| *stopping), if !entries.is_closed() => {
                entries.close();
                continue;
            }
        }
        fill(&mut entries, &mut queued, just_answered, batch_max).await;
        let waiting = queued.drain(..).filter(|entry| !entry.answer.is_closed());
        let (requests, waiting): (Vec<_>, Vec<_>) =
            waiting.map(|entry| (entry.request, entry.answer)).unzip();
        if requests.is_empty() {
            continue;
        }
        status.begin();
        let answers = run_supervised(&batch, &requests, limits.batch_timeout, &status).await;
        status.finish();
        just_answered = answers.len();
        for (waiting, answer) in waiting.into_iter().zip(answers) {
            // A caller that went away in the meantime does not mind.
            drop(waiting.send(answer.unwrap_or(Err(Error::Internal))));
        }
    }
}

/// Runs a batch under a deadline. After a panic its requests run again one by one, unless they may have been committed.
async fn run_supervised<B: Batch>(
    batch: &B,
    requests: &[B::Request],
    timeout: Duration,
    status: &WorkerStatus,
) -> Vec<Option<Result<B::Answer>>> {
    let mut answers: Vec<_> = requests.iter().map(|_| None).collect();
    let end = run_once(batch, requests, &mut answers, timeout, status).await;
    if end == End::Panicked && requests.len() > 1 {
        let one_by_one = async {
            for (request, answer) in requests.iter().zip(&mut answers).filter(|(_, answer)| answer.is_none())
            {
                let answer = std::slice::from_mut(answer);
                let end = run_once(batch, std::slice::from_ref(request), answer, timeout, status).await;
                answer_rest(answer, end);
            }
        };
        if tokio::time::timeout(timeout, one_by_one).await.is_err() {
            answer_rest(&mut answers, in_doubt(batch).unwrap_or(End::TimedOut));
        }
    }
    answer_rest(&mut answers, end);
    answers
}

/// How a batch ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Finished,
    /// Nothing is committed of the requests without an answer.
    Panicked,
    /// Nothing is committed of the requests without an answer.
    TimedOut,
    /// It panicked or was cancelled, and the requests without an answer may be committed.
    InDoubt,
}

async fn run_once<B: Batch>(
    batch: &B,
    requests: &[B::Request],
    answers: &mut Answers<B::Answer>,
    timeout: Duration,
    status: &WorkerStatus,
) -> End {
    if let Some(mark) = batch.in_doubt_flag() {
        mark.clear();
    }
    let end = match tokio::time::timeout(timeout, catch_panic(batch.run(requests, answers))).await {
        Ok(Ok(())) => return End::Finished,
        Ok(Err(panic)) => {
            status.panicked(&panic);
            End::Panicked
        }
        Err(_) => {
            tracing::error!(
                worker = status.name(),
                requests = requests.len(),
                timeout_seconds = timeout.as_secs_f64(),
                "a batch was cancelled at its deadline"
            );
            End::TimedOut
        }
    };
    in_doubt(batch).unwrap_or(end)
}

fn in_doubt<B: Batch>(batch: &B) -> Option<End> {
    batch.in_doubt_flag().filter(|mark| mark.is_set()).map(|_| End::InDoubt)
}

/// Answers the requests that have no answer.
fn answer_rest<A>(answers: &mut Answers<A>, end: End) {
    let error = match end {
        End::Finished | End::Panicked => Error::Internal,
        End::TimedOut => Error::Unavailable,
        End::InDoubt => Error::OutcomeUnknown,
    };
    answers.iter_mut().for_each(|answer| _ = answer.get_or_insert_with(|| Err(error.clone())));
}

/// Takes more of what has queued, but of many who wait only half. A patient batch that is less than half of those who
/// were just answered or wait lets others run, for as long as that brings more: who was just answered asks again at
/// that moment. A lone request waits for nobody.
async fn fill<B: Batch>(
    entries: &mut mpsc::Receiver<Entry<B>>,
    queued: &mut Vec<Entry<B>>,
    just_answered: usize,
    batch_max: usize,
) {
    loop {
        let half = (just_answered + queued.len() + entries.len()).div_ceil(2);
        let most = half.max(SPLIT_ABOVE).min(batch_max);
        while queued.len() < most
            && let Ok(entry) = entries.try_recv()
        {
            queued.push(entry);
        }
        if !B::LINGER || queued.len() >= half.min(most) {
            return;
        }
        tokio::task::yield_now().await;
        if entries.is_empty() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;
    use tokio::sync::Semaphore;

    /// Doubles numbers, remembers the sizes of its batches, and works only as fast as it is permitted to.
    struct Doubling {
        batches: std::sync::Arc<Mutex<Vec<usize>>>,
        permits: std::sync::Arc<Semaphore>,
    }

    impl Batch for Doubling {
        type Request = u32;
        type Answer = u32;

        async fn run(&self, requests: &[u32], answers: &mut Answers<u32>) {
            self.permits.acquire().await.expect("an open semaphore").forget();
            self.batches.lock().expect("no panic").push(requests.len());
            requests.iter().zip(answers).for_each(|(number, answer)| *answer = Some(Ok(number * 2)));
        }
    }

    struct Setup {
        queue: std::sync::Arc<BatchQueue<Doubling>>,
        task: JoinHandle<()>,
        batches: std::sync::Arc<Mutex<Vec<usize>>>,
        permits: std::sync::Arc<Semaphore>,
        stopping: watch::Sender<bool>,
    }

    fn limits(queue_max: usize, batch_max: usize) -> QueueLimits {
        QueueLimits { queue_max, batch_max, batch_timeout: Duration::from_secs(10) }
    }

    fn queue(queue_max: usize, batch_max: usize) -> Setup {
        let (stopping, stopped) = watch::channel(false);
        let batches = std::sync::Arc::default();
        let permits = std::sync::Arc::new(Semaphore::new(0));
        let batch = Doubling { batches: std::sync::Arc::clone(&batches), permits: permits.clone() };
        let (queue, task) = BatchQueue::start(batch, "test", limits(queue_max, batch_max), stopped);
        Setup { queue: queue.into(), task, batches, permits, stopping }
    }

    /// Asks for `number` and waits until the request is in the queue's hands.
    async fn submit(setup: &Setup, number: u32) -> JoinHandle<Result<u32>> {
        let queue = setup.queue.clone();
        let asking = tokio::spawn(async move { queue.submit(number).await });
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        asking
    }

    #[tokio::test]
    async fn what_queues_while_a_batch_runs_is_the_next_batch() {
        let setup = queue(100, 3);
        let mut asking = Vec::new();
        for number in 0..6 {
            asking.push(submit(&setup, number).await);
        }
        setup.permits.add_permits(10);
        for (number, asking) in (0..6).zip(asking) {
            assert_eq!(asking.await.expect("no panic"), Ok(number * 2));
        }
        assert_eq!(*setup.batches.lock().expect("no panic"), [1, 3, 2]);
    }

    /// The same, patiently.
    struct Patient(Doubling);

    impl Batch for Patient {
        type Request = u32;
        type Answer = u32;

        const LINGER: bool = true;

        async fn run(&self, requests: &[u32], answers: &mut Answers<u32>) {
            self.0.run(requests, answers).await;
        }
    }

    #[tokio::test]
    async fn a_patient_batch_waits_for_half_of_those_who_ask_again() {
        let batches: std::sync::Arc<Mutex<Vec<usize>>> = std::sync::Arc::default();
        let permits = std::sync::Arc::new(Semaphore::new(100));
        let (_stopping, stopped) = watch::channel(false);
        let batch = Patient(Doubling { batches: batches.clone(), permits });
        let queue = std::sync::Arc::new(BatchQueue::start(batch, "test", limits(100, 100), stopped).0);
        let asking: Vec<_> = (0..8)
            .map(|number| {
                let queue = queue.clone();
                tokio::spawn(async move {
                    assert_eq!(queue.submit(number).await, Ok(number * 2));
                    // Others ask again some time before or after.
                    for _ in 0..number {
                        tokio::spawn(async {}).await.expect("no panic");
                    }
                    assert_eq!(queue.submit(number).await, Ok(number * 2));
                })
            })
            .collect();
        for asking in asking {
            asking.await.expect("no panic");
        }
        let batches = batches.lock().expect("no panic").clone();
        assert!(batches[1..].iter().all(|batch| *batch >= 4), "{batches:?}");
        assert_eq!(queue.submit(1).await, Ok(2), "a lone request waits for nobody");
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once() {
        let setup = queue(2, 1);
        let waiting = [submit(&setup, 1).await, submit(&setup, 2).await, submit(&setup, 3).await];
        assert_eq!(setup.queue.submit(4).await, Err(Error::Overloaded));
        setup.permits.add_permits(10);
        for asking in waiting {
            assert!(asking.await.expect("no panic").is_ok());
        }
    }

    #[tokio::test]
    async fn a_caller_that_went_away_costs_nothing() {
        let setup = queue(100, 10);
        let first = submit(&setup, 1).await;
        let second = submit(&setup, 2).await;
        second.abort();
        assert!(second.await.is_err());
        setup.permits.add_permits(10);
        assert_eq!(first.await.expect("no panic"), Ok(2));
        assert_eq!(setup.queue.submit(3).await, Ok(6));
        assert_eq!(*setup.batches.lock().expect("no panic"), [1, 1]);
    }

    #[tokio::test]
    async fn stopping_finishes_what_has_queued() {
        let setup = queue(100, 1);
        let waiting = [submit(&setup, 1).await, submit(&setup, 2).await];
        setup.stopping.send_replace(true);
        setup.permits.add_permits(10);
        for asking in waiting {
            assert!(asking.await.expect("no panic").is_ok());
        }
        setup.task.await.expect("no panic");
        assert_eq!(setup.queue.submit(3).await, Err(Error::Unavailable));
    }

    /// Panics at the request 13, before or after the commit, and never answers the request 99.
    struct Faulty {
        committed: Mutex<Vec<u32>>,
        mark: InDoubtFlag,
        panics_after_commit: bool,
    }

    impl Batch for std::sync::Arc<Faulty> {
        type Request = u32;
        type Answer = u32;

        async fn run(&self, requests: &[u32], answers: &mut Answers<u32>) {
            tokio::task::yield_now().await;
            assert!(self.panics_after_commit || !requests.contains(&13), "an unlucky request");
            if requests.contains(&99) {
                std::future::pending::<()>().await;
            }
            self.mark.set();
            self.committed.lock().expect("no panic").extend(requests);
            assert!(!requests.contains(&13), "an unlucky request");
            requests.iter().zip(answers).for_each(|(number, answer)| *answer = Some(Ok(*number)));
            self.mark.clear();
        }

        fn in_doubt_flag(&self) -> Option<&InDoubtFlag> {
            Some(&self.mark)
        }
    }

    /// Asks for `numbers` as one batch.
    async fn answers(faulty: &std::sync::Arc<Faulty>, numbers: &[u32]) -> Vec<Result<u32>> {
        let (_stopping, stopped) = watch::channel(false);
        let queue = BatchQueue::start(faulty.clone(), "test", limits(100, 100), stopped).0;
        let answers = futures::future::join_all(numbers.iter().map(|number| queue.submit(*number))).await;
        assert_eq!(queue.submit(1).await, Ok(1), "the worker lives on");
        answers
    }

    fn faulty(panics_after_commit: bool) -> std::sync::Arc<Faulty> {
        let (committed, mark) = (Mutex::default(), InDoubtFlag::default());
        std::sync::Arc::new(Faulty { committed, mark, panics_after_commit })
    }

    #[tokio::test]
    async fn a_panic_fails_the_request_that_causes_it_alone() {
        let faulty = faulty(false);
        assert_eq!(answers(&faulty, &[5, 13, 7]).await, [Ok(5), Err(Error::Internal), Ok(7)]);
        assert_eq!(*faulty.committed.lock().expect("no panic"), [5, 7, 1]);
    }

    #[tokio::test]
    async fn a_panic_after_the_commit_leaves_the_outcome_unknown_and_runs_nothing_twice() {
        let faulty = faulty(true);
        let unknown = || Err(Error::OutcomeUnknown);
        assert_eq!(answers(&faulty, &[5, 13, 7]).await, [unknown(), unknown(), unknown()]);
        assert_eq!(*faulty.committed.lock().expect("no panic"), [5, 13, 7, 1]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_ends_at_its_deadline() {
        let faulty = faulty(false);
        assert_eq!(answers(&faulty, &[5, 99]).await, [Err(Error::Unavailable), Err(Error::Unavailable)]);
        assert_eq!(*faulty.committed.lock().expect("no panic"), [1]);
    }
}
