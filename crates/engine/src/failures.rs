//! What was refused or failed of late, and why: kept in memory for whoever looks after the shop.

use crate::{Context, Error};
use domain::{Decision, Granted, ItemId, OrderAllocation, OrderId, Time};
use std::borrow::Cow;
use std::collections::VecDeque;
use std::mem::{Discriminant, discriminant};
use std::sync::{Arc, Mutex, PoisonError};

/// How many different failures are kept.
const FAILURES_MAX: usize = 50;

/// Something that was refused or failed; the same again is counted, not listed again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// How often.
    pub count: u64,
    /// When it was told last.
    pub at: Time,
    /// Who asked last.
    pub actor: Cow<'static, str>,
    /// With which request.
    pub request_id: Arc<str>,
    /// What was told last.
    pub told: Told,
}

/// What somebody was told who did not get what they asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// An error.
    Error(Error),
    /// An order could not be allocated.
    Short(OrderAllocation),
}

/// Equal for what counts as the same failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Refused(Discriminant<domain::Error>, Option<ItemId>),
    Failed(Discriminant<Error>),
    Short(OrderId),
}

impl Sort {
    fn of(told: &Told) -> Self {
        match told {
            Told::Error(Error::Refused(refusal)) => Self::of_refusal(refusal),
            Told::Error(error) => Self::Failed(discriminant(error)),
            Told::Short(allocation) => Self::Short(allocation.order),
        }
    }

    fn of_refusal(refusal: &domain::Error) -> Self {
        use domain::Error as E;
        let item = match refusal {
            E::InsufficientStock { item, .. }
            | E::StockOverflow { item, .. }
            | E::BlockUnitsLimit { item, .. } => Some(*item),
            _ => None,
        };
        Self::Refused(discriminant(refusal), item)
    }
}

/// The failures since this server started, latest last.
#[derive(Default)]
pub(crate) struct Failures(Mutex<VecDeque<Failure>>);

impl Failures {
    /// Notes those of a batch's answers that are failures. On the hot path of a sale that is sold out: what is
    /// refused alike is counted before anything is written down.
    pub(crate) fn note_refused<'a>(&self, answers: impl Iterator<Item = (&'a Context, &'a Decision)>) {
        let mut refused = Vec::<(Sort, &Context, &Decision, u64)>::new();
        for (context, answer) in answers {
            let sort = match answer {
                Err(refusal) => Sort::of_refusal(refusal),
                Ok(Granted::Allocated(short)) if !short.shortages.is_empty() => Sort::Short(short.order),
                Ok(_) => continue,
            };
            match refused.iter().position(|known| known.0 == sort) {
                Some(place) => refused[place] = (sort, context, answer, refused[place].3 + 1),
                // More sorts than are kept are not worth telling apart.
                None if refused.len() < FAILURES_MAX => refused.push((sort, context, answer, 1)),
                None => {}
            }
        }
        for (_, context, answer, count) in refused {
            match answer {
                Err(refusal) => self.note(context, Told::Error(Error::Refused(refusal.clone())), count),
                Ok(Granted::Allocated(short)) => self.note(context, Told::Short(short.clone()), count),
                Ok(_) => {}
            }
        }
    }

    /// Notes what happened `count` times, to `context` last.
    pub(crate) fn note(&self, context: &Context, told: Told, count: u64) {
        let sort = Sort::of(&told);
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // What fails again has mostly failed just now: look from the end.
        let known = failures.iter().rposition(|failure| Sort::of(&failure.told) == sort);
        let before = known.and_then(|place| failures.remove(place)).map_or(0, |failure| failure.count);
        if failures.len() == FAILURES_MAX {
            failures.pop_front();
        }
        let (actor, request_id) = (context.actor.clone(), context.request_id.clone());
        // The only clock at hand: what failed may never have reached the database.
        let at = chrono::Utc::now();
        failures.push_back(Failure { count: before + count, at, actor, request_id, told });
    }

    /// Latest first.
    pub(crate) fn lately(&self) -> Vec<Failure> {
        let failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        failures.iter().rev().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_failure_is_counted_and_the_oldest_goes() {
        let failures = Failures::default();
        let context = Context::new("test", "request");
        let short = |item| {
            let refusal = domain::Error::InsufficientStock { item: ItemId(item), requested: 2, available: 1 };
            Told::Error(refusal.into())
        };
        for item in [1, 2, 1] {
            failures.note(&context, short(item), 1);
        }
        failures.note(&context, Told::Error(Error::Overloaded), 1);
        let told: Vec<_> =
            failures.lately().into_iter().map(|failure| (failure.count, failure.told)).collect();
        assert_eq!(told, [(1, Told::Error(Error::Overloaded)), (2, short(1)), (1, short(2))]);
        for item in 100..200 {
            failures.note(&context, short(item), 1);
        }
        assert_eq!(failures.lately().len(), FAILURES_MAX);
        assert_eq!(failures.lately()[0].told, short(199));
    }
}
