//! Restores a base backup and the archived log into an empty directory.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::archive::restore_command;
use crate::backup::backups;
use crate::binaries::{Binaries, data_version};
use crate::directory::{DATA, RESTORING, not_usable};
use crate::error::Error;
use crate::lifecycle::{Cluster, MAINTENANCE_DATABASE};
use crate::process::{can_enter, command, run};
use crate::settings::Options;
use crate::timelines::{BackupEnd, MANIFEST};

/// The programs that a restore needs.
const PROGRAMS: [&str; 2] = ["pg_verifybackup", "pg_waldump"];

/// The interval of asking whether the log has been replayed.
const REPLAY_INTERVAL: Duration = Duration::from_millis(100);

/// Copies the folder `$0` to `$1`, readable by the owner only.
const COPY: &str = "umask 077 && cp -R \"$0/.\" \"$1\"";

/// Reads the timeline, as eight hexadecimal digits, and the time of the last replayed commit; no row during the replay.
const REPLAYED_QUERY: &str = r#"
    SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8),
           to_char(pg_last_xact_replay_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
     WHERE NOT pg_is_in_recovery()"#;

/// The end of a log line of PostgreSQL: the log ends before the requested time.
const LOG_TOO_SHORT: &str = "recovery ended before configured recovery target was reached";

/// A log line of PostgreSQL: the requested time is before the end of the backup.
const BACKUP_TOO_NEW: &str = "requested recovery stop point is before consistent recovery point";

/// A part of PostgreSQL's log line about a backup that ended after the requested timeline had left its own.
const OTHER_TIMELINE: &str = "is not a child of this server's history";

/// The parts of PostgreSQL's log lines about a file of the archived log that can't be copied, or has another size.
const LOG_NOT_READABLE: [&str; 2] = ["could not restore file", "has wrong size"];

/// The backup to restore, and the part of the log to replay.
#[derive(Debug, Clone)]
pub struct Restore {
    /// A backup, or a folder of backups. In a folder, the newest backup is used that ended before `until` and leads to the
    /// timeline.
    pub backup: PathBuf,
    /// The time of the last change to restore, in UTC, such as `2026-11-30T12:15:00.000000Z`; `None` for the end of the log.
    pub until: Option<String>,
    /// The timeline to follow, which a restore before this one may have ended; `None` for the newest.
    pub timeline: Option<u32>,
    /// Folders with segments of the log that are not in the archive, such as `pg_wal` of the lost data.
    pub log_folders: Vec<PathBuf>,
}

/// A restored cluster, which does not run.
#[derive(Debug)]
pub struct Restored {
    /// The backup that was used.
    pub backup: PathBuf,
    /// The time of the last replayed commit, in the format of [`Restore::until`]; `None` if the log had none.
    pub last_change: Option<String>,
    /// The timeline of the restored cluster. A restore from the archive begins a new one.
    pub timeline: u32,
}

impl Restore {
    /// Restores into the options' directory, which must have no data.
    ///
    /// # Errors
    /// [`Error::Directory`] if the directory has data, no backup ended before the time and leads to the timeline, or a time
    /// or a timeline is given and no folder has the log. [`Error::Restore`] if the log does
    /// not reach the time. The backup is not changed, and no data are left in the directory.
    pub fn run(&self, options: &Options) -> Result<Restored, Error> {
        let present = options.directory.join("cluster").join(DATA);
        if present.symlink_metadata().is_ok() {
            return Err(Error::Directory {
                path: present,
                reason:
                    "there is a database, and a restore never overwrites one; move this folder away, or name \
                         another directory with STOCKHOLD_DATA_DIR"
                        .into(),
            });
        }
        let has_log = options.archive.is_some() || !self.log_folders.is_empty();
        if !has_log && (self.until.is_some() || self.timeline.is_some()) {
            return Err(Error::Directory {
                path: self.backup.clone(),
                reason: "--until and --timeline need the archived log; name its folder with wal_archive_dir \
                         (STOCKHOLD_WAL_ARCHIVE_DIR) or with --wal"
                    .into(),
            });
        }
        let backup = self.choose(&self.all_log_folders(options)?)?;
        let version = data_version(&backup).ok_or_else(|| Error::Directory {
            path: backup.clone(),
            reason: "this is no base backup: it has no PG_VERSION".into(),
        })?;
        let mut cluster = Cluster::open(options, |_| Binaries::find_version(version))?;
        cluster.binaries.check_programs(&PROGRAMS)?;
        cluster.directory.data_name = RESTORING;
        let restored = self.copy(&cluster, &backup).and_then(|()| self.replay(&mut cluster));
        match restored {
            Ok((timeline, last_change)) => {
                let (from, to) = (cluster.directory.data(), cluster.directory.home.join(DATA));
                fs::rename(from, &to).map_err(Error::file("complete", &to))?;
                Ok(Restored { backup, last_change, timeline })
            }
            Err(error) => {
                let _ = cluster.shut_down();
                let _ = remove_interrupted(&cluster);
                Err(error)
            }
        }
    }

    /// The folders of the log in the order in which they are read: the archive first.
    fn all_log_folders(&self, options: &Options) -> Result<Vec<PathBuf>, Error> {
        let mut folders: Vec<_> = options.archive.iter().cloned().collect();
        for folder in &self.log_folders {
            folders.push(folder.canonicalize().map_err(Error::file("find", folder))?);
        }
        Ok(folders)
    }

    /// Chooses the backup. `log_folders` have the history of the timelines: a backup that an earlier restore to a point in time
    /// has abandoned is not chosen, although it is newer.
    fn choose(&self, log_folders: &[PathBuf]) -> Result<PathBuf, Error> {
        let folder = self.backup.canonicalize().map_err(Error::file("find", &self.backup))?;
        if folder.join(MANIFEST).exists() {
            return Ok(folder);
        }
        // The names of backups are times without separators.
        let until = self.until.as_ref().map(|until| until.replace(['-', ':'], ""));
        let ended_before = |backup: &PathBuf| match (&until, backup.file_name()) {
            (Some(until), Some(name)) => name.to_string_lossy().trim_end_matches('Z') <= until.as_str(),
            _ => true,
        };
        let mut found = backups(&folder)?;
        let oldest = found.first().and_then(|oldest| oldest.file_name()).map(ToOwned::to_owned);
        found.retain(ended_before);
        for backup in found.iter().rev() {
            if BackupEnd::read(backup)?.leads_to(self.timeline, log_folders)? {
                return Ok(backup.clone());
            }
        }
        Err(Error::Directory {
            reason: match (oldest, &self.until) {
                (Some(_), _) if !found.is_empty() => {
                    "the backups belong to other timelines than the requested log; name the timeline of one with \
                     --timeline, or further folders of the log with --wal"
                        .into()
                }
                (Some(oldest), Some(until)) => {
                    format!("no backup ended before {until}; the oldest is {}", oldest.to_string_lossy())
                }
                _ => "there is no backup".into(),
            },
            path: folder,
        })
    }

    /// Copies the backup and verifies the copy.
    fn copy(&self, cluster: &Cluster, backup: &Path) -> Result<(), Error> {
        if let Some(user) = &cluster.user {
            for folder in self.log_folders.iter().map(PathBuf::as_path).chain([backup]) {
                if !can_enter(user, folder) {
                    return Err(not_usable(folder, Some(user), "enter"));
                }
            }
        }
        remove_interrupted(cluster)?;
        let mut copy = command(Path::new("/bin/sh"), cluster.user.as_ref(), &cluster.directory.home);
        run(copy.args(["-c", COPY]).arg(backup).arg(RESTORING))?;
        run(cluster.command("pg_verifybackup").args(["--quiet", RESTORING])).map(drop)
    }

    /// Replays the log, and stops the server. Returns the timeline, and the time of the last replayed commit.
    fn replay(&self, cluster: &mut Cluster) -> Result<(u32, Option<String>), Error> {
        let folders = self.all_log_folders(&cluster.options)?;
        if !folders.is_empty() {
            let signal = cluster.directory.in_data("recovery.signal");
            let mut create = command(Path::new("/bin/sh"), cluster.user.as_ref(), &cluster.directory.home);
            run(create.args(["-c", ": >\"$0\"", &signal]))?;
            let mut options = cluster.options.clone();
            options = options.set("restore_command", restore_command(&folders));
            if let Some(until) = &self.until {
                // PostgreSQL reads this setting before it has names of time zones.
                let until = until.replace('Z', "+00");
                options = options.set("recovery_target_time", until).set("recovery_target_action", "promote");
            }
            if let Some(timeline) = self.timeline {
                options = options.set("recovery_target_timeline", timeline.to_string());
            }
            cluster.options = options;
        }
        cluster.bring_up().map_err(|error| self.explain(error))?;
        let replayed = wait_for_replay(cluster).map_err(|error| self.explain(error))?;
        cluster.shut_down()?;
        Ok(replayed)
    }

    /// Adds the remedy to an error of PostgreSQL.
    fn explain(&self, error: Error) -> Error {
        let Error::Program { output, .. } = &error else { return error };
        let until = self.until.as_deref().unwrap_or_default();
        let reason = if output.contains(LOG_TOO_SHORT) {
            format!(
                "the log ends before {until}; restore without --until for its end, or name further folders of the log \
                 with --wal"
            )
        } else if output.contains(BACKUP_TOO_NEW) {
            format!("the backup ended after {until}; choose an older one")
        } else if output.contains(OTHER_TIMELINE) {
            "the backup is of a timeline that an earlier restore has left before its end; choose another backup, or name \
             the timeline of this one with --timeline"
                .to_owned()
        } else if LOG_NOT_READABLE.iter().any(|line| output.contains(line)) {
            "a file of the archived log can't be read or has a wrong size, and changes would be missing without it; \
             replace it by a good copy"
                .to_owned()
        } else {
            return error;
        };
        Error::Restore { reason, source: Box::new(error) }
    }
}

/// Removes the data of an interrupted restore, and stops the server that may still run on them.
fn remove_interrupted(cluster: &Cluster) -> Result<(), Error> {
    let _ =
        run(cluster.command("pg_ctl").args(["stop", "--silent", "--mode=immediate", "--pgdata", RESTORING]));
    let mut remove = command(Path::new("/bin/rm"), cluster.user.as_ref(), &cluster.directory.home);
    run(remove.args(["-rf", RESTORING])).map(drop)
}

/// Waits until the log has been replayed. Has no time limit, because the log may be long. Returns the timeline, and the time
/// of the last replayed commit.
fn wait_for_replay(cluster: &Cluster) -> Result<(u32, Option<String>), Error> {
    loop {
        match cluster.query(MAINTENANCE_DATABASE, REPLAYED_QUERY) {
            Ok(mut rows) => {
                if let Some(row) = rows.pop() {
                    let [timeline, last_change] = row.try_into().unwrap_or_default();
                    let timeline = u32::from_str_radix(&timeline.unwrap_or_default(), 16).unwrap_or_default();
                    return Ok((timeline, last_change));
                }
            }
            // PostgreSQL ends if the log does not reach the requested time.
            Err(error) if !cluster.has_process() => {
                return Err(cluster.with_log(Error::Program {
                    program: "postgres".into(),
                    status: "it has ended".into(),
                    output: error.to_string(),
                }));
            }
            Err(_) => {}
        }
        std::thread::sleep(REPLAY_INTERVAL);
    }
}
