//! The configuration file: TOML with one key per setting. Flags and environment variables take precedence.

use clap::builder::OsStr;
use clap::{Arg, ArgMatches, Command};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

/// The configuration file of an installed server. It is read if it exists and no other file is named.
pub(crate) const DEFAULT_FILE: &str = "/etc/stockhold/stockhold.toml";

/// The settings of a configuration file: the values of each by the name of its argument.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ConfigFile {
    values: BTreeMap<String, Vec<String>>,
}

impl ConfigFile {
    /// Reads the file that the flag `--config` or `STOCKHOLD_CONFIG` names, or the default file if it exists. An empty name
    /// selects no file.
    ///
    /// # Errors
    /// Text for the terminal: the file can't be read or is not TOML, or it has an unknown setting or an invalid value.
    pub(crate) fn find(command: &Command, matches: &ArgMatches) -> Result<Self, String> {
        match matches.get_one::<OsString>("config") {
            Some(path) if path.is_empty() => Ok(Self::default()),
            Some(path) => Self::read(command, Path::new(path)),
            None if Path::new(DEFAULT_FILE).is_file() => Self::read(command, Path::new(DEFAULT_FILE)),
            None => Ok(Self::default()),
        }
    }

    fn read(command: &Command, path: &Path) -> Result<Self, String> {
        let shown = path.display();
        let text =
            std::fs::read_to_string(path).map_err(|error| format!("{shown} can't be read: {error}"))?;
        Self::parse(command, &text).map_err(|error| format!("{shown}: {error}"))
    }

    fn parse(command: &Command, text: &str) -> Result<Self, String> {
        let table: toml::Table = text.parse().map_err(|error| syntax_error(text, &error))?;
        let mut values = BTreeMap::new();
        for (name, value) in table {
            let Some(argument) = settings(command).find(|argument| argument.get_id() == name.as_str()) else {
                return Err(unknown(&name, settings(command).map(|argument| argument.get_id().as_str())));
            };
            let given = texts(&value).ok_or_else(|| {
                let kind = value.type_str();
                format!(
                    "{name} must be text, a number, true, false, or a list of these, not of the type {kind}"
                )
            })?;
            let given = vec![given.join(",")];
            check(argument, &given).map_err(|error| format!("{name}: {error}"))?;
            values.insert(name, given);
        }
        Ok(Self { values })
    }

    /// Returns whether the file has the setting.
    pub(super) fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// Makes the file's values the defaults of a command.
    pub(crate) fn apply(&self, mut command: Command) -> Command {
        for (name, values) in &self.values {
            let values: Vec<OsStr> = values.iter().cloned().map(OsStr::from).collect();
            command = command.mut_arg(name, |argument| argument.default_values(values));
        }
        command
    }
}

/// Returns the arguments of a command that are settings: those with an environment variable, without `--config` itself.
pub(crate) fn settings(command: &Command) -> impl Iterator<Item = &Arg> {
    let is_setting = |argument: &&Arg| argument.get_env().is_some() && argument.get_id() != "config";
    command.get_arguments().filter(is_setting)
}

/// Returns an error for an environment variable that starts with `STOCKHOLD_` and is not a setting.
///
/// # Errors
/// Text for the terminal, with the most similar setting.
pub(crate) fn check_variables(
    command: &Command,
    variables: impl Iterator<Item = String>,
) -> Result<(), String> {
    let known: Vec<_> = command.get_arguments().filter_map(|argument| argument.get_env()?.to_str()).collect();
    for variable in variables.filter(|variable| variable.starts_with(PREFIX)) {
        let is_other = OTHER_PREFIXES.iter().any(|prefix| variable.starts_with(prefix))
            || OTHER_VARIABLES.contains(&variable.as_str());
        if !is_other && !known.contains(&variable.as_str()) {
            return Err(format!("the environment: {}", unknown(&variable, known.into_iter())));
        }
    }
    Ok(())
}

/// The beginning of the environment variables of Stockhold.
const PREFIX: &str = "STOCKHOLD_";

/// The beginnings of variables that are no settings: those of tests, and those that Kubernetes sets for a service `stockhold`.
const OTHER_PREFIXES: [&str; 3] = ["STOCKHOLD_TEST_", "STOCKHOLD_SERVICE_", "STOCKHOLD_PORT_"];

/// The other variables that are no settings.
const OTHER_VARIABLES: [&str; 4] =
    [cluster::BINARIES_VARIABLE, "STOCKHOLD_WRITE_OPENAPI", "STOCKHOLD_COMMIT", "STOCKHOLD_PORT"];

/// The least similarity of a suggested name, from 0 to 1.
const SIMILARITY_MIN: f64 = 0.8;

fn unknown<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let similarity = |known: &str| strsim::jaro_winkler(name, known);
    let nearest = known
        .filter(|known| similarity(known) >= SIMILARITY_MIN)
        .max_by(|first, second| similarity(first).total_cmp(&similarity(second)));
    match nearest {
        Some(nearest) => format!("there is no setting {name}; did you mean {nearest}?"),
        None => format!("there is no setting {name}; `stockhold config` lists them"),
    }
}

/// Describes an error of the syntax without the text of its line, which may be a secret.
fn syntax_error(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    format!("line {}: {}", before.matches('\n').count() + 1, error.message())
}

