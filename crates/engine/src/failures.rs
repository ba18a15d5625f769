//! What was refused or failed of late, and why: kept in memory for whoever looks after the shop.

use crate::{Context, Error};
use domain::{Answer, ItemId, OrderAllocation, Time};
use std::collections::VecDeque;
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
    pub actor: Arc<str>,
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

impl Told {
    /// Equal for what counts as the same failure.
    fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Short(one), Self::Short(other)) => one.order == other.order,
            (Self::Error(Error::Refused(one)), Self::Error(Error::Refused(other))) => {
                kind(one) == kind(other) && item(one) == item(other)
            }
            (Self::Error(one), Self::Error(other)) => kind(one) == kind(other),
            _ => false,
        }
    }
}

fn kind<T>(value: &T) -> std::mem::Discriminant<T> {
    std::mem::discriminant(value)
}

/// The item that a refusal is about.
fn item(refusal: &domain::Error) -> Option<ItemId> {
    use domain::Error as E;
    match refusal {
        E::InsufficientStock { item, .. }
        | E::StockOverflow { item, .. }
        | E::BlockUnitsLimit { item, .. } => Some(*item),
        _ => None,
    }
}

/// The failures since this server started, latest last.
#[derive(Default)]
pub(crate) struct Failures(Mutex<VecDeque<Failure>>);

impl Failures {
    /// Notes those of a batch's answers that are failures.
    pub(crate) fn note_refused<'a>(
        &self,
        answers: impl Iterator<Item = (&'a Context, &'a std::result::Result<Answer, domain::Error>)>,
    ) {
        for (context, answer) in answers {
            match answer {
                Err(refusal) => self.note(context, Told::Error(Error::Refused(refusal.clone()))),
                Ok(Answer::Allocated(allocation)) if !allocation.shortages.is_empty() => {
                    self.note(context, Told::Short(allocation.clone()));
                }
                Ok(_) => {}
            }
        }
    }

    pub(crate) fn note(&self, context: &Context, told: Told) {
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // What fails again has mostly failed just now: look from the end.
        let like = failures.iter().rposition(|failure| failure.told.is_like(&told));
        let count = like.and_then(|place| failures.remove(place)).map_or(0, |failure| failure.count);
        if failures.len() == FAILURES_MAX {
            failures.pop_front();
        }
        let Context { actor, request_id, .. } = context.clone();
        // The only clock at hand: what failed may never have reached the database.
        failures.push_back(Failure { count: count + 1, at: chrono::Utc::now(), actor, request_id, told });
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
            failures.note(&context, short(item));
        }
        failures.note(&context, Told::Error(Error::Overloaded));
        let told: Vec<_> =
            failures.lately().into_iter().map(|failure| (failure.count, failure.told)).collect();
        assert_eq!(told, [(1, Told::Error(Error::Overloaded)), (2, short(1)), (1, short(2))]);
        for item in 100..200 {
            failures.note(&context, short(item));
        }
        assert_eq!(failures.lately().len(), FAILURES_MAX);
        assert_eq!(failures.lately()[0].told, short(199));
    }
}
