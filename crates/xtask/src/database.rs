//! Temporary databases.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use cluster::{Binaries, Cluster};

use crate::tools;

/// The variable with the URL of a temporary server's maintenance database. Tests create their own databases there.
pub const TEST_URL: &str = "STOCKHOLD_TEST_DATABASE_URL";

/// The maintenance database that every server has.
pub const MAINTENANCE: &str = "postgres";

/// Starts a temporary server. Fetches PostgreSQL first if none is installed.
pub fn start() -> Result<Cluster> {
    tools::postgres(Binaries::find)?;
    let cluster = Cluster::temporary().context("can't start a temporary PostgreSQL")?;
    eprintln!(
        "PostgreSQL {} (temporary) from {}",
        cluster.binaries().full_version(),
        cluster.binaries().folder().display()
    );
    Ok(cluster)
}

/// Creates a database and loads all migrations of `folder` into it.
pub fn create_migrated(cluster: &Cluster, name: &str, folder: &Path) -> Result<()> {
    cluster.create_database(name)?;
    for file in migrations(folder)? {
        let sql = fs::read_to_string(&file).with_context(|| format!("could not read {}", file.display()))?;
        cluster.query(name, &sql).with_context(|| file.display().to_string())?;
    }
    Ok(())
}

/// The migrations in the order of their version numbers, as sqlx reads them: `<version>_<name>.sql`.
fn migrations(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("could not read {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.ends_with(".sql") || name.ends_with(".down.sql") {
            continue;
        }
        let Some(version) = name.split_once('_').and_then(|(version, _)| version.parse::<i64>().ok()) else {
            bail!("{name}: a migration is named <number>_<name>.sql");
        };
        found.push((version, path));
    }
    if found.is_empty() {
        bail!("no migrations in {}", folder.display());
    }
    found.sort();
    if let Some(pair) = found.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        bail!("two migrations have the number {}", pair[0].0);
    }
    Ok(found.into_iter().map(|(_, path)| path).collect())
}

#[cfg(test)]
mod tests {
    use super::migrations;

    #[test]
    fn migrations_are_sorted_by_number_and_must_have_one() {
        let folder = std::env::temp_dir().join(format!("stockhold-migrations-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        for name in ["10_b.sql", "2_a.sql", "2_a.down.sql", "notes.txt"] {
            std::fs::write(folder.join(name), "").expect("written");
        }
        let names: Vec<_> = migrations(&folder)
            .expect("sorted")
            .iter()
            .map(|path| path.file_name().expect("a name").to_string_lossy().into_owned())
            .collect();
        assert_eq!(names, ["2_a.sql", "10_b.sql"]);
        std::fs::write(folder.join("nameless.sql"), "").expect("written");
        assert!(migrations(&folder).is_err());
        std::fs::remove_dir_all(folder).expect("removed");
    }
}
