//! Everything that follows a commit, for both paths.

use super::batch::StockBatch;
use super::reclaim::items_short;
use super::request::{Entry, StockResponse};
use crate::idempotency::response_record;
use crate::keys_by_id::add_held_units;
use crate::response::{CommandResult, Response, StoredResponse};
use crate::{Error, KeysById, Result, WithKeys};
use domain::{Decision, Plan, Request, Snapshot, StockChanges};
use std::collections::HashSet;
use std::sync::Arc;
use store::{Generation, ResponseRecord};

/// Requests with final decisions: their changes are committed, or they change nothing.
pub(super) struct Decided<'a> {
    pub(super) entries: &'a [Entry<'a>],
    /// The generation of the database that `snapshot` belongs to.
    pub(super) generation: Generation,
    /// The state that the requests were decided on. It equals the committed state before the changes.
    pub(super) snapshot: Snapshot,
    pub(super) plan: Plan,
    /// The categories of the changed items.
    pub(super) categories: Vec<String>,
    pub(super) responses: Responses,
    /// The keys of the items and warehouses in the answers.
    pub(super) keys: Arc<KeysById>,
    /// Indexes into `entries` of requests that the backlog's queue decides.
    pub(super) postponed: HashSet<usize>,
}

/// The responses to requests with an idempotency key, by index into the requests; `None` for a request without a key.
#[derive(Default)]
pub(super) struct Responses(Vec<Option<StoredResponse>>);

impl StockBatch {
    /// Adds the held units of short items to the keys of answers, for the requests that have an idempotency key.
    pub(super) async fn with_held_units(
        &self,
        entries: &[Entry<'_>],
        decisions: &[Decision],
        postponed: &HashSet<usize>,
        keys: Arc<KeysById>,
    ) -> Arc<KeysById> {
        let decided = entries.iter().zip(decisions).enumerate();
        let stored = decided.filter(|(index, (entry, decision))| {
            entry.context.idempotency.is_some() && decision.is_err() && !postponed.contains(index)
        });
        let short = stored.flat_map(|(_, (_, decision))| items_short(decision)).collect();
        add_held_units(keys, &self.writer.held_units, short).await
    }

    /// Serializes the responses to the requests that have an idempotency key. The records are to be written in the
    /// transaction of the changes.
    pub(super) fn serialize_responses(
        &self,
        entries: &[Entry<'_>],
        decisions: &[Decision],
        keys: &Arc<KeysById>,
        postponed: &HashSet<usize>,
    ) -> (Vec<ResponseRecord>, Responses) {
        let mut records = Vec::new();
        let serialize = |(index, (entry, decision)): (usize, (&Entry<'_>, &Decision))| {
            if postponed.contains(&index) {
                return None;
            }
            let result = CommandResult::Stock(decision, keys);
            let (record, response) = response_record(entry.context, &result, self.writer.serialize_response)?;
            records.push(record);
            Some(response)
        };
        let responses = entries.iter().zip(decisions).enumerate().map(serialize).collect();
        (records, Responses(responses))
    }

    /// Finishes requests with final decisions: notifies subscribers, updates the caches, returns unused ids to the
    /// pool, records rejections and refused units for the overview, and returns each request's position with its answer.
    pub(super) fn finish(&self, decided: Decided<'_>) -> Vec<(usize, Result<StockResponse>)> {
        let Decided { entries, generation, snapshot, plan, categories, responses, keys, postponed } = decided;
        if !plan.changes.is_empty() {
            self.writer.metrics.count_movements(&plan.changes.movements);
            self.writer.committed(&categories);
        }
        self.update_caches(generation, entries, &snapshot, &plan.changes);
        let snapshot_time = snapshot.now;
        self.return_ids(generation, snapshot, &plan.changes);
        let decisions = entries.iter().zip(&plan.decisions).enumerate();
        let final_decisions = decisions.filter(|(index, _)| !postponed.contains(index));
        let decided = final_decisions.clone().map(|(_, (entry, decision))| (entry.request, decision));
        self.writer.refusals.record(snapshot_time, decided);
        self.writer
            .failures
            .record_rejections(final_decisions.map(|(_, (entry, decision))| (entry.context, decision)));
        let mut responses = responses.0.into_iter();
        let answer = |(index, (entry, decision)): (usize, (&Entry<'_>, Decision))| {
            let answer = match (responses.next().flatten(), decision) {
                _ if postponed.contains(&index) => Err(Error::Backlog),
                (Some(stored), _) => Ok(Response::Stored(stored)),
                (None, Ok(output)) => Ok(Response::Fresh(WithKeys { output, keys: keys.clone() })),
                (None, Err(rejection)) => Err(Error::Rejected(rejection)),
            };
            (entry.position, answer)
        };
        entries.iter().zip(plan.decisions).enumerate().map(answer).collect()
    }

    fn update_caches(
        &self,
        generation: Generation,
        entries: &[Entry<'_>],
        snapshot: &Snapshot,
        changes: &StockChanges,
    ) {
        self.writer.blocks.record(generation, changes);
        // An allocation reads the levels of its warehouses only. The cache takes an item with all of its levels or not at all.
        let is_partial = |entry: &Entry<'_>| match entry.request {
            Request::Allocate(..) | Request::Source(_) => true,
            Request::Fill(fill) => fill.warehouse.is_some(),
            _ => false,
        };
        // The level of an archived item never equals a cached one, so it is not cached.
        if entries.iter().any(is_partial) || !snapshot.archived_items.is_empty() {
            self.writer.levels.invalidate(snapshot.levels.keys().map(|key| key.item));
        } else {
            let changed = changes.levels.iter().chain(&changes.new_levels);
            self.writer.levels.record(generation, &snapshot.levels, changed);
        }
    }

    fn return_ids(&self, generation: Generation, snapshot: Snapshot, changes: &StockChanges) {
        let used = changes.placed.len();
        if snapshot.new_block_ids.len() > used {
            self.ids.put_back(generation, snapshot.new_block_ids, used);
        }
    }
}
