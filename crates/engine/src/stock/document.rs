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

use super::level_changes::LockedLines;
use crate::cache::warehouses::Warehouses;
use crate::idempotency::{CONFLICT_RETRIES_MAX, known_answer, response_record, store_response};
use crate::ids::IdPool;
use crate::keys_by_id::NamedIds;
use crate::response::{CommandResult, DocumentLine, DocumentOutcome, LineState, Response};
use crate::writer::Writer;
use crate::{Context, Error, KeysById, Result};
use domain::{
    Decision, Granted, LevelChange, LevelKey, Request, Snapshot, StockDocument, WarehouseLimits, plan_limited,
};
use std::iter::repeat_n;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::{KeyReader as _, ResponseRecord, WriteTransaction};
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

/// The progress records that one statement reads.
const RECORDS_READ: usize = 64;

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

/// The results of a document's lines so far.
struct Progress {
    lines: Vec<Option<DocumentLine>>,
    /// The number of progress records under the idempotency key.
    records: usize,
    /// Whether a chunk is committed.
    is_begun: bool,
    /// The keys of the document's items and warehouses.
    keys: Arc<KeysById>,
}

/// The condition under which a transaction is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Commit {
    Always,
    IfNoneRefused,
    Never,
}

/// A decided transaction.
struct Written {
    decisions: Vec<Decision>,
    /// The indexes of lines whose SKU belongs to another item now. Nothing is decided then.
    moved: Vec<usize>,
    /// Whether the changes are committed, or there was nothing to write.
    is_done: bool,
}

impl DocumentWriter {
    /// Returns a writer.
    pub(crate) fn new(writer: Writer) -> Self {
        let (waiting, turn) = (Semaphore::new(WAITING_MAX), Arc::new(Semaphore::new(1)));
        Self { writer, ids: IdPool::default(), waiting, turn }
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
        mut document: StockDocument,
    ) -> Result<Response<DocumentOutcome>> {
        // The longest derived key: a key that is too long is rejected before any line is written.
        context.part(domain::DOCUMENT_LINES_MAX)?;
        if context.idempotency.is_some()
            && let Some(answer) = known_answer(&mut self.writer.store.begin().await?, context).await?
        {
            return answer;
        }
        let named = document.lines().iter().filter_map(|line| line.warehouse);
        let warehouses = self.writer.warehouses.fetch(named).await?;
        document.resolve(warehouses.default)?;
        let named = NamedIds {
            items: document.lines().iter().map(|line| line.item).collect(),
            warehouses: document.lines().iter().filter_map(|line| line.warehouse).collect(),
        };
        let keys = self.writer.answer_keys.fetch(named).await?;
        match document.atomic {
            true => self.apply_atomically(context, &document, &keys, warehouses).await,
            false => self.apply_in_chunks(context, &document, &keys, warehouses).await,
        }
    }

