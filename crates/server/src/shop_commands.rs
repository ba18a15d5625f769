//! The commands `shop …`: several shops in one database.

use crate::config::DatabaseConfig;
use crate::output::print_line;
use crate::remedy::with_remedy;
use crate::shop_password;
use anyhow::{Context as _, Result, anyhow, bail};
use clap::Subcommand;
use domain::ShopName;
use std::path::PathBuf;
use store::{Node, SchemaState, SessionSettings, Settings, ShopError, Shops, shop_schema};

/// The port of a node if none is given.
const PORT_DEFAULT: u16 = 5432;

/// The commands. DATABASE_URL names the database by a role that may create roles and schemas, without a pooler in between;
/// with Citus, its coordinator.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum ShopCommand {
    /// Add a shop: a schema with the tables, and a role. Print the DATABASE_URL of its servers.
    Add {
        /// The name: 1 to 40 of the characters a-z, 0-9 and '_', the first of them a letter. Schema and role are named
        /// shop_NAME.
        name: String,
        /// A file with the password of the role: 8 to 128 of the characters A-Z, a-z, 0-9, '-', '.', '_' and '~'. Without it, a
        /// password is generated and printed once.
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// List the shops with their open sessions, and with their nodes on Citus.
    List,
    /// Move a shop to another node of Citus, while its servers are stopped.
    Move {
        /// The name.
        name: String,
        /// The node, as HOST or HOST:PORT.
        #[arg(long, value_name = "NODE")]
        to: String,
    },
    /// Remove a shop with all its data.
    Remove {
        /// The name.
        name: String,
        /// Confirm that all data of the shop are deleted.
        #[arg(long)]
        yes: bool,
        /// End the sessions of the shop's servers.
        #[arg(long)]
        force: bool,
    },
}

/// Executes a command.
///
/// # Errors
/// A rule rejects it, or the database fails.
pub(crate) async fn run(config: &DatabaseConfig, command: ShopCommand) -> Result<()> {
    let Some(url) = config.url() else {
        bail!("DATABASE_URL is not set: a private PostgreSQL has one shop only");
    };
    let settings = config.store_settings(url);
    let connected = Shops::connect(settings.session_url()).await;
    let mut shops = connected
        .map_err(|error| with_remedy(error, "the database that DATABASE_URL names can't be reached"))?;
    let outcome = execute(&mut shops, &settings, command).await;
    let closed = shops.close().await;
    outcome?;
    Ok(closed?)
}

async fn execute(shops: &mut Shops, settings: &Settings, command: ShopCommand) -> Result<()> {
    match command {
        ShopCommand::Add { name, password_file } => add(shops, settings, &name, password_file).await,
        ShopCommand::List => list(shops).await,
        ShopCommand::Move { name, to } => {
            let (name, node) = (ShopName::new(&name)?, node(&to)?);
            shops.move_to(&name, &node).await.map_err(describe)?;
            print_line(&format!(
                "The shop {name} is on {}:{}. The DATABASE_URL of its servers:",
                node.host, node.port
            ));
            print_line(&shop_url(&settings.url, &shop_schema(&name), "PASSWORD", Some(&node))?);
            Ok(())
        }
        ShopCommand::Remove { name, yes, force } => {
            let name = ShopName::new(&name)?;
            if !yes {
                bail!("this deletes all data of the shop {name}: repeat the command with --yes");
            }
            shops.remove(&name, force).await.map_err(describe)?;
            print_line(&format!("The shop {name} was removed."));
            Ok(())
        }
    }
}

async fn add(
    shops: &mut Shops,
    settings: &Settings,
    name: &str,
    password_file: Option<PathBuf>,
) -> Result<()> {
    let name = ShopName::new(name)?;
    let (password, is_generated) = match password_file {
        Some(file) => (shop_password::read(&file)?, false),
        None => (shop_password::generate()?, true),
    };
    let role = shop_schema(&name);
    let shown = if is_generated { &password } else { "PASSWORD" };
    let printed = |url: &str, node: Option<&Node>| shop_url(url, &role, shown, node);
    // Nothing fails between the end of `add` and the output of the password.
    printed(&settings.url, None)?;
    let url = shop_url(settings.session_url(), &role, &password, None)?;
    let of_shop = Settings { url, ..settings.clone() };
    // With Citus, servers connect to the node with the tables: locks and notifications are those of one node.
    let node = shops.add(&name, &shop_password::verifier(&password)?, &of_shop).await.map_err(describe)?;
    print_line(&format!("The shop {name} was added: schema and role {role}. The settings of its servers:"));
    print_line(&format!("DATABASE_URL={}", printed(&settings.url, node.as_ref())?));
    if let Some(direct_url) = &settings.direct_url {
        print_line(&format!("DATABASE_DIRECT_URL={}", printed(direct_url, node.as_ref())?));
    }
    if shops.has_citus() || settings.session_settings == SessionSettings::Role {
        print_line("STOCKHOLD_SESSION_SETTINGS=role");
    }
    Ok(())
}

