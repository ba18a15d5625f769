//! `stockhold`, the command line.

use clap::Parser;
use std::process::ExitCode;

/// The hot path allocates little but often, on every core at once.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
