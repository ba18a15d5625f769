//! Runs programs and handles signals.
//!
//! xtask owns databases and servers that must be stopped in order, so Ctrl-C does not end it. The terminal sends SIGINT
//! to its child processes too; they end, and xtask then stops its databases and servers. A signal that only xtask
//! receives is forwarded to the children.
#![allow(unsafe_code)]

use std::io::IsTerminal;
use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::{AtomicI32, Ordering};

use anyhow::{Context, Result, bail};

/// The received signal, or 0.
static SIGNAL: AtomicI32 = AtomicI32::new(0);

/// The process ids of the running children; 0 in free slots.
static CHILDREN: [AtomicI32; 8] = [const { AtomicI32::new(0) }; 8];

/// Not 0 if only this process receives SIGINT, so that it must be forwarded.
static FORWARD_SIGINT: AtomicI32 = AtomicI32::new(0);

extern "C" fn on_signal(signal: libc::c_int) {
    SIGNAL.store(signal, Ordering::SeqCst);
    for child in &CHILDREN {
        forward_signal(signal, child.load(Ordering::SeqCst));
    }
}

/// Forwards a signal to a child unless the child has received it as well.
fn forward_signal(signal: libc::c_int, child: libc::pid_t) {
    let shared = signal == libc::SIGINT && FORWARD_SIGINT.load(Ordering::SeqCst) == 0;
    if signal != 0 && child > 0 && !shared {
        // SAFETY: `kill` may be called in a signal handler, and the child has not been waited for yet.
        unsafe { libc::kill(child, signal) };
    }
}

/// Installs the handlers of SIGINT and SIGTERM. Call it once, at the start.
pub fn watch_signals() {
    // Without a terminal, the children do not receive SIGINT.
    let terminal = std::io::stdin().is_terminal() || std::io::stderr().is_terminal();
    FORWARD_SIGINT.store(i32::from(!terminal), Ordering::SeqCst);
    // SAFETY: an all-zero `sigaction` is valid, and the handler calls only async-signal-safe functions.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_signal as extern "C" fn(libc::c_int) as libc::sighandler_t;
        action.sa_flags = libc::SA_RESTART;
        libc::sigemptyset(&mut action.sa_mask);
        for signal in [libc::SIGINT, libc::SIGTERM] {
            libc::sigaction(signal, &action, std::ptr::null_mut());
        }
    }
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
    if let Ok(pid) = i32::try_from(child.id()) {
        // SAFETY: plain system call; the child has not been waited for, so its process id is still valid.
        unsafe { libc::kill(pid, libc::SIGTERM) };
    }
}

/// Whether this process is root.
pub fn is_root() -> bool {
    // SAFETY: the function has no arguments, accesses no memory and can't fail.
    unsafe { libc::geteuid() == 0 }
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

/// Waits for a program's end. Forwards signals that only this process receives.
pub fn wait(child: &mut Child) -> Result<ExitStatus> {
    let pid = i32::try_from(child.id()).unwrap_or(0);
    let free = |slot: &&AtomicI32| slot.compare_exchange(0, pid, Ordering::SeqCst, Ordering::SeqCst).is_ok();
    let slot = CHILDREN.iter().find(free);
    // Forwards a signal that arrived between the child's start and the line above.
    forward_signal(SIGNAL.load(Ordering::SeqCst), pid);
    let status = child.wait();
    if let Some(slot) = slot {
        slot.store(0, Ordering::SeqCst);
    }
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
