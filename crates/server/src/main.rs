//! `stockhold`, the command line.

use clap::Parser;
use std::process::ExitCode;

/// The hot path allocates little but often, on every core at once.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The stack of each worker, in bytes: a page of the console is one deep value, which a build without
/// optimisation moves from frame to frame while it is rendered.
const STACK_BYTES: usize = 8 << 20;

/// The threads that read files, at most. Each keeps memory of its own for as long as it lives: with a thread for
/// each of 256 browsers that fetched a file at the same time the server grew by 100 MB and more.
const BLOCKING_THREADS_MAX: usize = 16;

fn main() -> ExitCode {
    let cli = server::Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(STACK_BYTES)
        .max_blocking_threads(BLOCKING_THREADS_MAX)
        .build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(server::run(cli)),
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The person at the terminal reads this: the whole chain of causes in one line.
            server::print_error(&error);
            ExitCode::FAILURE
        }
    }
}
