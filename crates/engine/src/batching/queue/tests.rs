use super::*;
use crate::batching::batch::Answers;
use crate::batching::in_doubt::InDoubtFlag;
use std::sync::Mutex;
use tokio::sync::Semaphore;

/// Doubles numbers, records the sizes of its batches, and needs a permit for each batch.
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
    let (queue, task) =
        BatchQueue::start(batch, "test", limits(queue_max, batch_max), BatchObserver::default(), stopped);
    Setup { queue: queue.into(), task, batches, permits, stopping }
}

/// Submits `number` and waits until it is queued.
async fn submit(setup: &Setup, number: u32) -> JoinHandle<Result<u32>> {
    let queue = setup.queue.clone();
    let asking = tokio::spawn(async move { queue.submit(number).await });
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    asking
}

#[tokio::test]
async fn requests_that_queue_during_a_batch_form_the_next_batch() {
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

/// The same batch, but it lingers.
struct Lingering(Doubling);

impl Batch for Lingering {
    type Request = u32;
    type Answer = u32;

    const LINGER: bool = true;

    async fn run(&self, requests: &[u32], answers: &mut Answers<u32>) {
        self.0.run(requests, answers).await;
    }
}

#[tokio::test]
async fn a_lingering_batch_waits_for_half_of_the_callers_that_submit_again() {
    let batches: std::sync::Arc<Mutex<Vec<usize>>> = std::sync::Arc::default();
    let permits = std::sync::Arc::new(Semaphore::new(100));
    let (_stopping, stopped) = watch::channel(false);
    let batch = Lingering(Doubling { batches: batches.clone(), permits });
    let queue = std::sync::Arc::new(
        BatchQueue::start(batch, "test", limits(100, 100), BatchObserver::default(), stopped).0,
    );
    let asking: Vec<_> = (0..8)
        .map(|number| {
            let queue = queue.clone();
            tokio::spawn(async move {
                assert_eq!(queue.submit(number).await, Ok(number * 2));
                // The callers submit again at different times.
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
    assert_eq!(queue.submit(1).await, Ok(2), "a lone request does not wait");
}

#[tokio::test]
async fn a_full_queue_rejects_at_once() {
    let setup = queue(2, 1);
    let waiting = [submit(&setup, 1).await, submit(&setup, 2).await, submit(&setup, 3).await];
    assert_eq!(setup.queue.submit(4).await, Err(Error::Overloaded));
    setup.permits.add_permits(10);
    for asking in waiting {
        assert!(asking.await.expect("no panic").is_ok());
    }
}

#[tokio::test]
async fn a_request_of_a_caller_that_went_away_does_not_run() {
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
async fn stopping_finishes_the_queued_requests() {
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
    in_doubt: InDoubtFlag,
    panics_after_commit: bool,
}

impl Batch for std::sync::Arc<Faulty> {
    type Request = u32;
    type Answer = u32;

    async fn run(&self, requests: &[u32], answers: &mut Answers<u32>) {
        tokio::task::yield_now().await;
        assert!(self.panics_after_commit || !requests.contains(&13), "an injected panic");
        if requests.contains(&99) {
            std::future::pending::<()>().await;
        }
        self.in_doubt.set();
        self.committed.lock().expect("no panic").extend(requests);
        assert!(!requests.contains(&13), "an injected panic");
        requests.iter().zip(answers).for_each(|(number, answer)| *answer = Some(Ok(*number)));
        self.in_doubt.clear();
    }

    fn in_doubt_flag(&self) -> Option<&InDoubtFlag> {
        Some(&self.in_doubt)
    }
}

/// Submits `numbers` as one batch.
async fn answers(faulty: &std::sync::Arc<Faulty>, numbers: &[u32]) -> Vec<Result<u32>> {
    let (_stopping, stopped) = watch::channel(false);
    let queue =
        BatchQueue::start(faulty.clone(), "test", limits(100, 100), BatchObserver::default(), stopped).0;
    let answers = futures::future::join_all(numbers.iter().map(|number| queue.submit(*number))).await;
    assert_eq!(queue.submit(1).await, Ok(1), "the worker still runs");
    answers
}

fn faulty(panics_after_commit: bool) -> std::sync::Arc<Faulty> {
    let (committed, in_doubt) = (Mutex::default(), InDoubtFlag::default());
    std::sync::Arc::new(Faulty { committed, in_doubt, panics_after_commit })
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
