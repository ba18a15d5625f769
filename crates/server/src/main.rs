//! `stockhold`, the command line.

use clap::Parser;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = server::Cli::parse();
    match server::run(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The person at the terminal reads this: the whole chain of causes in one line.
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
