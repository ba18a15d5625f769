//! Commands that name items and warehouses by keys.

use crate::cache::keys::ResolvedRequest;
use crate::idempotency::store_response;
use crate::response::{CommandResult, StoredResponse};
use crate::{Context, Engine, Error, KeysById, Response, Result};
use domain::Keyed;

/// The result of resolving the keys of a command.
pub(crate) enum Resolution<T> {
    /// The command by ids.
    Resolved(T),
    /// The command is done: the response that is stored under its idempotency key.
    Stored(StoredResponse),
}

impl Engine {
    /// Resolves the keys of a command, from the cache if possible. The write compares the version.
    ///
    /// # Errors
    /// [`domain::Error::SkuNotFound`], [`domain::Error::WarehouseCodeNotFound`].
    pub(crate) async fn resolve<K: Keyed>(
        &self,
        context: &Context,
        command: &K,
    ) -> Result<Resolution<ResolvedRequest<K::Resolved>>> {
        let resolved = self.shared.keys.resolve(command).await;
        self.resolution(context, resolved).await
    }

    /// Resolves the keys of a command without the cache, for commands whose write compares no version: the keys are those
    /// of a moment during the request.
    ///
    /// # Errors
    /// The same as [`Engine::resolve`].
    pub(crate) async fn resolve_current<K: Keyed>(
        &self,
        context: &Context,
        command: &K,
    ) -> Result<Resolution<K::Resolved>> {
        let resolved = self.shared.keys.resolve_current(command).await;
        self.resolution(context, resolved).await
    }

    /// Stores a rejection under the idempotency key of the command. If the command was done before under its key, its
    /// response counts.
    async fn resolution<T>(&self, context: &Context, resolved: Result<T>) -> Result<Resolution<T>> {
        let rejection = match resolved {
            Ok(resolved) => return Ok(Resolution::Resolved(resolved)),
            Err(Error::Rejected(rejection)) => rejection,
            Err(error) => return Err(error),
        };
        self.shared.failures.record_rejections([(context, &Err(rejection.clone()))].into_iter());
        let serialize = self.shared.settings.serialize_response;
        // The problem names the unknown key.
        let keys = KeysById::default();
        let result = CommandResult::Rejected(&rejection, &keys);
        match store_response::<()>(self.store(), context, &result, serialize).await? {
            Some(Ok(Response::Stored(response))) => Ok(Resolution::Stored(response)),
            Some(Err(error)) => Err(error),
            Some(Ok(Response::Fresh(()))) | None => Err(rejection.into()),
        }
    }
}
