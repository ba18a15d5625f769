//! The command line.

use crate::archive::commands::{self, ArchiveArguments, ArchiveCommand};
use crate::backup_commands::{self, BackupArguments, RestoreArguments};
use crate::client_commands::{self, ClientCommand};
use crate::config::{Config, ConfigFile, check_variables, shown_settings};
use crate::database::Database;
use crate::demo::live;
use crate::maintenance::ITEMS_MAX;
use crate::output::{print_line, print_text};
use crate::shop_commands::{self, ShopCommand};
use crate::startup::{Application, migrate_schema};
use crate::user_commands::{self, UserCommand};
use crate::{config_commands, demo, maintenance, telemetry};
use anyhow::{Context as _, Result};
use clap::error::ErrorKind;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use engine::Engine;
use std::ffi::OsString;
use store::Store;

/// The line that is printed after the migration.
const SCHEMA_DONE: &str = "The schema is up to date.";

/// The line that is printed while no credentials are needed.
const LOCAL_ACCESS: &str = "Local access: everyone on this machine is an administrator, until one exists. `stockhold user \
                            invite NAME --role administrator` prints a one-time link for the first one.";

/// Inventory reservation and allocation for an online shop.
#[derive(Debug, Parser)]
#[command(name = "stockhold", version, propagate_version = true)]
pub struct Cli {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
    /// The settings.
    #[command(flatten)]
    pub config: Config,
}

impl Cli {
    /// Reads the command line and the environment. Prints the reason and exits if they are invalid, or the help.
    pub fn read() -> Self {
        Self::read_from(std::env::args_os()).unwrap_or_else(|error| error.exit())
    }

    /// Reads these arguments, the first of which is the program's name, and the environment.
    ///
    /// # Errors
    /// An argument is invalid, or asks for the help.
    pub fn read_from(
        arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    ) -> std::result::Result<Self, clap::Error> {
        let arguments: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
        let matches = Self::command().try_get_matches_from(&arguments)?;
        let invalid = |error| clap::Error::raw(ErrorKind::ValueValidation, format!("{error}\n"));
        let command = Self::command();
        let variables =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
        check_variables(&command, variables).map_err(invalid)?;
        let of_command = matches.subcommand().map_or(&matches, |(_, matches)| matches);
        let file = ConfigFile::find(&command, of_command).map_err(invalid)?;
        let mut command = file.apply(command);
        let matches = command.try_get_matches_from_mut(&arguments)?;
        let mut cli = Self::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
        cli.config.shown = shown_settings(&command, &matches, &file);
        Ok(cli)
    }
}

/// The commands.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Serve the console and the API until Ctrl-C or SIGTERM.
    Serve {
        /// Load the demo data if there is no item yet.
        #[arg(long)]
        demo: bool,
        /// The seed of the demo data. The same seed makes the same shop.
        #[arg(long, value_name = "N", default_value_t = demo::SEED_DEFAULT)]
        demo_seed: u64,
        /// Do not migrate the schema.
        #[arg(long)]
        no_migrate: bool,
    },
    /// Migrate the database's schema.
    Migrate,
    /// Load data.
    Seed {
        /// Load the demo data if there is no item yet.
        #[arg(long, required_unless_present = "items")]
        demo: bool,
        /// The seed of the demo data. The same seed makes the same shop.
        #[arg(long, value_name = "N", default_value_t = demo::SEED_DEFAULT)]
        demo_seed: u64,
        /// Load this many variants of the demo items, by COPY.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=ITEMS_MAX))]
        items: Option<u64>,
    },
    /// Load the demo data if there is no item yet, and sell them with --live. Runs beside a server, on its database.
    Demo {
        /// Go on selling until Ctrl-C or SIGTERM: carts, orders, shipments, and deliveries of sold-out items.
        #[arg(long)]
        live: bool,
        /// The requests per second.
        #[arg(long, value_name = "N", default_value_t = live::RATE_DEFAULT, requires = "live",
              value_parser = clap::value_parser!(u32).range(1..=i64::from(live::RATE_MAX)))]
        rate: u32,
        /// The seed of the demo data. The same seed makes the same shop.
        #[arg(long, value_name = "N", default_value_t = demo::SEED_DEFAULT)]
        demo_seed: u64,
    },
    /// Check that the ledger accounts for every unit: stock levels, blocks and orders against the ledger, items
    /// against their stock levels, and every row against the rows that it references. Reads only, and may run
    /// while a server runs. Exits with 1 if a discrepancy is left.
    Reconcile {
        /// Repair discrepancies by `corrected` movements. Print the remedy of each that has no automatic repair.
        #[arg(long)]
        apply: bool,
    },
    /// Write old movements or audit events to files, and delete them from the database. Checkpoints keep their sums. It may run
    /// beside a server. Example: `stockhold archive --before 2026-01-01 --to archive`.
    #[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
    Archive {
        /// The rows and the folder.
        #[command(flatten)]
        arguments: ArchiveArguments,
        /// The command.
        #[command(subcommand)]
        command: Option<ArchiveCommand>,
    },
    /// Back up the private PostgreSQL to a new folder in FOLDER, and verify the backup. May run while a server runs.
    Backup(BackupArguments),
    /// Restore the private PostgreSQL from a backup and the archived log. The data directory must have no database.
    Restore(RestoreArguments),
    /// Print each setting with its value and its source, as a configuration file. Secrets are masked.
    Config {
        /// The command.
        #[command(subcommand)]
        command: Option<ConfigCommand>,
    },
    /// Print the completions of a shell: `stockhold completions bash > /etc/bash_completion.d/stockhold`.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page, in roff: `stockhold man | man -l -`.
    Man,
    /// Manage API clients and their tokens.
    Client {
        /// The command.
        #[command(subcommand)]
        command: ClientCommand,
    },
    /// Manage the people who sign in to the console.
    User {
        /// The command.
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Manage the shops of a database with several. Each has a schema and a role of its own, and servers of its own.
    Shop {
        /// The command.
        #[command(subcommand)]
        command: ShopCommand,
    },
}

