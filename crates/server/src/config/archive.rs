//! The settings of archives.

use anyhow::{Result, ensure};
use domain::ARCHIVE_AGE_DAYS_MIN;
use std::path::PathBuf;
use std::time::Duration;

/// The longest time for which rows are kept, in days.
const DAYS_MAX: i64 = 36_500;

/// Archives.
#[derive(Debug, Clone, clap::Args)]
pub struct ArchiveConfig {
    /// How long movements are kept in the database, in days: 30 to 36,500; 0 for ever. Older ones are archived every hour. It
    /// needs archive_dir.
    #[arg(long, env = "STOCKHOLD_LEDGER_DAYS", default_value_t = 0, global = true, value_parser = days)]
    pub ledger_days: i32,
    /// The folder of the archive. Only one server of a database may have it. With it, audit events are archived before they are
    /// deleted.
    #[arg(long, env = "STOCKHOLD_ARCHIVE_DIR", value_name = "DIR", global = true)]
    pub archive_dir: Option<PathBuf>,
    /// The time between two archives. Tests shorten it.
    #[arg(skip = engine::ARCHIVE_INTERVAL)]
    pub archive_interval: Duration,
}

impl ArchiveConfig {
    /// Checks that movements are deleted only after they are in a file.
    ///
    /// # Errors
    /// `ledger_days` without `archive_dir`.
    pub(crate) fn check(&self) -> Result<()> {
        ensure!(
            self.ledger_days == 0 || self.archive_dir.is_some(),
            "ledger_days needs archive_dir: movements are deleted after they are in a file"
        );
        Ok(())
    }
}

/// Parses a number of days for which rows are kept: 0 is for ever.
///
/// # Errors
/// A number that is neither 0 nor [`ARCHIVE_AGE_DAYS_MIN`] to [`DAYS_MAX`].
pub(super) fn days(text: &str) -> Result<i32, String> {
    let expected = || format!("expected 0, or {ARCHIVE_AGE_DAYS_MIN} to {DAYS_MAX}");
    let days: i32 = text.parse().map_err(|_| expected())?;
    match days == 0 || (ARCHIVE_AGE_DAYS_MIN..=DAYS_MAX).contains(&i64::from(days)) {
        true => Ok(days),
        false => Err(expected()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_bounded() {
        assert_eq!((days("0"), days("30"), days("36500")), (Ok(0), Ok(30), Ok(36_500)));
        assert!(["29", "-1", "36501", "x", ""].into_iter().all(|text| days(text).is_err()));
    }

    #[test]
    fn movements_are_not_deleted_without_a_folder() {
        let with = |archive_dir: Option<&str>| ArchiveConfig {
            ledger_days: 90,
            archive_dir: archive_dir.map(PathBuf::from),
            archive_interval: engine::ARCHIVE_INTERVAL,
        };
        assert!(with(None).check().is_err());
        assert!(with(Some("archive")).check().is_ok());
    }
}
