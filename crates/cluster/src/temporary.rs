//! Folders for throw-away clusters, and the tidying up after owners that were killed.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::directory::{OwnerLock, create_directory, unique_name};
use crate::error::Error;
use crate::process::{can_enter, command, run};
use crate::system::{User, free_space};

/// What every such folder's name starts with.
const PREFIX: &str = "stockhold-test";

/// The memory that a test run must leave to others before its data are laid there.
const ROOM: u64 = 2 * 1024 * 1024 * 1024;

/// How long a new folder is left alone by the others' tidying.
const GRACE: Duration = Duration::from_secs(60);

/// A folder that goes when this value goes.
#[derive(Debug)]
pub(crate) struct Temporary {
    path: PathBuf,
}

impl Temporary {
    /// A new folder that `user` can reach: in memory where there is room.
    pub(crate) fn create(user: Option<&User>) -> Result<Self, Error> {
        let memory = Path::new("/dev/shm");
        let roomy = free_space(memory).is_some_and(|bytes| bytes >= ROOM);
        let bases = roomy.then(|| memory.to_owned()).into_iter().chain([std::env::temp_dir()]);
        let base = bases
            .filter(|base| base.is_dir())
            .find(|base| user.is_none_or(|user| can_enter(user, base)))
            .unwrap_or_else(|| PathBuf::from("/tmp"));
        sweep(&base);
        Ok(Self { path: create_directory(&base.join(unique_name(PREFIX)))? })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // What can't be removed now is swept by the next one.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Removes the folders in `base` whose owner is gone, with the servers that still run in them.
fn sweep(base: &Path) {
    for entry in fs::read_dir(base).into_iter().flatten().flatten() {
        let folder = entry.path();
        let ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        // A young one may still be on its way to its lock.
        if !ours || !is_older_than(&folder.join("owner.lock"), GRACE) {
            continue;
        }
        if OwnerLock::take(&folder).is_ok() {
            stop_leftover(&folder);
            let _ = fs::remove_dir_all(&folder);
        }
    }
}

/// Whether the file is there, and was last written longer ago than `age`.
fn is_older_than(file: &Path, age: Duration) -> bool {
    let written = fs::metadata(file).and_then(|data| data.modified());
    written.is_ok_and(|time| time.elapsed().is_ok_and(|passed| passed > age))
}

/// Ends a server that nobody owns, gone data and all; that it may not run is no matter.
fn stop_leftover(folder: &Path) {
    let data = folder.join("cluster/data");
    let Ok(note) = fs::read_to_string(data.join("postmaster.pid")) else { return };
    // SIGQUIT is PostgreSQL's immediate stop. The number is trusted only while a socket of this very
    // folder answers: after a restart of the machine it may be another program's.
    let alive = std::os::unix::net::UnixStream::connect(folder.join("cluster/run/.s.PGSQL.5432")).is_ok();
    if let (true, Some(pid)) = (alive, note.lines().next()) {
        let _ = run(command(Path::new("/bin/kill"), None, Path::new("/")).args(["-QUIT", pid]));
        std::thread::sleep(Duration::from_millis(200));
    }
}
