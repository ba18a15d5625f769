//! The options of a cluster, and PostgreSQL's configuration file for them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::archive::{ARCHIVE_TIMEOUT, archive_command};

/// The durability of a cluster's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Committed data survive every crash.
    Durable,
    /// Fast, for tests: a crash of the machine loses the data.
    Disposable,
}

/// The location and the settings of a cluster.
#[derive(Debug, Clone)]
pub struct Options {
    pub(crate) directory: PathBuf,
    pub(crate) durability: Durability,
    /// The folder of the archived write-ahead log, as an absolute path.
    pub(crate) archive: Option<PathBuf>,
    pub(crate) settings: Vec<(String, String)>,
}

impl Options {
    /// A durable cluster in `directory`.
    pub fn durable(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
            durability: Durability::Durable,
            archive: None,
            settings: Vec::new(),
        }
    }

    /// A cluster for tests in `directory`, without durability.
    pub fn disposable(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
            durability: Durability::Disposable,
            archive: None,
            settings: Vec::new(),
        }
    }

    /// Archives the write-ahead log in `folder`, which is created if it does not exist. A relative path starts at the
    /// current folder.
    #[must_use]
    pub fn archive(mut self, folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        // Fails for an empty path only, which PostgreSQL's user can't write to either.
        self.archive = Some(std::path::absolute(&folder).unwrap_or(folder));
        self
    }

    /// Sets a PostgreSQL parameter. It overrides this crate's value.
    #[must_use]
    pub fn set(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.push((name.into(), value.into()));
        self
    }

    /// The configuration file. If a parameter occurs more than once, PostgreSQL uses the last value.
    pub(crate) fn file(&self, socket_directory: &Path, log_directory: &Path) -> String {
        let mut text =
            String::from("# Written by Stockhold at every start. Changes to this file are lost.\n");
        let mut set = |name: &str, value: &str| {
            // PostgreSQL escapes quotes and backslashes by doubling them.
            let value = value.replace('\\', "\\\\").replace('\'', "''");
            let _ = writeln!(text, "{name} = '{value}'");
        };
        for (name, value) in COMMON.iter().chain(match self.durability {
            Durability::Durable => DURABLE,
            Durability::Disposable => DISPOSABLE,
        }) {
            set(name, value);
        }
        set("unix_socket_directories", &quoted_in_list(socket_directory));
        set("log_directory", &log_directory.to_string_lossy());
        if let Some(archive) = &self.archive {
            set("archive_mode", "on");
            set("archive_command", &archive_command(archive));
            set("archive_timeout", ARCHIVE_TIMEOUT);
        }
        for (name, value) in &self.settings {
            set(name, value);
        }
        text
    }
}

/// Formats an element of a list parameter: in double quotes, because a path may contain a comma or a space.
fn quoted_in_list(path: &Path) -> String {
    format!("\"{}\"", path.to_string_lossy().replace('"', "\"\""))
}

const COMMON: &[(&str, &str)] = &[
    ("cluster_name", "stockhold"),
    // Only the socket, in a folder that only the owner can enter.
    ("listen_addresses", ""),
    ("port", "5432"),
    ("unix_socket_permissions", "0700"),
    ("shared_buffers", "256MB"),
    ("work_mem", "16MB"),
    ("maintenance_work_mem", "128MB"),
    ("random_page_cost", "1.1"),
    ("max_wal_size", "2GB"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
];

const DURABLE: &[(&str, &str)] = &[
    ("max_connections", "100"),
    ("fsync", "on"),
    ("synchronous_commit", "on"),
    ("full_page_writes", "on"),
    // The write-ahead log recycles its segments. The commit that needs a new segment fills it with zeros and flushes it
    // while all other commits wait, about 20 ms.
    ("min_wal_size", "2GB"),
    // LZ4 if it is available. PostgreSQL's own method takes longer per page than a statement takes for its rows, and the
    // first change of each page after a checkpoint waits for it.
    ("wal_compression", "off"),
    // One file per weekday, overwritten after seven days, so that the log never fills the disk.
    ("logging_collector", "on"),
    ("log_filename", "postgresql-%a.log"),
    ("log_truncate_on_rotation", "on"),
    ("log_rotation_age", "1d"),
    ("log_rotation_size", "0"),
    ("log_lock_waits", "on"),
];

const DISPOSABLE: &[(&str, &str)] = &[
    ("max_connections", "200"),
    ("fsync", "off"),
    ("full_page_writes", "off"),
    ("autovacuum_naptime", "10s"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_setting_overrides_and_quotes_are_doubled() {
        let options = Options::durable("/data").set("fsync", "off").set("cluster_name", "it's");
        let file = options.file(Path::new("/run/a,b"), Path::new("/log"));
        let last = |name: &str| file.lines().rfind(|line| line.starts_with(name)).map(str::to_owned);
        assert_eq!(last("fsync "), Some("fsync = 'off'".into()));
        assert_eq!(last("cluster_name"), Some("cluster_name = 'it''s'".into()));
        assert_eq!(last("unix_socket_directories"), Some("unix_socket_directories = '\"/run/a,b\"'".into()));
    }

    #[test]
    fn durable_data_are_synced() {
        let file = Options::durable("/data").file(Path::new("/run"), Path::new("/log"));
        for line in ["fsync = 'on'", "synchronous_commit = 'on'", "full_page_writes = 'on'"] {
            assert!(file.lines().any(|found| found == line), "{line}");
        }
    }
}
