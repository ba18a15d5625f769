//! The commands `client …`: API clients and their tokens.

use crate::config::Config;
use crate::database::Database;
use crate::output::print_line;
use crate::remedy::with_remedy;
use crate::warehouse_arguments::{LimitArguments, allowed_warehouses, describe};
use access::{Access, IssuedToken, WarehouseCodes};
use anyhow::{Context as _, Result, bail};
use clap::Subcommand;
use domain::{Client, NewClient, Origin, PrincipalName, Scope};
use store::SchemaState;

/// The format of dates in the output.
const DATE: &str = "%Y-%m-%d";

/// The commands. They may run beside a server.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum ClientCommand {
    /// Create a client, and print its token once.
    Add {
        /// The name: 1 to 64 of the characters a-z, 0-9, '.', '_' and '-'. It can't be changed or used again.
        name: String,
        /// A right of the client; several are separated by commas: stock:read, stock:write, holds:write, orders:write,
        /// items:write, webhooks:manage, admin.
        #[arg(long = "scope", required = true, value_delimiter = ',', value_name = "SCOPE")]
        scopes: Vec<String>,
        /// The lifetime of the token in days: 1 to 3,650. Default: the setting STOCKHOLD_TOKEN_DAYS.
        #[arg(long, value_name = "N")]
        expires_days: Option<i64>,
        /// The code of a warehouse in which the client may change stock, blocks and orders; several are separated by commas.
        /// Default: all warehouses.
        #[arg(long = "warehouse", value_delimiter = ',', value_name = "CODE")]
        warehouses: Vec<String>,
    },
    /// Change the warehouses in which a client may change stock, blocks and orders.
    Limit {
        /// The name of the client.
        name: String,
        /// The limit.
        #[command(flatten)]
        limit: LimitArguments,
    },
    /// Create a second token of a client, and print it once. The first token stays valid until it is revoked.
    Rotate {
        /// The name of the client.
        name: String,
        /// The lifetime of the token in days: 1 to 3,650. Default: the setting STOCKHOLD_TOKEN_DAYS.
        #[arg(long, value_name = "N")]
        expires_days: Option<i64>,
    },
    /// Revoke all tokens of a client, or one of them.
    Revoke {
        /// The name of the client.
        name: String,
        /// The id of the token, as `client list` shows it.
        #[arg(long, value_name = "ID")]
        token: Option<i64>,
    },
    /// Disable a client for good. Its tokens are rejected, and its name stays taken.
    Disable {
        /// The name of the client.
        name: String,
    },
    /// List the clients and their tokens.
    List,
}

/// Executes a command.
///
/// # Errors
/// A rule rejects it, the schema has another version, or the database fails.
pub(crate) async fn run(config: &Config, command: ClientCommand) -> Result<()> {
    let database = Database::open_existing(&config.database).await?;
    let done = async {
        let store = database.connect().await?;
        let state = store.schema_state().await;
        let outcome = match state.map_err(|error| with_remedy(error, "the schema can't be read"))? {
            SchemaState::Current => {
                execute(&Access::new(store.clone(), config.access.settings(false)), command).await
            }
            other => Err(anyhow::anyhow!("{other}")),
        };
        store.close().await;
        outcome
    };
    let outcome = done.await;
    database.close().await?;
    outcome
}

async fn execute(access: &Access, command: ClientCommand) -> Result<()> {
    let origin = &Origin::COMMAND_LINE;
    match command {
        ClientCommand::Add { name, scopes, expires_days, warehouses } => {
            let scopes = scopes.iter().map(|scope| Scope::parse(scope)).collect::<Result<_, _>>()?;
            let codes = access.warehouse_codes().await?;
            let allowed = allowed_warehouses(&codes, &warehouses)?;
            let new = NewClient::new(&name, scopes)?.limited_to(allowed)?;
            let (client, issued) = access.client_create(origin, &new, expires_days).await?;
            print_line(&format!("Client {name} was created, with {}.", rights_of(&client, &codes)));
            print_token(&issued);
        }
        ClientCommand::Limit { name, limit } => {
            let codes = access.warehouse_codes().await?;
            let allowed = limit.parse(&codes)?;
            let client = access.client_set_warehouses(origin, &PrincipalName::new(&name)?, allowed).await?;
            print_line(&format!("{name}: {}", rights_of(&client, &codes)));
        }
        ClientCommand::Rotate { name, expires_days } => {
            let (client, issued) =
                access.token_create(origin, &PrincipalName::new(&name)?, expires_days).await?;
            print_token(&issued);
            for earlier in client.valid_tokens().filter(|token| token.id != issued.token.id) {
                let id = earlier.id;
                print_line(&format!(
                    "Token {id} ({}…) is still valid. Revoke it when the client has the new one: stockhold client \
                     revoke {name} --token {id}",
                    earlier.hint
                ));
            }
        }
        ClientCommand::Revoke { name, token } => {
            let revoked = access.token_revoke(origin, &PrincipalName::new(&name)?, token).await?;
            match (revoked, token) {
                (0, Some(id)) => bail!("token {id} was not valid: it has expired, or it was revoked before"),
                (count, _) => print_line(&format!("Tokens revoked: {count}.")),
            }
        }
        ClientCommand::Disable { name } => {
            access.client_disable(origin, &PrincipalName::new(&name)?).await?;
            print_line(&format!("Client {name} is disabled. Its tokens are rejected."));
        }
        ClientCommand::List => {
            let clients = access.client_list().await.context("the clients can't be read")?;
            if clients.is_empty() {
                print_line("There are no clients.");
            }
            let codes = access.warehouse_codes().await?;
            clients.iter().for_each(|client| print_client(client, &codes));
        }
    }
    Ok(())
}

/// Returns the scopes of a client and the warehouses that it is limited to.
fn rights_of(client: &Client, codes: &WarehouseCodes) -> String {
    let scopes: Vec<_> = client.scopes.iter().map(|scope| scope.as_str()).collect();
    format!("{}{}", scopes.join(", "), describe(&client.warehouses, codes))
}

/// Prints a new token on a line of its own.
fn print_token(issued: &IssuedToken) {
    let (id, expires_at) = (issued.token.id, issued.token.expires_at.format(DATE));
    print_line(&format!("Token {id} expires on {expires_at}. It is shown only once:"));
    print_line(issued.secret.as_str());
}

fn print_client(client: &Client, codes: &WarehouseCodes) {
    let state = match client.disabled_at {
        None => String::new(),
        Some(at) => format!(", disabled on {}", at.format(DATE)),
    };
    print_line(&format!("{}: {}{state}", client.name, rights_of(client, codes)));
    for token in &client.tokens {
        let used = match token.last_used_at {
            Some(at) => format!("last used {}", at.format("%Y-%m-%d %H:%M UTC")),
            None => "never used".to_owned(),
        };
        let (id, hint, state) = (token.id, &token.hint, token.state.as_str());
        let expires_at = token.expires_at.format(DATE);
        print_line(&format!("  token {id} ({hint}…): {state}, expires on {expires_at}, {used}"));
    }
}
