//! Calls of the C library.
#![allow(unsafe_code)]

use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// A user that a process can run as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

/// The effective user id of this process.
pub(crate) fn effective_uid() -> u32 {
    // SAFETY: the function has no arguments, accesses no memory and can't fail.
    unsafe { libc::geteuid() }
}

/// Looks up a user by name; `None` if the system has no such user.
pub(crate) fn user_named(name: &str) -> Option<User> {
    let c_name = CString::new(name).ok()?;
    let mut buffer = vec![0; 16 * 1024];
    let mut found = std::ptr::null_mut();
    // SAFETY: an all-zero `passwd` is a valid value: integers and null pointers.
    let mut entry: libc::passwd = unsafe { std::mem::zeroed() };
    // SAFETY: every pointer is valid for the call, and `buffer` has the given length.
    let code = unsafe {
        libc::getpwnam_r(c_name.as_ptr(), &mut entry, buffer.as_mut_ptr(), buffer.len(), &mut found)
    };
    (code == 0 && !found.is_null()).then(|| User {
        name: name.to_owned(),
        uid: entry.pw_uid,
        gid: entry.pw_gid,
    })
}

/// The free space for an ordinary user on the file system of `path`, in bytes.
pub(crate) fn free_space(path: &Path) -> Option<u64> {
    let c_path = CString::new(path.as_os_str().as_bytes()).ok()?;
    // SAFETY: an all-zero `statvfs` is a valid value: all its fields are integers.
    let mut stats: libc::statvfs = unsafe { std::mem::zeroed() };
    // SAFETY: both pointers are valid for the call.
    let code = unsafe { libc::statvfs(c_path.as_ptr(), &mut stats) };
    // The fields' types differ between Linux and macOS.
    #[allow(clippy::unnecessary_cast, clippy::useless_conversion)]
    (code == 0).then(|| (stats.f_bavail as u64).saturating_mul(stats.f_frsize as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_is_user_zero() {
        assert_eq!(user_named("root").map(|user| user.uid), Some(0));
    }

    #[test]
    fn an_unknown_user_is_none() {
        assert_eq!(user_named("no-such-user-here"), None);
        assert_eq!(user_named("nul\0byte"), None);
    }

    #[test]
    fn the_temporary_folder_has_space() {
        assert!(free_space(&std::env::temp_dir()).is_some_and(|bytes| bytes > 0));
        assert_eq!(free_space(Path::new("/no/such/path")), None);
    }
}
