//! Ctrl-C ends a scenario early: started programs are stopped, and their data are removed.

use anyhow::{Result, bail};
use std::sync::atomic::{AtomicBool, Ordering};

static REQUESTED: AtomicBool = AtomicBool::new(false);

/// Watches for SIGINT and SIGTERM in a separate thread.
pub fn watch() -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::spawn(move || {
        runtime.block_on(async {
            let Ok(mut interrupt) = signal(SignalKind::interrupt()) else { return };
            let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
            loop {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
                REQUESTED.store(true, Ordering::Relaxed);
            }
        });
    });
    Ok(())
}

/// Whether SIGINT or SIGTERM was received.
pub fn requested() -> bool {
    REQUESTED.load(Ordering::Relaxed)
}

/// Fails after SIGINT or SIGTERM.
pub fn check() -> Result<()> {
    if requested() {
        bail!("interrupted");
    }
    Ok(())
}
