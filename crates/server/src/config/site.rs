//! The address to listen on, and the folder of the console's files.

use anyhow::{Context, Result};
use leptos::config::{LeptosOptions, get_config_from_str, get_configuration};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The site configuration of an installed server, and its default if there is no such file.
const SITE_FILE: &str = "Leptos.toml";
const SITE_FILE_TEXT: &str = include_str!("../../../../Leptos.toml");

/// The file with the hashes in the names of the console's files.
const HASH_FILE: &str = "hash.txt";

/// The address to listen on, and the folder of the console's files.
#[derive(Debug, Clone, clap::Args)]
pub struct SiteConfig {
    /// The address to listen on, such as 0.0.0.0:443. By default 127.0.0.1:3000.
    #[arg(long, env = "LEPTOS_SITE_ADDR", value_name = "ADDRESS", global = true)]
    pub listen: Option<SocketAddr>,
    /// The folder of the console's files. By default ../share/stockhold/site beside the folder of the program, if it exists;
    /// otherwise site.
    #[arg(long, env = "LEPTOS_SITE_ROOT", value_name = "FOLDER", global = true)]
    pub site_root: Option<PathBuf>,
}

impl SiteConfig {
    /// Returns the console's options: the address, and the folder of its files.
    ///
    /// The build tools pass them in `LEPTOS_*`. An installed server reads `Leptos.toml` in its working folder, or the one that
    /// it was built with. The settings take precedence over both.
    ///
    /// # Errors
    /// A file or a variable can't be read.
    pub fn leptos_options(&self) -> Result<LeptosOptions> {
        let mut options = default_options()?;
        if let Some(address) = self.listen {
            options.site_addr = address;
        }
        if let Some(folder) = &self.site_root {
            options.site_root = folder.to_string_lossy().into();
        }
        Ok(options)
    }
}

fn default_options() -> Result<LeptosOptions> {
    let is_set = std::env::var_os("LEPTOS_OUTPUT_NAME").is_some_and(|name| !name.is_empty());
    if is_set {
        let options = get_configuration(None).map(|file| file.leptos_options);
        return options.context("the LEPTOS_* environment variables can't be read");
    }
    if Path::new(SITE_FILE).is_file() {
        let options = get_configuration(Some(SITE_FILE)).map(|file| file.leptos_options);
        return options.with_context(|| format!("{SITE_FILE} can't be read"));
    }
    let mut options =
        get_config_from_str(SITE_FILE_TEXT).context("the LEPTOS_* environment variables can't be read")?;
    if let Some(folder) = std::env::current_exe().ok().and_then(|program| installed_site(&program)) {
        options.site_root = folder.to_string_lossy().into();
        options.hash_file = folder.join(HASH_FILE).to_string_lossy().into();
        options.hash_files = true;
    }
    Ok(options)
}

/// Returns the folder of the console's files that was installed with a program: `/usr/share/stockhold/site` for
/// `/usr/bin/stockhold`.
fn installed_site(program: &Path) -> Option<PathBuf> {
    let folder = program.parent()?.parent()?.join("share/stockhold/site");
    folder.join(HASH_FILE).is_file().then_some(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_site_file_is_readable() {
        let options = get_config_from_str(SITE_FILE_TEXT).expect("read");
        assert_eq!(&*options.output_name, "stockhold");
    }

    #[test]
    fn the_settings_take_precedence() {
        let config = SiteConfig {
            listen: Some(([127, 0, 0, 1], 7).into()),
            site_root: Some(PathBuf::from("/srv/site")),
        };
        let options = config.leptos_options().expect("options");
        assert_eq!((options.site_addr.port(), &*options.site_root), (7, "/srv/site"));
    }

    #[test]
    fn the_installed_files_are_beside_the_program() {
        let prefix = tempfile::tempdir().expect("a folder");
        let program = prefix.path().join("bin/stockhold");
        assert_eq!(installed_site(&program), None);
        let site = prefix.path().join("share/stockhold/site");
        std::fs::create_dir_all(&site).expect("a folder");
        std::fs::write(site.join(HASH_FILE), "").expect("a file");
        assert_eq!(installed_site(&program), Some(site));
    }
}
