//! Backups and restores of a real cluster with an archive, with the programs of this machine.
#![allow(clippy::unwrap_used)]

use std::fs::{self, OpenOptions, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use cluster::{Cluster, Error, Options, Restore, Restored, back_up};

struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("stockhold-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // The clusters may be elsewhere, behind links.
        for entry in fs::read_dir(&self.0).into_iter().flatten().flatten() {
            if let Ok(home) = entry.path().join("cluster").canonicalize() {
                let _ = fs::remove_dir_all(home);
            }
        }
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A stopped cluster with one backup, and changes after it in the archive.
struct Archived {
    scratch: Scratch,
}

impl Archived {
    fn new(name: &str) -> Self {
        let this = Self { scratch: Scratch::new(name) };
        let options = Options::durable(this.path("shop")).archive(this.path("archive"));
        let cluster = Cluster::start(&options).unwrap();
        cluster.query("postgres", "CREATE TABLE saved (n int); INSERT INTO saved VALUES (1)").unwrap();
        back_up(&this.path("shop"), &this.path("backups"), None, None).unwrap();
        cluster.query("postgres", "INSERT INTO saved VALUES (2)").unwrap();
        // The end of the server archives the rest of the log.
        cluster.stop().unwrap();
        this
    }

    fn path(&self, name: &str) -> PathBuf {
        self.scratch.path(name)
    }

    /// The names in the archive, sorted.
    fn archive(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path("archive")).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The newest segment in the archive.
    fn newest_segment(&self) -> PathBuf {
        let newest = self.archive().into_iter().rfind(|name| name.len() == 24).unwrap();
        self.path("archive").join(newest)
    }

    /// Restores beside the cluster, without an archive of its own.
    fn restore(&self, until: Option<&str>, log_folders: Vec<PathBuf>) -> Result<Restored, Error> {
        let until = until.map(str::to_owned);
        let restore = Restore { backup: self.path("backups"), until, timeline: None, log_folders };
        restore.run(&Options::durable(self.path("copy")))
    }

    /// Checks that a restore failed with `reason`, and left no data.
    fn check_failed(&self, restored: Result<Restored, Error>, reason: &str) {
        let error = restored.unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
        for data in ["data", "data.restoring"] {
            assert!(!self.path("copy/cluster").join(data).exists(), "{data}");
        }
    }

    fn saved(&self) -> String {
        let cluster = Cluster::start(&Options::durable(self.path("copy"))).unwrap();
        read(&cluster, "SELECT max(n) FROM saved")
    }

    fn start(&self) -> Cluster {
        Cluster::start(&Options::durable(self.path("shop")).archive(self.path("archive"))).unwrap()
    }

    /// Backs up the running shop. Returns the name of the backup.
    fn back_up(&self, keep: Option<usize>) -> String {
        let written =
            back_up(&self.path("shop"), &self.path("backups"), keep, Some(&self.path("archive"))).unwrap();
        name(&written.folder)
    }

    /// The names of the backups, sorted.
    fn backups(&self) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(self.path("backups")).unwrap().map(|entry| name(&entry.unwrap().path())).collect();
        names.sort();
        names
    }

    /// Removes the copy that a restore made.
    fn remove_copy(&self) {
        fs::remove_dir_all(self.path("copy/cluster").canonicalize().unwrap()).unwrap();
        fs::remove_dir_all(self.path("copy")).unwrap();
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

/// The only value of a query.
fn read(cluster: &Cluster, sql: &str) -> String {
    cluster.query("postgres", sql).unwrap().remove(0).remove(0).unwrap()
}

/// Inserts a row and ends the segment of the log.
fn save(cluster: &Cluster, n: i32) {
    cluster.query("postgres", &format!("INSERT INTO saved VALUES ({n})")).unwrap();
    cluster.query("postgres", "SELECT pg_switch_wal()").unwrap();
}

#[test]
fn two_backups_at_once_do_not_remove_each_other() {
    let scratch = Scratch::new("two-backups");
    let cluster = Cluster::start(&Options::durable(scratch.path("shop"))).unwrap();
    let backups = scratch.path("backups");
    let results = std::thread::scope(|scope| {
        let run = || back_up(&scratch.path("shop"), &backups, None, None);
        let threads = [scope.spawn(run), scope.spawn(run), scope.spawn(run)];
        threads.map(|thread| thread.join().unwrap())
    });
    let complete = results.iter().filter(|result| result.is_ok()).count();
    for error in results.into_iter().filter_map(Result::err) {
        assert!(error.to_string().contains("another backup"), "{error}");
    }
    assert!(complete > 0);
    assert_eq!(fs::read_dir(&backups).unwrap().count(), complete);

    // The failed removal of old segments is no failed backup.
    let archive = scratch.path("missing");
    let error = back_up(&scratch.path("shop"), &backups, Some(9), Some(&archive)).unwrap_err().to_string();
    assert!(error.contains("this backup is complete and verified"), "{error}");
    assert_eq!(fs::read_dir(&backups).unwrap().count(), complete + 1);
    cluster.stop().unwrap();
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_damaged_archive_is_an_error_and_no_end_of_the_log() {
    let shop = Archived::new("damaged-archive");
    let names = shop.archive();
    let segment = shop.newest_segment();
    set_mode(&segment, 0);
    shop.check_failed(shop.restore(None, vec![shop.path("archive")]), "can't be read or has a wrong size");
    set_mode(&segment, 0o600);
    let whole = fs::read(&segment).unwrap();
    OpenOptions::new().write(true).open(&segment).unwrap().set_len(100_000).unwrap();
    shop.check_failed(shop.restore(None, vec![shop.path("archive")]), "can't be read or has a wrong size");
    fs::write(&segment, whole).unwrap();
    shop.restore(None, vec![shop.path("archive")]).unwrap();
    assert_eq!(shop.saved(), "2");
    assert_eq!(shop.archive(), names, "a restore that only reads the archive");
}

#[test]
fn a_time_needs_a_log() {
    let shop = Archived::new("no-log");
    let until = "2099-01-01T00:00:00.000000Z";
    shop.check_failed(shop.restore(Some(until), Vec::new()), "--wal");
    shop.restore(None, Vec::new()).unwrap();
    assert_eq!(shop.saved(), "1");
}

#[test]
fn a_restore_to_a_time_abandons_later_backups_and_keeps_the_log_of_the_next_ones() {
    let shop = Archived::new("timelines");
    let archive = shop.path("archive");
    let first = shop.backups().remove(0);
    let cluster = shop.start();
    // A backup can be restored to times after its name, which is its end rounded up to a second.
    let time = loop {
        let time = read(&cluster, "SELECT to_char(clock_timestamp(), 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
        if time.replace(['-', ':'], "").as_str() >= first.trim_end_matches('Z') {
            break time;
        }
    };
    (3..=8).for_each(|n| save(&cluster, n));
    let abandoned = shop.back_up(None);
    save(&cluster, 9);
    cluster.stop().unwrap();
    fs::rename(shop.path("shop"), shop.path("lost")).unwrap();
    let options = Options::durable(shop.path("shop")).archive(&archive);
    let mut restore =
        Restore { backup: shop.path("backups"), until: Some(time), timeline: None, log_folders: Vec::new() };
    assert_eq!(restore.run(&options).unwrap().timeline, 2);
    let cluster = shop.start();
    assert_eq!(read(&cluster, "SELECT max(n) FROM saved"), "2");
    save(&cluster, 20);

    // The abandoned backup is the newest, and does not lead to the newest timeline.
    let restored = shop.restore(None, vec![archive.clone()]).unwrap();
    assert_eq!((name(&restored.backup), restored.last_change.is_some()), (first, true));
    assert_eq!(shop.saved(), "20");
    shop.remove_copy();
    let other = Restore { backup: shop.path("backups").join(&abandoned), until: None, ..restore.clone() };
    let copy = Options::durable(shop.path("copy"));
    let other = Restore { log_folders: vec![archive.clone()], ..other };
    shop.check_failed(other.run(&copy), "an earlier restore has left");
    // Its own timeline is still complete.
    (restore.until, restore.timeline, restore.log_folders) = (None, Some(1), vec![archive.clone()]);
    let restored = restore.run(&copy).unwrap();
    assert_eq!(name(&restored.backup), abandoned);
    assert_eq!(shop.saved(), "9");
    shop.remove_copy();

    let second = shop.back_up(None);
    save(&cluster, 21);
    let third = shop.back_up(Some(3));
    assert_eq!(shop.backups(), [abandoned, second.clone(), third]);
    save(&cluster, 22);
    cluster.stop().unwrap();
    // The kept backup that follows the restore has all of its log.
    restore.backup = shop.path("backups").join(second);
    restore.timeline = None;
    restore.run(&copy).unwrap();
    assert_eq!(shop.saved(), "22");
}
