//! The settings in force and their sources, for the page of settings.

use super::file::{ConfigFile, settings};
use clap::parser::ValueSource;
use clap::{ArgMatches, Command};

/// Shown in place of a secret.
const MASK: &str = "***";

/// A setting of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownSetting {
    /// Its name in the configuration file.
    pub name: String,
    /// Its environment variable.
    pub variable: String,
    /// Its value; empty if it has none. A secret is masked.
    pub value: String,
    /// The source of the value.
    pub source: SettingSource,
    /// Its description in the help of the command line.
    pub description: String,
}

/// The source of a setting's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingSource {
    /// The default.
    Default,
    /// The configuration file.
    File,
    /// The environment variable.
    Environment,
    /// The flag.
    CommandLine,
}

/// Returns the settings that have an environment variable, in the order of the help. Values that the help hides are
/// secrets, and masked.
pub(crate) fn shown_settings(
    command: &Command,
    matches: &ArgMatches,
    file: &ConfigFile,
) -> Vec<ShownSetting> {
    // Global arguments that follow the command are in its matches.
    let matches = matches.subcommand().map_or(matches, |(_, of_command)| of_command);
    let arguments = settings(command).filter_map(|argument| Some((argument, argument.get_env()?)));
    let shown = arguments.map(|(argument, variable)| {
        let id = argument.get_id().as_str();
        let values = matches.try_get_raw(id).ok().flatten();
        let values: Vec<_> =
            values.into_iter().flatten().map(|value| value.to_string_lossy().into_owned()).collect();
        let value = match values.join(",") {
            value if value.is_empty() || !argument.is_hide_env_values_set() => value,
            _ => MASK.to_owned(),
        };
        let source = match matches.try_contains_id(id).ok().and_then(|_| matches.value_source(id)) {
            Some(ValueSource::CommandLine) => SettingSource::CommandLine,
            Some(ValueSource::EnvVariable) => SettingSource::Environment,
            _ if file.has(id) => SettingSource::File,
            _ => SettingSource::Default,
        };
        let description = argument.get_help().map(ToString::to_string).unwrap_or_default();
        let name = id.to_owned();
        ShownSetting { name, variable: variable.to_string_lossy().into_owned(), value, source, description }
    });
    shown.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use clap::CommandFactory as _;

    fn shown(arguments: &[&str]) -> Vec<ShownSetting> {
        let command = Cli::command();
        let arguments = ["stockhold"].iter().chain(arguments);
        let matches = command.clone().try_get_matches_from(arguments).expect("valid");
        shown_settings(&command, &matches, &ConfigFile::default())
    }

    fn find(settings: &[ShownSetting], variable: &str) -> ShownSetting {
        settings.iter().find(|setting| setting.variable == variable).expect("a setting").clone()
    }

    #[test]
    fn settings_have_their_value_and_source() {
        let settings = shown(&["serve", "--low-stock", "7"]);
        let low = find(&settings, "STOCKHOLD_LOW_STOCK");
        assert_eq!((low.value.as_str(), low.source), ("7", SettingSource::CommandLine));
        let queue = find(&settings, "STOCKHOLD_QUEUE_REQUESTS_MAX");
        assert_eq!((queue.value.as_str(), queue.source), ("2000", SettingSource::Default));
        assert!(queue.description.contains("wait in one queue"), "{queue:?}");
    }

    #[test]
    fn no_secret_is_shown() {
        let secrets = [
            "--database-url",
            "postgres://a:hunter2@localhost/b",
            "--database-read-url",
            "postgres://a:hunter2@localhost/b",
        ];
        let settings = shown(&[&secrets[..], &["serve"]].concat());
        assert!(!format!("{settings:?}").contains("hunter2"), "{settings:?}");
        assert_eq!(find(&settings, "DATABASE_URL").value, MASK);
        let command = Cli::command();
        let secret = |name: &str| name.contains("SECRET") || name.ends_with("_URL");
        for argument in command.get_arguments() {
            let name = argument.get_env().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let is_public =
                !secret(&name) || name.ends_with("_FILE") || name == "STOCKHOLD_OIDC_REDIRECT_URL";
            assert!(is_public || argument.is_hide_env_values_set(), "{name} would be shown");
        }
    }
}
