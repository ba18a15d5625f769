//! `stockhold backup` and `stockhold restore`, for the private PostgreSQL.

use crate::config::DatabaseConfig;
use crate::database::{Database, private_options};
use crate::output::print_line;
use anyhow::{Context as _, Result, bail};
use chrono::{DateTime, SecondsFormat, Utc};
use cluster::{Restore, back_up as write_backup};
use std::path::PathBuf;

/// The arguments of `stockhold backup`.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct BackupArguments {
    /// The folder of the backups. Each is a subfolder with the time of its end in UTC as its name.
    folder: PathBuf,
    /// Remove the oldest backups in the folder until N are left, and the archived log that none of them needs.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    keep: Option<u16>,
}

/// The arguments of `stockhold restore`.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct RestoreArguments {
    /// A backup, or the folder of the backups, of which the newest is used, or with --until the newest before that time.
    folder: PathBuf,
    /// Restore the changes up to this time, such as 2026-11-30T12:15:00Z, instead of all.
    #[arg(long, value_name = "TIME", value_parser = DateTime::parse_from_rfc3339)]
    until: Option<DateTime<chrono::FixedOffset>>,
    /// Follow this timeline of the log instead of the newest. Each restore from the archive begins a new one.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    timeline: Option<u32>,
    /// Another folder with the newest write-ahead log, besides the archive: pg_wal of the lost data. May be given more than
    /// once.
    #[arg(long, value_name = "FOLDER")]
    wal: Vec<PathBuf>,
}

/// Writes a backup.
///
/// # Errors
/// The database is not private, there is none, or PostgreSQL's programs fail.
pub(crate) async fn back_up(config: &DatabaseConfig, arguments: BackupArguments) -> Result<()> {
    check_private(config)?;
    let database = Database::open_existing(config).await?;
    let folder = database.folder().map(PathBuf::from).context("the database is not private")?;
    let archive = config.wal_archive_dir.clone();
    let BackupArguments { folder: target, keep } = arguments;
    let written = tokio::task::spawn_blocking(move || {
        write_backup(&folder, &target, keep.map(usize::from), archive.as_deref())
    })
    .await?;
    database.close().await?;
    let written = written?;
    print_line(&format!("The backup {} is complete and verified.", written.folder.display()));
    for removed in written.removed {
        print_line(&format!("The backup {} was removed.", removed.display()));
    }
    if config.wal_archive_dir.is_none() {
        print_line("Later changes can't be restored: STOCKHOLD_WAL_ARCHIVE_DIR is not set.");
    }
    Ok(())
}

/// Restores a backup.
///
/// # Errors
/// The database is not private, the data directory has one, the log does not reach the time, or PostgreSQL's programs fail.
pub(crate) async fn restore(config: &DatabaseConfig, arguments: RestoreArguments) -> Result<()> {
    check_private(config)?;
    let options = private_options(config);
    let until =
        arguments.until.map(|time| time.with_timezone(&Utc).to_rfc3339_opts(SecondsFormat::Micros, true));
    let RestoreArguments { folder: backup, timeline, wal: log_folders, .. } = arguments;
    let restore = Restore { backup, until, timeline, log_folders };
    let restored = tokio::task::spawn_blocking(move || restore.run(&options)).await??;
    print_line(&format!(
        "The backup {} was restored, on timeline {}.",
        restored.backup.display(),
        restored.timeline
    ));
    match restored.last_change {
        Some(time) => print_line(&format!("The last change is of {time}.")),
        None => print_line("The log has no change after the backup."),
    }
    print_line("Run `stockhold reconcile` before the server.");
    Ok(())
}

/// Rejects an external database, whose files this machine may not have.
fn check_private(config: &DatabaseConfig) -> Result<()> {
    if config.url().is_some() {
        bail!(
            "this command is for the private PostgreSQL, and DATABASE_URL names another database: use the backups of its \
             provider, or pgBackRest (https://pgbackrest.org)"
        );
    }
    Ok(())
}
