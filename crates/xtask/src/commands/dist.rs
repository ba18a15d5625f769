//! `cargo xtask dist`: a release without a compiler: an archive and, on Debian, a package.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use super::dist_check;
use super::run::{self, PRODUCTION};
use crate::frontend::Mode;
use crate::packages::{self, Package};
use crate::progress::{Step, print_line};
use crate::project::{self, Leptos};
use crate::{process, sbom, tools};

/// The version of the workspace.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Options of the command.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Build the server without optimisations. Builds faster, for tests of the packages.
    #[arg(long)]
    quick: bool,
    /// Install the archive and the package, start their servers and send README's requests. The package needs root and
    /// debootstrap.
    #[arg(long)]
    check: bool,
}

/// The folder of the documents in the archive.
const DOCUMENTS_FOLDER: &str = "share/doc/stockhold";

/// Files and folders of the repository that are in the folder of the documents. Each has the same path as in the repository, so
/// that links between them lead somewhere.
const DOCUMENTS: [&str; 14] = [
    "README.md",
    "CHANGELOG.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "LICENSE-MIT",
    "LICENSE-APACHE",
    "docs",
    "deploy/citus",
    "deploy/examples",
    "deploy/grafana",
    "deploy/haproxy",
    "deploy/prometheus",
    "deploy/systemd",
];

/// Other files of the repository that are in the archive, and their places in it.
const FILES: [(&str, &str); 4] = [
    ("deploy/systemd/stockhold.service", "lib/systemd/system/stockhold.service"),
    ("deploy/systemd/stockhold-reconcile.service", "lib/systemd/system/stockhold-reconcile.service"),
    ("deploy/systemd/stockhold-reconcile.timer", "lib/systemd/system/stockhold-reconcile.timer"),
    ("deploy/stockhold.toml", "etc/stockhold/stockhold.toml"),
];

/// Output of the program that is in the archive: its arguments, and its place.
const GENERATED: [(&[&str], &str); 4] = [
    (&["man"], "share/man/man1/stockhold.1"),
    (&["completions", "bash"], "share/bash-completion/completions/stockhold"),
    (&["completions", "zsh"], "share/zsh/site-functions/_stockhold"),
    (&["completions", "fish"], "share/fish/vendor_completions.d/stockhold.fish"),
];

/// Builds the release in `target/dist`.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut leptos = Leptos::read()?;
    leptos.bin_profile_release = Some(if arguments.quick { "dev" } else { PRODUCTION }.to_owned());
    tools::wasm_target()?;
    tools::npm_packages(tools::Packages::Tools)?;
    let program = run::build(&leptos, Mode::Release)?;
    let packages = packages::linked(&leptos.bin_package, &leptos.lib_package)?;
    let output = project::root().join("target/dist");
    if output.exists() {
        fs::remove_dir_all(&output).with_context(|| output.display().to_string())?;
    }
    let name = format!("stockhold-{VERSION}-{}-{}", std::env::consts::ARCH, std::env::consts::OS);
    let tree = output.join(&name);
    assemble(&tree, &program, &leptos, &packages)?;
    let archive = archive(&output, &name)?;
    let package = debian_package(&output, &tree)?;
    let files: Vec<_> = [archive.clone()].into_iter().chain(package.clone()).collect();
    checksums(&output, &files)?;
    for file in &files {
        print_line(format!("  {}", file.display()));
    }
    if arguments.check {
        dist_check::archive(&archive)?;
        package.map_or(Ok(()), |package| dist_check::debian_package(&package))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes the files of the archive into a folder.
fn assemble(tree: &Path, program: &Path, leptos: &Leptos, packages: &[Package]) -> Result<()> {
    let step = Step::start("dist: the files");
    copy(program, &tree.join("bin/stockhold"))?;
    copy_folder(&leptos.site(), &tree.join("share/stockhold/site"))?;
    copy_folder(&project::root().join("migrations"), &tree.join("share/stockhold/migrations"))?;
    for document in DOCUMENTS {
        copy_folder(&project::root().join(document), &tree.join(DOCUMENTS_FOLDER).join(document))?;
    }
    for (from, to) in FILES {
        copy(&project::root().join(from), &tree.join(to))?;
    }
    for (arguments, to) in GENERATED {
        let text = process::output(Command::new(program).args(arguments).env("STOCKHOLD_CONFIG", ""))?;
        write(&tree.join(to), &text)?;
    }
    write(
        &tree.join(DOCUMENTS_FOLDER).join("sbom.cdx.json"),
        &format!("{:#}\n", sbom::bill(VERSION, packages)),
    )?;
    write(&tree.join(DOCUMENTS_FOLDER).join("THIRD-PARTY-LICENSES.txt"), &licences(packages)?)?;
    step.done(&format!("{} packages are linked", packages.len()));
    Ok(())
}

/// Stands for the licence text of packages that contain none.
const NO_TEXT: &str = "The packages contain no licence text. Their licences are named in brackets.";

/// Returns the licence texts of the packages. Each text is there once, after the packages that have it.
fn licences(packages: &[Package]) -> Result<String> {
    let mut texts = std::collections::BTreeMap::<String, BTreeSet<String>>::new();
    for package in packages {
        let named =
            format!("{} {} ({})", package.name, package.version, package.license.as_deref().unwrap_or("-"));
        let folder = package.manifest_path.parent().unwrap_or(Path::new("."));
        let mut has_text = false;
        for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
            let is_licence =
                ["LICENSE", "LICENCE", "COPYING", "NOTICE"].iter().any(|start| name.starts_with(start));
            if is_licence && path.is_file() {
                let text = fs::read(&path).with_context(|| path.display().to_string())?;
                let text = String::from_utf8_lossy(&text).trim().to_owned();
                texts.entry(text).or_default().insert(named.clone());
                has_text = true;
            }
        }
        if !has_text {
            texts.entry(NO_TEXT.to_owned()).or_default().insert(named);
        }
    }
    let parts = texts.into_iter().map(|(text, packages)| {
        let packages: Vec<_> = packages.into_iter().collect();
        format!("{}\n\n{text}\n\n{}\n\n", packages.join("\n"), "-".repeat(80))
    });
    Ok(parts.collect())
}

