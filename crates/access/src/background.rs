//! The background tasks of authentication.

use crate::verification::Verifier;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tokio::time::sleep;

/// The pause before a failed LISTEN is retried.
const LISTEN_RETRY_INTERVAL: Duration = Duration::from_secs(1);

/// The minimum time between two statements that store last uses.
const USES_INTERVAL: Duration = Duration::from_secs(1);

/// The delay of the first deletion of old audit events, so that it does not slow the start.
const RETENTION_DELAY: Duration = Duration::from_secs(60);

/// The interval of the deletion of old audit events.
const RETENTION_INTERVAL: Duration = Duration::from_secs(3_600);

/// The pause between two statements that delete audit events.
const RETENTION_PAUSE: Duration = Duration::from_millis(100);

/// Receives announcements of changes, and drops cached credentials.
pub(crate) async fn listen(verifier: Arc<Verifier>) {
    loop {
        if let Ok(mut listener) = verifier.store.access_listen().await {
            // Announcements before LISTEN were lost.
            changed(&verifier).await;
            while let Ok(Some(_)) = listener.try_recv().await {
                changed(&verifier).await;
            }
        }
        sleep(LISTEN_RETRY_INTERVAL).await;
    }
}

async fn changed(verifier: &Verifier) {
    verifier.cache.invalidate();
    if let Err(error) = verifier.check_local().await {
        tracing::debug!(%error, "the administrators could not be read");
    }
}

/// Stores the times of last uses.
pub(crate) async fn record_uses(verifier: Arc<Verifier>) {
    loop {
        if let Err(error) = verifier.record_uses().await {
            // The next verification of each credential adds it again.
            tracing::debug!(%error, "the times of last uses could not be stored");
        }
        sleep(USES_INTERVAL).await;
    }
}

/// Deletes audit events that are older than `days`.
pub(crate) async fn expire_audit_events(store: Store, days: i32) {
    sleep(RETENTION_DELAY).await;
    loop {
        match store.audit_expire(days).await {
            Ok(true) => sleep(RETENTION_PAUSE).await,
            Ok(false) => sleep(RETENTION_INTERVAL).await,
            Err(error) => {
                tracing::debug!(%error, "old audit events could not be deleted");
                sleep(RETENTION_INTERVAL).await;
            }
        }
    }
}
