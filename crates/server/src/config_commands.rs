//! `stockhold config`: the settings in force.

use crate::config::{Config, SettingSource, ShownSetting, settings};
use crate::http::hosts::AllowedHosts;
use crate::http::tls;
#[cfg(feature = "openid")]
use crate::openid_sign_in::OpenIdSignIn;
use crate::output::print_line;
use anyhow::Result;
use clap::Command;
use serde_json::Value;

/// Prints each setting with its value and its source, as a configuration file. A setting without a value is a comment.
pub(crate) fn print(settings: &[ShownSetting]) {
    for setting in settings {
        print_line(&line(setting));
    }
}

fn line(setting: &ShownSetting) -> String {
    let ShownSetting { name, value, variable, .. } = setting;
    let source = match setting.source {
        SettingSource::Default => "default",
        SettingSource::File => "file",
        SettingSource::Environment => variable,
        SettingSource::CommandLine => "flag",
    };
    let is_number = value.parse::<i64>().is_ok_and(|number| number.to_string() == *value);
    let is_bare = is_number || value.parse::<bool>().is_ok();
    // The escapes of JSON are those of TOML.
    let toml = if is_bare { value.clone() } else { Value::from(value.as_str()).to_string() };
    match value.is_empty() {
        true => format!("# {name} has no value"),
        false => format!("{name} = {toml} # {source}"),
    }
}

/// Checks the settings and the files that they name. A value outside its bounds fails earlier, with the command line.
///
/// # Errors
/// Two settings contradict each other, a file can't be read, or the URL of a database is invalid.
pub(crate) fn check(config: &Config) -> Result<()> {
    let options = config.site.leptos_options()?;
    if let Some(files) = config.network.tls_files()? {
        tls::check(&files)?;
    }
    config.network.site_url(options.site_addr)?;
    AllowedHosts::new(config.network.host_names(), options.site_addr.ip())?;
    #[cfg(feature = "openid")]
    OpenIdSignIn::new(&config.openid)?;
    config.database.check_urls()?;
    config.archive.check()?;
    print_line("The settings are valid.");
    Ok(())
}

/// Returns the reference of all settings, in Markdown.
pub(crate) fn reference(command: &Command) -> String {
    let rows = settings(command).map(|argument| {
        let variable = argument.get_env().unwrap_or_default().to_string_lossy();
        let defaults =
            argument.get_default_values().iter().map(|value| format!("`{}`", value.to_string_lossy()));
        let default = defaults.collect::<Vec<_>>().join(" ");
        let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
        let allowed: Vec<_> =
            argument.get_possible_values().iter().map(|value| format!("`{}`", value.get_name())).collect();
        let allowed =
            if allowed.is_empty() { String::new() } else { format!(" One of {}.", allowed.join(", ")) };
        let end = if help.ends_with('.') { "" } else { "." };
        format!("| `{}` | `{variable}` | {default} | {help}{end}{allowed} |\n", argument.get_id())
    });
    let rows: String = rows.collect();
    format!("{REFERENCE}{rows}")
}

/// The beginning of the reference.
const REFERENCE: &str = "# Settings

`stockhold config reference` prints this page, and a test compares both. A flag has the name of the setting with hyphens: \
`--low-stock`. Flags take precedence over environment variables, and variables over the configuration file. \
`stockhold config` prints each value and its source; `stockhold config check` checks them. A server does not start with an \
unknown or invalid setting.

The configuration file is TOML with one line per setting. `--config` or `STOCKHOLD_CONFIG` names it; otherwise the server \
reads `/etc/stockhold/stockhold.toml`, if it exists. Relative paths in the file are relative to the folder of the file; those \
of flags and variables are relative to the current folder. `RUST_LOG` selects log lines by level.

| setting | variable | default | meaning |
| --- | --- | --- | --- |
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use clap::CommandFactory as _;
    use std::fs;
    use std::path::Path;

    #[test]
    fn the_reference_is_the_committed_one() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/settings.md");
        let reference = reference(&Cli::command());
        let committed = fs::read_to_string(path).expect("docs/settings.md");
        assert!(committed == reference, "cargo run --bin stockhold -- config reference > docs/settings.md");
    }

    #[test]
    fn the_output_is_a_configuration_file() {
        let cli = Cli::read_from([
            "stockhold",
            "config",
            "--low-stock",
            "7",
            "--database-url",
            "postgres://a:b@c/d",
        ]);
        let lines: Vec<_> = cli.expect("valid").config.shown.iter().map(line).collect();
        assert!(lines.contains(&"low_stock = 7 # flag".to_owned()), "{lines:?}");
        assert!(lines.contains(&"database_url = \"***\" # flag".to_owned()), "{lines:?}");
        assert!(lines.contains(&"# hosts has no value".to_owned()), "{lines:?}");
        let file: toml::Table = lines.join("\n").parse().expect("TOML");
        assert_eq!(file["token_days"].as_integer(), Some(365));
    }
}
