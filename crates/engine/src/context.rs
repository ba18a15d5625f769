use crate::Result;
use crate::trace::TraceContext;
use domain::{AllowedWarehouses, Credential, Freshness, Permission, Permissions, Principal};
use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;
use store::Cause;

/// The longest key, in characters.
const KEY_CHARS_MAX: usize = 255;

/// The idempotency key of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// The key: 1 to 255 characters.
    pub key: Arc<str>,
    /// A hash of the request: equal for equal requests only.
    pub fingerprint: Arc<[u8]>,
}

/// The caller of an engine method, for the ledger, the audit log and the logs.
#[derive(Debug, Clone)]
pub struct Context {
    /// The principal. A constant name is borrowed: a reference count on it would be written by all cores.
    pub actor: Cow<'static, str>,
    /// The permissions of the principal.
    pub permissions: Permissions,
    /// The warehouses whose stock the principal may change, as of the authentication of the request.
    pub warehouses: AllowedWarehouses,
    /// The token or session of the request. `None` for local access.
    pub credential: Option<Credential>,
    /// The client's address.
    pub address: Option<IpAddr>,
    /// The id of the request in the logs.
    pub request_id: Arc<str>,
    /// The span of the request; `None` for work that no HTTP request has caused.
    pub trace: Option<TraceContext>,
    /// The idempotency key of the request, if it has one.
    pub idempotency: Option<Idempotency>,
    /// The changes that the lists of the response must include.
    pub freshness: Freshness,
}

impl Context {
    /// Returns the context of the service itself: all permissions, and no idempotency key.
    pub fn new(actor: impl Into<Cow<'static, str>>, request_id: impl Into<Arc<str>>) -> Self {
        Self {
            actor: actor.into(),
            permissions: Permissions::ALL,
            warehouses: AllowedWarehouses::ALL,
            credential: None,
            address: None,
            request_id: request_id.into(),
            trace: None,
            idempotency: None,
            freshness: Freshness::default(),
        }
    }

    /// Returns the context of a principal's request, without an idempotency key.
    pub fn of(
        principal: &Principal,
        credential: Option<Credential>,
        address: Option<IpAddr>,
        request_id: impl Into<Arc<str>>,
    ) -> Self {
        Self {
            permissions: principal.permissions,
            warehouses: principal.warehouses.clone(),
            credential,
            address,
            ..Self::new(principal.actor.clone(), request_id)
        }
    }

    /// Returns the context with the span of its request.
    pub fn with_trace(self, trace: TraceContext) -> Self {
        Self { trace: Some(trace), ..self }
    }

    /// Returns the context with the changes that its lists must include.
    pub fn with_freshness(self, freshness: Freshness) -> Self {
        Self { freshness, ..self }
    }

    /// Runs a query of the store whose lists include the changes that the request asks for.
    ///
    /// # Errors
    /// The error of the query.
    pub(crate) async fn read<T>(&self, query: impl Future<Output = store::Result<T>>) -> Result<T> {
        Ok(store::with_freshness(self.freshness, query).await?)
    }

    /// Checks a permission of the principal.
    ///
    /// # Errors
    /// [`domain::Error::Forbidden`].
    pub fn require(&self, permission: Permission) -> Result<()> {
        Ok(self.permissions.require(permission, &self.actor)?)
    }

    /// Checks that the principal may change the stock of all warehouses, for a command that is not bound to one warehouse.
    ///
    /// # Errors
    /// [`domain::Error::AllWarehousesForbidden`].
    pub(crate) fn require_all_warehouses(&self, permission: Permission) -> Result<()> {
        Ok(self.warehouses.check_all(permission)?)
    }

    /// Returns the context with an idempotency key.
    pub fn with_idempotency(self, idempotency: Idempotency) -> Self {
        Self { idempotency: Some(idempotency), ..self }
    }

    /// Returns the caller for the ledger and the audit log.
    pub(crate) fn cause(&self) -> Cause<'_> {
        let Self { actor, credential, address, request_id, .. } = self;
        Cause { actor, credential: *credential, address: *address, request_id: Some(request_id) }
    }

    /// Returns the context of one part of the request. If the request has an idempotency key, the part has a key derived
    /// from it, which is the same each time the request is sent.
    ///
    /// # Errors
    /// [`domain::Error::Invalid`] if the derived key exceeds 255 characters.
    pub(crate) fn part(&self, name: impl std::fmt::Display) -> Result<Self> {
        let Some(Idempotency { key, fingerprint }) = &self.idempotency else { return Ok(self.clone()) };
        let name = format!("/{name}");
        let max = KEY_CHARS_MAX.saturating_sub(name.len());
        if key.len() > max {
            let reason = format!("must have at most {max} characters here");
            return Err(domain::Error::invalid("idempotencyKey", reason).into());
        }
        let fingerprint = [fingerprint, name.as_bytes()].concat().into();
        Ok(self.clone().with_idempotency(Idempotency { key: format!("{key}{name}").into(), fingerprint }))
    }
}
