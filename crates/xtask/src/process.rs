//! Runs programs and handles signals.
//!
//! xtask owns databases and servers that must be stopped in order, so Ctrl-C does not end it. The terminal sends SIGINT
//! to its child processes too; they end, and xtask then stops its databases and servers. A signal that only xtask
//! receives is forwarded to the children.

use std::io::IsTerminal;
use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, geteuid, kill_process};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// The received signal, or 0.
static SIGNAL: LazyLock<Arc<AtomicUsize>> = LazyLock::new(Arc::default);

/// The running children.
static CHILDREN: Mutex<Children> = Mutex::new(Children { running: Vec::new(), forwarded: None });

struct Children {
    running: Vec<Pid>,
    /// The signal that the running children received, for those that start later.
    forwarded: Option<Signal>,
}

fn children() -> MutexGuard<'static, Children> {
    CHILDREN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Watches SIGINT and SIGTERM. Call it once, at the start.
pub fn watch_signals() -> Result<()> {
    for signal in [SIGINT, SIGTERM] {
        // The signal handler sets the value, so that it is set before the end of a child is noticed.
        signal_hook::flag::register_usize(signal, Arc::clone(&SIGNAL), signal.unsigned_abs() as usize)?;
    }
    // With a terminal, the children receive SIGINT themselves.
    let terminal = std::io::stdin().is_terminal() || std::io::stderr().is_terminal();
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    std::thread::spawn(move || {
        for number in signals.forever() {
            let signal = if number == SIGINT { Signal::INT } else { Signal::TERM };
            if terminal && signal == Signal::INT {
                continue;
            }
            let mut children = children();
            children.forwarded = Some(signal);
            for child in &children.running {
                // The child may have ended.
                let _ = kill_process(*child, signal);
            }
        }
    });
    Ok(())
}

/// Whether SIGINT or SIGTERM was received.
pub fn interrupted() -> bool {
    SIGNAL.load(Ordering::SeqCst) != 0
}

/// Fails after SIGINT or SIGTERM. Called between programs.
pub fn check_interrupted() -> Result<()> {
    if interrupted() { bail!("interrupted") } else { Ok(()) }
}

/// Sends SIGTERM to a program.
pub fn terminate(child: &Child) {
    // The child may have ended.
    let _ = kill_process(Pid::from_child(child), Signal::TERM);
}

/// Whether this process is root.
pub fn is_root() -> bool {
    geteuid().is_root()
}

/// Runs a program that must succeed, without showing its output. An error has the output.
pub fn run_hidden(command: &mut Command) -> Result<()> {
    output(command).map(drop)
}

/// Runs a program in the foreground and returns its exit status.
pub fn status(command: &mut Command) -> Result<ExitStatus> {
    check_interrupted()?;
    let mut child = command.spawn().with_context(|| format!("could not start {}", describe(command)))?;
    let status = wait(&mut child)?;
    check_interrupted()?;
    Ok(status)
}

/// Waits for a program's end. Forwards signals that only this process receives, also one that arrived before the call.
pub fn wait(child: &mut Child) -> Result<ExitStatus> {
    let pid = Pid::from_child(child);
    {
        let mut children = children();
        children.running.push(pid);
        if let Some(signal) = children.forwarded {
            let _ = kill_process(pid, signal);
        }
    }
    let status = child.wait();
    children().running.retain(|running| *running != pid);
    status.context("could not wait for a program")
}

/// Runs a program that must succeed.
pub fn run(command: &mut Command) -> Result<()> {
    let status = status(command)?;
    if status.success() { Ok(()) } else { bail!("{} failed ({status})", describe(command)) }
}

/// Runs a program that must succeed and returns its standard output. An error has the complete output.
pub fn output(command: &mut Command) -> Result<String> {
    check_interrupted()?;
    let output = command.output().with_context(|| format!("could not start {}", describe(command)))?;
    check_interrupted()?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        bail!("{} failed ({}):\n{printed}{errors}", describe(command), output.status);
    }
    Ok(printed)
}

/// The command line of a command.
pub fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
