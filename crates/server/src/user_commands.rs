//! The commands `user …`: people.

use crate::config::Config;
use crate::database::Database;
use crate::output::print_line;
use crate::password_prompt;
use crate::startup::migrate_schema;
use crate::warehouse_arguments::{LimitArguments, allowed_warehouses, describe};
use access::{Access, LINK_HOURS, NewPerson, PasswordLink, WarehouseCodes};
use anyhow::{Context as _, Result};
use clap::Subcommand;
use domain::{DisplayName, Origin, Person, PrincipalName, Role};

/// The commands. They may run beside a server.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum UserCommand {
    /// Add a person, and print a one-time link to choose a password.
    Invite {
        /// The person.
        #[command(flatten)]
        person: PersonArguments,
        /// The address of the console in the link, such as https://stock.example. Default: the first of STOCKHOLD_HOSTS
        /// with the port of LEPTOS_SITE_ADDR, or that address.
        #[arg(long, value_name = "URL")]
        url: Option<String>,
    },
    /// Add a person with a password, which is read from the terminal or the standard input.
    Add {
        /// The person.
        #[command(flatten)]
        person: PersonArguments,
    },
    /// Change the warehouses in which a person may change stock, blocks and orders.
    Limit {
        /// The name.
        name: String,
        /// The limit.
        #[command(flatten)]
        limit: LimitArguments,
    },
    /// End a person's sessions, remove password and second factor, and print a one-time link to choose a password.
    Reset {
        /// The name.
        name: String,
        /// The address of the console in the link.
        #[arg(long, value_name = "URL")]
        url: Option<String>,
    },
    /// Disable a person, and end the person's sessions. The name stays taken.
    Disable {
        /// The name.
        name: String,
    },
    /// Enable a disabled person.
    Enable {
        /// The name.
        name: String,
    },
    /// List the people.
    List,
}

/// A new person.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct PersonArguments {
    /// The name for the sign-in: 1 to 64 of the characters a-z, 0-9, '.', '_' and '-'. It can't be changed or used again.
    pub name: String,
    /// The role: viewer, operator, manager or administrator. Each has the rights of the roles before it.
    #[arg(long)]
    pub role: String,
    /// The name that the console shows. Default: the name for the sign-in.
    #[arg(long, value_name = "TEXT")]
    pub display_name: Option<String>,
    /// The code of a warehouse in which the person may change stock, blocks and orders; several are separated by commas.
    /// Default: all warehouses.
    #[arg(long = "warehouse", value_delimiter = ',', value_name = "CODE")]
    pub warehouses: Vec<String>,
}

impl PersonArguments {
    fn parse(self, codes: &WarehouseCodes) -> Result<NewPerson, domain::Error> {
        let display_name = DisplayName::new(self.display_name.as_deref().unwrap_or(&self.name))?;
        Ok(NewPerson {
            name: PrincipalName::new(&self.name)?,
            display_name,
            role: Role::parse(&self.role)?,
            warehouses: allowed_warehouses(codes, &self.warehouses)?,
        })
    }
}

/// Executes a command. Creates the private PostgreSQL and migrates the schema if needed, so that the first administrator
/// can be added before the first start.
///
/// # Errors
/// A rule rejects it, or the database fails.
pub(crate) async fn run(config: &Config, command: UserCommand) -> Result<()> {
    let database = Database::open_shared(&config.database).await?;
    let done = async {
        let store = database.connect().await?;
        migrate_schema(&store).await?;
        let access = Access::new(store.clone(), config.access.settings(false));
        let outcome = execute(&access, config, command).await;
        store.close().await;
        outcome
    };
    let outcome = done.await;
    database.close().await?;
    outcome
}

async fn execute(access: &Access, config: &Config, command: UserCommand) -> Result<()> {
    let origin = &Origin::COMMAND_LINE;
    match command {
        UserCommand::Invite { person, url } => {
            let person = person.parse(&access.warehouse_codes().await?)?;
            print_link(&access.person_invite(origin, &person).await?, config, url)?;
        }
        UserCommand::Add { person } => {
            let person = person.parse(&access.warehouse_codes().await?)?;
            let password = password_prompt::read_new_password()?;
            access.person_add(origin, &person, &password).await?;
            print_line(&format!("{} was added as {}.", person.name, person.role.as_str()));
        }
        UserCommand::Limit { name, limit } => {
            let codes = access.warehouse_codes().await?;
            let allowed = limit.parse(&codes)?;
            access.person_set_warehouses(origin, &PrincipalName::new(&name)?, &allowed).await?;
            match allowed.is_limited() {
                true => print_line(&format!("{name} is limited to {}.", codes.format(&allowed))),
                false => print_line(&format!("{name} is not limited to warehouses.")),
            }
        }
        UserCommand::Reset { name, url } => {
            print_link(&access.person_reset(origin, &PrincipalName::new(&name)?).await?, config, url)?;
        }
        UserCommand::Disable { name } => {
            access.person_disable(origin, &PrincipalName::new(&name)?).await?;
            print_line(&format!("{name} is disabled."));
        }
        UserCommand::Enable { name } => {
            access.person_enable(origin, &PrincipalName::new(&name)?).await?;
            print_line(&format!("{name} is enabled."));
        }
        UserCommand::List => {
            let people = access.person_list().await.context("the people can't be read")?;
            if people.is_empty() {
                print_line("There are no people.");
            }
            let codes = access.warehouse_codes().await?;
            people.iter().for_each(|person| print_person(person, &codes));
        }
    }
    Ok(())
}

/// Prints a one-time link on a line of its own. The secret is in the query, because paths are logged.
fn print_link(link: &PasswordLink, config: &Config, url: Option<String>) -> Result<()> {
    let base = match url {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => config.network.site_url(config.site.leptos_options()?.site_addr)?,
    };
    print_line(&format!(
        "Open this link to choose the password of {}. It is valid for {LINK_HOURS} hours, and once:",
        link.name
    ));
    print_line(&format!("{base}/invitation?secret={}", link.secret));
    Ok(())
}

fn print_person(person: &Person, codes: &WarehouseCodes) {
    let state = match (person.disabled_at, person.can_sign_in(), person.has_second_factor) {
        (Some(_), ..) => "disabled",
        (None, false, _) => "invited",
        (None, true, false) => "enabled",
        (None, true, true) => "enabled, with a second factor",
    };
    let Person { name, display_name, sessions, .. } = person;
    let (role, limit) = (person.role.as_str(), describe(&person.warehouses, codes));
    print_line(&format!("{name} ({display_name}): {role}{limit}, {state}, sessions: {sessions}"));
}
