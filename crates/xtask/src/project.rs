//! The repository's root, and the console's build settings in its `Cargo.toml`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

/// The folder of the workspace's `Cargo.toml`.
pub fn root() -> PathBuf {
    // xtask always runs in the checkout that it was built in.
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).unwrap_or(manifest).to_owned()
}

/// The settings of `[[workspace.metadata.leptos]]`: the same keys and defaults as in cargo-leptos, so that both tools
/// build the same files.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Leptos {
    pub bin_package: String,
    pub bin_target: String,
    #[serde(default)]
    pub bin_features: Vec<String>,
    #[serde(default = "enabled")]
    pub bin_default_features: bool,
    pub bin_profile_dev: Option<String>,
    pub bin_profile_release: Option<String>,
    pub lib_package: String,
    #[serde(default)]
    pub lib_features: Vec<String>,
    #[serde(default = "enabled")]
    pub lib_default_features: bool,
    pub lib_profile_dev: Option<String>,
    pub lib_profile_release: Option<String>,
    pub output_name: String,
    pub site_root: PathBuf,
    pub site_pkg_dir: PathBuf,
    pub site_addr: String,
    pub reload_port: u16,
    pub style_file: PathBuf,
    pub assets_dir: PathBuf,
}

impl Leptos {
    /// Reads the settings of this workspace.
    pub fn read() -> Result<Self> {
        let path = root().join("Cargo.toml");
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        Self::parse(&text).with_context(|| path.display().to_string())
    }

    fn parse(text: &str) -> Result<Self> {
        #[derive(Deserialize)]
        struct Manifest {
            workspace: Workspace,
        }
        #[derive(Deserialize)]
        struct Workspace {
            metadata: Metadata,
        }
        #[derive(Deserialize)]
        struct Metadata {
            leptos: Vec<Leptos>,
        }
        let manifest: Manifest = toml::from_str(text)?;
        let mut projects = manifest.workspace.metadata.leptos;
        anyhow::ensure!(projects.len() == 1, "one [[workspace.metadata.leptos]] is expected");
        Ok(projects.remove(0))
    }

    /// The folder of the server's static files.
    pub fn site(&self) -> PathBuf {
        root().join(&self.site_root)
    }

    /// The folder of the build's files, within the folder of static files.
    pub fn package(&self) -> PathBuf {
        self.site().join(&self.site_pkg_dir)
    }
}

fn enabled() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::Leptos;

    #[test]
    fn this_workspace_has_the_settings_of_the_build() {
        let leptos = Leptos::read().expect("the keys of this workspace");
        assert!(leptos.lib_features.contains(&"hydrate".to_owned()));
        assert!(leptos.package().starts_with(leptos.site()));
    }

    #[test]
    fn an_error_names_a_missing_key() {
        let error = Leptos::parse("[[workspace.metadata.leptos]]\nbin-package = 'server'\n");
        assert!(format!("{:#}", error.expect_err("too few")).contains("bin-target"));
    }
}