impl Command {
    /// Returns the output of a command that only describes the program: completions, the manual page, the reference of
    /// settings.
    fn generated(&self) -> Result<Option<Vec<u8>>> {
        let mut program = Cli::command();
        let mut text = Vec::new();
        match self {
            Self::Completions { shell } => {
                clap_complete::generate(*shell, &mut program, "stockhold", &mut text);
            }
            Self::Man => clap_mangen::Man::new(program).render(&mut text).context("the manual page")?,
            Self::Config { command: Some(ConfigCommand::Reference) } => {
                text = config_commands::reference(&program).into_bytes();
            }
            _ => return Ok(None),
        }
        Ok(Some(text))
    }
}

/// The commands about settings.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum ConfigCommand {
    /// Check the settings and the files that they name, without a connection to the database.
    Check,
    /// Print the reference of all settings, in Markdown.
    Reference,
}

/// Executes the command.
///
/// # Errors
/// The reason why the command failed, as text for the terminal.
pub async fn run(mut cli: Cli) -> Result<()> {
    if let Some(text) = cli.command.generated()? {
        print_text(text);
        return Ok(());
    }
    let _log = telemetry::start(cli.config.log)?;
    cli.config.database.read_secrets()?;
    #[cfg(feature = "openid")]
    cli.config.openid.read_secrets()?;
    match cli.command {
        Command::Serve { demo, demo_seed, no_migrate } => {
            serve(&cli.config, demo.then_some(demo_seed), !no_migrate).await
        }
        Command::Migrate => migrate(&cli.config).await,
        Command::Seed { demo, demo_seed, items } => {
            let (demo, settings) = (demo.then_some(demo_seed), cli.config.engine.settings());
            with_store(&cli.config, async |store| seed(store, settings, demo, items).await).await
        }
        Command::Demo { live, rate, demo_seed } => {
            demo_shop(&cli.config, live.then_some(rate), demo_seed).await
        }
        Command::Reconcile { apply } => reconcile(&cli.config, apply).await,
        Command::Archive { arguments, command: None } => commands::archive(&cli.config, arguments).await,
        Command::Archive { command: Some(command), .. } => commands::run(&cli.config, command).await,
        Command::Backup(arguments) => backup_commands::back_up(&cli.config.database, arguments).await,
        Command::Restore(arguments) => backup_commands::restore(&cli.config.database, arguments).await,
        Command::Config { command: None } => {
            config_commands::print(&cli.config.shown);
            Ok(())
        }
        Command::Config { command: Some(ConfigCommand::Check) } => config_commands::check(&cli.config),
        Command::Completions { .. }
        | Command::Man
        | Command::Config { command: Some(ConfigCommand::Reference) } => Ok(()),
        Command::Client { command } => client_commands::run(&cli.config, command).await,
        Command::User { command } => user_commands::run(&cli.config, command).await,
        Command::Shop { command } => shop_commands::run(&cli.config.database, command).await,
    }
}

