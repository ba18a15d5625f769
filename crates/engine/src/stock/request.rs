//! Stock requests, their responses, and their entries in a batch.

use crate::batching::batch::Answers;
use crate::cache::keys::ResolvedKeys;
use crate::{Context, Response, WithKeys};
use domain::{Granted, Request, WarehouseLimits};
use std::sync::Arc;
use store::Cause;

/// A request that changes stock, with its caller.
#[derive(Debug, Clone)]
pub(crate) struct StockRequest {
    pub(crate) request: Request,
    pub(crate) context: Context,
    /// The keys that the request was resolved with; `None` if it named everything by id.
    pub(crate) keys: Option<Arc<ResolvedKeys>>,
    /// Whether a partial allocation leaves the expired blocks beyond those that one transaction reclaims: they do not help it,
    /// or the time for them is over.
    pub(crate) leaves_backlog: bool,
}

/// The response to a stock request that was granted.
pub(crate) type StockResponse = Response<WithKeys<Granted>>;

/// A request of a batch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry<'a> {
    /// The request's position in the batch.
    pub(super) position: usize,
    pub(super) request: &'a Request,
    pub(super) context: &'a Context,
    pub(super) keys: Option<&'a ResolvedKeys>,
    /// See [`StockRequest::leaves_backlog`].
    pub(super) leaves_backlog: bool,
}

/// Returns the requests of a batch that have no answer yet.
pub(super) fn open_entries<'a>(
    batch: &'a [StockRequest],
    answers: &Answers<StockResponse>,
) -> Vec<Entry<'a>> {
    let open = batch.iter().zip(answers).enumerate().filter(|(_, (_, answer))| answer.is_none());
    open.map(|(position, (StockRequest { request, context, keys, leaves_backlog }, _))| Entry {
        position,
        request,
        context,
        keys: keys.as_deref(),
        leaves_backlog: *leaves_backlog,
    })
    .collect()
}

/// Returns the requests of the entries.
pub(super) fn requests(entries: &[Entry<'_>]) -> Vec<Request> {
    entries.iter().map(|entry| entry.request.clone()).collect()
}

/// Returns the limits of the entries' callers.
pub(super) fn warehouse_limits(entries: &[Entry<'_>]) -> WarehouseLimits {
    WarehouseLimits::of(entries.iter().map(|entry| &entry.context.warehouses))
}

/// Returns the callers of the requests, for the ledger and the audit log.
pub(super) fn causes<'a>(entries: &[Entry<'a>]) -> Vec<Cause<'a>> {
    entries.iter().map(|entry| entry.context.cause()).collect()
}
