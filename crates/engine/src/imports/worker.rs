//! The background task that judges and applies imports, and deletes old ones.

use crate::{Engine, Result};
use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;
use store::{ImportTask, WriteTransaction};
use supervision::RepeatedFailure;
use tokio::sync::watch;
use tokio::time::Instant;

/// The interval in which a server looks for the imports of others.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// The interval in which old imports are deleted while there are none to delete.
const RETENTION_INTERVAL: Duration = Duration::from_secs(60);

/// The time after which another server continues an import, in seconds. Each step renews the lease.
const LEASE_SECONDS: f64 = 10.0;

/// The time after which an upload without a new part fails, in seconds.
const UPLOAD_SECONDS: f64 = 600.0;

/// The lease of an import.
pub(crate) struct Lease<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) task: ImportTask,
    worker: &'a str,
    stopping: &'a watch::Receiver<bool>,
}

impl Lease<'_> {
    /// Begins a transaction that renews the lease and locks the import. `None` if the lease is lost or the server stops:
    /// then the work ends.
    pub(crate) async fn begin(&self) -> store::Result<Option<WriteTransaction>> {
        if *self.stopping.borrow() {
            return Ok(None);
        }
        let mut transaction = self.engine.store().import_begin().await?;
        let import = &self.task.import;
        if !transaction.import_renew(import.id, import.revision, self.worker, LEASE_SECONDS).await? {
            transaction.roll_back().await?;
            return Ok(None);
        }
        Ok(Some(transaction))
    }
}

/// Works on imports until `stopping`.
pub(crate) async fn run(engine: Engine, mut stopping: watch::Receiver<bool>) {
    let worker = format!("{:016x}", RandomState::new().hash_one(Instant::now()));
    let mut failure = RepeatedFailure::of("the work on imports");
    let mut retention = Instant::now();
    while !*stopping.borrow() {
        let worked = work(&engine, &worker, &stopping).await;
        let is_retention_due = retention <= Instant::now();
        let outcome = match worked {
            Ok(false) if is_retention_due => delete_some(&engine).await.inspect(|has_more| {
                retention = if *has_more { Instant::now() } else { Instant::now() + RETENTION_INTERVAL };
            }),
            worked => worked,
        };
        let has_more = match outcome {
            Ok(has_more) => {
                failure.succeeded();
                has_more
            }
            Err(error) => {
                failure.failed(&error);
                false
            }
        };
        if !has_more {
            tokio::select! {
                _ = stopping.wait_for(|stopping| *stopping) => return,
                () = engine.shared.imports.notified() => {}
                () = tokio::time::sleep(POLL_INTERVAL) => {}
            }
        }
    }
}

/// Works on one import, if there is one. Returns whether there was one.
async fn work(engine: &Engine, worker: &str, stopping: &watch::Receiver<bool>) -> Result<bool> {
    let Some(task) = engine.store().import_claim(worker, LEASE_SECONDS).await? else { return Ok(false) };
    let import = task.import.id;
    let lease = Lease { engine, task, worker, stopping };
    let worked = match lease.task.application {
        Some(_) => lease.apply().await,
        None => lease.judge().await,
    };
    // After the end of the work the import has no lease.
    engine.store().import_give_up(import, worker).await?;
    worked?;
    Ok(true)
}

/// Deletes some rows and files of old imports. Returns whether more may be left.
async fn delete_some(engine: &Engine) -> Result<bool> {
    let store = engine.store();
    store.imports_fail_abandoned(UPLOAD_SECONDS).await?;
    let outdated = store.imports_delete_outdated().await?;
    let expired = store.imports_delete_expired(engine.shared.settings.import_retention_days).await?;
    Ok(outdated || expired)
}
