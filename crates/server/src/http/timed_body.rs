//! Request bodies with a deadline.

use crate::http::error::ApiError;
use axum::http::StatusCode;
use futures::StreamExt as _;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The most bytes of a rejected body that are read, unless the body may be larger.
const DISCARDED_BYTES_MAX: u64 = 16 << 20;

/// The longest time for which a rejected body is read.
const DISCARD_TIMEOUT: Duration = Duration::from_secs(20);

/// Reads the body of a rejected request and drops it. A client that is still sending may not read the response.
pub(crate) async fn discard(body: axum::body::Body) {
    discard_up_to(body, DISCARDED_BYTES_MAX).await;
}

/// Reads at most `bytes_max` of the body of a rejected request for at most [`DISCARD_TIMEOUT`], and drops it.
pub(crate) async fn discard_up_to(body: axum::body::Body, bytes_max: u64) {
    let mut chunks = body.into_data_stream();
    let discarding = async {
        let mut seen: u64 = 0;
        while let Some(Ok(chunk)) = chunks.next().await
            && seen <= bytes_max
        {
            seen = seen.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        }
    };
    // The rest is not read.
    let _ = tokio::time::timeout(DISCARD_TIMEOUT, discarding).await;
}

/// Ends a body that is still arriving: the deadline, and the server's shutdown.
#[derive(Debug)]
pub(crate) struct BodyDeadline {
    pub(crate) timeout: Duration,
    pub(crate) stopping: CancellationToken,
}

/// The error of a body that did not arrive completely.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyError {
    #[error("the body did not arrive within {0:?}")]
    Timeout(Duration),
    #[error("the server stops")]
    Stopping,
    #[error(transparent)]
    Connection(#[from] hyper::Error),
}

/// A request body with a deadline. A body that arrives together with its request's head starts no timer.
pub(crate) struct TimedBody {
    incoming: Incoming,
    deadline: Arc<BodyDeadline>,
    /// The deadline is that of the next bytes, not of the whole body.
    is_stream: bool,
    polled: bool,
    timer: Option<Pin<Box<dyn Future<Output = BodyError> + Send>>>,
}

impl TimedBody {
    /// Wraps a body that hyper reads. The deadline of a stream begins again with each piece of the body.
    pub(crate) fn new(incoming: Incoming, deadline: Arc<BodyDeadline>, is_stream: bool) -> Self {
        Self { incoming, deadline, is_stream, polled: false, timer: None }
    }
}

impl Body for TimedBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.incoming).poll_frame(context) {
            if self.is_stream {
                self.timer = None;
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(BodyError::from)));
        }
        // The first poll makes hyper read. hyper polls again at once if it has buffered bytes, so no timer is needed yet.
        if !std::mem::replace(&mut self.polled, true) {
            return Poll::Pending;
        }
        let deadline = self.deadline.clone();
        let timer = self.timer.get_or_insert_with(|| Box::pin(expired(deadline)));
        timer.as_mut().poll(context).map(|error| Some(Err(error)))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

/// Waits until the deadline, or until the server stops.
async fn expired(deadline: Arc<BodyDeadline>) -> BodyError {
    match tokio::time::timeout(deadline.timeout, deadline.stopping.cancelled()).await {
        Ok(()) => BodyError::Stopping,
        Err(_) => BodyError::Timeout(deadline.timeout),
    }
}

/// Returns the response for a body that could not be read.
pub(crate) fn read_error(error: &axum::Error) -> ApiError {
    let causes = std::iter::successors(Some(error as &(dyn Error + 'static)), |error| (*error).source());
    match causes.filter_map(|error| error.downcast_ref()).next() {
        Some(BodyError::Timeout(limit)) => {
            let detail = format!("The body must arrive within {} s. Nothing was changed.", limit.as_secs());
            ApiError::new(StatusCode::REQUEST_TIMEOUT, "body_timeout", "The body took too long", detail)
        }
        Some(BodyError::Stopping) => {
            let detail =
                "The server stopped before the whole body had arrived. Nothing was changed: send it again.";
            ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "shutting_down", "The server stops", detail)
        }
        Some(BodyError::Connection(_)) | None => {
            let detail = "The connection broke before the whole body had arrived.";
            ApiError::new(StatusCode::BAD_REQUEST, "invalid_request", "The request can't be read", detail)
        }
    }
}
