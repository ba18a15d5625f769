//! The protocol of systemd for services of `Type=notify`: readiness, the begin of a stop, and the watchdog. Without
//! `NOTIFY_SOCKET` nothing is sent.

use crate::http::health_report;
use access::Access;
use engine::Engine;
use sd_notify::NotifyState;
use std::time::Duration;

/// The shortest pause between two messages of the watchdog.
const WATCHDOG_PAUSE_MIN: Duration = Duration::from_millis(10);

/// Tells the service manager that the server accepts requests.
pub(crate) fn ready() {
    notify(NotifyState::Ready);
}

/// Tells the service manager that the server stops.
pub(crate) fn stopping() {
    notify(NotifyState::Stopping);
}

/// Feeds the watchdog, if there is one, as long as every queue moves. A stuck or dead worker ends the messages, so that the
/// service manager restarts the server.
pub(crate) async fn feed_watchdog(engine: Engine, access: Access) {
    let Some(limit) = sd_notify::watchdog_enabled() else { return };
    let mut interval = tokio::time::interval((limit / 3).max(WATCHDOG_PAUSE_MIN));
    loop {
        interval.tick().await;
        if health_report(&engine, &access).is_live() {
            notify(NotifyState::Watchdog);
        } else {
            tracing::error!("a worker is stuck or dead: the watchdog is not fed");
        }
    }
}

fn notify(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "the service manager can't be notified");
    }
}
