//! The configuration file: TOML with one key per setting. Flags and environment variables take precedence. Relative paths in
//! the file are relative to the folder of the file, so that they do not depend on the folder in which a command is run.

use clap::builder::OsStr;
use clap::{Arg, ArgMatches, Command, ValueHint};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The configuration file of an installed server. It is read if it exists and no other file is named.
pub(crate) const DEFAULT_FILE: &str = "/etc/stockhold/stockhold.toml";

/// The settings of a configuration file: the values of each by the name of its argument.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ConfigFile {
    values: BTreeMap<String, Vec<OsString>>,
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
        let absolute = std::path::absolute(path).map_err(|error| format!("{shown}: {error}"))?;
        let folder = absolute.parent().unwrap_or(&absolute);
        Self::parse(command, &text, folder).map_err(|error| format!("{shown}: {error}"))
    }

    /// Parses the text of a file in `folder`.
    fn parse(command: &Command, text: &str, folder: &Path) -> Result<Self, String> {
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
            let given = given.into_iter().map(|value| match is_path(argument) && !value.is_empty() {
                true => resolve(folder, Path::new(&value), Path::new("")).map(PathBuf::into_os_string),
                false => Ok(value.into()),
            });
            let given = given.collect::<Result<_, _>>().map_err(|error| format!("{name}: {error}"))?;
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

/// Returns whether the value of a setting is the path of a file or a folder.
fn is_path(argument: &Arg) -> bool {
    matches!(argument.get_value_hint(), ValueHint::AnyPath | ValueHint::FilePath | ValueHint::DirPath)
}

/// The folder of the private PostgreSQL in the data directory.
const DATABASE_FOLDER: &str = "postgres/cluster";

/// Returns a path of a file in `folder`. `current` is the folder in which the command is run.
///
/// # Errors
/// The path relative to the current folder has a database, and the one relative to the file's folder has none: without this
/// check a server whose database was created by an earlier version would begin with an empty one.
fn resolve(folder: &Path, path: &Path, current: &Path) -> Result<PathBuf, String> {
    let resolved = folder.join(path);
    let has_database = |path: &Path| path.join(DATABASE_FOLDER).symlink_metadata().is_ok();
    let other = current.join(path);
    match has_database(&other) && !has_database(&resolved) {
        true => Err(format!(
            "{} is relative to the folder of the file and has no database, but there is one in {}; write the path of the \
             right one, beginning with /",
            path.display(),
            std::path::absolute(&other).unwrap_or(other).display()
        )),
        false => Ok(resolved),
    }
}

/// Returns an error for an environment variable that starts with `STOCKHOLD_` and is not a setting. `variables` have names and
/// values.
///
/// # Errors
/// Text for the terminal, with the most similar setting.
pub(crate) fn check_variables(
    command: &Command,
    variables: impl Iterator<Item = (String, OsString)>,
) -> Result<(), String> {
    let known: Vec<_> = command.get_arguments().filter_map(|argument| argument.get_env()?.to_str()).collect();
    for (variable, value) in variables.filter(|(variable, _)| variable.starts_with(PREFIX)) {
        let is_other = variable.starts_with(TEST_PREFIX)
            || OTHER_VARIABLES.contains(&variable.as_str())
            || is_of_kubernetes(&variable, &value.to_string_lossy());
        if !is_other && !known.contains(&variable.as_str()) {
            return Err(format!("the environment: {}", unknown(&variable, known.into_iter())));
        }
    }
    Ok(())
}

/// The beginning of the environment variables of Stockhold.
const PREFIX: &str = "STOCKHOLD_";

/// The beginning of the variables of tests, which are no settings.
const TEST_PREFIX: &str = "STOCKHOLD_TEST_";

/// The other variables that are no settings.
const OTHER_VARIABLES: [&str; 3] =
    [cluster::BINARIES_VARIABLE, "STOCKHOLD_WRITE_OPENAPI", "STOCKHOLD_COMMIT"];

/// The beginnings of the addresses in the variables of Kubernetes.
const KUBERNETES_PROTOCOLS: [&str; 3] = ["tcp://", "udp://", "sctp://"];

/// Returns whether Kubernetes sets this variable for a service of the same namespace, whose name may begin with `stockhold`:
/// `NAME_SERVICE_HOST`, `NAME_SERVICE_PORT`, `NAME_SERVICE_PORT_HTTP`, `NAME_PORT` with an address, or `NAME_PORT_80_TCP` and
/// its parts.
fn is_of_kubernetes(variable: &str, value: &str) -> bool {
    let has_address = || KUBERNETES_PROTOCOLS.iter().any(|protocol| value.starts_with(protocol));
    let is_port = |rest: &str| {
        let (port, protocol) = rest.split_once('_').unwrap_or_default();
        port.parse::<u16>().is_ok() && ["TCP", "UDP", "SCTP"].iter().any(|name| protocol.starts_with(name))
    };
    variable.ends_with("_SERVICE_HOST")
        || variable.ends_with("_SERVICE_PORT")
        || variable.contains("_SERVICE_PORT_")
        || (variable.ends_with("_PORT") && has_address())
        || variable.split("_PORT_").skip(1).any(is_port)
}

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
        ConfigFile::parse(&Cli::command(), text, Path::new("/etc/shop"))
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
    fn relative_paths_are_relative_to_the_file() {
        let file = parse(
            "data_dir = \"data\"\nwal_archive_dir = \"/srv/log\"\ntls_key = \"\"\ntls_certificate = \"../a.pem\"\n\
             hosts = \"data\"\n",
        );
        let file = file.expect("valid");
        assert_eq!(file.values["data_dir"], ["/etc/shop/data"]);
        assert_eq!(file.values["wal_archive_dir"], ["/srv/log"]);
        assert_eq!(file.values["tls_certificate"], ["/etc/shop/../a.pem"]);
        assert_eq!(file.values["tls_key"], [""]);
        assert_eq!(file.values["hosts"], ["data"]);
        let command = Cli::command();
        for argument in settings(&command) {
            let names = argument.get_value_names().unwrap_or_default();
            let is_named = names.iter().any(|name| ["FILE", "FOLDER", "DIR"].contains(&name.as_str()));
            assert!(!is_named || is_path(argument), "{} needs a hint that it is a path", argument.get_id());
        }

        // A flag is relative to the current folder.
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("stockhold.toml");
        fs::write(&path, "data_dir = \"data\"\narchive_dir = \"archive\"\n").expect("written");
        let path = path.to_str().expect("text");
        let cli = Cli::read_from(["stockhold", "--config", path, "serve", "--archive-dir", "archive"]);
        let config = cli.expect("valid").config;
        assert_eq!(config.database.data_dir, folder.path().join("data"));
        assert_eq!(config.archive.archive_dir, Some(PathBuf::from("archive")));
    }

    #[test]
    fn a_database_in_the_current_folder_is_not_replaced_by_an_empty_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let (file, current) = (folder.path().join("file"), folder.path().join("current"));
        let create =
            |folder: &Path| fs::create_dir_all(folder.join("data").join(DATABASE_FOLDER)).expect("created");
        let resolve = |path: &str| resolve(&file, Path::new(path), &current);
        assert_eq!(resolve("data"), Ok(file.join("data")));
        create(&current);
        let error = resolve("data").expect_err("another database");
        assert!(error.contains(current.join("data").to_str().expect("text")), "{error}");
        create(&file);
        assert_eq!(resolve("data"), Ok(file.join("data")));
    }

    #[test]
    fn an_unknown_variable_is_an_error() {
        let check_value = |name: &str, value: &str| {
            check_variables(&Cli::command(), [(name.to_owned(), OsString::from(value))].into_iter())
        };
        let check = |name: &str| check_value(name, "1");
        for known in [
            "STOCKHOLD_LOW_STOCK",
            "STOCKHOLD_TEST_DATABASE_URL",
            "STOCKHOLD_PG_BIN",
            "PATH",
            "STOCKHOLD_CONFIG",
        ] {
            assert_eq!(check(known), Ok(()));
        }
        // Kubernetes sets them for the services `stockhold` and `stockhold-web` of the namespace.
        for service in ["STOCKHOLD", "STOCKHOLD_WEB"] {
            for (end, value) in [
                ("SERVICE_HOST", "10.0.0.1"),
                ("SERVICE_PORT", "80"),
                ("SERVICE_PORT_HTTP", "80"),
                ("PORT", "tcp://10.0.0.1:80"),
                ("PORT_80_TCP", "tcp://10.0.0.1:80"),
                ("PORT_80_TCP_PROTO", "tcp"),
                ("PORT_53_UDP_ADDR", "10.0.0.1"),
            ] {
                assert_eq!(check_value(&format!("{service}_{end}"), value), Ok(()), "{service}_{end}");
            }
        }
        for unknown in ["STOCKHOLD_PORT", "STOCKHOLD_WEB_PORT", "STOCKHOLD_PORT_NAME", "STOCKHOLD_SERVICE"] {
            assert!(check(unknown).is_err(), "{unknown}");
        }
        let error = check("STOCKHOLD_LOW_STOK").expect_err("unknown");
        assert!(error.contains("did you mean STOCKHOLD_LOW_STOCK?"), "{error}");
    }
}
