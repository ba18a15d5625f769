//! `cargo xtask prepare`: writes PostgreSQL's description of each statement in `crates/store` to `.sqlx`, so that a
//! build checks the statements without a database, and the schema to `docs/schema.sql`.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::process::ExitCode;
use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use crate::schema_file::{self, SchemaDump};
use crate::{cargo, database, process, project};

/// Options of the command.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Arguments {
    /// Only check whether the committed data are up to date. Fail if they are not.
    #[arg(long)]
    check: bool,
}

impl Arguments {
    /// The options of `cargo xtask test`.
    pub const CHECK: Self = Self { check: true };
}

/// Renews `.sqlx` and `docs/schema.sql`, or compares them.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let root = project::root();
    // A separate folder until all statements are described: a failure leaves the committed data as they are.
    let fresh = root.join("target/sqlx");
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    fs::create_dir_all(&fresh)?;
    let source = root.join("crates/store/src/lib.rs");
    let changed = fs::metadata(&source)?.modified()?;
    let schema = describe_statements(&root, &source, &fresh)?;
    let statements = renew_statements(&root, &source, changed, &fresh, arguments.check);
    statements.and(schema_file::renew(schema, arguments.check))?;
    Ok(ExitCode::SUCCESS)
}

/// Writes `.sqlx`, or compares it if `check` is set.
fn renew_statements(
    root: &Path,
    source: &Path,
    changed: SystemTime,
    fresh: &Path,
    check: bool,
) -> Result<()> {
    let committed = root.join(".sqlx");
    let (new, old) = (read(fresh)?, read(&committed)?);
    let added: Vec<_> = new.iter().filter(|(name, text)| old.get(*name) != Some(text)).collect();
    let removed: Vec<_> = old.keys().filter(|name| !new.contains_key(*name)).collect();
    if added.is_empty() && removed.is_empty() {
        // Restores the time, so that cargo does not rebuild.
        set_modified(source, changed)?;
        eprintln!(".sqlx is up to date: {} statements", new.len());
        return Ok(());
    }
    if check {
        for (name, text) in &added {
            eprintln!("missing or different: {name}: {}", statement(text));
        }
        for name in &removed {
            eprintln!("no longer used: {name}");
        }
        bail!(".sqlx is out of date: run cargo xtask prepare, and commit what it changes");
    }
    fs::create_dir_all(&committed)?;
    for name in &removed {
        fs::remove_file(committed.join(name))?;
    }
    for (name, text) in &added {
        fs::write(committed.join(name), text)?;
    }
    eprintln!(".sqlx renewed: {} statements, {} new, {} gone", new.len(), added.len(), removed.len());
    Ok(())
}

/// Compiles `store` against a migrated database, so that sqlx's macros write the description of each statement to
/// `descriptions`. Returns the database's schema.
fn describe_statements(root: &Path, source: &Path, descriptions: &Path) -> Result<SchemaDump> {
    let cluster = database::start()?;
    database::create_migrated(&cluster, "stockhold", &root.join("migrations"))?;
    let schema = schema_file::dump(&cluster, "stockhold")?;
    // The macros run only when the crate is compiled, and cargo does not detect that the database is a different one.
    set_modified(source, SystemTime::now())?;
    process::run(
        cargo::command("check")
            .args(["--package", "store", "--lib"])
            .env("DATABASE_URL", cluster.url("stockhold"))
            .env("SQLX_OFFLINE", "false")
            .env("SQLX_OFFLINE_DIR", descriptions),
    )?;
    cluster.stop()?;
    Ok(schema)
}

fn set_modified(file: &Path, time: SystemTime) -> Result<()> {
    let opened = File::options().append(true).open(file);
    opened.and_then(|file| file.set_modified(time)).with_context(|| file.display().to_string())
}

fn read(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    if !folder.is_dir() {
        return Ok(files);
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with("query-") && name.ends_with(".json") {
            let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            files.insert(name, text);
        }
    }
    Ok(files)
}

/// The statement's text from its file, for a message.
fn statement(text: &str) -> &str {
    text.lines().find(|line| line.trim_start().starts_with("\"query\"")).unwrap_or("").trim()
}
