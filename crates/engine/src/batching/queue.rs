//! A bounded queue with a worker that runs all queued requests as one batch.
//!
//! No timer is involved. An idle worker runs a lone request at once, as a batch of one. Requests that arrive during a batch
//! form the next one. Batches grow with the load, up to a bound, and each request gets cheaper.
//!
//! With many waiting requests a batch takes half of them. Then the database works on one half while the server answers the
//! callers of the other half.

use super::batch::Batch;
use super::observer::BatchObserver;
use super::supervised::run_supervised;
use crate::metrics::{QueueMetrics, QueueState};
use crate::{Error, Result};
use std::sync::Arc;
use std::time::{Duration, Instant};
use supervision::{EndGuard, WorkerStatus};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

/// The size up to which a batch takes all waiting requests. Splitting a smaller batch costs more than it gains.
const SPLIT_ABOVE: usize = 64;

struct Entry<B: Batch> {
    request: B::Request,
    queued_at: Instant,
    answer: oneshot::Sender<Result<B::Answer>>,
}

/// The limits of a queue.
#[derive(Debug, Clone, Copy)]
pub struct QueueLimits {
    /// The most requests that wait.
    pub queue_max: usize,
    /// The most requests in a batch.
    pub batch_max: usize,
    /// The deadline of a batch. At the deadline the batch is cancelled.
    pub batch_timeout: Duration,
}

/// A queue and its worker.
pub struct BatchQueue<B: Batch> {
    queue: mpsc::Sender<Entry<B>>,
    status: Arc<WorkerStatus>,
    metrics: QueueMetrics,
}

impl<B: Batch> BatchQueue<B> {
    /// Starts a worker. When `stopping` becomes `true`, the queue takes no more requests, and the worker ends after the
    /// queued ones.
    pub fn start(
        batch: B,
        name: impl Into<String>,
        limits: QueueLimits,
        observer: BatchObserver,
        stopping: watch::Receiver<bool>,
    ) -> (Self, JoinHandle<()>) {
        let (queue, entries) = mpsc::channel(limits.queue_max.max(1));
        let status = Arc::new(WorkerStatus::new(name, Some(limits.batch_timeout)));
        let metrics = QueueMetrics::new();
        let observation = Observation { observer, metrics: metrics.clone(), queue: status.name().into() };
        let worker = work(batch, entries, limits, observation, stopping, status.clone());
        (Self { queue, status, metrics }, tokio::spawn(worker))
    }

    /// Returns the state of the worker.
    pub(crate) fn status(&self) -> &Arc<WorkerStatus> {
        &self.status
    }

    /// Returns the state of the queue.
    pub(crate) fn state(&self) -> QueueState {
        let waiting_max = self.queue.max_capacity();
        QueueState {
            name: self.status.name().to_owned(),
            waiting: waiting_max - self.queue.capacity(),
            waiting_max,
            metrics: self.metrics.clone(),
        }
    }

    /// Queues a request and waits for its answer. A request whose caller goes away before the batch begins does not run.
    ///
    /// # Errors
    /// [`Error::Overloaded`] if the queue is full, [`Error::Unavailable`] if it has stopped, and the error of the batch.
    pub async fn submit(&self, request: B::Request) -> Result<B::Answer> {
        let (answer, answered) = oneshot::channel();
        match self.queue.try_send(Entry { request, queued_at: Instant::now(), answer }) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Full(_)) => return Err(Error::Overloaded),
            Err(mpsc::error::TrySendError::Closed(_)) => return Err(Error::Unavailable),
        }
        // The sender is dropped without an answer only if the worker died during the batch.
        answered.await.unwrap_or(Err(Error::OutcomeUnknown))
    }
}

/// The measurements and the observer of a queue.
struct Observation {
    observer: BatchObserver,
    metrics: QueueMetrics,
    queue: Arc<str>,
}

async fn work<B: Batch>(
    batch: B,
    mut entries: mpsc::Receiver<Entry<B>>,
    limits: QueueLimits,
    observation: Observation,
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
            // A dropped sender stops the queue too.
            _ = stopping.wait_for(|stopping| *stopping), if !entries.is_closed() => {
                entries.close();
                continue;
            }
        }
        fill(&mut entries, &mut queued, just_answered, batch_max).await;
        // The first request is the oldest one.
        let waited = queued.first().map_or(Duration::ZERO, |entry| entry.queued_at.elapsed());
        let waiting = queued.drain(..).filter(|entry| !entry.answer.is_closed());
        let (requests, waiting): (Vec<_>, Vec<_>) =
            waiting.map(|entry| (entry.request, entry.answer)).unzip();
        if requests.is_empty() {
            continue;
        }
        status.begin();
        let Observation { observer, metrics, queue } = &observation;
        let run = run_supervised(&batch, &requests, limits.batch_timeout, &status);
        let answers = observer.observe::<B, _>(queue, metrics, &requests, waited, run).await;
        status.finish();
        just_answered = answers.len();
        for (waiting, answer) in waiting.into_iter().zip(answers) {
            // The caller may have gone away.
            drop(waiting.send(answer.unwrap_or(Err(Error::Internal))));
        }
    }
}

/// Fills a batch with waiting requests: with all of a few, with half of many.
///
/// A lingering batch aims at half of the waiting and the just answered callers, because the latter submit again at that
/// moment. It yields to other tasks for as long as each yield brings requests. A lone request does not wait.
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
mod tests;
