//! Runs commands once per idempotency key.

use crate::idempotency::{
    CONFLICT_RETRIES_MAX, known_answer, response_record, store_response, store_response_once,
};
use crate::keys_by_id::NamedIds;
use crate::response::{CommandResult, Response};
use crate::{Context, Engine, Result};
use store::{Cause, WriteTransaction};

/// A command that runs in a transaction of its own.
pub(crate) trait Command: Sync {
    /// The output of the command.
    type Output: Clone + Send;

    /// Executes the command for the caller `cause`. The caller of this method commits.
    fn execute(
        &self,
        transaction: &mut WriteTransaction,
        cause: Cause<'_>,
    ) -> impl Future<Output = store::Result<Self::Output>> + Send;

    /// Returns the output for the serializer.
    fn result(output: &Self::Output) -> CommandResult<'_>;
}

impl Engine {
    /// Runs a command in a transaction of its own, once per key. A rejection is stored under the key like any other
    /// response.
    pub(crate) async fn run_once<C: Command>(
        &self,
        context: &Context,
        command: C,
    ) -> Result<Response<C::Output>> {
        let mut retries = 0;
        loop {
            let answer = match self.attempt_once(context, &command).await {
                Err(store::Error::Rejected(rejection)) if context.idempotency.is_some() => {
                    self.store_rejection(context, rejection).await
                }
                answer => answer,
            };
            match answer {
                Err(error) if error.retryable() && retries < CONFLICT_RETRIES_MAX => retries += 1,
                answer => return answer?,
            }
        }
    }

    async fn attempt_once<C: Command>(
        &self,
        context: &Context,
        command: &C,
    ) -> store::Result<Result<Response<C::Output>>> {
        let mut transaction = self.store().begin().await?;
        if let Some(answer) = known_answer(&mut transaction, context).await? {
            return Ok(answer);
        }
        let output = command.execute(&mut transaction, context.cause()).await?;
        let serialized =
            response_record(context, &C::result(&output), self.shared.settings.serialize_response);
        let Some((record, response)) = serialized else {
            transaction.commit().await?;
            return Ok(Ok(Response::Fresh(output)));
        };
        transaction.responses_store(&[record]).await?;
        transaction.commit().await?;
        Ok(Ok(Response::Stored(response)))
    }

    /// Stores a rejection under the request's key, in a second transaction: the rejected statement has ended the first one.
    /// The rejection may be due to a concurrent equal request; then that request's response counts.
    async fn store_rejection<T: Clone>(
        &self,
        context: &Context,
        rejection: domain::Error,
    ) -> store::Result<Result<Response<T>>> {
        let serialize = self.shared.settings.serialize_response;
        let keys = self.shared.answer_keys.fetch(NamedIds::of_rejection(&rejection)).await?;
        let result = CommandResult::Rejected(&rejection, &keys);
        let stored = store_response_once(self.store(), context, &result, serialize).await?;
        Ok(stored.unwrap_or(Err(rejection.into())))
    }

    /// Runs a command of several transactions, each of which may be repeated, and stores its response after the last one.
    /// A retry after a failure resumes the command; a retry after the response returns the response.
    ///
    /// # Errors
    /// The command's own errors; a key that belongs to another request.
    pub(crate) async fn run_resumable<T: Clone>(
        &self,
        context: &Context,
        command: impl Future<Output = Result<T>>,
        result: impl Fn(&T) -> CommandResult<'_>,
    ) -> Result<Response<T>> {
        if context.idempotency.is_some()
            && let Some(answer) = known_answer(&mut self.store().begin().await?, context).await?
        {
            return answer;
        }
        let output = command.await?;
        let serialize = self.shared.settings.serialize_response;
        let stored = store_response(self.store(), context, &result(&output), serialize).await?;
        stored.unwrap_or(Ok(Response::Fresh(output)))
    }
}
