//! Users and file systems of the operating system.

use std::path::Path;

use nix::sys::statvfs::statvfs;
use nix::unistd::{Uid, geteuid};

/// A user that a process can run as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl From<nix::unistd::User> for User {
    fn from(user: nix::unistd::User) -> Self {
        Self { name: user.name, uid: user.uid.as_raw(), gid: user.gid.as_raw() }
    }
}

/// The effective user id of this process.
pub(crate) fn effective_uid() -> u32 {
    geteuid().as_raw()
}

/// Looks up a user by name; `None` if the system has no such user.
pub(crate) fn user_named(name: &str) -> Option<User> {
    nix::unistd::User::from_name(name).ok().flatten().map(User::from)
}

/// Looks up a user by id; `None` if the system has no such user.
pub(crate) fn user_with_id(uid: u32) -> Option<User> {
    nix::unistd::User::from_uid(Uid::from_raw(uid)).ok().flatten().map(User::from)
}

/// The free space for an ordinary user on the file system of `path`, in bytes.
pub(crate) fn free_space(path: &Path) -> Option<u64> {
    let stats = statvfs(path).ok()?;
    // The types differ between Linux and macOS.
    #[allow(clippy::unnecessary_cast, clippy::useless_conversion)]
    Some((stats.blocks_available() as u64).saturating_mul(stats.fragment_size() as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_is_user_zero() {
        assert_eq!(user_named("root").map(|user| user.uid), Some(0));
        assert_eq!(user_with_id(0), user_named("root"));
    }

    #[test]
    fn an_unknown_user_is_none() {
        assert_eq!(user_named("no-such-user-here"), None);
        assert_eq!(user_named("nul\0byte"), None);
        assert_eq!(user_with_id(u32::MAX - 7), None);
    }

    #[test]
    fn the_temporary_folder_has_space() {
        assert!(free_space(&std::env::temp_dir()).is_some_and(|bytes| bytes > 0));
        assert_eq!(free_space(Path::new("/no/such/path")), None);
    }
}
