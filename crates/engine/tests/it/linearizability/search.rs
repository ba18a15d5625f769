//! Search for a sequential order of a history.

use super::model::Ledger;
use domain::{BlockId, Decision, ItemId, OrderId, Request};
use std::collections::{BTreeMap, HashSet};

/// An action of a client.
#[derive(Debug)]
pub(super) enum Action {
    /// A request and its response.
    Requested(Request, Decision),
    /// A created order, with the units per item.
    OrderCreated(OrderId, BTreeMap<ItemId, i32>),
}

/// An operation, with the times of its request and its response, as readings of one counter.
#[derive(Debug)]
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
    let expiring = before.expiring().into_iter();
    let silent: Vec<_> = expiring.flat_map(|id| [Silent::Expires(id), Silent::GoesBack(id)]).collect();
    assert!(events.len() + silent.len() <= 128, "a history too long for the search");
    Search { events, silent: &silent, after, dead: HashSet::new() }.from(before, 0)
}

struct Search<'a> {
    events: &'a [Event],
    silent: &'a [Silent],
    after: &'a Ledger,
    /// Sets of events, as bits, that no order continues. A set determines the state, because each response determines the
    /// effect of its event.
    dead: HashSet<u128>,
}

impl Search<'_> {
    fn from(&mut self, ledger: &Ledger, done: u128) -> bool {
        if !self.dead.insert(done) {
            return false;
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
            if let Some(then) = ledger.after(&self.events[index].action)
                && self.from(&then, done | 1 << index)
            {
                return true;
            }
        }
        self.silently(ledger, done)
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

/// The events without a sequential order.
pub(super) fn report(before: &Ledger, events: &[Event], after: &Ledger) -> String {
    let mut events: Vec<_> = events.iter().collect();
    events.sort_by_key(|event| event.requested_at);
    let line = |event: &&Event| {
        let Event { action, requested_at, answered_at } = event;
        match action {
            Action::Requested(request, answer) => {
                format!("{requested_at}–{answered_at} {request:?}\n      {answer:?}\n")
            }
            created => format!("{requested_at}–{answered_at} {created:?}\n"),
        }
    };
    let lines: String = events.iter().map(line).collect();
    format!("not linearizable. Before:\n{before}Requests and responses:\n{lines}After:\n{after}")
}
