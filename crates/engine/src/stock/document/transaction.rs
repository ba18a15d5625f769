//! One transaction of a document: its lines are decided under lock, and written with their records.

use crate::Context;
use crate::cache::keys::ResolvedKeys;
use crate::cache::warehouses::Warehouses;
use crate::ids::IdPool;
use crate::stock::level_changes::LockedLines;
use crate::stock::outdated::find_outdated;
use crate::writer::Writer;
use domain::{Decision, DraftClaim, LevelChange, WarehouseLimits};
use std::iter::repeat_n;
use std::time::Duration;
use store::ResponseRecord;

/// Lines of a document.
pub(super) struct Part<'a> {
    pub(super) lines: Vec<&'a LevelChange>,
    /// The keys of each line; `None` for a line that names everything by id.
    pub(super) keys: Vec<Option<&'a ResolvedKeys>>,
    /// The draft that these lines post.
    pub(super) draft: Option<DraftClaim>,
}

/// The condition under which a transaction is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Commit {
    Always,
    IfNoneRefused,
    Never,
}

/// A decided transaction.
pub(super) struct Written {
    pub(super) decisions: Vec<Decision>,
    /// The indexes of lines whose keys belong to another item or warehouse now. Nothing is decided then.
    pub(super) moved: Vec<usize>,
    /// Whether the changes are committed.
    pub(super) is_done: bool,
}

/// Writes lines, with the ids that the writer of documents has reserved.
pub(super) struct LineWriter<'a> {
    pub(super) writer: &'a Writer,
    pub(super) ids: &'a IdPool,
}

/// Returns the warehouses that the caller may change, for each of these lines.
pub(super) fn limits(context: &Context, lines: usize) -> WarehouseLimits {
    WarehouseLimits::of(repeat_n(&context.warehouses, lines))
}

impl LineWriter<'_> {
    /// Decides lines in one transaction, and commits their changes with the records. If a key of a line
    /// belongs to another item or warehouse now, nothing is decided.
    pub(super) async fn transact(
        &self,
        context: &Context,
        part: &Part<'_>,
        warehouses: &Warehouses,
        commit: Commit,
        lock_timeout: Option<Duration>,
        records: impl FnOnce(&[Decision]) -> Vec<ResponseRecord>,
    ) -> store::Result<Written> {
        let mut transaction = self.writer.store.begin().await?;
        if let Some(lock_timeout) = lock_timeout {
            transaction.lock_timeout_set(lock_timeout).await?;
        }
        let locked =
            LockedLines::lock(self.writer, self.ids, &mut transaction, &part.lines, warehouses).await?;
        let generation = self.writer.store.generation();
        let outdated = find_outdated(&mut transaction, generation, &part.keys).await?;
        if !outdated.is_empty() {
            transaction.roll_back().await?;
            let moved = outdated.into_iter().collect();
            return Ok(Written { decisions: Vec::new(), moved, is_done: false });
        }
        let decided = locked.decide(&mut transaction, &limits(context, part.lines.len())).await?;
        let decisions = &decided.plan.decisions;
        let is_refused = match commit {
            Commit::Always => false,
            Commit::IfNoneRefused => decisions.iter().any(|decision| decision.is_err()),
            Commit::Never => true,
        };
        let is_unchanged = decided.plan.changes.is_empty();
        if let Some(draft) = part.draft.filter(|_| !is_refused) {
            transaction.stock_draft_post(draft, &context.actor).await?;
        }
        if is_refused || (is_unchanged && part.draft.is_none()) {
            transaction.roll_back().await?;
            return Ok(Written { decisions: decided.plan.decisions, moved: Vec::new(), is_done: false });
        }
        if is_unchanged {
            transaction.commit().await?;
            return Ok(Written { decisions: decided.plan.decisions, moved: Vec::new(), is_done: true });
        }
        let records = records(decisions);
        let categories = decided.write(&mut transaction, context.cause(), &records).await?;
        transaction.commit().await?;
        decided.committed(self.writer, &categories);
        Ok(Written { decisions: decided.plan.decisions, moved: Vec::new(), is_done: true })
    }
}
