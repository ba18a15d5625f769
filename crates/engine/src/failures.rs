//! Recent rejections and failures, in memory, for the overview.

use crate::{Context, Error};
use domain::{Decision, Granted, ItemId, OrderAllocation, OrderId, Time};
use std::borrow::Cow;
use std::collections::VecDeque;
use std::mem::{Discriminant, discriminant};
use std::sync::{Arc, Mutex, PoisonError};

/// The most distinct failures in memory. The oldest is evicted.
const FAILURES_MAX: usize = 50;

/// A rejection or failure. Equal ones are counted in one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The number of occurrences.
    pub count: u64,
    /// The server's time of the last occurrence.
    pub at: Time,
    /// The actor of the last occurrence.
    pub actor: Cow<'static, str>,
    /// The request id of the last occurrence.
    pub request_id: Arc<str>,
    /// The cause of the last occurrence.
    pub cause: FailureCause,
}

/// The cause of a rejection or failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FailureCause {
    /// The request was answered by an error.
    Error(Error),
    /// The order could not be allocated.
    Short(OrderAllocation),
}

/// The identity of a failure: failures with equal keys are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Rejected(Discriminant<domain::Error>, Option<ItemId>),
    Failed(Discriminant<Error>),
    Short(OrderId),
}

impl Key {
    fn of(cause: &FailureCause) -> Self {
        match cause {
            FailureCause::Error(Error::Rejected(rejection)) => Self::of_rejection(rejection),
            FailureCause::Error(error) => Self::Failed(discriminant(error)),
            FailureCause::Short(allocation) => Self::Short(allocation.order),
        }
    }

    fn of_rejection(rejection: &domain::Error) -> Self {
        use domain::Error as E;
        let item = match rejection {
            E::InsufficientStock { item, .. }
            | E::StockOverflow { item, .. }
            | E::BlockUnitsLimit { item, .. } => Some(*item),
            E::CartShort(shortages) => shortages.first().map(|shortage| shortage.item),
            _ => None,
        };
        Self::Rejected(discriminant(rejection), item)
    }
}

/// The failures since this server started, most recent last.
#[derive(Default)]
pub(crate) struct Failures(Mutex<VecDeque<Failure>>);

impl Failures {
    /// Records the rejections among a batch's answers. Equal rejections are counted before the lock is taken, because a
    /// sold-out hot item rejects whole batches.
    pub(crate) fn record_rejections<'a>(&self, answers: impl Iterator<Item = (&'a Context, &'a Decision)>) {
        let mut rejected = Vec::<(Key, &Context, &Decision, u64)>::new();
        for (context, answer) in answers {
            let key = match answer {
                Err(rejection) => Key::of_rejection(rejection),
                Ok(Granted::Allocated(short)) if !short.shortages.is_empty() => Key::Short(short.order),
                Ok(_) => continue,
            };
            match rejected.iter().position(|other| other.0 == key) {
                Some(index) => rejected[index] = (key, context, answer, rejected[index].3 + 1),
                // More distinct rejections than are kept are not counted.
                None if rejected.len() < FAILURES_MAX => rejected.push((key, context, answer, 1)),
                None => {}
            }
        }
        for (_, context, answer, count) in rejected {
            match answer {
                Err(rejection) => {
                    self.record(context, FailureCause::Error(Error::Rejected(rejection.clone())), count)
                }
                Ok(Granted::Allocated(short)) => {
                    self.record(context, FailureCause::Short(short.clone()), count)
                }
                Ok(_) => {}
            }
        }
    }

    /// Records `count` occurrences of a failure, the last one for `context`.
    pub(crate) fn record(&self, context: &Context, cause: FailureCause, count: u64) {
        let key = Key::of(&cause);
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A repeated failure is most often a recent one.
        let entry = failures.iter().rposition(|failure| Key::of(&failure.cause) == key);
        let before = entry.and_then(|index| failures.remove(index)).map_or(0, |failure| failure.count);
        if failures.len() == FAILURES_MAX {
            failures.pop_front();
        }
        let (actor, request_id) = (context.actor.clone(), context.request_id.clone());
        // The server's clock: the request may not have reached the database.
        let at = chrono::Utc::now();
        failures.push_back(Failure { count: before + count, at, actor, request_id, cause });
    }

    /// Returns the failures, most recent first.
    pub(crate) fn recent(&self) -> Vec<Failure> {
        let failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        failures.iter().rev().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_failures_are_counted_and_the_oldest_is_evicted() {
        let failures = Failures::default();
        let context = Context::new("test", "request");
        let short = |item| {
            let rejection = domain::Error::InsufficientStock {
                item: ItemId(item),
                warehouse: None,
                requested: 2,
                available: 1,
            };
            FailureCause::Error(rejection.into())
        };
        for item in [1, 2, 1] {
            failures.record(&context, short(item), 1);
        }
        failures.record(&context, FailureCause::Error(Error::Overloaded), 1);
        let causes: Vec<_> =
            failures.recent().into_iter().map(|failure| (failure.count, failure.cause)).collect();
        assert_eq!(causes, [(1, FailureCause::Error(Error::Overloaded)), (2, short(1)), (1, short(2))]);
        for item in 100..200 {
            failures.record(&context, short(item), 1);
        }
        assert_eq!(failures.recent().len(), FAILURES_MAX);
        assert_eq!(failures.recent()[0].cause, short(199));
    }
}