    async fn apply_atomically(
        &self,
        context: &Context,
        document: &StockDocument,
        keys: &Arc<KeysById>,
        mut warehouses: Warehouses,
    ) -> Result<Response<DocumentOutcome>> {
        let serialize = self.writer.serialize_response;
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
        let lines: Vec<_> = document.lines().iter().collect();
        let commit = if document.refused().is_empty() { Commit::IfNoneRefused } else { Commit::Never };
        let mut retries = 0;
        let written = loop {
            let record = |decisions: &[Decision]| {
                let outcome = outcome_of(decisions);
                let record = response_record(context, &CommandResult::StockDocument(&outcome), serialize);
                record.map(|(record, _)| record).into_iter().collect()
            };
            match self.transact(context, &lines, &warehouses, commit, None, record).await {
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
        document: &StockDocument,
        keys: &Arc<KeysById>,
        warehouses: Warehouses,
    ) -> Result<Response<DocumentOutcome>> {
        let count = document.lines().len();
        let mut progress =
            Progress { lines: vec![None; count], records: 0, is_begun: false, keys: keys.clone() };
        for (index, rejection) in document.refused() {
            if let Some(line) = progress.lines.get_mut(*index) {
                *line = Some(DocumentLine::Refused(rejection.clone()));
            }
        }
        self.read_records(context, &mut progress).await?;
        if let Err(error) = self.write_open_lines(context, document, warehouses, &mut progress).await {
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
        document: &StockDocument,
        mut warehouses: Warehouses,
        progress: &mut Progress,
    ) -> Result<()> {
        self.answer_unchanged(context, document, &warehouses, progress).await?;
        let mut open: Vec<_> = progress.open(0..document.lines().len());
        open.sort_by_key(|index| (document.lines()[*index].item, document.lines()[*index].warehouse, *index));
        for chunk in open.chunks(CHUNK_LINES) {
            let begun = Instant::now();
            self.write_chunk(context, document, chunk, &mut warehouses, progress).await?;
            tokio::time::sleep(begun.elapsed() / PAUSE_DIVISOR).await;
        }
        Ok(())
    }

    /// Answers the counts that their levels already have.
    async fn answer_unchanged(
        &self,
        context: &Context,
        document: &StockDocument,
        warehouses: &Warehouses,
        progress: &mut Progress,
    ) -> Result<()> {
        let is_count =
            |index: &usize| matches!(document.lines()[*index].target, domain::LevelTarget::Set { .. });
        let counts: Vec<_> = progress.open(0..document.lines().len()).into_iter().filter(is_count).collect();
        for chunk in counts.chunks(COMPARED_LINES) {
            let lines: Vec<_> = chunk.iter().map(|index| &document.lines()[*index]).collect();
            let key_of =
                |line: &&LevelChange| line.warehouse.map(|warehouse| LevelKey { item: line.item, warehouse });
            let keys: Vec<_> = lines.iter().filter_map(key_of).collect();
            let units = self.writer.store.level_units(&keys).await?;
            let snapshot = Snapshot {
                warehouses: warehouses.ids.clone(),
                default_warehouse: warehouses.default,
                levels: units
                    .iter()
                    .map(|(key, units)| (*key, i32::try_from(units.available).unwrap_or(0)))
                    .collect(),
                held: units.iter().map(|(key, units)| (*key, units.held)).collect(),
                limits: self.writer.limits,
                ..Snapshot::default()
            };
            let plan = plan_limited(&snapshot, &requests(&lines), &limits(context, lines.len()));
            for (index, decision) in chunk.iter().zip(plan.decisions) {
                if let Ok(Granted::LevelChanged(changed)) = &decision
                    && changed.delta == 0
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
        document: &StockDocument,
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
            let lines: Vec<_> = part.iter().map(|index| &document.lines()[*index]).collect();
            let next_record = progress.records + 1;
            let record =
                |decisions: &[Decision]| self.progress_record(context, next_record, &part, decisions, &keys);
            match self.transact(context, &lines, warehouses, Commit::Always, lock_timeout, record).await {
                Ok(written) if !written.moved.is_empty() => {
                    for index in written.moved.iter().filter_map(|index| part.get(*index)) {
                        progress.lines[*index] = Some(DocumentLine::Failed(Error::Contended));
                    }
                    parts.push((part, lock_timeout));
                }
                Ok(written) => {
                    progress.is_begun = true;
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
                    self.read_records(context, progress).await?;
                    parts.push((part, lock_timeout));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Decides lines in one transaction, and commits their changes with the records. If an item does not have the SKU of
    /// its line any more, nothing is decided.
    async fn transact(
        &self,
        context: &Context,
        lines: &[&LevelChange],
        warehouses: &Warehouses,
        commit: Commit,
        lock_timeout: Option<Duration>,
        records: impl FnOnce(&[Decision]) -> Vec<ResponseRecord>,
    ) -> store::Result<Written> {
        let mut transaction = self.writer.store.begin().await?;
        if let Some(lock_timeout) = lock_timeout {
            transaction.lock_timeout_set(lock_timeout).await?;
        }
        let skus = (0..).zip(lines).filter_map(|(index, line)| Some((index, line.sku.as_ref()?, line.item)));
        let (indexes, skus): (Vec<usize>, Vec<_>) =
            skus.map(|(index, sku, item)| (index, (sku, item))).unzip();
        let locked = LockedLines::lock(&self.writer, &self.ids, &mut transaction, lines, warehouses).await?;
        if !skus.is_empty() {
            let moved = transaction.skus_moved(&skus).await?;
            let moved: Vec<_> = moved.iter().filter_map(|index| indexes.get(*index)).copied().collect();
            if !moved.is_empty() {
                transaction.roll_back().await?;
                return Ok(Written { decisions: Vec::new(), moved, is_done: false });
            }
        }
        let decided = locked.decide(&mut transaction, &limits(context, lines.len())).await?;
        let decisions = &decided.plan.decisions;
        let is_refused = match commit {
            Commit::Always => false,
            Commit::IfNoneRefused => decisions.iter().any(|decision| decision.is_err()),
            Commit::Never => true,
        };
        if is_refused || decided.plan.changes.is_empty() {
            transaction.roll_back().await?;
            return Ok(Written { decisions: decided.plan.decisions, moved: Vec::new(), is_done: false });
        }
        let records = records(decisions);
        let categories = decided.write(&mut transaction, context.cause(), &records).await?;
        transaction.commit().await?;
        decided.committed(&self.writer, &categories);
        Ok(Written { decisions: decided.plan.decisions, moved: Vec::new(), is_done: true })
    }

    /// Returns the record of a chunk's results, if the request has a key. Each line of the record has the index of a line of
    /// the document, its state and its serialized result. A line that was refused for a missing right is left out.
    fn progress_record(
        &self,
        context: &Context,
        number: usize,
        part: &[usize],
        decisions: &[Decision],
        keys: &KeysById,
    ) -> Vec<ResponseRecord> {
        let Ok(context) = context.part(number) else { return Vec::new() };
        let Some(idempotency) = &context.idempotency else { return Vec::new() };
        let mut body = Vec::new();
        for (index, decision) in part.iter().zip(decisions) {
            let line = DocumentLine::of(decision.clone());
            if line.is_forbidden() {
                continue;
            }
            let result = CommandResult::DocumentLine(*index, &line, keys);
            let serialized = (self.writer.serialize_response)(&result, &context.request_id).body;
            body.extend(format!("{index} {} ", line.state().as_char()).bytes());
            body.extend(serialized.iter());
            body.push(b'\n');
        }
        vec![ResponseRecord {
            actor: context.actor.to_string(),
            key: idempotency.key.to_string(),
            fingerprint: idempotency.fingerprint.to_vec(),
            status: 200,
            body,
        }]
    }

    /// Reads the records of earlier requests with the same key.
    async fn read_records(&self, context: &Context, progress: &mut Progress) -> Result<()> {
        if context.idempotency.is_none() {
            return Ok(());
        }
        let mut transaction = self.writer.store.begin().await?;
        while self.read_some_records(&mut transaction, context, progress).await? == RECORDS_READ {}
        Ok(transaction.roll_back().await?)
    }

    /// Reads the next records. Returns their number.
    async fn read_some_records(
        &self,
        transaction: &mut WriteTransaction,
        context: &Context,
        progress: &mut Progress,
    ) -> Result<usize> {
        let numbers = progress.records + 1..=progress.records + RECORDS_READ;
        let parts = numbers.map(|number| context.part(number)).collect::<Result<Vec<_>>>()?;
        let parts: Vec<_> =
            parts.iter().filter_map(|part| Some((&*part.actor, part.idempotency.as_ref()?))).collect();
        let keys: Vec<_> = parts.iter().map(|(actor, idempotency)| (*actor, &*idempotency.key)).collect();
        let found = transaction.responses_find(&keys).await?;
        let mut count = 0;
        for (actor, idempotency) in parts {
            let Some(record) = found.get(&(actor.to_owned(), idempotency.key.to_string())) else { break };
            if record.fingerprint != *idempotency.fingerprint {
                return Err(domain::Error::IdempotencyKeyReused(idempotency.key.to_string()).into());
            }
            record.body.split(|byte| *byte == b'\n').for_each(|line| progress.add_recorded(line));
            count += 1;
        }
        progress.records += count;
        progress.is_begun |= count > 0;
        Ok(count)
    }
}

impl Progress {
    /// Returns those of these lines that have no result.
    fn open(&self, indexes: impl IntoIterator<Item = usize>) -> Vec<usize> {
        indexes.into_iter().filter(|index| self.lines.get(*index).is_some_and(Option::is_none)).collect()
    }

    /// Adds a line of a record.
    fn add_recorded(&mut self, line: &[u8]) {
        let mut parts = line.splitn(3, |byte| *byte == b' ');
        let mut text = || parts.next().and_then(|part| std::str::from_utf8(part).ok());
        let (index, state, body) = (text(), text(), text());
        let index = index.and_then(|index| index.parse::<usize>().ok());
        let state = state.and_then(LineState::parse);
        if let (Some(index), Some(state), Some(body)) = (index, state, body)
            && let Some(line) = self.lines.get_mut(index)
        {
            *line = Some(DocumentLine::Stored(state, body.as_bytes().into()));
        }
    }
}

fn requests(lines: &[&LevelChange]) -> Vec<Request> {
    lines.iter().map(|line| Request::ChangeLevel((*line).clone())).collect()
}

fn limits(context: &Context, lines: usize) -> WarehouseLimits {
    WarehouseLimits::of(repeat_n(&context.warehouses, lines))
}