/// Writes the archive.
fn archive(output: &Path, name: &str) -> Result<PathBuf> {
    let step = Step::start("dist: the archive");
    let file = output.join(format!("{name}.tar.gz"));
    let mut tar = Command::new("tar");
    tar.args(["--owner=0", "--group=0", "--numeric-owner", "--sort=name", "-czf"])
        .arg(&file)
        .arg("-C")
        .arg(output);
    process::run_hidden(tar.arg(name))?;
    step.done("");
    Ok(file)
}

/// Writes the Debian package; `None` without `dpkg-deb`.
fn debian_package(output: &Path, tree: &Path) -> Result<Option<PathBuf>> {
    let Ok(architecture) = process::output(Command::new("dpkg").arg("--print-architecture")) else {
        print_line("  - no Debian package: dpkg is missing");
        return Ok(None);
    };
    let architecture = architecture.trim();
    let step = Step::start("dist: the Debian package");
    let root = output.join("debian");
    for (from, to) in [("bin", "usr/bin"), ("share", "usr/share"), ("lib", "usr/lib"), ("etc", "etc")] {
        copy_folder(&tree.join(from), &root.join(to))?;
    }
    for script in ["postinst", "prerm", "postrm"] {
        copy(&project::root().join("deploy/debian").join(script), &root.join("DEBIAN").join(script))?;
    }
    write(&root.join("DEBIAN/conffiles"), "/etc/stockhold/stockhold.toml\n")?;
    write(&root.join("DEBIAN/control"), &control(architecture, &libc_version()?))?;
    let file = output.join(format!("stockhold_{VERSION}_{architecture}.deb"));
    process::run_hidden(
        Command::new("dpkg-deb").args(["--root-owner-group", "--build"]).arg(&root).arg(&file),
    )?;
    fs::remove_dir_all(&root).with_context(|| root.display().to_string())?;
    step.done("");
    Ok(Some(file))
}

/// Returns the version of the C library that the program was linked with.
fn libc_version() -> Result<String> {
    let text = process::output(Command::new("getconf").arg("GNU_LIBC_VERSION"))?;
    Ok(text.split_whitespace().last().context("getconf names no version of the C library")?.to_owned())
}

/// Returns the description of the Debian package.
fn control(architecture: &str, libc: &str) -> String {
    format!(
        "Package: stockhold\nVersion: {VERSION}\nArchitecture: {architecture}\nMaintainer: The Stockhold authors \
         <stockhold@example.invalid>\nSection: net\nPriority: optional\nDepends: libc6 (>= {libc}), adduser\nRecommends: \
         postgresql (>= 15)\nDescription: inventory reservation and allocation for online shops\n Stockhold holds stock \
         during a checkout, turns holds into sales and orders, and\n allocates, ships and takes back whole orders. It serves \
         a REST API and a console.\n"
    )
}

/// Writes `SHA256SUMS`.
fn checksums(output: &Path, files: &[PathBuf]) -> Result<()> {
    let mut command = Command::new("sha256sum");
    command.current_dir(output);
    for file in files {
        command.arg(file.file_name().unwrap_or_default());
    }
    write(&output.join("SHA256SUMS"), &process::output(&mut command)?)
}

