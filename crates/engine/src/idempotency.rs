//! Idempotency keys: a request that is sent twice under one key is done once. Both get the same response, which is stored
//! in the transaction of the effect.
//!
//! A rejection by the rules (a [`domain::Error`]) is a response: it is stored for every kind of command. Any other error
//! and the rejection for a missing right are not stored, because the same request may succeed later.

use crate::response::{CommandResult, Response, ResponseSerializer, StoredResponse};
use crate::{Context, Result};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use store::{ResponseRecord, Store, WriteTransaction};

/// The most retries of a transaction after a conflict. Transactions of this service do not deadlock with each other, but
/// other applications may change the same rows, and other servers may store a response under the same key.
pub(crate) const CONFLICT_RETRIES_MAX: usize = 5;

/// The state of a request's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KeyStatus {
    /// The request has no key, or its key is new: the request is to be done.
    New,
    /// The request was done before, with this response.
    Replay(StoredResponse),
    /// The key belongs to a different request.
    Mismatch(Arc<str>),
    /// The key belongs to an equal request of the same batch: the one at this index among the new requests.
    DuplicateOf(usize),
}

/// Looks up the keys of a batch. Returns the state of each request's key.
pub(crate) async fn lookup_keys(
    transaction: &mut WriteTransaction,
    contexts: &[&Context],
) -> store::Result<Vec<KeyStatus>> {
    let keyed = |context: &Context| Some((context.actor.to_string(), context.idempotency.clone()?));
    let keys: Vec<_> = contexts.iter().filter_map(|context| keyed(context)).collect();
    if keys.is_empty() {
        return Ok(vec![KeyStatus::New; contexts.len()]);
    }
    let names: Vec<_> = keys.iter().map(|(actor, idempotency)| (actor.as_str(), &*idempotency.key)).collect();
    let stored = transaction.responses_find(&names).await?;
    let mut firsts = HashMap::new();
    let mut new_count = 0;
    let status = |context: &&Context| {
        let status = match keyed(context) {
            None => KeyStatus::New,
            Some((actor, idempotency)) => {
                let name = (actor, idempotency.key.to_string());
                match (stored.get(&name), firsts.entry(name)) {
                    (Some(record), _) if record.fingerprint == *idempotency.fingerprint => {
                        KeyStatus::Replay(StoredResponse::from_record(record))
                    }
                    (None, Entry::Vacant(first)) => {
                        first.insert((new_count, idempotency.fingerprint));
                        KeyStatus::New
                    }
                    (None, Entry::Occupied(first)) if first.get().1 == idempotency.fingerprint => {
                        KeyStatus::DuplicateOf(first.get().0)
                    }
                    _ => KeyStatus::Mismatch(idempotency.key),
                }
            }
        };
        new_count += usize::from(status == KeyStatus::New);
        status
    };
    Ok(contexts.iter().map(status).collect())
}

/// Adds the answers of the requests with known keys to `answers`, which has those of the new requests in their order.
/// Each answer comes with the request's position.
pub(crate) fn add_known_answers<T: Clone>(
    keys: impl Iterator<Item = (usize, KeyStatus)>,
    answers: &mut Vec<(usize, Result<Response<T>>)>,
) {
    for (position, status) in keys {
        let answer = match status {
            KeyStatus::New => continue,
            KeyStatus::Replay(response) => Ok(Response::Stored(response)),
            KeyStatus::Mismatch(key) => Err(domain::Error::IdempotencyKeyReused(key.to_string()).into()),
            KeyStatus::DuplicateOf(first) => answers[first].1.clone(),
        };
        answers.push((position, answer));
    }
}

/// Returns the answer of a request with a known key; `None` for a new key.
pub(crate) async fn known_answer<T: Clone>(
    transaction: &mut WriteTransaction,
    context: &Context,
) -> store::Result<Option<Result<Response<T>>>> {
    let keys = lookup_keys(transaction, &[context]).await?;
    let mut answers = Vec::new();
    add_known_answers(keys.into_iter().enumerate(), &mut answers);
    Ok(answers.pop().map(|(_, answer)| answer))
}

/// Serializes the response to a request that has a key. Returns the record to store, and the response; `None` without a
/// key, and for a response that can't be stored.
pub(crate) fn response_record(
    context: &Context,
    result: &CommandResult<'_>,
    serialize: ResponseSerializer,
) -> Option<(ResponseRecord, StoredResponse)> {
    let idempotency = context.idempotency.as_ref()?;
    if !result.is_storable() {
        return None;
    }
    let response = serialize(result, &context.request_id);
    let record = ResponseRecord {
        actor: context.actor.to_string(),
        key: idempotency.key.to_string(),
        fingerprint: idempotency.fingerprint.to_vec(),
        status: response.status.into(),
        body: response.body.to_vec(),
    };
    Some((record, response))
}

/// Stores the response to a request that has a key, in a transaction of its own, and returns it. If an equal request has
/// stored one in the meantime, that one counts. Returns `None` if the response is not stored: see [`response_record`].
pub(crate) async fn store_response<T: Clone>(
    store: &Store,
    context: &Context,
    result: &CommandResult<'_>,
    serialize: ResponseSerializer,
) -> Result<Option<Result<Response<T>>>> {
    let mut retries = 0;
    loop {
        match store_response_once(store, context, result, serialize).await {
            Err(error) if error.retryable() && retries < CONFLICT_RETRIES_MAX => retries += 1,
            stored => return Ok(stored?),
        }
    }
}

/// Makes one attempt of [`store_response`].
pub(crate) async fn store_response_once<T: Clone>(
    store: &Store,
    context: &Context,
    result: &CommandResult<'_>,
    serialize: ResponseSerializer,
) -> store::Result<Option<Result<Response<T>>>> {
    let Some((record, response)) = response_record(context, result, serialize) else { return Ok(None) };
    let mut transaction = store.begin().await?;
    if let Some(answer) = known_answer(&mut transaction, context).await? {
        return Ok(Some(answer));
    }
    transaction.responses_store(&[record]).await?;
    transaction.commit().await?;
    Ok(Some(Ok(Response::Stored(response))))
}
