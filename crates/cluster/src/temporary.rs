//! Folders for temporary clusters, and the removal of folders of killed owners.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::directory::{OwnerLock, create_directory, unique_name};
use crate::error::Error;
use crate::process::{can_enter, command, run};
use crate::system::{User, free_space};

/// The name prefix of these folders.
const PREFIX: &str = "stockhold-test";

/// The free space that /dev/shm must have for a temporary cluster, in bytes.
const MEMORY_BYTES_MIN: u64 = 2 * 1024 * 1024 * 1024;

/// The minimum age of a folder before another process removes it.
const AGE_MIN: Duration = Duration::from_secs(60);

/// A folder that is removed when this value is dropped.
#[derive(Debug)]
pub(crate) struct Temporary {
    path: PathBuf,
}

impl Temporary {
    /// Creates a folder that `user` can enter: in memory if there is enough space.
    pub(crate) fn create(user: Option<&User>) -> Result<Self, Error> {
        let memory = Path::new("/dev/shm");
        let has_space = free_space(memory).is_some_and(|bytes| bytes >= MEMORY_BYTES_MIN);
        let bases = has_space.then(|| memory.to_owned()).into_iter().chain([std::env::temp_dir()]);
        let base = bases
            .filter(|base| base.is_dir())
            .find(|base| user.is_none_or(|user| can_enter(user, base)))
            .unwrap_or_else(|| PathBuf::from("/tmp"));
        remove_abandoned(&base);
        Ok(Self { path: create_directory(&base.join(unique_name(PREFIX)))? })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // The next cluster removes remaining files.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Removes the folders in `base` without an owner, and stops the servers that still run in them.
fn remove_abandoned(base: &Path) {
    for entry in fs::read_dir(base).into_iter().flatten().flatten() {
        let folder = entry.path();
        let ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        // The owner of a new folder may not have its lock yet.
        if !ours || !is_older_than(&folder.join("owner.lock"), AGE_MIN) {
            continue;
        }
        if OwnerLock::take(&folder).is_ok() {
            stop_abandoned(&folder);
            let _ = fs::remove_dir_all(&folder);
        }
    }
}

/// Returns whether the file exists and was last written longer than `age` ago.
fn is_older_than(file: &Path, age: Duration) -> bool {
    let written = fs::metadata(file).and_then(|data| data.modified());
    written.is_ok_and(|time| time.elapsed().is_ok_and(|passed| passed > age))
}

/// Stops a server without an owner, if one runs.
fn stop_abandoned(folder: &Path) {
    let data = folder.join("cluster/data");
    let Ok(pid_file) = fs::read_to_string(data.join("postmaster.pid")) else { return };
    // SIGQUIT is PostgreSQL's immediate shutdown. The process id is used only if a socket in this folder accepts
    // connections: after a restart of the machine, another program may have the id.
    let alive = std::os::unix::net::UnixStream::connect(folder.join("cluster/run/.s.PGSQL.5432")).is_ok();
    if let (true, Some(pid)) = (alive, pid_file.lines().next()) {
        let _ = run(command(Path::new("/bin/kill"), None, Path::new("/")).args(["-QUIT", pid]));
        std::thread::sleep(Duration::from_millis(200));
    }
}
