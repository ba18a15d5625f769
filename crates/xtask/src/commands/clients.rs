//! The checks of the OpenAPI document's examples and of the TypeScript client.

use std::process::Command;

use anyhow::{Context, Result};

use crate::frontend::Mode;
use crate::project::{self, Leptos};
use crate::server::{self, Background};
use crate::{process, tools};

/// Settings of the server. Webhooks may go to this machine. An event is set aside after one retry.
const SETTINGS: [(&str, &str); 3] = [
    ("STOCKHOLD_LOCAL_ACCESS", "auto"),
    ("STOCKHOLD_WEBHOOK_PRIVATE_ADDRESSES", "true"),
    ("STOCKHOLD_WEBHOOK_RETRY_SECONDS", "0"),
];

/// Checks the OpenAPI document by redocly's rules, the generated files of the TypeScript client and its types. Sends the
/// examples of the document to a server with an empty database, and runs the tests of the client against it.
///
/// # Errors
/// A check or a test has failed; npm's packages can't be fetched; the server does not start.
pub fn check() -> Result<()> {
    tools::client_packages()?;
    process::run(&mut npm_script("lint"))?;
    process::run(&mut npm_script("check"))?;
    let program = server::build_for_tests()?;
    let data = std::env::temp_dir().join(format!("stockhold-clients-{}", std::process::id()));
    let mut command = server::without_demo(&program, &Leptos::read()?, Mode::Dev);
    command.envs(SETTINGS);
    let server = Background::start(command, &data, project::root().join("target/xtask/clients-server.log"))?;
    let tested = process::run(npm_script("test").env("BASE_URL", server.url()))
        .with_context(|| format!("the end of {}:\n{}", server.log().display(), server.log_tail()));
    let stopped = server.stop();
    server::remove_data(&data)?;
    tested.and(stopped)
}

/// A script of the package of the TypeScript client.
fn npm_script(name: &str) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(project::root().join(tools::CLIENT)).args(["run", "--silent", name]);
    // The checks need no network.
    command.env("REDOCLY_TELEMETRY", "off").env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
    command
}
