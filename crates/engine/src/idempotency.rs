//! Idempotency keys: a request that comes twice under one key is done once, and both times gets the same
//! answer, which is kept in the transaction of its effect.
//!
//! A rejection by the rules (a [`domain::Error`]) is an answer: it is stored for every kind of write. An error
//! of any other kind is not stored, because the same request may succeed later.

use crate::{CategoryRenamed, Context, Engine, Error, Result};
use domain::{Decision, Item, Order, Warehouse};
use std::collections::HashMap;
use std::sync::Arc;
use store::{ResponseRecord, WriteTransaction};

/// How often a transaction is tried again that PostgreSQL gave up on. By design none deadlocks; what others
/// do to the same rows, or under the same key, is not in our hands.
pub(crate) const CONFLICT_RETRIES_MAX: usize = 5;

/// The longest key, in characters.
pub(crate) const KEY_CHARS_MAX: usize = 255;

/// A key that came with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// The key: 1 to 255 characters.
    pub key: Arc<str>,
    /// Tells the request from any other: equal for equal requests only.
    pub fingerprint: Arc<[u8]>,
}

/// An answer as it goes over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredResponse {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Arc<[u8]>,
}

/// An answer that a [`Renderer`] is to write.
#[derive(Debug)]
pub enum Outcome<'a> {
    /// What a stock request was told.
    Stock(&'a Decision),
    /// An item was created.
    ItemCreated(&'a Item),
    /// An item was changed.
    ItemUpdated(&'a Item),
    /// A warehouse was added.
    WarehouseCreated(&'a Warehouse),
    /// An order was created.
    OrderCreated(&'a Order),
    /// A category was renamed.
    CategoryRenamed(&'a CategoryRenamed),
    /// The rules rejected a request that is not about stock levels.
    Rejected(&'a domain::Error),
}

/// Writes answers for the wire, which the engine does not know. The text is the request's id.
pub type Renderer = fn(Outcome<'_>, &str) -> StoredResponse;

/// What is to be done with each request of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KeyStatus {
    /// Do it.
    New,
    /// It was done before, and was answered this.
    Replay(StoredResponse),
    /// Its key belongs to another request.
    Mismatch(Arc<str>),
    /// An earlier request of the same batch has the same key and is the same.
    DuplicateOf(usize),
}

impl KeyStatus {
    /// What the caller is told of a request that is not to be done; `replies` are those of the requests that
    /// were.
    pub(crate) fn answer<T>(&self, replies: &HashMap<usize, StoredResponse>) -> Result<T> {
        match self {
            Self::Replay(reply) => Err(Error::Answered(reply.clone())),
            Self::Mismatch(key) => Err(domain::Error::IdempotencyKeyReused(key.to_string()).into()),
            Self::DuplicateOf(first) => {
                Err(replies.get(first).map_or(Error::Internal, |reply| Error::Answered(reply.clone())))
            }
            Self::New => Err(Error::Internal),
        }
    }
}

/// Looks up the keys of a batch.
pub(crate) async fn lookup_keys(
    transaction: &mut WriteTransaction,
    contexts: &[&Context],
) -> store::Result<Vec<KeyStatus>> {
    let keyed = |context: &'_ &Context| Some((context.actor.to_string(), context.idempotency.clone()?));
    let keys: Vec<_> = contexts.iter().filter_map(keyed).collect();
    if keys.is_empty() {
        return Ok(vec![KeyStatus::New; contexts.len()]);
    }
    let names: Vec<_> = keys.iter().map(|(actor, idempotency)| (actor.as_str(), &*idempotency.key)).collect();
    let found = transaction.responses_find(&names).await?;
    let mut firsts = HashMap::new();
    let status = |(index, context): (usize, &&Context)| {
        let Some((actor, idempotency)) = keyed(context) else { return KeyStatus::New };
        let name = (actor, idempotency.key.to_string());
        if let Some(kept) = found.get(&name) {
            return match kept.fingerprint == *idempotency.fingerprint {
                true => KeyStatus::Replay(reply(kept)),
                false => KeyStatus::Mismatch(idempotency.key),
            };
        }
        let (first, fingerprint) = firsts.entry(name).or_insert((index, idempotency.fingerprint.clone()));
        match (*first == index, *fingerprint == idempotency.fingerprint) {
            (true, _) => KeyStatus::New,
            (false, true) => KeyStatus::DuplicateOf(*first),
            (false, false) => KeyStatus::Mismatch(idempotency.key),
        }
    };
    Ok(contexts.iter().enumerate().map(status).collect())
}

/// The answer of a request whose key has one: the stored answer, or that the key belongs to another request.
async fn answered(transaction: &mut WriteTransaction, context: &Context) -> store::Result<Option<Error>> {
    let status = lookup_keys(transaction, &[context]).await?.pop();
    let answered = status.filter(|status| *status != KeyStatus::New);
    Ok(answered.and_then(|status| status.answer::<()>(&HashMap::new()).err()))
}

/// The answer to keep for a request that came with a key.
pub(crate) fn response_record(
    context: &Context,
    outcome: Outcome<'_>,
    render: Renderer,
) -> Option<(ResponseRecord, StoredResponse)> {
    let idempotency = context.idempotency.as_ref()?;
    let reply = render(outcome, &context.request_id);
    let kept = ResponseRecord {
        actor: context.actor.to_string(),
        key: idempotency.key.to_string(),
        fingerprint: idempotency.fingerprint.to_vec(),
        status: reply.status.into(),
        body: reply.body.to_vec(),
    };
    Some((kept, reply))
}

fn reply(kept: &ResponseRecord) -> StoredResponse {
    StoredResponse { status: u16::try_from(kept.status).unwrap_or(500), body: kept.body.as_slice().into() }
}

/// Something done in a transaction of its own.
pub(crate) trait Command: Sync {
    /// What comes of it.
    type Done: Send;

    /// Does it.
    fn act(
        &self,
        transaction: &mut WriteTransaction,
    ) -> impl Future<Output = store::Result<Self::Done>> + Send;

    /// What is answered.
    fn outcome(done: &Self::Done) -> Outcome<'_>;
}

impl Engine {
    /// Runs a command in a transaction of its own, once per key. A rejection is stored under the key, like any
    /// other answer.
    pub(crate) async fn once<D: Command>(&self, context: &Context, deed: D) -> Result<D::Done> {
        let mut tries = 0;
        loop {
            let done = match self.attempt_once(context, &deed).await {
                Err(store::Error::Refused(rejection)) if context.idempotency.is_some() => {
                    self.store_rejection(context, &rejection).await
                }
                done => done,
            };
            match done {
                Err(error) if error.retryable() && tries < CONFLICT_RETRIES_MAX => tries += 1,
                done => return done?,
            }
        }
    }

    /// Stores a rejection under the request's key. The statement that was rejected has ended its transaction, so
    /// this is a second one. The command may have been rejected because of its own effect: an answer that the same
    /// request has got meanwhile counts.
    async fn store_rejection<T>(
        &self,
        context: &Context,
        rejection: &domain::Error,
    ) -> store::Result<Result<T>> {
        let answered = self.store_answer(context, Outcome::Rejected(rejection)).await?;
        Ok(Err(answered.unwrap_or_else(|| rejection.clone().into())))
    }

    /// Stores the answer of a request that has a key, in a transaction of its own, and returns it. If the same request
    /// has been answered meanwhile, that answer counts. `None` for a request without a key.
    async fn store_answer(&self, context: &Context, outcome: Outcome<'_>) -> store::Result<Option<Error>> {
        let Some((answer, reply)) = response_record(context, outcome, self.shared.settings.render) else {
            return Ok(None);
        };
        let mut transaction = self.store().begin().await?;
        if let Some(answered) = answered(&mut transaction, context).await? {
            return Ok(Some(answered));
        }
        transaction.responses_store(&[answer]).await?;
        transaction.commit().await?;
        Ok(Some(Error::Answered(reply)))
    }

    /// Runs a command of several transactions, each of which may be repeated, and stores its answer after the last one.
    /// A retry after a failure resumes the command; a retry after the answer gets the answer.
    ///
    /// # Errors
    /// The stored answer as [`Error::Answered`], and the command's own errors.
    pub(crate) async fn once_resumable<T>(
        &self,
        context: &Context,
        command: impl Future<Output = Result<T>>,
        outcome: impl Fn(&T) -> Outcome<'_>,
    ) -> Result<T> {
        if context.idempotency.is_some()
            && let Some(answered) = answered(&mut self.store().begin().await?, context).await?
        {
            return Err(answered);
        }
        let done = command.await?;
        let mut tries = 0;
        loop {
            match self.store_answer(context, outcome(&done)).await {
                Err(error) if error.retryable() && tries < CONFLICT_RETRIES_MAX => tries += 1,
                stored => return stored?.map_or(Ok(done), Err),
            }
        }
    }

    async fn attempt_once<D: Command>(&self, context: &Context, deed: &D) -> store::Result<Result<D::Done>> {
        let mut transaction = self.store().begin().await?;
        if let Some(answered) = answered(&mut transaction, context).await? {
            return Ok(Err(answered));
        }
        let done = deed.act(&mut transaction).await?;
        let keyed = response_record(context, D::outcome(&done), self.shared.settings.render);
        if let Some((kept, reply)) = keyed {
            transaction.responses_store(&[kept]).await?;
            transaction.commit().await?;
            return Ok(Err(Error::Answered(reply)));
        }
        transaction.commit().await?;
        Ok(Ok(done))
    }
}
