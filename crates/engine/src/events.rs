//! Events: what was committed, for whoever watches.

use crate::{Context, Engine, Result};
use std::time::Duration;
use store::{EventPage, Store};
use tokio::sync::{Notify, watch};

/// The most movements that one reading returns.
pub const EVENTS_MAX: i64 = 1_000;

/// The least time between two announcements to other servers: a NOTIFY in every commit would make the
/// commits wait for each other.
const ANNOUNCE_INTERVAL: Duration = Duration::from_millis(50);

/// How long after which a watcher looks by itself: what others write by hand announces nothing.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// How long to wait before the database is asked again for its announcements.
const RELISTEN_INTERVAL: Duration = Duration::from_secs(1);

/// Who is told that something was committed.
pub(crate) struct Announcer {
    /// Commits of this server that the others have not been told of.
    untold: Notify,
    /// Counts what was heard of, here and from elsewhere.
    heard: watch::Sender<u64>,
}

impl Announcer {
    pub(crate) fn new() -> Self {
        Self { untold: Notify::new(), heard: watch::Sender::new(0) }
    }

    /// Tells watchers of this server at once, and other servers soon.
    pub(crate) fn committed(&self) {
        self.heard();
        self.untold.notify_one();
    }

    fn heard(&self) {
        self.heard.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Announces commits to other servers, many at a time, until `stopping`.
    pub(crate) async fn announce(&self, store: Store, mut stopping: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                _ = stopping.wait_for(|stopping| *stopping) => return,
                () = self.untold.notified() => {}
            }
            if let Err(error) = store.events_announce().await {
                tracing::debug!(%error, "other servers could not be told");
            }
            tokio::time::sleep(ANNOUNCE_INTERVAL).await;
        }
    }

    /// Hears what other servers announce, until `stopping`.
    pub(crate) async fn listen(&self, store: Store, mut stopping: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                _ = stopping.wait_for(|stopping| *stopping) => return,
                () = self.listen_while_connected(&store) => {}
            }
            // What was announced while nobody listened is lost: look.
            self.heard();
            tokio::select! {
                _ = stopping.wait_for(|stopping| *stopping) => return,
                () = tokio::time::sleep(RELISTEN_INTERVAL) => {}
            }
        }
    }

    async fn listen_while_connected(&self, store: &Store) {
        let Ok(mut listener) = store.events_listen().await else { return };
        while let Ok(Some(_)) = listener.try_recv().await {
            self.heard();
        }
    }
}

impl Engine {
    /// At most `limit` movements behind `after`, in the order of each item; where `after` is `None`, none, and
    /// the cursor of now. Where there are none, waits up to `wait` for some.
    ///
    /// # Errors
    /// A `limit` that is not 1 to [`EVENTS_MAX`].
    pub async fn events(
        &self,
        _context: &Context,
        after: Option<i64>,
        limit: i64,
        wait: Duration,
    ) -> Result<EventPage> {
        if !(1..=EVENTS_MAX).contains(&limit) {
            let reason = format!("must be 1 to {EVENTS_MAX}, not {limit}");
            return Err(domain::Error::invalid("limit", reason).into());
        }
        let deadline = tokio::time::Instant::now() + wait;
        let mut heard = self.shared.announcer.heard.subscribe();
        loop {
            heard.mark_unchanged();
            let page = self.store().events_after(after, limit).await?;
            let stopping = *self.shared.stopping.borrow();
            if after.is_none()
                || !page.events.is_empty()
                || stopping
                || tokio::time::Instant::now() >= deadline
            {
                return Ok(page);
            }
            let look = (tokio::time::Instant::now() + LOOK_INTERVAL).min(deadline);
            // A commit just before the reading may still have been in flight: it is read at the next look.
            drop(tokio::time::timeout_at(look, heard.changed()).await);
        }
    }
}
