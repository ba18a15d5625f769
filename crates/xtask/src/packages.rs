//! The packages that are compiled into the released files: of the server, and of the console.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::{cargo, process, project};

/// A package from the registry.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Package {
    /// The id of cargo.
    id: String,
    /// The name.
    pub name: String,
    /// The version.
    pub version: String,
    /// The licence as an SPDX expression.
    pub license: Option<String>,
    /// The file `Cargo.toml` in the sources.
    pub manifest_path: PathBuf,
    /// The registry; `None` for the crates of this workspace.
    pub source: Option<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<DependencyKind>,
}

#[derive(Deserialize)]
struct DependencyKind {
    kind: Option<String>,
}

/// Returns the packages from registries that the server and the console link, for this machine and for WASM, by name and
/// version.
///
/// # Errors
/// The packages can't be read or fetched.
pub fn linked(server: &str, client: &str) -> Result<Vec<Package>> {
    let mut found = BTreeMap::new();
    for (root, target) in [(server, host()?), (client, cargo::WASM.to_owned())] {
        let mut metadata = cargo::command("metadata");
        metadata.args(["--format-version=1", "--locked", "--filter-platform", &target]);
        let metadata: Metadata =
            serde_json::from_str(&process::output(&mut metadata)?).context("the output of cargo metadata")?;
        for package in linked_by(&metadata, root) {
            found.insert((package.name.clone(), package.version.clone()), package);
        }
    }
    Ok(found.into_values().collect())
}

fn host() -> Result<String> {
    let version = process::output(Command::new("rustc").current_dir(project::root()).arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc -vV names no host")?.to_owned())
}

/// Returns the packages from registries that a package of the workspace links: its normal dependencies, and theirs.
fn linked_by(metadata: &Metadata, root: &str) -> Vec<Package> {
    let packages: HashMap<_, _> =
        metadata.packages.iter().map(|package| (package.id.as_str(), package)).collect();
    let nodes: HashMap<_, _> = metadata.resolve.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
    let is_root = |package: &&Package| package.source.is_none() && package.name == root;
    let mut open: Vec<_> =
        metadata.packages.iter().filter(is_root).map(|package| package.id.as_str()).collect();
    let mut seen = open.clone();
    while let Some(id) = open.pop() {
        let dependencies = nodes.get(id).into_iter().flat_map(|node| &node.deps);
        for dependency in
            dependencies.filter(|dependency| dependency.dep_kinds.iter().any(|kind| kind.kind.is_none()))
        {
            let id = dependency.pkg.as_str();
            if !seen.contains(&id) {
                seen.push(id);
                open.push(id);
            }
        }
    }
    let linked = seen.into_iter().filter_map(|id| packages.get(id));
    linked.filter(|package| package.source.is_some()).map(|package| (*package).clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_for_tests_and_builds_are_not_linked() {
        let text = r#"{
            "packages": [
                {"id": "s", "name": "server", "version": "1.0.0", "license": "MIT", "manifest_path": "/s/Cargo.toml", "source": null},
                {"id": "a", "name": "a", "version": "1.0.0", "license": "MIT", "manifest_path": "/a/Cargo.toml", "source": "registry"},
                {"id": "b", "name": "b", "version": "1.0.0", "license": "MIT", "manifest_path": "/b/Cargo.toml", "source": "registry"},
                {"id": "c", "name": "c", "version": "1.0.0", "license": "MIT", "manifest_path": "/c/Cargo.toml", "source": "registry"}
            ],
            "resolve": {"nodes": [
                {"id": "s", "deps": [{"pkg": "a", "dep_kinds": [{"kind": null}]}, {"pkg": "c", "dep_kinds": [{"kind": "dev"}]}]},
                {"id": "a", "deps": [{"pkg": "b", "dep_kinds": [{"kind": "build"}, {"kind": null}]}]},
                {"id": "b", "deps": [{"pkg": "a", "dep_kinds": [{"kind": null}]}]},
                {"id": "c", "deps": []}
            ]}
        }"#;
        let metadata: Metadata = serde_json::from_str(text).expect("metadata");
        let names: Vec<_> = linked_by(&metadata, "server").into_iter().map(|package| package.name).collect();
        assert_eq!(names, ["a", "b"]);
    }
}
