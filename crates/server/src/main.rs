//! `stockhold`, the command line.

use std::process::ExitCode;

/// The hot path makes many small allocations on all cores.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The stack of each worker thread, in bytes. A page of the console is one deeply nested value, and a build without
/// optimization moves it between stack frames while it renders.
const STACK_BYTES: usize = 8 << 20;

/// The most threads that read files. Each keeps allocator memory of its own: without this limit, 256 concurrent downloads
/// enlarged the process by more than 100 MB.
const BLOCKING_THREADS_MAX: usize = 16;

fn main() -> ExitCode {
    server::record_start();
    let cli = server::Cli::read();
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
            server::print_error(&error);
            ExitCode::FAILURE
        }
    }
}