async fn serve(config: &Config, demo: Option<u64>, migrate: bool) -> Result<()> {
    let mut stop = std::pin::pin!(stop_signal()?);
    let start = async {
        let application = Application::build(config, config.site.leptos_options()?, migrate).await?;
        if migrate {
            print_line(SCHEMA_DONE);
        }
        if let Some(seed) = demo {
            load_demo(application.engine(), seed).await?;
        }
        anyhow::Ok(application)
    };
    // Ctrl-C during the start drops everything that was started by then, which stops it.
    let application = tokio::select! {
        started = start => started?,
        () = &mut stop => return Ok(()),
    };
    if application.has_local_access() {
        print_line(LOCAL_ACCESS);
    }
    print_line(&format!("Stockhold is ready at {}", application.url()));
    application.run_until_stopped(stop).await?;
    print_line("Stockhold has stopped.");
    Ok(())
}

async fn migrate(config: &Config) -> Result<()> {
    with_store(config, async |_| Ok(())).await?;
    print_line(SCHEMA_DONE);
    Ok(())
}

/// Opens the database, migrates its schema, runs `work`, and closes the database also after an error.
async fn with_store(config: &Config, work: impl AsyncFnOnce(Store) -> Result<()>) -> Result<()> {
    let database = Database::open(&config.database).await?;
    let done = async {
        let store = database.connect().await?;
        migrate_schema(&store).await?;
        let outcome = work(store.clone()).await;
        store.close().await;
        outcome
    };
    let outcome = done.await;
    database.close().await?;
    outcome
}

/// Checks the database without [`with_store`]: it migrates nothing, and shares a private PostgreSQL with a running server.
async fn reconcile(config: &Config, apply: bool) -> Result<()> {
    let database = Database::open_existing(&config.database).await?;
    let outcome = maintenance::reconcile(&database, apply).await;
    database.close().await?;
    outcome
}

async fn seed(store: Store, settings: engine::Settings, demo: Option<u64>, items: Option<u64>) -> Result<()> {
    if let Some(seed) = demo {
        let engine = Engine::start(store.clone(), settings).await?;
        let outcome = load_demo(&engine, seed).await;
        engine.drain().await;
        outcome?;
    }
    match items {
        Some(count) => maintenance::seed_items(&store, count).await,
        None => Ok(()),
    }
}

/// Loads the demo data, and with a rate sells them until a signal. Shares a private PostgreSQL with a running server.
async fn demo_shop(config: &Config, rate: Option<u32>, seed: u64) -> Result<()> {
    let mut stop = std::pin::pin!(stop_signal()?);
    let database = Database::open_shared(&config.database).await?;
    let work = async {
        let store = database.connect().await?;
        migrate_schema(&store).await?;
        let engine = Engine::start(store, config.engine.settings()).await?;
        let outcome = sell_demo(&engine, rate, seed, &mut stop).await;
        engine.stop().await;
        outcome
    };
    let outcome = work.await;
    database.close().await?;
    outcome
}

async fn sell_demo(
    engine: &Engine,
    rate: Option<u32>,
    seed: u64,
    stop: impl Future<Output = ()>,
) -> Result<()> {
    load_demo(engine, seed).await?;
    if let Some(rate) = rate {
        print_line(&format!("Selling at {rate} requests per second; Ctrl-C stops."));
        let requests = live::sell(engine, seed, rate, stop).await?;
        print_line(&requests.to_string());
    }
    Ok(())
}

async fn load_demo(engine: &Engine, seed: u64) -> Result<()> {
    match demo::load(engine, seed).await.context("the demo data could not be loaded")? {
        Some(loaded) => print_line(&format!("Demo data: {loaded}")),
        None => print_line("Demo data: not loaded, because there are items already."),
    }
    Ok(())
}

/// Returns a future that ends with the first Ctrl-C or SIGTERM after this call.
fn stop_signal() -> Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt =
        signal(SignalKind::interrupt()).context("the handler of SIGINT can't be installed")?;
    let mut terminate =
        signal(SignalKind::terminate()).context("the handler of SIGTERM can't be installed")?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