fn write(path: &Path, text: &str) -> Result<()> {
    create_parent(path)?;
    fs::write(path, text).with_context(|| path.display().to_string())
}

/// Copies a file with its permissions.
fn copy(from: &Path, to: &Path) -> Result<()> {
    create_parent(to)?;
    fs::copy(from, to).with_context(|| format!("{} to {}", from.display(), to.display()))?;
    Ok(())
}

/// Copies a file, or a folder with its files.
fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    create_parent(to)?;
    process::run_hidden(Command::new("cp").args(["-R", "--"]).arg(from).arg(to))
}

fn create_parent(path: &Path) -> Result<()> {
    let Some(folder) = path.parent() else { return Ok(()) };
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_package_describes_itself() {
        let control = control("amd64", "2.36");
        assert!(control.contains("\nDepends: libc6 (>= 2.36), adduser\n"), "{control}");
        assert!(control.lines().all(|line| line.starts_with(' ') || line.contains(": ")), "{control}");
    }

    #[test]
    fn the_files_of_a_release_exist() {
        for (from, _) in FILES {
            assert!(project::root().join(from).is_file(), "{from}");
        }
        for document in DOCUMENTS {
            assert!(project::root().join(document).exists(), "{document}");
        }
        for script in ["postinst", "prerm", "postrm"] {
            assert!(project::root().join("deploy/debian").join(script).is_file(), "{script}");
        }
    }

    /// Folders of the repository with sources, which are in no release.
    const SOURCES: [&str; 2] = ["crates", "clients"];

    /// Returns the Markdown files at a path, relative to the root.
    fn markdown(path: &Path) -> Vec<PathBuf> {
        if path.extension().is_some_and(|extension| extension == "md") {
            return vec![path.to_owned()];
        }
        let Ok(entries) = fs::read_dir(project::root().join(path)) else { return Vec::new() };
        entries.flat_map(|entry| markdown(&path.join(entry.expect("an entry").file_name()))).collect()
    }

    /// Resolves a link of a document, relative to the root.
    fn resolve(document: &Path, link: &str) -> PathBuf {
        let mut path = document.parent().expect("a folder").to_owned();
        for part in link.split('/') {
            match part {
                ".." => assert!(path.pop(), "{}: {link}", document.display()),
                part => path.push(part),
            }
        }
        path
    }

    #[test]
    fn a_release_has_the_targets_of_the_links_in_its_documents() {
        let is_shipped = |path: &Path| DOCUMENTS.iter().any(|shipped| path.starts_with(shipped));
        let mut found = 0;
        for document in DOCUMENTS.iter().flat_map(|path| markdown(Path::new(path))) {
            let text = fs::read_to_string(project::root().join(&document)).expect("a document");
            let links =
                text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link);
            for link in links.filter(|link| !link.contains(':') && !link.starts_with('#')) {
                let (path, _) = link.split_once('#').unwrap_or((link, ""));
                let target = resolve(&document, path);
                let is_source = SOURCES.iter().any(|folder| target.starts_with(folder));
                assert!(is_source || is_shipped(&target), "{}: {link} is not shipped", document.display());
                found += 1;
            }
        }
        assert!(found > 100, "only {found} links were found");
        let alerts =
            fs::read_to_string(project::root().join("deploy/prometheus/alerts.yml")).expect("alerts");
        let runbooks: Vec<_> =
            alerts.lines().filter_map(|line| line.trim().strip_prefix("runbook: ")).collect();
        assert!(!runbooks.is_empty());
        for link in runbooks {
            let (path, _) = link.split_once('#').expect("a heading");
            assert!(is_shipped(Path::new(path)), "{link}");
        }
    }

    #[test]
    fn a_release_names_the_packages_that_it_links() {
        let packages = packages::linked("server", "client").expect("packages");
        let has = |name: &str| packages.iter().any(|package| package.name == name);
        assert!(has("tokio") && has("leptos") && !has("proptest"));
        let bill = sbom::bill(VERSION, &packages);
        assert_eq!(bill["components"].as_array().map(Vec::len), Some(packages.len()));
        let texts = licences(&packages).expect("texts");
        assert!(texts.contains("tokio 1.") && texts.contains("Permission is hereby granted"));
        let mit: Vec<_> = packages.iter().filter(|package| package.name == "tokio").cloned().collect();
        let twice = [&mit[..], &mit[..]].concat();
        assert_eq!(
            licences(&twice).expect("texts"),
            licences(&mit).expect("texts"),
            "each text is there once"
        );
    }
}