async fn list(shops: &mut Shops) -> Result<()> {
    let list = shops.list().await.map_err(describe)?;
    if list.is_empty() {
        print_line("There are no shops.");
    }
    for shop in list {
        let node = shop.node.map_or_else(String::new, |node| format!(", on {}:{}", node.host, node.port));
        let schema = match shop.schema {
            SchemaState::Current => String::new(),
            other => format!(", {other}"),
        };
        print_line(&format!("{}: sessions: {}{node}{schema}", shop.name, shop.sessions));
    }
    Ok(())
}

/// Adds the remedy to an error of the database.
fn describe(error: ShopError) -> anyhow::Error {
    match error {
        ShopError::Database(error) if error.sqlstate().as_deref() == Some("42501") => anyhow!(error).context(
            "the role of DATABASE_URL lacks a right; it must be a superuser, or have CREATEROLE, and CREATE on the \
             database",
        ),
        ShopError::Database(error) => with_remedy(error, "the database rejected the command"),
        other => anyhow!(other),
    }
}

/// Parses HOST, HOST:PORT or [ADDRESS]:PORT.
fn node(text: &str) -> Result<Node> {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
            (host, port.parse().with_context(|| format!("{text} is no HOST:PORT"))?)
        }
        _ => (text, PORT_DEFAULT),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    if host.is_empty() {
        bail!("{text} is no HOST:PORT");
    }
    Ok(Node { host: host.to_owned(), port })
}

/// Returns the URL of a database with another role, and another address if `node` is given.
///
/// # Errors
/// `url` is no URL.
fn shop_url(url: &str, role: &str, password: &str, node: Option<&Node>) -> Result<String> {
    let (scheme, rest) = url.split_once("://").context("DATABASE_URL is no postgres:// URL")?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let address = authority.rsplit_once('@').map_or(authority, |(_, address)| address);
    let address = match node {
        Some(Node { host, port }) if host.contains(':') => format!("[{host}]:{port}"),
        Some(Node { host, port }) => format!("{host}:{port}"),
        None => address.to_owned(),
    };
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let of_address: &[&str] = if node.is_some() { &["host=", "hostaddr=", "port="] } else { &[] };
    let is_replaced =
        |pair: &str| ["user=", "password="].iter().chain(of_address).any(|name| pair.starts_with(name));
    let kept: Vec<_> = query.split('&').filter(|pair| !pair.is_empty() && !is_replaced(pair)).collect();
    let query = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
    Ok(format!("{scheme}://{role}:{password}@{address}{path}{query}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_of_a_shop_has_its_role() {
        for (url, wanted) in [
            ("postgres://admin:x@h:1/d?sslmode=require", "postgres://r:p@h:1/d?sslmode=require"),
            ("postgres://h/d", "postgres://r:p@h/d"),
            ("postgresql://admin@/d?host=/run&user=a&password=b", "postgresql://r:p@/d?host=/run"),
            ("postgres://a:p@ss@h?x=/", "postgres://r:p@h?x=/"),
        ] {
            assert_eq!(shop_url(url, "r", "p", None).expect(url), wanted);
        }
        let node = Node { host: "::1".to_owned(), port: 7 };
        for (url, wanted) in [
            ("postgres://a@h:1/d", "postgres://r:p@[::1]:7/d"),
            ("postgres://a@/d?host=c&hostaddr=1.2.3.4&port=5&x=y", "postgres://r:p@[::1]:7/d?x=y"),
        ] {
            assert_eq!(shop_url(url, "r", "p", Some(&node)).expect(url), wanted);
        }
        assert!(shop_url("nonsense", "r", "p", None).is_err());
    }

    #[test]
    fn a_node_has_a_port() {
        for (text, host, port) in
            [("w1", "w1", 5432), ("w1:7", "w1", 7), ("[::1]:7", "::1", 7), ("::1", "::1", 5432)]
        {
            assert_eq!(node(text).expect(text), Node { host: host.to_owned(), port });
        }
        for wrong in ["", ":7", "w1:port", "w1:99999"] {
            assert!(node(wrong).is_err(), "{wrong}");
        }
    }
}
