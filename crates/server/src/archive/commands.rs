//! `stockhold archive`.

use super::files::ArchiveFiles;
use super::verify::verify;
use crate::config::Config;
use crate::database::Database;
use crate::output::print_line;
use crate::startup::migrate_schema;
use anyhow::{Context as _, Result, bail};
use chrono::NaiveDate;
use clap::Subcommand;
use domain::{ArchiveKind, Origin, Time};
use engine::{ArchiveWriter, Engine};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The commands about archives.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum ArchiveCommand {
    /// Check the files of an archive by their SHA-256, and that the checkpoints of the database are the sums of the files.
    Verify {
        /// The folder of the archive.
        directory: PathBuf,
        /// Do not connect to the database.
        #[arg(long)]
        files_only: bool,
    },
}

/// The arguments of an archive.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct ArchiveArguments {
    /// Archive the rows before this date, at 00:00 UTC: at least 30 days ago.
    #[arg(long, value_name = "DATE", required = true)]
    pub before: Option<NaiveDate>,
    /// The folder of the archive. It has the earlier files, or at least their manifest.json.
    #[arg(long, value_name = "DIR", required = true)]
    pub to: Option<PathBuf>,
    /// The rows to archive.
    #[arg(long, value_name = "KIND", value_enum, default_value_t)]
    pub kind: ArchivedRows,
}

/// The rows to archive.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ArchivedRows {
    /// The movements of the ledger.
    #[default]
    Movements,
    /// The audit log.
    Audit,
}

impl ArchivedRows {
    fn kind(self) -> ArchiveKind {
        match self {
            Self::Movements => ArchiveKind::Movements,
            Self::Audit => ArchiveKind::Audit,
        }
    }
}

/// Archives rows. It may run beside a server.
///
/// # Errors
/// The date is too late, a file can't be written, or the database fails. The files that were written by then are complete.
pub(crate) async fn archive(config: &Config, arguments: ArchiveArguments) -> Result<()> {
    let (Some(before), Some(directory)) = (arguments.before, arguments.to) else {
        bail!("--before and --to are required");
    };
    let before = before.and_hms_opt(0, 0, 0).context("the date has no midnight")?.and_utc();
    let database = Database::open_shared(&config.database).await?;
    let work = async {
        let store = database.connect().await?;
        migrate_schema(&store).await?;
        let engine = Engine::start(store, config.engine.settings()).await?;
        let outcome = archive_rows(&engine, arguments.kind.kind(), before, &directory).await;
        engine.stop().await;
        outcome
    };
    let outcome = work.await;
    database.close().await?;
    outcome
}

async fn archive_rows(engine: &Engine, kind: ArchiveKind, before: Time, directory: &Path) -> Result<()> {
    let writer: Arc<dyn ArchiveWriter> = Arc::new(ArchiveFiles::new(directory.to_owned()));
    let archived = engine.archive(&Origin::COMMAND_LINE, kind, before, &writer).await?;
    let (files, rows, folder) = (archived.files, archived.rows, directory.display());
    print_line(&match rows {
        0 => format!("There are no {} to archive before {before}.", kind.noun()),
        _ => format!("{rows} {} archived in {files} files in {folder}.", kind.noun()),
    });
    Ok(())
}

/// Executes a command about archives.
///
/// # Errors
/// A file or a checkpoint is wrong, the folder has no manifest, or the database fails.
pub(crate) async fn run(config: &Config, command: ArchiveCommand) -> Result<()> {
    let ArchiveCommand::Verify { directory, files_only } = command;
    if files_only {
        return report(verify(&directory, None, print_line).await?, "Every file is complete");
    }
    let database = Database::open_existing(&config.database).await?;
    let work = async {
        let mut audit = database.audit().await?;
        let verified = verify(&directory, Some(&mut audit), print_line).await?;
        audit.close().await?;
        report(verified, "Every file is complete, and the checkpoints of the database are their sums")
    };
    let outcome = work.await;
    database.close().await?;
    outcome
}

fn report(verified: super::verify::Verified, text: &str) -> Result<()> {
    let super::verify::Verified { files, rows, faults } = verified;
    if faults > 0 {
        bail!("{faults} faults in an archive of {files} files");
    }
    print_line(&format!("{text}: {files} files, {rows} rows."));
    Ok(())
}
