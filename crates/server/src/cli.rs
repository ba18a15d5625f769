//! The command line.

use crate::client_commands::{self, ClientCommand};
use crate::config::{Config, leptos_options};
use crate::database::Database;
use crate::maintenance::ITEMS_MAX;
use crate::output::print_line;
use crate::startup::{Application, migrate_schema};
use crate::user_commands::{self, UserCommand};
use crate::{demo, maintenance, telemetry};
use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};
use engine::Engine;
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

/// The commands.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Serve the console and the API until Ctrl-C or SIGTERM. LEPTOS_SITE_ADDR sets the address.
    Serve {
        /// Load the demo data if there is no item yet.
        #[arg(long)]
        demo: bool,
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
        /// Load this many variants of the demo items, by COPY.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=ITEMS_MAX))]
        items: Option<u64>,
    },
    /// Check that the ledger accounts for every unit: stock levels, blocks and orders against the ledger, items
    /// against their stock levels, and every row against the rows that it references. Reads only, and may run
    /// while a server runs. Exits with 1 if a discrepancy is left.
    Reconcile {
        /// Repair discrepancies by `corrected` movements. Print the remedy of each that has no automatic repair.
        #[arg(long)]
        apply: bool,
    },
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
}

/// Executes the command.
///
/// # Errors
/// The reason why the command failed, as text for the terminal.
pub async fn run(mut cli: Cli) -> Result<()> {
    let _log = telemetry::start(cli.config.log)?;
    cli.config.database.read_secrets()?;
    #[cfg(feature = "openid")]
    cli.config.openid.read_secrets()?;
    match cli.command {
        Command::Serve { demo, no_migrate } => serve(&cli.config, demo, !no_migrate).await,
        Command::Migrate => migrate(&cli.config).await,
        Command::Seed { demo, items } => {
            with_store(&cli.config, async |store| seed(store, demo, items).await).await
        }
        Command::Reconcile { apply } => reconcile(&cli.config, apply).await,
        Command::Client { command } => client_commands::run(&cli.config, command).await,
        Command::User { command } => user_commands::run(&cli.config, command).await,
    }
}

async fn serve(config: &Config, demo: bool, migrate: bool) -> Result<()> {
    let mut stop = std::pin::pin!(stop_signal()?);
    let start = async {
        let application = Application::build(config, leptos_options()?, migrate).await?;
        if migrate {
            print_line(SCHEMA_DONE);
        }
        if demo {
            load_demo(application.engine()).await?;
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

async fn seed(store: Store, demo: bool, items: Option<u64>) -> Result<()> {
    if demo {
        let engine = Engine::start(store.clone(), engine::Settings::default()).await?;
        let outcome = load_demo(&engine).await;
        engine.drain().await;
        outcome?;
    }
    match items {
        Some(count) => maintenance::seed_items(&store, count).await,
        None => Ok(()),
    }
}

async fn load_demo(engine: &Engine) -> Result<()> {
    match demo::load(engine).await.context("the demo data could not be loaded")? {
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
