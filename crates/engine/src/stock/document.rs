//! Writes stock documents: changes of up to thousands of levels.
//!
//! A document bypasses the queues, so that it does not delay the requests in them. An atomic document is one transaction.
//! Any other document is split into chunks in the order of items, one transaction per chunk, with a pause after each.
//!
//! 1. **Unchanged lines.** Counts that a level already has are answered by a read without locks: the level had the
//!    counted units at the moment of the read.
//! 2. **Chunks.** The transaction locks the levels of the chunk's items in the order of all transactions, decides the lines
//!    by the planner and writes them in one statement.
//! 3. **Progress.** With an idempotency key, each chunk stores the results of its lines under a key that is derived from
//!    it, in its transaction. A repeated request skips these lines. The response of the document is stored at the end.
//!    Decision record 0085 has the alternatives.

mod progress;
mod transaction;

use self::progress::{Progress, Records};
use self::transaction::{Commit, LineWriter, Part, limits};
use super::outdated::find_outdated;
use crate::cache::keys::ResolvedKeys;
use crate::cache::warehouses::Warehouses;
use crate::idempotency::{CONFLICT_RETRIES_MAX, known_answer, response_record, store_response};
use crate::ids::IdPool;
use crate::keys_by_id::NamedIds;
use crate::response::{CommandResult, DocumentLine, DocumentOutcome, LineState, Response};
use crate::writer::Writer;
use crate::{Context, Error, KeysById, Result};
use domain::{Decision, Granted, LevelChange, LevelKey, Request, Snapshot, StockDocument, plan_limited};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The lines that one transaction writes. A buyer may wait for the locks of one transaction.
const CHUNK_LINES: usize = 250;

/// The lines that one read without locks compares.
const COMPARED_LINES: usize = 2_500;

/// The pause after a chunk, as a fraction of its duration: it leaves the database time for other requests.
const PAUSE_DIVISOR: u32 = 8;

/// The lock timeout of a chunk that was split because a row of it is locked.
const SPLIT_LOCK_TIMEOUT: Duration = Duration::from_millis(100);

/// The time for finding the locked rows of a chunk. After it, the lines without a result fail.
const SPLIT_MAX: Duration = Duration::from_secs(4);

/// The most documents that wait for their turn. More are rejected.
const WAITING_MAX: usize = 8;

/// The longest wait for the turn of a document.
const TURN_WAIT_MAX: Duration = Duration::from_secs(20);

/// Writes stock documents, one at a time.
pub(crate) struct DocumentWriter {
    writer: Writer,
    ids: IdPool,
    waiting: Semaphore,
    turn: Arc<Semaphore>,
}

/// A document by ids, with the keys by which its lines name items and warehouses.
pub(crate) struct ResolvedDocument {
    pub(crate) document: StockDocument,
    /// By the index of the line; `None` for a line that names everything by id.
    pub(crate) keys: Vec<Option<ResolvedKeys>>,
}

impl ResolvedDocument {
    /// Returns the lines with these indexes, with their keys.
    fn part(&self, indexes: impl IntoIterator<Item = usize>) -> Part<'_> {
        let line = |index: usize| {
            let keys = self.keys.get(index).and_then(Option::as_ref);
            self.document.lines().get(index).map(|line| (line, keys))
        };
        let (lines, keys) = indexes.into_iter().filter_map(line).unzip();
        Part { lines, keys, draft: self.document.draft }
    }
}

impl DocumentWriter {
    /// Returns a writer.
    pub(crate) fn new(writer: Writer) -> Self {
        let (waiting, turn) = (Semaphore::new(WAITING_MAX), Arc::new(Semaphore::new(1)));
        Self { writer, ids: IdPool::default(), waiting, turn }
    }

