//! Imports of files: commands and queries.
//!
//! An import is a job in the database. [`upload`] stores the file. [`layout`] and [`judging`] read it and judge its rows against the
//! present items and levels; a person looks at the result, changes choices, and starts to apply it. [`applying`] writes the
//! rows in chunks, each with the outcomes of its rows in the same transaction. A lease keeps each import with one server; an
//! import whose server stops is continued by any other. Decision record 0089 has the alternatives.

mod applying;
mod items;
mod judging;
mod layout;
mod stock;
pub(crate) mod tasks;
mod upload;
pub(crate) mod worker;

pub use upload::ImportUpload;

use crate::{Context, Engine, Result};
use domain::{AuditKind, Error as Rejection, ImportId, ImportState, NewAuditEvent, Origin, Permission};
use spreadsheet::{Choices, FileKind};
use store::{Import, ImportApplication, ImportRow, ImportRowFilter, WriteTransaction};

/// The maximum number of imports or rows of one page.
pub const IMPORT_PAGE_MAX: i64 = domain::PAGE_LIMIT_MAX;

impl Engine {
    /// Returns the latest imports with ids below `before`, latest first: at most `limit`, and at most [`IMPORT_PAGE_MAX`].
    pub async fn import_list(&self, before: Option<ImportId>, limit: i64) -> Result<Vec<Import>> {
        let before = before.map_or(i64::MAX, |import| import.0);
        Ok(self.store().import_list(before, limit.clamp(1, IMPORT_PAGE_MAX)).await?)
    }

    /// Returns an import.
    ///
    /// # Errors
    /// [`domain::Error::ImportNotFound`].
    pub async fn import_get(&self, import: ImportId) -> Result<Import> {
        let found = self.store().import_get(import.0).await?;
        Ok(found.ok_or(Rejection::ImportNotFound(import))?)
    }

    /// Returns the rows of an import after the ordinal `after`: at most `limit`, and at most [`IMPORT_PAGE_MAX`].
    ///
    /// # Errors
    /// [`domain::Error::ImportNotFound`].
    pub async fn import_rows(
        &self,
        import: ImportId,
        filter: ImportRowFilter,
        after: i64,
        limit: i64,
    ) -> Result<Vec<ImportRow>> {
        let revision = self.import_get(import).await?.revision;
        let limit = limit.clamp(1, IMPORT_PAGE_MAX);
        Ok(self.store().import_rows(import.0, revision, filter, after, limit).await?)
    }

    /// Returns a part of the original file, counted from 0. `None` after the last part.
    pub async fn import_file_part(&self, import: ImportId, number: i32) -> Result<Option<Vec<u8>>> {
        Ok(self.store().import_chunk(import.0, number).await?)
    }

    /// Sets the choices of a person, instead of earlier ones. Missing parts are those of an earlier file with the same columns
    /// if revision 1 found one, and are detected otherwise. The file is judged again from its beginning.
    ///
    /// # Errors
    /// [`domain::Error::ImportNotFound`], [`domain::Error::ImportState`].
    pub async fn import_choose(
        &self,
        context: &Context,
        import: ImportId,
        choices: &Choices,
    ) -> Result<Import> {
        context.require(Permission::ImportItems)?;
        let mut transaction = self.store().begin().await?;
        let is_chosen = transaction.import_choose(import.0, choices).await?;
        self.import_end(transaction, import, is_chosen, "can't be changed any more").await
    }

    /// Starts to apply a judged import. The changes have the origin and the limits of this call. `revision` is that of the
    /// judgement that the caller has seen. Returns the import if it is already being applied, or was applied.
    ///
    /// # Errors
    /// [`domain::Error::ImportNotFound`], [`domain::Error::ImportState`], [`domain::Error::Forbidden`],
    /// [`domain::Error::AllWarehousesForbidden`].
    pub async fn import_apply(&self, context: &Context, import: ImportId, revision: i32) -> Result<Import> {
        context.require(Permission::ImportItems)?;
        const REASON: &str = "must be judged with these choices before it is applied";
        let found = self.import_get(import).await?;
        if is_applied(&found, revision) {
            return Ok(found);
        }
        // The kind of a judged revision is final, so the permissions are those that its rows need.
        if (found.state, found.revision) != (ImportState::Judged, revision) {
            return Err(Rejection::ImportState { import, state: found.state, reason: REASON }.into());
        }
        match found.layout.as_ref().and_then(|layout| layout.kind) {
            Some(FileKind::Stock) => context.require(Permission::WriteStock)?,
            _ => context.require_all_warehouses(Permission::ImportItems)?,
        }
        let may_write_off = context.require(Permission::WriteOffStock).is_ok();
        let application = ImportApplication {
            origin: origin_of(context),
            warehouses: context.warehouses.ids().map(|ids| ids.iter().map(|id| id.0).collect()),
            write_off_units_max: (!may_write_off).then_some(self.shared.settings.write_off_units_max),
        };
        let mut transaction = self.store().begin().await?;
        let is_started = transaction.import_apply(import.0, revision, &application).await?;
        if is_started {
            record(&mut transaction, context, AuditKind::ImportApplied, &found).await?;
            return self.import_end(transaction, import, true, REASON).await;
        }
        transaction.roll_back().await?;
        // The same call may have started it meanwhile.
        let found = self.import_get(import).await?;
        match is_applied(&found, revision) {
            true => Ok(found),
            false => Err(Rejection::ImportState { import, state: found.state, reason: REASON }.into()),
        }
    }

    /// Cancels an import. Rows that were applied before stay applied.
    ///
    /// # Errors
    /// [`domain::Error::ImportNotFound`], [`domain::Error::ImportState`] if it has ended.
    pub async fn import_cancel(&self, context: &Context, import: ImportId) -> Result<Import> {
        context.require(Permission::ImportItems)?;
        let found = self.import_get(import).await?;
        let mut transaction = self.store().begin().await?;
        let is_cancelled = transaction.import_cancel(import.0).await?;
        if is_cancelled {
            record(&mut transaction, context, AuditKind::ImportCancelled, &found).await?;
        }
        self.import_end(transaction, import, is_cancelled, "has ended").await
    }

    /// Commits a change of an import, and wakes the worker. Otherwise returns the reason.
    async fn import_end(
        &self,
        transaction: WriteTransaction,
        import: ImportId,
        is_changed: bool,
        reason: &'static str,
    ) -> Result<Import> {
        if !is_changed {
            transaction.roll_back().await?;
            let state = self.import_get(import).await?.state;
            return Err(Rejection::ImportState { import, state, reason }.into());
        }
        transaction.commit().await?;
        self.shared.imports.wake();
        self.import_get(import).await
    }
}

/// Returns whether this revision of an import is being applied, or was applied.
fn is_applied(import: &Import, revision: i32) -> bool {
    matches!(import.state, ImportState::Applying | ImportState::Applied) && import.revision == revision
}

/// Returns the origin of a request.
fn origin_of(context: &Context) -> Origin {
    let Context { actor, credential, address, request_id, .. } = context;
    Origin {
        actor: actor.clone(),
        credential: *credential,
        address: *address,
        request_id: Some(request_id.to_string()),
    }
}

/// Adds an event about an import to the audit log.
async fn record(
    transaction: &mut WriteTransaction,
    context: &Context,
    kind: AuditKind,
    import: &Import,
) -> store::Result<()> {
    let subject = format!("import:{}", import.id);
    let after = Some(store::import_event(import));
    let origin = origin_of(context);
    transaction
        .audit_insert(&NewAuditEvent { origin: &origin, kind, subject: &subject, before: None, after })
        .await
}
