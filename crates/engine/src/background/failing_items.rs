//! Back-off per item for the clean-up of expired blocks.

use domain::ItemId;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The back-off of an item after its first failure. It doubles with each further failure.
const BACKOFF_MIN: Duration = Duration::from_secs(1);

/// The longest back-off of an item.
const BACKOFF_MAX: Duration = Duration::from_secs(300);

/// An item whose clean-up of expired blocks fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailingItem {
    /// The item.
    pub item: ItemId,
    /// Attempts that failed since the last success.
    pub failures: u32,
    /// The kind of the last error. The log has its cause.
    pub error: String,
}

/// The failures of the clean-up by item.
#[derive(Default)]
pub(crate) struct FailingItems(Mutex<State>);

#[derive(Default)]
struct State {
    failing: HashMap<ItemId, Failing>,
    overdue_seconds: f64,
    turn: usize,
}

struct Failing {
    /// 0 for an item that was skipped because another transaction has locked its rows.
    failures: u32,
    retry_at: Instant,
    error: String,
}

impl FailingItems {
    /// Records a failed attempt. Returns whether it is the first one since the item's last success.
    pub(crate) fn failed(&self, item: ItemId, error: &str) -> bool {
        let mut state = self.state();
        let failing = state.failing.entry(item).or_insert_with(Failing::none);
        failing.failures = failing.failures.saturating_add(1);
        let backoff = BACKOFF_MIN.saturating_mul(1 << (failing.failures - 1).min(16)).min(BACKOFF_MAX);
        failing.retry_at = Instant::now() + backoff;
        failing.error.replace_range(.., error);
        failing.failures == 1
    }

    /// Records that an item was skipped. It is retried after [`BACKOFF_MIN`].
    pub(crate) fn skipped(&self, item: ItemId) {
        let mut state = self.state();
        state.failing.entry(item).or_insert_with(Failing::none).retry_at = Instant::now() + BACKOFF_MIN;
    }

    /// Returns a number that grows by one with each call: the index of the skipped item to retry first.
    pub(crate) fn next_turn(&self) -> usize {
        let mut state = self.state();
        state.turn = state.turn.wrapping_add(1);
        state.turn
    }

    /// Removes the back-off of items that were cleaned up.
    pub(crate) fn succeeded(&self, items: &[ItemId]) {
        let mut state = self.state();
        if !state.failing.is_empty() {
            items.iter().for_each(|item| _ = state.failing.remove(item));
        }
    }

    /// Returns the items that are backing off.
    pub(crate) fn backing_off(&self) -> Vec<ItemId> {
        let now = Instant::now();
        let mut state = self.state();
        // A skipped item may have no expired blocks any more.
        state.failing.retain(|_, failing| failing.failures > 0 || failing.retry_at > now);
        let waiting = state.failing.iter().filter(|(_, failing)| failing.retry_at > now);
        waiting.map(|(item, _)| *item).collect()
    }

    /// Removes the failures of items that are not `due` any more.
    pub(crate) fn retain(&self, is_due: impl Fn(ItemId) -> bool) {
        let now = Instant::now();
        self.state().failing.retain(|item, failing| failing.retry_at > now || is_due(*item));
    }

    /// Records the age of the oldest expired block, in seconds after its expiry.
    pub(crate) fn note_overdue(&self, overdue_seconds: f64) {
        self.state().overdue_seconds = overdue_seconds;
    }

    /// Returns the age of the oldest expired block at the last run, in seconds after its expiry.
    pub(crate) fn overdue_seconds(&self) -> f64 {
        self.state().overdue_seconds
    }

    /// Returns the failing items, most failures first.
    pub(crate) fn report(&self) -> Vec<FailingItem> {
        let state = self.state();
        let failing = state.failing.iter().filter(|(_, failing)| failing.failures > 0);
        let mut failing: Vec<_> = failing
            .map(|(item, Failing { failures, error, .. })| FailingItem {
                item: *item,
                failures: *failures,
                error: error.clone(),
            })
            .collect();
        failing.sort_by_key(|failing| (std::cmp::Reverse(failing.failures), failing.item));
        failing
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Failing {
    fn none() -> Self {
        Self { failures: 0, retry_at: Instant::now(), error: String::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_backs_off_until_it_succeeds() {
        let items = FailingItems::default();
        assert!(items.failed(ItemId(1), "rejected"));
        assert!(!items.failed(ItemId(1), "rejected again"));
        items.skipped(ItemId(2));
        let mut waiting = items.backing_off();
        waiting.sort();
        assert_eq!(waiting, [ItemId(1), ItemId(2)]);
        let failing = FailingItem { item: ItemId(1), failures: 2, error: "rejected again".to_owned() };
        assert_eq!(items.report(), [failing], "a skipped item does not fail");
        items.succeeded(&[ItemId(1)]);
        assert_eq!((items.report(), items.backing_off()), (vec![], vec![ItemId(2)]));
    }
}
