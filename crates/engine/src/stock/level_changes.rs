//! Changes of levels in an open transaction, outside the queues: the lines of documents and imports.

use super::locked_reads::{LockedSnapshot, lock_and_read};
use super::reclaim::{ReclaimingPlan, plan_reclaiming_expired};
use crate::cache::warehouses::Warehouses;
use crate::ids::IdPool;
use crate::writer::Writer;
use domain::{LevelChange, Plan, Request, Snapshot, WarehouseLimits};
use std::collections::HashSet;
use store::{Cause, Generation, ResponseRecord, WriteTransaction};

/// Lines whose levels are locked.
pub(crate) struct LockedLines {
    generation: Generation,
    requests: Vec<Request>,
    locked: LockedSnapshot,
}

/// Decided lines.
pub(crate) struct DecidedLines {
    generation: Generation,
    snapshot: Snapshot,
    /// The decisions, in the order of the lines, and the changes.
    pub(crate) plan: Plan,
}

impl LockedLines {
    /// Locks the levels of the lines in the order of all transactions, and reads them.
    pub(crate) async fn lock(
        writer: &Writer,
        ids: &IdPool,
        transaction: &mut WriteTransaction,
        lines: &[&LevelChange],
        warehouses: &Warehouses,
    ) -> store::Result<Self> {
        // Read after BEGIN: a new connection has begun its generation by then.
        let generation = writer.store.generation();
        let requests: Vec<_> = lines.iter().map(|line| Request::ChangeLevel((*line).clone())).collect();
        let locked =
            lock_and_read(ids, writer.limits, transaction, generation, &requests, warehouses, false).await?;
        Ok(Self { generation, requests, locked })
    }

    /// Decides the lines. A line that lacks units of an item with many expired blocks is refused: the background task
    /// reclaims them.
    pub(crate) async fn decide(
        self,
        transaction: &mut WriteTransaction,
        limits: &WarehouseLimits,
    ) -> store::Result<DecidedLines> {
        let Self { generation, requests, locked } = self;
        let planned =
            plan_reclaiming_expired(transaction, &requests, &HashSet::new(), limits, locked).await?;
        let ReclaimingPlan { plan, locked: LockedSnapshot { snapshot, .. }, .. } = planned;
        Ok(DecidedLines { generation, snapshot, plan })
    }
}

impl DecidedLines {
    /// Writes the changes, with stored responses. Returns the categories of the changed items.
    pub(crate) async fn write(
        &self,
        transaction: &mut WriteTransaction,
        cause: Cause<'_>,
        records: &[ResponseRecord],
    ) -> store::Result<Vec<String>> {
        let causes = vec![cause; self.plan.decisions.len()];
        transaction.write(&self.plan.changes, &self.snapshot, &causes, records).await
    }

    /// Updates the caches after the commit.
    pub(crate) fn committed(&self, writer: &Writer, categories: &[String]) {
        let (snapshot, changes) = (&self.snapshot, &self.plan.changes);
        writer.metrics.count_movements(&changes.movements);
        writer.committed(categories);
        writer.blocks.record(self.generation, changes);
        // The level of an archived item never equals a cached one, so it is not cached.
        if snapshot.archived_items.is_empty() {
            let changed = changes.levels.iter().chain(&changes.new_levels);
            writer.levels.record(self.generation, &snapshot.levels, changed);
        } else {
            writer.levels.invalidate(snapshot.levels.keys().map(|key| key.item));
        }
    }
}
