//! Request bodies: how long they may take to arrive, and how much memory they may hold all together.

use crate::problem::Refusal;
use axum::body::HttpBody;
use axum::extract::Request;
use axum::http::StatusCode;
use futures::StreamExt as _;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// Bodies of at most so many bytes are not counted: the number of connections bounds their sum.
const UNCOUNTED_BYTES_MAX: usize = 16 * 1024;

/// The most bytes of a refused body that are read.
const DISCARDED_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The bytes of one unit of the memory budget: a semaphore hands out at most 2³² - 1 permits at once.
const UNIT_BYTES: usize = 1024;

/// The most bytes of an uploaded file.
pub(crate) const UPLOAD_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Where files are uploaded to.
pub(crate) const UPLOAD_PATH: &str = "/api/items/import";

/// The address of the form with a file.
pub(crate) const IMPORT_PATH: &str = "/forms/import_items";

/// The most bytes of a form with a file: encoded, three for one of the file.
pub(crate) const FORM_BYTES_MAX: usize = 3 * UPLOAD_BYTES_MAX;

/// The most bytes of a body that a path takes; `default_bytes` for a path without a bound of its own.
pub(crate) fn limit_bytes(path: &str, default_bytes: usize) -> usize {
    match path {
        UPLOAD_PATH => UPLOAD_BYTES_MAX,
        IMPORT_PATH => FORM_BYTES_MAX,
        _ => default_bytes,
    }
}

/// The memory budget of all request bodies that are being read or handled.
pub(crate) struct BodyMemory {
    units: Arc<Semaphore>,
    bytes_max: usize,
}

impl BodyMemory {
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self { units: Arc::new(Semaphore::new(bytes_max / UNIT_BYTES)), bytes_max }
    }

    /// Reserves the memory of a request's body until the permit is dropped. A body of unknown length counts as the
    /// longest that its address takes; a small one does not count.
    pub(crate) fn reserve(
        &self,
        request: &Request,
        default_bytes: usize,
    ) -> Result<Option<OwnedSemaphorePermit>, Refusal> {
        let announced = request.body().size_hint().upper();
        if announced.is_some_and(|bytes| bytes <= UNCOUNTED_BYTES_MAX as u64) {
            return Ok(None);
        }
        let limit = limit_bytes(request.uri().path(), default_bytes);
        let bytes = announced.and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or(limit).min(limit);
        let units = u32::try_from(bytes.div_ceil(UNIT_BYTES)).unwrap_or(u32::MAX);
        match self.units.clone().try_acquire_many_owned(units) {
            Ok(permit) => Ok(Some(permit)),
            Err(_) => Err(self.exhausted(bytes)),
        }
    }

    fn exhausted(&self, bytes: usize) -> Refusal {
        let free = self.units.available_permits() * UNIT_BYTES;
        let detail = format!(
            "The body takes {bytes} bytes of memory; {free} of the {} for request bodies are free. Nothing was \
             changed: try again.",
            self.bytes_max
        );
        Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", "Too many requests", detail)
    }
}

/// Reads the body of a refused request without keeping it: a client that is still sending may not get the answer.
pub(crate) async fn discard(body: axum::body::Body) {
    let mut chunks = body.into_data_stream();
    let mut seen = 0;
    while let Some(Ok(chunk)) = chunks.next().await
        && seen <= DISCARDED_BYTES_MAX
    {
        seen += chunk.len();
    }
}

/// How long bodies may take.
#[derive(Debug)]
pub(crate) struct BodyLimits {
    pub(crate) timeout: Duration,
    pub(crate) stopping: CancellationToken,
}

/// Why a body did not arrive.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Broken {
    #[error("the body did not arrive within {0:?}")]
    Slow(Duration),
    #[error("the server stops")]
    Stopping,
    #[error(transparent)]
    Connection(#[from] hyper::Error),
}

/// The body of a request that must arrive in time. A body that has arrived with its request's head costs no timer.
pub(crate) struct TimedBody {
    incoming: Incoming,
    limits: Arc<BodyLimits>,
    asked: bool,
    waiting: Option<Pin<Box<dyn Future<Output = Broken> + Send>>>,
}

impl TimedBody {
    pub(crate) fn new(incoming: Incoming, limits: Arc<BodyLimits>) -> Self {
        Self { incoming, limits, asked: false, waiting: None }
    }
}

impl Body for TimedBody {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.incoming).poll_frame(context) {
            return Poll::Ready(frame.map(|frame| frame.map_err(Broken::from)));
        }
        // The first poll asks the connection to read. It polls again, with the bytes that it had already.
        if !std::mem::replace(&mut self.asked, true) {
            return Poll::Pending;
        }
        let limits = self.limits.clone();
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(broken_by(limits)));
        waiting.as_mut().poll(context).map(|broken| Some(Err(broken)))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

/// Ends when a body that is still on its way is given up.
async fn broken_by(limits: Arc<BodyLimits>) -> Broken {
    match tokio::time::timeout(limits.timeout, limits.stopping.cancelled()).await {
        Ok(()) => Broken::Stopping,
        Err(_) => Broken::Slow(limits.timeout),
    }
}

/// The refusal of a request whose body could not be read.
pub(crate) fn broken(error: &axum::Error) -> Refusal {
    let causes = std::iter::successors(Some(error as &(dyn Error + 'static)), |error| (*error).source());
    match causes.filter_map(|error| error.downcast_ref()).next() {
        Some(Broken::Slow(limit)) => {
            let detail = format!("The body must arrive within {} s. Nothing was changed.", limit.as_secs());
            Refusal::new(StatusCode::REQUEST_TIMEOUT, "body_timeout", "The body took too long", detail)
        }
        Some(Broken::Stopping) => {
            let detail =
                "The server stopped before the whole body had arrived. Nothing was changed: send it again.";
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "shutting_down", "The server stops", detail)
        }
        Some(Broken::Connection(_)) | None => {
            let detail = "The connection broke before the whole body had arrived.";
            Refusal::new(StatusCode::BAD_REQUEST, "invalid_request", "The request can't be read", detail)
        }
    }
}
