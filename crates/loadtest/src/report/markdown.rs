//! `docs/performance.md`: a section for each scenario, written by the program; what stands outside of the
//! sections is kept.

use super::Report;
use anyhow::{Context as _, Result};
use std::path::Path;

/// What the page begins with where there is none yet.
const HEADER: &str = "# Performance\n\n\
    The sections between the markers are written by the load program (`--write`) from one run each; the rest \
    by people.\n";

/// Writes the report's section into the page, in place of an earlier one.
pub fn write(report: &Report, path: &Path) -> Result<()> {
    let before = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => HEADER.to_owned(),
        Err(error) => return Err(error).with_context(|| format!("can't read {}", path.display())),
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("can't create {}", folder.display()))?;
    }
    let after = replace(&before, report.scenario, &section(report));
    std::fs::write(path, after).with_context(|| format!("can't write {}", path.display()))
}

fn replace(page: &str, scenario: &str, section: &str) -> String {
    let (open, close) = (format!("<!-- {scenario}: measured -->"), format!("<!-- {scenario}: end -->"));
    let section = format!("{open}\n{section}{close}");
    match (page.find(&open), page.find(&close)) {
        (Some(start), Some(end)) if start < end => {
            format!("{}{section}{}", &page[..start], &page[end + close.len()..])
        }
        _ => format!("{}\n\n{section}\n", page.trim_end()),
    }
}

fn section(report: &Report) -> String {
    let mut text = format!("## {}\n\n{}\n\n", report.scenario, report.about);
    text.push_str(&format!("```sh\n{}\n```\n\n", report.command));
    for (label, value) in &report.facts.entries {
        text.push_str(&format!("- {label}: {value}\n"));
    }
    for table in report.all_tables() {
        text.push_str(&format!("\n### {}\n\n{}", table.title, table.markdown()));
    }
    if !report.raw.is_empty() {
        text.push_str("\n### Raw output\n");
        for raw in &report.raw {
            text.push_str(&format!("\n```text\n{}\n```\n", raw.trim_end()));
        }
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::replace;

    #[test]
    fn a_section_takes_the_place_of_the_earlier_one() {
        let page = replace("# Performance\n", "limits", "one\n");
        assert_eq!(page, "# Performance\n\n<!-- limits: measured -->\none\n<!-- limits: end -->\n");
        let page = replace(&format!("{page}\nWhat was learnt.\n"), "limits", "two\n");
        assert!(page.contains("two") && !page.contains("one") && page.ends_with("\nWhat was learnt.\n"));
    }
}
