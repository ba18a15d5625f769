//! The background tasks that judge and apply imports, and delete old ones.

use crate::{Engine, Error, Result};
use domain::{ImportState, RowProblem};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::time::Duration;
use store::{Impairment, Import, ImportClaim, WriteTransaction};
use supervision::{RepeatedFailure, WorkerStatus, catch_panic};
use tokio::sync::watch;
use tokio::time::Instant;

/// The interval in which a server looks for the imports of others.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// The interval in which old imports are deleted while there are none to delete.
const RETENTION_INTERVAL: Duration = Duration::from_secs(60);

/// The time after which another server continues an import, in seconds. Each step renews the lease.
const LEASE_SECONDS: f64 = 10.0;

/// The internal errors without a committed step between them, after which an import fails.
const FAILURES_MAX: i32 = 3;

/// The time after which an upload without a new part fails, in seconds.
const UPLOAD_SECONDS: f64 = 600.0;

/// The time after which the choices for the columns of a file are deleted if no import has used them, in days.
const CHOICES_DAYS: i32 = 365;

/// The lease of an import.
pub(crate) struct Lease<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) import: Import,
    pub(crate) claim: &'a ImportClaim,
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
        let ImportClaim { id, revision, .. } = *self.claim;
        if !transaction.import_renew(id, revision, self.worker, LEASE_SECONDS).await? {
            transaction.roll_back().await?;
            return Ok(None);
        }
        Ok(Some(transaction))
    }

    /// Renews the lease while nothing is written. Returns `false` if it is lost or the server stops.
    pub(super) async fn keep(&self) -> store::Result<bool> {
        let ImportClaim { id, revision, .. } = *self.claim;
        let is_stopping = *self.stopping.borrow();
        Ok(!is_stopping && self.engine.store().import_keep(id, revision, self.worker, LEASE_SECONDS).await?)
    }
}

/// Judges imports, and deletes old ones, until `stopping`.
pub(crate) async fn judge(engine: Engine, stopping: watch::Receiver<bool>, status: &Arc<WorkerStatus>) {
    run(&engine, ImportState::Judging, stopping, status).await;
}

/// Applies imports until `stopping`.
pub(crate) async fn apply(engine: Engine, stopping: watch::Receiver<bool>, status: &Arc<WorkerStatus>) {
    run(&engine, ImportState::Applying, stopping, status).await;
}

/// Works on imports in `state` until `stopping`.
async fn run(
    engine: &Engine,
    state: ImportState,
    mut stopping: watch::Receiver<bool>,
    status: &Arc<WorkerStatus>,
) {
    let worker = format!("{:016x}", RandomState::new().hash_one(Instant::now()));
    let tasks = &engine.shared.imports;
    let (wake, work_name) = match state {
        ImportState::Judging => (&tasks.judgement, "the judgement of imports"),
        _ => (&tasks.application, "the application of imports"),
    };
    let mut failure = RepeatedFailure::of(work_name, status);
    let mut retention_failure = RepeatedFailure::of("the removal of old imports", status);
    let mut retention = Instant::now();
    while !*stopping.borrow() {
        let mut has_more = failure.note(work(engine, state, &worker, &stopping).await);
        // Old files are deleted also while the work fails, for example on a full disk.
        if state == ImportState::Judging && retention <= Instant::now() {
            match retention_failure.note(delete_some(engine).await) {
                Some(true) => has_more = has_more.map(|_| true),
                Some(false) => retention = Instant::now() + RETENTION_INTERVAL,
                None => {}
            }
        }
        if has_more != Some(true) {
            tokio::select! {
                _ = stopping.wait_for(|stopping| *stopping) => return,
                () = wake.notified() => {}
                () = tokio::time::sleep(POLL_INTERVAL) => {}
            }
        }
    }
}

/// Works on one import, if there is one. Returns whether there was one. An import whose work fails by itself, exceeds the
/// statement timeout or lacks a privilege is tried again a few times, and fails then; while the database can't be used, it
/// waits.
async fn work(
    engine: &Engine,
    state: ImportState,
    worker: &str,
    stopping: &watch::Receiver<bool>,
) -> Result<bool> {
    let Some(claim) = engine.store().import_claim(state, worker, LEASE_SECONDS).await? else {
        return Ok(false);
    };
    let worked = match catch_panic(work_on(engine, state, &claim, worker, stopping)).await {
        Ok(worked) => worked,
        Err(panic) => {
            tracing::error!(import = claim.id, panic, "the work on an import panicked");
            Err(Error::Internal)
        }
    };
    match &worked {
        Err(
            error @ (Error::Internal
            | Error::Rejected(_)
            | Error::Impaired(Impairment::TooSlow | Impairment::PermissionDenied)),
        ) => {
            tracing::error!(import = claim.id, %error, "the work on an import failed");
            let message = "An internal error ended the import. The log of the server has its cause.";
            let problem = RowProblem::error("internal", message);
            engine.store().import_failed(claim.id, worker, FAILURES_MAX, &problem).await?;
        }
        // After the end of the work the import has no lease.
        _ => engine.store().import_give_up(claim.id, worker).await?,
    }
    worked.map(|()| true)
}

async fn work_on(
    engine: &Engine,
    state: ImportState,
    claim: &ImportClaim,
    worker: &str,
    stopping: &watch::Receiver<bool>,
) -> Result<()> {
    let Some(import) = engine.store().import_get(claim.id).await? else { return Ok(()) };
    if (import.state, import.revision) != (state, claim.revision) {
        return Ok(());
    }
    let lease = Lease { engine, import, claim, worker, stopping };
    match state {
        ImportState::Judging => lease.judge().await,
        _ => lease.apply().await,
    }
}

/// Deletes some rows and files of old imports. Returns whether more may be left.
async fn delete_some(engine: &Engine) -> Result<bool> {
    let store = engine.store();
    store.imports_fail_abandoned(UPLOAD_SECONDS).await?;
    store.import_choices_delete_unused(CHOICES_DAYS).await?;
    let outdated = store.imports_delete_outdated().await?;
    let expired = store.imports_expire(engine.shared.settings.import_retention_days).await?;
    let deleted = store.imports_empty().await?;
    Ok(outdated || expired || deleted)
}
