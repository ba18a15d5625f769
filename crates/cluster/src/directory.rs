//! The folders of a cluster, with access for PostgreSQL's user.

use std::fs::{self, File, Permissions, TryLockError};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{ErrorKind, Read as _, Seek as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crate::error::Error;
use crate::process::{can_enter, command, run};
use crate::system::User;

/// The maximum length of a unix socket's path on every system, in bytes (macOS: 104 with the terminating zero).
const SOCKET_PATH_BYTES_MAX: usize = 103;

/// PostgreSQL's file name for the socket of port 5432.
pub(crate) const SOCKET_NAME: &str = ".s.PGSQL.5432";

/// The name of PGDATA in the home.
pub(crate) const DATA: &str = "data";

/// The name of PGDATA during a restore, so that an interrupted restore is never used.
pub(crate) const RESTORING: &str = "data.restoring";

/// How long another process may take to give a new folder to PostgreSQL's user.
const HANDOVER: Duration = Duration::from_millis(200);

/// A cluster's folders.
#[derive(Debug, Clone)]
pub(crate) struct Directory {
    /// The folder that PostgreSQL's user owns. Its programs run in it.
    pub(crate) home: PathBuf,
    /// Whether the home is outside the requested directory.
    pub(crate) moved: bool,
    /// The name of PGDATA in the home: [`DATA`], or [`RESTORING`] until a restore is complete.
    pub(crate) data_name: &'static str,
}

impl Directory {
    /// Creates the missing folders below `directory`, owned by `user`.
    pub(crate) fn prepare(directory: &Path, user: Option<&User>) -> Result<Self, Error> {
        let link = directory.join("cluster");
        let moved = match fs::symlink_metadata(&link) {
            Ok(found) => found.is_symlink(),
            Err(_) => create_home(directory, &link, user)?,
        };
        let home = link.canonicalize().map_err(Error::file("find", &link))?;
        if let Some(user) = user
            && !can_enter(user, &home)
        {
            return Err(not_usable(&home, Some(user), "enter"));
        }
        // As the user itself: root must not follow links that the user may have created in its folder.
        run(command(Path::new("/bin/mkdir"), user, &home).args(["-p", "-m", "0700", "log", "run"]))?;
        Ok(Self { moved, ..Self::of_home(home) })
    }

    /// The folders in this home.
    pub(crate) fn of_home(home: PathBuf) -> Self {
        Self { home, moved: false, data_name: DATA }
    }

    /// PGDATA.
    pub(crate) fn data(&self) -> PathBuf {
        self.home.join(self.data_name)
    }

    /// The path of a file in PGDATA, relative to the home.
    pub(crate) fn in_data(&self, file: &str) -> String {
        format!("{}/{file}", self.data_name)
    }

    /// Fails if a restore was interrupted: the caller expects the restored data, not a new, empty cluster.
    pub(crate) fn check_no_restore(&self) -> Result<(), Error> {
        let path = self.home.join(RESTORING);
        match path.symlink_metadata() {
            Ok(_) => Err(Error::Directory {
                path,
                reason: "this restore was interrupted; run `stockhold restore` again, or remove this folder for a new, \
                         empty database"
                    .into(),
            }),
            Err(_) => Ok(()),
        }
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.home.join("log")
    }

    /// The folder of the socket: `run`, or a short temporary folder if that path is too long for a socket.
    pub(crate) fn socket_folder(&self, user: Option<&User>) -> Result<PathBuf, Error> {
        let own = self.home.join("run");
        if fits(&own) {
            return Ok(own);
        }
        for base in [std::env::temp_dir(), PathBuf::from("/tmp")] {
            let short = base.join(unique_name("stockhold-run"));
            if fits(&short) {
                // Always a new folder: another user may have created one with this name.
                fs::create_dir(&short).map_err(Error::file("create", &short))?;
                create_private_folder(&short, user)?;
                return Ok(short);
            }
        }
        Err(Error::Directory { path: own, reason: "the path is too long for a unix socket".into() })
    }

    /// The user to run as. Existing data keep their owner.
    pub(crate) fn owner(directory: &Path, user: Option<User>) -> Result<Option<User>, Error> {
        let data = directory.join("cluster/data");
        let Ok(found) = fs::metadata(&data) else { return Ok(user) };
        match user {
            Some(user) if found.uid() == user.uid => Ok(Some(user)),
            // This process is root and may run as the owner of the data.
            Some(_) if found.uid() != 0 => {
                Ok(Some(User { name: format!("#{}", found.uid()), uid: found.uid(), gid: found.gid() }))
            }
            None if found.uid() == crate::system::effective_uid() => Ok(None),
            _ => Err(Error::Directory {
                path: data,
                reason: format!("the data belong to the user with id {}", found.uid()),
            }),
        }
    }
}

/// The lock that the owning process holds until it ends.
#[derive(Debug)]
pub(crate) struct OwnerLock {
    file: File,
}

/// Unlocks explicitly. Closing the file is not enough: a child process between `fork` and `exec` has the file open as
/// well.
impl Drop for OwnerLock {
    fn drop(&mut self) {
        let _ = self.file.unlock();
    }
}

impl OwnerLock {
    /// Takes the lock of `directory`.
    ///
    /// # Errors
    /// [`Error::InUse`] with the owner's process id if another process holds it.
    pub(crate) fn take(directory: &Path) -> Result<Self, Error> {
        let path = directory.join("owner.lock");
        let mut file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(Error::file("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                let _ = file.read_to_string(&mut text);
                let owner = text.trim().parse().ok();
                return Err(Error::InUse { directory: directory.to_owned(), owner });
            }
            Err(TryLockError::Error(error)) => return Err(Error::file("lock", &path)(error)),
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .map_err(Error::file("write", &path))?;
        Ok(Self { file })
    }
}

/// Creates `directory` if it does not exist. Other users can enter it.
pub(crate) fn create_directory(directory: &Path) -> Result<PathBuf, Error> {
    if !directory.is_dir() {
        fs::create_dir_all(directory).map_err(Error::file("create", directory))?;
        fs::set_permissions(directory, Permissions::from_mode(0o755))
            .map_err(Error::file("open", directory))?;
    }
    directory.canonicalize().map_err(Error::file("find", directory))
}

/// Creates a folder outside the home in which PostgreSQL's programs write, owned by `user`, or checks an existing one.
pub(crate) fn prepare_shared_folder(folder: &Path, user: Option<&User>) -> Result<(), Error> {
    if !folder.is_dir() {
        if let Some(parent) = folder.parent() {
            fs::create_dir_all(parent).map_err(Error::file("create", parent))?;
        }
        create_private_folder(folder, user)?;
    }
    if is_writable(folder, user) {
        return Ok(());
    }
    // Another process may have created the folder just now, and not have given it to the user yet.
    thread::sleep(HANDOVER);
    if is_writable(folder, user) { Ok(()) } else { Err(not_usable(folder, user, "write to")) }
}

/// Whether `user` can enter a folder and write to it.
fn is_writable(folder: &Path, user: Option<&User>) -> bool {
    let mut check = command(Path::new("/bin/sh"), user, Path::new("/"));
    check.args(["-c", "test -w \"$0\" && test -x \"$0\""]).arg(folder);
    check.status().is_ok_and(|status| status.success())
}

/// The error about a folder that PostgreSQL's user can't enter or write to.
pub(crate) fn not_usable(folder: &Path, user: Option<&User>, action: &str) -> Error {
    let name = user.map_or("of this process", |user| user.name.as_str());
    let reason = format!("PostgreSQL runs as the user {name}, who can't {action} this folder");
    Error::Directory { path: folder.to_owned(), reason }
}

/// The folder for files that root creates and PostgreSQL's user must reach.
pub(crate) fn shared_directory() -> Result<PathBuf, Error> {
    create_directory(Path::new("/var/lib/stockhold"))
}

/// Copies a folder with its links. The copy is readable by everyone; executable files stay executable.
pub(crate) fn copy_tree(from: &Path, to: &Path) -> Result<(), Error> {
    create_directory(to)?;
    for entry in fs::read_dir(from).map_err(Error::file("read", from))? {
        let entry = entry.map_err(Error::file("read", from))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().map_err(Error::file("read", &source))?;
        if kind.is_dir() {
            copy_tree(&source, &target)?;
        } else if kind.is_symlink() {
            let aim = fs::read_link(&source).map_err(Error::file("read", &source))?;
            symlink(aim, &target).map_err(Error::file("link", &target))?;
        } else {
            fs::copy(&source, &target).map_err(Error::file("copy", &source))?;
            let runnable = entry.metadata().map_err(Error::file("read", &source))?.mode() & 0o100 != 0;
            fs::set_permissions(&target, Permissions::from_mode(if runnable { 0o755 } else { 0o644 }))
                .map_err(Error::file("open", &target))?;
        }
    }
    Ok(())
}

/// Returns a name that is unique across processes and calls.
pub(crate) fn unique_name(prefix: &str) -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let call = CALLS.fetch_add(1, Ordering::Relaxed);
    format!("{prefix}-{}-{call}-{:08x}", std::process::id(), now.subsec_nanos())
}

/// Creates the cluster's home at `link`, or elsewhere with a link to it. Returns whether it is elsewhere.
fn create_home(directory: &Path, link: &Path, user: Option<&User>) -> Result<bool, Error> {
    if user.is_none_or(|user| can_enter(user, directory)) {
        create_private_folder(link, user)?;
        return Ok(false);
    }
    let mut hasher = DefaultHasher::new();
    directory.hash(&mut hasher);
    let home = shared_directory()?.join(format!("{:016x}", hasher.finish()));
    create_private_folder(&home, user)?;
    symlink(&home, link).map_err(Error::file("link", link))?;
    Ok(true)
}

/// Creates a folder that only `user` can enter.
fn create_private_folder(folder: &Path, user: Option<&User>) -> Result<(), Error> {
    match fs::create_dir(folder) {
        // Another process may create it at the same time.
        Err(error) if error.kind() == ErrorKind::AlreadyExists && folder.is_dir() => {}
        created => created.map_err(Error::file("create", folder))?,
    }
    fs::set_permissions(folder, Permissions::from_mode(0o700)).map_err(Error::file("close", folder))?;
    if let Some(user) = user {
        chown(folder, Some(user.uid), Some(user.gid)).map_err(Error::file("give away", folder))?;
    }
    Ok(())
}

fn fits(folder: &Path) -> bool {
    folder.join(SOCKET_NAME).as_os_str().len() <= SOCKET_PATH_BYTES_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch() -> PathBuf {
        let path = std::env::temp_dir().join(unique_name("stockhold-directory"));
        create_directory(&path).expect("a scratch folder")
    }

    #[test]
    fn the_lock_names_its_owner() {
        let folder = scratch();
        let lock = OwnerLock::take(&folder).expect("free");
        let error = OwnerLock::take(&folder).expect_err("taken");
        assert!(matches!(error, Error::InUse { owner: Some(pid), .. } if pid == std::process::id()));
        // A child process between `fork` and `exec` has such a handle.
        let inherited = lock.file.try_clone().expect("a second handle");
        drop(lock);
        OwnerLock::take(&folder).expect("free again");
        drop(inherited);
        fs::remove_dir_all(folder).expect("removed");
    }

    #[test]
    fn a_long_path_gets_a_short_socket_folder() {
        let folder = scratch();
        let deep = create_directory(&folder.join("x".repeat(120))).expect("a deep folder");
        let directory = Directory::prepare(&deep, None).expect("prepared");
        let socket = directory.socket_folder(None).expect("a socket folder");
        assert!(fits(&socket) && !socket.starts_with(&directory.home));
        fs::remove_dir(socket).expect("removed");
        fs::remove_dir_all(folder).expect("removed");
    }

    #[test]
    fn a_copied_tree_keeps_links_and_permissions() {
        let folder = scratch();
        let source = create_directory(&folder.join("a/b")).expect("a source");
        fs::write(source.join("program"), "#!").expect("written");
        fs::set_permissions(source.join("program"), Permissions::from_mode(0o700)).expect("made runnable");
        symlink("program", source.join("link")).expect("linked");
        copy_tree(&folder.join("a"), &folder.join("c")).expect("copied");
        let copied = folder.join("c/b");
        assert_eq!(fs::metadata(copied.join("program")).expect("there").mode() & 0o777, 0o755);
        assert_eq!(fs::read_link(copied.join("link")).expect("a link"), Path::new("program"));
        fs::remove_dir_all(folder).expect("removed");
    }
}
