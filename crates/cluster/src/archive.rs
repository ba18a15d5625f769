//! The archive of the write-ahead log: the shell commands with which PostgreSQL fills and reads it.

use std::path::{Path, PathBuf};

use crate::session::Rows;

/// The longest time until a change is in the archive. A segment that is archived early takes its full 16 MB.
pub(crate) const ARCHIVE_TIMEOUT: &str = "300s";

/// The value of `archive_command`. A segment gets its name after it is on the disk. A segment that is in the archive already,
/// because a crash followed, is accepted if it has the same content, and never overwritten.
pub(crate) fn archive_command(archive: &Path) -> String {
    let folder = quoted(archive);
    format!(
        "f={folder}/%f; if test -f \"$f\"; then cmp -s %p \"$f\"; \
         else cp %p \"$f.new\" && sync \"$f.new\" && mv \"$f.new\" \"$f\" && sync {folder}; fi"
    )
}

/// Reads whether a running server archives, and its command.
pub(crate) const ARCHIVE_QUERY: &str =
    "SELECT current_setting('archive_mode'), current_setting('archive_command')";

/// Whether the result of [`ARCHIVE_QUERY`] is that of a server with this archive, or without one.
pub(crate) fn is_archiving_to(rows: &Rows, archive: Option<&Path>) -> bool {
    let [Some(mode), Some(found)] = rows.first().map(Vec::as_slice).unwrap_or_default() else { return false };
    match archive {
        Some(archive) => mode == "on" && *found == archive_command(archive),
        None => mode == "off",
    }
}

/// The value of `restore_command`: copies a file from the first folder in which it is readable. The status is 1 if no folder
/// has the file, which is the end of the log. It is 255 if a folder has the file and no copy succeeds: PostgreSQL ends the
/// recovery with an error at a status above 125.
pub(crate) fn restore_command(folders: &[PathBuf]) -> String {
    let folders: Vec<_> = folders.iter().map(|folder| quoted(folder)).collect();
    format!(
        "s=1; for d in {}; do test -f \"$d\"/%f || continue; cp \"$d\"/%f %p && exit 0; s=255; done; exit $s",
        folders.join(" ")
    )
}

/// Quotes a path for the shell. PostgreSQL replaces `%%` by one percent sign.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.to_string_lossy().replace('\'', "'\\''").replace('%', "%%"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::{create_directory, unique_name};
    use std::fs;
    use std::process::Command;

    /// Runs a command as PostgreSQL does. Returns its exit status.
    fn status(command: &str, file: &str, path: &str, folder: &Path) -> Option<i32> {
        let text = command.replace("%%", "\0").replace("%f", file).replace("%p", path).replace('\0', "%");
        Command::new("sh").args(["-c", &text]).current_dir(folder).status().expect("run").code()
    }

    fn run(command: &str, file: &str, path: &str, folder: &Path) -> bool {
        status(command, file, path, folder) == Some(0)
    }

    #[test]
    fn a_segment_is_archived_once_and_copied_back() {
        let folder =
            create_directory(&std::env::temp_dir().join(unique_name("stockhold-archive"))).expect("a folder");
        let archive = create_directory(&folder.join("it's 100%f")).expect("a folder");
        fs::write(folder.join("a"), "one").expect("written");
        let command = archive_command(&archive);
        assert!(run(&command, "01", "a", &folder));
        assert!(run(&command, "01", "a", &folder), "the same content again");
        fs::write(folder.join("a"), "two").expect("written");
        assert!(!run(&command, "01", "a", &folder), "another content");
        assert_eq!(fs::read_to_string(archive.join("01")).expect("there"), "one");
        assert_eq!(fs::read_dir(&archive).expect("there").count(), 1);
        let command = restore_command(&[folder.join("missing"), archive]);
        assert!(run(&command, "01", "b", &folder));
        assert_eq!(fs::read_to_string(folder.join("b")).expect("there"), "one");
        assert_eq!(status(&command, "02", "b", &folder), Some(1), "the end of the log");
        // The folder of the target is missing.
        assert_eq!(status(&command, "01", "missing/b", &folder), Some(255), "a copy that fails");
        fs::remove_dir_all(folder).expect("removed");
    }
}
