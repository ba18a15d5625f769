//! The state of webhooks of one server.

use super::messages::MessagePages;
use domain::{AttemptOutcome, WebhookId};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The state of webhooks of one server.
pub(crate) struct Webhooks {
    pub(crate) pages: MessagePages,
    /// The attempts to deliver events, by endpoint.
    attempts: Mutex<BTreeMap<WebhookId, Arc<AttemptCounts>>>,
}

/// The attempts to deliver events to one endpoint since the start of the server, by outcome.
#[derive(Debug, Default)]
pub(crate) struct AttemptCounts([AtomicU64; AttemptOutcome::ALL.len()]);

impl AttemptCounts {
    pub(super) fn count(&self, outcome: AttemptOutcome) {
        self.0[outcome as usize].fetch_add(1, Ordering::Relaxed);
    }
}

impl Webhooks {
    pub(crate) fn new() -> Self {
        Self { pages: MessagePages::new(), attempts: Mutex::default() }
    }

    /// Returns the counts of an endpoint.
    pub(super) fn attempts_of(&self, webhook: WebhookId) -> Arc<AttemptCounts> {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        attempts.entry(webhook).or_default().clone()
    }

    /// Returns the attempts by endpoint and outcome.
    pub(super) fn attempts(&self) -> Vec<(WebhookId, AttemptOutcome, u64)> {
        let attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        let of = |(webhook, counts): (&WebhookId, &Arc<AttemptCounts>)| {
            let (webhook, counts) = (*webhook, counts.clone());
            AttemptOutcome::ALL
                .map(|outcome| (webhook, outcome, counts.0[outcome as usize].load(Ordering::Relaxed)))
        };
        attempts.iter().flat_map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_outcome_has_a_counter_of_its_own() {
        let webhooks = Webhooks::new();
        let counts = webhooks.attempts_of(WebhookId(7));
        for (times, outcome) in AttemptOutcome::ALL.into_iter().enumerate() {
            (0..=times).for_each(|_| counts.count(outcome));
        }
        webhooks.attempts_of(WebhookId(3));
        let found: Vec<_> =
            webhooks.attempts().iter().map(|(webhook, _, count)| (webhook.0, *count)).collect();
        assert_eq!(found, [(3, 0), (3, 0), (3, 0), (7, 1), (7, 2), (7, 3)]);
    }
}
