//! Stores the file of an import while it arrives.

use super::record;
use crate::{Context, Engine, Result};
use domain::{AuditKind, Error as Rejection, ImportId, ImportState, Permission};
use sha2::{Digest as _, Sha256};
use spreadsheet::Choices;
use store::Import;

/// The size of the parts in which a file is stored, in bytes.
const PART_BYTES: usize = 1 << 20;

/// The upload of a file. An upload that is dropped before [`ImportUpload::finish`] fails after some time.
pub struct ImportUpload {
    engine: Engine,
    context: Context,
    import: ImportId,
    part: Vec<u8>,
    parts: i32,
    bytes: u64,
    sha256: Sha256,
}

impl Engine {
    /// Begins an import with the upload of its file.
    ///
    /// # Errors
    /// [`domain::Error::Forbidden`].
    pub async fn import_upload(
        &self,
        context: &Context,
        file_name: &str,
        choices: &Choices,
    ) -> Result<ImportUpload> {
        context.require(Permission::ImportItems)?;
        let name = domain::safe_file_name(file_name);
        let import = ImportId(self.store().import_create(&name, choices, context.cause()).await?);
        Ok(ImportUpload {
            engine: self.clone(),
            context: context.clone(),
            import,
            part: Vec::new(),
            parts: 0,
            bytes: 0,
            sha256: Sha256::new(),
        })
    }
}

impl ImportUpload {
    /// Appends bytes of the file.
    ///
    /// # Errors
    /// [`domain::Error::ImportFileTooLarge`], [`domain::Error::ImportState`] after a cancellation.
    pub async fn push(&mut self, mut bytes: &[u8]) -> Result<()> {
        let max = self.engine.shared.settings.import_bytes_max;
        self.bytes = self.bytes.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if self.bytes > max {
            return Err(Rejection::ImportFileTooLarge { max }.into());
        }
        self.sha256.update(bytes);
        while !bytes.is_empty() {
            let room = PART_BYTES.saturating_sub(self.part.len());
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.part.extend_from_slice(now);
            bytes = later;
            if self.part.len() == PART_BYTES {
                self.store_part().await?;
            }
        }
        Ok(())
    }

    /// Ends the upload. Servers judge the file then.
    ///
    /// # Errors
    /// [`domain::Error::ImportState`] after a cancellation.
    pub async fn finish(mut self) -> Result<Import> {
        if !self.part.is_empty() {
            self.store_part().await?;
        }
        let found = self.engine.import_get(self.import).await?;
        let mut transaction = self.engine.store().begin().await?;
        let is_ended = transaction.import_uploaded(self.import.0, &self.sha256.finalize()).await?;
        if is_ended {
            record(&mut transaction, &self.context, AuditKind::ImportCreated, &found).await?;
        }
        self.engine.import_end(transaction, self.import, is_ended, "does not wait for its file").await
    }

    /// Ends the upload of a file that can't be stored. Failures are ignored: the upload fails after some time.
    pub async fn abort(self) {
        if let Ok(mut transaction) = self.engine.store().begin().await
            && transaction.import_cancel(self.import.0).await.is_ok()
        {
            drop(transaction.commit().await);
        }
    }

    async fn store_part(&mut self) -> Result<()> {
        let part = std::mem::take(&mut self.part);
        if !self.engine.store().import_chunk_add(self.import.0, self.parts, &part).await? {
            let (import, state) = (self.import, ImportState::Cancelled);
            return Err(Rejection::ImportState { import, state, reason: "does not wait for its file" }.into());
        }
        self.parts += 1;
        self.part = part;
        self.part.clear();
        Ok(())
    }
}