/// Returns the texts of a value; `None` for a table or a date.
fn texts(value: &toml::Value) -> Option<Vec<String>> {
    match value {
        toml::Value::String(text) => Some(vec![text.clone()]),
        toml::Value::Integer(number) => Some(vec![number.to_string()]),
        toml::Value::Float(number) => Some(vec![number.to_string()]),
        toml::Value::Boolean(is_on) => Some(vec![is_on.to_string()]),
        toml::Value::Array(values) => {
            let texts: Option<Vec<_>> = values.iter().map(texts).collect();
            texts.map(|texts| texts.concat())
        }
        toml::Value::Datetime(_) | toml::Value::Table(_) => None,
    }
}

/// Parses the values as the flag would, and returns its error without the name of the flag.
fn check(argument: &Arg, values: &[String]) -> Result<(), String> {
    let Some(flag) = argument.get_long() else { return Ok(()) };
    let flags = values.iter().map(|value| format!("--{flag}={value}"));
    let command = Command::new("settings").no_binary_name(true).arg(argument.clone().global(false));
    let parsed = command.try_get_matches_from(flags);
    parsed.map(drop).map_err(|error| {
        let text = error.to_string();
        let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let reason = lines.into_iter().take_while(|line| !line.starts_with("For more")).collect::<Vec<_>>();
        reason.join(" ").trim_start_matches("error: ").to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use crate::config::SettingSource;
    use clap::CommandFactory as _;
    use std::fs;

    fn parse(text: &str) -> Result<ConfigFile, String> {
        ConfigFile::parse(&Cli::command(), text)
    }

    #[test]
    fn a_file_has_values_of_each_type() {
        let file = parse(
            "low_stock = 7\nwaiting_first = true\nlog = \"json\"\nhosts = [\"a.example\", \"b.example\"]\n",
        );
        let file = file.expect("valid");
        assert!(file.has("low_stock") && file.has("hosts") && !file.has("token_days"));
        assert_eq!(file.values["hosts"], ["a.example,b.example"]);
    }

    #[test]
    fn an_error_names_the_setting_the_value_and_the_allowed_ones() {
        let error = |text: &str| parse(text).expect_err("invalid");
        let bounds = error("low_stock = -1");
        assert!(bounds.starts_with("low_stock: ") && bounds.contains("-1"), "{bounds}");
        assert!(bounds.contains("0..=2147483647"), "{bounds}");
        let names = error("log = \"xml\"");
        assert!(names.contains("text") && names.contains("json") && names.contains("xml"), "{names}");
        assert!(error("low_stok = 1").contains("did you mean low_stock?"));
        assert!(error("[database]\nurl = 1").contains("there is no setting database"));
        assert!(
            error("low_stock = 1979-05-27").contains("low_stock must be"),
            "{}",
            error("low_stock = 1979-05-27")
        );
        let syntax = error("low_stock = 1\noidc_client_secret = hunter2");
        assert!(syntax.starts_with("line 2: ") && !syntax.contains("hunter2"), "{syntax}");
    }

    #[test]
    fn flags_and_variables_take_precedence_over_the_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("stockhold.toml");
        fs::write(&path, "low_stock = 7\ntoken_days = 30\n").expect("written");
        let path = path.to_str().expect("text");
        let cli =
            Cli::read_from(["stockhold", "--config", path, "serve", "--low-stock", "8"]).expect("valid");
        assert_eq!((cli.config.engine.low_stock, cli.config.access.token_days), (8, 30));
        let source = |variable: &str| {
            let shown = cli.config.shown.iter().find(|setting| setting.variable == variable);
            shown.expect("a setting").source
        };
        assert_eq!(source("STOCKHOLD_LOW_STOCK"), SettingSource::CommandLine);
        assert_eq!(source("STOCKHOLD_TOKEN_DAYS"), SettingSource::File);
        assert_eq!(source("STOCKHOLD_AUDIT_DAYS"), SettingSource::Default);
        fs::write(path, "token_dais = 30\n").expect("written");
        let error = Cli::read_from(["stockhold", "--config", path, "serve"]).expect_err("unknown");
        assert!(error.to_string().contains("did you mean token_days?"), "{error}");
        let cli =
            Cli::read_from(["stockhold", "--config", "", "serve"]).expect("an empty name selects no file");
        assert_eq!(cli.config.access.token_days, 365);
        let missing =
            Cli::read_from(["stockhold", "--config", "/no/such.toml", "serve"]).expect_err("missing");
        assert!(missing.to_string().contains("/no/such.toml can't be read"), "{missing}");
    }

    #[test]
    fn an_unknown_variable_is_an_error() {
        let check = |name: &str| check_variables(&Cli::command(), [name.to_owned()].into_iter());
        for known in [
            "STOCKHOLD_LOW_STOCK",
            "STOCKHOLD_TEST_DATABASE_URL",
            "STOCKHOLD_PG_BIN",
            "PATH",
            "STOCKHOLD_CONFIG",
            "STOCKHOLD_SERVICE_HOST",
            "STOCKHOLD_PORT_3000_TCP",
        ] {
            assert_eq!(check(known), Ok(()));
        }
        let error = check("STOCKHOLD_LOW_STOK").expect_err("unknown");
        assert!(error.contains("did you mean STOCKHOLD_LOW_STOCK?"), "{error}");
    }
}
