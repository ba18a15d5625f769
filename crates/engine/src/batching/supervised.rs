//! Runs a batch under a deadline and catches its panics.

use super::batch::{Answers, Batch};
use crate::{Error, Result};
use std::time::Duration;
use supervision::{WorkerStatus, catch_panic};

/// Runs a batch under a deadline. After a panic its requests run again one by one, unless they may have been committed.
pub(super) async fn run_supervised<B: Batch>(
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

/// The end of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Finished,
    /// It panicked. The requests without an answer are not committed.
    Panicked,
    /// It was cancelled at its deadline. The requests without an answer are not committed.
    TimedOut,
    /// It panicked or was cancelled. The requests without an answer may be committed.
    InDoubt,
}

async fn run_once<B: Batch>(
    batch: &B,
    requests: &[B::Request],
    answers: &mut Answers<B::Answer>,
    timeout: Duration,
    status: &WorkerStatus,
) -> End {
    if let Some(flag) = batch.in_doubt_flag() {
        flag.clear();
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
    batch.in_doubt_flag().filter(|flag| flag.is_set()).map(|_| End::InDoubt)
}

/// Answers the requests without an answer.
fn answer_rest<A>(answers: &mut Answers<A>, end: End) {
    let error = match end {
        End::Finished | End::Panicked => Error::Internal,
        End::TimedOut => Error::Unavailable,
        End::InDoubt => Error::OutcomeUnknown,
    };
    answers.iter_mut().for_each(|answer| _ = answer.get_or_insert_with(|| Err(error.clone())));
}
