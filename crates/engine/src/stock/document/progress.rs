//! The progress of a document: the results of its lines, and the records of them under its idempotency key.

use crate::response::{CommandResult, DocumentLine, LineState};
use crate::writer::Writer;
use crate::{Context, KeysById, Result};
use domain::Decision;
use std::sync::Arc;
use store::{ResponseRecord, WriteTransaction};

/// The progress records that one statement reads.
const RECORDS_READ: usize = 64;

/// The results of a document's lines so far.
pub(super) struct Progress {
    pub(super) lines: Vec<Option<DocumentLine>>,
    /// The number of progress records under the idempotency key.
    pub(super) records: usize,
    /// Whether a chunk is committed.
    pub(super) is_begun: bool,
    /// The keys of the document's items and warehouses.
    pub(super) keys: Arc<KeysById>,
}

impl Progress {
    /// Returns the lines of `indexes` without a result.
    pub(super) fn open(&self, indexes: impl IntoIterator<Item = usize>) -> Vec<usize> {
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

/// Records results with the serializer of responses, and reads them.
pub(super) struct Records<'a> {
    pub(super) writer: &'a Writer,
}

impl Records<'_> {
    /// Returns the record of a chunk's results, if the request has a key. Each line of the record has the index of a line of
    /// the document, its state and its serialized result. A line that was refused for a missing right is left out.
    pub(super) fn progress_record(
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
    pub(super) async fn read_records(&self, context: &Context, progress: &mut Progress) -> Result<()> {
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
