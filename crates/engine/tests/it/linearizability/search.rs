//! Search for a sequential order of a history.

use super::model::Ledger;
use domain::{BlockId, Decision, ItemId, LevelKey, OrderId, Request};
use std::collections::{BTreeMap, HashSet};

/// An action of a client.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "almost all actions are requests")]
pub(super) enum Action {
    /// A request and its response.
    Requested(Request, Decision),
    /// A created order, with the units per item.
    OrderCreated(OrderId, BTreeMap<ItemId, i32>),
    /// A waiting order got these units from the queue, by ascending stock level.
    QueueFilled(OrderId, Vec<(LevelKey, i32)>),
}

/// An operation, with the times of its request and its response, as readings of one counter.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) action: Action,
    pub(super) requested_at: u64,
    pub(super) answered_at: u64,
}

/// An event that no client causes.
#[derive(Debug, Clone, Copy)]
enum Silent {
    /// A block expires.
    Expires(BlockId),
    /// An expired block's units are reclaimed.
    GoesBack(BlockId),
}

/// Returns whether the events lead from `before` to `after` in some order that respects real time.
pub(super) fn explains(before: &Ledger, events: &[Event], after: &Ledger) -> bool {
    search(before, events, after).is_ok()
}

/// Searches for an order. Otherwise returns the longest partial order: the events after it, as bits, and its state.
fn search(before: &Ledger, events: &[Event], after: &Ledger) -> Result<(), (u128, Ledger)> {
    let expiring = before.expiring(after).into_iter();
    let silent: Vec<_> = expiring.flat_map(|id| [Silent::Expires(id), Silent::GoesBack(id)]).collect();
    assert!(events.len() + silent.len() <= 128, "a history too long for the search");
    let longest = (0, before.clone());
    let mut search = Search { events, silent: &silent, after, dead: HashSet::new(), longest };
    match search.from(before, 0) {
        true => Ok(()),
        false => Err(search.longest),
    }
}

struct Search<'a> {
    events: &'a [Event],
    silent: &'a [Silent],
    after: &'a Ledger,
    /// Sets of events, as bits, that no order continues, each with the fingerprint of its state. Both determine the state: the
    /// fingerprint has all that the responses do not determine.
    dead: HashSet<(u128, u64)>,
    /// The longest partial order so far: its events, as bits, and the state after it.
    longest: (u128, Ledger),
}

impl Search<'_> {
    fn from(&mut self, ledger: &Ledger, done: u128) -> bool {
        if !self.dead.insert((done, ledger.fingerprint())) {
            return false;
        }
        if done.count_ones() > self.longest.0.count_ones() {
            self.longest = (done, ledger.clone());
        }
        let is_open = |index: &usize| done & (1 << index) == 0;
        let open: Vec<_> = (0..self.events.len()).filter(is_open).collect();
        let Some(first_answer) = open.iter().map(|index| self.events[*index].answered_at).min() else {
            return ledger.agrees_with(self.after) || self.silently(ledger, done);
        };
        let mut next: Vec<_> =
            open.into_iter().filter(|index| self.events[*index].requested_at < first_answer).collect();
        next.sort_by_key(|index| self.events[*index].answered_at);
        for index in next {
            if let Some(then) = ledger.after(&self.events[index].action, self.is_alone(index))
                && self.from(&then, done | 1 << index)
            {
                return true;
            }
        }
        self.silently(ledger, done)
    }

    /// Returns whether no other event overlaps with this one.
    fn is_alone(&self, index: usize) -> bool {
        let Event { requested_at, answered_at, .. } = self.events[index];
        let others = self.events.iter().enumerate().filter(|(other, _)| *other != index);
        let overlaps = |other: &Event| other.requested_at < answered_at && requested_at < other.answered_at;
        !others.map(|(_, other)| other).any(overlaps)
    }

    fn silently(&mut self, ledger: &Ledger, done: u128) -> bool {
        for (number, silent) in self.silent.iter().enumerate() {
            let bit = 1 << (self.events.len() + number);
            let then = match silent {
                Silent::Expires(id) => ledger.after_expiry(*id),
                Silent::GoesBack(id) => ledger.after_return(*id),
            };
            if done & bit == 0
                && let Some(then) = then
                && self.from(&then, done | bit)
            {
                return true;
            }
        }
        false
    }
}

/// The events without a sequential order. Those outside the longest partial order have a mark.
pub(super) fn report(before: &Ledger, events: &[Event], after: &Ledger) -> String {
    let (done, reached) = search(before, events, after).err().unwrap_or_else(|| (0, before.clone()));
    let mut events: Vec<_> = events.iter().enumerate().collect();
    events.sort_by_key(|(_, event)| event.requested_at);
    let line = |(index, event): &(usize, &Event)| {
        let Event { action, requested_at, answered_at } = event;
        let mark = if done & (1 << index) == 0 { "! " } else { "" };
        match action {
            Action::Requested(request, answer) => {
                format!("{mark}{requested_at}–{answered_at} {request:?}\n      {answer:?}\n")
            }
            other => format!("{mark}{requested_at}–{answered_at} {other:?}\n"),
        }
    };
    let lines: String = events.iter().map(line).collect();
    format!(
        "not linearizable. Before:\n{before}Requests and responses:\n{lines}After:\n{after}Longest order:\n{reached}"
    )
}