    fn line_writer(&self) -> LineWriter<'_> {
        LineWriter { writer: &self.writer, ids: &self.ids }
    }

    fn records(&self) -> Records<'_> {
        Records { writer: &self.writer }
    }

    /// Waits for the turn of a document, which ends when the permit is dropped. A caller that is cancelled leaves the queue.
    ///
    /// # Errors
    /// [`Error::Overloaded`] if too many documents wait, or the wait takes longer than [`TURN_WAIT_MAX`].
    pub(crate) async fn turn(&self) -> Result<OwnedSemaphorePermit> {
        let _waiting = self.waiting.try_acquire().map_err(|_| Error::Overloaded)?;
        let turn = tokio::time::timeout(TURN_WAIT_MAX, self.turn.clone().acquire_owned()).await;
        turn.map_err(|_| Error::Overloaded)?.map_err(|_| Error::Internal)
    }

    /// Applies a document.
    ///
    /// # Errors
    /// A level that is counted on several lines; a key that is too long or belongs to another request; an error before any
    /// line was written. Later errors are results of lines.
    pub(crate) async fn apply(
        &self,
        context: &Context,
        mut resolved: ResolvedDocument,
    ) -> Result<Response<DocumentOutcome>> {
        // The longest derived key: a key that is too long is rejected before any line is written.
        context.part(domain::DOCUMENT_LINES_MAX)?;
        if context.idempotency.is_some()
            && let Some(answer) = known_answer(&mut self.writer.store.begin().await?, context).await?
        {
            return answer;
        }
        let document = &mut resolved.document;
        let named = document.lines().iter().filter_map(|line| line.warehouse);
        let warehouses = self.writer.warehouses.fetch(named).await?;
        document.resolve(warehouses.default)?;
        let named = NamedIds {
            items: document.lines().iter().map(|line| line.item).collect(),
            warehouses: document.lines().iter().filter_map(|line| line.warehouse).collect(),
        };
        let keys = self.writer.answer_keys.fetch(named).await?;
        match document.atomic {
            true => self.apply_atomically(context, &resolved, &keys, warehouses).await,
            false => self.apply_in_chunks(context, &resolved, &keys, warehouses).await,
        }
    }

    async fn apply_atomically(
        &self,
        context: &Context,
        resolved: &ResolvedDocument,
        keys: &Arc<KeysById>,
        mut warehouses: Warehouses,
    ) -> Result<Response<DocumentOutcome>> {
        let (document, serialize) = (&resolved.document, self.writer.serialize_response);
        // A refused line has a placeholder, whose decision is replaced.
        let outcome_of = |decisions: &[Decision]| DocumentOutcome {
            lines: (0..)
                .zip(decisions)
                .map(|(index, decision)| match document.refused().get(&index) {
                    Some(rejection) => DocumentLine::Refused(rejection.clone()),
                    None => DocumentLine::of(decision.clone()),
                })
                .collect(),
            atomic: true,
            keys: keys.clone(),
        };
        let part = resolved.part(0..document.lines().len());
        let commit = if document.refused().is_empty() { Commit::IfNoneRefused } else { Commit::Never };
        let mut retries = 0;
        let written = loop {
            let record = |decisions: &[Decision]| {
                let outcome = outcome_of(decisions);
                let record = response_record(context, &CommandResult::StockDocument(&outcome), serialize);
                record.map(|(record, _)| record).into_iter().collect()
            };
            match self.line_writer().transact(context, &part, &warehouses, commit, None, record).await {
                Err(error) if error.retryable() && retries < CONFLICT_RETRIES_MAX => retries += 1,
                Err(store::Error::Rejected(
                    domain::Error::WarehouseNotFound(_) | domain::Error::WarehouseArchived(_),
                )) if retries < CONFLICT_RETRIES_MAX => {
                    retries += 1;
                    self.writer.warehouses.invalidate();
                    warehouses = self.writer.warehouses.fetch([]).await?;
                }
                written => break written?,
            }
            if context.idempotency.is_some()
                && let Some(answer) = known_answer(&mut self.writer.store.begin().await?, context).await?
            {
                return answer;
            }
        };
        if !written.moved.is_empty() {
            return Err(Error::Contended);
        }
        let outcome = outcome_of(&written.decisions);
        // A refusal, and a document that changes nothing, had no transaction to store the response in.
        let stored =
            store_response(&self.writer.store, context, &CommandResult::StockDocument(&outcome), serialize)
                .await?;
        stored.unwrap_or(Ok(Response::Fresh(outcome)))
    }

    async fn apply_in_chunks(
        &self,
        context: &Context,
        resolved: &ResolvedDocument,
        keys: &Arc<KeysById>,
        warehouses: Warehouses,
    ) -> Result<Response<DocumentOutcome>> {
        let document = &resolved.document;
        let count = document.lines().len();
        let mut progress =
            Progress { lines: vec![None; count], records: 0, is_begun: false, keys: keys.clone() };
        for (index, rejection) in document.refused() {
            if let Some(line) = progress.lines.get_mut(*index) {
                *line = Some(DocumentLine::Refused(rejection.clone()));
            }
        }
        self.records().read_records(context, &mut progress).await?;
        if let Err(error) = self.write_open_lines(context, resolved, warehouses, &mut progress).await {
            if !progress.is_begun {
                return Err(error);
            }
            let open = progress.lines.iter_mut().filter(|line| line.is_none());
            open.for_each(|line| *line = Some(DocumentLine::Failed(error.clone())));
        }
        let lines =
            progress.lines.into_iter().map(|line| line.unwrap_or(DocumentLine::Failed(Error::Internal)));
        let outcome = DocumentOutcome { lines: lines.collect(), atomic: false, keys: progress.keys };
        // A repeated request tries the failed lines again, and those that were refused for a missing right.
        if outcome.lines.iter().any(|line| line.state() == LineState::Failed || line.is_forbidden()) {
            return Ok(Response::Fresh(outcome));
        }
        let (store, serialize) = (&self.writer.store, self.writer.serialize_response);
        let stored =
            store_response(store, context, &CommandResult::StockDocument(&outcome), serialize).await?;
        stored.unwrap_or(Ok(Response::Fresh(outcome)))
    }

    async fn write_open_lines(
        &self,
        context: &Context,
        resolved: &ResolvedDocument,
        mut warehouses: Warehouses,
        progress: &mut Progress,
    ) -> Result<()> {
        self.answer_unchanged(context, resolved, &warehouses, progress).await?;
        let document = &resolved.document;
        let mut open: Vec<_> = progress.open(0..document.lines().len());
        open.sort_by_key(|index| (document.lines()[*index].item, document.lines()[*index].warehouse, *index));
        for chunk in open.chunks(CHUNK_LINES) {
            let begun = Instant::now();
            self.write_chunk(context, resolved, chunk, &mut warehouses, progress).await?;
            tokio::time::sleep(begun.elapsed() / PAUSE_DIVISOR).await;
        }
        Ok(())
    }

    /// Answers the counts that their levels already have.
    async fn answer_unchanged(
        &self,
        context: &Context,
        resolved: &ResolvedDocument,
        warehouses: &Warehouses,
        progress: &mut Progress,
    ) -> Result<()> {
        let document = &resolved.document;
        let is_count =
            |index: &usize| matches!(document.lines()[*index].target, domain::LevelTarget::Set { .. });
        let counts: Vec<_> = progress.open(0..document.lines().len()).into_iter().filter(is_count).collect();
        for chunk in counts.chunks(COMPARED_LINES) {
            let Part { lines, keys: resolved_keys, .. } = resolved.part(chunk.iter().copied());
            let key_of =
                |line: &&LevelChange| line.warehouse.map(|warehouse| LevelKey { item: line.item, warehouse });
            let keys: Vec<_> = lines.iter().filter_map(key_of).collect();
            let store = &self.writer.store;
            let units = store.level_units(&keys).await?;
            // The locked transaction decides the lines whose keys have changed since they were resolved.
            let outdated = find_outdated(&mut &*store, store.generation(), &resolved_keys).await?;
            let snapshot = Snapshot {
                warehouses: warehouses.ids.clone(),
                default_warehouse: warehouses.default,
                levels: units
                    .iter()
                    .map(|(key, units)| (*key, i32::try_from(units.available).unwrap_or(0)))
                    .collect(),
                shelf: units,
                limits: self.writer.limits,
                ..Snapshot::default()
            };
            let plan = plan_limited(&snapshot, &requests(&lines), &limits(context, lines.len()));
            for (position, (index, decision)) in chunk.iter().zip(plan.decisions).enumerate() {
                if let Ok(Granted::LevelChanged(changed)) = &decision
                    && changed.delta == 0
                    && !outdated.contains(&position)
                {
                    progress.lines[*index] = Some(DocumentLine::of(decision));
                }
            }
        }
        Ok(())
    }

    /// Writes the lines of a chunk. If a row is locked, the chunk is split until the lines that need the row are known;
    /// these fail.
    async fn write_chunk(
        &self,
        context: &Context,
        resolved: &ResolvedDocument,
        chunk: &[usize],
        warehouses: &mut Warehouses,
        progress: &mut Progress,
    ) -> Result<()> {
        let begun = Instant::now();
        let mut retries = 0;
        let keys = progress.keys.clone();
        let mut parts = vec![(chunk.to_vec(), None)];
        while let Some((part, lock_timeout)) = parts.pop() {
            let part = progress.open(part);
            if part.is_empty() {
                continue;
            }
            let lines = resolved.part(part.iter().copied());
            let next_record = progress.records + 1;
            let record = |decisions: &[Decision]| {
                self.records().progress_record(context, next_record, &part, decisions, &keys)
            };
            match self
                .line_writer()
                .transact(context, &lines, warehouses, Commit::Always, lock_timeout, record)
                .await
            {
                Ok(written) if !written.moved.is_empty() => {
                    for index in written.moved.iter().filter_map(|index| part.get(*index)) {
                        progress.lines[*index] = Some(DocumentLine::Failed(Error::Contended));
                    }
                    parts.push((part, lock_timeout));
                }
                Ok(written) => {
                    progress.is_begun |= written.is_done;
                    progress.records += usize::from(context.idempotency.is_some() && written.is_done);
                    for (index, decision) in part.iter().zip(written.decisions) {
                        progress.lines[*index] = Some(DocumentLine::of(decision));
                    }
                }
                Err(store::Error::Locked(_)) if begun.elapsed() > SPLIT_MAX || part.len() == 1 => {
                    for index in part {
                        progress.lines[index] = Some(DocumentLine::Failed(Error::StockLocked));
                    }
                }
                Err(store::Error::Locked(_)) => {
                    let (first, second) = part.split_at(part.len() / 2);
                    parts.push((second.to_vec(), Some(SPLIT_LOCK_TIMEOUT)));
                    parts.push((first.to_vec(), Some(SPLIT_LOCK_TIMEOUT)));
                }
                Err(store::Error::Rejected(
                    domain::Error::WarehouseNotFound(_) | domain::Error::WarehouseArchived(_),
                )) if retries < CONFLICT_RETRIES_MAX => {
                    retries += 1;
                    self.writer.warehouses.invalidate();
                    *warehouses = self.writer.warehouses.fetch([]).await?;
                    parts.push((part, lock_timeout));
                }
                Err(error) if error.retryable() && retries < CONFLICT_RETRIES_MAX => {
                    retries += 1;
                    // An equal request may have written these lines.
                    self.records().read_records(context, progress).await?;
                    parts.push((part, lock_timeout));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

fn requests(lines: &[&LevelChange]) -> Vec<Request> {
    lines.iter().map(|line| Request::ChangeLevel((*line).clone())).collect()
}
