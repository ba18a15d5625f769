//! Verification of an archive: the hashes and rows of its files, and the checkpoints of the database.

use super::files;
use super::manifest::{ArchivedFile, Manifest};
use anyhow::{Context as _, Result, anyhow, bail};
use domain::ArchiveKind;
use serde::Deserialize;
use std::path::Path;
use store::{ArchivedSums, Audit};

/// The result of a verification.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verified {
    pub(super) files: u64,
    pub(super) rows: u64,
    /// Files and sums that are wrong.
    pub(super) faults: u64,
}

/// The part of a row that both kinds have.
#[derive(Deserialize)]
struct Row {
    id: i64,
}

/// Checks each file of the folder's manifest, and with a database that its checkpoints are the sums of the files. `report`
/// receives a line per fault.
///
/// # Errors
/// The folder has no manifest, or the database fails.
pub(super) async fn verify(
    directory: &Path,
    mut audit: Option<&mut Audit>,
    report: impl Fn(&str),
) -> Result<Verified> {
    let manifest = Manifest::read(directory).map_err(|error| anyhow!(error))?;
    let manifest = manifest.with_context(|| format!("{} has no manifest.json", directory.display()))?;
    if let Some(audit) = audit.as_deref_mut()
        && audit.ledger_identity().await? != manifest.ledger
    {
        bail!("{} has the archive of another ledger", directory.display());
    }
    let mut verified = Verified::default();
    let mut sums = ArchivedSums::default();
    let mut ends = [0, 0];
    for file in &manifest.files {
        let Some(kind) = ArchiveKind::parse(&file.kind) else { bail!("{}: unknown kind", file.name) };
        let end = &mut ends[usize::from(kind == ArchiveKind::Audit)];
        let lines = if file.after == *end { lines(directory, file) } else { Err(gap(*end, file)) };
        *end = file.last;
        verified.files += 1;
        match (lines, audit.as_deref_mut()) {
            (Err(reason), _) => {
                verified.faults += 1;
                report(&format!("{}: {reason}.", file.name));
            }
            (Ok(lines), Some(audit)) if kind == ArchiveKind::Movements => {
                verified.rows += file.rows;
                audit.archived_sums_add(&mut sums, &format!("[{}]", lines.join(","))).await?;
            }
            (Ok(_), _) => verified.rows += file.rows,
        }
    }
    if let Some(audit) = audit {
        for (kind, end) in ArchiveKind::ALL.into_iter().zip(ends) {
            let position = audit.archive_position(kind).await?;
            if position != end {
                verified.faults += 1;
                report(&format!(
                    "The {} are archived up to {position}, but the files end at {end}.",
                    kind.noun()
                ));
            }
        }
        for difference in audit.checkpoint_differences(&sums).await? {
            verified.faults += 1;
            report(&format!("{difference}."));
        }
    }
    Ok(verified)
}

fn gap(end: i64, file: &ArchivedFile) -> String {
    format!("it begins after {}, but the file before ends at {end}", file.after)
}

/// Returns the lines of a file, after a check of their ids.
fn lines(directory: &Path, file: &ArchivedFile) -> Result<Vec<String>, String> {
    let text = files::read(directory, file)?;
    let lines: Vec<_> = text.lines().map(str::to_owned).collect();
    let ids = lines.iter().map(|line| serde_json::from_str::<Row>(line).map(|row| row.id));
    let ids: Vec<_> = ids.collect::<Result<_, _>>().map_err(|error| format!("a line is no row: {error}"))?;
    let is_complete =
        ids.len() as u64 == file.rows && ids.first() == Some(&file.first) && ids.last() == Some(&file.last);
    if !is_complete || file.first <= file.after || !ids.is_sorted_by(|one, next| one < next) {
        return Err("its rows are not those of the manifest".to_owned());
    }
    Ok(lines)
}
